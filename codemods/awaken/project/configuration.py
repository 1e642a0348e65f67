"""`[tool.awaken]`: what the project asks of awaken, checked key by key, with the defaults."""

from __future__ import annotations

import dataclasses
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from awaken.project import setting_values as setting
from awaken.project.documents import UnreadableError, read_toml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from packaging.version import Version

    from awaken.project.python_version import PythonVersion
    from awaken.project.setting_values import Parser

STRATEGIES = ("native", "thread", "block", "process", "await", "sync")
_COMMAND_LINE = "command line"
_STRATEGIES = "strategies"
_ALL = "all"


class ConfigurationError(Exception):
    """A setting that cannot be used.

    Attributes:
        source: where it stands: a file, or the command line.
        key: the key or option; empty when the whole file is meant.
        message: what is wrong and what would be right.
    """

    def __init__(self, source: str, key: str, message: str) -> None:
        super().__init__(": ".join(part for part in (source, key, message) if part))
        self.source = source
        self.key = key
        self.message = message


@dataclass(frozen=True, slots=True)
class Configuration:
    """The settings of a run. In the file, keys have `-` where fields have `_`.

    Attributes:
        select: rules to report; empty for all but those that are reported on request only.
        extend_select: rules to report besides `select`, or besides the usual ones. Default: none.
        ignore: rules not to report, also when selected. Default: none.
        exclude: .gitignore-style patterns of files to pass over. Default: none.
        min_severity: the least severity reported, `low`, `medium` or `high`. Default: `medium`.
        target_python: the oldest Python the rewritten code must run on. Default: None, which takes
            it from the project (see `awaken.project.target`).
        backend: `asyncio`, `anyio`, `trio`, or `auto` for what the project uses. Default: `auto`.
        http_client: `httpx`, `httpx2`, `aiohttp`, `thread` (keep the sync client, in a thread), or
            `auto` for what the project already depends on, as far as its Python and the versions that it asks for
            allow that; naming one that they do not allow is an error. Default: `auto`.
        http_client_scope: how long an async client lives that takes the place of requests of their own:
            `function` (for neighbouring requests of one coroutine, which keep neither cookies nor connections),
            `module` (one for the module and loop, which keeps its connections: a server that closes one without
            a word makes the next request fail), or `lifespan` (the same, closed by the lifespan of the FastAPI or
            Starlette application in the module). Default: `function`, also where the others are not possible.
        file_io: `thread`, `aiofiles` or `anyio`: how files that are opened in a `with` are read and written. The
            libraries take a thread for each call of a method, hundreds of times as long as `thread` for a file
            that is read line by line. Default: `thread`.
        strategies: the kinds of fixes to make, the preferred one first; empty for all but `sync`, in the
            catalogue's order. `thread` takes `with` blocks along as a whole; `block` is what joins
            neighbouring statements into one function.
        strategies_django: what becomes of neighbouring queries of Django: `native` gives each the a-method, `block`
            makes one function of them where that takes fewer hops to Django's thread. In the file
            `strategies.django`, beside which the list of kinds is `strategies.all`. Default: `native`.
        cpu_bound: qualified names of functions that compute for long, or of decorators that mark such
            functions. They go to a process where that keeps what they do, else to a thread. Default: none.
        blocking: qualified names of further blocking functions, to a hint (may be empty text).
            Default: none.
        non_blocking: qualified names never to report. Default: none.
        clients: further clients in the catalogue's schema, just as in the file. Default: none.
        offload: qualified name of the function that takes blocking calls off the loop. Default: None,
            which follows what each file does already.
        django_version: the oldest Django the rewritten code must run on. Default: None, which takes
            it from the project's dependencies.
    """

    select: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    min_severity: str = "medium"
    target_python: PythonVersion | None = None
    backend: str = "auto"
    http_client: str = "auto"
    http_client_scope: str = "function"
    file_io: str = "thread"
    strategies: tuple[str, ...] = ()
    strategies_django: str = "native"
    cpu_bound: tuple[str, ...] = ()
    blocking: Mapping[str, str] = field(default_factory=dict)
    non_blocking: tuple[str, ...] = ()
    clients: Mapping[str, Any] = field(default_factory=dict)
    offload: str | None = None
    django_version: Version | None = None


