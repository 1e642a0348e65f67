"""What `parse_newer` builds must be what the `ast` of a Python that reads the file builds."""

from __future__ import annotations

import ast
import sys
import sysconfig
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import libcst as cst
import pytest

from awaken.syntax.cst_spans import written
from awaken.syntax.deep import with_deep_stack
from awaken.syntax.newer_syntax import parse_newer

if TYPE_CHECKING:
    from collections.abc import Callable

STDLIB = Path(sysconfig.get_path("stdlib"))
EXACT_FSTRINGS = sys.version_info >= (3, 12)

SAMPLE = """
    abc.py base64.py bisect.py calendar.py code.py codeop.py colorsys.py contextlib.py copy.py
    csv.py fileinput.py fnmatch.py functools.py getopt.py graphlib.py heapq.py hmac.py
    html/parser.py importlib/util.py io.py json/decoder.py json/encoder.py keyword.py linecache.py
    netrc.py numbers.py operator.py pprint.py queue.py random.py reprlib.py sched.py selectors.py
    shlex.py stat.py string.py struct.py tempfile.py textwrap.py timeit.py token.py tokenize.py
    types.py asyncio/locks.py asyncio/queues.py asyncio/runners.py asyncio/taskgroups.py
    concurrent/futures/_base.py test/test_fstring.py test/test_named_expressions.py
    test/test_unpack_ex.py test/test_positional_only_arg.py test/test_generator_stop.py
    test/test_augassign.py test/test_string_literals.py test/test_keywordonlyarg.py
    test/test_exception_group.py test/test_dictcomps.py test/test_genexps.py
    test/test_type_aliases.py test/test_except_star.py
""".split()  # noqa: SIM905  # sixty names read better as text

