"""Attributes of models that ask the database when they are read: relations, and columns that were left out.

Source: https://docs.djangoproject.com/en/5.2/topics/db/optimization/ and `related_descriptors` of Django.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from awaken.catalogue.schema import Holds
from awaken.detect.orm.rows.cached import KEY, is_read_already
from awaken.detect.orm.rows.given_values import given_values
from awaken.detect.orm.rows.handed_on import is_handed_on
from awaken.detect.orm.rows.origins import Origins
from awaken.index.summary import Use
from awaken.index.terms import Attr, Call, Constant, Name
from awaken.resolve.values import External, Instance, is_none

if TYPE_CHECKING:
    from awaken.detect.orm.rows.at import At, Used
    from awaken.detect.orm.rows.origin import Origin
    from awaken.index.summary import Site
    from awaken.resolve.evaluation import Where
    from awaken.resolve.models.model_fields import Field
    from awaken.resolve.resolver import Resolver

_ASKS = frozenset((External("builtins.getattr"), External("builtins.hasattr")))


@dataclass(frozen=True, slots=True)
class Read:
    """A read of a model's attribute that asks the database, or may.

    Attributes:
        attribute: what is read, of what.
        owner: the class of the object.
        field: the field that is read.
        origins: where the object comes from, as far as that is known.
        certain: whether there is a way here on which it has not been loaded.
    """

    attribute: Attr
    owner: Instance
    field: Field
    origins: frozenset[Origin]
    certain: bool


class Reads:
    """Answers which uses read something that has not been loaded.

    Args:
        resolver: knows the project.
    """

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self.origins = Origins(resolver)

    def of(self, used: Used, at: At) -> Read | None:
        """What a use reads of a model that may not be there; None where it reads nothing of the kind.

        Args:
            used: the use.
            at: the place from which its names are looked up, and the call by which one got there.
        """
        attribute = self._attribute(used.site, at.where)
        if attribute is None or used.site.awaited or not self.has_models:
            return None
        owners = self._owners(attribute, at)
        fields = {self._field(each, attribute.name) for each in owners}
        field = next(iter(fields)) if len(fields) == 1 else None
        if field is None or (field.holds is Holds.MANY and not field.entry.asks):
            return None
        if is_read_already(self._resolver, used, attribute):
            return None
        found = self.origins.object(attribute.base, at)
        if is_handed_on(self._resolver, used, attribute):
            found = frozenset(replace(e, handled=e.handled | {attribute.name}) for e in found)
        return self._judged(attribute, next(iter(owners)), field, found)

    def _field(self, owner: Instance, name: str) -> Field | None:
        """The field behind an attribute; `author_id` is a column, too."""
        fields = self._resolver.model_fields
        own = fields.field(owner.of, name)
        if own is not None or not name.endswith(KEY):
            return own
        relation = fields.field(owner.of, name[: -len(KEY)])
        has_column = relation is not None and relation.holds is Holds.ONE and not relation.backwards
        return relation if has_column else None

    def _judged(
        self, attribute: Attr, owner: Instance, field: Field, found: frozenset[Origin]
    ) -> Read | None:
        name = attribute.name
        if field.entry.asks and not field.backwards:
            loaded = bool(found) and all(each.known and name in each.loaded for each in found)
            return None if loaded else Read(attribute, owner, field, found, certain=True)
        plain = field.holds is Holds.VALUE or name != field.name
        lacking = {each for each in found if each.known and lacks(each, field, name)}
        doubtful = {each for each in lacking if name in each.handled}
        lacking -= doubtful
        unseen = {each for each in found if not each.known and name not in each.loaded}
        strange = bool(doubtful or unseen)
        if not lacking and (plain or not strange):
            return None
        return Read(attribute, owner, field, found, certain=bool(lacking) and not strange)

    def _attribute(self, site: Site, where: Where) -> Attr | None:
        term = site.term
        if site.use is Use.ATTRIBUTE and isinstance(term, Attr):
            return term
        if (
            site.use is not Use.CALL
            or not isinstance(term, Call)
            or not isinstance(term.func, Name)
        ):
            return None
        if len(term.args) < len(("object", "name")) or term.func.id not in ("getattr", "hasattr"):
            return None
        name = term.args[1]
        if not isinstance(name, Constant) or not isinstance(name.value, str):
            return None
        known = self._resolver.values(term.func, where) <= _ASKS
        return Attr(term.args[0], name.value) if known else None

    def _owners(self, term: Attr, at: At) -> set[Instance]:
        """The objects that the attribute is read of; nothing where one of them may be anything."""
        values = [v for v in given_values(self._resolver, term.base, at) if not is_none(v)]
        known = {v for v in values if isinstance(v, Instance)}
        return known if len(known) == len(values) else set()

    def may_read(self, site: Site) -> bool:
        """Whether a use is one of those that `of` looks at, in a project that has models."""
        return site.use in (Use.ATTRIBUTE, Use.CALL) and self.has_models

    @cached_property
    def has_models(self) -> bool:
        """Whether any file of the project has a relation of models."""
        scan = self._resolver.project.scan
        return scan is None or bool(scan().mentions.get("relation"))


def lacks(origin: Origin, field: Field, name: str) -> bool:
    """Whether an attribute of an object from somewhere takes a query of its own.

    Args:
        origin: where the object comes from.
        field: the field behind the attribute.
        name: the attribute: the field's own name, or that of the key of a relation.
    """
    if field.holds is Holds.VALUE or name != field.name:
        left_out = origin.only is not None and field.name not in origin.only
        return (field.name in origin.deferred or left_out) and not _is_key(field)
    if name in origin.loaded:
        return False
    if origin.made:
        return field.holds is Holds.ONE and (field.backwards or name in origin.missing)
    nullable = dict(field.call.keywords).get("null")
    return not (origin.required and nullable is None and not field.backwards)


def _is_key(field: Field) -> bool:
    """Whether a column comes along in any case."""
    return "primary_key" in dict(field.call.keywords)
