"""`awaken undo`: takes the last apply back."""

from __future__ import annotations

import os
from pathlib import Path

import click

from awaken.apply import JournalError, LockHeldError, UndoReport, journal_location, undo_last
from awaken.discover.root import project_root
from awaken_cli.exit_code import CLEAN, ERROR
from awaken_cli.failure import Failure
from awaken_cli.render.console import error_console, line, output_console
from awaken_cli.render.report import shown_path
from awaken_cli.render.wording import counted

_EXAMPLE = """\b
Example:
  awaken undo
"""


@click.command("undo", epilog=_EXAMPLE)
@click.argument("project", default=".")
def command(project: str) -> int:
    """Take the last apply back.

    PROJECT is a folder or file of the project; the default is the working directory. A file that
    was edited since is left as it is. Called again, this takes back the run before.

    Exits with 0 when every file was restored, 2 when some could not be or there was nothing to
    undo.
    """
    root = project_root([Path(os.path.abspath(project))])
    try:
        report = undo_last(root=root, journal_dir=journal_location(root))
    except (JournalError, LockHeldError) as error:
        raise Failure(str(error)) from error
    if report.run_id is None:
        raise Failure(f"there is nothing to undo in {root}; no apply is on record.")
    _print(report, root)
    return ERROR if report.refused else CLEAN


def _print(report: UndoReport, root: Path) -> None:
    console = output_console()
    for outcome in report.restored:
        console.print(line(("restored", "green"), f" {shown_path(root, outcome.relative)}"))
    errors = error_console()
    for outcome in report.refused:
        shown = shown_path(root, outcome.relative)
        errors.print(line(("refused", "bold red"), f" {shown}: {outcome.message}"))
    errors.print(
        f"{counted(len(report.restored), 'file')} restored, {len(report.refused)} refused."
    )
