"""Where tests replace a call: the files and lines that a person must look at when the call is rewritten."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from awaken.engine import analyse
from awaken.plan.doubles.test_files import is_of_tests
from awaken.project.configuration import Configuration

if TYPE_CHECKING:
    from pathlib import Path

_SHOP = (
    "import requests\n\n\nasync def price(url):\n    return requests.get(url, timeout=5).json()\n"
)
_IMPORTED = (
    "from requests import get\n\n\nasync def price(url):\n    return get(url, timeout=5).json()\n"
)


def _replaced(root: Path, files: dict[str, str], module: str = "shop.py") -> list[str]:
    """Where tests replace the request of one module, as `path:line`."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    analysis = analyse([root], root=root, configuration=Configuration(), jobs=1, cache=False)
    (plan,) = (each for each in analysis.plans if each.source.relative == module)
    (planned,) = plan.planned
    difference = planned.unsafe.difference if planned.unsafe else None
    if difference is None:
        assert planned.safe is not None
        return []
    assert difference.code == "patched-in-tests"
    return [f"{place.path}:{place.line}" for place in difference.places]


# Lines of a test, and the lines among them that replace the request of `shop`.
PATCHES = {
    "the function": ('import shop\npatch("requests.get")', [2]),
    "the function, as the module sees it": ('\nmocker.patch("shop.requests.get")', [2]),
    "the library, as the module sees it": ('patch(\n    "shop.requests", new=None\n)', [2]),
    "the same module under another name": ('patch("src.shop.requests.get")', []),
    "every time": ('@patch("requests.get")\n@patch("requests.post")\n# patch\n"requests.get"', [1, 4]),
    "a name that is put together": ('patch(f"{MODULE}.requests.get")', [1]),
    "the same by a sum": ('patch(MODULE + ".requests")', [1]),
    "an attribute of the library": ('import requests\nmonkeypatch.setattr(requests, "get", 1)', [2]),
    "the same under an alias": ('import requests as r\npatch.object(r, "get")', [2]),
    "an attribute of the module": ('import shop\nmonkeypatch.setattr(shop, "requests", 1)', [2]),
    "an attribute through the module": ('import shop\npatch.object(shop.requests, "get")', [2]),
    "the same on two lines": ('import shop\npatch.object(\n    shop.requests,\n    "get",\n)', [3]),
    "several at once": ('patch.multiple("requests", get=1, post=2)', [1]),
    "several of an object": ('import requests\npatch.multiple(requests, post=2, get=1)', [2]),
    "what it runs through": ('monkeypatch.delattr("requests.sessions.Session.request")', [1]),
    "any module": ('patch.object(module.requests, "get")', [1]),
    "another function": ('patch("requests.post")\npatch("shop.requests.post")', []),
    "another module": ('import other\npatch.object(other.requests, "get")', []),
    "another object": ('import shop\npatch.object(shop.client, "get")\npatch.object(client, "get")', []),
    "without a patch": ('"requests.get"\nsetattr(requests, "get", 1)', []),
}  # fmt: skip


@pytest.mark.parametrize(("test", "lines"), PATCHES.values(), ids=PATCHES)
def test_patches_are_found_with_their_lines(test: str, lines: list[int], tmp_path: Path) -> None:
    files = {"shop.py": _SHOP, "other.py": "import requests\n", "tests/test_shop.py": test}

    assert _replaced(tmp_path, files) == [f"tests/test_shop.py:{line}" for line in lines]


@pytest.mark.parametrize("patch", ['patch("shop.get")', 'import shop\npatch.object(shop, "get")'])
def test_a_function_that_was_imported_by_itself_is_patched_where_it_was_imported(
    patch: str, tmp_path: Path
) -> None:
    assert _replaced(tmp_path, {"shop.py": _IMPORTED, "tests/test_shop.py": patch})


