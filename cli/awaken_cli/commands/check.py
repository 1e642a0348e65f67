"""`awaken check`: what blocks the event loop, and what can be done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from awaken_cli.exit_code import exit_code
from awaken_cli.options import analysis_options
from awaken_cli.render import github, sarif, text
from awaken_cli.render import json as json_format
from awaken_cli.render.console import error_console, output_console
from awaken_cli.render.report import Report, report_of
from awaken_cli.run import analysed

if TYPE_CHECKING:
    from awaken_cli.request import Request


def _print_text(report: Report) -> None:
    console = output_console()
    for shown in text.render(report):
        console.print(shown)


def _print_json(report: Report) -> None:
    click.echo(json_format.render(report))


def _print_sarif(report: Report) -> None:
    click.echo(sarif.render(report))


def _print_github(report: Report) -> None:
    for annotation in github.render(report):
        click.echo(annotation)


_FORMATS = {
    "text": _print_text,
    "json": _print_json,
    "sarif": _print_sarif,
    "github": _print_github,
}


_EXAMPLE = """\b
Example:
  awaken check src --select sleep,http --format json
"""


@click.command("check", epilog=_EXAMPLE)
@analysis_options
@click.option(
    "--format", "form", type=click.Choice(list(_FORMATS)), default="text", show_default=True,
    help="How findings are printed on stdout.",
)  # fmt: skip
def command(request: Request, form: str) -> int:
    """Report what blocks the event loop, and what can be done about it.

    PATHS are files and folders; the default is the working directory, `-` is standard input.

    Exits with 0 when nothing was found, 1 with findings, 2 when something could not be handled.
    """
    analysis = analysed(request)
    report = report_of(analysis)
    _FORMATS[form](report)
    console = error_console()
    for shown in text.errors(report):
        console.print(shown)
    if form == "text" and not request.quiet:
        for shown in text.summary(report, verbose=request.verbose):
            console.print(shown)
    return exit_code(analysis.ledger, len(report.findings))
