"""Sessions and clients before and after: the same values, the same errors, the same bytes on the wire."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest
from tests.http.differential import (
    Outcome,
    Rewritten,
    check_program,
    rewrite_programs,
    run_programs,
)
from tests.http.programs.sessions import SESSIONS, SESSIONS_SOURCE
from tests.http.recording_server import Server, recording_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.http.programs.program import Program

_TARGETS = tuple(name for name in ("httpx", "httpx2") if find_spec(name))


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with recording_server() as running:
        yield running


@pytest.fixture(scope="module")
def before(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return run_programs(server, tmp_path_factory.mktemp("before"), "before", SESSIONS_SOURCE)


@pytest.fixture(scope="module", params=_TARGETS)
def client(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def rewritten(client: str, tmp_path_factory: pytest.TempPathFactory) -> Rewritten:
    return rewrite_programs(tmp_path_factory.mktemp("project"), SESSIONS_SOURCE, client)


@pytest.fixture(scope="module")
def after(
    server: Server, client: str, rewritten: Rewritten, tmp_path_factory: pytest.TempPathFactory
) -> Outcome:
    folder = tmp_path_factory.mktemp("after")
    return run_programs(server, folder, f"after_{client}", rewritten.text)


@pytest.mark.proof
@pytest.mark.parametrize("program", SESSIONS, ids=lambda program: program.name)
def test_a_rewritten_session_does_what_it_did(
    program: Program, before: Outcome, after: Outcome, rewritten: Rewritten
) -> None:
    check_program(program, before, after, rewritten)
