"""`awaken check` from end to end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from awaken.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

KEYS: dict[str, Any] = {
    "rule": str,
    "ruff": (str, type(None)),
    "severity": str,
    "path": str,
    "line": int,
    "column": int,
    "end_line": int,
    "end_column": int,
    "function": str,
    "call": str,
    "message": str,
    "chain": list,
    "fix": (dict, type(None)),
    "unsafe_fix": (dict, type(None)),
    "reason": (dict, type(None)),
}
MIXED = """\
import subprocess
import time


async def first():
    time.sleep(1)
    subprocess.run(["true"])


def worker():
    time.sleep(1)
"""


def found(result: Result) -> list[dict[str, Any]]:
    findings: list[dict[str, Any]] = json.loads(result.stdout)["findings"]
    return findings


def test_a_clean_project_ends_with_0_and_prints_no_data(
    project: Any, run: Callable[..., Result]
) -> None:
    project.file("app.py", "import asyncio\n")
    result = run("check")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "Nothing blocks the event loop in 1 file." in result.stderr


def test_findings_end_with_1(project: Any, run: Callable[..., Result]) -> None:
    project.file("app.py")
    result = run("check")
    assert result.exit_code == 1
    assert result.stdout.startswith("app.py:5:5 sleep high `time.sleep` blocks the event loop")
    assert "1 finding in 1 file: 1 sleep." in result.stderr


def test_an_empty_project_ends_with_0(project: Any, run: Callable[..., Result]) -> None:
    assert run("check", str(project.root)).exit_code == 0


def test_a_syntax_error_wins_over_findings_which_are_still_reported(
    project: Any, run: Callable[..., Result]
) -> None:
    project.file("app.py")
    project.file("broken.py", "async def f(:\n")
    result = run("check")
    assert result.exit_code == 2
    assert "app.py:5:5 sleep" in result.stdout
    assert "broken.py:1 error" in result.stderr


def test_a_missing_path_is_an_error_and_the_others_are_still_checked(
    project: Any, run: Callable[..., Result]
) -> None:
    project.file("app.py")
    result = run("check", "--format", "json", "app.py", "gone.py")
    assert result.exit_code == 2
    document = json.loads(result.stdout)
    assert [finding["path"] for finding in document["findings"]] == ["app.py"]
    assert document["errors"] == [
        {"path": "gone.py", "line": None, "message": "there is no such file or folder"}
    ]
    assert "gone.py error there is no such file or folder" in result.stderr


ASKS_DJANGO = """\
from django.contrib.auth.models import Group


async def count():
    return Group.objects.count()
