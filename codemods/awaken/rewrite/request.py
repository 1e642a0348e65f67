"""A request of `requests` as a request of an async client, by default one that lives for one statement.

A client per statement keeps what `requests.get` does: fresh cookies, no connection kept.
"""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

from awaken.catalogue.exchange import BUNDLE, CLIENT, HELPER, MADE, MODULES
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

    from awaken.plan.recipes import ClientOwner, NativeRequest, SwapClient, Target
    from awaken.rewrite.workspace import Workspace

_LINE_LENGTH = 88
_TUPLE = re.compile(r"\([\w.*]+(, [\w.*]+)+\)")
_NOWHERE = Span(0, 0)


def native_request(space: Workspace, recipe: NativeRequest) -> list[Edit]:
    """`requests.get(url)` to `async with httpx.AsyncClient() as client: await client.get(url)`."""
    if recipe.owner is not None:
        return _of_lasting_client(space, recipe, recipe.owner)
    call = space.call(recipe.target.place)
    statement = space.tree.statement(call)
    client = fresh_name(space, call, recipe.opening.variable)
    header = client_header(space, recipe, client, statement)
    if recipe.hoist:
        return request_edits(space, recipe, client, header, _NOWHERE)
    if recipe.entered and isinstance(statement, ast.With):
        return _entered(space, recipe, client, header, statement)
    edits = request_edits(space, recipe, client, header, space.tree.span(statement))
    unit = indent_unit(space.tree, statement)
    replaced = [edit.span for edit in edits if edit.span.start < edit.span.end]
    return [*indented(space.tree, [statement], unit, replaced), *edits]


def _of_lasting_client(space: Workspace, recipe: NativeRequest, owner: ClientOwner) -> list[Edit]:
    """`requests.get(url)` to `await _HttpClient.current().get(url)`."""
    call = space.call(recipe.target.place)
    unit = indent_unit(space.tree, space.tree.statement(call))
    text = owner.definition.text.replace(MADE, ", ".join(_written(space, recipe)))
    name = definition(space, replace(owner.definition, text=text))
    client = owner.given.replace("{}", name)
    around = edits_around(space, recipe, unit, _NOWHERE)
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
    if recipe.hoist:
        edits = _inside(space, recipe, call, client, unit)
        around = edits_around(space, recipe, unit, moved)
        return [*_hoisted(space, recipe, line, edits), *around]
    edits = _in_place(space, recipe, client, unit, moved)
    start = space.tree.offsets.line_start(space.tree.span(statement).start)
    opening = insert(start, f"{line}{space.newline}", Span(start, len(space.tree.text)))
    read = _read_behind(space, recipe, statement, unit)
    return [opening, *edits, *read]


def request_of(space: Workspace, recipe: NativeRequest, client: str) -> list[Edit]:
    """The edits of a request of a client that is open there, with nothing put around its statement.

    Args:
        space: the file.
        recipe: the request.
        client: what stands for the client, as source text.
    """
    call = space.call(recipe.target.place)
    unit = indent_unit(space.tree, space.tree.statement(call))
    around = edits_around(space, recipe, unit, _NOWHERE)
    return [*around, *_inside(space, recipe, call, client, "")]


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


def client_header(space: Workspace, recipe: NativeRequest, client: str, statement: ast.stmt) -> str:
    """The `async with` line in front of a statement, or lines where one would grow too long.

    Args:
        space: the file.
        recipe: the request that says how the client is made.
        client: what the client is called.
        statement: what comes behind the line.
    """
    margin = indentation_of(space.tree, statement)
    return f"{margin}async with {client_text(space, recipe, client, statement, behind=':')}:"


def client_text(
    space: Workspace, recipe: NativeRequest, client: str, statement: ast.stmt, *, behind: str
) -> str:
    """What `async with` enters: `httpx.AsyncClient(...) as client`, its arguments on lines of their own if need be.

    Args:
        space: the file.
        recipe: the request that says how the client is made.
        client: what the client is called.
        statement: the statement that comes behind it, or that it becomes a part of.
        behind: what has to find room behind it on a single line.
    """
    margin, unit = indentation_of(space.tree, statement), indent_unit(space.tree, statement)
    opened = _maker(space, recipe)
    written = _written(space, recipe)
    text = f"{opened}({', '.join(written)}) as {client}"
    if len(f"{margin}async with {text}{behind}".expandtabs(4)) <= _LINE_LENGTH:
        return text
    inner = f"{space.newline}{margin}{unit}"
    single = f"{inner}{', '.join(written)}"
    if len(single.strip("\r\n").expandtabs(4)) > _LINE_LENGTH:
        single = "".join(f"{inner}{argument}," for argument in written)
    return f"{opened}({single}{space.newline}{margin}) as {client}"


