"""What statements may do in Django's own thread: all of Django, and what neither needs the loop nor minds the thread.

Django's synchronous code runs there anyway (reference: "Asynchronous support", and `asgiref.sync.sync_to_async`,
which is thread-sensitive unless told otherwise).
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from awaken.detect.blocking import callable_entry
from awaken.detect.callees import Target
from awaken.index.expressions import plain_term
from awaken.index.summary import ScopeKind
from awaken.index.terms import Imported
from awaken.plan.blocks.carried_calls import (
    CARRIED_BUILTINS,
    THREAD_BOUND,
    in_standard_library,
)
from awaken.plan.blocks.carried_statements import (
    asks_for_outer_exception,
    is_carried,
    raises_in_thread,
    waits,
)
from awaken.plan.blocks.made_inside import root_of
from awaken.plan.names_in_scope import bound_names
from awaken.plan.orm.transactions.tasks import sends_task
from awaken.plan.reasons import reason
from awaken.plan.threads.project_calls import caller_at, given_classes, run_of
from awaken.plan.threads.thread_trouble import affinity
from awaken.resolve.values import UNKNOWN, Awaitable, Bound, Defined, External, Instance, Method
from awaken.syntax.positions import Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from awaken.plan.fix import Reason
    from awaken.plan.situation import Situation
    from awaken.resolve.values import Value

_FRAMEWORK = ("django.", "rest_framework.")
_OPEN = ("holds-gil", None)
_UNPROVEN = "unproven-callee"
_CALLS_ITS_FIRST = (External("django.db.transaction.on_commit"), External("functools.partial"))


class Judgement(NamedTuple):
    """What it comes to that Django's thread runs some statements.

    Attributes:
        refusal: why it would break them, or None.
        difference: what cannot be told of them, or what would be different, or None.
    """

    refusal: Reason | None
    difference: Reason | None


def judgement_of(
    situation: Situation, block: Sequence[ast.stmt], plain: frozenset[ast.AST] = frozenset()
) -> Judgement:
    """What it comes to that neighbouring statements run in Django's thread, without what leaves them.

    Args:
        situation: a finding in the block.
        block: the statements.
        plain: what waits in them and will not, with the calls that are awaited.
    """
    difference: Reason | None = None
    made = bound_names(block)
    for node in ast.walk(ast.Module([*block], [])):
        if node in plain:
            continue
        if waits(node):
            return Judgement(reason("open-handle"), None)
        if isinstance(node, (ast.Name, ast.Attribute)) and _is_of_the_loop(situation, node, made):
            return Judgement(reason("thread-affine", f"`{situation.tree.source(node)}`"), None)
        if isinstance(node, ast.Raise) and not raises_in_thread(situation, node, block):
            return Judgement(reason("leaves-the-block"), None)
        if isinstance(node, ast.Call):
            found = _of_call(situation, node, block)
            if found.refusal is not None:
                return found
            difference = difference or found.difference
    return Judgement(None, difference)


def _is_of_the_loop(situation: Situation, node: ast.Name | ast.Attribute, made: set[str]) -> bool:
    """Whether a connection or cursor is read that the loop's thread has looked up: it is of no use in another one.

    What `django.db` has under `connection` and `connections` gives each thread its own.
    """
    root = root_of(node)
    if not isinstance(root, ast.Name) or root.id in made or is_imported(situation, root):
        return False
    anywhere = situation.where._replace(line=None)
    values = situation.resolver.values(plain_term(node), anywhere)
    return any(affinity(situation.resolver, value) is not None for value in values)


def is_imported(situation: Situation, node: ast.expr) -> bool:
    """Whether the name that an expression starts with stands for what an import gives, wherever the finding stands."""
    root = root_of(node)
    scope = situation.scope
    if not isinstance(root, ast.Name):
        return False
    while root.id not in scope.bindings and scope.parent >= 0:
        scope = situation.index.scopes[scope.parent]
    bindings = scope.bindings.get(root.id, ())
    return bool(bindings) and all(isinstance(each.term, Imported) for each in bindings)


def _of_call(situation: Situation, call: ast.Call, block: Sequence[ast.stmt]) -> Judgement:
    """The same for one call, and for what it calls back."""
    called_back = _of_callback(situation, call)
    if called_back.difference is not None or is_carried(situation, call, block):
        return called_back
    if asks_for_outer_exception(situation, call, block):
        return Judgement(_unproven(situation, call), None)
    value = situation.callee(call)
    found = _of_value(situation, call, value)
    if found.refusal is not None:
        return found
    handed = _of_functions(situation, call)
    return handed if handed.refusal else Judgement(None, found.difference or handed.difference)


def _of_value(situation: Situation, call: ast.Call, value: Value) -> Judgement:
    """What calling a value comes to."""
    unproven = _unproven(situation, call)
    entry = callable_entry(situation.resolver, value)
    if entry is not None and entry.entry.refuse not in _OPEN and call is not situation.node:
        return Judgement(reason(entry.entry.refuse or _UNPROVEN), None)
    if isinstance(value, Method):
        return Judgement(unproven if value.native else None, None)
    if isinstance(value, External):
        return _of_library(value.name, unproven, known=entry is not None)
    if isinstance(value, (Defined, Bound)):
        return _of_project(situation, call, value)
    if any(isinstance(each, Awaitable) for each in situation.results_of(call)):
        return Judgement(unproven, None)
    receiver = situation.receiver(call)
    own = isinstance(receiver, Instance) and _is_frameworks(receiver.of)
    return Judgement(None, None if own or sends_task(situation, call.func) else unproven)


def _of_library(name: str, unproven: Reason, *, known: bool) -> Judgement:
    root, _, member = name.partition(".")
    if root in THREAD_BOUND or (root == "builtins" and member not in CARRIED_BUILTINS):
        return Judgement(unproven, None)
    fit = known or name.startswith(_FRAMEWORK) or in_standard_library(name)
    return Judgement(None, None if fit else unproven)


def _of_project(situation: Situation, call: ast.Call, value: Defined | Bound) -> Judgement:
    """Functions of the project, as the other rooms judge them; making an object of a model runs Django's own code."""
    function = value.function if isinstance(value, Bound) else value
    scope = situation.resolver.scope(function)
    run = run_of(situation, call)
    if scope is None or scope.is_async:
        return Judgement(_unproven(situation, call), None)
    if run is not None:
        caller, given = caller_at(situation, Place.of(call)), given_classes(situation, call)
        verdict = situation.threads.verdict(run.targets, caller=caller, given=given)
        return Judgement(verdict.refusal, verdict.difference)
    if scope.kind is ScopeKind.CLASS:
        bases = situation.resolver.members.ancestry(function)
        own = all(isinstance(base, Defined) or _is_frameworks(base) for base in bases)
        return Judgement(None, None if own else _unproven(situation, call))
    return Judgement(None, _unproven(situation, call))


