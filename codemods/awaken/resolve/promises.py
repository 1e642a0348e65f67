"""What a catalogue entry's `returns` promises, as a value.

`pkg.X` is an instance of X that holds what the receiver holds, `pkg.X[pkg.Y]` one that holds Y, and a container may
have several (`builtins.tuple[element, builtins.bool]`). `type[pkg.X]` is the class itself, `self` the receiver,
`element` an instance of what it holds and `type[element]` the class of that.
`type[argument]` is the class given as the first argument, which only the resolver can tell.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from awaken.resolve.containers import is_container
from awaken.resolve.values import UNKNOWN, Defined, External, Instance, sole

if TYPE_CHECKING:
    from awaken.resolve.values import Value

FIRST_ARGUMENT = "type[argument]"
_ELEMENT = re.compile(r"(?<![\w.])element(?![\w.])")
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
        return _argument(returns, element)
    subscript = _SUBSCRIPT.fullmatch(returns)
    if subscript is None:
        return Instance(External(returns), element)
    base, arguments = External(subscript[1]), subscript[2].split(", ")
    if base.name == "type":
        return External(arguments[0])
    held = tuple(frozenset({_argument(each, element)}) for each in arguments)
    first = sole(held[0]) if len(held) == 1 else UNKNOWN
    made_of = first.of if isinstance(first, Instance) else None
    return Instance(base, made_of, held if is_container(base) else ())


def needs_element(returns: str) -> bool:
    """Whether what a call gives depends on what a receiver, or the first argument of a function, holds."""
    return _ELEMENT.search(returns) is not None


def _argument(text: str, element: Value | None) -> Value:
    if text == "element":
        return Instance(element) if isinstance(element, (External, Defined)) else UNKNOWN
    return Instance(External(text))
