"""Members of a response that are awaited: a client that reads the body later hands it out in coroutines only."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.catalogue.exchange import HELPER
from awaken.plan.await_position import await_position
from awaken.plan.call_text import opening_parenthesis
from awaken.plan.names_in_scope import TRIES
from awaken.plan.reasons import reason
from awaken.plan.recipes import Replacement
from awaken.syntax.positions import Span

if TYPE_CHECKING:
    from awaken.catalogue.exchange import Member
    from awaken.plan.fix import Reason
    from awaken.plan.http.request import Request
    from awaken.plan.http.response import ResponseUses
    from awaken.plan.situation import Situation
    from awaken.syntax.tree import Tree

_RAISING = "raise_for_status"


def awaited(request: Request, found: ResponseUses, node: ast.Attribute, member: Member) -> None:
    """`r.content` to `await r.read()`, and `r.json(**given)` to `json.loads(await r.text(), **given)`.

    Args:
        request: the request.
        found: gets the change, or why there is none.
        node: the member, of a name or of the request itself.
        member: what becomes of it; a template that ends with another call than the awaited one is that of a method.
    """
    tree = request.situation.tree
    template = member.template or f"await {HELPER}{member.through}{HELPER}({{}})"
    method = not template.startswith("await ")
    whole = tree.parent(node) if method else node
    refusal = _refusal(request.situation, node, whole)
    if refusal is not None or not isinstance(whole, ast.expr):
        found.refusal = refusal
        return
    if member.through:
        found.helpers.append(member.through)
        found.awaited.append(request.exchange.helpers[member.through].name)
    else:
        found.awaited.append(awaited_name(template))
    before, after = _unquoted(tree, node, template).split("{}")
    end = tree.span(node).end
    dot = tree.text.rindex(".", 0, end)
    if isinstance(whole, ast.Call):
        given = ", " if whole.args or whole.keywords else ""
        end, after = opening_parenthesis(tree, whole) + 1, f"{after[:-1]}{given}"
    elif _is_operand(tree, node):
        before, after = f"({before}", f"{after})"
    found.translations.append(Replacement(tree.span(whole), f"{before}{{}}"))
    found.translations.append(Replacement(Span(dot, end), after))


def _unquoted(tree: Tree, node: ast.expr, template: str) -> str:
    """A template with other quotes than those of the f-string around it, which before Python 3.12 would end there."""
    strings = [tree.span(up) for up in tree.ancestors(node) if isinstance(up, ast.JoinedStr)]
    double = any(tree.text[span.start : span.end].endswith('"') for span in strings)
    return template.replace('"', "'") if double else template


def awaited_name(template: str) -> str:
    """The method that a template awaits: `read` of `await {}.read()`.

    Args:
        template: what is awaited, with `{}` for the response.
    """
    return template.partition("{}.")[2].partition("(")[0]


def _refusal(situation: Situation, node: ast.Attribute, whole: ast.AST | None) -> Reason | None:
    tree = situation.tree
    if whole is not node and not (isinstance(whole, ast.Call) and whole.func is node):
        return reason("response-member", f"`.{node.attr}` that is not called")
    name = tree.span(node).end - len(node.attr)
    if not tree.text[:name].endswith("."):
        return reason("comment-in-call")
    position = await_position(situation, node)
    generator = reason("generator-expression") if position.generator is not None else None
    return position.refusal or generator


def _is_operand(tree: Tree, node: ast.Attribute) -> bool:
    """Whether something else is taken of the member: `r.content[:4]`, `r.text.split()`."""
    parent = tree.parent(node)
    return (isinstance(parent, (ast.Attribute, ast.Subscript)) and parent.value is node) or (
        isinstance(parent, ast.Call) and parent.func is node
    )


def spoilt(request: Request, found: ResponseUses) -> Reason | None:
    """Where `raise_for_status()` has raised, as where it is closed, the bytes of a response cannot be had any more.

    Args:
        request: the request.
        found: the uses of its response.
    """
    tree, members = request.situation.tree, request.exchange.members
    used = [up for use in found.uses if isinstance(up := tree.parent(use), ast.Attribute)]
    closed = any(
        each.attr == "close" or (each.attr == _RAISING and _is_tried(tree, each)) for each in used
    )
    read = request.exchange.opening.read
    lost = [each for each in used if each.attr in members and members[each.attr].template == read]
    if not closed or not lost:
        return None
    return reason("response-member", f"`.{lost[0].attr}` of a response that may be closed")


def _is_tried(tree: Tree, node: ast.expr) -> bool:
    child: ast.AST = node
    for up in tree.ancestors(node):
        if isinstance(up, TRIES) and child in up.body:
            return True
        child = up
    return False
