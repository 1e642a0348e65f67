"""`awaken apply` and `awaken undo` from end to end, without a terminal."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from awaken.apply import Interrupted, Outcome, Receipt, apply_changes

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

FIXED = "import asyncio\n\n\nasync def poll():\n    await asyncio.sleep(1)\n"
HELD = """\
import threading
import time

lock = threading.RLock()


async def held():
    with lock:
        time.sleep(1)
"""


def test_without_a_terminal_and_without_yes_nothing_is_written(
    project: Any, run: Callable[..., Result]
) -> None:
    project.file("app.py")
    before = project.tree()
    for options in ((), ("--interactive",)):
        result = run("apply", *options)
        assert result.exit_code == 2
        assert "--yes" in result.stderr
        assert result.stdout == ""
    assert project.tree() == before


def test_yes_writes_and_ends_with_0_when_nothing_is_left(
    project: Any, run: Callable[..., Result]
) -> None:
    project.file("app.py")
    project.file("clean.py", FIXED)
    result = run("apply", "--yes")
    assert result.exit_code == 0
    assert project.read("app.py") == FIXED
    assert "Files: 1 changed, 1 unchanged, 0 skipped, 0 failed." in result.stderr
    assert "1 change made; `awaken undo` takes this back." in result.stderr
    assert result.stdout.startswith("diff --git a/app.py b/app.py\n")


def test_findings_that_are_left_end_with_1_and_are_explained(
    project: Any, run: Callable[..., Result]
) -> None:
    project.file("app.py")
    project.file("held.py", HELD)
    result = run("apply", "--yes")
    assert result.exit_code == 1
    assert project.read("app.py") == FIXED
    assert project.read("held.py") == HELD
    assert "1 lock-held (held.py:9)" in result.stderr


def test_a_broken_file_ends_with_2_and_the_others_are_written(
    project: Any, run: Callable[..., Result]
) -> None:
    project.file("app.py")
    project.file("broken.py", "def (\n")
    result = run("apply", "--yes")
    assert result.exit_code == 2
    assert project.read("app.py") == FIXED
    assert "broken.py:1 error" in result.stderr
    assert "Files: 1 changed, 0 unchanged, 0 skipped, 1 failed." in result.stderr


def test_a_second_run_changes_nothing(project: Any, run: Callable[..., Result]) -> None:
    project.file("app.py")
    run("apply", "--yes")
    again = run("apply", "--yes")
    assert again.exit_code == 0
    assert again.stdout == ""
    assert "Nothing was written." in again.stderr


def test_files_with_uncommitted_changes_are_refused_by_name(
    project: Any, run: Callable[..., Result]
) -> None:
    project.file("app.py")
    project.file("other.py", FIXED)
    project.commit()
    project.file("app.py", "# edited\n" + project.read("app.py"))
    project.file("new.py")
    before = project.tree()
    result = run("apply", "--yes")
    assert result.exit_code == 2
    assert "  app.py\n  new.py\n" in result.stderr
    assert "--allow-dirty" in result.stderr
    assert project.tree() == before
    assert run("apply", "--yes", "--allow-dirty").exit_code == 0
    assert project.read("app.py") == "# edited\n" + FIXED


def test_uncommitted_changes_in_files_that_are_not_written_do_not_matter(
    project: Any, run: Callable[..., Result]
) -> None:
    project.file("app.py")
    project.file("other.py", FIXED)
    project.commit()
    project.file("other.py", FIXED + "# edited\n")
    project.file("notes.txt", "new")
    assert run("apply", "--yes").exit_code == 0
    assert project.read("app.py") == FIXED


def test_it_works_without_any_git(
    project: Any, run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", os.path.dirname(shutil.which("true") or "/bin") + "/nowhere")
    project.file("app.py")
    assert run("apply", "--yes").exit_code == 0
    assert run("undo").exit_code == 0
    assert "time.sleep" in project.read("app.py")


@pytest.mark.parametrize("git", [True, False])
def test_undo_restores_every_byte_and_only_once(
    project: Any, run: Callable[..., Result], git: bool
) -> None:
    project.file("app.py")
    project.file("pkg/b.py", b"import time\r\n\r\n\r\nasync def f():\r\n    time.sleep(1)")
    if git:
        project.commit()
    before = project.tree()
    assert run("apply", "--yes").exit_code == 0
    assert project.tree() != before
    undone = run("undo")
    assert undone.exit_code == 0
    assert project.tree() == before
    assert undone.stdout == "restored app.py\nrestored pkg/b.py\n"
    again = run("undo")
    assert again.exit_code == 2
    assert "nothing to undo" in again.stderr


def test_undo_leaves_a_file_alone_that_was_edited_since(
    project: Any, run: Callable[..., Result]
) -> None:
    project.file("app.py")
    project.file("b.py")
    run("apply", "--yes")
    project.file("app.py", "# mine\n")
    result = run("undo")
    assert result.exit_code == 2
    assert project.read("app.py") == "# mine\n"
    assert "time.sleep" in project.read("b.py")
    assert "restored b.py" in result.stdout
    assert "refused app.py: It was edited since" in result.stderr


def test_the_undo_command_that_is_shown_works_from_where_apply_ran(
    project: Any, run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    project.file("app.py")
    monkeypatch.chdir(project.root.parent)
    result = run("apply", "--yes", "project")
    assert "`awaken undo project` takes this back" in result.stderr
    assert run("undo", "project").exit_code == 0
    assert "time.sleep" in project.read("app.py")


def test_a_file_that_changed_meanwhile_is_not_overwritten(
    project: Any, run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(changes: Any, **options: Any) -> Receipt:
        project.file("app.py", "# mine\n")
        return apply_changes(changes, **options)

    project.file("app.py")
    project.file("b.py")
    monkeypatch.setattr("awaken_cli.writing.apply_changes", late)
    result = run("apply", "--yes")
    assert result.exit_code == 2
    assert project.read("app.py") == "# mine\n"
    assert project.read("b.py") == FIXED
    assert "Files: 1 changed, 0 unchanged, 0 skipped, 1 failed." in result.stderr


def test_ctrl_c_while_writing_ends_with_130_and_the_ledger_of_what_was_written(
    project: Any, run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(changes: Any, **_: Any) -> Receipt:
        first, second = changes
        done = Outcome(first.relative, written=True)
        left = Outcome(second.relative, False, "interrupted", "not reached")
        raise Interrupted(Receipt("run", (done, left)))

    project.file("app.py")
    project.file("b.py")
    monkeypatch.setattr("awaken_cli.writing.apply_changes", stopped)
    result = run("apply", "--yes")
    assert result.exit_code == 130
    assert "Interrupted" in result.stderr
    assert "Files: 1 changed, 1 unchanged, 0 skipped, 0 failed." in result.stderr
    assert "1 change made; `awaken undo` takes this back." in result.stderr


def test_standard_input_is_printed_rewritten(project: Any, run: Callable[..., Result]) -> None:
    source = project.file("app.py").read_bytes()
    before = project.tree()
    result = run("apply", "-", "--stdin-filename", "app.py", given=source)
    assert (result.exit_code, result.stdout) == (0, FIXED)
    assert project.tree() == before


@pytest.mark.parametrize(
    ("given", "code"), [(b"x = 1\r\n", 0), (HELD.encode(), 1), (b"def (\n", 2), (b"'\xff'\n", 2)]
)
def test_standard_input_that_stays_as_it_is_is_printed_byte_for_byte(
    project: Any, run: Callable[..., Result], given: bytes, code: int
) -> None:
    project.file("unrelated.py")
    result = run("apply", "-", given=given)
    assert (result.exit_code, result.stdout_bytes) == (code, given)
