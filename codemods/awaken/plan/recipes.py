"""Recipes: what the rewriter is asked to do at a place, as data.

Each recipe has one function in `awaken.rewrite` that turns it into edits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from awaken.syntax.positions import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.catalogue.exchange import Opening
    from awaken.plan.definition import Definition
    from awaken.plan.runners.runner import Runner
    from awaken.syntax.positions import Place


@dataclass(frozen=True, slots=True)
class Target:
    """Where a recipe applies.

    Attributes:
        place: the expression that is rewritten.
        scope: number of the scope that holds it.
        suite: number of the block in that scope.
        generator: a generator expression that must become a list because of the `await` in it.
    """

    place: Place
    scope: int
    suite: int
    generator: Place | None = None


@dataclass(frozen=True, slots=True)
class SwapCall:
    """`time.sleep(x)` to `await asyncio.sleep(x)`: another callee, the same arguments."""

    target: Target
    callee: str


@dataclass(frozen=True, slots=True)
class Passed:
    """How the async form of a call is given its arguments.

    Attributes:
        named: positional arguments that are given by name, by their number.
        renamed: keyword arguments with another name: the old one, the new one.
        arguments: what is passed besides, by name or under `*`, as source text with qualified names.
    """

    named: tuple[tuple[int, str], ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    arguments: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class NativeCall:
    """`socket.getaddrinfo(h, p, f)` to `await loop.getaddrinfo(h, p, family=f)`: the async form of a call.

    Attributes:
        target: the call.
        callee: qualified name of what is awaited; empty where a definition is.
        definition: a function of the module that is called.
        passed: how it is given its arguments.
        result: what is taken of the awaited value, as source text.
    """

    target: Target
    callee: str
    definition: Definition | None
    passed: Passed
    result: str


@dataclass(frozen=True, slots=True)
class ClientCall:
    """A call of an object that is replaced by one of another library, or the call that makes it.

    Attributes:
        place: the call.
        name: the member it calls then; of the class for the call that makes the object.
        passed: how it is given its arguments.
        awaits: whether it is awaited.
    """

    place: Place
    name: str
    passed: Passed
    awaits: bool


@dataclass(frozen=True, slots=True)
class EnterClient:
    """`with smtplib.SMTP(h) as s: s.login(u, p)` to `async with aiosmtplib.SMTP(...) as s: await s.login(u, p)`.

    Attributes:
        target: the call that makes the object, in the header of a `with`.
        statement: the `with`.
        made: that call in its new form.
        calls: the calls of the object's methods.
        translations: exceptions around it, in their new form; qualified names are imported.
    """

    target: Target
    statement: Place
    made: ClientCall
    calls: tuple[ClientCall, ...]
    translations: tuple[Replacement, ...]


@dataclass(frozen=True, slots=True)
class HopCall:
    """`f(a)` to `await asyncio.to_thread(f, a)`: the callable is passed, the arguments stay on the loop."""

    target: Target
    runner: Runner


@dataclass(frozen=True, slots=True)
class HopExpression:
    """`open(p).read()` to `await asyncio.to_thread(lambda: open(p).read())`: one hop for the whole.

    `materialise` wraps a lazy result in `list(...)` inside the thread.
    """

    target: Target
    runner: Runner
    materialise: bool = False


@dataclass(frozen=True, slots=True)
class Leaving:
    """How a function says that the statements which became it would have left their block here.

    Attributes:
        keyword: what left it: `return`, `break` or `continue`.
        places: of those statements.
        marker: the variable that is true where they did.
        value: the variable of what is returned then, or of the results; empty where there is neither.
    """

    keyword: str
    places: tuple[Place, ...]
    marker: str
    value: str


@dataclass(frozen=True, slots=True)
class HopBlock:
    """Neighbouring statements as one local function and one hop.

    Attributes:
        target: the statements, from the start of the first to the end of the last.
        runner: what carries the function off the loop.
        function: its name.
        parameters: names it is given.
        results: names it gives back.
        returns: whether the coroutine returns what the function returns.
        outer: names of the coroutine that it sets there, instead of giving them back.
        leaving: how it leaves on some ways only, or None.
        decorator: a decorator of the coroutine that becomes one of the function, or None.
        plain: other text for what is awaited in the statements, and no more in the function.
        gone: names of what is awaited no more.
    """

    target: Target
    runner: Runner
    function: str
    parameters: tuple[str, ...]
    results: tuple[str, ...]
    returns: bool
    outer: tuple[str, ...] = ()
    leaving: Leaving | None = None
    decorator: Place | None = None
    plain: tuple[Replacement, ...] = ()
    gone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadLines:
    """`for line in file` to `while line := await asyncio.to_thread(file.readline)`; the target is the file."""

    target: Target
    runner: Runner


@dataclass(frozen=True, slots=True)
class ReadChunks:
    """`for chunk in iter(lambda: file.read(n), b"")` to `while (chunk := await ...) != b""`.

    The target is the call of `iter`.
    """

    target: Target
    runner: Runner


@dataclass(frozen=True, slots=True)
class ReadItems:
    """`for line in feed()` to `lines = feed()` and `while (line := await ...) is not None`.

    Attributes:
        target: what is gone through.
        runner: what carries each `next` off the loop.
        name: the variable that holds the iterator.
        made: what it is set to in front of the loop, with `{}` for what is gone through; empty where that is it.
        item: the variable of the loop.
    """

    target: Target
    runner: Runner
    name: str
    made: str
    item: str


@dataclass(frozen=True, slots=True)
class Closing:
    """One item of a `with` that is opened in front of a `try` and closed in its `finally`.

    Attributes:
        item: its number among the items of the `with`.
        name: the variable that holds what was opened.
        method: what is called to close it.
        entered: the attribute that the target of the `with` is set to, or None where that is the variable itself.
    """

    item: int
    name: str
    method: str
    entered: str | None = None


@dataclass(frozen=True, slots=True)
class HeldHandle:
    """An open handle that lives on across other awaits: each use that blocks takes a hop of its own.

    Attributes:
        target: the `with` statement, or the call that opens.
        runner: what carries the uses off the loop.
        parts: what is done at each use.
        closings: what is closed in a `finally`; none where the text closes it by itself.
    """

    target: Target
    runner: Runner
    parts: tuple[HopCall | HopExpression | HopBlock | ReadLines | ReadChunks | ReadItems, ...]
    closings: tuple[Closing, ...] = ()


@dataclass(frozen=True, slots=True)
class AwaitMember:
    """`qs.get(pk=1)` to `await qs.aget(pk=1)`: the async member of the same object."""

    target: Target
    member: str


@dataclass(frozen=True, slots=True)
class LeaveInThread:
    """`with ThreadPoolExecutor() as pool:` to a `try` whose `finally` waits for the jobs in a thread.

    Attributes:
        target: the `with` statement.
        runner: what carries the wait off the loop.
        name: the variable that holds the executor.
        method: the method that waits.
        opening: what stands in front of the executor in the header, or the header.
        closing: what stands behind it, up to the colon.
        bound: whether the variable gets its value there.
    """

    target: Target
    runner: Runner
    name: str
    method: str
    opening: Span
    closing: Span
    bound: bool


@dataclass(frozen=True, slots=True)
class SwapObject:
    """`threading.Lock()` to `asyncio.Lock()`, with everything that is done with the object.

    Attributes:
        target: the call that makes it.
        made: what makes its twin, by its qualified name.
        annotation: the type in the annotation of its variable, or None.
        awaited: calls of its methods that must be awaited.
        entered: `with` statements that enter it.
        holding: where it may be held: those statements, and coroutines that acquire it by hand.
    """

    target: Target
    made: str
    annotation: Span | None
    awaited: tuple[Place, ...]
    entered: tuple[Place, ...]
    holding: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class IterateAsync:
    """`for x in qs` to `async for x in qs`, as a statement or in a comprehension.

    Attributes:
        member: the async form of the method that is called there (`aiterator`), or None.
        sent: whether it is a generator expression that somebody goes through with `async for`.
    """

    target: Target
    member: str | None = None
    sent: bool = False


@dataclass(frozen=True, slots=True)
class StreamRows:
    """`def rows(): for x in qs: yield x` to `async def rows(): async for x in qs: yield x`.

    Attributes:
        target: the response that is given what the function makes.
        function: the function.
        parts: its loops.
    """

    target: Target
    function: Place
    parts: tuple[IterateAsync, ...]


@dataclass(frozen=True, slots=True)
class AsyncFile:
    """`with open(p) as f:` to `async with aiofiles.open(p) as f:`.

    Attributes:
        target: the `with` statement.
        opener: qualified name of the function that opens.
        is_awaited: whether what it gives is awaited before it is entered.
        calls: the calls of `open` in the header.
        parts: what is done at each use of the files.
    """

    target: Target
    opener: str
    is_awaited: bool
    calls: tuple[Place, ...]
    parts: tuple[AwaitMember | IterateAsync, ...]


@dataclass(frozen=True, slots=True)
class CollectAsync:
    """`list(qs)` to `[x async for x in qs]`, kept inside `tuple(...)` and the like."""

    target: Target
    variable: str


@dataclass(frozen=True, slots=True)
class ApplyAsync:
    """`len(qs)`, `if qs`, `qs[0]`: a protocol method of the object, called through a runner.

    Attributes:
        function: the builtin (`len`, `bool`) or the bound dunder that is run.
    """

    target: Target
    runner: Runner
    function: str


@dataclass(frozen=True, slots=True)
class FetchFirst:
    """`await sync_to_async(bool)(request.user)` in front of the statement that uses it first.

    Attributes:
        target: what is fetched, where it is used.
        runner: what carries that off the loop.
        callee: what fetches it, as source text.
        argument: what that is called with, as source text; empty for nothing.
    """

    target: Target
    runner: Runner
    callee: str
    argument: str


@dataclass(frozen=True, slots=True)
class FetchAnew:
    """`user = await request.auser()`, and `user` wherever `request.user` stood.

    Attributes:
        target: where it is used first, or given to a variable.
        member: the method of the holder that fetches it.
        holder: what has the attribute, as source text.
        name: the variable; empty where the attribute is what a variable is given.
        uses: the attribute, wherever it stands.
    """

    target: Target
    member: str
    holder: str
    name: str
    uses: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class AskAsync:
    """`bool(qs)` and `if qs` to `await qs.aexists()`.

    Attributes:
        member: the async method.
        wrapped: whether the target is the call of a builtin, which goes.
    """

    target: Target
    member: str
    wrapped: bool


@dataclass(frozen=True, slots=True)
class SliceAsync:
    """`qs[a:b:c]` to `await runner(qs.__getitem__)(slice(a, b, c))`."""

    target: Target
    runner: Runner


@dataclass(frozen=True, slots=True)
class ChooseAsync:
    """`qs or other` to `qs if await runner(bool)(qs) else other`.

    Attributes:
        target: the whole `or` or `and`, of two operands.
        variable: the name of the first operand.
        is_new: whether it has none so far, and gets this one.
    """

    target: Target
    runner: Runner
    variable: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class HopAttribute:
    """`book.author` to `await sync_to_async(getattr)(book, "author")`: the attribute is read in the thread."""

    target: Target
    runner: Runner


@dataclass(frozen=True, slots=True)
class JoinRelated:
    """`Book.objects.get(pk=1)` to `Book.objects.select_related("author").get(pk=1)`.

    Attributes:
        target: the last call of the queryset.
        asks: whether that call asks for the rows: the join goes in front of its method.
        paths: the relations that are to come along.
        given: whether it asks for those of its first argument: the join goes behind that.
        manager: the manager of the model that is given there; empty where a manager is.
    """

    target: Target
    asks: bool
    paths: tuple[str, ...]
    given: bool = False
    manager: str = ""


@dataclass(frozen=True, slots=True)
class Named:
    """A qualified name, written as the file has it at the place of a recipe.

    Attributes:
        name: `asyncio.wait_for`.
    """

    name: str


@dataclass(frozen=True, slots=True)
class Sibling:
    """A name of the module from which the file imports another one: it is imported beside that.

    Attributes:
        beside: the other name, where it is imported.
        member: the name.
    """

    beside: Place
    member: str


@dataclass(frozen=True, slots=True)
class Awaited:
    """An expression that runs a loop, and what is awaited in its place.

    Attributes:
        target: the expression.
        pieces: what is awaited: ranges of the expression that stay, in their order, and what stands between.
        name: the name whose call, or the variable that, is awaited; empty for anything else.
    """

    target: Target
    pieces: tuple[str | Span | Named | Sibling, ...]
    name: str


def gaps(run: Awaited, span: Span) -> list[Span]:
    """What goes of an expression: everything around the ranges of it that stay.

    Args:
        run: the expression.
        span: its own range.
    """
    found: list[Span] = []
    position, end = span
    for piece in run.pieces:
        if isinstance(piece, Span):
            found.append(Span(position, piece.start))
            position = piece.end
    return [*found, Span(position, end)]


@dataclass(frozen=True, slots=True)
class AwaitCoroutines:
    """`loop.run_until_complete(fetch())` to `await fetch()`, and what only the loop was there for removed.

    Attributes:
        target: the first of the expressions.
        runs: the expressions.
        removed: whole lines that go.
        unwrapped: bodies of removed statements, as whole lines, and the characters of indentation they lose.
    """

    target: Target
    runs: tuple[Awaited, ...]
    removed: tuple[Span, ...] = ()
    unwrapped: tuple[tuple[Span, int], ...] = ()


@dataclass(frozen=True, slots=True)
class RenameCall:
    """`asyncio.get_event_loop()` to `asyncio.get_running_loop()`: another callee that gives the same.

    Attributes:
        target: the call.
        callee: qualified name of what is called instead.
        passed: how it is given its arguments.
    """

    target: Target
    callee: str
    passed: Passed = Passed()


@dataclass(frozen=True, slots=True)
class RemoveCall:
    """`nest_asyncio.apply()`, a statement of its own, to nothing.

    Attributes:
        target: the call.
        behind: places of what must be rewritten first, so that nothing needs it any more.
    """

    target: Target
    behind: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Demote:
    """`async def route()` to `def route()`; the target is the function."""

    target: Target


@dataclass(frozen=True, slots=True)
class Replacement:
    """Other text for a range of characters; `{}` in the template stands for the text it had."""

    span: Span
    template: str


ALONE = "{}()"
"""What gives a client that makes one request, and closes itself behind it: a new one of its class."""


@dataclass(frozen=True, slots=True)
class ClientOwner:
    """What gives a client that lives on behind a request, or sees itself to its end.

    Attributes:
        definition: a class of the module.
        closing: the `yield` of a lifespan behind which the client is closed, or None where nothing closes it.
        given: what gives the client, as a template around the name of the class: that of the running loop, if
            nothing else is said.
    """

    definition: Definition
    closing: Target | None = None
    given: str = "{}.current()"

    @property
    def alone(self) -> bool:
        """Whether the client makes one request only."""
        return self.given == ALONE


@dataclass(frozen=True, slots=True)
class NativeRequest:
    """`requests.get(url)` to a request of an async client that lives for one statement.

    Attributes:
        target: the call.
        client: the library of the client (`httpx`).
        opening: how the client is made.
        context: what makes the module's SSL context, as a template; empty where the client is given another one.
        verified: whether that context verifies certificates.
        bundle: what makes the module's path of certificates, as a template, or empty.
        method: the client's method, or `request`.
        first: text put before the arguments (`"DELETE"`), or empty.
        client_arguments: keyword arguments of the client besides the module's SSL context, as templates.
        call_arguments: keyword arguments appended to the call, as templates.
        translations: uses of the response, arguments, and exceptions around it, in their new form.
        raises: `raise_for_status()` statements, each with what is asked first.
        entered: whether the statement is a `with` that enters the response.
        checked: whether the response's status is checked where the request is made.
        covered: places of calls that read the response and need nothing else then.
        hoist: whether the call moves in front of the compound statement whose header it stands in.
        partners: places of the requests that must be converted with this one.
        name: the variable that holds the response, or empty.
        helpers: functions that translations mention, by their names in them.
        awaited: names of what is awaited besides the request: members of the response, helpers.
        owner: what gives the client, or None where it is one of its own.
    """

    target: Target
    client: str
    opening: Opening
    context: str
    bundle: str
    method: str
    first: str
    client_arguments: tuple[tuple[str, str], ...]
    call_arguments: tuple[tuple[str, str], ...]
    translations: tuple[Replacement, ...]
    raises: tuple[tuple[Span, str], ...]
    hoist: bool
    partners: tuple[Place, ...] = ()
    name: str = ""
    verified: bool = True
    helpers: tuple[tuple[str, Definition], ...] = ()
    entered: bool = False
    checked: bool = False
    covered: tuple[Place, ...] = ()
    awaited: tuple[str, ...] = ()
    owner: ClientOwner | None = None


@dataclass(frozen=True, slots=True)
class SharedClient:
    """Requests of a coroutine, one after the other, to requests of one client that is open from the first to the last.

    Attributes:
        target: the statements that move into its `async with`.
        arguments: keyword arguments of the client besides the module's SSL context, as templates.
        constants: those whose value is made once for the module: argument, name of the constant, value as a template.
        between: what makes the client forget a request, in front of each but the first, as a template.
        requests: in the order of the text; their own arguments of a client do not count.
    """

    target: Target
    arguments: tuple[tuple[str, str], ...]
    constants: tuple[tuple[str, str, str], ...]
    between: str
    requests: tuple[NativeRequest, ...]

    @property
    def partners(self) -> tuple[Place, ...]:
        """Places of further requests that must be converted with these."""
        own = {request.target.place for request in self.requests}
        wanted = (place for request in self.requests for place in request.partners)
        return tuple(place for place in wanted if place not in own)


@dataclass(frozen=True, slots=True)
class IteratedStream:
    """What is gone through with `async for`.

    Attributes:
        place: what gives the items.
        generator: a generator expression that must become a list.
    """

    place: Place
    generator: Place | None = None


@dataclass(frozen=True, slots=True)
class StreamRequest:
    """`with requests.get(url, stream=True) as r:` to `async with ... as client, client.stream("GET", url) as r:`.

    Attributes:
        target: the call.
        request: the call, what is done with the response, and what catches its failures, in their new form.
        place: the `with`, or the assignment and what follows up to the last use of the response.
        entered: whether it is a `with`.
        loops: where items are gone through.
        reads: statements in front of which the body is read.
        awaited: other calls that are awaited, and the methods that they call then.
    """

    target: Target
    request: NativeRequest
    place: Place
    entered: bool
    loops: tuple[IteratedStream, ...]
    reads: tuple[Place, ...] = ()
    awaited: tuple[tuple[Place, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ClientRequest:
    """`session.get(url)` to `await session.get(url)`: a request of an object that becomes an async client.

    Attributes:
        target: the call.
        client: what stands for the object there, as source text.
        request: the request as one of the client.
    """

    target: Target
    client: str
    request: NativeRequest


@dataclass(frozen=True, slots=True)
class MadeClient:
    """A call that makes an object that makes requests, and what makes the async client.

    Attributes:
        place: the call.
        name: what makes the client, as a template.
        arguments: keyword arguments that are added, as templates.
        certificates: whether it is given the certificates that are read once for the module.
    """

    place: Place
    name: str
    arguments: tuple[tuple[str, str], ...]
    certificates: bool


@dataclass(frozen=True, slots=True)
class OpenedClient:
    """`session = requests.Session()`, which nothing closes, to an `async with` around what follows.

    Attributes:
        place: the value of the assignment.
        name: its variable.
        enclosed: the statements behind it, as far as they use the variable.
    """

    place: Place
    name: str
    enclosed: Place


@dataclass(frozen=True, slots=True)
class SwapClient:
    """`requests.Session()` to `httpx.AsyncClient()`, with everything that is done with the object.

    Attributes:
        target: the first call that makes it.
        client: the library of the client.
        opening: how clients of that library are made.
        context: what makes the module's SSL context, as a template.
        bundle: what makes the module's path of certificates, as a template, or empty.
        made: all of them.
        requests: its requests.
        entered: `with` statements that enter it.
        closed: calls that close it.
        closes: the client's method that does.
        translations: other uses, and annotations, in their new form.
        removed: statements that only set what its arguments say now.
        opened: assignments that become `async with` statements.
        verified: whether the module's context verifies certificates.
    """

    target: Target
    client: str
    opening: Opening
    context: str
    bundle: str
    made: tuple[MadeClient, ...]
    requests: tuple[ClientRequest, ...]
    entered: tuple[Place, ...] = ()
    closed: tuple[Place, ...] = ()
    closes: str = ""
    translations: tuple[Replacement, ...] = ()
    removed: tuple[Place, ...] = ()
    opened: tuple[OpenedClient, ...] = ()
    verified: bool = True


@dataclass(frozen=True, slots=True)
class HandOver:
    """`to_thread(f(a))` to `to_thread(f, a)`: what was called too early is handed over to be called.

    Attributes:
        target: the call of the runner.
        early: the call that it is given.
        runner: the runner.
        whole: whether the call goes as a `lambda`, because its callee is computed by a call, too.
    """

    target: Target
    early: Place
    runner: Runner
    whole: bool = False


@dataclass(frozen=True, slots=True)
class AwaitCall:
    """`f(a)` to `await f(a)`, where `f` is a coroutine function.

    Attributes:
        target: the call.
        callee: the last part of its name.
    """

    target: Target
    callee: str


@dataclass(frozen=True, slots=True)
class CallDirectly:
    """`await to_thread(f, a)` to `await f(a)`, where `f` is a coroutine function.

    Attributes:
        target: the call of the runner.
        function: what it is given to run.
        callee: the last part of its name.
        runner: the last part of the runner's name.
    """

    target: Target
    function: Place
    callee: str
    runner: str


@dataclass(frozen=True, slots=True)
class PutRight:
    """`await to_thread(Book.objects.get, pk=1)` to `await sync_to_async(Book.objects.get)(pk=1)`: what was meant.

    Attributes:
        target: the call.
        replacements: other text for ranges of it; `{runner}` in a template stands for the runner.
        runner: what runs functions in Django's thread.
        awaited: the last part of what is awaited then; empty where nothing else is awaited than before.
        gone: the last part of what is awaited no more; empty where there was nothing.
    """

    target: Target
    replacements: tuple[Replacement, ...]
    runner: Runner
    awaited: str
    gone: str = ""


@dataclass(frozen=True, slots=True)
class GatherAwaits:
    """`a = await f()`, `b = await g()` to `a, b = await asyncio.gather(f(), g())`.

    Attributes:
        target: the first call.
        calls: all of them.
        names: what they are assigned to.
    """

    target: Target
    calls: tuple[Place, ...]
    names: tuple[str, ...]


Recipe: TypeAlias = (
    SwapCall
    | NativeCall
    | EnterClient
    | HopCall
    | HopExpression
    | HopBlock
    | ReadLines
    | ReadChunks
    | ReadItems
    | HeldHandle
    | AwaitMember
    | LeaveInThread
    | SwapObject
    | IterateAsync
    | StreamRows
    | AsyncFile
    | CollectAsync
    | ApplyAsync
    | HopAttribute
    | JoinRelated
    | FetchFirst
    | FetchAnew
    | AskAsync
    | SliceAsync
    | ChooseAsync
    | NativeRequest
    | ClientRequest
    | SwapClient
    | SharedClient
    | StreamRequest
    | AwaitCoroutines
    | RenameCall
    | RemoveCall
    | Demote
    | HandOver
    | AwaitCall
    | CallDirectly
    | PutRight
    | GatherAwaits
)


def single_recipes(recipe: Recipe) -> Iterator[Recipe]:
    """A recipe, and those that it is made of."""
    yield recipe
    if isinstance(recipe, (HeldHandle, AsyncFile, StreamRows)):
        yield from recipe.parts
    if isinstance(recipe, (SharedClient, SwapClient)):
        yield from recipe.requests
