"""Generated coroutines do the same in the same order before and after the rewrite."""

from __future__ import annotations

import builtins
import sys
import textwrap
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from awaken.engine import analyse, groups_of, rewrite
from awaken.project.configuration import Configuration, override

if TYPE_CHECKING:
    from collections.abc import Coroutine, Generator
    from pathlib import Path

_HEAD = """\
import os
import subprocess
import time
from time import sleep as nap

"""
# Each `{}` is an expression.
_BLOCKING = (
    "time.sleep({})",
    "nap({})",
    "os.stat({})",
    "os.stat({}).st_size",
    "os.stat(*[{}, {}])",
    "os.stat({}, follow_symlinks={})",
    "os.stat(\n        {},  # a comment\n    )",
    "os . stat( {} , dir_fd = {} )",
    "(os.stat)({})",
    "os.stat({}, **dict(dir_fd={}))",
    "subprocess.getoutput({}).bit_length()",
    "(time.sleep({}))",
)
_AROUND = (
    "({} + {})",
    "({} or {})",
    "({} and {})",
    "(not {})",
    "({} < {} <= {})",
    "({} in [{}, {}])",
    "-{}",
    "({} if {} else {})",
    "[{}, {}][0]",
    "({}, {})[{} > 3]",
    "{{'k': {}, {}: 1}}['k']",
    "len([*[{}], {}])",
    "sum([{} for i in range(2)])",
    "sum({} for i in range(2))",
    "sum(({} for i in [{}]), {})",
    "max({} + i for i in [1, 2] if {})",
    "any({} for i in range(3))",
    "all(({} and i) for i in range(3))",
    "len({{i: {} for i in range(2)}})",
    "len([j for i in range(2) if {} for j in [{}]])",
    "sum(sum([{} for j in range(2)]) for i in range(2))",
    "sorted([{}, {}])[0]",
    "(lambda x={}: x)()",
    "(lambda x, *y: x)({}, {})",
    "(w := {})",
    "note({}, {})",
    "note(*[{}, {}], k={})",
    "note(k={}, **{{'z': {}}})",
    "({}).st_size",
    "({}).bit_length()",
    "note(\n        {}, # one\n        {},\n    )",
    'len(f"{{a}} {{note({})!r:>{{a}}}} {{{{}}}}")',
    'len(f"""{{os.stat({})}}\n{{b}}""")',
    "len('x' f'{{time.sleep({}):4}}' rf'\\d{{nap({})}}')",
)
_STATEMENTS = (
    "x = {}",
    "x += {}",
    "x = y = {}",
    "x, y = {}, {}",
    "{}",
    "x = {};y = {} ; ",
    "if {}: x = {}; y = {}",
    "if {}:\n    x = {}\nelif {}:\n    y = {}\nelse:\n    x = {}",
    "for x in [{}, {}]:\n    y = {}\n    if {}: break\nelse:\n    x = {}",
    "k = 0\nwhile k < 2 and {}:\n    k += 1\n    x = {}",
    "try:\n    x = {}\nexcept ValueError:\n    y = {}\nelse:\n    x = {}\nfinally:\n    y = {}",
    "try:\n    return {}\nfinally:\n    note({})",
    "assert {}, {}",
    "return {}",
    "with note({}) as x, note({}):\n    y = {}",
    "match {}:\n    case 0 if {}:\n        x = {}\n    case y if {}:\n        x = {}",
    "d[{}] = {}",
    "d[{}][{}:{}] = []",
    "x = [\n    {},\n    *[{}],\n][0]",
    "def g(z={}, *, y={}): return z\nx = g()",
    "@(note({}) and (lambda f: f))\ndef g(): return 1\nx = {} \\\n    + {}",
    "global total\ntotal = {}",
    "raise ValueError({})",
)
_ATOMS = st.sampled_from(["a", "b", "1", "2", "x", "0"])


def _filled(draw: st.DrawFn, template: str, depth: int) -> str:
    holes = template.replace("{{", "").replace("}}", "").count("{}")
    return template.format(*(_expression(draw, depth) for _ in range(holes)))


def _expression(draw: st.DrawFn, depth: int) -> str:
    if depth <= 0:
        return draw(_ATOMS)
    templates = _BLOCKING if draw(st.booleans()) else _AROUND
    text = draw(st.sampled_from(templates))
    # Before Python 3.12 an f-string's expressions hold neither its quotes nor a comment.
    return _filled(
        draw, text, 0 if 'f"' in text or "f'" in text else depth - draw(st.integers(1, 2))
    )


@st.composite
def coroutines(draw: st.DrawFn) -> str:
    """A coroutine of a few statements."""
    count = draw(st.integers(1, 3))
    body = [_filled(draw, draw(st.sampled_from(_STATEMENTS)), 2) for _ in range(count)]
    lines = ["x = y = 1", "d = {}", *body, "return x, y, sorted(map(str, d))"]
    return textwrap.indent("\n".join(lines), "    ")


