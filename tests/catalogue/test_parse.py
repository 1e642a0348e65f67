"""What a catalogue mapping may say, and what its author is told when it says something else."""

from __future__ import annotations

from typing import Any

import pytest

from awaken.catalogue.load import CatalogueError, parse_library
from awaken.catalogue.schema import Condition, Library, Native, Result, Severity


def parse(**data: Any) -> Library:
    return parse_library(data, source="acme.toml")


def refusal(**data: Any) -> str:
    with pytest.raises(CatalogueError) as caught:
        parse(**data)
    return str(caught.value)


def test_a_call_keeps_everything_it_says() -> None:
    library = parse(
        library={"name": "acme", "distribution": "acme-sdk"},
        call=[
            {
                "name": "acme.fetch",
                "rule": "http",
                "severity": "high",
                "ruff": "ASYNC210",
                "result": "handle",
                "returns": "acme.Reply",
                "native": {"name": "acme.afetch", "since": "2.0"},
                "strategies": ["native", "thread"],
                "not-blocking": [{"argument": "wait", "position": 1, "equals": [False, 0]}],
                "hint": "acme.afetch is a coroutine.",
            }
        ],
    )
    (call,) = library.calls

    assert (library.name, library.distribution) == ("acme", "acme-sdk")
    assert (call.name, call.rule, call.severity) == ("acme.fetch", "http", Severity.HIGH)
    assert (call.ruff, call.result, call.returns) == ("ASYNC210", Result.HANDLE, "acme.Reply")
    assert call.native == Native("acme.afetch", "2.0")
    assert call.strategies == ("native", "thread")
    assert call.not_blocking == (Condition("wait", 1, (False, 0)),)
    assert call.hint == "acme.afetch is a coroutine."


def test_a_blocking_call_is_offloaded_to_a_thread_unless_it_says_otherwise() -> None:
    (call,) = parse(call=[{"name": "acme.fetch", "severity": "low"}]).calls

    assert (call.rule, call.strategies, call.refuse) == ("offload", ("thread",), None)


def test_the_defaults_of_a_file_hold_for_each_of_its_entries() -> None:
    library = parse(
        defaults={"rule": "django", "strategies": ["sync_to_async"]},
        call=[{"name": "acme.fetch", "severity": "low"}],
        type=[{"name": "acme.Client", "member": [{"name": "get", "severity": "high"}]}],
    )

    for entry in (library.calls[0], library.types[0].members["get"]):
        assert (entry.rule, entry.strategies) == ("django", ("sync_to_async",))


def test_a_refused_call_has_no_strategies() -> None:
    (call,) = parse(call=[{"name": "acme.spin", "severity": "low", "refuse": "holds-gil"}]).calls

    assert (call.strategies, call.refuse) == ((), "holds-gil")


def test_an_entry_without_severity_only_says_what_it_returns() -> None:
    (call,) = parse(call=[{"name": "acme.connect", "returns": "acme.Client"}]).calls

    assert not call.blocks
    assert (call.rule, call.strategies, call.returns) == ("", (), "acme.Client")


def test_a_family_of_calls_shares_one_block() -> None:
    calls = parse(call=[{"prefix": "acme.", "names": ["get", "v2.put"], "severity": "high"}]).calls

    assert [call.name for call in calls] == ["acme.get", "acme.v2.put"]
    assert {call.severity for call in calls} == {Severity.HIGH}


def test_members_may_be_written_one_by_one_or_as_a_family() -> None:
    (kind,) = parse(
        type=[
            {
                "name": "acme.Client",
                "member": [{"names": ["get", "put"], "severity": "high"}],
                "members": {"clone": {"returns": "self"}},
                "attributes": {"parent": "self"},
                "dynamic": {"severity": "medium"},
                "affinity": "thread-affine",
                "shared": False,
                "holds": "lock-held",
            }
        ]
    ).types

    assert set(kind.members) == {"get", "put", "clone"}
    assert kind.members["clone"].returns == "self"
    assert kind.attributes == {"parent": "self"}
    assert kind.dynamic is not None
    assert kind.dynamic.severity is Severity.MEDIUM
    assert (kind.affinity, kind.shared, kind.holds) == ("thread-affine", False, "lock-held")


