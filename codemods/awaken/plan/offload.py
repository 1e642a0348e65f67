"""Blocking calls without an async form: the same call in a thread.

The callable is passed and its arguments are evaluated on the loop, in their order; a lazy result is
consumed inside the thread (reference: `asyncio.to_thread`, which carries context variables along).
"""

from __future__ import annotations

import ast
import re
import sys
from typing import TYPE_CHECKING

from awaken.catalogue.schema import Result
from awaken.detect.blocking import callable_entry
from awaken.detect.finding import Shape
from awaken.plan import since
from awaken.plan.await_position import await_position
from awaken.plan.blocks.block import plan_block
from awaken.plan.blocks.made_inside import made_inside, root_of
from awaken.plan.call_text import comment_before_arguments
from awaken.plan.fix import Fix, Reason, Strategy
from awaken.plan.hop_expression import (
    blocks_in,
    consuming_expression,
    runs_anywhere,
    whole_comprehension,
)
from awaken.plan.reasons import reason
from awaken.plan.recipes import HopCall, HopExpression
from awaken.plan.runners.arguments_first import arguments_keep_context
from awaken.plan.runners.runner import COPIED_CONTEXT, TO_THREAD
from awaken.plan.runners.runner_choice import runner_for
from awaken.resolve.values import Defined, External, Instance, Method, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.catalogue.schema import TypeEntry
    from awaken.plan.runners.runner import Runner
    from awaken.plan.situation import Situation

# A mode that is computed may be that, too.
_NON_BLOCKING = re.compile(
    r"\.setblocking\((?!\s*(?:True|1)\s*\))|\.settimeout\(\s*0*(?:\.0*)?\s*\)"
)
_STANDARD = sys.stdlib_module_names
# These say what to ask for; nothing is open until one goes through them.
_ASKED_LATER = (
    "boto3.resources.collection.",
    "django.core.paginator.Page()",
    "django.db.models.",
    "django.forms.models.BaseModelFormSet",
    "praw.models.ListingGenerator",
    "pymongo.cursor.",
    "sqlalchemy.orm.Query",
)
# These are open as long as the process runs; nobody closes them under a thread.
_NEVER_CLOSED = ("sys.stdin()",)
_COLLECTORS = frozenset(("dict", "frozenset", "list", "set", "sorted", "tuple"))


def plan_offload(situation: Situation) -> Iterator[Fix | Reason]:
    """`await asyncio.to_thread(...)` around the call, or around the expression that consumes it."""
    yield from plan_hop(situation, runner_of(situation))


def runner_of(situation: Situation) -> Runner:
    """What carries calls off the loop where the finding stands."""
    runner = runner_for(situation)
    if situation.settings.target_python < since.TO_THREAD:
        return COPIED_CONTEXT if runner == TO_THREAD else runner
    if runner.context_first and not _keeps_context(situation):
        return TO_THREAD  # it copies the context behind the arguments
    return runner


def _keeps_context(situation: Situation) -> bool:
    node = situation.node
    return not isinstance(node, ast.Call) or arguments_keep_context(situation, node)


def plan_hop(situation: Situation, runner: Runner) -> Iterator[Fix | Reason]:
    """One hop off the loop through `runner`."""
    finding = situation.finding
    block = plan_block(situation, runner) if finding.entry.result is not Result.VALUE else None
    if block is not None:
        outside = _entered_from_outside(situation) or _given_from_outside(situation)
        yield block.but(outside) if isinstance(block, Fix) else block
    elif finding.shape is Shape.ENTER or finding.entry.result is Result.CONTEXT:
        yield reason("context-manager")
    elif finding.shape is Shape.CONSUME:
        yield _hop_collector(situation, runner)
    elif finding.shape is not Shape.CALL:
        yield reason("open-handle")
    elif finding.entry.result is Result.VALUE:
        yield _hop_method(situation, runner)
    else:
        yield _hop_lazy(situation, runner)


def _hop_method(situation: Situation, runner: Runner) -> Fix | Reason:
    """The same call, if the object whose method it is can be used in a thread."""
    refusal = _receiver_refusal(situation)
    if refusal is not None:
        return refusal
    comprehension = whole_comprehension(situation)
    if comprehension is not None:
        option = hop_whole(situation, runner, comprehension, materialise=False)
    else:
        option = hop_call(situation, runner)
    return option.but(_shared(situation)) if isinstance(option, Fix) else option


def _hop_collector(situation: Situation, runner: Runner) -> Fix | Reason:
    """`list(collection.find())`: the rows are fetched, and collected, in the thread."""
    call = situation.call
    value = situation.value_of(call.args[0])
    fresh = isinstance(call.args[0], ast.Call) and isinstance(value, Instance)
    known = _described(situation, value) if isinstance(value, Instance) else None
    if not fresh or known is None or not known.name.startswith(_ASKED_LATER):
        return reason("open-handle")
    if not isinstance(call.func, ast.Name) or call.func.id not in _COLLECTORS:
        return reason("lazy-result")
    if known.affinity:
        return reason(known.affinity)
    option = hop_call(situation, runner)
    elsewhere = _used_elsewhere(situation, call.args[0])
    return option.but(elsewhere) if isinstance(option, Fix) else option


