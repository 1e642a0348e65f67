"""`awaken rules`: the rules, and what each of them knows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click
from rich.table import Table

from awaken.rules import RULES
from awaken_cli.catalogue_counts import entries_by_rule
from awaken_cli.exit_code import CLEAN
from awaken_cli.render.console import output_console

if TYPE_CHECKING:
    from collections import Counter


def _print_text(entries: Counter[str]) -> None:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 1, 0))
    table.add_column("Rule", style="magenta", no_wrap=True)
    table.add_column("Finds", ratio=2)
    table.add_column("Fix", ratio=3)
    table.add_column("Ruff", no_wrap=True)
    table.add_column("Entries", justify="right")
    for rule in RULES.values():
        codes = "\n".join(rule.ruff)
        table.add_row(rule.name, rule.summary, rule.fix, codes, str(entries[rule.name]))
    console = output_console()
    console.print(table, soft_wrap=False)
    console.print("More about one of them: awaken explain RULE")


def _print_json(entries: Counter[str]) -> None:
    rules = [
        {
            "name": rule.name,
            "summary": rule.summary,
            "why": rule.why,
            "fix": rule.fix,
            "ruff": list(rule.ruff),
            "entries": entries[rule.name],
        }
        for rule in RULES.values()
    ]
    click.echo(json.dumps({"version": 1, "rules": rules}, indent=2))


_FORMATS = {"text": _print_text, "json": _print_json}


_EXAMPLE = """\b
Example:
  awaken rules --format json
"""


@click.command("rules", epilog=_EXAMPLE)
@click.option(
    "--format", "form", type=click.Choice(list(_FORMATS)), default="text", show_default=True
)
def command(form: str) -> int:
    """List the rules."""
    _FORMATS[form](entries_by_rule())
    return CLEAN
