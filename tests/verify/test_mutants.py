"""Deliberately bad transformers: whatever they do to a file, it is not written."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from awaken.engine import analyse, groups_of, rewrite
from awaken.project.configuration import Configuration, override
from awaken.rewrite import draft
from awaken.rewrite.edit import Edit
from awaken.rewrite.recipes_to_edits import edits_for
from awaken.syntax.positions import Span

if TYPE_CHECKING:
    from pathlib import Path

    from awaken.plan.recipes import Recipe
    from awaken.rewrite.workspace import Workspace

_PROGRAMS = {
    "swap": """\
import time


async def tick(delay):
    print("before", delay)
    time.sleep(delay + 1)
    print("after", delay)
""",
    "hop": """\
import subprocess


async def size(path):
    done = subprocess.run(["du", path], capture_output=True)
    return done.stdout
""",
    "operand": """\
import subprocess


async def size(path):
    return subprocess.run(["du", path], capture_output=True).stdout
""",
    "generator": """\
import os


async def total(paths):
    return sum(os.path.getsize(path) for path in paths)
""",
    "expression": """\
async def read(path):
    return open(path, encoding="utf-8").read()
""",
    "member": """\
from django.db import models


class Book(models.Model):
    title = models.TextField()


async def rename(key, title):
    book = Book.objects.get(pk=key)
    book.title = title
    book.save()
""",
    "loop": """\
from django.db import models


class Book(models.Model):
    title = models.TextField()


async def titles(prefix):
    for book in Book.objects.filter(title__startswith=prefix):
        print(book.title)
""",
    "collect": """\
from django.db import models


class Book(models.Model):
    title = models.TextField()


async def books(prefix):
    return list(Book.objects.filter(title__startswith=prefix))
""",
    "fetch": """\
from django.http import HttpRequest


async def name(request: HttpRequest):
    if request.GET:
        return request.GET["name"]
    request.session["asked"] = request.user.pk
    return request.user.username
""",
    "fetch anew": """\
from django.http import HttpRequest

INSTALLED_APPS = ["django.contrib.auth"]
MIDDLEWARE = ["django.contrib.auth.middleware.AuthenticationMiddleware"]


async def name(request: HttpRequest):
    if request.GET:
        return request.GET["name"]
    return request.user.username or request.user.email
""",
    "handle": """\
async def copy(source, target, chunks):
    with open(target, "wb") as out:
        async for chunk in chunks:
            out.write(chunk)
            out.flush()
    return target
""",
    "handles": """\
async def copy(source, target, ready):
    with open(source) as lines, open(target, "w") as out:
        for line in lines:
            await ready()
            out.write(line)
    return target
""",
    "chunks": """\
async def send(path, size, target):
    with open(path, "rb") as source:
        for chunk in iter(lambda: source.read(size), b""):
            await target(chunk)
    return target
""",
    "coroutine": """\
import asyncio


async def fetch(url, retries):
    return url, retries


async def main(url):
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(fetch(url, retries=3))
    finally:
        loop.close()


print(fetch)
""",
    "helper": """\
import asyncio


async def fetch(url, retries):
    return url, retries


def fetch_sync(url):
    return asyncio.run(fetch(url, 3))


async def main(url):
    print("before", url)
    return fetch_sync(url)
""",
    "stream": """\
import requests


async def forward(url, send):
    with requests.post(url, json={"a": 1}, stream=True, timeout=5) as response:
        response.raise_for_status()
        for line in response.iter_lines():
            await send(line)
    return url
""",
    "assigned stream": """\
import requests


async def forward(url, size, send):
    response = requests.get(url, stream=True)
    if response.status_code != 200:
        raise RuntimeError(response.content)
    for chunk in response.iter_content(size):
        await send(chunk)
    response.close()
    return url
""",
    "items": """\
import requests


async def forward(url, send):
    with requests.get(url, stream=True) as response:
        for event in response.iter_lines(delimiter=b";"):
            await send(event)
    return url
""",
    "session": """\
import requests


async def fetch(url, token):
    session = requests.Session()
    session.headers["X-Token"] = token
    try:
        response = session.get(url, timeout=5)
        if not response.ok:
            raise RuntimeError(response.reason)
        return response.json()
    finally:
        session.close()
""",
    "never closed": """\
import requests


async def fetch(url, pages):
    session = requests.Session()
    session.verify = False
    found = []
    for page in range(pages):
        found.append(session.get(f"{url}/{page}").json())
    return found
