"""The span of every node of a LibCST tree, found by writing the tree back, however deep it is."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import libcst as cst
from libcst.metadata import ByteSpanPositionProvider
from libcst.metadata.span_provider import SpanProvidingCodegenState

from awaken.syntax.deep import with_deep_stack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from libcst.metadata import CodeSpan

# A level of LibCST nodes takes two levels of C calls, of which CPython 3.12 allows 1,500 a thread.
_LEVELS_A_STACK = 300


@dataclass(frozen=True, slots=True)
class Written:
    """A tree written back.

    Attributes:
        code: the source that LibCST writes.
        spans: where each node stands in it, its own parentheses excluded.
    """

    code: str
    spans: Mapping[cst.CSTNode, CodeSpan]


@dataclass(frozen=True, slots=True)
class _OnFreshStack:
    """Stands in for a deep expression while its parent is written: a new thread writes it."""

    node: cst.CSTNode

    def _codegen(self, state: Any, **options: Any) -> None:
        with_deep_stack(lambda: self.node._codegen(state, **options))  # noqa: SLF001


def written(module: cst.Module, length: Callable[[str], int]) -> Written:
    """Write a tree back and note where each node comes to stand.

    Args:
        module: the tree; it is changed while this runs and whole again afterwards.
        length: how long a token is, in the unit of the spans.
    """
    try:
        return _written(module, length)
    except RecursionError:
        with _in_pieces(module):
            return _written(module, length)


def _written(module: cst.Module, length: Callable[[str], int]) -> Written:
    provider = ByteSpanPositionProvider()
    state = SpanProvidingCodegenState(
        default_indent=module.default_indent,
        default_newline=module.default_newline,
        provider=provider,
        get_length=length,
    )
    # What the provider does itself, but without MetadataWrapper, which visits the whole tree once
    # more, and with the written code at hand: half the time of the documented way.
    module._codegen(state)  # noqa: SLF001
    spans = cast("Mapping[cst.CSTNode, CodeSpan]", provider._computed)  # noqa: SLF001
    return Written("".join(state.tokens), spans)


@contextmanager
def _in_pieces(module: cst.Module) -> Iterator[None]:
    """Put a stand-in before every expression that begins another stack's worth of levels."""
    cuts = _cuts(module)
    for parent, field, child in cuts:
        object.__setattr__(parent, field, _OnFreshStack(child))
    try:
        yield
    finally:
        for parent, field, child in cuts:
            object.__setattr__(parent, field, child)


def _cuts(module: cst.Module) -> list[tuple[cst.CSTNode, str, cst.CSTNode]]:
    cuts: list[tuple[cst.CSTNode, str, cst.CSTNode]] = []
    pending: list[tuple[cst.CSTNode, int]] = [(module, 0)]
    while pending:
        parent, level = pending.pop()
        for field, child in _children(parent):
            is_cut = field and level >= _LEVELS_A_STACK and isinstance(child, cst.BaseExpression)
            if is_cut:
                cuts.append((parent, field, child))
            pending.append((child, 0 if is_cut else level + 1))
    return cuts


def _children(node: cst.CSTNode) -> Iterator[tuple[str, cst.CSTNode]]:
    """The nodes in the fields of a node, each with its field, or "" when it is one of a row."""
    for field in node.__dataclass_fields__:
        value = getattr(node, field)
        if isinstance(value, cst.CSTNode):
            yield field, value
        elif isinstance(value, (list, tuple)):
            yield from (("", item) for item in value if isinstance(item, cst.CSTNode))
