"""Who may come in, and what a session holds, where a project overrides what Django's async copies go past.

Each project is asked three times: as plain functions, as coroutines that block, and as awaken rewrites those. The
answers, the cookies, the `Vary` header and the number of queries must stay what the functions give.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from tests.django.bookshop import ENVIRONMENTS, Django, djangos, rewrite_project
from tests.fixture_case import FIXTURES

_PROJECT = FIXTURES / "overridden"
_VIEWS = "people/views.py"
_REFUSED = "SynchronousOnlyOperation"
# Before Django 5.1 `login_required` calls the coroutine and asks for the user on the loop.
_MEMBERS_SINCE = (5, 1)
# Before Django 5.0 a signal makes coroutines of its async receivers, and nobody awaits them.
_SENT_SINCE = (5, 0)
# What is asked where no other versions of Django are named.
_USUAL = ("stock", "denying", "own-user", "own-session", "by-token")
# Above a coroutine it awaits `request.auser()` whatever a middleware says; above a function it does not.
_ASIDE = "by-token"
# There `request.user` is no more than what Django's own code finds out, and the decorator has found that out already.
_ASKED_ONCE = ("stock", "denying", "own-user", "patched", "async-receiver")


@dataclass(frozen=True)
class _Kind:
    """A project that is not like others.

    Attributes:
        settings: what its settings say besides.
        files: modules that it has besides, by path.
    """

    settings: str
    files: tuple[tuple[str, str], ...] = ()


_USER = """
from django.contrib.auth.models import AbstractUser, UserManager


class PersonManager(UserManager):
    def get_by_natural_key(self, username):
        return self.get(username__iexact=username)

    def create_user(self, username, email=None, password=None, **fields):
        return super().create_user(f"new-{username}", email, password, **fields)


class Person(AbstractUser):
    objects = PersonManager()

    def check_password(self, raw_password):
        return raw_password == "new" and super().check_password(raw_password)

    def has_perm(self, perm, obj=None):
        return perm == "auth.add_user"
