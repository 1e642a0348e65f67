"""A request of `requests` as a request of an async client that lives for one statement.

A client per statement keeps what `requests.get` does: fresh cookies, no connection kept.
"""

from __future__ import annotations

import ast
from itertools import count
from typing import TYPE_CHECKING

from awaken.catalogue.exchange import BUNDLE, CLIENT, HELPER, MODULES
from awaken.plan.call_text import opening_parenthesis
from awaken.resolve.evaluation import Where
from awaken.rewrite.arguments import append_arguments
from awaken.rewrite.definitions import definition
from awaken.rewrite.edit import Edit, apply_edits, insert
from awaken.rewrite.indentation import indent_unit, indentation_of, indented
from awaken.rewrite.ssl_context import bundle, ssl_context
from awaken.syntax.positions import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.plan.recipes import NativeRequest
    from awaken.rewrite.workspace import Workspace

_LINE_LENGTH = 88


def native_request(space: Workspace, recipe: NativeRequest) -> list[Edit]:
    """`requests.get(url)` to `async with httpx.AsyncClient() as client: await client.get(url)`."""
    call = space.call(recipe.target.place)
    statement = space.tree.statement(call)
    client = _fresh(space, call, recipe.opening.variable)
    unit = indent_unit(space.tree, statement)
    edits = _inside(space, recipe, call, client, unit)
    around = _around(space, recipe, unit)
    header = _opening(space, recipe, client, indentation_of(space.tree, statement), unit)
    if recipe.hoist:
        return [*_hoisted(space, recipe, header, edits), *around]
    start = space.tree.offsets.line_start(space.tree.span(statement).start)
    opening = insert(start, f"{header}{space.newline}", Span(start, len(space.tree.text)))
    replaced = [edit.span for edit in edits]
    read = _read_behind(space, recipe, statement, unit)
    return [opening, *indented(space.tree, [statement], unit, replaced), *around, *edits, *read]


def _read_behind(
    space: Workspace, recipe: NativeRequest, statement: ast.stmt, unit: str
) -> list[Edit]:
    """The body is read as long as the client is open, where a variable holds the response."""
    if not recipe.opening.read or not recipe.name:
        return []
    margin = indentation_of(space.tree, statement) + unit
    stop = space.line_stop(space.tree.span(statement).end)
    line = f"{space.newline}{margin}{recipe.opening.read.replace('{}', recipe.name)}"
    return [insert(stop, line, Span(space.tree.span(statement).start, stop))]


def _opening(space: Workspace, recipe: NativeRequest, client: str, margin: str, unit: str) -> str:
    """The `async with` line, or lines where one would grow too long."""
    opened = f"{margin}async with {_maker(space, recipe)}"
    arguments = [*_certificates(space, recipe), *recipe.client_arguments]
    texts = [(name, _spelled(space, recipe, value)) for name, value in arguments]
    written = [f"{name}={value}" if name else value for name, value in texts]
    line = f"{opened}({', '.join(written)}) as {client}:"
    if len(line.expandtabs(4)) <= _LINE_LENGTH:
        return line
    inner = f"{space.newline}{margin}{unit}"
    single = f"{inner}{', '.join(written)}"
    if len(single.strip("\r\n").expandtabs(4)) > _LINE_LENGTH:
        single = "".join(f"{inner}{argument}," for argument in written)
    return f"{opened}({single}{space.newline}{margin}) as {client}:"


def _maker(space: Workspace, recipe: NativeRequest) -> str:
    """What is called for a client: its class, or the helper that makes one."""
    if recipe.opening.helper:
        return definition(space, dict(recipe.helpers)[recipe.opening.helper])
    module = space.names.module_text(recipe.client, space.where(recipe.target))
    return f"{module}.{recipe.opening.name}"


