"""`urlopen` as a request of an async client: the same result, and the same question to the server."""

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
from tests.http.programs.urllib import URLLIB, URLLIB_SOURCE
from tests.http.recording_server import recording_server

if TYPE_CHECKING:
    from pathlib import Path

    from tests.http.programs import Program

# The client sends `Accept: */*` besides, and closes the connection without saying so.
_HEADERS = ("content-type", "authorization", "cookie", "x-test", "user-agent", "accept-encoding")


@dataclass(frozen=True)
class _Both:
    """What the programs did before and after."""

    before: Outcome
    after: Outcome
    rewritten: Rewritten


@pytest.fixture(scope="module", params=CLIENTS)
def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> _Both:
    client = str(request.param)
    folder = tmp_path_factory.mktemp(client)
    (folder / "project").mkdir()
    asked = ("native", "thread", "block")
    rewritten = rewrite_programs(folder / "project", URLLIB_SOURCE, client, strategies=asked)
    with recording_server(_HEADERS) as server:
        before = run_programs(server, folder, "before", URLLIB_SOURCE)
        after = run_programs(server, folder, "after", rewritten.text)
    return _Both(before, after, rewritten)


@pytest.mark.proof
@pytest.mark.parametrize("program", URLLIB, ids=lambda program: program.name)
def test_a_rewritten_request_does_what_it_did(program: Program, both: _Both) -> None:
    check_program(program, both.before, both.after, both.rewritten)


@pytest.mark.parametrize(
    "word", ["install_opener", "setdefaulttimeout", "_create_default_https_context"]
)
def test_what_changes_all_requests_keeps_the_thread(tmp_path: Path, word: str) -> None:
    text = f"{URLLIB_SOURCE}\n\n# {word}\n"
    rewritten = rewrite_programs(tmp_path, text, "httpx", strategies=("native", "thread"))
    assert "native" not in set().union(*rewritten.strategies.values())


def test_without_the_client_the_thread_stays(tmp_path: Path) -> None:
    rewritten = rewrite_programs(tmp_path, URLLIB_SOURCE, "httpx")
    assert "native" not in set().union(*rewritten.strategies.values())
    assert "httpx" not in rewritten.text
