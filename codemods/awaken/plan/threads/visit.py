"""A function that would run in another thread, and which of its objects nobody else has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from awaken.index.summary import Use
from awaken.index.terms import OPAQUE, Argument, Attr, Call, Constant
from awaken.plan.threads.origin import Origin
from awaken.plan.threads.shared_writes import is_maker
from awaken.resolve.evaluation import Where
from awaken.resolve.values import Bound, Defined

if TYPE_CHECKING:
    from awaken.detect.callees import Target
    from awaken.index.summary import FileIndex, Scope, Site
    from awaken.index.terms import Term
    from awaken.resolve.resolver import Resolver


class Visit(NamedTuple):
    """A function on the way.

    Attributes:
        target: the function.
        fresh: whether nobody else has its `self`.
        made: its parameters that are given objects which nobody else has, or which cannot change.
    """

    target: Target
    fresh: bool = False
    made: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Caller:
    """A use that runs functions of the project.

    Attributes:
        index: the file in which it stands.
        function: the function around it.
        site: the use.
        made: parameters of the function around that are given new objects.
    """

    index: FileIndex
    function: Scope
    site: Site
    made: frozenset[str] = frozenset()


def visit(resolver: Resolver, caller: Caller, target: Target) -> Visit:
    """How a use visits one of the functions that it runs."""
    below = resolver.scope(target.function)
    if below is None:
        return Visit(target)
    origin = Origin(resolver, caller.index, caller.function, made=caller.made)
    term = caller.site.term
    func = term.func if isinstance(term, Call) else term
    fresh = is_maker(below) or (isinstance(func, Attr) and origin.is_made(func.base))
    if caller.site.use is not Use.CALL or not isinstance(term, Call):
        return Visit(target, fresh)
    taken = _taken(origin, term, target.function, below)
    return Visit(
        target, fresh, _made(origin, term, below, taken) if taken is not None else frozenset()
    )


def _made(origin: Origin, call: Call, below: Scope, taken: int) -> frozenset[str]:
    """The parameters that are given something new, or left with a default that cannot change."""
    if OPAQUE in call.args or any(name is None for name, _ in call.keywords):
        return frozenset()  # `*rows` and `**options` may hold anything
    given: dict[str, Term] = dict(zip(below.parameters[taken:], call.args, strict=False))
    given.update({name: value for name, value in call.keywords if name is not None})
    new = {name for name, value in given.items() if origin.is_made(value)}
    named = given.keys() | {*below.parameters[:taken]}
    left = {name for name in below.bindings if below.is_argument(name)} - named
    return frozenset(new | {name for name in left if _is_constant(below, name)})


def _taken(origin: Origin, call: Call, function: Defined, below: Scope) -> int | None:
    """How many parameters the call itself fills in, such as `self`; None where it is another function's call."""
    where = Where(origin.index.path, origin.function.number)
    values = origin.resolver.values(call.func, where)
    if function in values:
        return 0
    if Defined(function.path, below.parent) in values:
        return 1  # the class is called, and this makes its object
    bound = any(isinstance(each, Bound) and each.function == function for each in values)
    return 1 if bound else None


def _is_constant(function: Scope, name: str) -> bool:
    """Whether a parameter stands for None, or the like, where it is not given."""
    terms = [each.term for each in function.bindings[name] if each.column < 0]
    return all(isinstance(each, Argument) and isinstance(each.default, Constant) for each in terms)
