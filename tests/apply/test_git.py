"""Where the journal lives, and which files git could not bring back."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from awaken.apply import journal_location, uncommitted


def _git(place: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(place), *arguments], check=True, capture_output=True)


@pytest.fixture(autouse=True)
def _own_git_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "Somebody")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "somebody@example.org")


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    root = tmp_path / "repo"
    root.mkdir()
    _git(root, "init", "-q")
    return root


def _commit(root: Path, *names: str) -> list[Path]:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"committed\n")
    _git(root, "add", "-A")
    _git(root, "commit", "-q", "-m", "files")
    return [root / name for name in names]


def test_the_journal_is_inside_the_git_directory(repo: Path) -> None:
    expected = repo / ".git" / "awaken" / "journal"
    (repo / "backend").mkdir()
    assert journal_location(repo) == expected
    assert journal_location(repo / "backend") == expected


def test_a_linked_work_tree_has_its_own_journal(repo: Path, tmp_path: Path) -> None:
    _commit(repo, "a.py")
    _git(repo, "worktree", "add", "-q", str(tmp_path / "second"))
    place = journal_location(tmp_path / "second")
    assert place == repo / ".git" / "worktrees" / "second" / "awaken" / "journal"


def test_a_relative_pointer_to_the_git_directory_is_followed(repo: Path) -> None:
    submodule = repo / "vendor" / "lib"
    submodule.mkdir(parents=True)
    git_directory = repo / ".git" / "modules" / "lib"
    git_directory.mkdir(parents=True)
    (git_directory / "HEAD").write_text("ref: refs/heads/main\n")
    (submodule / ".git").write_text("gitdir: ../../.git/modules/lib\n")
    assert journal_location(submodule) == git_directory / "awaken" / "journal"


@pytest.mark.parametrize("content", [None, b"gitdir: nowhere\n", b"\xff nonsense"])
def test_without_a_git_directory_the_journal_is_with_the_users_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("HOME", str(tmp_path))
    one, two = tmp_path / "one", tmp_path / "two"
    for root in (one, two):
        root.mkdir()
        if content is not None:
            (root / ".git").write_bytes(content)
    assert journal_location(one) == journal_location(one / ".." / "one")
    assert journal_location(one) != journal_location(two)
    assert journal_location(one).is_relative_to(tmp_path)
    assert not journal_location(one).is_relative_to(one)


def test_clean_files_are_not_dirty_and_only_the_asked_ones_count(repo: Path) -> None:
    clean, changed = _commit(repo, "clean.py", "changed.py")
    changed.write_bytes(b"changed\n")
    assert uncommitted([clean], repo) == ()
    assert uncommitted([clean, changed], repo) == ("changed.py",)
    assert uncommitted([], repo) == ()


def test_staged_untracked_and_ignored_files_are_dirty(repo: Path) -> None:
    _commit(repo, "staged.py", "clean.py")
    (repo / ".gitignore").write_text("ignored/\n")
    for name in ("staged.py", "added.py", "new/untracked.py", "ignored/deep/a.py"):
        (repo / name).parent.mkdir(parents=True, exist_ok=True)
        (repo / name).write_bytes(b"changed\n")
    _git(repo, "add", "staged.py", "added.py")
    names = ("added.py", "ignored/deep/a.py", "new/untracked.py", "staged.py")
    assert uncommitted([repo / name for name in (*names, "clean.py")], repo) == names


def test_before_the_first_commit_everything_is_dirty(repo: Path) -> None:
    (repo / "a.py").write_bytes(b"")
    assert uncommitted([repo / "a.py"], repo) == ("a.py",)


@pytest.mark.parametrize(
    "name",
    [
        "with space.py", "-n.py", "[a].py", "*.py", ":(top)x.py", 'quo"te.py', "new\nline.py",
        "ünïcode.py", os.fsdecode(b"\xff.py"), "-> b.py",
    ],
)  # fmt: skip
def test_odd_names_are_found(repo: Path, name: str) -> None:
    path, plain = _commit(repo, name, "a.py")
    plain.write_bytes(b"changed\n")
    assert uncommitted([path], repo) == ()
    path.write_bytes(b"changed\n")
    assert uncommitted([path], repo) == (name,)


def test_more_files_than_one_command_takes_are_asked_in_batches(repo: Path) -> None:
    names = [f"{number:04}.py" for number in range(700)]
    paths = _commit(repo, *names)
    for number in (0, 299, 300, 699):
        paths[number].write_bytes(b"changed\n")
    assert uncommitted(paths, repo) == ("0000.py", "0299.py", "0300.py", "0699.py")


def test_a_root_below_the_top_of_the_repository_gives_paths_relative_to_itself(
    repo: Path,
) -> None:
    one, two = _commit(repo, "backend/a.py", "backend/b.py")
    one.write_bytes(b"changed\n")
    assert uncommitted([one, two], repo / "backend") == ("a.py",)
    assert uncommitted([Path("a.py")], repo / "backend") == ("a.py",)


def test_a_link_counts_as_the_file_it_leads_to(repo: Path) -> None:
    (real,) = _commit(repo, "sub/real.py")
    (repo / "link.py").symlink_to("sub/real.py")
    (repo / "folder").symlink_to("sub")
    links = [repo / "link.py", repo / "folder" / "real.py"]
    assert uncommitted(links, repo) == ()
    real.write_bytes(b"changed\n")
    assert uncommitted(links[:1], repo) == ("link.py",)
    assert uncommitted(links[1:], repo) == ("folder/real.py",)


def test_two_names_of_a_dirty_file_are_both_named(repo: Path) -> None:
    (real,) = _commit(repo, "real.py")
    (repo / "link.py").symlink_to("real.py")
    real.write_bytes(b"changed\n")
    assert uncommitted([real, repo / "link.py"], repo) == ("link.py", "real.py")


def test_a_nested_repository_is_asked_itself(repo: Path) -> None:
    _commit(repo, "outer.py")
    inner = repo / "inner"
    inner.mkdir()
    _git(inner, "init", "-q")
    clean, changed = _commit(inner, "clean.py", "changed.py")
    changed.write_bytes(b"changed\n")
    assert uncommitted([repo / "outer.py", clean, changed], repo) == ("inner/changed.py",)


def test_a_linked_work_tree_is_asked_itself(repo: Path, tmp_path: Path) -> None:
    _commit(repo, "a.py")
    second = tmp_path / "second"
    _git(repo, "worktree", "add", "-q", str(second))
    (second / "a.py").write_bytes(b"changed\n")
    assert uncommitted([second / "a.py"], second) == ("a.py",)
    assert uncommitted([repo / "a.py"], repo) == ()


def test_variables_of_a_git_hook_do_not_lead_elsewhere(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (path,) = _commit(repo, "a.py")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "no-index"))
    assert uncommitted([path], repo) == ()
    path.write_bytes(b"changed\n")
    assert uncommitted([path], repo) == ("a.py",)


def test_no_program_named_by_the_repository_is_run(repo: Path) -> None:
    (path,) = _commit(repo, "a.py")
    trace = repo / "ran"
    program = repo / "monitor"
    program.write_text(f"#!/bin/sh\ntouch {trace}\n")
    program.chmod(0o755)
    _git(repo, "config", "core.fsmonitor", str(program))
    uncommitted([path], repo)
    assert not trace.exists()


def test_without_a_repository_nothing_is_dirty(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"")
    assert uncommitted([tmp_path / "a.py"], tmp_path) == ()


def test_without_git_nothing_is_dirty(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repo / "a.py").write_bytes(b"")
    assert uncommitted([repo / "a.py"], repo) == ("a.py",)
    monkeypatch.setenv("PATH", str(repo))
    assert uncommitted([repo / "a.py"], repo) == ()


def test_a_repository_that_git_cannot_read_is_passed_over(repo: Path) -> None:
    (path,) = _commit(repo, "a.py")
    (repo / ".git" / "index").write_bytes(b"broken")
    assert uncommitted([path], repo) == ()
