"""What the expressions of a function give, followed from what it is given: numbers, containers of them, or who knows.

Whatever is made of plain data by arithmetic, builtins and methods of plain data is plain data again, so that types
need not be known one by one.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from awaken.index.summary import ScopeKind
from awaken.plan.process.kinds import Kind, of_values
from awaken.plan.process.libraries import (
    COUNTS,
    GIVES_PLAIN,
    STREAMS,
    computes_alone,
    gives_frozen,
)
from awaken.plan.process.local_names import How
from awaken.resolve.decorators import Kind as Decorated
from awaken.resolve.decorators import decorated
from awaken.resolve.evaluation import Where
from awaken.resolve.values import Defined, External, Instance

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from awaken.plan.process.local_names import LocalValue
    from awaken.plan.process.sources import Source, Sources
    from awaken.resolve.values import Value

_ROUNDS = 8
_VIEWS = frozenset(("items", "keys", "values"))
_LISTS_OF_TEXT = frozenset(("findall", "split"))
_TAKES_OUT = frozenset(("count", "get", "index", "pop"))
_MAKES_LISTS = frozenset(("rsplit", "split", "splitlines"))
_DIGESTS = frozenset(
    ("digest", "hexdigest", "end", "getvalue", "group", "isoformat", "start", "total_seconds")
)


@dataclass
class Results:
    """What functions of the project give, by what they are given; shared between estimates.

    Attributes:
        sources: finds their trees.
        known: the answers so far; one that is being worked out is there with its best guess.
    """

    sources: Sources
    known: dict[tuple[Defined, tuple[tuple[str, Kind], ...]], Kind] = field(default_factory=dict)

    def of(self, function: Defined, given: Mapping[str, Kind]) -> Kind:
        """What calling a function gives.

        Args:
            function: a function of the project.
            given: what its parameters get.
        """
        key = function, tuple(sorted(given.items()))
        if key not in self.known:
            self.known[key] = Kind.FROZEN  # nothing speaks against it yet
            for _ in range(_ROUNDS):
                found = self._work_out(function, given)
                if found == self.known[key]:
                    break
                self.known[key] = found
        return self.known[key]

    def _work_out(self, function: Defined, given: Mapping[str, Kind]) -> Kind:
        source = self.sources.of(function)
        if source is None or source.scope.is_async or source.scope.yields:
            return Kind.UNKNOWN
        decoration = decorated(source.resolver, function)
        if decoration.kind is not Decorated.PLAIN or not decoration.keeps_result:
            return Kind.UNKNOWN
        estimate = Estimate(source, given, self)
        kinds = [estimate.of(each.value) for each in returns(source.node) if each.value]
        return max(min(kinds, default=Kind.FROZEN), promised(source))


def returns(function: ast.AST) -> list[ast.Return]:
    """The `return` statements of a function, without those of functions in it."""
    found: list[ast.Return] = []
    pending = list(ast.iter_child_nodes(function))
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Return):
            found.append(node)
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            pending.extend(ast.iter_child_nodes(node))
    return found


def promised(source: Source) -> Kind:
    """What the annotation of a function says that it gives."""
    scope = source.scope
    if scope.annotation is None:
        return Kind.UNKNOWN
    where = Where(source.index.path, max(scope.parent, 0))
    return of_values(source.resolver, source.resolver.values(scope.annotation, where))


class Estimate:
    """Estimates the expressions of one function.

    Args:
        source: the function.
        given: what its parameters get; those that are left out are judged by their annotations.
        results: what other functions give.
    """

    def __init__(self, source: Source, given: Mapping[str, Kind], results: Results) -> None:
        self.source = source
        self.results = results
        self._names: dict[str, Kind] = dict.fromkeys(source.locals, Kind.FROZEN)
        parameters = {each.arg for each in source.parameters}
        self._given = {
            name: max(given.get(name, Kind.UNKNOWN), self._typed(ast.Name(name)))
            if name in parameters
            else Kind.UNKNOWN
            for name, values in source.locals.items()
            if not values or name in parameters
        }
        self._settle()

    def _settle(self) -> None:
        """Start with the best, and take back what does not hold until nothing changes."""
        for _ in range(_ROUNDS):
            before = dict(self._names)
            for name, values in self.source.locals.items():
                kinds = [self._assigned(value) for value in values]
                if name in self._given:
                    kinds.append(self._given[name])
                self._names[name] = min(kinds)
            if self._names == before:
                return
        self._names = dict.fromkeys(self._names, Kind.UNKNOWN)

    def _assigned(self, value: LocalValue) -> Kind:
        if value.node is None:
            return Kind.UNKNOWN
        if value.how is How.ITEM:
            return self.items(value.node)
        kind = self.of(value.node)
        if value.how is How.FILLED and kind < Kind.SENT:
            kind = self.items(value.node)
        return kind

    def of(self, node: ast.expr) -> Kind:
        """What an expression gives."""
        rule = _RULES.get(type(node))
        kind = rule(self, node) if rule else Kind.UNKNOWN
        return kind if kind is Kind.FROZEN else max(kind, self._typed(node))

    def items(self, node: ast.expr) -> Kind:
        """What iterating over an expression gives."""
        if isinstance(node, ast.GeneratorExp):
            return self.of(node.elt)
        if isinstance(node, ast.Call):
            name = self.library_name(node.func)
            if name in COUNTS:
                return Kind.FROZEN
            if name in STREAMS:
                return min((self.items(each) for each in node.args), default=Kind.FROZEN)
            if isinstance(node.func, ast.Attribute) and node.func.attr in _VIEWS:
                return self.contents(node.func.value)
        return self.contents(node)

    def contents(self, node: ast.expr) -> Kind:
        """What is in a container, keys and values alike; a value that holds nothing stands for itself."""
        of_module = isinstance(node, ast.Name) and node.id not in self._names
        literal = (
            self._bound_in_module(node.id) if isinstance(node, ast.Name) and of_module else None
        )
        if literal is not None and _of_literal(literal) >= Kind.SENT:
            return min(map(_of_literal, _inner(literal)), default=Kind.FROZEN)
        values = self.source.values(node) if self._typed(node) is Kind.SENT else ()
        held = [each for value in values if isinstance(value, Instance) for each in value.held]
        kinds = [of_values(self.source.resolver, each) for each in held]
        return max(self.of(node), min(kinds, default=Kind.UNKNOWN))

    def library_name(self, node: ast.expr) -> str:
        """The qualified name of the library's function that an expression stands for, or empty."""
        first = node
        while isinstance(first, ast.Attribute):
            first = first.value
        if not isinstance(first, ast.Name) or first.id in self.source.locals:
            return ""
        values = self.source.values(node)
        names = {value.name if isinstance(value, External) else "" for value in values}
        return names.pop() if len(names) == 1 else ""

    def arguments(self, call: ast.Call, function: Defined) -> dict[str, Kind]:
        """What the parameters of a function of the project get in a call; left out where that cannot be told."""
        source = self.results.sources.of(function)
        if source is None or any(isinstance(each, ast.Starred) for each in call.args):
            return {}
        given = source.node.args
        names = [each.arg for each in (*given.posonlyargs, *given.args)]
        pairs = [*zip(names, call.args, strict=False)]
        pairs += [(each.arg, each.value) for each in call.keywords if each.arg]
        said = {each.arg for each in source.parameters if each.annotation is not None}
        found = {
            name: self.of(node)
            for name, node in pairs
            if name in said or not self._holds_own_objects(node)
        }
        defaults = dict(zip(reversed(names), reversed(given.defaults), strict=False))
        defaults.update(
            {
                each.arg: default
                for each, default in zip(given.kwonlyargs, given.kw_defaults, strict=True)
                if default is not None
            }
        )
        for name, default in defaults.items():
            if name not in found and isinstance(default, (ast.Constant, ast.UnaryOp)):
                found[name] = Kind.FROZEN
        return found

    def _holds_own_objects(self, node: ast.expr) -> bool:
        """Whether an object of a class of the project is in it, whose methods nobody would look at."""
        inner = (each for each in ast.walk(node) if isinstance(each, ast.expr))
        return any(
            isinstance(of, Defined)
            for each in inner
            for value in self.source.values(each)
            if isinstance(value, Instance)
            for of in (value.of, value.element, *_held(value))
        )

    def project_function(self, node: ast.expr) -> Defined | None:
        """The one function of the project that an expression stands for, if it is a function."""
        if isinstance(node, ast.Name) and node.id in self.source.locals:
            return None
        values = self.source.values(node)
        value = next(iter(values)) if len(values) == 1 else None
        scope = self.source.resolver.scope(value) if isinstance(value, Defined) else None
        is_function = scope is not None and scope.kind is ScopeKind.FUNCTION
        return value if isinstance(value, Defined) and is_function else None

    def _typed(self, node: ast.expr) -> Kind:
        inside = isinstance(node, ast.Name) and node.id in self.source.locals
        if isinstance(node, ast.Name) and inside and node.id not in self.source.scope.bindings:
            return Kind.UNKNOWN  # a name of a comprehension, which the module may have as well
        return of_values(self.source.resolver, self.source.values(node))

    # -- one for each kind of expression

    def constant(self, _: ast.expr) -> Kind:
        return Kind.FROZEN

    def name(self, node: ast.Name) -> Kind:
        if node.id in self._names:
            return self._names[node.id]
        return self._of_module(node)

    def _of_module(self, node: ast.Name) -> Kind:
        """A variable of the module, bound once: whoever changes it is found elsewhere."""
        bound = self._bound_in_module(node.id)
        if isinstance(bound, ast.Call):
            name = self.library_name(bound.func)
            return Kind.HARMLESS if name and computes_alone(name) else Kind.UNKNOWN
        return _of_literal(bound) if bound is not None else Kind.UNKNOWN

    def _bound_in_module(self, name: str) -> ast.expr | None:
        bound = [
            each.value
            for each in self.source.tree.module.body
            if isinstance(each, (ast.Assign, ast.AnnAssign)) and _binds(each, name)
        ]
        return bound[0] if len(bound) == 1 else None

    def parts(self, node: ast.expr) -> Kind:
        parts = [each for each in ast.iter_child_nodes(node) if isinstance(each, ast.expr)]
        return min((self.of(each) for each in parts), default=Kind.FROZEN)

    def mutable(self, node: ast.expr) -> Kind:
        return min(self.parts(node), Kind.SENT)

    def compared(self, node: ast.Compare) -> Kind:
        return Kind.FROZEN if self.parts(node) >= Kind.SENT else Kind.HARMLESS

    def comprehension(self, node: ast.ListComp | ast.SetComp) -> Kind:
        return min(self.of(node.elt), Kind.SENT)

    def dict_comprehension(self, node: ast.DictComp) -> Kind:
        return min(self.of(node.key), self.of(node.value), Kind.SENT)

    def stream(self, node: ast.GeneratorExp) -> Kind:
        return min(self.of(node.elt), Kind.HARMLESS)

    def conditional(self, node: ast.IfExp) -> Kind:
        return min(self.of(node.body), self.of(node.orelse))

    def text(self, _: ast.expr) -> Kind:
        return Kind.FROZEN

    def negated(self, node: ast.UnaryOp) -> Kind:
        return Kind.FROZEN if isinstance(node.op, ast.Not) else self.of(node.operand)

    def item(self, node: ast.Subscript) -> Kind:
        whole = self.of(node.value)
        frozen = whole is Kind.SENT and self.contents(node.value) is Kind.FROZEN
        return Kind.FROZEN if frozen and not isinstance(node.slice, ast.Slice) else whole

    def attribute(self, node: ast.Attribute) -> Kind:
        name = self.library_name(node)
        if name.startswith(("math.", "cmath.", "string.")):
            return Kind.FROZEN
        return min(self.of(node.value), Kind.HARMLESS)

    def call(self, node: ast.Call) -> Kind:
        name = self.library_name(node.func)
        if name:
            return self._of_library(name, node)
        function = self.project_function(node.func)
        if function is not None:
            return self.results.of(function, self.arguments(node, function))
        return self._of_method(node) if isinstance(node.func, ast.Attribute) else Kind.UNKNOWN

    def _of_library(self, name: str, call: ast.Call) -> Kind:
        given = [
            each
            for each in (*call.args, *(keyword.value for keyword in call.keywords))
            if not isinstance(each, ast.Lambda)
        ]
        if not computes_alone(name):
            return Kind.UNKNOWN
        if gives_frozen(name):
            return Kind.FROZEN
        if name in COUNTS:
            return Kind.FROZEN
        if name in GIVES_PLAIN:
            # the least or greatest of some is one of them
            kinds = [max(self.of(each), self.items(each)) for each in given]
            least = min(kinds, default=Kind.FROZEN)
            chosen = name in ("builtins.max", "builtins.min", "builtins.sum")
            return least if chosen else min(least, Kind.SENT)
        if name in STREAMS:
            return Kind.HARMLESS if all(map(self.items, given)) else Kind.UNKNOWN
        return Kind.HARMLESS

    def _of_method(self, call: ast.Call) -> Kind:
        func = call.func
        if not isinstance(func, ast.Attribute):
            return Kind.UNKNOWN
        receiver = self.of(func.value)
        if receiver is Kind.UNKNOWN:
            return Kind.UNKNOWN
        if func.attr in _DIGESTS:
            return Kind.FROZEN
        if receiver is Kind.HARMLESS:
            return Kind.SENT if func.attr in _LISTS_OF_TEXT else Kind.HARMLESS
        if func.attr in _VIEWS:
            return Kind.HARMLESS
        if receiver is Kind.FROZEN:
            return Kind.SENT if func.attr in _MAKES_LISTS else Kind.FROZEN
        given = [self.of(each) for each in call.args]
        if func.attr in _TAKES_OUT and self.contents(func.value) is Kind.FROZEN:
            return min([Kind.FROZEN, *given[1:]])  # the key is not what comes out
        return min([receiver, *given])


