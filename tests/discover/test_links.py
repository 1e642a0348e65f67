"""Links are followed inside the root, once, and never out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from awaken.discover.walk import Discovery, discover

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with one module, beside a folder that is none of its business."""
    project = tmp_path / "project"
    for file in (project / "pkg/a.py", tmp_path / "outside/b.py"):
        file.parent.mkdir(parents=True)
        file.write_text("")
    return project


def names(found: Discovery, root: Path) -> list[str]:
    return [file.relative_to(root).as_posix() for file in found.files]


def reasons(found: Discovery) -> dict[str, str]:
    return {entry.path: entry.reason for entry in found.skipped}


@pytest.mark.parametrize("target", ["outside", "outside/b.py"], ids=["folder", "file"])
@pytest.mark.parametrize("named", [".", "link.py"], ids=["met on the way", "named"])
def test_a_link_out_of_the_root_is_refused(target: str, named: str, root: Path) -> None:
    (root / "link.py").symlink_to(root.parent / target)
    found = discover([root / named], root=root)
    assert names(found, root) == (["pkg/a.py"] if named == "." else [])
    assert reasons(found) == {"link.py": "outside-link"}


def test_a_file_behind_a_folder_link_out_of_the_root_is_refused(root: Path) -> None:
    (root / "vendor").symlink_to(root.parent / "outside")
    found = discover([root / "vendor/b.py"], root=root)
    assert found.files == ()
    assert [entry.reason for entry in found.skipped] == ["outside-link"]


def test_a_file_link_inside_the_root_adds_nothing_when_its_target_is_read(root: Path) -> None:
    (root / "again.py").symlink_to("pkg/a.py")
    found = discover([root], root=root)
    assert names(found, root) == ["pkg/a.py"]
    assert found.skipped == ()


def test_a_link_inside_the_root_stands_for_its_target(root: Path) -> None:
    (root / "src").mkdir()
    (root / "src/link.py").symlink_to("../pkg/a.py")
    (root / "src/folder").symlink_to("../pkg")
    for named in ("src", "src/link.py", "src/folder", "src/folder/a.py"):
        assert names(discover([root / named], root=root), root) == ["pkg/a.py"]


def test_links_behind_a_linked_folder_are_followed_too(root: Path) -> None:
    for folder in ("src", "one", "two"):
        (root / folder).mkdir()
    (root / "two/c.py").write_text("")
    (root / "src/first").symlink_to("../one")
    (root / "one/second").symlink_to("../two")
    assert names(discover([root / "src"], root=root), root) == ["two/c.py"]


def test_folders_that_link_to_each_other_end(root: Path) -> None:
    (root / "pkg/up").symlink_to("..")
    (root / "pkg/self").symlink_to(".")
    assert names(discover([root], root=root), root) == ["pkg/a.py"]


@pytest.mark.parametrize("named", [".", "gone.py", "circle.py"])
def test_a_link_that_leads_nowhere_is_listed(named: str, root: Path) -> None:
    (root / "gone.py").symlink_to("nothing.py")
    (root / "circle.py").symlink_to("circle.py")
    found = discover([root / named], root=root)
    listed = {"gone.py", "circle.py"} if named == "." else {named}
    assert set(reasons(found)) == listed
    assert set(reasons(found).values()) <= {"broken-link", "unreadable"}


@pytest.mark.parametrize(
    ("target", "reason"),
    [("hidden/a.py", "ignored"), ("data/a.py", "excluded"), ("build/a.py", "build-output")],
)
def test_a_link_does_not_bring_back_what_is_passed_over(
    target: str, reason: str, root: Path
) -> None:
    (root / ".gitignore").write_text("/hidden/\n")
    (root / target).parent.mkdir()
    (root / target).write_text("")
    (root / "link.py").symlink_to(target)
    found = discover([root], root=root, exclude=["/data/"])
    assert names(found, root) == ["pkg/a.py"]
    assert reasons(found)["link.py"] == reason


def test_a_link_that_is_excluded_is_not_followed(root: Path) -> None:
    (root / "src").mkdir()
    (root / "src/link.py").symlink_to("../pkg/a.py")
    found = discover([root / "src"], root=root, exclude=["link.py"])
    assert found.files == ()
    assert reasons(found) == {"src/link.py": "excluded"}


def test_links_to_other_kinds_of_file_are_nobodys_business(root: Path) -> None:
    (root.parent / "outside/data.csv").write_text("")
    (root / "data.csv").symlink_to(root.parent / "outside/data.csv")
    assert discover([root], root=root).skipped == ()


def test_a_root_that_is_reached_through_a_link_keeps_its_spelling(root: Path) -> None:
    alias = root.parent / "alias"
    alias.symlink_to(root)
    found = discover([alias / "pkg", root / "pkg/a.py"], root=alias)
    assert found.files == (alias / "pkg/a.py",)
