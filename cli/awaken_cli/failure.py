"""An error that ends the run: what went wrong, and what to do about it."""

from __future__ import annotations

import click

from awaken_cli.exit_code import ERROR


class Failure(click.ClickException):
    """The run cannot go on; the message is for people. Exits with 2."""

    exit_code = ERROR