def _of_callback(situation: Situation, call: ast.Call) -> Judgement:
    """`transaction.on_commit(callback)` of something that is not known."""
    value = situation.callee(call)
    called = call.args[0] if call.args else None
    if value not in _CALLS_ITS_FIRST or not isinstance(called, (ast.Name, ast.Attribute)):
        return Judgement(None, None)
    known = UNKNOWN not in situation.values_of(called) or sends_task(situation, called)
    told = f"`{situation.tree.source(called)}`"
    return Judgement(None, None if known else reason(_UNPROVEN, told))


def _of_functions(situation: Situation, call: ast.Call) -> Judgement:
    """What functions that a call is given come to: `transaction.on_commit(send)` calls it in the same thread."""
    difference: Reason | None = None
    for function in _handed(situation, call):
        scope = situation.resolver.scope(function)
        if scope is None or scope.is_async or scope.yields:
            return Judgement(_unproven(situation, call), None)
        verdict = situation.threads.verdict([Target(function)])
        if verdict.refusal is not None:
            return Judgement(verdict.refusal, None)
        difference = difference or verdict.difference
    return Judgement(None, difference)


def _handed(situation: Situation, call: ast.Call) -> Iterator[Defined]:
    """Functions of the project among the arguments; what stands in a `lambda` is looked at where it stands."""
    for each in (*call.args, *(keyword.value for keyword in call.keywords)):
        if isinstance(each, (ast.Name, ast.Attribute)):
            for value in situation.values_of(each):
                function = value.function if isinstance(value, Bound) else value
                scope = (
                    situation.resolver.scope(function) if isinstance(function, Defined) else None
                )
                if isinstance(function, Defined) and scope and scope.kind is ScopeKind.FUNCTION:
                    yield function


def _is_frameworks(value: Value) -> bool:
    return isinstance(value, External) and f"{value.name}.".startswith(_FRAMEWORK)


def _unproven(situation: Situation, call: ast.Call) -> Reason:
    return reason(_UNPROVEN, f"`{situation.tree.source(call.func)}`")
