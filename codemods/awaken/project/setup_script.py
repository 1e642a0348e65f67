"""Read the literal keyword arguments of `setup(...)` in a `setup.py` without running it."""

from __future__ import annotations

import ast
import warnings
from typing import TYPE_CHECKING

from awaken.project.documents import UnreadableError, read_text

if TYPE_CHECKING:
    from pathlib import Path


def read_setup_script(path: Path) -> dict[str, object]:
    """Return what `setup()` is given, as far as it is literal.

    Names bound once at module level to a literal, and sums of lists, count as literal. Arguments
    that would need the script to run are left out.

    Args:
        path: the `setup.py`; a missing one gives an empty mapping.

    Raises:
        UnreadableError: it cannot be read or parsed.
    """
    text = read_text(path)
    if text is None:
        return {}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # an invalid escape in someone's file is not our warning
            tree = ast.parse(text)
        return _setup_arguments(tree)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise UnreadableError(path, f"cannot be parsed ({type(error).__name__})") from error


def _setup_arguments(tree: ast.Module) -> dict[str, object]:
    call = _setup_call(tree)
    if call is None:
        return {}
    names = _module_names(tree)
    arguments: dict[str, object] = {}
    for keyword in call.keywords:
        value = _literal(keyword.value, names)
        if keyword.arg is not None and value is not None:
            arguments[keyword.arg] = value
    return arguments


def _setup_call(tree: ast.Module) -> ast.Call | None:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            function = node.func
            name = function.id if isinstance(function, ast.Name) else None
            if isinstance(function, ast.Attribute):
                name = function.attr
            if name == "setup":
                return node
    return None


def _module_names(tree: ast.Module) -> dict[str, ast.expr]:
    """Names bound exactly once at the top of the module, to the expression they are bound to."""
    bound: dict[str, ast.expr | None] = {}
    for statement in tree.body:
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        if isinstance(statement, (ast.AugAssign, ast.AnnAssign)):
            targets = [statement.target]
        plain = isinstance(statement, ast.Assign) and len(targets) == 1
        for target in targets:
            if isinstance(target, ast.Name):
                known = target.id in bound or not plain
                value = statement.value if isinstance(statement, ast.Assign) else None
                bound[target.id] = None if known else value
    return {name: value for name, value in bound.items() if value is not None}


def _literal(node: ast.expr, names: dict[str, ast.expr]) -> object:
    """Evaluate a literal, or return None for anything else."""
    if isinstance(node, ast.Name):
        value = names.get(node.id)
        # A name may only stand for a literal: following names through names could go in circles.
        return None if value is None or isinstance(value, ast.Name) else _literal(value, {})
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _literal(node.left, names), _literal(node.right, names)
        both_lists = isinstance(left, list) and isinstance(right, list)
        return [*left, *right] if both_lists else None  # type: ignore[misc]
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
