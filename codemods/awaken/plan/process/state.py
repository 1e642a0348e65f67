"""What a function reads and sets outside of itself: the other process imports the module anew, and has its own."""

from __future__ import annotations

import ast
import builtins
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from awaken.index.expressions import plain_term
from awaken.index.summary import ScopeKind
from awaken.index.terms import Call, Imported, Scoped
from awaken.plan.names_in_scope import COMPREHENSIONS
from awaken.plan.process.kinds import Kind
from awaken.plan.process.libraries import IN_PLACE, computes_alone
from awaken.plan.process.local_names import root
from awaken.plan.process.obstacle import Obstacle
from awaken.plan.threads.shared_writes import file_touches
from awaken.resolve.evaluation import Where
from awaken.resolve.members import is_class_method
from awaken.resolve.resolver import absolute_name
from awaken.resolve.values import Defined, External, Instance, Module, Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from awaken.index.reading import ParsedFile
    from awaken.index.summary import FileIndex
    from awaken.plan.process.estimate import Estimate
    from awaken.plan.process.sources import Source, Sources
    from awaken.resolve.resolver import Resolver
    from awaken.resolve.values import Value

    Mentioning: TypeAlias = Callable[[Iterable[str]], Iterable[ParsedFile]]

CODE = "module-state"
_AGAIN = "imported-again"
_SETS = frozenset(("change", "store"))
_CONTEXT_VARIABLE = External("contextvars.ContextVar")
# What these make nobody changes.
_UNCHANGEABLE = frozenset(
    External(name)
    for name in (
        *("re.compile", "struct.Struct", "pathlib.Path", "pathlib.PurePath", "logging.getLogger"),
        *("operator.itemgetter", "operator.attrgetter"),
    )
)
# Making these anew gives the same.
_SAME_AGAIN = frozenset(
    (
        *("re.compile", "struct.Struct", "pathlib.Path", "pathlib.PurePath", "logging.getLogger"),
        *("operator.itemgetter", "operator.attrgetter", "functools.partial"),
        *(f"builtins.{name}" for name in ("dict", "float", "frozenset", "int", "list", "range")),
        *(f"builtins.{name}" for name in ("bytes", "set", "sorted", "str", "tuple", "len", "max")),
        *(f"builtins.{name}" for name in ("bytearray", "min", "sum", "ord", "chr", "abs", "zip")),
    )
)


