"""The response of a request: where it goes in its function, and what binds the same variable."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from awaken.plan.http.bindings import variable_of
from awaken.plan.http.statement import is_entered
from awaken.plan.names_in_scope import FUNCTIONS
from awaken.plan.reasons import reason
from awaken.plan.recipes import Replacement
from awaken.resolve.values import External
from awaken.syntax.positions import Place, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from awaken.plan.fix import Reason
    from awaken.plan.http.bindings import Binding
    from awaken.plan.http.request import Request
    from awaken.plan.situation import Situation

_FRAME_READERS = frozenset({"locals", "vars", "eval", "exec"})


@dataclass(slots=True)
class ResponseUses:
    """What becomes of the response.

    Attributes:
        name: the variable that holds it, or empty.
        uses: the expressions that stand for it: reads of the variable, the call or walrus itself.
        maybe_none: the uses that are None on some paths.
        translations: uses in their new form.
        raises: `raise_for_status()` statements, each with what is asked first.
        partners: other requests that give the same variable its value.
        helpers: the helpers that translations mention.
        covered: calls on the response that need no fix of their own then.
        awaited: names of the members and helpers that are awaited.
        differences: what would not be the same.
        refusal: why the uses cannot be translated at all.
    """

    name: str = ""
    uses: list[ast.expr] = field(default_factory=list)
    maybe_none: set[ast.expr] = field(default_factory=set)
    translations: list[Replacement] = field(default_factory=list)
    raises: list[tuple[Span, str]] = field(default_factory=list)
    partners: list[ast.Call] = field(default_factory=list)
    helpers: list[str] = field(default_factory=list)
    covered: list[ast.Call] = field(default_factory=list)
    awaited: list[str] = field(default_factory=list)
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
    elif isinstance(parent, ast.withitem) and is_entered(request.situation):
        # Entered, it gives itself.
        if parent.optional_vars is not None:
            _bound(request, found, parent.optional_vars)
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
    variable = variable_of(situation.tree, function, target.id)
    for read in variable.reads():
        seen = variable.seen_from(read)
        if any(binding.value is request.call for binding in seen):
            _read(request, found, read, seen)
    for binding in variable.bindings:
        parent = situation.tree.parent(binding.node)
        if isinstance(parent, ast.AnnAssign) and parent.target is binding.node:
            _annotation(request, found, parent.annotation)
    if looks_at_all_names(function) or _is_shared(function, target.id):
        found.differences.append(reason("response-escapes"))


def _read(request: Request, found: ResponseUses, read: ast.Name, seen: Sequence[Binding]) -> None:
    """The variable must hold a response of the async client, or None, where it is read."""
    found.uses.append(read)
    for binding in seen:
        value = binding.value
        if isinstance(value, ast.Call):
            if value is not request.call and value not in found.partners:
                found.partners.append(value)
        elif isinstance(value, ast.Constant) and value.value is None:
            found.maybe_none.add(read)
        elif not _only_annotates(request.situation, binding):
            found.refusal = reason("response-escapes")
    # What is awaited cannot stand in there.
    later = in_nested_function(request.situation, read, request.situation.function())
    if later and request.exchange.opening.read:
        found.differences.append(reason("response-escapes"))


def _only_annotates(situation: Situation, binding: Binding) -> bool:
    parent = situation.tree.parent(binding.node)
    return isinstance(parent, ast.AnnAssign) and parent.value is None


def looks_at_all_names(function: ast.AST) -> bool:
    """Whether a function names `locals` and the like, which give whoever calls them every variable."""
    return any(
        isinstance(node, ast.Name) and node.id in _FRAME_READERS for node in ast.walk(function)
    )


def _is_shared(function: ast.AST, name: str) -> bool:
    """Whether an inner function gives the variable another value."""
    return any(isinstance(node, ast.Nonlocal) and name in node.names for node in ast.walk(function))


def _annotation(request: Request, found: ResponseUses, annotation: ast.expr) -> None:
    """`requests.Response` on a local variable is only read by people and type checkers."""
    situation = request.situation
    for node in ast.walk(annotation):
        if isinstance(node, (ast.Name, ast.Attribute)):
            value = situation.value_of(node)
            if isinstance(value, External) and value.name in request.exchange.responses:
                span = situation.tree.span(node)
                found.translations.append(Replacement(span, request.exchange.response))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.differences.append(reason("response-escapes"))


def in_nested_function(situation: Situation, node: ast.AST, function: ast.AST) -> bool:
    for up in situation.tree.ancestors(node):
        if up is function:
            return False
        if isinstance(up, FUNCTIONS):
            return True
    return False
