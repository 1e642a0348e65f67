"""Results of earlier runs, kept in the user's cache folder until something they depend on changes."""

from __future__ import annotations

import pickle
import platform
import sqlite3
import time
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_cache_path

from awaken import __version__
from awaken.discover.reading import UnreadableFile, read_source
from awaken.ledger import Outcome
from awaken.plan.file_plan import FilePlan
from awaken.prescan import Prescan, digest, relative_path
from awaken.project.search_path import PROGRAMS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from awaken.analysis import FileResult, Job

_SCHEMA = "CREATE TABLE IF NOT EXISTS results (key BLOB PRIMARY KEY, used REAL, data BLOB)"
_KEPT_DAYS = 30
_DAY = 24 * 60 * 60
_ERRORS = (
    sqlite3.Error,
    OSError,
    pickle.PickleError,
    EOFError,
    AttributeError,
    ValueError,
    TypeError,
)


class ResultStore:
    """Results by file. Whatever is wrong with the store, the run goes on without it.

    A result is used again when the file, every file it depends on, the set of files, the settings and awaken
    itself are the same.

    Args:
        job: what the run is about.
        scan: what the bytes of all files tell.
        folder: where the store lies; the user's cache folder by default.
    """

    def __init__(self, job: Job, scan: Prescan, folder: Path | None = None) -> None:
        self._job = job
        self._scan = scan
        self._path = (folder or user_cache_path("awaken")) / "results.sqlite"
        self._run = self._run_digest()
        self._digests = dict(scan.digests)

    def known(self, paths: Sequence[Path]) -> dict[Path, FileResult]:
        """The results that still hold, by path."""
        keys = {path: self._key(relative_path(path, self._job.root)) for path in paths}
        found: dict[Path, FileResult] = {}
        with suppress(*_ERRORS), closing(self._connect()) as connection, connection:
            for path, key in keys.items():
                row = connection.execute(
                    "SELECT data FROM results WHERE key = ?", (key,)
                ).fetchone()
                result = self._restored(row[0], path) if row else None
                if result is not None:
                    found[path] = result
            used = [(time.time(), keys[path]) for path in found]
            connection.executemany("UPDATE results SET used = ? WHERE key = ?", used)
        return found

    def keep(self, results: Sequence[FileResult]) -> None:
        """Keep the results of files that could be read."""
        rows = list(self._rows(results))
        with suppress(*_ERRORS), closing(self._connect()) as connection, connection:
            connection.executemany("INSERT OR REPLACE INTO results VALUES (?, ?, ?)", rows)
            oldest = time.time() - _KEPT_DAYS * _DAY
            connection.execute("DELETE FROM results WHERE used < ?", (oldest,))

    def _rows(self, results: Sequence[FileResult]) -> Iterator[tuple[bytes, float, bytes]]:
        for result in results:
            if result.record.outcome is not Outcome.FAILED:
                depends = {path: self._digest(path) for path in result.depends}
                slim = replace(result, plan=None)
                planned = result.plan.planned if result.plan else None
                data = pickle.dumps((slim, planned, depends), pickle.HIGHEST_PROTOCOL)
                yield self._key(result.record.path), time.time(), data

    def _restored(self, data: bytes, path: Path) -> FileResult | None:
        result, planned, depends = pickle.loads(data)
        if any(self._digest(each) != seen for each, seen in depends.items()):
            return None
        restored: FileResult = result
        if planned is None:
            return restored
        try:
            source = read_source(path, relative=result.record.path)
        except UnreadableFile:
            return None
        return replace(restored, plan=FilePlan(source, planned))

    def _connect(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        connection = sqlite3.connect(self._path, timeout=1)
        connection.execute(_SCHEMA)
        return connection

    def _key(self, relative: str) -> bytes:
        return digest(self._run + relative.encode() + self._digest(relative))

    def _digest(self, relative: str) -> bytes:
        """The digest of a file of the project; empty for one that cannot be read."""
        if relative not in self._digests:
            try:
                self._digests[relative] = digest((self._job.root / relative).read_bytes())
            except OSError:
                self._digests[relative] = b""
        return self._digests[relative]

    def _run_digest(self) -> bytes:
        """What every result of the run depends on."""
        scan = self._scan
        handling = [scan.digests.get(path) for path in scan.handling]
        facts = (
            __version__,
            _own_digest(),
            platform.python_version(),
            str(self._job.root),
            repr(self._job.configuration),
            sorted(scan.digests),
            scan.replaced,
            handling,
            scan.subclassing,
            scan.aliases,
            scan.methods,
            sorted(scan.properties),
            sorted(scan.loops),
            sorted(scan.words),
            scan.mentions,
            _project_files(self._job.root),
        )
        return digest(repr(facts).encode(errors="replace"))


def _own_digest() -> list[tuple[str, int]]:
    """The state of awaken's own files, so that results do not outlive a change of the code."""
    folder = Path(__file__).parent
    files = (path for path in folder.rglob("*") if path.suffix in (".py", ".toml"))
    return sorted((path.name, path.stat().st_mtime_ns) for path in files)


def _project_files(root: Path) -> list[tuple[str, int]]:
    """Files that say which versions the project uses."""
    names = (
        "*.toml",
        "*.lock",
        "*.cfg",
        "setup.py",
        "requirements*",
        "requirements/*",
        "environment*.y*ml",
        "Pipfile*",
        ".python-version",
        "*/pyproject.toml",
        *PROGRAMS,
    )
    found = {path for pattern in names for path in root.glob(pattern)}
    return sorted((path.name, path.stat().st_mtime_ns) for path in found if path.is_file())
