"""From a request to an analysis: finds the root, reads the settings, calls the engine."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from awaken.catalogue.load import CatalogueError
from awaken.discover.ignore_rules import InvalidPattern
from awaken.discover.reading import UnreadableFile
from awaken.discover.root import project_root
from awaken.engine import Analysis, analyse, analyse_text
from awaken.ledger import Outcome, Record
from awaken.project.configuration import (
    Configuration,
    ConfigurationError,
    load_configuration,
    override,
)
from awaken.rules import RULES, SELECTABLE
from awaken_cli.failure import Failure
from awaken_cli.nearest import did_you_mean
from awaken_cli.progress import progress
from awaken_cli.worker_start import shield_workers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken_cli.request import Request


def analysed(request: Request, given: bytes | None = None) -> Analysis:
    """Analyse what the user asked for.

    Paths that do not exist end on the ledger as failed; the others are analysed.

    Args:
        request: the paths and options.
        given: what standard input held, where it was read already.

    Raises:
        Failure: a setting, a pattern or the catalogue is wrong, so that nothing can be analysed.
        click.UsageError: standard input is named beside other paths.
    """
    with _failures():
        if request.is_standard_input:
            text = sys.stdin.buffer.read() if given is None else given
            return _standard_input(request, text)
        if "-" in request.paths:
            raise click.UsageError("`-` (standard input) cannot be combined with other paths")
        return _files(request)


def configuration_of(request: Request, root: Path) -> Configuration:
    """Return the project's settings with the command line's options over them.

    Raises:
        ConfigurationError: a setting or an option is wrong.
    """
    explicit = Path(request.config) if request.config else None
    configuration = load_configuration(root, explicit)
    source = request.config or "pyproject.toml"
    _check_rules(configuration, source)
    return override(
        configuration,
        select=request.select,
        extend_select=request.extend_select,
        ignore=request.ignore,
        exclude=request.exclude,
        strategies=request.strategies,
        min_severity=request.min_severity,
        target_python=request.target_python,
        django_version=request.django_version,
    )


def _files(request: Request) -> Analysis:
    there = [path for path in request.paths if os.path.lexists(path)]
    missing = [path for path in request.paths if path not in there]
    paths = [Path(os.path.abspath(path)) for path in there]
    root = project_root(paths or [Path(os.path.abspath(path)) for path in missing])
    configuration = configuration_of(request, root)
    shield_workers()
    with progress("Reading", quiet=request.quiet) as advance:
        analysis = analyse(
            paths,
            root=root,
            configuration=configuration,
            jobs=request.jobs,
            cache=not request.no_cache,
            on_file=advance,
        )
    for path in missing:
        analysis.ledger.enter(_missing(path, root))
    return analysis


def _missing(path: str, root: Path) -> Record:
    relative = Path(os.path.relpath(os.path.abspath(path), root)).as_posix()
    return Record(relative, Outcome.FAILED, "missing", "there is no such file or folder")


def _standard_input(request: Request, text: bytes) -> Analysis:
    filename = Path(os.path.abspath(request.stdin_filename or "stdin.py"))
    root = project_root([filename])
    return analyse_text(
        text,
        filename=filename,
        root=root,
        configuration=configuration_of(request, root),
    )


def _check_rules(configuration: Configuration, source: str) -> None:
    for key, names in (
        ("select", configuration.select),
        ("extend-select", configuration.extend_select),
        ("ignore", configuration.ignore),
    ):
        for name in names:
            if name not in SELECTABLE:
                advice = did_you_mean(name, RULES)
                raise ConfigurationError(source, key, f'there is no rule "{name}"{advice}')


@contextmanager
def _failures() -> Iterator[None]:
    """Turn what ends an analysis into an error for people."""
    try:
        yield
    except (ConfigurationError, CatalogueError, InvalidPattern, UnreadableFile) as error:
        raise Failure(str(error)) from error
