"""Requests that become aiohttp's: the loop stalls before the rewrite, not after it, and the value is the same."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.proofs.harness import Program, observe, programs, rewritten
from tests.proofs.server import slow_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytest.importorskip("aiohttp")
pytestmark = pytest.mark.proof
_TRIES = 6  # a busy machine may stall a loop by itself
# What aiohttp does otherwise with a method; what needs a client that lasts, or one that sees to itself.
_OTHERWISE = ("put_and_delete", "client_of_the_module", "one_by_one")
_NATIVE = [
    replace(program, client="aiohttp")
    for program in programs()
    if program.rule == "http"
    and program.strategies == {"native"}
    and program.name not in _OTHERWISE
    and not program.name.startswith(("stream_", "session"))
    and "import requests\n" in program.path.read_text()
]


@pytest.fixture(scope="module")
def surroundings() -> Iterator[dict[str, str]]:
    with slow_server() as port:
        yield {
            "PROOF_PORT": str(port),
            "PROOF_SERVER": f"http://127.0.0.1:{port}",
            "NO_PROXY": "127.0.0.1",
        }


@pytest.mark.parametrize("program", _NATIVE, ids=lambda each: each.name)
def test_it_stalls_before_and_not_after(
    program: Program, tmp_path: Path, surroundings: dict[str, str]
) -> None:
    forms = rewritten(program, tmp_path)
    assert forms.strategies == {"native"}, forms.left
    before = observe(program, forms.before, surroundings)
    for _ in range(_TRIES):
        after = observe(program, forms.after, surroundings)
        assert after.value == before.value, forms.after.read_text()
        if after.stall < before.stall / 2:
            return
    pytest.fail(f"it still stalls for {after.stall:.2f} s\n{forms.after.read_text()}")
