"""The gate: every check that a rewritten file must pass, each with the reason it gives when it fails."""

from __future__ import annotations

import ast
import re
import warnings
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from awaken.discover.notebook import cells_of
from awaken.discover.reading import UnencodableText, encode
from awaken.index.build import build_index
from awaken.plan.reasons import reason
from awaken.plan.recipes import (
    ApplyAsync,
    AskAsync,
    AwaitCall,
    AwaitCoroutines,
    AwaitMember,
    CallDirectly,
    ChooseAsync,
    ClientRequest,
    EnterClient,
    FetchAnew,
    FetchFirst,
    GatherAwaits,
    HeldHandle,
    HopAttribute,
    HopBlock,
    HopCall,
    HopExpression,
    IterateAsync,
    LeaveInThread,
    NativeCall,
    NativeRequest,
    PutRight,
    ReadChunks,
    ReadItems,
    ReadLines,
    Recipe,
    SharedClient,
    SliceAsync,
    StreamRequest,
    SwapCall,
    SwapClient,
    SwapObject,
)
from awaken.rewrite.removals import removable_names
from awaken.syntax.suites import suites_of
from awaken.syntax.tree import Tree, parse
from awaken.verify.blocks import misshapen_blocks
from awaken.verify.coroutines import async_generators, awaits, lost_coroutines
from awaken.verify.names import unbound_names, unused_imports
from awaken.verify.words import gained_words, lost_words, out_of_order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from awaken.discover.source import SourceFile
    from awaken.index.summary import FileIndex
    from awaken.plan.fix import Reason
    from awaken.rewrite.draft import Draft