def _maker(space: Workspace, recipe: NativeRequest) -> str:
    """The class of the client, or the function of the file that makes one."""
    opening = recipe.opening
    made = f"{HELPER}{opening.helper}{HELPER}" if opening.helper else f"{CLIENT}.{opening.name}"
    return _spelled(space, recipe, made)


def _written(space: Workspace, recipe: NativeRequest) -> list[str]:
    """The arguments of the client, as source text."""
    arguments = [*certificates(space, recipe), *recipe.client_arguments]
    return [f"{name}={_spelled(space, recipe, value)}" for name, value in arguments]


def certificates(space: Workspace, recipe: NativeRequest | SwapClient) -> list[tuple[str, str]]:
    """The argument that gives the client the SSL context of the module, which is added where there is none yet."""
    if not recipe.context:
        return []
    where = Where(space.index.path, 0)
    value = in_module(space, recipe, recipe.context, where).replace("\n", space.newline)
    if BUNDLE in value:
        path = in_module(space, recipe, recipe.bundle, where).replace("\n", space.newline)
        value = value.replace(BUNDLE, bundle(space, path))
    context = ssl_context(space, value, verified=recipe.verified)
    return [(recipe.opening.certificates, context)]


def in_module(
    space: Workspace, recipe: NativeRequest | SwapClient, template: str, where: Where
) -> str:
    """A template with the modules as the file calls them in a place.

    Args:
        space: the file.
        recipe: says which the client's module is.
        template: the text.
        where: the place.
    """
    for mark, module in {CLIENT: recipe.client, **MODULES}.items():
        if mark in template:
            template = template.replace(mark, space.names.module_text(module, where))
    return template


def _in_place(
    space: Workspace, recipe: NativeRequest, client: str, unit: str, moved: Span
) -> list[Edit]:
    """The call, one level further in, and what is done with its response."""
    call = space.call(recipe.target.place)
    end = space.tree.span(call).end
    around = edits_around(space, recipe, unit, moved)
    # What goes on behind the call stands behind all that the call itself is given.
    behind = [edit for edit in around if edit.span == Span(end, end)]
    before = [edit for edit in around if edit not in behind]
    return [*before, *_inside(space, recipe, call, client, unit), *behind]


def _entered(
    space: Workspace, recipe: NativeRequest, client: str, line: str, statement: ast.With
) -> list[Edit]:
    """`with urlopen(url) as r:` to `async with ... as client:`, and `r = await client.get(url)` in its body."""
    tree, call = space.tree, space.call(recipe.target.place)
    unit = indent_unit(tree, statement)
    edits = _in_place(space, recipe, client, unit, _NOWHERE)
    deeper = indented(tree, [call], unit, [edit.span for edit in edits])
    whole, request = tree.span(statement), tree.span(call)
    colon = tree.text.index(":", request.end)
    target = statement.items[0].optional_vars
    name = f"{tree.source(target)} = " if target is not None else ""
    margin = indentation_of(tree, statement.body[0])
    before = Span(tree.offsets.line_start(whole.start), request.start)
    behind = Span(request.end, colon + 1)
    return [
        Edit(before, f"{line}{space.newline}{margin}{name}", whole),
        *(edit for edit in deeper if edit.span.start > request.start),
        *edits,
        Edit(behind, "", whole),
    ]


def _inside(
    space: Workspace, recipe: NativeRequest, call: ast.Call, client: str, deeper: str
) -> list[Edit]:
    """The call itself, awaited."""
    return [*_awaited(space, recipe, call), *call_edits(space, recipe, call, client, deeper)]


def call_edits(
    space: Workspace, recipe: NativeRequest, call: ast.Call, client: str, deeper: str
) -> list[Edit]:
    """The callee of a request, a method in front, keywords behind, arguments in new form.

    Args:
        space: the file.
        recipe: what is done.
        call: the request.
        client: the name of the client.
        deeper: how much further in the lines of the call will stand.
    """
    span = space.tree.span(call)
    callee = Span(span.start, opening_parenthesis(space.tree, call))
    edits = [Edit(callee, f"{client}.{recipe.method}", callee)]
    if recipe.first:
        edits.append(_first(space, recipe.first, call, deeper))
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


