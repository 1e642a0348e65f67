"""Django and threads used the wrong way round: the form that was meant, where that is certain.

All of these fixes are unsafe by their nature: today the place raises, does nothing, or takes another thread.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from awaken.advice.django_misuse import ATOMIC, CLOSERS, Misuse, async_generator_in, misuse_of
from awaken.index.terms import Call
from awaken.plan.fix import Fix, Reason, Strategy
from awaken.plan.offload import plan_hop
from awaken.plan.orm.native import has_native, means_the_same
from awaken.plan.reasons import reason
from awaken.plan.recipes import PutRight, Replacement
from awaken.plan.runners.runner_choice import django_runner_for
from awaken.plan.runners.runner_uses import runner_called
from awaken.resolve.evaluation import Where
from awaken.resolve.values import External
from awaken.syntax.positions import Place, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from awaken.plan.runners.runner import Runner
    from awaken.plan.situation import Situation

_RUNNER = "{runner}"


def plan_django_misuse(situation: Situation) -> Iterator[Fix | Reason]:
    """What was meant, or why that cannot be told."""
    call = situation.call
    handed = _handed(situation)
    if handed is not None:
        runner, function, found = handed
        yield _PLANS[found](situation, runner, function)
    elif situation.finding.call == ATOMIC.name:
        yield reason("atomic-around-await")
    elif async_generator_in(call) is not None:
        yield _collected(situation)
    elif situation.value_of(call.func) in CLOSERS:
        for option in plan_hop(situation, django_runner_for(situation)):
            yield option.but(reason("closes-now")) if isinstance(option, Fix) else option
    else:
        yield _renamed(situation)


def _handed(situation: Situation) -> tuple[Runner, ast.expr, Misuse] | None:
    """The runner that the finding calls, what it is given, and what is wrong with that."""
    known = situation.calls.get(Place.of(situation.call))
    if known is None or not isinstance(known[1].term, Call) or not situation.call.args:
        return None
    scope, site = known
    where = Where(situation.index.path, scope, *site.place[:2], site.suite)
    found = runner_called(situation.resolver, known[1].term, where, awaited=site.awaited)
    if found is None:
        return None
    runner = found[0]
    position = 1 if runner.before else 0
    if position >= len(situation.call.args):
        return None
    function = situation.call.args[position]
    misuse = misuse_of(situation.graph, runner, situation.finding.value, site.term)
    return (runner, function, misuse) if misuse is not None else None


def _through_django(situation: Situation, runner: Runner, function: ast.expr) -> Fix | Reason:
    """`to_thread(f, a)` to `sync_to_async(f)(a)`."""
    call, tree = situation.call, situation.tree
    awaited = isinstance(tree.parent(call), ast.Await)
    if runner.curries:
        return reason("bare-thread")
    own = {"cancellable", "limiter", "abandon_on_cancel", *runner.own}
    if not awaited or any(each.arg in own for each in call.keywords):
        return reason("runner-arguments")
    whole, given = tree.span(call), tree.span(function)
    arguments: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
    behind = [tree.offsets.span(each).start for each in arguments]
    first = min((start for start in behind if start > given.end), default=None)
    end = Span(given.end, _until(tree.text, given.end, first) if first else whole.end)
    if _has_comment(situation, Span(whole.start, given.start)) or _has_comment(situation, end):
        return reason("comment-in-call")
    recipe = _recipe(
        situation,
        Replacement(Span(whole.start, given.start), f"{_RUNNER}("),
        Replacement(end, ")(" if first is not None else ")()"),
        awaited=f"{django_runner_for(situation).called_name}()",
    )
    return _fix(recipe, f"give `{tree.source(function)}` to Django's own thread", "djangos-thread")


def _looked_up_there(situation: Situation, _: Runner, function: ast.expr) -> Fix | Reason:
    """`sync_to_async(connection.close)()` to `sync_to_async(lambda: connection.close())()`."""
    called = situation.tree.parent(situation.call)
    plain = isinstance(called, ast.Call) and called.func is situation.call
    if not plain or called.args or called.keywords or not isinstance(function, ast.Attribute):  # type: ignore[union-attr]
        return reason("thread-affine")
    if function.attr == "cursor":
        return reason("open-handle")
    span = situation.tree.span(function)
    recipe = _recipe(
        situation,
        Replacement(Span(span.start, span.start), "lambda: "),
        Replacement(Span(span.end, span.end), "()"),
    )
    name = situation.tree.source(function)
    return _fix(recipe, f"look `{name}` up in the thread, too", "raises-today")


def _awaited_itself(situation: Situation, runner: Runner, function: ast.expr) -> Fix | Reason:
    """`await sync_to_async(books.aget)(pk=1)` to `await books.aget(pk=1)`."""
    call, tree = situation.call, situation.tree
    called = tree.parent(call)
    plain = isinstance(called, ast.Call) and called.func is call and runner.curries
    if called is None or not plain or len(call.args) > 1 or call.keywords:
        return reason("await-it-instead")
    if not isinstance(function, ast.Attribute):
        return reason("await-it-instead")
    whole, given = tree.span(call), tree.span(function)
    gaps = (Span(whole.start, given.start), Span(given.end, whole.end))
    if any(_has_comment(situation, gap) for gap in gaps):
        return reason("comment-in-call")
    if not isinstance(tree.parent(called), ast.Await):
        return reason("await-it-instead")
    recipe = _recipe(
        situation,
        *(Replacement(gap, "") for gap in gaps),
        awaited=function.attr,
        gone=f"{runner.called_name}()",
    )
    return _fix(recipe, f"await `{tree.source(function)}` itself", "raises-today")


def _lazy(_: Situation, __: Runner, ___: ast.expr) -> Reason:
    return reason("lazy-in-thread")


def _collected(situation: Situation) -> Fix | Reason:
    """`list(b async for b in books)` to `[b async for b in books]`, `sum(...)` to `sum([...])`."""
    call, tree = situation.call, situation.tree
    generator = async_generator_in(call)
    span, whole = tree.span(call), tree.span(generator or call)
    opening = tree.text.find("(", tree.span(call.func).end)
    if tree.text[opening + 1 : whole.start].strip() or tree.text[whole.end : span.end].strip(")"):
        return reason("comment-in-call")
    is_list = situation.value_of(call.func) == External("builtins.list")
    start, end = (span.start, span.end) if is_list else (whole.start, whole.end)
    both = (
        opening == whole.start and not is_list
    )  # one pair of parentheses for the call and the generator
    recipe = _recipe(
        situation,
        Replacement(Span(start, whole.start + 1), "([" if both else "["),
        Replacement(Span(whole.end - 1, end), "])" if both else "]"),
    )
    return _fix(recipe, "collect the rows in a list", "raises-today")


def _renamed(situation: Situation) -> Fix | Reason:
    """`await books.count()` to `await books.acount()`."""
    native, func = situation.finding.entry.native, situation.call.func
    if native is None or not isinstance(func, ast.Attribute):
        return reason("django-version")
    if not has_native(situation):
        return reason("django-version")
    if not means_the_same(situation):
        return reason("overridden-in-project")
    end = situation.tree.span(func).end
    name = Span(end - len(func.attr), end)
    recipe = _recipe(situation, Replacement(name, native.name), awaited=native.name)
    return _fix(recipe, f"await `{native.name}`", "raises-today")


def _recipe(
    situation: Situation, *replacements: Replacement, awaited: str = "", gone: str = ""
) -> PutRight:
    return PutRight(situation.target(), replacements, django_runner_for(situation), awaited, gone)


def _fix(recipe: PutRight, description: str, difference: str) -> Fix:
    itself = recipe.awaited and not recipe.awaited.endswith("()")
    strategy = Strategy.AWAIT if itself else Strategy.THREAD
    return Fix(strategy, description, recipe, reason(difference))


def _until(text: str, start: int, first: int) -> int:
    """Where the arguments begin, with the line break in front of them."""
    broken = re.search(r"[\r\n]", text[start:first])
    return start + broken.start() if broken else first


def _has_comment(situation: Situation, span: Span) -> bool:
    return "#" in situation.tree.text[span.start : span.end]


_PLANS: dict[Misuse, Callable[[Situation, Runner, ast.expr], Fix | Reason]] = {
    Misuse.BARE_THREAD: _through_django,
    Misuse.LOOKED_UP: _looked_up_there,
    Misuse.LAZY: _lazy,
    Misuse.COROUTINE: _awaited_itself,
}
