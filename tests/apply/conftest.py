"""A throw-away project with its journal, and system calls that fail or kill on demand."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from awaken.apply import FileChange, Receipt, UndoReport, apply_changes, undo_last

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

WATCHED = (
    "open", "write", "fsync", "replace", "rename", "link", "unlink", "mkdir", "rmdir", "read",
    "ftruncate", "fchmod", "fchown", "setxattr",
)  # fmt: skip


class Project:
    """Files below one root, and shortcuts to change them and take that back."""

    def __init__(self, base: Path) -> None:
        self.root = base / "project"
        self.journal = base / "state" / "journal"
        self.root.mkdir(parents=True)

    def file(self, name: str, data: bytes = b"old\n", mode: int = 0o644) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        path.chmod(mode)
        return path

    def change(self, path: Path, after: bytes = b"new\n") -> FileChange:
        relative = os.path.relpath(path, self.root)
        return FileChange(path, relative, path.read_bytes(), after)

    def apply(self, *changes: FileChange, on_written: Any = None) -> Receipt:
        return apply_changes(
            changes, root=self.root, journal_dir=self.journal, on_written=on_written
        )

    def undo(self) -> UndoReport:
        return undo_last(root=self.root, journal_dir=self.journal)

    def leftovers(self) -> list[str]:
        return [path.name for path in self.root.rglob(".awaken*")]


class Killed(BaseException):
    """Stands for SIGKILL: no system call gets through any more."""


@dataclass
class Faults:
    """Counts watched system calls; from the chosen one on they misbehave.

    Attributes:
        names: the calls that count.
        at: the number of the call that misbehaves first; 0 for none.
        error: what it raises.
        lasting: whether the later ones misbehave, too.
        torn: whether a misbehaving write brings half of its bytes to the file first.
    """

    names: tuple[str, ...]
    at: int
    error: Callable[[], BaseException]
    lasting: bool = True
    torn: bool = False
    count: int = 0
    real: dict[str, Any] = field(default_factory=dict)

    @property
    def happened(self) -> bool:
        return 0 < self.at <= self.count

    @contextmanager
    def active(self) -> Iterator[None]:
        self.real = {name: getattr(os, name) for name in self.names}
        stand_ins = {name: self._counted(name) for name in self.names}
        try:
            for name, stand_in in stand_ins.items():
                setattr(os, name, stand_in)
            yield
        finally:
            for name, function in self.real.items():
                setattr(os, name, function)

    def _counted(self, name: str) -> Callable[..., Any]:
        real = getattr(os, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            self.count += 1
            if self.count == self.at or (self.lasting and self.happened):
                if self.count == self.at and name == "write" and self.torn:
                    real(args[0], bytes(args[1])[: len(args[1]) // 2])
                raise self.error()
            return real(*args, **kwargs)

        return call


@pytest.fixture(autouse=True)
def _no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here cuts the power, so syncs would only make the tests slow."""
    monkeypatch.setattr(os, "fsync", lambda _descriptor: None)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


@pytest.fixture(scope="session")
def new_project(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Project]:
    return lambda: Project(tmp_path_factory.mktemp("base"))


@pytest.fixture(scope="session")
def faults() -> Callable[..., Faults]:
    """Build faults; every watched call counts unless `names` says otherwise."""

    def build(names: tuple[str, ...] = WATCHED, **options: Any) -> Faults:
        return Faults(names, **options)

    return build


@pytest.fixture(scope="session")
def killed() -> type[BaseException]:
    return Killed
