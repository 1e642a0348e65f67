"""Names for what a rewrite needs: what the file has imported, or a new import not hidden there."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain, count
from typing import TYPE_CHECKING

from awaken.detect.loop_context import enclosing_function
from awaken.index.summary import FileIndex, Scope, ScopeKind
from awaken.index.terms import Imported
from awaken.resolve.reaching import suites_around
from awaken.resolve.values import External
from awaken.rewrite.module_names import module_names_read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.plan.definition import Definition
    from awaken.resolve.evaluation import Where
    from awaken.resolve.resolver import Resolver
    from awaken.syntax.tree import Tree

# Modules whose members are imported by name, as their own documentation does; others as a whole.
_BY_NAME = frozenset(("asgiref.sync", "concurrent.futures", "http.cookiejar"))
_FAMILIES_BY_NAME = ("django.",)


# Submodules that come with their package and are reached through it.
_WITH_PACKAGE = frozenset(
    {
        "anyio.to_thread",
        "requests.cookies",
        "requests.structures",
        "requests.utils",
        "trio.to_thread",
    }
)


@dataclass(frozen=True, slots=True)
class ImportStatement:
    """An import to add: `import module as name`, or `from module import member as name`."""

    module: str
    member: str | None
    name: str

    @property
    def text(self) -> str:
        if self.member is None:
            alias = "" if self.name == self.module else f" as {self.name}"
            return f"import {self.module}{alias}"
        alias = "" if self.name == self.member else f" as {self.name}"
        return f"from {self.module} import {self.member}{alias}"


@dataclass(slots=True)
class Names:
    """Finds a text for a qualified name at a place of one file; collects what has to be added for it.

    Attributes:
        added: imports.
        constants: module-level constants, by name, with their values as source text.
        defined: functions of the module that recipes have asked for, with their names.
        definitions: the text of those that the file did not have.
        functions: names of local functions, each with the number of the function around it.
    """

    tree: Tree
    index: FileIndex
    resolver: Resolver
    added: list[ImportStatement] = field(default_factory=list)
    constants: dict[str, str] = field(default_factory=dict)
    defined: dict[Definition, str] = field(default_factory=dict)
    definitions: list[str] = field(default_factory=list)
    functions: set[tuple[int, str]] = field(default_factory=set)

    def text(self, qualified: str, where: Where) -> str:
        """How `asyncio.to_thread` is written at `where`."""
        module, _, member = qualified.rpartition(".")
        found = self._existing_member(qualified, where)
        if found is not None:
            return found
        package, _, last = module.rpartition(".")
        if module in _WITH_PACKAGE:
            return f"{self.text(f'{package}.{last}', where)}.{member}"
        if module in _BY_NAME or module.startswith(_FAMILIES_BY_NAME):
            at_hand = self._module_at_hand(module, where)
            return f"{at_hand}.{member}" if at_hand else self._imported(module, member, where)
        return f"{self.module_text(module, where)}.{member}"

    def member_text(self, qualified: str, where: Where) -> str:
        """How a function that is imported by its name is written at `where`."""
        module, _, member = qualified.rpartition(".")
        found = self._existing_member(qualified, where)
        return found or self._imported(module, member, where)

    def module_text(self, module: str, where: Where) -> str:
        """How a module is written at `where`."""
        for name in self._bound_to(module, None):
            if self._stands_for(name, module, where):
                return name
        return self._imported(module, None, where)

    def _module_at_hand(self, module: str, where: Where) -> str | None:
        """A name that the file has for a module, by `import module as name` or `from package import name`."""
        package, _, last = module.rpartition(".")
        for name in (*self._bound_to(module, None), *self._bound_to(package, last)):
            if self._stands_for(name, module, where):
                return name
        return None

    def function(self, name: str, where: Where) -> str:
        """A name for a local function, with a number where the file or another block has it."""
        owner = enclosing_function(self.index, self.index.scopes[where.scope])
        home = owner.number if owner else 0
        fresh = next(
            each
            for each in chain((name,), (f"{name}_{number}" for number in count(2)))
            if self.is_unused(each) and (home, each) not in self.functions
        )
        self.functions.add((home, fresh))
        return fresh

    def constant(self, name: str, value: str) -> str:
        """A module-level constant of this value; its name is made unique."""
        for existing, held in self.constants.items():
            if held == value:
                return existing
        fresh = next(each for each in _variants(name) if self.is_unused(each))
        self.constants[fresh] = value
        return fresh

    def is_unused(self, name: str) -> bool:
        """Whether no scope of the file binds the name."""
        taken = {statement.name for statement in self.added} | self.constants.keys()
        taken.update(self.defined.values())
        return name not in taken and all(name not in scope.bindings for scope in self.index.scopes)

    def _existing_member(self, qualified: str, where: Where) -> str | None:
        module, _, member = qualified.rpartition(".")
        for name in self._bound_to(module, member):
            if self._stands_for(name, qualified, where):
                return name
        return None

    def _stands_for(self, name: str, qualified: str, where: Where) -> bool:
        """Whether a name is this module or member at a place, whichever way leads there."""
        known = self.resolver.lookup(name, where) == {External(qualified)}
        return known and self._is_given(name, where)

    def _is_given(self, name: str, where: Where) -> bool:
        """Whether a function that imports the name itself has done so for certain: another branch may not have run."""
        scope, place, suite = (
            self.index.scopes[where.scope],
            (where.line, where.column),
            where.suite,
        )
        while name not in scope.bindings or name in scope.outer:
            if scope.parent < 0:
                return True
            place, suite = (scope.line, 0), 0
            scope = self.index.scopes[scope.parent]
        if scope.kind is ScopeKind.MODULE or place[0] is None:
            return True
        around = suites_around(scope, suite)
        return any(
            binding.suite in around and (binding.line, binding.column) < place
            for binding in scope.bindings[name]
        )

    def _bound_to(self, module: str, member: str | None) -> list[str]:
        """Names that some import of the file gives to a module or a member."""
        wanted = Imported(module, member, 0)
        return sorted(
            name
            for scope in self.index.scopes
            for name, bindings in scope.bindings.items()
            if any(binding.term == wanted for binding in bindings)
        )

    def _imported(self, module: str, member: str | None, where: Where) -> str:
        wanted = member or module
        for name in _variants(wanted):
            statement = ImportStatement(module, member, name)
            if statement in self.added and self._is_visible(name, where):
                return name
            if self._is_free(name, module, where) and (name == wanted or self.is_unused(name)):
                self.added.append(statement)
                return name
        raise AssertionError("names never run out")

    def _is_free(self, name: str, module: str, where: Where) -> bool:
        taken = any(each.name == name for each in self.added)
        return (
            not taken
            and not self._is_bound(name, module)
            and not self._is_from_elsewhere(name, module, where)
            and self._is_visible(name, where)
        )

    def _is_bound(self, name: str, module: str) -> bool:
        """Whether the module level binds the name, other than to this module for type checkers."""
        scope = self.index.scopes[0]
        wanted = Imported(module, None, 0)
        return any(
            binding.term != wanted or not scope.suites[binding.suite].typing_only
            for binding in scope.bindings.get(name, ())
        )

    def _is_from_elsewhere(self, name: str, module: str, where: Where) -> bool:
        """Whether the file reads a name that it does not bind: a star import may give it another value."""
        if name in self.index.scopes[0].bindings or not module_names_read(
            self.tree, frozenset({name})
        ):
            return False
        return self.resolver.lookup(name, where) != {External(module)}

    def _is_visible(self, name: str, where: Where) -> bool:
        """Whether a module-level name would be seen from `where`."""
        scope: Scope | None = self.index.scopes[where.scope]
        first = scope
        while scope is not None and scope.kind is not ScopeKind.MODULE:
            if name in scope.bindings and (scope is first or scope.kind is not ScopeKind.CLASS):
                return False
            scope = self.index.scopes[scope.parent] if scope.parent >= 0 else None
        return True


def _variants(name: str) -> Iterator[str]:
    plain = name.replace(".", "_")
    yield name if "." not in name else plain
    yield f"_{plain}"
    number = 1
    while True:
        yield f"_{plain}_{number}"
        number += 1
