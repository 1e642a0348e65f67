"""Arguments of a request that stand in an object made for them: `urlopen(Request(url, headers=headers), timeout=5)`."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from awaken.plan.call_text import opening_parenthesis
from awaken.plan.http.bindings import variable_of
from awaken.plan.http.response import in_nested_function
from awaken.plan.recipes import Replacement
from awaken.resolve.values import External
from awaken.syntax.positions import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.catalogue.exchange import Wrapper
    from awaken.plan.http.request import Request


@dataclass(frozen=True, slots=True)
class Wrapped:
    """The object that a request is given.

    Attributes:
        wrapper: what the catalogue says of its class.
        made: the call that makes it.
        held: the variable that holds it, as the request reads it; None where it is made in the request itself.
        added: names of headers that it is given later.
    """

    wrapper: Wrapper
    made: ast.Call
    held: ast.Name | None = None
    added: tuple[str, ...] = ()

    def arguments(self) -> dict[str, ast.expr] | None:
        """What the object is made of, by name, or None where that is not spelled out."""
        call, names = self.made, self.wrapper.parameters
        starred = any(isinstance(each, ast.Starred) for each in call.args)
        if starred or len(call.args) > len(names):
            return None
        given = dict(zip(names, call.args, strict=False))
        for keyword in call.keywords:
            if keyword.arg is None:
                return None
            given[keyword.arg] = keyword.value
        return given


def wrapped_in(request: Request) -> Wrapped | None:
    """The object in which the arguments of a request stand, if all that becomes of it is known."""
    wrapper, first = request.exchange.wrapper, request.call.args[:1]
    if wrapper is None or not first:
        return None
    if isinstance(first[0], ast.Call):
        return Wrapped(wrapper, first[0]) if _makes(request, wrapper, first[0]) else None
    return _held(request, wrapper, first[0]) if isinstance(first[0], ast.Name) else None


def _makes(request: Request, wrapper: Wrapper, call: ast.Call) -> bool:
    return request.situation.value_of(call.func) == External(wrapper.name)


def _held(request: Request, wrapper: Wrapper, name: ast.Name) -> Wrapped | None:
    """An object that a variable holds, is given headers, and to requests; nobody else gets at it."""
    situation = request.situation
    variable = variable_of(situation.tree, situation.function(), name.id)
    made = variable.bindings[0].value if len(variable.bindings) == 1 else None
    if not isinstance(made, ast.Call) or not _makes(request, wrapper, made):
        return None
    added: list[str] = []
    for read in variable.reads():
        if in_nested_function(situation, read, situation.function()):
            return None
        if not _is_request(request, read):
            header = _added(request, wrapper, read)
            if not header:
                return None
            added.append(header)
    return Wrapped(wrapper, made, name, tuple(added))


def _is_request(request: Request, read: ast.Name) -> bool:
    """Whether the object is given to a request."""
    call = request.situation.tree.parent(read)
    if not isinstance(call, ast.Call) or call.args[:1] != [read]:
        return False
    value = request.situation.value_of(call.func)
    return isinstance(value, External) and request.exchange.verb(value.name) is not None


def _added(request: Request, wrapper: Wrapper, read: ast.Name) -> str:
    """The name of the header that is added there, or empty."""
    tree = request.situation.tree
    method = tree.parent(read)
    call = tree.parent(method) if isinstance(method, ast.Attribute) else None
    if not isinstance(call, ast.Call) or call.func is not method or call.keywords:
        return ""
    adds = isinstance(method, ast.Attribute) and method.attr == wrapper.adding
    name = call.args[0] if adds and call.args else None
    return name.value if isinstance(name, ast.Constant) and isinstance(name.value, str) else ""


def unwrapped(request: Request, wrapped: Wrapped) -> tuple[Replacement, ...]:
    """The changes that leave nothing but arguments in a request; none where a comment stands among them."""
    if wrapped.held is not None:
        span = request.situation.tree.span(wrapped.held)
        taken = ", ".join(_taken(wrapped, wrapped.held.id))
        return (Replacement(span, taken),)
    tree = request.situation.tree
    start, end = tree.span(wrapped.made)
    written = tree.text[start:end]
    if "\n" in written and "#" in written:
        return ()
    last = len(tree.text[: end - 1].rstrip())
    last -= tree.text[last - 1] == ","
    inside = opening_parenthesis(tree, wrapped.made) + 1
    inside = end - len(tree.text[inside:end].lstrip())
    return Replacement(Span(start, inside), ""), Replacement(Span(last, end), "")


def _taken(wrapped: Wrapped, variable: str) -> Iterator[str]:
    """The URL, and the headers where there are some."""
    given = wrapped.arguments() or {}
    for name, template in wrapped.wrapper.taken.items():
        text = template.replace("{}", variable)
        if name == "url":
            yield text
        elif name in given or wrapped.added:
            yield f"{name}={text}"
