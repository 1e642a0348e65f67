"""The deep stack, and what is left behind when it is gone."""

from __future__ import annotations

import sys
import threading

import pytest

from awaken.syntax.deep import with_deep_stack


def _nested(depth: int) -> int:
    return 0 if depth == 0 else 1 + _nested(depth - 1)


def test_deep_recursion_works_inside() -> None:
    assert with_deep_stack(lambda: _nested(50_000)) == 50_000


def test_limits_are_what_they_were_afterwards() -> None:
    before = sys.getrecursionlimit(), threading.stack_size()
    with_deep_stack(lambda: None)
    assert (sys.getrecursionlimit(), threading.stack_size()) == before
    with pytest.raises(RecursionError):
        _nested(50_000)


def test_an_exception_comes_through() -> None:
    def fail() -> None:
        raise LookupError("inside")

    with pytest.raises(LookupError, match="inside"):
        with_deep_stack(fail)
