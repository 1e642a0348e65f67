"""A loopback server that answers by path and remembers what it was asked.

Paths are `/<run>/<program>/<what>/...`: what runs before and after a rewrite is kept apart by them.
"""

from __future__ import annotations

import json
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

COMPARED = ("content-type", "authorization", "cookie", "x-test")
SLOW = 2.0
CLOSING = 0.05
_WORDS = "Zo\xeb va \xe0 la for\xeat, o\xf9 l\x27\xe9t\xe9 s\x27ach\xe8ve. "
TYPED: dict[str, tuple[str, bytes]] = {
    "plain_latin": ("text/plain", "Zo\xeb".encode("latin-1")),
    "plain_utf": ("text/plain", "Zo\xeb".encode()),
    "html": ("text/html", "<p>Zo\xeb</p>".encode()),
    "html_charset": ("text/html; charset=UTF-8", "<p>Zo\xeb</p>".encode()),
    "quoted_charset": ('text/html; Charset="iso-8859-15"', "\u20ac".encode("iso-8859-15")),
    "unknown_charset": ("text/plain; charset=klingon", "Zo\xeb".encode()),
    "cut_off": ("text/plain; charset=utf-8", "Zo\xeb \u20ac".encode()[:-1]),
    "json": ("application/json", '{"a": "Zo\xeb"}'.encode()),
    "json_kind": ("application/problem+json", '{"a": "Zo\xeb"}'.encode()),
    "xml": ("application/xml", (_WORDS * 8).encode("latin-1")),
    "bytes": ("application/octet-stream", (_WORDS * 8).encode()),
    "nothing": ("", (_WORDS * 8).encode("utf-16")),
    "short": ("", b"\xe9"),
    "empty": ("", b""),
}
"""Bodies by name, each with its content type, or with none."""

_ODD_COOKIE = "odd=a:b|c=="


@dataclass(frozen=True)
class Asked:
    """One request as it came over the wire."""

    method: str
    path: str
    query: list[tuple[str, str]]
    headers: dict[str, str]
    body: Any


@dataclass
class Server:
    """A running server.

    Attributes:
        url: where it listens.
        asked: the requests of every `<run>/<program>`.
    """

    url: str
    asked: dict[str, list[Asked]] = field(default_factory=dict)


@contextmanager
def recording_server(headers: tuple[str, ...] = COMPARED) -> Iterator[Server]:
    """A server that runs as long as it is entered.

    Args:
        headers: the names of those that are remembered, in lower case.
    """
    asked: dict[str, list[Asked]] = {}

    class Handler(_Handler):
        record = asked
        compared = headers

    server = _Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield Server(f"http://127.0.0.1:{server.server_port}", asked)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    request_queue_size = 128  # many at a time ask for a connection
    daemon_threads = True


class _Handler(BaseHTTPRequestHandler):
    record: dict[str, list[Asked]]
    compared: tuple[str, ...]
    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        parts = urlsplit(self.path)
        _, run, program, *rest = parts.path.split("/")
        what = rest.pop(0) if rest else "json"
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asks = self.compared  # of a body that is not there, nobody asks
        names = asks if body else [name for name in asks if name != "content-type"]
        self.record.setdefault(f"{run}/{program}", []).append(
            Asked(
                self.command,
                "/".join(("", what, *rest)),
                parse_qsl(parts.query, keep_blank_values=True),
                {name: _sorted(self.headers[name]) for name in names if name in self.headers},
                _decoded(self.headers.get("Content-Type") or "", body),
            )
        )
        _ANSWERS.get(what, _Handler._json)(self, f"/{run}/{program}", rest)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = _answer  # noqa: N815

    def _send(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD" and status not in (204, 304):
            self.wfile.write(body)

    def _json(self, _: str, rest: list[str]) -> None:
        text = json.dumps({"ok": True, "rest": rest, "items": [1, 2, 3]}).encode()
        self._send(200, text, Content_Type="application/json", ETag='"7"', Set_Cookie="c=1; Path=/")

    def _status(self, _: str, rest: list[str]) -> None:
        self._send(int(rest[0]), b'{"error": 1}', Content_Type="application/json")

    def _redirect(self, base: str, rest: list[str]) -> None:
        left = int(rest[0])
        target = f"{base}/redirect/{left - 1}" if left > 1 else f"{base}/json/end"
        self._send(302, Location=target, Set_Cookie=f"hop{left}=1; Path=/")

    def _moved(self, base: str, rest: list[str]) -> None:
        status, *given = rest
        cookie = _ODD_COOKIE if given else "moved=1"
        target = f"{base}/json/end"
        self._send(int(status), b"gone", Location=target, Set_Cookie=f"{cookie}; Path=/")

    def _linked(self, _: str, __: list[str]) -> None:
        self.send_response(200)
        for page in (1, 2):
            self.send_header("Link", f"</{page}>")
        self.send_header("X-Total", "7")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _truncated(self, _: str, __: list[str]) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "10")
        self.end_headers()
        self.wfile.write(b"{}")
        self.close_connection = True

    def _repeated(self, _: str, __: list[str]) -> None:
        self.send_response(200)
        for value in ("one", "two"):
            self.send_header("X-Many", value)
        self.send_header("x-many", "three")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _invalid(self, _: str, __: list[str]) -> None:
        self._send(200, b"{not json", Content_Type="application/json")

    def _slow(self, base: str, rest: list[str]) -> None:
        time.sleep(SLOW)
        with suppress(ConnectionError):  # nobody waits any more
            self._json(base, rest)

    def _closed(self, _: str, __: list[str]) -> None:
        self.close_connection = True

    def _closing(self, base: str, rest: list[str]) -> None:
        self._json(base, rest)
        time.sleep(CLOSING)  # whoever asks again at once asks in vain
        self.close_connection = True

    def _typed(self, _: str, rest: list[str]) -> None:
        kind, body = TYPED[rest[0]]
        self._send(200, body, **({"Content_Type": kind} if kind else {}))

    def log_message(self, *_: object) -> None:
        pass


_ANSWERS: dict[str, Callable[[_Handler, str, list[str]], None]] = {
    "status": _Handler._status,
    "redirect": _Handler._redirect,
    "moved": _Handler._moved,
    "linked": _Handler._linked,
    "truncated": _Handler._truncated,
    "invalid": _Handler._invalid,
    "repeated": _Handler._repeated,
    "slow": _Handler._slow,
    "closed": _Handler._closed,
    "closing": _Handler._closing,
    "typed": _Handler._typed,
}


def _sorted(value: str) -> str:
    """Cookies come in an order that no server may rely on, and that the version of Python decides."""
    return "; ".join(sorted(value.split("; ")))


def _decoded(content_type: str, body: bytes) -> Any:
    """JSON by its value: the two sides put the blanks elsewhere."""
    if content_type == "application/json" and body:
        return json.loads(body)
    return body.decode("latin-1")
