"""The uses of a response: the same on the other side, translated, or in the way."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from awaken.plan.fix import Reason
from awaken.plan.http.tables import RENAMED_MEMBERS, SAME_ITEMS, SAME_MEMBERS
from awaken.plan.reasons import reason
from awaken.plan.recipes import Replacement
from awaken.plan.situation import Situation
from awaken.syntax.positions import Place, Span

_TRUTH_PARENTS = (ast.If, ast.While, ast.IfExp, ast.Assert)
_UNPARENTHESISED = (ast.If, ast.While, ast.Assign, ast.Return, ast.Assert, ast.Expr)


@dataclass(slots=True)
class ResponseUses:
    """What becomes of the response.

    Attributes:
        translations: uses in their new form.
        raises: `raise_for_status()` statements, with the name of the response.
        partners: other requests that give the same variable its value.
        differences: what would not be the same.
        refusal: why the uses cannot be translated at all.
        decodes_json: whether `.json()` is called, and where.
    """

    translations: list[Replacement] = field(default_factory=list)
    raises: list[tuple[Span, str]] = field(default_factory=list)
    partners: list[Place] = field(default_factory=list)
    differences: list[Reason] = field(default_factory=list)
    refusal: Reason | None = None


def translate_response(situation: Situation) -> ResponseUses:
    """Follow the response of a request through its function."""
    uses = ResponseUses()
    call = situation.call
    parent = situation.tree.parent(call)
    if isinstance(parent, ast.Expr):
        return uses
    if isinstance(parent, ast.Attribute):
        _member(situation, uses, parent)
    elif isinstance(parent, ast.Assign) and len(parent.targets) == 1 and parent.value is call:
        _assigned(situation, uses, parent.targets[0])
    elif isinstance(parent, ast.NamedExpr) and parent.value is call:
        _assigned(situation, uses, parent.target)
        _use(situation, uses, parent)
    else:
        _escape_or_truth(situation, uses, call)
    return uses


def _assigned(situation: Situation, uses: ResponseUses, target: ast.expr) -> None:
    if not isinstance(target, ast.Name) or target.id in situation.scope.outer:
        uses.differences.append(reason("response-escapes"))
        return
    function = situation.function()
    for node in ast.walk(function):
        if not isinstance(node, ast.Name) or node.id != target.id:
            continue
        if isinstance(node.ctx, ast.Load):
            if _in_nested_function(situation, node, function):
                uses.differences.append(reason("response-escapes"))
            else:
                _use(situation, uses, node)
        elif node is not target:
            _other_binding(situation, uses, node)


def _other_binding(situation: Situation, uses: ResponseUses, node: ast.Name) -> None:
    """The variable must hold a response of the async client wherever it is bound."""
    parent = situation.tree.parent(node)
    value = parent.value if isinstance(parent, (ast.Assign, ast.NamedExpr)) else None
    if isinstance(value, ast.Call):
        uses.partners.append(Place.of(value))
    elif not (isinstance(value, ast.Constant) and value.value is None):
        uses.refusal = reason("response-escapes")


def _in_nested_function(situation: Situation, node: ast.AST, function: ast.AST) -> bool:
    for up in situation.tree.ancestors(node):
        if up is function:
            return False
        if isinstance(up, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            return True
    return False


def _use(situation: Situation, uses: ResponseUses, node: ast.expr) -> None:
    """One use of the variable, or of the walrus that sets it."""
    parent = situation.tree.parent(node)
    if isinstance(parent, ast.Attribute):
        _member(situation, uses, parent)
    elif not isinstance(parent, ast.Expr):
        _escape_or_truth(situation, uses, node)


def _member(situation: Situation, uses: ResponseUses, node: ast.Attribute) -> None:
    name = node.attr
    if not isinstance(node.ctx, ast.Load):
        uses.refusal = reason("response-member", f"`.{name} = ...`")
    elif name == "raise_for_status":
        _raise_for_status(situation, uses, node)
    elif name == "ok":
        _ok(situation, uses, node)
    elif name in RENAMED_MEMBERS:
        uses.translations.append(Replacement(_name_span(situation, node), RENAMED_MEMBERS[name]))
    elif name == "url":
        uses.translations.append(Replacement(situation.tree.span(node), "str({})"))
    elif name == "text":
        uses.differences.append(reason("text-decoding"))
    elif name in SAME_ITEMS:
        if not _asks_one_item(situation, node):
            uses.differences.append(reason("response-member", f"`.{name}` as a whole"))
    elif name not in SAME_MEMBERS:
        uses.refusal = reason("response-member", f"`.{name}`")


def _name_span(situation: Situation, node: ast.Attribute) -> Span:
    end = situation.tree.span(node).end
    return Span(end - len(node.attr), end)


def _asks_one_item(situation: Situation, node: ast.Attribute) -> bool:
    parent = situation.tree.parent(node)
    if isinstance(parent, ast.Subscript):
        return isinstance(parent.ctx, ast.Load)
    if isinstance(parent, ast.Compare):
        return node in parent.comparators and isinstance(parent.ops[-1], (ast.In, ast.NotIn))
    return isinstance(parent, ast.Attribute) and parent.attr == "get"


def _raise_for_status(situation: Situation, uses: ResponseUses, node: ast.Attribute) -> None:
    """The async client's raises on every status that is not 2xx: it is only called on errors."""
    call = situation.tree.parent(node)
    statement = situation.tree.parent(call) if call is not None else None
    if isinstance(statement, ast.Expr) and isinstance(node.value, ast.Name):
        uses.raises.append((situation.tree.span(statement), node.value.id))
    else:
        uses.refusal = reason("response-member", "`.raise_for_status` inside an expression")


