"""Turns one catalogue mapping (a built-in file, a `[tool.awaken]` table, a plug-in's) into records.

`severity` is what makes an entry blocking. Such an entry is reported by the rule `offload` and may
go to a thread unless it, or the file's `[defaults]`, says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from awaken.catalogue.families import parse_family
from awaken.catalogue.loading import Loading
from awaken.catalogue.parse_exchange import parse_exchange
from awaken.catalogue.schema import (
    ClassTraits,
    Client,
    Condition,
    Convention,
    Default,
    Entry,
    FieldEntry,
    Holds,
    Library,
    Native,
    NotAwaited,
    Quiet,
    Result,
    Severity,
    TypeEntry,
    Variant,
    Waiting,
)
from awaken.catalogue.table import CatalogueError, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["REASONS", "RULES", "STRATEGIES", "CatalogueError", "parse_library"]

RULES = ("cpu", "django", "http", "loop", "offload", "sleep")
DIFFERENCES = ("unverified-server",)
DEFINITIONS = ("run_process",)
STRATEGIES = ("native", "thread", "sync_to_async", "process")
REASONS = (
    "atomic-block",
    "context-variable",
    "forks",
    "holds-gil",
    "lock-held",
    "loop-api",
    "main-thread-only",
    "parks-the-pool",
    "process-wide",
    "reaps-children",
    "report-only",
    "running-loop",
    "serves-for-ever",
    "shared-with-threads",
    "thread-affine",
    "thread-local",
    "watches-descriptors",
)

# What a cancelled task may lose, when a thread goes on waiting for it.
_LOSSES = ("item-lost",)
_WAITINGS = tuple(waiting.value for waiting in Waiting)
_HOLDS = tuple(each.value for each in Holds)
_SEVERITIES = tuple(severity.value for severity in Severity)
_RESULTS = tuple(result.value for result in Result)
_ROOT_KEYS = (
    "library", "defaults", "call", "type", "object", "client", "http", "convention", "family",
)  # fmt: skip
_BLOCKING_KEYS = (
    "rule",
    "ruff",
    "native",
    "strategies",
    "not-blocking",
    "waits",
    "loses",
    "in-twin",
    "only-where",
    "property",
    "warmed-by",
)
_ENTRY_KEYS = (
    "severity",
    "result",
    "returns",
    "variants",
    "refuse",
    "hint",
    "on-loop",
    "terminal",
    "below",
    "everywhere",
    "costly",
    "coroutine",
    "runs",
    "coroutines",
    "goes-through",
    *_BLOCKING_KEYS,
)
_CALL_KEYS = ("name", "names", "prefix", "handed", "registers", *_ENTRY_KEYS)
_MEMBER_KEYS = ("name", "names", *_ENTRY_KEYS)
_NATIVE_KEYS = (
    "name", "since", "definition", "parameters", "positional", "keywords", "needs", "apart", "arguments",
    "renamed", "defaults", "result", "value", "awaits", "python", "families",
)  # fmt: skip
_CLIENT_KEYS = (
    "type", "name", "distribution", "constructors", "members", "exceptions", "bases",
)  # fmt: skip
_CONVENTION_KEYS = (
    "type", "position", "parameter", "imports", "others", "methods", "made-with",
)  # fmt: skip
_CONDITION_KEYS = ("argument", "position", "equals", "constants", "absent", "computed")
_TYPE_KEYS = (
    "name",
    "aliases",
    "bases",
    "twin",
    "members",
    "member",
    "attributes",
    "dynamic",
    "affinity",
    "shared",
    "moves",
    "holds",
    "closing",
    "entered",
    "settles",
    "callbacks",
    "hooks",
    "quiet",
    "handed",
    "field",
    "element-of",
    "loading",
    "not-awaited",
    "handlers",
)
_FIELD_KEYS = ("holds", "reverse", "target", "manager", "asks")
_LOADING_KEYS = ("attribute", "severity", "applied", "called", "members", "native")


@dataclass(frozen=True, slots=True)
class _Defaults:
    rule: str
    strategies: tuple[str, ...]


def parse_library(data: Mapping[str, object], *, source: str) -> Library:
    """Reads one library's catalogue.

    Args:
        data: the parsed TOML document, or a mapping of the same form.
        source: where it came from, for the messages: a file name or a plug-in's name.

    Returns:
        The library's calls, types and objects.

    Raises:
        CatalogueError: naming the source, the key and the nearest valid key or value.
    """
    root = Table(data, source)
    root.allow(_ROOT_KEYS)
    library = root.table("library") or Table({}, source, "library")
    library.allow(("name", "distribution", "requires", "python", "comes-with"))
    defaults = _defaults(root.table("defaults") or Table({}, source, "defaults"))
    calls = _distinct(root, (call for t in root.tables("call") for call in _calls(t, defaults)))
    types = tuple(_type(table, defaults) for table in root.tables("type"))
    _refuse_repeated_types(root, types)
    return Library(
        name=library.text("name") or source.removesuffix(".toml"),
        distribution=library.text("distribution"),
        calls=tuple(calls.values()),
        types=types,
        objects=_objects(root),
        clients=tuple(_client(table) for table in root.tables("client")),
        exchanges=tuple(parse_exchange(table) for table in root.tables("http")),
        requires=library.text("requires") or "",
        python=library.text("python") or "",
        comes_with=library.texts("comes-with") or (),
        conventions=tuple(_convention(table) for table in root.tables("convention")),
        families=tuple(parse_family(table) for table in root.tables("family")),
    )


def _defaults(table: Table) -> _Defaults:
    table.allow(("rule", "strategies"))
    return _Defaults(
        rule=table.choice("rule", RULES) or "offload",
        strategies=table.texts("strategies", STRATEGIES) or ("thread",),
    )


def _calls(table: Table, defaults: _Defaults) -> Iterator[Entry]:
    table.allow(_CALL_KEYS)
    prefix = table.text("prefix") or ""
    handed, registers = table.texts("handed") or (), table.integer("registers")
    for entry in _family(table, defaults, prefix):
        yield replace(entry, handed=handed, registers=registers)


def _family(table: Table, defaults: _Defaults, prefix: str = "") -> Iterator[Entry]:
    names = table.texts("names")
    if names is None:
        names = (table.required_text("name"),)
    elif "name" in table.values:
        raise table.error("name", "give either name or names")
    entry = _entry(table, defaults)
    for name in names:
        yield replace(entry, name=prefix + name)


def _entry(table: Table, defaults: _Defaults) -> Entry:
    severity = table.choice("severity", _SEVERITIES)
    entry = Entry(
        name="",
        result=Result(table.choice("result", _RESULTS) or Result.VALUE.value),
        returns=table.text("returns"),
        variants=tuple(_variant(each, table) for each in table.tables("variants")),
        refuse=table.choice("refuse", REASONS),
        hint=table.text("hint") or "",
        on_loop=table.flag("on-loop", default=False),
        terminal=table.flag("terminal", default=False),
        costly=table.flag("costly", default=False),
        coroutine=table.flag("coroutine", default=False),
        runs=table.texts("runs") or (),
        coroutines=table.text("coroutines"),
        goes_through=table.flag("goes-through", default=False),
    )
    if severity is None:
        _refuse_idle_keys(table)
        return entry
    strategies = table.texts("strategies", STRATEGIES)
    if strategies is None:
        strategies = () if entry.refuse else defaults.strategies
    waits = table.choice("waits", _WAITINGS)
    return replace(
        entry,
        rule=table.choice("rule", RULES) or defaults.rule,
        severity=Severity(severity),
        ruff=table.text("ruff"),
        native=_native(table.table("native")),
        strategies=strategies,
        waits=Waiting(waits) if waits else None,
        loses=table.choice("loses", _LOSSES),
        in_twin=table.flag("in-twin", default=False),
        below=table.flag("below", default=True),
        everywhere=table.flag("everywhere", default=False),
        not_blocking=tuple(_not_blocking(each) for each in table.tables("not-blocking")),
        only_where=_traits(table.table("only-where")),
        is_property=table.flag("property", default=False),
        warmed_by=table.texts("warmed-by") or (),
    )


def _traits(table: Table | None) -> ClassTraits | None:
    if table is None:
        return None
    table.allow(("given", "false", "holds"))
    return ClassTraits(
        table.texts("given") or (), table.texts("false") or (), table.texts("holds") or ()
    )


def _refuse_idle_keys(table: Table) -> None:
    for key in _BLOCKING_KEYS:
        if key in table.values:
            raise table.error(key, "has no effect without severity (high, medium or low)")


def _native(table: Table | None) -> Native | None:
    if table is None:
        return None
    return _form(table, "" if "definition" in table.values else table.required_text("name"))


def _form(table: Table, name: str) -> Native:
    table.allow(_NATIVE_KEYS)
    definition = table.choice("definition", DEFINITIONS)
    python = table.text("python")
    return Native(
        name=name,
        since=table.text("since"),
        definition=definition,
        parameters=table.texts("parameters") or (),
        positional=table.integer("positional") or 0,
        keywords=table.texts("keywords") or (),
        needs=table.texts("needs") or (),
        apart=tuple(tuple(each.split()) for each in table.texts("apart") or ()),
        renamed=_texts_by_name(table, "renamed"),
        arguments=_texts_by_name(table, "arguments"),
        defaults=tuple(_default(each) for each in table.tables("defaults")),
        result=table.text("result") or "",
        value=table.flag("value", default=True),
        awaits=table.flag("awaits", default=True),
        python=_version(table, python) if python else None,
        families=table.texts("families") or (),
    )


def _texts_by_name(table: Table, key: str) -> tuple[tuple[str, str], ...]:
    below = table.table(key)
    return tuple((name, below.required_text(name)) for name in below.values) if below else ()


def _default(table: Table) -> Default:
    table.allow(("name", "text", "unless", "difference"))
    return Default(
        table.required_text("name"),
        table.required_text("text"),
        table.text("unless") or "",
        table.choice("difference", DIFFERENCES),
    )


def _client(table: Table) -> Client:
    table.allow(_CLIENT_KEYS)
    return Client(
        type=table.required_text("type"),
        name=table.required_text("name"),
        distribution=table.required_text("distribution"),
        constructors=_forms(table, "constructors", table.required_text("name")),
        members=_forms(table, "members"),
        exceptions=dict(_texts_by_name(table, "exceptions")),
        bases=table.texts("bases") or (),
    )


def _forms(table: Table, key: str, name: str = "") -> dict[str, Native]:
    """Forms by the sync name; a member keeps its name unless it says another one."""
    below = table.table(key)
    found = below.children() if below else ()
    return {sync: _form(each, each.text("name") or name or sync) for sync, each in found}


def _version(table: Table, text: str) -> tuple[int, int]:
    major, _, minor = text.partition(".")
    if not (major.isdigit() and minor.isdigit()):
        raise table.error("python", "expected a version such as 3.9")
    return int(major), int(minor)


def _not_blocking(table: Table) -> Condition:
    table.allow(_CONDITION_KEYS)
    return _condition(table)


def _variant(table: Table, entry: Table) -> Variant:
    table.allow((*_CONDITION_KEYS, "returns", "result"))
    result = table.choice("result", _RESULTS) or entry.choice("result", _RESULTS)
    return Variant(
        _condition(table), table.required_text("returns"), Result(result or Result.VALUE.value)
    )


def _quiet(table: Table) -> Quiet:
    table.allow((*_CONDITION_KEYS, "member"))
    return Quiet(table.required_text("member"), _condition(table))


def _condition(table: Table) -> Condition:
    condition = Condition(
        argument=table.text("argument"),
        position=table.integer("position"),
        equals=table.scalars("equals"),
        constants=table.texts("constants") or (),
        absent=table.flag("absent", default=False),
        computed=table.flag("computed", default=False),
    )
    if condition.argument is None and condition.position is None:
        raise table.error("", "give the argument's name, its position, or both")
    whens = (condition.equals, condition.constants, condition.absent, condition.computed)
    if not any(whens):
        raise table.error("", "give equals, constants, absent or computed: when does it not block?")
    return condition


def _type(table: Table, defaults: _Defaults) -> TypeEntry:
    table.allow(_TYPE_KEYS)
    dynamic = table.table("dynamic")
    return TypeEntry(
        name=table.required_text("name"),
        aliases=table.texts("aliases") or (),
        bases=table.texts("bases") or (),
        twin=table.text("twin"),
        members=_distinct(table, _members(table, defaults)),
        attributes=_attributes(table.table("attributes")),
        dynamic=_dynamic(dynamic, defaults) if dynamic else None,
        affinity=table.choice("affinity", REASONS),
        shared=table.flag("shared", default=True),
        moves=table.flag("moves", default=True),
        holds=table.choice("holds", REASONS),
        closing=table.text("closing"),
        entered=table.text("entered"),
        settles=table.flag("settles", default=True),
        callbacks=_callbacks(table.table("callbacks")),
        hooks=table.texts("hooks") or (),
        quiet=tuple(_quiet(each) for each in table.tables("quiet")),
        element_of=table.texts("element-of") or (),
        not_awaited=_not_awaited(table.table("not-awaited")),
        handlers=table.texts("handlers") or (),
        handed=dict(each for family in table.tables("handed") for each in _handed(family)),
        as_field=_field(table.table("field")),
        loading=dict(map(_loading, table.tables("loading"))),
    )


def _field(table: Table | None) -> FieldEntry | None:
    if table is None:
        return None
    table.allow(_FIELD_KEYS)
    reverse = table.choice("reverse", _HOLDS)
    return FieldEntry(
        Holds(table.choice("holds", _HOLDS) or Holds.VALUE.value),
        Holds(reverse) if reverse else None,
        table.text("target"),
        table.text("manager"),
        table.flag("asks", default=False),
    )


def _members(table: Table, defaults: _Defaults) -> Iterator[Entry]:
    for family in table.tables("member"):
        family.allow(_MEMBER_KEYS)
        yield from _family(family, defaults)
    members = table.table("members")
    for name, member in members.children() if members else ():
        member.allow(_ENTRY_KEYS)
        yield replace(_entry(member, defaults), name=name)


def _dynamic(table: Table, defaults: _Defaults) -> Entry:
    table.allow(_ENTRY_KEYS)
    return replace(_entry(table, defaults), name="*")


def _attributes(table: Table | None) -> dict[str, str]:
    if table is None:
        return {}
    return {name: table.required_text(name) for name in table.values}


def _callbacks(table: Table | None) -> dict[str, int]:
    if table is None:
        return {}
    return {name: table.integer(name) or 0 for name in table.values}


def _loading(table: Table) -> tuple[str, Loading]:
    table.allow(_LOADING_KEYS)
    name = table.required_text("attribute")
    found = Loading(
        attribute=name,
        severity=Severity(table.choice("severity", _SEVERITIES) or Severity.HIGH.value),
        applied=table.text("applied") or "",
        called=table.text("called") or "",
        members=table.texts("members") or (),
        native=_native(table.table("native")),
    )
    if bool(found.applied) is bool(found.called):
        raise table.error("", "give either applied or called: what fetches the object?")
    return name, found


def _not_awaited(table: Table | None) -> NotAwaited | None:
    if table is None:
        return None
    table.allow(("methods", "unless", "hint"))
    return NotAwaited(
        table.texts("methods") or (), table.texts("unless") or (), table.text("hint") or ""
    )


def _handed(table: Table) -> Iterator[tuple[str, tuple[str, ...]]]:
    table.allow(("methods", "types"))
    types = table.texts("types") or ()
    for method in table.texts("methods") or ():
        yield method, types


def _convention(table: Table) -> Convention:
    table.allow(_CONVENTION_KEYS)
    return Convention(
        type=table.required_text("type"),
        position=table.integer("position") or 0,
        parameter=table.text("parameter") or "",
        imports=table.texts("imports") or (),
        others=table.texts("others") or (),
        methods=table.texts("methods") or (),
        made_with=table.texts("made-with") or (),
    )


def _objects(root: Table) -> dict[str, str]:
    objects: dict[str, str] = {}
    for table in root.tables("object"):
        table.allow(("name", "type"))
        objects[table.required_text("name")] = table.required_text("type")
    return objects


def _distinct(table: Table, entries: Iterator[Entry]) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for entry in entries:
        if entry.name in found:
            raise table.error("", f'"{entry.name}" is defined twice')
        found[entry.name] = entry
    return found


def _refuse_repeated_types(root: Table, types: tuple[TypeEntry, ...]) -> None:
    seen: set[str] = set()
    for entry in types:
        for name in (entry.name, *entry.aliases):
            if name in seen:
                raise root.error("type", f'"{name}" is defined twice')
            seen.add(name)
