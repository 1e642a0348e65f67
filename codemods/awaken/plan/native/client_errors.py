"""The exceptions around an object of another library: what handles them must handle those of the new one."""

from __future__ import annotations

import ast
import builtins
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from awaken.plan.names_in_scope import TRIES
from awaken.plan.reasons import reason
from awaken.plan.recipes import Replacement
from awaken.resolve.values import Defined, External

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from awaken.catalogue.schema import Client
    from awaken.plan.fix import Reason
    from awaken.plan.situation import Situation

_ALL = (Exception, BaseException)


@dataclass(slots=True)
class Errors:
    """What becomes of the `except` clauses around the calls of a client.

    Attributes:
        translations: classes in their new form, beside the old ones.
        refusal: why a handler would no longer catch what it did, or None.
        difference: what a person should know, or None.
    """

    translations: list[Replacement] = field(default_factory=list)
    refusal: Reason | None = None
    difference: Reason | None = None


def translate_errors(situation: Situation, client: Client, calls: Sequence[ast.Call]) -> Errors:
    """Every handler of the coroutine around some calls, and what the rest of the project handles.

    Args:
        situation: a finding among the calls.
        client: what the catalogue knows of their object.
        calls: the calls.
    """
    found = Errors()
    for kind in dict.fromkeys(kind for call in calls for kind in _handled(situation, call)):
        _translate(situation, client, kind, found)
    named = frozenset((*client.exceptions, *client.bases))
    if found.refusal is None and situation.is_handled(named):
        found.difference = reason("caller-handles", f"`{client.type.partition('.')[0]}`")
    return found


def _handled(situation: Situation, call: ast.Call) -> Iterator[ast.expr]:
    """The classes that handlers around a call name, up to its coroutine."""
    child: ast.AST = call
    for up in situation.tree.ancestors(call):
        if isinstance(up, ast.AsyncFunctionDef):
            return
        if isinstance(up, TRIES) and child in up.body:
            for handler in up.handlers:
                if handler.type is not None:
                    several = isinstance(handler.type, ast.Tuple)
                    yield from handler.type.elts if several else [handler.type]
        child = up


def _translate(situation: Situation, client: Client, kind: ast.expr, found: Errors) -> None:
    value = situation.value_of(kind)
    if isinstance(value, Defined):
        return
    text = situation.tree.source(kind)
    name = value.name if isinstance(value, External) else ""
    new = client.exceptions.get(name)
    if new is not None:
        both = f"{{}}, {new}" if _in_tuple(situation, kind) else f"({{}}, {new})"
        found.translations.append(Replacement(situation.tree.span(kind), both))
        found.difference = reason("exception-handler", f"`{text}`")
    elif not _is_unrelated(client, name):
        found.refusal = reason("exception-handler", f"`{text}`")


def _in_tuple(situation: Situation, kind: ast.expr) -> bool:
    return isinstance(situation.tree.parent(kind), ast.Tuple)


def _is_unrelated(client: Client, name: str) -> bool:
    """Whether a builtin class catches all of the exceptions of both libraries, or none of either."""
    module, _, last = name.rpartition(".")
    known = getattr(builtins, last, None) if module in ("builtins", "asyncio") else None
    if not isinstance(known, type):
        return False
    lost = tuple(
        getattr(builtins, name)
        for module, _, name in (base.rpartition(".") for base in client.bases)
        if module == "builtins"
    )
    return known in _ALL or not issubclass(known, lost)
