from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest
from packaging.version import Version

from awaken.project.configuration import (
    PARSERS,
    Configuration,
    ConfigurationError,
    load_configuration,
    override,
)

if TYPE_CHECKING:
    from pathlib import Path


def load(root: Path, body: str) -> Configuration:
    (root / "pyproject.toml").write_text(f"[tool.awaken]\n{body}\n", encoding="utf-8")
    return load_configuration(root)


def refusal(root: Path, body: str) -> ConfigurationError:
    with pytest.raises(ConfigurationError) as caught:
        load(root, body)
    return caught.value


def test_every_field_has_a_key_and_every_key_a_field() -> None:
    fields = [field.name.replace("_", "-") for field in dataclasses.fields(Configuration)]
    assert list(PARSERS) == fields


def test_every_default_is_a_value_that_the_file_could_hold() -> None:
    for field in dataclasses.fields(Configuration):
        value = getattr(Configuration(), field.name)
        if value is not None:
            assert PARSERS[field.name.replace("_", "-")](value) == value


@pytest.mark.parametrize("text", [None, "", "[project]\nname='x'", "[tool.ruff]\nline-length=3"])
def test_without_our_table_the_defaults_hold(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "pyproject.toml").write_text(text)
    assert load_configuration(tmp_path) == Configuration()


def test_every_key_is_read(tmp_path: Path) -> None:
    read = load(
        tmp_path,
        """
        select = ["sleep", "http"]
        ignore = ["http"]
        exclude = ["migrations/"]
        min-severity = "low"
        target-python = "3.10"
        backend = "anyio"
        http-client = "httpx"
        http-client-scope = "module"
        file-io = "aiofiles"
        strategies = ["native", "thread"]
        cpu-bound = ["app.pdf.render"]
        blocking = { "app.legacy.fetch" = "use fetch_async" }
        non-blocking = ["requests.get"]
        offload = "app.aio.run_blocking"
        django-version = "4.2"
        [tool.awaken.clients.acme]
        sync = "acme.Client"
        """,
    )
    assert read == Configuration(
        select=("sleep", "http"),
        ignore=("http",),
        exclude=("migrations/",),
        min_severity="low",
        target_python=(3, 10),
        backend="anyio",
        http_client="httpx",
        http_client_scope="module",
        file_io="aiofiles",
        strategies=("native", "thread"),
        cpu_bound=("app.pdf.render",),
        blocking={"app.legacy.fetch": "use fetch_async"},
        non_blocking=("requests.get",),
        clients={"acme": {"sync": "acme.Client"}},
        offload="app.aio.run_blocking",
        django_version=Version("4.2"),
    )


def test_an_unquoted_dotted_name_means_the_same_as_a_quoted_one(tmp_path: Path) -> None:
    read = load(tmp_path, 'blocking.app.db.query = "slow"\nblocking.app.db.more.x = ""')
    assert read.blocking == {"app.db.query": "slow", "app.db.more.x": ""}


@pytest.mark.parametrize(
    "text",
    [
        'strategies.all = ["native", "thread"]\nstrategies.django = "block"',
        'strategies = ["native", "thread"]\nstrategies-django = "block"',
    ],
)
def test_strategies_of_django_stand_beside_those_of_all(tmp_path: Path, text: str) -> None:
    read = load(tmp_path, text)
    assert (read.strategies, read.strategies_django) == (("native", "thread"), "block")


def test_strategies_of_django_leave_the_others_as_they_are(tmp_path: Path) -> None:
    read = load(tmp_path, 'strategies.django = "native"')
    assert (read.strategies, read.strategies_django) == ((), "native")


UNKNOWN = {
    "min_severity": "min-severity",
    "target-pyton": "target-python",
    "Select": "select",
    "nonblocking": "non-blocking",
    "http-clients": "http-client",
    "strategies.djagno": "strategies-django",
}


@pytest.mark.parametrize(("key", "nearest"), UNKNOWN.items())
def test_an_unknown_key_is_named_with_the_nearest_valid_one(
    tmp_path: Path, key: str, nearest: str
) -> None:
    error = refusal(tmp_path, f"{key} = 1")
    assert (error.source, error.key) == ("pyproject.toml", f"tool.awaken.{key}")
    assert f'did you mean "{nearest}"?' in error.message


def test_an_unknown_key_that_is_near_to_none_lists_them_all(tmp_path: Path) -> None:
    error = refusal(tmp_path, "zzzzzz = 1")
    assert all(f'"{key}"' in error.message for key in PARSERS)


