"""`awaken diff`: the changes that `apply` would make."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from awaken.ledger import Outcome
from awaken_cli.exit_code import exit_code
from awaken_cli.options import analysis_options, dependencies_option, unsafe_option
from awaken_cli.proposal import Proposal, propose, with_added
from awaken_cli.render import closing
from awaken_cli.render.console import error_console
from awaken_cli.render.patch import print_diffs
from awaken_cli.render.text import skipped_lines
from awaken_cli.run import analysed

if TYPE_CHECKING:
    from awaken_cli.request import Request

_EXAMPLE = """\b
Example:
  awaken diff src > changes.patch && git apply changes.patch
"""


@click.command("diff", epilog=_EXAMPLE)
@analysis_options
@unsafe_option
@dependencies_option
def command(request: Request, unsafe: bool, add_dependencies: bool) -> int:
    """Show the changes that `apply` would make.

    On a terminal each hunk stands below the findings it answers. Anywhere else the output is a
    plain patch, with paths that count from the project root.

    Exits with 0 when there is nothing to change, 1 with changes, 2 when something could not be
    handled.
    """
    analysis = analysed(request)
    proposal = propose(analysis, unsafe=unsafe, quiet=request.quiet)
    if add_dependencies:
        proposal = with_added(proposal)
    print_diffs(proposal)
    _print_closing(proposal, request)
    return exit_code(analysis.ledger, len(proposal.rewrites))


def _print_closing(proposal: Proposal, request: Request) -> None:
    console = error_console()
    ledger = proposal.analysis.ledger
    for shown in closing.failures(ledger, proposal):
        console.print(shown)
    if request.quiet:
        return
    for part in (closing.proposed, closing.refusals, closing.tests, closing.dependencies):
        for shown in part(proposal):
            console.print(shown)
    skipped = ledger.having(Outcome.SKIPPED)
    for shown in skipped_lines(skipped, verbose=request.verbose):
        console.print(shown)
    if proposal.rewrites and not request.is_standard_input:
        console.print("Write them with `awaken apply`.")
