"""Whether an import would go in a circle: what a module needs at its start, it must not need itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.index.terms import Imported
from awaken.resolve.resolver import absolute_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.index.summary import FileIndex
    from awaken.resolve.resolver import Resolver


def imports_back(resolver: Resolver, module: str, importer: FileIndex) -> bool:
    """Whether a module, while it is imported, imports the file that is to import it.

    Args:
        resolver: knows the project.
        module: path of the module, relative to the project root.
        importer: summary of the file.
    """
    # the packages above the file are there already when it is imported
    seen = {resolver.project.module(each) or "" for each in _above(importer.module)}
    pending = [module]
    while pending:
        path = pending.pop()
        if path == importer.path:
            return True
        index = resolver.file(path) if path not in seen else None
        seen.add(path)
        if index is not None:
            pending.extend(_imported(resolver, index))
    return False


def _imported(resolver: Resolver, index: FileIndex) -> Iterator[str]:
    """Paths of the project that a module imports at its start, the packages above them included."""
    module = index.scopes[0]
    terms = [
        binding.term
        for bindings in module.bindings.values()
        for binding in bindings
        if isinstance(binding.term, Imported) and not module.suites[binding.suite].typing_only
    ]
    for term in (*terms, *index.stars):
        name = absolute_name(term, index) or ""
        names = [name, f"{name}.{term.member}"] if term.member else [name]
        for each in (*names, *_above(name), *_above(index.module)):
            path = resolver.project.module(each, index.path)
            if path is not None:
                yield path


def _above(name: str) -> Iterator[str]:
    """The packages that a module lies in, which are imported before it."""
    while "." in name:
        name = name.rpartition(".")[0]
        yield name
