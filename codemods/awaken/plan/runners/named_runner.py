"""The runner that a project names in its configuration: `offload = "app.aio.run_blocking"`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from awaken.index.terms import Imported
from awaken.plan.imports_back import imports_back

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.plan.runners.runner import Runner
    from awaken.plan.situation import Situation
    from awaken.resolve.values import Defined


@dataclass(frozen=True, slots=True)
class NamedRunner:
    """A runner by its qualified name.

    Attributes:
        runner: what takes calls off the loop.
        function: where the project defines it; None for a function of a library.
    """

    runner: Runner
    function: Defined | None = None


def named_runner_at(situation: Situation, named: NamedRunner) -> Runner | None:
    """The runner as it can be called where a finding stands.

    None in its own module and in all that this imports: it may consist of what stands there, and an import
    would go in a circle.
    """
    if named.function is None:
        return named.runner
    if imports_back(situation.resolver, named.function.path, situation.index):
        return None
    known = next(_names_of(situation, named.function), "")
    return replace(named.runner, spelled=known)


def _names_of(situation: Situation, function: Defined) -> Iterator[str]:
    """Names under which the file has imported the function, seen from the finding."""
    module = situation.index.scopes[0]
    for name, bindings in module.bindings.items():
        imported = any(isinstance(each.term, Imported) and each.term.member for each in bindings)
        if imported and situation.resolver.lookup(name, situation.where) == {function}:
            yield name
