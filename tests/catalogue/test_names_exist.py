"""What the catalogue names exists in the library it speaks of, where that library is installed."""

from __future__ import annotations

import importlib
import importlib.util
import sys
import warnings
from importlib import metadata
from typing import TYPE_CHECKING, Any

import pytest
from packaging.version import Version

from awaken.catalogue.builtin import files_by_root, read_library

if TYPE_CHECKING:
    from awaken.catalogue.schema import Library

INSTALLED = ("django", "httpx", "requests")

# Names of the standard library that came (inclusive) or went (exclusive) with a version.
SINCE = {
    "contextlib.chdir": (3, 11),
    "hashlib.file_digest": (3, 11),
    "pathlib.Path.copy": (3, 14),
    "pathlib.Path.copy_into": (3, 14),
    "pathlib.Path.move": (3, 14),
    "pathlib.Path.move_into": (3, 14),
    "pathlib.Path.walk": (3, 12),
    "pathlib.PurePath.with_segments": (3, 12),
    "tomllib": (3, 11),
}
UNTIL = {
    "asyncore": (3, 12),
    "crypt": (3, 13),
    "nntplib": (3, 13),
    "telnetlib": (3, 13),
}
OTHER_PLATFORMS = {
    "os.startfile",
    "select.epoll",
    "select.kqueue",
    "select.poll",
    "selectors.EpollSelector",
    "selectors.KqueueSelector",
}
OPTIONAL_MODULES = {"bz2", "curses", "dbm", "lzma", "sqlite3", "tkinter"}

# Their members come through `__getattr__`, or are set on each instance, or the name is a factory.
MEMBERS_NOT_ON_THE_CLASS = {
    "django.db.backends.utils.CursorWrapper",
    "multiprocessing.Lock",
    "multiprocessing.Queue",
    "select.epoll",
    "select.poll",
    "threading.Condition",
    "threading.Lock",
    "threading.RLock",
}
INSTANCE_ATTRIBUTES = {"subprocess.Popen.stdin", "subprocess.Popen.stdout"}
# Stands for a method that every date field of a model brings along.
FOR_EACH_FIELD = {
    f"django.db.models.base.Model.{name}" for name in ("get_next_by_FOO", "get_previous_by_FOO")
}
# Python goes through `__iter__` for these.
THROUGH_ITERATION = {
    "django.db.models.query.QuerySet.__contains__",
    "django.db.models.query.RawQuerySet.__contains__",
}
# Needs GDAL, a library that is not from PyPI.
BEYOND_PYTHON = {
    f"django.contrib.gis.db.models.{name}"
    for name in ("ForeignKey", "ManyToManyField", "Model", "OneToOneField")
}
# Built inside a function by Django, and named only in annotations.
ANNOTATION_ONLY = {
    "django.db.models.fields.related_descriptors.ManyRelatedManager",
    "django.db.models.fields.related_descriptors.RelatedManager",
    "django.db.models.manager.ManyToManyRelatedManager",
    "django.db.models.manager.RelatedManager",
}


def checked_files() -> list[str]:
    names = [name for group in files_by_root().values() for name in group]
    return [
        name
        for name in names
        if read_library(name).distribution is None or name.removesuffix(".toml") in INSTALLED
    ]


def is_expected(qualified: str) -> bool:
    parts = qualified.split(".")
    names = {".".join(parts[:end]) for end in range(1, len(parts) + 1)}
    not_found = OTHER_PLATFORMS | ANNOTATION_ONLY | INSTANCE_ATTRIBUTES | THROUGH_ITERATION
    not_found |= BEYOND_PYTHON | FOR_EACH_FIELD
    if "(" in qualified or names & not_found:
        return False
    if any(sys.version_info < SINCE[name] for name in names & SINCE.keys()):
        return False
    if any(sys.version_info >= UNTIL[name] for name in names & UNTIL.keys()):
        return False
    return not (parts[0] in OPTIONAL_MODULES and importlib.util.find_spec(f"_{parts[0]}") is None)


def find(qualified: str) -> Any:
    """Imports the longest module that the name starts with, and follows the rest as attributes."""
    parts = qualified.split(".")
    for end in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:end]))
        except ImportError:
            continue
        for part in parts[end:]:
            found = getattr(found, part)
        return found
    raise ImportError(qualified)


def exists(qualified: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            find(qualified)
        except (ImportError, AttributeError):
            return False
    return True


def names_of(library: Library) -> list[str]:
    names = [*(call.name for call in library.calls), *library.objects]
    for kind in library.types:
        names += [kind.name, *kind.aliases]
        if kind.name not in MEMBERS_NOT_ON_THE_CLASS:
            names += [f"{kind.name}.{member}" for member in kind.members]
    return names


@pytest.fixture(scope="module", autouse=True)
def configured_django() -> None:
    settings = find("django.conf.settings")
    if not settings.configured:
        settings.configure(
            INSTALLED_APPS=[
                f"django.contrib.{name}"
                for name in ("admin", "auth", "contenttypes", "sessions", "sites")
            ],
            CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
        )
        find("django.setup")()


@pytest.mark.parametrize("name", checked_files())
def test_every_name_of_an_installed_library_exists(name: str) -> None:
    expected = [each for each in names_of(read_library(name)) if is_expected(each)]
    missing = [each for each in expected if not exists(each)]

    assert missing == []


# These were there before: they blocked the loop, or were refused on it.
_FIT_LATER = frozenset(
    (
        "django.contrib.auth.aauthenticate",
        "django.contrib.auth.aupdate_session_auth_hash",
        "django.contrib.auth.hashers.acheck_password",
        "django.contrib.auth.models.AbstractUser.acheck_password",
    )
)


def django_natives() -> list[tuple[str, str]]:
    library = read_library("django.toml")
    natives = [(e.native.name, e.native.since or "") for e in library.calls if e.native]
    for kind in library.types:
        unreachable = kind.name in ANNOTATION_ONLY or kind.name.endswith("()")
        members = [] if unreachable else kind.members.values()
        natives += [
            (f"{kind.name}.{e.native.name}", e.native.since or "") for e in members if e.native
        ]
    return natives


@pytest.mark.parametrize(("native", "version"), django_natives())
def test_a_native_form_of_django_exists_since_its_version(native: str, version: str) -> None:
    assert version, "every native form says since when it exists"
    if native in _FIT_LATER:
        assert exists(native)
        return
    assert exists(native) == (Version(metadata.version("Django")) >= Version(version))


@pytest.mark.parametrize("name", ["os.no_such_function", "no_such_module.at_all", "os.path.jion"])
def test_a_misspelt_name_is_noticed(name: str) -> None:
    assert is_expected(name)
    assert not exists(name)
