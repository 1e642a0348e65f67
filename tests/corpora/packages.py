"""Brings the source of a package into a folder: from PyPI through pip, or from a folder at hand."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path


class UnobtainableError(Exception):
    """A package whose source cannot be had."""


@dataclass(frozen=True, slots=True)
class Package:
    """A package's source.

    Attributes:
        name: what tables call it.
        folder: where its files are; never written to.
    """

    name: str
    folder: Path

    def copy(self, to: Path) -> Path:
        """Copy the source to a folder that does not exist or may be replaced."""
        shutil.rmtree(to, ignore_errors=True)
        shutil.copytree(self.folder, to, symlinks=True, ignore=shutil.ignore_patterns(".git"))
        return to


def obtain(requirement: str, work: Path, *, archive: bool = False) -> Package:
    """Return the source of `NAME`, of `NAME==VERSION`, or of a folder; downloads are kept.

    Args:
        requirement: what to get; a text with a slash in it is a folder.
        work: folder for downloads and unpacked sources.
        archive: whether it must be the source archive, which may hold more than the wheel.

    Raises:
        UnobtainableError: there is no such folder, or pip cannot get it.
    """
    if "/" in requirement:
        folder = Path(requirement).resolve()
        if not folder.is_dir():
            raise UnobtainableError(f"{requirement}: no such folder")
        return Package(folder.name, folder)
    sources = work / ("archives" if archive else "sources") / requirement
    if not sources.is_dir():
        part = sources.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        downloads = work / "downloads" / sources.relative_to(work)
        _unpack(_download(requirement, downloads, archive=archive), part)
        part.rename(sources)
    return Package(requirement, sources)


def _download(requirement: str, folder: Path, *, archive: bool) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    if not any(folder.iterdir()):
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", requirement]
        command += [f"--no-binary={requirement.partition('==')[0]}"] if archive else []
        done = subprocess.run(
            [*command, "--dest", str(folder)], capture_output=True, text=True, check=False
        )
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["pip failed"])[-1]
            raise UnobtainableError(f"{requirement}: {last}")
    return next(folder.iterdir())


def _unpack(archive: Path, folder: Path) -> None:
    folder.mkdir(parents=True)
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as opened:
            opened.extractall(folder)
        return
    with tarfile.open(archive) as opened:
        opened.extractall(folder, filter="data")
