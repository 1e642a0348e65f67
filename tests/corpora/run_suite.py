"""Runs packages' own tests before and after rewriting: `python -m tests.corpora.run_suite NAME...`."""

from __future__ import annotations

import shlex
import sys
import tempfile
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from tests.corpora.packages import UnobtainableError, obtain
from tests.corpora.suite_environment import set_up
from tests.corpora.suite_run import Suite, SuiteError
from tests.corpora.suite_trial import Trial, try_suite
from tests.corpora.suites import SUITES

_COLUMNS = (
    *("suite", "tests", "safe", "unsafe", "none", "files", "statements run"),
    *("before", "after", "after, unsafe too", "problems"),
)


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME|FOLDER/ ...]")
@click.option("--work", type=click.Path(path_type=Path), help="Folder for trees and logs.")
@click.option("--python", default=sys.executable, help="What runs the tests.")
@click.option("--pytest", "arguments", default="", help="Arguments for pytest, with FOLDER/.")
@click.option("--unsafe", is_flag=True, help="Once more, with unsafe fixes.")
def main(
    names: tuple[str, ...], work: Path | None, python: str, arguments: str, unsafe: bool
) -> None:
    """Run packages' tests before and after `awaken apply --yes`; exit 1 when one ends otherwise.

    A NAME is one of tests/corpora/suites.py and gets an environment of its own; without any, all
    of them are run. A FOLDER/ is copied, and tested by the Python given, which has its dependencies.
    """
    work = (work or Path(tempfile.mkdtemp(prefix="awaken-suites-"))).resolve()
    trials: list[Trial] = []
    names = names or tuple(suite.name for suite in SUITES)
    for name in names:
        try:
            suite = _suite(name, work, python, arguments)
            trial = try_suite(suite, work / "logs" / suite.name, unsafe=unsafe)
        except (SuiteError, UnobtainableError) as error:
            click.echo(str(error), err=True)
            continue
        trials.append(trial)
        for line in _described(trial):
            click.echo(f"{trial.suite} {line}", err=True)
    _print_table(trials)
    sys.exit(int(len(trials) < len(names) or any(_problems(trial) for trial in trials)))


def _suite(name: str, work: Path, python: str, arguments: str) -> Suite:
    if "/" not in name:
        published = next((suite for suite in SUITES if suite.name == name), None)
        if published is None:
            known = ", ".join(suite.name for suite in SUITES)
            raise SuiteError(f"{name}: no such suite; there are {known}")
        return set_up(published, work, python)
    package = obtain(name, work)
    tree = package.copy(work / "trees" / package.name)
    words = shlex.split(arguments)
    paths = tuple(word for word in words if (tree / word.partition("::")[0]).exists())
    options = tuple(word for word in words if word not in paths)
    return Suite(package.name, tree, Path(python).absolute(), options=options, paths=paths)


def _problems(trial: Trial) -> list[str]:
    return [*trial.problems, *trial.safe.problems]


def _described(trial: Trial) -> list[str]:
    unsafe = trial.unsafe.problems if trial.unsafe else []
    return [
        *_problems(trial),
        *(f"(unsafe) {line}" for line in unsafe),
        *(f"(passes now) {test}" for test in trial.safe.comparison.mended),
    ]


def _row(trial: Trial) -> list[str]:
    found, safe, unsafe = trial.findings, trial.safe, trial.unsafe
    cells = (
        *(trial.suite, trial.before.collected.total()),
        *(found["safe"], found["unsafe"], found["none"], safe.files, safe.reach),
        *(trial.before, safe.result, unsafe.result if unsafe else "", len(_problems(trial))),
    )
    return [str(cell) for cell in cells]


def _print_table(trials: list[Trial]) -> None:
    table = Table(*_COLUMNS)
    for trial in trials:
        table.add_row(*_row(trial))
    Console(width=None if sys.stdout.isatty() else 220).print(table)


if __name__ == "__main__":
    main()
