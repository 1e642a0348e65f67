"""Requests before and after: the same value, the same errors, the same bytes on the wire."""

from __future__ import annotations

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
from tests.http.recording_server import Server, recording_server

if TYPE_CHECKING:
    from collections.abc import Iterator

_TARGETS = (*CLIENTS, *(["aiohttp"] if find_spec("aiohttp") else []))


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with recording_server() as running:
        yield running


@pytest.fixture(scope="module")
def before(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return run_programs(server, tmp_path_factory.mktemp("before"), "before", SOURCE)


@pytest.fixture(scope="module", params=_TARGETS)
def client(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def rewritten(client: str, tmp_path_factory: pytest.TempPathFactory) -> Rewritten:
    return rewrite_programs(tmp_path_factory.mktemp("project"), SOURCE, client)


@pytest.fixture(scope="module")
def after(
    server: Server, client: str, rewritten: Rewritten, tmp_path_factory: pytest.TempPathFactory
) -> Outcome:
    return run_programs(server, tmp_path_factory.mktemp("after"), f"after_{client}", rewritten.text)


@pytest.mark.proof
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_a_rewritten_request_does_what_it_did(
    program: Program, client: str, before: Outcome, after: Outcome, rewritten: Rewritten
) -> None:
    if client == "aiohttp":
        program = for_aiohttp(program)
    check_program(program, before, after, rewritten)


def test_no_program_is_skipped(before: Outcome) -> None:
    assert set(before.results) == {program.name for program in PROGRAMS}
    assert len(PROGRAMS) >= 40
