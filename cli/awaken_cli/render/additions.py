"""What a project must add to its dependencies, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken_cli.render.console import line

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from rich.text import Text

    from awaken.dependencies.gathering import Addition


def addition_lines(addition: Addition, *, written: Collection[str] = ()) -> Iterator[Text]:
    """Yield what one folder of the project must add, and what to do.

    Args:
        addition: what is missing.
        written: the files that are written with it.
    """
    listed = ", ".join(map(str, addition.missing))
    lock = f"; then run `{addition.lock}`" if addition.lock else ""
    change = addition.change
    if change is not None and change.relative in written:
        yield line(
            ("Added to the project's dependencies: ", "bold"), f"{listed} ({change.relative}{lock})"
        )
    elif change is not None:
        how = f"{change.relative}, which --add-dependencies writes{lock}"
        yield line(("Add to the project's dependencies: ", "bold"), f"{listed} ({how})")
    elif addition.missing:
        yield line(
            ("Add to the project's dependencies: ", "bold"), f"{listed} ({addition.obstacle}{lock})"
        )
    for requirement, older in addition.raised:
        yield line(
            ("Raise in the project's dependencies: ", "bold"),
            f"{requirement} ({older} is allowed now{lock})",
        )
