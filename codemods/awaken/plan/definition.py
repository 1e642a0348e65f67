"""A module-level function or class that rewritten code calls: what a recipe asks for, as data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Definition:
    """A function or class to be put below the imports of a file, once for all recipes that ask for it.

    Attributes:
        name: what it is called, unless the file has that name already.
        text: its source, decorators included, indented by four spaces, without a newline at the end.
        uses: qualified names that the text mentions, written out (`functools.cache`); they are imported,
            and spelled as the file spells them.
    """

    name: str
    text: str
    uses: tuple[str, ...] = ()
