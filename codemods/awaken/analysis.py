"""Files to plans: each file of a run read, searched and planned, alone or in worker processes."""

from __future__ import annotations

import atexit
import multiprocessing
import os
import signal
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from awaken.advice import django_settings
from awaken.advice.advise import everything_in
from awaken.discover.generated import generated_reason
from awaken.discover.reading import PassedOver, UnreadableFile
from awaken.index.reading import ParsedFile, check_syntax, parse_source
from awaken.ledger import Outcome, Record
from awaken.memory import collection_paused
from awaken.plan.file_plan import FilePlan, exact, plan_file
from awaken.prescan import Prescan, relative_path
from awaken.syntax.deep import with_deep_stack
from awaken.syntax.tree import parse
from awaken.workbench import Workbench

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence
    from pathlib import Path

    from awaken.detect.finding import Finding
    from awaken.discover.source import SourceFile
    from awaken.index.summary import FileIndex
    from awaken.plan.fix import PlannedFinding
    from awaken.project.configuration import Configuration
    from awaken.syntax.tree import Tree

# Below this many files the start of worker processes costs more than they save.
_WORTH_WORKERS = 120
_SHARD = 24
# Nothing is found in files in which none of these stands.
_WORTH_READING = ("async", *django_settings.WORDS)


@dataclass(frozen=True, slots=True)
class Job:
    """Everything a worker needs; it is sent to it.

    Attributes:
        root: the project root.
        configuration: the settings of the run.
        scan: what the bytes of the project's files tell; None when the run is about a part of them.
    """

    root: Path
    configuration: Configuration
    scan: Prescan | None


@dataclass(frozen=True, slots=True)
class FileResult:
    """How reading and planning one file ended.

    Attributes:
        record: its entry in the ledger.
        plan: what is planned for it, if anything.
        depends: other files of the project that the result depends on.
    """

    record: Record
    plan: FilePlan | None = None
    depends: frozenset[str] = frozenset()


class Analyst:
    """Analyses files of one project, one after the other."""

    def __init__(self, job: Job, bench: Workbench | None = None) -> None:
        self.bench = bench or Workbench(job.root, job.configuration, job.scan)
        self.surveyed = self.bench.surveyed

    def file(self, path: Path) -> FileResult:
        """Read and plan one file; whatever is wrong with it ends in its record."""
        relative = relative_path(path, self.bench.root)
        resolver = self.bench.resolver
        resolver.touched = set()
        try:
            result = self.source(*self.bench.read(path, relative))
            return replace(result, depends=frozenset(resolver.touched) - {relative})
        except PassedOver as error:
            return FileResult(Record(relative, Outcome.SKIPPED, error.reason, error.message))
        except UnreadableFile as error:
            return FileResult(
                Record(relative, Outcome.FAILED, "unreadable", error.message, error.line)
            )
        except Exception as error:  # noqa: BLE001 - the boundary: one odd file must not stop the run
            message = (
                f"awaken failed on this file ({type(error).__name__}: {error}); please report it"
            )
            return FileResult(Record(relative, Outcome.FAILED, "internal-error", message))

    def source(self, source: SourceFile, index: FileIndex | None = None) -> FileResult:
        """Plan a file that has been read.

        Args:
            source: the file.
            index: its summary, where that has been made.

        Raises:
            UnreadableFile: when it is no Python.
        """
        generated = generated_reason(source.text)
        if generated is not None:
            return FileResult(Record(source.relative, Outcome.SKIPPED, "generated", generated))
        unchanged = Record(source.relative, Outcome.UNCHANGED)
        if not any(word in source.text for word in _WORTH_READING):
            if index is None:
                check_syntax(source)
            return FileResult(unchanged)
        parsed = None
        if index is None:
            parsed = parse_source(source, self.bench.module_of(source.path))
            index = self.bench.adopt(parsed.index)
        trees = [parsed.tree] if parsed is not None else []

        def tree() -> Tree:
            if not trees:
                trees.append(parse(source.text))
            return trees[0]

        findings = everything_in(index, self.surveyed, source.text, tree)
        if not findings:
            return FileResult(unchanged)
        parsed = ParsedFile(source, tree(), index)
        asks_for = self.bench.settings.asks_for
        found = self._planned(parsed, findings)
        planned = tuple(each for each in found if asks_for(each.finding))
        return FileResult(unchanged, FilePlan(source, planned) if planned else None)

    def _planned(
        self, parsed: ParsedFile, findings: Sequence[Finding]
    ) -> tuple[PlannedFinding, ...]:
        """Plan what was found in a file, which has to be searched again where its nodes stand elsewhere."""
        settled = exact(parsed, findings)
        if settled is not parsed:
            index = self.bench.adopt(settled.index)
            findings = everything_in(
                index, self.surveyed, settled.source.text, lambda: settled.tree
            )
        return plan_file(settled, findings, self.surveyed)


