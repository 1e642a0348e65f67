"""What each rule finds, why that blocks, and what is done about it, in words for people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, as `awaken rules` and `awaken explain` show it.

    Attributes:
        name: what `--select`, `--ignore` and `# awaken: ignore[...]` call it.
        summary: what it finds, in one line.
        why: why that stops the event loop.
        fix: what the rewrite does.
        ruff: the codes under which ruff and flake8-async report the same calls.
        before: an example that it reports.
        after: the example after `awaken apply`.
        reasons: codes of the reasons for which it leaves a call alone most often.
        settings: what `[tool.awaken]` holds in the example, where the rule finds nothing without; the example
            is `app.py`.
        advice: whether it reports no blocking call of the catalogue, but what else is odd; its fixes are unsafe.
        rewrites: whether `awaken apply` makes the example what it is afterwards.
        on_request: whether it is only reported where `select` or `extend-select` names it.
    """

    name: str
    summary: str
    why: str
    fix: str
    ruff: tuple[str, ...]
    before: str
    after: str
    reasons: tuple[str, ...]
    settings: str = ""
    advice: bool = False
    rewrites: bool = True
    on_request: bool = False


_ALL: Final = (
    Rule(
        name="sleep",
        summary="time.sleep in code that runs on the event loop",
        why=(
            "time.sleep puts the whole thread to sleep, and the event loop with it: for that long"
            " no other task runs, no connection is answered, no timeout fires."
        ),
        fix="`await asyncio.sleep(...)` pauses this task alone.",
        ruff=("ASYNC251",),
        before="import time\n\n\nasync def poll():\n    time.sleep(1)\n",
        after="import asyncio\n\n\nasync def poll():\n    await asyncio.sleep(1)\n",
        reasons=("lock-held", "foreign-loop", "check-then-act"),
    ),
    Rule(
        name="offload",
        summary="files, processes, sockets, databases, locks and other waits on the event loop",
        why=(
            "The call returns only when the disk, the other process or the network has answered."
            " Until then the event loop stands still, and with it every other task."
        ),
        fix=(
            "The call is made in a thread by `await asyncio.to_thread(...)`, and the loop goes on"
            " meanwhile. Arguments are still evaluated where they stood. Neighbouring statements that"
            " block become one local function, and one hop. A file or process that stays open across"
            " an `await` is opened, used and closed in hops of its own; `file-io` asks for the files of"
            " aiofiles or anyio instead."
        ),
        ruff=(
            "ASYNC220", "ASYNC221", "ASYNC222", "ASYNC230", "ASYNC231", "ASYNC232", "ASYNC240",
            "ASYNC250",
        ),
        before=(
            "import subprocess\n\n\nasync def build():\n"
            '    subprocess.run(["make"], check=True)\n'
        ),
        after=(
            "import asyncio\nimport subprocess\n\n\nasync def build():\n"
            '    await asyncio.to_thread(subprocess.run, ["make"], check=True)\n'
        ),
        reasons=(
            "open-handle", "lazy-result", "context-manager", "thread-affine", "main-thread-only",
            "holds-gil", "parks-the-pool", "item-lost", "exit-waits", "one-loop", "lock-held", "closed-meanwhile",
        ),
    ),
    Rule(
        name="http",
        summary="requests, urllib and other synchronous HTTP clients on the event loop",
        why=(
            "A synchronous client waits for name lookup, connection and answer, often without any"
            " timeout. One slow server stops every task of the process."
        ),
        fix=(
            "The request is made by an async client, where every use of the response is known to"
            " mean the same; anywhere else the call is made in a thread. Neighbouring requests of a coroutine share"
            " a client, which forgets each before the next; `http-client-scope` lets one live as long as the module."
            " A session becomes one client, with everything that is done with it, or stays what it is."
        ),
        ruff=("ASYNC210", "ASYNC211", "ASYNC212"),
        before=(
            "import requests\n\n\nasync def ping(url):\n"
            "    return requests.get(url, timeout=5).status_code\n"
        ),
        after=(
            "import os\n\nimport httpx\n\n"
            "_SSL_CONTEXT = httpx.create_ssl_context(\n"
            '    os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True,\n'
            "    trust_env=False,\n"
            ")\n\n\nasync def ping(url):\n"
            "    async with httpx.AsyncClient(\n"
            "        verify=_SSL_CONTEXT, follow_redirects=True, max_redirects=30\n"
            "    ) as client:\n"
            "        return (await client.get(url, timeout=5)).status_code\n"
        ),
        reasons=(
            "response-escapes", "unsupported-argument", "exception-handler", "client-elsewhere",
            "client-in-sync-code", "client-scope",
        ),
    ),
    Rule(
        name="cpu",
        summary="functions that `cpu-bound` names, on the event loop",
        why=(
            "While a function computes, the event loop has no turn. Which functions compute for long only the"
            ' project knows: `cpu-bound = ["app.factors"]` under [tool.awaken] names them, or a decorator'
            " that marks them."
        ),
        fix=(
            "The function runs in a pool of other processes, where it is shown that this gives the same: it is"
            " found by its name, its arguments and its result can be sent, and it shares nothing with this"
            " process. Else it runs in a thread, which makes nothing faster and leaves the loop a turn every few"
            " milliseconds. What keeps the interpreter lock in one call (json, re, sorted) goes to a process or"
            " nowhere. In a route whose answer does not need the result, FastAPI's BackgroundTasks is shorter: it"
            " runs a plain function in a thread once the answer is sent."
        ),
        ruff=(),
        before=(
            "def factors(number: int) -> list[int]:\n"
            "    return [each for each in range(1, number + 1) if number % each == 0]\n"
            "\n\nasync def answer(number: int):\n    return factors(number)\n"
        ),
        after=(
            "import asyncio\nimport functools\nimport multiprocessing\n"
            "from concurrent.futures import ProcessPoolExecutor\n\n\n"
            "@functools.cache\ndef _process_pool():\n"
            '    return ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn"))\n\n\n'
            "def factors(number: int) -> list[int]:\n"
            "    return [each for each in range(1, number + 1) if number % each == 0]\n"
            "\n\nasync def answer(number: int):\n"
            "    return await asyncio.get_running_loop().run_in_executor(_process_pool(), factors, number)\n"
        ),
        reasons=(
            "module-state", "argument-copied", "unproven-picklable", "exception-not-picklable",
            "unguarded-main", "needs-its-object", "imported-again",
        ),
        settings='cpu-bound = ["app.factors"]',
    ),
    Rule(
        name="loop",
        summary="event loops that are run inside of the running one: asyncio.run, run_until_complete",
        why=(
            "A loop cannot be run inside of a loop: the call fails with a RuntimeError, or waits for"
            " ever for a coroutine on the loop that it holds up itself."
        ),
        fix=(
            "What is given to the loop is awaited on the one that runs, also through functions of the"
            " project that do nothing else. The loop that was made for it goes."
        ),
        ruff=(),
        before=(
            "import asyncio\n\n\nasync def fetch():\n    return 42\n\n\n"
            "async def main():\n    loop = asyncio.get_event_loop()\n"
            "    return loop.run_until_complete(fetch())\n"
        ),
        after=(
            "async def fetch():\n    return 42\n\n\nasync def main():\n    return await fetch()\n"
        ),
        reasons=(
            "running-loop", "loop-options", "not-known-awaitable", "handles-running-loop",
            "failure-handled",
        ),
    ),
    Rule(
        name="django",
        summary="Django's ORM and other synchronous parts of Django on the event loop",
        why=(
            "A query waits for the database. Django refuses most of them on the event loop with"
            " SynchronousOnlyOperation; the rest stop every other request."
        ),
        fix=(
            "The async form of the same method is awaited where Django has one (`aget`, `acount`,"
            " `async for`); else the call is made by `sync_to_async`, which keeps it in the thread"
            " that owns the connection. A transaction goes there as one function, and so does all that"
            " is done with a cursor; neighbouring queries do where the configuration says"
            ' `strategies.django = "block"`. What a foreign key leads to is asked for with the rows'
            " (`select_related`) where their query is in view, else read by `sync_to_async`; where the"
            ' query is not, it is reported under `min-severity = "low"` only.'
        ),
        ruff=(),
        before=(
            "from django.db import models\n\n\nclass Book(models.Model):\n"
            "    title = models.TextField()\n\n\nasync def count_books():\n"
            "    return Book.objects.count()\n"
        ),
        after=(
            "from django.db import models\n\n\nclass Book(models.Model):\n"
            "    title = models.TextField()\n\n\nasync def count_books():\n"
            "    return await Book.objects.acount()\n"
        ),
        reasons=(
            *("asked-early", "atomic-around-await", "atomic-block", "django-version"),
            *("streamed-elsewhere", "streamed-rows"),
            *("lock-outside-transaction", "opens-now"),
            *("overridden-in-project", "read-earlier", "reused-queryset", "unclear-names"),
        ),
    ),
    Rule(
        name="called-early",
        summary="a function that is called instead of being given to a thread: to_thread(f(x))",
        why=(
            "`f(x)` is evaluated first, on the event loop; the thread then gets what it returned, which"
            " is no function, and fails with a TypeError."
        ),
        fix="The function and its arguments are handed over: `to_thread(f, x)`.",
        ruff=(),
        before=(
            "import asyncio\nimport time\n\n\nasync def pause():\n"
            "    await asyncio.to_thread(time.sleep(1))\n"
        ),
        after=(
            "import asyncio\nimport time\n\n\nasync def pause():\n"
            "    await asyncio.to_thread(time.sleep, 1)\n"
        ),
        reasons=("fails-today", "runner-arguments"),
        advice=True,
    ),
    Rule(
        name="coroutine-in-thread",
        summary="a coroutine function that is given to a thread: to_thread(fetch, url)",
        why=(
            "Calling a coroutine function only makes a coroutine. The thread does that and nothing"
            " else; what the function should do never happens."
        ),
        fix="The coroutine is awaited on the loop: `await fetch(url)`.",
        ruff=(),
        before=(
            "import asyncio\n\n\nasync def save(text):\n    print(text)\n\n\n"
            'async def main():\n    await asyncio.to_thread(save, "a")\n'
        ),
        after=(
            "async def save(text):\n    print(text)\n\n\n"
            'async def main():\n    await save("a")\n'
        ),
        reasons=("runs-now", "await-it-instead", "runner-arguments"),
        advice=True,
    ),
    Rule(
        name="not-awaited",
        summary="a coroutine that is made by a statement of its own and never awaited",
        why="Nothing runs a coroutine until it is awaited; this one is thrown away.",
        fix="The call is awaited.",
        ruff=(),
        before=(
            "import asyncio\n\n\nasync def pause():\n    asyncio.sleep(1)\n"
        ),
        after=(
            "import asyncio\n\n\nasync def pause():\n    await asyncio.sleep(1)\n"
        ),
        reasons=("runs-now", "lock-held"),
        advice=True,
    ),
    Rule(
        name="client-per-call",
        summary="a client, engine or pool that is made anew for every request or item",
        why=(
            "Making one reads certificates or opens connections, which the next one cannot use again;"
            " under load that costs more than the requests themselves."
        ),
        fix="None is made: who owns and closes the shared one is for the program to decide.",
        ruff=(),
        before=(
            "import aiohttp\nfrom fastapi import FastAPI\n\napp = FastAPI()\n\n\n"
            '@app.get("/")\nasync def ping():\n    async with aiohttp.ClientSession() as session:\n'
            '        await session.get("http://a")\n'
        ),
        after=(
            "import contextlib\n\nimport aiohttp\nfrom fastapi import FastAPI\n\n\n"
            "@contextlib.asynccontextmanager\nasync def lifespan(app):\n"
            "    async with aiohttp.ClientSession() as session:\n        app.state.session = session\n"
            "        yield\n\n\napp = FastAPI(lifespan=lifespan)\n\n\n"
            '@app.get("/")\nasync def ping():\n    await app.state.session.get("http://a")\n'
        ),
        reasons=("made-once",),
        advice=True,
        rewrites=False,
        on_request=True,
    ),
    Rule(
        name="sequential-awaits",
        summary="neighbouring awaits of the project's own coroutines that need nothing of each other",
        why="They wait one after the other, although the answers could come at the same time.",
        fix="One `asyncio.gather(...)` waits for all of them.",
        ruff=(),
        before=(
            "import asyncio\n\nimport httpx\n\nclient = httpx.AsyncClient()\n\n\n"
            'async def fetch_user(key):\n    return await client.get(f"http://a/{key}")\n\n\n'
            'async def fetch_news():\n    return await client.get("http://b")\n\n\n'
            "async def page():\n    user = await fetch_user(1)\n    news = await fetch_news()\n"
            "    return user, news\n"
        ),
        after=(
            "import asyncio\n\nimport httpx\n\nclient = httpx.AsyncClient()\n\n\n"
            'async def fetch_user(key):\n    return await client.get(f"http://a/{key}")\n\n\n'
            'async def fetch_news():\n    return await client.get("http://b")\n\n\n'
            "async def page():\n"
            "    user, news = await asyncio.gather(fetch_user(1), fetch_news())\n"
            "    return user, news\n"
        ),
        reasons=("runs-together", "comment-between"),
        advice=True,
        on_request=True,
    ),
    Rule(
        name="unbounded-offload",
        summary="a call in a thread for every item at once",
        why=(
            "The default pool has a handful of threads (at most 32). A thousand calls at once wait for"
            " them, and so does everything else that needs a thread: files, name lookups."
        ),
        fix="None is made: how many threads are enough is for the program to decide.",
        ruff=(),
        before=(
            "import asyncio\n\n\nasync def read_all(paths, read):\n"
            "    return await asyncio.gather(*(asyncio.to_thread(read, path) for path in paths))\n"
        ),
        after=(
            "import asyncio\nfrom concurrent.futures import ThreadPoolExecutor\n\n\n"
            "async def read_all(paths, read):\n    loop = asyncio.get_running_loop()\n"
            "    with ThreadPoolExecutor(max_workers=64) as pool:\n"
            "        return await asyncio.gather(\n"
            "            *(loop.run_in_executor(pool, read, path) for path in paths)\n        )\n"
        ),
        reasons=("pool-size",),
        advice=True,
        rewrites=False,
        on_request=True,
    ),
    Rule(
        name="django-misuse",
        summary="Django handed to threads, closed, collected or awaited in a way that does not work",
        why=(
            "A connection that is opened in a bare thread is closed by nobody; a method of the connection that was"
            " looked up on the loop is of no use in another thread; closing connections on the loop closes none;"
            " an asynchronous generator cannot be given to `list`; a synchronous query cannot be awaited."
        ),
        fix="What was meant: Django's own thread, the a-method, a list; where that is not certain, none is made.",
        ruff=(),
        before=(
            "import asyncio\n\nfrom django.contrib.auth.models import User\n\n\n"
            "async def count():\n    return await asyncio.to_thread(User.objects.count)\n"
        ),
        after=(
            "from asgiref.sync import sync_to_async\nfrom django.contrib.auth.models import User\n\n\n"
            "async def count():\n    return await sync_to_async(User.objects.count)()\n"
        ),
        reasons=("bare-thread", "closes-now", "djangos-thread", "lazy-in-thread", "raises-today"),
        advice=True,
    ),
    Rule(
        name="coroutine-not-taken",
        summary="coroutine functions where Django, REST framework or Celery call plain ones",
        why=(
            "What they give is a coroutine that nobody awaits: the request fails, or the task does nothing."
            " `login_required` takes async views from Django 5.1 on, most other decorators from 5.0 on,"
            " `method_decorator` from 5.2 on; the mixins of `django.contrib.auth`, `BaseCommand.handle`, views of"
            " REST framework and Celery's tasks never do."
        ),
        fix="None is made: the function becomes a plain one, or what calls it has to change.",
        ruff=(),
        before=(
            "from django.core.management.base import BaseCommand\n\n\nclass Command(BaseCommand):\n"
            "    async def handle(self, *args, **options):\n        await main()\n"
        ),
        after=(
            "from asgiref.sync import async_to_sync\nfrom django.core.management.base import BaseCommand\n\n\n"
            "class Command(BaseCommand):\n    def handle(self, *args, **options):\n        async_to_sync(main)()\n"
        ),
        reasons=("plain-function-wanted",),
        advice=True,
        rewrites=False,
    ),
    Rule(
        name="django-settings",
        summary="settings of Django that do harm where requests are served by an event loop",
        why=(
            "DJANGO_ALLOW_ASYNC_UNSAFE switches off the guard that tells of queries on the loop: they then stop"
            " it, and each leaves a connection open. Under ASGI a connection with a CONN_MAX_AGE is never used"
            " again and stays open for that long; a pool (OPTIONS, from Django 5.1 on) is what shares them."
        ),
        fix="None is made: a setting is changed by those who run the site.",
        ruff=(),
        before=(
            'import os\n\nASGI_APPLICATION = "site.asgi.application"\n'
            'os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"\n'
        ),
        after='ASGI_APPLICATION = "site.asgi.application"\n',
        reasons=("settings-are-yours",),
        advice=True,
        rewrites=False,
    ),
    Rule(
        name="connection-held",
        summary="a long wait of a coroutine that has asked Django's database before",
        why=(
            "Under ASGI a request keeps the connection of its first query to its end. Thirty requests that"
            " each wait for a language model hold thirty connections, and a pool of ten lets nobody else in."
        ),
        fix=(
            "None is made: a connection must not be given back inside of a transaction, nor between the rows of"
            " an `aiterator()`."
        ),
        ruff=(),
        before=(
            "from django.contrib.auth.models import User\nfrom openai import AsyncOpenAI\n\n"
            "client = AsyncOpenAI()\n\n\nasync def answer(request, pk):\n"
            "    user = await User.objects.aget(pk=pk)\n"
            '    return await client.responses.create(model="m", input=user.email)\n'
        ),
        after=(
            "from asgiref.sync import sync_to_async\nfrom django.contrib.auth.models import User\n"
            "from django.db import close_old_connections\nfrom openai import AsyncOpenAI\n\n"
            "client = AsyncOpenAI()\n\n\nasync def answer(request, pk):\n"
            "    user = await User.objects.aget(pk=pk)\n"
            "    await sync_to_async(close_old_connections)()\n"
            '    return await client.responses.create(model="m", input=user.email)\n'
        ),
        reasons=("whose-connection",),
        advice=True,
        rewrites=False,
        on_request=True,
    ),
)  # fmt: skip

RULES: Final[Mapping[str, Rule]] = {rule.name: rule for rule in _ALL}
"""Every rule by its name, the simplest first."""

SELECTABLE: Final = frozenset(RULES) | {code for rule in _ALL for code in rule.ruff}
"""What `select` and `ignore` may name: rules, and the ruff codes of the calls they report."""

ADVICE: Final = frozenset(rule.name for rule in _ALL if rule.advice)
"""Rules that report what is odd besides blocking calls."""

ON_REQUEST: Final = frozenset(rule.name for rule in _ALL if rule.on_request)
"""Rules that are matters of opinion: nothing of them is reported unless it is asked for."""