_PATH = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)+")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A rewritten file in front of the gate.

    Attributes:
        source: the file as it was read.
        before: its tree.
        index: its summary.
        draft: the rewritten text and what it may touch.
        recipes: what was carried out.
    """

    source: SourceFile
    before: Tree
    index: FileIndex
    draft: Draft
    recipes: tuple[Recipe, ...]


def refusal(candidate: Candidate) -> Reason | None:
    """Why a rewritten file must not be written, or None when nothing is wrong with it."""
    compiled = _compiles(candidate)
    if compiled is not None:
        return compiled
    try:
        after = parse(candidate.draft.text)
    except SyntaxError as error:
        return reason("does-not-compile", str(error))
    index = build_index(after, path=candidate.index.path, module=candidate.index.module)
    for check in _CHECKS:
        found = check(candidate, after, index)
        if found is not None:
            return found
    return None


def _compiles(candidate: Candidate) -> Reason | None:
    if not candidate.before.native:
        return reason("unverified-syntax")
    # the cells of a notebook may wait
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT if candidate.source.notebook else 0
    before = dict(_units(candidate, candidate.before.text))
    for number, text in _units(candidate, candidate.draft.text):
        was = before.get(number, "")
        error = _compile_error(text, flags) if text != was else ""
        if error and _compile_error(was, flags):
            return reason("unverified-syntax")
        if error:
            return reason("does-not-compile", error)
    return None


def _units(candidate: Candidate, text: str) -> list[tuple[int, str]]:
    """What Python compiles at a time: the file, or each cell of a notebook, which may begin with `__future__`."""
    return cells_of(text) if candidate.source.notebook else [(0, text)]


def _compile_error(text: str, flags: int) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(text, "<rewritten>", "exec", flags, dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            return str(error) or type(error).__name__
    return ""


def _encodes(candidate: Candidate, _: Tree, __: FileIndex) -> Reason | None:
    try:
        encode(candidate.source, candidate.draft.text)
    except UnencodableText as error:
        return reason("not-encodable", error.message)
    return None


def _binds(candidate: Candidate, after: Tree, index: FileIndex) -> Reason | None:
    old = unbound_names(candidate.before.module, candidate.index)
    new = unbound_names(after.module, index) - old
    return reason("unbound-name", ", ".join(sorted(new))) if new else None


def _uses(candidate: Candidate, after: Tree, index: FileIndex) -> Reason | None:
    old = unused_imports(candidate.before.module, candidate.index)
    # Some imports stay although nothing here uses them: others import them from here, or `noqa`.
    added = {statement.name for statement in candidate.draft.imports}
    removable = removable_names(after, candidate.draft.kept)
    new = (unused_imports(after.module, index) - old) & (added | removable)
    return reason("unused-import", ", ".join(sorted(new))) if new else None


def _awaits_all(candidate: Candidate, after: Tree, _: FileIndex) -> Reason | None:
    names = frozenset(_awaited_names(candidate.recipes))
    lost = lost_coroutines(after, names) - lost_coroutines(candidate.before, names)
    if lost:
        return reason("lost-coroutine", ", ".join(sorted(lost)))
    sent = sum(isinstance(each, IterateAsync) and each.sent for each in candidate.recipes)
    if async_generators(after) > async_generators(candidate.before) + sent:
        return reason("misplaced-await")
    return _awaits_as_planned(candidate, after, names)


def _awaits_as_planned(candidate: Candidate, after: Tree, names: frozenset[str]) -> Reason | None:
    """As many awaits as recipes: one that vanished, or came twice, is a broken rewrite."""
    planned = sum(1 for _ in _awaited_names(candidate.recipes)) - _planned_twice(candidate.recipes)
    gone = Counter(each.runner for each in candidate.recipes if isinstance(each, CallDirectly))
    gone += Counter(
        name for each in candidate.recipes if isinstance(each, HopBlock) for name in each.gone
    )
    gone += Counter(each.gone for each in candidate.recipes if isinstance(each, PutRight))
    gained = awaits(after, names) - (awaits(candidate.before, names) - gone)
    return reason("lost-coroutine") if gained.total() < planned else None


def _planned_twice(recipes: tuple[Recipe, ...]) -> int:
    """Awaits that several requests plan, because one variable holds the response of each: they are written once."""
    spans = [
        each.span
        for recipe in recipes
        if isinstance(recipe, NativeRequest)
        for each in recipe.translations
        if "await " in each.template
    ]
    return len(spans) - len(set(spans))


def _waits_everywhere(candidate: Candidate, after: Tree, _: FileIndex) -> Reason | None:
    """An object of the loop is awaited wherever one of threads was waited for."""
    swaps = [each for each in candidate.recipes if isinstance(each, (SwapClient, SwapObject))]
    calls = sum(_awaited_calls(each) for each in swaps)
    entered = sum(_entered(each) for each in swaps)
    gained = _counted(after) - _counted(candidate.before)
    missing = gained[ast.Await] < calls or gained[ast.AsyncWith] < entered
    return reason("lost-coroutine") if swaps and missing else None


def _streams(candidate: Candidate, after: Tree, _: FileIndex) -> Reason | None:
    """Each stream is entered, its items are waited for, and its body is read and closed where that is planned."""
    streams = [each for each in candidate.recipes if isinstance(each, StreamRequest)]
    helpers = frozenset(wanted.name for each in streams for _, wanted in each.request.helpers)
    planned = Counter(
        {
            ast.AsyncWith.__name__: len(streams),
            ast.AsyncFor.__name__: sum(len(each.loops) for each in streams),
            "aread": sum(len(each.reads) for each in streams),
        }
    )
    planned.update(name for each in streams for _, name in each.awaited)
    gained = Counter(_waits(after, helpers)) - Counter(_waits(candidate.before, helpers))
    return reason("lost-coroutine") if planned - gained else None


def _waits(tree: Tree, helpers: frozenset[str]) -> Iterator[str]:
    """Each `async with`, `async for` and awaited method in a module, those in its helpers apart."""
    for statement in tree.module.body:
        name = ""  # other statements have names that are no text: `type Rows = list[int]`
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            name = re.sub(r"_\d+$", "", statement.name)
        for node in ast.walk(statement) if name not in helpers else ():
            if isinstance(node, (ast.AsyncWith, ast.AsyncFor)):
                yield type(node).__name__
            elif isinstance(node, ast.comprehension) and node.is_async:
                yield ast.AsyncFor.__name__
            elif isinstance(node, ast.Await) and isinstance(node.value, ast.Call):
                yield getattr(node.value.func, "attr", "")


def _awaited_calls(swap: SwapClient | SwapObject) -> int:
    if isinstance(swap, SwapObject):
        return len(swap.awaited)
    return len(swap.requests) + len(swap.closed)


def _entered(swap: SwapClient | SwapObject) -> int:
    return len(swap.entered) + (len(swap.opened) if isinstance(swap, SwapClient) else 0)


def _counted(tree: Tree) -> Counter[type[ast.AST]]:
    return Counter(type(node) for node in tree.nodes)


def _awaited_names(recipes: tuple[Recipe, ...]) -> Iterator[str]:
    """The names that recipes await, once for each `await`."""
    for recipe in recipes:
        names = _AWAITED.get(type(recipe))
        yield from names(recipe) if names is not None else ()


def _of_runs(recipe: AwaitCoroutines) -> Iterator[str]:
    return (run.name for run in recipe.runs if run.name)


def _of_client(recipe: EnterClient) -> Iterator[str]:
    return (call.name for call in recipe.calls if call.awaits)


def _of_client_request(recipe: ClientRequest) -> Iterator[str]:
    """The whole callee, where that is a path; a method of some object has its like everywhere."""
    callee = f"{recipe.client}.{recipe.request.method}"
    if _PATH.fullmatch(callee):
        yield callee
    yield from recipe.request.awaited


def _of_swap(recipe: SwapClient) -> Iterator[str]:
    return (recipe.closes for _ in recipe.closed)


def _of_native(recipe: NativeCall) -> tuple[str]:
    return (recipe.definition.name if recipe.definition else _last(recipe.callee),)


def _of_request(recipe: NativeRequest) -> tuple[str, ...]:
    return (f"{recipe.opening.variable}.{recipe.method}", *recipe.awaited)


def _of_stream(recipe: StreamRequest) -> tuple[str, ...]:
    return (*("aread" for _ in recipe.reads), *(name for _, name in recipe.awaited))


def _of_hop(
    recipe: ApplyAsync
    | ChooseAsync
    | SliceAsync
    | FetchFirst
    | HopAttribute
    | HopCall
    | HopExpression
    | HopBlock
    | LeaveInThread
    | ReadLines
    | ReadChunks
    | ReadItems,
) -> tuple[str]:
    name = recipe.runner.called_name
    return (f"{name}()" if recipe.runner.curries else name,)


def _last(name: str) -> str:
    return name.rpartition(".")[2]


# The last part of each name whose call a kind of recipe awaits.
_AWAITED: dict[type, Callable[[Any], Iterable[str]]] = {
    SwapCall: lambda recipe: (_last(recipe.callee),),
    NativeCall: _of_native,
    AwaitCoroutines: _of_runs,
    EnterClient: _of_client,
    ClientRequest: _of_client_request,
    SwapClient: _of_swap,
    GatherAwaits: lambda _: ("gather",),
    **dict.fromkeys((AskAsync, AwaitMember, FetchAnew), lambda recipe: (recipe.member,)),
    PutRight: lambda recipe: (recipe.awaited,) if recipe.awaited else (),
    NativeRequest: _of_request,
    StreamRequest: _of_stream,
    **dict.fromkeys((AwaitCall, CallDirectly), lambda recipe: (recipe.callee,)),
    **dict.fromkeys(
        (
            *(ApplyAsync, ChooseAsync, SliceAsync),
            *(FetchFirst, HopAttribute, HopCall, HopExpression, HopBlock),
            *(LeaveInThread, ReadLines, ReadChunks, ReadItems),
        ),
        _of_hop,
    ),
}


def _keeps_words(candidate: Candidate, after: Tree, _: FileIndex) -> Reason | None:
    """Arguments, operators and everything else that no recipe replaces is still there, in order."""
    before, recipes = candidate.before, candidate.recipes
    lost = lost_words(before, after, recipes)
    if lost:
        return reason("outside-plan", f"lost {_listed(lost)}")
    gained = gained_words(before, after, recipes)
    if gained:
        return reason("outside-plan", f"gained {_listed(gained)}")
    moved = out_of_order(before, after, recipes)
    return reason("outside-plan", f"moved `{moved}`") if moved else None


def _leaves_as_planned(candidate: Candidate, after: Tree, _: FileIndex) -> Reason | None:
    """A function that is made of a block says which way was taken, and sets the names that stay the coroutine's."""
    misshapen = misshapen_blocks(candidate.before, after, candidate.recipes)
    return (
        reason("outside-plan", f"{_listed(misshapen)} ends in another way") if misshapen else None
    )


