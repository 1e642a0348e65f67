"""An attribute that runs a property is found, whatever the decorator and the property are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from awaken.engine import analyse
from awaken.project.configuration import Configuration
from awaken.property_names import PropertyNames

if TYPE_CHECKING:
    from pathlib import Path

_CLASS = """\
import time
import functools
from functools import cached_property as lazily

also = lazily  # a property


class Client:
    {decorator}
    def answer(self):
        time.sleep(5)
        return 5

    reply = answer
"""
_USES = """\
from client import Client


async def main(client: Client):
    return client.{name}
"""


@pytest.mark.parametrize(
    "decorator",
    ["@property", "@functools.cached_property", "@lazily", "@also", "@ property"],
)
@pytest.mark.parametrize("name", ["answer", "reply"])
def test_a_property_is_found(tmp_path: Path, decorator: str, name: str) -> None:
    (tmp_path / "client.py").write_text(_CLASS.format(decorator=decorator))
    (tmp_path / "app.py").write_text(_USES.format(name=name))
    for part in (tmp_path, tmp_path / "app.py"):
        analysis = analyse([part], root=tmp_path, configuration=Configuration(), jobs=1)
        found = [each.finding.call for plan in analysis.plans for each in plan.planned]
        assert found == ["time.sleep"]


def _names(*texts: bytes, aliases: set[tuple[bytes, bytes]] | None = None) -> set[str]:
    names = PropertyNames()
    for text in texts:
        names.look(text)
    return set(names.found(aliases or set()))


def test_only_what_may_be_a_property_counts() -> None:
    text = b"@app.get('/')\ndef index(): a @ b\n\n@property\n@cache\nasync def name(self): ...\n"
    assert _names(text) == {"name"}
    assert _names(text, aliases={(b"property", b"get")}) == {"name", "index"}


def test_a_property_has_the_names_that_it_is_given() -> None:
    text = b"class A:\n  @x.getter\n  def x(self): ...\n  y = x  # property\n  z = A.y\n  z == y\n"
    assert _names(text) == {"x", "y", "z"}
