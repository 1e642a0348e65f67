"""Arguments of a request that stand in an object made for them: `urlopen(Request(url, headers=headers), timeout=5)`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.plan.call_text import opening_parenthesis
from awaken.plan.recipes import Replacement
from awaken.resolve.values import External
from awaken.syntax.positions import Span

if TYPE_CHECKING:
    from awaken.catalogue.exchange import Wrapper
    from awaken.plan.http.request import Request


def wrapper_around(request: Request) -> ast.Call | None:
    """The call that makes the object which the request is given, where it stands in the request itself."""
    wrapper, first = request.exchange.wrapper, request.call.args[:1]
    if wrapper is None or not first or not isinstance(first[0], ast.Call):
        return None
    made = request.situation.value_of(first[0].func)
    return first[0] if made == External(wrapper.name) else None


def arguments_within(wrapper: Wrapper, call: ast.Call) -> dict[str, ast.expr] | None:
    """What the object is made of, by name, or None where that is not spelled out."""
    if len(call.args) > len(wrapper.parameters) or any(
        isinstance(each, ast.Starred) for each in call.args
    ):
        return None
    given = dict(zip(wrapper.parameters, call.args, strict=False))
    for keyword in call.keywords:
        if keyword.arg is None:
            return None
        given[keyword.arg] = keyword.value
    return given


def unwrapped(request: Request, call: ast.Call) -> tuple[Replacement, ...]:
    """The changes that leave nothing but the arguments of a call; none where a comment stands among them."""
    tree = request.situation.tree
    start, end = tree.span(call)
    written = tree.text[start:end]
    if "\n" in written and "#" in written:
        return ()
    last = len(tree.text[: end - 1].rstrip())
    last -= tree.text[last - 1] == ","
    inside = opening_parenthesis(tree, call) + 1
    inside = end - len(tree.text[inside:end].lstrip())
    opening = Span(start, inside)
    return Replacement(opening, ""), Replacement(Span(last, end), "")
