"""A run over a part of a project knows what the rest of it expects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.engine import analyse, analyse_text
from awaken.project.configuration import Configuration

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