WRONG = {
    'select = "sleep"': "expected a list of text",
    "select = [1]": "found a number in the list",
    'select = [" "]': 'found the text " " in the list',
    "exclude = {}": "found a table",
    "ignore = true": "found true or false",
    "cpu-bound = 2020-01-01": "found something else",
    'min-severity = "hgih"': 'did you mean "high"?',
    "min-severity = 1": 'expected one of "low", "medium", "high", found a number',
    'backend = "curio"': '"curio" is not one of "auto", "asyncio", "anyio", "trio"',
    'http-client = "htppx"': 'did you mean "httpx"?',
    'http-client-scope = "modul"': 'did you mean "module"?',
    'file-io = "Thread"': 'did you mean "thread"?',
    'strategies = ["native", "threads"]': 'did you mean "thread"?',
    'strategies = ["thread", "thread"]': "twice",
    'strategies.django = "blocks"': 'did you mean "block"?',
    "target-python = 3.10": "must stand in quotes",
    'target-python = "py310"': 'write it like "3.10"',
    'target-python = "3"': 'write it like "3.10"',
    'target-python = ">=3.10"': 'write it like "3.10"',
    'target-python = "2.7"': "3.8 and later",
    'target-python = "3.7"': "3.8 and later",
    'target-python = "4.0"': "3.8 and later",
    "target-python = [3, 10]": "found something else",
    'django-version = "four"': "is no version",
    "django-version = 4.2": "must stand in quotes",
    'offload = "run blocking"': "is no Python name",
    'offload = ["app.aio.run"]': "expected the name of a function",
    "django-version = true": "found true or false",
    'cpu-bound = ["app:render"]': "is no Python name",
    'non-blocking = ["app..x"]': "is no Python name",
    'blocking = ["app.x"]': "expected a table",
    "blocking = { x = 1 }": 'the hint of "x"',
    'blocking = { "a b" = "" }': "is no Python name",
    "clients = []": "expected a table",
}


@pytest.mark.parametrize(("body", "message"), WRONG.items())
def test_a_wrong_value_is_refused_with_its_key_and_what_would_be_right(
    tmp_path: Path, body: str, message: str
) -> None:
    error = refusal(tmp_path, body)
    assert error.key == "tool.awaken." + body.partition(" ")[0]
    assert message in error.message
    assert str(error) == f"pyproject.toml: {error.key}: {error.message}"


@pytest.mark.parametrize("text", ["[tool.awaken", "\udcff", 'a = "', "a = " + "[" * 5000])
def test_a_file_that_is_no_toml_is_refused_by_name(tmp_path: Path, text: str) -> None:
    (tmp_path / "pyproject.toml").write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(ConfigurationError, match=r"^pyproject\.toml: is not "):
        load_configuration(tmp_path)


def test_a_table_that_is_no_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool]\nawaken = 3\n")
    with pytest.raises(ConfigurationError, match=r"^pyproject\.toml: tool\.awaken: expected a ta"):
        load_configuration(tmp_path)


def test_a_byte_order_mark_does_not_matter(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_bytes(b'\xef\xbb\xbf[tool.awaken]\r\nselect=["sleep"]\r\n')
    assert load_configuration(tmp_path).select == ("sleep",)


def test_an_explicit_file_takes_the_place_of_the_projects_own(tmp_path: Path) -> None:
    load(tmp_path, 'backend = "anyio"')
    other = tmp_path / "awaken.toml"
    other.write_text('select = ["sleep"]\n')
    assert load_configuration(tmp_path, other) == Configuration(select=("sleep",))


def test_an_explicit_file_may_hold_the_table_of_a_pyproject(tmp_path: Path) -> None:
    for name in ("pyproject.toml", "other.toml"):
        path = tmp_path / name
        path.write_text('[project]\nname="x"\n[tool.awaken]\nselect = ["sleep"]\n')
        assert load_configuration(tmp_path / "elsewhere", path).select == ("sleep",)


def test_a_key_at_the_top_of_an_explicit_file_is_named_as_it_stands_there(tmp_path: Path) -> None:
    path = tmp_path / "awaken.toml"
    path.write_text("selct = []\n")
    with pytest.raises(ConfigurationError) as caught:
        load_configuration(tmp_path, path)
    assert (caught.value.source, caught.value.key) == (str(path), "selct")


@pytest.mark.parametrize("name", ["gone.toml", "."])
def test_an_explicit_file_that_is_not_there_is_an_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigurationError, match="there is no such file"):
        load_configuration(tmp_path, tmp_path / name)


def test_an_explicit_pyproject_without_our_table_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_text("[project]\nname='x'\n")
    with pytest.raises(ConfigurationError, match=r"it has no \[tool\.awaken\] table"):
        load_configuration(tmp_path, path)


def test_options_beat_the_file_and_options_not_given_leave_it_alone() -> None:
    file = Configuration(select=("sleep",), ignore=("http",), backend="anyio")
    read = override(
        file, select=("http",), ignore=(), exclude=None, target_python="3.9", min_severity="high"
    )
    assert read == Configuration(
        select=("http",),
        ignore=("http",),
        backend="anyio",
        target_python=(3, 9),
        min_severity="high",
    )
    assert file.select == ("sleep",)


def test_a_wrong_option_is_named_as_it_is_typed() -> None:
    with pytest.raises(ConfigurationError) as caught:
        override(Configuration(), target_python="3.x")
    assert str(caught.value).startswith('command line: --target-python: "3.x" is no Python version')


def test_a_field_that_does_not_exist_is_a_programming_error() -> None:
    with pytest.raises(TypeError, match="no such setting: selct"):
        override(Configuration(), selct=("x",))
