"""Dependencies declared in pyproject.toml, setup.cfg, setup.py, Pipfile or environment.yml."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from awaken.project.documents import read_cfg, read_text, read_toml, table, texts
from awaken.project.facts import (
    Fact,
    Kind,
    Problem,
    Statement,
    extras_in,
    is_development,
    normalised,
    split_requirement,
)
from awaken.project.setup_script import read_setup_script

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

_DJANGO_CLASSIFIER = re.compile(r"Framework :: Django :: (\d+\.\d+)")
# conda also takes a space for its `=`: `django 4.2`
_SPACED = re.compile(r"([\w.-]+) +(\d[\w.*]*)")
_CONDA_LINE = re.compile(r"\s*- +[\"']?(?:[\w.-]+::)?([A-Za-z0-9][^\"'#]*?)[\"']?\s*(?:#.*)?")


def declaration_files(folder: Path) -> tuple[Path, ...]:
    """Return the files of a project folder that may declare dependencies."""
    present = [folder / name for name in _READERS if os.path.isfile(folder / name)]
    conda = [path for path in folder.glob("environment*.y*ml") if path.suffix in {".yml", ".yaml"}]
    return (*present, *sorted(conda))


def read_declaration(path: Path, source: str) -> Iterator[Statement]:
    """Yield the dependencies that a file declares.

    Args:
        path: one of `declaration_files`.
        source: how to name it.

    Raises:
        UnreadableError: it cannot be read.
    """
    return _READERS.get(path.name, _environment)(path, source)


def _pyproject(path: Path, source: str) -> Iterator[Statement]:
    document = read_toml(path)
    project, tool = table(document, "project"), table(document, "tool")
    yield from _requirements(texts(project.get("dependencies")), source, runtime=True)
    # Groups are all read, so what one group includes of another adds nothing.
    yield from _groups(table(project, "optional-dependencies"), source)
    yield from _groups(table(document, "dependency-groups"), source)
    yield from _groups({"dev": table(tool, "uv").get("dev-dependencies")}, source)
    yield from _groups({"dev": _flat(table(tool, "pdm", "dev-dependencies"))}, source)
    yield from _poetry(table(tool, "poetry"), source)
    yield from _pixi(table(tool, "pixi"), source)
    for name, environment in table(tool, "hatch", "envs").items():
        yield from _groups({name: table(environment).get("dependencies")}, source)
        yield from _groups({name: table(environment).get("extra-dependencies")}, source)
    yield from _classifiers(texts(project.get("classifiers")), source)
    yield from _classifiers(texts(table(tool, "poetry").get("classifiers")), source)


def _poetry(poetry: Mapping[str, object], source: str) -> Iterator[Statement]:
    yield from _named(table(poetry, "dependencies"), source, runtime=True)
    yield from _named(table(poetry, "dev-dependencies"), source, runtime=False)
    for name, group in table(poetry, "group").items():
        runtime = not is_development(name)
        yield from _named(table(group, "dependencies"), source, runtime=runtime)


def _pixi(pixi: Mapping[str, object], source: str) -> Iterator[Statement]:
    parts = [(pixi, True)]
    parts += [(each, not is_development(name)) for name, each in table(pixi, "feature").items()]
    for part, runtime in parts:
        for key in ("dependencies", "pypi-dependencies"):
            yield from _named(table(part, key), source, runtime=runtime)


def _pipfile(path: Path, source: str) -> Iterator[Statement]:
    document = read_toml(path)
    yield from _named(table(document, "packages"), source, runtime=True)
    yield from _named(table(document, "dev-packages"), source, runtime=False)


def _setup_cfg(path: Path, source: str) -> Iterator[Statement]:
    settings = read_cfg(path)
    required = settings.get("options", {}).get("install_requires", "")
    yield from _requirements(_lines(required), source, runtime=True)
    extras = settings.get("options.extras_require", {})
    yield from _groups({name: _lines(text) for name, text in extras.items()}, source)
    yield from _classifiers(_lines(settings.get("metadata", {}).get("classifiers", "")), source)


def _setup_script(path: Path, source: str) -> Iterator[Statement]:
    arguments = read_setup_script(path)
    required = arguments.get("install_requires")
    required = _lines(required) if isinstance(required, str) else required
    yield from _requirements(texts(required), source, runtime=True)
    yield from _groups(table(arguments, "extras_require"), source)
    yield from _classifiers(texts(arguments.get("classifiers")), source)


def _environment(path: Path, source: str) -> Iterator[Statement]:
    """A conda environment, read line by line: enough for the lists that people write."""
    inside = False
    for line in (read_text(path) or "").split("\n"):
        if line[:1].isalpha():
            inside = line.startswith("dependencies:")
        match = _CONDA_LINE.fullmatch(line) if inside else None
        spelled = _SPACED.sub(r"\1=\2", match[1]) if match is not None else ""
        split = split_requirement(spelled) if spelled else None
        if split is not None and split[0] != "python":
            yield Fact(*split, Kind.DECLARED, source)


def _requirements(lines: Iterable[str], source: str, *, runtime: bool) -> Iterator[Statement]:
    for line in lines:
        split = split_requirement(line)
        if split is None:
            yield Problem(source, f'"{line[:60]}" is no requirement')
        else:
            yield Fact(*split, Kind.DECLARED, source, runtime, extras_in(line))


def _groups(groups: Mapping[str, object], source: str) -> Iterator[Statement]:
    for name, lines in groups.items():
        yield from _requirements(texts(lines), source, runtime=not is_development(name))


def _named(packages: Mapping[str, object], source: str, *, runtime: bool) -> Iterator[Statement]:
    """Poetry's and pipenv's `name = constraint`, where a table or a list of tables may hold it."""
    for name, value in packages.items():
        if name == "python":
            continue
        for option in value if isinstance(value, list) else [value]:
            constraint = table(option).get("version", "") if isinstance(option, dict) else option
            extras = frozenset(map(normalised, texts(table(option).get("extras"))))
            yield Fact(normalised(name), str(constraint), Kind.DECLARED, source, runtime, extras)


def _classifiers(classifiers: Iterable[str], source: str) -> Iterator[Statement]:
    for classifier in classifiers:
        match = _DJANGO_CLASSIFIER.fullmatch(classifier.strip())
        if match is not None:
            yield Fact("django", match[1], Kind.CLASSIFIED, source)


def _flat(groups: Mapping[str, object]) -> list[str]:
    return [line for lines in groups.values() for line in texts(lines)]


def _lines(text: str) -> list[str]:
    """The entries of a multi-line setting; a line may end in a comment."""
    lines = (re.sub(r"(^|\s)#.*$", "", line).strip() for line in text.splitlines())
    return [line for line in lines if line]


_READERS: Mapping[str, Callable[[Path, str], Iterator[Statement]]] = {
    "pyproject.toml": _pyproject,
    "setup.cfg": _setup_cfg,
    "setup.py": _setup_script,
    "Pipfile": _pipfile,
}
