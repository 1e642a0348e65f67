"""What a catalogue entry's `returns` promises, as a value.

`pkg.X` is an instance of X that holds what the receiver holds, `pkg.X[pkg.Y]` one that holds Y; `pkg.X[element]`
is a container of that, `type[pkg.X]` the class itself, `self` the receiver, `element` an instance of what it holds,
`type[element]` the class of that.
`type[argument]` is the class given as the first argument, which only the resolver can tell.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from awaken.resolve.containers import is_container
from awaken.resolve.values import UNKNOWN, Defined, External, Instance

if TYPE_CHECKING:
    from awaken.resolve.values import Value

FIRST_ARGUMENT = "type[argument]"
_SUBSCRIPT = re.compile(r"([^\[]+)\[([^\[\]]+)\]")


def promised_value(returns: str | None, itself: Value, element: Value | None) -> Value:
    """The value that a call gives.

    Args:
        returns: the entry's text, or None when the result is not followed.
        itself: the receiver, or an instance of the class that the method was reached through.
        element: what the receiver holds, where that is known.
    """
    if not returns or returns == FIRST_ARGUMENT:
        return UNKNOWN
    if returns == "self":
        return itself
    if returns == "type[element]":
        return UNKNOWN if element is None else element
    if returns == "element":
        return Instance(element) if isinstance(element, (External, Defined)) else UNKNOWN
    subscript = _SUBSCRIPT.fullmatch(returns)
    if subscript is None:
        return Instance(External(returns), element)
    base, named = External(subscript[1]), External(subscript[2])
    if base.name == "type":
        return named
    argument = element if named.name == "element" else named
    if not isinstance(argument, (External, Defined)):
        return Instance(base)
    held = (frozenset({Instance(argument)}),) if is_container(base) else ()
    return Instance(base, argument, held)
