"""A request of `requests` as a request of an async client that lives for one statement.

A client per statement keeps what `requests.get` does: fresh cookies, no connection kept. Its SSL context is
made once per module, because making one takes tens of milliseconds.
"""

from __future__ import annotations

import ast

from awaken.plan.call_text import opening_parenthesis
from awaken.plan.recipes import NativeRequest
from awaken.resolve.evaluation import Where
from awaken.rewrite.edit import Edit, apply_edits, insert
from awaken.rewrite.indentation import indent_unit, indentation_of, indented
from awaken.rewrite.workspace import Workspace
from awaken.syntax.positions import Span

_CONTEXT = "_SSL_CONTEXT"
_MODULE_LEVEL = Where("", 0)


def native_request(space: Workspace, recipe: NativeRequest) -> list[Edit]:
    """`requests.get(url)` to `async with httpx.AsyncClient(...) as client: await client.get(url)`."""
    call = space.call(recipe.target.place)
    statement = space.tree.statement(call)
    client = _fresh(space, call, "client")
    edits = _inside(space, recipe, call, client)
    around = _around(space, recipe)
    unit = indent_unit(space.tree, statement)
    if recipe.hoist:
        return [*_hoisted(space, recipe, call, client, edits, unit), *around]
    owner = space.tree.span(statement)
    start = space.tree.offsets.line_start(owner.start)
    header = f"{indentation_of(space.tree, statement)}{_opening(space, recipe, client)}"
    opening = insert(start, f"{header}{space.newline}", Span(start, len(space.tree.text)))
    return [opening, *indented(space.tree, statement, unit), *edits, *around]


def _opening(space: Workspace, recipe: NativeRequest, client: str) -> str:
    module = space.names.module_text(recipe.client, space.where(recipe.target))
    context = space.names.constant(_CONTEXT, _context_value(space, module))
    arguments = [("verify", context), *recipe.client_arguments]
    written = ", ".join(f"{name}={value}" for name, value in arguments)
    return f"async with {module}.AsyncClient({written}) as {client}:"


def _context_value(space: Workspace, module: str) -> str:
    """The certificates that requests would use: its two variables, else the bundle both libraries ship."""
    os = space.names.module_text("os", _MODULE_LEVEL._replace(path=space.names.index.path))
    return (
        f"{module}.create_ssl_context({space.newline}"
        f'    {os}.environ.get("REQUESTS_CA_BUNDLE") or {os}.environ.get("CURL_CA_BUNDLE") or True'
        f"{space.newline})"
    )


def _inside(
    space: Workspace, recipe: NativeRequest, call: ast.Call, client: str
) -> list[Edit]:
    """The call itself: another callee, a method in front, keywords behind, arguments in their new form."""
    span = space.tree.span(call)
    callee = Span(span.start, opening_parenthesis(space.tree, call))
    edits = [*space.awaited(call, ""), Edit(callee, f"{client}.{recipe.method}", callee)]
    if recipe.first:
        after = callee.end + 1
        edits.append(insert(after, f"{recipe.first}, ", Span(after, span.end)))
    appended = ", ".join(f"{name}={value}" for name, value in recipe.call_arguments)
    if appended:
        edits.append(_append(space, call, appended))
    for each in recipe.translations:
        if span.contains(each.span):
            edits.extend(_translated(each.span, each.template))
    return edits


def _append(space: Workspace, call: ast.Call, text: str) -> Edit:
    """Keyword arguments behind the last one, whether it ends with a comma or not."""
    last = max(space.tree.offsets.span(node).end for node in (*call.args, *call.keywords))
    end = space.tree.span(call).end
    tail = space.tree.text[last : end - 1]
    comma = tail.find(",")
    if comma >= 0 and "#" not in tail[:comma]:
        offset = last + comma + 1
        rest = space.tree.text[offset : end - 1]
        if "\n" in rest or "\r" in rest:
            line = space.tree.offsets.line_start(last)
            head = space.tree.text[line:last]
            margin = head[: len(head) - len(head.lstrip())]
            return insert(offset, f"{space.newline}{margin}{text},", Span(line, offset))
        return insert(offset, f" {text}", Span(last, offset))
    return insert(last, f", {text}", Span(space.tree.span(call).start, last))


def _around(space: Workspace, recipe: NativeRequest) -> list[Edit]:
    """Uses of the response and exceptions outside of the call."""
    span = space.span(recipe.target.place)
    edits: list[Edit] = []
    for each in recipe.translations:
        if not span.contains(each.span):
            template = _spelled(space, recipe, each.template)
            edits.extend(_translated(each.span, template))
    for statement, name in recipe.raises:
        edits.extend(_guarded_raise(space, statement, name))
    return edits


def _spelled(space: Workspace, recipe: NativeRequest, template: str) -> str:
    """Exception names are planned with the plain names of their modules; here they get the file's."""
    where = space.where(recipe.target)
    for module in (recipe.client, "json"):
        if f"{module}." in template and "{}" not in template:
            written = space.names.module_text(module, where)
            template = template.replace(f"{module}.", f"{written}.")
    return template


def _translated(span: Span, template: str) -> list[Edit]:
    before, hole, after = template.partition("{}")
    if not hole:
        return [Edit(span, template, span)]
    edits = [insert(span.start, before, span)] if before else []
    return [*edits, *([insert(span.end, after, span)] if after else [])]


def _guarded_raise(space: Workspace, statement: Span, name: str) -> list[Edit]:
    """`r.raise_for_status()` raises on redirects too; on the other side it is asked on errors only."""
    line = space.tree.offsets.line_start(statement.start)
    margin = space.tree.text[line : statement.start]
    rest = space.tree.text[statement.end : space.tree.offsets.line_end(statement.end)].strip()
    if margin.strip() or (rest and not rest.startswith("#")):
        return [insert(statement.start, f"{name}.is_error and ", statement)]
    unit = "\t" if margin.endswith("\t") else "    "
    text = f"if {name}.is_error:{space.newline}{margin}{unit}"
    return [insert(statement.start, text, statement)]


def _hoisted(
    space: Workspace,
    recipe: NativeRequest,
    call: ast.Call,
    client: str,
    edits: list[Edit],
    unit: str,
) -> list[Edit]:
    """The request in front of a compound statement, its response in the header."""
    statement = space.tree.statement(call)
    span = space.tree.span(call)
    start = space.tree.offsets.line_start(space.tree.span(statement).start)
    margin = indentation_of(space.tree, statement)
    response = _fresh(space, call, "response")
    moved = _moved_text(space, call, edits)
    text = (
        f"{margin}{_opening(space, recipe, client)}{space.newline}"
        f"{margin}{unit}{response} = {moved}{space.newline}"
    )
    return [insert(start, text, Span(start, len(space.tree.text))), Edit(span, response, span)]


def _moved_text(space: Workspace, call: ast.Call, edits: list[Edit]) -> str:
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
    outer = space.is_operand(call)
    return moved[1:-1] if outer else moved


def _fresh(space: Workspace, call: ast.Call, name: str) -> str:
    """A variable name that the coroutine does not use."""
    function = next(up for up in space.tree.ancestors(call) if isinstance(up, ast.AsyncFunctionDef))
    used = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
    used |= {node.arg for node in ast.walk(function) if isinstance(node, ast.arg)}
    number = 0
    fresh = name
    while fresh in used:
        number += 1
        fresh = f"http_{name}" if number == 1 else f"http_{name}_{number}"
    return fresh
