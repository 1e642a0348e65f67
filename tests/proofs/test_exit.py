"""A wait that never ends does not keep a program from ending that Ctrl-C ended before, on any Python."""

from __future__ import annotations

import signal
import subprocess
from typing import TYPE_CHECKING

import pytest

from awaken.engine import analyse, groups_of, rewrite
from awaken.project.configuration import Configuration, override
from tests.interpreters import interpreter

if TYPE_CHECKING:
    from pathlib import Path

_PROGRAM = """\
import asyncio
import threading

never = threading.Event()


def in_a_thread() -> None:
    never.set()


async def main() -> None:
    print("it waits", flush=True)
    never.wait()


asyncio.run(main())
"""
_MOST = 3
_PATIENCE = 3.0  # seconds that a busy machine may take to end a program


@pytest.mark.proof
@pytest.mark.parametrize("version", ["3.8", "3.10", "3.11", "3.13"])
def test_ctrl_c_ends_a_wait_as_soon_as_before(version: str, tmp_path: Path) -> None:
    python = interpreter(version)
    if python is None:
        pytest.skip(f"there is no Python {version} here")
    before, after = tmp_path / "before.py", tmp_path / "after" / "after.py"
    after.parent.mkdir()
    for path in (before, after):
        path.write_text(_PROGRAM)
    settings = override(Configuration(), target_python=version)
    root = after.parent
    analysis = analyse([root], root=root, configuration=settings, jobs=1, cache=False)
    done = rewrite(analysis, analysis.plans[0], groups_of(analysis.plans[0], unsafe=False))
    assert done is not None
    after.write_bytes(done.change.after)
    assert "await _in_own_thread(never.wait)" in after.read_text()
    assert _presses(python, after) <= _presses(python, before) <= 2


def _presses(python: str, path: Path) -> int:
    """How often Ctrl-C is pressed until a program has ended."""
    running = subprocess.Popen(
        [python, str(path)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert running.stdout is not None
    with running, running.stdout:
        running.stdout.readline()
        for pressed in range(1, _MOST + 1):
            running.send_signal(signal.SIGINT)
            try:
                running.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                continue
            return pressed
        running.kill()
    return _MOST + 1
