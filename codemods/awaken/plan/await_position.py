"""Whether an `await` may stand where a call stands, and what must change around it."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from awaken.plan.names_in_scope import COMPREHENSIONS
from awaken.plan.reasons import reason
from awaken.resolve.values import External

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.plan.fix import Reason
    from awaken.plan.situation import Situation
    from awaken.syntax.tree import Tree

# Consumers for which a list gives the same answer as a generator: they take every element.
_EAGER = frozenset(
    f"builtins.{name}"
    for name in ("sum", "list", "tuple", "set", "frozenset", "sorted", "min", "max", "dict")
)
_SHORT_CIRCUIT = frozenset({"builtins.any", "builtins.all"})
_BEHIND_EXPRESSION = re.compile(r"(?:[\s)]|#[^\r\n]*)*")
NESTED_ASYNC_COMPREHENSION = (3, 11)


@dataclass(frozen=True, slots=True)
class AwaitPosition:
    """What an `await` in place of a node would mean.

    Attributes:
        refusal: why it cannot stand there, or None.
        generator: the generator expression that has to become a list, or None.
        short_circuit: the `any(...)` or `all(...)` whose generator holds the node, or None.
    """

    refusal: Reason | None = None
    generator: ast.GeneratorExp | None = None
    short_circuit: ast.Call | None = None


def await_position(situation: Situation, node: ast.expr) -> AwaitPosition:
    """Look at everything between a node and its coroutine.

    Args:
        situation: the finding.
        node: the expression that would be awaited, the finding's own or one around it.
    """
    tree = situation.tree
    child: ast.AST = node
    below: ast.AST = node
    comprehensions = 0
    generators: list[ast.GeneratorExp] = []
    for up in tree.ancestors(node):
        if isinstance(up, (ast.AsyncFunctionDef, ast.FunctionDef)) and child in up.body:
            break
        refusal = _refusal(tree.text, up, child, situation)
        if refusal is not None:
            return AwaitPosition(refusal)
        if isinstance(up, COMPREHENSIONS) and not _is_outermost_iterable(up, child, below):
            comprehensions += 1
            if isinstance(up, ast.GeneratorExp):
                generators.append(up)
        below, child = child, up
    if comprehensions > 1 and situation.settings.target_python < NESTED_ASYNC_COMPREHENSION:
        return AwaitPosition(reason("nested-comprehension"))
    if len(generators) > 1:
        return AwaitPosition(reason("generator-expression"))
    return _consumed(situation, generators[0]) if generators else AwaitPosition()


def generator_position(situation: Situation, iterable: ast.expr) -> AwaitPosition:
    """The same for `async for` in a comprehension, which counts even at the outermost iterable.

    Args:
        situation: the finding.
        iterable: the iterable of the comprehension that would become asynchronous.
    """
    owner = next(up for up in situation.tree.ancestors(iterable) if isinstance(up, COMPREHENSIONS))
    outer = await_position(situation, owner)
    if outer.refusal is not None:
        return outer
    nested = any(isinstance(up, COMPREHENSIONS) for up in _within_function(situation, owner))
    if nested and situation.settings.target_python < NESTED_ASYNC_COMPREHENSION:
        return AwaitPosition(reason("nested-comprehension"))
    if isinstance(owner, ast.GeneratorExp):
        if outer.generator is not None:
            return AwaitPosition(reason("generator-expression"))
        return _consumed(situation, owner)
    return outer


def is_printed(tree: Tree, node: ast.AST) -> bool:
    """Whether an expression is part of a field of an f-string that prints its own source: `f"{r.text=}"`."""
    around = (up for up in tree.ancestors(node) if isinstance(up, ast.FormattedValue))
    return any(_prints_itself(tree.text, tree.span(up.value).end) for up in around)


def _within_function(situation: Situation, node: ast.expr) -> Iterator[ast.AST]:
    for up in situation.tree.ancestors(node):
        if isinstance(up, (ast.AsyncFunctionDef, ast.FunctionDef, ast.Lambda)):
            return
        yield up


def _refusal(text: str, up: ast.AST, child: ast.AST, situation: Situation) -> Reason | None:
    if isinstance(up, ast.ClassDef) and (child in up.body or _has_type_parameters(up)):
        return reason("class-body")
    if isinstance(up, ast.Lambda) and child is up.body:
        return reason("generator-expression")
    if isinstance(up, ast.JoinedStr) and isinstance(child, ast.FormattedValue):
        source = situation.tree.span(child.value)
        return reason("debug-fstring") if _prints_itself(text, source.end) else None
    return None


def _has_type_parameters(node: ast.ClassDef) -> bool:
    """The bases of `class Box[T](...)` stand in a scope of their own, as its body does."""
    return bool(getattr(node, "type_params", ()))


def _prints_itself(text: str, end: int) -> bool:
    """Whether a replacement field goes on with `=` behind its expression and what closes it."""
    behind = _BEHIND_EXPRESSION.match(text, end)
    return behind is not None and text[behind.end() : behind.end() + 1] == "="


def _is_outermost_iterable(up: ast.AST, child: ast.AST, below: ast.AST) -> bool:
    generators: list[ast.comprehension] = getattr(up, "generators", [])
    return bool(generators) and child is generators[0] and below is generators[0].iter


def _consumed(situation: Situation, generator: ast.GeneratorExp) -> AwaitPosition:
    """What becomes of a generator expression that an `await` would make asynchronous."""
    consumer = situation.tree.parent(generator)
    if not isinstance(consumer, ast.Call) or consumer.args[:1] != [generator]:
        return AwaitPosition(reason("generator-expression"))
    if _joins(consumer):
        return AwaitPosition(generator=generator)
    value = situation.value_of(consumer.func)
    if isinstance(value, External) and value.name in _EAGER:
        if not rest_is_plain(consumer, generator):
            return AwaitPosition(reason("generator-expression"))
        return AwaitPosition(generator=generator)
    if isinstance(value, External) and value.name in _SHORT_CIRCUIT:
        return AwaitPosition(reason("short-circuit"), short_circuit=consumer)
    return AwaitPosition(reason("generator-expression"))


def rest_is_plain(call: ast.Call, first: ast.expr) -> bool:
    """Whether the other arguments do nothing when they are evaluated.

    A generator runs after them, a list in front of them.
    """
    rest = [*call.args, *(keyword.value for keyword in call.keywords)]
    binds = any(isinstance(node, ast.NamedExpr) for node in ast.walk(first))
    plain = (ast.Constant, ast.Lambda) if binds else (ast.Constant, ast.Lambda, ast.Name)
    return all(
        other is first or isinstance(other, plain) or _is_negative_number(other) for other in rest
    )


def _is_negative_number(node: ast.expr) -> bool:
    return isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Constant)


def _joins(consumer: ast.Call) -> bool:
    func = consumer.func
    return (
        isinstance(func, ast.Attribute)
        and func.attr == "join"
        and isinstance(func.value, (ast.Constant, ast.JoinedStr))
    )
