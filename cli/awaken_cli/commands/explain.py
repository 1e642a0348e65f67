"""`awaken explain`: a rule, a reason code, or what was found on one line."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from awaken.ledger import Outcome
from awaken.plan.reasons import REASONS
from awaken.rules import ON_REQUEST, RULES, Rule
from awaken_cli.exit_code import CLEAN
from awaken_cli.failure import Failure
from awaken_cli.nearest import did_you_mean
from awaken_cli.render.console import line, output_console
from awaken_cli.render.report import Report, Reported, report_of
from awaken_cli.render.text import render
from awaken_cli.request import Request
from awaken_cli.run import analysed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken_cli.render.spots import Spots

_PLACE = re.compile(r"(?P<path>.+?):(?:cell (?P<cell>[0-9]+):)?(?P<line>[0-9]+)(?::[0-9]+)?")


_EXAMPLE = """\b
Examples:
  awaken explain offload         a rule
  awaken explain ASYNC251        the rule for ruff's code
  awaken explain lock-held       why something is left alone
  awaken explain app/views.py:12
"""


@click.command("explain", epilog=_EXAMPLE)
@click.argument("subject", metavar="RULE|CODE|FILE:LINE")
def command(subject: str) -> int:
    """Explain a rule, a reason, or what was found on a line."""
    rule = RULES.get(subject) or _by_ruff_code(subject)
    place = _PLACE.fullmatch(subject)
    if rule is not None:
        _print(_rule(rule))
    elif subject in REASONS:
        _print([f"{subject}: {REASONS[subject]}."])
    elif place is not None:
        cell = int(place["cell"]) if place["cell"] else None
        _explain_line(place["path"], int(place["line"]), cell)
    else:
        advice = did_you_mean(subject, [*RULES, *REASONS]) if "/" not in subject else ""
        raise Failure(f'"{subject}" is no rule, no reason code and no FILE:LINE{advice[:200]}')
    return CLEAN


def _by_ruff_code(code: str) -> Rule | None:
    return next((rule for rule in RULES.values() if code.upper() in rule.ruff), None)


def _rule(rule: Rule) -> Iterator[str]:
    yield f"{rule.name}: {rule.summary}"
    yield ""
    yield f"Why it blocks: {rule.why}"
    yield f"The fix: {rule.fix}"
    if rule.ruff:
        yield f"The same in ruff and flake8-async: {', '.join(rule.ruff)}"
    yield ""
    if rule.settings:
        yield from _code("With this under [tool.awaken] in pyproject.toml", rule.settings)
    yield from _code("Before" + (" (app.py)" if rule.settings else ""), rule.before)
    yield from _code("After", rule.after)
    yield ""
    yield "Left alone most often, because:"
    yield from (f"  {code}: {REASONS[code]}" for code in rule.reasons)
    yield ""
    yield f"To keep one call as it is, end its line with `# awaken: ignore[{rule.name}]`;"
    yield f'to switch the rule off, put `ignore = ["{rule.name}"]` under [tool.awaken].'
    if rule.on_request:
        yield ""
        yield "It is reported on request only:"
        yield f'`--extend-select {rule.name}`, or `extend-select = ["{rule.name}"]`.'


def _code(title: str, code: str) -> Iterator[str]:
    yield f"{title}:"
    yield from (f"    {text}".rstrip() for text in code.splitlines())


def _explain_line(path: str, number: int, cell: int | None) -> None:
    # everything that is known about the line is of interest here, however unimportant
    everything = Request(paths=(path,), min_severity="low", extend_select=tuple(sorted(ON_REQUEST)))
    analysis = analysed(everything)
    failed = analysis.ledger.having(Outcome.FAILED)
    if failed:
        raise Failure(f"{path}: {failed[0].message}")
    report = report_of(analysis)
    here = tuple(
        found
        for found in report.findings
        if cell in (None, found.cell) and _is_about(found, number, report.spots)
    )
    if not here:
        _print([f"Nothing was found on {path}:{number}.", *_nearest(report, path, number)])
        return
    console = output_console()
    for shown in render(replace(report, findings=here, errors=(), skipped=())):
        console.print(shown)
    for rule in dict.fromkeys(found.planned.finding.rule for found in here):
        console.print(f"More about the rule: awaken explain {rule}")


def _is_about(found: Reported, number: int, spots: Spots) -> bool:
    """Whether a finding stands on a line of its file, or leads through it to what blocks."""
    finding = found.planned.finding
    passes = any(
        link.path == finding.path and spots.line(link.path, link.line) == number
        for link in finding.chain
    )
    return passes or found.line <= number <= found.end_line


def _nearest(report: Report, path: str, number: int) -> Iterator[str]:
    def distance(found: Reported) -> int:
        return abs(found.line - number)

    if report.findings:
        nearest = min(report.findings, key=distance).planned.finding
        yield f"The nearest finding is {path}:{report.spots.shown(nearest.path, nearest.place.line)}."
    yield (
        "Suppressed calls, calls that are handed to a thread, and files that are passed over are"
        " not reported."
    )


def _print(lines: list[str] | Iterator[str]) -> None:
    console = output_console()
    for text in lines:
        console.print(line(text), soft_wrap=False)  # prose: broken between words
