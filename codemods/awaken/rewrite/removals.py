"""Imports that the rewrite has made unused, and only those."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from awaken.rewrite.edit import Edit
from awaken.rewrite.module_names import module_names_read
from awaken.syntax.positions import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.syntax.tree import Tree

_LONGEST_NAME = 80
_WORD = re.compile(r"[A-Za-z_]\w*")
_BLANK = re.compile(r"(?:[ \t\f]*(?:\r\n|\r|\n))*")
_BLANK_BEFORE = re.compile(r"(?:\A|\r\n|\r|\n)(?P<blank>(?:[ \t\f]*(?:\r\n|\r|\n))*)\Z")
# Whoever reaches a submodule through its package needs somebody to import it; the async clients import these.
_LOADED_ANYWAY = frozenset(("urllib.error", "urllib.parse", "urllib.request"))
_BODIES = (ast.Module, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.If)


def loaded_names(module: ast.Module) -> set[str]:
    """Every name that is read, and every word in a string (annotations, `__all__`, doctests)."""
    names = set(_named(module))
    for node in ast.walk(module):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store):
            names.add(node.id)
    return names


def _named(module: ast.Module) -> Iterator[str]:
    """Names that are spelled out other than by reading them."""
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from _words(node.value)
        elif isinstance(node, (ast.Global, ast.Nonlocal)):
            yield from node.names


def _words(text: str) -> Iterator[str]:
    """Words of short strings: a long text that happens to say `time` names nothing, nor does a path."""
    if len(text) <= _LONGEST_NAME and not any(each in text.strip() for each in "\n /"):
        yield from _WORD.findall(text)


def removals(before: Tree, after: Tree, kept: frozenset[str]) -> list[Edit]:
    """Edits of the rewritten file that remove imports which only the rewrite made unused.

    Args:
        before: the file as it was.
        after: the file as rewritten.
        kept: names that other files import from here, or patch.
    """
    if before.text == after.text:
        return []
    gone = loaded_names(before.module) - loaded_names(after.module) - kept
    gone_above = gone | (_no_longer_read(before, after) - kept)
    edits: list[Edit] = []
    for statement, siblings in _imports(after.module):
        unneeded = gone_above if siblings is after.module.body else gone
        unused = [alias for alias in statement.names if _is_unused(alias, unneeded)]
        if unused and not _is_kept(after, statement):
            edits.extend(_remove(after, statement, unused, siblings))
    return edits


def _no_longer_read(before: Tree, after: Tree) -> set[str]:
    """Imported names that only functions with a local of the same name still read."""
    imported = frozenset(
        alias.asname or alias.name
        for statement in before.module.body
        if isinstance(statement, (ast.Import, ast.ImportFrom))
        for alias in statement.names
    )
    gone = module_names_read(before, imported) - module_names_read(after, imported)
    return gone - set(_named(after.module))


def removable_names(tree: Tree, kept: frozenset[str]) -> frozenset[str]:
    """Names of imports that nothing protects: they go when nothing uses them any more."""
    return frozenset(
        alias.asname or alias.name
        for statement, _ in _imports(tree.module)
        if not _is_kept(tree, statement)
        for alias in statement.names
        if _is_unused(alias, {alias.asname or alias.name} - kept)
    )


def _imports(module: ast.Module) -> Iterator[tuple[ast.Import | ast.ImportFrom, list[ast.stmt]]]:
    """Imports with the statements beside them; those of a `try` are left alone.

    There an import may be a question: whether a library is installed.
    """
    for node in ast.walk(module):
        if isinstance(node, _BODIES):
            for body in (node.body, node.orelse if isinstance(node, ast.If) else []):
                for statement in body:
                    if isinstance(statement, (ast.Import, ast.ImportFrom)):
                        yield statement, body


def _is_unused(alias: ast.alias, gone: set[str]) -> bool:
    if alias.asname is not None and alias.asname == alias.name:
        return False  # `import x as x` is a re-export
    own = "." not in alias.name or alias.name in _LOADED_ANYWAY
    return own and (alias.asname or alias.name.split(".")[0]) in gone


def _is_kept(tree: Tree, statement: ast.stmt) -> bool:
    """A `noqa` on an import says that it is there for its effect or for others."""
    span = tree.span(statement)
    text = tree.text[span.start : tree.offsets.line_end(span.end)]
    return "noqa" in text.lower()


def _remove(
    tree: Tree,
    statement: ast.Import | ast.ImportFrom,
    unused: list[ast.alias],
    siblings: list[ast.stmt],
) -> list[Edit]:
    if len(unused) == len(statement.names):
        return [remove_statement(tree, statement, siblings)]
    last = _last_needed(statement, unused)
    rest = statement.names[last + 1 :]
    span = Span(tree.offsets.span(statement.names[last]).end, _end(tree, statement.names[-1]))
    together = len(rest) > 1 and "#" not in tree.text[span.start : span.end]
    edits = [
        _remove_alias(tree, statement, alias)
        for alias in unused
        if not (together and alias in rest)
    ]
    return [*edits, Edit(span, "", span)] if together else edits


def _last_needed(statement: ast.Import | ast.ImportFrom, unused: list[ast.alias]) -> int:
    """The number of the last name that stays."""
    return max(number for number, alias in enumerate(statement.names) if alias not in unused)


def _end(tree: Tree, alias: ast.alias) -> int:
    return tree.offsets.span(alias).end


def remove_statement(tree: Tree, statement: ast.stmt, siblings: list[ast.stmt]) -> Edit:
    """The edit that takes a statement out of its suite; `pass` is left where it is the only one."""
    if len(siblings) == 1:
        span = tree.span(statement)
        return Edit(span, "pass", span)
    span = tree.span(statement)
    start = tree.offsets.line_start(span.start)
    end = tree.offsets.line_end(span.end)
    head = tree.text[start : span.start]
    tail = tree.text[span.end : end].strip()
    if not head.strip() and (not tail or tail.startswith("#")):
        whole = _with_blank_section(tree, Span(start, end), siblings, statement)
        return Edit(whole, "", whole)
    number = siblings.index(statement)
    if not head.strip() and number + 1 < len(siblings):
        behind = tree.span(siblings[number + 1]).start
        return Edit(Span(span.start, behind), "", span)  # `import a; import b`
    before = tree.span(siblings[number - 1]).end
    return Edit(Span(before, span.end), "", span)


def _with_blank_section(
    tree: Tree, lines: Span, siblings: list[ast.stmt], statement: ast.stmt
) -> Span:
    """Blank lines on both sides of what is removed would add up: those on one side go with it."""
    before = _BLANK_BEFORE.search(tree.text[: lines.start])
    after = _BLANK.match(tree.text, lines.end)
    if before is not None and lines.end == len(tree.text):
        ends_with_newline = tree.text.endswith(("\n", "\r"))
        return Span(before.start("blank") if ends_with_newline else before.start(), lines.end)
    blank_before = before is not None and before.start("blank") < lines.start
    blank_after = after is not None and after.end() > lines.end
    number = siblings.index(statement)
    nested = tree.parent(statement) is not tree.module
    opens = number == 0 and (nested or not tree.text[: lines.start].strip())
    if blank_after and after is not None and opens:
        return Span(lines.start, after.end())
    if not (blank_before and blank_after) or before is None or after is None:
        return lines
    following = siblings[number + 1] if number + 1 < len(siblings) else None
    if isinstance(following, (ast.Import, ast.ImportFrom)):
        return Span(lines.start, after.end())
    return Span(before.start("blank"), lines.end)


def _remove_alias(tree: Tree, statement: ast.Import | ast.ImportFrom, alias: ast.alias) -> Edit:
    """One name out of several, with its comma."""
    spans = [tree.offsets.span(each) for each in statement.names]
    number = statement.names.index(alias)
    span = spans[number]
    if number + 1 < len(spans):
        between = tree.text[span.end : spans[number + 1].start]
        if "#" not in between:
            return Edit(Span(span.start, spans[number + 1].start), "", span)
        comma = between.index(",") + 1
        line_end = tree.offsets.line_end(span.end + comma)
        start = tree.offsets.line_start(span.start)
        alone = not tree.text[start : span.start].strip()
        return Edit(Span(start if alone else span.start, line_end), "", span)
    behind = tree.text[span.end : tree.span(statement).end]
    if (
        behind.lstrip().startswith(",")
        and not tree.text[tree.offsets.line_start(span.start) : span.start].strip()
    ):
        start = tree.offsets.line_start(span.start)
        return Edit(Span(start, tree.offsets.line_end(span.end)), "", span)
    return Edit(Span(spans[number - 1].end, span.end), "", span)
