"""Neighbouring queries become one function and one hop, where the project asks for that (`strategies.django`).

Each of Django's a-methods is a hop of its own: it runs the same method in Django's thread. Statements that ask it one
after the other, and loops that ask it in every round, take one hop together. The queries stay the same, in the same
order; nothing is awaited between them any more.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from awaken.detect.finding import Shape
from awaken.index.terms import Imported, Scoped
from awaken.plan.blocks.block import in_coroutine
from awaken.plan.blocks.carried_statements import waits
from awaken.plan.blocks.made_inside import root_of
from awaken.plan.blocks.neighbours import belongs_to, is_much
from awaken.plan.fix import Fix, PlannedFinding, Strategy
from awaken.plan.names_in_scope import COMPREHENSIONS, SCOPES, bound_names
from awaken.plan.orm.transactions.query_names import query_name
from awaken.plan.orm.transactions.sync_function import plan_sync_function
from awaken.plan.recipes import HopBlock, HopExpression
from awaken.plan.windows.changes import MUTATORS
from awaken.syntax.positions import Place, encloses
from awaken.syntax.suites import suites_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from awaken.plan.situation import Situation

BLOCK = "block"
_RULE = "django"
_TWO = 2
_MANY_RESULTS = 3
_LOOPS = (ast.For, ast.While)
_DEFINES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
# Where an `await` cannot stand, a function that holds the whole statement may.
_ANSWERED = frozenset(
    (
        *("short-circuit", "generator-expression", "nested-comprehension", "debug-fstring"),
        *("comment-in-call", "reused-queryset", "atomic-block", "thread-affine"),
    )
)


@dataclass(frozen=True, slots=True)
class _Query:
    """One finding of a coroutine: a query, or something else that the loop waits for.

    Attributes:
        number: its number among the findings of the file.
        situation: where it stands.
        planned: what would be done about it alone.
    """

    number: int
    situation: Situation
    planned: PlannedFinding

    @property
    def place(self) -> Place:
        return self.planned.finding.place

    @property
    def is_hop(self) -> bool:
        """Whether it takes a hop of its own, for a query."""
        return self.planned.finding.rule == _RULE and self.planned.safe is not None

    @property
    def may_come(self) -> bool:
        """Whether it may go along with others; what `request.auser()` has loaded before is not asked for again."""
        best = self.planned.best
        if self.planned.finding.shape is Shape.LOAD and best and best.strategy is Strategy.NATIVE:
            return False
        told = self.planned.reason.code if self.planned.reason else ""
        unanswered = self.planned.best is None and told in _ANSWERED
        return self.is_hop or (self.planned.finding.rule == _RULE and unanswered)


def join_queries(
    situations: Sequence[Situation], planned: Sequence[PlannedFinding]
) -> list[PlannedFinding]:
    """Give neighbouring queries the fix that they have in common, where that is asked for.

    Args:
        situations: the findings of one file.
        planned: what would be done about each alone.
    """
    joined = list(planned)
    if not situations or situations[0].settings.strategies_django != BLOCK:
        return joined
    by_coroutine: dict[ast.AsyncFunctionDef, list[_Query]] = {}
    for number, (situation, each) in enumerate(zip(situations, planned, strict=True)):
        if in_coroutine(situation, situation.node):
            query = _Query(number, situation, each)
            by_coroutine.setdefault(situation.function(), []).append(query)
    for function, queries in by_coroutine.items():
        for together, fix in _Search(queries).joined(function.body):
            for query in together:
                joined[query.number] = replace(query.planned, safe=fix, unsafe=None, reason=None)
    return joined


@dataclass(frozen=True, slots=True)
class _Search:
    """Looks for neighbouring queries in one coroutine."""

    queries: Sequence[_Query]

    def joined(self, suite: Sequence[ast.stmt]) -> Iterator[tuple[Sequence[_Query], Fix]]:
        """What is joined in a suite, and in the suites of what is not."""
        start = 0
        while start < len(suite):
            found = self._longest(suite[start:])
            if found is not None:
                block, fix = found
                yield self._in(block), fix
                start += len(block)
                continue
            if not isinstance(suite[start], SCOPES):
                for inner in suites_of(suite[start]):
                    yield from self.joined(inner)
            start += 1

    def _longest(self, suite: Sequence[ast.stmt]) -> tuple[Sequence[ast.stmt], Fix] | None:
        """The longest block that starts with the first statement of `suite`."""
        if not self._hops(suite[0]):
            return None
        for end in range(self._reach(suite), 0, -1):
            block = suite[:end]
            if self._hops(block[-1]) or belongs_to(block[-1], block[:-1]):
                fix = self._fix(block)
                if fix is not None:
                    return block, fix
        return None

    def _reach(self, suite: Sequence[ast.stmt]) -> int:
        """How many statements of `suite` may go together, as far as each by itself is concerned."""
        cheap: list[ast.stmt] = []
        for number, statement in enumerate(suite):
            cheap = [] if self._hops(statement) else [*cheap, statement]
            if is_much(cheap) or self._stays(statement):
                return number
        return len(suite)

    def _stays(self, statement: ast.stmt) -> bool:
        """Whether a statement must be left on the loop: it waits, or changes what others see."""
        situation = self.queries[0].situation
        lines = range(statement.lineno, (statement.end_lineno or statement.lineno) + 1)
        if any(line in situation.index.suppressed for line in lines):
            return True
        if not all(query.may_come for query in self._in([statement])):
            return True
        own = bound_names(situation.function().body) | _parameters(situation.function())
        return any(
            waits(node) or isinstance(node, _DEFINES) or _is_seen_by_others(situation, node, own)
            for node in ast.walk(statement)
        )

    def _fix(self, block: Sequence[ast.stmt]) -> Fix | None:
        """The common fix for a block, where it saves a hop and can be proven."""
        queries = self._in(block)
        if sum(self._hops(each) for each in block) < _TWO:
            return None
        first = next(query.situation for query in queries if query.is_hop)
        what = "the statement" if len(block) == 1 else f"{len(block)} statements"
        fix = plan_sync_function(first, block, query_name(block, first.function().name), what)
        if not isinstance(fix, Fix) or fix.difference is not None:
            return None
        recipe = fix.recipe
        if not isinstance(recipe, HopBlock) or recipe.leaving is not None:
            return None
        if len(recipe.results) > _MANY_RESULTS or _loads_for_others(queries, block):
            return None
        return fix

    def _hops(self, statement: ast.stmt) -> int:
        """How many hops a statement takes where each of its queries takes its own; a round of a loop counts twice."""
        queries = [query for query in self._in([statement]) if query.is_hop]
        wholes = [query.planned.best for query in queries if query.planned.best is not None]
        places = {
            fix.recipe.target.place
            for fix in wholes
            if isinstance(fix.recipe, (HopBlock, HopExpression))
        }
        single = {
            query.place
            for query in queries
            if not any(encloses(place, query.place) for place in places)
        }
        return sum(_rounds(queries[0].situation, place, statement) for place in {*places, *single})

    def _in(self, block: Iterable[ast.stmt]) -> list[_Query]:
        places = [Place.of(each) for each in block]
        return [
            query for query in self.queries if any(encloses(place, query.place) for place in places)
        ]


def _loads_for_others(queries: Sequence[_Query], block: Sequence[ast.stmt]) -> bool:
    """Whether the block loads an attribute that is read behind it: there, nobody could tell any more that it is."""
    inside = {node for each in block for node in ast.walk(each)}
    loaded = {
        ast.unparse(query.situation.node)
        for query in queries
        if isinstance(query.situation.node, ast.Attribute)
    }
    function = queries[0].situation.function()
    return bool(loaded) and any(
        isinstance(node, ast.Attribute) and node not in inside and ast.unparse(node) in loaded
        for node in ast.walk(function)
    )


def _rounds(situation: Situation, place: Place, statement: ast.AST) -> int:
    """Two for what a loop inside a statement asks again and again, else one."""
    node = situation.tree.find(place, (ast.expr, ast.stmt))
    child: ast.AST | None = node
    for up in situation.tree.ancestors(node) if node is not None else ():
        if isinstance(up, _LOOPS) and child is not getattr(up, "iter", None):
            return _TWO
        if isinstance(up, COMPREHENSIONS) and child is not up.generators[0]:
            return _TWO
        if up is statement:
            break
        child = up
    return 1


def _parameters(function: ast.AsyncFunctionDef) -> set[str]:
    given = {each.arg for each in ast.walk(function.args) if isinstance(each, ast.arg)}
    return given - {"self", "cls"}


def _is_seen_by_others(situation: Situation, node: ast.AST, own: set[str]) -> bool:
    """Whether a node changes something that is no variable of the coroutine, or a part of one."""
    if isinstance(node, (ast.Attribute, ast.Subscript)) and not isinstance(node.ctx, ast.Load):
        root = root_of(node.value)
        return isinstance(root, ast.Name) and root.id not in own
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    root = root_of(node.func.value)
    if node.func.attr not in MUTATORS or not isinstance(root, ast.Name) or root.id in own:
        return False
    return root.id in ("self", "cls") or _is_set_by_the_module(situation, root.id)


def _is_set_by_the_module(situation: Situation, name: str) -> bool:
    """Whether a name is a variable of the module, and no class, function or import."""
    bindings = situation.index.scopes[0].bindings.get(name, ())
    return any(not isinstance(each.term, (Imported, Scoped)) for each in bindings)
