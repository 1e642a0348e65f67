"""Code that is never run on the event loop, although it stands in a function that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.detect.loop_context import where_of
from awaken.index.off_loop import GIVE_LOOPS, IS_RUNNING
from awaken.index.terms import Attr, Call, Constant, Declared, Name
from awaken.resolve.evaluation import Where
from awaken.resolve.values import External

if TYPE_CHECKING:
    from awaken.index.summary import Binding, FileIndex, Scope, Site
    from awaken.index.terms import Term
    from awaken.resolve.resolver import Resolver

_GIVE_LOOPS = frozenset(External(f"asyncio.{name}") for name in GIVE_LOOPS)
_ABSENT = Constant("NoneType")
_NEW = frozenset({External("asyncio.new_event_loop"), External("uvloop.new_event_loop")})


def is_off_loop(resolver: Resolver, index: FileIndex, scope: Scope, site: Site) -> bool:
    """Whether a use stands where only code without a running loop comes by.

    Args:
        resolver: knows the project.
        index: the file.
        scope: the scope of the use.
        site: the use.
    """
    number, where = site.suite, where_of(index, scope, site)
    while number >= 0:
        suite = scope.suites[number]
        line, signs = suite.rest_off_loop
        behind = bool(signs) and site.place.line > line
        for rests_on in (suite.off_loop, signs if behind else ()):
            if rests_on and all(
                holds_on_loop(resolver, index, scope, each, where) for each in rests_on
            ):
                return True
        number = suite.parent
    return False


def holds_on_loop(
    resolver: Resolver, index: FileIndex, scope: Scope, sign: Term, where: Where
) -> bool:
    """Whether a sign of a running loop, as `index/off_loop.py` reads them, is there wherever a loop runs."""
    if isinstance(sign, Name):
        return _names_loop(resolver, index, scope, sign.id)
    if not isinstance(sign, Call):
        return False
    if isinstance(sign.func, Attr) and sign.func.name == IS_RUNNING:
        return not _is_new(resolver, scope, sign.func.base, where)
    return _gives_loop(resolver, sign, where)


def _gives_loop(resolver: Resolver, call: Call, where: Where) -> bool:
    values = resolver.values(call.func, where)
    return bool(values) and values <= _GIVE_LOOPS


def _names_loop(resolver: Resolver, index: FileIndex, scope: Scope, name: str) -> bool:
    """Whether a variable holds the running loop, or True, wherever a loop runs."""
    live = [each for each in scope.bindings.get(name, ()) if not _is_dead(scope, each)]
    told = [each for each in live if each.term != _ABSENT]
    return bool(told) and all(_says(resolver, index, each) for each in told)


def _is_dead(scope: Scope, binding: Binding) -> bool:
    """Whether a binding stands in a branch for where no loop runs."""
    number = binding.suite
    while number >= 0:
        if scope.suites[number].off_loop:
            return True
        number = scope.suites[number].parent
    return False


def _says(resolver: Resolver, index: FileIndex, binding: Binding) -> bool:
    term = binding.term.value if isinstance(binding.term, Declared) else binding.term
    if isinstance(term, Constant):
        return term.value is True
    at = Where(index.path, binding.scope, binding.line, binding.column, binding.within)
    return isinstance(term, Call) and _gives_loop(resolver, term, at)


def _is_new(resolver: Resolver, scope: Scope, base: Term, where: Where) -> bool:
    """Whether a loop was made here, so that it does not run."""
    terms = [base]
    if isinstance(base, Name):
        terms = [each.term for each in scope.bindings.get(base.id, ())]
    calls = [each for each in terms if isinstance(each, Call)]
    return any(
        not _NEW.isdisjoint(resolver.values(each.func, where)) for each in calls
    ) and not any(_gives_loop(resolver, each, where) for each in calls)
