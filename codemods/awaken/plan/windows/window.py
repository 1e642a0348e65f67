"""Shared state that is looked at in front of a new `await` and changed behind it, in one coroutine.

What counts as looking: a test, an iteration, a local copy that the change is made of, and what goes into the
call itself when it is emptied afterwards. Where an `await` stands in between already, the window was open before.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from awaken.index.terms import Imported
from awaken.plan.reasons import reason
from awaken.plan.windows.changes import SUSPENDS, changed_in_place, own_nodes, targets_of, variables
from awaken.syntax.names import is_path, names_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.plan.fix import Reason
    from awaken.plan.situation import Situation
    from awaken.syntax.tree import Tree

_VIEWS = frozenset(("items", "keys", "values"))


class Look(NamedTuple):
    """A place where shared state is read so that something follows from it."""

    end: int
    places: frozenset[str]
    copies: frozenset[str]
    """Local names that keep what was read; empty for a test."""
    leaves: bool = False
    """Whether the function is left where the test holds: what follows relies on its answer."""


class Change(NamedTuple):
    """A place where shared state is changed."""

    start: int
    end: int
    place: str
    uses: frozenset[str]
    """Local names that the new value is made of."""
    empties: bool
    resets: bool = False
    """Whether what it sets stands for nothing: None, or an empty container."""


class Loop(NamedTuple):
    """A loop over shared state that changes elsewhere, without an `await` in its body so far."""

    start: int
    end: int
    place: str


@dataclass(frozen=True, slots=True)
class SharedState:
    """What one coroutine does with the state that it shares, in the order of the text."""

    looks: tuple[Look, ...]
    changes: tuple[Change, ...]
    loops: tuple[Loop, ...]
    suspends: tuple[int, ...]


def window_across(situation: Situation) -> Reason | None:
    """Why the finding's `await` would open a window, with the lines on both sides of it, or None."""
    state = _shared_state(situation.tree, situation.function(), variables(situation.index))
    here = situation.tree.span(situation.node)
    line_of = situation.tree.offsets.line_of
    for loop in state.loops:
        if loop.start <= here.start < loop.end:
            return torn("check-then-act", loop.place, line_of(loop.start) - 1, "changed elsewhere")
    halfway = _seen_halfway(situation, state)
    if halfway is not None:
        return halfway
    later = [change for change in state.changes if change.start >= here.end]
    if not later:
        return None
    for look in state.looks:
        if look.end <= here.start and not _suspended(state, look.end, here.start):
            found = _between(situation, look, later)
            if found is not None:
                return found
    return _emptied(situation, later)


def _seen_halfway(situation: Situation, state: SharedState) -> Reason | None:
    """`self.model = None`, and then `self.model = load()`: others would now meet what stands there in between.

    So it is with `os.environ[name] = value`, and then `del os.environ[name]`.
    """
    here = situation.tree.span(situation.node)
    line_of = situation.tree.offsets.line_of
    for before in state.changes:
        temporary = before.resets or _is_of_a_library(situation, before.place)
        for behind in state.changes if temporary else ():
            apart = (
                before.end <= here.start and behind.end >= here.end and before.place == behind.place
            )
            if apart and not _suspended(state, before.end, here.start):
                lines = f"line {line_of(before.start)} and again on line {line_of(behind.start)}"
                return reason("seen-halfway", f"W-ATOMIC: `{before.place}` is set on {lines}")
    return None


def _is_of_a_library(situation: Situation, place: str) -> bool:
    """Whether a place belongs to a module that is imported: `os.environ`."""
    bindings = situation.index.scopes[0].bindings.get(place.partition(".")[0], ())
    return any(isinstance(each.term, Imported) for each in bindings)


def _between(situation: Situation, look: Look, later: list[Change]) -> Reason | None:
    """What a look relies on that is changed behind the finding, as a reason; None where it does not."""
    line_of = situation.tree.offsets.line_of
    read = line_of(look.end - 1)
    switches = look.places & _switches(situation.tree) if look.leaves else frozenset()
    if switches:
        return torn("check-then-act", min(switches), read, "set elsewhere")
    for change in later:
        changed = f"changed on line {line_of(change.start)}"
        if change.place in look.places and not look.copies:
            return torn("check-then-act", change.place, read, changed)
        if change.place in look.places and change.uses & look.copies:
            return torn("read-modify-write", change.place, read, changed)
    return None


def looks_before(situation: Situation) -> Iterator[tuple[int, frozenset[str], frozenset[str]]]:
    """What the coroutine has looked at when it reaches a finding: the line, the places, the copies it keeps.

    What an `await` separates from the finding already is left out.
    """
    state = _shared_state(situation.tree, situation.function(), variables(situation.index))
    here = situation.tree.span(situation.node).start
    for look in state.looks:
        if look.end <= here and not _suspended(state, look.end, here):
            yield situation.tree.offsets.line_of(look.end - 1), look.places, look.copies


def changes_behind(situation: Situation) -> Iterator[Change]:
    """What the coroutine itself changes of the state that it shares, behind a finding."""
    state = _shared_state(situation.tree, situation.function(), variables(situation.index))
    here = situation.tree.span(situation.node).end
    return (change for change in state.changes if change.start >= here)


