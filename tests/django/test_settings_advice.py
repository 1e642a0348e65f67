"""What `django-settings` says of a project, by what the project depends on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from awaken.engine import analyse
from awaken.project.configuration import Configuration

if TYPE_CHECKING:
    from pathlib import Path

_POSTGRES = 'DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql"%s}}\n'
_OPEN = _POSTGRES % ', "CONN_MAX_AGE": 60'
_POOLED = _POSTGRES % ', "OPTIONS": {"pool": True}'
_FILLED_ELSEWHERE = _POSTGRES % ', "OPTIONS": OPTIONS'


def _said(folder: Path, settings: str, *requirements: str, name: str = "settings.py") -> list[str]:
    (folder / "requirements.txt").write_text("\n".join(requirements))
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(settings)
    configuration = Configuration(min_severity="low")
    analysis = analyse([folder], root=folder, configuration=configuration, jobs=1, cache=False)
    return [each.finding.call for plan in analysis.plans for each in plan.planned]


@pytest.mark.parametrize("server", ["uvicorn", "daphne>=4", "channels[daphne]==4.3"])
def test_connections_that_stay_open_matter_where_a_loop_serves(tmp_path: Path, server: str) -> None:
    assert _said(tmp_path, _OPEN, "Django==5.2", server) == ["CONN_MAX_AGE"]


def test_they_do_not_where_none_does(tmp_path: Path) -> None:
    assert not _said(tmp_path, _OPEN, "Django==5.2", "gunicorn")


def test_a_pool_is_named_where_there_is_one(tmp_path: Path) -> None:
    ours = ("Django==5.1", "uvicorn", "psycopg[binary]>=3.2")
    assert _said(tmp_path, _POSTGRES % "", *ours) == ["OPTIONS['pool']"]
    assert not _said(tmp_path, _POOLED, *ours)
    assert not _said(tmp_path, _FILLED_ELSEWHERE, *ours)


@pytest.mark.parametrize("old", [("Django==5.0", "psycopg>=3"), ("Django==5.2", "psycopg2")])
def test_none_is_named_where_there_is_none(tmp_path: Path, old: tuple[str, ...]) -> None:
    assert not _said(tmp_path, _POSTGRES % "", "uvicorn", *old)


def test_tests_may_switch_the_guard_off(tmp_path: Path) -> None:
    off = 'import os\n\nos.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"\n'
    assert not _said(tmp_path, off, "Django", name="tests/conftest.py")
    assert _said(tmp_path, off, "Django", name="manage.py") == ["DJANGO_ALLOW_ASYNC_UNSAFE"]
