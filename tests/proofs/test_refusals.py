"""What is refused would break: each program runs, and its naive rewrite does not do the same.

A program below `tests/fixtures/proofs/refused/` is not changed at all (`# refused: code`), or by unsafe fixes only
(`# differs: code`). In the first case its naive form is what stands behind `# naive:` in place of the rest of the
line; in the second, what the unsafe fixes make of it. `# breaks:` says how that ends: `hangs`, `stalls` as before,
`another value`, or the error that is raised; alternatives are joined by `or`. `# target: 3.9` names the
Python that must run it.
"""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from awaken.engine import groups_of, rewrite
from tests.interpreters import interpreter
from tests.proofs.harness import (
    Program,
    analysed,
    copied,
    observe,
    observed,
    refused_programs,
    run,
)
from tests.proofs.server import slow_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from awaken.engine import Analysis

pytestmark = pytest.mark.proof
_PATIENCE = 6  # seconds; each program is done in less than two
_NAIVE = re.compile(r"^( *)\S.*  # naive: (.*)$", re.MULTILINE)


@pytest.fixture(scope="module")
def surroundings() -> Iterator[dict[str, str]]:
    with slow_server() as port:
        yield {"PROOF_PORT": str(port), "NO_PROXY": "127.0.0.1"}


@pytest.mark.parametrize("program", refused_programs(), ids=lambda each: each.name)
def test_the_naive_form_of_what_is_refused_breaks(
    program: Program, tmp_path: Path, surroundings: dict[str, str]
) -> None:
    before = copied(program, tmp_path / "before")
    analysis = analysed(program, before.parent)
    refused, differs = program.header("refused"), program.header("differs")
    assert bool(refused) != bool(differs)
    assert _codes(analysis) == refused + differs
    assert _changed(analysis, before, unsafe=False) == before.read_text()
    unsafe = _changed(analysis, before, unsafe=True)
    assert (unsafe == before.read_text()) is bool(refused), unsafe
    naive = copied(program, tmp_path / "naive")
    naive.write_text(_NAIVE.sub(r"\1\2", unsafe) if refused else unsafe)
    assert naive.read_text() != before.read_text()
    expected = " ".join(program.header("breaks")).split(" or ")
    outcome = _outcome(program, before, naive, surroundings)
    assert any(each in outcome for each in expected), f"{naive.read_text()}\n{outcome}"


def _codes(analysis: Analysis) -> list[str]:
    found = [each for plan in analysis.plans for each in plan.planned]
    return [each.reason.code for each in found if each.reason and each.safe is None]


def _changed(analysis: Analysis, path: Path, *, unsafe: bool) -> str:
    """The program with all fixes; as it is where there are none."""
    (plan,) = analysis.plans
    done = rewrite(analysis, plan, groups_of(plan, unsafe=unsafe))
    return path.read_text() if done is None else done.change.after.decode()


def _outcome(program: Program, before: Path, naive: Path, surroundings: dict[str, str]) -> str:
    """How the naive form ends, in the words of `# breaks:`; the program itself must succeed."""
    python = interpreter(program.target) if program.target else sys.executable
    if python is None:
        pytest.skip(f"there is no Python {program.target} here")
    right = observe(program, before, surroundings, python)
    try:
        done = run(program, naive, surroundings, timeout=_PATIENCE, python=python)
    except subprocess.TimeoutExpired:
        return "hangs"
    if done.returncode:
        return done.stderr
    found = observed(done)
    if found.value != right.value:
        return "another value"
    return "stalls" if right.stalls and found.stalls else "the same"
