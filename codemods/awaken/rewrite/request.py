"""A request of `requests` as a request of an async client, by default one that lives for one statement.

A client per statement keeps what `requests.get` does: fresh cookies, no connection kept.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

from awaken.catalogue.exchange import CLIENT, CONTEXT, HELPER, JSON
from awaken.plan.call_text import opening_parenthesis
from awaken.rewrite.arguments import append_arguments
from awaken.rewrite.definitions import definition
from awaken.rewrite.edit import Edit, apply_edits, insert
from awaken.rewrite.indentation import indent_unit, indentation_of, indented
from awaken.rewrite.ssl_context import ssl_context
from awaken.syntax.positions import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from awaken.plan.recipes import ClientOwner, NativeRequest, Target
    from awaken.rewrite.workspace import Workspace

_LINE_LENGTH = 88
_NOWHERE = Span(0, 0)


def native_request(space: Workspace, recipe: NativeRequest) -> list[Edit]:
    """`requests.get(url)` to `async with httpx.AsyncClient() as client: await client.get(url)`."""
    if recipe.owner is not None:
        return _of_lasting_client(space, recipe, recipe.owner)
    call = space.call(recipe.target.place)
    statement = space.tree.statement(call)
    client = fresh_name(space, call, "client")
    unit = indent_unit(space.tree, statement)
    arguments = [("verify", ssl_context(space, recipe.client)), *recipe.client_arguments]
    module = space.names.module_text(recipe.client, space.where(recipe.target))
    header = client_header(space, statement, f"{module}.AsyncClient", arguments, client)
    if recipe.hoist:
        return request_edits(space, recipe, client, header, _NOWHERE)
    edits = request_edits(space, recipe, client, header, space.tree.span(statement))
    replaced = [edit.span for edit in edits]
    return [*indented(space.tree, [statement], unit, replaced), *edits]


def _of_lasting_client(space: Workspace, recipe: NativeRequest, owner: ClientOwner) -> list[Edit]:
    """`requests.get(url)` to `await _HttpClient.current().get(url)`."""
    call = space.call(recipe.target.place)
    unit = indent_unit(space.tree, space.tree.statement(call))
    context = ssl_context(space, recipe.client)
    text = owner.definition.text.replace(CONTEXT, context)
    name = definition(space, replace(owner.definition, text=text))
    client = f"{name}.current()"
    around = _around(space, recipe, unit, _NOWHERE)
    closing = _closing(space, owner.closing, client) if owner.closing is not None else []
    return [*closing, *around, *_inside(space, recipe, call, client, "")]


def _closing(space: Workspace, target: Target, client: str) -> list[Edit]:
    """`async with contextlib.aclosing(...)` around the `yield` of a lifespan, where it is not there yet."""
    statements = space.statements(target.place)
    around = space.tree.parent(statements[0])
    if isinstance(around, ast.AsyncWith) and client in space.tree.source(around).partition(":")[0]:
        return []
    margin, unit = indentation_of(space.tree, statements[0]), indent_unit(space.tree, statements[0])
    start = space.tree.offsets.line_start(space.tree.span(statements[0]).start)
    closing = space.names.text("contextlib.aclosing", space.where(target))
    header = f"{margin}async with {closing}({client}):{space.newline}"
    opening = insert(start, header, Span(start, len(space.tree.text)))
    return [opening, *indented(space.tree, statements, unit)]


def client_header(
    space: Workspace,
    statement: ast.stmt,
    made: str,
    arguments: Sequence[tuple[str, str]],
    name: str,
) -> str:
    """The `async with` line in front of a statement, or lines where one would grow too long.

    Args:
        space: the file.
        statement: what comes behind it.
        made: the class of the client, as it is written there.
        arguments: of the client, as source text.
        name: what the client is called.
    """
    margin, unit = indentation_of(space.tree, statement), indent_unit(space.tree, statement)
    each = [f"{argument}={value}" for argument, value in arguments]
    line = f"{margin}async with {made}({', '.join(each)}) as {name}:"
    if len(line.expandtabs(4)) <= _LINE_LENGTH:
        return line
    inner = f"{margin}{unit}{', '.join(each)}"
    if len(inner.expandtabs(4)) > _LINE_LENGTH:
        inner = space.newline.join(f"{margin}{unit}{argument}," for argument in each)
    opening = f"{margin}async with {made}({space.newline}"
    return f"{opening}{inner}{space.newline}{margin}) as {name}:"


def request_edits(
    space: Workspace, recipe: NativeRequest, client: str, line: str, moved: Span
) -> list[Edit]:
    """The edits of a request, and of what is done with its response, for a client that is open there.

    Args:
        space: the file.
        recipe: the request.
        client: what the client is called.
        line: a line that comes right in front of it.
        moved: the statements that move one level in, as others see to.
    """
    call = space.call(recipe.target.place)
    statement = space.tree.statement(call)
    unit = indent_unit(space.tree, statement)
    edits = _inside(space, recipe, call, client, "" if recipe.hoist else unit)
    around = _around(space, recipe, unit, moved)
    if recipe.hoist:
        return [*_hoisted(space, recipe, line, edits), *around]
    start = space.tree.offsets.line_start(space.tree.span(statement).start)
    opening = insert(start, f"{line}{space.newline}", Span(start, len(space.tree.text)))
    return [opening, *around, *edits]


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
    appended = ", ".join(f"{name}={value}" for name, value in recipe.call_arguments)
    if appended:
        edits.append(append_arguments(space, call, appended, deeper))
    for each in recipe.translations:
        if _is_inside(span, each.span):
            edits.extend(_translated(each.span, _spelled(space, recipe, each.template)))
    return edits


def _awaited(space: Workspace, recipe: NativeRequest, call: ast.Call) -> list[Edit]:
    """The `await`, with parentheses where nothing else encloses it."""
    if _enclosed(space, recipe, call):
        span = space.tree.span(call)
        return [insert(span.start, "await ", span)]
    return space.awaited(call, "")


def _enclosed(space: Workspace, recipe: NativeRequest, call: ast.Call) -> bool:
    """Whether the request becomes the argument of a function: `_decoded(await client.get(url)).text`."""
    span = space.tree.span(call)
    return any(each.span == span and each.template.endswith("({})") for each in recipe.translations)


def _around(space: Workspace, recipe: NativeRequest, unit: str, moved: Span) -> list[Edit]:
    """Uses of the response and exceptions outside of the call."""
    span = space.span(recipe.target.place)
    edits: list[Edit] = []
    for each in recipe.translations:
        if not _is_inside(span, each.span):
            deeper = unit if moved.contains(each.span) else ""
            text = _spelled(space, recipe, each.template)
            edits.extend(_translated(each.span, _folded(space, each.span, text, unit, deeper)))
    for statement, name in recipe.raises:
        deeper = unit if moved.contains(statement) else ""
        edits.extend(_guarded_raise(space, statement, name, unit, deeper))
    return edits


def _folded(space: Workspace, span: Span, text: str, unit: str, deeper: str) -> str:
    """A tuple of exceptions, one to a line where they are too many for one line."""
    start = space.tree.offsets.line_start(span.start)
    head = deeper + space.tree.text[start : span.start]
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
    for mark, module in ((CLIENT, recipe.client), (JSON, "json")):
        if mark in template:
            template = template.replace(mark, space.names.module_text(module, where))
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


def _guarded_raise(
    space: Workspace, statement: Span, name: str, unit: str, deeper: str
) -> list[Edit]:
    """The async client's `raise_for_status()` raises on redirects too: it is asked on errors."""
    line = space.tree.offsets.line_start(statement.start)
    margin = space.tree.text[line : statement.start]
    rest = space.tree.text[statement.end : space.tree.offsets.line_end(statement.end)].strip()
    if margin.strip() or (rest and not rest.startswith("#")):
        return [insert(statement.start, f"{name}.is_error and ", statement)]
    text = f"if {name}.is_error:{space.newline}{deeper}{margin}{unit}"
    return [insert(statement.start, text, statement)]


def _hoisted(space: Workspace, recipe: NativeRequest, line: str, edits: list[Edit]) -> list[Edit]:
    """The request in front of a compound statement, its response in the header."""
    call = space.call(recipe.target.place)
    statement = space.tree.statement(call)
    start = space.tree.offsets.line_start(space.tree.span(statement).start)
    margin = indentation_of(space.tree, statement) + indent_unit(space.tree, statement)
    left = _left_behind(space, call)
    moved = _moved_text(space, call, edits, bare=_enclosed(space, recipe, call))
    text = f"{line}{space.newline}{margin}{left.text} = {moved}{space.newline}"
    return [insert(start, text, Span(start, len(space.tree.text))), left]


def _left_behind(space: Workspace, call: ast.Call) -> Edit:
    """The name that takes the place of the call: that of the walrus around it, or a new one."""
    parent = space.tree.parent(call)
    if not isinstance(parent, ast.NamedExpr):
        span = space.tree.span(call)
        return Edit(span, fresh_name(space, call, "response"), span)
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


def fresh_name(space: Workspace, call: ast.Call, name: str) -> str:
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
