"""A helper that the object itself has: a method of its class, or of a base, that hands its callable to a thread."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from awaken.index.summary import ScopeKind
from awaken.index.terms import Scoped
from awaken.plan.reach import is_inside, kinds_of_method
from awaken.plan.runners.handed_over import runs_through
from awaken.resolve.values import Defined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.plan.runners.runner import Runner
    from awaken.plan.situation import Situation


def inherited_runner(situation: Situation) -> Runner | None:
    """The one helper among the methods of `self`, as it is called where a finding stands."""
    coroutine = situation.home
    index = situation.index
    owner = index.scopes[coroutine.parent] if coroutine.parent >= 0 else None
    itself = coroutine.parameters[:1]
    if owner is None or owner.kind is not ScopeKind.CLASS or not itself:
        return None
    if kinds_of_method(coroutine) or len(coroutine.bindings[itself[0]]) > 1:
        return None
    helpers = dict(_helpers(situation, Defined(index.path, owner.number)))
    if len(helpers) != 1:
        return None
    ((name, (runner, bodies)),) = helpers.items()
    if is_inside(situation, bodies):
        return None
    return replace(runner, spelled=f"{itself[0]}.{name}")


def _helpers(
    situation: Situation, owner: Defined
) -> Iterator[tuple[str, tuple[Runner, frozenset[Defined]]]]:
    for base in situation.resolver.members.ancestry(owner):
        scope = situation.resolver.scope(base) if isinstance(base, Defined) else None
        if scope is None or not isinstance(base, Defined):
            continue
        for name, bindings in scope.bindings.items():
            term = bindings[0].term
            mangled = name.startswith("__") and base != owner
            if len(bindings) == 1 and isinstance(term, Scoped) and not mangled:
                found = runs_through(situation.resolver, Defined(base.path, term.scope))
                if found is not None:
                    yield name, found
