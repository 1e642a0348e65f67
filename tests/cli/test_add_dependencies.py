"""What the project must add for the rewritten code: reported by every command, written on request."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

REQUESTS = """\
import requests


async def ping(url):
    return requests.get(url, timeout=5).status_code
"""
LISTED = """\
[project]
name = "p"
requires-python = ">=3.10"
dependencies = [
    "flask",
    "requests",  # everything
]
"""
WITH_HTTPX = LISTED.replace('    "requests"', '    "httpx>=0.28,<1",\n    "requests"')


@pytest.fixture
def project(project: Any) -> Any:
    project.file("app.py", REQUESTS)
    project.file("pyproject.toml", LISTED)
    project.file("uv.lock", "version = 1\n")
    return project


def test_every_command_says_what_to_add_and_where(project: Any, run: Callable[..., Result]) -> None:
    wanted = "Add to the project's dependencies: httpx>=0.28,<1 (pyproject.toml, which --add-dependencies"

    for result in (run("check"), run("diff"), run("apply", "--yes")):
        assert wanted in result.stderr.replace("\n", " ")
        assert "run `uv lock`" in result.stderr
    assert project.read("pyproject.toml") == LISTED


def test_json_says_it_too(project: Any, run: Callable[..., Result]) -> None:
    expected = {
        "file": "pyproject.toml",
        "add": [{"name": "httpx", "versions": ">=0.28,<1"}],
        "raise": [],
        "obstacle": None,
        "lock": "uv lock",
    }

    assert json.loads(run("check", "--format", "json").stdout)["dependencies"] == [expected]
    project.file("pyproject.toml", WITH_HTTPX)
    assert json.loads(run("check", "--format", "json").stdout)["dependencies"] == []


def test_the_diff_holds_the_file_that_lists_them(project: Any, run: Callable[..., Result]) -> None:
    project.commit()
    patch = run("diff", "--add-dependencies").stdout
    project.git("apply", given=patch.encode())

    assert project.read("pyproject.toml") == WITH_HTTPX
    assert "httpx.AsyncClient" in project.read("app.py")


def test_apply_writes_it_and_undo_takes_it_back(project: Any, run: Callable[..., Result]) -> None:
    before = project.tree()
    result = run("apply", "--yes", "--add-dependencies")

    assert project.read("pyproject.toml") == WITH_HTTPX
    assert project.read("uv.lock") == "version = 1\n"
    assert (
        "Added to the project's dependencies: httpx>=0.28,<1 (pyproject.toml; then" in result.stderr
    )
    assert "No file imports requests any more" in result.stderr
    assert '"requests",  # everything' in project.read("pyproject.toml")
    run("undo")
    assert project.tree() == before


def test_an_uncommitted_list_is_not_written(project: Any, run: Callable[..., Result]) -> None:
    project.commit()
    project.file("pyproject.toml", f"{LISTED}# edited\n")
    result = run("apply", "--yes", "--add-dependencies")

    assert result.exit_code == 2
    assert "pyproject.toml" in result.stderr
    assert run("apply", "--yes").exit_code == 0
    assert project.read("pyproject.toml") == f"{LISTED}# edited\n"


def test_each_project_of_a_workspace_lists_its_own(
    project: Any, run: Callable[..., Result]
) -> None:
    project.file("api/requirements.txt", "flask\n")
    project.file("api/main.py", REQUESTS)
    project.file("web/requirements.txt", "httpx==0.28.1\n")
    project.file("web/main.py", REQUESTS)
    run("apply", "--yes", "--add-dependencies")

    assert project.read("api/requirements.txt") == "flask\nhttpx>=0.28,<1\n"
    assert project.read("web/requirements.txt") == "httpx==0.28.1\n"
    assert project.read("pyproject.toml") == WITH_HTTPX


def test_what_tests_need_may_be_listed_for_them_alone(
    project: Any, run: Callable[..., Result]
) -> None:
    project.file("app.py", "")
    project.file("tests/helpers.py", REQUESTS)
    project.file("tests/requirements.txt", "pytest\n")
    assert "httpx>=0.28,<1 (tests/requirements.txt" in run("diff").stderr
    project.file("tests/requirements.txt", "httpx>=0.28\npytest\n")
    assert "Add to" not in run("diff").stderr


def test_what_it_cannot_be_added_to_is_said(project: Any, run: Callable[..., Result]) -> None:
    project.file("pyproject.toml", '[project]\nname = "p"\ndynamic = ["dependencies"]\n')
    result = run("diff", "--add-dependencies")

    assert "httpx>=0.28,<1 (`dependencies` is `dynamic`" in result.stderr
    assert "pyproject.toml b/" not in result.stdout


def test_versions_that_are_too_old_are_said(project: Any, run: Callable[..., Result]) -> None:
    project.file("pyproject.toml", LISTED.replace("flask", "httpx>=0.23"))
    (project.root / "uv.lock").unlink()
    result = run("diff", "--add-dependencies")

    assert (
        "Raise in the project's dependencies: httpx>=0.28,<1 (0.23 is allowed now)" in result.stderr
    )
    assert "pyproject.toml b/" not in result.stdout


def test_what_comes_with_a_dependency_need_not_be_added(
    project: Any, run: Callable[..., Result]
) -> None:
    project.file("pyproject.toml", LISTED.replace("flask", "django>=5"))
    project.file(
        "app.py",
        """\
        from django.contrib.auth.models import User


        async def name():
            return User.objects.raw("select 1")[0].username
        """,
    )
    result = run("diff")

    assert "asgiref" in result.stdout
    assert "Add to" not in result.stderr


def test_a_library_that_another_file_needs_is_not_called_unused(
    project: Any, run: Callable[..., Result]
) -> None:
    project.file("other.py", "import os, requests as r\n")

    assert "No file imports" not in run("diff").stderr


@pytest.mark.usefixtures("project")
def test_what_is_rewritten_to_threads_needs_nothing(run: Callable[..., Result]) -> None:
    assert "Add to" not in run("diff", "--strategy", "thread").stderr
    assert "Add to" not in run("check", "--strategy", "thread").stderr
