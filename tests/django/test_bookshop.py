"""Views of a whole project, asked before and after, by Django's client and through a server.

Whatever the functions would answer, the coroutines must answer once they are rewritten; with no more
queries, nothing left on the loop and no connection left open.
"""

from __future__ import annotations

import os
import re
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from tests.django.bookshop import (
    PROJECT,
    STATES,
    Django,
    djangos,
    every_way,
    missing,
    outcomes,
    ways,
)
from tests.django.driver.asked import WHO, requests, works_on
from tests.django.pending import PENDING

if TYPE_CHECKING:
    from pathlib import Path

# Nothing is wrong with these, and nothing is to be changed.
_RIGHT = (
    *("only_lazy", "plain_form", "plain_fields", "template_response", "message_and_redirect"),
    *("only_the_key", "assigned_foreign_key", "connection_facts", "hello"),
)
# Another request of the same view is in trouble.
_UNTROUBLED = ("new_tag", "new_tag_refused", "created_tag", "created_tag_refused")
# Django consumes the file in a thread, with a warning. It works, and there is no other form.
_LEFT = ("file",)


def _absent(reason: str) -> list[pytest.MarkDecorator]:
    """A skip, but for CI, which installs what is needed: there the test runs, and fails."""
    return [] if "CI" in os.environ else [pytest.mark.skip(reason=reason)]


def _cases(*, pending: bool) -> list[Any]:
    """Each view by each way; one case for all of a database where that, or Django, is not here."""
    found: list[Any] = []
    for django in djangos():
        for database, transports in ways().items():
            place = f"{django.version}-{database}"
            reason = missing(django, database)
            if reason is not None:
                found.append(
                    pytest.param(django, database, "", "", marks=_absent(reason), id=place)
                )
                continue
            for transport, name in product(transports, requests(PROJECT)):
                if works_on(name, django.numbers):
                    case = f"{place}-{transport}-{name}"
                    marks = _marks(name) if pending else []
                    found.append(
                        pytest.param(django, database, transport, name, marks=marks, id=case)
                    )
    return found


def _views(*, pending: bool) -> list[Any]:
    """Each view, where every way is asked for."""
    if not every_way():
        skipped = pytest.mark.skip(reason="make django runs it")
        return [pytest.param(None, "", marks=skipped, id="every")]
    return [
        pytest.param(
            *(django, name),
            marks=_marks(name) if pending else [],
            id=f"{django.version}-{name}",
        )
        for django in djangos()
        for name in requests(PROJECT)
        if works_on(name, django.numbers)
    ]


def _marks(name: str) -> list[pytest.MarkDecorator]:
    return [pytest.mark.xfail(reason=PENDING[name])] if name in PENDING else []


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of this run share."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "bookshop"
    folder.mkdir(exist_ok=True)
    return folder


def _found(django: Django, database: str, state: str, kept: Path) -> dict[str, Any]:
    reason = missing(django, database)
    if reason is not None:
        (pytest.fail if "CI" in os.environ else pytest.skip)(reason)
    return outcomes(django, database, STATES[state], kept)


def _view(texts: dict[str, str], name: str) -> str:
    """The text of a view, for a test that failed."""
    for text in texts.values():
        found = re.search(
            rf"^(?:@.*\n)*(?:async )?def {name}\(.*(?:\n(?![^\s)]).*)*", text, re.MULTILINE
        )
        if found is not None:
            return found[0].rstrip()
    return ""


def _compare(seen: dict[str, Any], expected: dict[str, Any], text: str) -> None:
    trouble = {key: seen[key] for key in ("raised", "refused", "stalled")}
    assert trouble == {"raised": [], "refused": 0, "stalled": []}, text
    assert seen["answer"] == expected["answer"], text
    assert seen["queries"] <= expected["queries"], text


@pytest.mark.proof
@pytest.mark.parametrize(("django", "database", "transport", "name"), _cases(pending=False))
def test_a_view_raises_or_stalls_before(
    django: Django, database: str, transport: str, name: str, kept: Path
) -> None:
    seen = _found(django, database, "before", kept)[transport][name]["ada"]

    troubled = seen["refused"] or seen["stalled"] or seen["raised"] or seen["warned"]

    assert bool(troubled) is (name not in (*_RIGHT, *_UNTROUBLED))


@pytest.mark.proof
@pytest.mark.parametrize(("django", "database", "transport", "name"), _cases(pending=True))
def test_a_view_answers_as_the_function_would(
    django: Django, database: str, transport: str, name: str, kept: Path
) -> None:
    expected = _found(django, database, "reference", kept)["client"][name]
    after = _found(django, database, "after", kept)
    text = _view(after["texts"], name)

    for who in WHO:
        seen = after[transport][name][who]
        _compare(seen, expected[who], text)
        assert name in _LEFT or not seen["warned"], text


@pytest.mark.proof
@pytest.mark.parametrize(("django", "name"), _views(pending=True))
def test_a_view_answers_the_same_in_blocks(django: Django, name: str, kept: Path) -> None:
    expected = _found(django, "sqlite", "reference", kept)["client"][name]
    after = _found(django, "sqlite", "blocks", kept)

    for who in WHO:
        _compare(after["async"][name][who], expected[who], _view(after["texts"], name))


@pytest.mark.proof
@pytest.mark.parametrize(("django", "name"), _views(pending=False))
def test_a_view_that_is_made_a_function_answers_the_same(
    django: Django, name: str, kept: Path
) -> None:
    expected = _found(django, "sqlite", "reference", kept)["client"][name]
    after = _found(django, "sqlite", "functions", kept)
    text = _view(after["texts"], name)

    if text and "async def" not in text:
        for who in WHO:
            _compare(after["async"][name][who], expected[who], text)


@pytest.mark.proof
@pytest.mark.parametrize("django", djangos(), ids=lambda django: django.version)
def test_no_connection_is_left_open(django: Django, kept: Path) -> None:
    if django.numbers < (5, 0):
        pytest.skip("this Django leaves connections open itself, also of plain functions")
    assert _found(django, "postgres", "after", kept)["open"] == 0


@pytest.mark.proof
@pytest.mark.parametrize("django", djangos(), ids=lambda django: django.version)
@pytest.mark.parametrize("name", _RIGHT)
def test_a_view_that_is_right_is_left_alone(django: Django, name: str, kept: Path) -> None:
    before = _found(django, "sqlite", "before", kept)["texts"]
    after = _found(django, "sqlite", "after", kept)["texts"]

    assert _view(after, name) == _view(before, name)
