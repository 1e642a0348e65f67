"""Requests that share a handler or a variable, one at a time; syntax of newer Pythons."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from awaken.engine import Analysis, analyse, groups_of, rewrite
from awaken.project.configuration import Configuration, override

if TYPE_CHECKING:
    from pathlib import Path

_SHARED_HANDLER = """\
import requests


async def both(url):
    try:
        first = requests.get(url)
        second = requests.post(url, cookies={"a": "b"})
    except requests.Timeout:
        return None
    return first.status_code, second.status_code
"""
_SHARED_VARIABLE = """\
import requests


async def twice(url):
    response = requests.get(url)
    if not response.ok:
        response = requests.post(url, cookies={"a": "b"})
    return response.ok
"""
_SHARED_CLIENT = """\
import requests


async def three(url):
    first = requests.get(url)
    second = requests.post(url)
    third = requests.get(url)
    return first.ok, second.ok, third.ok
"""
_GROUP_HANDLER = """\
import requests


async def fetch(url):
    try:
        found = requests.get(url).json()
    except* requests.Timeout:
        found = None
    return_value = found
    print(return_value)
"""


def _analysed(folder: Path, text: str) -> Analysis:
    (folder / "app.py").write_text(text)
    configuration = override(Configuration(), http_client="httpx", target_python="3.11")
    return analyse([folder], root=folder, configuration=configuration, jobs=1, cache=False)


def _apply(folder: Path, text: str, number: int | None = None) -> str:
    analysis = _analysed(folder, text)
    (plan,) = analysis.plans
    groups = groups_of(plan, unsafe=False)
    result = rewrite(analysis, plan, groups if number is None else [groups[number]])
    assert result is not None
    assert not result.dropped
    return result.change.after.decode()


@pytest.mark.parametrize("first", [0, 1])
def test_fixes_one_after_the_other_give_what_both_give_at_once(tmp_path: Path, first: int) -> None:
    at_once = _apply(tmp_path, _SHARED_HANDLER)
    alone = _apply(tmp_path, _SHARED_HANDLER, first)
    assert alone.count("httpx.AsyncClient(") == 1
    assert "except (requests.Timeout, httpx.TimeoutException):" in alone
    assert _apply(tmp_path, alone).replace("http_client", "client") == at_once
    assert at_once.count("httpx.create_ssl_context(") == 1


def test_requests_of_one_variable_need_each_other(tmp_path: Path) -> None:
    (plan,) = _analysed(tmp_path, _SHARED_VARIABLE).plans
    one, other = groups_of(plan, unsafe=False)
    assert one.needs == (other.id,)
    assert other.needs == (one.id,)


def test_requests_of_one_client_are_one_change(tmp_path: Path) -> None:
    (plan,) = _analysed(tmp_path, _SHARED_CLIENT).plans
    (group,) = groups_of(plan, unsafe=False)
    assert [finding.place.line for finding in group.findings] == [5, 6, 7]
    assert group.needs == ()


@pytest.mark.skipif(sys.version_info < (3, 11), reason="`except*` is of Python 3.11")
def test_group_handlers_are_translated_too(tmp_path: Path) -> None:
    assert "except* httpx.TimeoutException:" in _apply(tmp_path, _GROUP_HANDLER)
