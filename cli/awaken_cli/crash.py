"""What the user sees when awaken itself has a defect."""

from __future__ import annotations

import tempfile
import traceback

import click

from awaken import __version__


def report_crash(error: Exception) -> None:
    """Say in three lines that this is a defect, and keep the traceback in a file for the report.

    Args:
        error: what was raised and expected by nobody.
    """
    kind = type(error).__name__
    click.echo(f"Error: awaken met a defect of its own ({kind}: {error}).", err=True)
    place = _keep("".join(traceback.format_exception(error)))
    kept = f" The details are in {place}; please report them." if place else ""
    click.echo(f"Files are written whole or not at all, so none is damaged.{kept}", err=True)


def _keep(details: str) -> str:
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="awaken-", suffix=".log", delete=False, encoding="utf-8", errors="replace"
        ) as log:
            log.write(f"awaken {__version__}\n{details}")
    except OSError:
        return ""
    return log.name
