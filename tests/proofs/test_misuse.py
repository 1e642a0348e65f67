"""Threads and coroutines used the wrong way round: what fails, or does nothing, does what was meant."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from awaken.engine import groups_of, rewrite
from tests.proofs.harness import Program, analysed, copied, misused_programs, observe, observed, run

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.proof
_TRIES = 6  # a busy machine may stall a loop by itself
_SHORT = 0.2  # seconds; what blocks takes 0.4


@pytest.mark.parametrize("program", misused_programs(), ids=lambda each: each.name)
def test_it_does_what_was_meant(program: Program, tmp_path: Path) -> None:
    before = run(program, copied(program, tmp_path / "before"), {})
    if program.header("fails"):
        assert before.returncode != 0
        assert program.header("fails")[0] in before.stderr.splitlines()[-1]
    else:
        assert observed(before).value == _value(program, "gave")
    after = _rewritten(program, tmp_path / "after")
    for _ in range(_TRIES):
        now = observe(program, after, {})
        assert now.value == _value(program, "gives"), after.read_text()
        if now.stall < _SHORT:
            return
    pytest.fail(f"it stalls\n{after.read_text()}")


def _value(program: Program, header: str) -> object:
    return json.loads(" ".join(program.header(header)))


def _rewritten(program: Program, folder: Path) -> Path:
    """The program with its unsafe fix, which must be the only one there is."""
    path = copied(program, folder)
    analysis = analysed(program, folder)
    (plan,) = analysis.plans
    (planned,) = plan.planned
    assert planned.safe is None
    assert planned.unsafe is not None
    done = rewrite(analysis, plan, groups_of(plan, unsafe=True))
    assert done is not None
    assert not done.dropped, done.dropped
    path.write_bytes(done.change.after)
    return path
