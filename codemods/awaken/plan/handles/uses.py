"""Every place where the variable of an open handle is read: what it is for there."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from awaken.catalogue.schema import Entry, Result
from awaken.plan.names_in_scope import COMPREHENSIONS, SCOPES
from awaken.resolve.values import External

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.plan.handles.opening import Opening

_TESTS = (ast.If, ast.While, ast.IfExp, ast.UnaryOp, ast.BoolOp)


@dataclass(frozen=True, slots=True)
class Uses:
    """What is done with a handle.

    Attributes:
        blocking: the calls, and the iterables of loops, that work on it.
        escapes: the first place where code may get hold of it that is not known; None where there is none.
    """

    blocking: tuple[ast.expr, ...]
    escapes: ast.expr | None = None


def uses_of(opening: Opening, blocking: frozenset[ast.expr]) -> Uses:
    """What is done with a handle in the statements in which it lives.

    Args:
        opening: where it is opened.
        blocking: everything that was found to block.
    """
    found: list[ast.expr] = []
    for load in loads_of(opening):
        use = _use(opening, load, blocking)
        if use is _ESCAPES:
            return Uses((), load)
        if use is not None:
            found.append(use)
    return Uses(tuple(dict.fromkeys(found)))


_ESCAPES = ast.Constant("escapes")


def loads_of(opening: Opening) -> Iterator[ast.Name]:
    """Every place where the variable of a handle is read."""
    for statement in opening.region:
        for node in ast.walk(statement):
            if not isinstance(node, ast.Name) or node.id != opening.name:
                continue
            if isinstance(node.ctx, ast.Load):
                yield node


def _use(opening: Opening, load: ast.Name, blocking: frozenset[ast.expr]) -> ast.expr | None:
    """The node that blocks, `_ESCAPES`, or None for what stays on the loop."""
    tree = opening.situation.tree
    top, member = _path(opening, load)
    parent = tree.parent(top)
    chunks = _chunks(opening, top, parent)
    if chunks is not None:
        return chunks
    if is_kept(opening, load):
        return _ESCAPES
    if isinstance(parent, ast.Call) and parent.func is top and _gives_feed(opening, member):
        return _of_feed(opening, parent, blocking)
    if isinstance(parent, ast.Call) and parent.func is top:
        # A blocking call that is no finding: somebody looked at it and wants it as it is.
        return parent if parent in blocking else _unless(member is not None)
    if member is not None and not member.blocks:
        return None
    if isinstance(parent, (ast.For, ast.comprehension)) and parent.iter is top:
        return top if top in blocking else _ESCAPES
    call = tree.parent(parent) if isinstance(parent, ast.keyword) else parent
    if isinstance(call, ast.Call):
        if call in blocking or _is_builtin_at_work(opening, call, parent):
            return call
        return _unless(_is_run_elsewhere(opening, call))
    return _unless(top is load and is_tested(parent))


def _gives_feed(opening: Opening, member: Entry | None) -> bool:
    """Whether a method gives something that reads when it is gone through."""
    catalogue = opening.situation.resolver.catalogue
    given = catalogue.member(member.returns, "__iter__") if member and member.returns else None
    return given is not None and given.result is Result.FEED


def _of_feed(opening: Opening, feed: ast.Call, blocking: frozenset[ast.expr]) -> ast.expr:
    """The loop over it, or the call that takes all of it at once; kept by anyone, it may be read behind its end."""
    consumer = opening.situation.tree.parent(feed)
    known = (each for each in (feed, consumer) if isinstance(each, ast.expr) and each in blocking)
    return next(known, _ESCAPES)


def _chunks(opening: Opening, top: ast.expr, parent: ast.AST | None) -> ast.expr | None:
    """`iter(lambda: file.read(n), b"")` or `iter(file.readline, "")` of a loop."""
    tree = opening.situation.tree
    called = isinstance(parent, ast.Call) and parent.func is top
    function = tree.parent(parent) if called and parent is not None else top
    chunks = tree.parent(function) if function is not None else None
    if not isinstance(chunks, ast.Call) or not isinstance(tree.parent(chunks), ast.For):
        return None
    reads = isinstance(function, ast.Lambda) if called else isinstance(top, ast.Attribute)
    ends = len(chunks.args) == 2 and isinstance(chunks.args[1], ast.Constant)  # noqa: PLR2004 - with a sentinel
    if not reads or not ends or chunks.keywords or chunks.args[0] is not function:
        return None
    return chunks if opening.situation.callee(chunks) == External("builtins.iter") else None


def _unless(harmless: bool) -> ast.expr | None:
    return None if harmless else _ESCAPES


def is_tested(parent: ast.AST | None) -> bool:
    """`if file:`, `file is not None`."""
    if isinstance(parent, ast.Compare):
        return all(isinstance(each, (ast.Is, ast.IsNot)) for each in parent.ops)
    return isinstance(parent, _TESTS)


def _path(opening: Opening, load: ast.Name) -> tuple[ast.expr, Entry | None]:
    """The attributes read one of the other (`process.stdout`), and the member at their end."""
    catalogue, tree = opening.situation.resolver.catalogue, opening.situation.tree
    top: ast.expr = load
    kind: str | None = opening.kind.name
    member = None
    while kind is not None:
        parent = tree.parent(top)
        if not isinstance(parent, ast.Attribute) or not isinstance(parent.ctx, ast.Load):
            break
        member = catalogue.member(kind, parent.attr)
        kind = catalogue.attribute(kind, parent.attr)
        if kind is not None and catalogue.type(kind) is None:
            member = Entry(parent.attr)  # a number or a text
        top = parent
    return top, member


def is_kept(opening: Opening, load: ast.Name) -> bool:
    """Whether a function or a generator inside the coroutine has the handle, and runs when it likes."""
    tree = opening.situation.tree
    child: ast.AST = load
    for up in tree.ancestors(load):
        if up is opening.situation.function():
            return False
        if isinstance(up, SCOPES):
            return True
        if isinstance(up, COMPREHENSIONS) and child is not up.generators[0]:
            return True
        child = up
    return True


def _is_builtin_at_work(opening: Opening, call: ast.Call, parent: ast.AST | None) -> bool:
    """`print(..., file=handle)` writes, and `next(handle, None)` reads."""
    value = opening.situation.callee(call)
    if isinstance(parent, ast.keyword):
        return parent.arg == "file" and value == External("builtins.print")
    default = len(call.args) == 2  # noqa: PLR2004 - without one, StopIteration could not leave the thread
    return default and not call.keywords and value == External("builtins.next")


def _is_run_elsewhere(opening: Opening, call: ast.Call) -> bool:
    """Whether a call is awaited that hands the handle to a thread already: `await asyncio.to_thread(f.write, x)`."""
    situation = opening.situation
    value = situation.callee(call)
    known = isinstance(value, External) and value.name == "asyncio.to_thread"
    return known and isinstance(situation.tree.parent(call), ast.Await)
