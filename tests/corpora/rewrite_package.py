"""Rewrites packages, checks the outcome: `python -m tests.corpora.rewrite_package NAME...`."""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table

from tests.corpora.packages import Package, UnobtainableError, obtain
from tests.corpora.rewriting_pass import PassResult, run_pass

if TYPE_CHECKING:
    from collections import Counter

_COLUMNS = (
    *(
        "package",
        "files",
        "async",
        "findings by rule",
        "native",
        "thread",
        "block",
        "unsafe",
        "refused",
    ),
    *("commonest reasons", "dropped", "problems", "s"),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Both passes over one package."""

    package: str
    async_files: int
    safe: PassResult
    unsafe: PassResult

    @property
    def problems(self) -> list[str]:
        only_unsafe = [each for each in self.unsafe.problems if each not in self.safe.problems]
        return [
            *(f"{self.package} {each}" for each in self.safe.problems),
            *(f"{self.package} (unsafe) {each}" for each in only_unsafe),
        ]

    def row(self) -> list[str]:
        found, fixes = self.safe.findings, self.safe.fixes
        unsafe = sum(number for name, number in fixes.items() if name.endswith("!"))
        cells = [
            *(self.package, self.safe.files, self.async_files, _counted(found)),
            *(
                fixes["native"],
                fixes["thread"],
                fixes["block"],
                unsafe,
                sum(self.safe.refused.values()),
            ),
            *(_counted(self.safe.refused), self.safe.dropped + self.unsafe.dropped),
            *(len(self.problems), f"{self.safe.seconds:.1f}"),
        ]
        return [str(cell) for cell in cells]


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME[==VERSION]|FOLDER/ ...")
@click.option("--work", type=click.Path(path_type=Path), help="Folder for downloads and copies.")
@click.option("--diff-out", type=click.Path(path_type=Path), help="Folder for the diffs.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
@click.option("--jobs", default=1, show_default=True, help="Worker processes.")
def main(
    names: tuple[str, ...], work: Path | None, diff_out: Path | None, as_json: bool, jobs: int
) -> None:
    """Rewrite packages, with safe fixes and with all; exit 1 when something went wrong."""
    work = work or Path(tempfile.mkdtemp(prefix="awaken-corpus-"))
    outcomes: list[Outcome] = []
    for name in names:
        try:
            outcome = rewrite_package(obtain(name, work), work, jobs)
        except UnobtainableError as error:
            click.echo(str(error), err=True)
            continue
        outcomes.append(outcome)
        if diff_out is not None:
            _write_diffs(outcome, diff_out)
        for line in [*outcome.problems, *(f"slow {each}" for each in outcome.safe.slow)]:
            click.echo(line, err=True)
    if as_json:
        click.echo(json.dumps([_as_json(each) for each in outcomes], indent=1))
    else:
        _print_table(outcomes)
    sys.exit(int(len(outcomes) < len(names) or any(each.problems for each in outcomes)))


def rewrite_package(package: Package, work: Path, jobs: int) -> Outcome:
    """Rewrite two copies of a package, one with safe fixes only."""
    copies = work / "copies" / package.name
    safe = run_pass(package.copy(copies / "safe"), unsafe=False, jobs=jobs)
    unsafe = run_pass(package.copy(copies / "unsafe"), unsafe=True, jobs=jobs)
    sources = package.folder.rglob("*.py")
    async_files = sum(b"async" in path.read_bytes() for path in sources if path.is_file())
    return Outcome(package.name, async_files, safe, unsafe)


def _counted(counter: Counter[str]) -> str:
    return " ".join(f"{name}:{number}" for name, number in counter.most_common(5))


def _as_json(outcome: Outcome) -> dict[str, object]:
    passes = {"safe": outcome.safe, "unsafe": outcome.unsafe}
    described = {
        kind: {
            each.name: getattr(result, each.name)
            for each in fields(result)
            if each.name != "patches"
        }
        for kind, result in passes.items()
    }
    described_package = {"package": outcome.package, "async_files": outcome.async_files}
    return {**described_package, **described, "problems": outcome.problems}


def _print_table(outcomes: list[Outcome]) -> None:
    table = Table(*_COLUMNS)
    for outcome in outcomes:
        table.add_row(*outcome.row())
    Console(width=None if sys.stdout.isatty() else 220).print(table)


def _write_diffs(outcome: Outcome, folder: Path) -> None:
    for kind, result in (("safe", outcome.safe), ("unsafe", outcome.unsafe)):
        for path, patch in result.patches.items():
            target = folder / outcome.package / kind / f"{path}.diff"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(patch)


if __name__ == "__main__":
    main()
