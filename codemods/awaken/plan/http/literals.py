"""What can be seen of a value without running anything."""

from __future__ import annotations

import ast
import codecs
import re
from enum import Enum
from typing import TYPE_CHECKING

from awaken.plan.http.certain_types import certain_type, parameter_may_be_none
from awaken.plan.http.own_attributes import is_none_by_default, values_given
from awaken.resolve.values import External, Instance, Literal, Value
from awaken.syntax.names import is_name

if TYPE_CHECKING:
    from awaken.plan.situation import Situation

_SAME = frozenset({"builtins.str", "builtins.int", "builtins.float"})
_DIFFERENT = frozenset({"builtins.bytes", "builtins.bool", "builtins.NoneType"})
_TEXT = frozenset({"builtins.str", "builtins.bytes"})
# Functions whose result is text, or a number, whatever they are given.
_RESULTS = {
    "builtins.str": "builtins.str",
    "builtins.int": "builtins.int",
    "builtins.float": "builtins.float",
    "builtins.dict": "builtins.dict",
    "builtins.len": "builtins.int",
    "builtins.repr": "builtins.str",
    "builtins.bytes": "builtins.bytes",
    "getpass.getpass": "builtins.str",
    "json.dumps": "builtins.str",
    "os.getcwd": "builtins.str",
    "random.randint": "builtins.int",
    "secrets.token_hex": "builtins.str",
    "secrets.token_urlsafe": "builtins.str",
    "time.strftime": "builtins.str",
    "time.time": "builtins.float",
    "urllib.parse.quote": "builtins.str",
    "urllib.parse.quote_plus": "builtins.str",
    "urllib.parse.unquote": "builtins.str",
    "urllib.parse.unquote_plus": "builtins.str",
    "urllib.parse.urlencode": "builtins.str",
    "urllib.parse.urljoin": "",
}
_TYPED = (ast.Constant, ast.JoinedStr, ast.BinOp)
_TEXT_METHODS = frozenset({"format", "join", "strip", "lower", "upper", "replace", "title"})
# What these methods return, whatever has them.
_METHODS = {"hexdigest": "builtins.str", "strftime": "builtins.str"}
_ENVIRONMENT = frozenset({"os.getenv", "os.environ.get"})


_TEXT_CODECS = frozenset({"ascii", "cp1252", "iso8859-1", "utf-16", "utf-32", "utf-8", "utf-8-sig"})
_WITH_DEFAULT = 2


class Sight(Enum):
    """How a value compares on the two sides."""

    SAME = "same"
    DIFFERENT = "different"
    UNSEEN = "unseen"


def worst(sights: list[Sight]) -> Sight:
    for sight in (Sight.DIFFERENT, Sight.UNSEEN):
        if sight in sights:
            return sight
    return Sight.SAME


def scalar(situation: Situation, node: ast.expr) -> Sight:
    """Text and numbers are sent alike; None, booleans and bytes are not."""
    if isinstance(node, ast.Constant):
        plain = isinstance(node.value, (str, int, float)) and not isinstance(node.value, bool)
        return Sight.SAME if plain else Sight.DIFFERENT
    if isinstance(node, (ast.List, ast.Tuple)):
        # An empty list is left out by one side and sent as an empty value by the other.
        items = [scalar(situation, item) for item in node.elts]
        return worst(items) if items else Sight.DIFFERENT
    if isinstance(node, ast.IfExp):
        return worst([scalar(situation, node.body), scalar(situation, node.orelse)])
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        return scalar(situation, node.operand)
    if isinstance(node, ast.BinOp) and not type_name(situation, node):
        return worst([scalar(situation, node.left), scalar(situation, node.right)])
    return _sight(_certain(situation, node))


def _sight(name: str) -> Sight:
    if name in _DIFFERENT:
        return Sight.DIFFERENT
    return Sight.SAME if name in _SAME else Sight.UNSEEN


def _certain(situation: Situation, node: ast.expr) -> str:
    """The type of a value that cannot be None besides."""
    seen = literal(situation, node)
    if isinstance(seen, (ast.Name, ast.Attribute)):
        return certain_type(situation, seen)
    if isinstance(seen, ast.Call):
        return result_type(situation, seen)
    return type_name(situation, seen) if isinstance(seen, _TYPED) else ""


