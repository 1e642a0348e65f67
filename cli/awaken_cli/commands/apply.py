"""`awaken apply`: shows the changes, asks, and writes them."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING

import click

from awaken.apply import journal_location, unfinished_runs
from awaken.discover.root import project_root
from awaken.ledger import Outcome
from awaken_cli.exit_code import INTERRUPTED, exit_code
from awaken_cli.failure import Failure
from awaken_cli.options import analysis_options, dependencies_option, unsafe_option
from awaken_cli.prompt import confirmed, is_interactive
from awaken_cli.proposal import Proposal, findings_left, propose, with_added
from awaken_cli.render import closing
from awaken_cli.render.console import error_console
from awaken_cli.render.patch import print_diffs
from awaken_cli.render.report import shown_path
from awaken_cli.render.text import skipped_lines
from awaken_cli.render.wording import counted
from awaken_cli.review import reviewed
from awaken_cli.run import analysed
from awaken_cli.writing import Written, refuse_dirty, write

if TYPE_CHECKING:
    from awaken.engine import Analysis
    from awaken_cli.request import Request

_EXAMPLE = """\b
Example:
  awaken apply src --interactive
"""


@click.command("apply", epilog=_EXAMPLE)
@analysis_options
@unsafe_option
@dependencies_option
@click.option("--yes", "-y", is_flag=True, help="Write without asking.")
@click.option("--interactive", "-i", is_flag=True, help="Ask about every change by itself.")
@click.option(
    "--allow-dirty", is_flag=True, help="Also rewrite files with changes that are in no commit."
)
def command(  # noqa: PLR0913 - what a command line can say
    request: Request,
    *,
    unsafe: bool,
    add_dependencies: bool,
    yes: bool,
    interactive: bool,
    allow_dirty: bool,
) -> int:
    """Show the changes, ask, and write them.

    Only files whose present state is in a commit are rewritten, unless --allow-dirty is given.
    `awaken undo` takes the whole run back. `-` reads standard input and prints it rewritten.

    Exits with 0 when no finding is left, 1 when some are, 2 when something could not be handled.
    """
    if yes and interactive:
        raise click.UsageError("--yes and --interactive exclude each other")
    if request.is_standard_input:
        if add_dependencies:
            raise click.UsageError("--add-dependencies cannot be combined with standard input")
        return _filter(request, unsafe=unsafe)
    if not (yes or is_interactive()):
        raise Failure(
            "there is no terminal to ask on, so nothing was written."
            " Pass --yes to write without asking, or use `awaken diff` for a patch."
        )
    analysis = analysed(request)
    _mention_unfinished(analysis)
    proposal = propose(analysis, unsafe=unsafe, quiet=request.quiet)
    if add_dependencies:
        proposal = with_added(proposal)
    if not allow_dirty:
        refuse_dirty(proposal)
    proposal = _agreed(proposal, request, yes=yes, interactive=interactive)
    written = write(proposal) if proposal.rewrites else Written()
    _print_closing(proposal, written, request)
    if written.interrupted:
        return INTERRUPTED
    return exit_code(analysis.ledger, findings_left(analysis, written.groups))


def _filter(request: Request, *, unsafe: bool) -> int:
    """Print standard input rewritten, or as it was where it cannot be handled."""
    given = sys.stdin.buffer.read()
    analysis = analysed(request, given)
    proposal = propose(analysis, unsafe=unsafe, quiet=True)
    result = proposal.rewrites[0].change.after if proposal.rewrites else given
    sys.stdout.flush()
    sys.stdout.buffer.write(result)
    sys.stdout.buffer.flush()
    console = error_console()
    for shown in closing.failures(analysis.ledger, proposal):
        console.print(shown)
    return exit_code(analysis.ledger, findings_left(analysis, proposal.groups))


def _agreed(proposal: Proposal, request: Request, *, yes: bool, interactive: bool) -> Proposal:
    """Return the part of a proposal that the user agrees to."""
    nothing = Proposal(proposal.analysis, proposal.unsafe, (), proposal.dropped)
    if interactive and proposal.rewrites:
        accepted = reviewed(proposal.analysis, unsafe=proposal.unsafe)
        chosen = propose(
            proposal.analysis, unsafe=proposal.unsafe, quiet=request.quiet, accepted=accepted
        )
        return with_added(chosen) if proposal.manifests else chosen
    if not (yes and request.quiet):
        print_diffs(proposal)
    if yes or not proposal.rewrites:
        return proposal
    changes = counted(len(proposal.groups), "change")
    files = counted(len(proposal.rewrites), "file")
    return proposal if confirmed(f"Apply {changes} to {files}?") else nothing


def _mention_unfinished(analysis: Analysis) -> None:
    runs = unfinished_runs(journal_location(analysis.root), root=analysis.root)
    if runs:
        error_console().print(
            f"An apply of {runs[0].created} was cut off; `{_undo_command(analysis)}` takes it back."
        )


def _undo_command(analysis: Analysis) -> str:
    if project_root([]) == analysis.root:
        return "awaken undo"
    return f"awaken undo {shlex.quote(shown_path(analysis.root, '.'))}"


def _print_closing(proposal: Proposal, written: Written, request: Request) -> None:
    console = error_console()
    analysis = proposal.analysis
    for shown in closing.failures(analysis.ledger, proposal):
        console.print(shown)
    if written.interrupted:
        console.print("Interrupted; every file is either as it was or completely rewritten.")
    if request.quiet and not written.interrupted:
        return
    for shown in closing.outcomes(analysis.ledger):
        console.print(shown)
    for part in (closing.refusals, closing.tests, closing.dependencies):
        for shown in part(proposal):
            console.print(shown)
    skipped = analysis.ledger.having(Outcome.SKIPPED)
    for shown in skipped_lines(skipped, verbose=request.verbose):
        console.print(shown)
    if written.groups:
        changes = counted(len(written.groups), "change")
        console.print(f"{changes} made; `{_undo_command(analysis)}` takes this back.")
    else:
        console.print("Nothing was written.")
