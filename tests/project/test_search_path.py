"""Folders of programs, and those that they add to Python's search path."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from awaken.project.module_finder import ModuleFinder
from awaken.project.search_path import search_path

if TYPE_CHECKING:
    from pathlib import Path

COOKIECUTTER = """
import sys
from pathlib import Path

current_path = Path(__file__).parent.resolve()
sys.path.append(str(current_path / "shop"))
"""
SETTINGS = """
import os, sys

APP_DIR = 'my-apps'
sys.path.insert(0, os.path.join(BASE_DIR, APP_DIR))
"""
CASES = {
    "program in the root": ({"manage.py": ""}, ["."]),
    "program in a package": ({"api/manage.py": "", "api/__init__.py": ""}, ["api"]),
    "program two folders below": ({"src/site/manage.py": ""}, ["src/site"]),
    "folder added": ({"manage.py": COOKIECUTTER, "shop/users/models.py": ""}, [".", "shop"]),
    "folder that is not there": ({"manage.py": COOKIECUTTER}, ["."]),
    "folder only named": ({"manage.py": "NAME = 'shop'", "shop/a.py": ""}, ["."]),
    "folder added by the settings": (
        {"manage.py": "", "config/settings/base.py": SETTINGS, "my-apps/notes/models.py": ""},
        [".", "my-apps"],
    ),
    "folder above": ({"manage.py": "sys.path.append('../shop')", "shop/a.py": ""}, ["."]),
    "no program": ({"config/settings.py": SETTINGS, "my-apps/a.py": ""}, []),
    "environment": ({".venv/manage.py": "", "venv/manage.py": "", "env/x/manage.py": ""}, []),
    "text of another encoding": ({"manage.py": b"sys.path.append('\xe9')"}, ["."]),
}


@pytest.mark.parametrize(("files", "expected"), CASES.values(), ids=CASES)
def test_folders_of_programs_are_found(
    tmp_path: Path, files: dict[str, str | bytes], expected: list[str]
) -> None:
    fill(tmp_path, files)
    assert [each.relative_to(tmp_path).as_posix() for each in search_path(tmp_path)] == expected


def test_modules_beside_a_program_are_found_last(tmp_path: Path) -> None:
    fill(tmp_path, {"api/manage.py": "", "api/__init__.py": "", "api/basket.py": ""})
    fill(tmp_path, {"api/json.py": "", "api/bot.py": "", "bot.py": "", "server/cart.py": ""})
    finder = ModuleFinder((tmp_path,), sys.stdlib_module_names, search_path(tmp_path))
    importer = tmp_path / "server/cart.py"
    assert finder.find("basket", importer) == tmp_path / "api/basket.py"
    assert finder.find("bot", importer) == tmp_path / "bot.py"
    assert finder.find("json", importer) is None
    assert finder.find("api.basket", importer) == tmp_path / "api/basket.py"


def test_a_folder_whose_name_is_no_name_holds_modules(tmp_path: Path) -> None:
    fill(tmp_path, {"my-apps/__init__.py": "", "my-apps/notes/models.py": ""})
    importer = tmp_path / "my-apps/notes/views.py"
    found = ModuleFinder((tmp_path,)).find("my-apps.notes.models", importer)
    assert found == tmp_path / "my-apps/notes/models.py"


def fill(root: Path, files: dict[str, str | bytes]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
