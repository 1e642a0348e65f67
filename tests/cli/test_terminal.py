"""What happens when somebody sits at a terminal."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pexpect
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

AWAKEN = str(Path(sys.executable).with_name("awaken"))
FIXED = "import asyncio\n\n\nasync def poll():\n    await asyncio.sleep(1)\n"
THREE = """\
import subprocess
import time


async def work():
    time.sleep(1)
    subprocess.run(["true"])
    time.sleep(2)
"""
ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
QUESTION = r"\[y,n,a,d,q,\?; default n\] "


class Terminal:
    """One command in a pseudo-terminal."""

    def __init__(self, *arguments: str, **env: str) -> None:
        self.child = pexpect.spawn(
            AWAKEN,
            [*arguments],
            env={**os.environ, **env},
            encoding="utf-8",
            codec_errors="replace",
            timeout=30,
            dimensions=(50, 200),
        )

    def until(self, pattern: str) -> str:
        self.child.expect(pattern)
        return f"{self.child.before}{self.child.after}"

    def end(self) -> tuple[int | None, str]:
        """Return the exit code and what was printed since."""
        self.child.expect(pexpect.EOF)
        rest = self.child.before or ""
        self.child.close()
        return self.child.exitstatus, rest


@pytest.fixture
def terminal() -> Iterator[Callable[..., Terminal]]:
    opened: list[Terminal] = []

    def open_terminal(*arguments: str, **env: str) -> Terminal:
        opened.append(Terminal(*arguments, **env))
        return opened[-1]

    yield open_terminal
    for each in opened:
        each.child.close(force=True)


@pytest.mark.parametrize("answer", ["\r", "n\r", "maybe\r", "\x04", b"\xff\r"])
def test_any_answer_but_yes_writes_nothing(
    project: Any, terminal: Callable[..., Terminal], answer: str | bytes
) -> None:
    project.file("app.py")
    before = project.tree()
    shell = terminal("apply", "--no-cache")
    shown = shell.until(r"Apply 1 change to 1 file\? \[y/N\] ")
    assert "await asyncio.sleep(1)" in shown
    os.write(shell.child.child_fd, answer if isinstance(answer, bytes) else answer.encode())
    code, rest = shell.end()
    assert code == 1
    assert "Nothing was written." in rest
    assert project.tree() == before


def test_yes_writes(project: Any, terminal: Callable[..., Terminal]) -> None:
    project.file("app.py")
    shell = terminal("apply", "--no-cache")
    shell.until(r"\[y/N\] ")
    shell.child.sendline("y")
    code, rest = shell.end()
    assert code == 0
    assert "`awaken undo` takes this back" in rest
    assert project.read("app.py") == FIXED


@pytest.mark.parametrize("options", [(), ("--interactive",)])
def test_ctrl_c_at_the_prompt_ends_with_130_and_writes_nothing(
    project: Any, terminal: Callable[..., Terminal], options: tuple[str, ...]
) -> None:
    project.file("app.py")
    before = project.tree()
    shell = terminal("apply", "--no-cache", *options)
    shell.until(r"\[y/N\] |" + QUESTION)
    shell.child.sendintr()
    code, rest = shell.end()
    assert code == 130
    assert "nothing was written" in rest
    assert "Traceback" not in rest
    assert project.tree() == before


def review(shell: Terminal, *answers: str) -> tuple[int | None, str]:
    for answer in answers:
        shell.until(QUESTION)
        shell.child.sendline(answer)
    return shell.end()


def test_interactive_writes_what_was_accepted_and_no_more(
    project: Any, terminal: Callable[..., Terminal]
) -> None:
    project.file("app.py", THREE)
    project.file("b.py", THREE)
    code, rest = review(terminal("apply", "-i", "--no-cache"), "n", "y", "n", "?", "y", "q")
    assert code == 1
    assert "2 changes made" in rest
    assert project.read("app.py") == (
        "import asyncio\nimport subprocess\nimport time\n\n\nasync def work():\n"
        '    time.sleep(1)\n    await asyncio.to_thread(subprocess.run, ["true"])\n'
        "    time.sleep(2)\n"
    )
    assert project.read("b.py") == (
        "import asyncio\nimport subprocess\nimport time\n\n\nasync def work():\n"
        '    await asyncio.sleep(1)\n    subprocess.run(["true"])\n    time.sleep(2)\n'
    )


def test_interactive_takes_all_of_a_rule_and_leaves_the_rest_of_a_file(
    project: Any, terminal: Callable[..., Terminal]
) -> None:
    project.file("app.py", THREE)
    project.file("b.py", THREE)
    code, _ = review(terminal("apply", "-i", "--no-cache"), "a", "n", "d")
    assert code == 1
    swapped = THREE.replace("import subprocess\nimport time", "import asyncio\nimport subprocess")
    swapped = swapped.replace("time.sleep", "await asyncio.sleep")
    assert project.read("app.py") == swapped
    first_only = THREE.replace("import subp", "import asyncio\nimport subp", 1)
    first_only = first_only.replace("time.sleep(1)", "await asyncio.sleep(1)")
    assert project.read("b.py") == first_only


def test_each_question_shows_the_diff_of_its_change_alone(
    project: Any, terminal: Callable[..., Terminal]
) -> None:
    project.file("app.py", THREE)
    shell = terminal("apply", "-i", "--no-cache")
    first = ESCAPE.sub("", shell.until(QUESTION))
    assert "+    await asyncio.sleep(1)" in first
    assert "to_thread" not in first
    assert "(1/3) Make this change (sleep)?" in first
    shell.child.sendline("n")
    second = ESCAPE.sub("", shell.until(QUESTION))
    assert "+    await asyncio.to_thread(subprocess.run" in second
    assert "asyncio.sleep" not in second


def test_a_dirty_file_is_refused_before_any_question(
    project: Any, terminal: Callable[..., Terminal]
) -> None:
    project.file("app.py", FIXED)
    project.commit()
    project.file("app.py")
    code, rest = terminal("apply", "--no-cache").end()
    assert code == 2
    assert "app.py" in rest
    assert "[y/N]" not in rest


def test_an_edit_while_the_prompt_waits_is_not_overwritten(
    project: Any, terminal: Callable[..., Terminal]
) -> None:
    project.file("app.py")
    shell = terminal("apply", "--no-cache")
    shell.until(r"\[y/N\] ")
    project.file("app.py", "# mine\n")
    shell.child.sendline("y")
    code, rest = shell.end()
    assert code == 2
    assert "app.py" in rest
    assert project.read("app.py") == "# mine\n"


def test_the_diff_on_a_terminal_names_the_finding_above_its_hunk(
    project: Any, terminal: Callable[..., Terminal]
) -> None:
    project.file("app.py")
    code, raw = terminal("diff", "--no-cache").end()
    shown = ESCAPE.sub("", raw)
    assert code == 1
    assert "\x1b[" in raw
    assert shown.index("# sleep in app.poll") < shown.index("@@ -1,5 +1,5 @@")
    assert "[native, safe]" in shown


def test_no_color_leaves_no_escape_sequence_on_a_terminal(
    project: Any, terminal: Callable[..., Terminal]
) -> None:
    project.file("app.py")
    for command in ("check", "diff", "rules"):
        options = () if command == "rules" else ("--no-cache",)
        _, shown = terminal(command, *options, NO_COLOR="1").end()
        assert "\x1b" not in shown
        assert "sleep" in shown