SNIPPETS = [
    "",
    "# only a comment",
    "x",
    "x = 1, # comment\n",
    "(a)\n((b, c))\n(  (d)  , )\n()\n",
    "x = (\n    a\n    + (b) * -c ** ~d\n)\n",
    "a and b and c or d or (e and f) and not g\n",
    "(a and b) and c\n",
    "a < b <= c != d is not e not in f\n",
    "f(a, *b, c=d, **e)(x for x in y)((z for z in w))\n",
    "f ( x for x in (y) )\n",
    "f((yield))\n",
    "a[1], a[1,], a[1, 2 ,], a[(1, 2)], a[b:=3]\n",
    "a[:], a[ : ], a[1:], a[: 2 ], a[::], a[1 :2: 3 ], a[::3, (b):(c), ...]\n",
    "lambda: (yield)\n",
    "lambda a, /, b=1, *c, d, e=(2), **f: (a)\n",
    "[*a, (b)], {*a, b}, {**a, 'b': (c), }, {}, []\n",
    "[x async for (x), y in z if a if (b) for w in x]\n",
    "{a: b for a, b in c}, {a for a in b}, (a for a in b)\n",
    "x: int\nx.y: int = (3)\nx[0]: (a) = b, c,  # end\n",
    "a = b, *c = [d, e] = (f, g)\n",
    "a += 1; b @= c; d //= e,  ;\n",
    "del a, (b), c.d ,  # end\ndel (a, b), [c]\ndel (a)\n",
    "import a . b as c, d\nfrom . import a\nfrom .. a . b import (c as d, e, )\n",
    "from ... import *\n",
    "global_ = 1\ndef f():\n    global a , b ;\n    nonlocal c\n    return ; return (1)\n",
    "raise ; raise A ; raise (A) from (b)\nassert (a), (b)\nassert a\n",
    "if a: b; c ;\nelif (d): e\nelse: f\n",
    "if a:\n    b\nelif c:\n    d ;\n",
    "for a, in b, : c\nelse:\n    d\nwhile (a): break\nelse: continue\n",
    "with a: b\nwith (a): b\nwith (a, b): c\nwith (a as (b), c as d.e,): f ;\n",
    "with (a), (b) as [c, d]: e\nwith (a, b) as c: d\nwith (yield): a\n",
    "async def f():\n    async with a as b, c: d\n    async for a in b: await c\n    else: d\n",
    "try:\n    a\nexcept: b\ntry: a\nexcept (A, B) as c: d\nexcept C: e ;\nelse: f\nfinally: g\n",
    "try: a\nfinally:\n    b\n    # trailing\n",
    "@a\n\n@b.c(d)  # why\n# and\ndef f(a, /, b: (int) = 1, *, c: str=2, **k: d) -> (e): ...\n",
    "@a\nclass A(B, *c, metaclass=M, **d): x; y;\nclass B: pass\nclass C(): pass\n",
    "match a, b:\n    case c, *_ ,: d\n    case [*e]: f ;\n",
    "match (a):\n    case (b): c\n    case (1): d\n    case ( e , ): f\n",
    "match a:\n    case (): g\n    case []: h\n",
    "match a:\n    case {1: _, 'a': b, **r }: c\n    case -1+2j | (None) | -3: d\n",
    "match a:\n    case a.b: e\n",
    "match a:\n    case A(b, (c), d=e, f=(g), ): h\n    case (B() | C() as d) as e if (f): g\n",
    "match a:\n    case {}: b\n    case ('a' 'b' | True): c\n    case * _ , d: e\n    case x: y\n",
    "match = 1\nmatch.case\nmatch(1)\ntype = 2\ntype(3)\n",
    "'a' \"b\" '''c\nd'''\nu'a' 'b'\n'a' u'b'\nU'a'\nb'a' rb'\\d'\nr'\\d' '\\x41\\N{EM DASH}'\n",
    "'\\d \\8 \\' \\\n \\777 \\400 \\0'\nb'\\d \\N{x} \\u1234 \\777'\n",
    "('a'\n  'b'  # why\n  'c')\n",
    "f''\nf'a' 'b' f''\n'' f'{x}' ''\nu'a' f'{b}'\n",
    "f'{{a}}{x!r:>{w}.{p!s}}}}b{{' 'c' f\"{y}\"\n",
    "f'''a\n{ x\n}é{y:\n}b'''\n",
    "f'{x=}{ y = !r:>3}{z=:3}{w = }'\n",
    "f'{x:}{y!r:}{*a, b}{c,}{(lambda: 1)}{ {1: 2}[1] }'\n",
    "rf'\\d{x}\\N{y}' f'\\N{EM DASH}\\x41\\'{z}'\n",
    "f'a\\{b}\\d{c}' f'\\{{'\n",
    "f'\\\n{x}\\\n{y}'\n",
    "0xFF_FF, 0o17, 0b1, 1_000, 1e1000, .5, 5., 1j, 1e-3j, 1if a else 2\n",
    "x = 'é' + f(ü, 'é', b).ñ ; y\n",
    "ﬁ = K.ﬂ(ﬀ=1)\n",
    "a = b\\\n    .c(\\\n    d)\n",
    "if a:\n\tb\n\tif c:\n\t\td\n",
    "a\r\nif b:\r\n    '''c\r\nd'''\r\n    e\r\n",
    "a\rif b:\r    '''c\rd'''\r    e\r",
    "a\r",
    "a\n\fb(c)\n\f\nclass D:\n    e\n\f\n    f(g)\n",
    "if a:\n\f    b(c)\n    d(e)\nf(g)\n",
    'f"""\\\n  "{a}"" \\" {b}\\n\'"""\n',
    "class A:\n    '''doc'''\n\n    async def f(self): await (self).g()\n\n\n# end\n",
]

NEWER = [
    "type A = B ; \ntype C[T, *Ts, **P] = D[(T)] ;\n",
    "def f[T: (int, str), U: (get)](x: T) -> U: ...\n",
    "class A[T: int](B, key=1): pass\nasync def f[*Ts](): pass\n",
    "def f[T: int = (str), *Ts = *a, * U = * (b), **P = [c]](): ...\n",
    "try: a\nexcept* B: c\nexcept* (D, E) as f:\n    g ;\nelse: h\nfinally: i\n",
    "try: a\nexcept B, (C): d\n",
    "a[*b], a[*b,], a[*b, c:d], a[ * (b) ] = c\n",
    "def f(*args: *Ts, **kw: A): ...\n",
    "f'{f'{'a' + f'{b}'}'}'\nf'{a['b']!r:{c['d']}}'\n",
    "f'{a!r }{b! r}{ c = !s :>3}' + d\n",
    "f'{'\\n'.join(a)=}{b \\\n=}'\n",
    "f'{\n  a  # why\n}{\n  b  # what\n  =}'\nf'{a\n+\nb:\\x20}'\n",
    "f'é{ü(\"é\")}' f'\\N{EM DASH}{'\\n'.join(a)}'\n",
    "f'{a  # why\n=:{b  # what\n}}'\n",
    "t'a{b!r:>{c}}{d=}' ; t''\n",
    "for x in *a, b: pass\nreturn_ = *a, b\n",
    "with (open(a) as b, c() as d,): pass\n",
]

