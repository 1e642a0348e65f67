"""A `with` block around a blocking handle: the whole block becomes one function and one hop.

One hop for the block costs what one hop for a single call costs; a hop for each line of a file would be
several hundred times slower.
"""

from __future__ import annotations

import ast
import re
import sys
from typing import TYPE_CHECKING

from awaken.detect.blocking import callable_entry
from awaken.plan.call_text import opens_for_writing
from awaken.plan.data_flow import flow_of
from awaken.plan.fix import Fix, Reason, Strategy
from awaken.plan.made_inside import made_inside, root_of
from awaken.plan.reasons import reason
from awaken.plan.recipes import HopBlock, Runner, Target
from awaken.resolve.values import External, Instance, Method
from awaken.syntax.positions import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.plan.situation import Situation

_LEAVES = (
    ast.Await,
    ast.AsyncFor,
    ast.AsyncWith,
    ast.Yield,
    ast.YieldFrom,
    ast.Global,
    ast.Nonlocal,
)
_LOOPS = (ast.For, ast.While)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
# Parts of the standard library that care which thread they run in, or that reach the loop.
_THREAD_BOUND = frozenset(
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
_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
# Their types say how something is used, not who made it.
_ABSTRACT = ("typing.", "collections.abc.", "abc.", "types.")
_CARRIED_BUILTINS = frozenset(
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
        "Exception",
        "ValueError",
        "KeyError",
        "TypeError",
        "RuntimeError",
        "OSError",
        "IOError",
        "FileNotFoundError",
        "IndexError",
    ]
)
_CONTAINER_METHODS = frozenset(
    (*dir(str), *dir(bytes), *dir(list), *dir(dict), *dir(set), "popleft", "appendleft")
)


def plan_block(situation: Situation, runner: Runner) -> Fix | Reason | None:
    """One hop for the `with` statement whose item the finding is; None when it is not one.

    Args:
        situation: the finding: a blocking call or context manager in a `with` header.
        runner: what carries the block off the loop.
    """
    statement = with_statement(situation)
    if statement is None:
        return None
    refusal = _refusal(situation, statement)
    if refusal is not None:
        return refusal
    flow = flow_of(statement, situation.function())
    if flow is None or _handle_escapes(statement, flow.results):
        return reason("open-handle")
    last = statement.body[-1]
    recipe = HopBlock(
        target=Target(Place.of(statement), situation.finding.scope, situation.finding.suite),
        runner=runner,
        function=_function_name(situation, statement, flow.results),
        parameters=flow.parameters,
        results=flow.results,
        returns=isinstance(last, ast.Return),
    )
    description = f"run the `with` block through `{runner.value}`, in one hop"
    return Fix(Strategy.BLOCK, description, recipe)


def with_statement(situation: Situation) -> ast.With | None:
    """The `with` whose context manager the finding is."""
    item = situation.tree.parent(situation.node)
    if not isinstance(item, ast.withitem) or item.context_expr is not situation.node:
        return None
    statement = situation.tree.parent(item)
    return statement if isinstance(statement, ast.With) else None


def _refusal(situation: Situation, statement: ast.With) -> Reason | None:
    for up in situation.tree.ancestors(statement):
        if isinstance(up, ast.AsyncFunctionDef):
            break
        if isinstance(up, _FUNCTIONS):
            return reason("class-body")
    if not _stands_alone(situation, statement):
        return reason("statement-shape")
    last = statement.body[-1]
    for node in ast.walk(statement):
        if isinstance(node, _LEAVES) or getattr(node, "is_async", False):
            return reason("open-handle")
        if isinstance(node, ast.Return) and node is not last:
            return reason("leaves-the-block")
        if isinstance(node, (ast.Break, ast.Continue)) and not _in_own_loop(
            situation, node, statement
        ):
            return reason("leaves-the-block")
        if isinstance(node, ast.Call) and not runs_in_any_thread(situation, node, statement):
            return reason("unproven-callee", f"`{situation.tree.source(node.func)}`")
    return None


