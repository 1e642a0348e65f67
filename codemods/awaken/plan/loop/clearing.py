"""What is there only for a loop that nothing runs any more: it is made, set, closed, and goes with its last run."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from awaken.plan.loop.loops import Made, loop_of, mentions
from awaken.plan.recipes import gaps
from awaken.resolve.values import External
from awaken.syntax.positions import Span
from awaken.syntax.suites import suites_of
from awaken.syntax.walking import walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from awaken.plan.loop.direct import Run
    from awaken.plan.situation import Situation
    from awaken.syntax.tree import Tree

_SET = External("asyncio.set_event_loop")
# Behind these a loop, or a runner, is of no use to anybody.
_ENDS = frozenset({"close", "stop"})
_SHUT_DOWN = frozenset({"shutdown_asyncgens", "shutdown_default_executor"})


@dataclass(frozen=True, slots=True)
class Clearing:
    """What goes when nothing uses a loop any more.

    Attributes:
        removed: whole lines.
        unwrapped: bodies of removed statements, as whole lines, and the characters of indentation they lose.
    """

    removed: tuple[Span, ...]
    unwrapped: tuple[tuple[Span, int], ...]


class _StaysError(Exception):
    """Something else needs the loop, or the text around it cannot be taken away."""


def clearing(situation: Situation, name: str, runs: Iterable[Run]) -> Clearing | None:
    """What is left of a loop without its runs, if nothing else uses it.

    Args:
        situation: one of the runs.
        name: the variable that holds the loop.
        runs: what is awaited in its function without it.
    """
    function = situation.function()
    uses = [node for run in runs for node in _gone(situation.tree, run, name)]
    made = loop_of(situation, uses[0]) if uses else None
    if made is None or any(name in _declared(node) for node in walk(function)):
        return None
    try:
        return _Sweep(situation, name, made).swept(function, uses)
    except _StaysError:
        return None


def _gone(tree: Tree, run: Run, name: str) -> Iterator[ast.Name]:
    """Where a run reads a variable that nothing of what is awaited reads."""
    parts = gaps(run.awaited, tree.span(run.call))
    for node in walk(run.call):
        named = isinstance(node, ast.Name) and node.id == name
        if isinstance(node, ast.Name) and named:
            span = tree.span(node)
            if any(part.contains(span) for part in parts):
                yield node


def _declared(node: ast.AST) -> list[str]:
    return node.names if isinstance(node, (ast.Global, ast.Nonlocal)) else []


def closes(node: ast.AST, name: str) -> bool:
    """Whether a node is `loop.close()`, which fails where that loop runs."""
    func = node.func if isinstance(node, ast.Call) else None
    return (
        isinstance(func, ast.Attribute)
        and func.attr == "close"
        and isinstance(func.value, ast.Name)
        and func.value.id == name
    )


@dataclass(slots=True)
class _Sweep:
    situation: Situation
    name: str
    made: Made
    removed: list[Span] = field(default_factory=list)
    unwrapped: list[tuple[Span, int]] = field(default_factory=list)

    @property
    def tree(self) -> Tree:
        return self.situation.tree

    def swept(self, function: ast.AsyncFunctionDef, runs: list[ast.Name]) -> Clearing:
        gone: list[ast.stmt] = []
        for node in walk(function):
            if isinstance(node, ast.Name) and node.id == self.name and node not in runs:
                statement = self.tree.statement(node)
                if isinstance(statement, ast.With) and self._is_runner(statement, node):
                    self._unwrap(statement)
                elif self._is_set_up(statement):
                    gone.append(statement)
                else:
                    raise _StaysError
        for suite in _suites(function):
            self._sweep(suite, [each for each in suite if each in gone])
        return Clearing(tuple(sorted(set(self.removed))), tuple(self.unwrapped))

    def _is_runner(self, statement: ast.With, node: ast.Name) -> bool:
        """`with asyncio.Runner() as runner:`."""
        return len(statement.items) == 1 and statement.items[0].optional_vars is node

    def _is_set_up(self, statement: ast.stmt) -> bool:
        if isinstance(statement, ast.AnnAssign):
            return isinstance(statement.target, ast.Name) and statement.target.id == self.name
        if isinstance(statement, ast.Assign):
            (target, *others) = statement.targets
            return not others and isinstance(target, ast.Name) and target.id == self.name
        call = statement.value if isinstance(statement, ast.Expr) else None
        if not isinstance(call, ast.Call):
            return False
        if self.made is Made.RUNNING:
            return self._sets(call, self.name) or closes(call, self.name)
        return self._is_care(call)

    def _is_care(self, call: ast.Call) -> bool:
        """`asyncio.set_event_loop(loop)`, `loop.close()`, `loop.run_until_complete(loop.shutdown_asyncgens())`."""
        func = call.func
        if not isinstance(func, ast.Attribute) or not mentions(func.value, self.name):
            return self._sets(call, self.name)
        if func.attr in _ENDS:
            return isinstance(func.value, ast.Name) and not call.args
        inner = call.args[0] if func.attr == "run_until_complete" and call.args else None
        shuts = inner.func if isinstance(inner, ast.Call) else None
        return isinstance(shuts, ast.Attribute) and shuts.attr in _SHUT_DOWN

    def _sets(self, call: ast.Call, loop: str | None) -> bool:
        """Whether a call sets the loop of the thread to a variable, or to None."""
        if self.situation.callee(call) != _SET or len(call.args) != 1:
            return False
        given = call.args[0]
        if loop is None:
            return isinstance(given, ast.Constant) and given.value is None
        return isinstance(given, ast.Name) and given.id == loop

    def _sweep(self, suite: list[ast.stmt], gone: list[ast.stmt]) -> None:
        """Take statements out of a suite; a `finally` of nothing else goes with its `try`."""
        if not gone:
            return
        unset = [each for each in suite if self._unsets(each)]
        gone = [each for each in suite if each in gone or each in unset]
        if len(gone) < len(suite):
            self.removed += [self._lines(each, suite) for each in gone]
            return
        owner = self.tree.parent(suite[0])
        if not isinstance(owner, ast.Try) or owner.finalbody != suite:
            raise _StaysError
        if owner.handlers or owner.orelse:
            raise _StaysError
        self._unwrap(owner)

    def _unsets(self, statement: ast.stmt) -> bool:
        call = statement.value if isinstance(statement, ast.Expr) else None
        new = self.made is Made.NEW and isinstance(call, ast.Call)
        return new and isinstance(call, ast.Call) and self._sets(call, None)

    def _lines(self, statement: ast.stmt, suite: list[ast.stmt]) -> Span:
        """The lines of a statement that stands alone on them, and a blank section that would be left double."""
        lines = self._whole(self.tree.span(statement))
        text = self.tree.text
        before = text[: lines.start].rstrip(" \t")
        opens = statement is suite[0] or before.endswith(("\n\n", "\r\n\r\n"))
        end = lines.end
        while opens and statement is not suite[-1] and end < len(text):
            following = self.tree.offsets.line_end(end)
            if text[end:following].strip():
                break
            end = following
        return Span(lines.start, end)

    def _whole(self, span: Span) -> Span:
        start = self.tree.offsets.line_start(span.start)
        end = self.tree.offsets.line_end(max(span.end - 1, span.start))
        text = self.tree.text
        if text[start : span.start].strip() or text[span.end : end].strip():
            raise _StaysError
        return Span(start, end)

    def _unwrap(self, statement: ast.With | ast.Try) -> None:
        """Leave the body of a `with` or of a `try` in the place of the whole."""
        whole = self._whole(self.tree.span(statement))
        body = Span(self.tree.span(statement.body[0]).start, self.tree.span(statement.body[-1]).end)
        lines = self._whole(body)
        head = Span(whole.start, lines.start)
        foot = Span(lines.end, whole.end)
        if "#" in self.tree.text[head.start : head.end] + self.tree.text[foot.start : foot.end]:
            raise _StaysError
        outer = self.tree.span(statement).start - whole.start
        self.removed += [each for each in (head, foot) if each.end > each.start]
        self.unwrapped.append((lines, body.start - lines.start - outer))


def _suites(function: ast.AsyncFunctionDef) -> Iterator[list[ast.stmt]]:
    for node in walk(function):
        yield from suites_of(node)
