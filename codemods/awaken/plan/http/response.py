"""The response of a request: where it goes in its function, and what binds the same variable."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from awaken.catalogue.exchange import CLIENT
from awaken.plan.names_in_scope import FUNCTIONS
from awaken.plan.reasons import reason
from awaken.plan.recipes import Replacement
from awaken.resolve.values import External
from awaken.syntax.positions import Place, Span

if TYPE_CHECKING:
    from awaken.plan.fix import Reason
    from awaken.plan.http.request import Request
    from awaken.plan.situation import Situation

_BINDING_NAMES = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.ExceptHandler,
    ast.MatchAs,
)
_FRAME_READERS = frozenset({"locals", "vars", "eval", "exec"})


@dataclass(slots=True)
class ResponseUses:
    """What becomes of the response.

    Attributes:
        name: the variable that holds it, or empty.
        uses: the expressions that stand for it: reads of the variable, the call or walrus itself.
        maybe_none: whether the variable is None on some paths.
        translations: uses in their new form.
        raises: `raise_for_status()` statements, with the name of the response.
        partners: other requests that give the same variable its value.
        differences: what would not be the same.
        refusal: why the uses cannot be translated at all.
    """

    name: str = ""
    uses: list[ast.expr] = field(default_factory=list)
    maybe_none: bool = False
    translations: list[Replacement] = field(default_factory=list)
    raises: list[tuple[Span, str]] = field(default_factory=list)
    partners: list[ast.Call] = field(default_factory=list)
    differences: list[Reason] = field(default_factory=list)
    refusal: Reason | None = None

    def partner_places(self) -> tuple[Place, ...]:
        return tuple(Place.of(partner) for partner in self.partners)


def follow_response(request: Request) -> ResponseUses:
    """Find what the response of a request is bound to, and every expression that stands for it."""
    found = ResponseUses()
    call = request.call
    parent = request.situation.tree.parent(call)
    if isinstance(parent, ast.Assign) and len(parent.targets) == 1:
        _bound(request, found, parent.targets[0])
    elif isinstance(parent, ast.AnnAssign):
        _bound(request, found, parent.target)
    elif isinstance(parent, ast.NamedExpr):
        found.uses.append(parent)
        _bound(request, found, parent.target)
    elif not isinstance(parent, ast.Expr):
        found.uses.append(call)
    return found


def _bound(request: Request, found: ResponseUses, target: ast.expr) -> None:
    situation = request.situation
    if not isinstance(target, ast.Name) or target.id in situation.scope.outer:
        found.differences.append(reason("response-escapes"))
        return
    found.name = target.id
    function = situation.function()
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and node.id == target.id:
            _named(request, found, node, function)
        elif _binds_otherwise(node, target.id):
            found.refusal = reason("response-escapes")
        elif isinstance(node, ast.Name) and node.id in _FRAME_READERS:
            found.differences.append(reason("response-escapes"))


def _named(request: Request, found: ResponseUses, node: ast.Name, function: ast.AST) -> None:
    if isinstance(node.ctx, ast.Store):
        _binding(request, found, node)
    elif isinstance(node.ctx, ast.Del):
        return
    else:
        found.uses.append(node)
        if _in_nested_function(request.situation, node, function):
            found.differences.append(reason("response-escapes"))


def _binding(request: Request, found: ResponseUses, node: ast.Name) -> None:
    """The variable must hold a response of the async client, or None, wherever it is bound."""
    parent = request.situation.tree.parent(node)
    if not isinstance(parent, (ast.Assign, ast.AnnAssign, ast.NamedExpr)):
        found.refusal = reason("response-escapes")
        return
    value = parent.value
    if isinstance(parent, ast.AnnAssign):
        _annotation(request, found, parent.annotation)
    if value is request.call or (value is None and isinstance(parent, ast.AnnAssign)):
        return
    if isinstance(value, ast.Call):
        found.partners.append(value)
    elif isinstance(value, ast.Constant) and value.value is None:
        found.maybe_none = True
    else:
        found.refusal = reason("response-escapes")


def _annotation(request: Request, found: ResponseUses, annotation: ast.expr) -> None:
    """`requests.Response` on a local variable is only read by people and type checkers."""
    situation = request.situation
    for node in ast.walk(annotation):
        if isinstance(node, (ast.Name, ast.Attribute)):
            value = situation.value_of(node)
            if isinstance(value, External) and value.name in request.exchange.responses:
                span = situation.tree.span(node)
                found.translations.append(Replacement(span, f"{CLIENT}.Response"))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.differences.append(reason("response-escapes"))


def _binds_otherwise(node: ast.AST, name: str) -> bool:
    """Parameters, imports and the like, which name a variable without a `Name` node."""
    if isinstance(node, ast.arg):
        return node.arg == name
    if isinstance(node, _BINDING_NAMES):
        return node.name == name
    if isinstance(node, ast.MatchStar):
        return node.name == name
    if isinstance(node, ast.alias):
        return (node.asname or node.name.partition(".")[0]) == name
    return isinstance(node, ast.MatchMapping) and node.rest == name


def _in_nested_function(situation: Situation, node: ast.AST, function: ast.AST) -> bool:
    for up in situation.tree.ancestors(node):
        if up is function:
            return False
        if isinstance(up, FUNCTIONS):
            return True
    return False
