"""A requirement is put where the project lists its own, and nothing else in the file changes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from awaken.dependencies.adding import with_requirements
from awaken.dependencies.manifest import CannotAddError, manifest_of, nearest_project
from awaken.dependencies.needed import Requirement

if TYPE_CHECKING:
    from pathlib import Path

HTTPX = Requirement("httpx", ">=0.28,<1")


def _written(root: Path, files: dict[str, str | bytes]) -> tuple[str, bytes]:
    """The file that is changed, and what it holds then."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    change = with_requirements(manifest_of(root), [HTTPX], root)
    return change.relative, change.after


# What a pyproject.toml holds, and what it holds with the requirement.
PROJECTS = {
    "in order": (
        '[project]\ndependencies = [\n  "flask",  # web\n  "requests>=2",\n]\n',
        '[project]\ndependencies = [\n  "flask",  # web\n  "httpx>=0.28,<1",\n  "requests>=2",\n]\n',
    ),
    "first in order": (
        '[project]\ndependencies = [\n\t"requests",\n\t"uvloop",\n]\n',
        '[project]\ndependencies = [\n\t"httpx>=0.28,<1",\n\t"requests",\n\t"uvloop",\n]\n',
    ),
    "no order": (
        '[project]\ndependencies = [\n    "requests",\n    "flask", # web\n]\nname = "x"\n',
        '[project]\ndependencies = [\n    "requests",\n    "flask", # web\n    "httpx>=0.28,<1",\n]\n'
        'name = "x"\n',
    ),
    "headings": (
        '[project]\ndependencies = [\n    # web\n    "flask",\n    # data\n    "pandas",\n]\n',
        '[project]\ndependencies = [\n    # web\n    "flask",\n    # data\n    "pandas",\n'
        '    "httpx>=0.28,<1",\n]\n',
    ),
    "no comma at the end": (
        '[project]\ndependencies = [\n    "a",\n    "b"  # the last\n]\n',
        '[project]\ndependencies = [\n    "a",\n    "b",  # the last\n    "httpx>=0.28,<1"\n]\n',
    ),
    "the bracket behind the last": (
        '[project]\ndependencies = ["a",\n                "b"]\n',
        '[project]\ndependencies = ["a",\n                "b",\n                "httpx>=0.28,<1"]\n',
    ),
    "one line": (
        "[project]\ndependencies = ['flask', 'requests']\n",
        "[project]\ndependencies = ['flask', 'httpx>=0.28,<1', 'requests']\n",
    ),
    "one line, one item": (
        '[project]\ndependencies = ["requests[socks]>=2; python_version>\'3.8\'"] # all\n',
        '[project]\ndependencies = ["requests[socks]>=2; python_version>\'3.8\'", "httpx>=0.28,<1"] # all\n',
    ),
    "nothing": (
        '[project]\nname = "x"\ndependencies = []\n',
        '[project]\nname = "x"\ndependencies = ["httpx>=0.28,<1"]\n',
    ),
    "no list": (
        '[project]\nname = "x"\nversion = "1"\n\n[tool.x]\ny = 1\n',
        '[project]\nname = "x"\nversion = "1"\ndependencies = ["httpx>=0.28,<1"]\n\n[tool.x]\ny = 1\n',
    ),
    "no newline at the end": (
        '[project]\nname = "x"',
        '[project]\nname = "x"\ndependencies = ["httpx>=0.28,<1"]\n',
    ),
    "dotted": ('project.dependencies = ["b"]\n', 'project.dependencies = ["b", "httpx>=0.28,<1"]\n'),
    "signs in strings and comments": (
        '[project]\ndescription = """\ndependencies = ["x"]\n"""  # [project]\n'
        "dependencies = [\n    'a[b]',  # \"]\n]\n\n[[tool.x]]\ndependencies = []\n",
        '[project]\ndescription = """\ndependencies = ["x"]\n"""  # [project]\n'
        "dependencies = [\n    'a[b]',  # \"]\n    'httpx>=0.28,<1',\n]\n\n[[tool.x]]\ndependencies = []\n",
    ),
    "poetry, in order": (
        '[tool.poetry.dependencies]\npython = "^3.10"\nflask = "*"\nrequests = { version = "^2" }\n',
        '[tool.poetry.dependencies]\npython = "^3.10"\nflask = "*"\nhttpx = ">=0.28,<1"\n'
        'requests = { version = "^2" }\n',
    ),
    "poetry, of a dynamic project": (
        '[project]\ndynamic = ["dependencies"]\n[tool.poetry.dependencies]\na = "1"\n',
        '[project]\ndynamic = ["dependencies"]\n[tool.poetry.dependencies]\na = "1"\nhttpx = ">=0.28,<1"\n',
    ),
    "poetry, behind the others": (
        '[tool.poetry.dependencies]\npython = "^3.10"\n\n[tool.poetry.group.dev.dependencies]\na = "1"\n',
        '[tool.poetry.dependencies]\npython = "^3.10"\nhttpx = ">=0.28,<1"\n\n'
        '[tool.poetry.group.dev.dependencies]\na = "1"\n',
    ),
}  # fmt: skip


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize(("before", "after"), PROJECTS.values(), ids=PROJECTS)
def test_a_pyproject_lists_one_more(before: str, after: str, newline: str, tmp_path: Path) -> None:
    name, written = _written(tmp_path, {"pyproject.toml": before.replace("\n", newline)})

    assert name == "pyproject.toml"
    assert written.decode() == after.replace("\n", newline)


