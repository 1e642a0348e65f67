"""Loops inside of the loop fail as they are; rewritten, they give what they give where nesting is allowed.

A program below `tests/fixtures/proofs/loop/` says what it gives (`# gives:`, as JSON), whether it hangs as it is
(`# ends: hangs`), and whether what it uses refuses to be nested even then (`# nested: refused`).
"""

from __future__ import annotations

import json
import subprocess
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from tests.proofs.harness import Program, loop_programs, observed, rewritten, run

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.proof
_STALL = 0.3  # seconds
_PATIENCE = 4


@pytest.mark.parametrize("program", loop_programs(), ids=lambda each: each.name)
def test_it_fails_before_and_not_after(program: Program, tmp_path: Path) -> None:
    forms = rewritten(program, tmp_path)
    assert forms.left == program.left
    assert (program.header("ends") or ["RuntimeError"]) == [_end(program, forms.before)]
    done = run(program, forms.after, {})
    assert done.returncode == 0, f"{forms.after.read_text()}\n{done.stderr}"
    after = observed(done)
    assert after.value == json.loads(" ".join(program.header("gives")))
    assert after.stall < _STALL


def _end(program: Program, path: Path) -> str:
    """How a program ends that does not succeed: the error that it is about, or `hangs`."""
    try:
        done = run(program, path, {}, timeout=_PATIENCE)
    except subprocess.TimeoutExpired:
        return "hangs"
    assert done.returncode
    return "RuntimeError" if "RuntimeError" in done.stderr else done.stderr


@pytest.mark.skipif(find_spec("nest_asyncio") is None, reason="nest_asyncio is not installed")
@pytest.mark.parametrize("program", loop_programs(), ids=lambda each: each.name)
def test_it_gives_the_same_where_loops_may_be_nested(program: Program, tmp_path: Path) -> None:
    if program.header("nested"):
        pytest.skip("it may not even then")
    forms = rewritten(program, tmp_path)
    before = run(program, forms.before, {"PROOF_IMPORTS": "nested_loops"})
    assert before.returncode == 0, before.stderr
    after = run(program, forms.after, {})
    assert observed(after).value == observed(before).value
