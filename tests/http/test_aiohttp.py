"""Requests that become aiohttp's, beside those that every client is tried with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from tests.http.differential import (
    Outcome,
    Rewritten,
    check_program,
    rewrite_programs,
    run_programs,
)
from tests.http.programs.aiohttp_only import AIOHTTP_ONLY, AIOHTTP_SOURCE
from tests.http.recording_server import recording_server

if TYPE_CHECKING:
    from tests.http.programs import Program

pytest.importorskip("aiohttp")


@dataclass(frozen=True)
class _Both:
    """What the programs did before and after."""

    before: Outcome
    after: Outcome
    rewritten: Rewritten


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> _Both:
    folder = tmp_path_factory.mktemp("aiohttp")
    (folder / "project").mkdir()
    rewritten = rewrite_programs(folder / "project", AIOHTTP_SOURCE, "aiohttp")
    with recording_server() as server:
        before = run_programs(server, folder, "before", AIOHTTP_SOURCE)
        after = run_programs(server, folder, "after", rewritten.text)
    return _Both(before, after, rewritten)


@pytest.mark.proof
@pytest.mark.parametrize("program", AIOHTTP_ONLY, ids=lambda program: program.name)
def test_a_rewritten_request_does_what_it_did(program: Program, both: _Both) -> None:
    check_program(program, both.before, both.after, both.rewritten)
