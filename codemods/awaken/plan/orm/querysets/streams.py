"""A generator whose rows Django sends: an async one, where nothing in it would ask the database on the loop.

What the generator does besides going through its querysets has run in a thread so far. It may only read columns of the
rows, and call Python's own functions: a relation or a method of a row would be a query on the loop.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from packaging.version import Version

from awaken.catalogue.schema import Severity
from awaken.detect.blocking import callable_entry
from awaken.detect.orm.streams import KEYWORD, RESPONSES
from awaken.plan.await_position import await_position
from awaken.plan.fix import Fix, Reason, Strategy
from awaken.plan.orm.querysets.chains import chain_of, only_value, rows_of
from awaken.plan.orm.querysets.ordering import is_own_column
from awaken.plan.reasons import reason
from awaken.plan.recipes import IterateAsync, StreamRows, Target
from awaken.resolve.values import External, Generated, Instance
from awaken.syntax.positions import Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from awaken.plan.orm.querysets.chains import Chain
    from awaken.plan.situation import Situation

_SINCE = Version("4.2")
_AFTER_PREFETCH = Version("5.0")
# What makes a column a query, or a row something else.
_LEFT_OUT = frozenset(("defer", "extra", "only", "raw", "select_for_update"))
_ALLOWED = (
    *(ast.arguments, ast.arg, ast.For, ast.If, ast.Assign, ast.AugAssign, ast.Expr, ast.Pass),
    *(ast.Continue, ast.Break, ast.Yield, ast.Call, ast.keyword, ast.Name, ast.Attribute),
    *(ast.Constant, ast.JoinedStr, ast.FormattedValue, ast.BinOp, ast.UnaryOp, ast.BoolOp),
    *(ast.Compare, ast.IfExp, ast.List, ast.Tuple, ast.Dict, ast.Set, ast.Subscript, ast.Slice),
    *(ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop),
)
_PLAIN = ("builtins.", "csv.", "collections.", "datetime.", "decimal.", "io.StringIO", "json.")


@dataclass(frozen=True, slots=True)
class _Loop:
    """A loop over a queryset.

    Attributes:
        node: the loop.
        chain: what its rows are asked by.
        whole: the expression that builds it; another one than the loop's where that is a variable.
        member: the async method, where an iterator is asked for.
    """

    node: ast.For | ast.comprehension
    chain: Chain
    whole: ast.expr
    member: str | None


def plan_stream(situation: Situation) -> Fix | Reason:
    """`async def` and `async for` for the generator that a response is given."""
    value, version = situation.finding.value, situation.settings.versions.get("django")
    if version is None or version < _SINCE:
        return reason("django-version")
    function = _definition(situation, value) if isinstance(value, Generated) else None
    if function is None or not isinstance(value, Generated):
        return reason("streamed-elsewhere")
    if not _is_used_here_only(situation, function):
        return reason("streamed-elsewhere")
    inside = replace(
        situation, finding=replace(situation.finding, scope=value.function.scope, suite=0)
    )
    found = (_loop(inside, node) for node in ast.walk(function) if isinstance(node, ast.For))
    loops = [each for each in found if each is not None]
    if not loops or not _only_sends(inside, function.body, loops):
        return reason("streamed-rows")
    if not _can_iterate(loops, version):
        return reason("django-version")
    parts = tuple(
        IterateAsync(Target(Place.of(each.node.iter), value.function.scope, 0), each.member)
        for each in loops
    )
    recipe = StreamRows(situation.target(), Place.of(function), parts)
    return Fix(Strategy.NATIVE, f"make `{function.name}` an async generator", recipe)


def plan_streamed_expression(situation: Situation) -> Fix | None:
    """`async for` in a generator expression that a response is given; None where it is not the same."""
    tree, version = situation.tree, situation.settings.versions.get("django")
    node = tree.parent(situation.node)
    owner = tree.parent(node) if isinstance(node, ast.comprehension) else None
    if not isinstance(owner, ast.GeneratorExp) or owner.generators != [node]:
        return None
    if version is None or version < _SINCE or not _is_sent(situation, owner):
        return None
    loop = _loop(situation, owner.generators[0])
    parts = [owner.elt, *owner.generators[0].ifs]
    if loop is None or not _only_sends(situation, parts, [loop]):
        return None
    if not _can_iterate([loop], version) or await_position(situation, owner).refusal is not None:
        return None
    recipe = IterateAsync(situation.target(), loop.member, sent=True)
    return Fix(Strategy.NATIVE, "iterate with `async for`", recipe)


def _is_sent(situation: Situation, node: ast.expr) -> bool:
    """Whether a response is given what a node makes, there or by a variable that nobody else reads."""
    parent = situation.tree.parent(node)
    if isinstance(parent, ast.Assign) and len(parent.targets) == 1:
        target = parent.targets[0]
        named = [
            each
            for each in ast.walk(situation.function())
            if isinstance(each, ast.Name) and isinstance(target, ast.Name) and each.id == target.id
        ]
        read = [each for each in named if isinstance(each.ctx, ast.Load)]
        return len(read) == 1 and len(named) == len(read) + 1 and _is_sent(situation, read[0])
    if isinstance(parent, ast.keyword):
        if parent.arg != KEYWORD:
            return False
        parent = situation.tree.parent(parent)
    elif not isinstance(parent, ast.Call) or parent.args[:1] != [node]:
        return False
    called = situation.value_of(parent.func) if isinstance(parent, ast.Call) else None
    return isinstance(called, External) and called.name in RESPONSES


def _only_sends(situation: Situation, parts: Sequence[ast.AST], loops: Sequence[_Loop]) -> bool:
    """Whether code does nothing with the rows of its loops that would ask the database."""
    rows = {name: each for each in loops for name in _targets(each)}
    built = [node for each in loops for node in (*ast.walk(each.whole), *ast.walk(each.node.iter))]
    left = {id(node) for node in built} | {id(each.node) for each in loops}
    nodes = (node for part in parts for node in ast.walk(part) if id(node) not in left)
    return all(_is_plain(situation, node, rows) for node in nodes)


def _can_iterate(loops: Sequence[_Loop], version: Version) -> bool:
    prefetches = any("prefetch_related" in each.chain.names and each.member for each in loops)
    return version >= _AFTER_PREFETCH or not prefetches


def _definition(situation: Situation, value: Generated) -> ast.FunctionDef | None:
    """The function, where this file has it, plain and undecorated."""
    scope = situation.resolver.scope(value.function)
    if value.function.path != situation.index.path or value.receiver is not None or scope is None:
        return None
    for node in situation.tree.nodes:
        if isinstance(node, ast.FunctionDef) and (node.name, node.lineno) == (
            scope.name,
            scope.line,
        ):
            return None if node.decorator_list else node
    return None


def _is_used_here_only(situation: Situation, function: ast.FunctionDef) -> bool:
    """Whether nobody but the response is given what the function makes."""
    name = function.name
    used = [
        node
        for node in situation.tree.nodes
        if (isinstance(node, ast.Name) and node.id == name)
        or (isinstance(node, ast.Attribute) and node.attr == name)
        or (isinstance(node, ast.Constant) and node.value == name)
    ]
    call = situation.call
    keywords = (each.value for each in call.keywords if each.arg == KEYWORD)
    given = [*call.args[:1], *keywords]
    made = given[0] if given else None
    if not isinstance(made, ast.Call) or used != [made.func]:
        return False
    return not any(True for _ in situation.surroundings.mentioned_in((name,), situation.index.path))


def _loop(situation: Situation, node: ast.For | ast.comprehension) -> _Loop | None:
    """A loop over a queryset that is built for it; None for any other."""
    whole: ast.expr | None = node.iter
    if isinstance(whole, ast.Name):
        whole = only_value(situation, whole)
    asked, member = whole, None
    if isinstance(whole, ast.Call) and isinstance(whole.func, ast.Attribute):
        if whole.func.attr == "iterator" and whole is not node.iter:
            return None
        if whole.func.attr == "iterator":
            asked, member = whole.func.value, "aiterator"
    find = chain_of if member is None else rows_of
    chain = find(situation, asked) if asked is not None else None
    if chain is None or whole is None or chain.names & _LEFT_OUT:
        return None
    return _Loop(node, chain, whole, member)


def _is_plain(situation: Situation, node: ast.AST, rows: Mapping[str, _Loop]) -> bool:
    """Whether a node of the generator does the same on the loop as in a thread, and holds nobody up."""
    if isinstance(node, ast.Call):
        return _calls_python(situation, node, rows)
    if isinstance(node, ast.Attribute):
        parent = situation.tree.parent(node)
        called = isinstance(parent, ast.Call) and parent.func is node
        return called or _is_column(situation, node, rows)
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        return _is_data(situation, node, rows)
    return isinstance(node, _ALLOWED)


def _is_data(situation: Situation, node: ast.Name, rows: Mapping[str, _Loop]) -> bool:
    """Whether a name stands for data, for a function, or for a row whose columns are read."""
    if node.id in rows:
        parent = situation.tree.parent(node)
        return isinstance(parent, ast.Attribute) or _gives_data(rows[node.id])
    functions = (isinstance(each, External) for each in situation.values_of(node))
    return all(functions) or _is_pythons_object(situation, node)


def _is_pythons_object(situation: Situation, node: ast.expr) -> bool:
    """Whether an object is of a class of Python's own, or made by calling one: `writer = csv.writer(buffer)`."""
    values = situation.values_of(node)
    kinds = [each.of for each in values if isinstance(each, Instance)]
    if values and len(kinds) == len(values):
        return all(isinstance(of, External) and of.name.startswith(_PLAIN) for of in kinds)
    made = only_value(situation, node) if isinstance(node, ast.Name) else None
    maker = situation.value_of(made.func) if isinstance(made, ast.Call) else None
    return isinstance(maker, External) and maker.name.startswith(_PLAIN)


