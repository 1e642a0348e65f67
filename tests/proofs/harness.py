"""One proof: a program is rewritten, and both forms run in processes of their own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from awaken.engine import Analysis, analyse, groups_of, rewrite
from awaken.project.configuration import Configuration, override

PROGRAMS = Path(__file__).parent.parent / "fixtures" / "proofs"
_HEARTBEAT = Path(__file__).with_name("heartbeat.py")
_SUPPORT = PROGRAMS / "support"
_REFUSED = PROGRAMS / "refused"
_MISUSE = PROGRAMS / "misuse"
_LOOPS = PROGRAMS / "loop"
# Imported before the program: a database, and what the HTTP client imports when it is first used.
_IMPORTED_FIRST = {
    "django": ("shelved",),
    **dict.fromkeys(("boundary", "http"), ("anyio._backends._asyncio",)),
}


@dataclass(frozen=True, slots=True)
class Program:
    """A program below `tests/fixtures/proofs/<rule>/`.

    Its first line, `# fixes: native`, says how all of it is to be fixed; a second, `# left: code`,
    names the reasons of what is to be left alone beside it, `# through: f` what it goes through,
    `# strategies: sync` the kinds of fixes that are asked for, `# cpu-bound: f` what computes for long,
    `# stalls: 3` how often it stalls, `# target: 3.8` the Python that it is rewritten for, `# scope: module`
    how long an async client lives.

    Attributes:
        rule: the folder that it is in.
        name: of its file.
        client: the library that its requests are made with after the rewrite.
    """

    rule: str
    name: str
    client: str = "httpx"

    @property
    def path(self) -> Path:
        return PROGRAMS / self.rule / f"{self.name}.py"

    @property
    def strategies(self) -> set[str]:
        return set(self.header("fixes"))

    @property
    def left(self) -> list[str]:
        return self.header("left")

    @property
    def asked(self) -> list[str]:
        return self.header("strategies")

    @property
    def stalls(self) -> int:
        return int("".join(self.header("stalls")) or 1)

    @property
    def target(self) -> str | None:
        return "".join(self.header("target")) or None

    @property
    def through(self) -> list[str]:
        return self.header("through")

    def header(self, name: str) -> list[str]:
        """The words of a line `# name: words`; empty where there is none."""
        lines = self.path.read_text().splitlines()
        found = (line.removeprefix(f"# {name}:") for line in lines if line.startswith(f"# {name}:"))
        return [word for line in found for word in line.split()]


@dataclass(frozen=True, slots=True)
class Observed:
    """What one run of a program gave: its value, the longest silence of the loop in seconds, and their number."""

    value: Any
    stall: float
    stalls: int


@dataclass(frozen=True, slots=True)
class Rewritten:
    """Both forms of a program on disk.

    Attributes:
        before: the program as it was.
        after: the program as it was rewritten.
        strategies: how its findings were fixed.
        left: the reason code of every finding that was not fixed.
    """

    before: Path
    after: Path
    strategies: frozenset[str]
    left: list[str]


def programs() -> list[Program]:
    """All programs that are rewritten, by rule and name."""
    folders = (folder for folder in sorted(PROGRAMS.iterdir()) if folder.is_dir())
    return [
        program
        for folder in folders
        if folder not in (_SUPPORT, _REFUSED, _MISUSE, _LOOPS)
        for program in _in_folder(folder)
    ]


def refused_programs() -> list[Program]:
    """All programs that are left as they are, by name."""
    return _in_folder(_REFUSED)


def misused_programs() -> list[Program]:
    """All programs whose meaning is put right, by name."""
    return _in_folder(_MISUSE)


def loop_programs() -> list[Program]:
    """All programs that run loops inside of the loop, by name."""
    return _in_folder(_LOOPS)


def _in_folder(folder: Path) -> list[Program]:
    return [Program(folder.name, path.stem) for path in sorted(folder.glob("*.py"))]


def rewritten(program: Program, folder: Path) -> Rewritten:
    """Put a program into two folders, with the packages beside it, and rewrite the second one."""
    for name in ("before", "after"):
        copied(program, folder / name)
    root = folder / "after"
    analysis = analysed(program, root)
    strategies: set[str] = set()
    left: list[str] = []
    for plan in analysis.plans:
        done = rewrite(analysis, plan, groups_of(plan, unsafe=False))
        left += [each.reason.code for each in plan.planned if each.reason and each.safe is None]
        if done is not None:
            left += [each.reason.code for each in done.dropped]
            strategies |= {group.fix.strategy.value for group in done.groups}
            plan.source.path.write_bytes(done.change.after)
    name = program.path.name
    return Rewritten(folder / "before" / name, root / name, frozenset(strategies), left)


def copied(program: Program, folder: Path) -> Path:
    """Put a program into a folder, with the packages beside it."""
    shutil.copytree(program.path.parent, folder, ignore=_other_programs(program))
    return folder / program.path.name


def analysed(program: Program, root: Path) -> Analysis:
    """What awaken says of the folder of a program."""
    configuration = override(
        Configuration(),
        min_severity="low",
        django_version="5.2",
        http_client=program.client,
        http_client_scope="".join(program.header("scope")) or None,
        strategies=program.asked,
        extend_select=program.header("asks"),
        target_python=program.target,
        cpu_bound=program.header("cpu-bound"),
    )
    return analyse([root], root=root, configuration=configuration, jobs=1, cache=False)


def _other_programs(program: Program) -> Any:
    others = {path.name for path in program.path.parent.glob("*.py")} - {program.path.name}
    return shutil.ignore_patterns("__pycache__", *others)


def observe(
    program: Program, path: Path, environment: dict[str, str], python: str = sys.executable
) -> Observed:
    """Run one form of a program, which must succeed.

    Args:
        program: which program it is.
        path: the form that is run.
        environment: variables of the run, over those of the tests.
        python: the interpreter that runs it.
    """
    done = run(program, path, environment, python=python)
    assert done.returncode == 0, f"{path.read_text()}\n{done.stderr}"
    return observed(done)


def observed(done: subprocess.CompletedProcess[str]) -> Observed:
    """What a run that succeeded gave."""
    return Observed(**json.loads(done.stdout.splitlines()[-1]))


def run(
    program: Program,
    path: Path,
    environment: dict[str, str],
    timeout: float = 60,
    python: str = sys.executable,
) -> subprocess.CompletedProcess[str]:
    """Run one form of a program.

    Args:
        program: which program it is.
        path: the form that is run.
        environment: variables of the run, over those of the tests; modules that `PROOF_IMPORTS` names
            are imported before the program.
        timeout: seconds until it is killed, and `subprocess.TimeoutExpired` is raised.
        python: the interpreter that runs it.
    """
    more = environment.get("PROOF_IMPORTS", "").split()
    imported = (*_IMPORTED_FIRST.get(program.rule, ()), *more)
    command = [python, str(_HEARTBEAT), str(path), *imported]
    places = {"PYTHONPATH": os.pathsep.join((str(path.parent), str(_SUPPORT)))}
    return subprocess.run(
        command,
        cwd=path.parent,
        env={**os.environ, **places, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout,
    )