def _first(space: Workspace, text: str, call: ast.Call, deeper: str) -> Edit:
    """An argument in front of the others, on a line of its own where each of them is."""
    tree, after = space.tree, opening_parenthesis(space.tree, call) + 1
    given: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
    starts = sorted(tree.offsets.span(each).start for each in given)
    lines = [tree.offsets.line_of(start) for start in starts]
    if not lines or lines[0] == tree.offsets.line_of(after):
        return insert(after, f"{text}, ", Span(after, tree.span(call).end))
    if len(lines) > 1 and lines[0] == lines[1]:
        return insert(starts[0], f"{text}, ", Span(starts[0], tree.span(call).end))
    margin = tree.text[tree.offsets.line_start(starts[0]) : starts[0]]
    line = f"{space.newline}{margin}{deeper}{text},"
    return insert(after, line, Span(after, tree.span(call).end))


def _awaited(space: Workspace, recipe: NativeRequest, call: ast.Call) -> list[Edit]:
    """The `await`, with parentheses where nothing else encloses it."""
    span = space.tree.span(call)
    if recipe.checked:
        closing = insert(span.end, ").raise_for_status()", span)
        return [insert(span.start, "(await ", span), closing]
    if recipe.opening.read and isinstance(space.tree.parent(call), ast.Expr):
        before, after = recipe.opening.read.split("{}")
        return space.awaited(call, f"{before.removeprefix('await ')}(await ", f"){after}")
    if _enclosed(space, recipe, call):
        return [insert(span.start, "await ", span)]
    return space.awaited(call, "")


def _enclosed(space: Workspace, recipe: NativeRequest, call: ast.Call) -> bool:
    """Whether the request becomes the argument of a function: `_decoded(await client.get(url)).text`."""
    span = space.tree.span(call)
    return any(each.span == span and each.template.endswith("({})") for each in recipe.translations)


def edits_around(space: Workspace, recipe: NativeRequest, unit: str, moved: Span) -> list[Edit]:
    """Uses of the response and exceptions outside of the call.

    Args:
        space: the file.
        recipe: what is done.
        unit: the white space of one level.
        moved: what moves one level in, unless others see to the new lines in it, too.
    """
    span = space.span(recipe.target.place)
    edits: list[Edit] = []
    for each in recipe.translations:
        if not _is_inside(span, each.span):
            deeper = unit if moved.contains(each.span) else ""
            text = _spelled(space, recipe, each.template)
            edits.extend(_translated(each.span, _folded(space, each.span, text, unit, deeper)))
    for statement, condition in recipe.raises:
        deeper = unit if moved.contains(statement) else ""
        edits.extend(_guarded_raise(space, statement, condition, unit, deeper))
    return edits


def _folded(space: Workspace, span: Span, text: str, unit: str, deeper: str) -> str:
    """A tuple of exceptions, one to a line where they are too many for one line."""
    start = space.tree.offsets.line_start(span.start)
    head = deeper + space.tree.text[start : span.start]
    if not _TUPLE.fullmatch(text):
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
    template = in_module(space, recipe, template, where)
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
    space: Workspace, statement: Span, condition: str, unit: str, deeper: str
) -> list[Edit]:
    """The async client's `raise_for_status()` raises on redirects too: it is asked on errors."""
    line = space.tree.offsets.line_start(statement.start)
    margin = space.tree.text[line : statement.start]
    rest = space.tree.text[statement.end : space.tree.offsets.line_end(statement.end)].strip()
    if margin.strip() or (rest and not rest.startswith("#")):
        return [insert(statement.start, f"{condition} and ", statement)]
    text = f"if {condition}:{space.newline}{deeper}{margin}{unit}"
    return [insert(statement.start, text, statement)]


def _hoisted(space: Workspace, recipe: NativeRequest, line: str, edits: list[Edit]) -> list[Edit]:
    """The request in front of a compound statement, its response in the header."""
    call = space.call(recipe.target.place)
    statement = space.tree.statement(call)
    start = space.tree.offsets.line_start(space.tree.span(statement).start)
    margin = indentation_of(space.tree, statement) + indent_unit(space.tree, statement)
    left = _left_behind(space, call)
    unit = indent_unit(space.tree, statement)
    deeper = indented(space.tree, [call], unit, [edit.span for edit in edits])
    inner = [edit for edit in deeper if edit.span.start > space.tree.span(call).start]
    bare = recipe.checked or _enclosed(space, recipe, call)
    moved = _moved_text(space, call, [*inner, *edits], bare=bare)
    text = f"{line}{space.newline}{margin}{left.text} = {moved}{space.newline}"
    if recipe.opening.read:
        text += f"{margin}{recipe.opening.read.replace('{}', left.text)}{space.newline}"
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
    """A variable name that the coroutine does not use.

    Args:
        space: the file.
        call: a call in the coroutine.
        name: what it is called unless that name is taken.
    """
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
