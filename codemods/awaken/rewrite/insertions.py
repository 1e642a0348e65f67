"""Where a new import, a module-level constant, or a function that rewritten code calls goes in a file."""

from __future__ import annotations

import ast
import re
import sys
from itertools import pairwise
from typing import TYPE_CHECKING

from awaken.rewrite.edit import Edit, insert
from awaken.rewrite.joined_imports import join_imports
from awaken.syntax.positions import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from awaken.rewrite.names import ImportStatement, Names
    from awaken.syntax.tree import Tree

_Import = (ast.Import, ast.ImportFrom)
_SHEBANG_OR_ENCODING = re.compile(r"^#(!|.*coding[:=])")
_HEADER = re.compile(r"^#(!|.*coding[:=]|.*(copyright|licen[cs]e|spdx))", re.IGNORECASE)


def insertions(tree: Tree, names: Names, newline: str) -> list[Edit]:
    """Edits that add imports, constants and functions at the top of a module.

    Args:
        tree: the file.
        names: what to add.
        newline: the file's newline.
    """
    block = _leading_imports(tree)
    ordinary = [each for each in block if not _is_future(each)]
    joined = join_imports(tree, ordinary, _sorted(names.added), newline)
    sections = _by_section(joined.rest)
    values = [f"{name} = {value}" for name, value in names.constants.items()]
    if not ordinary:
        imports = [_joined(section, newline) for section in sections.values()]
        return _at_top(tree, [*imports, *values], names.definitions, newline)
    edits = list(joined.edits)
    for number, section in sections.items():
        edits.extend(_section_edits(tree, ordinary, number, section, newline))
    if values or names.definitions:
        edits.append(_below_imports(tree, block, values, names.definitions, newline))
    return edits


def _sorted(imports: Sequence[ImportStatement]) -> list[ImportStatement]:
    return sorted(
        imports,
        key=lambda each: (
            _section_of(each.module),
            each.member is not None,
            each.module,
            each.name != each.module,
            each.name,
        ),
    )


def _by_section(ordered: Sequence[ImportStatement]) -> dict[int, list[ImportStatement]]:
    """The new imports by section, as they are sorted."""
    sections: dict[int, list[ImportStatement]] = {}
    for each in ordered:
        sections.setdefault(_section_of(each.module), []).append(each)
    return sections


def _joined(section: Sequence[ImportStatement], newline: str) -> str:
    return newline.join(each.text for each in section)


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


def _section_edits(
    tree: Tree,
    ordinary: list[ast.stmt],
    number: int,
    section: Sequence[ImportStatement],
    newline: str,
) -> list[Edit]:
    same = [each for each in ordinary if _section(each) == number]
    if same:
        return [_import_edit(tree, same, statement, newline) for statement in section]
    return [_own_section(tree, ordinary, number, _joined(section, newline), newline)]


def _import_edit(
    tree: Tree, same: list[ast.stmt], statement: ImportStatement, newline: str
) -> Edit:
    kin = same
    if not _is_mixed(same):
        kin = [each for each in same if isinstance(each, ast.Import) == (statement.member is None)]
    kin = [each for each in kin if _package(_module(each)) == _package(statement.module)] or kin
    later = [each for each in kin if _module(each) > statement.module]
    if later:
        return _before(tree, later[0], statement.text, newline)
    if kin:
        return _after(tree, kin[-1], statement.text, newline)
    if statement.member is None:
        return _before(tree, same[0], statement.text, newline)
    return _after(tree, same[-1], statement.text, newline)


def _is_mixed(block: list[ast.stmt]) -> bool:
    """Whether `import` and `from` stand in one alphabet (isort's `force_sort_within_sections`)."""
    modules = [_module(each).lower() for each in block]
    turns = sum(
        isinstance(one, ast.Import) != isinstance(two, ast.Import) for one, two in pairwise(block)
    )
    return turns > 1 and modules == sorted(modules)


def _own_section(
    tree: Tree, ordinary: list[ast.stmt], section: int, text: str, newline: str
) -> Edit:
    """A section that the file does not have yet, with a blank line to its neighbours."""
    earlier = [each for each in ordinary if _section(each) < section]
    if earlier:
        gap = newline if _has_blank_lines(tree, ordinary) else ""
        return _after(tree, earlier[-1], f"{gap}{text}", newline)
    gap = newline if _has_blank_lines(tree, ordinary) or len(ordinary) == 1 else ""
    return _before(tree, ordinary[0], f"{text}{gap}", newline)


def _has_blank_lines(tree: Tree, block: list[ast.stmt]) -> bool:
    """Whether the file keeps sections of imports apart."""
    if len({_section(each) for each in block}) == 1:
        return True
    gaps = (tree.text[tree.span(one).end : tree.span(two).start] for one, two in pairwise(block))
    return any(len(gap.splitlines()) > 1 for gap in gaps)


def _is_future(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.ImportFrom) and statement.module == "__future__"


def _module(statement: ast.stmt) -> str:
    if isinstance(statement, ast.Import):
        return statement.names[0].name
    return (statement.module or "") if isinstance(statement, ast.ImportFrom) else ""


