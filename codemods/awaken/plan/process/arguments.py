"""What a function does to what others have, too: the other process has copies, and changes of those are lost."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from awaken.plan.process.estimate import Estimate, promised, returns
from awaken.plan.process.kinds import Kind
from awaken.plan.process.libraries import (
    IN_PLACE,
    READING,
    changes_argument,
    computes_alone,
    gives_frozen,
)
from awaken.plan.process.local_names import How
from awaken.plan.process.obstacle import Obstacle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.plan.process.local_names import LocalValue
    from awaken.plan.process.sources import Source
    from awaken.resolve.values import Defined

CODE = "argument-copied"
_ROUNDS = 6
# `numpy.add(a, b, out=a)`, `frame.drop(..., inplace=True)`
_INTO = ("out", "inplace")


@dataclass
class Shared:
    """Follows in one function what belongs to the caller, too.

    Attributes:
        source: the function.
        estimate: tells what cannot be changed anyway.
        same: names that may stand for something that others have, or for a part of it.
        code: the reason code.
        holding: names of new containers that hold such parts.
        seen: functions that are being looked at, which call each other.
    """

    source: Source
    estimate: Estimate
    same: set[str]
    code: str = CODE
    holding: set[str] = field(default_factory=set)
    seen: frozenset[Defined] = frozenset()

    def __post_init__(self) -> None:
        for _ in range(_ROUNDS):
            before = len(self.same), len(self.holding)
            for name, values in self.source.locals.items():
                for value in values:
                    self._assign(name, value)
            if before == (len(self.same), len(self.holding)):
                break

    def obstacles(self) -> Iterator[Obstacle]:
        """Where the function changes what is not its own, and where it gives it back."""
        for node in ast.walk(self.source.node):
            yield from self._changed(node)
            if isinstance(node, ast.Call):
                yield from self._handed_on(node)
        given_back = () if promised(self.source) is Kind.FROZEN else returns(self.source.node)
        for each in given_back:
            if each.value is not None and (self.is_same(each.value) or self.holds(each.value)):
                yield self._told(each, "is given back", certain=False)

    def _assign(self, name: str, value: LocalValue) -> None:
        if value.node is None or self.estimate.of(ast.Name(name)) is Kind.FROZEN:
            return
        if value.how is How.VALUE:
            if self.is_same(value.node):
                self.same.add(name)
            elif self.holds(value.node):
                self.holding.add(name)
        elif self.is_same(value.node) or self.holds(value.node):
            (self.holding if value.how is How.FILLED else self.same).add(name)

    def is_same(self, node: ast.expr) -> bool:
        """Whether an expression may give what others have, or a part of it."""
        if isinstance(node, ast.Name):
            return node.id in self.same
        if self.estimate.of(node) is Kind.FROZEN:
            return False
        if isinstance(node, (ast.Subscript, ast.Attribute, ast.Starred)):
            if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice):
                return False
            return self.is_same(node.value) or self.holds(node.value)
        if isinstance(node, ast.IfExp):
            return self.is_same(node.body) or self.is_same(node.orelse)
        if isinstance(node, ast.BoolOp):
            return any(map(self.is_same, node.values))
        if isinstance(node, ast.NamedExpr):
            return self.is_same(node.value)
        return isinstance(node, ast.Call) and self._gives_same(node)

    def _gives_same(self, call: ast.Call) -> bool:
        """`rows.get(key)`, `max(rows)`, `choose(rows)`."""
        name = self.estimate.library_name(call.func)
        if name and not name.startswith(("builtins.max", "builtins.min", "builtins.next")):
            return not computes_alone(name) and any(map(self._reaches, call.args))
        if any(map(self._reaches, self._receiver(call))):
            return ast.unparse(call.func).rpartition(".")[2] != "copy"
        return any(map(self._reaches, _given(call)))

    def _receiver(self, call: ast.Call) -> list[ast.expr]:
        """The object whose method is called; a module is none."""
        func = call.func
        if isinstance(func, ast.Attribute) and self.estimate.project_function(func) is None:
            return [func.value]
        return []

    def holds(self, node: ast.expr) -> bool:
        """Whether an expression gives something new that holds a part of an argument."""
        if isinstance(node, ast.Name):
            return node.id in self.holding
        if self.estimate.of(node) is Kind.FROZEN:
            return False
        if isinstance(node, (ast.Lambda, ast.Constant)):
            return False
        inner = [each for each in ast.iter_child_nodes(node) if isinstance(each, ast.expr)]
        if isinstance(node, (ast.ListComp, ast.SetComp, ast.GeneratorExp)):
            inner = [node.elt]
        elif isinstance(node, ast.DictComp):
            inner = [node.key, node.value]
        elif isinstance(node, ast.Call):
            inner = [*_given(node), *self._receiver(node)]
        if self.estimate.items(node) is Kind.FROZEN:
            return False
        return any(map(self._reaches, inner))

    def _reaches(self, node: ast.expr) -> bool:
        return self.is_same(node) or self.holds(node)

    def _changed(self, node: ast.AST) -> Iterator[Obstacle]:
        """`rows[0] = x`, `del rows[0]`, `rows += more`, `rows.sort()`."""
        for target in _targets(node):
            if isinstance(target, (ast.Subscript, ast.Attribute)) and self.is_same(target.value):
                yield self._told(target, "is changed")
        own = isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name)
        if isinstance(node, ast.AugAssign) and own and self.is_same(node.target):
            yield self._told(node.target, "is changed")
        if isinstance(node, ast.Attribute) and node.attr in IN_PLACE and self.is_same(node.value):
            yield self._told(node.value, "is changed")  # `map(rows.append, more)` as well
        func = node.func if isinstance(node, ast.Call) else None
        if (
            isinstance(node, ast.Call)
            and isinstance(func, ast.Attribute)
            and func.attr not in IN_PLACE | READING
        ):
            for receiver in filter(self.is_same, self._receiver(node)):
                if self.estimate.of(receiver) is Kind.HARMLESS:
                    continue  # `PATTERN.match(text)`
                yield self._told(receiver, "may be changed", certain=False)

    def _handed_on(self, call: ast.Call) -> Iterator[Obstacle]:
        """Other functions may change what they are given."""
        handed = [each for each in _given(call) if self.is_same(each)]
        if not handed:
            return
        name = self.estimate.library_name(call.func)
        function = self.estimate.project_function(call.func)
        into = any(each.arg in _INTO and self.is_same(each.value) for each in call.keywords)
        if changes_argument(name) or into:
            yield self._told(handed[0], "is changed")
        elif function is not None and function not in self.seen:
            yield from self._below(call, function)
        elif not name or not (computes_alone(name) or gives_frozen(name)):
            yield self._told(handed[0], "may be changed", certain=False)

    def _below(self, call: ast.Call, function: Defined) -> Iterator[Obstacle]:
        source = self.estimate.results.sources.of(function)
        if source is None or any(isinstance(each, ast.Starred) for each in call.args):
            yield self._told(call, "may be changed", certain=False)
            return
        kinds = self.estimate.arguments(call, function)
        parameters = [each.arg for each in source.parameters]
        pairs = [*zip(parameters, call.args, strict=False)]
        pairs += [(each.arg, each.value) for each in call.keywords if each.arg]
        shared = {name for name, node in pairs if self.is_same(node) or self.holds(node)}
        estimate = Estimate(source, kinds, self.estimate.results)
        below = Shared(source, estimate, shared, self.code, seen=self.seen | {function})
        # what it gives back counts here only where it is given back from here
        yield from (each for each in below.obstacles() if not each.detail.endswith("given back"))

    def _told(self, node: ast.expr | ast.Return, what: str, *, certain: bool = True) -> Obstacle:
        name = ast.unparse(node.value if isinstance(node, ast.Return) and node.value else node)
        line = f"`{name}` on line {node.lineno} of `{self.source.scope.qualname}` {what}"
        return Obstacle(self.code, line, certain)


def _given(call: ast.Call) -> list[ast.expr]:
    return [*call.args, *(keyword.value for keyword in call.keywords)]


def _targets(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, (ast.Assign, ast.Delete)):
        return [inner for each in node.targets for inner in _flat(each)]
    if isinstance(node, (ast.AugAssign, ast.AnnAssign, ast.For)):
        return [*_flat(node.target)]
    return []


def _flat(target: ast.expr) -> Iterator[ast.expr]:
    if isinstance(target, (ast.Tuple, ast.List)):
        for each in target.elts:
            yield from _flat(each)
    else:
        yield target