BROKEN = [
    "f(",
    "a b\n",
    "if x:\ny\n",
    "x = 'abc\n",
    "t'a' t'b'\n",
    "'\\x1'\n",
    "[x async\nfor x in y]\n",
    "a = 1\nf'\\N{no}'\n",
]


def parsed_by_ast(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # invalid escapes are part of what is compared
        tree = ast.parse(text)
    for string in [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]:
        # CPython 3.12.1 ends some format specs with an empty constant, later ones do not.
        string.values = [part for part in string.values if getattr(part, "value", None) != ""]
    return tree


def described(tree: ast.Module) -> str:
    """Everything in a tree, except what this Python's own parser gets wrong in f-strings."""
    strings = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
    parts = [part for string in strings for value in string.values for part in ast.walk(value)]
    for part in () if EXACT_FSTRINGS else parts:
        for name in {"lineno", "col_offset", "end_lineno", "end_col_offset"} & set(vars(part)):
            setattr(part, name, 0)
        if isinstance(part, ast.Constant):
            part.kind = None
    return ast.dump(tree, include_attributes=True, indent=1)


def source_of_calls(text: str) -> list[str]:
    """The text of every call, cut out of the source by the positions of its node."""
    calls = [node for node in ast.walk(parse_newer(text)) if isinstance(node, ast.Call)]
    return sorted(ast.get_source_segment(text, call) or "" for call in calls)


def links_of(module: cst.Module) -> int:
    """How many calls are chained in the only statement of a module."""
    line = cst.ensure_type(module.body[0], cst.SimpleStatementLine)
    link, count = cst.ensure_type(line.body[0], cst.Expr).value, 0
    while isinstance(link, cst.Call):
        link, count = cst.ensure_type(link.func, cst.Attribute).value, count + 1
    return count if isinstance(link, cst.Name) else -1


@pytest.mark.parametrize("text", SNIPPETS)
def test_a_snippet_becomes_the_nodes_that_ast_gives(text: str) -> None:
    assert described(parse_newer(text)) == described(parsed_by_ast(text))


@pytest.mark.parametrize("name", SAMPLE)
def test_a_file_of_the_standard_library_becomes_the_nodes_that_ast_gives(name: str) -> None:
    path = STDLIB / name
    if not path.exists():
        pytest.skip(f"this Python comes without {name}")
    text = path.read_bytes().decode()
    assert described(parse_newer(text)) == described(parsed_by_ast(text))


@pytest.mark.parametrize("text", NEWER)
def test_newer_syntax_becomes_the_nodes_that_ast_gives_where_it_can_read_it(text: str) -> None:
    try:
        expected = parsed_by_ast(text)
    except SyntaxError:
        pytest.skip("this Python is older than the syntax")
    assert described(parse_newer(text)) == described(expected)


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        ('f"{time.sleep(f"{x}")}"\n', ['time.sleep(f"{x}")']),
        ("f'{get('a')!r:>{width('b')}}é{put('c')}'\n", ["get('a')", "put('c')", "width('b')"]),
        ("f'''é{\n  get(  # why\n   1)\n}'''\n", ["get(  # why\n   1)"]),
        ("f'{a}' \\\n  f'{get(b)}' 'é' f'{put(c)=}'\n", ["get(b)", "put(c)"]),
        ("type Rows[T] = list[get(T)]; put()\n", ["get(T)", "put()"]),
        ("def f[T: int = str, *Ts = *a, **P = [b]](x: T = put(2)) -> T: ...\n", ["put(2)"]),
        ("class A[T](get(1), key=put(2)):\n    x = cut()\n", ["cut()", "get(1)", "put(2)"]),
        ("try:\n    get()\nexcept A, b():\n    put()\n", ["b()", "get()", "put()"]),
        ("try: get()\nexcept* A: put()\n", ["get()", "put()"]),
        ("x = t'{get(1)!r:{put(2)}} and {cut()}'\n", ["cut()", "get(1)", "put(2)"]),
        ("def f(*args: *get(Ts)): a[*put(b), c]\n", ["get(Ts)", "put(b)"]),
        ("f'{a!r }' + get(b)\n", ["get(b)"]),
    ],
)
def test_calls_in_newer_syntax_stand_exactly_where_the_text_has_them(
    text: str, calls: list[str]
) -> None:
    assert source_of_calls(text) == calls


