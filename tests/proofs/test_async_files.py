"""`file-io`: the files of aiofiles and anyio do what the open file did, with the same values and errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from awaken.engine import analyse, groups_of, rewrite
from awaken.project.configuration import Configuration, override
from tests.proofs.harness import Program, copied, observe

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.proof
_PROGRAMS = ("handle_across_awaits", "handle_that_streams", "handle_and_errors")
_TRIES = 6  # a busy machine may stall a loop by itself


@pytest.mark.parametrize("library", ["aiofiles", "anyio"])
@pytest.mark.parametrize("name", _PROGRAMS)
def test_it_gives_the_same_and_does_not_stall(name: str, library: str, tmp_path: Path) -> None:
    program = Program("offload", name)
    path, changed = copied(program, tmp_path / "before"), copied(program, tmp_path / "after")
    configuration = override(Configuration(), file_io=library)
    root = changed.parent
    analysis = analyse([root], root=root, configuration=configuration, jobs=1, cache=False)
    (plan,) = analysis.plans
    done = rewrite(analysis, plan, groups_of(plan, unsafe=False))
    assert done is not None
    assert not done.dropped
    assert done.requires == (library,)
    assert b"to_thread" not in done.change.after
    changed.write_bytes(done.change.after)
    before = observe(program, path, {})
    assert before.stalls
    for _ in range(_TRIES):
        after = observe(program, changed, {})
        assert after.value == before.value, changed.read_text()
        if after.stall < before.stall / 2:
            return
    pytest.fail(f"it still stalls for {after.stall:.2f} s\n{changed.read_text()}")
