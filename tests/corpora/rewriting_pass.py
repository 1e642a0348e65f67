"""One pass of the engine over a copy of a package: what it found, wrote, and got wrong."""

from __future__ import annotations

import time
import warnings
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from awaken.engine import Analysis, FilePlan, FileRewrite, analyse, groups_of, rewrite
from awaken.ledger import Outcome
from awaken.project.configuration import Configuration, override
from awaken.show.patch import unified_patch
from tests.corpora.linters import RUFF_NAMES, new_reports, ruff

if TYPE_CHECKING:
    from pathlib import Path

_SLOW = 2.0  # seconds for rewriting one file


@dataclass(slots=True)
class PassResult:
    """What one pass did.

    Attributes:
        files: files read.
        findings: their number by rule.
        fixes: their number by strategy and applicability (`native`, `thread`, `native!`).
        refused: reason codes of findings without any fix, with their number.
        changed: files written.
        seconds: wall time of analysis and rewriting.
        slow: files that took long to rewrite, with seconds.
        problems: everything that must not happen, one line each.
        patches: the diff by path.
    """

    files: int = 0
    findings: Counter[str] = field(default_factory=Counter)
    fixes: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    changed: int = 0
    seconds: float = 0.0
    slow: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    patches: dict[str, bytes] = field(default_factory=dict)

    @property
    def dropped(self) -> int:
        """Change groups that verification took back: each is a bug of a transformer."""
        return sum(problem.startswith("dropped ") for problem in self.problems)


def analysed(folder: Path, jobs: int) -> Analysis:
    """Everything in a folder that is its own project root, low severity too."""
    configuration = override(Configuration(), min_severity="low")
    return analyse([folder], root=folder, configuration=configuration, jobs=jobs, cache=False)


def run_pass(folder: Path, *, unsafe: bool, jobs: int) -> PassResult:
    """Rewrite the files in a folder and check the outcome.

    Args:
        folder: a copy of the package; its files are changed.
        unsafe: whether fixes with a named difference are made too.
        jobs: worker processes.
    """
    result = PassResult()
    started = time.perf_counter()
    analysis = analysed(folder, jobs)
    _count(analysis, result)
    result.problems += _unread(analysis)
    rewrites = [
        done
        for plan in analysis.plans
        if (done := _rewritten(analysis, plan, result, unsafe=unsafe)) is not None
    ]
    result.seconds = time.perf_counter() - started
    changed = [done for done in rewrites if done.change.before != done.change.after]
    names = [done.change.relative for done in changed]
    before = ruff(folder, RUFF_NAMES, names) if names else []
    for done in changed:
        result.patches[done.change.relative] = unified_patch(done.change)
        (folder / done.change.relative).write_bytes(done.change.after)
        result.problems += _broken(done)
    result.changed = len(changed)
    after = ruff(folder, RUFF_NAMES, names) if names else []
    result.problems += [f"ruff {line}" for line in new_reports(before, after)]
    result.problems += _unsettled(folder, unsafe=unsafe, jobs=jobs)
    return result


def _count(analysis: Analysis, result: PassResult) -> None:
    result.files = len(analysis.ledger.records)
    for plan in analysis.plans:
        for each in plan.planned:
            result.findings[each.finding.rule] += 1
            if each.safe is not None:
                result.fixes[each.safe.strategy.value] += 1
            if each.unsafe is not None:
                result.fixes[f"{each.unsafe.strategy.value}!"] += 1
            if each.best is None:
                result.refused[each.reason.code if each.reason else "no-reason"] += 1


def _unread(analysis: Analysis) -> list[str]:
    """Files on which the engine gave up though CPython would take them."""
    problems = []
    for record in analysis.ledger.having(Outcome.FAILED):
        path = analysis.root / record.path
        if record.code != "unreadable" or _compile_error(path.read_bytes()) == "":
            problems.append(f"{record.code} {record.path}:{record.line}: {record.message}")
    return problems


def _rewritten(
    analysis: Analysis, plan: FilePlan, result: PassResult, *, unsafe: bool
) -> FileRewrite | None:
    path = plan.source.relative
    started = time.perf_counter()
    try:
        done = rewrite(analysis, plan, groups_of(plan, unsafe=unsafe))
    except Exception as error:  # noqa: BLE001 - one odd file must not hide the others
        result.problems.append(f"crash {path}: {type(error).__name__}: {error}")
        return None
    took = time.perf_counter() - started
    if took > _SLOW:
        result.slow.append(f"{path} {took:.1f}")
    for each in done.dropped if done else ():
        finding, recipe = each.group.findings[0], type(each.group.fix.recipe).__name__
        where = f"{path}:{finding.place.line} {finding.call} {recipe}"
        result.problems.append(f"dropped {where}: {each.reason.code}: {each.reason.message}")
    return done


def _broken(done: FileRewrite) -> list[str]:
    error = _compile_error(done.change.after)
    if error and not _compile_error(done.change.before):
        return [f"compile {done.change.relative}: {error}"]
    return []


def _unsettled(folder: Path, *, unsafe: bool, jobs: int) -> list[str]:
    """What a second run over the rewritten folder would change."""
    problems = []
    analysis = analysed(folder, jobs)
    for plan in analysis.plans:
        path = plan.source.relative
        try:
            again = rewrite(analysis, plan, groups_of(plan, unsafe=unsafe))
        except Exception as error:  # noqa: BLE001 - one odd file must not hide the others
            problems.append(f"crash again {path}: {type(error).__name__}: {error}")
            continue
        if again is not None and again.change.before != again.change.after:
            places = [f"{f.place.line} {f.call}" for g in again.groups for f in g.findings]
            problems.append(f"again {path}: {', '.join(places)}")
    return problems


def _compile_error(data: bytes) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(data, "<corpus>", "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            return str(error) or type(error).__name__
    return ""
