"""Functions that hand their first parameter on to be run elsewhere, told by their shape."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

from awaken.index.build import build_index
from awaken.syntax.tree import parse

if TYPE_CHECKING:
    from awaken.index.summary import Handover

_GIVES = {
    "arguments as they come": """
        async def run(func, *args, **kwargs):
            '''Run it in a thread.'''
            return await asyncio.to_thread(func, *args, **kwargs)
        """,
    "a partial": """
        async def run(func, *args, **kwargs):
            loop = asyncio.get_event_loop()
            return await loop.run_in_executor(None, functools.partial(func, *args, **kwargs))
        """,
    "a lambda": """
        async def run(func, *args, **kwargs):
            return await asyncio.to_thread(lambda: func(*args, **kwargs))
        """,
    "a local function": """
        async def run(func, *args, **kwargs):
            def call():
                return func(*args, **kwargs)
            return await asyncio.to_thread(call)
        """,
    "keywords bound where there are some": """
        def run(func, *args, **kwargs):
            if kwargs:
                func = partial(func, **kwargs)
            return loop.run_in_executor(None, func, *args)
        """,
    "one way out with keywords and one without": """
        async def run(func, *args, **kwargs):
            context = contextvars.copy_context()
            with ThreadPoolExecutor(max_workers=1) as executor:
                if kwargs:
                    inner = functools.partial(func, *args, **kwargs)
                    return await loop.run_in_executor(executor, context.run, inner)
                return await loop.run_in_executor(executor, context.run, func, *args)
        """,
    "a future that is kept": """
        def run(func, *args, **kwargs):
            task = loop.run_in_executor(None, partial(func, *args, **kwargs))
            tasks.add(task)
            task.add_done_callback(tasks.remove)
            return task
        """,
    "coroutine functions apart": """
        async def run(func, *args, **kwargs):
            if asyncio.iscoroutinefunction(func):
                return await func(*args, **kwargs)
            return await sync_to_async(func, thread_sensitive=True)(*args, **kwargs)
        """,
    "logging and cleaning up": """
        async def run(func, *args, **kwargs):
            logger.debug("running %s", func)
            try:
                return await asyncio.to_thread(func, *args, **kwargs)
            finally:
                logger.debug("done")
        """,
}
_DOES_MORE = {
    "it catches": """
        async def run(func, *args):
            try:
                return await asyncio.to_thread(func, *args)
            except OSError:
                return None
        """,
    "it repeats": """
        async def run(func, *args):
            while True:
                return await asyncio.to_thread(func, *args)
        """,
    "it calls twice": """
        async def run(func, *args):
            first = await asyncio.to_thread(func, *args)
            return await asyncio.to_thread(func, *args)
        """,
    "it calls by itself": """
        async def run(func, *args):
            func(*args)
            return await asyncio.to_thread(func, *args)
        """,
    "it lets somebody else call": """
        async def run(func, *args):
            measure(func)
            return await asyncio.to_thread(func, *args)
        """,
    "it calls by itself at times": """
        async def run(func, *args):
            if ready:
                return func(*args)
            return await asyncio.to_thread(func, *args)
        """,
    "it gives nothing at times": """
        async def run(func, *args):
            if ready:
                return await asyncio.to_thread(func, *args)
        """,
    "it waits for something else": """
        async def run(func, *args):
            await turn()
            return await asyncio.to_thread(func, *args)
        """,
    "it changes the result": """
        async def run(func, *args):
            return list(await asyncio.to_thread(func, *args))
        """,
    "it hides the result": """
        async def run(func, *args):
            await asyncio.to_thread(func, *args)
        """,
    "it gives a coroutine": """
        async def run(func, *args):
            return asyncio.to_thread(func, *args)
        """,
    "it loses keywords": """
        async def run(func, *args, **kwargs):
            return await asyncio.to_thread(func, *args)
        """,
    "it loses arguments in one branch": """
        async def run(func, *args):
            if ready:
                return await asyncio.to_thread(func)
            return await asyncio.to_thread(func, *args)
        """,
    "it adds an argument": """
        async def run(func, *args):
            return await asyncio.to_thread(func, 1, *args)
        """,
    "it adds a keyword": """
        async def run(func, *args):
            return await asyncio.to_thread(func, *args, deep=True)
        """,
    "it takes an argument itself": """
        async def run(func, timeout, *args):
            return await asyncio.to_thread(func, *args)
        """,
    "it must be told something": """
        async def run(func, *args, pool):
            return await asyncio.to_thread(func, *args)
        """,
    "it changes the callable": """
        async def run(func, *args):
            func = traced(func)
            return await asyncio.to_thread(func, *args)
        """,
    "it changes the arguments": """
        async def run(func, *args):
            args = args[1:]
            return await asyncio.to_thread(func, *args)
        """,
    "it decorates": """
        def run(func):
            async def wrapper(*args):
                return await asyncio.to_thread(func, *args)
            return wrapper
        """,
}


def _handover(code: str) -> Handover | None:
    index = build_index(parse(textwrap.dedent(code)), path="aio.py", module="aio")
    return next(scope.handover for scope in index.scopes if scope.name == "run")


@pytest.mark.parametrize("code", _GIVES.values(), ids=_GIVES.keys())
def test_it_hands_the_callable_on_with_all_of_its_arguments(code: str) -> None:
    found = _handover(code)
    assert found is not None
    assert found.positional
    assert found.keywords
    assert "func" in found.own


@pytest.mark.parametrize("code", _DOES_MORE.values(), ids=_DOES_MORE.keys())
def test_it_does_something_else(code: str) -> None:
    assert _handover(code) is None


def test_a_method_is_given_its_object_first() -> None:
    found = _handover(
        """
        class Store:
            async def run(self, call, *args, retries=0):
                return await asyncio.to_thread(call, *args)
        """
    )
    assert found is not None
    assert (found.positional, found.keywords) == (True, False)
    assert found.own == {"self", "call", "retries"}


def test_names_of_positional_only_parameters_are_free() -> None:
    found = _handover("async def run(func, /):\n    return await asyncio.to_thread(func)\n")
    assert found is not None
    assert (found.positional, found.keywords, found.own) == (False, False, frozenset())
