"""`apply --interactive`: the change groups one by one, each with its own diff."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from awaken.engine import Analysis, FilePlan, groups_of
from awaken_cli.prompt import ask
from awaken_cli.proposal import rewritten_or_failed, rule_of
from awaken_cli.render.console import error_console, output_console
from awaken_cli.render.patch import terminal_diff

if TYPE_CHECKING:
    from collections.abc import Callable

    from awaken.plan.fix import ChangeGroup

_HELP: Final = """\
y  make this change
n  leave it (also Enter)
a  make this change and all that follow of the same rule
d  leave this and all that follow in this file
q  stop asking; make what was accepted so far
?  this help"""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A change group, and the plan of the file that it changes."""

    plan: FilePlan
    group: ChangeGroup


@dataclass(slots=True)
class Review:
    """What was decided so far.

    Attributes:
        analysis: where the plans come from.
        candidates: every group by its id, in the order in which they are shown.
        accepted: ids of the groups to write.
        rules: rules whose remaining groups are accepted without asking.
        closed: files whose remaining groups are left.
        stopped: whether asking is over.
    """

    analysis: Analysis
    candidates: dict[str, Candidate]
    accepted: set[str] = field(default_factory=set)
    rules: set[str] = field(default_factory=set)
    closed: set[str] = field(default_factory=set)
    stopped: bool = False

    def with_needs(self, group: ChangeGroup) -> list[str]:
        """Return the id of a group and of all that must be written with it."""
        found: dict[str, None] = {}
        waiting = [group.id]
        while waiting:
            known = self.candidates.get(waiting.pop())
            if known is not None and known.group.id not in found:
                found[known.group.id] = None
                waiting.extend(known.group.needs)
        return list(found)

    def is_open(self, candidate: Candidate) -> bool:
        """Whether a group is still to be decided."""
        group = candidate.group
        return group.id not in self.accepted and group.path not in self.closed


def reviewed(analysis: Analysis, *, unsafe: bool) -> frozenset[str]:
    """Ask about each change group and return the ids of those to write.

    Args:
        analysis: the plans.
        unsafe: whether unsafe fixes are offered.

    Raises:
        KeyboardInterrupt: Ctrl-C at a question; nothing is to be written.
    """
    groups = ((plan, groups_of(plan, unsafe=unsafe)) for plan in analysis.plans)
    candidates = {group.id: Candidate(plan, group) for plan, found in groups for group in found}
    review = Review(analysis, candidates)
    for number, candidate in enumerate(candidates.values(), start=1):
        if review.stopped:
            break
        if not review.is_open(candidate):
            continue
        if rule_of(candidate.group) in review.rules:
            _accept(review, candidate)
        elif _show(review, candidate):
            _decide(review, candidate, f"{number}/{len(candidates)}")
    return frozenset(review.accepted)


def _show(review: Review, candidate: Candidate) -> bool:
    """Show what would be written for one group; False where verification leaves nothing of it."""
    ids = [name for name in review.with_needs(candidate.group) if name not in review.accepted]
    shown = False
    for plan in {
        id(review.candidates[name].plan): review.candidates[name].plan for name in ids
    }.values():
        groups = [
            review.candidates[name].group for name in ids if review.candidates[name].plan is plan
        ]
        rewritten = rewritten_or_failed(review.analysis, plan, groups)
        if rewritten is None or rewritten.change.before == rewritten.change.after:
            continue
        shown = True
        console = output_console()
        for text in terminal_diff(review.analysis, rewritten):
            console.print(text)
    return shown


def _decide(review: Review, candidate: Candidate, position: str) -> None:
    rule = rule_of(candidate.group)
    while True:
        answer = ask(f"({position}) Make this change ({rule})? [y,n,a,d,q,?; default n]")
        action = _ACTIONS.get("q" if answer is None else answer)
        if action is not None:
            action(review, candidate)
            return
        error_console().print(_HELP)


def _accept(review: Review, candidate: Candidate) -> None:
    review.accepted.update(review.with_needs(candidate.group))


def _accept_rule(review: Review, candidate: Candidate) -> None:
    review.rules.add(rule_of(candidate.group))
    _accept(review, candidate)


def _leave(_review: Review, _candidate: Candidate) -> None:
    """The group stays as it is."""


def _close_file(review: Review, candidate: Candidate) -> None:
    review.closed.add(candidate.group.path)


def _stop(review: Review, _candidate: Candidate) -> None:
    review.stopped = True


_ACTIONS: Final[dict[str, Callable[[Review, Candidate], None]]] = {
    "y": _accept,
    "yes": _accept,
    "n": _leave,
    "no": _leave,
    "": _leave,
    "a": _accept_rule,
    "d": _close_file,
    "q": _stop,
}
