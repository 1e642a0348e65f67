"""Programs with a pool of processes, run as scripts: by other Pythons, and without a guard around their start."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from awaken.engine import analyse, groups_of, rewrite
from awaken.project.configuration import Configuration, override

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.proof
_PATIENCE = 60  # seconds
_PYTHONS = ("3.8", "3.9", "3.10", "3.12", "3.13", "3.14")
_SCRIPT = """\
import asyncio
import sys


def crunch(n: int, *, modulo: int = 7) -> int:
    return sum(i * i % modulo for i in range(n))


async def main():
    print(crunch(1000), crunch(1000, modulo=5), await others())


async def others():
    return [crunch(n) for n in (1, 2, 3)]


"""
_START = "asyncio.run(main())\n"
_GUARDED = f'if __name__ == "__main__":\n    {_START}'


def _rewritten(folder: Path, start: str, target: str) -> str:
    """The script as it is rewritten, with this at its end."""
    (folder / "script.py").write_text(_SCRIPT + start)
    configuration = override(
        Configuration(), cpu_bound=("script.crunch",), strategies=("process",), target_python=target
    )
    analysis = analyse([folder], root=folder, configuration=configuration, jobs=1, cache=False)
    (plan,) = analysis.plans
    done = rewrite(analysis, plan, groups_of(plan, unsafe=False))
    return done.change.after.decode() if done is not None else _SCRIPT + start


def _run(folder: Path, python: str, text: str) -> subprocess.CompletedProcess[str]:
    script = folder / "run" / "script.py"
    script.parent.mkdir(exist_ok=True)
    script.write_text(text)
    return subprocess.run(
        [python, "-W", "error", str(script)],
        capture_output=True,
        text=True,
        timeout=_PATIENCE,
        check=False,
    )


def _pythons() -> list[str]:
    found = (shutil.which(f"python{version}") for version in _PYTHONS)
    return [sys.executable, *(each for each in found if each)]


@pytest.mark.parametrize("python", _pythons())
def test_a_script_with_a_guard_prints_the_same(tmp_path: Path, python: str) -> None:
    text = _rewritten(tmp_path, _GUARDED, "3.8")
    assert text.count("run_in_executor(_process_pool(), ") == 3
    before = _run(tmp_path, python, _SCRIPT + _GUARDED)
    if "pyenv: " in before.stderr:
        pytest.skip("this Python is not installed")
    after = _run(tmp_path, python, text)
    assert (after.stdout, after.returncode, after.stderr) == (before.stdout, 0, "")


def test_a_script_without_one_is_left_alone_as_it_would_start_again(tmp_path: Path) -> None:
    assert _rewritten(tmp_path, _START, "3.8") == _SCRIPT + _START
    naive = _rewritten(tmp_path, _GUARDED, "3.8").removesuffix(_GUARDED) + _START
    done = _run(tmp_path, sys.executable, naive)
    assert done.returncode != 0
    assert "bootstrapping phase" in done.stderr