def _package(module: str) -> str:
    return module.partition(".")[0]


def _section(statement: ast.stmt) -> int:
    if isinstance(statement, ast.ImportFrom) and statement.level:
        return 2
    return _section_of(_module(statement))


def _section_of(module: str) -> int:
    """0 for the standard library, 1 for everything else, 2 for relative imports."""
    return 0 if module.partition(".")[0] in sys.stdlib_module_names else 1


def _before(tree: Tree, statement: ast.stmt, text: str, newline: str) -> Edit:
    start = tree.offsets.line_start(tree.span(statement).start)
    return insert(start, f"{text}{newline}", Span(start, len(tree.text)))


def _after(tree: Tree, statement: ast.stmt, text: str, newline: str) -> Edit:
    """Below the line of a statement, which may be the last one and lack a newline."""
    end = _line_end(tree, statement)
    owner = Span(tree.span(statement).start, end)
    if tree.text[:end].endswith(("\n", "\r")):
        return insert(end, f"{text}{newline}", owner)
    return insert(end, f"{newline}{text}", owner)


def _at_top(
    tree: Tree, texts: Sequence[str], definitions: Sequence[str], newline: str
) -> list[Edit]:
    """A file without imports: below its header, docstring and `__future__` imports.

    The texts get a blank line between them, functions get two.
    """
    if not texts and not definitions:
        return []
    above = (newline * 2).join(texts)
    text = (newline * 3).join((*((above,) if above else ()), *definitions))
    blank = 2 if definitions else 1
    last = _last_of_preamble(tree)
    if last is not None:
        gap = newline * _lacking(tree.text[_line_end(tree, last) :], blank)
        return [_after(tree, last, f"{newline}{text}{gap}", newline)]
    start, comment = _below_header(tree)
    before = newline if comment else ""
    gap = newline * _lacking(tree.text[start:], blank)
    return [insert(start, f"{before}{text}{newline}{gap}", Span(start, len(tree.text)))]


def _lacking(following: str, wanted: int) -> int:
    """How many of the wanted blank lines a text does not begin with; none are wanted in front of nothing."""
    if not following.strip():
        return 0
    blank = 0
    for line in following.splitlines():
        if line.strip(" \t\f") or blank == wanted:
            break
        blank += 1
    return wanted - blank


def _last_of_preamble(tree: Tree) -> ast.stmt | None:
    """The docstring or the last `__future__` import, which nothing may come before."""
    body = tree.module.body
    futures = [each for each in body if _is_future(each)]
    if futures:
        return futures[-1]
    return body[0] if _is_docstring(body) else None


def _line_end(tree: Tree, statement: ast.stmt) -> int:
    """The end of the line on which a statement ends, or on which the last one beside it does."""
    end = tree.span(statement).end
    for other in tree.module.body[tree.module.body.index(statement) + 1 :]:
        if tree.offsets.line_of(tree.span(other).start) == tree.offsets.line_of(end):
            end = tree.span(other).end
    return tree.offsets.line_end(end)


def _below_header(tree: Tree) -> tuple[int, bool]:
    """Behind a shebang, an encoding line and a licence, and whether there is a text among them."""
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
    lines = text[:header_end].splitlines()
    return header_end, any(not _SHEBANG_OR_ENCODING.match(line) for line in lines)


def _below_imports(
    tree: Tree, block: list[ast.stmt], values: list[str], definitions: list[str], newline: str
) -> Edit:
    """Below the imports, those in `if` and `try` included, and below whatever is needed there."""
    needed = {
        node.id
        for text in (*values, *definitions)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Name)
    }
    body = tree.module.body
    last = body.index(block[-1])
    while last + 1 < len(body) and _only_imports(body[last + 1]):
        last += 1
    for number, statement in enumerate(body):
        if number > last and needed & set(_imported_names(statement)):
            last = number
    gap = _lacking(tree.text[_line_end(tree, body[last]) :], 2 if definitions else 1)
    constants = f"{newline}{newline.join(values)}{newline}" if values else ""
    functions = "".join(f"{newline * 2}{text}{newline}" for text in definitions)
    text = f"{constants}{functions}{newline * gap}"
    return _after(tree, body[last], text.removesuffix(newline), newline)


def _only_imports(statement: ast.stmt) -> bool:
    """Imports, and an `if` or `try` around them that runs nothing else."""
    if isinstance(statement, _Import):
        return True
    if not isinstance(statement, (ast.If, ast.Try)):
        return False
    inner = [node for node in ast.walk(statement) if isinstance(node, ast.stmt)]
    plain = (*_Import, ast.If, ast.Try, ast.Assign, ast.AnnAssign, ast.Pass, ast.Raise)
    return all(isinstance(node, plain) for node in inner) and any(
        isinstance(node, _Import) for node in inner
    )


def _imported_names(statement: ast.stmt) -> Iterator[str]:
    """Names that a top-level statement imports, functions and classes apart."""
    pending: list[ast.AST] = [statement]
    while pending:
        node = pending.pop()
        if isinstance(node, _Import):
            for alias in node.names:
                yield alias.asname or alias.name.split(".")[0]
        elif not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            pending.extend(ast.iter_child_nodes(node))
