"""`awaken diff` from end to end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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


def test_nothing_to_change_ends_with_0_and_prints_nothing(
    project: Any, run: Callable[..., Result]
) -> None:
    project.file("app.py", FIXED)
    result = run("diff")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "Nothing to change." in result.stderr


def test_the_output_applies_with_git_and_gives_what_apply_writes(project: Any, start: Any) -> None:
    project.file("pkg/app.py")
    project.file("crlf.py", b"import time\r\n\r\n\r\nasync def f():\r\n    time.sleep(1)\r\n")
    project.file("with space.py", b"import time\n\n\nasync def f():\n    time.sleep(1)")
    project.commit()
    patch = start("diff", "--no-cache")
    assert patch.returncode == 1
    assert patch.stdout.startswith(b"diff --git ")
    project.git("apply", "--check", given=patch.stdout)
    project.git("apply", given=patch.stdout)
    patched = project.tree()
    assert project.read("pkg/app.py") == FIXED
    project.git("checkout", "-q", ".")
    assert start("apply", "--yes", "--no-cache").returncode == 0
    assert project.tree() == patched


def test_diff_writes_no_file(project: Any, run: Callable[..., Result]) -> None:
    project.file("app.py")
    before = project.tree()
    assert run("diff").exit_code == 1
    assert project.tree() == before


def test_numbers_rules_and_next_step_are_on_stderr(
    project: Any, run: Callable[..., Result]
) -> None:
    project.file("app.py")
    project.file("held.py", HELD)
    result = run("diff")
    assert "1 change in 1 file: 1 sleep." in result.stderr
    assert "Left alone: 1 finding." in result.stderr
    assert "1 lock-held (held.py:9): " in result.stderr
    assert "awaken apply" in result.stderr


def test_a_broken_file_wins_over_changes_which_are_still_shown(
    project: Any, run: Callable[..., Result]
) -> None:
    project.file("app.py")
    project.file("broken.py", "def (\n")
    result = run("diff")
    assert result.exit_code == 2
    assert "+    await asyncio.sleep(1)" in result.stdout
    assert "broken.py:1 error" in result.stderr


def test_findings_that_nothing_fixes_leave_nothing_to_change(
    project: Any, run: Callable[..., Result]
) -> None:
    project.file("held.py", HELD)
    result = run("diff")
    assert (result.exit_code, result.stdout) == (0, "")


def test_standard_input_gives_a_patch(project: Any, run: Callable[..., Result]) -> None:
    source = project.file("app.py").read_bytes()
    result = run("diff", "-", "--stdin-filename", "app.py", given=source)
    assert result.exit_code == 1
    project.git("init", "-q")
    project.git("apply", given=result.stdout_bytes)
    assert project.read("app.py") == FIXED


def test_quiet_prints_the_patch_alone(project: Any, run: Callable[..., Result]) -> None:
    project.file("app.py")
    result = run("diff", "--quiet")
    assert result.stderr == ""
    assert result.stdout.startswith("diff --git a/app.py b/app.py\n")


def test_a_package_that_the_changes_need_is_named_unless_the_project_has_it(
    project: Any, run: Callable[..., Result]
) -> None:
    project.file(
        "app.py",
        """\
        import requests


        async def ping(url):
            return requests.get(url, timeout=5).status_code
        """,
    )
    wanted = "Add to the project's dependencies: httpx"
    assert wanted in run("diff").stderr
    project.file("requirements.txt", "httpx>=0.27\n")
    assert wanted not in run("diff").stderr


def test_a_route_becomes_a_plain_function_where_that_is_asked_for(
    project: Any, run: Callable[..., Result]
) -> None:
    project.file(
        "app.py",
        """\
        import os

        from fastapi import FastAPI

        app = FastAPI()


        @app.get("/")
        async def size(path: str) -> list[int]:
            return [os.stat(path).st_size, os.stat(f"{path}.old").st_size]
        """,
    )
    arguments = ("diff", "--min-severity", "low")
    assert "-async def" not in run(*arguments).stdout
    result = run(*arguments, "--strategy", "sync")
    changed = [line for line in result.stdout.splitlines() if line.startswith(("-", "+"))]
    assert changed[2:] == [
        "-async def size(path: str) -> list[int]:",
        "+def size(path: str) -> list[int]:",
    ]
    assert "1 change in 1 file: 1 offload." in result.stderr


def test_tests_that_replace_what_is_rewritten_are_listed(
    project: Any, run: Callable[..., Result]
) -> None:
    project.file(
        "app.py",
        """\
        import requests


        async def ping(url):
            return requests.get(url, timeout=5).status_code
        """,
    )
    project.file(
        "tests/test_app.py",
        "import app\n\n\ndef test(mocker):\n    mocker.patch('app.requests.get')\n",
    )
    safe, unsafe = run("diff"), run("diff", "--unsafe-fixes")

    assert "to_thread" in safe.stdout
    assert "Change the tests" not in safe.stderr
    assert (
        "Change the tests that replace what is rewritten:\n  tests/test_app.py:5\n" in unsafe.stderr
    )
