"""The project root is the nearest folder above all paths that looks like a project."""

from __future__ import annotations

from pathlib import Path

import pytest

from awaken.discover.root import project_root


def grow(root: Path, *files: str) -> None:
    for file in files:
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text("")


@pytest.mark.parametrize("marker", ["pyproject.toml", "setup.py", "setup.cfg", ".git/HEAD"])
def test_the_folder_with_a_project_file_is_the_root(marker: str, tmp_path: Path) -> None:
    grow(tmp_path, f"project/{marker}", "project/src/pkg/a.py")
    for path in ("project", "project/src", "project/src/pkg/a.py"):
        assert project_root([tmp_path / path]) == tmp_path / "project"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (["pyproject.toml", "project/pyproject.toml"], "project"),
        (["pyproject.toml", "project/setup.py"], "."),
        (["setup.py", "project/setup.cfg"], "project"),
        (["pyproject.toml", "project/.git"], "project"),
        (["pyproject.toml", ".git/HEAD", "project/setup.py"], "."),
        ([".git/HEAD", "project/src/pyproject.toml"], "project/src"),
    ],
    ids=[
        "the nearest pyproject.toml",
        "a pyproject.toml before a nearer setup.py",
        "the nearest of the others",
        "nothing above a repository",
        "the top of the repository still counts",
        "a project inside a repository",
    ],
)
def test_what_wins_when_several_folders_qualify(
    files: list[str], expected: str, tmp_path: Path
) -> None:
    grow(tmp_path, *files, "project/src/a.py")
    assert project_root([tmp_path / "project/src/a.py"]) == tmp_path / expected


def test_several_paths_are_looked_at_from_the_folder_they_share(tmp_path: Path) -> None:
    grow(tmp_path, "pyproject.toml", "one/pyproject.toml", "one/a.py", "two/b.py")
    assert project_root([tmp_path / "one/a.py", tmp_path / "two"]) == tmp_path


def test_without_any_project_file_the_shared_folder_is_the_root(tmp_path: Path) -> None:
    grow(tmp_path, "pkg/a.py", "pkg/deep/b.py")
    assert project_root([tmp_path / "pkg/a.py"]) == tmp_path / "pkg"
    assert project_root([tmp_path / "pkg/a.py", tmp_path / "pkg/deep"]) == tmp_path / "pkg"


def test_a_path_that_does_not_exist_counts_by_the_folder_it_would_be_in(tmp_path: Path) -> None:
    grow(tmp_path, "pyproject.toml")
    assert project_root([tmp_path / "no/such/file.py"]) == tmp_path


def test_no_path_stands_for_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grow(tmp_path, "pyproject.toml", "pkg/a.py")
    monkeypatch.chdir(tmp_path / "pkg")
    assert project_root([]) == project_root([Path("a.py")]) == tmp_path
