"""Whether the arguments of a call are what a catalogue entry asks for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from awaken.index.terms import Attr, Call, Constant, Name, Operation, Term

if TYPE_CHECKING:
    from awaken.catalogue.schema import Condition, Entry


def as_called(entry: Entry, call: Term) -> Entry:
    """What the catalogue says of a function when it is called with these arguments."""
    for variant in entry.variants:
        if isinstance(call, Call) and holds(variant.when, call):
            return replace(entry, returns=variant.returns, result=variant.result)
    return entry


def holds(condition: Condition, call: Call) -> bool:
    """Whether an argument of `call` has one of the values that `condition` names."""
    given: Term | None = dict(call.keywords).get(condition.argument) if condition.argument else None
    if given is None and condition.position is not None and condition.position < len(call.args):
        given = call.args[condition.position]
    if given is None:
        return condition.absent and all(name is not None for name, _ in call.keywords)
    if isinstance(given, Constant):
        return given.value in condition.equals
    return condition.computed or _names_one(given, condition.constants)


def _names_one(term: Term, constants: tuple[str, ...]) -> bool:
    """`os.WNOHANG`, alone or in a `|`, by its last part."""
    if isinstance(term, Operation) and term.operator == "BitOr":
        return _names_one(term.left, constants) or _names_one(term.right, constants)
    name = term.name if isinstance(term, Attr) else term.id if isinstance(term, Name) else ""
    return name in {constant.rpartition(".")[2] for constant in constants}
