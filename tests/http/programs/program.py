"""One program: a coroutine that makes requests, and the strategy that has to be chosen for it."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import indent

NATIVE, THREAD, BLOCK = "native", "thread", "block"
_APART = "\n\n\n"


@dataclass(frozen=True)
class Program:
    """A coroutine with one parameter, `url`.

    Attributes:
        name: of the function.
        body: its lines.
        strategy: how its requests are made after the rewrite; one word for each way.
        error: the exception that leaves it after the rewrite, by the one that left it before.
        again: the path that is asked for twice after the rewrite where a GET of it gets no answer, or empty.
        around: functions and the like of the module that it needs.
    """

    name: str
    body: str
    strategy: str
    error: tuple[str, str] | None = None
    around: str = ""
    again: str = ""

    @property
    def source(self) -> str:
        body = indent(self.body.strip("\n"), "    ")
        above = self.around.strip("\n")
        return f"{above}{_APART if above else ''}async def {self.name}(url: str):\n{body}\n"


def calls(strategy: str, **written: str) -> list[Program]:
    """Programs that return the status of one call each.

    Args:
        strategy: of all of them.
        written: the calls by the names of their programs, without `requests.`.
    """
    return [
        Program(name, f"return requests.{call}.status_code", strategy)
        for name, call in written.items()
    ]


def handled(name: str, what: str, kind: str, *, strategy: str = NATIVE) -> Program:
    """A program that handles what a path of the server brings about.

    Args:
        name: of the program.
        what: the path.
        kind: the class of the `except` clause.
        strategy: of its request.
    """
    body = f"""
try:
    response = requests.get(f"{{url}}/{what}", timeout=0.4)
    response.raise_for_status()
    return response.json()
except {kind}:
    return "handled"
"""
    return Program(name, body, strategy)
