"""Requests before and after: the same value, the same errors, the same bytes on the wire."""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest
from tests.http.differential import (
    CLIENTS,
    Outcome,
    Rewritten,
    check_program,
    rewrite_programs,
    run_programs,
)
from tests.http.programs import PROGRAMS, SOURCE, Program
from tests.http.programs.aiohttp import for_aiohttp
from tests.http.programs.in_a_row import IN_A_ROW
from tests.http.recording_server import Server, recording_server

if TYPE_CHECKING:
    from collections.abc import Iterator

_TARGETS = (
    *((client, "function") for client in CLIENTS),
    *((client, "module") for client in CLIENTS),
    *([("aiohttp", "function")] if find_spec("aiohttp") else []),
)
# A client that is there already may be asked several times in one expression.
_ANYWHERE = ("pages",)
# A server that closes a connection without a word: where connections are kept, the next request fails.
_NEW_CONNECTIONS = "row_closing"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with recording_server() as running:
        yield running


@pytest.fixture(scope="module")
def before(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return run_programs(server, tmp_path_factory.mktemp("before"), "before", SOURCE)


@pytest.fixture(scope="module", params=_TARGETS, ids="-".join)
def target(request: pytest.FixtureRequest) -> tuple[str, str]:
    """The library of the client, and how long it lives."""
    return request.param  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def rewritten(target: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Rewritten:
    return rewrite_programs(tmp_path_factory.mktemp("project"), SOURCE, *target)


@pytest.fixture(scope="module")
def after(
    server: Server,
    target: tuple[str, str],
    rewritten: Rewritten,
    tmp_path_factory: pytest.TempPathFactory,
) -> Outcome:
    run = f"after_{'_'.join(target)}"
    return run_programs(server, tmp_path_factory.mktemp("after"), run, rewritten.text)


@pytest.mark.proof
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_a_rewritten_request_does_what_it_did(
    program: Program,
    target: tuple[str, str],
    before: Outcome,
    after: Outcome,
    rewritten: Rewritten,
) -> None:
    client, scope = target
    if client == "aiohttp":
        if program in IN_A_ROW:
            pytest.skip("requests share no client there")
        program = for_aiohttp(program)
    if scope != "function" and program.name == _NEW_CONNECTIONS:
        pytest.skip("its connections are kept")
    if scope != "function" and program.name in _ANYWHERE:
        program = replace(program, strategy="native")
    check_program(program, before, after, rewritten)


def test_no_program_is_skipped(before: Outcome) -> None:
    assert set(before.results) == {program.name for program in PROGRAMS}
    assert len(PROGRAMS) >= 40
