"""What a write keeps, what it refuses, and that one file never stops the others."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import pytest

from awaken.apply import unfinished_runs


def test_changed_files_are_written_and_reported_in_order(project: Any) -> None:
    one, two = project.file("one.py"), project.file("deep/er/two.py")
    seen: list[Any] = []
    receipt = project.apply(project.change(two), project.change(one), on_written=seen.append)
    assert [(o.relative, o.written, o.code) for o in receipt.outcomes] == [
        ("deep/er/two.py", True, None),
        ("one.py", True, None),
    ]
    assert [change.relative for change in seen] == ["deep/er/two.py", "one.py"]
    assert one.read_bytes() == two.read_bytes() == b"new\n"
    assert project.leftovers() == []
    assert unfinished_runs(project.journal) == ()


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"a = 1\r\nb = 2\r\n", id="CRLF"),
        pytest.param(b"a = 1\rb = 2\r", id="a lone final carriage return"),
        pytest.param(b"\xef\xbb\xbfa = 1\n", id="byte-order mark"),
        pytest.param("# coding: latin-1\ns = 'ä'\n".encode("latin-1"), id="latin-1"),
        pytest.param(b"", id="empty"),
        pytest.param(b"a = 1", id="no final newline"),
        pytest.param(b"\x00\xff" * 2_000_000, id="more than one system call"),
    ],
)
def test_bytes_are_written_and_restored_as_they_are(project: Any, data: bytes) -> None:
    path = project.file("a.py", b"before\r\n")
    project.apply(project.change(path, data))
    assert path.read_bytes() == data
    project.undo()
    assert path.read_bytes() == b"before\r\n"
    project.apply(project.change(project.file("b.py", data), b"after"))
    project.undo()
    assert (project.root / "b.py").read_bytes() == data


def test_a_write_that_takes_few_bytes_at_a_time_is_continued(
    project: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = project.file("a.py")
    change = project.change(path, b"0123456789" * 5)
    real = os.write
    monkeypatch.setattr(os, "write", lambda fd, data: real(fd, bytes(data)[:7]))
    assert project.apply(change).outcomes[0].written
    assert path.read_bytes() == b"0123456789" * 5


@pytest.mark.parametrize("mode", [0o755, 0o600, 0o664])
def test_modes_are_kept_whatever_the_umask(project: Any, mode: int) -> None:
    path = project.file("a.py", mode=mode)
    old_umask = os.umask(0o077)
    try:
        project.apply(project.change(path))
        assert stat.S_IMODE(path.stat().st_mode) == mode
        project.undo()
    finally:
        os.umask(old_umask)
    assert stat.S_IMODE(path.stat().st_mode) == mode


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_the_owner_is_kept(project: Any) -> None:
    path = project.file("a.py")
    os.chown(path, 12345, 54321)
    project.apply(project.change(path))
    assert (path.stat().st_uid, path.stat().st_gid) == (12345, 54321)


def test_extended_attributes_are_kept(project: Any) -> None:
    path = project.file("a.py")
    try:
        os.setxattr(path, "user.note", b"mine")
    except (OSError, AttributeError):
        pytest.skip("no extended attributes here")
    project.apply(project.change(path))
    assert os.getxattr(path, "user.note") == b"mine"


def test_a_link_stays_a_link_and_its_target_is_rewritten(project: Any) -> None:
    real = project.file("real.py")
    link = project.root / "sub" / "link.py"
    link.parent.mkdir()
    link.symlink_to("../real.py")
    assert project.apply(project.change(link)).outcomes[0].written
    assert link.is_symlink()
    assert not real.is_symlink()
    assert real.read_bytes() == b"new\n"
    assert project.undo().restored
    assert link.is_symlink()
    assert real.read_bytes() == b"old\n"


def test_hard_links_stay_linked(project: Any) -> None:
    one = project.file("one.py", b"old, and longer\n")
    two = project.root / "two.py"
    os.link(one, two)
    assert project.apply(project.change(one)).outcomes[0].written
    assert one.stat().st_nlink == 2
    assert one.read_bytes() == two.read_bytes() == b"new\n"
    project.undo()
    assert one.stat().st_nlink == 2
    assert two.read_bytes() == b"old, and longer\n"


@pytest.mark.parametrize("link", [os.link, os.symlink])
def test_two_names_of_one_file_are_both_reported_written(project: Any, link: Any) -> None:
    one, two = project.file("one.py"), project.root / "two.py"
    link(one, two)
    receipt = project.apply(project.change(one), project.change(two))
    assert [outcome.written for outcome in receipt.outcomes] == [True, True]
    project.undo()
    assert one.read_bytes() == two.read_bytes() == b"old\n"


def test_two_names_of_one_file_with_different_wishes_keep_the_first(project: Any) -> None:
    one, two = project.file("one.py"), project.root / "two.py"
    os.link(one, two)
    receipt = project.apply(project.change(one), project.change(two, b"other\n"))
    assert [outcome.code for outcome in receipt.outcomes] == [None, "changed-meanwhile"]
    assert two.read_bytes() == b"new\n"


def _edited(_project: Any, path: Path) -> Path:
    path.write_bytes(b"edited\n")
    return path


def _read_only(_project: Any, path: Path) -> Path:
    path.chmod(0o444)
    return path


def _gone(_project: Any, path: Path) -> Path:
    path.unlink()
    return path


def _fifo(_project: Any, path: Path) -> Path:
    path.unlink()
    os.mkfifo(path)
    return path


def _directory(_project: Any, path: Path) -> Path:
    path.unlink()
    path.mkdir()
    return path


def _socket(_project: Any, path: Path) -> Path:
    path.unlink()
    os.mknod(path, 0o600 | stat.S_IFSOCK)
    return path


def _outside(project: Any, path: Path) -> Path:
    outside: Path = project.root.parent / "outside.py"
    outside.write_bytes(b"old\n")
    path.unlink()
    path.symlink_to(outside)
    return outside


def _loop(_project: Any, path: Path) -> Path:
    path.unlink()
    path.symlink_to(path.name)
    return path


@pytest.mark.parametrize(
    ("happening", "code"),
    [
        (_edited, "changed-meanwhile"),
        (_read_only, "read-only"),
        (_gone, "missing"),
        (_fifo, "not-a-file"),
        (_directory, "not-a-file"),
        (_socket, "not-a-file"),
        (_outside, "outside-root"),
        (_loop, "unreadable"),
    ],
)
def test_what_must_not_be_written_is_refused_and_the_rest_goes_on(
    project: Any, happening: Any, code: str
) -> None:
    bad, good = project.file("bad.py"), project.file("good.py")
    changes = [project.change(bad), project.change(good)]
    touched = happening(project, bad)
    status = os.lstat(touched) if code != "missing" else None
    receipt = project.apply(*changes)
    assert [outcome.code for outcome in receipt.outcomes] == [code, None]
    assert receipt.outcomes[0].message
    assert good.read_bytes() == b"new\n"
    if status is not None:
        now = os.lstat(touched)
        assert (now.st_ino, now.st_mode, now.st_mtime_ns) == (
            status.st_ino,
            status.st_mode,
            status.st_mtime_ns,
        )
    assert project.leftovers() == []


def test_a_file_reached_through_a_linked_root_is_inside(project: Any) -> None:
    project.file("a.py")
    alias = project.root.parent / "alias"
    alias.symlink_to(project.root)
    project.root = alias
    assert project.apply(project.change(alias / "a.py")).outcomes[0].written
    assert project.undo().restored


def test_nothing_to_write_makes_no_run(project: Any) -> None:
    path = project.file("a.py")
    change = project.change(path)
    path.write_bytes(b"edited\n")
    assert not project.apply(change).written
    assert project.undo().run_id is None
    assert project.apply().outcomes == ()


def test_a_folder_without_write_permission_is_written_in_place(
    project: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = project.file("locked/a.py")
    inode = path.stat().st_ino
    real = os.access
    monkeypatch.setattr(
        os,
        "access",
        lambda place, mode: Path(place) != path.parent and real(place, mode),
    )
    assert project.apply(project.change(path, b"new and longer\n")).outcomes[0].written
    assert path.read_bytes() == b"new and longer\n"
    assert path.stat().st_ino == inode
    project.undo()
    assert path.read_bytes() == b"old\n"
    assert path.stat().st_ino == inode


@pytest.mark.parametrize(
    ("call", "error"),
    [("open", PermissionError(13, "denied")), ("replace", OSError(16, "mounted"))],
)
def test_a_rename_that_is_not_possible_becomes_a_write_in_place(
    project: Any, monkeypatch: pytest.MonkeyPatch, call: str, error: OSError
) -> None:
    path = project.file("a.py")
    change, inode = project.change(path), path.stat().st_ino
    real = getattr(os, call)

    def refuse(*args: Any, **kwargs: Any) -> Any:
        if str(args[0]).endswith(".tmp"):
            raise error
        return real(*args, **kwargs)

    monkeypatch.setattr(os, call, refuse)
    assert project.apply(change).outcomes[0].written
    assert (path.read_bytes(), path.stat().st_ino) == (b"new\n", inode)
    assert project.leftovers() == []


def test_file_systems_without_hard_links_are_written_all_the_same(
    project: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def link(*_args: Any, **_kwargs: Any) -> None:
        raise OSError(95, "not supported")

    monkeypatch.setattr(os, "link", link)
    path = project.file("a.py")
    assert project.apply(project.change(path)).outcomes[0].written
    assert path.read_bytes() == b"new\n"


def test_a_name_of_the_greatest_length_can_be_written(project: Any) -> None:
    path = project.file("a" * 252 + ".py")
    assert project.apply(project.change(path)).outcomes[0].written


def test_everything_is_on_disk_before_the_first_file_gets_its_new_bytes(
    project: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[tuple[str, str]] = []
    real = os.replace

    def fsync(descriptor: int) -> None:
        events.append(("sync", os.readlink(f"/proc/self/fd/{descriptor}")))

    def replace(source: Any, target: Any) -> None:
        events.append(("replace", str(target)))
        real(source, target)

    if not os.path.exists("/proc/self/fd"):
        pytest.skip("no /proc here")
    paths = [project.file("sub/a.py"), project.file("b.py")]
    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "replace", replace)
    run_id = project.apply(*(project.change(path) for path in paths)).run_id
    first = events.index(("replace", str(paths[0])))
    before = [place for kind, place in events[:first] if kind == "sync"]
    building = project.journal / f".new-{run_id}"
    for place in ("before/0000", "before/0001", "before", "manifest.json", "progress.jsonl", ""):
        assert str(building / place) in before
    temporary = paths[0].parent / f".awaken-{run_id}-0.tmp"
    assert before[-2:] == [str(project.journal), str(temporary)]
    assert events[first + 1] == ("sync", str(paths[0].parent))
