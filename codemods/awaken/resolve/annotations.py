"""From an annotation to the classes whose instances it promises."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.index.terms import Attr, Constant, Display, Item, Name, Operation, Term

if TYPE_CHECKING:
    from collections.abc import Iterator

# Written without an argument they promise no type.
_SAYS_NOTHING = {"Any", "ClassVar", "Final", "Optional", "Union", "Annotated", "object", "Self"}
_TRANSPARENT = {"Optional", "Annotated", "Final", "ClassVar", "Required", "NotRequired", "Mapped"}


def promised_types(term: Term) -> Iterator[tuple[Term, Term | None]]:
    """The class terms that an annotation names, each with its type argument if it has one.

    `Optional[X]`, `X | None`, `Union[X, Y]`, `Annotated[X, ...]` and strings are looked through.
    """
    if isinstance(term, Constant):
        if isinstance(term.value, str):
            named = dotted_term(term.value)
            if named is not None:
                yield named, None
    elif isinstance(term, Operation) and term.operator == "BitOr":
        yield from promised_types(term.left)
        yield from promised_types(term.right)
    elif isinstance(term, Item):
        yield from _subscripted(term)
    elif isinstance(term, (Name, Attr)) and _last_name(term) not in _SAYS_NOTHING:
        yield term, None


def _subscripted(term: Item) -> Iterator[tuple[Term, Term | None]]:
    name = _last_name(term.base)
    arguments = term.index.items if isinstance(term.index, Display) else (term.index,)
    if name == "Union":
        for argument in arguments:
            yield from promised_types(argument)
    elif name in _TRANSPARENT:
        yield from promised_types(arguments[0])
    else:
        yield term.base, arguments[0] if arguments else None


def _last_name(term: Term) -> str:
    if isinstance(term, Name):
        return term.id
    return term.name if isinstance(term, Attr) else ""


def dotted_term(text: str) -> Term | None:
    """`a.b.c` as a term, or None when the text is anything else."""
    parts = text.strip().split(".")
    if not all(part.isidentifier() for part in parts):
        return None
    term: Term = Name(parts[0])
    for part in parts[1:]:
        term = Attr(term, part)
    return term