def test_a_module_level_object_has_a_type() -> None:
    library = parse(object=[{"name": "acme.default", "type": "acme.Client"}])

    assert library.objects == {"acme.default": "acme.Client"}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"calls": []}, 'acme.toml: calls: unknown key; did you mean "call"?'),
        (
            {"call": [{"name": "a.b", "severty": "high"}]},
            'acme.toml: call[0].severty: unknown key; did you mean "severity"?',
        ),
        (
            {"call": [{"name": "a.b"}, {"name": "a.c", "severity": "hihg"}]},
            'acme.toml: call[1].severity: "hihg" is not known here; did you mean "high"?',
        ),
        (
            {"call": [{"name": "a.b", "severity": "high", "strategies": ["thread", "nativ"]}]},
            'acme.toml: call[0].strategies[1]: "nativ" is not known here; did you mean "native"?',
        ),
        (
            {"type": [{"name": "a.B", "members": {"get": {"severity": "low", "ruf": "X"}}}]},
            'acme.toml: type[0].members.get.ruf: unknown key; did you mean "ruff"?',
        ),
        (
            {"type": [{"name": "a.B", "member": [{"name": "get", "ruff": "ASYNC210"}]}]},
            "acme.toml: type[0].member[0].ruff: has no effect without severity "
            "(high, medium or low)",
        ),
        (
            {"call": [{"severity": "high"}]},
            "acme.toml: call[0].name: a non-empty string is needed here",
        ),
        (
            {"call": [{"name": "a.b", "names": ["a.c"]}]},
            "acme.toml: call[0].name: give either name or names",
        ),
        ({"call": [{"name": 3}]}, "acme.toml: call[0].name: expected a string, found a value of "),
        ({"call": {"name": "a.b"}}, "acme.toml: call: expected an array of tables, found a table"),
        ({"call": ["a.b"]}, "acme.toml: call[0]: expected a table, found a string"),
        (
            {"call": [{"name": "a.b"}, {"name": "a.b"}]},
            'acme.toml: "a.b" is defined twice',
        ),
        (
            {"type": [{"name": "a.B"}, {"name": "a.C", "aliases": ["a.B"]}]},
            'acme.toml: type: "a.B" is defined twice',
        ),
        (
            {"type": [{"name": "a.B", "shared": "no"}]},
            "acme.toml: type[0].shared: expected true or false, found a string",
        ),
    ],
)
def test_a_mistake_is_reported_with_its_file_and_key(data: dict[str, Any], message: str) -> None:
    assert refusal(**data).startswith(message)


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ({"equals": [0]}, ": give the argument's name, its position, or both"),
        ({"argument": "wait"}, ": give equals, constants, absent or computed"),
        ({"position": -1, "equals": [0]}, ".position: expected a whole number, zero or above"),
        ({"position": True, "equals": [0]}, ".position: expected a whole number, zero or above"),
        ({"argument": "wait", "equals": [[]]}, ".equals[0]: expected a literal, found a list"),
        ({"argument": "wait", "equal": [0]}, '.equal: unknown key; did you mean "equals"?'),
    ],
)
def test_a_condition_must_say_which_argument_and_when(
    condition: dict[str, Any], message: str
) -> None:
    call = {"name": "a.b", "severity": "high", "not-blocking": [condition]}

    assert refusal(call=[call]).startswith(f"acme.toml: call[0].not-blocking[0]{message}")


def test_an_error_carries_its_parts() -> None:
    with pytest.raises(CatalogueError) as caught:
        parse(call=[{"name": "a.b", "severity": "hihg"}])

    assert caught.value.source == "acme.toml"
    assert caught.value.key == "call[0].severity"
    assert caught.value.message.startswith('"hihg" is not known here')


def test_a_client_says_what_becomes_of_its_members() -> None:
    (client,) = parse(
        client=[
            {
                "type": "acme.Client",
                "name": "aacme.Client",
                "distribution": "aacme",
                "constructors": {"acme.connect": {"parameters": ["url"]}},
                "members": {
                    "query": {"renamed": {"q": "text"}, "keywords": ["q"]},
                    "close": {"name": "aclose", "awaits": False},
                },
                "exceptions": {"acme.Error": "aacme.Error"},
            }
        ]
    ).clients

    assert client.constructors["acme.connect"].name == "aacme.Client"
    assert (client.members["query"].name, client.members["query"].awaits) == ("query", True)
    assert (client.members["close"].name, client.members["close"].awaits) == ("aclose", False)
    assert client.members["query"].renamed == (("q", "text"),)


def test_a_call_may_give_another_type_for_some_arguments() -> None:
    when = {"argument": "kind", "equals": ["fast"], "returns": "acme.Fast"}
    (call,) = parse(call=[{"name": "acme.open", "returns": "acme.File", "variants": [when]}]).calls

    assert [(each.when.equals, each.returns) for each in call.variants] == [
        (("fast",), "acme.Fast")
    ]
    assert "returns" in refusal(
        call=[{"name": "acme.open", "variants": [{"argument": "kind", "equals": ["fast"]}]}]
    )


def test_a_mistake_in_a_native_form_is_told() -> None:
    form = {"name": "acme.afetch", "definition": "run_proces"}
    entry = {"name": "acme.fetch", "severity": "high", "native": form}

    assert 'did you mean "run_process"' in refusal(call=[entry])
    del form["definition"]
    assert "3.9" in refusal(call=[{**entry, "native": {**form, "python": "new"}}])
