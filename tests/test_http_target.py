"""Which library rewritten requests use: what the project has, as far as its Python and its versions allow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from awaken.catalogue.load import load_catalogue
from awaken.engine import analyse, groups_of, rewrite
from awaken.http_target import HttpTarget, http_target
from awaken.project.configuration import Configuration, ConfigurationError
from awaken.project.dependencies import read_dependencies

if TYPE_CHECKING:
    from pathlib import Path

_LOCK = '[[package]]\nname = "{}"\nversion = "{}"\n'

# What the project says of itself, the oldest Python, and what is chosen.
CHOSEN = {
    "nothing is known": ({}, (3, 12), "httpx"),
    "it has httpx": ({"requirements.txt": "httpx\n"}, (3, 12), "httpx"),
    "it has httpx2": ({"requirements.txt": "httpx2\n"}, (3, 12), "httpx2"),
    "it has both": ({"requirements.txt": "httpx\nhttpx2\n"}, (3, 12), "httpx2"),
    "its tests have httpx2": ({"requirements-test.txt": "httpx2\n"}, (3, 12), "httpx2"),
    "it has httpx, its tests httpx2": (
        {"requirements.txt": "httpx\n", "requirements-test.txt": "httpx2\n"},
        (3, 12),
        "httpx",
    ),
    "something that it has brings httpx2": (
        {"pyproject.toml": '[project]\ndependencies = ["fastapi[standard]>=0.155"]\n'},
        (3, 12),
        "httpx2",
    ),
    "poetry asks for what brings httpx2": (
        {
            "pyproject.toml": "[tool.poetry.dependencies]\n"
            'fastapi = { version = "^0.155", extras = ["standard"] }\n'
        },
        (3, 12),
        "httpx2",
    ),
    "an older one does not bring it": (
        {"pyproject.toml": '[project]\ndependencies = ["fastapi[standard]>=0.100"]\n'},
        (3, 12),
        "httpx",
    ),
    "it asks for fastapi alone": (
        {"pyproject.toml": '[project]\ndependencies = ["fastapi>=0.155"]\n'},
        (3, 12),
        "httpx",
    ),
    "it is locked": (
        {
            "pyproject.toml": '[project]\ndependencies = ["fastapi"]\n',
            "uv.lock": _LOCK.format("httpx2", "2.1.0"),
        },
        (3, 12),
        "httpx2",
    ),
    "its Python is too old for httpx2": ({"requirements.txt": "httpx2\n"}, (3, 10), "httpx"),
    "its httpx is too old": ({"requirements.txt": "httpx==0.27.2\n"}, (3, 12), "httpx2"),
    "its httpx may be new enough": ({"requirements.txt": "httpx>=0.23\n"}, (3, 12), "httpx"),
    "its httpx is too new": ({"requirements.txt": "httpx==1.0.dev6\n"}, (3, 12), "httpx2"),
    "an old httpx is locked": (
        {
            "pyproject.toml": '[project]\ndependencies = ["httpx>=0.23"]\n',
            "uv.lock": _LOCK.format("httpx", "0.27.2"),
        },
        (3, 12),
        "httpx2",
    ),
    "both are too old": ({"requirements.txt": "httpx<0.28\n"}, (3, 10), "thread"),
    "it has aiohttp": ({"requirements.txt": "aiohttp\n"}, (3, 12), "aiohttp"),
    "it has aiohttp and httpx": ({"requirements.txt": "aiohttp\nhttpx\n"}, (3, 12), "httpx"),
    "its aiohttp is too old": ({"requirements.txt": "aiohttp==3.8.6\n"}, (3, 12), "httpx"),
}


def _target(root: Path, files: dict[str, str], python: tuple[int, int], asked: str) -> HttpTarget:
    for name, text in files.items():
        (root / name).write_text(text)
    return http_target(asked, load_catalogue(), read_dependencies(root), python)


@pytest.mark.parametrize(("files", "python", "client"), CHOSEN.values(), ids=CHOSEN)
def test_the_client_that_the_project_can_use_is_chosen(
    files: dict[str, str], python: tuple[int, int], client: str, tmp_path: Path
) -> None:
    assert _target(tmp_path, files, python, "auto").client == client


@pytest.mark.parametrize(
    ("asked", "files", "python", "words"),
    [
        (
            "httpx2",
            {},
            (3, 10),
            ["httpx2 needs Python 3.11", "3.10", '"httpx" or "aiohttp" or "thread"'],
        ),
        ("httpx", {"requirements.txt": "httpx<0.28\n"}, (3, 12), [">=0.28,<1", "requirements.txt"]),
    ],
)
def test_asking_for_what_cannot_be_used_is_an_error_that_says_what_to_do(
    asked: str, files: dict[str, str], python: tuple[int, int], words: list[str], tmp_path: Path
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        _target(tmp_path, files, python, asked)

    assert caught.value.key == "http-client"
    assert [word for word in words if word not in str(caught.value)] == []


def test_a_project_that_can_use_none_is_told_so_and_keeps_its_calls_in_a_thread(
    tmp_path: Path,
) -> None:
    (tmp_path / "requirements.txt").write_text("httpx<0.28\n")
    (tmp_path / "app.py").write_text(
        "import requests\n\n\nasync def ping(url):\n    requests.get(url, timeout=3)\n"
    )
    configuration = Configuration(target_python=(3, 10))
    analysis = analyse([tmp_path], root=tmp_path, configuration=configuration, cache=False)
    (plan,) = analysis.plans
    done = rewrite(analysis, plan, groups_of(plan, unsafe=True))

    assert plan.planned[0].reason is not None
    assert plan.planned[0].reason.code == "client-version"
    assert done is not None
    assert b"asyncio.to_thread(requests.get, url, timeout=3)" in done.change.after


def test_a_wrong_choice_ends_the_run_before_it_begins(tmp_path: Path) -> None:
    configuration = Configuration(http_client="httpx2", target_python=(3, 9))

    with pytest.raises(ConfigurationError):
        analyse([tmp_path], root=tmp_path, configuration=configuration, cache=False)