""",
    "request": """\
import requests


async def fetch(url, headers):
    response = requests.get(url, headers=headers, timeout=5)
    if not response.ok:
        raise RuntimeError(response.reason)
    return response.json()
""",
    "requests": """\
import requests


async def fetch(url, headers):
    first = requests.get(url, headers=headers, timeout=5)
    if first.ok:
        second = requests.get(first.json()["next"], timeout=5)
        return second.json()
    return first.json()
""",
}

_PROGRAMS["alone"] = """\
import requests


async def fetch(urls, headers):
    return [requests.get(url, headers=headers, timeout=5).json() for url in urls]
"""
_PROGRAMS["entered"] = """\
import requests


async def fetch(url, headers):
    with requests.get(url, headers=headers, timeout=5) as response:
        return response.json()
"""
_PROGRAMS["checked"] = """\
from urllib.request import urlopen


async def fetch(name):
    with urlopen(f"http://localhost/{name}", timeout=5) as response:
        return response.read()
"""
_PROGRAMS["own"] = """\
import httpx


async def fetch(url, cookies):
    response = httpx.get(url, cookies=cookies, timeout=5)
    response.close()
    return response
"""
_PROGRAMS["lasting"] = _PROGRAMS["requests"]
_PROGRAMS["closed"] = """\
from contextlib import asynccontextmanager

import requests
from fastapi import FastAPI


@asynccontextmanager
async def lifespan(app):
    print("before", app)
    yield
    print("after", app)


app = FastAPI(lifespan=lifespan)


async def fetch(url, headers):
    response = requests.get(url, headers=headers, timeout=5)
    return response.json()
"""
_PROGRAMS["transaction"] = """\
from django.db import models, transaction


class Book(models.Model):
    title = models.TextField()


async def rename(key, titles):
    step = "none"
    for title in titles:
        try:
            with transaction.atomic():
                step = "read"
                book = Book.objects.get(pk=key)
                if book.title == title:
                    break
                book.title = title
                step = "written"
                book.save()
        except Book.DoesNotExist:
            print(step)
    return step
"""
_PROGRAMS["transaction left early"] = """\
from django.db import models, transaction


class Book(models.Model):
    title = models.TextField()


async def rename(key, title, tell):
    with transaction.atomic():
        book = Book.objects.get(pk=key)
        if book.title == title:
            return title, False
        book.title = title
        book.save()
    await tell(book)
    return title, True
