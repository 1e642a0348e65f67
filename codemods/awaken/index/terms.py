"""Terms: expressions as the index keeps them, unevaluated, until the resolver knows the whole project."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Name:
    """A bare name."""

    id: str


@dataclass(frozen=True, slots=True)
class Attr:
    """`base.name`."""

    base: Term
    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """`func(*args, **keywords)`; a keyword named None is a `**` argument."""

    func: Term
    args: tuple[Term, ...] = ()
    keywords: tuple[tuple[str | None, Term], ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """`base[index]`; the index is kept when it is a literal."""

    base: Term
    index: Term


@dataclass(frozen=True, slots=True)
class Element:
    """What iterating over `base` gives, with `for` or with `async for`."""

    base: Term


@dataclass(frozen=True, slots=True)
class Part:
    """Position `index` of an unpacked value; -1 when it cannot be told."""

    base: Term
    index: int


@dataclass(frozen=True, slots=True)
class Entered:
    """What `with base as x` binds; `awaited` for `async with`."""

    base: Term
    awaited: bool


@dataclass(frozen=True, slots=True)
class Awaited:
    """`await base`."""

    base: Term


@dataclass(frozen=True, slots=True)
class Operation:
    """A binary operation (`/` builds paths)."""

    left: Term
    operator: str
    right: Term


@dataclass(frozen=True, slots=True)
class Either:
    """One of several values: `a or b`, `a if c else b`, a union annotation."""

    options: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal; long strings and bytes are kept as their type only."""

    type: str
    value: str | int | float | bool | None = None


@dataclass(frozen=True, slots=True)
class Display:
    """A list, tuple, set or dict display with its items, a slice or an f-string (without).

    A dict has its keys for items; `values` are what they lead to.
    """

    type: str
    items: tuple[Term, ...] = ()
    values: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True)
class Comprehended:
    """A comprehension or generator expression: what its scope makes for each item, and for a dict the value."""

    type: str
    scope: int
    item: Term
    value: Term | None = None


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A term as it stands at another place of the file: what a container gets later."""

    term: Term
    scope: int
    line: int
    column: int
    suite: int


@dataclass(frozen=True, slots=True)
class Annotation:
    """An instance of the type that an annotation names."""

    type: Term


@dataclass(frozen=True, slots=True)
class Declared:
    """A value with an annotation, which counts where the value cannot be followed."""

    value: Term
    annotation: Annotation


@dataclass(frozen=True, slots=True)
class Imported:
    """`import module` (member None), or `from module import member`; `level` counts leading dots."""

    module: str
    member: str | None
    level: int


@dataclass(frozen=True, slots=True)
class Scoped:
    """A function, class or lambda defined in this file, by the number of its scope."""

    scope: int


@dataclass(frozen=True, slots=True)
class Argument:
    """A parameter of the function whose scope has this number."""

    scope: int
    position: int
    annotation: Term | None
    default: Term | None


@dataclass(frozen=True, slots=True)
class Opaque:
    """Anything the resolver does not follow."""


Term: TypeAlias = (
    "Name | Attr | Call | Item | Element | Part | Entered | Awaited | Operation | Either | Constant"
    " | Display | Comprehended | Elsewhere | Annotation | Declared | Imported | Scoped | Argument | Opaque"
)

OPAQUE = Opaque()
# What stands in the brackets of a slice with a step; without one it is a `slice`.
STEPPED = "stepped slice"


def is_slice(term: Term) -> bool:
    """Whether a term is `base[start:end]`."""
    return isinstance(term, Item) and isinstance(term.index, Display) and term.index.type == "slice"


def slice_protocol(term: Term) -> str:
    """What the catalogue calls taking a slice, without a step and with one; empty for anything else."""
    if not isinstance(term, Item) or not isinstance(term.index, Display):
        return ""
    return {"slice": "__getitem__(slice)", STEPPED: "__getitem__(step)"}.get(term.index.type, "")


def last_part(term: Term) -> str:
    """The last part of a dotted name, `c` of `a.b.c`; empty for any other term."""
    if isinstance(term, Attr):
        return term.name
    return term.id if isinstance(term, Name) else ""