def _closes(candidate: Candidate, after: Tree, _: FileIndex) -> Reason | None:
    """Whatever is taken out of a `with` is opened right in front of a `try` and closed in its `finally`."""
    closed = Counter(_closed_names(after)) - Counter(_closed_names(candidate.before))
    planned = Counter(
        f"{closing.name}.{closing.method}"
        for recipe in candidate.recipes
        if isinstance(recipe, HeldHandle)
        for closing in recipe.closings
    )
    missing = planned - closed
    return reason("outside-plan", f"{_listed(missing)} is not closed") if missing else None


def _closed_names(tree: Tree) -> Iterator[str]:
    """`f.close` of `f = await ...` in front of `try:` with nothing but `await runner(f.close)` in its `finally`."""
    for node in tree.nodes:
        for suite in suites_of(node):
            for opened, guarded in pairwise(suite):
                if isinstance(opened, ast.Assign) and isinstance(guarded, ast.Try):
                    name = ast.unparse(opened.targets[0])
                    if isinstance(opened.value, ast.Await) and not guarded.handlers:
                        yield from _called_at_the_end(guarded, name)


def _called_at_the_end(statement: ast.Try, name: str) -> Iterator[str]:
    last = statement.finalbody[0] if len(statement.finalbody) == 1 else None
    if isinstance(last, ast.Expr) and isinstance(last.value, ast.Await):
        for node in ast.walk(last.value):
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) == name:
                yield f"{name}.{node.attr}"


