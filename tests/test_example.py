"""The shipped example: what is changed in it, and that it does the same before and after."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.example_carrier import open_carrier

FIXTURES = Path(__file__).parent / "fixtures"
CHANGED = {
    "depot/views.py",
    "parcels/api.py",
    "parcels/carrier.py",
    "parcels/labels.py",
    "parcels/worker.py",
}
# Functions that no event loop runs, or that say themselves that they are fine.
UNTOUCHED = {
    "depot/views.py": ["report"],
    "parcels/api.py": ["health", "checksum", "_digest_of_addresses"],
    "parcels/carrier.py": ["is_open"],
}
ORDERS = {
    "1.json": '{"number": "p1", "address": "1 Hill Road"}',
    "2.json": "not an order",
    "3.json": '{"number": "p3", "address": "3 Hill Road"}',
}


@dataclass(frozen=True, slots=True)
class Copies:
    """The example as it is shipped, and as `awaken apply` leaves it."""

    before: Path
    after: Path
    state: Path

    def awaken(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run the command in the rewritten copy."""
        environment = {
            **os.environ,
            "XDG_STATE_HOME": str(self.state),
            "XDG_CACHE_HOME": str(self.state),
        }
        command = [sys.executable, "-m", "awaken", *words]
        return subprocess.run(
            command, cwd=self.after, env=environment, capture_output=True, text=True, check=False
        )


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> Copies:
    folder = tmp_path_factory.mktemp("example")
    for name in ("before", "after"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(FIXTURES / "example", folder / name, ignore=ignored)
    found = Copies(folder / "before", folder / "after", folder / "state")
    done = found.awaken("apply", "--yes", "--allow-dirty")
    assert done.returncode == 0, done.stdout + done.stderr
    return found


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def _run(folder: Path, *command: str, **settings: str) -> Any:
    """What a program printed, run in a copy with data of its own."""
    data = folder.parent / f"data of {folder.name} {Path(command[-1]).stem}"
    shutil.rmtree(data, ignore_errors=True)
    (data / "orders").mkdir(parents=True)
    (data / "addresses.json").write_text('{"p2": "3 Hill Road"}')
    for name, text in ORDERS.items():
        (data / "orders" / name).write_text(text)
    environment = {
        **os.environ,
        "PYTHONPATH": str(folder),
        "PYTHONWARNINGS": "error::RuntimeWarning",
        "NO_PROXY": "127.0.0.1",
        "PARCELS_DATA": str(data),
        "DEPOT_DATABASE": str(data / "depot.sqlite3"),
        **settings,
    }
    done = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), done.stderr


def test_these_files_change_and_no_others(copies: Copies) -> None:
    before, after = _files(copies.before), _files(copies.after)
    assert before.keys() == after.keys()
    assert {name for name in before if before[name] != after[name]} == CHANGED


def test_what_does_not_run_on_the_loop_stays_as_it_is(copies: Copies) -> None:
    for name, functions in UNTOUCHED.items():
        before, after = ((folder / name).read_text() for folder in (copies.before, copies.after))
        for function in functions:
            assert _function(before, function) == _function(after, function)
    suppressed = "    time.sleep(0.01)  # awaken: ignore[sleep]\n"
    assert suppressed in (copies.after / "parcels/worker.py").read_text()


def _function(text: str, name: str) -> str | None:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == name:
            return ast.get_source_segment(text, node)
    raise LookupError(name)


def test_all_four_families_are_in_it(copies: Copies) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "awaken", "check", "--format", "json", str(copies.before)],
        cwd=copies.before,
        capture_output=True,
        text=True,
        check=False,
    )
    found = json.loads(done.stdout)
    assert {each["rule"] for each in found["findings"]} == {"sleep", "offload", "http", "django"}
    assert all(each["fix"] for each in found["findings"])


def test_afterwards_nothing_is_left_to_find(copies: Copies) -> None:
    done = copies.awaken("check")
    assert done.returncode == 0, done.stdout
    applied_once = _files(copies.after)
    again = copies.awaken("apply", "--yes", "--allow-dirty")
    assert again.returncode == 0, again.stdout
    assert _files(copies.after) == applied_once


def test_the_api_answers_and_asks_the_same(copies: Copies) -> None:
    told, asked = [], []
    for folder in (copies.before, copies.after):
        with open_carrier() as carrier:
            visit = str(FIXTURES / "example_visits" / "shop.py")
            answers, errors = _run(folder, visit, PARCELS_CARRIER=carrier.url)
            assert not errors
            told.append(answers)
            asked.append(carrier.requests)
    assert told[0] == told[1]
    assert asked[0] == asked[1]
    statuses = " ".join(str(answer[2]) for answer in told[0] if len(answer) == 4)
    assert statuses == "200 201 200 403 404 200 200 502 502 201 201 200 200 200 200"


def test_the_worker_does_the_same(copies: Copies) -> None:
    before, after = (
        _run(folder, "-m", "parcels.worker") for folder in (copies.before, copies.after)
    )
    assert before == after
    summary, complaints = after
    assert summary["labels"] == ["p1.txt", "2.json cannot be handled", "p3.txt"]
    assert summary["left"] == ["2.json"]
    assert summary["log"] == ["1.json p1.txt", "3.json p3.txt"]
    assert complaints.count("2.json:") == 3


def test_the_depot_raised_before_and_answers_now(copies: Copies) -> None:
    visit = str(FIXTURES / "example_visits" / "clerk.py")
    refused, _ = _run(copies.before, visit, DJANGO_ALLOW_ASYNC_UNSAFE="")
    in_coroutines = [answer for answer in refused if answer[0] != "/report/"]
    assert {answer[1] for answer in in_coroutines} == {"SynchronousOnlyOperation"}
    allowed, _ = _run(copies.before, visit, DJANGO_ALLOW_ASYNC_UNSAFE="1")
    answers, errors = _run(copies.after, visit, DJANGO_ALLOW_ASYNC_UNSAFE="")
    assert answers == allowed
    assert not errors
    statuses = " ".join(str(answer[1]) for answer in answers)
    assert statuses == "201 201 201 200 200 404 200 404 200 204 200 200 200 200"
