"""What the engine asks the catalogue: names, types, members, and what users add to them."""

from __future__ import annotations

import pickle
import subprocess
import sys
from importlib.metadata import EntryPoint
from typing import Any

import pytest

from awaken.catalogue import load
from awaken.catalogue.load import (
    Catalogue,
    CatalogueError,
    extend,
    load_catalogue,
    load_plugins,
    parse_library,
)
from awaken.catalogue.schema import Entry, Severity


@pytest.fixture
def catalogue() -> Catalogue:
    return load_catalogue()


def extended(**data: Any) -> Catalogue:
    return extend(load_catalogue(), [parse_library(data, source="acme")])


def found(entry: Entry | None) -> Entry:
    assert entry is not None
    return entry


def test_a_function_is_found_by_its_qualified_name(catalogue: Catalogue) -> None:
    assert found(catalogue.call("time.sleep")).rule == "sleep"


@pytest.mark.parametrize("name", ["time.monotonic", "no_such_module.call", "requests", ""])
def test_an_unknown_name_is_not_found(catalogue: Catalogue, name: str) -> None:
    assert catalogue.call(name) is None
    assert catalogue.type(name) is None
    assert catalogue.object(name) is None


def test_a_followed_class_is_a_call_that_returns_itself(catalogue: Catalogue) -> None:
    entry = found(catalogue.call("requests.sessions.Session"))

    assert not entry.blocks
    assert (entry.name, entry.returns) == ("requests.sessions.Session", "requests.Session")


def test_an_alias_of_a_blocking_constructor_blocks(catalogue: Catalogue) -> None:
    assert found(catalogue.call("openpyxl.workbook.Workbook")).severity is None
    assert found(catalogue.call("google.cloud.storage.client.Client")).severity is Severity.HIGH


def test_a_type_is_found_under_its_aliases(catalogue: Catalogue) -> None:
    assert catalogue.type("pathlib.PosixPath") == catalogue.type("pathlib.Path")


def test_a_member_is_inherited_from_a_base(catalogue: Catalogue) -> None:
    assert found(catalogue.member("pathlib.Path", "joinpath")).returns == "self"
    assert found(catalogue.member("ssl.SSLSocket", "accept")).blocks
    assert catalogue.attribute("pathlib.Path", "parent") == "self"


def test_a_base_may_live_in_another_file(catalogue: Catalogue) -> None:
    assert found(catalogue.member("typing.TextIO", "read")).ruff == "ASYNC232"


def test_the_ancestry_of_a_type_is_in_lookup_order(catalogue: Catalogue) -> None:
    names = [kind.name for kind in catalogue.ancestry("pathlib.PosixPath")]

    assert names == ["pathlib.Path", "pathlib.PurePath"]


def test_a_class_method_is_found_by_its_qualified_name(catalogue: Catalogue) -> None:
    entry = found(catalogue.call("pathlib.PosixPath.cwd"))

    assert (entry.name, entry.returns) == ("pathlib.Path.cwd", "pathlib.Path")


def test_a_method_taken_from_its_class_has_no_native_form(catalogue: Catalogue) -> None:
    entry = found(catalogue.call("django.db.models.QuerySet.get"))

    assert entry.native is None
    assert entry.strategies == ("sync_to_async",)


def test_a_method_of_a_module_level_object_keeps_its_native_form(catalogue: Catalogue) -> None:
    entry = found(catalogue.call("django.core.cache.cache.get"))

    assert entry.name == "django.core.cache.cache.get"
    assert found(entry).native is not None
    assert "native" in entry.strategies


def test_any_attribute_of_a_mongo_client_is_a_database(catalogue: Catalogue) -> None:
    assert catalogue.attribute("pymongo.MongoClient", "shop") == "pymongo.database.Database"
    assert catalogue.attribute("pymongo.MongoClient", "close") is None
    assert catalogue.attribute("requests.Session", "shop") is None


def test_a_client_says_of_every_other_member_that_it_blocks(catalogue: Catalogue) -> None:
    assert found(catalogue.dynamic("twilio.rest.Client", "messages")).severity is Severity.HIGH
    assert catalogue.dynamic("pathlib.Path", "messages") is None


@pytest.mark.parametrize("name", ["create_async", "__class__"])
def test_coroutines_and_special_methods_are_not_among_them(catalogue: Catalogue, name: str) -> None:
    assert catalogue.dynamic("twilio.rest.Client", name) is None