def _forgets(candidate: Candidate, after: Tree, _: FileIndex) -> Reason | None:
    """Right in front of each further request of one client stands what makes the client forget the one before."""
    shared = [each for each in candidate.recipes if isinstance(each, SharedClient)]
    planned = Counter(each.between.replace("{}", "") for each in shared for _ in each.requests[1:])
    endings = tuple(planned)
    gained = Counter(_in_front_of_requests(after, endings))
    gained -= Counter(_in_front_of_requests(candidate.before, endings))
    missing = planned - gained
    return reason("outside-plan", f"{_listed(missing)} is missing") if missing else None


def _in_front_of_requests(tree: Tree, endings: tuple[str, ...]) -> Iterator[str]:
    """`.cookies.clear()` of `client.cookies.clear()` in front of a statement with `await client.get(...)`."""
    for node in tree.nodes if endings else ():
        for suite in suites_of(node):
            for forgetting, statement in pairwise(suite):
                text = ast.unparse(forgetting) if isinstance(forgetting, ast.Expr) else ""
                for ending in endings:
                    if text.endswith(ending) and _asks(statement, text.removesuffix(ending)):
                        yield ending


def _checks(candidate: Candidate, after: Tree, _: FileIndex) -> Reason | None:
    """What raises with the request itself is asked for its status where it is awaited."""
    requests = (each for each in candidate.recipes if isinstance(each, NativeRequest))
    planned = sum(each.checked for each in requests)
    gained = _checked_at_once(after) - _checked_at_once(candidate.before)
    return reason("outside-plan", "a status is not checked") if gained < planned else None


def _checked_at_once(tree: Tree) -> int:
    """How often `(await ...).raise_for_status()` is called."""
    return sum(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "raise_for_status"
        and isinstance(node.func.value, ast.Await)
        for node in tree.nodes
    )


def _asks(statement: ast.stmt, client: str) -> bool:
    return any(
        isinstance(node, ast.Await)
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Attribute)
        and ast.unparse(node.value.func.value) == client
        for node in ast.walk(statement)
    )


def _listed(found: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in sorted(found))


def _stays_inside(candidate: Candidate, after: Tree, _: FileIndex) -> Reason | None:
    """Lines that no edit owns must be there unchanged and in order."""
    starts = candidate.before.offsets
    touched: set[int] = set()
    for span in candidate.draft.touched:
        if span.end > span.start:
            touched.update(range(starts.line_of(span.start), starts.line_of(span.end - 1) + 1))
    touched |= _import_lines(candidate.before)
    old = _LINE.findall(candidate.before.text)
    new = iter(_LINE.findall(after.text))
    if _last_newline(candidate.before.text) != _last_newline(after.text):
        return reason("outside-plan", "the end of the file")
    for number, line in enumerate(old, start=1):
        # Each is looked for behind the one before it; lines that came in between are passed over.
        if number not in touched and line.strip() and line not in new:
            return reason("outside-plan", f"line {number}")
    return None


def _last_newline(text: str) -> str:
    return text[len(text.rstrip("\r\n")) :]


def _import_lines(tree: Tree) -> set[int]:

    return {
        line
        for node in tree.nodes
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }


_CHECKS: tuple[Callable[[Candidate, Tree, FileIndex], Reason | None], ...] = (
    _encodes,
    _binds,
    _uses,
    _awaits_all,
    _waits_everywhere,
    _checks,
    _streams,
    _keeps_words,
    _leaves_as_planned,
    _closes,
    _forgets,
    _stays_inside,
)
