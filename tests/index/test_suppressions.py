"""Comments that switch findings off."""

from __future__ import annotations

import pytest

from awaken.index.suppressions import is_suppressed, suppressions
from awaken.syntax.tree import parse

_SLEEP = ("sleep", "ASYNC251")


@pytest.mark.parametrize(
    "comment",
    [
        "# noqa",
        "# NOQA",
        "# noqa: ASYNC251",
        "# noqa:ASYNC251",
        "# noqa: E501, ASYNC251",
        "# noqa: ASYNC",
        "# awaken: ignore",
        "# awaken: ignore[sleep]",
        "# awaken: ignore[http, sleep] -- on purpose",
        "# a word first  # noqa",
    ],
)
def test_a_comment_switches_its_line_off(comment: str) -> None:
    found = suppressions(parse(f"x = 1  {comment}\ny = 2\n"))
    assert is_suppressed(found, (1,), *_SLEEP)
    assert not is_suppressed(found, (2,), *_SLEEP)


@pytest.mark.parametrize(
    "comment",
    ["# noqa: E501", "# awaken: ignore[http]", "# noqa: ASYNC210", "# nothing", "# ignore"],
)
def test_another_comment_does_not(comment: str) -> None:
    assert not is_suppressed(suppressions(parse(f"x = 1  {comment}\n")), (1,), *_SLEEP)


@pytest.mark.parametrize(
    "comment", ["# awaken: ignore-file", "# ruff: noqa", "# flake8: noqa: ASYNC251"]
)
def test_a_comment_switches_the_file_off(comment: str) -> None:
    assert is_suppressed(suppressions(parse(f"{comment}\nx = 1\n")), (2,), *_SLEEP)


def test_a_string_that_looks_like_a_comment_is_none() -> None:
    found = suppressions(parse('x = "# awaken: ignore"\ny = f"{x} # noqa"\n'))
    assert not is_suppressed(found, (1,), *_SLEEP)
    assert not is_suppressed(found, (2,), *_SLEEP)


def test_what_linters_have_no_code_for_goes_with_its_neighbour() -> None:
    found = suppressions(parse("x = open(p).read()  # noqa: ASYNC230\n"))
    assert is_suppressed(found, (1,), "offload", None)
    assert not is_suppressed(suppressions(parse("x = 1  # noqa: E501\n")), (1,), "offload", None)
