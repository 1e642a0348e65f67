"""Sets a published suite up: its source archive, and an environment with all that its tests need."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

from tests.corpora.packages import UnobtainableError, obtain
from tests.corpora.suite_run import Suite, SuiteError

if TYPE_CHECKING:
    from pathlib import Path

    from tests.corpora.suites import PublishedSuite


def set_up(published: PublishedSuite, work: Path, python: str) -> Suite:
    """Make the tree and the environment of a suite, or take those that are there.

    Args:
        published: which suite.
        work: folder for downloads, trees and environments.
        python: the interpreter of the environment.

    Raises:
        SuiteError: the archive or what it needs cannot be had.
    """
    requirement = f"{published.name}=={published.version}"
    tree, environment = work / "trees" / requirement, work / "environments" / requirement
    interpreter = environment / "bin" / "python"
    ready = environment / "ready"
    if not ready.exists():
        _unpack(requirement, work, tree)
        _run([python, "-m", "venv", "--clear", str(environment)], work)
        # The package comes along for its dependencies; the tests import it from the tree.
        package = f"{published.name}{published.extras}=={published.version}"
        install = [str(interpreter), "-m", "pip", "install", "--quiet", "coverage", "pytest"]
        _run([*install, package, *published.needs], tree)
        ready.touch()
    return Suite(
        name=published.name,
        tree=tree,
        python=interpreter,
        roots=published.roots,
        options=published.options,
        paths=published.paths,
        variables=dict(published.variables),
    )


def _unpack(requirement: str, work: Path, tree: Path) -> None:
    try:
        archive = obtain(requirement, work, archive=True).folder
    except UnobtainableError as error:
        raise SuiteError(str(error)) from error
    folders = [path for path in archive.iterdir() if path.is_dir()]
    if len(folders) != 1:
        raise SuiteError(f"{requirement}: not a source archive")
    shutil.rmtree(tree, ignore_errors=True)
    shutil.copytree(folders[0], tree, symlinks=True)


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SuiteError(f"{' '.join(command)}: {done.stderr.strip()[-2000:]}")
