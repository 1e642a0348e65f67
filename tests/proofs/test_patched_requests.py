"""Tests that patch requests, run before and after: the safe form leaves them alone, the native one needs others."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from awaken.engine import analyse, groups_of, rewrite
from awaken.project.configuration import Configuration, override

if TYPE_CHECKING:
    from pathlib import Path

# Nothing listens there: what is not replaced fails.
_URL = "http://127.0.0.1:9/"
_CALL = "async def price():\n    return {}.get({!r}, timeout=5).json()\n"
_MODULES = {
    "by_name": "import requests\n\n\n" + _CALL.format("requests", _URL),
    "by_alias": "import requests as r\n\n\n" + _CALL.format("r", _URL),
    "by_function": "from requests import get\n\n\n" + _CALL.replace(".get", "").format("get", _URL),
    "by_library": "import requests\n\n\n" + _CALL.format("requests", _URL),
    "by_session": "import requests\n\n\n" + _CALL.format("requests", _URL),
    "by_modules": "async def price():\n    import requests\n\n    return requests.get('http://127.0.0.1:9/').json()\n",
    "by_hand": "import requests\n\n\n" + _CALL.format("requests", _URL),
}
_TESTS = """\
import asyncio
import sys
import unittest
from unittest.mock import Mock, patch

import requests
import by_alias, by_function, by_hand, by_library, by_modules, by_name, by_session

ANSWER = Mock(**{"json.return_value": {"price": 1}, "status_code": 200})
MODULE = "by_name"


class Shop(unittest.TestCase):
    def check(self, module):
        self.assertEqual(asyncio.run(module.price()), {"price": 1})

    def test_by_name(self):
        with patch(f"{MODULE}.requests.get", return_value=ANSWER):
            self.check(by_name)

    def test_by_alias(self):
        with patch.object(by_alias.r, "get", return_value=ANSWER):
            self.check(by_alias)

    def test_by_function(self):
        with patch("by_function.get", return_value=ANSWER):
            self.check(by_function)

    def test_by_library(self):
        with patch.multiple("by_library.requests", get=Mock(return_value=ANSWER)):
            self.check(by_library)

    def test_by_session(self):
        with patch.object(requests.sessions.Session, "send", return_value=ANSWER):
            self.check(by_session)

    def test_by_modules(self):
        with patch.dict("sys.modules", {"requests": Mock(**{"get.return_value": ANSWER})}):
            self.check(by_modules)

    def test_by_hand(self):
        with patch.object(by_hand, "requests", Mock(**{"get.return_value": ANSWER})):
            self.check(by_hand)
"""


def _failures(project: Path) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-m", "unittest", "test_shop"],
        cwd=project,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "Ran 7 tests" in done.stderr, done.stderr
    return set(re.findall(r"^(?:ERROR|FAIL): test_(\w+)", done.stderr, re.MULTILINE))


def _rewrite(project: Path, *, unsafe: bool) -> set[str]:
    """Rewrite the modules; returns those that use httpx then."""
    configuration = override(Configuration(), http_client="httpx", target_python="3.10")
    analysis = analyse([project], root=project, configuration=configuration, jobs=1, cache=False)
    for plan in analysis.plans:
        done = rewrite(analysis, plan, groups_of(plan, unsafe=unsafe))
        if done is not None:
            done.change.path.write_bytes(done.change.after)
    return {name for name in _MODULES if "httpx" in (project / f"{name}.py").read_text()}


@pytest.mark.proof
@pytest.mark.parametrize("unsafe", [False, True], ids=["safe", "unsafe"])
def test_what_tests_replace_stays_where_they_find_it_unless_that_is_asked_for(
    unsafe: bool, tmp_path: Path
) -> None:
    for name, text in _MODULES.items():
        (tmp_path / f"{name}.py").write_text(text)
    (tmp_path / "test_shop.py").write_text(_TESTS)
    assert _failures(tmp_path) == set()

    native = _rewrite(tmp_path, unsafe=unsafe)
    assert native == (set(_MODULES) if unsafe else set())
    assert _failures(tmp_path) == native