def _certificates(space: Workspace, recipe: NativeRequest) -> list[tuple[str, str]]:
    """The argument that gives the client the SSL context of the module."""
    if not recipe.context:
        return []
    where = Where(space.index.path, 0)
    value = _in_module(space, recipe, recipe.context, where).replace("\n", space.newline)
    if BUNDLE in value:
        path = _in_module(space, recipe, recipe.bundle, where).replace("\n", space.newline)
        value = value.replace(BUNDLE, bundle(space, path))
    return [(recipe.opening.certificates, ssl_context(space, value))]


def _in_module(space: Workspace, recipe: NativeRequest, template: str, where: Where) -> str:
    """A template with the modules as the file calls them in a place."""
    for mark, module in {CLIENT: recipe.client, **MODULES}.items():
        if mark in template:
            template = template.replace(mark, space.names.module_text(module, where))
    return template


def _inside(
    space: Workspace, recipe: NativeRequest, call: ast.Call, client: str, deeper: str
) -> list[Edit]:
    """The call itself: its callee, a method in front, keywords behind, arguments in new form."""
    span = space.tree.span(call)
    callee = Span(span.start, opening_parenthesis(space.tree, call))
    edits = [*_awaited(space, recipe, call), Edit(callee, f"{client}.{recipe.method}", callee)]
    if recipe.first:
        after = callee.end + 1
        edits.append(insert(after, f"{recipe.first}, ", Span(after, span.end)))
    appended = ", ".join(
        f"{name}={_spelled(space, recipe, value)}" for name, value in recipe.call_arguments
    )
    if appended:
        edits.append(append_arguments(space, call, appended, deeper))
    for each in recipe.translations:
        if _is_inside(span, each.span):
            text = _spelled(space, recipe, each.template)
            edits.extend(_translated(each.span, text))
    return edits


def _awaited(space: Workspace, recipe: NativeRequest, call: ast.Call) -> list[Edit]:
    """The `await`, with parentheses where nothing else encloses it."""
    if recipe.opening.read and isinstance(space.tree.parent(call), ast.Expr):
        before, after = recipe.opening.read.split("{}")
        return space.awaited(call, f"{before.removeprefix('await ')}(await ", f"){after}")
    if _enclosed(space, recipe, call):
        span = space.tree.span(call)
        return [insert(span.start, "await ", span)]
    return space.awaited(call, "")


def _enclosed(space: Workspace, recipe: NativeRequest, call: ast.Call) -> bool:
    """Whether the request becomes the argument of a function: `_decoded(await client.get(url)).text`."""
    span = space.tree.span(call)
    return any(each.span == span and each.template.endswith("({})") for each in recipe.translations)


def _around(space: Workspace, recipe: NativeRequest, unit: str) -> list[Edit]:
    """Uses of the response and exceptions outside of the call."""
    span = space.span(recipe.target.place)
    edits: list[Edit] = []
    for each in recipe.translations:
        if not _is_inside(span, each.span):
            text = _spelled(space, recipe, each.template)
            edits.extend(_translated(each.span, _folded(space, each.span, text, unit)))
    for statement, condition in recipe.raises:
        edits.extend(_guarded_raise(space, statement, condition, unit))
    return edits


def _folded(space: Workspace, span: Span, text: str, unit: str) -> str:
    """A tuple of exceptions, one to a line where they are too many for one line."""
    start = space.tree.offsets.line_start(span.start)
    head = space.tree.text[start : span.start]
    if not text.startswith("(") or not text.endswith(")") or "{}" in text:
        return text
    if len(head.expandtabs(4)) + len(text) < _LINE_LENGTH or "\n" in text:
        return text
    margin = head[: len(head) - len(head.lstrip())]
    names = "".join(f"{space.newline}{margin}{unit}{name}," for name in text[1:-1].split(", "))
    return f"({names}{space.newline}{margin})"


def _is_inside(call: Span, span: Span) -> bool:
    return call.contains(span) and call != span


def _spelled(space: Workspace, recipe: NativeRequest, template: str) -> str:
    """Templates leave open how the file calls the client's module, and `json`."""
    where = space.where(recipe.target)
    template = _in_module(space, recipe, template, where)
    for name, wanted in recipe.helpers:
        mark = f"{HELPER}{name}{HELPER}"
        if mark in template:
            template = template.replace(mark, definition(space, wanted))
    return template


