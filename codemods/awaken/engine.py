"""The pipeline: from paths to a plan, and from a plan to verified changes."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from awaken.analysis import Analyst, FileResult, Job, analyse_files
from awaken.discover.reading import PassedOver, UnreadableFile, decode_source
from awaken.discover.walk import discover
from awaken.ledger import Ledger, Outcome, Record
from awaken.memory import collection_paused
from awaken.plan.file_plan import FilePlan
from awaken.plan.selection import change_groups
from awaken.prescan import prescan, relative_path
from awaken.result_store import ResultStore
from awaken.rewriting import FileRewrite, FileRewriter
from awaken.syntax.deep import with_deep_stack
from awaken.workbench import Workbench

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from pathlib import Path

    from awaken.plan.fix import ChangeGroup
    from awaken.project.configuration import Configuration

__all__ = ["Analysis", "FilePlan", "FileRewrite", "analyse", "analyse_text", "groups_of", "rewrite"]


@dataclass(frozen=True, slots=True)
class Analysis:
    """A project, analysed.

    Attributes:
        root: the project root.
        plans: a plan for each file with findings, sorted by path.
        ledger: one record for every discovered file (changes are entered by the caller).
        bench: what the run knows of the project.
    """

    root: Path
    plans: tuple[FilePlan, ...]
    ledger: Ledger
    bench: Workbench = field(repr=False, compare=False)


def analyse(  # noqa: PLR0913 - what a command line can say
    paths: Sequence[Path],
    *,
    root: Path,
    configuration: Configuration,
    jobs: int | None = None,
    cache: bool = True,
    on_file: Callable[[int, int], None] | None = None,
) -> Analysis:
    """Discover, index, resolve, detect and plan.

    Args:
        paths: files and folders, absolute.
        root: the project root; module names and relative paths count from it.
        configuration: `[tool.awaken]`, with the command line's options over it.
        jobs: worker processes; None for one a core.
        cache: whether results are kept between runs; only runs over the whole project keep any.
        on_file: called with (files done, files in all) while files are read.
    """
    found = discover(paths, root=root, exclude=configuration.exclude)
    ledger = Ledger()
    for missing in found.missing:
        message = "no such file or folder"
        ledger.enter(Record(os.fspath(missing), Outcome.FAILED, "missing", message))
    for passed in found.skipped:
        ledger.enter(Record(passed.path, Outcome.SKIPPED, passed.reason, passed.message))
    whole = any(root.is_relative_to(path) for path in paths)
    job = Job(root, configuration, prescan(found, root) if whole else None)
    bench = Workbench(root, configuration, job.scan)
    bench.check()

    # whether a function may become a plain one, or go to a process, depends on every file that names it
    about_all = bool(configuration.cpu_bound) or {"sync", "process"} & set(configuration.strategies)
    kept = cache and not about_all
    store = ResultStore(job, job.scan) if kept and job.scan else None
    known = store.known(found.files) if store else {}
    unknown = [path for path in found.files if path not in known]

    def run() -> list[FileResult]:
        return list(analyse_files(job, unknown, bench=bench, jobs=jobs, on_file=on_file))

    with collection_paused():
        results = with_deep_stack(run)
    if store:
        store.keep(results)
    return _collected([*known.values(), *results], root, ledger, bench)


def analyse_text(
    text: bytes, *, filename: Path, root: Path, configuration: Configuration
) -> Analysis:
    """The same for one file whose content is given (standard input); `filename` need not exist."""
    bench = Workbench(root, configuration)
    bench.give(filename, text)
    bench.check()
    relative = relative_path(filename, root)

    def run() -> FileResult:
        try:
            source = decode_source(text, path=filename, relative=relative)
            return Analyst(Job(root, configuration, None), bench).source(source)
        except PassedOver as error:
            return FileResult(Record(relative, Outcome.SKIPPED, error.reason, error.message))
        except UnreadableFile as error:
            return FileResult(
                Record(relative, Outcome.FAILED, "unreadable", error.message, error.line)
            )

    return _collected([with_deep_stack(run)], root, Ledger(), bench)


def _collected(
    results: Sequence[FileResult], root: Path, ledger: Ledger, bench: Workbench
) -> Analysis:
    for result in sorted(results, key=lambda each: each.record.path):
        ledger.enter(result.record)
    plans = sorted(
        (result.plan for result in results if result.plan is not None),
        key=lambda plan: plan.source.relative,
    )
    return Analysis(root, tuple(plans), ledger, bench)


def groups_of(plan: FilePlan, *, unsafe: bool) -> tuple[ChangeGroup, ...]:
    """The change groups of one file: what can be selected for `rewrite`."""
    return change_groups(plan.source.relative, plan.planned, unsafe=unsafe)


def rewrite(
    analysis: Analysis, plan: FilePlan, groups: Collection[ChangeGroup]
) -> FileRewrite | None:
    """Rewrite one file with the given groups and verify it; None when there is nothing to do.

    Groups that fail verification are dropped; the rest is kept.
    """
    if not groups:
        return None
    with collection_paused():
        return with_deep_stack(lambda: FileRewriter(analysis.bench, plan).rewrite(list(groups)))
