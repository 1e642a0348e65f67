"""Which files a run is about: the folders passed over, and what naming a path changes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from awaken.discover.walk import Discovery, discover

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def grow(root: Path, *files: str) -> None:
    for file in files:
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text("")


def names(found: Discovery, root: Path) -> list[str]:
    return [file.relative_to(root).as_posix() for file in found.files]


def reasons(found: Discovery) -> dict[str, str]:
    return {entry.path: entry.reason for entry in found.skipped}


def found_below(root: Path, *paths: str, exclude: Iterable[str] = ()) -> list[str]:
    named = [root / path for path in paths] or [root]
    return names(discover(named, root=root, exclude=[*exclude]), root)


def test_only_python_files_are_taken(tmp_path: Path) -> None:
    grow(tmp_path, "a.py", "b.pyi", "c.txt", "d.pyc", "py", "e.py.bak")
    assert found_below(tmp_path) == ["a.py"]


def test_files_come_sorted_by_their_parts_and_once_however_paths_overlap(tmp_path: Path) -> None:
    grow(tmp_path, "b/c.py", "b-a.py", "b/a/z.py", "a.py")
    everything = ["a.py", "b/a/z.py", "b/c.py", "b-a.py"]
    assert found_below(tmp_path) == everything
    assert found_below(tmp_path, "b/c.py", ".", "b", "a.py", "b/../b", "b/a") == everything


def test_relative_paths_are_taken_from_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grow(tmp_path, "pkg/a.py")
    monkeypatch.chdir(tmp_path)
    assert discover([Path("pkg")], root=Path()).files == (tmp_path / "pkg/a.py",)


@pytest.mark.parametrize(
    ("folder", "reason"),
    [
        ("node_modules", "installed-packages"),
        ("lib/python3.12/site-packages", "installed-packages"),
        ("__pypackages__", "installed-packages"),
        (".eggs", "installed-packages"),
        (".venv", "virtual-environment"),
        ("venv", "virtual-environment"),
        ("env", "virtual-environment"),
        (".tox", "virtual-environment"),
        (".nox", "virtual-environment"),
        ("build", "build-output"),
        ("dist", "build-output"),
        ("awaken.egg-info", "build-output"),
    ],
)
def test_a_folder_without_project_sources_is_passed_over_and_named(
    folder: str, reason: str, tmp_path: Path
) -> None:
    grow(tmp_path, f"{folder}/module.py", f"src/{folder}/module.py", "kept.py")
    found = discover([tmp_path], root=tmp_path)
    assert names(found, tmp_path) == ["kept.py"]
    assert reasons(found) == {folder: reason, f"src/{folder}": reason}


@pytest.mark.parametrize("folder", [".git", ".hg", "__pycache__", ".mypy_cache", ".ruff_cache"])
def test_a_tool_folder_is_passed_over_without_a_word(folder: str, tmp_path: Path) -> None:
    grow(tmp_path, f"{folder}/module.py", "kept.py")
    found = discover([tmp_path], root=tmp_path)
    assert names(found, tmp_path) == ["kept.py"]
    assert found.skipped == ()


@pytest.mark.parametrize("marker", ["pyvenv.cfg", "conda-meta/history"])
def test_a_virtual_environment_of_any_name_is_passed_over(marker: str, tmp_path: Path) -> None:
    grow(tmp_path, f"py312/{marker}", "py312/lib/module.py", "kept.py")
    found = discover([tmp_path], root=tmp_path)
    assert names(found, tmp_path) == ["kept.py"]
    assert reasons(found) == {"py312": "virtual-environment"}


@pytest.mark.parametrize("name", ["build", "dist", "env", "venv"])
def test_a_package_that_is_called_like_an_output_folder_is_read(name: str, tmp_path: Path) -> None:
    grow(tmp_path, f"{name}/__init__.py")
    assert found_below(tmp_path) == [f"{name}/__init__.py"]


@pytest.mark.parametrize("folder", ["build", "site-packages/lib", ".venv", "py312"])
def test_a_folder_that_is_named_is_read_whatever_it_is(folder: str, tmp_path: Path) -> None:
    grow(tmp_path, f"{folder}/module.py", f"{folder}/node_modules/other.py", "py312/pyvenv.cfg")
    found = discover([tmp_path, tmp_path / folder], root=tmp_path)
    assert names(found, tmp_path) == [f"{folder}/module.py"]
    assert reasons(found)[f"{folder}/node_modules"] == "installed-packages"
    assert folder not in reasons(found)


def test_the_root_itself_may_be_called_anything(tmp_path: Path) -> None:
    root = tmp_path / "build"
    grow(root, "a.py", "pyvenv.cfg")
    assert found_below(root) == ["a.py"]


def test_excluded_files_and_folders_are_listed_as_excluded(tmp_path: Path) -> None:
    grow(tmp_path, "a.py", "a_pb2.py", "tests/data/b.py", "tests/c.py", "sub/tests/data/d.py")
    found = discover([tmp_path], root=tmp_path, exclude=["*_pb2.py", "/tests/data/"])
    assert names(found, tmp_path) == ["a.py", "sub/tests/data/d.py", "tests/c.py"]
    assert reasons(found) == {"a_pb2.py": "excluded", "tests/data": "excluded"}


def test_an_exclude_pattern_stands_above_what_gitignore_brings_back(tmp_path: Path) -> None:
    grow(tmp_path, "a.py", "b.py")
    (tmp_path / ".gitignore").write_text("!a.py\n")
    assert found_below(tmp_path, exclude=["a.py"]) == ["b.py"]


def test_a_named_path_is_read_although_it_is_excluded(tmp_path: Path) -> None:
    grow(tmp_path, "a_pb2.py", "data/b.py", "data/c_pb2.py", "data/deep/d.py")
    exclude = ["*_pb2.py", "data/"]
    assert found_below(tmp_path, "a_pb2.py", exclude=exclude) == ["a_pb2.py"]
    assert found_below(tmp_path, "data", exclude=exclude) == ["data/b.py", "data/deep/d.py"]
    assert found_below(tmp_path, "data/deep", exclude=exclude) == ["data/deep/d.py"]
    assert found_below(tmp_path, "data", exclude=["d*", "b.*"]) == [
        "data/c_pb2.py",
        "data/deep/d.py",
    ]


def test_force_holds_named_paths_to_every_rule(tmp_path: Path) -> None:
    grow(tmp_path, "a_pb2.py", "b.py", "build/c.py", "logs/d.py", "e/pyvenv.cfg", "e/f.py")
    grow(tmp_path, "pkg/g.py", "__pycache__/h.py")
    (tmp_path / ".gitignore").write_text("logs/\n")
    (tmp_path / "pkg/.gitignore").write_text("/g.py\n")
    paths = sorted(tmp_path.rglob("*.py"))
    found = discover(paths, root=tmp_path, exclude=["*_pb2.py"], force=True)
    assert names(found, tmp_path) == ["b.py"]
    assert reasons(found) == {
        "__pycache__/h.py": "ignored",
        "a_pb2.py": "excluded",
        "build/c.py": "build-output",
        "e/f.py": "virtual-environment",
        "logs/d.py": "ignored",
        "pkg/g.py": "ignored",
    }


def test_a_bad_exclude_pattern_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"exclude pattern '!' is not valid"):
        discover([tmp_path], root=tmp_path, exclude=["ok.py", "!"])


def test_missing_paths_are_returned_as_they_were_given(tmp_path: Path) -> None:
    grow(tmp_path, "a.py")
    missing = (tmp_path / "nowhere", tmp_path / "a.py" / "below")
    found = discover([*missing, tmp_path / "a.py"], root=tmp_path)
    assert found.missing == missing
    assert names(found, tmp_path) == ["a.py"]


@pytest.mark.parametrize(
    ("first_line", "taken"),
    [
        ("#!/usr/bin/env python3", True),
        ("#!/usr/bin/python -u", True),
        ("#!/usr/bin/env -S uv run --script", True),
        ("#!/bin/sh", False),
        ("import time", False),
        ("# python", False),
        ("", False),
    ],
)
def test_a_named_script_without_suffix_needs_a_python_shebang(
    first_line: str, *, taken: bool, tmp_path: Path
) -> None:
    (tmp_path / "script").write_text(f"{first_line}\npython\n")
    found = discover([tmp_path / "script"], root=tmp_path)
    assert names(found, tmp_path) == ["script"] * taken
    assert reasons(found) == ({} if taken else {"script": "not-python"})
    assert found_below(tmp_path) == []


def test_a_named_file_of_another_kind_is_refused_with_the_reason(tmp_path: Path) -> None:
    grow(tmp_path, "types.pyi")
    (tmp_path / "notes.txt").write_text("#!/usr/bin/env python\n")
    found = discover([tmp_path / "types.pyi", tmp_path / "notes.txt"], root=tmp_path)
    assert found.files == ()
    assert reasons(found) == {"notes.txt": "not-python", "types.pyi": "not-python"}


def test_a_pipe_called_like_a_module_is_left_alone(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    for path in (tmp_path, tmp_path / "pipe.py"):
        found = discover([path], root=tmp_path)
        assert found.files == ()
        assert reasons(found) == {"pipe.py": "not-regular"}


def test_a_path_outside_the_root_may_be_named(tmp_path: Path) -> None:
    grow(tmp_path, "project/a.py", "other/b.py", "other/build/c.py")
    found = discover([tmp_path / "other"], root=tmp_path / "project")
    assert found.files == (tmp_path / "other/b.py",)
    assert reasons(found) == {"../other/build": "build-output"}


def test_a_folder_that_cannot_be_opened_is_listed_and_the_rest_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grow(tmp_path, "a/b.py", "closed/c.py", "d.py")
    real = os.scandir

    def scandir(path: str) -> Any:
        if os.path.basename(path) == "closed":
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    found = discover([tmp_path], root=tmp_path)
    assert names(found, tmp_path) == ["a/b.py", "d.py"]
    assert [(entry.path, entry.message) for entry in found.skipped] == [
        ("closed", "cannot be opened: permission denied; check its permissions")
    ]


def test_the_walk_asks_the_system_nothing_per_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def calls(*_: object, **__: object) -> Iterator[None]:
        raise AssertionError("a file was looked at by itself")

    grow(tmp_path, *(f"pkg/module_{number}.py" for number in range(30)))
    for name in ("stat", "lstat", "open"):
        real = getattr(os, name)

        def guarded(path: Any, *args: Any, real: Any = real, **options: Any) -> Any:
            return calls() if "module_" in str(path) else real(path, *args, **options)

        monkeypatch.setattr(os, name, guarded)
    assert len(discover([tmp_path], root=tmp_path).files) == 30


def test_a_name_that_is_not_utf8_is_found(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.py")
    grow(tmp_path, name)
    assert found_below(tmp_path, exclude=["nothing"]) == [name]


def test_an_empty_list_of_paths_finds_nothing(tmp_path: Path) -> None:
    grow(tmp_path, "a.py")
    assert discover([], root=tmp_path) == Discovery((), (), ())