"""


def test_only_missing_paths_end_with_2(project: Any, run: Callable[..., Result]) -> None:
    result = run("check", "gone.py", str(project.root / "away"))
    assert result.exit_code == 2
    assert "gone.py" in result.stderr
    assert "away" in result.stderr


def test_the_versions_are_named_with_what_decided_them(
    project: Any, run: Callable[..., Result]
) -> None:
    project.file("app.py", MIXED)
    project.file("requirements/base.txt", "Django~=4.2\n")
    document = json.loads(run("check", "--format", "json").stdout)
    assert document["versions"] == {
        "python": {"version": "3.10", "source": "pyproject.toml"},
        "django": {"version": "4.2", "source": "requirements/base.txt"},
    }
    told = run("check", "--verbose", "--target-python", "3.11").stderr
    assert (
        "Written for Python 3.11 (the configuration) and Django 4.2 (requirements/base.txt)."
        in " ".join(told.split())
    )


def test_an_unknown_django_is_told(project: Any, run: Callable[..., Result]) -> None:
    project.file("app.py", ASKS_DJANGO)
    told = " ".join(run("check").stderr.split())
    assert "No file says which Django this runs on" in told
    assert "which Django" not in run("check", "--django-version", "4.2").stderr


def test_every_field_of_json_has_its_promised_type(
    project: Any, run: Callable[..., Result]
) -> None:
    project.file("app.py", MIXED)
    result = run("check", "--format", "json")
    document = json.loads(result.stdout)
    keys = ["version", "findings", "errors", "summary", "dependencies", "versions"]
    assert list(document) == keys
    assert set(document["summary"]) == {"files", "findings", "fixable", "unsafe", "unfixable"}
    assert len(document["findings"]) == document["summary"]["findings"] == 2
    for finding in document["findings"]:
        assert list(finding) == list(KEYS)
        for key, kind in KEYS.items():
            assert isinstance(finding[key], kind), key
        assert finding["rule"] in RULES
        for link in finding["chain"]:
            assert set(link) == {"path", "line", "function"}
    sleep, offload = document["findings"]
    assert (sleep["line"], sleep["column"], sleep["end_line"], sleep["end_column"]) == (6, 5, 6, 18)
    assert (sleep["ruff"], sleep["call"], sleep["function"]) == (
        "ASYNC251", "time.sleep", "app.first",
    )  # fmt: skip
    assert sleep["fix"]["strategy"] == "native"
    assert sleep["fix"]["applicability"] == "safe"
    assert offload["rule"] == "offload"
    assert offload["fix"]["strategy"] == "thread"


@pytest.mark.parametrize("form", ["json", "sarif", "github"])
def test_data_formats_put_nothing_but_data_on_stdout(
    project: Any, run: Callable[..., Result], form: str
) -> None:
    project.file("app.py")
    project.file("broken.py", "(")
    result = run("check", "--format", form)
    assert result.exit_code == 2
    if form == "github":
        assert [line.split(" ")[0] for line in result.stdout.splitlines()] == [
            "::warning", "::error",
        ]  # fmt: skip
    else:
        assert isinstance(json.loads(result.stdout), dict)


def test_rules_can_be_selected_and_ignored_by_comma_and_by_repetition(
    project: Any, run: Callable[..., Result]
) -> None:
    project.file("app.py", MIXED)

    def rules(*options: str) -> list[str]:
        return [finding["rule"] for finding in found(run("check", "--format", "json", *options))]

    assert rules("--select", "sleep") == ["sleep"]
    assert rules("--select", "sleep,offload") == ["sleep", "offload"]
    assert rules("--select", "sleep", "--select", "offload") == ["sleep", "offload"]
    assert rules("--ignore", "sleep, http") == ["offload"]
    assert rules("--select", "sleep", "--ignore", "sleep") == []
    assert rules("--select", "ASYNC251") == ["sleep"]
    assert rules("--ignore", "ASYNC251") == ["offload"]


def test_the_severity_threshold_is_medium_unless_asked_otherwise(
    project: Any, run: Callable[..., Result]
) -> None:
    project.file("app.py", "import os\n\n\nasync def f():\n    return os.getcwd()\n")
    assert found(run("check", "--format", "json")) == []
    (low,) = found(run("check", "--format", "json", "--min-severity", "low"))
    assert low["severity"] == "low"


def test_the_configuration_counts_and_the_command_line_wins(
    project: Any, run: Callable[..., Result]
) -> None:
    project.file("app.py", MIXED)
    project.file("pyproject.toml", '[tool.awaken]\nselect = ["offload"]\n')
    project.file("other.toml", 'ignore = ["offload"]\n')

    def rules(*options: str) -> list[str]:
        return [finding["rule"] for finding in found(run("check", "--format", "json", *options))]

    assert rules() == ["offload"]
    assert rules("--select", "sleep") == ["sleep"]
    assert rules("--config", "other.toml") == ["sleep"]


def test_excluded_files_are_passed_over_and_listed_with_verbose(
    project: Any, run: Callable[..., Result]
) -> None:
    project.file("app.py")
    project.file("old/app.py")
    result = run("check", "--exclude", "old/", "--verbose")
    assert "old" not in result.stdout
    assert "skipped old" in result.stderr


def test_quiet_prints_findings_and_errors_only(project: Any, run: Callable[..., Result]) -> None:
    project.file("app.py")
    result = run("check", "-q")
    assert result.stderr == ""
    assert result.stdout.startswith("app.py:5:5")


def test_standard_input_is_checked_under_the_given_name(
    project: Any, run: Callable[..., Result]
) -> None:
    result = run(
        "check", "-", "--stdin-filename", "pkg/app.py", "--format", "json", given=MIXED.encode()
    )
    assert result.exit_code == 1
    assert [(f["path"], f["line"]) for f in found(result)] == [("pkg/app.py", 6), ("pkg/app.py", 7)]
    assert not (project.root / "pkg").exists()


def test_standard_input_may_be_the_first_file_that_speaks_of_django(
    project: Any, run: Callable[..., Result]
) -> None:
    project.file("unrelated.py")
    given = (
        b"from django.http import HttpRequest\n\n\n"
        b"async def name(request: HttpRequest) -> str:\n    return request.user.username\n"
    )
    result = run("check", "-", "--stdin-filename", "views.py", "--format", "json", given=given)
    assert [(f["rule"], f["line"]) for f in found(result)] == [("django", 5)]


def test_standard_input_that_is_no_python_ends_with_2(
    project: Any, run: Callable[..., Result]
) -> None:
    project.file("unrelated.py")
    for given in (b"def (", b"\xff\xfe\x00", b"x = '\xff'\n"):
        result = run("check", "-", given=given)
        assert result.exit_code == 2
        assert result.stdout == ""
        assert "error" in result.stderr.lower()
        assert "defect" not in result.stderr


def test_a_reader_that_leaves_early_does_no_harm(project: Any, start: Any) -> None:
    for number in range(40):
        project.file(
            f"m{number}.py", "import time\n\n\nasync def f():\n" + "    time.sleep(1)\n" * 200
        )
    script = f"{os.path.dirname(sys.executable)}/awaken check --no-cache | head -1"
    done = subprocess.run(
        ["bash", "-c", f"{script}; exit ${{PIPESTATUS[0]}}"],
        capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.stdout.count(b"\n") == 1
    assert b"Traceback" not in done.stderr
    assert b"Exception ignored" not in done.stderr
    assert done.returncode == 141
    assert start("check", "--no-cache", "m1.py").returncode == 1


def test_colours_are_for_those_who_ask_and_never_against_no_color(project: Any, start: Any) -> None:
    project.file("app.py")

    def output(**env: str) -> bytes:
        stdout: bytes = start("check", "--no-cache", env=env).stdout
        return stdout

    assert b"\x1b[" not in output()
    assert b"\x1b[" in output(FORCE_COLOR="1")
    assert b"\x1b[" not in output(FORCE_COLOR="1", NO_COLOR="1")
    assert output(FORCE_COLOR="1", NO_COLOR="1") == output()


def test_a_terminal_without_unicode_is_no_obstacle(project: Any, start: Any) -> None:
    project.file("grüße.py", "import time\n\n\nasync def größe():\n    time.sleep(1)\n")
    done = start("check", "--no-cache", env={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})
    assert done.returncode == 1
    assert b"gr\\xfc\\xdfe.py:5:5 sleep" in done.stdout


def test_only_fixes_of_the_kinds_asked_for_are_made(
    project: Any, run: Callable[..., Result]
) -> None:
    project.file("app.py", MIXED.replace("subprocess.run(", "subprocess.getstatusoutput("))
    found = json.loads(run("check", "--format", "json", "--strategy", "native").stdout)["findings"]
    assert [each["fix"] and each["fix"]["strategy"] for each in found] == ["native", None]
    assert found[1]["reason"]["code"] == "strategy-not-asked"
    found = json.loads(
        run("check", "--format", "json", "--strategy", "thread", "--strategy", "native").stdout
    )["findings"]
    assert [each["fix"]["strategy"] for each in found] == ["thread", "thread"]


def test_the_kinds_of_fixes_may_stand_in_the_configuration(
    project: Any, run: Callable[..., Result]
) -> None:
    project.file("pyproject.toml", '[tool.awaken]\nstrategies = ["thread"]\n')
    project.file("app.py", MIXED)
    found = json.loads(run("check", "--format", "json").stdout)["findings"]
    assert [each["fix"]["strategy"] for each in found] == ["thread", "thread"]
    found = json.loads(run("check", "--format", "json", "--strategy", "native").stdout)["findings"]
    assert found[0]["fix"]["strategy"] == "native"


def test_an_unknown_kind_of_fix_is_refused_with_the_nearest_one(run: Callable[..., Result]) -> None:
    result = run("check", "--strategy", "native,thred")
    assert result.exit_code == 2
    assert 'there is no kind of fix "thred"; did you mean "thread"?' in result.stderr
