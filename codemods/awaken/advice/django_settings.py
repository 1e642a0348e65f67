"""Settings of Django that do harm, or fail, once requests are served by an event loop.

https://docs.djangoproject.com/en/stable/topics/async/#performance and #envvar-DJANGO_ALLOW_ASYNC_UNSAFE: persistent
connections should be off under ASGI, and the guard against queries on the loop is there for notebooks only.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from packaging.version import Version

from awaken.advice.sought import Advice, advised_at
from awaken.catalogue.schema import Severity
from awaken.plan.doubles.files_of_tests import is_of_tests
from awaken.resolve.values import UNKNOWN
from awaken.syntax.names import last_name
from awaken.syntax.positions import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.advice.sought import Sought
    from awaken.detect.finding import Finding

RULE = "django-settings"
_UNSAFE = "DJANGO_ALLOW_ASYNC_UNSAFE"
_DATABASES = "DATABASES"
WORDS = (_UNSAFE, _DATABASES)
"""Files in which none of these stands hold nothing that is looked for."""

_AGE = "CONN_MAX_AGE"
_URL_AGE = "conn_max_age"
_SERVERS = frozenset(("channels", "daphne", "granian", "hypercorn", "uvicorn"))
_POSTGRES = ("django.db.backends.postgresql", "django.contrib.gis.db.backends.postgis")
_POOL_SINCE = Version("5.1")


def settings_advice(sought: Sought) -> Iterator[Finding]:
    """What a module of settings says that does not go with an event loop; tests may say it."""
    if is_of_tests(sought.index.path):
        return
    if _UNSAFE in sought.text:
        yield from _without_guard(sought)
    if _DATABASES in sought.index.scopes[0].bindings and _is_served_by_a_loop(sought):
        for node in sought.tree().nodes:
            yield from _kept_open(sought, node)
            yield from _without_pool(sought, node)


def _is_served_by_a_loop(sought: Sought) -> bool:
    """Whether the project has a server for ASGI, or names its application: every project has an `asgi.py`."""
    named = "ASGI_APPLICATION" in sought.index.scopes[0].bindings
    return named or bool(_SERVERS & sought.settings.available)


def _without_guard(sought: Sought) -> Iterator[Finding]:
    """`os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"`."""
    for node in sought.tree().nodes:
        if not isinstance(node, ast.Constant) or node.value != _UNSAFE:
            continue
        up = sought.tree().parent(node)
        stored = isinstance(up, ast.Subscript) and isinstance(up.ctx, ast.Store)
        called = isinstance(up, ast.Call) and last_name(up.func) in ("setdefault", "putenv")
        if stored or called:
            message = "queries block the event loop unseen, and each leaves a connection open"
            hint = f"Take `{_UNSAFE}` out; awaken moves the queries off the loop."
            yield _said(sought, node, (_UNSAFE, message, hint), Severity.HIGH)


def _kept_open(sought: Sought, node: ast.AST) -> Iterator[Finding]:
    """`"CONN_MAX_AGE": 60`, `DATABASES["default"]["CONN_MAX_AGE"] = 60`, `config(conn_max_age=60)`."""
    for key, value in _entries(node):
        if key in (_AGE, _URL_AGE) and not _is_zero(value):
            message = (
                "under ASGI every request has a thread of its own: no connection is used again, and each"
                " stays open for that long"
            )
            hint = "Set it to 0; from Django 5.1 on a pool of psycopg keeps connections for all requests."
            yield _said(sought, value, (_AGE, message, hint), Severity.MEDIUM)


def _without_pool(sought: Sought, node: ast.AST) -> Iterator[Finding]:
    """PostgreSQL without a pool, where this Django and this driver have one."""
    version = sought.settings.versions.get("django")
    if not isinstance(node, ast.Dict) or version is None or version < _POOL_SINCE:
        return
    said = dict(_entries(node))
    engine = said.get("ENGINE")
    postgres = isinstance(engine, ast.Constant) and engine.value in _POSTGRES
    if not postgres or engine is None or "psycopg" not in sought.settings.available:
        return
    options = said.get("OPTIONS")
    known = options is None or isinstance(options, ast.Dict)
    if known and (options is None or "pool" not in dict(_entries(options))):
        message = "every request opens a connection of its own"
        hint = '`"OPTIONS": {"pool": True}` shares them between requests.'
        yield _said(sought, engine, ("OPTIONS['pool']", message, hint), Severity.LOW)


def _entries(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """What a display, a call or an assignment says of named things."""
    if isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield key.value, value
    elif isinstance(node, ast.Call):
        yield from ((each.arg, each.value) for each in node.keywords if each.arg)
    elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
        key = node.targets[0].slice
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            yield key.value, node.value


def _is_zero(value: ast.expr) -> bool:
    """Whether a number is 0, or is not written here."""
    if isinstance(value, ast.Constant):
        return value.value == 0
    return True


def _said(
    sought: Sought, node: ast.expr, words: tuple[str, str, str], severity: Severity
) -> Finding:
    name, message, hint = words
    advice = Advice(RULE, name, UNKNOWN, f"`{name}`: {message}", severity, hint)
    return advised_at(sought, Place.of(node), advice)
