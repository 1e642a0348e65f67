"""Libraries that nothing in a project imports any more, once it is rewritten."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from awaken.dependencies.needed import requirement_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from awaken.apply.change import FileChange
    from awaken.workbench import Workbench

# Patterns begin with a fixed word, which the search for it makes several times faster.
_FROM = re.compile(rb"from(?<![^\s;]from)[ \t]+([A-Za-z_]\w*)")
_IMPORT = re.compile(rb"import(?<![^\s;]import)[ \t]+([\w., \t]+)")
_ROOT = re.compile(rb"(?:^|,)[ \t]*([A-Za-z_]\w*)")


def no_longer_imported(bench: Workbench, changes: Iterable[FileChange]) -> tuple[str, ...]:
    """Return the distributions that the project asks for and no file imports behind some changes.

    Args:
        bench: what the run knows of the project.
        changes: the files that are rewritten.
    """
    rewritten = {change.relative: change for change in changes}
    gone = frozenset().union(
        *(_imported(each.before) - _imported(each.after) for each in rewritten.values())
    )
    asked_for = {
        module: name
        for module in gone
        if bench.dependencies.has_at_runtime(name := requirement_for(module, bench.catalogue).name)
    }
    if not asked_for:
        return ()
    after = [each.after for each in rewritten.values()]
    others = (bench.bytes_of(path) for path in bench.scan.digests if path not in rewritten)
    return tuple(sorted(asked_for[each] for each in _unused(set(asked_for), [*after], others)))


def _unused(modules: set[str], after: Iterable[bytes], others: Iterable[bytes]) -> Iterator[str]:
    for texts in (after, others):
        for data in texts:
            modules -= _imported(data)
            if not modules:
                return
    yield from modules


def _imported(data: bytes) -> frozenset[str]:
    """Top-level names of the modules that a file imports."""
    found = set(_FROM.findall(data))
    for listed in _IMPORT.findall(data):
        found.update(_ROOT.findall(listed))
    return frozenset(name.decode() for name in found)
