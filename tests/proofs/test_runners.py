"""What a project takes calls off the loop with is what the rewrite uses, too (`test_proofs.py` runs the programs)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.proofs.harness import Program, programs, rewritten

if TYPE_CHECKING:
    from pathlib import Path

_PROGRAMS = [program for program in programs() if program.rule == "runners"]


@pytest.mark.parametrize("program", _PROGRAMS, ids=lambda each: each.name)
def test_every_fix_goes_through_it(program: Program, tmp_path: Path) -> None:
    forms = rewritten(program, tmp_path)
    before, after = forms.before.read_text(), forms.after.read_text()
    (runner,) = program.through
    hops = after.count("await ") - before.count("await ")
    assert hops > 0
    assert after.count(runner) - before.count(runner) == hops, after
