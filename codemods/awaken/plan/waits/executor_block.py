"""`with ThreadPoolExecutor() as pool:` leaves when every job is done, and the loop stands still until then.

The block goes into a thread as a whole where it may; where it awaits, what is left for its end does
(reference: `Executor.shutdown`, which is all that `__exit__` does).
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.plan.blocks.block import in_coroutine, plan_block, with_statement
from awaken.plan.blocks.carried_statements import stands_alone
from awaken.plan.fix import Fix, Reason, Strategy
from awaken.plan.offload import runner_of
from awaken.plan.reasons import reason
from awaken.plan.recipes import LeaveInThread, Target
from awaken.resolve.values import External, Instance
from awaken.syntax.positions import Place, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.plan.runners.runner import Runner
    from awaken.plan.situation import Situation

_PROCESSES = "concurrent.futures.ProcessPoolExecutor"
_WAITS = "shutdown"


def plan_executor_block(situation: Situation) -> Iterator[Fix | Reason]:
    """The whole block in one hop; else the wait at its end."""
    runner = runner_of(situation)
    if isinstance(runner, Reason):
        yield runner
        return
    # A process that is forked in a thread has copies of locks that other threads hold.
    block = None if _is_of_processes(situation) else plan_block(situation, runner)
    if isinstance(block, Fix):
        yield block
        return
    left = _left_in_thread(situation, runner)
    told = block if block is not None and block.code != "open-handle" else None
    yield left or told or reason("context-manager")


def _is_of_processes(situation: Situation) -> bool:
    value = situation.value_of(situation.node)
    return isinstance(value, Instance) and any(
        isinstance(base, External) and base.name == _PROCESSES
        for base in situation.resolver.members.ancestry(value.of)
    )


def _left_in_thread(situation: Situation, runner: Runner) -> Fix | None:
    statement = with_statement(situation)
    if statement is None or len(statement.items) > 1 or not in_coroutine(situation, statement):
        return None
    header = _header(situation, statement)
    name = _name(statement.items[0])
    if header is None or not name or not stands_alone(situation, [statement]):
        return None
    if _is_bound_again(statement, name) or any(
        isinstance(node, (ast.Yield, ast.YieldFrom)) for node in ast.walk(statement)
    ):
        return None
    opening, closing = header
    bound = statement.items[0].optional_vars is not None
    if not bound:  # the name has the executor already
        opening, closing = Span(opening.start, closing.end), Span(closing.end, closing.end)
    recipe = LeaveInThread(
        Target(Place.of(statement), situation.finding.scope, situation.finding.suite),
        runner,
        name,
        _WAITS,
        opening,
        closing,
        bound,
    )
    description = f"wait for the jobs through `{runner.shown}` at the end of the block"
    return Fix(Strategy.THREAD, description, recipe)


def _name(item: ast.withitem) -> str:
    """The variable that holds the executor, or empty."""
    target = item.optional_vars if item.optional_vars is not None else item.context_expr
    return target.id if isinstance(target, ast.Name) else ""


def _header(situation: Situation, statement: ast.With) -> tuple[Span, Span] | None:
    """What stands in front of the executor in the header, and what behind it; None where that is not plain."""
    tree, item = situation.tree, statement.items[0]
    made = tree.span(item.context_expr)
    last = item.optional_vars if item.optional_vars is not None else item.context_expr
    end = tree.span(last).end
    colon = tree.text.find(":", end)
    opening = Span(tree.span(statement).start, made.start)
    closing = Span(made.end, colon + 1)
    plain = tree.text[opening.start : opening.end].split() == ["with"]
    between = (
        tree.text[made.end : tree.span(last).start].split()
        if last is not item.context_expr
        else ["as"]
    )
    plain = plain and between == ["as"] and not tree.text[end:colon].strip()
    first = statement.body[0]
    below = tree.offsets.line_of(tree.span(first).start) > tree.offsets.line_of(colon)
    return (opening, closing) if plain and below and colon >= 0 else None


def _is_bound_again(statement: ast.With, name: str) -> bool:
    """Whether something else gets the name in the block, or a function may."""
    for each in statement.body:
        for node in ast.walk(each):
            if (
                isinstance(node, ast.Name)
                and node.id == name
                and not isinstance(node.ctx, ast.Load)
            ):
                return True
            if isinstance(node, (ast.Global, ast.Nonlocal)) and name in node.names:
                return True
    return False
