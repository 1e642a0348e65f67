"""The bookshop of `tests/fixtures/django_project`, in three states, asked over and over.

`reference` has plain functions for views, `before` has coroutines that never wait, `after` is what awaken
makes of those. One process asks one state on one database everything there is; what it prints is kept
in a folder that all workers of a test run share.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from tests.django.postgres_server import binaries, postgres
from tests.fixture_case import FIXTURES

from awaken.engine import analyse, groups_of, rewrite
from awaken.project.configuration import Configuration, override

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

PROJECT = FIXTURES / "django_project"
# Each database is asked in one way, and in every way where versions of Django are named: `make django`.
_WAYS: dict[str, tuple[str, ...]] = {"sqlite": ("async",), "postgres": ("uvicorn",)}
_ALL_WAYS: dict[str, tuple[str, ...]] = dict.fromkeys(_WAYS, ("async", "uvicorn"))
_ROOT = Path(__file__).parent.parent.parent
_VIEWS = "shop/views"
_TIMEOUT = 300.0  # seconds
# The interpreters of environments with other versions of Django: `4.2=/path/python 5.2=/path/python`.
ENVIRONMENTS = "AWAKEN_DJANGO_PYTHONS"


@dataclass(frozen=True)
class Django:
    """An interpreter that can import Django."""

    version: str
    python: str

    @property
    def numbers(self) -> tuple[int, ...]:
        return tuple(map(int, self.version.split(".")))


@dataclass(frozen=True)
class State:
    """How the project is to be found, and who asks it.

    Attributes:
        name: what the state is called.
        users: who asks, separated by commas.
        client: how, where that is not as usual.
        settings: awaken's own, by the names of `Configuration`; None where awaken changes nothing.
    """

    name: str
    users: str
    client: str | None = None
    settings: dict[str, Any] | None = None

    def transports(self, database: str) -> str:
        return self.client or ",".join(ways()[database])


# A logged-in user runs into everything that an anonymous one does.
STATES = {
    "reference": State("reference", "anonymous,ada", "client"),
    "before": State("before", "ada"),
    "after": State("after", "anonymous,ada", settings={}),
    "blocks": State("blocks", "anonymous,ada", "async", {"strategies_django": "block"}),
    "functions": State("functions", "anonymous,ada", "async", {"strategies": ["sync"]}),
}


def ways() -> dict[str, tuple[str, ...]]:
    """The databases, and how the project is asked on each."""
    return _ALL_WAYS if every_way() else _WAYS


def every_way() -> bool:
    """Whether this run is about Django, and may take its time."""
    return ENVIRONMENTS in os.environ


def djangos() -> list[Django]:
    """Those that the environment names, else the one that is installed here; maybe none."""
    named = os.environ.get(ENVIRONMENTS, "").split()
    if named:
        return [Django(*each.split("=", 1)) for each in named]
    try:
        here = version("django")
    except PackageNotFoundError:
        return []
    return [Django(".".join(here.split(".")[:2]), sys.executable)]


def missing(django: Django, database: str) -> str | None:
    """What it takes to ask this Django on this database, and is not here."""
    served = ("uvicorn", "httpx") if "uvicorn" in ways()[database] else ()
    driver = ("psycopg",) if database == "postgres" else ()
    for module in (*served, *driver):
        if not _imports(django.python, module):
            return f"{module} is not installed beside Django {django.version}"
    if database == "postgres" and binaries() is None:
        return "PostgreSQL is not installed"
    return None


@cache
def _imports(python: str, module: str) -> bool:
    command = [python, "-c", f"import {module}"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def outcomes(django: Django, database: str, state: State, kept: Path) -> dict[str, Any]:
    """What every request did; by transport, view and user.

    Args:
        django: under which Django.
        database: `sqlite` or `postgres`.
        state: one of `STATES`.
        kept: the folder in which results are kept; the first who asks has them made.

    Raises:
        RuntimeError: The process that asks failed, with what it said; also for all who ask later.
    """
    place = kept / f"{django.version}-{database}-{state.name}.json"
    with place.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not place.exists():
            made = _asked(django, database, state)
            place.write_text(json.dumps(made), encoding="utf-8")
    found = _read(place)
    if "failed" in found:
        raise RuntimeError(found["failed"])
    return found


@cache
def _read(place: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(place.read_text(encoding="utf-8"))
    return found


def _asked(django: Django, database: str, state: State) -> dict[str, Any]:
    with TemporaryDirectory() as temporary:
        code = Path(temporary) / "code"
        shutil.copytree(PROJECT, code, ignore=shutil.ignore_patterns("__pycache__"))
        prepare(code, state, django.version)
        data = Path(temporary) / "data"
        data.mkdir()
        texts = {path.stem: path.read_text() for path in sorted((code / _VIEWS).glob("*.py"))}
        return _driven(django, database, state, code, data) | {"texts": texts}


def _driven(django: Django, database: str, state: State, code: Path, data: Path) -> dict[str, Any]:
    installed = binaries()
    server: AbstractContextManager[int | None] = nullcontext()
    if database == "postgres" and installed is not None:
        server = postgres(installed)
    with server as port:
        settings = {"SHOP_DATA": str(data), "PYTHONDONTWRITEBYTECODE": "1"}
        if port is not None:
            settings |= {"SHOP_POSTGRES_PORT": str(port), "SHOP_POSTGRES_NAME": "bookshop"}
        done = subprocess.run(
            [
                *(django.python, "-m", "tests.django.driver"),
                *(str(code), state.users, state.transports(database)),
            ],
            cwd=_ROOT,
            env=_environment() | settings,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT,
            check=False,
        )
    if done.returncode != 0:
        return {"failed": done.stderr[-2000:]}
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _environment() -> dict[str, str]:
    unwanted = ("DJANGO_", "PYTHONPATH", "PYTEST_")
    return {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}


def prepare(code: Path, state: State, django_version: str) -> None:
    """Bring a copy of the project into a state."""
    if state.name == "reference":
        for path in (code / _VIEWS).glob("*.py"):
            text = path.read_text(encoding="utf-8")
            path.write_text(text.replace("async def ", "def "), encoding="utf-8")
    if state.settings is not None:
        rewrite_project(code, django_version, **state.settings)


def rewrite_project(code: Path, django_version: str, **settings: Any) -> None:
    """Apply every safe fix, as `awaken apply` would with Django's version in the settings."""
    configuration = override(
        Configuration(),
        min_severity="low",
        target_python="3.11",
        django_version=django_version,
        **settings,
    )
    analysis = analyse([code], root=code, configuration=configuration, jobs=1, cache=False)
    for plan in analysis.plans:
        result = rewrite(analysis, plan, groups_of(plan, unsafe=False))
        if result is not None:
            (code / plan.source.relative).write_bytes(result.change.after)
