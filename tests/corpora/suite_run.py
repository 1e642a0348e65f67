"""Runs a package's own tests in the package's own environment."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tests.corpora import outcome_recorder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_LONGEST = 3600.0  # seconds for one run
_PYTEST = ("-m", "pytest")
_CANARY = "test_awaken_canary.py"
_CANARY_TEXT = """\
async def forgotten():
    pass


def test_canary():
    forgotten()
"""

# A coroutine that nobody awaits warns while it is destroyed, where an exception has nowhere to go:
# it takes both filters to fail the test. `unawaited_fails` shows that they do.
_UNAWAITED_FAILS = (
    *("-W", "error:coroutine:RuntimeWarning"),
    *("-W", "error::pytest.PytestUnraisableExceptionWarning"),
)


class SuiteError(Exception):
    """A suite that cannot be set up, or that gave no result."""


@dataclass(frozen=True, slots=True)
class Suite:
    """Tests that can be run.

    Attributes:
        name: what tables call it.
        tree: the package with its tests; runs may leave files there.
        python: the interpreter that has what the package and its tests need.
        roots: folders in `tree` that the package is imported from.
        options: for pytest.
        paths: what pytest collects, relative to `tree`; everything when empty.
        variables: environment variables that the tests need.
    """

    name: str
    tree: Path
    python: Path
    roots: tuple[str, ...] = (".", "src")
    options: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SuiteResult:
    """One run of a suite.

    Attributes:
        collected: how often each test id was collected.
        outcomes: how each test, and each file that could not be collected, ended.
        status: pytest's exit status.
        seconds: wall time.
    """

    collected: Counter[str]
    outcomes: Mapping[str, str]
    status: int
    seconds: float

    def __str__(self) -> str:
        kinds = Counter(self.outcomes.values())
        return ", ".join(f"{kinds[kind]} {kind}" for kind in sorted(kinds)) or "no tests"


def run_tests(suite: Suite, log: Path, runner: Sequence[str] = _PYTEST) -> SuiteResult:
    """Run a suite's tests; a coroutine that is never awaited fails the test that made it.

    Args:
        suite: what to run.
        log: file for the output.
        runner: how the interpreter starts pytest.

    Raises:
        SuiteError: pytest wrote no result, or took too long.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    result = log.with_suffix(".json")
    result.unlink(missing_ok=True)
    plugin = _plugin(log.parent / "plugin")
    command = [str(suite.python), *runner, "-p", plugin.stem, "-p", "no:cacheprovider"]
    variables = _variables(suite, plugin.parent, result)
    started = time.monotonic()
    # A folder of its own: some tests look at, or clean, what runs before them left in pytest's.
    with tempfile.TemporaryDirectory(prefix="suite-") as scratch, log.open("wb") as output:
        command += [*_UNAWAITED_FAILS, f"--basetemp={scratch}/t", *suite.options, *suite.paths]
        try:
            subprocess.run(
                command,
                cwd=suite.tree,
                env=variables,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=_LONGEST,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise SuiteError(f"{suite.name}: longer than {_LONGEST:.0f} s, see {log}") from error
    if not result.exists():
        raise SuiteError(f"{suite.name}: pytest gave no result, see {log}")
    found = json.loads(result.read_text(encoding="utf-8"))
    seconds = time.monotonic() - started
    return SuiteResult(Counter(found["collected"]), found["outcomes"], found["status"], seconds)


def unawaited_fails(suite: Suite, log: Path) -> bool:
    """Whether a test that forgets an `await` fails in this suite, under its own settings."""
    first = suite.tree / suite.paths[0].partition("::")[0] if suite.paths else suite.tree
    canary = (first if first.is_dir() else first.parent) / _CANARY
    canary.write_text(_CANARY_TEXT, encoding="utf-8")
    path = canary.relative_to(suite.tree).as_posix()
    try:
        outcomes = run_tests(replace(suite, paths=(path,)), log).outcomes
    finally:
        canary.unlink()
    return list(outcomes.values()) in (["failed"], ["error"])


def _plugin(folder: Path) -> Path:
    """A folder with the recorder alone: our other modules must not be importable there."""
    folder.mkdir(exist_ok=True)
    source = Path(outcome_recorder.__file__)
    return Path(shutil.copy(source, folder / f"awaken_{source.name}"))


def _variables(suite: Suite, plugin: Path, result: Path) -> dict[str, str]:
    # The tree comes before whatever the environment has installed of the package.
    path = os.pathsep.join([str(plugin), *(str(suite.tree / root) for root in suite.roots)])
    ours = {"PYTHONPATH": path, outcome_recorder.RESULT: str(result)}
    inherited = {name: text for name, text in os.environ.items() if name != "PYTEST_ADDOPTS"}
    return {**inherited, "PYTHONDONTWRITEBYTECODE": "1", **suite.variables, **ours}