def _stands_alone(situation: Situation, statement: ast.With) -> bool:
    tree = situation.tree
    span = tree.span(statement)
    before = tree.text[tree.offsets.line_start(span.start) : span.start]
    after = tree.text[span.end : tree.offsets.line_end(span.end)].strip()
    return not before.strip() and (not after or after.startswith("#"))


def _in_own_loop(situation: Situation, node: ast.AST, statement: ast.With) -> bool:
    for up in situation.tree.ancestors(node):
        if up is statement:
            return False
        if isinstance(up, _LOOPS):
            return True
    return False


def _handle_escapes(statement: ast.With, results: tuple[str, ...]) -> bool:
    """Whether what the `with` opened is used behind it."""
    handles = {
        node.id
        for item in statement.items
        if item.optional_vars is not None
        for node in ast.walk(item.optional_vars)
        if isinstance(node, ast.Name)
    }
    last = statement.body[-1]
    returned = last.value if isinstance(last, ast.Return) else None
    return bool(handles & {*results, *([returned.id] if isinstance(returned, ast.Name) else ())})


def runs_in_any_thread(situation: Situation, call: ast.Call, block: ast.AST) -> bool:
    """Whether a call inside a moved block neither needs the loop nor cares about its thread."""
    value = situation.callee(call)
    if isinstance(value, Method):
        if _belongs_to_a_thread(situation, value) and not _starts_inside(call.func, block):
            return False
        return not value.native and value.entry.refuse in (None, "holds-gil")
    if isinstance(value, External):
        return _carried(situation, value)
    if not isinstance(call.func, ast.Attribute):
        return False
    return _is_standard(situation, call) or _is_container(situation, call.func, block)


def _is_standard(situation: Situation, call: ast.Call) -> bool:
    """A method of an object that the standard library made, such as a logger or an archive."""
    receiver = situation.receiver(call)
    return (
        isinstance(receiver, Instance)
        and isinstance(receiver.of, External)
        and _in_standard_library(receiver.of.name)
        and not receiver.of.name.startswith(_ABSTRACT)
    )


def _in_standard_library(name: str) -> bool:
    root = name.partition(".")[0]
    return root in sys.stdlib_module_names and root not in _THREAD_BOUND


def _carried(situation: Situation, value: External) -> bool:
    root, _, name = value.name.partition(".")
    if root == "builtins":
        if name == "next":
            return False  # StopIteration cannot leave a thread
        return name in _CARRIED_BUILTINS
    found = callable_entry(situation.resolver, value)
    if found is not None:
        return found.entry.refuse in (None, "holds-gil")
    return _in_standard_library(value.name)


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


def _function_name(situation: Situation, statement: ast.With, results: tuple[str, ...]) -> str:
    """`_read_config`: what the block does, and to what."""
    last = situation.finding.call.rpartition(".")[2]
    if last != "open" and not results:
        owner = situation.finding.call.split(".")[-2] if last.startswith("__") else last
        return f"_with_{_WORD_START.sub('_', owner).lower()}"
    verb = "write" if _writes(statement) else "read"
    noun = results[0] if results else _noun(statement)
    return f"_{verb}_{noun.strip('_')}"


def _writes(statement: ast.With) -> bool:
    for item in statement.items:
        call = item.context_expr
        if isinstance(call, ast.Call):
            place = 0 if isinstance(call.func, ast.Attribute) and call.func.attr == "open" else 1
            if opens_for_writing(call, place):
                return True
    return False


def _noun(statement: ast.With) -> str:
    """The last name of what is opened: `self.config_path` gives `config`."""
    call = statement.items[0].context_expr
    for name in _names_of(call.args[0] if isinstance(call, ast.Call) and call.args else call):
        short = re.sub(r"_?(path|file|filename|name|dir)$", "", name.lower())
        if short:
            return short
    return "file"


def _names_of(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Attribute):
        yield node.attr
    elif isinstance(node, ast.Name):
        yield node.id
