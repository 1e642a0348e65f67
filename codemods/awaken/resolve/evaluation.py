"""The place a name is looked up from, and what evaluation offers to the rooms that need it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from awaken.catalogue.load import Catalogue
    from awaken.index.summary import Binding, Scope
    from awaken.index.terms import Call, Term
    from awaken.resolve.answers import K, Kept, T
    from awaken.resolve.members import Members
    from awaken.resolve.models.model_fields import ModelFields
    from awaken.resolve.models.model_managers import ModelManagers
    from awaken.resolve.values import Defined, Generated, Instance, Managed, Value


class Where(NamedTuple):
    """The place from which a name is looked up; `line` None means from a scope that runs later."""

    path: str
    scope: int
    line: int | None = None
    column: int = 0
    suite: int = 0
    typing: bool = False


NOWHERE = Where("", 0)


class Evaluator(Protocol):
    """Terms to values."""

    catalogue: Catalogue
    members: Members
    model_fields: ModelFields
    model_managers: ModelManagers

    def kept(self, memo: dict[K, Kept[T]], key: K, work: Callable[[], T]) -> T: ...

    def values(self, term: Term, where: Where) -> frozenset[Value]: ...

    def bound_values(self, bindings: Iterable[Binding], path: str) -> frozenset[Value]: ...

    def called(self, value: Value, term: Call, where: Where) -> frozenset[Value]: ...

    def result(self, function: Defined, receiver: Instance | None = None) -> frozenset[Value]: ...

    def yielded(self, value: Generated | Managed) -> frozenset[Value]: ...

    def scope(self, value: Defined) -> Scope | None: ...
