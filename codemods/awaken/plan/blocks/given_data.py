"""Results that are nobody else's: what Python's parsers, codecs and hashes make out of data.

Methods of such a result (`json.load(file).get("name")`) run in whatever thread it was made in. `random.choice` and
`copy.copy`, on the other hand, give objects that others made, whose methods may do anything.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.plan.blocks.made_inside import made_inside
from awaken.resolve.values import External

if TYPE_CHECKING:
    from awaken.plan.situation import Situation

_MODULES = (
    *("ast", "base64", "binascii", "calendar", "configparser", "datetime", "email", "hashlib"),
    *("hmac", "html", "ipaddress", "json", "plistlib", "re", "string", "struct", "textwrap"),
    *("tomllib", "unicodedata", "urllib.parse", "uuid", "xml.dom", "xml.etree", "zlib"),
)
_FUNCTIONS = frozenset(
    (
        *("bz2.compress", "bz2.decompress", "gzip.compress", "gzip.decompress", "lzma.compress"),
        *("lzma.decompress", "shlex.quote", "shlex.split", "toml.load", "toml.loads"),
        *("tomli.load", "tomli.loads", "yaml.safe_load"),
    )
)
# With these, classes and functions of the caller make the result.
_MADE_WITH = frozenset(
    (
        *("builder", "cls", "converters", "dict_type", "factory", "handler", "object_hook"),
        *("object_pairs_hook", "parse_constant", "parse_float", "parse_int", "parser", "policy"),
    )
)


def gives_its_own(situation: Situation, node: ast.expr, block: ast.AST) -> bool:
    """Whether an expression is what such a function gives, or a part of that.

    Args:
        situation: a finding near it.
        node: what a method is called on.
        block: the statements that would be carried to another thread.
    """
    while True:
        if isinstance(node, (ast.Attribute, ast.Subscript)):
            node = node.value
        elif isinstance(node, ast.Name):
            made = _assigned(node.id, block)
            return bool(made) and all(_makes_data(situation, each) for each in made)
        elif not isinstance(node, ast.Call):
            return False
        elif _makes_data(situation, node):
            return True
        elif isinstance(node.func, ast.Attribute):
            node = node.func.value
        else:
            return False


def _assigned(name: str, block: ast.AST) -> list[ast.expr]:
    """What a variable is set to in a block; nothing where it is set in another way, or to something else before."""
    if name not in made_inside(block):
        return []
    nodes = list(ast.walk(block))
    stores = [node for node in nodes if isinstance(node, ast.Name) and node.id == name]
    stores = [node for node in stores if isinstance(node.ctx, ast.Store)]
    values = [
        node.value for node in nodes if isinstance(node, ast.Assign) and node.targets[0] in stores
    ]
    return values if len(values) == len(stores) else []


def _makes_data(situation: Situation, call: ast.expr) -> bool:
    value = situation.callee(call) if isinstance(call, ast.Call) else None
    if not isinstance(call, ast.Call) or not isinstance(value, External):
        return False
    known = value.name in _FUNCTIONS or any(
        value.name.startswith(f"{module}.") for module in _MODULES
    )
    return known and not any(
        keyword.arg is None or keyword.arg in _MADE_WITH for keyword in call.keywords
    )
