"""Whether calling a decorated function still runs it, and what else runs with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from awaken.resolve.decorators import Kind, decorated
from tests.resolve.project import SmallProject

if TYPE_CHECKING:
    from pathlib import Path

_DECORATORS = """
import abc, asyncio, contextlib, functools, threading
from functools import cached_property as lazy, lru_cache, partial, wraps
import tenacity
from asgiref.sync import sync_to_async
from fastapi import APIRouter, FastAPI
from somewhere import mystery

app = FastAPI()
router = APIRouter(prefix="/x")
found = []

def around(fn):
    @wraps(fn)
    def wrapper(*args, **kwargs):
        return fn(*args, **kwargs)
    return wrapper

def with_result(fn):
    def wrapper(*args):
        result = fn(*args)
        print(result)
        return result
    return wrapper

def with_arguments(times=1):
    def inner(fn):
        @functools.wraps(fn)
        def wrapper(*args):
            for _ in range(times):
                return fn(*args)
        return wrapper
    return inner

def other_result(fn):
    def wrapper(*args):
        return {"data": fn(*args)}
    return wrapper

def for_both(fn):
    if asyncio.iscoroutinefunction(fn):
        @wraps(fn)
        async def for_coroutines(*args):
            return await fn(*args)
        return for_coroutines
    @wraps(fn)
    def for_functions(*args):
        return fn(*args)
    return for_functions

def either(fn):
    async def threaded(*args):
        return await asyncio.to_thread(fn, *args)
    def direct(*args):
        return fn(*args)
    return threaded if found else direct

def off_the_loop(fn):
    @wraps(fn)
    async def wrapper(*args):
        return await asyncio.to_thread(fn, *args)
    return wrapper

def in_background(fn):
    def wrapper(*args):
        threading.Thread(target=fn, args=args).start()
    return wrapper

def registered(fn):
    found.append(fn)
    return fn

def replaced(fn):
    fn = mystery(fn)
    return fn

def as_object(fn):
    return Task(fn)

def maybe(fn=None, *, times=1):
    def inner(fn):
        return fn
    return inner if fn is None else inner(fn)

class Task:
    def __init__(self, fn): self.fn = fn

class Registry:
    def add(self, fn):
        found.append(fn)
        return fn
    def named(self, name):
        def inner(fn):
            found.append(fn)
            return fn
        return inner

registry = Registry()

@contextlib.contextmanager
def timed():
    yield
"""

_KINDS = {
    "": Kind.PLAIN,
    "@staticmethod": Kind.PLAIN,
    "@classmethod": Kind.PLAIN,
    "@abc.abstractmethod": Kind.PLAIN,
    "@lru_cache": Kind.PLAIN,
    "@functools.lru_cache(maxsize=None)": Kind.PLAIN,
    "@tenacity.retry(stop=1)": Kind.PLAIN,
    "@app.get('/')": Kind.PLAIN,
    "@router.post('/')": Kind.PLAIN,
    "@app.mount('/')": Kind.UNKNOWN,
    "@property": Kind.PROPERTY,
    "@lazy": Kind.PROPERTY,
    "@property\n    @abc.abstractmethod": Kind.PROPERTY,
    "@property\n    @lru_cache": Kind.PROPERTY,
    "@function.setter": Kind.PROPERTY,
    "@contextlib.contextmanager": Kind.MANAGER,
    "@staticmethod\n    @contextlib.contextmanager": Kind.MANAGER,
    "@property\n    @contextlib.contextmanager": Kind.UNKNOWN,
    "@sync_to_async": Kind.AWAITABLE,
    "@sync_to_async(thread_sensitive=True)": Kind.AWAITABLE,
    "@mystery": Kind.UNKNOWN,
    "@mystery\n    @lru_cache": Kind.UNKNOWN,
    "@functools.singledispatch": Kind.UNKNOWN,
    "@around": Kind.PLAIN,
    "@with_result": Kind.PLAIN,
    "@with_arguments(2)": Kind.PLAIN,
    "@with_arguments": Kind.UNKNOWN,
    "@other_result": Kind.PLAIN,
    "@for_both": Kind.PLAIN,
    "@either": Kind.UNKNOWN,
    "@off_the_loop": Kind.AWAITABLE,
    "@in_background": Kind.UNKNOWN,
    "@registered": Kind.PLAIN,
    "@registry.add": Kind.PLAIN,
    "@registry.named('x')": Kind.PLAIN,
    "@replaced": Kind.UNKNOWN,
    "@as_object": Kind.UNKNOWN,
    "@Task": Kind.UNKNOWN,
    "@maybe": Kind.UNKNOWN,
    "@timed()": Kind.PLAIN,
    "@partial(around)": Kind.UNKNOWN,
}
_WRAPPERS = {
    "@around": ["around.<locals>.wrapper"],
    "@with_arguments(2)": ["with_arguments.<locals>.inner.<locals>.wrapper"],
    "@around\n    @with_result": ["with_result.<locals>.wrapper", "around.<locals>.wrapper"],
    "@timed()": ["timed"],
    "@registered": [],
    "@lru_cache": [],
}
_RESULT = {
    "@around": True,
    "@with_result": True,
    "@with_arguments(2)": True,
    "@lru_cache": True,
    "@other_result": False,
    "@other_result\n    @around": False,
    "@off_the_loop": False,
    "@sync_to_async": True,
}


def _decorated(project: Path, decorators: str, definition: str = "def") -> SmallProject:
    text = f"{_DECORATORS}\nclass Owner:\n    {decorators}\n    {definition} function(self): ...\n"
    return SmallProject(project, {"main.py": text})


@pytest.mark.parametrize("decorators", _KINDS)
def test_what_the_name_is(decorators: str, tmp_path: Path) -> None:
    project = _decorated(tmp_path, decorators)
    found = decorated(project.bench.resolver, project.defined("main.py:Owner.function"))
    assert found.kind is _KINDS[decorators]


@pytest.mark.parametrize("decorators", _WRAPPERS)
def test_which_functions_run_around_it(decorators: str, tmp_path: Path) -> None:
    project = _decorated(tmp_path, decorators)
    found = decorated(project.bench.resolver, project.defined("main.py:Owner.function"))
    assert project.names(found.wrappers) == [f"main.py:{name}" for name in _WRAPPERS[decorators]]


@pytest.mark.parametrize("decorators", _RESULT)
def test_whether_its_result_comes_back(decorators: str, tmp_path: Path) -> None:
    project = _decorated(tmp_path, decorators)
    found = decorated(project.bench.resolver, project.defined("main.py:Owner.function"))
    assert found.keeps_result is _RESULT[decorators]


def test_a_decorator_for_both_kinds_knows_a_coroutine(tmp_path: Path) -> None:
    project = _decorated(tmp_path, "@for_both", "async def")
    found = decorated(project.bench.resolver, project.defined("main.py:Owner.function"))
    assert found.kind is Kind.AWAITABLE
    assert found.keeps_result


def test_decorators_that_decorate_each_other_end(tmp_path: Path) -> None:
    text = "@second\ndef first(fn): return fn\n@first\ndef second(fn): return fn\n@first\ndef function(): ...\n"
    project = SmallProject(tmp_path, {"main.py": text})
    found = decorated(project.bench.resolver, project.defined("main.py:function"))
    assert found.kind is Kind.UNKNOWN
