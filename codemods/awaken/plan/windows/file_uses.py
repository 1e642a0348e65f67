"""Which files a use in a function reads or writes, by the expression that names them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from awaken.index.summary import Use
from awaken.index.terms import Attr, Call, Constant, Display, Item, Name, Operation, Term
from awaken.plan.threads.thread_trouble import Looked, written
from awaken.resolve.values import External, Method

if TYPE_CHECKING:
    from collections.abc import Iterator

READS = frozenset(("read_text", "read_bytes"))
WRITES = frozenset(("write_text", "write_bytes"))
_OPENERS = frozenset(
    ("builtins.open", "io.open", "codecs.open", "gzip.open", "bz2.open", "lzma.open")
)
_WRITING = re.compile("[wax+]")


class FileUse(NamedTuple):
    """A file that is read or written.

    Attributes:
        place: what names the file; equal for equal names of one file.
        writes: whether it is written.
        line: where.
        what: the name as somebody would write it.
    """

    place: str
    writes: bool
    line: int
    what: str


def file_uses(look: Looked) -> Iterator[FileUse]:
    """The files that one use opens, reads or writes."""
    call = look.site.term
    if look.site.use is not Use.CALL or not isinstance(call, Call):
        return
    line = look.site.place.line
    for value in look.values(call.func):
        if isinstance(value, External) and value.name in _OPENERS and call.args:
            yield FileUse(_place(look, call.args[0]), _writes(call, 1), line, written(call.args[0]))
        elif isinstance(value, Method) and isinstance(call.func, Attr):
            base = call.func.base
            if value.entry.name in READS | WRITES:
                wrote = value.entry.name in WRITES
                yield FileUse(_place(look, base), wrote, line, written(base))
            elif value.entry.name == "open" and value.owner.startswith("pathlib."):
                yield FileUse(_place(look, base), _writes(call, 0), line, written(base))


def _writes(call: Call, position: int) -> bool:
    mode = dict(call.keywords).get("mode")
    if mode is None and len(call.args) > position:
        mode = call.args[position]
    return isinstance(mode, Constant) and bool(_WRITING.search(str(mode.value)))


def _place(look: Looked, term: Term) -> str:
    """What names a file everywhere in the module, or else in this function only."""
    function = look.function
    own = function.parameters[:1]
    outside = all(
        name not in function.bindings or name in function.outer or (name,) == own
        for name in _names(term)
    )
    home = look.index.path if outside else f"{look.index.path}:{function.number}"
    return f"{home} {term!r}"


def _names(term: Term) -> Iterator[str]:
    if isinstance(term, Name):
        yield term.id
    elif isinstance(term, (Attr, Item)):
        yield from _names(term.base)
    elif isinstance(term, Operation):
        yield from _names(term.left)
        yield from _names(term.right)
    elif isinstance(term, Call):
        yield from _names(term.func)
        for each in term.args:
            yield from _names(each)
    elif isinstance(term, Display):
        for each in term.items:
            yield from _names(each)
