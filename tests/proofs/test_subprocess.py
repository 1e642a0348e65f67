"""What awaken makes of a call of `subprocess` when native forms are asked for gives, and raises, the same."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from awaken.engine import analyse, groups_of, rewrite
from awaken.project.configuration import Configuration, override
from tests.proofs.harness import PROGRAMS

pytestmark = pytest.mark.proof
_CALLS = PROGRAMS / "support" / "processes.py"
_FEWEST = 50
# Further interpreters to run it with, by their paths: `AWAKEN_PYTHONS=/usr/bin/python3.10:...`.
_PYTHONS = [sys.executable, *filter(None, os.environ.get("AWAKEN_PYTHONS", "").split(os.pathsep))]


@pytest.fixture(scope="module")
def rewritten(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The calls as awaken rewrites them; each of them must have its native form."""
    root = tmp_path_factory.mktemp("processes")
    path = shutil.copy(_CALLS, root)
    asked = override(Configuration(), strategies=["native"], target_python="3.9")
    analysis = analyse([root], root=root, configuration=asked, jobs=1, cache=False)
    (plan,) = analysis.plans
    calls = [each for each in plan.planned if each.finding.call.startswith("subprocess.")]
    assert [each.finding.place for each in calls if each.safe is None] == []
    done = rewrite(analysis, plan, groups_of(plan, unsafe=False))
    assert done is not None
    assert done.dropped == ()
    Path(path).write_bytes(done.change.after)
    return Path(path)


@pytest.mark.parametrize("python", _PYTHONS)
def test_every_call_gives_the_same(python: str, rewritten: Path, tmp_path: Path) -> None:
    expected = _run(python, _CALLS, tmp_path)

    assert len(expected) > _FEWEST
    assert _run(python, rewritten, tmp_path) == expected


def _run(python: str, path: Path, folder: Path) -> Any:
    command = [python, "-X", "dev", str(path)]
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, check=True, timeout=120)
    return json.loads(done.stdout)
