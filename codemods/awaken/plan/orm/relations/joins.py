"""Relations that are read of the rows of one query in view: `select_related` asks for them with the rows.

A join of foreign keys gives the same rows, and one query where each read would make one. What is read is then what was
there when the rows were asked for: where something may have been written in between, that is a difference.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from awaken.detect.finding import Shape
from awaken.detect.orm.rows.origin import SEPARATOR
from awaken.detect.orm.rows.through import only_reads
from awaken.plan.fix import Fix, Strategy
from awaken.plan.orm.querysets.query_uses import only_read
from awaken.plan.orm.relations.forgotten import is_forgotten
from awaken.plan.orm.relations.join_fields import may_be_joined
from awaken.plan.orm.relations.written_between import written_between
from awaken.plan.reasons import reason
from awaken.plan.recipes import JoinRelated, Target

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from awaken.detect.orm.rows.origin import Source
    from awaken.detect.orm.rows.reads import Read
    from awaken.plan.situation import Situation


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Relations that some place reads of the rows of a query.

    Attributes:
        number: of the finding, among those of its file.
        situation: the place.
        source: where the query stands.
        query: the last call of it.
        paths: what leads from its rows to the objects that are read.
        earlier: whether the rows would bring them before something may be written that is seen now.
    """

    number: int
    situation: Situation
    source: Source
    query: ast.Call
    paths: frozenset[str]
    earlier: bool


def joins_in(situations: Sequence[Situation]) -> list[list[Fix]]:
    """The fix that each finding of a file shares with all that the same query may answer; nothing for others."""
    found: list[list[Fix]] = [[] for _ in situations]
    wanted = [
        each for number, situation in enumerate(situations) for each in _wanted(number, situation)
    ]
    for source in dict.fromkeys(each.source for each in wanted):
        together = [each for each in wanted if each.source == source]
        later = {path for each in together if each.earlier for path in each.paths}
        for differs in (False, True):
            reads = [each for each in together if _leads_over(each.paths, later) is differs]
            paths = {path for each in reads for path in each.paths}
            difference = reason("read-earlier") if differs else None
            for each in reads:
                found[each.number] = [_fix(each, paths).but(difference)]
    return found


def _wanted(number: int, situation: Situation) -> Iterator[_Wanted]:
    """What a finding reads, where all of it comes of one query in view that may be told to join more."""
    into = situation.finding.into
    if situation.finding.shape is not Shape.RELATION and not into:
        return
    if into and not only_reads(situation.graph, into):
        return
    reads = situation.reads()
    sources = {origin.source for read in reads for origin in read.origins}
    source = sources.pop() if len(sources) == 1 else None
    query = _query(situation, source) if source is not None else None
    if source is None or query is None or not only_read(situation, query, asks=source.asks):
        return
    kept = not any(is_forgotten(situation, read.field.name) for read in reads)
    if kept and all(_is_joined_as_well(situation, read) for read in reads):
        paths = {
            SEPARATOR.join((*origin.path, read.field.name))
            for read in reads
            for origin in read.origins
        }
        earlier = written_between(situation, query)
        yield _Wanted(number, situation, source, query, frozenset(paths), earlier)


def _is_joined_as_well(situation: Situation, read: Read) -> bool:
    joinable = all(origin.joinable for origin in read.origins)
    return joinable and may_be_joined(situation.resolver, read.field)


def _query(situation: Situation, source: Source) -> ast.Call | None:
    """The call of a query, where it stands in the same coroutine."""
    if source.path != situation.index.path:
        return None
    call = situation.tree.find(source.place, (ast.Call,))
    if not isinstance(call, ast.Call):
        return None
    function = situation.function()
    around = (
        up
        for up in situation.tree.ancestors(call)
        if isinstance(up, (ast.FunctionDef, ast.AsyncFunctionDef))
    )
    return call if next(around, None) is function else None


def _leads_over(paths: frozenset[str], others: set[str]) -> bool:
    """Whether a path is one of others, or goes on from one."""
    return any(
        path == other or path.startswith(f"{other}{SEPARATOR}")
        for path in paths
        for other in others
    )


def _fix(wanted: _Wanted, paths: set[str]) -> Fix:
    longest = sorted(
        path for path in paths if not any(other.startswith(f"{path}{SEPARATOR}") for other in paths)
    )
    number, suite = _home(wanted)
    target = Target(wanted.source.place, number, suite)
    named = ", ".join(f'"{path}"' for path in longest)
    source = wanted.source
    recipe = JoinRelated(
        target, source.asks, tuple(longest), given=source.given, manager=source.manager
    )
    return Fix(Strategy.NATIVE, f"ask for it with the rows: `select_related({named})`", recipe)


def _home(wanted: _Wanted) -> tuple[int, int]:
    """The scope and the block of the query."""
    known = wanted.situation.calls.get(wanted.source.place)
    return (known[0], known[1].suite) if known is not None else (wanted.situation.home.number, 0)
