"""The command group: lists commands without importing them; its exit codes are honest."""

from __future__ import annotations

import difflib
import os
import sys
from contextlib import suppress
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

import click

from awaken_cli.crash import report_crash
from awaken_cli.exit_code import BROKEN_PIPE, ERROR, INTERRUPTED

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SUMMARIES: Final = {
    "check": "Report what blocks the event loop, and what can be done about it.",
    "diff": "Show the changes that `apply` would make.",
    "apply": "Show the changes, ask, and write them.",
    "undo": "Take the last apply back.",
    "rules": "List the rules.",
    "explain": "Explain a rule, a reason, or what was found on a line.",
}
"""Every command, to the line that stands beside it in `awaken --help`."""


class CommandGroup(click.Group):
    """A group whose commands are modules of `awaken_cli.commands`, imported on demand."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(SUMMARIES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in SUMMARIES:
            return None
        command: click.Command = import_module(f"awaken_cli.commands.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if not args[0].startswith("-") and args[0] not in SUMMARIES:
            near = difflib.get_close_matches(args[0], SUMMARIES, n=1)
            advice = f'; did you mean "{near[0]}"?' if near else ""
            raise click.UsageError(f'there is no command "{args[0]}"{advice}', ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(SUMMARIES.items()))

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run the group and, when it stands alone, exit with the code that its command returned."""
        run = partial(super().main, args, prog_name, complete_var, standalone_mode=False, **extra)
        if not standalone_mode:
            return run()
        _let_every_character_through()
        code = _guarded(run)
        try:
            sys.stdout.flush()
        except BrokenPipeError:
            code = _broken_pipe()
        sys.exit(code)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:  # click would answer it with 1, which here means findings
            return _broken_pipe()


def _guarded(run: Callable[[], Any]) -> int:
    try:
        return int(run() or 0)
    except click.ClickException as error:
        error.show()
        return ERROR
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted; nothing was written.", err=True)
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001  (the last boundary: no traceback for the user)
        report_crash(error)
        return ERROR


def _let_every_character_through() -> None:
    """Turn what a terminal's encoding cannot express into an escape, instead of failing."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def _broken_pipe() -> int:
    """Point stdout nowhere, so that the interpreter's last flush has no one to complain to."""
    with suppress(OSError, ValueError):  # stdout may not be a file
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return BROKEN_PIPE
