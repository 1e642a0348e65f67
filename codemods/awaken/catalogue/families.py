"""Families of classes whose async methods are copies: an override of the sync method is passed by."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from awaken.catalogue.table import Table

_KEYS = ("name", "setting", "form", "member", "stock", "methods", "managers")


class Form(str, Enum):
    """How a setting of Django says which classes there are, or what else has to be looked at."""

    CLASSES = "classes"
    """A list of dotted names of classes."""
    MODULE = "module"
    """The dotted name of a module, which has the class under a fixed name."""
    MODEL = "model"
    """`app.Model`."""
    MIDDLEWARE = "middleware"
    """A list of dotted names, beside which code of the project may set `request.user`."""
    RECEIVERS = "receivers"
    """No setting: what is connected to signals."""


@dataclass(frozen=True, slots=True)
class Family:
    """What must be known before an async method stands for a sync one.

    Attributes:
        name: what `native.families` calls it.
        form: where its classes are named.
        setting: the setting that names them; empty for none.
        member: the name of the class in a module.
        stock: values of the setting under which both do the same.
        methods: the sync methods that the async ones do not call.
        managers: those of a model's managers.
    """

    name: str
    form: Form
    setting: str = ""
    member: str = ""
    stock: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    managers: tuple[str, ...] = ()


def parse_family(table: Table) -> Family:
    """Reads one `[[family]]`.

    Raises:
        CatalogueError: naming the key that is wrong.
    """
    table.allow(_KEYS)
    forms = tuple(form.value for form in Form)
    return Family(
        name=table.required_text("name"),
        form=Form(table.choice("form", forms) or table.required_text("form")),
        setting=table.text("setting") or "",
        member=table.text("member") or "",
        stock=table.texts("stock") or (),
        methods=table.texts("methods") or (),
        managers=table.texts("managers") or (),
    )
