"""`nest_asyncio.apply()`: who still needs loops inside of the loop.

It patches asyncio for the whole process, libraries included, so only a project that uses none is known to do
without: https://github.com/erdewit/nest_asyncio
"""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING

from awaken.detect.detect import findings_in
from awaken.plan.fix import Fix, Reason, Strategy
from awaken.plan.names_in_scope import FUNCTIONS
from awaken.plan.reasons import reason
from awaken.plan.recipes import RemoveCall
from awaken.syntax.names import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from awaken.index.reading import ParsedFile
    from awaken.plan.situation import Situation
    from awaken.syntax.positions import Place

_PACKAGE = "nest_asyncio"
_CONTEXT = "ContextVar"
_FAILS = "running-loop"
_RUNS = frozenset(("async_to_sync", "run", "run_forever", "run_sync", "run_until_complete"))


def shares_context(situation: Situation) -> Reason | None:
    """The difference that context variables make where a nested run, in a task of its own, works today; or None."""
    mentions = situation.surroundings.mentions
    return reason("context-shared") if mentions(_PACKAGE) and mentions(_CONTEXT) else None


def plan_nesting(
    situation: Situation,
    situations: Sequence[Situation],
    planned: Sequence[Sequence[Fix | Reason]],
) -> Fix | Reason:
    """Take `nest_asyncio.apply()` away, where nothing is left that needs it.

    Args:
        situation: the call.
        situations: what else was found in the file that has to do with loops.
        planned: what is done about each of these.
    """
    if not _stands_alone(situation):
        return reason("nesting-asked")
    places: list[Place] = []
    for each, options in zip(situations, planned, strict=True):
        if each.finding.entry.refuse != _FAILS:
            continue
        fix = next((option for option in options if isinstance(option, Fix)), None)
        if fix is None or fix.difference is not None:
            return reason("nesting-needed", f"line {each.finding.place.line}")
        places.append(fix.recipe.target.place)
    recipe = RemoveCall(situation.target(), tuple(dict.fromkeys(places)))
    told = "take it away: nothing runs a loop inside of the loop any more"
    doubt = _doubt(situation)
    if doubt is None and not places:
        doubt = reason("nesting-for-others")
    return Fix(Strategy.AWAIT, told, recipe, doubt)


def _stands_alone(situation: Situation) -> bool:
    """Whether the call is a statement of its own, and no `try` looks whether the package is there."""
    tree, call = situation.tree, situation.call
    plain = all(isinstance(each, ast.Name) for each in call.args) and not call.keywords
    tried = any(isinstance(up, ast.Try) for up in tree.ancestors(call))
    return isinstance(tree.parent(call), ast.Expr) and plain and not tried


def _doubt(situation: Situation) -> Reason | None:
    """Why something else may need nested loops: a library, another file, or a function that nobody follows."""
    situation.resolver.touched |= situation.surroundings.files
    for parsed in situation.surroundings.mentioning(("import",)):
        package = next(_libraries(situation, parsed), None)
        where = f"`{package}`" if package is not None else _runs_elsewhere(situation, parsed)
        if where:
            return reason("nesting-elsewhere", where)
    return None


def _runs_elsewhere(situation: Situation, parsed: ParsedFile) -> str:
    """Where a file may run a loop inside of the loop, other than what is planned in the finding's own."""
    path = parsed.index.path
    if path != situation.index.path:
        for finding in findings_in(parsed.index, situation.graph):
            if finding.entry.refuse == _FAILS:
                return f"line {finding.place.line} of {path}"
    line = next(_unfollowed(parsed), None)
    return f"line {line} of {path}" if line is not None else ""


def _libraries(situation: Situation, parsed: ParsedFile) -> Iterator[str]:
    """Packages that a file imports and that are neither the project's nor Python's own."""
    for node in parsed.tree.nodes:
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            names = [node.module]
        for name in names:
            root = name.partition(".")[0]
            known = root in sys.stdlib_module_names or root == _PACKAGE
            if not known and situation.resolver.project.module(root, parsed.index.path) is None:
                yield root


def _unfollowed(parsed: ParsedFile) -> Iterator[int]:
    """Lines on which a function that is no coroutine runs a loop, unless the module itself calls it and nothing else.

    What nobody calls is called from outside: by a notebook, whose cells run on a loop.
    """
    for node in parsed.tree.nodes:
        if not isinstance(node, ast.Call) or last_name(node.func) not in _RUNS:
            continue
        around = [up for up in parsed.tree.ancestors(node) if isinstance(up, FUNCTIONS)]
        inner = around[0] if around else None
        hidden = isinstance(inner, ast.Lambda) or len(around) > 1
        plain = isinstance(inner, ast.FunctionDef)
        if hidden or (plain and _is_for_others(parsed, getattr(inner, "name", ""))):
            yield node.lineno


def _is_for_others(parsed: ParsedFile, name: str) -> bool:
    """Whether a function of the file names another one, or nothing in the file does."""
    uses = [
        node
        for node in parsed.tree.nodes
        if isinstance(node, (ast.Name, ast.Attribute)) and last_name(node) == name
    ]
    return not uses or any(
        isinstance(up, FUNCTIONS) for node in uses for up in parsed.tree.ancestors(node)
    )
