"""A run over a part of a project knows what the rest of it expects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.engine import analyse, analyse_text, groups_of, rewrite
from awaken.project.configuration import Configuration, override

if TYPE_CHECKING:
    from pathlib import Path

    from awaken.engine import Analysis

_CLIENT = (
    "import requests\n\n\nasync def fetch(url):\n    return requests.get(url, timeout=5).json()\n"
)
_CALLER = """\
import requests
from client import fetch


async def index():
    try:
        return await fetch("https://example.com")
    except requests.Timeout:
        return None
"""


def _strategies(analysis: Analysis) -> list[str]:
    return [
        each.safe.strategy.value for plan in analysis.plans for each in plan.planned if each.safe
    ]


def test_a_caller_outside_of_the_given_paths_counts(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("")
    client = tmp_path / "client.py"
    client.write_text(_CLIENT)

    def strategies() -> list[str]:
        return _strategies(analyse([client], root=tmp_path, configuration=Configuration(), jobs=1))

    assert strategies() == ["native"]
    (tmp_path / "app.py").write_text(_CALLER)
    assert strategies() == ["thread"]


def test_it_counts_for_standard_input_as_well(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(_CALLER)
    analysis = analyse_text(
        _CLIENT.encode(),
        filename=tmp_path / "client.py",
        root=tmp_path,
        configuration=Configuration(),
    )
    assert _strategies(analysis) == ["thread"]


_MODELS = """\
from django.db import models


class Author(models.Model):
    name = models.CharField(max_length=50)


class Book(models.Model):
    title = models.CharField(max_length=50)
    author = models.ForeignKey(Author, on_delete=models.CASCADE)


async def author_of(title):
    book = Book.objects.get(title=title)
    return book.author.name
"""


def test_each_change_of_a_query_passes_by_itself(tmp_path: Path) -> None:
    (tmp_path / "models.py").write_text(_MODELS)
    configuration = override(Configuration(), django_version="5.2")
    analysis = analyse([tmp_path], root=tmp_path, configuration=configuration, jobs=1)
    (plan,) = analysis.plans
    groups = groups_of(plan, unsafe=False)
    results = [rewrite(analysis, plan, [group]) for group in groups]

    assert len(groups) == 2
    assert [result.dropped for result in results if result is not None] == [(), ()]
