"""Which characters of the old text a recipe writes over, or takes away; one function for each kind of recipe."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from awaken.plan.recipes import (
    ApplyAsync,
    AskAsync,
    AsyncFile,
    AwaitCoroutines,
    AwaitMember,
    CallDirectly,
    ChooseAsync,
    ClientRequest,
    CollectAsync,
    Demote,
    EnterClient,
    FetchAnew,
    GatherAwaits,
    HeldHandle,
    HopBlock,
    IterateAsync,
    LeaveInThread,
    NativeCall,
    NativeRequest,
    PutRight,
    ReadChunks,
    ReadItems,
    ReadLines,
    Recipe,
    RemoveCall,
    RenameCall,
    StreamRequest,
    SwapCall,
    SwapClient,
    SwapObject,
    gaps,
)
from awaken.syntax.fstring_conversion import conversion_of
from awaken.syntax.positions import Place, Span
from awaken.syntax.suites import statements_at
from awaken.syntax.with_header import header_gaps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from awaken.plan.recipes import ClientCall, Passed
    from awaken.syntax.tree import Tree


def replaced_spans(tree: Tree, recipe: Recipe) -> list[Span]:
    """The ranges that a recipe writes over.

    Args:
        tree: the file as it was.
        recipe: what was done to it.
    """
    spans = _SPANS.get(type(recipe))
    return list(spans(tree, recipe)) if spans else []


def _async_keyword(tree: Tree, recipe: Demote) -> Iterator[Span]:
    start = tree.offsets.span_of(recipe.target.place).start
    yield Span(start, start + len("async"))


def _loop_keywords(tree: Tree, recipe: ReadLines | ReadChunks) -> Iterator[Span]:
    """The `for` and the `in` of a loop, and what `iter` is given besides the call in the lambda."""
    read = tree.find(recipe.target.place, (ast.expr,))
    loop = tree.parent(read) if read is not None else None
    if not isinstance(read, ast.expr) or not isinstance(loop, ast.For):
        return
    target, whole = tree.span(loop.target), tree.span(read)
    inner = whole
    if isinstance(recipe, ReadChunks) and isinstance(read, ast.Call):
        function = read.args[0]
        inner = tree.span(function.body if isinstance(function, ast.Lambda) else function)
    yield Span(tree.span(loop).start, target.start)
    yield Span(target.end, inner.start)
    yield Span(inner.end, whole.end)


def _loop_header(tree: Tree, recipe: ReadItems) -> Iterator[Span]:
    """The `for`, its variable and the `in`, and a variable that stands behind it."""
    feed = tree.find(recipe.target.place, (ast.expr,))
    loop = tree.parent(feed) if feed is not None else None
    if isinstance(feed, ast.expr) and isinstance(loop, ast.For):
        end = tree.span(feed).start if recipe.made else tree.span(feed).end
        yield Span(tree.span(loop).start, end)


def _header(tree: Tree, recipe: HeldHandle) -> Iterator[Span]:
    """The header of a `with`, without what it enters."""
    items = {closing.item for closing in recipe.closings}
    for each in statements_at(tree, recipe.target.place) if items else ():
        if isinstance(each, ast.With):
            yield from header_gaps(tree, each, items)


def _of_block(tree: Tree, recipe: HopBlock) -> Iterator[Span]:
    """The `break` and `continue` that become a `return` of the function; its decorator; what it awaits no more."""
    yield from (each.span for each in recipe.plain)
    if recipe.decorator is not None:
        span = tree.offsets.span_of(recipe.decorator)
        yield Span(tree.text.rindex("@", 0, span.start), span.end)
    if recipe.leaving is not None and recipe.leaving.keyword != "return":
        yield from map(tree.offsets.span_of, recipe.leaving.places)


def _callees(tree: Tree, places: Iterable[Place]) -> Iterator[Span]:
    for place in places:
        call = tree.find(place, (ast.Call,))
        if isinstance(call, ast.Call):
            yield tree.span(call.func)


def _callee(tree: Tree, recipe: Recipe) -> Iterator[Span]:
    return _callees(tree, [recipe.target.place])


def _callees_of_a_file(tree: Tree, recipe: AsyncFile) -> Iterator[Span]:
    return _callees(tree, recipe.calls)


def _member(tree: Tree, recipe: AwaitMember | IterateAsync) -> Iterator[Span]:
    """The name of the member that another one takes the place of, if one does."""
    node = tree.find(recipe.target.place, (ast.Call,))
    if recipe.member is not None and isinstance(node, ast.Call):
        yield _name_of_member(tree, node)


def _name_of_member(tree: Tree, node: ast.Call) -> Span:
    callee = tree.span(node.func)
    if isinstance(node.func, ast.Attribute):
        return Span(callee.end - len(node.func.attr), callee.end)
    return callee


def _runs(tree: Tree, recipe: AwaitCoroutines) -> Iterator[Span]:
    yield from recipe.removed
    for run in recipe.runs:
        yield from gaps(run, tree.offsets.span_of(run.target.place))


def _whole(tree: Tree, recipe: RemoveCall) -> Iterator[Span]:
    yield with_comment(tree, tree.offsets.span_of(recipe.target.place))


def with_comment(tree: Tree, span: Span) -> Span:
    """A statement with the comment behind it on its last line, which speaks of it and goes with it."""
    end = tree.offsets.line_end(span.end)
    behind = tree.text[span.end : end].strip()
    return Span(span.start, end) if behind.startswith("#") else span


def _client(tree: Tree, recipe: EnterClient) -> Iterator[Span]:
    for call in (recipe.made, *recipe.calls):
        node = tree.find(call.place, (ast.Call,))
        if isinstance(node, ast.Call):
            yield from _in_call(tree, node, call)


def _in_call(tree: Tree, node: ast.Call, call: ClientCall) -> Iterator[Span]:
    """The callee, or the name of the member, and the names of arguments that are called otherwise."""
    if call.name.rpartition(".")[0]:
        yield tree.span(node.func)
    elif isinstance(node.func, ast.Attribute):
        yield _name_of_member(tree, node)
    yield from _renamed(tree, node, call.passed)


def _renamed(tree: Tree, node: ast.Call, passed: Passed) -> Iterator[Span]:
    """The names of arguments that are called otherwise."""
    renamed = {old for old, _ in passed.renamed}
    for keyword in node.keywords:
        if keyword.arg in renamed:
            start = tree.offsets.span(keyword).start
            yield Span(start, start + len(keyword.arg or ""))


def _other_call(tree: Tree, recipe: RenameCall) -> Iterator[Span]:
    yield from _callee(tree, recipe)
    node = tree.find(recipe.target.place, (ast.Call,))
    if isinstance(node, ast.Call):
        yield from _renamed(tree, node, recipe.passed)


def _gathered(tree: Tree, recipe: GatherAwaits) -> Iterator[Span]:
    """What stands in front of each call in its statement: `name = await`."""
    for place in recipe.calls:
        span = tree.offsets.span_of(place)
        call = tree.find(place, (ast.Call,))
        start = tree.span(tree.statement(call)).start if call is not None else span.start
        yield Span(start, span.start)


def _runner(tree: Tree, recipe: CallDirectly) -> Iterator[Span]:
    """From the runner to the function that is called without it."""
    place = tree.offsets.span_of
    yield Span(place(recipe.target.place).start, place(recipe.function).start)


def _waiting_header(_: Tree, recipe: LeaveInThread) -> Iterator[Span]:
    """What stands around the executor in the header of its `with`."""
    yield from (recipe.opening, recipe.closing)


def _swapped(tree: Tree, recipe: SwapObject) -> Iterator[Span]:
    """What makes an object, and the annotation of its variable."""
    yield from _callee(tree, recipe)
    if recipe.annotation is not None:
        yield recipe.annotation


def _stream(tree: Tree, recipe: StreamRequest) -> Iterator[Span]:
    """What stands around the request, its callee, what is written anew, and the names of what closes the response."""
    call = tree.find(recipe.target.place, (ast.Call,))
    statement = next(iter(statements_at(tree, recipe.place)), None)
    if not isinstance(call, ast.Call) or statement is None:
        return
    yield Span(tree.span(statement).start, tree.span(call.func).end)
    if isinstance(statement, ast.With):
        yield Span(tree.span(call).end, tree.span(statement.items[0].context_expr).end)
        yield from header_gaps(tree, statement, ())[-1:]
    yield from (each.span for each in recipe.request.translations if "{}" not in each.template)
    for place, _ in recipe.awaited:
        closing = tree.find(place, (ast.Call,))
        if isinstance(closing, ast.Call):
            yield _name_of_member(tree, closing)


def _put_right(_: Tree, recipe: PutRight) -> Iterator[Span]:
    yield from (each.span for each in recipe.replacements if each.span.end > each.span.start)


def _request(tree: Tree, recipe: ClientRequest) -> Iterator[Span]:
    """The name of the method, and what is written otherwise: arguments, uses of the response, exceptions."""
    call = tree.find(recipe.target.place, (ast.Call,))
    if isinstance(call, ast.Call):
        yield _name_of_member(tree, call)
    yield from (each.span for each in recipe.request.translations if "{}" not in each.template)


def _client_object(tree: Tree, recipe: SwapClient) -> Iterator[Span]:
    """What makes the object, closes it, sets it up and annotates it; the assignments that become `async with`."""
    yield from _callees(tree, (each.place for each in recipe.made))
    for place in recipe.closed:
        call = tree.find(place, (ast.Call,))
        if isinstance(call, ast.Call):
            yield _name_of_member(tree, call)
    yield from map(tree.offsets.span_of, recipe.removed)
    yield from (each.span for each in recipe.translations if "{}" not in each.template)
    for opened in recipe.opened:
        value = tree.find(opened.place, (ast.expr,))
        if value is not None:
            start = tree.span(tree.statement(value)).start
            yield Span(start, tree.offsets.span_of(opened.place).start)


def _fetched(tree: Tree, recipe: FetchAnew) -> Iterator[Span]:
    """The attribute, wherever a variable takes its place."""
    yield from map(tree.offsets.span_of, recipe.uses)


def _conversion(tree: Tree, recipe: ApplyAsync) -> Iterator[Span]:
    """The `!r` of a field whose text is made before it is shown."""
    node = tree.find(recipe.target.place, (ast.expr,))
    found = conversion_of(tree, node) if isinstance(node, ast.expr) else None
    if found is not None:
        yield found


def _builtin(tree: Tree, recipe: AskAsync) -> Iterator[Span]:
    """The `bool` that goes."""
    return _callee(tree, recipe) if recipe.wrapped else iter(())


def _operator(tree: Tree, recipe: ChooseAsync) -> Iterator[Span]:
    """The `or` that an `if` stands for."""
    node = tree.find(recipe.target.place, (ast.BoolOp,))
    if isinstance(node, ast.BoolOp):
        first, second = (tree.span(value) for value in node.values)
        yield Span(first.end, second.start)


_SPANS: dict[type, Callable[[Tree, Any], Iterator[Span]]] = {
    Demote: _async_keyword,
    ReadLines: _loop_keywords,
    ReadChunks: _loop_keywords,
    ReadItems: _loop_header,
    HeldHandle: _header,
    HopBlock: _of_block,
    PutRight: _put_right,
    AsyncFile: _callees_of_a_file,
    AwaitCoroutines: _runs,
    RemoveCall: _whole,
    EnterClient: _client,
    FetchAnew: _fetched,
    GatherAwaits: _gathered,
    CallDirectly: _runner,
    LeaveInThread: _waiting_header,
    SwapObject: _swapped,
    StreamRequest: _stream,
    ClientRequest: _request,
    SwapClient: _client_object,
    ApplyAsync: _conversion,
    AskAsync: _builtin,
    ChooseAsync: _operator,
    AwaitMember: _member,
    IterateAsync: _member,
    RenameCall: _other_call,
    **dict.fromkeys((SwapCall, NativeCall, CollectAsync, NativeRequest), _callee),
}