@pytest.mark.skipif(not hasattr(cst, "StarredDictComp"), reason="this LibCST is older")
def test_calls_in_unpacking_comprehensions_stand_where_the_text_has_them() -> None:
    text = "x = [*get(y) for y in z], {**put(y) for y in z}\n"
    assert source_of_calls(text) == ["get(y)", "put(y)"]


def test_columns_count_utf8_bytes_and_lines_count_every_kind_of_newline() -> None:
    tree = parse_newer("a\rb\r\nc\nf'é{'é'}{ü(1)}'\n")
    call = next(node for node in ast.walk(tree) if isinstance(node, ast.Call))
    assert (call.lineno, call.col_offset, call.end_col_offset) == (4, 11, 16)


def test_a_type_alias_is_read_as_an_alias_or_as_an_assignment() -> None:
    (alias,) = parse_newer("type Row[T] = list[T] ;\n").body
    expected = "TypeAlias" if sys.version_info >= (3, 12) else "Assign"
    assert type(alias).__name__ == expected
    assert (alias.lineno, alias.col_offset, alias.end_col_offset) == (1, 0, 21)


def test_exceptions_without_parentheses_are_a_tuple_that_spans_them() -> None:
    text = "try: a\nexcept (A) , B : d\n"
    (statement,) = parse_newer(text).body
    assert isinstance(statement, ast.Try)
    caught = statement.handlers[0].type
    assert isinstance(caught, ast.Tuple)
    assert ast.get_source_segment(text, caught) == "(A) , B"


@pytest.mark.parametrize(
    "text",
    ["x" + ".a()" * 2_000, "x = " + " + ".join(["a"] * 2_000), "x = " + " and ".join("a" * 2_000)],
    ids=["calls", "sum", "conjunction"],
)
def test_two_thousand_links_are_parsed_on_a_deep_stack(text: str) -> None:
    tree = with_deep_stack(lambda: parse_newer(text))
    statement = tree.body[0]
    assert (statement.end_lineno, statement.end_col_offset) == (1, len(text))
    calls = with_deep_stack(lambda: sum(isinstance(node, ast.Call) for node in ast.walk(tree)))
    assert calls == text.count("()")


def test_a_tree_too_deep_for_one_stack_is_written_in_pieces_and_whole_again_afterwards(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = "(x" + "\n    .a(b)" * 500 + ")\n"
    further_stacks = []

    def counted(work: Callable[[], object]) -> object:
        further_stacks.append(work)
        return with_deep_stack(work)

    def work() -> tuple[cst.Module, str]:
        module = cst.parse_module(text)
        sys.setrecursionlimit(900)
        return module, written(module, len).code

    monkeypatch.setattr("awaken.syntax.cst_spans.with_deep_stack", counted)
    module, code = with_deep_stack(work)
    assert further_stacks
    assert code == text
    assert links_of(module) == 500


@pytest.mark.parametrize("text", BROKEN)
def test_what_cannot_be_parsed_is_a_syntax_error_with_a_line(text: str) -> None:
    with pytest.raises(SyntaxError) as caught:
        parse_newer(text)
    assert caught.value.msg
    assert caught.value.lineno in range(1, text.count("\n") + 2)
    assert (caught.value.offset or 0) >= 1


def test_no_warning_is_raised_for_the_escapes_of_the_file() -> None:
    tree = parse_newer("'\\d \\777' f'\\w{x}'\nb'\\N \\777'\n")
    values = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    assert sorted(values, key=repr) == ["\\d \u01ff\\w", b"\\N \xff"]
