"""The arguments of a sync call in front of its async form: whether that takes them, and how."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from awaken.plan.fix import Reason
from awaken.plan.reasons import reason
from awaken.plan.recipes import Passed

if TYPE_CHECKING:
    from awaken.catalogue.schema import Native
    from awaken.plan.situation import Situation


@dataclass(frozen=True, slots=True)
class Passing:
    """The arguments of one call.

    Attributes:
        given: the arguments by their sync names.
        passed: how the async form is given them.
        difference: what a person should know about what is spelled out, or None.
    """

    given: dict[str, ast.expr]
    passed: Passed
    difference: Reason | None


def passing(situation: Situation, call: ast.Call, native: Native) -> Passing | Reason:
    """How the async form is given the arguments of a call, or why it does not take them.

    Args:
        situation: a finding near the call.
        call: the call.
        native: what the catalogue says of its async form.
    """
    given = _given(call, native)
    if isinstance(given, Reason):
        return given
    for name in native.needs:
        if name not in given:
            return reason("native-argument", f"no `{name}`")
    for names in native.apart:
        if all(name in given for name in names):
            return reason("native-argument", " with ".join(f"`{name}`" for name in names))
    later = range(native.positional, len(call.args))
    for number in later:
        if not _stands_bare(situation, call, number):
            return reason("native-argument", f"`{native.parameters[number]}` in parentheses")
    new = dict(native.renamed)
    spelled = [each for each in native.defaults if (each.unless or each.name) not in given]
    passed = Passed(
        named=tuple((n, new.get(native.parameters[n], native.parameters[n])) for n in later),
        renamed=tuple(
            (each.arg, new[each.arg]) for each in call.keywords if each.arg and each.arg in new
        ),
        arguments=(*native.arguments, *((each.name, each.text) for each in spelled)),
    )
    known = next((each.difference for each in spelled if each.difference), None)
    return Passing(given, passed, reason(known) if known else None)


def _given(call: ast.Call, native: Native) -> dict[str, ast.expr] | Reason:
    """The arguments by name, where the async form takes all of them."""
    starred = any(isinstance(each, ast.Starred) for each in call.args)
    if starred or any(each.arg is None for each in call.keywords):
        return reason("argument-unpacking")
    if len(call.args) > len(native.parameters):
        return reason("native-argument", "by position")
    given = dict(zip(native.parameters, call.args, strict=False))
    for keyword in call.keywords:
        name = keyword.arg or ""
        if name not in (*native.parameters[native.positional :], *native.keywords):
            return reason("native-argument", f"`{name}`")
        given[name] = keyword.value
    return given


def _stands_bare(situation: Situation, call: ast.Call, number: int) -> bool:
    """Whether a name can be put in front of an argument: nothing but a comma stands there."""
    tree = situation.tree
    start = tree.span(call.args[number]).start
    if number == 0:
        return tree.text[tree.span(call.func).end : start].strip() == "("
    between = tree.text[tree.span(call.args[number - 1]).end : start]
    return not between.strip(" \t\r\n\f,") and between.count(",") == 1
