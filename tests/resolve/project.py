"""A small project on disk and what the resolver knows of it."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from awaken.project.configuration import Configuration
from awaken.resolve.values import Defined
from awaken.workbench import Workbench

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class SmallProject:
    """Files below a folder; functions and classes are named by `file.py:Class.method`."""

    def __init__(self, folder: Path, files: dict[str, str]) -> None:
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text))
        self.bench = Workbench(folder, Configuration())
        self.hierarchy = self.bench.hierarchy_of(self.bench.resolver)

    def defined(self, name: str) -> Defined:
        """The last definition of that name."""
        path, _, qualname = name.partition(":")
        index = self.bench.resolver.file(path)
        assert index is not None
        return Defined(path, max(s.number for s in index.scopes if s.qualname == qualname))

    def names(self, found: Iterable[Defined]) -> list[str]:
        return [f"{each.path}:{self._qualname(each)}" for each in found]

    def _qualname(self, value: Defined) -> str:
        scope = self.bench.resolver.scope(value)
        assert scope is not None
        return scope.qualname
