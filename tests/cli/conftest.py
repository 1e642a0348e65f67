"""A project on disk, the command line in and out of process, and values built by hand."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result

from awaken.apply import FileChange
from awaken.catalogue.schema import Entry, Severity
from awaken.detect.finding import Finding, Link, Shape
from awaken.discover.source import SourceFile
from awaken.engine import Analysis, FilePlan, FileRewrite
from awaken.ledger import Ledger
from awaken.plan.fix import ChangeGroup, Fix, PlannedFinding, Reason, Strategy
from awaken.plan.recipes import SwapCall, Target
from awaken.project.configuration import Configuration
from awaken.resolve.values import UNKNOWN
from awaken.syntax.positions import Place
from awaken.workbench import Workbench
from awaken_cli.commands import cli

if TYPE_CHECKING:
    from collections.abc import Callable

AWAKEN = str(Path(sys.executable).with_name("awaken"))

BLOCKING = """\
import time


async def poll():
    time.sleep(1)
"""
FIXED = """\
import asyncio


async def poll():
    await asyncio.sleep(1)
"""
CLEAN = """\
import asyncio


async def poll():
    await asyncio.sleep(1)
"""


@dataclass(frozen=True, slots=True)
class Project:
    """Files below the working directory of the test."""

    root: Path

    def file(self, name: str, text: str | bytes = BLOCKING) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        data = textwrap.dedent(text).encode() if isinstance(text, str) else text
        path.write_bytes(data)
        return path

    def read(self, name: str) -> str:
        return (self.root / name).read_text()

    def git(self, *arguments: str, given: bytes | None = None) -> str:
        command = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", *arguments]
        result = subprocess.run(
            command, cwd=self.root, input=given, capture_output=True, check=True
        )
        return result.stdout.decode()

    def commit(self) -> None:
        if not (self.root / ".git").exists():
            self.git("init", "-q")
        self.git("add", "-A")
        self.git("commit", "-qm", "state")

    def tree(self) -> dict[str, bytes]:
        return {
            str(path.relative_to(self.root)): path.read_bytes()
            for path in sorted(self.root.rglob("*"))
            if path.is_file() and ".git" not in path.relative_to(self.root).parts
        }


@pytest.fixture(autouse=True)
def _own_surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep journal, cache and git settings of the machine out of the tests."""
    for variable in ("XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "HOME"):
        monkeypatch.setenv(variable, str(tmp_path / variable.lower()))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    monkeypatch.setenv("TERM", "xterm-256color")
    for variable in ("NO_COLOR", "FORCE_COLOR", "GITHUB_WORKSPACE", "PYTHONPATH", "COLUMNS"):
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    root = tmp_path / "project"
    root.mkdir()
    (root / "pyproject.toml").write_text('[project]\nname = "p"\nrequires-python = ">=3.10"\n')
    monkeypatch.chdir(root)
    return Project(root)


@pytest.fixture
def run() -> Callable[..., Result]:
    """Run a command in this process; stdin is not a terminal."""

    def invoke(*arguments: str, given: bytes | None = None) -> Result:
        words = list(arguments)
        if words and words[0] in ("check", "diff", "apply"):
            words[1:1] = ["--jobs", "1", "--no-cache"]
        return CliRunner().invoke(cli, words, input=given, prog_name="awaken")

    return invoke


@pytest.fixture
def start() -> Callable[..., subprocess.CompletedProcess[bytes]]:
    """Run the installed command in a process of its own."""

    def call(*arguments: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
        environment = {**os.environ, **options.pop("env", {})}
        return subprocess.run(
            [AWAKEN, *arguments],
            env=environment,
            capture_output=True,
            timeout=60,
            check=False,
            **options,
        )

    return call


@dataclass(frozen=True, slots=True)
class Built:
    """Values by hand: an analysis of one file with one finding a line."""

    root: Path

    def finding(self, line: int = 5, column: int = 4, **fields: Any) -> Finding:
        link = Link("app.py", line, "app.poll")
        values: dict[str, Any] = {
            "rule": "sleep",
            "path": "app.py",
            "place": Place(line, column, line, column + 13),
            "shape": Shape.CALL,
            "function": "app.poll",
            "scope": 1,
            "suite": 0,
            "call": "time.sleep",
            "entry": Entry("time.sleep", "sleep", Severity.HIGH, "ASYNC251"),
            "value": UNKNOWN,
            "message": "`time.sleep` blocks the event loop inside `poll`",
            "chain": (link,),
        }
        return Finding(**{**values, **fields})

    def fix(self, difference: Reason | None = None, strategy: Strategy = Strategy.NATIVE) -> Fix:
        recipe = SwapCall(Target(Place(5, 4, 5, 17), 1, 0), "asyncio.sleep")
        return Fix(strategy, "awaits asyncio.sleep", recipe, difference)

    def group(self, finding: Finding, number: int, needs: tuple[str, ...] = ()) -> ChangeGroup:
        return ChangeGroup(f"{finding.path}:{number}", finding.path, self.fix(), (finding,), needs)

    def plan(
        self, *planned: PlannedFinding, text: str = BLOCKING, path: str = "app.py"
    ) -> FilePlan:
        data = text.encode()
        source = SourceFile(self.root / path, path, data, text, "utf-8", bom=False)
        return FilePlan(source, planned)

    def analysis(self, *plans: FilePlan, ledger: Ledger | None = None) -> Analysis:
        bench = Workbench(self.root, Configuration())
        return Analysis(self.root, plans, ledger or Ledger(), bench)

    def rewrite(self, after: str, *groups: ChangeGroup, before: str = BLOCKING) -> FileRewrite:
        change = FileChange(self.root / "app.py", "app.py", before.encode(), after.encode())
        return FileRewrite(change, groups, (), ())


@pytest.fixture
def built(project: Project) -> Built:
    return Built(project.root)
