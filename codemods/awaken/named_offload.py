"""`offload` of `[tool.awaken]`: the function that it names, checked against the project."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from awaken.discover.reading import UnreadableFile
from awaken.index.handover import Signature, signature_of
from awaken.index.reading import parse_file
from awaken.index.summary import ScopeKind
from awaken.plan.runners.handed_over import runs_through
from awaken.plan.runners.named_runner import NamedRunner
from awaken.plan.runners.runner import Passing, Runner
from awaken.plan.runners.runner_uses import FUNCTIONS
from awaken.project.configuration import ConfigurationError
from awaken.resolve.values import Defined, sole

if TYPE_CHECKING:
    from awaken.workbench import Workbench


def named_offload(bench: Workbench, name: str) -> NamedRunner:
    """What the configuration names to take calls off the loop.

    Args:
        bench: what the run knows of the project.
        name: qualified name of a function.

    Raises:
        ConfigurationError: there is no such function, or it is not called like `f(callable, *args)`.
    """
    known = FUNCTIONS.get(name)
    if known is not None:
        return NamedRunner(replace(known, name=name))
    module, _, last = name.rpartition(".")
    path = bench.project.module(module) if module else None
    if path is None:
        return _foreign(bench, name)
    value = sole(bench.resolver.module_member(path, last))
    scope = bench.resolver.scope(value) if isinstance(value, Defined) else None
    if not isinstance(value, Defined) or scope is None or scope.kind is not ScopeKind.FUNCTION:
        raise _wrong(f"there is no function `{last}` in {path}")
    carried = runs_through(bench.resolver, value)
    runner = carried[0] if carried is not None else _by_signature(bench, value, scope.line)
    return NamedRunner(replace(runner, name=name, by_name=True), value)


def _foreign(bench: Workbench, name: str) -> NamedRunner:
    package = name.partition(".")[0]
    if "." in name and (package in bench or bench.dependencies.has(package.replace("_", "-"))):
        return NamedRunner(Runner(name, by_name=True))
    raise _wrong(f'"{name}" is in no module of the project and in none of its dependencies')


def _by_signature(bench: Workbench, function: Defined, line: int) -> Runner:
    """A function that is taken at the project's word: how it takes what it runs."""
    path = bench.root / function.path
    try:
        tree = parse_file(path, relative=function.path, module=bench.module_of(path)).tree
    except UnreadableFile as error:
        raise _wrong(f"{function.path}: {error.message}") from error
    node = next(
        each
        for each in tree.nodes
        if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef)) and each.lineno == line
    )
    signature = signature_of(node, method=False)
    if signature is None:
        raise _wrong(
            f"`{node.name}` in {function.path} must take the callable as its first parameter, and"
            " nothing else that has to be given"
        )
    return Runner("", passing=_passing(signature), own=signature.own)


def _passing(signature: Signature) -> Passing:
    if not signature.varargs:
        return Passing.NOTHING
    return Passing.ALL if signature.keywords else Passing.POSITIONAL


def _wrong(message: str) -> ConfigurationError:
    return ConfigurationError("[tool.awaken]", "offload", message)
