"""The catalogue files that come with awaken load, agree with each other and miss no known call."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from awaken.catalogue.builtin import files_by_root, read_library
from awaken.catalogue.load import load_catalogue
from awaken.catalogue.parse import RULES
from awaken.detect.orm.first_uses.parameters import ATTRIBUTES
from awaken.resolve.containers import is_container
from awaken.resolve.values import External

if TYPE_CHECKING:
    from awaken.catalogue.schema import Entry, Library

FILES = sorted(name for names in files_by_root().values() for name in names)
LIBRARIES = [read_library(name) for name in FILES]
CATALOGUE = load_catalogue()
KNOWN = list(
    csv.DictReader((Path(__file__).parent / "known_calls.csv").read_text("utf-8").splitlines())
)


def entries(library: Library) -> list[Entry]:
    members = [entry for kind in library.types for entry in kind.members.values()]
    dynamic = [kind.dynamic for kind in library.types if kind.dynamic]
    return [*library.calls, *members, *dynamic]


def defined_names(library: Library) -> list[str]:
    types = [name for kind in library.types for name in (kind.name, *kind.aliases)]
    return [*(call.name for call in library.calls), *types, *library.objects]


def severity_of(name: str) -> str:
    entry = CATALOGUE.call(name)
    if entry is None:
        return "not found"
    return entry.severity.value if entry.severity else "none"


def test_every_known_call_is_found_with_its_severity() -> None:
    expected = {row["name"]: row["severity"] for row in KNOWN}

    assert {name: severity_of(name) for name in expected} == expected


def test_the_list_of_known_calls_is_whole() -> None:
    assert len(KNOWN) > 900
    assert Counter(row["severity"] for row in KNOWN)["none"] > 40


@pytest.mark.parametrize("library", LIBRARIES, ids=FILES)
def test_a_file_names_only_things_of_the_module_it_is_called_after(library: Library) -> None:
    root = library.name.split(".")[0]

    assert [name for name in defined_names(library) if name.split(".")[0] != root] == []


def test_no_name_is_defined_in_two_files() -> None:
    owners = Counter(name for library in LIBRARIES for name in sorted(set(defined_names(library))))

    assert [name for name, count in owners.items() if count > 1] == []


@pytest.mark.parametrize("library", LIBRARIES, ids=FILES)
def test_every_type_that_is_named_is_described(library: Library) -> None:
    promised = [each.returns or "" for each in entries(library)]
    promised += [target for kind in library.types for target in kind.attributes.values()]
    promised += [name for call in library.calls for name in call.handed]
    promised += [name for kind in library.types for types in kind.handed.values() for name in types]
    promised += [each.type for each in library.conventions]
    named = {name for text in promised for name in re.findall(r"[\w.()]+", text)}
    named |= {base for kind in library.types for base in kind.bases}
    named |= set(library.objects.values())
    builtin = {"builtins.bool", "builtins.bytes", "builtins.int", "builtins.object"}
    known = {"self", "element", "type", "argument", "settings.AUTH_USER_MODEL", *builtin}
    named = {name for name in named - known if not is_container(External(name))}
    unknown = {name for name in named if CATALOGUE.type(name) is None}

    assert unknown == set()


@pytest.mark.parametrize("library", LIBRARIES, ids=FILES)
def test_a_blocking_entry_has_a_way_out_or_a_reason_against_one(library: Library) -> None:
    stuck = [e.name for e in entries(library) if e.blocks and not e.strategies and not e.refuse]
    both = [e.name for e in entries(library) if e.strategies and e.refuse]

    assert stuck == []
    assert both == []


@pytest.mark.parametrize("library", LIBRARIES, ids=FILES)
def test_an_entry_with_a_native_form_may_use_it(library: Library) -> None:
    idle = [e.name for e in entries(library) if e.native and "native" not in e.strategies]

    assert idle == []


def test_every_rule_has_an_entry() -> None:
    used = {entry.rule for library in LIBRARIES for entry in entries(library) if entry.blocks}

    assert used | {"cpu"} == set(RULES) == set(CATALOGUE.rules)
    assert "cpu" not in used, "what computes for long is what the project says"


def test_django_calls_are_never_sent_to_a_bare_thread() -> None:
    threaded = [e.name for e in entries(read_library("django.toml")) if "thread" in e.strategies]

    assert threaded == []


@pytest.mark.parametrize(
    "name", ["authenticate", "login", "logout", "get_user", "update_session_auth_hash"]
)
def test_a_login_gets_its_native_form_only_where_nobody_overrides_it(name: str) -> None:
    entry = CATALOGUE.call(f"django.contrib.auth.{name}")

    assert entry is not None
    assert entry.native is not None
    assert {"backends", "users", "sessions"} & set(entry.native.families)


def test_every_attribute_whose_first_use_fetches_is_looked_for() -> None:
    found = {name for library in LIBRARIES for kind in library.types for name in kind.loading}

    assert found == ATTRIBUTES


@pytest.mark.parametrize(
    "name", ["decr", "decr_version", "get_many", "has_key", "incr", "set_many"]
)
def test_a_cache_counts_in_one_step(name: str) -> None:
    # Before Django 6.1 twenty `aincr()` at a time count to one.
    entry = CATALOGUE.member("django.core.cache.backends.base.BaseCache", name)

    assert entry is not None
    assert entry.native is None


def test_every_family_of_a_native_form_is_described() -> None:
    named = {
        (entry.name, family)
        for library in LIBRARIES
        for entry in entries(library)
        if entry.native is not None
        for family in entry.native.families
    }

    assert [each for each in named if CATALOGUE.family(each[1], "django") is None] == []


def test_hints_are_sentences() -> None:
    hints = {entry.hint for library in LIBRARIES for entry in entries(library) if entry.hint}

    assert [hint for hint in hints if not hint.endswith(".") or "\n" in hint] == []