@lru_cache(maxsize=4)
def _switches(tree: Tree) -> frozenset[str]:
    """Attributes that are only ever set to True and False, such as `self._closed`."""
    values: dict[str, set[object]] = {}
    for node in tree.nodes:
        for target in targets_of(node)[0] if isinstance(node, (ast.Assign, ast.AnnAssign)) else ():
            if isinstance(target, ast.Attribute):
                value = node.value if isinstance(node, (ast.Assign, ast.AnnAssign)) else None
                known = value.value if isinstance(value, ast.Constant) else target
                values.setdefault(ast.unparse(target), set()).add(known)
    return frozenset(place for place, found in values.items() if found == {True, False})


def _suspended(state: SharedState, start: int, end: int) -> bool:
    return any(start <= offset < end for offset in state.suspends)


def torn(code: str, place: str, read: int, changed: str) -> Reason:
    """The reason with the place and the lines on both sides of the window."""
    return reason(code, f"W-ATOMIC: `{place}` is read on line {read} and {changed}")


def _emptied(situation: Situation, later: list[Change]) -> Reason | None:
    """`write(self.pending)` and then `self.pending.clear()`: what came in meanwhile is lost."""
    call = situation.node
    emptied = {change.place for change in later if change.empties}
    if not emptied or not isinstance(call, ast.Call):
        return None
    arguments = (*call.args, *(keyword.value for keyword in call.keywords))
    handed = {ast.unparse(node) for each in arguments for node in ast.walk(each) if is_path(node)}
    met = handed & emptied
    if not met:
        return None
    line = situation.finding.place.line
    behind = next(change.start for change in later if change.place in met)
    changed = f"emptied on line {situation.tree.offsets.line_of(behind)}"
    return torn("read-modify-write", min(met), line, changed)


@lru_cache(maxsize=8)
def _shared_state(
    tree: Tree, function: ast.AsyncFunctionDef, variables: frozenset[str]
) -> SharedState:
    reader = _Reader(tree, function, variables)
    nodes = own_nodes(function)
    changes = sorted(change for node in nodes for change in reader.changes(node))
    return SharedState(
        tuple(look for node in nodes for look in reader.looks(node)),
        tuple(changes),
        tuple(loop for node in nodes for loop in reader.loops(node)),
        tuple(tree.span(node).start for node in nodes if isinstance(node, SUSPENDS)),
    )


class _Reader:
    """Reads the nodes of one coroutine."""

    def __init__(
        self, tree: Tree, function: ast.AsyncFunctionDef, variables: frozenset[str]
    ) -> None:
        self._tree = tree
        self._locals = _locals_of(function)
        self._globals = variables - self._locals

    def changes(self, node: ast.AST) -> Iterator[Change]:
        targets, value, empties = targets_of(node)
        for target in targets:
            base = target.value if isinstance(target, ast.Subscript) else target
            place = self._place(base)
            if place is not None and isinstance(node, (ast.expr, ast.stmt)):
                uses = names_in(value) if value is not None else frozenset()
                span = self._tree.span(node)
                yield Change(
                    span.start, span.end, place, uses, empties, empties or _is_empty(value)
                )

    def looks(self, node: ast.AST) -> Iterator[Look]:
        if isinstance(node, (ast.If, ast.While)):
            places = self._places(node.test)
            if places:
                leaves = isinstance(node.body[-1], (ast.Return, ast.Raise))
                yield Look(self._tree.span(node.test).end, places, frozenset(), leaves)
        elif isinstance(node, ast.Assign):
            copies = frozenset(each.id for each in node.targets if isinstance(each, ast.Name))
            places = self._places(node.value) if copies else frozenset()
            if places:
                yield Look(self._tree.span(node).end, places, copies)

    def loops(self, node: ast.AST) -> Iterator[Loop]:
        """`for x in self.items.values()`: the items must not change while the loop waits."""
        if not isinstance(node, ast.For):
            return
        source: ast.expr = node.iter
        if isinstance(source, ast.Call):
            view = isinstance(source.func, ast.Attribute) and source.func.attr in _VIEWS
            source = (
                source.func.value if view and isinstance(source.func, ast.Attribute) else source
            )
        place = self._place(source)
        waits = any(isinstance(inner, SUSPENDS) for each in node.body for inner in ast.walk(each))
        if place is not None and not waits and self._changes_somewhere(place):
            yield Loop(self._tree.span(node.body[0]).start, self._tree.span(node).end, place)

    def _changes_somewhere(self, place: str) -> bool:
        return any(place in changed_in_place(node) for node in self._tree.nodes)

    def _places(self, node: ast.AST) -> frozenset[str]:
        found = (self._place(each) for each in ast.walk(node))
        return frozenset(place for place in found if place is not None)

    def _place(self, node: ast.AST) -> str | None:
        """`self.x`, `Class.x`, or a variable of the module: what other tasks see, too."""
        if isinstance(node, ast.Name):
            return node.id if node.id in self._globals else None
        root = node
        while isinstance(root, ast.Attribute):
            root = root.value
        if isinstance(node, ast.Attribute) and isinstance(root, ast.Name):
            shared = root.id in ("self", "cls") or root.id not in self._locals
            return ast.unparse(node) if shared else None
        return None


def _is_empty(value: ast.expr | None) -> bool:
    if isinstance(value, (ast.List, ast.Set, ast.Tuple)):
        return not value.elts
    if isinstance(value, ast.Dict):
        return not value.keys
    return isinstance(value, ast.Constant) and value.value is None


def _locals_of(function: ast.AsyncFunctionDef) -> set[str]:
    nodes = own_nodes(function)
    outer = {name for n in nodes if isinstance(n, (ast.Global, ast.Nonlocal)) for name in n.names}
    stored = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    arguments = {n.arg for n in ast.walk(function.args) if isinstance(n, ast.arg)}
    return (stored | arguments) - outer