def test_a_module_is_known_under_every_name_it_is_imported_by(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": "",
        "src/app/__init__.py": "",
        "src/app/shop.py": _SHOP,
        "tests/test_shop.py": 'patch("app.shop.requests.get")\npatch("src.app.shop.requests")',
    }

    found = _replaced(tmp_path, files, "src/app/shop.py")
    assert found == ["tests/test_shop.py:1", "tests/test_shop.py:2"]


# Tests that answer requests, and whether `shop` is among what they run.
ANSWERS = {
    "it is imported": ({"test_a.py": "import responses\nimport shop\n"}, ["test_a.py:1"]),
    "it is imported by what is imported": (
        {"test_a.py": "import requests_mock\nfrom app import main\n", "app/main.py": "import shop"},
        ["test_a.py:1"],
    ),
    "it is imported in a function": (
        {"test_a.py": "def test(vcr):\n    from shop import price\n"},
        ["test_a.py:1"],
    ),
    "it is named": ({"test_a.py": 'import responses\nrun("shop.main:app")\n'}, ["test_a.py:1"]),
    "another module is imported": (
        {"test_a.py": "import responses\nimport other\n", "other.py": ""},
        [],
    ),
    "a module of the same package": (
        {
            "test_a.py": "import responses\nfrom app import other\n",
            "app/__init__.py": "import shop",
            "app/other.py": "",
        },
        ["test_a.py:1"],
    ),
    "a module that imports by name": (
        {
            "test_a.py": "import responses\nfrom app import loader\n",
            "app/loader.py": "import importlib\nimportlib.import_module(name)\n",
            "app/shop_of_app.py": "import shop",
        },
        ["test_a.py:1"],
    ),
    "nothing is imported": ({"tests/test_a.py": "def test(requests_mock): ...\n"}, ["tests/test_a.py:1"]),
    "a fixture for tests that import it": (
        {
            "tests/conftest.py": "import responses\n\n\ndef answers():\n    responses.start()\n",
            "tests/test_a.py": "import shop\n",
        },
        ["tests/conftest.py:5"],
    ),
    "a fixture for other tests": (
        {
            "tests/web/conftest.py": "import responses\n",
            "tests/web/test_a.py": "import other\n",
            "tests/test_b.py": "import shop\n",
            "other.py": "",
        },
        [],
    ),
    "a helper of tests that import it": (
        {
            "tests/answers.py": "import responses\nimport other\n",
            "tests/test_a.py": "from tests import answers\nimport shop\n",
            "other.py": "",
        },
        ["tests/answers.py:1"],
    ),
    "a conftest that imports it": (
        {"conftest.py": "import shop", "tests/test_a.py": "import responses\nimport other\n", "other.py": ""},
        ["tests/test_a.py:1"],
    ),
    "every use is one": (
        {"test_a.py": "import shop, responses", "test_b.py": "import shop\nfrom httmock import HTTMock"},
        ["test_a.py:1", "test_b.py:2"],
    ),
    "a word alone": ({"test_a.py": "import shop\nresponses = vcr = 1\n# import responses\n"}, []),
    "a library for httpx": ({"test_a.py": "import shop, respx, pytest_httpx\n"}, []),
    "a module of the project": ({"responses.py": "", "test_a.py": "import responses, shop\n"}, []),
}  # fmt: skip


@pytest.mark.parametrize(("files", "places"), ANSWERS.values(), ids=ANSWERS)
def test_what_tests_that_answer_requests_run_is_what_they_import(
    files: dict[str, str], places: list[str], tmp_path: Path
) -> None:
    assert _replaced(tmp_path, {"shop.py": _SHOP, **files}) == places


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        *(("tests/x.py", True), ("app/tests/x.py", True), ("test_x.py", True), ("x_test.py", True)),
        *(("conftest.py", True), ("app/tests.py", True), ("app/testing/x.py", True)),
        *(("app/x.py", False), ("contest.py", False), ("app/latest.py", False), ("testy/x.py", False)),
    ],
)  # fmt: skip
def test_files_of_tests_are_told_by_their_names(path: str, expected: bool) -> None:
    assert is_of_tests(path) == expected
