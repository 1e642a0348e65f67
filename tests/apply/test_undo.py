"""What undo puts back, what it leaves alone, and in which order runs are taken back."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import stat
from pathlib import Path
from typing import Any

import pytest

from awaken.apply import JournalError, undo_last, unfinished_runs
from awaken.apply.journal import KEPT_RUNS, prune_runs, run_directories
from awaken.apply.progress import read_progress, record_in_place, record_run


def _runs(project: Any) -> list[Path]:
    return run_directories(project.journal)


def test_undo_restores_bytes_and_modes(project: Any) -> None:
    path = project.file("a.py", b"\xef\xbb\xbfold\r\n", 0o755)
    receipt = project.apply(project.change(path, b"new"))
    path.chmod(0o600)
    report = project.undo()
    assert report.run_id == receipt.run_id
    assert report.created.endswith("+00:00")
    assert [outcome.relative for outcome in report.restored] == ["a.py"]
    assert path.read_bytes() == b"\xef\xbb\xbfold\r\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o755
    assert project.leftovers() == []


def test_nothing_to_undo_is_no_error_and_leaves_no_trace(project: Any) -> None:
    report = project.undo()
    assert (report.run_id, report.outcomes) == (None, ())
    assert not project.journal.exists()


def test_two_runs_are_taken_back_one_by_one_and_then_there_is_nothing(project: Any) -> None:
    path, other = project.file("a.py", b"1"), project.file("b.py", b"1")
    first = project.apply(project.change(path, b"2"), project.change(other, b"2"))
    second = project.apply(project.change(path, b"3"))
    assert project.undo().run_id == second.run_id
    assert (path.read_bytes(), other.read_bytes()) == (b"2", b"2")
    assert project.undo().run_id == first.run_id
    assert (path.read_bytes(), other.read_bytes()) == (b"1", b"1")
    assert project.undo().run_id is None
    assert (path.read_bytes(), other.read_bytes()) == (b"1", b"1")


def test_an_edited_file_is_left_alone_and_the_others_are_restored(project: Any) -> None:
    paths = [project.file(f"{name}.py") for name in "abc"]
    project.apply(*(project.change(path) for path in paths))
    paths[1].write_bytes(b"edited\n")
    report = project.undo()
    assert [(o.relative, o.written, o.code) for o in report.outcomes] == [
        ("a.py", True, None),
        ("b.py", False, "edited-since"),
        ("c.py", True, None),
    ]
    assert [path.read_bytes() for path in paths] == [b"old\n", b"edited\n", b"old\n"]
    kept = Path(report.refused[0].message.rsplit(" ", 1)[-1].rstrip("."))
    assert kept.read_bytes() == b"old\n"
    paths[1].write_bytes(b"new\n")
    assert [outcome.relative for outcome in project.undo().outcomes] == ["b.py"]


def test_an_edited_file_does_not_keep_earlier_runs_out_of_reach(project: Any) -> None:
    path, other = project.file("a.py"), project.file("b.py")
    first = project.apply(project.change(other))
    project.apply(project.change(path))
    path.write_bytes(b"edited\n")
    assert project.undo().refused
    assert project.undo().run_id == first.run_id
    assert other.read_bytes() == b"old\n"
    assert project.undo().run_id is None
    assert path.read_bytes() == b"edited\n"


def test_an_edit_saved_during_the_undo_survives(
    project: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = project.file("a.py")
    project.apply(project.change(path))
    real = os.replace

    def replace(source: Any, target: Any) -> None:
        if str(source).endswith(".tmp"):
            path.write_bytes(b"edited\n")
        real(source, target)

    monkeypatch.setattr(os, "replace", replace)
    assert [outcome.code for outcome in project.undo().outcomes] == ["edited-since"]
    assert path.read_bytes() == b"edited\n"
    assert project.leftovers() == []


@pytest.mark.parametrize(
    ("happening", "code"),
    [
        (Path.unlink, "missing"),
        (lambda path: path.chmod(0o444), "read-only"),
        (lambda path: (path.unlink(), path.mkdir()), "not-a-file"),
    ],
    ids=["removed", "read-only", "a folder now"],
)
def test_a_file_that_cannot_be_put_back_is_named(project: Any, happening: Any, code: str) -> None:
    bad, good = project.file("bad.py"), project.file("good.py")
    project.apply(project.change(bad), project.change(good))
    happening(bad)
    assert [outcome.code for outcome in project.undo().outcomes] == [code, None]
    assert good.read_bytes() == b"old\n"


def test_a_refused_file_is_no_part_of_the_undo(project: Any) -> None:
    bad, good = project.file("bad.py"), project.file("good.py")
    changes = [project.change(bad), project.change(good)]
    real = os.replace

    def replace(source: Any, target: Any) -> None:
        if Path(target) == bad:
            raise OSError(5, "broken disk")
        real(source, target)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "replace", replace)
        assert [o.code for o in project.apply(*changes).outcomes] == ["write-failed", None]
    bad.write_bytes(b"new\n")  # by hand, to the very same bytes
    assert [outcome.relative for outcome in project.undo().outcomes] == ["good.py"]
    assert bad.read_bytes() == b"new\n"


def test_damaged_former_bytes_are_not_written(project: Any) -> None:
    path = project.file("a.py")
    project.apply(project.change(path))
    next(project.journal.glob("*/before/0000")).write_bytes(b"")
    assert [outcome.code for outcome in project.undo().outcomes] == ["journal-damaged"]
    assert path.read_bytes() == b"new\n"


@pytest.mark.parametrize(
    ("manifest", "message"),
    [("{", "damaged"), ('{"version": 99}', "another version"), ('{"version": 1}', "damaged")],
)
def test_a_manifest_that_cannot_be_understood_stops_the_undo(
    project: Any, manifest: str, message: str
) -> None:
    path = project.file("a.py", b"1")
    project.apply(project.change(path, b"2"))
    project.apply(project.change(path, b"3"))
    (_runs(project)[0] / "manifest.json").write_text(manifest)
    with pytest.raises(JournalError, match=message):
        project.undo()
    assert path.read_bytes() == b"3"
    assert project.apply(project.change(path, b"4")).written


def test_lines_cut_off_in_the_progress_are_passed_over(project: Any) -> None:
    path = project.file("a.py")
    project.apply(project.change(path))
    log = _runs(project)[0] / "progress.jsonl"
    log.write_bytes(b'{"event": "wri' + log.read_bytes() + b'[1]\n7\n{"event": "undo')
    assert project.undo().restored
    assert project.undo().run_id is None


def test_ctrl_c_during_undo_waits_for_the_file_and_undo_goes_on_later(
    project: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [project.file(f"{name}.py") for name in "ab"]
    project.apply(*(project.change(path) for path in paths))
    real = os.replace

    def replace(source: Any, target: Any) -> None:
        signal.raise_signal(signal.SIGINT)
        real(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", replace)
        with pytest.raises(KeyboardInterrupt):
            project.undo()
    assert [path.read_bytes() for path in paths] == [b"old\n", b"new\n"]
    assert [outcome.relative for outcome in project.undo().restored] == ["b.py"]
    assert project.undo().run_id is None


def test_leftovers_of_a_killed_run_are_removed_but_not_an_edit_among_them(
    new_project: Any, faults: Any, killed: Any
) -> None:
    for point in range(1, 200):
        project = new_project()
        change = project.change(project.file("a.py"))
        with faults(at=point, error=killed).active(), pytest.raises(killed):
            project.apply(change)
        if len(project.leftovers()) == 2:
            break
    assert sorted(name[-4:] for name in project.leftovers()) == [".old", ".tmp"]
    displaced = next(project.root.glob(".awaken*.old"))
    displaced.unlink()
    displaced.write_bytes(b"an edit\n")
    project.undo()
    assert project.leftovers() == [displaced.name]


def test_a_half_written_file_is_told_from_an_edited_one(project: Any) -> None:
    path = project.file("a.py", b"0123456789")
    os.link(path, project.root / "b.py")
    project.apply(project.change(path, b"abcdefghijklmno"))
    record_in_place(_runs(project)[0], 0)
    path.write_bytes(b"abc!456789")
    assert [outcome.code for outcome in project.undo().outcomes] == ["edited-since"]
    for edited in (b"abcde56789zz", b"", b"abcdefghijklmnop"):
        path.write_bytes(edited)
        assert project.undo().outcomes == ()
    path.write_bytes(b"abcde56789")
    assert project.undo().restored
    assert (project.root / "b.py").read_bytes() == b"0123456789"


def test_a_line_after_one_that_was_cut_off_counts(tmp_path: Path) -> None:
    (tmp_path / "progress.jsonl").write_bytes(b'{"event": "wri')
    record_run(tmp_path, "undone")
    assert "undone" in read_progress(tmp_path).run_events


def _killed_before_the_first_file(project: Any, path: Path) -> None:
    """Leave a run behind as a kill right before its only file does."""
    project.apply(project.change(path))
    path.write_bytes(b"old\n")
    (_runs(project)[0] / "progress.jsonl").write_bytes(b"")


def test_a_file_that_a_killed_run_never_reached_stays_the_users(project: Any) -> None:
    path, other = project.file("a.py"), project.file("b.py")
    _killed_before_the_first_file(project, path)
    project.apply(project.change(other))
    path.write_bytes(b"new\n")  # by hand, to what the killed run had wanted
    assert project.undo().restored
    assert project.undo().restored == ()
    assert path.read_bytes() == b"new\n"


def test_a_killed_run_of_another_root_stays_listed_for_it(project: Any) -> None:
    whole = project.root
    path, other = project.file("one/a.py"), project.file("two/a.py")
    project.root = whole / "one"
    _killed_before_the_first_file(project, path)
    project.root = whole / "two"
    project.apply(project.change(other))
    assert unfinished_runs(project.journal, root=whole / "two") == ()
    (run, *_) = unfinished_runs(project.journal, root=whole / "one")
    assert run.root == whole / "one"


def test_a_half_written_file_keeps_its_run_open_until_it_is_undone(project: Any) -> None:
    path, other = project.file("a.py", b"0123456789"), project.file("b.py")
    os.link(path, project.root / "c.py")
    receipt = project.apply(project.change(path, b"abcdefghij"))
    (_runs(project)[0] / "progress.jsonl").write_bytes(b"")
    record_in_place(_runs(project)[0], 0)
    path.write_bytes(b"abcde56789")
    project.apply(project.change(other))
    assert [run.run_id for run in unfinished_runs(project.journal)] == [receipt.run_id]
    project.undo()
    assert project.undo().run_id == receipt.run_id
    assert path.read_bytes() == b"0123456789"
    assert unfinished_runs(project.journal) == ()


def test_a_project_that_was_moved_takes_its_journal_along(project: Any) -> None:
    project.journal = project.root / ".git" / "awaken" / "journal"
    path = project.file("a.py")
    project.apply(project.change(path))
    moved = project.root.with_name("moved")
    shutil.move(project.root, moved)
    report = undo_last(root=moved, journal_dir=moved / ".git" / "awaken" / "journal")
    assert report.restored
    assert (moved / "a.py").read_bytes() == b"old\n"


def test_projects_that_share_a_journal_undo_only_their_own_runs(project: Any) -> None:
    whole = project.root
    path, other = project.file("one/a.py"), project.file("two/a.py")
    project.root = whole / "one"
    project.apply(project.change(path))
    project.root = whole / "two"
    project.apply(project.change(other))
    project.root = whole / "one"
    assert project.undo().restored
    assert (path.read_bytes(), other.read_bytes()) == (b"old\n", b"new\n")
    assert project.undo().run_id is None


def test_the_manifest_says_what_the_files_were_and_are(project: Any) -> None:
    path = project.file("sub/a.py", mode=0o755)
    project.apply(project.change(path))
    manifest = json.loads((_runs(project)[0] / "manifest.json").read_text())
    assert manifest["version"] == 1
    assert manifest["files"] == [
        {
            "relative": "sub/a.py",
            "path": str(path),
            "resolved": "sub/a.py",
            "mode": 0o755,
            "before": hashlib.sha256(b"old\n").hexdigest(),
            "after": hashlib.sha256(b"new\n").hexdigest(),
        }
    ]


def test_the_journal_is_private(project: Any) -> None:
    project.apply(project.change(project.file("secret.py", mode=0o600)))
    modes = {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in project.journal.rglob("*")}
    assert modes == {0}
    assert stat.S_IMODE(project.journal.stat().st_mode) == 0o700


def test_only_the_newest_runs_are_kept_and_they_stay_in_order(project: Any) -> None:
    path = project.file("a.py", b"0")
    for number in range(KEPT_RUNS + 3):
        project.apply(project.change(path, b"%d" % (number + 1)))
    assert len(_runs(project)) == KEPT_RUNS
    for number in range(KEPT_RUNS):
        assert project.undo().restored
        assert path.read_bytes() == b"%d" % (KEPT_RUNS + 2 - number)
    assert project.undo().run_id is None


def test_what_was_undone_makes_room_first_and_a_killed_run_is_never_dropped(
    project: Any,
) -> None:
    path = project.file("a.py", b"0")
    for number in range(KEPT_RUNS - 1):
        project.apply(project.change(path, b"%d" % (number + 1)))
    oldest = _runs(project)[-1]
    (oldest / "progress.jsonl").write_bytes(b"")  # as if it had been killed
    undone = project.apply(project.change(path, b"x"))
    (oldest / "progress.jsonl").write_bytes(b"")
    project.undo()
    project.apply(project.change(path, b"y"))
    names = [directory.name for directory in _runs(project)]
    assert len(names) == KEPT_RUNS
    assert undone.run_id not in names
    (oldest / "progress.jsonl").write_bytes(b"")
    (project.journal / ".new-0099").mkdir()
    shutil.copytree(_runs(project)[0], project.journal / "9999-20260101T000000Z-ab12")
    prune_runs(project.journal)
    assert oldest in _runs(project)
    assert [run.directory for run in unfinished_runs(project.journal)] == [oldest]
    assert not (project.journal / ".new-0099").exists()
