"""The `awaken` command."""

from __future__ import annotations


def main() -> None:
    """Run the command line; nothing heavy is imported before the arguments are read."""
    from awaken_cli.import_path import forget_working_directory  # noqa: PLC0415

    forget_working_directory()
    # only now, or click may be the project's
    from awaken_cli.commands import cli  # noqa: PLC0415
    from awaken_cli.exit_code import INTERRUPTED  # noqa: PLC0415
    from awaken_cli.leaving import leave  # noqa: PLC0415

    try:
        cli(prog_name="awaken")
    except KeyboardInterrupt:  # before there was anybody to catch it
        leave(INTERRUPTED)
    except SystemExit as end:
        if not isinstance(end.code, int):
            raise
        leave(end.code)