def _held(value: Instance) -> Iterator[Value]:
    for each in value.held:
        for inner in each:
            if isinstance(inner, Instance):
                yield inner.of
                yield from _held(inner)


def _binds(statement: ast.Assign | ast.AnnAssign, name: str) -> bool:
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    return any(
        isinstance(node, ast.Name) and node.id == name
        for target in targets
        for node in ast.walk(target)
    )


def is_literal(node: ast.expr) -> bool:
    """Whether an expression is written out: numbers, strings, and displays of them."""
    return _of_literal(node) >= Kind.SENT


def _of_literal(node: ast.expr) -> Kind:
    if isinstance(node, ast.Constant):
        return Kind.FROZEN
    if isinstance(node, (ast.Tuple, ast.UnaryOp, ast.BinOp)):
        return min(map(_of_literal, _inner(node)), default=Kind.FROZEN)
    if isinstance(node, (ast.List, ast.Set, ast.Dict)):
        return min([Kind.SENT, *map(_of_literal, _inner(node))])
    return Kind.UNKNOWN


def _inner(node: ast.expr) -> list[ast.expr]:
    return [each for each in ast.iter_child_nodes(node) if isinstance(each, ast.expr)]


_RULES: dict[type[ast.expr], Callable[..., Kind]] = {
    ast.Constant: Estimate.constant,
    ast.Name: Estimate.name,
    ast.BinOp: Estimate.parts,
    ast.UnaryOp: Estimate.negated,
    ast.BoolOp: Estimate.parts,
    ast.Compare: Estimate.compared,
    ast.IfExp: Estimate.conditional,
    ast.NamedExpr: Estimate.parts,
    ast.Starred: Estimate.parts,
    ast.Tuple: Estimate.parts,
    ast.Slice: Estimate.parts,
    ast.JoinedStr: Estimate.text,
    ast.List: Estimate.mutable,
    ast.Set: Estimate.mutable,
    ast.Dict: Estimate.mutable,
    ast.ListComp: Estimate.comprehension,
    ast.SetComp: Estimate.comprehension,
    ast.DictComp: Estimate.dict_comprehension,
    ast.GeneratorExp: Estimate.stream,
    ast.Subscript: Estimate.item,
    ast.Attribute: Estimate.attribute,
    ast.Call: Estimate.call,
}
