"""Each program stalls the loop before the rewrite, not after it, and returns the same value."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.proofs.harness import Program, observe, programs, rewritten
from tests.proofs.server import slow_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.proof
_TRIES = 6  # a busy machine may stall a loop by itself


@pytest.fixture(scope="module")
def surroundings() -> Iterator[dict[str, str]]:
    with slow_server() as port:
        yield {
            "PROOF_PORT": str(port),
            "PROOF_SERVER": f"http://127.0.0.1:{port}",
            "NO_PROXY": "127.0.0.1",
            "DJANGO_ALLOW_ASYNC_UNSAFE": "",
        }


@pytest.mark.parametrize("program", programs(), ids=lambda each: f"{each.rule}-{each.name}")
def test_it_stalls_before_and_not_after(
    program: Program, tmp_path: Path, surroundings: dict[str, str]
) -> None:
    forms = rewritten(program, tmp_path)
    assert forms.left == program.left
    assert forms.strategies == program.strategies, forms.after.read_text()
    unguarded = {**surroundings, "DJANGO_ALLOW_ASYNC_UNSAFE": "1"}
    before = observe(program, forms.before, unguarded)
    assert before.stalls >= program.stalls
    for _ in range(_TRIES):
        after = observe(program, forms.after, surroundings)
        assert after.value == before.value, forms.after.read_text()
        if after.stall < before.stall / 2:
            return
    pytest.fail(f"it still stalls for {after.stall:.2f} s\n{forms.after.read_text()}")
