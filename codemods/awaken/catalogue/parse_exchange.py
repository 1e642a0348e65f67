"""Turns `[[http]]` tables into records: how requests of a library are made with an async client."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.catalogue.client_object import ClientObject, ObjectMember
from awaken.catalogue.exchange import (
    CLIENT,
    JSON,
    Argument,
    Caught,
    Exchange,
    Helper,
    Member,
    Spelled,
    Verb,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.catalogue.table import Table

ARGUMENT_CHECKS = (
    "auth", "content", "cookies", "fields", "form", "headers", "own-auth", "query", "timeout", "url",
)  # fmt: skip
ARGUMENT_FORMS = (
    "auth",
    "body",
    "cookies",
    "query",
    "session-auth",
    "session-timeout",
    "transport",
)
MEMBER_FORMS = ("item", "negated", "raises", "status")
DIFFERENCES = ("text-decoding",)
OPTION_FORMS = ("transport",)
OBJECT_FORMS = ("assigned", "close", "cookies", "headers", "kept", "option", "query")
_KEYS = (
    "targets", "modules", "session", "object", "verbs", "arguments", "client", "request", "responses", "members",
    "error-members", "types", "exceptions", "exception-modules", "bases", "request-bases", "widest", "beside",
    "helpers", "codes", "code-modules",
)  # fmt: skip


def parse_exchange(table: Table) -> Exchange:
    """Read one `[[http]]` table.

    Raises:
        CatalogueError: naming the key that is not valid.
    """
    table.allow(_KEYS)
    helpers = {name: _helper(each) for name, each in _below(table, "helpers")}
    return Exchange(
        targets=table.texts("targets") or (),
        modules=table.texts("modules") or (),
        session=table.text("session") or "",
        object=_object(table.table("object")),
        verbs={name: _verb(each) for name, each in _below(table, "verbs")},
        arguments={name: _argument(each, name) for name, each in _below(table, "arguments")},
        client_defaults=tuple(_spelled(each, name) for name, each in _below(table, "client")),
        call_defaults=tuple(_spelled(each, name) for name, each in _below(table, "request")),
        responses=table.texts("responses") or (),
        members={
            name: _member(each, name, tuple(helpers)) for name, each in _below(table, "members")
        },
        error_members=frozenset(table.texts("error-members") or ()),
        types=_types(table.table("types")),
        exceptions=dict(_exceptions(table)),
        bases=frozenset(table.texts("bases") or ()),
        request_bases=frozenset(table.texts("request-bases") or ()),
        widest=_template(table.text("widest") or ""),
        beside=frozenset(map(_template, table.texts("beside") or ())),
        helpers=helpers,
        codes=dict(_codes(table)),
    )


def _below(table: Table, key: str) -> Iterator[tuple[str, Table]]:
    found = table.table(key)
    yield from found.children() if found else ()


def _codes(table: Table) -> Iterator[tuple[str, int]]:
    """Each name, also in capitals, under every module that has it."""
    modules = table.texts("code-modules") or ()
    codes = table.table("codes")
    for number in codes.values if codes else ():
        for name in codes.texts(number) or ():
            for module in modules:
                yield f"{module}.{name}", int(number)
                yield f"{module}.{name.upper()}", int(number)


def _template(text: str) -> str:
    """`{client}` and `{json}` as characters that no source has; `{}` stays what it is."""
    return text.replace("{client}", CLIENT).replace("{json}", JSON)


def _templates(table: Table, key: str) -> tuple[str, ...]:
    return tuple(map(_template, table.texts(key) or ()))


def _verb(table: Table) -> Verb:
    table.allow(("parameters", "body", "without"))
    return Verb(
        table.texts("parameters") or (),
        table.flag("body", default=True),
        table.texts("without") or (),
    )


def _argument(table: Table, name: str) -> Argument:
    table.allow(("name", "check", "form"))
    return Argument(
        table.text("name") or name,
        table.choice("check", ARGUMENT_CHECKS) or "",
        table.choice("form", ARGUMENT_FORMS) or "",
    )


def _spelled(table: Table, name: str) -> Spelled:
    table.allow(("text", "unless"))
    return Spelled(name, _template(table.required_text("text")), table.text("unless") or "")


def _member(table: Table, name: str, helpers: tuple[str, ...]) -> Member:
    table.allow(("name", "template", "form", "difference", "through"))
    return Member(
        table.text("name") or name,
        _template(table.text("template") or ""),
        table.choice("form", MEMBER_FORMS) or "",
        table.choice("difference", DIFFERENCES),
        table.choice("through", helpers) or "",
    )


def _helper(table: Table) -> Helper:
    table.allow(("name", "text", "uses"))
    return Helper(
        table.required_text("name"),
        _template(table.required_text("text").strip("\n")),
        _templates(table, "uses"),
    )


def _types(table: Table | None) -> dict[str, str]:
    if table is None:
        return {}
    return {name: _template(table.required_text(name)) for name in table.values}


def _exceptions(table: Table) -> Iterator[tuple[str, Caught]]:
    """Each under every module that has it."""
    modules = table.texts("exception-modules") or ()
    for name, each in _below(table, "exceptions"):
        each.allow(("names", "decoding", "widest", "response"))
        caught = Caught(
            _templates(each, "names"),
            _templates(each, "decoding"),
            each.flag("widest", default=False),
            each.flag("response", default=False),
        )
        for module in modules:
            yield f"{module}.{name}", caught


_OBJECT_KEYS = (
    "makes", "client", "verbs", "arguments", "options", "defaults", "members", "certificates", "same-library",
    "missing",
)  # fmt: skip


def _object(table: Table | None) -> ClientObject | None:
    """What becomes of the objects that make requests, of the class that `session` names."""
    if table is None:
        return None
    table.allow(_OBJECT_KEYS)
    return ClientObject(
        makes=frozenset(table.texts("makes") or ()),
        client=_template(table.required_text("client")),
        verbs={name: _verb(each) for name, each in _below(table, "verbs")},
        arguments={name: _argument(each, name) for name, each in _below(table, "arguments")},
        options={name: _option(each, name) for name, each in _below(table, "options")},
        defaults=tuple(_spelled(each, name) for name, each in _below(table, "defaults")),
        members={name: _object_member(each, name) for name, each in _below(table, "members")},
        certificates=table.flag("certificates", default=False),
        same_library=table.flag("same-library", default=False),
        missing=frozenset(table.texts("missing") or ()),
    )


def _option(table: Table, name: str) -> Argument:
    table.allow(("check", "form"))
    return Argument(
        name, table.choice("check", ARGUMENT_CHECKS) or "", table.choice("form", OPTION_FORMS) or ""
    )


def _object_member(table: Table, name: str) -> ObjectMember:
    table.allow(("name", "form", "check"))
    return ObjectMember(
        table.text("name") or name,
        table.choice("form", OBJECT_FORMS) or "kept",
        table.choice("check", ARGUMENT_CHECKS) or "",
    )