def hop_call(situation: Situation, runner: Runner) -> Fix | Reason:
    """`f(a)` to `await runner(f, a)`, or the expression around it where an `await` cannot stand."""
    if _handed_open_handle(situation) or _closed_around(situation):
        return reason("open-handle")
    return bare_hop(situation, runner)


def bare_hop(situation: Situation, runner: Runner) -> Fix | Reason:
    """The same where somebody else has seen to the handles that the call is made on, or is given."""
    call = situation.call
    if comment_before_arguments(situation.tree, call):
        return reason("comment-in-call")
    position = await_position(situation, call)
    if position.short_circuit is not None:
        return hop_whole(situation, runner, position.short_circuit, materialise=False)
    if blocks_in(situation, call.func) and runs_anywhere(situation, call):
        return hop_whole(situation, runner, call, materialise=False)
    if position.refusal is not None:
        return position.refusal
    if runner.context_first and not arguments_keep_context(situation, call):
        return reason("context-first")
    recipe = HopCall(situation.target(generator=position.generator), runner)
    callee = situation.tree.source(call.func) if situation.finding.into else situation.finding.call
    return Fix(Strategy.THREAD, f"run `{callee}` through `{runner.shown}`", recipe)


def _hop_lazy(situation: Situation, runner: Runner) -> Fix | Reason:
    found = consuming_expression(situation)
    if isinstance(found, Reason):
        return hop_call(situation, runner) if _only_opens(situation) else found
    return hop_whole(situation, runner, found.node, materialise=found.materialise)


def _only_opens(situation: Situation) -> bool:
    """`server = smtplib.SMTP(host)`, `urlopen(url)`: what the statement does nothing but open, or even drops again."""
    statement = situation.tree.parent(situation.node)
    if isinstance(statement, ast.Expr):
        return situation.finding.entry.result is Result.HANDLE
    kept = isinstance(statement, (ast.Assign, ast.AnnAssign, ast.Return))
    return kept and situation.finding.entry.result is Result.CONNECTION


def hop_whole(
    situation: Situation, runner: Runner, node: ast.expr, *, materialise: bool
) -> Fix | Reason:
    """`runner(lambda: node)`, where everything in the expression may run in another thread."""
    if not runs_anywhere(situation, node):
        return reason("unproven-callee")
    position = await_position(situation, node)
    if position.refusal is not None:
        return position.refusal
    recipe = HopExpression(
        situation.target(node, generator=position.generator), runner, materialise
    )
    return Fix(
        Strategy.THREAD, f"run the whole expression through `{runner.shown}`, in one hop", recipe
    )


def _receiver_refusal(situation: Situation) -> Reason | None:
    """Why the object whose method is called cannot be used in another thread."""
    receiver = receiver_of(situation.finding.value)
    if receiver is None:
        return _owner_refusal(situation)
    for base in situation.resolver.members.ancestry(receiver.of):
        known = situation.resolver.catalogue.type(base.name) if isinstance(base, External) else None
        if known is not None and known.affinity:
            return reason(known.affinity)
        if known is not None and known.name.startswith("socket.") and _sets_blocking(situation):
            return reason("socket-mode")
        if known is not None and is_open_handle(situation, known.name):
            return reason("open-handle")
    return None


def _handed_open_handle(situation: Situation) -> bool:
    """Whether an argument is an open file: a cancelled task would close it under the thread."""
    call = situation.call
    arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
    return any(_is_open(situation, argument) for argument in arguments)


def _closed_around(situation: Situation) -> bool:
    """Whether a `with` around the call closes the receiver: on a cancel it would do so under the thread."""
    root = root_of(situation.call.func)
    for up in situation.tree.ancestors(situation.node):
        if isinstance(up, ast.AsyncFunctionDef):
            break
        if isinstance(up, ast.With) and isinstance(root, ast.Name):
            for item in up.items:
                target = item.optional_vars
                if isinstance(target, ast.Name) and target.id == root.id:
                    return _opens(situation, item.context_expr)
    return False


def _opens(situation: Situation, node: ast.expr) -> bool:
    """Whether an expression opens an archive, a socket, or another handle of the standard library.

    What a thread is given to open, as in `await asyncio.to_thread(zipfile.ZipFile, path)`, is looked at as well.
    """
    if isinstance(node, ast.Await):
        named = (each for each in ast.walk(node) if isinstance(each, (ast.Name, ast.Attribute)))
        return any(_gives_handle(situation, situation.value_of(each)) for each in named)
    return isinstance(node, ast.Call) and _gives_handle(situation, situation.callee(node))