"""
_SCOPES = {"lasting": "module", "closed": "lifespan"}
_STRATEGIES = {"checked": ("native",)}

Mutator = Callable[[list[Edit]], list[Edit]]


def _text(change: Callable[[str], str]) -> Mutator:
    """Change the text of every edit that has some."""
    return lambda edits: [Edit(each.span, change(each.text), each.owner) for each in edits]


def _shifted(edits: list[Edit]) -> list[Edit]:
    return [
        Edit(Span(each.span.start + 1, each.span.end + 1), each.text, each.owner) for each in edits
    ]


def _reaching_further(edits: list[Edit]) -> list[Edit]:
    """Swallow what follows the last edit."""
    last = max(edits, key=lambda each: each.span.end)
    further = Edit(Span(last.span.start, last.span.end + 6), last.text, last.owner)
    return [further if each is last else each for each in edits]


def _elsewhere(text: str) -> Mutator:
    """Put something at the very start of the file as well."""
    return lambda edits: [*edits, Edit(Span(0, 0), text, Span(0, 1))]


_MUTATORS: dict[str, Mutator] = {
    "forgets the await": _text(lambda text: text.replace("await ", "").replace("async ", "")),
    "awaits twice": _text(lambda text: re.sub(r"(await|async) ", r"\1 \1 ", text, count=1)),
    "loses a parenthesis": _text(
        lambda text: text[:-1] if text.endswith((")", "(", "]")) else text + ")"
    ),
    "is one character off": _shifted,
    "swallows what follows": _reaching_further,
    "misspells the names": _text(lambda text: re.sub(r"\b([a-zA-Z_]{3,})\b", r"\1x", text)),
    "makes no edit": lambda _: [],
    "adds a statement": _elsewhere("print()\n"),
    "adds an import": _elsewhere("import json\n"),
    "closes something else": _text(lambda text: text.replace(".close)", ".flush)")),
    "closes nothing": _text(lambda text: re.sub(r" *finally:\n.*\n", "", text)),
    "keeps the cookies": _text(lambda text: re.sub(r" *\S+\.cookies\.clear\(\)\n", "", text)),
    "checks no status": _text(lambda text: text.replace(".raise_for_status()", "")),
    "forgets that items come in": _text(
        lambda text: "" if text == "async " else re.sub(r"\bnext\b", "iter", text)
    ),
    "reads nothing": _text(lambda text: re.sub(r"await \w+\.aread\(\)\n *", "", text)),
    "enters no client": _text(lambda text: re.sub(r"\S+ as client, ", "", text)),
    "forgets the way out": _text(lambda text: re.sub(r"\n *if [^\n]*:\n *\w+[^\n]*", "", text)),
    "leaves where it should not": _text(lambda text: text.replace("return False", "return True")),
    "does not say that it leaves": _text(lambda text: text.replace(" True", " False")),
    "keeps a name to itself": _text(lambda text: re.sub(r" *nonlocal .*\n", "", text)),
    "takes another way out": _text(lambda text: re.sub(r"\b(break|return value)\b", "pass", text)),
    "multiplies": _text(
        lambda text: text + " * 2" if text.endswith(")") else text.replace("await ", "2 * await ")
    ),
}


def _rewritten(folder: Path, program: str) -> tuple[bytes, bytes, int]:
    scope = _SCOPES.get(program, "function")
    configuration = override(
        Configuration(),
        min_severity="low",
        django_version="5.2",
        http_client_scope=scope,
        strategies=_STRATEGIES.get(program, ()),
    )
    analysis = analyse([folder], root=folder, configuration=configuration, jobs=1)
    (plan,) = analysis.plans
    result = rewrite(analysis, plan, groups_of(plan, unsafe=False))
    assert result is not None
    return result.change.before, result.change.after, len(result.dropped)


@pytest.mark.parametrize("program", _PROGRAMS)
def test_the_unharmed_transformer_passes(program: str, tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text(_PROGRAMS[program])
    before, after, dropped = _rewritten(tmp_path, program)
    assert after != before
    assert not dropped


@pytest.mark.parametrize("mutator", _MUTATORS)
@pytest.mark.parametrize("program", _PROGRAMS)
def test_a_bad_edit_is_not_written(
    program: str, mutator: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "module.py").write_text(_PROGRAMS[program])
    honest = edits_for
    harmed = []

    def mutated(space: Workspace, recipe: Recipe) -> list[Edit]:
        edits = honest(space, recipe)
        changed = _MUTATORS[mutator](edits)
        harmed.append(changed != edits)
        return changed

    monkeypatch.setattr(draft, "edits_for", mutated)
    before, after, dropped = _rewritten(tmp_path, program)
    if not any(harmed):
        pytest.skip("this one has nothing for the mutator to change")
    assert after == before, after.decode()
    assert dropped


@pytest.mark.parametrize("program", _PROGRAMS)
def test_a_forgotten_import_is_not_written(
    program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "module.py").write_text(_PROGRAMS[program])
    if program in ("member", "loop", "collect", "coroutine", "helper", "fetch anew"):
        pytest.skip("needs no import")
    monkeypatch.setattr(draft, "insertions", lambda *_: [])
    before, after, dropped = _rewritten(tmp_path, program)
    assert after == before
    assert dropped


@pytest.mark.parametrize("program", ["swap", "request"])
def test_an_import_left_behind_is_not_written(
    program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "module.py").write_text(_PROGRAMS[program])
    monkeypatch.setattr(draft, "removals", lambda *_: [])
    before, after, _ = _rewritten(tmp_path, program)
    assert after == before


@pytest.mark.parametrize("program", ["hop", "operand"])
def test_calling_the_function_before_the_hop_is_not_written(
    program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`to_thread(f(x))` still blocks, and hands the thread a value to call."""
    (tmp_path / "module.py").write_text(_PROGRAMS[program])
    honest = edits_for
    broken = _text(lambda text: "(" if text == ", " else (text or ")"))

    def called(space: Workspace, recipe: Recipe) -> list[Edit]:
        edits = broken(honest(space, recipe))
        end = max(each.owner.end for each in edits)
        return [*edits, Edit(Span(end, end), ")", Span(0, end))]

    monkeypatch.setattr(draft, "edits_for", called)
    before, after, dropped = _rewritten(tmp_path, program)
    assert after == before
    assert dropped
