"""What a name stands for, however it got its value; each case is a small project with one coroutine."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

from awaken.engine import analyse
from awaken.project.configuration import Configuration, override
from awaken.rules import ADVICE

if TYPE_CHECKING:
    from pathlib import Path

# Each case: files of a project, and the calls that must be found in main.py.
_FOUND: dict[str, dict[str, str]] = {
    "module": {"main.py": "import time\nasync def f(): time.sleep(1)"},
    "module alias": {"main.py": "import time as t\nasync def f(): t.sleep(1)"},
    "member": {"main.py": "from time import sleep\nasync def f(): sleep(1)"},
    "member alias": {"main.py": "from time import sleep as nap\nasync def f(): nap(1)"},
    "star of the standard library": {"main.py": "from time import *\nasync def f(): sleep(1)"},
    "import inside the function": {"main.py": "async def f():\n import time\n time.sleep(1)"},
    "rebinding": {"main.py": "import time\nnap = time.sleep\nasync def f(): nap(1)"},
    "rebinding in the function": {
        "main.py": "import time\nasync def f():\n nap = time.sleep\n nap(1)"
    },
    "both branches agree": {
        "main.py": "try:\n import time\nexcept ImportError:\n import time\nasync def f(): time.sleep(1)"
    },
    "or None": {
        "main.py": "try:\n import time\nexcept ImportError:\n time = None\nasync def f(): time.sleep(1)"
    },
    "getattr with a literal": {"main.py": "import time\nasync def f(): getattr(time, 'sleep')(1)"},
    "re-export": {
        "clock/__init__.py": "from .impl import pause",
        "clock/impl.py": "from time import sleep as pause",
        "main.py": "from clock import pause\nasync def f(): pause(1)",
    },
    "re-export by star": {
        "clock/__init__.py": "from .impl import *",
        "clock/impl.py": "from time import sleep",
        "main.py": "from clock import sleep\nasync def f(): sleep(1)",
    },
    "star of a project module": {
        "tools.py": "from time import sleep",
        "main.py": "from tools import *\nasync def f(): sleep(1)",
    },
    "module of a package": {
        "app/__init__.py": "",
        "app/tools.py": "import time",
        "main.py": "import app.tools\nasync def f(): app.tools.time.sleep(1)",
    },
    "relative import": {
        "app/__init__.py": "",
        "app/tools.py": "from time import sleep",
        "app/main.py": "from .tools import sleep\nasync def f(): sleep(1)",
    },
    "relative import of a module": {
        "app/__init__.py": "",
        "app/tools.py": "from time import sleep",
        "app/main.py": "from . import tools\nasync def f(): tools.sleep(1)",
    },
    "two levels up": {
        "app/__init__.py": "",
        "app/tools.py": "from time import sleep",
        "app/api/__init__.py": "",
        "app/api/main.py": "from ..tools import sleep\nasync def f(): sleep(1)",
    },
    "namespace package": {
        "app/tools.py": "from time import sleep",
        "main.py": "import app.tools\nasync def f(): app.tools.sleep(1)",
    },
    "closure": {
        "main.py": "def make():\n from time import sleep\n async def f(): sleep(1)\n return f"
    },
    "last assignment wins": {
        "main.py": "import time\nasync def f():\n x = print\n x = time.sleep\n x(1)"
    },
    "loop brings no other value back": {
        "main.py": "import time\nasync def f():\n for i in []:\n  x = time.sleep\n  x(1)\n x = print"
    },
    "re-exported over several modules": {
        "a.py": "from b import x as nap",
        "b.py": "from c import *",
        "c.py": "from d import y as x",
        "d.py": "from time import sleep as y",
        "main.py": "from a import nap\nasync def f(): nap(1)",
    },
    "star with __all__": {
        "a.py": "__all__ = ['sleep']\nfrom time import sleep",
        "main.py": "from a import *\nasync def f(): sleep(1)",
    },
    "the same in both branches": {
        "main.py": "import time\nasync def f(c):\n if c:\n  nap = time.sleep\n else:\n  nap = time.sleep\n nap(1)"
    },
}

_INSTANCES: dict[str, dict[str, str]] = {
    "items of a list that others only look at": {
        "main.py": "from pathlib import Path\nasync def f(d: Path, ns):\n ps = [d / n for n in ns]\n print(len(ps))\n for p in sorted(ps):\n  p.read_text()"
    },
    "items of a comprehension": {
        "main.py": "from pathlib import Path\nasync def f(d: Path, ns):\n ps = [d / n for n in ns]\n for p in ps:\n  p.read_text()"
    },
    "items that are added one by one": {
        "main.py": "from pathlib import Path\nasync def f(d: Path, ns):\n ps = []\n for n in ns:\n  ps.append(d / n)\n ps.extend(d.parents)\n for p in ps:\n  p.read_text()"
    },
    "items that a closure adds": {
        "main.py": "from pathlib import Path\nasync def f(d: Path):\n ps = set()\n ps = {d}\n def more(): ps.add(d / 'x')\n for p in ps:\n  p.read_text()"
    },
    "items of a list of the object": {
        "main.py": "from pathlib import Path\nclass A:\n def __init__(self): self.ps = []\n def add(self, p: Path): self.ps.append(p)\n async def f(self):\n  for p in self.ps: p.read_text()"
    },
    "values of a dict of the module": {
        "main.py": "from pathlib import Path\nPS = {'a': Path('x')}\nasync def f(k):\n PS[k].read_text()"
    },
    "attribute that is a sequence": {
        "main.py": "from pathlib import Path\nasync def f(p: Path):\n p.parents[1].read_text()"
    },
    "constructor": {
        "main.py": "from pathlib import Path\nasync def f():\n p = Path('x')\n p.read_text()"
    },
    "temporary": {"main.py": "from pathlib import Path\nasync def f(): Path('x').read_text()"},
    "parameter": {"main.py": "from pathlib import Path\nasync def f(p: Path): p.read_text()"},
    "optional parameter": {
        "main.py": "from pathlib import Path\nfrom typing import Optional\nasync def f(p: Optional[Path] = None): p.read_text()"
    },
    "union with None": {
        "main.py": "from pathlib import Path\nasync def f(p: Path | None): p.read_text()"
    },
    "string annotation": {
        "main.py": "from pathlib import Path\nasync def f(p: 'Path'): p.read_text()"
    },
    "annotated": {
        "main.py": "from pathlib import Path\nfrom typing import Annotated\nasync def f(p: Annotated[Path, 1]): p.read_text()"
    },
    "annotation under TYPE_CHECKING": {
        "main.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n from pathlib import Path\nasync def f(p: 'Path'): p.read_text()"
    },
    "annotated variable": {
        "main.py": "from pathlib import Path\nasync def f(x):\n p: Path = x\n p.read_text()"
    },
    "operator": {
        "main.py": "from pathlib import Path\nasync def f(p: Path): (p / 'x').read_text()"
    },
    "attribute": {
        "main.py": "from pathlib import Path\nasync def f(p: Path): p.parent.read_text()"
    },
    "module global": {
        "main.py": "from pathlib import Path\nROOT = Path('x')\nasync def f(): ROOT.read_text()"
    },
    "global of another module": {
        "settings.py": "from pathlib import Path\nROOT = Path('x')",
        "main.py": "import settings\nasync def f(): settings.ROOT.read_text()",
    },
    "instance attribute": {
        "main.py": "from pathlib import Path\nclass A:\n def __init__(self):\n  self.p = Path('x')\n async def f(self): self.p.read_text()"
    },
    "annotated instance attribute": {
        "main.py": "from pathlib import Path\nclass A:\n def __init__(self, p: Path):\n  self.p = p\n async def f(self): self.p.read_text()"
    },
    "class attribute": {
        "main.py": "from pathlib import Path\nclass A:\n p = Path('x')\n async def f(self): self.p.read_text()"
    },
    "dataclass field": {
        "main.py": "from dataclasses import dataclass\nfrom pathlib import Path\n@dataclass\nclass A:\n p: Path\n async def f(self): self.p.read_text()"
    },
    "inherited attribute": {
        "base.py": "from pathlib import Path\nclass Base:\n def __init__(self):\n  self.p = Path('x')",
        "main.py": "from base import Base\nclass A(Base):\n async def f(self): self.p.read_text()",
    },
    "property": {
        "main.py": "from pathlib import Path\nclass A:\n @property\n def p(self): return Path('x')\n async def f(self): self.p.read_text()"
    },
    "factory with annotation": {
        "main.py": "from pathlib import Path\ndef make() -> Path: ...\nasync def f(): make().read_text()"
    },
    "factory without annotation": {
        "main.py": "from pathlib import Path\ndef make():\n return Path('x')\nasync def f():\n p = make()\n p.read_text()"
    },
    "async factory": {
        "main.py": "from pathlib import Path\nasync def make():\n return Path('x')\nasync def f():\n p = await make()\n p.read_text()"
    },
    "walrus": {
        "main.py": "from pathlib import Path\nasync def f():\n if (p := Path('x')):\n  p.read_text()"
    },
    "conditional expression": {
        "main.py": "from pathlib import Path\nasync def f(c):\n p = Path('x') if c else Path('y')\n p.read_text()"
    },
    "tuple": {
        "main.py": "from pathlib import Path\nasync def f():\n p, q = Path('x'), 1\n p.read_text()"
    },
    "loop over a display": {
        "main.py": "from pathlib import Path\nasync def f():\n for p in (Path('x'), Path('y')):\n  p.read_text()"
    },
    "subclass of a library type": {
        "main.py": "from pathlib import Path\nclass P(Path): pass\nasync def f(): P('x').read_text()"
    },
    "attribute set in another method": {
        "main.py": "from pathlib import Path\nclass A:\n def setup(self):\n  self.p = Path('x')\n async def f(self): self.p.read_text()"
    },
    "attribute that begins as None": {
        "main.py": "from pathlib import Path\nclass A:\n def __init__(self):\n  self.p = None\n async def setup(self):\n  self.p = Path('x')\n async def f(self): self.p.read_text()"
    },
    "annotated attribute that begins as None": {
        "main.py": "from pathlib import Path\nfrom typing import Optional\nclass A:\n def __init__(self):\n  self.p: Optional[Path] = None\n async def f(self): self.p.read_text()"
    },
    "field with a factory": {
        "main.py": "from pathlib import Path\nfrom dataclasses import dataclass, field\n@dataclass\nclass A:\n p: Path = field(default_factory=Path)\nasync def f(a: A): a.p.read_text()"
    },
    "attrs field": {
        "main.py": "from pathlib import Path\nimport attrs\n@attrs.define\nclass A:\n p: Path = attrs.field()\nasync def f(a: A): a.p.read_text()"
    },
    "attr.ib with a type": {
        "main.py": "from pathlib import Path\nimport attr\n@attr.s\nclass A:\n p = attr.ib(type=Path)\nasync def f(a: A): a.p.read_text()"
    },
    "attr.ib with a factory": {
        "main.py": "from pathlib import Path\nimport attr\n@attr.s\nclass A:\n p = attr.ib(factory=Path)\nasync def f(a: A): a.p.read_text()"
    },
    "pydantic field": {
        "main.py": "from pathlib import Path\nfrom pydantic import BaseModel, Field\nclass A(BaseModel):\n p: Path = Field(default=Path('x'))\nasync def f(a: A): a.p.read_text()"
    },
    "field of a named tuple": {
        "main.py": "from pathlib import Path\nfrom typing import NamedTuple\nclass A(NamedTuple):\n p: Path\nasync def f(a: A): a.p.read_text()"
    },
    "items of a list": {
        "main.py": "from pathlib import Path\nasync def f(ps: list[Path]):\n for p in ps:\n  p.read_text()"
    },
    "items of a List": {
        "main.py": "from pathlib import Path\nfrom typing import List\nasync def f(ps: List[Path]):\n for p in ps:\n  p.read_text()"
    },
    "items of a Sequence": {
        "main.py": "from pathlib import Path\nfrom typing import Sequence\nasync def f(ps: Sequence[Path]):\n for p in ps:\n  p.read_text()"
    },
    "items of an Iterable": {
        "main.py": "from pathlib import Path\nfrom collections.abc import Iterable\nasync def f(ps: Iterable[Path]):\n for p in ps:\n  p.read_text()"
    },
    "items of a set": {
        "main.py": "from pathlib import Path\nasync def f(ps: set[Path]):\n for p in ps:\n  p.read_text()"
    },
    "items of a tuple": {
        "main.py": "from pathlib import Path\nasync def f(ps: tuple[Path, ...]):\n for p in ps:\n  p.read_text()"
    },
    "place in an unpacked tuple": {
        "main.py": "from pathlib import Path\nasync def f(ps: tuple[int, Path]):\n n, p = ps\n p.read_text()"
    },
    "place in a tuple": {
        "main.py": "from pathlib import Path\nasync def f(ps: tuple[int, Path]):\n ps[1].read_text()"
    },
    "place in an annotated tuple that is returned": {
        "main.py": "from pathlib import Path\ndef g() -> tuple[int, Path]: ...\nasync def f():\n n, p = g()\n p.read_text()"
    },
    "place in a tuple that is returned": {
        "main.py": "from pathlib import Path\ndef g():\n return 1, Path('x')\nasync def f():\n n, p = g()\n p.read_text()"
    },
    "item of a list": {
        "main.py": "from pathlib import Path\nasync def f(ps: list[Path]): ps[0].read_text()"
    },
    "values of a dict": {
        "main.py": "from pathlib import Path\nasync def f(d: dict[str, Path]):\n for p in d.values():\n  p.read_text()"
    },
    "items of a dict": {
        "main.py": "from pathlib import Path\nasync def f(d: dict[str, Path]):\n for k, p in d.items():\n  p.read_text()"
    },
    "keys of a dict": {
        "main.py": "from pathlib import Path\nasync def f(d: dict[Path, str]):\n for p in d:\n  p.read_text()"
    },
    "item of a dict": {
        "main.py": "from pathlib import Path\nasync def f(d: dict[str, Path]): d['x'].read_text()"
    },
    "get from a dict": {
        "main.py": "from pathlib import Path\nasync def f(d: dict[str, Path]): d.get('x').read_text()"
    },
    "pop from a Dict": {
        "main.py": "from pathlib import Path\nfrom typing import Dict\nasync def f(d: Dict[str, Path]): d.pop('x').read_text()"
    },
    "values of a dict in an attribute": {
        "main.py": "from pathlib import Path\nclass A:\n def __init__(self):\n  self.d: dict[str, Path] = {}\n async def f(self):\n  for p in self.d.values():\n   p.read_text()"
    },
    "items of a list in an attribute": {
        "main.py": "from pathlib import Path\nclass A:\n def __init__(self):\n  self.d: list[Path] = []\n async def f(self):\n  for p in self.d:\n   p.read_text()"
    },
    "item of a dict in an attribute": {
        "main.py": "from pathlib import Path\nclass A:\n def __init__(self):\n  self.d: dict[str, Path] = {}\n async def f(self):\n  p = self.d['x']\n  p.read_text()"
    },
    "element of a comprehension": {
        "main.py": "from pathlib import Path\nasync def f(ps: list[Path]): return [p.read_text() for p in ps]"
    },
    "element of a comprehension over a display": {
        "main.py": "from pathlib import Path\nasync def f(): return [p.read_text() for p in (Path('x'), Path('y'))]"
    },
    "enumerate": {
        "main.py": "from pathlib import Path\nasync def f(ps: list[Path]):\n for i, p in enumerate(ps):\n  p.read_text()"
    },
    "sorted": {
        "main.py": "from pathlib import Path\nasync def f(ps: list[Path]):\n for p in sorted(ps):\n  p.read_text()"
    },
    "zip": {
        "main.py": "from pathlib import Path\nasync def f(ps: list[Path], xs: list[int]):\n for x, p in zip(xs, ps):\n  p.read_text()"
    },
    "next of iter": {
        "main.py": "from pathlib import Path\nasync def f(ps: list[Path]): next(iter(ps)).read_text()"
    },
    "reversed": {
        "main.py": "from pathlib import Path\nasync def f(ps: list[Path]):\n for p in reversed(ps):\n  p.read_text()"
    },
    "Optional in a string": {
        "main.py": "from pathlib import Path\nfrom typing import Optional\nasync def f(p: 'Optional[Path]'): p.read_text()"
    },
    "string in Optional": {
        "main.py": "from pathlib import Path\nfrom typing import Optional\nasync def f(p: Optional['Path']): p.read_text()"
    },
    "union in a string": {
        "main.py": "from pathlib import Path\nasync def f(p: 'Path | None' = None): p.read_text()"
    },
    "union in a string in Optional": {
        "main.py": "from pathlib import Path\nfrom typing import Optional, Union\nasync def f(p: Optional['Union[Path, None]']): p.read_text()"
    },
    "attribute annotated in a string": {
        "main.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n import pathlib\nclass A:\n p: 'pathlib.Path'\n async def f(self): self.p.read_text()"
    },
    "Self": {
        "main.py": "from pathlib import Path\nfrom typing import Self\nclass A:\n p = Path('x')\n def me(self) -> Self: ...\nasync def f(): A().me().p.read_text()"
    },
    "method that returns self": {
        "main.py": "from pathlib import Path\nclass A:\n p = Path('x')\n def me(self): return self\nasync def f(): A().me().p.read_text()"
    },
    "self of a subclass": {
        "main.py": "from pathlib import Path\nclass A:\n def me(self): return self\nclass B(A):\n p = Path('x')\nasync def f(): B().me().p.read_text()"
    },
    "Self of a subclass": {
        "main.py": "from pathlib import Path\nfrom typing_extensions import Self\nclass A:\n def me(self) -> 'Self': ...\nclass B(A):\n p = Path('x')\nasync def f(): B().me().p.read_text()"
    },
    "class method that makes a subclass": {
        "main.py": "from pathlib import Path\nclass A:\n @classmethod\n def make(cls): return cls()\nclass B(A):\n p = Path('x')\nasync def f(): B.make().p.read_text()"
    },
    "class method that makes a subclass in a variable": {
        "main.py": "from pathlib import Path\nclass A:\n @classmethod\n def make(cls):\n  x = cls()\n  return x\nclass B(A):\n p = Path('x')\nasync def f(): B.make().p.read_text()"
    },
    "class method that promises Self": {
        "main.py": "from pathlib import Path\nfrom typing import Self\nclass A:\n @classmethod\n def make(cls) -> Self: ...\nclass B(A):\n p = Path('x')\nasync def f(): B.make().p.read_text()"
    },
    "async class method": {
        "main.py": "from pathlib import Path\nclass A:\n @classmethod\n async def make(cls): return cls()\nclass B(A):\n p = Path('x')\nasync def f(): (await B.make()).p.read_text()"
    },
    "type(self)()": {
        "main.py": "from pathlib import Path\nclass A:\n def copy(self): return type(self)()\nclass B(A):\n p = Path('x')\nasync def f(): B().copy().p.read_text()"
    },
    "Type[X]": {
        "main.py": "from pathlib import Path\nfrom typing import Type\nasync def f(k: Type[Path]): k('x').read_text()"
    },
    "type[X]": {
        "main.py": "from pathlib import Path\nasync def f(k: type[Path]): k('x').read_text()"
    },
    "bound of a type variable": {
        "main.py": "from pathlib import Path\nfrom typing import TypeVar\nT = TypeVar('T', bound=Path)\nasync def f(p: T): p.read_text()"
    },
    "bound in a string": {
        "main.py": "from pathlib import Path\nfrom typing import TypeVar\nT = TypeVar('T', bound='Path')\nasync def f(p: T): p.read_text()"
    },
    "NewType": {
        "main.py": "from pathlib import Path\nfrom typing import NewType\nT = NewType('T', Path)\nasync def f(p: T): p.read_text()"
    },
    "call of a NewType": {
        "main.py": "from pathlib import Path\nfrom typing import NewType\nT = NewType('T', Path)\nasync def f(): T(Path('x')).read_text()"
    },
    "alias of a class": {
        "main.py": "from pathlib import Path\nT = Path\nasync def f(p: T): p.read_text()"
    },
    "alias of Optional": {
        "main.py": "from pathlib import Path\nfrom typing import Optional\nT = Optional[Path]\nasync def f(p: T): p.read_text()"
    },
    "alias of a union": {
        "main.py": "from pathlib import Path\nT = Path | None\nasync def f(p: T): p.read_text()"
    },
    "TypeAlias": {
        "main.py": "from pathlib import Path\nfrom typing import TypeAlias\nT: TypeAlias = 'Path'\nasync def f(p: T): p.read_text()"
    },
    "alias of a list": {
        "main.py": "from pathlib import Path\nT = list[Path]\nasync def f(ps: T):\n for p in ps:\n  p.read_text()"
    },
    "alias of Annotated": {
        "main.py": "from pathlib import Path\nfrom typing import Annotated\nT = Annotated[Path, 1]\nasync def f(p: T): p.read_text()"
    },
    "type statement": {
        "main.py": "from pathlib import Path\ntype T = Path | None\nasync def f(p: T): p.read_text()"
    },
    "several returns, one None": {
        "main.py": "from pathlib import Path\ndef g(x):\n if x: return None\n if x > 1: return Path('y')\n return Path('x')\nasync def f(): g(1).read_text()"
    },
    "async context manager of the project": {
        "main.py": "from pathlib import Path\nfrom contextlib import asynccontextmanager\n@asynccontextmanager\nasync def g():\n yield Path('x')\nasync def f():\n async with g() as p:\n  p.read_text()"
    },
    "context manager of the project": {
        "main.py": "from pathlib import Path\nfrom contextlib import contextmanager\n@contextmanager\ndef g():\n yield Path('x')\nasync def f():\n with g() as p:\n  p.read_text()"
    },
    "annotated context manager of the project": {
        "main.py": "from pathlib import Path\nfrom contextlib import contextmanager\nfrom typing import Iterator\n@contextmanager\ndef g() -> Iterator[Path]:\n yield x\nasync def f():\n with g() as p:\n  p.read_text()"
    },
    "generator of the project": {
        "main.py": "from pathlib import Path\ndef g():\n yield Path('x')\nasync def f():\n for p in g():\n  p.read_text()"
    },
    "annotated generator of the project": {
        "main.py": "from pathlib import Path\nfrom typing import Iterator\ndef g(x) -> Iterator[Path]:\n yield x\nasync def f():\n for p in g(1):\n  p.read_text()"
    },
    "async generator of the project": {
        "main.py": "from pathlib import Path\nfrom typing import AsyncIterator\nasync def g(x) -> AsyncIterator[Path]:\n yield x\nasync def f():\n async for p in g(1):\n  p.read_text()"
    },
    "__enter__ that returns self": {
        "main.py": "from pathlib import Path\nclass A:\n p = Path('x')\n def __enter__(self): return self\n def __exit__(self, *a): ...\nasync def f():\n with A() as a:\n  a.p.read_text()"
    },
    "__aenter__ of a subclass": {
        "main.py": "from pathlib import Path\nclass A:\n async def __aenter__(self): return self\n async def __aexit__(self, *a): ...\nclass B(A):\n p = Path('x')\nasync def f():\n async with B() as a:\n  a.p.read_text()"
    },
    "overloaded function": {
        "main.py": "from pathlib import Path\nfrom typing import overload\n@overload\ndef g(x: int) -> int: ...\n@overload\ndef g(x: str) -> Path: ...\ndef g(x) -> Path: return Path(x)\nasync def f(): g('x').read_text()"
    },
    "entered subclass of a class that gives itself": {
        "main.py": "from pathlib import Path\nimport requests\nclass A(requests.Session):\n p = Path('x')\nasync def f():\n with A() as a:\n  a.p.read_text()"
    },
    "one of two that can be entered": {
        "main.py": "from pathlib import Path\nclass A:\n def __enter__(self): return 1\nclass B:\n async def __aenter__(self): return Path('x')\ndef make() -> A | B: ...\nasync def f():\n async with make() as p:\n  p.read_text()"
    },
    "closing": {
        "main.py": "from pathlib import Path\nclass A:\n p = Path('x')\nfrom contextlib import closing\nasync def f():\n with closing(A()) as a:\n  a.p.read_text()"
    },
    "nullcontext": {
        "main.py": "from pathlib import Path\nfrom contextlib import nullcontext\nasync def f():\n with nullcontext(Path('x')) as a:\n  a.read_text()"
    },
    "Depends": {
        "main.py": "from pathlib import Path\nfrom fastapi import Depends, FastAPI\nfrom typing import Annotated\napp = FastAPI()\ndef g(): return Path('x')\n@app.get('/')\nasync def f(p=Depends(g)): p.read_text()"
    },
    "Depends on an annotated function": {
        "main.py": "from pathlib import Path\nfrom fastapi import Depends, FastAPI\nfrom typing import Annotated\napp = FastAPI()\nfrom typing import Any\ndef g() -> Path: ...\n@app.get('/')\nasync def f(p: Any = Depends(g)): p.read_text()"
    },
    "Depends on a generator": {
        "main.py": "from pathlib import Path\nfrom fastapi import Depends, FastAPI\nfrom typing import Annotated\napp = FastAPI()\ndef g():\n p = Path('x')\n try:\n  yield p\n finally: pass\n@app.get('/')\nasync def f(p=Depends(g)): p.read_text()"
    },
    "Depends on an async generator": {
        "main.py": "from pathlib import Path\nfrom fastapi import Depends, FastAPI\nfrom typing import Annotated\napp = FastAPI()\nasync def g():\n yield Path('x')\n@app.get('/')\nasync def f(p=Depends(g)): p.read_text()"
    },
    "Depends on a coroutine": {
        "main.py": "from pathlib import Path\nfrom fastapi import Depends, FastAPI\nfrom typing import Annotated\napp = FastAPI()\nasync def g():\n return Path('x')\n@app.get('/')\nasync def f(p=Depends(g)): p.read_text()"
    },
    "Depends on a class": {
        "main.py": "from pathlib import Path\nfrom fastapi import Depends, FastAPI\nfrom typing import Annotated\napp = FastAPI()\nclass G:\n p = Path('x')\n@app.get('/')\nasync def f(g=Depends(G)): g.p.read_text()"
    },
    "Depends by the annotation": {
        "main.py": "from pathlib import Path\nfrom fastapi import Depends, FastAPI\nfrom typing import Annotated\napp = FastAPI()\nclass G:\n p = Path('x')\n@app.get('/')\nasync def f(g: G = Depends()): g.p.read_text()"
    },
    "Depends in Annotated": {
        "main.py": "from pathlib import Path\nfrom fastapi import Depends, FastAPI\nfrom typing import Annotated\napp = FastAPI()\nfrom typing import Any\ndef g(): return Path('x')\n@app.get('/')\nasync def f(p: Annotated[Any, Depends(g)]): p.read_text()"
    },
    "Depends in an alias": {
        "main.py": "from pathlib import Path\nfrom fastapi import Depends, FastAPI\nfrom typing import Annotated\napp = FastAPI()\nfrom typing import Any\ndef g(): return Path('x')\nDep = Annotated[Path, Depends(g)]\n@app.get('/')\nasync def f(p: Dep): p.read_text()"
    },
    "annotated property": {
        "main.py": "from pathlib import Path\nclass A:\n @property\n def p(self) -> Path: ...\n async def f(self): self.p.read_text()"
    },
    "cached property": {
        "main.py": "from pathlib import Path\nfrom functools import cached_property\nclass A:\n @cached_property\n def p(self): return Path('x')\n async def f(self): self.p.read_text()"
    },
    "property with a setter": {
        "main.py": "from pathlib import Path\nclass A:\n @property\n def p(self): return self._p\n @p.setter\n def p(self, v: Path): self._p = v\n def __init__(self): self._p = Path('x')\nasync def f(a: A): a.p.read_text()"
    },
    "global of another module that is set later": {
        "conf.py": "from pathlib import Path\np = None\ndef get():\n global p\n p = Path('x')",
        "main.py": "from pathlib import Path\nfrom conf import get\nimport conf\nasync def f(): conf.p.read_text()",
    },
    "super": {
        "main.py": "from pathlib import Path\nclass A:\n def p(self): return Path('x')\nclass B(A):\n def p(self): return super().p()\n async def f(self): self.p().read_text()"
    },
    "super with several bases": {
        "main.py": "from pathlib import Path\nclass M: pass\nclass A:\n def p(self): return Path('x')\nclass B(M, A):\n def p(self): return super().p()\nasync def f(): B().p().read_text()"
    },
    "super in a coroutine": {
        "main.py": "from pathlib import Path\nclass A:\n def p(self): return Path('x')\nclass B(A):\n async def f(self): super().p().read_text()"
    },
    "super with arguments": {
        "main.py": "from pathlib import Path\nclass A:\n def p(self): return Path('x')\nclass B(A):\n def p(self): return super(B, self).p()\n async def f(self): self.p().read_text()"
    },
    "super that returns self": {
        "main.py": "from pathlib import Path\nclass A:\n def me(self): return self\nclass B(A):\n p = Path('x')\n def me(self): return super().me()\nasync def f(): B().me().p.read_text()"
    },
    "diamond of bases": {
        "main.py": "from pathlib import Path\nclass Z:\n p = 1\nclass A(Z): pass\nclass C(Z):\n p = Path('x')\nclass D(A, C): pass\nasync def f(): D().p.read_text()"
    },
    "subscripted base": {
        "main.py": "from pathlib import Path\nfrom typing import Generic, TypeVar\nT = TypeVar('T')\nclass C(Generic[T]):\n p = Path('x')\nclass D(C[int]): pass\nasync def f(): D().p.read_text()"
    },
    "partial of a class": {
        "main.py": "from pathlib import Path\nfrom functools import partial\nclass A:\n p = Path('x')\nmake = partial(A, 1)\nasync def f(): make().p.read_text()"
    },
    "lambda": {
        "main.py": "from pathlib import Path\nmake = lambda: Path('x')\nasync def f(): make().read_text()"
    },
    "cast": {
        "main.py": "from pathlib import Path\nfrom typing import cast\nasync def f(x): cast(Path, x).read_text()"
    },
    "cast to a string": {
        "main.py": "from pathlib import Path\nfrom typing import cast\nasync def f(x): cast('Path', x).read_text()"
    },
    "copy": {
        "main.py": "from pathlib import Path\nimport copy\nasync def f(p: Path): copy.copy(p).read_text()"
    },
    "wait_for": {
        "main.py": "from pathlib import Path\nimport asyncio\nasync def g(): return Path('x')\nasync def f(): (await asyncio.wait_for(g(), 1)).read_text()"
    },
    "task": {
        "main.py": "from pathlib import Path\nimport asyncio\nasync def g(): return Path('x')\nasync def f():\n t = asyncio.create_task(g())\n (await t).read_text()"
    },
    "result of a thread": {
        "main.py": "from pathlib import Path\nimport asyncio\ndef g(): return Path('x')\nasync def f():\n t = await asyncio.to_thread(g)\n t.read_text()"
    },
    "global that a function sets": {
        "main.py": "from pathlib import Path\n_p = None\nasync def init():\n global _p\n _p = Path('x')\nasync def f(): _p.read_text()"
    },
    "or": {
        "main.py": "from pathlib import Path\nasync def f(p: Path | None = None):\n p = p or Path('x')\n p.read_text()"
    },
    "parameter replaced where it is None": {
        "main.py": "from pathlib import Path\nasync def f(p: Path | None = None):\n if p is None:\n  p = Path('x')\n p.read_text()"
    },
    "attribute of a nested class": {
        "main.py": "from pathlib import Path\nclass Conf:\n class Inner:\n  p = Path('x')\nasync def f(): Conf.Inner.p.read_text()"
    },
    "variable of the function around": {
        "main.py": "from pathlib import Path\nasync def f():\n p = Path('x')\n async def g(): p.read_text()\n await g()"
    },
    "*args": {
        "main.py": "from pathlib import Path\nasync def f(*ps: Path):\n for p in ps:\n  p.read_text()"
    },
    "**kwargs": {
        "main.py": "from pathlib import Path\nasync def f(**ps: Path):\n for p in ps.values():\n  p.read_text()"
    },
    "None in the class, set in the instance": {
        "main.py": "from pathlib import Path\nclass A:\n p = None\n def __init__(self): self.p = Path('x')\nasync def f(): A().p.read_text()"
    },
}

_SILENT: dict[str, dict[str, str]] = {
    "entered subclass of a class that nobody knows": {
        "main.py": "from unknown import Base\nfrom pathlib import Path\nclass A(Base):\n p = Path('x')\nasync def f():\n with A() as a:\n  a.p.read_text()"
    },
    "entered subclass that gives something else": {
        "main.py": "import requests\nfrom pathlib import Path\nclass A(requests.Session):\n p = Path('x')\n def __enter__(self): return other()\nasync def f():\n with A() as a:\n  a.p.read_text()"
    },
    "shadowed by a parameter": {"main.py": "import time\nasync def f(time): time.sleep(1)"},
    "shadowed by a local": {"main.py": "import time\nasync def f(x):\n time = x\n time.sleep(1)"},
    "shadowed by a definition": {
        "main.py": "from time import sleep\ndef sleep(x): ...\nasync def f(): sleep(1)"
    },
    "a project module of the same name": {
        "requests.py": "def get(x): ...",
        "main.py": "import requests\nasync def f(): requests.get('x')",
    },
    "a member of the same name": {"main.py": "from asyncio import sleep\nasync def f(): sleep(1)"},
    "two different things": {
        "main.py": "import sys\nif sys.argv:\n from time import sleep\nelse:\n from asyncio import sleep\nasync def f(): sleep(1)"
    },
    "only for type checkers": {
        "main.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n from time import sleep\nelse:\n from asyncio import sleep\nasync def f(): sleep(1)"
    },
    "overloads of a stub": {
        "main.py": "from pathlib import Path\nfrom typing import overload\n@overload\ndef g(x: int) -> int: ...\n@overload\ndef g(x: str) -> Path: ...\nasync def f(): g('x').read_text()"
    },
    "one of two that may be entered": {
        "main.py": "from pathlib import Path\nclass A(Gone): ...\nclass B:\n async def __aenter__(self): return Path('x')\ndef make() -> A | B: ...\nasync def f():\n async with make() as p:\n  p.read_text()"
    },
    "assigned later in the function": {
        "main.py": "import time\nasync def f(x):\n time.sleep(1)\n time = x"
    },
    "replaced on the module": {
        "main.py": "import time\ntime.sleep = print\nasync def f(): time.sleep(1)"
    },
    "awaited": {"main.py": "import time\nasync def f(): await time.sleep(1)"},
    "in a lambda": {"main.py": "import time\nasync def f(): return lambda: time.sleep(1)"},
    "in a nested function": {
        "main.py": "import time\nasync def f():\n def g(): time.sleep(1)\n return g"
    },
    "default argument": {"main.py": "import time\nasync def f(x=time.sleep(0.1)): ..."},
    "decorator argument": {
        "main.py": "import time\ndef d(x): return lambda f: f\n@d(time.sleep(0.1))\nasync def f(): ..."
    },
    "sync function": {"main.py": "import time\ndef f(): time.sleep(1)"},
    "passed to a thread": {
        "main.py": "import asyncio, time\nasync def f(): await asyncio.to_thread(time.sleep, 1)"
    },
    "of an unknown object": {"main.py": "async def f(p): p.read_text()"},
    "parameter of a look-alike": {
        "main.py": "from anyio import Path\nasync def f(p: Path): await p.read_text()"
    },
    "foreign star may hide a builtin": {
        "main.py": "from aiofiles import *\nasync def f(): open('x').read()"
    },
    "the loop may bring another value": {
        "main.py": "import time\nasync def f(xs):\n x = time.sleep\n for i in xs:\n  x(1)\n  x = print"
    },
    "star of a module whose __all__ grows": {
        "a.py": "__all__ = ['other']\n__all__ += xs\nother = 1\ndef open(x): ...",
        "main.py": "from a import *\nasync def f(): open('x')",
    },
    "private name by star": {
        "a.py": "from time import sleep as _sleep",
        "main.py": "from a import *\nasync def f(): _sleep(1)",
    },
    "module with __getattr__": {
        "a.py": "def __getattr__(name): ...",
        "main.py": "from a import sleep\nasync def f(): sleep(1)",
    },
    "export for type checkers only": {
        "a.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n from time import sleep\ndef __getattr__(name): ...",
        "main.py": "from a import sleep\nasync def f(): sleep(1)",
    },
    "either of two imports": {
        "main.py": "try:\n from time import sleep\nexcept ImportError:\n from gone import sleep\nasync def f(): sleep(1)"
    },
    "attribute that may be anything": {
        "main.py": "from pathlib import Path\nclass A:\n def __init__(self, q):\n  self.p = Path('x')\n  self.p = q\n async def f(self): self.p.read_text()"
    },
    "items of a tuple of two types": {
        "main.py": "from pathlib import Path\nasync def f(ps: tuple[Path, int]):\n for p in ps:\n  p.read_text()"
    },
    "keys of a dict of other things": {
        "main.py": "from pathlib import Path\nasync def f(d: dict[str, Path]):\n for p in d:\n  p.read_text()"
    },
    "list that somebody else fills": {
        "main.py": "from pathlib import Path\nfrom other import fill\nasync def f():\n ps = [Path('x')]\n fill(ps)\n for p in ps:\n  p.read_text()"
    },
    "list that a closure adds to": {
        "main.py": "from pathlib import Path\nasync def f(y):\n ps = [Path('x')]\n def more(): ps.append(y)\n for p in ps:\n  p.read_text()"
    },
    "list of the object that anybody adds to": {
        "main.py": "from pathlib import Path\nclass A:\n def __init__(self): self.ps = [Path('x')]\n async def f(self):\n  for p in self.ps: p.read_text()\ndef add(a, y): a.ps.append(y)"
    },
    "dict of the module that gets other things": {
        "main.py": "from pathlib import Path\nPS = {'a': Path('x')}\ndef g(k, v): PS[k] = v\nasync def f(k):\n PS[k].read_text()"
    },
    "list of two types": {
        "main.py": "from pathlib import Path\nasync def f(y):\n for p in [Path('x'), 'y']:\n  p.read_text()"
    },
    "list that is extended by anything": {
        "main.py": "from pathlib import Path\nasync def f(ys):\n ps = [Path('x')]\n ps.extend(ys)\n for p in ps:\n  p.read_text()"
    },
    "list in a variable that grows": {
        "main.py": "from pathlib import Path\nasync def f(xs, y):\n ps = [Path('x')]\n ps.append(y)\n for p in ps:\n  p.read_text()"
    },
    "union with another type": {
        "main.py": "from pathlib import Path\nasync def f(p: Path | str): p.read_text()"
    },
    "class method on a subclass with another attribute": {
        "main.py": "from pathlib import Path\nclass Q:\n def read_text(self): ...\nclass A:\n p = Path('x')\n @classmethod\n def make(cls): return cls()\nclass B(A):\n p = Q()\nasync def f(): B.make().p.read_text()"
    },
    "type variable without bound": {
        "main.py": "from pathlib import Path\nfrom typing import TypeVar\nT = TypeVar('T')\nasync def f(p: T): p.read_text()"
    },
    "alias of a union with another type": {
        "main.py": "from pathlib import Path\nfrom typing import Union\nT = Union[Path, str]\nasync def f(p: T): p.read_text()"
    },
    "several returns, one unknown": {
        "main.py": "from pathlib import Path\ndef g(x):\n if x: return x\n return Path('x')\nasync def f(): g(1).read_text()"
    },
    "generator that yields two things": {
        "main.py": "from pathlib import Path\ndef g(x):\n yield Path('x')\n yield x\nasync def f():\n for p in g(1):\n  p.read_text()"
    },
    "Depends on something unknown": {
        "main.py": "from pathlib import Path\nfrom fastapi import Depends, FastAPI\nfrom typing import Annotated\napp = FastAPI()\n@app.get('/')\nasync def f(p=Depends(g)): p.read_text()"
    },
    "default of a parameter": {
        "main.py": "from pathlib import Path\nimport time\nasync def f(p=Path('x'), c=time):\n p.read_text()\n c.sleep(1)"
    },
    "state of an application": {
        "main.py": "from pathlib import Path\nfrom fastapi import FastAPI\napp = FastAPI()\napp.state.p = Path('x')\nasync def f(): app.state.p.read_text()"
    },
    "attribute that a nearer base hides": {
        "main.py": "from pathlib import Path\nclass A:\n p = 1\nclass B(A): pass\nclass C:\n p = Path('x')\nclass D(B, C): pass\nasync def f(): D().p.read_text()"
    },
    "base behind an unknown one": {
        "main.py": "from pathlib import Path\nclass C:\n p = Path('x')\nclass D(make(), C): pass\nasync def f(): D().p.read_text()"
    },
    "partial of a foreign function": {
        "main.py": "import time\nfrom functools import partial\nnap = partial(time.sleep, 1)\nasync def f(): nap()"
    },
    "getattr with a variable": {"main.py": "import time\nasync def f(n): getattr(time, n)(1)"},
    "rebound under a condition": {
        "main.py": "import time\nasync def f(c):\n nap = time.sleep\n if c:\n  nap = print\n nap(1)"
    },
    "deleted": {
        "main.py": "from pathlib import Path\np = Path('x')\ndel p\nasync def f(): p.read_text()"
    },
}

# What a star import leaves out hides no builtin.
_LEFT_OUT: dict[str, dict[str, str]] = {
    "not in __all__": {
        "tools.py": "__all__ = ['other']\nother = 1\ndef open(x): ...",
        "main.py": "from tools import *\nasync def f(): open('x')",
    },
    "private": {
        "tools.py": "_open = 1",
        "main.py": "from tools import *\nasync def f(): open('x')",
    },
}


def _calls(files: dict[str, str], folder: Path) -> list[str]:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text) + "\n")
    configuration = override(Configuration(), min_severity="low")
    analysis = analyse([folder], root=folder, configuration=configuration, jobs=1, cache=False)
    assert not analysis.ledger.failed, analysis.ledger.records
    return [
        planned.finding.call
        for plan in analysis.plans
        for planned in plan.planned
        if plan.source.relative.endswith("main.py") and planned.finding.rule not in ADVICE
    ]


@pytest.mark.parametrize("case", _FOUND)
def test_a_function_is_found(case: str, tmp_path: Path) -> None:
    assert _calls(_FOUND[case], tmp_path) == ["time.sleep"]


@pytest.mark.parametrize("case", _INSTANCES)
def test_a_receiver_is_found(case: str, tmp_path: Path) -> None:
    assert _calls(_INSTANCES[case], tmp_path) == ["pathlib.Path.read_text"]


@pytest.mark.parametrize("case", _LEFT_OUT)
def test_a_builtin_is_found(case: str, tmp_path: Path) -> None:
    assert _calls(_LEFT_OUT[case], tmp_path) == ["builtins.open"]


@pytest.mark.parametrize("case", _SILENT)
def test_nothing_is_guessed(case: str, tmp_path: Path) -> None:
    assert _calls(_SILENT[case], tmp_path) == []
