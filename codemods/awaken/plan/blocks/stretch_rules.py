"""Statements that stay where they are, although their calls could be made in any thread."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.index.expressions import plain_term
from awaken.index.summary import Site, Use
from awaken.plan.blocks.gone_through import goes_through_unknown
from awaken.plan.blocks.made_inside import made_inside, root_of
from awaken.plan.recipes import HopBlock
from awaken.plan.windows.changes import MUTATORS
from awaken.resolve.values import External, Method
from awaken.syntax.positions import Place
from awaken.syntax.suites import statements_at

if TYPE_CHECKING:
    from collections.abc import Iterable

    from awaken.plan.blocks.members import Member
    from awaken.plan.situation import Situation

_DEFINES = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef),
    *(ast.Import, ast.ImportFrom),
)


def stays_behind(
    situation: Situation, statement: ast.stmt, block: ast.Module, members: Iterable[Member]
) -> bool:
    """Whether a statement must not be carried to another thread with its neighbours.

    Args:
        situation: a finding near it.
        statement: the statement.
        block: the statements that would be carried, this one among them.
        members: the findings of the function.
    """
    lines = range(statement.lineno, (statement.end_lineno or statement.lineno) + 1)
    if any(line in situation.index.suppressed for line in lines):
        return True  # somebody looked at it and wants it as it is
    return any(
        isinstance(node, _DEFINES)
        or _changes_outside(situation, node, block)
        or (isinstance(node, ast.While) and not _in_own_block(situation, node, members))
        or (isinstance(node, ast.With) and not _enters_known(node, block))
        or goes_through_unknown(situation, node, block)
        or (isinstance(node, ast.Attribute) and _reads_on_the_loop(situation, node))
        for node in ast.walk(statement)
    )


def _changes_outside(situation: Situation, node: ast.AST, block: ast.Module) -> bool:
    """Whether something is changed that others may see: what the thread does to it is no step of the loop's."""
    changed: ast.expr | None = None
    if isinstance(node, (ast.Attribute, ast.Subscript)) and not isinstance(node.ctx, ast.Load):
        changed = node.value
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        library = isinstance(situation.callee(node), (External, Method))  # `os.remove(path)`
        changed = node.func.value if node.func.attr in MUTATORS and not library else None
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        changed = node.args[0] if node.func.id in ("setattr", "delattr") and node.args else None
    if changed is None:
        return False
    root = root_of(changed)
    return isinstance(root, ast.Name) and root.id not in made_inside(block)


def _in_own_block(situation: Situation, loop: ast.While, members: Iterable[Member]) -> bool:
    """Whether a loop that may run for long goes through a file that a `with` around it has opened."""
    blocks = {
        statement
        for member in members
        for fix in [member.planned.best]
        if fix is not None and isinstance(fix.recipe, HopBlock)
        for statement in statements_at(situation.tree, fix.recipe.target.place)
    }
    return any(up in blocks for up in situation.tree.ancestors(loop))


def _enters_known(statement: ast.With, block: ast.Module) -> bool:
    """Whether a `with` enters what a call makes on the spot: a lock is known to others, too."""
    made = made_inside(block)
    return all(
        isinstance(item.context_expr, ast.Call)
        or (isinstance(item.context_expr, ast.Name) and item.context_expr.id in made)
        for item in statement.items
    )


def _reads_on_the_loop(situation: Situation, node: ast.Attribute) -> bool:
    """Whether an attribute is a property of the project that may need the loop, or changes something."""
    if not isinstance(node.ctx, ast.Load):
        return False
    site = Site(Use.ATTRIBUTE, plain_term(node), Place.of(node), situation.finding.suite)
    run = situation.graph.callees.of(site, situation.where._replace(line=None))
    if run is None:
        return False
    verdict = situation.threads.verdict(run.targets)
    return verdict.refusal is not None or verdict.difference is not None
