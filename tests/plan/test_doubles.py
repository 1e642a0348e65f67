"""Where tests replace a call: the files and lines that a person must look at when the call is rewritten."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from awaken.catalogue.load import load_catalogue
from awaken.engine import analyse
from awaken.index.reading import parse_file
from awaken.plan.doubles.files_of_tests import is_of_tests
from awaken.plan.doubles.patches import Patches
from awaken.plan.doubles.use import use_of
from awaken.plan.fix import Spot
from awaken.plan.reasons import at_places, foremost, reason
from awaken.project.configuration import Configuration
from awaken.resolve.project import Project
from awaken.resolve.resolver import Resolver
from awaken.words_of_tests import TestWords

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
    "what it runs through, as an object": (
        'from requests import Session as S\npatch.object(S, "send")\npatch.object(client, "send")', [2],
    ),
    "what all run through": ('patch("urllib3.connectionpool.HTTPConnectionPool.urlopen")', [1]),
    "the network": ('import socket\nmonkeypatch.setattr(socket, "socket", 1)', [2]),
    "any module": ('patch.object(module.requests, "get")', [1]),
    "any module, by its package": ('patch.object(module.r.requests, "get")', [1]),
    "a module that is imported anew": ('patch.dict("sys.modules", {"x": 1, "requests": 2})', [1]),
    "the same for one": ('monkeypatch.setitem(sys.modules, "requests", 1)', [1]),
    "the same by itself": ('# patch\nsys.modules["requests"] = 1', [2]),
    "a module that is looked up": ('# patch\nsys.modules["requests"].get', []),
    "another function": ('patch("requests.post")\npatch("shop.requests.post")', []),
    "another module": ('import other\npatch.object(other.requests, "get")', []),
    "another object": ('import shop\npatch.object(shop.client, "get")\npatch.object(client, "get")', []),
    "without a patch": ('"requests.get"\nsetattr(requests, "get", 1)', []),
}  # fmt: skip


@pytest.mark.parametrize(("test", "lines"), PATCHES.values(), ids=PATCHES)
def test_patches_are_found_with_their_lines(test: str, lines: list[int], tmp_path: Path) -> None:
    files = {"shop.py": _SHOP, "other.py": "import requests\n", "tests/test_shop.py": test}

    assert _replaced(tmp_path, files) == [f"tests/test_shop.py:{line}" for line in lines]


@pytest.mark.parametrize(
    "owner", ["shop.urllib.request", "module.urllib.request", "urllib.request"]
)
def test_a_module_of_a_package_is_followed(owner: str, tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text("import urllib.request\n")
    (tmp_path / "test_shop.py").write_text("import shop, other\nimport urllib.request\n")
    indexes = {
        name: parse_file(tmp_path / name, relative=name, module=name[:-3]).index
        for name in ("shop.py", "test_shop.py")
    }
    modules = {"shop": "shop.py", "other": "other.py"}
    project = Project(indexes.get, lambda module, _: modules.get(module))
    resolver = Resolver(project, load_catalogue())
    words = TestWords()
    words.look("test_shop.py", f'patch.object({owner}, "urlopen")'.encode())
    call = "urllib.request.urlopen"
    use = use_of(call, call, indexes["shop.py"], resolver.catalogue)

    assert [*Patches(words.found(), resolver).of(use)]
    words = TestWords()
    words.look("test_shop.py", b'patch.object(other.urllib.request, "urlopen")')
    assert [*Patches(words.found(), resolver).of(use)] == []


@pytest.mark.parametrize("patch", ['patch("shop.get")', 'import shop\npatch.object(shop, "get")'])
def test_a_function_that_was_imported_by_itself_is_patched_where_it_was_imported(
    patch: str, tmp_path: Path
) -> None:
    assert _replaced(tmp_path, {"shop.py": _IMPORTED, "tests/test_shop.py": patch})


def test_tests_that_are_excluded_still_count(tmp_path: Path) -> None:
    for name, text in {
        "shop.py": _SHOP,
        "stock.py": _SHOP,
        "tests/test_shop.py": 'patch("shop.requests.get")',
        "tests/web/conftest.py": "import responses",
        "tests/web/test_stock.py": "import stock",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    configuration = Configuration(exclude=("tests",))
    analysis = analyse([tmp_path], root=tmp_path, configuration=configuration, cache=False)

    differences = [
        planned.unsafe.difference.places if planned.unsafe and planned.unsafe.difference else ()
        for plan in analysis.plans
        for planned in plan.planned
    ]
    assert differences == [(Spot("tests/test_shop.py", 1),), (Spot("tests/web/conftest.py", 1),)]


def test_another_difference_does_not_hide_them(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(_SHOP.replace("timeout=5).json()", "params=params)"))
    (tmp_path / "test_shop.py").write_text('patch("requests.get")')
    analysis = analyse([tmp_path], root=tmp_path, configuration=Configuration(), cache=False)
    difference = foremost([reason("value-type"), at_places("patched-in-tests", [Spot("t.py", 1)])])

    assert difference is not None
    assert difference.code == "value-type"
    assert "; besides, t.py:1: tests put" in difference.message
    assert difference.places == (Spot("t.py", 1),)
    (planned,) = analysis.plans[0].planned
    assert planned.unsafe is not None
    assert planned.unsafe.difference is not None
    assert planned.unsafe.difference.places == (Spot("test_shop.py", 1),)


_SESSIONS = """\
import requests
from requests.sessions import Session as Client

session = requests.Session()


async def price(url):
    return session.get(url, timeout=5).json()
"""


@pytest.mark.parametrize(
    "name",
    [
        *(
            "requests.Session.get",
            "requests.sessions.Session.send",
            "requests.adapters.HTTPAdapter",
        ),
        *(
            "shop.session",
            "shop.session.get",
            "shop.requests",
            "shop.requests.Session",
            "shop.Client",
        ),
    ],
)
def test_what_makes_a_session_is_on_the_way_to_its_calls(name: str, tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(_SESSIONS)
    index = parse_file(tmp_path / "shop.py", relative="shop.py", module="shop").index
    project = Project(
        {"shop.py": index}.get, lambda module, _: "shop.py" if module == "shop" else None
    )
    resolver = Resolver(project, load_catalogue())
    words = TestWords()
    words.look("test_shop.py", f'patch("{name}")\npatch("shop.requests.get")'.encode())
    use = use_of("requests.Session.get", "session.get", index, resolver.catalogue)

    assert set(Patches(words.found(), resolver).of(use)) == {("test_shop.py", name)}


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
