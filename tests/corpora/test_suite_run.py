"""What decides whether a package's own tests still pass."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.corpora.suite_comparison import compare
from tests.corpora.suite_run import Suite, SuiteResult, run_tests, unawaited_fails

_TESTS = """\
import asyncio

import pytest


async def double(number):
    return 2 * number


@pytest.mark.parametrize("number", [1, 2])
def test_awaited(number):
    assert asyncio.run(double(number)) == 2 * number


def test_forgotten():
    double(1)


@pytest.mark.skip
def test_skipped():
    pass


@pytest.mark.xfail
def test_expected():
    assert False


@pytest.fixture
def broken():
    raise ValueError


def test_error(broken):
    pass


def test_subtests(subtests):
    with subtests.test("first"):
        assert False
"""


def _suite(folder: Path, options: tuple[str, ...] = ()) -> Suite:
    tests = folder / "tests"
    tests.mkdir()
    (tests / "test_doubling.py").write_text(_TESTS, encoding="utf-8")
    return Suite("doubling", folder, Path(sys.executable), options=options, paths=("tests",))


def _result(**outcomes: str) -> SuiteResult:
    return SuiteResult(Counter(list(outcomes)), outcomes, status=0, seconds=1.0)


def test_each_test_is_recorded_and_a_lost_await_fails(tmp_path: Path) -> None:
    result = run_tests(_suite(tmp_path), tmp_path / "logs" / "run.log")
    names = {test.partition("::")[2]: outcome for test, outcome in result.outcomes.items()}
    names.pop("test_subtests")  # failed, or an error where pytest has no sub-tests yet
    assert names == {
        "test_awaited[1]": "passed",
        "test_awaited[2]": "passed",
        "test_forgotten": "failed",
        "test_skipped": "skipped",
        "test_expected": "xfailed",
        "test_error": "error",
    }
    assert result.collected.total() == 7


@pytest.mark.parametrize(
    ("options", "fails"),
    [((), True), (("-W", "ignore:coroutine:RuntimeWarning"), False)],
    ids=["by itself", "not where the suite's options silence it"],
)
def test_the_canary_tells_whether_a_lost_await_fails(
    tmp_path: Path, options: tuple[str, ...], fails: bool
) -> None:
    suite = _suite(tmp_path, options)
    assert unawaited_fails(suite, tmp_path / "logs" / "canary.log") is fails
    assert [path.name for path in (tmp_path / "tests").glob("*.py")] == ["test_doubling.py"]


def test_every_test_is_held_against_its_outcome_before() -> None:
    before = _result(a="passed", b="passed", c="failed", d="skipped", e="failed", f="passed")
    after = _result(a="passed", b="failed", c="passed", d="passed", e="error", g="passed")
    found = compare(before, after)
    assert found.mended == ("c",)
    assert found.problems == [
        "missing f",
        "added g",
        "broken b: passed, then failed",
        "broken d: skipped, then passed",
        "broken e: failed, then error",
        "broken f: passed, then not run",
        "broken g: not run, then passed",
    ]
