"""Full disks and kills at every system call: a file is old or new, and undo brings it back."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from awaken.apply import JournalError, unfinished_runs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

OLD, NEW = b"old\n" * 30, b"new and longer\n" * 30


def _full() -> OSError:
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("torn", [False, True], ids=["whole writes", "half a write first"])
@pytest.mark.parametrize("lasting", [False, True], ids=["one call fails", "all later calls fail"])
@pytest.mark.parametrize(
    "names",
    [
        ("write",),
        ("fsync",),
        ("replace",),
        ("open",),
        ("write", "fsync", "link", "mkdir", "rename"),
    ],
    ids="+".join,
)
def test_a_disk_that_is_full_at_any_call_leaves_every_file_whole(
    new_project: Any, faults: Any, names: tuple[str, ...], lasting: bool, torn: bool
) -> None:
    point, happened = 0, True
    while happened:
        point += 1
        project = new_project()
        paths = [project.file("a.py", OLD), project.file("b.py", OLD, 0o755)]
        linked = project.file("linked.py", OLD)
        os.link(linked, project.root / "second.py")
        paths.append(linked)
        changes = [project.change(path, NEW) for path in paths]
        fault = faults(names, at=point, error=_full, lasting=lasting, torn=torn)
        outcomes = None
        with fault.active(), suppress(JournalError):
            outcomes = project.apply(*changes).outcomes
        happened = fault.happened
        for path, outcome in zip(paths, outcomes or [None] * 3, strict=True):
            _assert_honest(path, outcome)
        assert project.leftovers() == [] or (lasting and happened)
        project.undo()
        assert [path.read_bytes() for path in paths] == [OLD] * 3
        assert project.leftovers() == []
    assert point > 1


def _assert_honest(path: Path, outcome: Any) -> None:
    data = path.read_bytes()
    if outcome is None or not outcome.written:
        assert data == OLD or (outcome.code == "half-written" and path.name == "linked.py")
    else:
        assert data == NEW


def test_a_half_written_file_is_named_and_undo_brings_it_back(project: Any, faults: Any) -> None:
    path = project.file("linked.py", OLD)
    os.link(path, project.root / "second.py")
    change = project.change(path, NEW)
    codes = []
    for point in range(1, 30):
        with faults(("write",), at=point, error=_full, torn=True).active():
            try:
                codes.append(project.apply(change).outcomes[0].code)
            except JournalError:
                continue
        project.undo()
        assert path.read_bytes() == OLD
    assert "half-written" in codes


def test_a_journal_that_cannot_be_written_leaves_no_trace(project: Any, faults: Any) -> None:
    path = project.file("a.py", OLD)
    change = project.change(path, NEW)
    with (
        faults(("write",), at=1, error=_full).active(),
        pytest.raises(JournalError, match="No space left on device"),
    ):
        project.apply(change)
    assert path.read_bytes() == OLD
    assert [entry.name for entry in project.journal.iterdir()] == ["lock"]
    assert unfinished_runs(project.journal) == ()


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "tiny"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no disk can be mounted here")
    yield place
    subprocess.run(["umount", str(place)], check=True)


@pytest.mark.parametrize("hard_linked", [False, True])
def test_a_really_full_disk_leaves_the_file_whole(
    project: Any, tiny_disk: Path, hard_linked: bool
) -> None:
    project.root = tiny_disk
    path = project.file("a.py", b"x" * 20_000)
    if hard_linked:
        os.link(path, tiny_disk / "second.py")
    small = project.file("small.py")
    receipt = project.apply(project.change(path, b"y" * 90_000), project.change(small))
    assert [outcome.code for outcome in receipt.outcomes] == ["write-failed", None]
    assert path.read_bytes() == b"x" * 20_000
    assert small.read_bytes() == b"new\n"
    assert project.leftovers() == []


def test_a_journal_on_a_really_full_disk_changes_nothing(project: Any, tiny_disk: Path) -> None:
    project.journal = tiny_disk / "journal"
    paths = [project.file(f"{name}.py", b"x" * 40_000) for name in "ab"]
    with pytest.raises(JournalError, match="No space left on device"):
        project.apply(*(project.change(path) for path in paths))
    assert [path.read_bytes() for path in paths] == [b"x" * 40_000] * 2
    assert [entry.name for entry in project.journal.iterdir()] == ["lock"]


@pytest.mark.parametrize("scenario", ["apply", "undo"])
def test_a_process_killed_at_any_call_loses_nothing(tmp_path: Path, scenario: str) -> None:
    driver = Path(__file__).with_name("kill_driver.py")
    result = subprocess.run(
        [sys.executable, str(driver), str(tmp_path / "base"), scenario],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    summary = json.loads(result.stdout)
    assert summary["problems"] == []
    # Fewer would mean that the kills did not reach the writes, or never met one halfway.
    assert summary["points"] > 60
    assert summary["torn"] > 0


def test_a_killed_run_is_listed_and_settled_by_the_next_apply(
    new_project: Any, faults: Any, killed: Any
) -> None:
    settled = 0
    for point in range(40, 130, 3):
        project = new_project()
        paths = [project.file(f"{name}.py", OLD) for name in "abc"]
        changes = [project.change(path, NEW) for path in paths]
        with faults(at=point, error=killed).active(), suppress(killed):
            project.apply(*changes)
        runs = unfinished_runs(project.journal, root=project.root)
        assert len(runs) <= 1
        project.apply(*(project.change(path, b"newest\n") for path in paths))
        assert unfinished_runs(project.journal) == ()
        assert project.leftovers() == []
        assert all(path.read_bytes() == b"newest\n" for path in paths)
        project.undo()
        project.undo()
        assert all(path.read_bytes() == OLD for path in paths)
        settled += len(runs)
    assert settled > 5


FILE = st.tuples(
    st.binary(max_size=40), st.binary(max_size=40), st.sampled_from(["plain", "link", "hard"])
)


@settings(max_examples=120, deadline=None)
@given(
    files=st.lists(FILE, min_size=1, max_size=4),
    kills=st.tuples(st.integers(1, 160), st.integers(1, 120)),
    torn=st.booleans(),
)
def test_no_mix_of_changes_and_kills_loses_a_byte(  # noqa: PLR0913, PLR0917 - three are fixtures
    new_project: Callable[[], Any],
    faults: Any,
    killed: Any,
    files: list[tuple[bytes, bytes, str]],
    kills: tuple[int, int],
    torn: bool,
) -> None:
    project = new_project()
    paths = []
    for number, (before, _after, kind) in enumerate(files):
        path = project.file(f"{number}.py", before)
        other = project.root / f"other{number}.py"
        if kind == "hard":
            os.link(path, other)
        if kind == "link":
            other.symlink_to(path.name)
            path = other
        paths.append(path)
    changes = [
        project.change(path, after) for path, (_, after, _) in zip(paths, files, strict=True)
    ]
    steps = (lambda: project.apply(*changes), project.undo)
    for step, point in zip(steps, kills, strict=True):
        with faults(at=point, error=killed, torn=torn).active(), suppress(killed):
            step()
        for path, (before, after, kind) in zip(paths, files, strict=True):
            assert kind == "hard" or path.read_bytes() in (before, after)
    report = project.undo()
    assert report.refused == ()
    assert [path.read_bytes() for path in paths] == [before for before, _, _ in files]
    assert project.leftovers() == []
