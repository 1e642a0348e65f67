"""A handle all of whose uses are known, and what a cancelled task might do to it."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from awaken.plan.blocks.made_inside import root_of
from awaken.plan.handles.opening import Opening, is_read_only

if TYPE_CHECKING:
    from awaken.plan.fix import PlannedFinding
    from awaken.plan.situation import Situation

_READS = ("builtins.iter", "builtins.next")


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a handle, and what would be done about it alone.

    Attributes:
        number: its number among the findings; None where it is none.
        situation: where it stands.
        planned: the hop that it takes.
    """

    number: int | None
    situation: Situation
    planned: PlannedFinding


@dataclass(frozen=True, slots=True)
class Held:
    """An opening whose uses are all known.

    Attributes:
        opening: what is opened.
        name: the variable that holds it.
        uses: those of its uses that have no fix of their own.
    """

    opening: Opening
    name: str
    uses: tuple[Use, ...]


def may_tear(held: Held) -> bool:
    """Whether a cancelled task might close the handle in the middle of a call that writes to it.

    One `write` of a file ends before its buffer is closed; a call that writes several times may be cut short.
    """
    if not held.opening.settles:
        return bool(held.uses)
    if is_read_only(held.opening):
        return False
    return any(
        use.situation.finding.call not in _READS
        and not _is_own_method(held.name, use.situation.node)
        for use in held.uses
    )


def _is_own_method(name: str, node: ast.expr) -> bool:
    """Whether a use is one call of a method, or a loop over the lines."""
    if not isinstance(node, ast.Call):
        return True
    func = node.func
    many = isinstance(func, ast.Attribute) and func.attr == "writelines"
    root = root_of(func)
    return isinstance(root, ast.Name) and root.id == name and not many
