"""`awaken rules` and `awaken explain`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from awaken.detect.finding import Link
from awaken.plan.fix import PlannedFinding
from awaken.rules import RULES
from awaken_cli.commands import explain

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

HELD = """\
import threading
import time

lock = threading.RLock()


async def held():
    with lock:
        time.sleep(
            1
        )
"""


def test_rules_lists_every_rule_with_its_entries(run: Callable[..., Result]) -> None:
    result = run("rules")
    assert result.exit_code == 0
    for rule in RULES.values():
        assert rule.name in result.stdout
        assert all(code in result.stdout for code in rule.ruff)


def test_rules_as_json(run: Callable[..., Result]) -> None:
    document = json.loads(run("rules", "--format", "json").stdout)
    assert document["version"] == 1
    assert [rule["name"] for rule in document["rules"]] == list(RULES)
    for rule in document["rules"]:
        assert set(rule) == {"name", "summary", "why", "fix", "ruff", "entries"}
        given_by_the_project = bool(RULES[rule["name"]].settings) or RULES[rule["name"]].advice
        assert (rule["entries"] > 0) is not given_by_the_project


@pytest.mark.parametrize("name", list(RULES))
def test_a_rule_is_explained_with_reason_fix_example_refusals_and_suppression(
    run: Callable[..., Result], name: str
) -> None:
    result = run("explain", name)
    rule = RULES[name]
    assert result.exit_code == 0
    flowed = " ".join(result.stdout.split())
    assert rule.why in flowed
    assert rule.fix in flowed
    assert " ".join(rule.before.split()) in flowed
    assert " ".join(rule.after.split()) in flowed
    assert all(f"{code}: " in flowed for code in rule.reasons)
    assert f"# awaken: ignore[{name}]" in flowed
    assert rule.settings in flowed


@pytest.mark.parametrize(
    "rule", [each for each in RULES.values() if each.rewrites], ids=lambda each: each.name
)
def test_the_example_of_a_rule_is_what_apply_makes_of_it(
    project: Any, run: Callable[..., Result], rule: Any
) -> None:
    settings = f'[project]\nrequires-python = ">=3.10"\n[tool.awaken]\n{rule.settings}\n'
    project.file("pyproject.toml", settings)
    asked = ("--unsafe-fixes", "--extend-select", rule.name) if rule.advice else ()
    options = ("--stdin-filename", "app.py", "--django-version", "5.0", *asked)
    result = run("apply", "-", *options, given=rule.before.encode())
    assert result.stdout == rule.after
    assert result.exit_code == 0


def test_a_ruff_code_stands_for_its_rule(run: Callable[..., Result]) -> None:
    assert run("explain", "async251").stdout == run("explain", "sleep").stdout


def test_a_reason_code_is_explained(run: Callable[..., Result]) -> None:
    result = run("explain", "lock-held")
    assert result.exit_code == 0
    assert result.stdout.startswith("lock-held: a threading lock is held here")


@pytest.mark.parametrize("line", [9, 10, 11])
def test_any_line_of_a_finding_explains_it(
    project: Any, run: Callable[..., Result], line: int
) -> None:
    project.file("app.py", HELD)
    result = run("explain", f"app.py:{line}")
    assert result.exit_code == 0
    assert result.stdout.startswith("app.py:9:9 sleep high ")
    assert "no fix (lock-held): " in result.stdout
    assert "awaken explain sleep" in result.stdout


def test_a_line_without_a_finding_names_the_nearest_one(
    project: Any, run: Callable[..., Result]
) -> None:
    project.file("app.py", HELD)
    result = run("explain", "app.py:2")
    assert result.exit_code == 0
    assert "Nothing was found on app.py:2." in result.stdout
    # entering the lock is one, too, though of low severity
    assert "The nearest finding is app.py:8." in result.stdout


def test_what_is_below_the_threshold_is_explained_as_well(
    project: Any, run: Callable[..., Result]
) -> None:
    project.file("app.py", "import os\n\n\nasync def f():\n    return os.getcwd()\n")
    assert run("explain", "app.py:5").stdout.startswith("app.py:5:12 offload low ")


@pytest.mark.parametrize("subject", ["nothing-like-this", "gone.py:3", "broken.py:1", "app.py"])
def test_what_cannot_be_explained_ends_with_2(
    project: Any, run: Callable[..., Result], subject: str
) -> None:
    project.file("broken.py", "def (\n")
    project.file("app.py")
    result = run("explain", subject)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Error: " in result.stderr
    assert "defect" not in result.stderr


def test_a_line_that_a_chain_leads_through_explains_the_finding(
    project: Any, built: Any, run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    project.file("app.py")
    chain = (Link("app.py", 5, "app.poll"), Link("app.py", 9, "app.wait"))
    planned = PlannedFinding(built.finding(chain=chain))
    monkeypatch.setattr(explain, "analysed", lambda _: built.analysis(built.plan(planned)))
    assert "app.py:9  app.wait calls time.sleep" in run("explain", "app.py:9").stdout
    assert "Nothing was found on app.py:8." in run("explain", "app.py:8").stdout
