"""Streams before and after: the same pieces in the same order, as early as before, the same errors, the same end."""

from __future__ import annotations

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
from tests.http.programs.streams import STREAMS, STREAMS_SOURCE
from tests.http.streaming_server import StreamingServer, streaming_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.http.programs import Program


@pytest.fixture(scope="module")
def server() -> Iterator[StreamingServer]:
    with streaming_server() as running:
        yield running


@pytest.fixture(scope="module")
def before(server: StreamingServer, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return run_programs(server, tmp_path_factory.mktemp("before"), "before", STREAMS_SOURCE)


@pytest.fixture(scope="module", params=CLIENTS)
def client(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def rewritten(client: str, tmp_path_factory: pytest.TempPathFactory) -> Rewritten:
    return rewrite_programs(tmp_path_factory.mktemp("project"), STREAMS_SOURCE, client)


@pytest.fixture(scope="module")
def after(
    server: StreamingServer,
    client: str,
    rewritten: Rewritten,
    tmp_path_factory: pytest.TempPathFactory,
) -> Outcome:
    folder = tmp_path_factory.mktemp("after")
    return run_programs(server, folder, f"after_{client}", rewritten.text)


@pytest.mark.proof
@pytest.mark.parametrize("program", STREAMS, ids=lambda program: program.name)
def test_a_rewritten_stream_gives_what_it_gave(
    program: Program, before: Outcome, after: Outcome, rewritten: Rewritten
) -> None:
    check_program(program, before, after, rewritten)


def test_events_are_seen_before_the_next_one_is_sent(before: Outcome, after: Outcome) -> None:
    live = ("event_by_event", "chunk_by_chunk", "text_line_by_line", "stepped_event_by_event")
    for name in live:
        assert "seen" in str(before.results[name])
        assert after.results[name] == before.results[name]


def test_who_leaves_early_closes_the_connection(after: Outcome) -> None:
    for name in ("left_early", "left_by_return", "left_by_generator", "closed_early"):
        assert "left" in str(after.results[name]["value"])
