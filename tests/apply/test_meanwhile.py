"""Edits, Ctrl-C and other runs while files are being written."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from awaken.apply import Interrupted, LockHeldError, unfinished_runs
from awaken.apply.lock import project_lock


def _on_call(monkeypatch: pytest.MonkeyPatch, name: str, action: Any) -> None:
    """Let `action` happen right before the first call of a system call."""
    real = getattr(os, name)
    pending = [action]

    def call(*args: Any, **kwargs: Any) -> Any:
        if pending and any(".awaken-" in str(argument) for argument in args):
            pending.pop()()
        return real(*args, **kwargs)

    monkeypatch.setattr(os, name, call)


@pytest.mark.parametrize("moment", ["open", "link", "replace"])
def test_an_edit_saved_while_the_file_is_being_written_survives(
    project: Any, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    path = project.file("a.py")
    change = project.change(path)
    _on_call(monkeypatch, moment, lambda: path.write_bytes(b"edited in the last moment\n"))
    assert project.apply(change).outcomes[0].code == "changed-meanwhile"
    assert path.read_bytes() == b"edited in the last moment\n"
    assert project.leftovers() == []
    assert project.undo().run_id is None


def test_the_same_edit_made_by_hand_meanwhile_stays_the_users(
    project: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = project.file("a.py")
    change = project.change(path)
    _on_call(monkeypatch, "open", lambda: path.write_bytes(change.after))
    assert project.apply(change).outcomes[0].code == "changed-meanwhile"
    assert project.undo().run_id is None
    assert path.read_bytes() == change.after


def test_an_edit_saved_right_before_a_write_in_place_survives(
    project: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = project.file("a.py")
    os.link(path, project.root / "b.py")
    change = project.change(path)
    real = os.mkdir

    def mkdir(place: Any, *rest: Any) -> None:
        if Path(place).name == "after":  # the journal gets ready for the write in place
            path.write_bytes(b"edited\n")
        real(place, *rest)

    monkeypatch.setattr(os, "mkdir", mkdir)
    assert project.apply(change).outcomes[0].code == "changed-meanwhile"
    assert path.read_bytes() == b"edited\n"


def test_an_edit_renamed_into_place_meanwhile_survives(
    project: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, edited = project.file("a.py"), project.file("editor.swp", b"edited\n")
    change = project.change(path)
    _on_call(monkeypatch, "link", lambda: edited.rename(path))
    assert project.apply(change).outcomes[0].code == "changed-meanwhile"
    assert path.read_bytes() == b"edited\n"
    assert project.leftovers() == []


def test_an_editor_that_is_still_writing_keeps_its_file(
    project: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = project.file("a.py")
    change = project.change(path)
    editors: list[Any] = []
    _on_call(monkeypatch, "replace", lambda: editors.append(path.open("wb", buffering=0)))
    assert project.apply(change).outcomes[0].code == "changed-meanwhile"
    with editors[0] as editor:
        editor.write(b"all of the edit\n")
    assert path.read_bytes() == b"all of the edit\n"


def test_a_link_that_is_turned_elsewhere_meanwhile_is_not_followed(
    project: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.file("real.py")
    other = project.file("other.py")
    link = project.root / "link.py"
    link.symlink_to("real.py")
    change = project.change(link)

    def turn() -> None:
        link.unlink()
        link.symlink_to("other.py")

    _on_call(monkeypatch, "open", turn)
    assert project.apply(change).outcomes[0].code == "changed-meanwhile"
    assert other.read_bytes() == b"old\n"


def test_ctrl_c_between_files_leaves_a_finished_run_and_a_receipt(project: Any) -> None:
    paths = [project.file(f"{name}.py") for name in "abc"]

    def stop(change: Any) -> None:
        if change.relative == "b.py":
            raise KeyboardInterrupt

    with pytest.raises(Interrupted) as caught:
        project.apply(*map(project.change, paths), on_written=stop)
    assert [(o.written, o.code) for o in caught.value.receipt.outcomes] == [
        (True, None),
        (True, None),
        (False, "interrupted"),
    ]
    assert [path.read_bytes() for path in paths] == [b"new\n", b"new\n", b"old\n"]
    assert unfinished_runs(project.journal) == ()
    assert len(project.undo().restored) == 2
    assert [path.read_bytes() for path in paths] == [b"old\n"] * 3


def test_ctrl_c_within_a_file_waits_until_it_is_written(
    project: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [project.file(f"{name}.py") for name in "ab"]
    changes = [project.change(path) for path in paths]
    _on_call(monkeypatch, "replace", lambda: signal.raise_signal(signal.SIGINT))
    with pytest.raises(Interrupted) as caught:
        project.apply(*changes)
    assert [outcome.written for outcome in caught.value.receipt.outcomes] == [True, False]
    assert [path.read_bytes() for path in paths] == [b"new\n", b"old\n"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert project.leftovers() == []


def test_an_error_in_the_callback_leaves_a_finished_run(project: Any) -> None:
    one, two = project.file("one.py"), project.file("two.py")

    def broken_pipe(_change: Any) -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        project.apply(project.change(one), project.change(two), on_written=broken_pipe)
    assert unfinished_runs(project.journal) == ()
    assert [outcome.relative for outcome in project.undo().outcomes] == ["one.py"]
    assert two.read_bytes() == b"old\n"


def test_a_run_at_work_is_not_taken_for_a_killed_one(project: Any) -> None:
    seen: list[Any] = []
    project.apply(
        project.change(project.file("a.py")),
        on_written=lambda _change: seen.append(unfinished_runs(project.journal)),
    )
    assert seen == [()]


def test_a_second_run_at_the_same_time_is_refused(project: Any) -> None:
    path = project.file("a.py")
    change = project.change(path)
    with project_lock(project.journal):
        with pytest.raises(LockHeldError, match="nothing was changed"):
            project.apply(change)
        with pytest.raises(LockHeldError):
            project.undo()
        assert unfinished_runs(project.journal) == ()
    assert path.read_bytes() == b"old\n"
    assert project.apply(change).written


@pytest.mark.parametrize("without", ["module", "support"])
def test_locks_are_done_without_where_there_are_none(
    project: Any, monkeypatch: pytest.MonkeyPatch, without: str
) -> None:
    def flock(*_args: Any) -> None:
        raise OSError(95, "not supported")

    if without == "module":
        monkeypatch.setattr("awaken.apply.lock.fcntl", None)
    else:
        monkeypatch.setattr("fcntl.flock", flock)
    assert project.apply(project.change(project.file("a.py"))).written
