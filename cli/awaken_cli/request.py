"""What the user asked for on the command line, before any of it is looked at."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Request:
    """The options that all analysing commands share.

    Attributes:
        paths: files and folders as typed; `-` alone is standard input.
        stdin_filename: the name that standard input goes by, or None.
        select: rules to report; empty for the configured ones.
        extend_select: rules to report besides; empty for the configured ones.
        ignore: rules not to report; empty for the configured ones.
        strategies: kinds of fixes to make, the preferred one first; empty for the configured ones.
        min_severity: `low`, `medium`, `high`, or None for the configured one.
        target_python: version as typed, or None for the configured one.
        django_version: version as typed, or None for the configured one.
        config: file with the settings, or None for the project's pyproject.toml.
        exclude: patterns to pass over; empty for the configured ones.
        jobs: worker processes; None for one a core.
        no_cache: whether summaries of files are made anew and not kept.
        quiet: whether only data and errors are printed.
        verbose: whether skipped files are listed one by one.
    """

    paths: tuple[str, ...] = (".",)
    stdin_filename: str | None = None
    select: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    strategies: tuple[str, ...] = ()
    min_severity: str | None = None
    target_python: str | None = None
    django_version: str | None = None
    config: str | None = None
    exclude: tuple[str, ...] = ()
    jobs: int | None = None
    no_cache: bool = False
    quiet: bool = False
    verbose: bool = False

    @property
    def is_standard_input(self) -> bool:
        return self.paths == ("-",)
