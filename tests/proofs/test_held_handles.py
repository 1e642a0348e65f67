"""A task that is cancelled while a thread works on its file: the file is closed, and holds whole chunks."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from awaken.engine import analyse, groups_of, rewrite
from awaken.project.configuration import Configuration

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.proof

_COPY = """\
import asyncio


async def copy(path, mode, chunk, seen):
    try:
        with open(path, mode) as out:
            seen.append("open")
            while True:
                out.write(chunk)
                await asyncio.sleep(0)
    finally:
        seen.append(out.closed)
"""
_DUMP = """\
import json


async def save(path, fetch):
    with open(path, "w") as out:
        json.dump(await fetch(), out)
"""


def _rewritten(folder: Path, text: str, *, unsafe: bool) -> dict[str, Any]:
    """The names of a module after its rewrite."""
    path = folder / "module.py"
    path.write_text(text)
    analysis = analyse([folder], root=folder, configuration=Configuration(), jobs=1, cache=False)
    (plan,) = analysis.plans
    done = rewrite(analysis, plan, groups_of(plan, unsafe=unsafe))
    assert done is not None
    assert not done.dropped
    names: dict[str, Any] = {}
    exec(compile(done.change.after, str(path), "exec"), names)
    return names


@pytest.mark.parametrize(
    ("mode", "chunk"),
    [("wb", b"a" * 1_000_000), ("w", "a" * 1_000_000), ("w", "a" * 9_000), ("wb", b"a" * 100)],
    ids=["binary", "text", "text of about a buffer", "binary below a buffer"],
)
def test_a_cancelled_write_leaves_whole_chunks(
    tmp_path: Path, mode: str, chunk: str | bytes
) -> None:
    copy = _rewritten(tmp_path, _COPY, unsafe=False)["copy"]
    target = tmp_path / "target"

    async def cancelled(after: float) -> None:
        seen: list[object] = []
        task = asyncio.create_task(copy(target, mode, chunk, seen))
        while not seen:
            await asyncio.sleep(0)
        await asyncio.sleep(after)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert seen == ["open", True]
        assert target.stat().st_size % len(chunk) == 0

    for step in range(40):
        asyncio.run(cancelled(step * 0.0003))


def test_a_call_that_writes_several_times_is_cut_short_by_the_unsafe_fix_alone(
    tmp_path: Path,
) -> None:
    value = list(range(300_000))

    async def saved(save: Any) -> bool:
        fetched = asyncio.Event()

        async def fetch() -> object:
            fetched.set()
            return value

        target = tmp_path / "target"
        task = asyncio.create_task(save(target, fetch))
        await fetched.wait()
        await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.wait([task])
        return target.read_text() == json.dumps(value)

    safe = _rewritten(tmp_path, _DUMP, unsafe=False)["save"]
    unsafe = _rewritten(tmp_path, _DUMP, unsafe=True)["save"]
    assert asyncio.run(saved(safe))
    assert not asyncio.run(saved(unsafe))