def _ok(situation: Situation, uses: ResponseUses, node: ast.Attribute) -> None:
    """`r.ok` is `not r.is_error`; `not r.ok` is `r.is_error`."""
    parent = situation.tree.parent(node)
    name = _name_span(situation, node)
    uses.translations.append(Replacement(name, "is_error"))
    if isinstance(parent, ast.UnaryOp) and isinstance(parent.op, ast.Not):
        outer = situation.tree.span(parent)
        inner = situation.tree.span(node)
        uses.translations.append(Replacement(Span(outer.start, inner.start), ""))
        return
    template = "not {}" if isinstance(parent, _UNPARENTHESISED) else "(not {})"
    uses.translations.append(Replacement(situation.tree.span(node), template))


def _escape_or_truth(situation: Situation, uses: ResponseUses, node: ast.expr) -> None:
    """A response of requests is true when it is no error; the async client's is always true."""
    parent = situation.tree.parent(node)
    span = situation.tree.span(node)
    negated = isinstance(parent, ast.UnaryOp) and isinstance(parent.op, ast.Not)
    if negated and isinstance(parent, ast.UnaryOp) and isinstance(node, ast.Name):
        outer = situation.tree.span(parent)
        uses.translations.append(Replacement(Span(outer.start, span.start), ""))
        uses.translations.append(Replacement(span, "{}.is_error"))
    elif (
        isinstance(parent, _TRUTH_PARENTS)
        and parent.test is node
        and isinstance(node, ast.Name)
    ):
        template = "(not {}.is_error)" if isinstance(parent, ast.IfExp) else "not {}.is_error"
        uses.translations.append(Replacement(span, template))
    elif isinstance(parent, ast.Compare) and _compares_with_none(parent):
        return
    elif isinstance(parent, (ast.BoolOp, ast.UnaryOp, *_TRUTH_PARENTS)):
        uses.refusal = reason("response-member", "the truth of the response")
    else:
        uses.differences.append(reason("response-escapes"))


def _compares_with_none(node: ast.Compare) -> bool:
    return all(isinstance(operator, (ast.Is, ast.IsNot)) for operator in node.ops)
