"""Every reason for which something is not fixed, or not fixed in the native way: a stable code and a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.plan.fix import Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from awaken.plan.fix import Spot

REASONS: dict[str, str] = {
    # where an await cannot stand
    "class-body": "an `await` cannot stand in a class body; move the call in front of the class",
    "generator-expression": (
        "an `await` here would turn the generator expression into an async generator, which its"
        " consumer does not accept; build a list first"
    ),
    "short-circuit": (
        "`any` and `all` stop at the first answer; with an `await` inside they could not;"
        " write the loop out"
    ),
    "nested-comprehension": (
        "an `await` in a nested comprehension needs Python 3.11; write the inner loop out, or raise"
        " the target version"
    ),
    "debug-fstring": (
        "`{expression=}` prints the source of the expression, which the rewrite would change;"
        " compute it on a line before"
    ),
    "comment-in-call": "a comment stands inside the name that would be replaced; move the comment",
    "argument-unpacking": "the arguments are unpacked from a value that is not known; spell them out",
    "quotes-in-fstring": (
        "the async form needs quotes, which cannot stand inside this f-string before Python 3.12; give the result"
        " a name in front of it"
    ),
    "code-inside-string": "the call stands in a place whose position cannot be told on this Python",
    # what holds while the loop would run
    "lock-held": (
        "a threading lock is held here; an `await` would let other tasks run into it and deadlock;"
        " use asyncio.Lock, or shorten the locked part"
    ),
    "atomic-block": (
        "this stands in a database transaction, which belongs to one thread; move the whole block"
        " into one function under sync_to_async"
    ),
    "atomic-around-await": (
        "something is awaited while a database transaction is open, which belongs to one thread; do what has to be"
        " awaited before or behind it, and use the synchronous methods inside: the block is then one function"
    ),
    "process-wide-state": (
        "the surrounding `with` changes something that the whole process sees; other tasks would"
        " see it during the `await`"
    ),
    "thread-local-state": (
        "the surrounding `with` sets something for its own thread only, and what runs in another one"
        " would not see it; move the whole block into one function"
    ),
    "read-modify-write": (
        "the target is read before the `await` and written after it; another task may change it in"
        " between"
    ),
    "check-then-act": (
        "the condition is checked before the `await` and acted on after it; two tasks may both pass"
        " the check"
    ),
    "read-earlier": (
        "the rows would bring along what is read here later, and what is written in between would not be seen;"
        " fine where nothing writes to it meanwhile"
    ),
    "seen-halfway": (
        "other tasks would now see what stands there in between; set it once, behind the `await`"
    ),
    "changed-meanwhile": (
        "other tasks change this in place while the thread goes through it; hand it a copy"
    ),
    "check-then-act-in-thread": (
        "in a thread other tasks, and other threads, come in between; give the function a lock"
    ),
    "run-twice": (
        "the result is remembered, but two threads that ask for it at once run this twice, with what it"
        " changes; give it a lock"
    ),
    "interrupt-elsewhere": (
        "Ctrl-C at the prompt is handled here, and it is raised in the main thread only, not in the one that"
        " would wait for the line"
    ),
    "skipped-clean-up": (
        "this runs when a scope of anyio is cancelled, where every further `await` is cancelled, too;"
        " put it under `CancelScope(shield=True)`"
    ),
    # what a thread cannot do
    "holds-gil": (
        "this call keeps the interpreter lock while it works, so a thread would not free the loop;"
        " use a process pool, or smaller pieces"
    ),
    "main-thread-only": "this works in the main thread only",
    "thread-affine": "this object may only be used in the thread that made it",
    "process-wide": "this changes the whole process, which a thread must not do behind its back",
    "forks": (
        "a process that is forked from a thread ends with an error; start processes before the loop"
        " runs, or use a ProcessPoolExecutor with another start method"
    ),
    "parks-the-pool": (
        "this may wait for ever, and a few of those fill the default thread pool; give it an"
        " executor of its own, or use the asyncio counterpart"
    ),
    "item-lost": (
        "a thread cannot be stopped: when the task is cancelled it goes on waiting, and what it gets then"
        " is lost"
    ),
    "cancelled-future": (
        "when the future is cancelled, `await` raises asyncio.CancelledError, which looks like a cancelled"
        " task and is no Exception; `result()` raises that of concurrent.futures"
    ),
    "one-loop": (
        "an object of asyncio works on one loop only: right where nobody runs these coroutines on another loop,"
        " which cannot be seen from here"
    ),
    "exit-waits": (
        "the interpreter waits for the thread when it ends: Ctrl-C, or SystemExit out of a signal handler, does not"
        " end the wait any more"
    ),
    "in-one-go": (
        "the results are handled when all of them are there, and no longer one by one as they come in"
    ),
    "shared-with-threads": "other threads may hold this lock; replace it by asyncio's on all sides",
    "report-only": "no rewrite in this place would help; it takes a change of design",
    "reaps-children": "in a thread this could collect a child process that somebody else waits for",
    "loop-api": (
        "the function uses the event loop, which it cannot reach from a thread; split it so that the"
        " blocking part stands alone"
    ),
    "running-loop": (
        "the loop runs already, and no loop can be run inside of it: make the function a coroutine"
        " and await what is given to the loop here"
    ),
    "loop-options": (
        "the loop that is run here is to have options of its own (`debug`, `loop_factory`, a backend or"
        " a context), which the loop that runs already cannot be given; await the coroutine without them"
    ),
    "not-awaitable": (
        "what is given to the loop here is no coroutine, task or future; await the coroutine that is meant"
    ),
    "not-known-awaitable": (
        "nothing says that what is given to the loop here can be awaited; annotate it as a coroutine"
    ),
    "handles-running-loop": (
        "the RuntimeError of a loop inside of the loop is expected here; decide between the two ways, and"
        " keep the one that awaits"
    ),
    "failure-handled": (
        "a loop that is run inside of the loop fails, which is caught here today; with the `await` the"
        " coroutine runs"
    ),
    "other-loop": (
        "what is awaited belongs to a loop that is made here and would never run; make the task on the"
        " loop that runs, with asyncio.create_task"
    ),
    "context-shared": (
        "where loops may be nested, the coroutine runs in a task of its own, whose context variables nobody"
        " else sees; behind `await` it shares them; asyncio.create_task keeps them apart"
    ),
    "nesting-asked": (
        "the call is part of something else, such as a `try` for the case that the package is missing; take it"
        " away by hand when nothing runs a loop inside of the loop"
    ),
    "nesting-needed": "a loop is still run inside of the loop there; await its coroutine first",
    "nesting-for-others": (
        "nothing here runs a loop inside of the loop, so that this is there for others: a notebook, or a program"
        " that imports it; take it away where nobody needs it"
    ),
    "nesting-elsewhere": (
        "this may run a loop inside of the loop, which only works with nest_asyncio; try the program without"
    ),
    "timeout-of-zero": (
        "a timeout of zero takes what is there already, where `asyncio.wait_for` raises TimeoutError; give a"
        " positive one, or ask `done()` first"
    ),
    "timeout-class": (
        "before Python 3.11 `await` raises asyncio.TimeoutError here, and not the TimeoutError of"
        " concurrent.futures"
    ),
    "cancelled-elsewhere": (
        "when the coroutine is cancelled on its loop, the handler here sees an Exception today; an `await`"
        " raises asyncio.CancelledError, which is none"
    ),
    "loop-of-its-own": (
        "the coroutine runs on a loop of its own today, in a thread that is waited for; on the loop that"
        " runs it shares its tasks, clients and locks"
    ),
    "running-loop-closed": (
        "the loop that runs cannot be closed from inside, so this fails with an `await`, too; await the coroutine,"
        " and leave closing to whoever started the loop"
    ),
    "runner-stays": (
        "the runner is used for more than running coroutines, and closing it on the loop fails; await"
        " the coroutines and leave the runner out"
    ),
    "re-enters": (
        "the function waits for a coroutine on the loop; from the thread pool that ends in a deadlock"
        " when the pool is full"
    ),
    "context-variable": (
        "the function sets a context variable, which would be lost with the thread's copy of the context"
    ),
    "context-first": (
        "before Python 3.9 the context has to be copied before the arguments are evaluated, and one of them may"
        " set a context variable; evaluate it in a statement of its own"
    ),
    "thread-local": (
        "the function uses `threading.local`, which holds something else in every thread"
    ),
    "blocking-property": (
        "an attribute cannot be awaited; make it a method, or read it inside a function that runs in a thread"
    ),
    "implicit-call": (
        "a special method blocks here; call it in a function of its own and run that in a thread"
    ),
    "endless-generator": (
        "the generator may never end, so it cannot be collected in a thread; make it asynchronous"
    ),
    "sync-callback": (
        "this function runs on the loop but is no coroutine, so nothing in it can be awaited; start a"
        " task or a thread from it"
    ),
    "stop-iteration": (
        "StopIteration cannot leave a thread: the `await` would hang; catch it there, or give `next` a default"
    ),
    "open-handle": (
        "the open handle is used afterwards, and each of its methods blocks too; read it in the"
        " same expression, or move the block that uses it into one function"
    ),
    "no-async-file": (
        "the file is used here in a way that this library (`file-io`) has no equal for, or other code gets hold"
        " of it; threads do it instead"
    ),
    "closed-meanwhile": (
        "when the task is cancelled, this is closed while a thread may still be working on it, which it does not"
        " guard against; the last of what was written may be missing or spoilt"
    ),
    "leaves-the-block": (
        "a `return`, `break` or `continue` leaves the block, which a function cannot do for its"
        " caller; restructure it, or move it into a function of its own"
    ),
    "lazy-result": (
        "the result is lazy and would block again while it is consumed; collect it with `list(...)`"
        " in the same expression"
    ),
    "pruned-walk": "the loop changes the list that `os.walk` goes on with; move the loop into a function",
    "context-manager": (
        "entering and leaving this `with` blocks; move the whole block into one function and run"
        " that in a thread"
    ),
    "unproven-callee": (
        "the expression calls something that may need the event loop; split it so that the blocking"
        " part stands alone"
    ),
    "shared-between-threads": (
        "the object outlives this function; two tasks could now use it in two threads at once"
    ),
    "moved-between-threads": (
        "the object would be used in one thread after the other, which what lies under it may not allow"
        " (SQLite); move everything that uses it into one function"
    ),
    "socket-mode": "the file sets sockets to non-blocking; whether this one blocks cannot be told",
    "not-known": "no way to fix this is known yet",
    "foreign-loop": (
        "this file does not run on asyncio, or not always, and what would be called here works there only;"
        " `backend` in the configuration says which loop it is"
    ),
    # what another process cannot do
    "not-importable": (
        "another process finds a function by its module and its name, and this one is not found that way;"
        " define it at the top of a module"
    ),
    "needs-its-object": (
        "a method takes its object along to the other process, as a copy; make it a function of the module"
    ),
    "not-picklable": "this cannot be sent to another process; hand it what it is made of",
    "unproven-picklable": (
        "whether this can be sent to another process cannot be told; annotate it with its type"
    ),
    "argument-copied": (
        "another process works on a copy of its arguments: what it changes in them is lost, and what it gives"
        " back of them is a copy, too; return what is new"
    ),
    "module-state": (
        "another process has a variable of its own by that name, and neither sees what the other sets; hand it"
        " over as an argument, and back as a result"
    ),
    "imported-again": (
        "another process imports the module anew, and what it makes of this there may be something else; hand"
        " it over as an argument"
    ),
    "output-elsewhere": (
        "what another process prints or logs takes the way that is set up there, not the one of this program"
    ),
    "exception-not-picklable": (
        "an exception that cannot be made anew from its `args` breaks the pool of processes on its way back;"
        " give its class a `__reduce__`, or no `__init__` of its own"
    ),
    "unguarded-main": (
        "each new process imports the script that is running, and would start the program again; put what"
        ' starts it under `if __name__ == "__main__":`'
    ),
    # an async form of their own
    "native-argument": "the async form takes this argument in another way, or not at all",
    "native-python": "the async form needs a newer Python than the oldest one that the project supports",
    "on-uvloop": "uvloop, which the project has, does this in a way of its own",
    "client-not-entered": (
        "the async client takes its place where one `with` opens it, in the coroutine itself, and"
        " closes it again"
    ),
    "client-member": "the async client has no equal for this use of the object",
    "unverified-server": (
        "the sync library does not verify the server's certificate here, and neither would the"
        " rewritten call, which says so (`validate_certs=False`); give it a context"
    ),
    "watches-descriptors": (
        "waiting until a descriptor is ready is the loop's own work; use `loop.add_reader` and"
        " `loop.add_writer`, or asyncio's streams"
    ),
    "serves-for-ever": (
        "this serves until somebody stops it, and would keep a thread of the pool for as long; use"
        " `asyncio.start_server`, or start a thread of its own"
    ),
    # HTTP
    "unknown-arguments": "the request's arguments are not spelled out (`*args` or `**kwargs`)",
    "unsupported-argument": "this argument has no equal in the async client",
    "value-type": (
        "the sync and the async client treat some values here differently, and the type of this one"
        " cannot be seen"
    ),
    "different-value": "the sync and the async client treat this value differently",
    "query-in-url": (
        "the URL may hold a query already; requests adds `params` to it, the async client replaces it"
    ),
    "read-at-import": (
        "the certificates would be read when the module is imported, which ends with an error where they"
        " are missing, and not with the request"
    ),
    "response-escapes": (
        "the response leaves this function (it is returned, stored or passed on), and the code that"
        " gets it may use members that the async client's response lacks"
    ),
    "stream-outlives": (
        "the response is read where no `async with` around its uses would reach: behind them, in a function that runs"
        " later, or after the variable got another value"
    ),
    "stream-elsewhere": (
        "what reads the body is handed on before anything is read; go through it in a `for` loop of this function"
    ),
    "response-member": "this member of the response differs in the async client",
    "repeated-item": (
        "the server may send this header several times; requests joins its values, the async client"
        " gives the first"
    ),
    "redirected-method": (
        "the async client follows a redirect of this method with the same method and body, and sends"
        " it again when the connection is lost; requests does neither"
    ),
    "elapsed-time": (
        "the async client measures until the body has come, requests until the headers have"
    ),
    "text-decoding": (
        "requests and the async client decode `.text` differently when the server names no charset"
    ),
    "exception-handler": (
        "a handler here catches exceptions that the async client raises under other classes"
    ),
    "catches-more": (
        "something else in the block may raise the async client's exceptions, which the handler did not catch and"
        " would now"
    ),
    "exceptions-elsewhere": "the sync library's exceptions are named elsewhere in this file",
    "caller-handles": "a caller handles exceptions of the sync library that would no longer be raised",
    "statement-shape": "the statement cannot be wrapped in `async with` without changing what runs when",
    "repeated-request": (
        "the request may be made several times here, and one client would carry cookies from one to"
        " the next"
    ),
    "client-scope": "the client lives no longer than this function (`http-client-scope`)",
    "session": "the session is shared by other requests; only its calls are moved to a thread",
    "client-elsewhere": (
        "not everything that is done with the session is known, and a client takes its place everywhere or nowhere"
    ),
    "client-in-sync-code": (
        "sync code uses the session, too, and a client takes its place everywhere or nowhere"
    ),
    "client-entered-again": "a client is opened once, and closed for good",
    "client-never-closed": (
        "nothing closes the session, and a client that is not closed keeps its connections; open it with `with`"
    ),
    "client-not-closed": (
        "nothing closes the session; a client that goes without being closed leaves its connections open for a while"
    ),
    "used-when-closed": "a session that is closed still works, and a client does not",
    "default-headers": "the headers that the libraries send unasked are not the same",
    "client-configured": "the configuration asks for threads (`http-client`)",
    "awaited-in-hop": (
        "the body of the response would be awaited inside of statements that go to a thread together; take it"
        " into a variable before them"
    ),
    "client-optional": (
        "this file can do without the async client: it imports it in a `try`, and has another way where it is"
        " not installed"
    ),
    "client-version": (
        "no async client works with the Python and the versions that the project asks for; raise them, or have"
        " httpx 0.28, aiohttp 3.10, or httpx2, which needs Python 3.11"
    ),
    # Django
    "lock-outside-transaction": (
        "rows are locked until a transaction ends, and none is open here: databases other than SQLite refuse the"
        " query; put it, and what is done with the rows, into one `with transaction.atomic():`"
    ),
    "opens-now": (
        "today the transaction ends before the coroutine begins to run, where Django lets it begin at all; now all"
        " that the function does is part of it"
    ),
    "unclear-names": (
        "whether a name that is set here has a value behind the block cannot be told; set it in front of the block"
    ),
    "overridden-in-project": (
        "the project overrides the sync method, and Django's async one would not call it"
    ),
    "asked-too-late": (
        "a decorator of the coroutine has found out who asks where this does not look, and behind a new password the"
        " session would be emptied; await `sync_to_async(bool)(request.user)` at the beginning"
    ),
    "used-on-the-way": (
        "what is used here is fetched on its first use, which some ways through the statement leave out; take it into"
        " a statement of its own"
    ),
    "django-version": "this project's Django has no async form of it",
    "streamed-elsewhere": (
        "others may use the generator that is sent here; an async generator of its own would send rows"
        " as they come"
    ),
    "streamed-rows": (
        "the generator does more than send columns of rows, which would block the loop in an async one;"
        " it is gone through in a thread before anything is sent"
    ),
    "asked-early": (
        "all rows are fetched before the loop begins; it may end before it gets to some of them, or"
        " change them on the way"
    ),
    "reused-queryset": "the queryset is used again afterwards and must keep its results",
    # `async def` to `def`
    "waits": "the function waits for something, so it must stay a coroutine function",
    "not-a-route": (
        "only routes, dependencies and exception handlers of FastAPI and Starlette, and function views of Django,"
        " are run in a thread when they are plain functions"
    ),
    "other-decorator": "a decorator of this function may expect it to be a coroutine function",
    "called-elsewhere": (
        "the function is called or handed on there, where it may have to be a coroutine function"
    ),
    "strategy-not-asked": "`strategies` leaves out the kind of fix that would help here",
    # threads and coroutines the wrong way round
    "fails-today": (
        "today the call runs on the loop and what it returns, which is no function, ends this with a"
        " TypeError; now the call runs in the thread"
    ),
    "runs-now": "today the coroutine is made and never run; now it runs, and this waits for it",
    "runner-arguments": "further arguments stand beside the function here; write the call out",
    "await-it-instead": (
        "a coroutine function needs no thread: await its call where it stands, or run a plain function"
        " in the thread"
    ),
    "raises-today": "today this raises an exception whenever it runs; now it does what it says",
    "djangos-thread": (
        "today this has a thread and a connection of its own; now it takes turns with the other queries of the same"
        " request, in Django's thread"
    ),
    "closes-now": "today this closes nothing; now it closes connections of Django's thread that are out of use",
    "bare-thread": (
        "nobody closes the connection of such a thread; leave `thread_sensitive` as it is, or call"
        " `close_old_connections()` in the function itself, before and after its queries"
    ),
    "lazy-in-thread": (
        "the thread only makes a queryset; make it here, and have its rows collected where they are wanted"
    ),
    # matters of opinion
    "made-once": (
        "what it makes is there to be shared, and who closes it is for the program to decide"
    ),
    "runs-together": (
        "they now run at the same time: when one fails the others go on, and what they change comes in"
        " any order"
    ),
    "comment-between": "a comment, or another statement, stands between them; move it",
    "plain-function-wanted": (
        "make it a plain function, which runs where it may wait, or use what takes coroutine functions here"
    ),
    "settings-are-yours": "a setting is changed by those who run the site",
    "whose-connection": "only you know whether the request is in a transaction, or between rows, at this place",
    "pool-size": "how many threads are enough is for the program to decide",
    # tests
    "altered-everywhere": (
        "the project changes what the library does in the whole process, and would not reach the client"
    ),
    "patched-in-tests": (
        "tests put something else in the place of this call, and would no longer reach it; change them along"
    ),
    # verification
    "unverified-syntax": (
        "this Python cannot compile the file, so the result could not be verified; run awaken under"
        " the Python that the project uses"
    ),
    "does-not-compile": "the rewritten file does not compile",
    "unbound-name": "the rewritten file uses a name that nothing binds",
    "unused-import": "the rewritten file has an import that nothing uses",
    "lost-coroutine": "the rewritten file makes a coroutine that nothing awaits",
    "misplaced-await": "the rewritten file awaits where that changes the meaning",
    "outside-plan": "the rewrite changed something outside the planned statements",
    "not-settled": "a second run would change the file again",
    "not-encodable": "the file's encoding cannot express the rewritten text",
}


_SHOWN_PLACES = 3


def reason(code: str, detail: str = "") -> Reason:
    """The reason with this code; `detail` is put in front of its sentence."""
    sentence = REASONS[code]
    return Reason(code, f"{detail}: {sentence}" if detail else sentence)


def at_places(code: str, places: Sequence[Spot]) -> Reason:
    """The reason with this code, and where to look; its sentence begins with the first few places."""
    shown = [f"{each.path}:{each.line}" for each in places[:_SHOWN_PLACES]]
    more = [f"{len(places) - len(shown)} more"] if len(places) > len(shown) else []
    *others, last = [*shown, *more]
    listed = f"{', '.join(others)} and {last}" if others else last
    return Reason(code, f"{listed}: {REASONS[code]}", tuple(places))


def foremost(differences: Sequence[Reason]) -> Reason | None:
    """The first of some differences, with what the others say of places that have to be looked at as well."""
    if not differences:
        return None
    first, *others = differences
    placed = [each for each in others if each.places and each != first]
    message = "; besides, ".join([first.message, *(each.message for each in placed)])
    places = tuple(dict.fromkeys(place for each in (first, *placed) for place in each.places))
    return Reason(first.code, message, places)
