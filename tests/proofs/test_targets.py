"""What is written for an older Python runs on it, and compiles there."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, NamedTuple

import pytest

from awaken.engine import analyse, groups_of, rewrite
from awaken.project.configuration import Configuration, override
from tests.fixture_case import FixtureCase, cases
from tests.interpreters import interpreter
from tests.proofs.harness import Program, observe, programs, rewritten

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_OLDEST = "3.8"
_PROGRAMS = [program for program in programs() if program.target]
_TRIES = 6  # a busy machine may stall a loop by itself
# Compiles every text of a JSON list; prints the places of those that it cannot.
_COMPILE = """
import json, sys, warnings
warnings.simplefilter("ignore")
failed = []
for number, text in enumerate(json.load(sys.stdin)):
    try:
        compile(text, "text", "exec", dont_inherit=True)
    except SyntaxError:
        failed.append(number)
print(json.dumps(failed))
"""


class Form(NamedTuple):
    """The text of a file before and after."""

    before: str
    after: str


@pytest.mark.proof
@pytest.mark.parametrize("program", _PROGRAMS, ids=lambda each: each.name)
def test_it_runs_on_its_python(program: Program, tmp_path: Path) -> None:
    python = interpreter(program.target or "")
    if python is None:
        pytest.skip(f"there is no Python {program.target} here")
    forms = rewritten(program, tmp_path)
    before = observe(program, forms.before, {}, python)
    assert before.stalls >= program.stalls
    for _ in range(_TRIES):
        after = observe(program, forms.after, {}, python)
        assert after.value == before.value, forms.after.read_text()
        if after.stall < before.stall / 2:
            return
    pytest.fail(f"it still stalls for {after.stall:.2f} s\n{forms.after.read_text()}")


def test_what_is_written_for_the_oldest_python_compiles_there(tmp_path: Path) -> None:
    python = interpreter(_OLDEST)
    if python is None:
        pytest.skip(f"there is no Python {_OLDEST} here")
    forms = [form for case in cases() for form in _forms(case, tmp_path / case.rule / case.name)]
    unread = _unread(python, [form.before for form in forms])
    lost = _unread(python, [form.after for form in forms]) - unread
    assert [forms[number].after for number in sorted(lost)] == []
    assert sum(form.before != form.after for form in forms) > 100


def _forms(case: FixtureCase, folder: Path) -> Iterator[Form]:
    """The files of a case, before and after all fixes for the oldest Python."""
    for file in case.files:
        path = folder / file.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.text.encode())
    settings = override(Configuration(), min_severity="low", target_python=_OLDEST)
    analysis = analyse([folder], root=folder, configuration=settings, jobs=1, cache=False)
    for plan in analysis.plans:
        done = rewrite(analysis, plan, groups_of(plan, unsafe=True))
        if done is not None:
            yield Form(done.change.before.decode(), done.change.after.decode())


def _unread(python: str, texts: list[str]) -> set[int]:
    """The numbers of the texts that an interpreter cannot compile."""
    done = subprocess.run(
        [python, "-c", _COMPILE],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=True,
    )
    return set(json.loads(done.stdout))
