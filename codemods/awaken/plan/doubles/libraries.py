"""Libraries that answer requests in tests, instead of the network, and how one sees that a file uses them.

Those that stand in for httpx (respx, pytest-httpx) do so for both of its clients, so that a rewrite from one to the
other leaves them working; they are not among these. Run on loopback: what responses and requests-mock answer in
`requests.get`, in a thread as well, `httpx.AsyncClient` asks the real server for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_REQUESTS = frozenset(("requests",))
# They replace what requests stands on, or sockets; what they do to an async client differs from one to the next.
_ANY = frozenset(("requests", "urllib3", "urllib", "http", "httpx", "httpx2", "httplib2"))


@dataclass(frozen=True, slots=True)
class DoubleLibrary:
    """One library.

    Attributes:
        name: what stands in every file that uses it.
        covers: top-level modules of the libraries whose calls it answers.
        modules: how it is imported.
        fixtures: names of parameters by which tests ask pytest for it.
        marks: marks of pytest that turn it on.
    """

    name: str
    covers: frozenset[str]
    modules: tuple[str, ...]
    fixtures: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    _uses: tuple[re.Pattern[bytes], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        patterns = (re.compile(pattern.encode()) for pattern in self._patterns())
        object.__setattr__(self, "_uses", tuple(patterns))

    def use_in(self, data: bytes) -> int | None:
        """Where in the bytes of a file it is seen that the file uses the library; None where it is not."""
        for pattern in self._uses:
            for match in pattern.finditer(data):
                line = data[data.rfind(b"\n", 0, match.start()) + 1 : match.start()]
                if b"#" not in line:
                    return match.start()
        return None

    def _patterns(self) -> Iterator[str]:
        """What shows a use; patterns begin with a fixed word, which makes the search for them several times faster."""
        module = _any_of(self.modules)
        yield rf"from(?<![^\s;]from)[ \t]+{module}(?:\.[\w.]+)?[ \t]+import\b"
        yield rf"import(?<![^\s;]import)[ \t]+(?:[\w.]+[ \t]*,[ \t]*)*{module}\b"
        if self.fixtures:
            asked = _any_of(self.fixtures)
            yield rf"def(?<![^\s]def)[ \t]+\w+\([^)]*\b{asked}\b"
            yield rf"usefixtures\([^)]*[\"']{asked}[\"']"
        if self.marks:
            yield rf"mark\.{_any_of(self.marks)}\b"


def _any_of(names: tuple[str, ...]) -> str:
    return f"(?:{'|'.join(names)})"


DOUBLES = {
    library.name: library
    for library in (
        DoubleLibrary("responses", _REQUESTS, ("responses",)),
        DoubleLibrary("requests_mock", _REQUESTS, ("requests_mock",), ("requests_mock",)),
        DoubleLibrary("httmock", _REQUESTS, ("httmock",)),
        DoubleLibrary("betamax", _REQUESTS, ("betamax",), ("betamax_session",)),
        DoubleLibrary("httpretty", _ANY, ("httpretty",), ("httpretty",)),
        DoubleLibrary("vcr", _ANY, ("vcr",), ("vcr", "vcr_cassette"), ("vcr", "block_network")),
        DoubleLibrary("pook", _ANY, ("pook",), ("pook",)),
        DoubleLibrary("mocket", _ANY, ("mocket",)),
    )
}
"""Every one of them, by its name."""