def _targets(loop: _Loop) -> Iterator[str]:
    """The names that a loop gives its rows, or their columns."""
    for node in ast.walk(loop.node.target):
        if isinstance(node, ast.Name):
            yield node.id


def _gives_data(loop: _Loop) -> bool:
    """Whether the rows are no instances of a model."""
    return bool({"values", "values_list"} & loop.chain.names)


def _is_column(situation: Situation, node: ast.expr, rows: Mapping[str, _Loop]) -> bool:
    """`book.title`: what the row has been fetched with."""
    if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name):
        return False
    loop = rows.get(node.value.id)
    if loop is None:
        return False
    return _gives_data(loop) or is_own_column(situation, loop.chain.element, node.attr)


def _calls_python(situation: Situation, call: ast.Call, rows: Mapping[str, _Loop]) -> bool:
    """Whether a call is of a function of Python's, which asks no queryset and no row."""
    if isinstance(call.func, ast.Attribute):
        base = call.func.value
        if isinstance(base, (ast.Constant, ast.JoinedStr)) or _is_column(situation, base, rows):
            return True
        if _is_pythons_object(situation, base):
            return True
    called = situation.value_of(call.func)
    known = callable_entry(situation.resolver, called)
    plain = isinstance(called, External) and called.name.startswith(_PLAIN)
    # `csv.writer` of a file would wait for the disk now and then; here it has a buffer.
    return plain and (known is None or known.entry.severity in (None, Severity.LOW))
