"""The commands: `cli` knows their names, and imports one when it is asked for."""

from __future__ import annotations

import click

from awaken import __version__
from awaken_cli.group import CommandGroup

__all__ = ["cli"]

_EXAMPLES = """\b
Start with:
  awaken check            what blocks, and why
  awaken diff             what would be changed
  awaken apply            change it, after asking
  awaken undo             take that back
"""


@click.command(
    cls=CommandGroup,
    epilog=_EXAMPLES,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="awaken")
def cli() -> None:
    """Find what blocks an asyncio event loop in a Python codebase, and rewrite it in place."""
