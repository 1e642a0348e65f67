"""Generated coroutines of neighbouring blocking statements do the same once they are joined into functions."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from awaken.engine import analyse, groups_of, rewrite
from awaken.project.configuration import Configuration, override
from tests.test_properties import Recorder

if TYPE_CHECKING:
    from pathlib import Path

_HEAD = "import os\nimport subprocess\nimport time\n"
# Each `{}` is an expression, `<>` a name, and `||` a suite.
_EXPRESSIONS = (
    *("os.stat({})",) * 5,
    "os.stat({}).st_size",
    "subprocess.getoutput({})",
    "({} or {})",
    "({} and {})",
    "({} if {} else {})",
    "(<> := {})",
    "sum([{} for x in range(2)])",
    "any(os.stat(i) for i in [{}, {}])",
    "len([q for q in [{}] if os.stat(q)])",
    "(lambda: <>)()",
    "str({})",
)
_STATEMENTS = (
    *("<> = {}",) * 6,
    "<> += {}",
    "<>, <> = {}, {}",
    "os.stat({})",
    "del <>",
    "return {}",
    "raise ValueError({})",
    "time.sleep({})",
    "<> = lambda: <>",
    "if {}:\n||",
    "if {}:\n||elif {}:\n||else:\n||",
    "for <> in [{}, {}]:\n||",
    "for <> in [{}, {}]:\n||    if {}: break\nelse:\n||",
    "try:\n||except ValueError:\n||",
    "try:\n||except ValueError as <>:\n||finally:\n||",
    "try:\n||except ValueError:\n    raise\nelse:\n||",
    "match {}:\n    case 0:\n    ||    case y:\n    ||",
)
_NAMES = st.sampled_from(["x", "y", "z", "w"])
_ATOMS = st.sampled_from(["a", "b", "x", "y", "z", "w", "0", "2"])
# A name without a value is one of the coroutine before, and one of the function in it afterwards.
_FUNCTION = re.compile(r"<function .*? at 0x\w+>")
_UNSET = re.compile(r"(?:UnboundLocal|Name)Error\(.*")


def _text(draw: st.DrawFn, template: str, depth: int) -> str:
    parts = re.split(r"(\{\}|<>|[ ]*\|\|)", template)
    for n, part in enumerate(parts):
        if part == "{}":
            parts[n] = _expression(draw, depth)
        elif part == "<>":
            parts[n] = draw(_NAMES)
        elif part.endswith("||"):
            count = draw(st.integers(1, 2))
            suite = "\n".join(_statement(draw, depth - 1) for _ in range(count))
            parts[n] = textwrap.indent(suite, "    " + part[:-2]) + "\n"
    return "".join(parts).rstrip("\n")


def _expression(draw: st.DrawFn, depth: int) -> str:
    if depth <= 0:
        return draw(_ATOMS)
    return _text(draw, draw(st.sampled_from(_EXPRESSIONS)), depth - 1)


def _statement(draw: st.DrawFn, depth: int) -> str:
    simple = [each for each in _STATEMENTS if "||" not in each]
    return _text(draw, draw(st.sampled_from(_STATEMENTS if depth > 0 else simple)), depth)


@st.composite
def coroutines(draw: st.DrawFn) -> str:
    """A coroutine of some statements, with parameters and names that may have no value."""
    body = [_statement(draw, 2) for _ in range(draw(st.integers(2, 5)))]
    first = draw(st.sampled_from(["x = y = 1", "x = y = z = w = 1", "pass"]))
    lines = [first, *body, draw(st.sampled_from(["return x, y", "return z", "os.stat(w)"]))]
    return textwrap.indent("\n".join(lines), "    ")


def _compiles(body: str) -> bool:
    try:
        compile(f"async def f(x=3, *, z=4):\n{body}\n", "generated", "exec")
    except SyntaxError:
        return False
    return True


def _joined(source: str, folder: Path) -> str:
    (folder / "module.py").write_text(source)
    configuration = override(Configuration(), min_severity="low", target_python="3.11")
    analysis = analyse([folder], root=folder, configuration=configuration, jobs=1, cache=False)
    assert not analysis.ledger.failed, analysis.ledger.records
    for plan in analysis.plans:
        result = rewrite(analysis, plan, groups_of(plan, unsafe=False))
        if result is not None:
            assert not result.dropped, [each.reason for each in result.dropped]
            return result.change.after.decode()
    return source


def _outcome(source: str, name: str, failing: frozenset[int]) -> tuple[str, ...]:
    outcome, _, seen = Recorder(failing).run(source, name)
    return tuple(_FUNCTION.sub("a function", str(each)) for each in (outcome, seen))


@pytest.mark.filterwarnings("ignore:The recursion limit will not be reset")  # deep files need more
@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.lists(coroutines().filter(_compiles), min_size=10, max_size=10),
    st.frozensets(st.integers(1, 8), max_size=2),
)
def test_joined_statements_do_the_same_in_the_same_order(
    tmp_path: Path, bodies: list[str], failing: frozenset[int]
) -> None:
    functions = [f"\nasync def f{n}(x=3, *, z=4):\n{body}\n" for n, body in enumerate(bodies)]
    before = _HEAD + "\n".join(functions)
    after = _joined(before, tmp_path)
    for number in range(len(bodies)):
        expected = _outcome(before, f"f{number}", failing)
        found = _outcome(after, f"f{number}", failing)
        if _UNSET.match(expected[0]) and _UNSET.match(found[0]):
            continue
        assert found == expected, f"f{number} of\n{after}"


def test_the_statements_are_such_as_are_joined(tmp_path: Path) -> None:
    simple = [each for each in _STATEMENTS if each.startswith(("<> = {}", "os", "if", "for"))]
    filled = [each.replace("<>", "x").replace("{}", "os.stat(a)") for each in simple]
    body = "\n".join(re.sub(r"[ ]*\|\|", "    x = 1\n", each) for each in filled)
    source = f"{_HEAD}async def f():\n{textwrap.indent(body, '    ')}\n"
    assert _joined(source, tmp_path).count("await") == 1
