"""Kills a real process at each of its system calls in turn, and looks at what is left.

Run as a script with a folder and a scenario; prints JSON. A script of its own, because a test
process with threads must not fork.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import signal
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

from awaken.apply import FileChange, apply_changes, undo_last

if TYPE_CHECKING:
    from collections.abc import Callable

# The calls that change something: a kill between two of them is a kill before the second.
CALLS = (
    "open", "write", "replace", "rename", "link", "unlink", "mkdir", "rmdir", "ftruncate",
    "fchmod", "fchown", "setxattr",
)  # fmt: skip
FILES = {
    "plain.py": (b"old\n" * 40, b"new and longer\n" * 40, 0o644),
    "script.py": (b"old and longer\r\n" * 40, b"\xef\xbb\xbfnew\n", 0o755),
    "linked.py": (b"old\n" * 40, b"new and longer\n" * 40, 0o644),
    "shrunk.py": (b"old and longer\n" * 40, b"n", 0o600),
}
IN_PLACE = {"linked.py", "shrunk.py"}


class Places(TypedDict):
    """Where a run works."""

    root: Path
    journal_dir: Path


def build(base: Path) -> list[FileChange]:
    root = base / "project"
    shutil.rmtree(base, ignore_errors=True)
    root.mkdir(parents=True)
    changes = []
    for name, (before, after, mode) in FILES.items():
        (root / name).write_bytes(before)
        (root / name).chmod(mode)
        if name in IN_PLACE:
            os.link(root / name, root / f"second_{name}")
        changes.append(FileChange(root / name, name, before, after))
    return changes


def watch(on_call: Callable[[str, Any, Any], None]) -> None:
    """Let `on_call` (name, real call, arguments) run right before each call."""

    def watched(name: str, real: Any) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            on_call(name, real, args)
            return real(*args, **kwargs)

        return call

    for name in CALLS:
        setattr(os, name, watched(name, getattr(os, name)))


def run_in_child(base: Path, scenario: str, prepare: Callable[[], None]) -> None:
    """Run the scenario in a process of its own, which may be killed, but must not fail."""
    places = Places(root=base / "project", journal_dir=base / "journal")
    changes = build(base)
    if scenario == "undo":
        apply_changes(changes, **places)
    child = os.fork()
    if child == 0:
        prepare()
        if scenario == "undo":
            undo_last(**places)
        else:
            apply_changes(changes, **places)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    if os.WIFEXITED(status) and os.WEXITSTATUS(status) != 0:
        raise SystemExit(f"the child of {scenario} failed")


def calls_of(base: Path, scenario: str) -> list[str]:
    """Return the names of all calls of a scenario that nobody kills."""
    log = os.open(base.with_name("calls"), os.O_RDWR | os.O_CREAT | os.O_TRUNC)
    real_write = os.write

    def note(name: str, _real: Any, _args: Any) -> None:
        real_write(log, f"{name}\n".encode())

    run_in_child(base, scenario, partial(watch, note))
    return os.pread(log, 1 << 20, 0).decode().split()


def kill_at(point: int, torn: bool) -> None:
    """Let this process die right before its call number `point`, or halfway through that write."""
    numbers = itertools.count()

    def on_call(_name: str, real: Any, args: Any) -> None:
        if next(numbers) == point:
            if torn:
                real(args[0], bytes(args[1])[: len(args[1]) // 2])
            os.kill(os.getpid(), signal.SIGKILL)

    watch(on_call)


def problems_after_kill(base: Path) -> list[str]:
    root = base / "project"
    found = []
    for name, (before, after, _mode) in FILES.items():
        data = (root / name).read_bytes()
        if name not in IN_PLACE and data not in (before, after):
            found.append(f"{name} is neither old nor new")
    return found


def problems_after_undo(base: Path) -> list[str]:
    root = base / "project"
    report = undo_last(root=root, journal_dir=base / "journal")
    found = [f"{outcome.relative}: {outcome.message}" for outcome in report.refused]
    for name, (before, _after, mode) in FILES.items():
        path = root / name
        if path.read_bytes() != before or path.stat().st_mode & 0o777 != mode:
            found.append(f"{name} was not put back")
        if name in IN_PLACE and (root / f"second_{name}").read_bytes() != before:
            found.append(f"the second name of {name} was lost")
    found += [f"left over: {path.name}" for path in root.rglob(".awaken*")]
    return found


def main(base: Path, scenario: str) -> None:
    calls = calls_of(base, scenario)
    problems, torn_files = [], 0
    points = [(at, torn) for at, name in enumerate(calls) for torn in {False, name == "write"}]
    for at, torn in points:
        run_in_child(base, scenario, partial(kill_at, at, torn))
        found = problems_after_kill(base)
        torn_files += any(
            (base / "project" / name).read_bytes() not in FILES[name][:2] for name in IN_PLACE
        )
        found += problems_after_undo(base)
        problems += [f"call {at} ({calls[at]}), torn={torn}: {problem}" for problem in found]
    print(json.dumps({"points": len(points), "torn": torn_files, "problems": problems}))  # noqa: T201


# A kill does not lose what the kernel has; syncs would only take time.
os.fsync = lambda fd: None  # noqa: ARG005
main(Path(sys.argv[1]), sys.argv[2])
