"""Requests before and after: the same value, the same errors, the same bytes on the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.http.comparison import CLIENTS, Outcome, Rewritten, rewritten_for, run_programs
from tests.http.programs import PROGRAMS, SOURCE, Program
from tests.http.recording_server import Server, recording_server

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with recording_server() as running:
        yield running


@pytest.fixture(scope="module")
def before(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return run_programs(server, tmp_path_factory.mktemp("before"), "before", SOURCE)


@pytest.fixture(scope="module", params=CLIENTS)
def client(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def rewritten(client: str, tmp_path_factory: pytest.TempPathFactory) -> Rewritten:
    return rewritten_for(client, tmp_path_factory.mktemp("project"), SOURCE)


@pytest.fixture(scope="module")
def after(
    server: Server, client: str, rewritten: Rewritten, tmp_path_factory: pytest.TempPathFactory
) -> Outcome:
    return run_programs(server, tmp_path_factory.mktemp("after"), f"after_{client}", rewritten.text)


@pytest.mark.proof
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_a_rewritten_request_does_what_it_did(
    program: Program, before: Outcome, after: Outcome, rewritten: Rewritten
) -> None:
    assert rewritten.strategies[program.name] == {program.strategy}
    was, now = before.results[program.name], after.results[program.name]
    if program.error is None:
        assert "value" in was, was
        assert now == was
    else:
        assert (was, now) == ({"error": program.error[0]}, {"error": program.error[1]})
    asked = before.asked.get(program.name, [])
    assert after.asked.get(program.name, []) == asked


def test_no_program_is_skipped(before: Outcome) -> None:
    assert set(before.results) == {program.name for program in PROGRAMS}
    assert len(PROGRAMS) >= 40
