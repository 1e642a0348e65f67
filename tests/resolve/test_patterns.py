"""What a name stands for, however it got its value; each case is a small project with one coroutine."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

from awaken.engine import analyse
from awaken.project.configuration import Configuration, override

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
}

_INSTANCES: dict[str, dict[str, str]] = {
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
}

_SILENT: dict[str, dict[str, str]] = {
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
        if plan.source.relative.endswith("main.py")
    ]


@pytest.mark.parametrize("case", _FOUND)
def test_a_function_is_found(case: str, tmp_path: Path) -> None:
    assert _calls(_FOUND[case], tmp_path) == ["time.sleep"]


@pytest.mark.parametrize("case", _INSTANCES)
def test_a_receiver_is_found(case: str, tmp_path: Path) -> None:
    assert _calls(_INSTANCES[case], tmp_path) == ["pathlib.Path.read_text"]


@pytest.mark.parametrize("case", _SILENT)
def test_nothing_is_guessed(case: str, tmp_path: Path) -> None:
    assert _calls(_SILENT[case], tmp_path) == []
