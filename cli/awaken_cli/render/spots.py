"""Lines as people count them: those of a notebook within its cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from awaken.discover.notebook import Notebook
    from awaken.engine import Analysis


@dataclass(frozen=True, slots=True)
class Spots:
    """Where lines of the text that was analysed stand for people and for programs.

    Attributes:
        notebooks: the notebooks of a run, by path.
    """

    notebooks: Mapping[str, Notebook]

    def cell(self, path: str, line: int) -> int | None:
        """The number of the cell that holds a line; None in a file that has no cells."""
        notebook = self.notebooks.get(path)
        return notebook.place(line)[0] if notebook else None

    def line(self, path: str, line: int) -> int:
        """The line, within its cell where there is one."""
        notebook = self.notebooks.get(path)
        return notebook.place(line)[1] if notebook else line

    def in_file(self, path: str, line: int) -> int:
        """The line of the file itself, of whose text a notebook's code is only a part."""
        notebook = self.notebooks.get(path)
        return notebook.line_in_file(line) if notebook else line

    def shown(self, path: str, line: int) -> str:
        """The line for people: `12`, or `cell 3:4`."""
        cell = self.cell(path, line)
        inside = self.line(path, line)
        return str(inside) if cell is None else f"cell {cell}:{inside}"


def spots_of(analysis: Analysis) -> Spots:
    """The spots of everything that an analysis found."""
    return Spots(
        {
            plan.source.relative: plan.source.notebook
            for plan in analysis.plans
            if plan.source.notebook is not None
        }
    )
