from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from awaken.project.configuration import Configuration
from awaken.project.target import target_python

if TYPE_CHECKING:
    from pathlib import Path

SOURCES = {
    "requires-python": ("pyproject.toml", '[project]\nrequires-python = ">=3.9,<4"'),
    "poetry caret": ("pyproject.toml", '[tool.poetry.dependencies]\npython = "^3.9"'),
    "poetry tilde": ("pyproject.toml", '[tool.poetry.dependencies]\npython = "~3.9"'),
    "poetry table": ("pyproject.toml", '[tool.poetry.dependencies.python]\nversion = ">=3.9"'),
    "setup.cfg": ("setup.cfg", "[options]\npython_requires = >=3.9\n"),
    "setup.py": ("setup.py", 'from setuptools import setup\nsetup(python_requires=">=3.9")'),
    "setup.py name": ("setup.py", 'NEEDS = ">=3.9"\nsetup(python_requires=NEEDS)'),
    "version file": (".python-version", "3.9.18\n"),
    "version file with several": (".python-version", "3.11\ncpython-3.9.1\npypy3.8-7.3\n"),
}


def write(root: Path, name: str, text: str) -> None:
    (root / name).write_text(text, encoding="utf-8")


@pytest.mark.parametrize(("name", "text"), SOURCES.values(), ids=SOURCES)
def test_the_oldest_supported_python_is_read_from_each_source(
    tmp_path: Path, name: str, text: str
) -> None:
    write(tmp_path, name, text)
    assert target_python(tmp_path, Configuration()) == (3, 9)


def test_the_configuration_beats_every_file(tmp_path: Path) -> None:
    write(tmp_path, "pyproject.toml", '[project]\nrequires-python = ">=3.9"')
    assert target_python(tmp_path, Configuration(target_python=(3, 12))) == (3, 12)


def test_earlier_sources_beat_later_ones(tmp_path: Path) -> None:
    write(tmp_path, ".python-version", "3.13")
    assert target_python(tmp_path, Configuration()) == (3, 13)
    write(tmp_path, "setup.py", 'setup(python_requires=">=3.12")')
    assert target_python(tmp_path, Configuration()) == (3, 12)
    write(tmp_path, "setup.cfg", "[options]\npython_requires = >=3.11")
    assert target_python(tmp_path, Configuration()) == (3, 11)
    poetry = '[tool.poetry.dependencies]\npython = ">=3.10"\n'
    write(tmp_path, "pyproject.toml", poetry)
    assert target_python(tmp_path, Configuration()) == (3, 10)
    write(tmp_path, "pyproject.toml", poetry + '[project]\nrequires-python = ">=3.9"')
    assert target_python(tmp_path, Configuration()) == (3, 9)


@pytest.mark.parametrize("bound", [">=3.6", ">=2.7,!=3.0.*", ">=3"])
def test_a_project_that_supports_older_pythons_counts_as_the_oldest_we_write_for(
    tmp_path: Path, bound: str
) -> None:
    write(tmp_path, "pyproject.toml", f'[project]\nrequires-python = "{bound}"')
    assert target_python(tmp_path, Configuration()) == (3, 8)


def test_the_lowest_of_nested_projects_counts_where_the_root_says_nothing(tmp_path: Path) -> None:
    for name, bound in (("api", ">=3.10"), ("worker", ">=3.9"), ("tools", "")):
        (tmp_path / name).mkdir()
        write(tmp_path / name, "pyproject.toml", f'[project]\nrequires-python = "{bound}"')
    assert target_python(tmp_path, Configuration()) == (3, 9)
    write(tmp_path, ".python-version", "3.12")
    assert target_python(tmp_path, Configuration()) == (3, 12)


SILENT = {
    "nothing": ("README.md", ""),
    "only an upper bound": ("pyproject.toml", '[project]\nrequires-python = "<4"'),
    "nonsense": ("pyproject.toml", '[project]\nrequires-python = "new"'),
    "a number": ("pyproject.toml", "[project]\nrequires-python = 3.9"),
    "broken pyproject": ("pyproject.toml", "[project"),
    "broken setup.cfg": ("setup.cfg", "python_requires = >=3.9"),
    "broken setup.py": ("setup.py", "setup(python_requires='>=3.9'"),
    "computed": ("setup.py", "setup(python_requires='>=' + read('v'))"),
    "system": (".python-version", "system\npypy3.9\nmy-venv\n"),
    "a future major": ("pyproject.toml", '[project]\nrequires-python = ">=4.0"'),
}


@pytest.mark.parametrize(("name", "text"), SILENT.values(), ids=SILENT)
def test_a_project_that_says_nothing_usable_gets_the_running_python(
    tmp_path: Path, name: str, text: str
) -> None:
    write(tmp_path, name, text)
    assert target_python(tmp_path, Configuration()) == sys.version_info[:2]


def test_nothing_of_the_project_is_executed(tmp_path: Path) -> None:
    trap = f"open({str(tmp_path / 'ran')!r}, 'w')\nsetup(python_requires='>=3.9')\n"
    write(tmp_path, "setup.py", trap)
    assert target_python(tmp_path, Configuration()) == (3, 9)
    assert not (tmp_path / "ran").exists()