def test_a_name_belongs_to_a_library(catalogue: Catalogue) -> None:
    assert catalogue.library_of("requests.Session.get").distribution == "requests"
    assert catalogue.library_of("google.cloud.storage.Client").name == "google.cloud.storage"
    assert catalogue.library_of("os.path.exists").distribution is None
    with pytest.raises(KeyError):
        catalogue.library_of("no_such_module.call")


def test_a_known_root_is_a_module_that_something_is_known_of(catalogue: Catalogue) -> None:
    assert catalogue.is_known_root("google")
    assert not catalogue.is_known_root("acme")
    assert extended(call=[{"name": "acme.fetch"}]).is_known_root("acme")


def test_users_add_calls_and_types() -> None:
    catalogue = extended(
        call=[{"name": "acme.fetch", "severity": "high"}],
        type=[{"name": "acme.Session", "bases": ["requests.Session"]}],
        object=[{"name": "acme.session", "type": "acme.Session"}],
    )

    assert found(catalogue.call("acme.fetch")).blocks
    assert found(catalogue.call("acme.session.get")).rule == "http"
    assert catalogue.library_of("acme.fetch").name == "acme"


def test_users_override_a_built_in_call() -> None:
    catalogue = extended(call=[{"name": "time.sleep"}])

    assert not found(catalogue.call("time.sleep")).blocks
    assert found(load_catalogue().call("time.sleep")).blocks


def test_users_add_a_member_to_a_built_in_type_and_keep_the_others() -> None:
    catalogue = extended(
        type=[
            {
                "name": "requests.Session",
                "aliases": ["acme.Session"],
                "members": {"fetch": {"severity": "low"}},
            }
        ]
    )

    for name in ("requests.Session", "requests.sessions.Session", "acme.Session"):
        assert found(catalogue.member(name, "fetch")).severity is Severity.LOW
        assert found(catalogue.member(name, "get")).severity is Severity.HIGH


def test_a_later_extension_counts() -> None:
    first = extended(call=[{"name": "acme.fetch", "severity": "high"}])
    again = parse_library({"call": [{"name": "acme.fetch", "severity": "low"}]}, source="again")

    assert found(extend(first, [again]).call("acme.fetch")).severity is Severity.LOW
    assert found(first.call("acme.fetch")).severity is Severity.HIGH


def test_types_that_inherit_from_each_other_do_not_hang() -> None:
    catalogue = extended(
        type=[{"name": "acme.A", "bases": ["acme.B"]}, {"name": "acme.B", "bases": ["acme.A"]}]
    )

    assert catalogue.member("acme.A", "get") is None


def test_a_catalogue_travels_to_another_process() -> None:
    catalogue = extended(call=[{"name": "acme.fetch", "severity": "high"}])

    assert pickle.loads(pickle.dumps(catalogue)) == catalogue


def test_a_name_reads_only_the_files_of_its_own_module() -> None:
    script = (
        "from awaken.catalogue import builtin, load\n"
        "load.load_catalogue().call('requests.get')\n"
        "print(builtin.read_library.cache_info().currsize)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )

    assert run.stdout.strip() == "1"


def describe() -> dict[str, Any]:
    return {"call": [{"name": "acme.fetch", "severity": "high"}]}


def describe_wrongly() -> dict[str, Any]:
    return {"cal": []}


def describe_nothing() -> None:
    return None


def fail() -> None:
    raise ZeroDivisionError("acme")


def install(monkeypatch: pytest.MonkeyPatch, function: Any) -> None:
    point = EntryPoint("acme", "acme.awaken:catalogue", load.PLUGIN_GROUP)
    monkeypatch.setattr(EntryPoint, "load", lambda _: function)
    monkeypatch.setattr(load, "entry_points", lambda *, group: [point] if group else [])


def test_a_plugin_describes_its_library(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, describe)
    catalogue = extend(load_catalogue(), load_plugins())

    assert found(catalogue.call("acme.fetch")).blocks


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (describe_wrongly, 'plug-in acme: cal: unknown key; did you mean "call"?'),
        (describe_nothing, "plug-in acme: acme.awaken:catalogue must return a mapping, not None"),
        (fail, "plug-in acme: acme.awaken:catalogue failed with ZeroDivisionError: acme"),
    ],
)
def test_a_broken_plugin_is_named(
    monkeypatch: pytest.MonkeyPatch, function: Any, message: str
) -> None:
    install(monkeypatch, function)

    with pytest.raises(CatalogueError) as caught:
        load_plugins()

    assert str(caught.value) == message
