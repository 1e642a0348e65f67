"""What may hold an object: variables, attributes, and what functions return."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import ast

    from awaken.plan.clients.scopes import Function
    from awaken.resolve.values import Defined


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of a function, a parameter, or a variable of the module.

    Attributes:
        of: the function, or the module.
        name: its name.
    """

    of: ast.AST
    name: str


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of the objects of a class of the file, and of the classes below it."""

    of: Defined
    name: str


@dataclass(frozen=True, slots=True)
class Result:
    """What a function of the file returns; of a property what reading it gives."""

    of: Function


Holder: TypeAlias = "Variable | Attribute | Result"
