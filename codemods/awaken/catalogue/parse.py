"""Turns one catalogue mapping (a built-in file, a `[tool.awaken]` table, a plug-in's) into records.

`severity` is what makes an entry blocking. Such an entry is reported by the rule `offload` and may
go to a thread unless it, or the file's `[defaults]`, says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from awaken.catalogue.schema import (
    Condition,
    Entry,
    Library,
    Native,
    Result,
    Severity,
    TypeEntry,
)
from awaken.catalogue.table import CatalogueError, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["REASONS", "RULES", "STRATEGIES", "CatalogueError", "parse_library"]

RULES = ("django", "http", "loop", "offload", "sleep")
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
    "shared-with-threads",
    "thread-affine",
    "thread-local",
)

_SEVERITIES = tuple(severity.value for severity in Severity)
_RESULTS = tuple(result.value for result in Result)
_ROOT_KEYS = ("library", "defaults", "call", "type", "object")
_BLOCKING_KEYS = ("rule", "ruff", "native", "strategies", "not-blocking")
_ENTRY_KEYS = (
    "severity",
    "result",
    "returns",
    "refuse",
    "hint",
    "on-loop",
    "below",
    "everywhere",
    "costly",
    "coroutine",
    *_BLOCKING_KEYS,
)
_CALL_KEYS = ("name", "names", "prefix", *_ENTRY_KEYS)
_MEMBER_KEYS = ("name", "names", *_ENTRY_KEYS)
_CONDITION_KEYS = ("argument", "position", "equals", "constants", "absent", "computed")
_TYPE_KEYS = (
    "name",
    "aliases",
    "bases",
    "members",
    "member",
    "attributes",
    "dynamic",
    "affinity",
    "shared",
    "moves",
    "holds",
    "callbacks",
    "hooks",
)


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
    library.allow(("name", "distribution"))
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
    yield from _family(table, defaults, prefix)


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
        refuse=table.choice("refuse", REASONS),
        hint=table.text("hint") or "",
        on_loop=table.flag("on-loop", default=False),
        costly=table.flag("costly", default=False),
        coroutine=table.flag("coroutine", default=False),
    )
    if severity is None:
        _refuse_idle_keys(table)
        return entry
    strategies = table.texts("strategies", STRATEGIES)
    if strategies is None:
        strategies = () if entry.refuse else defaults.strategies
    return replace(
        entry,
        rule=table.choice("rule", RULES) or defaults.rule,
        severity=Severity(severity),
        ruff=table.text("ruff"),
        native=_native(table.table("native")),
        strategies=strategies,
        below=table.flag("below", default=True),
        everywhere=table.flag("everywhere", default=False),
        not_blocking=tuple(_condition(each) for each in table.tables("not-blocking")),
    )


def _refuse_idle_keys(table: Table) -> None:
    for key in _BLOCKING_KEYS:
        if key in table.values:
            raise table.error(key, "has no effect without severity (high, medium or low)")


def _native(table: Table | None) -> Native | None:
    if table is None:
        return None
    table.allow(("name", "since"))
    return Native(name=table.required_text("name"), since=table.text("since"))


def _condition(table: Table) -> Condition:
    table.allow(_CONDITION_KEYS)
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
        members=_distinct(table, _members(table, defaults)),
        attributes=_attributes(table.table("attributes")),
        dynamic=_dynamic(dynamic, defaults) if dynamic else None,
        affinity=table.choice("affinity", REASONS),
        shared=table.flag("shared", default=True),
        moves=table.flag("moves", default=True),
        holds=table.choice("holds", REASONS),
        callbacks=_callbacks(table.table("callbacks")),
        hooks=table.texts("hooks") or (),
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
