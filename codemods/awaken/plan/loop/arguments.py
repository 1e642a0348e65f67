"""Arguments of a call, put in the place of the parameters that they are bound to."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from awaken.plan.loop.helper_body import SomethingElseError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from awaken.plan.loop.awaitable import Certainty

# An expression of the caller, which stays as it is written there, text that is put down for it, or a coroutine
# that a function in between makes.
Argument: TypeAlias = "ast.expr | str | Coroutine"


@dataclass(frozen=True, slots=True)
class OfModule:
    """A name of a module of the project.

    Attributes:
        path: the module's file.
        name: the name there.
    """

    path: str
    name: str


@dataclass(frozen=True, slots=True)
class Passed:
    """An argument of a call.

    Attributes:
        keyword: its keyword; empty for a positional one, `*` and `**` for what is unpacked.
        value: what is passed.
    """

    keyword: str
    value: Argument


@dataclass(frozen=True, slots=True)
class Coroutine:
    """What a helper runs, as its caller would write it.

    Attributes:
        function: what is called to make it: an argument of the caller or a name of a module, and the
            attributes of that; nothing where the caller passes the coroutine itself.
        passed: its arguments.
        itself: the coroutine that the caller passes.
        known: what is known of it.
        returned: whether the helper returns what it gives.
        elsewhere: whether it is run in another thread, so that it works today.
    """

    function: tuple[str | ast.expr | OfModule, ...]
    passed: tuple[Passed, ...]
    itself: ast.expr | None
    known: Certainty
    returned: bool
    elsewhere: bool = False


@dataclass(slots=True)
class Bound:
    """What the parameters of a function stand for.

    Attributes:
        source: the text of an expression of the function.
        single: by parameter.
        several: by the names of `*args` and `**kwargs`.
    """

    source: Callable[[ast.expr], str]
    single: dict[str, Argument] = field(default_factory=dict)
    several: dict[str, tuple[Passed, ...]] = field(default_factory=dict)

    def passed(
        self,
        call: ast.Call,
        *,
        first: int = 0,
        made: Callable[[ast.Call], Coroutine] | None = None,
    ) -> tuple[Passed, ...]:
        """The arguments of a call in the function, as its caller would write them.

        Args:
            call: the call.
            first: how many positional arguments are left out.
            made: tells what coroutine a call among the positional arguments makes.

        Raises:
            SomethingElseError: one is more than a parameter that is passed on, or a constant.
        """
        found: list[Passed] = []
        for node in call.args[first:]:
            if isinstance(node, ast.Starred):
                found += self._unpacked(node.value)
            elif made is not None and isinstance(node, ast.Call):
                found.append(Passed("", made(node)))
            else:
                found.append(Passed("", self.value(node)))
        for keyword in call.keywords:
            if keyword.arg is None:
                found += self._unpacked(keyword.value)
            else:
                found.append(Passed(keyword.arg, self.value(keyword.value)))
        return tuple(found)

    def _unpacked(self, node: ast.expr) -> tuple[Passed, ...]:
        if isinstance(node, ast.Name) and node.id in self.several:
            return self.several[node.id]
        raise SomethingElseError

    def value(self, node: ast.expr) -> Argument:
        """What an expression of the function stands for.

        Raises:
            SomethingElseError: it is no parameter, no constant, and no attribute of a plain one.
        """
        if isinstance(node, ast.Constant):
            return self.constant(node)
        if isinstance(node, ast.Name) and node.id in self.single:
            return self.single[node.id]
        if isinstance(node, ast.Attribute):
            base = plain_text(self.value(node.value))
            if base is not None:
                return f"{base}.{node.attr}"
        raise SomethingElseError

    def constant(self, node: ast.Constant) -> str:
        """A constant as it is written there, with its quotes."""
        text = self.source(node)
        return ast.unparse(node) if "\n" in text or "\r" in text else text


def plain_text(argument: Argument) -> str | None:
    """How an argument is written that may be read anywhere in the call, and more than once; None for others."""
    if isinstance(argument, str):
        return argument
    if isinstance(argument, ast.Constant):
        return ast.unparse(argument)
    return argument.id if isinstance(argument, ast.Name) else None


def bound(
    arguments: ast.arguments,
    passed: Sequence[Passed],
    receiver: Argument | None,
    source: Callable[[ast.expr], str],
) -> Bound:
    """Bind what is passed to parameters, as a call does.

    Args:
        arguments: the parameters.
        passed: the arguments.
        receiver: what the first parameter is, for a method.
        source: the text of an expression of the function.

    Raises:
        SomethingElseError: what a parameter stands for cannot be told.
    """
    found = Bound(source)
    names = [each.arg for each in (*arguments.posonlyargs, *arguments.args)]
    if receiver is not None:
        if not names:
            raise SomethingElseError
        found.single[names.pop(0)] = receiver
    positional = [each for each in passed if each.keyword in ("", "*")]
    named = [each for each in passed if each.keyword not in ("", "*")]
    taken = positional[: len(names)]
    if any(each.keyword == "*" for each in taken):
        raise SomethingElseError
    found.single.update(zip(names, (each.value for each in taken), strict=False))
    _gather(found, arguments.vararg, positional[len(names) :])
    _bind_named(found, arguments, named, set(names) - {a.arg for a in arguments.posonlyargs})
    _bind_defaults(found, arguments)
    return found


def _gather(found: Bound, parameter: ast.arg | None, rest: Sequence[Passed]) -> None:
    if parameter is not None:
        found.several[parameter.arg] = tuple(rest)
    elif rest:
        raise SomethingElseError


def _bind_named(
    found: Bound, arguments: ast.arguments, named: Sequence[Passed], names: set[str]
) -> None:
    names |= {each.arg for each in arguments.kwonlyargs}
    rest: list[Passed] = []
    for each in named:
        if each.keyword in names:
            if each.keyword in found.single:
                raise SomethingElseError
            found.single[each.keyword] = each.value
        else:
            rest.append(each)
    if any(each.keyword == "**" for each in rest) and names - found.single.keys():
        raise SomethingElseError  # some of it may be meant for a parameter
    _gather(found, arguments.kwarg, rest)


def _bind_defaults(found: Bound, arguments: ast.arguments) -> None:
    """Only constants are the same wherever they are written."""
    positional = [*arguments.posonlyargs, *arguments.args]
    behind = positional[len(positional) - len(arguments.defaults) :]
    defaults: dict[str, ast.expr | None] = {
        each.arg: default for each, default in zip(behind, arguments.defaults, strict=True)
    }
    defaults.update(
        (each.arg, default)
        for each, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    )
    for each in (*positional, *arguments.kwonlyargs):
        if each.arg not in found.single:
            default = defaults.get(each.arg)
            if not isinstance(default, ast.Constant):
                raise SomethingElseError
            found.single[each.arg] = found.constant(default)


def as_passed(call: ast.Call) -> tuple[Passed, ...]:
    """The arguments of a call as they are written."""
    found = [Passed("*" if isinstance(each, ast.Starred) else "", each) for each in call.args]
    found += [Passed(each.arg or "**", each.value) for each in call.keywords]
    return tuple(found)


def reads(run: Sequence[ast.AST], found: Mapping[str, object]) -> dict[str, int]:
    """How often each parameter is read in what a function runs."""
    counts = dict.fromkeys(found, 0)
    for part in run:
        for node in ast.walk(part):
            if isinstance(node, ast.Name) and node.id in counts:
                counts[node.id] += 1
    return counts
