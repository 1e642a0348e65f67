"""Turns `[[http]]` tables into records: how requests of a library are made with an async client."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.catalogue.client_object import ClientObject, ObjectMember
from awaken.catalogue.exchange import (
    BUNDLE,
    CLIENT,
    MADE,
    MODULES,
    Argument,
    Caught,
    Exchange,
    Helper,
    Member,
    Opening,
    ReadingFailure,
    Sharing,
    Spelled,
    Streamed,
    Verb,
    Wrapper,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.catalogue.table import Table

ARGUMENT_CHECKS = (
    "absent", "auth", "auth-flow", "cookies", "form", "headers", "http-url", "json", "method", "plain-headers",
    "proxies", "query", "read-at-once", "text-fields", "text-headers", "text-query", "timeout", "url", "verify",
)  # fmt: skip
ARGUMENT_FORMS = (
    "auth", "body", "certificates", "client", "cookies", "left-out", "limits", "login", "proxy", "query",
    "session-auth", "session-timeout", "stream", "text", "untyped-body", "verify",
)  # fmt: skip
MEMBER_FORMS = (
    "asked", "awaited", "called", "closes", "counted", "encoded", "item", "negated", "raises", "read", "status",
    "value",
)  # fmt: skip
STREAMED_FORMS = ("read", "closed", "encoding", "chunks", "lines", "awaited", "same")
DIFFERENCES = ("elapsed-time", "text-decoding", "redirected-method")
OPTION_FORMS = ("transport",)
OBJECT_FORMS = ("assigned", "close", "cookies", "headers", "kept", "option", "query")
_KEYS = (
    "targets", "modules", "session", "object", "verbs", "arguments", "client", "request", "responses",
    "members", "altered-by", "error-members", "types", "exceptions", "exception-modules", "bases",
    "request-bases", "widest", "beside", "helpers", "codes", "code-modules", "opening", "context", "bundle",
    "response", "error", "error-names", "only-asyncio", "readers", "wrapper", "raises", "sharing", "widened",
    "streamed", "reading", "gained",
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
        only_asyncio=table.flag("only-asyncio", default=False),
        session=table.text("session") or "",
        object=_object(table.table("object"), tuple(helpers)),
        verbs={name: _verb(each) for name, each in _below(table, "verbs")},
        arguments={
            name: _argument(each, name, tuple(helpers)) for name, each in _below(table, "arguments")
        },
        client_defaults=tuple(_spelled(each, name) for name, each in _below(table, "client")),
        call_defaults=tuple(_spelled(each, name) for name, each in _below(table, "request")),
        opening=_opening(table, tuple(helpers)),
        context=_template(table.required_text("context")),
        bundle=_template(table.text("bundle") or ""),
        responses=table.texts("responses") or (),
        response=_template(table.text("response") or ""),
        error=table.text("error") or "",
        members={
            name: _member(each, name, tuple(helpers)) for name, each in _below(table, "members")
        },
        error_members=frozenset(table.texts("error-members") or ()),
        error_names=_texts(table.table("error-names")),
        types=_texts(table.table("types")),
        exceptions=dict(_exceptions(table)),
        bases=frozenset(table.texts("bases") or ()),
        request_bases=frozenset(table.texts("request-bases") or ()),
        gained=frozenset(table.texts("gained") or ()),
        readers={
            name: _member(each, name, tuple(helpers)) for name, each in _below(table, "readers")
        },
        wrapper=_wrapper(table.table("wrapper")),
        raises=table.flag("raises", default=False),
        widened={name: _caught(each) for name, each in _below(table, "widened")},
        widest=_template(table.text("widest") or ""),
        beside=frozenset(map(_template, table.texts("beside") or ())),
        altered_by=table.texts("altered-by") or (),
        helpers=helpers,
        reading=tuple(_reading(each) for _, each in _below(table, "reading")),
        streamed={
            name: _streamed(each, name, tuple(helpers)) for name, each in _below(table, "streamed")
        },
        codes=dict(_codes(table)),
        sharing=_sharing(table.table("sharing"), tuple(helpers)),
    )


def _below(table: Table, key: str) -> Iterator[tuple[str, Table]]:
    found = table.table(key)
    yield from found.children() if found else ()


def _codes(table: Table) -> Iterator[tuple[str, int]]:
    """Each name, also in capitals, under every module that has it."""
    modules = table.texts("code-modules") or ()
    codes = table.table("codes")
    if codes is None:
        return
    for number in codes.values:
        for name in codes.texts(number) or ():
            for module in modules:
                yield f"{module}.{name}", int(number)
                yield f"{module}.{name.upper()}", int(number)


def _template(text: str) -> str:
    """`{client}`, `{json}` and so on as characters that no source has; `{}` stays what it is."""
    for mark, name in {CLIENT: "client", BUNDLE: "bundle", MADE: "made", **MODULES}.items():
        text = text.replace(f"{{{name}}}", mark)
    return text


def _opening(table: Table, helpers: tuple[str, ...]) -> Opening:
    found = table.table("opening")
    if found is None:
        raise table.error("opening", "how the client is made is needed here")
    found.allow(("name", "variable", "certificates", "helper", "read"))
    return Opening(
        found.required_text("name"),
        found.required_text("variable"),
        found.required_text("certificates"),
        found.choice("helper", helpers) or "",
        found.text("read") or "",
    )


def _templates(table: Table, key: str) -> tuple[str, ...]:
    return tuple(map(_template, table.texts(key) or ()))


def _verb(table: Table) -> Verb:
    table.allow(("parameters", "body", "without", "method", "difference", "streams"))
    return Verb(
        table.texts("parameters") or (),
        table.flag("body", default=True),
        table.texts("without") or (),
        table.text("method") or "",
        table.choice("difference", DIFFERENCES),
        table.flag("streams", default=False),
    )


def _wrapper(table: Table | None) -> Wrapper | None:
    if table is None:
        return None
    table.allow(("name", "parameters", "taken", "adding"))
    return Wrapper(
        table.required_text("name"),
        table.texts("parameters") or (),
        _texts(table.table("taken")),
        table.text("adding") or "",
    )


def _argument(table: Table, name: str, helpers: tuple[str, ...]) -> Argument:
    table.allow(("name", "check", "form", "context", "template", "helper", "only"))
    return Argument(
        table.text("name") or name,
        table.choice("check", ARGUMENT_CHECKS) or "",
        table.choice("form", ARGUMENT_FORMS) or "",
        _template(table.text("context") or ""),
        _template(table.text("template") or ""),
        table.choice("helper", helpers) or "",
        table.text("only") or "",
    )


def _spelled(table: Table, name: str) -> Spelled:
    table.allow(("text", "unless"))
    return Spelled(name, _template(table.required_text("text")), table.texts("unless") or ())


def _sharing(table: Table | None, helpers: tuple[str, ...]) -> Sharing | None:
    if table is None:
        return None
    table.allow(("between", "client", "request", "lasting", "timeout", "alone"))
    request = table.table("request")
    return Sharing(
        table.required_text("between"),
        tuple(_spelled(each, name) for name, each in _below(table, "client")),
        {name: request.required_text(name) for name in request.values} if request else {},
        table.choice("lasting", helpers) or "",
        _template(table.text("timeout") or ""),
        table.choice("alone", helpers) or "",
    )


def _member(table: Table, name: str, helpers: tuple[str, ...]) -> Member:
    table.allow(("name", "template", "form", "difference", "through", "several"))
    return Member(
        table.text("name") or name,
        _template(table.text("template") or ""),
        table.choice("form", MEMBER_FORMS) or "",
        table.choice("difference", DIFFERENCES),
        table.choice("through", helpers) or "",
        frozenset(table.texts("several") or ()),
    )


def _streamed(table: Table, name: str, helpers: tuple[str, ...]) -> Streamed:
    table.allow(("name", "form", "through", "text-through", "arguments"))
    given = table.table("arguments")
    return Streamed(
        table.text("name") or name,
        table.choice("form", STREAMED_FORMS) or "read",
        table.choice("through", helpers) or "",
        table.choice("text-through", helpers) or "",
        tuple((each, given.integer(each) or 0) for each in given.values) if given else (),
    )


def _reading(table: Table) -> ReadingFailure:
    table.allow(("before", "after", "argument"))
    return ReadingFailure(
        frozenset(table.texts("before") or ()),
        frozenset(table.texts("after") or ()),
        table.text("argument") or "",
    )


def _helper(table: Table) -> Helper:
    table.allow(("name", "text", "uses"))
    return Helper(
        table.required_text("name"),
        _template(table.required_text("text").strip("\n")),
        _templates(table, "uses"),
    )


def _texts(table: Table | None) -> dict[str, str]:
    if table is None:
        return {}
    return {name: _template(table.required_text(name)) for name in table.values}


def _exceptions(table: Table) -> Iterator[tuple[str, Caught]]:
    """Each under every module that has it."""
    modules = table.texts("exception-modules") or ()
    for name, each in _below(table, "exceptions"):
        for module in modules:
            yield f"{module}.{name}", _caught(each)


def _caught(table: Table) -> Caught:
    table.allow(("names", "decoding", "widest", "response", "within", "besides"))
    return Caught(
        _templates(table, "names"),
        _templates(table, "decoding"),
        table.flag("widest", default=False),
        table.flag("response", default=False),
        table.texts("within") or (),
        frozenset(table.texts("besides") or ()),
    )


_OBJECT_KEYS = (
    "makes", "client", "verbs", "arguments", "options", "defaults", "members", "certificates-unless",
)  # fmt: skip


def _object(table: Table | None, helpers: tuple[str, ...]) -> ClientObject | None:
    """What becomes of the objects that make requests, of the class that `session` names."""
    if table is None:
        return None
    table.allow(_OBJECT_KEYS)
    return ClientObject(
        makes=frozenset(table.texts("makes") or ()),
        client=_template(table.required_text("client")),
        verbs={name: _verb(each) for name, each in _below(table, "verbs")},
        arguments={
            name: _argument(each, name, helpers) for name, each in _below(table, "arguments")
        },
        options={name: _option(each, name) for name, each in _below(table, "options")},
        defaults=tuple(_spelled(each, name) for name, each in _below(table, "defaults")),
        members={name: _object_member(each, name) for name, each in _below(table, "members")},
        certificates_unless=frozenset(table.texts("certificates-unless") or ()),
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
