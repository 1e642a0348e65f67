"""What containers get besides what they hold at first: `paths.append(x)`, `paths[k] = x`."""

from __future__ import annotations

import ast
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from awaken.index.summary import Binding, ScopeKind
from awaken.index.terms import OPAQUE, Comprehended, Display, Element, Elsewhere, Term
from awaken.syntax.names import last_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from awaken.index.frame import Frame

# Methods that add their argument, or each of its items, and the position of that argument.
_ADDS = {"add": 0, "append": 0, "appendleft": 0, "insert": 1}
_ADDS_EACH = frozenset(("extend", "extendleft"))
_GROWS = frozenset((*_ADDS, *_ADDS_EACH, "setdefault", "update", "__setitem__"))
# Functions and methods that put nothing into what they are given, by the last part of their names.
_ONLY_LOOK = frozenset(
    (
        *(
            "all",
            "any",
            "bool",
            "dict",
            "enumerate",
            "filter",
            "frozenset",
            "isinstance",
            "iter",
            "len",
        ),
        *(
            "list",
            "map",
            "max",
            "min",
            "print",
            "range",
            "repr",
            "reversed",
            "set",
            "sorted",
            "str",
            "sum",
        ),
        *(
            "tuple",
            "zip",
            "copy",
            "deepcopy",
            "join",
            "dump",
            "dumps",
            "gather",
            "wait",
            "wait_for",
        ),
        *(
            "as_completed",
            "choice",
            "sample",
            "debug",
            "info",
            "warning",
            "error",
            "exception",
            "log",
        ),
        *(
            "partial",
            "chain",
            "islice",
            "product",
            "Counter",
            "defaultdict",
            "deque",
            "range",
            "run",
        ),
        *(
            "call",
            "check_call",
            "check_output",
            "Popen",
            "execute",
            "executemany",
            "get",
            "index",
            "count",
        ),
    )
)


class Growth(NamedTuple):
    """One place where a container gets more.

    Attributes:
        name: its name, with a dot in front for an attribute.
        item: what it gets, to be evaluated there; OPAQUE where that is not followed.
        frame: the scope that the place stands in.
    """

    name: str
    item: Term
    frame: Frame


class Growths:
    """All such places of one file."""

    def __init__(self) -> None:
        self._found: defaultdict[str, list[Growth]] = defaultdict(list)

    def note_call(self, node: ast.Call, arguments: list[Term], frame: Frame) -> None:
        """Note what a method call adds to the object it is called on.

        Args:
            node: the call.
            arguments: the terms of its positional arguments.
            frame: the scope it stands in.
        """
        func = node.func
        self._note_given(node, frame)
        if not isinstance(func, ast.Attribute) or func.attr not in _GROWS:
            return
        item: Term = OPAQUE
        position = 0 if func.attr in _ADDS_EACH else _ADDS.get(func.attr, len(arguments))
        if position + 1 == len(arguments) and not node.keywords:
            added = arguments[position]
            item = Element(added) if func.attr in _ADDS_EACH else added
        self._note(func.value, _placed(item, node, frame), frame)

    def _note_given(self, node: ast.Call, frame: Frame) -> None:
        """What somebody else gets may be filled there with whatever it is."""
        if last_name(node.func) in _ONLY_LOOK:
            return
        for argument in (*node.args, *(each.value for each in node.keywords)):
            if isinstance(argument, (ast.Name, ast.Attribute)):
                self._note(argument, OPAQUE, frame)

    def note_change(self, node: ast.expr, frame: Frame) -> None:
        """Note `container[key] = ...` and `container += ...`: nothing is known of what it holds then."""
        self._note(node, OPAQUE, frame)

    def _note(self, node: ast.expr, item: Term, frame: Frame) -> None:
        name = f".{node.attr}" if isinstance(node, ast.Attribute) else getattr(node, "id", "")
        if name:
            self._found[name].append(Growth(name, item, frame))

    def grown(self, name: str, binding: Binding, frame: Frame) -> Binding:
        """A binding with all that the container it makes will hold.

        Args:
            name: the name that is bound, with a dot in front for an attribute of `self`.
            binding: how it is bound.
            frame: the scope that has the name.
        """
        term = binding.term
        if not isinstance(term, (Comprehended, Display)) or term.type == "tuple":
            return binding
        more = [each.item for each in self._of(name, frame)]
        return binding._replace(term=_with(term, more)) if more else binding

    def _of(self, name: str, frame: Frame) -> Iterator[Growth]:
        """The places that are about one variable or attribute; an attribute is known by its name wherever it is."""
        bare = name.removeprefix(".")
        if bare == name:
            yield from (each for each in self._found.get(name, ()) if _owner(each) is frame)
        if bare != name or frame.kind in (ScopeKind.CLASS, ScopeKind.MODULE):
            yield from self._found.get(f".{bare}", ())


def _with(term: Comprehended | Display, more: Iterable[Term]) -> Display:
    """A container that holds more; of a dict nothing is known any more."""
    if term.type == "dict":
        return Display("dict")
    first = (Element(term),) if isinstance(term, Comprehended) else term.items
    return Display(term.type, (*first, *more))


def _placed(item: Term, node: ast.Call, frame: Frame) -> Term:
    if item is OPAQUE:
        return OPAQUE
    return Elsewhere(item, frame.number, node.lineno, node.col_offset, frame.suite)


def _owner(growth: Growth) -> Frame | None:
    """The scope whose variable it is that grows."""
    frame: Frame | None = growth.frame
    while frame is not None and growth.name not in frame.bindings:
        frame = frame.parent
    return frame
