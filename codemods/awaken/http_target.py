"""The library that rewritten requests use: the one that the project has, if its Python and its versions allow that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from awaken.project.configuration import ConfigurationError
from awaken.project.python_version import parse_python_version

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from awaken.catalogue.load import Catalogue
    from awaken.project.dependencies import Dependencies
    from awaken.project.python_version import PythonVersion

WRITTEN = ("httpx2", "httpx", "aiohttp")
"""The libraries that rewritten requests can use, the preferred one of several first; what is not among them is never
chosen, and `http-client` may name it in advance."""
_DEFAULTS = ("httpx", "httpx2")
_THREAD = "thread"


@dataclass(frozen=True, slots=True)
class HttpTarget:
    """What requests become.

    Attributes:
        client: the module of the library, or `thread` where the calls stay what they are.
        obstacle: code of the reason for `thread`.
    """

    client: str
    obstacle: str = "client-configured"


def http_target(
    asked: str, catalogue: Catalogue, dependencies: Dependencies, python: PythonVersion
) -> HttpTarget:
    """Choose the library that rewritten requests use.

    Args:
        asked: `http-client` of the configuration; `auto` takes what the project itself depends on, then what comes
            with something that it depends on, then httpx.
        catalogue: knows which versions rewritten code works with, and which Python those run on.
        dependencies: what the project depends on.
        python: the oldest Python that the project supports.

    Raises:
        ConfigurationError: the configuration asks for a library that the project cannot use.
    """
    if asked == "auto":
        return _chosen(catalogue, dependencies, python)
    if asked not in WRITTEN:
        return HttpTarget(_THREAD)
    obstacle = next(_obstacles(asked, catalogue, dependencies, python), None)
    if obstacle is not None:
        raise ConfigurationError("[tool.awaken]", "http-client", obstacle)
    return HttpTarget(asked)


def _chosen(catalogue: Catalogue, dependencies: Dependencies, python: PythonVersion) -> HttpTarget:
    for name in dict.fromkeys(_preferred(catalogue, dependencies)):
        if not any(_obstacles(name, catalogue, dependencies, python)):
            return HttpTarget(name)
    return HttpTarget(_THREAD, "client-version")


def _preferred(catalogue: Catalogue, dependencies: Dependencies) -> Iterator[str]:
    yield from filter(dependencies.has_at_runtime, WRITTEN)
    for name in WRITTEN:
        library = catalogue.library(name)
        brought = library.comes_with if library else ()
        if dependencies.is_available(name) or dependencies.has_any(brought):
            yield name
    yield from _DEFAULTS


def _obstacles(
    name: str, catalogue: Catalogue, dependencies: Dependencies, python: PythonVersion
) -> Iterator[str]:
    """What keeps a project from using a library, and what to do about it."""
    library = catalogue.library(name)
    if library is None:
        return
    if library.python and python < parse_python_version(library.python):
        ours = ".".join(map(str, python))
        yield (
            f"{name} needs Python {library.python}, and the project supports {ours}; raise"
            f" `requires-python` (or `target-python`), or ask for {_others(name)}"
        )
    if not dependencies.permits(name, library.requires):
        yield (
            f"the rewritten code needs {name}{library.requires}, which {dependencies.source(name)} does not"
            f" permit; change that, or ask for {_others(name)}"
        )


def _others(name: str) -> str:
    rest: Iterable[str] = (*(each for each in WRITTEN if each != name), _THREAD)
    return " or ".join(f'"{each}"' for each in rest)