def analyse_files(
    job: Job,
    paths: Sequence[Path],
    *,
    bench: Workbench,
    jobs: int | None,
    on_file: Callable[[int, int], None] | None,
) -> Iterator[FileResult]:
    """Analyse files, in worker processes where that pays.

    Args:
        job: what the run is about.
        paths: the files, absolute.
        bench: used when no worker is started.
        jobs: worker processes; None for one a core.
        on_file: called with (files done, files in all).
    """
    workers = jobs or (os.cpu_count() or 1)
    if workers == 1 or len(paths) < _WORTH_WORKERS:
        analyst = Analyst(job, bench)
        for done, path in enumerate(paths, start=1):
            yield analyst.file(path)
            if on_file:
                on_file(done, len(paths))
        return
    done = 0
    for results in _in_workers(job, paths, workers):
        done += len(results)
        if on_file:
            on_file(done, len(paths))
        yield from results


def _in_workers(job: Job, paths: Sequence[Path], workers: int) -> Iterator[list[FileResult]]:
    shards = [paths[start : start + _SHARD] for start in range(0, len(paths), _SHARD)]
    broken = yield from _results(job, shards, workers)
    # One worker that dies takes the shards of the others with it: those are tried again first, one after
    # the other, and only a shard that breaks on its own is taken apart.
    for shard in broken:
        for again in (yield from _results(job, [shard], 1)):
            for culprit in (yield from _results(job, [[path] for path in again], 1)):
                yield [_crashed(job, path) for path in culprit]


def _results(
    job: Job, shards: Sequence[Sequence[Path]], workers: int
) -> Generator[list[FileResult], None, list[Sequence[Path]]]:
    """Give the results of the shards; returns those that broke."""
    broken = []
    for shard, results in _run_shards(job, shards, workers):
        if results is None:
            broken.append(shard)
        else:
            yield results
    return broken


def _run_shards(
    job: Job, shards: Sequence[Sequence[Path]], workers: int
) -> Iterator[tuple[Sequence[Path], list[FileResult] | None]]:
    # Workers inherit this: Ctrl-C is the main process's business, also while they are still starting.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, context, initializer=_begin, initargs=(job,))
    done = False
    try:
        futures: dict[Future[list[FileResult]], Sequence[Path]] = {
            pool.submit(_analyse_shard, shard): shard for shard in shards
        }
        for future in as_completed(futures):
            try:
                yield futures[future], future.result()
            except BrokenProcessPool:
                yield futures[future], None
        done = True
    finally:
        # Nobody waits for files that are not asked for any more. A pool that is left while its workers
        # still stop sometimes writes "Bad file descriptor" when the interpreter ends.
        pool.shutdown(wait=done, cancel_futures=True)


_worker: list[Analyst] = []


def _begin(job: Job) -> None:
    """Set up a worker, which need not free every object when it ends: that takes seconds, and somebody waits."""
    _worker.append(Analyst(job))
    atexit.register(os._exit, 0)


def _analyse_shard(paths: Sequence[Path]) -> list[FileResult]:
    with collection_paused():
        return with_deep_stack(lambda: [_worker[0].file(path) for path in paths])


def _crashed(job: Job, path: Path) -> FileResult:
    relative = relative_path(path, job.root)
    message = "awaken's worker process died on this file; please report it"
    return FileResult(Record(relative, Outcome.FAILED, "internal-error", message))
