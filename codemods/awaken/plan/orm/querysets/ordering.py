"""Whether the order of a queryset is by columns of its own table: by anything else it may repeat rows."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.index.summary import ScopeKind
from awaken.index.terms import Call, Constant, Display, last_part
from awaken.resolve.values import Defined, External

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.index.summary import Scope
    from awaken.index.terms import Term
    from awaken.plan.orm.querysets.chains import Chain
    from awaken.plan.situation import Situation

_RELATIONS = ("ForeignKey", "GenericRelation", "ManyToManyField", "OneToOneField")
_KEYED = ("ForeignKey", "OneToOneField")
# What a column of these gives reads a file.
_FILES = ("FileField", "ImageField")
_KEYS = ("pk", "id")


def repeats_no_row(situation: Situation, chain: Chain) -> bool:
    """Whether the order of a queryset, its own or that of its model, leaves the number of rows alone.

    Args:
        situation: a finding in the same file.
        chain: the queryset.
    """
    model = chain.element
    if not isinstance(model, Defined):
        return False
    classes = list(_classes(situation, model))
    if None in classes:
        return False
    known = [each for each in classes if each is not None]
    if "order_by" not in chain.names:
        return all(_is_own_column(name, known) for name in _declared(situation, model))
    given = list(chain.arguments("order_by"))
    return all(
        isinstance(each, ast.Constant) and _is_own_column(each.value, known) for each in given
    )


def is_own_column(situation: Situation, model: object, name: str) -> bool:
    """Whether a row has a value under a name from the moment it is fetched: a column, the key of a relation.

    Args:
        situation: a finding of the project.
        model: the class of the row.
        name: of the attribute.
    """
    classes = list(_classes(situation, model)) if isinstance(model, Defined) else []
    known = [each for each in classes if each is not None]
    if not classes or None in classes:
        return False
    return _is_own_column(name, known) or _is_key(name, known)


def _is_key(name: str, classes: list[Scope]) -> bool:
    """`author_id`, where `author` is a foreign key."""
    relation = name.removesuffix("_id")
    terms = [each.term for scope in classes for each in scope.bindings.get(relation, ())]
    fields = [last_part(term.func) if isinstance(term, Call) else "" for term in terms]
    return relation != name and bool(fields) and all(each in _KEYED for each in fields)


def _classes(situation: Situation, model: Defined) -> Iterator[Scope | None]:
    """The model and its bases in the project; None for a base that cannot be told."""
    for base in situation.resolver.members.lineage(model):
        if isinstance(base, Defined):
            yield situation.resolver.scope(base)
        elif not isinstance(base, External):
            yield None


def _declared(situation: Situation, model: Defined) -> Iterator[object]:
    """The names of `Meta.ordering`, of the model or of any base; None for what is no plain name."""
    for base in situation.resolver.members.lineage(model):
        meta = _meta(situation, base) if isinstance(base, Defined) else None
        for binding in meta.bindings.get("ordering", ()) if meta is not None else ():
            yield from _names(binding.term)


def _meta(situation: Situation, model: Defined) -> Scope | None:
    index = situation.resolver.file(model.path)
    found = index.scopes if index is not None else ()
    named = (each for each in found if each.parent == model.scope and each.name == "Meta")
    return next((each for each in named if each.kind is ScopeKind.CLASS), None)


def _names(term: Term) -> Iterator[object]:
    if not isinstance(term, Display):
        yield None
        return
    for item in term.items:
        yield item.value if isinstance(item, Constant) else None


def _is_own_column(name: object, classes: list[Scope]) -> bool:
    if not isinstance(name, str):
        return False
    field = name.removeprefix("-")
    if field in _KEYS:
        return True
    terms = [each.term for scope in classes for each in scope.bindings.get(field, ())]
    return bool(terms) and all(_is_column(term) for term in terms)


def _is_column(term: Term) -> bool:
    name = last_part(term.func) if isinstance(term, Call) else ""
    return name.endswith("Field") and name not in (*_RELATIONS, *_FILES)
