"""A queryset, or an object of a model, that a text shows: `f"{qs}"`, `"%s" % qs`."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from awaken.plan.await_position import await_position
from awaken.plan.fix import Fix, Reason, Strategy
from awaken.plan.reasons import reason
from awaken.plan.recipes import ApplyAsync
from awaken.plan.runners.runner_choice import django_runner_for
from awaken.syntax.names import last_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from awaken.plan.situation import Situation

_BY_CONVERSION = {-1: "str", ord("s"): "str", ord("r"): "repr", ord("a"): "ascii"}
_ALWAYS_WRITTEN = ("warning", "warn", "error", "exception", "critical", "fatal")
# One conversion of a `%` format: flags, width, precision, then what it is.
_PERCENT = re.compile(r"%(?:%|[-#0 +]*(?P<width>\*|\d+)?(?:\.(?:\*|\d+))?(?P<kind>[a-zA-Z(]))")


def plan_text(situation: Situation) -> Fix | Reason:
    """The text of what is shown, made in the thread, stands in its place."""
    function = _shown_by(situation)
    if function is None:
        return reason("not-known")
    position = await_position(situation, situation.node)
    if position.refusal is not None:
        return position.refusal
    runner = django_runner_for(situation)
    recipe = ApplyAsync(situation.target(generator=position.generator), runner, function)
    return Fix(Strategy.THREAD, f"run `{function}` through `{runner.shown}`", recipe)


def plan_logged(situation: Situation, argument: ast.expr) -> Fix | None:
    """`logger.error("%s", await sync_to_async(str)(qs))`; None where the whole call has to go to the thread.

    A record says which function has made it, so the call stays where it is, for the levels that are written as good
    as always. At the others nobody may want the text: there the query is made where the record is.
    """
    call = situation.call
    level = last_name(call.func)
    if level not in _ALWAYS_WRITTEN or argument not in call.args[1:]:
        return None
    if _kind(call.args[0], call.args[1:], argument) is None:
        return None
    position = await_position(situation, argument)
    if position.refusal is not None:
        return None
    runner = django_runner_for(situation)
    recipe = ApplyAsync(situation.target(argument, position.generator), runner, "str")
    return Fix(Strategy.THREAD, f"run `str` through `{runner.shown}`", recipe)


def _shown_by(situation: Situation) -> str | None:
    """The builtin that makes the text which is shown, or None where that would be another one."""
    node = situation.node
    parent = situation.tree.parent(node)
    if isinstance(parent, ast.FormattedValue):
        # Querysets refuse a format specification; their text would not.
        refused = parent.conversion == -1 and parent.format_spec is not None
        return None if refused else _BY_CONVERSION[parent.conversion]
    return _shown_by_percent(situation, node)


def _shown_by_percent(situation: Situation, node: ast.expr) -> str | None:
    parent = situation.tree.parent(node)
    values = [node]
    if isinstance(parent, ast.Tuple):
        values = parent.elts
        parent = situation.tree.parent(parent)
    template = parent.left if isinstance(parent, ast.BinOp) else None
    return _kind(template, values, node)


def _kind(template: ast.expr | None, values: Sequence[ast.expr], node: ast.expr) -> str | None:
    """What makes the text of one of the values of a `%` format; None where that is not `str`."""
    if not isinstance(template, ast.Constant) or not isinstance(template.value, str):
        return None
    found = [each for each in _PERCENT.finditer(template.value) if each[0] != "%%"]
    if len(found) != len(values) or any("*" in each[0] for each in found):
        return None
    # The text of a text is the text itself; `%r` would put it into quotes.
    return "str" if found[values.index(node)]["kind"] == "s" else None