def _translated(span: Span, template: str) -> list[Edit]:
    before, hole, after = template.partition("{}")
    if not hole:
        return [Edit(span, template, span)]
    edits = [insert(span.start, before, span)] if before else []
    return [*edits, *([insert(span.end, after, span)] if after else [])]


def _guarded_raise(space: Workspace, statement: Span, condition: str, unit: str) -> list[Edit]:
    """The async client's `raise_for_status()` raises on redirects too: it is asked on errors."""
    line = space.tree.offsets.line_start(statement.start)
    margin = space.tree.text[line : statement.start]
    rest = space.tree.text[statement.end : space.tree.offsets.line_end(statement.end)].strip()
    if margin.strip() or (rest and not rest.startswith("#")):
        return [insert(statement.start, f"{condition} and ", statement)]
    text = f"if {condition}:{space.newline}{margin}{unit}"
    return [insert(statement.start, text, statement)]


def _hoisted(
    space: Workspace, recipe: NativeRequest, opening: str, edits: list[Edit]
) -> list[Edit]:
    """The request in front of a compound statement, its response in the header."""
    call = space.call(recipe.target.place)
    statement = space.tree.statement(call)
    start = space.tree.offsets.line_start(space.tree.span(statement).start)
    margin = indentation_of(space.tree, statement) + indent_unit(space.tree, statement)
    left = _left_behind(space, call)
    unit = indent_unit(space.tree, statement)
    deeper = indented(space.tree, [call], unit, [edit.span for edit in edits])
    inner = [edit for edit in deeper if edit.span.start > space.tree.span(call).start]
    moved = _moved_text(space, call, [*inner, *edits], bare=_enclosed(space, recipe, call))
    text = f"{opening}{space.newline}{margin}{left.text} = {moved}{space.newline}"
    if recipe.opening.read:
        text += f"{margin}{recipe.opening.read.replace('{}', left.text)}{space.newline}"
    return [insert(start, text, Span(start, len(space.tree.text))), left]


def _left_behind(space: Workspace, call: ast.Call) -> Edit:
    """The name that takes the place of the call: that of the walrus around it, or a new one."""
    parent = space.tree.parent(call)
    if not isinstance(parent, ast.NamedExpr):
        span = space.tree.span(call)
        return Edit(span, _fresh(space, call, "response"), span)
    span = space.tree.span(parent)
    text = space.tree.text
    outer = Span(span.start - 1, span.end + 1)
    bare = text[outer.start : span.start] == "(" and text[span.end : outer.end] == ")"
    if bare and isinstance(space.tree.parent(parent), ast.Attribute):
        span = outer
    return Edit(span, parent.target.id, span)


def _moved_text(space: Workspace, call: ast.Call, edits: list[Edit], *, bare: bool) -> str:
    """The call with its edits made, as text of its own."""
    span = space.tree.span(call)
    shifted = [
        Edit(
            Span(edit.span.start - span.start, edit.span.end - span.start),
            edit.text,
            Span(edit.owner.start - span.start, edit.owner.end - span.start),
        )
        for edit in edits
    ]
    moved = apply_edits(space.tree.text[span.start : span.end], shifted)
    outer = space.is_operand(call) and not bare
    return moved[1:-1] if outer else moved


def _fresh(space: Workspace, call: ast.Call, name: str) -> str:
    """A variable name that the coroutine does not use."""
    function = next(up for up in space.tree.ancestors(call) if isinstance(up, ast.AsyncFunctionDef))
    used = set(_names_in(function))
    for fresh in (name, f"http_{name}", f"_http_{name}"):
        if fresh not in used:
            return fresh
    return next(each for each in map(f"http_{name}_{{}}".format, count(2)) if each not in used)


def _names_in(function: ast.AsyncFunctionDef) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, (ast.Global, ast.Nonlocal)):
            yield from node.names
        elif isinstance(node, ast.alias):
            yield node.asname or node.name.partition(".")[0]
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
