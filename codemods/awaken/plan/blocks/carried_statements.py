"""Whether statements may become a function that another thread runs, as far as their form and their calls go."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import TYPE_CHECKING

from awaken.plan.blocks.carried_calls import runs_in_any_thread
from awaken.plan.blocks.raised import is_raised_from_elsewhere
from awaken.plan.callbacks import hands_over_function
from awaken.plan.reasons import reason
from awaken.syntax.names import is_own_super, last_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from awaken.plan.fix import Reason
    from awaken.plan.situation import Situation

_LEAVES = (
    ast.Await,
    ast.AsyncFor,
    ast.AsyncWith,
    ast.Yield,
    ast.YieldFrom,
    ast.Global,
    ast.Nonlocal,
)
_LOOPS = (ast.For, ast.While)
# They ask for the exception that their own thread is handling.
_ASKS_FOR_EXCEPTION = frozenset(
    ("format_exc", "print_exc", "exc_info", "exception", "format_exception", "print_exception")
)


def refusal_of(situation: Situation, block: Sequence[ast.stmt], *, returns: bool) -> Reason | None:
    """Why a block cannot become a function, or None.

    Args:
        situation: a finding in the block.
        block: neighbouring statements of a coroutine.
        returns: whether a `return` in the block may become one of the coroutine.
    """
    for node in ast.walk(ast.Module([*block], [])):
        if waits(node):
            return reason("open-handle")
        if isinstance(node, ast.Return) and not returns:
            return reason("leaves-the-block")
        if isinstance(node, (ast.Break, ast.Continue)) and not within(
            situation, node, block, _LOOPS
        ):
            return reason("leaves-the-block")
        if isinstance(node, ast.Raise) and not raises_in_thread(situation, node, block):
            return reason("leaves-the-block")
        if isinstance(node, ast.Call) and (
            is_own_super(node) or not is_carried(situation, node, block)
        ):
            return reason("unproven-callee", f"`{situation.tree.source(node.func)}`")
    return None


def waits(node: ast.AST) -> bool:
    """Whether a node can stand in a coroutine only, or in the function itself."""
    return isinstance(node, _LEAVES) or bool(getattr(node, "is_async", False))


def stands_alone(situation: Situation, block: Sequence[ast.stmt]) -> bool:
    """Whether every statement of a block begins its line, and nothing but a comment follows the last one.

    An `elif` is a statement to the tree, but not by itself.
    """
    tree = situation.tree
    spans = [tree.span(each) for each in block]
    if tree.text.startswith("elif", spans[0].start):
        return False
    before = (tree.text[tree.offsets.line_start(each.start) : each.start] for each in spans)
    end = spans[-1].end
    after = tree.text[end : tree.offsets.line_end(end)].strip()
    return not any(map(str.strip, before)) and (not after or after.startswith("#"))


def is_carried(situation: Situation, call: ast.Call, block: Sequence[ast.stmt]) -> bool:
    """Whether a call in a block may be made in any thread.

    Args:
        situation: a finding in the block.
        call: the call.
        block: neighbouring statements of a coroutine.
    """
    if asks_for_outer_exception(situation, call, block):
        return False
    if is_raised_from_elsewhere(situation, call):
        return True
    whole = _whole(tuple(block))
    return runs_in_any_thread(situation, call, whole) and not hands_over_function(situation, call)


@lru_cache(maxsize=16)  # every call of a block asks for the same
def _whole(block: tuple[ast.stmt, ...]) -> ast.Module:
    return ast.Module([*block], [])


def asks_for_outer_exception(
    situation: Situation, call: ast.Call, block: Sequence[ast.stmt]
) -> bool:
    """Whether a call asks for the exception that is handled around the block: `logger.exception(...)`."""
    return _asks_for_exception(call) and not within(situation, call, block, (ast.ExceptHandler,))


def _asks_for_exception(call: ast.Call) -> bool:
    """`traceback.format_exc()`, `logger.exception(...)`, `exc_info=True`."""
    name = last_name(call.func)
    return name in _ASKS_FOR_EXCEPTION or any(each.arg == "exc_info" for each in call.keywords)


def raises_in_thread(situation: Situation, node: ast.Raise, block: Sequence[ast.stmt]) -> bool:
    """Whether a `raise` means the same in a thread: a bare one needs its `except` there.

    A StopIteration cannot leave a thread.
    """
    if node.exc is None:
        return within(situation, node, block, (ast.ExceptHandler,))
    return not any(
        isinstance(each, ast.Name) and each.id == "StopIteration" for each in ast.walk(node.exc)
    )


def within(
    situation: Situation, node: ast.AST, block: Sequence[ast.stmt], kinds: tuple[type[ast.AST], ...]
) -> bool:
    """Whether something of one of these kinds holds a node inside the block."""
    for up in situation.tree.ancestors(node):
        if isinstance(up, kinds):
            return True
        if up in block:
            return False
    return False
