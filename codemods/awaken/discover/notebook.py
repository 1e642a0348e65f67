"""A Jupyter notebook as one Python text, and edited text back into the notebook's own bytes.

The code cells follow each other in the order of the notebook, each behind a comment that names it. On the way back
only the sources of cells that changed are written anew: everything else in the file stays byte for byte.
https://nbformat.readthedocs.io/en/latest/format_description.html
"""

from __future__ import annotations

import json
import re
import warnings
from bisect import bisect_right
from dataclasses import dataclass
from typing import Final

from awaken.discover.json_places import JsonValue, items, members, whole
from awaken.discover.magics import as_python

SUFFIX: Final = ".ipynb"
_FORMAT: Final = 4
_MARK: Final = re.compile(r"^# %% awaken: cell (\d+)\r?\n", re.MULTILINE)


class NotebookError(ValueError):
    """A notebook that cannot be read."""


class ForeignNotebookError(ValueError):
    """A notebook that holds no Python, or is older than what is read; it is passed over."""


class ChangedCellsError(ValueError):
    """Edited text that does not fit into the cells of its notebook any more."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One code cell.

    Attributes:
        number: its place among all cells of the notebook, from 1.
        source: what it holds.
        start, end: where its source stands in the JSON text.
        line: the line of the Python text at which it begins, behind its mark.
        pieces: the strings of the source, where it is an array of them; None for one string.
    """

    number: int
    source: str
    start: int
    end: int
    line: int
    pieces: tuple[JsonValue, ...] | None


@dataclass(frozen=True, slots=True)
class Notebook:
    """What is needed to turn the Python text of a notebook back.

    Attributes:
        raw: the JSON text.
        cells: its code cells.
        stand_ins: lines of the Python text that stand for others, to these, in their order.
        first_lines: the stand-ins that have to stay the first line of their cell, by the cell's number.
    """

    raw: str
    cells: tuple[Cell, ...]
    stand_ins: dict[str, str]
    first_lines: dict[int, str]

    @property
    def waits_by_hand(self) -> bool:
        """Whether something is said of how cells await."""
        return any("%autoawait" in line for line in self.stand_ins.values())

    def place(self, line: int) -> tuple[int, int]:
        """The number of the cell that holds a line of the Python text, and the line in that cell."""
        starts = [cell.line for cell in self.cells]
        cell = self.cells[max(bisect_right(starts, line) - 1, 0)]
        return cell.number, max(line - cell.line + 1, 1)

    def line_in_file(self, line: int) -> int:
        """The line of the file that holds a line of the Python text."""
        number, inside = self.place(line)
        cell = next(each for each in self.cells if each.number == number)
        at, passed = cell.start, 1
        for piece in cell.pieces or ():
            at = piece.start
            passed += piece.value.count("\n")
            if passed > inside:
                break
        return self.raw.count("\n", 0, at) + 1


def read_notebook(raw: str) -> tuple[str, Notebook]:
    """The Python text of a notebook, and the way back.

    Args:
        raw: the decoded file.

    Raises:
        NotebookError: it is no notebook.
        ForeignNotebookError: it is one that is passed over.
    """
    try:
        document = whole(raw)
    except (ValueError, RecursionError) as error:
        raise NotebookError(f"no valid JSON: {error}") from error
    parts: list[str] = []
    cells: list[Cell] = []
    stand_ins: dict[str, str] = {}
    first_lines: dict[int, str] = {}
    line = 1
    code = _code_cells(raw, document)
    # the first line of a text says how its lines end
    end = "\r" if any("\r\n" in _joined(source.value) for _, source in code) else ""
    for number, source in code:
        text = _joined(source.value)
        lines = text.split("\n")
        python = as_python(lines, line)
        stand_ins.update(
            (after, before) for before, after in zip(lines, python, strict=True) if before != after
        )
        start = next((at for at, each in enumerate(lines) if each.strip()), 0)
        if lines[start].lstrip().startswith("%%"):
            first_lines[number] = python[start]
        parts += [f"# %% awaken: cell {number}{end}", *python]
        cells.append(Cell(number, text, source.start, source.end, line + 1, _pieces(raw, source)))
        line = len(parts) + 1
    joined = "".join(f"{each}\n" for each in parts)
    return joined, Notebook(raw, tuple(cells), stand_ins, first_lines)


def write_notebook(notebook: Notebook, text: str) -> str:
    """The JSON text of a notebook with other Python text.

    Raises:
        ChangedCellsError: a cell is missing, or a line that stands for something else was changed.
    """
    sources = _sources(notebook, text)
    written: list[str] = []
    at = 0
    for cell, source in zip(notebook.cells, sources, strict=True):
        if source != cell.source:
            written += [notebook.raw[at : cell.start], _source_text(notebook.raw, cell, source)]
            at = cell.end
    return "".join([*written, notebook.raw[at:]])


