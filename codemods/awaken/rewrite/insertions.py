"""Where a new import, or a module-level constant, goes in a file."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Sequence
from itertools import pairwise

from awaken.rewrite.edit import Edit, insert
from awaken.rewrite.names import ImportStatement
from awaken.syntax.positions import Span
from awaken.syntax.tree import Tree

_Import = (ast.Import, ast.ImportFrom)
_HEADER = re.compile(r"^#(!|.*coding[:=]|.*(copyright|licen[cs]e|spdx))", re.IGNORECASE)


def insertions(
    tree: Tree, imports: Sequence[ImportStatement], constants: dict[str, str], newline: str
) -> list[Edit]:
    """Edits that add imports and constants at the top of a module.

    Args:
        tree: the file.
        imports: what to import.
        constants: module-level constants and their values, as source text.
        newline: the file's newline.
    """
    block = _leading_imports(tree)
    edits = [_import_edit(tree, block, statement, newline) for statement in _sorted(imports)]
    if constants:
        edits.append(_constants_edit(tree, block, constants, newline))
    return edits


def _sorted(imports: Sequence[ImportStatement]) -> list[ImportStatement]:
    return sorted(imports, key=lambda each: (each.member is not None, each.module, each.name))


def _leading_imports(tree: Tree) -> list[ast.stmt]:
    """The top-level imports that stand together at the top, one to a line."""
    body = tree.module.body
    found: list[ast.stmt] = []
    for statement in body[1:] if _is_docstring(body) else body:
        if isinstance(statement, _Import) and _alone_on_its_lines(tree, statement):
            found.append(statement)
        elif found and not _is_harmless(statement):
            break
    return found


def _is_docstring(body: list[ast.stmt]) -> bool:
    first = body[0] if body else None
    return (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    )


def _is_harmless(statement: ast.stmt) -> bool:
    """Statements that people put between imports."""
    return isinstance(statement, (ast.If, ast.Try, ast.Import, ast.ImportFrom))


def _alone_on_its_lines(tree: Tree, statement: ast.stmt) -> bool:
    span = tree.span(statement)
    before = tree.text[tree.offsets.line_start(span.start) : span.start]
    after = tree.text[span.end : tree.offsets.line_end(span.end)].strip()
    return not before.strip("\f \t") and (not after or after.startswith("#"))


def _import_edit(
    tree: Tree, block: list[ast.stmt], statement: ImportStatement, newline: str
) -> Edit:
    ordinary = [each for each in block if not _is_future(each)]
    if not ordinary:
        return _at_top(tree, block, statement.text, newline)
    same = [each for each in ordinary if _section(each) == _section_of(statement.module)]
    if not same:
        return _own_section(tree, ordinary, statement, newline)
    kin = [each for each in same if isinstance(each, ast.Import) == (statement.member is None)]
    later = [each for each in kin if _module(each) > statement.module]
    if later:
        return _before(tree, later[0], statement.text, newline)
    if kin:
        return _after(tree, kin[-1], statement.text, newline)
    if statement.member is None:
        return _before(tree, same[0], statement.text, newline)
    return _after(tree, same[-1], statement.text, newline)


def _own_section(
    tree: Tree, ordinary: list[ast.stmt], statement: ImportStatement, newline: str
) -> Edit:
    """A section that the file does not have yet, with a blank line to its neighbours."""
    section = _section_of(statement.module)
    earlier = [each for each in ordinary if _section(each) < section]
    if earlier:
        gap = newline if _has_blank_lines(tree, ordinary) else ""
        return _after(tree, earlier[-1], f"{gap}{statement.text}", newline)
    gap = newline if _has_blank_lines(tree, ordinary) or len(ordinary) == 1 else ""
    return _before(tree, ordinary[0], f"{statement.text}{gap}", newline)


def _has_blank_lines(tree: Tree, block: list[ast.stmt]) -> bool:
    """Whether the file keeps sections of imports apart."""
    if len({_section(each) for each in block}) < 2:  # noqa: PLR2004
        return True
    gaps = (
        tree.text[tree.span(one).end : tree.span(two).start] for one, two in pairwise(block)
    )
    return any(len(gap.splitlines()) > 2 for gap in gaps)  # noqa: PLR2004


def _is_future(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.ImportFrom) and statement.module == "__future__"


def _module(statement: ast.stmt) -> str:
    if isinstance(statement, ast.Import):
        return statement.names[0].name
    return (statement.module or "") if isinstance(statement, ast.ImportFrom) else ""


def _section(statement: ast.stmt) -> int:
    if isinstance(statement, ast.ImportFrom) and statement.level:
        return 2
    return _section_of(_module(statement))


def _section_of(module: str) -> int:
    """0 for the standard library, 1 for everything else, 2 for relative imports."""
    return 0 if module.split(".")[0] in sys.stdlib_module_names else 1


def _before(tree: Tree, statement: ast.stmt, text: str, newline: str) -> Edit:
    start = tree.offsets.line_start(tree.span(statement).start)
    return insert(start, f"{text}{newline}", Span(start, len(tree.text)))


def _after(tree: Tree, statement: ast.stmt, text: str, newline: str) -> Edit:
    end = tree.offsets.line_end(tree.span(statement).end)
    owner = Span(tree.span(statement).start, end)
    if tree.text[:end].endswith(("\n", "\r")):
        return insert(end, f"{text}{newline}", owner)
    return insert(end, f"{newline}{text}", owner)


def _at_top(tree: Tree, block: list[ast.stmt], text: str, newline: str) -> Edit:
    """A file without imports: below its header, docstring and `__future__` imports."""
    body = tree.module.body
    last = block[-1] if block else (body[0] if _is_docstring(body) else None)
    if last is not None and not _shares_line(tree, last):
        following = tree.offsets.line_end(tree.span(last).end)
        blank_follows = tree.text[following:].lstrip(" \t\f")[:1] in ("\n", "\r", "")
        gap = "" if blank_follows else newline
        return _after(tree, last, f"{newline}{text}{gap}", newline)
    start = _below_header(tree)
    rest = tree.text[start:]
    gap = "" if rest[:1] in ("\n", "\r") else newline
    return insert(start, f"{text}{newline}{gap}", Span(start, len(tree.text)))


def _shares_line(tree: Tree, statement: ast.stmt) -> bool:
    return not _alone_on_its_lines(tree, statement)


def _below_header(tree: Tree) -> int:
    """Behind a shebang, an encoding line and a licence."""
    text = tree.text
    end = 0
    header_end = 0
    for start in tree.offsets.starts:
        line = text[start : tree.offsets.line_end(start)]
        if not line.startswith("#"):
            if not line.strip() and end:
                header_end = end  # a comment block of its own belongs to the file
            break
        end = tree.offsets.line_end(start)
        if _HEADER.match(line):
            header_end = end
    return header_end


def _constants_edit(
    tree: Tree, block: list[ast.stmt], constants: dict[str, str], newline: str
) -> Edit:
    lines = newline.join(f"{name} = {value}" for name, value in constants.items())
    last = block[-1] if block else None
    if last is None:
        start = _below_header(tree)
        return insert(start, f"{newline}{lines}{newline}{newline}", Span(start, start + 1))
    following = tree.text[tree.offsets.line_end(tree.span(last).end) :]
    gap = "" if following[:1] in ("\n", "\r", "") else newline
    return _after(tree, last, f"{newline}{lines}{gap}", newline)