@dataclass
class State:
    """Judges the names that functions share with the rest of the process.

    Attributes:
        sources: finds trees.
        resolver: knows the project.
        mentioning: gives every file in whose text one of some words stands.
        known: what was found out about variables of modules.
    """

    sources: Sources
    resolver: Resolver
    mentioning: Mentioning
    known: dict[tuple[str, str], Obstacle | None] = field(default_factory=dict)

    def obstacles(self, source: Source) -> Iterator[Obstacle]:
        """Everything that one function reads or sets outside of itself."""
        for node in ast.walk(source.node):
            if isinstance(node, ast.Global):
                yield _told(source, node, ", ".join(node.names), "is set")
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                yield from self._named(source, node)
            elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                yield from self._member(source, node)
            else:
                yield from _set_outside(source, node)

    def outside(self, estimate: Estimate) -> set[str]:
        """Names of the module that a function loads, and through which it might change something."""
        source = estimate.source
        loaded = {
            node.id
            for node in ast.walk(source.node)
            if isinstance(node, ast.Name) and node.id not in source.locals
        }
        module = source.index.scopes[0].bindings
        names = {name for name in loaded if name in module}
        return {
            name
            for name in names | self._imported_inside(source)
            if self._is_own(source, name) and estimate.of(ast.Name(name)) is not Kind.FROZEN
        }

    def _imported_inside(self, source: Source) -> set[str]:
        bindings = source.scope.bindings.items()
        return {
            name for name, found in bindings if any(isinstance(e.term, Imported) for e in found)
        }

    def _is_own(self, source: Source, name: str) -> bool:
        """Whether it is no library, no pattern or logger, and no function, which has a check of its own."""
        for binding in source.index.scopes[0].bindings.get(name, ()):
            if isinstance(binding.term, Call):
                made = self.resolver.values(binding.term.func, Where(source.index.path, 0))
                if made and made <= _UNCHANGEABLE:
                    return False
        values = source.values(ast.Name(name))
        function = all(map(self.resolver.is_function, values))
        return not values or not (function or all(isinstance(each, External) for each in values))

    def _named(self, source: Source, node: ast.Name) -> Iterator[Obstacle]:
        if node.id in source.locals or node.id in source.handed_in or hasattr(builtins, node.id):
            return
        found = self.variable(source.index, node.id)
        if found is not None:
            yield found._replace(detail=f"{found.detail} (`{source.scope.qualname}`)")

    def _member(self, source: Source, node: ast.Attribute) -> Iterator[Obstacle]:
        """`config.LIMIT`, `Settings.limit`."""
        if root(node) == _own_class(source) != "" and node.attr not in _methods(source):
            yield Obstacle(_AGAIN, f"`{ast.unparse(node)}`", certain=False)
        if root(node) in source.locals or not isinstance(node.value, (ast.Name, ast.Attribute)):
            return
        for value in source.values(node.value):
            if isinstance(value, Module):
                index = self.resolver.file(value.path)
                found = self.variable(index, node.attr) if index else None
                if found is not None:
                    yield found
            elif isinstance(value, Defined):
                yield from self._of_class(value, node.attr)

    def _of_class(self, owner: Defined, name: str) -> Iterator[Obstacle]:
        scope = self.resolver.scope(owner)
        if scope is None or scope.kind is not ScopeKind.CLASS:
            return
        bindings = scope.bindings.get(name, ())
        if any(isinstance(each.term, Scoped) for each in bindings):
            return
        changed = self.is_set_elsewhere(name, owner.path) or len(bindings) != 1
        yield Obstacle(CODE if changed else _AGAIN, f"`{scope.qualname}.{name}`", certain=changed)

    def variable(self, index: FileIndex, name: str) -> Obstacle | None:
        """What speaks against reading a name of a module in another process, or None."""
        key = index.path, name
        if key not in self.known:
            self.known[key] = None  # modules that import each other
            self.known[key] = self._judged(index, name)
        return self.known[key]

    def _judged(self, index: FileIndex, name: str) -> Obstacle | None:
        bindings = index.scopes[0].bindings.get(name, ())
        terms = [each.term for each in bindings]
        if not terms:
            return Obstacle(_AGAIN, f"`{name}`", certain=False)
        if all(isinstance(each, Imported) for each in terms):
            return self._imported([each for each in terms if isinstance(each, Imported)], index)
        if all(isinstance(each, Scoped) for each in terms):
            return None if len(terms) == 1 else Obstacle(_AGAIN, f"`{name}`", certain=False)
        touched = file_touches(index).get(name, set()) & _SETS
        if len(bindings) > 1 or bindings[0].scope != 0 or touched:
            return Obstacle(CODE, f"`{name}` is set more than once in {index.path}", certain=True)
        if self.is_set_elsewhere(name, index.path):
            return Obstacle(CODE, f"`{name}` of {index.path} is set elsewhere", certain=True)
        return self._made_again(index, name)

    def _imported(self, terms: Iterable[Imported], index: FileIndex) -> Obstacle | None:
        for term in terms:
            module = absolute_name(term, index) or ""
            path = self.resolver.project.module(module, index.path)
            below = self.resolver.file(path) if path and term.member else None
            if below is not None and term.member in below.scopes[0].bindings:
                found = self.variable(below, term.member)
                if found is not None:
                    return found
        return None

    def _made_again(self, index: FileIndex, name: str) -> Obstacle | None:
        """A variable that is bound once: whether importing the module again makes the same."""
        tree = self.sources.tree(index.path)
        values = self.resolver.lookup(name, Where(index.path, 0))
        if any(map(self._is_of_one_process, values)):
            return Obstacle(CODE, f"`{name}` of {index.path}", certain=True)
        for statement in tree.module.body if tree else ():
            made = getattr(statement, "value", None)
            bound = isinstance(statement, (ast.Assign, ast.AnnAssign)) and _binds(statement, name)
            if bound and isinstance(made, ast.expr) and self._is_same_again(index, made):
                return None
        return Obstacle(_AGAIN, f"`{name}` of {index.path}", certain=False)

    def _is_of_one_process(self, value: Value) -> bool:
        """A lock, a context variable, a connection: what is there is another one."""
        if not isinstance(value, Instance) or not isinstance(value.of, External):
            return False
        known = self.resolver.catalogue.type(value.of.name)
        affine = known is not None and bool(known.holds or known.affinity)
        return affine or value.of == _CONTEXT_VARIABLE

    def _is_same_again(
        self, index: FileIndex, node: ast.expr, inner_names: frozenset[str] = frozenset()
    ) -> bool:
        if isinstance(node, COMPREHENSIONS):
            return self._is_made_of_same(index, node)
        if isinstance(node, ast.Name) and node.id in inner_names:
            return True
        if isinstance(node, ast.Name):
            return hasattr(builtins, node.id) or self.variable(index, node.id) is None
        if isinstance(node, ast.Lambda):
            return True
        if isinstance(node, ast.Call):
            values = self.resolver.values(plain_term(node.func), Where(index.path, 0))
            if not all(isinstance(each, External) and _repeats(each.name) for each in values):
                return False
            inner = [*node.args, *(each.value for each in node.keywords)]
            return bool(values) and all(
                self._is_same_again(index, each, inner_names) for each in inner
            )
        if isinstance(node, ast.Attribute):
            values = self.resolver.values(plain_term(node), Where(index.path, 0))
            return bool(values) and all(
                isinstance(each, External) and computes_alone(each.name) for each in values
            )
        inner = [each for each in ast.iter_child_nodes(node) if isinstance(each, ast.expr)]
        return isinstance(node, _LITERALS) and all(
            self._is_same_again(index, each, inner_names) for each in inner
        )

    def _is_made_of_same(self, index: FileIndex, node: ast.expr) -> bool:
        """`[i * i for i in range(100)]`."""
        parts: list[ast.expr] = []
        names: set[str] = set()
        for each in ast.iter_child_nodes(node):
            if isinstance(each, ast.comprehension):
                parts += [each.iter, *each.ifs]
                names |= {name.id for name in ast.walk(each.target) if isinstance(name, ast.Name)}
            elif isinstance(each, ast.expr):
                parts.append(each)
        return all(self._is_same_again(index, each, frozenset(names)) for each in parts)

    def is_set_elsewhere(self, name: str, path: str) -> bool:
        """Whether any other file sets an attribute of that name, or changes what it imported under it."""
        for parsed in self.mentioning((name,)):
            if parsed.index.path == path:
                continue
            assigned = (each for each in parsed.index.assigned if each.endswith(f".{name}"))
            if any(self._may_be_of(parsed.index, each, path) for each in assigned):
                return True
            touched = file_touches(parsed.index)
            through = (each for each in touched if each.endswith(f".{name}"))
            places = [name, *(each for each in through if not each.startswith("self."))]
            if any(touched.get(each, set()) & _SETS for each in places):
                return True
        return False

    def _may_be_of(self, index: FileIndex, dotted: str, path: str) -> bool:
        """Whether what stands in front of `x.name = ...` may be the module, or a class in it."""
        base = dotted.rpartition(".")[0]
        first = base.partition(".")[0]
        if base in ("self", "cls"):
            return False
        if first not in index.scopes[0].bindings:
            return True
        term = plain_term(ast.parse(base, mode="eval").body)
        values = self.resolver.values(term, Where(index.path, 0))
        return not values or any(
            isinstance(each, Unknown) or getattr(each, "path", "") == path for each in values
        )