def is_text(situation: Situation, node: ast.expr) -> bool:
    """Whether a value is seen to be `str` or `bytes`."""
    return type_name(situation, literal(situation, node)) in _TEXT


def type_name(situation: Situation, node: ast.expr) -> str:
    """The qualified name of an expression's type, empty where it is not known."""
    if isinstance(node, ast.JoinedStr):
        return "builtins.str"
    if isinstance(node, ast.Constant):
        return f"builtins.{type(node.value).__name__}"
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        return type_name(situation, node.left) if isinstance(node.left, ast.Constant) else ""
    if isinstance(node, ast.Call):
        known = result_type(situation, node)
        if known:
            return known
    names = {kind_of(value) for value in situation.values_of(node)}
    return names.pop() if len(names) == 1 else ""


def kind_of(value: Value) -> str:
    """The qualified name of a value's type, empty where it is not known or of the project."""
    if isinstance(value, Literal):
        return f"builtins.{value.type}"
    known = isinstance(value, Instance) and isinstance(value.of, External)
    return value.of.name if known else ""  # type: ignore[union-attr]


def result_type(situation: Situation, node: ast.Call) -> str:
    """The type of what a well-known function or method returns, empty for all others."""
    func = node.func
    if isinstance(func, ast.Attribute):
        text = type_name(situation, func.value) == "builtins.str"
        if text and func.attr in _TEXT_METHODS:
            return "builtins.str"
        if func.attr == "encode" and (text or _names_a_codec(node)):
            return "builtins.bytes"
        if func.attr == "decode" and _names_a_codec(node):
            return "builtins.str"
        if func.attr in _METHODS and not text:
            return _METHODS[func.attr]
    value = situation.value_of(func)
    if (
        isinstance(value, External)
        and value.name in _ENVIRONMENT
        and len(node.args) == _WITH_DEFAULT
    ):
        default = node.args[1]
        known = isinstance(default, ast.Constant) and isinstance(default.value, str)
        return "builtins.str" if known else ""
    return _RESULTS.get(value.name, "") if isinstance(value, External) else ""


def _names_a_codec(node: ast.Call) -> bool:
    """`x.encode("utf-8")` makes bytes, whatever `x` is."""
    codec = node.args[0] if len(node.args) == 1 and not node.keywords else None
    if not isinstance(codec, ast.Constant) or not isinstance(codec.value, str):
        return False
    try:
        # Others turn text into text, or bytes into bytes (`rot13`, `base64`).
        return codecs.lookup(codec.value).name in _TEXT_CODECS
    except LookupError:
        return False


def may_be_none(situation: Situation, node: ast.expr) -> bool:
    """Whether something speaks for None: a default, an annotation, a lookup that may find nothing.

    Args:
        situation: the call.
        node: the value.
    """
    seen = literal(situation, node)
    if isinstance(seen, ast.Constant):
        return seen.value is None
    if isinstance(seen, ast.IfExp):
        return may_be_none(situation, seen.body) or may_be_none(situation, seen.orelse)
    if isinstance(seen, ast.BoolOp):
        return may_be_none(situation, seen.values[-1])
    if isinstance(seen, ast.Call):
        return _may_find_nothing(situation, seen)
    if isinstance(seen, ast.Attribute):
        return any(_gives_none(situation, *given) for given in values_given(situation, seen))
    return isinstance(seen, ast.Name) and parameter_may_be_none(situation, seen.id)


def _gives_none(
    situation: Situation, value: ast.expr, method: ast.FunctionDef | ast.AsyncFunctionDef | None
) -> bool:
    """Whether what a class gives an attribute may be None; other names than parameters speak for nothing."""
    if isinstance(value, ast.Name):
        return method is not None and is_none_by_default(value, method)
    return isinstance(value, (ast.Constant, ast.Call)) and may_be_none(situation, value)


def _may_find_nothing(situation: Situation, node: ast.Call) -> bool:
    """`os.getenv("KEY")`, `settings.get("key")`."""
    key = node.args[0] if len(node.args) == 1 and not node.keywords else None
    if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
        return False
    value = situation.value_of(node.func)
    if isinstance(value, External) and value.name in _ENVIRONMENT:
        return True
    # That of a client asks for a URL.
    return isinstance(node.func, ast.Attribute) and node.func.attr == "get" and "/" not in key.value