def _compiles(body: str) -> bool:
    try:
        compile(f"async def f():\n{body}\n", "generated", "exec")
    except SyntaxError:  # a walrus where none may stand, and the like
        return False
    return True


class Value(int):
    """What every recorded call gives back."""

    @property
    def st_size(self) -> Value:
        return Value(self + 1)

    def __enter__(self) -> Value:
        return self

    def __exit__(self, *_: object) -> None:
        pass


class Suspension:
    """What a coroutine waits for: the loop runs once."""

    def __await__(self) -> Generator[None, None, None]:
        yield


@dataclass
class Recorder:
    """Stands in for the modules that the coroutines use, and notes what they do in which order."""

    failing: frozenset[int]
    seen: list[tuple[str, str]] = field(default_factory=list)

    def called(self, name: str, *args: Any, **kwargs: Any) -> Value:
        self.seen.append((name, f"{args} {kwargs}"))
        if len(self.seen) in self.failing:
            raise ValueError(len(self.seen))
        return Value(len(self.seen) % 5)

    def function(self, name: str) -> Any:
        return lambda *args, **kwargs: self.called(name, *args, **kwargs)

    async def sleep(self, delay: object) -> Value:
        await Suspension()
        return self.called("sleep", delay)

    async def to_thread(self, function: Any, /, *args: Any, **kwargs: Any) -> object:
        await Suspension()
        return function(*args, **kwargs)

    def module(self, name: str, *_: object) -> SimpleNamespace:
        """Stands in for `__import__`."""
        return {
            "asyncio": SimpleNamespace(sleep=self.sleep, to_thread=self.to_thread),
            "time": SimpleNamespace(sleep=self.function("sleep")),
            "os": SimpleNamespace(stat=self.function("stat")),
            "subprocess": SimpleNamespace(getoutput=self.function("getoutput")),
        }[name]

    def run(self, source: str, name: str) -> tuple[object, ...]:
        """The outcome of a coroutine, and what it did."""
        names = {
            "__builtins__": {**vars(builtins), "__import__": self.module},
            "note": self.function("note"),
            "a": 1,
            "b": 2,
        }
        exec(compile(source, "generated", "exec"), names)
        outcome = _outcome(names[name]())
        return outcome, names.get("total"), self.seen


def _outcome(coroutine: Coroutine[Any, Any, object]) -> str:
    try:
        while True:
            coroutine.send(None)
    except StopIteration as stop:
        return repr(stop.value)
    except Exception as error:  # noqa: BLE001 - both sides must raise the same
        return repr(error)


def _rewritten(source: str, folder: Path) -> str:
    (folder / "module.py").write_text(source)
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    configuration = override(Configuration(), min_severity="low", target_python=version)
    analysis = analyse([folder], root=folder, configuration=configuration, jobs=1, cache=False)
    assert not analysis.ledger.failed, analysis.ledger.records
    for plan in analysis.plans:
        result = rewrite(analysis, plan, groups_of(plan, unsafe=False))
        if result is not None:
            assert not result.dropped, [each.reason for each in result.dropped]
            return result.change.after.decode()
    return source


@pytest.mark.filterwarnings("ignore:The recursion limit will not be reset")  # deep files need more
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.lists(coroutines().filter(_compiles), min_size=8, max_size=8),
    st.frozensets(st.integers(1, 12), max_size=2),
)
def test_a_rewritten_coroutine_does_the_same_in_the_same_order(
    tmp_path: Path, bodies: list[str], failing: frozenset[int]
) -> None:
    functions = [f"\nasync def f{number}():\n{body}\n" for number, body in enumerate(bodies)]
    before = _HEAD + "\n".join(functions)
    after = _rewritten(before, tmp_path)
    for number in range(len(bodies)):
        expected = Recorder(failing).run(before, f"f{number}")
        found = Recorder(failing).run(after, f"f{number}")
        assert found == expected, f"f{number} of\n{after}"


def test_the_recorder_sees_a_changed_order() -> None:
    one = "import os\nasync def f():\n    return os.stat(1), os.stat(2)\n"
    other = "import os\nasync def f():\n    x = os.stat(2)\n    return os.stat(1), x\n"
    assert Recorder(frozenset()).run(one, "f") != Recorder(frozenset()).run(other, "f")


def test_every_blocking_template_is_rewritten(tmp_path: Path) -> None:
    calls = [template.replace("{}", "1") for template in _BLOCKING]
    functions = [
        f"async def f{number}():\n    return {call}\n" for number, call in enumerate(calls)
    ]
    after = _rewritten(_HEAD + "\n\n".join(functions), tmp_path)
    bodies = after.split("async def ")[1:]
    assert [body for body in bodies if "await asyncio." not in body] == []
