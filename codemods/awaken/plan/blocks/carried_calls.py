"""Which calls may be carried along to another thread, with the block that they stand in."""

from __future__ import annotations

import ast
import builtins
import sys
from typing import TYPE_CHECKING

from awaken.detect.blocking import callable_entry
from awaken.plan.blocks.given_data import gives_its_own
from awaken.plan.blocks.made_inside import made_inside, root_of
from awaken.plan.threads.project_calls import runs_elsewhere
from awaken.resolve.values import External, Instance, Method

if TYPE_CHECKING:
    from awaken.catalogue.schema import Entry
    from awaken.plan.situation import Situation

# Parts of the standard library that care which thread they run in, or that reach the loop.
THREAD_BOUND = frozenset(
    (
        "asyncio",
        "threading",
        "concurrent",
        "multiprocessing",
        "signal",
        "contextvars",
        "tkinter",
        "sqlite3",
        "curses",
        "readline",
        "locale",
        "warnings",
        "atexit",
        "gc",
        "unittest",
        "_thread",
    )
)
# Their types say how something is used, not who made it.
_ABSTRACT = ("typing.", "collections.abc.", "abc.", "types.")
CARRIED_BUILTINS = frozenset(
    [
        "abs",
        "all",
        "any",
        "ascii",
        "bin",
        "bool",
        "bytearray",
        "bytes",
        "callable",
        "chr",
        "complex",
        "dict",
        "divmod",
        "enumerate",
        "filter",
        "float",
        "format",
        "frozenset",
        "getattr",
        "hasattr",
        "hash",
        "hex",
        "id",
        "int",
        "isinstance",
        "issubclass",
        "iter",
        "len",
        "list",
        "map",
        "max",
        "min",
        "object",
        "oct",
        "open",
        "ord",
        "pow",
        "print",
        "range",
        "repr",
        "reversed",
        "round",
        "set",
        "setattr",
        "slice",
        "sorted",
        "str",
        "sum",
        "tuple",
        "type",
        "zip",
    ]
)
_EXCEPTIONS = frozenset(
    name
    for name, value in vars(builtins).items()
    if isinstance(value, type) and issubclass(value, BaseException)
)
_CONTAINER_METHODS = frozenset(
    (*dir(str), *dir(bytes), *dir(list), *dir(dict), *dir(set), "popleft", "appendleft")
)


def runs_in_any_thread(situation: Situation, call: ast.Call, block: ast.AST) -> bool:
    """Whether a call inside a moved block neither needs the loop nor cares about its thread."""
    value = situation.callee(call)
    if call is situation.node and situation.finding.entry.waits is not None:
        return True  # its planner has given it a thread to wait in
    if isinstance(value, Method):
        if _belongs_to_a_thread(situation, value) and not _starts_inside(call.func, block):
            return False
        if value.owner.startswith("threading.") and not value.entry.blocks:
            return False  # who waits for it may be a task
        return not value.native and _is_carried(value.entry, call, block)
    if isinstance(value, External):
        return _carried(situation, value, call, block)
    if isinstance(value, Instance):
        known = callable_entry(situation.resolver, value)
        return known is not None and known.entry.refuse in (None, "holds-gil")
    if runs_elsewhere(situation, call):
        return True
    if not isinstance(call.func, ast.Attribute):
        return False
    if gives_its_own(situation, call.func.value, block):
        return True
    return _is_standard(situation, call) or _is_container(situation, call.func, block)


def _is_standard(situation: Situation, call: ast.Call) -> bool:
    """A method of an object that the standard library made, such as a logger or an archive."""
    receiver = situation.receiver(call)
    return (
        isinstance(receiver, Instance)
        and isinstance(receiver.of, External)
        and in_standard_library(receiver.of.name)
        and not receiver.of.name.startswith(_ABSTRACT)
    )


def in_standard_library(name: str) -> bool:
    """Whether a name is of a module of Python's own that does not mind its thread."""
    root = name.partition(".")[0]
    return root in sys.stdlib_module_names and root not in THREAD_BOUND


def _is_carried(entry: Entry, call: ast.Call, block: ast.AST) -> bool:
    """Whether a call goes along; one that waits does for what the block itself has made, which nobody else needs."""
    if entry.refuse in (None, "holds-gil"):
        return True
    if entry.refuse != "parks-the-pool" or entry.waits is None:
        return False
    waited_for = call.func.value if isinstance(call.func, ast.Attribute) else None
    parts = call.args[:1] if _starts_with_module(waited_for, block) else [waited_for]
    return bool(parts) and all(
        isinstance(part, ast.expr) and _starts_inside(part, block) for part in parts
    )


def _starts_with_module(node: ast.expr | None, block: ast.AST) -> bool:
    """Whether a function is called, by its name or through its module, and no method of what the block has made."""
    return node is None or not _starts_inside(node, block)


def _carried(situation: Situation, value: External, call: ast.Call, block: ast.AST) -> bool:
    root, _, name = value.name.partition(".")
    if root == "builtins":
        if name == "next":
            return False  # StopIteration cannot leave a thread
        return name in CARRIED_BUILTINS | _EXCEPTIONS
    found = callable_entry(situation.resolver, value)
    if found is not None:
        return _is_carried(found.entry, call, block)
    return in_standard_library(value.name)


def _is_container(situation: Situation, func: ast.Attribute, block: ast.AST) -> bool:
    """A method of text or of a container: of a value whose type is known, or made in the block itself."""
    if func.attr not in _CONTAINER_METHODS:
        return False
    if isinstance(root_of(func), (ast.Constant, ast.JoinedStr)) or _starts_inside(func, block):
        return True
    values = situation.values_of(func.value)
    return all(
        isinstance(value, Instance)
        and isinstance(value.of, External)
        and value.of.name.startswith("builtins.")
        for value in values
    )


def _starts_inside(func: ast.expr, block: ast.AST) -> bool:
    """Whether what a method is called on was made in the block itself."""
    root = root_of(func)
    return isinstance(root, ast.Name) and root.id in made_inside(block)


def _belongs_to_a_thread(situation: Situation, value: Method) -> bool:
    """Whether a method works on a connection, or the like, that other threads may not use."""
    if situation.finding.rule == "django":
        return False  # its hop ends in the thread that owns the connection
    return any(known.affinity for known in situation.resolver.catalogue.ancestry(value.owner))