def _code_cells(raw: str, document: JsonValue) -> list[tuple[int, JsonValue]]:
    top = members(raw, document) if isinstance(document.value, dict) else {}
    version = document.value.get("nbformat") if top else None
    if not isinstance(version, int):
        raise NotebookError("no notebook: it has no `nbformat`")
    if version != _FORMAT:
        raise ForeignNotebookError(
            f"notebook format {version}; `jupyter nbconvert --to notebook` brings it to 4"
        )
    _refuse_other_languages(document.value)
    if not isinstance(document.value.get("cells"), list):
        raise NotebookError("no notebook: it has no `cells`")
    found = []
    for number, cell in enumerate(items(raw, top["cells"]), start=1):
        if isinstance(cell.value, dict) and cell.value.get("cell_type") == "code":
            source = members(raw, cell).get("source")
            if source is None or not _is_text(source.value):
                raise NotebookError(f"cell {number} has no source")
            found.append((number, source))
    return found


def _is_text(value: object) -> bool:
    return isinstance(value, str) or (
        isinstance(value, list) and all(isinstance(each, str) for each in value)
    )


def _refuse_other_languages(document: dict[str, object]) -> None:
    metadata = document.get("metadata")
    for key, name in (("language_info", "name"), ("kernelspec", "language")):
        described = metadata.get(key) if isinstance(metadata, dict) else None
        language = described.get(name) if isinstance(described, dict) else None
        if isinstance(language, str) and not language.lower().startswith(("python", "ipython")):
            raise ForeignNotebookError(f"a notebook in {language}, not in Python")


def _joined(source: str | list[str]) -> str:
    return source if isinstance(source, str) else "".join(source)


def _pieces(raw: str, source: JsonValue) -> tuple[JsonValue, ...] | None:
    return None if isinstance(source.value, str) else tuple(items(raw, source))


def cells_of(text: str) -> list[tuple[int, str]]:
    """The code cells in the Python text of a notebook: the number of each, and what it holds."""
    marks = list(_MARK.finditer(text))
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    bodies = [text[mark.end() : end] for mark, end in zip(marks, ends, strict=False)]
    if bodies:  # what has come in front of the first mark belongs behind it
        bodies[0] = text[: marks[0].start()] + bodies[0]
    return [(int(mark[1]), body) for mark, body in zip(marks, bodies, strict=True)]


def _sources(notebook: Notebook, text: str) -> list[str]:
    """The source of each code cell in edited text."""
    cells = cells_of(text)
    if [number for number, _ in cells] != [cell.number for cell in notebook.cells]:
        raise ChangedCellsError("the cells cannot be told apart any more")
    bodies = [body for _, body in cells]
    lines = [line for body in bodies for line in body.split("\n")]
    if [line for line in lines if line in notebook.stand_ins] != list(notebook.stand_ins):
        raise ChangedCellsError("a line that only IPython understands would change")
    return [
        _restored(notebook, cell, body) for cell, body in zip(notebook.cells, bodies, strict=True)
    ]


def _restored(notebook: Notebook, cell: Cell, body: str) -> str:
    body = body.removesuffix("\n")
    if not cell.source.endswith("\r"):
        body = body.removesuffix("\r")  # of a last line that has become another one
    lines = body.split("\n")
    magic = notebook.first_lines.get(cell.number)
    if magic is not None and next((line for line in lines if line.strip()), "") != magic:
        raise ChangedCellsError("a cell magic has to stay the first line of its cell")
    if magic is not None or notebook.waits_by_hand:
        _refuse_new_awaits(cell, lines, notebook)
    return "\n".join(notebook.stand_ins.get(line, line) for line in lines)


def _refuse_new_awaits(cell: Cell, lines: list[str], notebook: Notebook) -> None:
    """What a cell magic is given, and all cells after `%autoawait off`, cannot await outside of functions."""
    stand_ins = {before: after for after, before in notebook.stand_ins.items()}
    old = "\n".join(stand_ins.get(line, line) for line in cell.source.split("\n"))
    if _is_plain(old) and not _is_plain("\n".join(lines)):
        raise ChangedCellsError("this cell cannot await")


def _is_plain(python: str) -> bool:
    """Whether a text is Python without an `await` outside of functions."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(python, "<cell>", "exec", dont_inherit=True)
        except (SyntaxError, ValueError):
            return False
    return True


def _source_text(raw: str, cell: Cell, source: str) -> str:
    """The JSON of a changed source, in the form that it had; lines that stay are spelled as they were."""
    escapes = raw.isascii()
    if cell.pieces is None:
        return json.dumps(source, ensure_ascii=escapes)
    spelled = {each.value: raw[each.start : each.end] for each in cell.pieces}
    lines = [line for line in re.split(r"(?<=\n)", source) if line]
    texts = [spelled.get(line) or json.dumps(line, ensure_ascii=escapes) for line in lines]
    if not texts:
        return "[]"
    before, between, after = _around_items(raw, cell.pieces, cell)
    return f"[{before}{f',{between}'.join(texts)}{after}]"


def _around_items(raw: str, pieces: tuple[JsonValue, ...], cell: Cell) -> tuple[str, str, str]:
    """The white space in front of the first item, behind each comma, and behind the last item."""
    if not pieces:
        line = raw[raw.rfind("\n", 0, cell.start) + 1 : cell.start]
        indent = line[: len(line) - len(line.lstrip())]
        return (f"\n{indent} ", f"\n{indent} ", f"\n{indent}") if indent else ("", " ", "")
    before = raw[cell.start + 1 : pieces[0].start]
    after = raw[pieces[-1].end : cell.end - 1]
    comma = raw[pieces[0].end : pieces[1].start] if pieces[1:] else f",{before or ' '}"
    return before, comma.replace(",", ""), after
