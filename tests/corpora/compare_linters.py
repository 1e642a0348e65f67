"""Compares findings with linters: `python -m tests.corpora.compare_linters NAME...`."""

from __future__ import annotations

import sys
import tempfile
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tests.corpora.causes import cause_of
from tests.corpora.linters import RUFF_BLOCKING, Report, flake8_async, ruff
from tests.corpora.packages import UnobtainableError, obtain
from tests.corpora.rewriting_pass import analysed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_EXAMPLES = 3
Place = tuple[str, int]


@dataclass(slots=True)
class Comparison:
    """Places that one of two tools, or both, report; summed over packages.

    Attributes:
        tool: the linter.
        both: places that both report, by the linter's code.
        ours: places that only awaken reports, by call.
        theirs: places that only the linter reports, by code and cause, with examples.
    """

    tool: str
    both: Counter[str] = field(default_factory=Counter)
    ours: Counter[str] = field(default_factory=Counter)
    theirs: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, folder: Path, reports: list[Report], found: Mapping[Place, str]) -> None:
        """Enter what was reported in one package, and what awaken found there."""
        reported = {(report.path, report.line) for report in reports}
        for report in reports:
            if (report.path, report.line) in found:
                self.both[report.code] += 1
            else:
                cause = cause_of(folder / report.path, report.line, report.code)
                text = f"{folder.name}/{report.path}:{report.line} `{cause.source}`"
                self.theirs[report.code, cause.name].append(text)
        self.ours.update(call for place, call in found.items() if place not in reported)

    def lines(self) -> Iterator[str]:
        """The comparison as Markdown."""
        only = sum(map(len, self.theirs.values()))
        yield f"## {self.tool}\n"
        yield "| both | only theirs | only ours |\n| ---: | ---: | ---: |"
        yield f"| {self.both.total()} | {only} | {self.ours.total()} |\n"
        yield "Both, by code: " + _listed(self.both) + "\n"
        yield "Only ours, by call: " + _listed(self.ours) + "\n"
        yield "Only theirs:\n"
        yield "| code | cause | places | for example |\n| --- | --- | ---: | --- |"
        for (code, cause), places in sorted(self.theirs.items(), key=lambda item: -len(item[1])):
            examples = "<br>".join(places[:_EXAMPLES]).replace("|", "\\|")
            yield f"| {code} | {cause} | {len(places)} | {examples} |"
        yield ""


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME[==VERSION]|FOLDER/ ...")
@click.option("--work", type=click.Path(path_type=Path), help="Folder for downloads.")
@click.option("--jobs", default=1, show_default=True, help="Worker processes.")
@click.option("--ruff-only", is_flag=True, help="Leave out flake8-async, which takes minutes.")
def main(names: tuple[str, ...], work: Path | None, jobs: int, ruff_only: bool) -> None:
    """Print a Markdown comparison of places that block, low severity too."""
    work = work or Path(tempfile.mkdtemp(prefix="awaken-corpus-"))
    against_ruff, against_flake8 = Comparison("ruff"), Comparison("flake8-async")
    missing = 0
    for name in names:
        try:
            folder = obtain(name, work).folder
        except UnobtainableError as error:
            click.echo(str(error), err=True)
            missing = 1
            continue
        found, files = _findings(folder, jobs)
        against_ruff.add(folder, _within(ruff(folder, RUFF_BLOCKING), files), found)
        if not ruff_only:
            against_flake8.add(folder, flake8_async(folder, sorted(files)), found)
    for comparison in (against_ruff,) if ruff_only else (against_ruff, against_flake8):
        click.echo("\n".join(comparison.lines()))
    sys.exit(missing)


def _findings(folder: Path, jobs: int) -> tuple[dict[Place, str], frozenset[str]]:
    """Where awaken reports what, and the files it looked into."""
    analysis = analysed(folder, jobs)
    found = {
        (plan.source.relative, each.finding.place.line): each.finding.call
        for plan in analysis.plans
        for each in plan.planned
    }
    files = (record.path for record in analysis.ledger.records.values())
    return found, frozenset(path for path in files if (folder / path).is_file())


def _within(reports: list[Report], files: frozenset[str]) -> list[Report]:
    return [report for report in reports if report.path in files]


def _listed(counter: Counter[str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in counter.most_common(25)) or "none"


if __name__ == "__main__":
    main()
