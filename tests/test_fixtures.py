"""Every fixture: what is found, what comes out, and that it is right in every way we can check."""

from __future__ import annotations

import argparse
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from awaken.engine import Analysis, analyse, groups_of, rewrite
from awaken.project.configuration import Configuration, override
from awaken.show.patch import unified_patch
from tests.fixture_case import FixtureCase, cases

if TYPE_CHECKING:
    from pathlib import Path

_FLAGS = argparse.ArgumentParser()
_FLAGS.add_argument("--unsafe-fixes", action="store_true")
_FLAGS.add_argument("--min-severity", default="low")
_FLAGS.add_argument("--target-python", default="3.11")
_FLAGS.add_argument("--django-version", default="5.2")
_FLAGS.add_argument("--http-client", default="httpx")
_FLAGS.add_argument("--http-client-scope", default="function")
_FLAGS.add_argument("--file-io", default="thread")
_FLAGS.add_argument("--offload")
_FLAGS.add_argument("--strategies", type=lambda text: text.split(","), default=[])
_FLAGS.add_argument("--strategies-django", default="native")
_FLAGS.add_argument("--cpu-bound", type=lambda text: text.split(","), default=[])
_FLAGS.add_argument("--extend-select", type=lambda text: text.split(","), default=[])
_FLAGS.add_argument("--not-compared-with-ruff", action="store_true")
_FLAGS.add_argument("--needs-python", default="3.10")


def _analysis(case: FixtureCase, folder: Path, flags: argparse.Namespace) -> Analysis:
    configuration = override(
        Configuration(),
        min_severity=flags.min_severity,
        target_python=flags.target_python,
        django_version=flags.django_version,
        http_client=flags.http_client,
        http_client_scope=flags.http_client_scope,
        file_io=flags.file_io,
        offload=flags.offload,
        strategies=tuple(flags.strategies),
        strategies_django=flags.strategies_django,
        cpu_bound=tuple(flags.cpu_bound),
        extend_select=tuple(flags.extend_select),
    )
    assert case.files
    return analyse([folder], root=folder, configuration=configuration, jobs=1, cache=False)


def _write(case: FixtureCase, folder: Path) -> None:
    for file in case.files:
        path = folder / file.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.text.encode())


def _found(analysis: Analysis, name: str) -> list[str]:
    lines = []
    for plan in analysis.plans:
        if plan.source.relative == name:
            for planned in plan.planned:
                fix, finding = planned.best, planned.finding
                unsafe = "!" if fix and fix.difference else ""
                end = f"{fix.strategy.value}{unsafe}" if fix else ""
                reason = planned.reason.code if planned.reason and not fix else ""
                line = f"{finding.place.line} {finding.rule} {finding.call} {end or reason}"
                lines.append(line)
    return lines


def _apply(analysis: Analysis, folder: Path, *, unsafe: bool) -> dict[str, bytes]:
    patches = {}
    for plan in analysis.plans:
        result = rewrite(analysis, plan, groups_of(plan, unsafe=unsafe))
        if result is not None:
            assert not result.dropped, [(each.reason, each.group.fix) for each in result.dropped]
            patches[plan.source.relative] = unified_patch(result.change)
            (folder / plan.source.relative).write_bytes(result.change.after)
    return patches


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.rule}-{case.name}")
def test_fixture(case: FixtureCase, tmp_path: Path) -> None:
    flags = _FLAGS.parse_args(case.flags)
    if sys.version_info < tuple(map(int, flags.needs_python.split("."))):
        pytest.skip(f"needs Python {flags.needs_python} to compile what comes out")
    folder = tmp_path / "project"
    _write(case, folder)
    analysis = _analysis(case, folder, flags)
    assert not analysis.ledger.failed, analysis.ledger.records
    for file in case.files:
        assert _found(analysis, file.name) == list(file.finds), file.name
    patches = _apply(analysis, folder, unsafe=flags.unsafe_fixes)
    for file in case.files:
        assert (folder / file.name).read_bytes().decode() == file.expected, file.name
        compile(file.expected, file.name, "exec", dont_inherit=True)
    again = _apply(_analysis(case, folder, flags), folder, unsafe=flags.unsafe_fixes)
    assert not [name for name, patch in again.items() if patch], "a second run changes something"
    _patch_applies(case, tmp_path / "patched", patches)
    if not flags.not_compared_with_ruff:
        _ruff_is_content(case, folder)


def _patch_applies(case: FixtureCase, folder: Path, patches: dict[str, bytes]) -> None:
    _write(case, folder)
    patch = b"".join(patches.values())
    if patch:
        subprocess.run(["git", "apply", "-"], cwd=folder, input=patch, check=True)
    for file in case.files:
        assert (folder / file.name).read_bytes().decode() == file.expected, "git apply"


def _ruff_is_content(case: FixtureCase, folder: Path) -> None:
    """No new undefined or unused name, and what was fixed is not reported again."""
    for file in case.files:
        before = _ruff(file.text, folder)
        after = _ruff(file.expected, folder)
        for code in {*before, *after}:
            assert after.count(code) <= before.count(code), (code, before, after)


def _ruff(text: str, folder: Path) -> list[str]:
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--quiet", "--no-cache"]
    command += ["--select", "F401,F811,F821,F841,ASYNC2", "--output-format", "concise", "-"]
    done = subprocess.run(
        command, cwd=folder, input=text.encode(), capture_output=True, check=False
    )
    lines = done.stdout.decode().splitlines()
    return sorted(line.split()[1] for line in lines if line.startswith("-:"))
