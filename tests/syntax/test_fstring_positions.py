"""What is moved inside f-strings must stand where LibCST finds it."""

from __future__ import annotations

import ast
import sysconfig
import warnings
from pathlib import Path

import pytest

from awaken.syntax.fstring_fields import OddFieldsError, fields_of
from awaken.syntax.fstring_positions import put_in_place
from awaken.syntax.newer_syntax import parse_newer
from awaken.syntax.positions import Offsets, Place, Span
from awaken.syntax.tree import EXACT_FSTRINGS

STDLIB = Path(sysconfig.get_path("stdlib"))
SAMPLE = (
    "ast.py",
    "dataclasses.py",
    "asyncio/base_events.py",
    "importlib/metadata/__init__.py",
    "pdb.py",
)

SNIPPETS = [
    "f'{a}'\nf'{a}{b}' 'c{d}' rf'{e}'\n",
    "f'''é{\n  get(\n   1)\n}{ü(é)}'''\n",
    "f'''\n{a}\n{b +\n c!r:>{w}} {{x}} {d}'''\n",
    "x = ('{a}'  # {b}\n  rf'\\N{a}' f'\\N{BULLET}{a}' F\"{ {1: 2}[1] }{(a)}{ ( b ) }{c=}\")\n",
    "f'{d = !r}{e!r:{f}{g}}{h:%Y-%m-%d \"{y}\"}'\n",
    'f\'{a if b != c else d}{x <= y}{(lambda q: q)(1)}{"}"}{a[":"]}{b[1:2]}{{}}\'\n',
    "f'\\{a}{b}\\\\{c}\\\\N{d}'\n",
    "f'{a, b}{*a, b}{ (a, b) }{()}{(())}'\n",
    "f'''x\n{  f'a {b}'  }{[\nx for x in (y)\n]}{f(a=1,\n  b=lambda z: z)}'''\n",
    "f'{(yield)}'\n",
    "f'''{a:\n{b}\n}{c}'''\r\nf'''\r\n{d}{e.f(\r\n)}'''\r\n",
    "f'a' \\\n  f'{b}'\n",
    'f"""{a["b"]} "{c}" ""{d}"""\n',
]


def parsed(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except SyntaxError:
            pytest.skip("this Python reads it otherwise")


def places(tree: ast.Module) -> list[tuple[str, Place]]:
    """Every node with its place; the pieces of text between the fields have none before Python 3.12."""
    return sorted(
        (type(node).__name__, Place.of(node))
        for node in ast.walk(tree)
        if isinstance(node, ast.expr) and not isinstance(node, (ast.Constant, ast.JoinedStr))
    )


@pytest.mark.parametrize("text", SNIPPETS)
def test_every_expression_comes_to_stand_where_the_text_has_it(text: str) -> None:
    tree = parsed(text)
    put_in_place(tree, Offsets(text))
    assert places(tree) == places(parse_newer(text))


def test_quotes_that_only_newer_pythons_take_are_not_guessed() -> None:
    text = 'f"""{f(g)["""h"""]}"""\n'
    tree = parsed(text)
    with pytest.raises(OddFieldsError):
        put_in_place(tree, Offsets(text))


@pytest.mark.parametrize("name", SAMPLE)
def test_every_expression_of_the_standard_library_stands_where_libcst_finds_it(name: str) -> None:
    path = STDLIB / name
    if not path.exists():
        pytest.skip(f"this Python comes without {name}")
    text = path.read_bytes().decode()
    tree = parsed(text)
    try:
        put_in_place(tree, Offsets(text))
    except OddFieldsError:
        if not EXACT_FSTRINGS:
            raise
        pytest.skip("it has quotes in f-strings that only newer Pythons take")
    assert places(tree) == places(parse_newer(text))


@pytest.mark.parametrize("shift", [-3, -1, 1, 2, 40])
def test_what_stands_elsewhere_is_moved_and_said_to_be(shift: int) -> None:
    text = "x = f'{ (a) }{b.c(d)!r:>{e}}' f'{{z}} {(())}'\n"
    tree, offsets = parsed(text), Offsets(text)
    put_in_place(tree, offsets)
    right = places(tree)
    fields = [node for node in ast.walk(tree) if isinstance(node, ast.FormattedValue)]
    for node in [node for field in fields for node in ast.walk(field.value)]:
        if isinstance(node, ast.expr):
            node.col_offset += shift
            node.end_col_offset = (node.end_col_offset or 0) + shift
    assert places(tree) != right
    assert put_in_place(tree, offsets)
    assert places(tree) == right
    assert not put_in_place(tree, offsets)


@pytest.mark.parametrize("text", ["f'{a'", "f'a}'", "f'{a!}'", "f'{a", "a f'b'", "f'{a:{b}'"])
def test_text_that_is_no_such_string_is_not_guessed(text: str) -> None:
    with pytest.raises(OddFieldsError):
        fields_of(text, Span(0, len(text)))


def test_a_tree_of_another_text_is_not_moved() -> None:
    tree = parsed("f'{a}{b}'\n")
    with pytest.raises(OddFieldsError):
        put_in_place(tree, Offsets("f'{a} b '\n"))
    with pytest.raises(OddFieldsError):
        put_in_place(tree, Offsets("f'{a}{ 1}'"))
