"""Functions of httpx and httpx2 become the async client of the same library: nothing but who waits is another."""

from __future__ import annotations

from dataclasses import dataclass
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
from tests.http.programs.own_library import OWN_LIBRARY, own_library_source
from tests.http.recording_server import recording_server

if TYPE_CHECKING:
    from tests.http.programs import Program

_HEADERS = (
    "content-type", "content-length", "transfer-encoding", "authorization", "cookie", "x-test",
    "user-agent", "accept", "accept-encoding", "connection",
)  # fmt: skip


@dataclass(frozen=True)
class _Both:
    """What the programs did before and after."""

    before: Outcome
    after: Outcome
    rewritten: Rewritten


@pytest.fixture(scope="module", params=CLIENTS)
def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> _Both:
    library = str(request.param)
    text = own_library_source(library)
    folder = tmp_path_factory.mktemp(library)
    (folder / "project").mkdir()
    # Whatever client is wanted for others: the library has one.
    wanted = "httpx" if library == "httpx2" else "httpx2"
    rewritten = rewrite_programs(folder / "project", text, wanted)
    with recording_server(_HEADERS) as server:
        before = run_programs(server, folder, "before", text)
        after = run_programs(server, folder, "after", rewritten.text)
    return _Both(before, after, rewritten)


@pytest.mark.proof
@pytest.mark.parametrize("program", OWN_LIBRARY, ids=lambda program: program.name)
def test_a_rewritten_request_does_what_it_did(program: Program, both: _Both) -> None:
    check_program(program, both.before, both.after, both.rewritten)
