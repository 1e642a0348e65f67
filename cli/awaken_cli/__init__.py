"""The `awaken` command."""

from __future__ import annotations


def main() -> None:
    """Run the command line; nothing heavy is imported before the arguments are read."""
    from awaken_cli.import_path import forget_working_directory  # noqa: PLC0415

    forget_working_directory()
    from awaken_cli.commands import cli  # noqa: PLC0415  (only now, or click may be the project's)

    cli(prog_name="awaken")
