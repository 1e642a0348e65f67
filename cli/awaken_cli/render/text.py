"""`--format text`: findings for people, one line each with its evidence below."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Final

from awaken_cli.render.additions import addition_lines
from awaken_cli.render.console import line
from awaken_cli.render.evidence import Evidence
from awaken_cli.render.report import Report, Reported, shown_path, shown_place
from awaken_cli.render.wording import counted, fix_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.text import Text

    from awaken.ledger import Record

SEVERITY_STYLES: Final = {"high": "bold red", "medium": "yellow", "low": "cyan"}
_NAMED_AT_MOST: Final = 10
_COMMON: Final = 5  # findings with one cause, from which on mending the cause is the shorter way
_CAUSES_AT_MOST: Final = 3


def render(report: Report) -> Iterator[Text]:
    """Yield the lines of the findings."""
    evidence = Evidence(partial(shown_place, report.root, report.spots))
    for found in report.findings:
        yield _headline(report, found)
        for step in evidence.lines(found.planned.finding):
            yield line("    ", (step, "dim"))
        for words in fix_words(found.planned):
            yield line("    ", (words, "green" if words.startswith("fix") else ""))


def errors(report: Report) -> Iterator[Text]:
    """Yield a line for each file that could not be handled."""
    for record in report.errors:
        place = shown_path(report.root, record.path)
        where = place if record.line is None else f"{place}:{record.line}"
        yield line(where, " ", ("error", "bold red"), " ", record.message or record.code)


def summary(report: Report, *, verbose: bool) -> Iterator[Text]:
    """Yield the lines at the end: how many of what, and what to do next."""
    numbers = report.summary
    files = counted(numbers.files, "file")
    if not numbers.findings:
        yield line(f"Nothing blocks the event loop in {files}.")
    else:
        rules = Counter(found.planned.finding.rule for found in report.findings)
        by_rule = ", ".join(f"{count} {rule}" for rule, count in rules.most_common())
        yield line(f"{counted(numbers.findings, 'finding')} in {files}: {by_rule}.")
        yield line(
            f"{numbers.fixable} fixable, {numbers.unsafe} only with --unsafe-fixes,"
            f" {numbers.unfixable} without a fix."
        )
    yield from _common_causes(report)
    yield from _versions(report, verbose=verbose)
    if report.errors:
        yield line(f"{counted(len(report.errors), 'path')} could not be handled; see above.")
    yield from skipped_lines(report.skipped, verbose=verbose)
    for addition in report.additions:
        yield from addition_lines(addition)
    if numbers.fixable or numbers.unsafe:
        yield line("See the changes with `awaken diff`, make them with `awaken apply`.")


def _common_causes(report: Report) -> Iterator[Text]:
    """Yield the calls in helpers that most findings end at: one change there helps them all."""
    chains = (found.planned.finding for found in report.findings if found.planned.best is None)
    causes = Counter((each.chain[-1], each.call) for each in chains if each.chain[1:])
    for (link, call), count in causes.most_common(_CAUSES_AT_MOST):
        if count >= _COMMON:
            place = shown_place(report.root, report.spots, link.path, link.line)
            yield line(f"{count} without a fix end at one call: `{call}` in ", (place, "bold"))


def _versions(report: Report, *, verbose: bool) -> Iterator[Text]:
    """Yield which versions the fixes are for; without `verbose` only that nothing says it of Django."""
    known = [each for each in report.written_for if each.version is not None]
    if verbose:
        told = " and ".join(f"{each.name} {each.version} ({each.source})" for each in known)
        yield line(f"Written for {told}.")
    asks = any(found.planned.finding.rule == "django" for found in report.findings)
    if asks and not any(each.name == "Django" for each in known):
        yield line(
            "No file says which Django this runs on, so its async methods are not used;"
            " --django-version does."
        )


def skipped_lines(skipped: tuple[Record, ...], *, verbose: bool) -> Iterator[Text]:
    """Yield what was passed over: the number by reason, or every path.

    Args:
        skipped: the records.
        verbose: whether every path is named.
    """
    if not skipped:
        return
    if verbose:
        for record in skipped:
            yield line(f"skipped {record.path}: ", record.message or record.code)
        return
    reasons = Counter(record.code for record in skipped)
    by_reason = ", ".join(f"{count} {code}" for code, count in reasons.most_common(_NAMED_AT_MOST))
    yield line(f"{len(skipped)} skipped: {by_reason} (--verbose names them).")


def _headline(report: Report, found: Reported) -> Text:
    finding = found.planned.finding
    severity = finding.entry.severity.value if finding.entry.severity else "low"
    where = shown_place(report.root, report.spots, finding.path, finding.place.line)
    place = f"{where}:{found.column}"
    return line(
        (place, "bold"),
        " ",
        (finding.rule, "magenta"),
        " ",
        (severity, SEVERITY_STYLES[severity]),
        " ",
        finding.message,
    )