def literal(situation: Situation, node: ast.expr) -> ast.expr:
    """The literal that a name stands for, if bound once and never changed; else the node."""
    if not isinstance(node, ast.Name):
        return node
    function = situation.function()
    for body in (function, situation.tree.module):
        bound = _bound_value(situation, body, node.id)
        if bound is not None:
            return bound if bound is not _MANY else node
    return node


_MANY = ast.Constant(None)


def _bound_value(situation: Situation, body: ast.AST, name: str) -> ast.expr | None:
    """The value of the only assignment to a name; `_MANY` if there are others or changes."""
    values: list[ast.expr] = []
    for node in ast.walk(body):
        if _binds(node, name):
            values.append(_MANY)
        elif node is not situation.call and _may_change(situation, node, name):
            return _MANY
    if not values:
        return None
    assigned = [
        node.value
        for node in ast.walk(body)
        if isinstance(node, (ast.Assign, ast.AnnAssign))
        and node.value is not None
        and [name] == [each.id for each in _targets(node) if isinstance(each, ast.Name)]
    ]
    return assigned[0] if len(values) == 1 and len(assigned) == 1 else _MANY


def _binds(node: ast.AST, name: str) -> bool:
    if isinstance(node, ast.Name):
        return node.id == name and not isinstance(node.ctx, ast.Load)
    return isinstance(node, ast.arg) and node.arg == name


def _targets(node: ast.Assign | ast.AnnAssign) -> list[ast.expr]:
    return node.targets if isinstance(node, ast.Assign) else [node.target]


def _may_change(situation: Situation, node: ast.AST, name: str) -> bool:
    """`name[k] = v`, `name.update(...)`, `fill(name)`: what a literal said may no longer hold."""
    if isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
        return is_name(node.value, name)
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Attribute) and is_name(node.func.value, name):
        return True
    given = [*node.args, *(keyword.value for keyword in node.keywords)]
    passed = any(is_name(each, name) for each in given)
    return passed and not isinstance(situation.value_of(node.func), External)


_HOST = re.compile(r"https?://[a-z0-9.-]+(:\d+)?(?P<end>[/?#]|$)", re.IGNORECASE)


def has_fixed_host(situation: Situation, node: ast.expr) -> bool:
    """Whether scheme and host of a URL are spelled out, so that it is a URL for certain."""
    seen = literal(situation, node)
    if isinstance(seen, ast.IfExp):
        return has_fixed_host(situation, seen.body) and has_fixed_host(situation, seen.orelse)
    found = _HOST.match(_beginning(situation, seen))
    return found is not None and (isinstance(seen, ast.Constant) or found["end"] != "")


def _beginning(situation: Situation, node: ast.expr) -> str:
    """The text that a string begins with, as far as it is spelled out."""
    seen = literal(situation, node)
    if isinstance(seen, ast.Constant):
        return seen.value if isinstance(seen.value, str) else ""
    if isinstance(seen, ast.BinOp) and isinstance(seen.op, (ast.Add, ast.Mod)):
        return _beginning(situation, seen.left)
    if isinstance(seen, ast.FormattedValue):
        return _beginning(situation, seen.value) if seen.format_spec is None else ""
    return (
        _beginning(situation, seen.values[0])
        if isinstance(seen, ast.JoinedStr) and seen.values
        else ""
    )


def has_query(situation: Situation, node: ast.expr) -> bool | None:
    """Whether a URL holds a `?`, or None where that cannot be seen."""
    seen = literal(situation, node)
    if isinstance(seen, ast.Constant):
        return isinstance(seen.value, str) and "?" in seen.value
    if isinstance(seen, ast.JoinedStr):
        parts = [str(part.value) for part in seen.values if isinstance(part, ast.Constant)]
        return _parts_have_query(parts)
    if isinstance(seen, ast.BinOp) and isinstance(seen.op, ast.Add):
        halves = (has_query(situation, seen.left), has_query(situation, seen.right))
        return True if True in halves else halves[1]
    return None


def _parts_have_query(parts: list[str]) -> bool | None:
    """What is put between the parts of a path is no query."""
    if any("?" in part for part in parts):
        return True
    return False if any("/" in part for part in parts) else None
