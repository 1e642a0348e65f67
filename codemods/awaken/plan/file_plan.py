"""The plan of one file: its findings, each with its fix."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from awaken.index.build import build_index
from awaken.index.reading import ParsedFile
from awaken.index.summary import FileIndex, Site, Use
from awaken.plan.fix import PlannedFinding
from awaken.plan.packages import Packages, packages_of
from awaken.plan.planner import plan_findings
from awaken.plan.reasons import reason
from awaken.plan.runners.runner_uses import runner_uses
from awaken.plan.situation import Situation, node_of
from awaken.syntax.fstring_fields import OddFieldsError
from awaken.syntax.tree import EXACT_FSTRINGS, Tree, parse, parse_exact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from awaken.detect.call_graph import CallGraph
    from awaken.detect.finding import Finding
    from awaken.discover.source import SourceFile
    from awaken.plan.settings import Settings
    from awaken.plan.surroundings import Surroundings
    from awaken.plan.threads.other_thread import OtherThread
    from awaken.syntax.positions import Place


@dataclass(frozen=True, slots=True)
class FilePlan:
    """What is planned for one file: its findings in the order of the text."""

    source: SourceFile
    planned: tuple[PlannedFinding, ...]


@dataclass(frozen=True, slots=True)
class Surveyed:
    """What planning a file needs besides the file.

    Attributes:
        graph: knows the calls between the functions of the project.
        settings: versions and choices of the project.
        surroundings: what other files say.
        threads: judges which of its functions may run in another thread.
    """

    graph: CallGraph
    settings: Settings
    surroundings: Surroundings
    threads: OtherThread


def exact(parsed: ParsedFile, findings: Sequence[Finding]) -> ParsedFile:
    """The same file with exact positions inside f-strings, where a finding depends on them.

    Before Python 3.12 `ast` misplaces some of what stands inside an f-string. `parsed` itself comes back where it
    does not; its tree is of no further use where another file comes back.
    """
    if EXACT_FSTRINGS or not parsed.tree.native or not _depends(parsed.tree, findings):
        return parsed
    try:
        if not parsed.tree.settle():
            return parsed
        tree = parsed.tree
    except OddFieldsError:
        tree = _by_libcst(parsed.source.text)
    index = build_index(tree, path=parsed.index.path, module=parsed.index.module)
    return ParsedFile(parsed.source, tree, index)


def _by_libcst(text: str) -> Tree:
    try:
        return parse_exact(text)
    except SyntaxError:
        return parse(text)


def _depends(tree: Tree, findings: Sequence[Finding]) -> bool:
    for finding in findings:
        node = node_of(tree, finding)
        if node is None or tree.in_fstring(node):
            return True
        # Uses of a response are translated wherever they stand in the function.
        if finding.rule == "http" and any(
            isinstance(inner, ast.FormattedValue)
            for up in tree.ancestors(node)
            if isinstance(up, ast.AsyncFunctionDef)
            for inner in ast.walk(up)
        ):
            return True
    return False


def plan_file(
    parsed: ParsedFile, findings: Sequence[Finding], surveyed: Surveyed
) -> tuple[PlannedFinding, ...]:
    """Plan everything that was found in one file, in the order of the text."""
    situations: list[Situation] = []
    planned: dict[int, PlannedFinding] = {}
    numbers: list[int] = []
    calls = calls_by_place(parsed.index) if findings else {}
    packages = packages_of(parsed.index) if findings else Packages()
    uses = runner_uses(parsed, surveyed.graph.resolver, calls)
    for number, finding in enumerate(findings):
        node = node_of(parsed.tree, finding)
        if node is None:
            planned[number] = PlannedFinding(finding, reason=reason("code-inside-string"))
            continue
        numbers.append(number)
        situations.append(
            Situation(
                finding,
                node,
                parsed.tree,
                parsed.index,
                surveyed.graph,
                surveyed.settings,
                surveyed.surroundings,
                surveyed.threads,
                packages,
                calls,
                uses,
            )
        )
    planned.update(zip(numbers, plan_findings(situations), strict=True))
    return tuple(planned[number] for number in range(len(findings)))


def calls_by_place(index: FileIndex) -> dict[Place, tuple[int, Site]]:
    """Every call that may run on a loop, by its place."""
    return {
        site.place: (scope.number, site)
        for scope in index.scopes
        for site in scope.sites
        if site.use is Use.CALL
    }