PARSERS: Mapping[str, Parser] = {
    "select": setting.text_list,
    "extend-select": setting.text_list,
    "ignore": setting.text_list,
    "exclude": setting.text_list,
    "min-severity": setting.choice("low", "medium", "high"),
    "target-python": setting.python_version,
    "backend": setting.choice("auto", "asyncio", "anyio", "trio"),
    "http-client": setting.choice("auto", "httpx", "httpx2", "aiohttp", "thread"),
    "http-client-scope": setting.choice("function", "module", "lifespan"),
    "file-io": setting.choice("thread", "aiofiles", "anyio"),
    "strategies": setting.choice_list(*STRATEGIES),
    "strategies-django": setting.choice("native", "block"),
    "cpu-bound": setting.name_list,
    "blocking": setting.named_hints,
    "non-blocking": setting.name_list,
    "clients": setting.raw_table,
    "offload": setting.dotted_name,
    "django-version": setting.distribution_version,
}
"""Every key that `[tool.awaken]` may hold, to the parser of its value."""


def load_configuration(root: Path, explicit: Path | None = None) -> Configuration:
    """Read the settings of a project.

    Args:
        root: the project root; its `pyproject.toml` may hold `[tool.awaken]`.
        explicit: a file that is read instead: a `pyproject.toml`, or a TOML file that holds either
            `[tool.awaken]` or the keys at its top level. A relative one starts at the working
            folder.

    Returns:
        The settings, with defaults for what is not given.

    Raises:
        ConfigurationError: a file cannot be read, a key is unknown, or a value is wrong.
    """
    path = root / "pyproject.toml" if explicit is None else explicit
    source = path.name if explicit is None else str(path)
    if explicit is not None and not os.path.isfile(path):
        raise ConfigurationError(source, "", "there is no such file")
    try:
        document = read_toml(path)
    except UnreadableError as error:
        raise ConfigurationError(source, "", error.message) from error
    prefix, settings = _settings(document, source, explicit)
    return Configuration(**_parse(settings, source, prefix))


def override(configuration: Configuration, **values: object) -> Configuration:
    """Put command-line options in the place of what the file says.

    Args:
        configuration: what `load_configuration` returned.
        values: field name to value, spelled as in the file (`target_python="3.10"`,
            `select=("sleep",)`). None and an empty list mean that the option was not given.

    Raises:
        ConfigurationError: a value is wrong; its key is the option (`--target-python`).
        TypeError: there is no such field.
    """
    given = {name.replace("_", "-"): value for name, value in values.items() if _is_given(value)}
    unknown = given.keys() - PARSERS.keys()
    if unknown:
        raise TypeError(f"no such setting: {', '.join(sorted(unknown))}")
    return dataclasses.replace(configuration, **_parse(given, _COMMAND_LINE, "--"))


def _settings(document: dict[str, Any], source: str, explicit: Path | None) -> tuple[str, object]:
    """The table that holds the settings, and how its keys are spelled in full."""
    tool = document.get("tool")
    if isinstance(tool, dict) and "awaken" in tool:
        return "tool.awaken.", tool["awaken"]
    if explicit is None:
        return "tool.awaken.", {}
    if explicit.name == "pyproject.toml":
        raise ConfigurationError(source, "", "it has no [tool.awaken] table")
    return "", document


def _parse(settings: object, source: str, prefix: str) -> dict[str, Any]:
    if not isinstance(settings, dict):
        raise ConfigurationError(source, prefix.rstrip("."), "expected a table of settings")
    parsed: dict[str, Any] = {}
    for spelled, key, value in _flat(settings):
        parser = PARSERS.get(key)
        if parser is None:
            near = setting.nearest(key, PARSERS)
            advice = near or f"; the keys are {setting.listed(PARSERS)}"
            raise ConfigurationError(source, f"{prefix}{spelled}", f"there is no such key{advice}")
        try:
            parsed[key.replace("-", "_")] = parser(value)
        except ValueError as error:
            raise ConfigurationError(source, f"{prefix}{spelled}", str(error)) from error
    return parsed


def _flat(settings: Mapping[str, object]) -> Iterator[tuple[str, str, object]]:
    """Each setting as it is spelled, under its key, and its value: those of a table of strategies one by one."""
    for key, value in settings.items():
        if key == _STRATEGIES and isinstance(value, dict):
            for name, inner in value.items():
                plain = key if name == _ALL else f"{key}-{name}"
                yield f"{key}.{name}", plain, inner
        else:
            yield key, key, value


def _is_given(value: object) -> bool:
    return value is not None and value not in ((), [])
