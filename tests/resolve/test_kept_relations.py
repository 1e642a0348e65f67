"""What one model says of another counts in a run that keeps the results of the last one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from awaken.engine import analyse
from awaken.project.configuration import Configuration

if TYPE_CHECKING:
    from pathlib import Path

_AUTHOR = """\
from django.contrib.auth.models import AbstractUser
from django.db import models


class Author(models.Model):
    name = models.CharField(max_length=20)


class Member(AbstractUser):
    def save(self, *args, **kwargs):
        self.calls = self.calls + 1
        super().save(*args, **kwargs)
"""
_VIEWS = """\
from django.contrib.auth import get_user_model

from people.models import Author


async def view(author: Author):
    author.book_set.count()
    return get_user_model().registered.count()
"""
_BOOK = """\
from django.db import models


class Book(models.Model):
    author = models.ForeignKey("people.Author", on_delete=models.CASCADE{related})
"""
_MANAGER = "\n\nclass Member(AbstractUser):\n    registered = models.Manager()\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "project"
    for name, text in {
        "people/models.py": _AUTHOR,
        "people/views.py": _VIEWS,
        "shop/models.py": "NAMES = 'models'\n",
        "settings.py": "DEBUG = True\n",
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.parent != folder:
            (path.parent / "__init__.py").touch()
        path.write_text(text)
    return folder


def found(project: Path) -> list[int]:
    for _ in range(2):  # the second run uses what the first one kept
        analysis = analyse(
            [project], root=project, configuration=Configuration(), jobs=1, cache=True
        )
    assert not analysis.ledger.failed
    return [each.finding.place.line for plan in analysis.plans for each in plan.planned]


def test_a_relation_that_another_file_gets_or_loses_is_seen(project: Path) -> None:
    shop = project / "shop/models.py"

    assert found(project) == []
    shop.write_text(_BOOK.format(related=""))
    assert found(project) == [7]
    shop.write_text(_BOOK.format(related=', related_name="books"'))
    assert found(project) == []


def test_a_user_model_that_the_settings_name_is_seen(project: Path) -> None:
    people, settings = project / "people/models.py", project / "settings.py"
    people.write_text(_AUTHOR.partition("\n\nclass Member")[0] + _MANAGER)

    assert found(project) == []
    settings.write_text('AUTH_USER_MODEL = "people.Member"\n')
    assert found(project) == [8]
    people.write_text(_AUTHOR)
    assert found(project) == []