def _gives_handle(situation: Situation, value: Value) -> bool:
    if not isinstance(value, External) or value.name.partition(".")[0] not in _STANDARD:
        return False
    found = callable_entry(situation.resolver, value)
    return found is not None and found.entry.result.stays_open


def is_open_handle(situation: Situation, name: str) -> bool:
    """Whether a type is iterated; what asks only then is, too, but it holds nothing open."""
    iterated = situation.resolver.catalogue.member(name, "__iter__")
    if iterated is None or not iterated.blocks:
        return False
    family = situation.resolver.catalogue.ancestry(name)
    return not any(each.name.startswith((*_ASKED_LATER, *_NEVER_CLOSED)) for each in family)


def _owner_refusal(situation: Situation) -> Reason | None:
    """The same for a method that is called on the class (`Model.create` of peewee)."""
    value = situation.finding.value
    known = situation.resolver.catalogue.type(value.owner) if isinstance(value, Method) else None
    return reason(known.affinity) if known is not None and known.affinity else None


def _sets_blocking(situation: Situation) -> bool:
    """Whether the file sets sockets to non-blocking, and this one may be among them."""
    return _NON_BLOCKING.search(situation.tree.text) is not None and not _stays_here(situation)


def _stays_here(situation: Situation) -> bool:
    """Whether the receiver is made in this function, which hands it to nobody: its mode is seen here."""
    root = root_of(situation.call.func)
    if not isinstance(root, ast.Name) or not _is_made_here(situation, root):
        return False
    uses = [
        node
        for node in ast.walk(situation.function())
        if isinstance(node, ast.Name) and node.id == root.id and isinstance(node.ctx, ast.Load)
    ]
    return all(isinstance(situation.tree.parent(node), ast.Attribute) for node in uses)


def _shared(situation: Situation) -> Reason | None:
    """The difference it makes that an object may now be used in two threads at once, or None."""
    func = situation.call.func
    return _used_elsewhere(situation, func.value) if isinstance(func, ast.Attribute) else None


def _used_elsewhere(situation: Situation, node: ast.expr) -> Reason | None:
    """The difference for an object, or for what it was made from (`session.query(User)`)."""
    while True:
        if isinstance(node, ast.Call):
            node = node.func
        elif (found := _of_one_thread(situation, node)) is not None:
            return found
        elif isinstance(node, ast.Attribute):
            node = node.value
        else:
            return None


def _of_one_thread(situation: Situation, node: ast.expr) -> Reason | None:
    values = [value for value in situation.values_of(node) if isinstance(value, Instance)]
    described = [_described(situation, value) for value in values]
    alone = [known for known in described if known is not None and not known.shared]
    if not alone:
        return None
    if not _is_made_here(situation, node):
        return reason("shared-between-threads")
    moves = all(known.moves for known in alone)
    return None if moves else reason("moved-between-threads")


def _entered_from_outside(situation: Situation) -> Reason | None:
    """The same for what a `with` enters: `with self.session.begin():`."""
    node = situation.node
    if situation.finding.rule == "django" or not isinstance(node, ast.expr):
        return None  # Django's hop ends in the thread that owns the connection
    found = _used_elsewhere(situation, node)
    return found if found is not None and found.code == "shared-between-threads" else None


def _given_from_outside(situation: Situation) -> Reason | None:
    """The difference where a call in a block is given a file that was opened, and is closed, around it."""
    statement = situation.tree.statement(situation.node)
    made = made_inside(statement)
    for node in ast.walk(statement):
        parts = (
            [*node.args, *(each.value for each in node.keywords)]
            if isinstance(node, ast.Call)
            else []
        )
        for part in parts:
            if isinstance(part, ast.Name) and part.id not in made and _is_open(situation, part):
                return reason("closed-meanwhile")
    return None


def _is_open(situation: Situation, node: ast.expr) -> bool:
    value = situation.value_of(node)
    if not isinstance(value, Instance) or not isinstance(value.of, External):
        return False
    return is_open_handle(situation, value.of.name)


def _is_made_here(situation: Situation, root: ast.expr) -> bool:
    local = isinstance(root, ast.Name) and root.id in situation.scope.bindings
    return local and not _is_parameter(situation, root)


def _is_parameter(situation: Situation, root: ast.expr) -> bool:
    function = situation.function().args
    arguments = (*function.posonlyargs, *function.args, *function.kwonlyargs)
    return isinstance(root, ast.Name) and root.id in {argument.arg for argument in arguments}


def _described(situation: Situation, receiver: Instance) -> TypeEntry | None:
    """What the catalogue says of an object, or of what its class inherits from."""
    bases: Iterator[External | Defined] = situation.resolver.members.ancestry(receiver.of)
    known = (
        situation.resolver.catalogue.type(base.name) for base in bases if isinstance(base, External)
    )
    return next((entry for entry in known if entry is not None), None)


def receiver_of(value: Value) -> Instance | None:
    """The object whose method a finding calls, if it calls a method."""
    return value.receiver if isinstance(value, Method) else None
