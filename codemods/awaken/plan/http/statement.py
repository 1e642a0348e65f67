"""The statement around a request: whether an `async with` can go around it, or before it."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from awaken.plan.blocks.made_inside import root_of
from awaken.plan.names_in_scope import COMPREHENSIONS
from awaken.plan.reasons import reason
from awaken.resolve.values import External
from awaken.syntax.names import is_path

if TYPE_CHECKING:
    from awaken.plan.fix import Reason
    from awaken.plan.situation import Situation
    from awaken.syntax.tree import Tree

_SIMPLE = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr, ast.Return, ast.Raise, ast.Assert)
# What may follow the response in the header of a `with`.
_REST = re.compile(r"(?:\s+as\s+\w+)?\s*:")
_YIELDS = (ast.Yield, ast.YieldFrom)


def must_hoist(situation: Situation) -> bool | Reason:
    """Whether the request moves in front of its statement (True) or is wrapped with it (False)."""
    call = situation.call
    statement = situation.tree.statement(call)
    child: ast.AST = call
    for up in situation.tree.ancestors(call):
        if up is statement:
            break
        if isinstance(up, ast.Lambda) or (isinstance(up, COMPREHENSIONS) and _repeats(up, child)):
            return reason("repeated-request")
        child = up
    if isinstance(statement, _SIMPLE):
        return _wrap(situation.tree, statement)
    header = _header(statement)
    if header is None or not _evaluated_first(situation, call, header):
        return reason("statement-shape")
    if not begins_line(situation.tree, statement) or _is_elif(situation.tree, statement):
        return reason("statement-shape")
    return True


def is_entered(situation: Situation) -> bool:
    """Whether the statement is a `with` that enters the response and nothing else: `with urlopen(url) as r:`."""
    tree, call = situation.tree, situation.call
    item = tree.parent(call)
    statement = tree.parent(item) if isinstance(item, ast.withitem) else None
    if not isinstance(statement, ast.With) or len(statement.items) > 1:
        return False
    if any(isinstance(node, _YIELDS) for node in ast.walk(statement)):
        return False
    start, end = tree.span(statement).start, tree.span(call).end
    body = tree.span(statement.body[0]).start
    target = statement.items[0].optional_vars
    # The header ends at the colon; parentheses around the item would be in the way.
    alone = tree.text[start : tree.span(call).start].split() == ["with"]
    plain = _REST.match(tree.text, end) is not None
    named = target is None or isinstance(target, ast.Name)
    return (
        alone and plain and named and "\n" in tree.text[end:body] and begins_line(tree, statement)
    )


def must_name(situation: Situation) -> bool | Reason:
    """The same where the response needs a name: its body is read before anything is asked of it."""
    hoist = must_hoist(situation)
    if hoist is not False:
        return hoist
    statement, call = situation.tree.statement(situation.call), situation.call
    value = _value(situation, statement)
    if value is call and isinstance(statement, (ast.Expr, ast.Assign, ast.AnnAssign)):
        return False
    first = value is not None and _evaluated_first(situation, call, value)
    return True if first else reason("statement-shape")


def _value(situation: Situation, statement: ast.stmt) -> ast.expr | None:
    """The expression that a simple statement evaluates before anything else."""
    if isinstance(statement, ast.AugAssign):
        # What is added to is read before what is added.
        local = isinstance(statement.target, ast.Name)
        shared = local and statement.target.id in situation.scope.outer  # type: ignore[union-attr]
        return statement.value if local and not shared else None
    if isinstance(statement, ast.Raise):
        return statement.exc
    # What an `assert` asks for is not asked for where Python leaves it out.
    return getattr(statement, "value", None)


def _repeats(comprehension: ast.AST, part: ast.AST) -> bool:
    """Whether a part of a comprehension may run more than once, or is not the outermost iterable."""
    generators: list[ast.comprehension] = getattr(comprehension, "generators", [])
    return part is not generators[0]


def _wrap(tree: Tree, statement: ast.stmt) -> bool | Reason:
    if not begins_line(tree, statement) or not ends_line(tree, statement):
        return reason("statement-shape")
    if any(isinstance(node, _YIELDS) for node in ast.walk(statement)):
        return reason("statement-shape")
    return False


def _header(statement: ast.stmt) -> ast.expr | None:
    if isinstance(statement, ast.If):
        return statement.test
    if isinstance(statement, ast.For):
        return statement.iter
    return statement.subject if isinstance(statement, ast.Match) else None


def _evaluated_first(situation: Situation, call: ast.Call, header: ast.expr) -> bool:
    """Whether the request is always made, and before anything else in the header has effects."""
    child: ast.expr = call
    while child is not header:
        parent = situation.tree.parent(child)
        if isinstance(parent, ast.comprehension):
            parent = situation.tree.parent(parent)  # its outermost iterable
        if not isinstance(parent, ast.expr) or not _leads(situation, parent, child):
            return False
        child = parent
    return True


def _behind_constants(
    situation: Situation, display: ast.List | ast.Tuple | ast.Dict, child: ast.expr
) -> bool:
    """Whether what stands in front in a display is the same later on: constants, and variables of the coroutine."""
    parts: list[ast.expr | None] = []
    if isinstance(display, ast.Dict):
        for key, value in zip(display.keys, display.values, strict=True):
            parts += (key, value)
    else:
        parts += display.elts
    front = parts[: parts.index(child)]
    return all(isinstance(each, ast.Constant) or _is_local(situation, each) for each in front)


def _is_local(situation: Situation, node: ast.expr | None) -> bool:
    function = situation.function()
    inner = (each for each in ast.walk(function) if isinstance(each, ast.Nonlocal))
    return (
        isinstance(node, ast.Name)
        and node.id in situation.scope.bindings
        and node.id not in situation.scope.outer
        and all(node.id not in each.names for each in inner)
    )


def _leads(situation: Situation, parent: ast.expr, child: ast.expr) -> bool:
    """Whether a part of an expression is evaluated before anything in it that can be told from being later."""
    if isinstance(parent, ast.Call):
        return parent.func is child or (
            parent.args[:1] == [child] and _is_known_function(situation, parent.func)
        )
    if isinstance(parent, (ast.Compare, ast.BinOp)) and isinstance(parent.left, ast.Constant):
        return child is (parent.comparators[0] if isinstance(parent, ast.Compare) else parent.right)
    if isinstance(parent, COMPREHENSIONS):
        return True
    if isinstance(parent, (ast.List, ast.Tuple, ast.Dict)):
        return _behind_constants(situation, parent, child)
    leading = {
        ast.Attribute: "value",
        ast.Subscript: "value",
        ast.Compare: "left",
        ast.BinOp: "left",
        ast.UnaryOp: "operand",
        ast.NamedExpr: "value",
        ast.IfExp: "test",
    }.get(type(parent))
    if leading:
        return getattr(parent, leading) is child
    return isinstance(parent, ast.BoolOp) and parent.values[0] is child


def _is_known_function(situation: Situation, func: ast.expr) -> bool:
    """A plain name, or a member of a module: looking it up does nothing."""
    if isinstance(func, ast.Name):
        return True
    return is_path(func) and isinstance(situation.value_of(func), External)


def begins_line(tree: Tree, statement: ast.stmt) -> bool:
    start = tree.span(statement).start
    return not tree.text[tree.offsets.line_start(start) : start].strip(" \t\f")


def ends_line(tree: Tree, statement: ast.stmt) -> bool:
    end = tree.span(statement).end
    rest = tree.text[end : tree.offsets.line_end(end)].strip()
    return not rest or rest.startswith("#")


def _is_elif(tree: Tree, statement: ast.stmt) -> bool:
    return tree.text.startswith("elif", tree.span(statement).start)


def reading_statement(situation: Situation, node: ast.expr) -> ast.stmt | None:
    """The statement in front of which a body may be read that `node` reads in it.

    None where the statement may come to its end without `node`, or does something else before.

    Args:
        situation: a finding in the same function.
        node: the call or attribute that reads.
    """
    tree = situation.tree
    statement = tree.statement(node)
    around = []
    for up in tree.ancestors(node):
        if up is statement:
            break
        if isinstance(up, (ast.Lambda, *COMPREHENSIONS, ast.IfExp, ast.BoolOp)):
            return None
        around.append(up)
    if not begins_line(tree, statement) or _is_elif(tree, statement):
        return None
    if not isinstance(statement, _SIMPLE):
        header = _header(statement)
        if header is None or (header is not node and header not in around):
            return None
    start, root = tree.span(node).start, root_of(node)
    before = any(
        isinstance(each, (ast.Call, ast.Await, ast.NamedExpr))
        and tree.span(each).start < start
        and each not in around
        and not _is_of(each, root)
        for each in ast.walk(statement)
    )
    return None if before else statement


def _is_of(node: ast.expr, response: ast.expr) -> bool:
    """Whether a call is one of a method of the response, too."""
    root = root_of(node)
    same = isinstance(root, ast.Name) and isinstance(response, ast.Name)
    return same and root.id == response.id  # type: ignore[attr-defined]
