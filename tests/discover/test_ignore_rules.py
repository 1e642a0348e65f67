"""What .gitignore hides is what git itself hides."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from awaken.discover.walk import Discovery, discover

if TYPE_CHECKING:
    from pathlib import Path

TREE = ("a.py", "x_pb2.py", "lib/a.py", "lib/b.py", "lib/deep/a.py", "lib/deep/keep/a.py",
        "src/a.py", "src/lib/a.py", "src/lib/deep/b.py", "with space/a.py")  # fmt: skip


def plant(root: Path, rules: dict[str, str]) -> None:
    for file in TREE:
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text("")
    for folder, lines in rules.items():
        (root / folder / ".gitignore").write_text(lines)


def git(folder: Path, *arguments: str) -> str:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env={**kept, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull},
        capture_output=True,
        check=True,
        text=True,
    )
    return done.stdout


def names(found: Discovery, root: Path) -> list[str]:
    return [file.relative_to(root).as_posix() for file in found.files]


def found_below(root: Path, *paths: str) -> list[str]:
    return names(discover([root / path for path in paths] or [root], root=root), root)


RULES: dict[str, dict[str, str]] = {
    "none": {},
    "a name at any depth": {".": "lib\n"},
    "a folder at any depth": {".": "lib/\n"},
    "an anchored folder": {".": "/lib\n"},
    "a path": {".": "lib/deep\n"},
    "a glob": {".": "*_pb2.py\n"},
    "a file brought back": {".": "*.py\n!a.py\n"},
    "a file below an ignored folder is not brought back": {".": "/lib/\n!/lib/a.py\n"},
    "a folder brought back": {".": "/lib/*\n!/lib/deep/\n"},
    "only Python, by a list of what stays": {".": "*\n!*/\n!*.py\n"},
    "only one folder, by a list of what stays": {".": "/*\n!/src/\n"},
    "everything but the folders, which leaves nothing": {".": "*\n!/src\n"},
    "a folder without the folders in it": {".": "*/\n!lib/\n"},
    "two stars": {".": "**/deep/**\n!**/keep/\n"},
    "two stars at the end": {".": "lib/**\n!lib/**/\n!lib/deep/a.py\n"},
    "two stars at the end, folders only": {".": "lib/**/\n"},
    "everything brought back, then one folder": {".": "*.py\n!**\n/lib\n"},
    "a nested file adds": {"src": "lib/\n"},
    "a nested file brings back": {".": "*.py\n", "src": "!*.py\n", "src/lib": "a.py\n"},
    "a nested file cannot reach up": {"src": "/a.py\n../lib\n"},
    "comments, blanks and escapes": {".": "# lib\n\n\\#x\n  \nwith\\ space\n"},
    "trailing spaces": {".": "lib/   \nsrc/lib \n"},
    "CRLF": {".": "lib/\r\n*_pb2.py\r\n"},
    "byte-order mark": {".": "\ufefflib/\n"},
    "patterns that nothing can match": {".": "[\nlib[\n!\n\\\n/\nsrc/a.py\n"},
    "character classes": {".": "[a-b].py\n![!a].py\n"},
}


@pytest.mark.parametrize("rules", RULES.values(), ids=RULES.keys())
def test_the_same_files_are_left_as_git_leaves(rules: dict[str, str], tmp_path: Path) -> None:
    plant(tmp_path, rules)
    without_git = found_below(tmp_path)
    git(tmp_path, "init", "--quiet")
    listed = git(tmp_path, "ls-files", "--others", "--exclude-standard", "-z", "*.py")
    assert without_git == sorted(listed.split("\0")[:-1], key=lambda path: path.split("/"))
    assert found_below(tmp_path) == without_git


def test_what_git_ignores_is_listed(tmp_path: Path) -> None:
    plant(tmp_path, {".": "/lib/\n*_pb2.py\n"})
    found = discover([tmp_path], root=tmp_path)
    assert [(entry.path, entry.reason) for entry in found.skipped] == [
        ("lib", "ignored"),
        ("x_pb2.py", "ignored"),
    ]


def test_a_named_path_is_read_although_git_ignores_it(tmp_path: Path) -> None:
    plant(tmp_path, {".": "/lib/\n*_pb2.py\nb.py\n"})
    assert found_below(tmp_path, "x_pb2.py") == ["x_pb2.py"]
    assert found_below(tmp_path, "lib/b.py") == ["lib/b.py"]
    assert found_below(tmp_path, "lib") == ["lib/a.py", "lib/deep/a.py", "lib/deep/keep/a.py"]
    assert found_below(tmp_path, "lib/deep") == ["lib/deep/a.py", "lib/deep/keep/a.py"]


def test_rules_above_a_named_folder_hold_in_it(tmp_path: Path) -> None:
    plant(tmp_path, {".": "b.py\n", "lib": "/deep/keep/\n"})
    assert found_below(tmp_path, "lib/deep") == ["lib/deep/a.py"]
    assert found_below(tmp_path, "src/lib") == ["src/lib/a.py"]


def test_rules_of_the_repository_above_the_root_hold(tmp_path: Path) -> None:
    plant(tmp_path, {".": "src/lib/\n"})
    root = tmp_path / "src"
    assert "lib/a.py" in found_below(root)
    git(tmp_path, "init", "--quiet")
    assert found_below(root) == ["a.py"]


def test_a_project_inside_an_ignored_folder_is_read_when_it_is_the_root(tmp_path: Path) -> None:
    plant(tmp_path, {".": "*\n"})
    git(tmp_path, "init", "--quiet")
    assert found_below(tmp_path / "lib/deep") == ["a.py", "keep/a.py"]


def test_a_nested_repository_goes_by_its_own_rules_only(tmp_path: Path) -> None:
    plant(tmp_path, {".": "a.py\n", "lib": "b.py\n"})
    git(tmp_path, "init", "--quiet")
    git(tmp_path / "lib", "init", "--quiet")
    assert found_below(tmp_path, "lib") == ["lib/a.py", "lib/deep/a.py", "lib/deep/keep/a.py"]
    assert found_below(tmp_path, "lib/deep") == ["lib/deep/a.py", "lib/deep/keep/a.py"]


def test_the_exclude_file_of_the_repository_holds_and_gitignore_overrules_it(
    tmp_path: Path,
) -> None:
    plant(tmp_path, {".": "!/lib/a.py\n"})
    git(tmp_path, "init", "--quiet")
    (tmp_path / ".git/info/exclude").write_text("a.py\n")
    assert found_below(tmp_path) == ["lib/a.py", "lib/b.py", "src/lib/deep/b.py", "x_pb2.py"]


def test_the_exclude_file_holds_in_a_worktree(tmp_path: Path) -> None:
    home, tree = tmp_path / "home", tmp_path / "tree"
    home.mkdir()
    git(home, "init", "--quiet")
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
    git(home, *identity, "commit", "--quiet", "--allow-empty", "--message", "first")
    git(home, "worktree", "add", "--quiet", "--detach", str(tree))
    (home / ".git/info/exclude").write_text("lib/\n")
    plant(tree, {})
    assert found_below(tree) == ["a.py", "src/a.py", "with space/a.py", "x_pb2.py"]


def test_an_ignore_file_that_is_a_link_or_a_folder_is_no_ignore_file(tmp_path: Path) -> None:
    plant(tmp_path, {})
    (tmp_path / "rules").write_text("*.py\n")
    (tmp_path / ".gitignore").symlink_to("rules")
    (tmp_path / "lib/.gitignore").mkdir()
    assert found_below(tmp_path) == sorted(TREE, key=lambda path: path.split("/"))


def test_an_ignore_file_that_cannot_be_read_is_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(tmp_path, {"lib": "*\n", "src": "/lib/\n"})

    def refuse(path: str, *_: object) -> bool:
        if path == str(tmp_path / "lib/.gitignore"):
            raise PermissionError(13, "Permission denied", path)
        return os.path.exists(path)

    monkeypatch.setattr(os.path, "isfile", refuse)
    found = discover([tmp_path], root=tmp_path)
    assert {entry.path: entry.reason for entry in found.skipped} == {
        "lib/.gitignore": "unreadable",
        "src/lib": "ignored",
    }
    assert "lib/a.py" in names(found, tmp_path)
