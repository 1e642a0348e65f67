"""As many calls in threads at once as there are items: the default pool has a handful of threads, and all share it.

https://docs.python.org/3/library/concurrent.futures.html#threadpoolexecutor: `min(32, os.cpu_count() + 4)`.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.advice.handed import handed_to_threads
from awaken.advice.sought import Advice, advised
from awaken.catalogue.schema import Severity
from awaken.plan.runners.runner import EXECUTOR, TO_THREAD
from awaken.resolve.values import UNKNOWN
from awaken.syntax.names import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.advice.sought import Sought
    from awaken.detect.finding import Finding
    from awaken.syntax.tree import Tree

RULE = "unbounded-offload"
_HINT = (
    "Give the work a pool of its own size with loop.set_default_executor(ThreadPoolExecutor(...)), or"
    " let an asyncio.Semaphore bound it."
)
# What starts, or waits for, all of them together.
_TOGETHER = ("gather", "wait", "as_completed")
_START = ("create_task", "ensure_future", "start_soon")
_FEW = 8


def unbounded_offloads(sought: Sought) -> Iterator[Finding]:
    """Hops through the default pool that are started for every item of something, without waiting in between."""
    for handed in handed_to_threads(sought):
        if handed.runner.name not in (TO_THREAD.name, EXECUTOR.name) or handed.site.awaited:
            continue
        call = sought.tree().find(handed.site.place, (ast.Call,))
        if call is None or not _is_started_for_all(sought.tree(), call):
            continue
        name = handed.runner.called_name
        message = (
            f"`{name}` is started for every item at once: the default pool has few threads, and"
            " everything else that needs one waits behind them"
        )
        advice = Advice(RULE, handed.runner.name, UNKNOWN, message, Severity.MEDIUM, _HINT)
        yield advised(sought, handed.scope, handed.site, advice)


def _is_started_for_all(tree: Tree, call: ast.AST) -> bool:
    """Whether a call is what a comprehension gives, all of which is awaited together, or a task started in a loop."""
    node = call
    parent = tree.parent(node)
    started = (
        isinstance(parent, ast.Call) and last_name(parent.func) in _START and node in parent.args
    )
    if started and parent is not None:
        node, parent = parent, tree.parent(parent)
    if isinstance(parent, (ast.ListComp, ast.SetComp, ast.GeneratorExp)) and parent.elt is node:
        many = any(_is_many(each.iter) for each in parent.generators)
        return many and _goes_together(tree, parent)
    if not started or not isinstance(parent, (ast.Expr, ast.Call, ast.Assign)):
        return False
    loop = next((up for up in tree.ancestors(node) if isinstance(up, _FUNCTION_OR_LOOP)), None)
    return isinstance(loop, ast.For) and _is_many(loop.iter) and not _waits(loop)


_FUNCTION_OR_LOOP = (ast.AsyncFunctionDef, ast.FunctionDef, ast.For, ast.AsyncFor, ast.While)


def _goes_together(tree: Tree, comprehension: ast.expr) -> bool:
    parent = tree.parent(comprehension)
    if isinstance(parent, ast.Starred):
        parent = tree.parent(parent)
    if isinstance(parent, ast.Call):
        return last_name(parent.func) in _TOGETHER
    target = parent.targets[0] if isinstance(parent, ast.Assign) else None
    function = next(
        (up for up in tree.ancestors(comprehension) if isinstance(up, ast.AsyncFunctionDef)), None
    )
    if not isinstance(target, ast.Name) or function is None:
        return False
    return any(
        isinstance(node, ast.Call)
        and last_name(node.func) in _TOGETHER
        and any(_names(argument, target.id) for argument in node.args)
        for node in ast.walk(function)
    )


def _names(argument: ast.expr, name: str) -> bool:
    inner = argument.value if isinstance(argument, ast.Starred) else argument
    return isinstance(inner, ast.Name) and inner.id == name


def _is_many(iterable: ast.expr) -> bool:
    """Whether there may be more items than a pool has threads: what is written out, or counted, is few."""
    if isinstance(iterable, (ast.List, ast.Tuple, ast.Set, ast.Dict)):
        return False
    if isinstance(iterable, ast.Call) and last_name(iterable.func) in ("range", "enumerate", "zip"):
        arguments = iterable.args
        if last_name(iterable.func) != "range":
            return all(_is_many(each) for each in arguments)
        last = arguments[min(len(arguments), 2) - 1] if arguments else None
        return not (
            isinstance(last, ast.Constant) and isinstance(last.value, int) and last.value <= _FEW
        )
    return not (isinstance(iterable, ast.Subscript) and isinstance(iterable.slice, ast.Slice))


def _waits(loop: ast.For) -> bool:
    """Whether a loop waits in its body, for a semaphore or for what it started."""
    return any(
        isinstance(node, (ast.Await, ast.AsyncWith))
        for statement in loop.body
        for node in ast.walk(statement)
    )