"""
_KINDS = {
    "stock": _Kind(""),
    "denying": _Kind(
        "AUTHENTICATION_BACKENDS = ['people.denying.Nobody']",
        (
            (
                "people/denying.py",
                "from django.contrib.auth.backends import ModelBackend\n\n\n"
                "class Nobody(ModelBackend):\n"
                "    def authenticate(self, request, **credentials):\n        return None\n\n"
                "    def has_perm(self, user, perm, obj=None):\n        return True\n",
            ),
        ),
    ),
    "own-user": _Kind(
        "INSTALLED_APPS += ['own']\nAUTH_USER_MODEL = 'own.Person'",
        (("own/__init__.py", ""), ("own/models.py", _USER)),
    ),
    "own-session": _Kind(
        "SESSION_ENGINE = 'people.loading'",
        (
            (
                "people/loading.py",
                "from django.contrib.sessions.backends.db import SessionStore as Stock\n\n\n"
                "class SessionStore(Stock):\n"
                "    def load(self):\n        return {**super().load(), 'colour': 'grey'}\n",
            ),
        ),
    ),
    "by-token": _Kind(
        "MIDDLEWARE += ['people.tokens.ByToken']",
        (
            (
                "people/tokens.py",
                "from django.contrib.auth import get_user_model\n"
                "from django.utils.functional import SimpleLazyObject\n\n\n"
                "class ByToken:\n"
                "    def __init__(self, get_response):\n"
                "        self.get_response = get_response\n\n"
                "    def __call__(self, request):\n"
                "        request.user = SimpleLazyObject(lambda: get_user_model().objects.get(pk=1))\n"
                "        return self.get_response(request)\n",
            ),
        ),
    ),
    "patched": _Kind(
        "",
        (
            (
                "people/apps.py",
                "from django.apps import AppConfig\n\n\n"
                "class PeopleConfig(AppConfig):\n    name = 'people'\n\n"
                "    def ready(self):\n"
                "        from django.contrib.auth.models import User\n\n"
                "        User.check_password = lambda self, raw_password: raw_password == 'other'\n",
            ),
        ),
    ),
    "async-receiver": _Kind(
        "",
        (
            (
                "people/apps.py",
                "from django.apps import AppConfig\n\n\n"
                "class PeopleConfig(AppConfig):\n    name = 'people'\n\n"
                "    def ready(self):\n"
                "        from people.answering import first, last\n"
                "        from people.signals import paid\n\n"
                "        paid.connect(last)\n        paid.connect(first)\n",
            ),
            (
                "people/answering.py",
                "said = []\n\n\n"
                "def first(sender, order, **kwargs):\n    said.append('first')\n"
                "    return list(said)\n\n\n"
                "async def last(sender, order, **kwargs):\n    said.append('last')\n"
                "    return list(said)\n",
            ),
        ),
    ),
    "cached-sessions": _Kind("SESSION_ENGINE = 'django.contrib.sessions.backends.cached_db'"),
    "cookies": _Kind("SESSION_ENGINE = 'django.contrib.sessions.backends.signed_cookies'"),
}


def _views() -> list[str]:
    lines = (_PROJECT / _VIEWS).read_text(encoding="utf-8").splitlines()
    coroutines = [line for line in lines if line.startswith("async def ")]
    return [line.removeprefix("async def ").partition("(")[0] for line in coroutines]


@cache
def _answers(django: Django, kind: str, state: str) -> tuple[dict[str, Any], str]:
    """What every view answers, and the text of the views."""
    with TemporaryDirectory() as temporary:
        code = Path(temporary) / "code"
        shutil.copytree(_PROJECT, code, ignore=shutil.ignore_patterns("__pycache__"))
        _specialise(code, _KINDS[kind])
        views = code / _VIEWS
        text = views.read_text(encoding="utf-8")
        if state == "functions":
            views.write_text(text.replace("async def ", "def "), encoding="utf-8")
        if state == "rewritten":
            rewrite_project(code, django.version)
        if state == "naive":
            renamed = text.replace("= authenticate(", "= await aauthenticate(")
            views.write_text(renamed.replace("import authenticate", "import aauthenticate"))
        done = subprocess.run(
            [django.python, "ask.py"],
            cwd=code,
            env={name: each for name, each in os.environ.items() if "DJANGO" not in name},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found, views.read_text(encoding="utf-8")


def _specialise(code: Path, kind: _Kind) -> None:
    with (code / "config/settings.py").open("a", encoding="utf-8") as settings:
        settings.write(f"{kind.settings}\n")
    for name, text in kind.files:
        place = code / name
        place.parent.mkdir(exist_ok=True)
        place.write_text(text.lstrip(), encoding="utf-8")


def _view(text: str, name: str) -> str:
    start = text.index(f"def {name}(")
    return text[start : text.find("\n\n\n", start)]


def _is_asked(django: Django, kind: str, name: str) -> bool:
    if name == "members" and (django.numbers < _MEMBERS_SINCE or kind == _ASIDE):
        return False
    if kind == "async-receiver" and django.numbers < _SENT_SINCE:
        return name != "signalled"
    return kind in _USUAL or ENVIRONMENTS in os.environ


def _cases() -> list[Any]:
    return [
        pytest.param(django, kind, name, id=f"{django.version}-{kind}-{name}")
        for django in djangos()
        for kind in _KINDS
        for name in _views()
        if _is_asked(django, kind, name)
    ]


@pytest.mark.proof
@pytest.mark.parametrize(("django", "kind", "name"), _cases())
def test_a_view_answers_as_the_function_would(django: Django, kind: str, name: str) -> None:
    expected, _ = _answers(django, kind, "functions")
    seen, text = _answers(django, kind, "rewritten")

    for who, requests in expected[name].items():
        for before, after in zip(requests, seen[name][who], strict=True):
            assert after | {"queries": 0} == before | {"queries": 0}, _view(text, name)
            again = name == "members" and kind not in _ASKED_ONCE
            assert after["queries"] <= before["queries"] + 3 * again, _view(text, name)


@pytest.mark.proof
@pytest.mark.parametrize("django", djangos(), ids=lambda django: django.version)
@pytest.mark.parametrize("name", ["who", "held", "helped", "leave", "own_rows", "visits", "rights"])
def test_django_refuses_the_coroutines_as_they_were(django: Django, name: str) -> None:
    before, _ = _answers(django, "stock", "blocking")

    assert any(_REFUSED in (each["error"] or "") for each in before[name]["ada"])


@pytest.mark.proof
@pytest.mark.parametrize("django", djangos(), ids=lambda django: django.version)
def test_the_async_copy_lets_in_whom_the_backend_refuses(django: Django) -> None:
    if django.numbers < (5, 2):
        pytest.skip("before Django 5.2 aauthenticate() calls authenticate()")
    refused, _ = _answers(django, "denying", "functions")
    let_in, _ = _answers(django, "denying", "naive")

    assert refused["enter"]["nobody"][0]["body"] == "no"
    assert let_in["enter"]["nobody"][0]["body"] != "no"
