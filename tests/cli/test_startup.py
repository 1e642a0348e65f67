"""Starting up: what is imported, from where, and how wrong command lines end."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

from awaken import __version__
from awaken.advice.advise import FINDERS
from awaken.catalogue.load import load_catalogue
from awaken.plan.reasons import REASONS
from awaken.rules import ON_REQUEST, RULES
from awaken_cli.group import SUMMARIES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

HEAVY = (
    "rich",
    "libcst",
    "awaken.engine",
    "awaken.catalogue",
    "tomllib",
    "tomli",
    "multiprocessing",
)
HOSTILE = ("sitecustomize", "usercustomize", "libcst", "click", "rich", "json", "pickle", "queue")


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import os, sys, awaken_cli\n"
        "sys.argv = ['awaken', '--help']\n"
        "def leave(code):\n"
        f"    print('LOADED', [name for name in {HEAVY!r} if name in sys.modules])\n"
        "    sys.exit(code)\n"
        "os._exit = leave\n"
        "awaken_cli.main()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "Commands:" in done.stdout
    assert done.stdout.endswith("LOADED []\n")


@pytest.mark.parametrize("name", SUMMARIES)
def test_each_command_has_the_summary_of_the_overview_and_an_example(
    run: Callable[..., Result], name: str
) -> None:
    result = run(name, "--help")
    assert result.exit_code == 0
    assert re.search(rf"Examples?:\n +awaken {name}\b", result.output)
    command = import_module(f"awaken_cli.commands.{name}").command
    assert command.get_short_help_str(limit=200) == SUMMARIES[name]


def test_version_is_printed(run: Callable[..., Result]) -> None:
    assert run("--version").output == f"awaken, version {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("chekc",), 'there is no command "chekc"; did you mean "check"?'),
        (("check", "--select", "slep"), 'there is no rule "slep"; did you mean "sleep"?'),
        (("diff", "--ignore", "sleep,htp"), 'there is no rule "htp"; did you mean "http"?'),
        (("check", "--select", "xyzzy"), "there are sleep, offload, http, cpu, loop, django"),
        (("check", "--format", "xml"), "'xml' is not one of"),
        (("check", "--min-severity", "huge"), "'huge' is not one of"),
        (("check", "--target-python", "three"), "--target-python"),
        (("check", "--django-version", "x"), "--django-version"),
        (("check", "--config", "none.toml"), "none.toml: there is no such file"),
        (("check", "--jobs", "0"), "--jobs"),
        (("check", "-", "app.py"), "cannot be combined"),
        (("check", "--nonsense"), "--nonsense"),
        (("apply", "--yes", "--interactive"), "exclude each other"),
        (("explain", "slep"), 'did you mean "sleep"?'),
    ],
)
def test_a_wrong_command_line_ends_with_2_and_says_what_is_right(
    project: Any, run: Callable[..., Result], arguments: tuple[str, ...], message: str
) -> None:
    project.file("app.py")
    before = project.tree()
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in result.stderr.replace("\n", " ")
    assert result.stdout == ""
    assert project.tree() == before


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("[tool.awaken]\nselec = []", 'did you mean "select"?'),
        ("[tool.awaken]\nselect = ['slep']", 'select: there is no rule "slep"; did you mean'),
        ("[tool.awaken]\nmin-severity = 3", "min-severity"),
        ("[tool.awaken]\nexclude = ['[z-a]']", None),
        ("[tool.awaken\n", "pyproject.toml"),
    ],
)
def test_a_wrong_configuration_ends_with_2_and_names_the_key(
    project: Any, run: Callable[..., Result], settings: str, message: str | None
) -> None:
    project.file("pyproject.toml", settings)
    result = run("check")
    if message is None:  # gitignore takes such a range for an empty one
        assert "Traceback" not in result.output
        return
    assert result.exit_code == 2
    assert message in result.stderr


def test_a_defect_of_awaken_shows_no_traceback_and_keeps_the_details(
    project: Any,
    run: Callable[..., Result],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("oops")

    project.file("app.py")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("awaken_cli.commands.check.analysed", broken)
    result = run("check")
    assert result.exit_code == 2
    assert "ZeroDivisionError: oops" in result.stderr
    assert "Traceback" not in result.output
    (log,) = tmp_path.glob("awaken-*.log")
    assert str(log) in result.stderr
    assert "Traceback" in log.read_text()


def test_ctrl_c_before_anything_is_written_ends_with_130(
    project: Any, run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("awaken_cli.commands.check.analysed", interrupted)
    result = run("check", str(project.root))
    assert result.exit_code == 130
    assert "nothing was written" in result.stderr


def _hostile(project: Any) -> Path:
    """Put modules and packages that leave a mark when they are imported beside the code."""
    mark: Path = project.root.parent / "imported"
    code = f"open({str(mark)!r}, 'a').write(__name__ + ' ')\nraise ImportError('hostile')\n"
    for name in HOSTILE:
        project.file(f"{name}.py", code)
    project.file("cli/__init__.py", code)
    project.file("awaken_cli/__init__.py", code)
    for number in range(150):  # so many that workers are started
        project.file(f"pkg/m{number}.py")
    return mark


@pytest.mark.parametrize("prefix", ["script", "module"])
@pytest.mark.parametrize("arguments", [("rules",), ("check", "--no-cache", "--jobs", "2", "pkg")])
def test_modules_of_the_project_are_never_imported(
    project: Any, start: Any, prefix: str, arguments: tuple[str, ...]
) -> None:
    mark = _hostile(project)
    if prefix == "script":
        done = start(*arguments)
    else:
        command = [sys.executable, "-m", "awaken", *arguments]
        done = subprocess.run(command, capture_output=True, check=False, timeout=60)
    assert not mark.exists(), mark.read_text()
    assert done.returncode == (1 if "check" in arguments else 0), done.stderr.decode()


@pytest.mark.parametrize("entry", [".", "{root}", "lib", ":.:"])
def test_neither_with_a_pythonpath_that_leads_into_the_project(
    project: Any, start: Any, entry: str
) -> None:
    mark = _hostile(project)
    # Python itself runs these two before any code of ours
    for name in ("sitecustomize", "usercustomize"):
        (project.root / f"{name}.py").unlink()
    # and the standard library's modules that it needs to get to us
    for name in ("json", "pickle", "queue"):
        (project.root / f"{name}.py").unlink()
    (project.root / "awaken_cli" / "__init__.py").unlink()
    (project.root / "awaken_cli").rmdir()
    (project.root / "lib").mkdir()
    (project.root / "click.py").rename(project.root / "lib" / "click.py")
    environment = {"PYTHONPATH": entry.format(root=project.root)}
    done = start("check", "--no-cache", "--jobs", "2", "pkg", env=environment)
    assert not mark.exists(), mark.read_text()
    assert done.returncode == 1, done.stderr.decode()


def test_rules_of_the_catalogue_and_rules_with_words_are_the_same() -> None:
    told = [name for name, rule in RULES.items() if not rule.advice]
    assert sorted(told) == sorted(load_catalogue().rules)


def test_every_rule_of_advice_has_what_finds_it() -> None:
    assert {name for name, rule in RULES.items() if rule.advice} <= set(FINDERS) <= set(RULES)
    assert set(FINDERS) >= ON_REQUEST


@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_the_reasons_of_a_rule_exist(rule: Any) -> None:
    assert set(rule.reasons) <= set(REASONS)
