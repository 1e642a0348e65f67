"""Plans to verified changes, one file at a time."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from awaken.advice.advise import everything_in
from awaken.apply.change import FileChange
from awaken.discover.reading import encode
from awaken.discover.source import SourceFile
from awaken.index.build import build_index
from awaken.index.reading import ParsedFile, parse_source
from awaken.plan.file_plan import FilePlan, exact, plan_file
from awaken.plan.reasons import reason
from awaken.plan.recipes import single_recipes
from awaken.plan.threads.other_thread import OtherThread
from awaken.resolve.resolver import Resolver
from awaken.rewrite.draft import Draft, write_draft
from awaken.rewrite.edit import ConflictingEditsError
from awaken.rules import ADVICE
from awaken.syntax.tree import parse
from awaken.verify.backing_out import keep_what_passes
from awaken.verify.gate import Candidate, refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from awaken.detect.finding import Finding
    from awaken.plan.fix import ChangeGroup, Dropped, PlannedFinding, Reason
    from awaken.workbench import Workbench


@dataclass(frozen=True, slots=True)
class FileRewrite:
    """A verified change of one file.

    Attributes:
        change: the bytes before and after; equal when every group was dropped.
        groups: the change groups that are in it.
        dropped: groups that did not pass verification, each with the reason.
        requires: third-party modules that the change imports and the file did not (`httpx`).
    """

    change: FileChange
    groups: tuple[ChangeGroup, ...]
    dropped: tuple[Dropped, ...]
    requires: tuple[str, ...]


class FileRewriter:
    """Rewrites one file with any selection of its change groups.

    Args:
        bench: what the run knows of the project.
        plan: the file's plan.
    """

    def __init__(self, bench: Workbench, plan: FilePlan) -> None:
        self._bench = bench
        self._plan = plan
        self._surveyed = bench.surveyed
        parsed = parse_source(plan.source, bench.module_of(plan.source.path))
        self._parsed = exact(parsed, [each.finding for each in plan.planned])
        self._drafts: dict[tuple[str, ...], Draft] = {}
        bench.adopt(self._parsed.index)

    def rewrite(self, groups: Sequence[ChangeGroup]) -> FileRewrite:
        """The verified change that the groups make; what fails verification is dropped."""
        kept, dropped = keep_what_passes(groups, self._refusal)
        source = self._plan.source
        after = source.data
        requires: tuple[str, ...] = ()
        if kept:
            draft = self._draft(kept)
            after = encode(source, draft.text)
            requires = self._third_party(draft)
        change = FileChange(source.path, source.relative, source.data, after)
        return FileRewrite(change, tuple(kept), tuple(dropped), requires)

    def _draft(self, groups: Sequence[ChangeGroup]) -> Draft:
        selection = tuple(group.id for group in groups)
        if selection not in self._drafts:
            self._drafts[selection] = write_draft(
                self._parsed.tree,
                self._parsed.index,
                self._bench.resolver,
                groups,
                self._kept_names,
            )
        return self._drafts[selection]

    def _third_party(self, draft: Draft) -> tuple[str, ...]:
        project = self._bench.project
        imported = (each.module for each in draft.imports if project.module(each.module) is None)
        return tuple(sorted({each.split(".")[0] for each in imported} - sys.stdlib_module_names))

    @cached_property
    def _kept_names(self) -> frozenset[str]:
        """Names of this file that others import or patch, or that it exports."""
        index = self._parsed.index
        prefix = f"{index.module}."
        patched = (
            name for name in self._surveyed.surroundings.replaced.patched if name.startswith(prefix)
        )
        kept = {name.removeprefix(prefix).split(".")[0] for name in patched}
        if index.is_package:
            kept.update(name for name in index.scopes[0].bindings)
        return frozenset(kept | set(index.exported or ()) | self._imported_elsewhere())

    def _imported_elsewhere(self) -> set[str]:
        module = self._parsed.index.module
        return {
            member
            for importing, member in self._surveyed.surroundings.imported
            if module == importing or module.endswith(f".{importing}")
        }

    def _refusal(self, groups: Sequence[ChangeGroup]) -> Reason | None:
        """Why a selection of groups must not be written, or None."""
        try:
            draft = self._draft(groups)
        except ConflictingEditsError as error:
            return reason("outside-plan", str(error))
        except (SyntaxError, LookupError) as error:
            return reason("does-not-compile", str(error))
        recipes = tuple(each for group in groups for each in single_recipes(group.fix.recipe))
        source = self._plan.source
        candidate = Candidate(source, self._parsed.tree, self._parsed.index, draft, recipes)
        return refusal(candidate) or self._unsettled(groups, draft)

    def _unsettled(self, groups: Sequence[ChangeGroup], draft: Draft) -> Reason | None:
        """Whether a second run would find something to do that the first one did not leave."""
        unsafe = any(group.fix.difference is not None for group in groups)
        done = Counter(_member(finding) for group in groups for finding in group.findings)
        replanned = self._replanned(draft)
        more = _fixable(replanned, unsafe=unsafe) - (self._fixable_before - done)
        calls = (each.finding.call for each in replanned if _member(each.finding) in more)
        return reason("not-settled", next(calls)) if more else None

    @cached_property
    def _fixable_before(self) -> Counter[str]:
        """What could be fixed in the file as it is, also what the configuration does not ask for."""
        parsed = self._parsed
        findings = everything_in(
            parsed.index, self._surveyed, parsed.source.text, lambda: parsed.tree
        )
        return _fixable(plan_file(self._parsed, findings, self._surveyed), unsafe=True)

    def _replanned(self, draft: Draft) -> Sequence[PlannedFinding]:
        source = self._plan.source
        rewritten = SourceFile(
            source.path, source.relative, b"", draft.text, source.encoding, source.bom
        )
        tree = parse(draft.text)
        index = build_index(tree, path=source.relative, module=self._parsed.index.module)
        resolver = Resolver(self._bench.project.replaced(index), self._bench.catalogue)
        graph = self._surveyed.graph.in_project(
            resolver, self._bench.hierarchy_of(resolver), index.path
        )
        threads = OtherThread(graph, self._surveyed.settings.target_python)
        surveyed = replace(self._surveyed, graph=graph, threads=threads)
        findings = everything_in(index, surveyed, draft.text, lambda: tree)
        return plan_file(ParsedFile(rewritten, tree, index), findings, surveyed)


def _fixable(planned: Sequence[PlannedFinding], *, unsafe: bool) -> Counter[str]:
    """How often each call could be fixed; what is odd counts whatever its fix: no rewrite may bring it."""
    return Counter(
        _member(each.finding)
        for each in planned
        if each.chosen(unsafe=unsafe) is not None or each.finding.rule in ADVICE
    )


def _member(finding: Finding) -> str:
    """What is called, by its last name: a call that stays may be one of another object's afterwards.

    `Book.objects.get()` is the manager's; `Book.objects.select_related("author").get()` the queryset's.
    """
    return finding.call.rpartition(".")[2]
