"""Times awaken beside ruff and flake8-async: `python -m tests.corpora.bench PATH...`."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# The measure everything is compared with: read and parse each file once.
_PARSE = """
import ast, sys, warnings
warnings.simplefilter("ignore")
for path in open(sys.argv[1], "rb").read().decode().splitlines():
    try:
        ast.parse(open(path, "rb").read())
    except (SyntaxError, ValueError):
        pass
"""
_MODULE = (sys.executable, "-m")


@dataclass(frozen=True, slots=True)
class Timing:
    """What one command cost.

    Attributes:
        name: what was timed.
        cpu: seconds of processor time, its children's included.
        wall: seconds by the clock.
        status: its exit code.
    """

    name: str
    cpu: float
    wall: float
    status: int


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--runs", default=1, show_default=True, help="Runs of each command; the best counts.")
def main(paths: tuple[Path, ...], runs: int) -> None:
    """Print CPU and wall time of each tool over the Python files below PATHS, against ast.parse."""
    files = sorted({file.resolve() for path in paths for file in _python_files(path)})
    size = sum(file.stat().st_size for file in files)
    with tempfile.TemporaryDirectory() as folder:
        timings = _timings(paths, files, Path(folder), runs)
    _print(timings, f"{len(files)} files, {size / 1e6:.1f} MB, {os.cpu_count()} cores")


def _python_files(path: Path) -> list[Path]:
    return [path] if path.is_file() else [file for file in path.rglob("*.py") if file.is_file()]


def _timings(paths: Sequence[Path], files: Sequence[Path], folder: Path, runs: int) -> list[Timing]:
    listed = folder / "files"
    listed.write_text("\n".join(map(str, files)), encoding="utf-8")
    targets = [str(path.resolve()) for path in paths]
    ruff = (*_MODULE, "ruff", "check", "--select", "ASYNC", "--isolated", "--no-cache", "--quiet")
    # One run a path: what it found is kept between runs over a whole project only.
    checks = [(*_MODULE, "awaken", "check", "--min-severity", "low", path) for path in targets]
    # What awaken keeps between runs goes to a folder of our own, so that "cold" is cold.
    cache = {"XDG_CACHE_HOME": str(folder / "cache")}
    return [
        _best("ast.parse", (sys.executable, "-c", _PARSE, str(listed)), runs),
        _best("ruff ASYNC", (*ruff, *targets), runs),
        _best("flake8-async", (*_MODULE, "flake8_async", *map(str, files)), runs),
        _sum("awaken check, cold", [_timed("", check, cache) for check in checks]),
        _sum("awaken check, again", [_best("", check, runs, cache) for check in checks]),
        _best("awaken --help", (*_MODULE, "awaken", "--help"), max(runs, 3), cache),
    ]


def _best(
    name: str, command: Sequence[str], runs: int, environment: Mapping[str, str] | None = None
) -> Timing:
    timings = [_timed(name, command, environment or {}) for _ in range(runs)]
    return min(timings, key=lambda timing: timing.cpu)


def _sum(name: str, timings: Sequence[Timing]) -> Timing:
    cpu, wall = sum(each.cpu for each in timings), sum(each.wall for each in timings)
    return Timing(name, cpu, wall, max(each.status for each in timings))


def _timed(name: str, command: Sequence[str], environment: Mapping[str, str]) -> Timing:
    before, started = os.times(), time.perf_counter()
    done = subprocess.run(
        command, capture_output=True, check=False, env={**os.environ, **environment}
    )
    wall, after = time.perf_counter() - started, os.times()
    user = after.children_user - before.children_user
    system = after.children_system - before.children_system
    return Timing(name, user + system, wall, done.returncode)


def _print(timings: Sequence[Timing], title: str) -> None:
    table = Table("", "CPU s", "wall s", "CPU / ast.parse", "exit", title=title)
    base = timings[0].cpu
    for each in timings:
        row = (f"{each.cpu:.2f}", f"{each.wall:.2f}", f"{each.cpu / base:.1f}", str(each.status))
        table.add_row(each.name, *row)
    Console().print(table)


if __name__ == "__main__":
    main()
