"""One trial of a suite: its tests before `awaken apply`, and after."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.corpora.suite_comparison import Comparison, compare
from tests.corpora.suite_run import Suite, SuiteError, SuiteResult, run_tests, unawaited_fails

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_HUNK = re.compile(r"^@@ -\S+ \+(?P<start>\d+)(?:,(?P<length>\d+))? @@")
_GIT = ("git", "-c", "user.name=suite", "-c", "user.email=suite@localhost", "-c", "gc.auto=0")
_HANDLED = (0, 1)  # exit codes of awaken: nothing found, findings left
_OUR_SETTINGS = f"--rcfile={os.devnull}"  # the package's own may leave threads out
_RAN = (0, 1)  # exit codes of pytest: all passed, some failed


@dataclass(frozen=True, slots=True)
class Reach:
    """How many of the rewritten statements the tests run.

    Attributes:
        written: statements on changed lines.
        run: those of them that ran.
    """

    written: int
    run: int

    def __str__(self) -> str:
        return f"{self.run} of {self.written}"


@dataclass(frozen=True, slots=True)
class Rewritten:
    """The tests after one `apply`.

    Attributes:
        files: how many it changed.
        result: how the tests ended.
        comparison: with the run before.
        reach: whether the tests run what was rewritten.
        left: how many fixes were planned, but not made.
    """

    files: int
    result: SuiteResult
    comparison: Comparison
    reach: Reach
    left: int

    @property
    def problems(self) -> list[str]:
        """One line for each thing that must not happen."""
        left = [f"{self.left} planned fixes were not made"] if self.left else []
        return [*left, *self.comparison.problems]


@dataclass(frozen=True, slots=True)
class Trial:
    """All runs of one suite.

    Attributes:
        suite: its name.
        findings: number by kind of fix: `safe`, `unsafe` or `none`.
        before: how the tests ended in the package as it is published.
        safe: after `apply --yes`.
        unsafe: after `apply --yes --unsafe-fixes`, where that was asked for.
        problems: everything else that must not happen.
    """

    suite: str
    findings: Counter[str]
    before: SuiteResult
    safe: Rewritten
    unsafe: Rewritten | None
    problems: tuple[str, ...]


def try_suite(suite: Suite, logs: Path, *, unsafe: bool) -> Trial:
    """Run the tests, rewrite the package and its tests, run them again, take the rewriting back.

    Args:
        suite: what to try; its tree becomes a git repository of its own.
        logs: folder for the output of every step.
        unsafe: whether to do the same with unsafe fixes.

    Raises:
        SuiteError: a step gave no result.
    """
    logs = logs.resolve()
    logs.mkdir(parents=True, exist_ok=True)
    _commit(suite.tree)
    problems = [] if unawaited_fails(suite, logs / "canary.log") else ["a lost await fails no test"]
    findings = _findings(suite.tree, logs)
    before = run_tests(suite, logs / "before.log")
    if before.status not in _RAN:
        raise SuiteError(f"{suite.name}: the tests cannot be run, see {logs / 'before.log'}")
    _restore(suite.tree)
    _awaken(suite.tree, logs, "apply", "--yes")
    _awaken(suite.tree, logs, "undo")
    if left := _changed(suite.tree):
        problems.append(f"undo left {', '.join(left)}")
    safe = _after(suite, logs, "safe", before)
    with_unsafe = _after(suite, logs, "unsafe", before, "--unsafe-fixes") if unsafe else None
    return Trial(suite.name, findings, before, safe, with_unsafe, tuple(problems))


def _after(suite: Suite, logs: Path, kind: str, before: SuiteResult, *flags: str) -> Rewritten:
    tree = suite.tree
    try:
        (logs / f"{kind}.txt").write_text(_awaken(tree, logs, "apply", "--yes", *flags))
        patch = _git(tree, "diff", "--unified=0", "--no-color", "--no-ext-diff")
        (logs / f"{kind}.diff").write_text(patch)
        left = _findings(tree, logs)
        lines = _added_lines(patch)
        data = logs / f"{kind}.coverage"
        only = ",".join(str(tree.resolve() / path) for path in lines) or "nothing"
        tracer = (
            "-m",
            "coverage",
            "run",
            _OUR_SETTINGS,
            f"--data-file={data}",
            f"--include={only}",
        )
        result = run_tests(suite, logs / f"{kind}.log", (*tracer, "-m", "pytest"))
        reach = _reach(suite, data, lines)
    finally:
        _restore(tree)
    planned = left["safe"] + (left["unsafe"] if flags else 0)
    return Rewritten(len(lines), result, compare(before, result), reach, planned)


def _findings(tree: Path, logs: Path) -> Counter[str]:
    found = json.loads(_awaken(tree, logs, "check", "--format", "json"))["findings"]
    kinds = (each["fix"]["applicability"] if each["fix"] else "none" for each in found)
    return Counter(kinds)


def _awaken(tree: Path, logs: Path, *arguments: str) -> str:
    """What awaken prints; its journal and its cache stay in the folder of the logs."""
    homes = {"XDG_STATE_HOME": str(logs / "state"), "XDG_CACHE_HOME": str(logs / "cache")}
    command = [sys.executable, "-m", "awaken", *arguments]
    done = subprocess.run(
        command,
        cwd=tree,
        env={**os.environ, **homes},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in _HANDLED:
        raise SuiteError(f"awaken {' '.join(arguments)} in {tree}: {done.stderr[-2000:]}")
    return done.stdout


def _reach(suite: Suite, data: Path, lines: Mapping[str, frozenset[int]]) -> Reach:
    report = data.with_suffix(".coverage.json")
    command = [str(suite.python), "-m", "coverage", "json", "--quiet", _OUR_SETTINGS]
    command += ["--ignore-errors", f"--data-file={data}", "-o", str(report)]
    subprocess.run(command, cwd=suite.tree, capture_output=True, check=False)
    if not report.exists():
        return Reach(0, 0)
    files = json.loads(report.read_text(encoding="utf-8"))["files"]
    run = written = 0
    for path, added in lines.items():
        measured = files.get(path, {"executed_lines": [], "missing_lines": []})
        ran = len(added & set(measured["executed_lines"]))
        run += ran
        written += ran + len(added & set(measured["missing_lines"]))
    return Reach(written, run)


def _added_lines(patch: str) -> dict[str, frozenset[int]]:
    """The numbers of the lines that a patch adds, by path."""
    added: defaultdict[str, set[int]] = defaultdict(set)
    path = ""
    for line in patch.splitlines():
        if line.startswith("+++ b/"):
            path = line.removeprefix("+++ b/")
        elif match := _HUNK.match(line):
            start, length = int(match["start"]), int(match["length"] or 1)
            added[path].update(range(start, start + length))
    return {path: frozenset(numbers) for path, numbers in added.items()}


def _commit(tree: Path) -> None:
    _git(tree, "init", "--quiet")
    _git(tree, "add", "--all")
    _git(tree, "commit", "--quiet", "--allow-empty", "--no-verify", "--message", "as published")


def _restore(tree: Path) -> None:
    """Undo what the tests, or we, left behind."""
    _git(tree, "reset", "--quiet", "--hard")
    _git(tree, "clean", "--quiet", "-d", "--force")


def _changed(tree: Path) -> list[str]:
    return _git(tree, "diff", "--name-only").splitlines()


def _git(tree: Path, *arguments: str) -> str:
    done = subprocess.run(
        [*_GIT, *arguments], cwd=tree, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SuiteError(f"git {arguments[0]} in {tree}: {done.stderr.strip()}")
    return done.stdout
