"""The lines at the end of diff and apply: what changes, what is left alone and why, what to add."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from awaken.ledger import Ledger, Outcome, Record
from awaken_cli.proposal import LeftAlone, Proposal, left_alone, rules_of
from awaken_cli.render.additions import addition_lines
from awaken_cli.render.console import line
from awaken_cli.render.report import shown_path, shown_place
from awaken_cli.render.spots import spots_of
from awaken_cli.render.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.text import Text


def proposed(proposal: Proposal) -> Iterator[Text]:
    """Yield how much would change, by rule."""
    groups = proposal.groups
    if not groups:
        yield line("Nothing to change.")
        return
    by_rule = ", ".join(f"{count} {rule}" for rule, count in rules_of(groups).most_common())
    files = counted(len(proposal.rewrites), "file")
    yield line((f"{counted(len(groups), 'change')} in {files}", "bold"), f": {by_rule}.")


def refusals(proposal: Proposal) -> Iterator[Text]:
    """Yield what is left alone: the number by reason, each with one place as an example."""
    by_reason: defaultdict[tuple[str, bool], list[LeftAlone]] = defaultdict(list)
    for left in left_alone(proposal):
        by_reason[left.reason.code, left.unsafe_would_help].append(left)
    if not by_reason:
        return
    spots = spots_of(proposal.analysis)
    yield line(f"Left alone: {counted(sum(map(len, by_reason.values())), 'finding')}.")
    ordered = sorted(by_reason.items(), key=lambda item: (-len(item[1]), item[0]))
    for (code, unsafe_would_help), places in ordered:
        first = places[0]
        where = shown_place(proposal.analysis.root, spots, first.path, first.line)
        yield line(f"  {len(places)} ", (code, "yellow"), f" ({where}): {first.reason.message}")
        if unsafe_would_help:
            yield line("    --unsafe-fixes changes this in spite of it")


def tests(proposal: Proposal) -> Iterator[Text]:
    """Yield where tests replace what the unsafe changes take away."""
    differences = (group.fix.difference for group in proposal.groups)
    places = sorted({place for each in differences if each for place in each.places})
    if not places:
        return
    yield line("Change the tests that replace what is rewritten:")
    spots = spots_of(proposal.analysis)
    for place in places:
        yield line("  ", shown_place(proposal.analysis.root, spots, place.path, place.line))


def dependencies(proposal: Proposal) -> Iterator[Text]:
    """Yield what the project must add to its dependencies, where, and what it needs no more."""
    written = {change.relative for change in proposal.manifests}
    for addition in proposal.additions:
        yield from addition_lines(addition, written=written)
    unused = proposal.unused
    if unused:
        yield line(
            f"No file imports {', '.join(unused)} any more; nothing was taken out of the"
            " dependencies, where something else may still need it."
        )


def outcomes(ledger: Ledger) -> Iterator[Text]:
    """Yield how many files ended in which way."""
    numbers = ", ".join(f"{len(ledger.having(outcome))} {outcome.value}" for outcome in Outcome)
    yield line((f"Files: {numbers}.", "bold"))


def failures(ledger: Ledger, proposal: Proposal) -> Iterator[Text]:
    """Yield a line for each file that could not be handled."""
    for record in ledger.having(Outcome.FAILED):
        yield failure(record, shown_path(proposal.analysis.root, record.path))


def failure(record: Record, shown: str) -> Text:
    """Return the line for one file that could not be handled."""
    where = shown if record.line is None else f"{shown}:{record.line}"
    return line(where, " ", ("error", "bold red"), " ", record.message or record.code)
