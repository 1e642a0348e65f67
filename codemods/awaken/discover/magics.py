"""What IPython understands and Python does not: each such line stands aside while a cell is read as Python.

https://ipython.readthedocs.io/en/stable/interactive/reference.html: `%magic`, `%%cell magic`, `!command`, `?help`.
A line that stands aside becomes a call of a function that nobody knows, with the names that the line mentions:
whatever it does with them, nothing is assumed of it.
"""

from __future__ import annotations

import ast
import keyword
import re
import warnings
from typing import Final

STAND_IN: Final = "_ipython_line_"
_LINE: Final = re.compile(r"[ \t]*(?:%|!|\?|.*\?\s*$)|[^=#'\"]*(?<![=!<>])=[ \t]*[%!]")
_ASSIGNED: Final = re.compile(r"([ \t]*[\w., \t*()\[\]]+?=)[ \t]*[%!]")
_NAME: Final = re.compile(r"(?<![\w%!.])[^\W\d]\w*")
# Their cells are Python that runs where any other cell does.
_PYTHON_CELLS: Final = ("time", "capture")
_CELL_MAGIC: Final = re.compile(r"[ \t]*%%(\w*)")


def as_python(lines: list[str], first: int) -> list[str]:
    """The lines of one cell as Python.

    A cell that is no Python, or whose magic does something else with it, stands aside as a whole.

    Args:
        lines: the cell, without line ends.
        first: a number for the first line; the lines of one notebook have different ones.
    """
    if _wrong_line(lines) is None:
        return lines
    start = next((number for number, line in enumerate(lines) if line.strip()), 0)
    magic = _CELL_MAGIC.match(lines[start])
    if magic is not None and magic[1] not in _PYTHON_CELLS:
        return _cell_aside(lines, first)
    aside = {start} if magic is not None else set()
    while True:
        result = _lines_aside(lines, aside, first)
        wrong = _wrong_line(result)
        if wrong is None:
            return result
        if wrong in aside or not 0 <= wrong < len(lines) or not _LINE.match(lines[wrong]):
            return _cell_aside(lines, first)
        aside.add(wrong)
        while lines[wrong].endswith("\\") and wrong + 1 < len(lines):
            wrong += 1
            aside.add(wrong)


def _cell_aside(lines: list[str], first: int) -> list[str]:
    behind = [f"# {STAND_IN} {first + number}" for number in range(1, len(lines))]
    return [f"{STAND_IN}({first}{_mentioned(' '.join(lines))})", *behind]


def _lines_aside(lines: list[str], aside: set[int], first: int) -> list[str]:
    """The cell with some of its lines aside; those that a backslash continues share one call."""
    kept = list(lines)
    begun = 0
    for number in sorted(aside):
        names = _mentioned(lines[number])
        if number - 1 in aside and lines[number - 1].endswith("\\"):
            kept[number] = f"# {STAND_IN} {first + number}"
            kept[begun] = f"{kept[begun][:-1]}{names})"
            continue
        begun = number
        assigned = _ASSIGNED.match(lines[number])
        indent = lines[number][: len(lines[number]) - len(lines[number].lstrip(" \t"))]
        before = f"{assigned[1]} " if assigned else indent
        kept[number] = f"{before}{STAND_IN}({first + number}{names})"
    return kept


def _mentioned(line: str) -> str:
    names = dict.fromkeys(name for name in _NAME.findall(line) if not keyword.iskeyword(name))
    return "".join(f", {name}" for name in names)


def _wrong_line(lines: list[str]) -> int | None:
    """The number of the line at which the text stops to be Python, or None."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse("\n".join(lines))
        except SyntaxError as error:
            return (error.lineno or 1) - 1
        except (ValueError, RecursionError, MemoryError):
            return -1
    return None