# Files of a project, the one that is changed, and what it holds then.
LISTS: dict[str, tuple[dict[str, str | bytes], str, str]] = {
    "a list": (
        {"requirements.txt": "flask\nrequests==2\n"}, "requirements.txt", "flask\nhttpx>=0.28,<1\nrequests==2\n",
    ),
    "no order": ({"requirements.txt": "b\na # x\n\n"}, "requirements.txt", "b\na # x\nhttpx>=0.28,<1\n\n"),
    "no newline at the end": ({"requirements.txt": "b\na"}, "requirements.txt", "b\na\nhttpx>=0.28,<1\n"),
    "in order, no newline at the end": ({"requirements.txt": "a\nx"}, "requirements.txt", "a\nhttpx>=0.28,<1\nx"),
    "headings": (
        {"requirements.txt": "# web\nflask\n# data\npandas\n"},
        "requirements.txt",
        "# web\nflask\n# data\npandas\nhttpx>=0.28,<1\n",
    ),
    "options and includes": (
        {"requirements.txt": "-r other.txt\n--index-url https://x\nflask\n-e .\n", "other.txt": ""},
        "requirements.txt",
        "-r other.txt\n--index-url https://x\nflask\nhttpx>=0.28,<1\n-e .\n",
    ),
    "nothing": ({"requirements.txt": ""}, "requirements.txt", "httpx>=0.28,<1\n"),
    "an include alone": (
        {"requirements.txt": "-r requirements/base.txt\n", "requirements/base.txt": "b\n"},
        "requirements/base.txt",
        "b\nhttpx>=0.28,<1\n",
    ),
    "a folder": (
        {"requirements/base.txt": "b\n", "requirements/dev.txt": "c\n"},
        "requirements/base.txt",
        "b\nhttpx>=0.28,<1\n",
    ),
    "what a list is made of": (
        {"requirements.in": "flask\n", "requirements.txt": "# pip-compile\nflask==3\n"},
        "requirements.in",
        "flask\nhttpx>=0.28,<1\n",
    ),
    "a byte-order mark": ({"requirements.txt": "\ufeffb\r\n"}, "requirements.txt", "\ufeffb\r\nhttpx>=0.28,<1\r\n"),
    "beside a pyproject of tools": (
        {"requirements.txt": "b\n", "pyproject.toml": "[tool.x]\n"}, "requirements.txt", "b\nhttpx>=0.28,<1\n",
    ),
    "beside a project without a list": (
        {"requirements.txt": "b\n", "pyproject.toml": '[project]\nname = "x"\n'},
        "requirements.txt",
        "b\nhttpx>=0.28,<1\n",
    ),
    "beside a project with an empty list": (
        {"requirements.txt": "b\n", "pyproject.toml": "[project]\ndependencies = []\n"},
        "requirements.txt",
        "b\nhttpx>=0.28,<1\n",
    ),
    "beside a list that is made of it": (
        {"requirements.txt": "# by uv pip compile\nb==1\n", "pyproject.toml": "[project]\ndependencies = []\n"},
        "pyproject.toml",
        '[project]\ndependencies = ["httpx>=0.28,<1"]\n',
    ),
    "read by a program": (
        {"setup.py": "setup(install_requires=open('requirements.txt'))", "requirements.txt": "b\n"},
        "requirements.txt",
        "b\nhttpx>=0.28,<1\n",
    ),
    "the list that setuptools reads": (
        {
            "pyproject.toml": '[project]\ndynamic = ["dependencies", "version"]\n'
            '[tool.setuptools.dynamic]\ndependencies = { file = ["reqs/main.txt"] }\n',
            "reqs/main.txt": "b\n",
            "requirements.txt": "c\n",
        },
        "reqs/main.txt",
        "b\nhttpx>=0.28,<1\n",
    ),
    "setup.cfg": (
        {"setup.cfg": "[metadata]\nname = x\n\n[options]\ninstall_requires =\n    flask\n    requests\n"
            "zip_safe = no\n"},
        "setup.cfg",
        "[metadata]\nname = x\n\n[options]\ninstall_requires =\n    flask\n    httpx>=0.28,<1\n    requests\n"
        "zip_safe = no\n",
    ),
    "setup.cfg of a dynamic project": (
        {
            "pyproject.toml": '[project]\ndynamic = ["dependencies"]\n',
            "setup.cfg": "[options]\ninstall_requires =\n\tb\n# end\n[x]\n",
        },
        "setup.cfg",
        "[options]\ninstall_requires =\n\tb\n\thttpx>=0.28,<1\n# end\n[x]\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "name", "after"), LISTS.values(), ids=LISTS)
def test_a_list_has_one_line_more(
    files: dict[str, str | bytes], name: str, after: str, tmp_path: Path
) -> None:
    assert _written(tmp_path, files) == (name, after.encode())


# Files of a project to which nothing is added, and words of the sentence that says why.
LEFT: dict[str, tuple[dict[str, str | bytes], str]] = {
    "there is none": ({"app.py": ""}, "no file here"),
    "a program": ({"setup.py": "setup()"}, "is a program"),
    "a project of a program": ({"setup.py": "", "pyproject.toml": "[project]\nname='x'\n"}, "is a program"),
    "pipenv": ({"Pipfile": "[packages]\n"}, "pipenv install"),
    "conda": ({"environment.yml": "dependencies:\n"}, "environment.yml"),
    "a program with a list beside it": (
        {"setup.py": "setup(install_requires=['b'])", "requirements.txt": "b\n"}, "is a program",
    ),
    "lists that include each other": (
        {"requirements.txt": "-r x.txt\n", "x.txt": "-r requirements.txt\n"}, "is not there",
    ),
    "hashes": ({"requirements.txt": "b==1 --hash=sha256:0\n"}, "made by a tool"),
    "a made list": ({"requirements.txt": "# by pip-compile\nb==1\n"}, "made by a tool"),
    "another build backend": ({"pyproject.toml": '[project]\ndynamic = ["dependencies"]\n'}, "`dynamic`"),
    "several lists": (
        {
            "pyproject.toml": '[project]\ndynamic = ["dependencies"]\n'
            '[tool.setuptools.dynamic]\ndependencies = { file = ["a.txt", "b.txt"] }\n'
        },
        "several files",
    ),
    "a list that is not there": (
        {
            "pyproject.toml": '[project]\ndynamic = ["dependencies"]\n'
            '[tool.setuptools.dynamic]\ndependencies = { file = "a.txt" }\n'
        },
        "not there",
    ),
    "no TOML": ({"pyproject.toml": "[project\n"}, "valid TOML"),
    "an inline table": ({"pyproject.toml": 'project = { name = "x", dependencies = [] }\n'}, "not followed"),
    "one line of setup.cfg": ({"setup.cfg": "[options]\ninstall_requires = a; b\n"}, "no lines of its own"),
    "another encoding": ({"requirements.txt": "b # é\n".encode("utf-16")}, "cannot be read"),
}  # fmt: skip


@pytest.mark.parametrize(("files", "words"), LEFT.values(), ids=LEFT)
def test_what_cannot_be_added_to_for_certain_is_left_with_a_sentence(
    files: dict[str, str | bytes], words: str, tmp_path: Path
) -> None:
    with pytest.raises(CannotAddError, match=words):
        _written(tmp_path, files)


def test_a_file_belongs_to_the_nearest_folder_that_lists_something(tmp_path: Path) -> None:
    for name, text in {
        "pyproject.toml": '[project]\ndependencies = ["a"]\n',
        "api/requirements.txt": "b\n",
        "api/app/pyproject.toml": "[tool.x]\n",
        "web/setup.py": "",
    }.items():
        os.makedirs((tmp_path / name).parent, exist_ok=True)
        (tmp_path / name).write_text(text)

    def nearest(path: str) -> str:
        return nearest_project(tmp_path / path, tmp_path).relative_to(tmp_path).as_posix()

    assert nearest("app.py") == "."
    assert nearest("core/app.py") == "."
    assert nearest("api/app/main.py") == "api"
    assert nearest("web/app/main.py") == "web"


def test_several_are_added_at_once(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("flask\nrequests\n")
    wanted = [Requirement("aiofiles"), HTTPX]
    change = with_requirements(manifest_of(tmp_path), wanted, tmp_path)

    assert change.after == b"aiofiles\nflask\nhttpx>=0.28,<1\nrequests\n"