_LITERALS = (
    ast.Compare,
    ast.BoolOp,
    ast.IfExp,
    ast.Constant,
    ast.BinOp,
    ast.UnaryOp,
    ast.Tuple,
    ast.List,
    ast.Set,
    ast.Dict,
    ast.Subscript,
    ast.Slice,
)


def _repeats(name: str) -> bool:
    return name in _SAME_AGAIN or name.startswith("math.")


def _binds(statement: ast.Assign | ast.AnnAssign, name: str) -> bool:
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    return any(isinstance(each, ast.Name) and each.id == name for each in targets)


def _methods(source: Source) -> frozenset[str]:
    owner = source.index.scopes[source.scope.parent]
    named = owner.bindings.items()
    return frozenset(
        name for name, found in named if all(isinstance(each.term, Scoped) for each in found)
    )


def _own_class(source: Source) -> str:
    """The first parameter of a class method, whose attributes are shared by all."""
    if not is_class_method(source.scope) or not source.scope.parameters:
        return ""
    return source.scope.parameters[0]


def _set_outside(source: Source, node: ast.AST) -> Iterator[Obstacle]:
    """`TOTALS[key] = n`, `crunch.calls += 1`, `SEEN.add(x)`."""
    if isinstance(node, (ast.Attribute, ast.Subscript)):
        if not isinstance(node.ctx, ast.Load):
            yield from _told_of_root(source, node)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        values = source.values(node.func)
        foreign = bool(values) and all(isinstance(each, External) for each in values)
        if node.func.attr in IN_PLACE and not foreign:
            yield from _told_of_root(source, node.func.value)


def _told_of_root(source: Source, node: ast.expr) -> Iterator[Obstacle]:
    name = root(node)
    if name and (name not in source.locals or name == _own_class(source)):
        yield _told(source, node, name, "is changed")


def _told(source: Source, node: ast.stmt | ast.expr, name: str, what: str) -> Obstacle:
    line = f"`{name}` on line {node.lineno} of `{source.scope.qualname}` {what}"
    return Obstacle(CODE, line, certain=True)
