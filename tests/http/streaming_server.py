"""A loopback server that writes bodies piece by piece: chunked or not, compressed, cut short, stalled, without an end.

Paths are `/<run>/<program>/<what>`: what runs before and after a rewrite is kept apart by them.
"""

from __future__ import annotations

import gzip
import json
import socket
import struct
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PATIENCE = 1.5
_PAUSE = 0.02
_EVENTS = [
    b'data: {"n": 1}\n\n',
    'data: {"n": "\u00e9\u2028\x85"}\n\n'.encode(),
    b"data: [DONE]\n\n",
]
_LINES = [b"one\r\ntwo\r", b"\n\nthr", b"ee\nfo\x0bur\x0c", b"\x85five"]
_COMPRESSED = gzip.compress(b"".join(b"%d," % n for n in range(2000)))
_JSON = b'{"ok": true, "items": [1, 2, 3]}'


@dataclass
class StreamingServer:
    """A running server.

    Attributes:
        url: where it listens.
        asked: the request lines, and the headers and bodies that matter, of every `<run>/<program>`.
    """

    url: str
    asked: dict[str, list[str]] = field(default_factory=dict)


@dataclass
class _Connection:
    """One request and the answer to it.

    Attributes:
        socket: the connection.
        acknowledged: set by a request for `ack` of the same program.
        left: set when the client has closed the connection of `endless`.
    """

    socket: socket.socket
    acknowledged: threading.Event
    left: threading.Event

    def head(self, kind: bytes, *headers: bytes, status: bytes = b"200 OK") -> None:
        lines = [b"HTTP/1.1 " + status, b"Content-Type: " + kind, b"Connection: close", *headers]
        self.socket.sendall(b"\r\n".join([*lines, b"", b""]))

    def sized(self, parts: list[bytes], kind: bytes, *headers: bytes, missing: int = 0) -> None:
        length = sum(map(len, parts)) + missing
        self.head(kind, b"Content-Length: %d" % length, *headers)
        for part in parts:
            self.socket.sendall(part)
            self._pause()

    def chunked(self, parts: list[bytes], kind: bytes, *headers: bytes) -> None:
        self.head(kind, b"Transfer-Encoding: chunked", *headers)
        for part in parts:
            self.chunk(part)
            self._pause()
        self.socket.sendall(b"0\r\n\r\n")

    def chunk(self, part: bytes) -> None:
        self.socket.sendall(b"%x\r\n%s\r\n" % (len(part), part))

    def _pause(self) -> None:
        threading.Event().wait(_PAUSE)

    def feed(self) -> None:
        """A second event that comes when somebody has seen the first one, or when patience ends."""
        self.head(b"text/event-stream", b"Transfer-Encoding: chunked")
        self.chunk(b"first\n")
        seen = self.acknowledged.wait(_PATIENCE)
        self.chunk(b"seen\n" if seen else b"late\n")
        self.socket.sendall(b"0\r\n\r\n")

    def endless(self) -> None:
        """Pieces until nobody is there any more."""
        self.head(b"text/plain", b"Transfer-Encoding: chunked")
        try:
            for _ in range(500):
                self.chunk(b"more\n")
                self._pause()
        except OSError:
            self.left.set()

    def was_left(self) -> None:
        left = self.left.wait(_PATIENCE)
        self.sized([b"left" if left else b"still there"], b"text/plain")

    def acknowledge(self) -> None:
        self.acknowledged.set()
        self.sized([b"ok"], b"text/plain")

    def reset(self) -> None:
        self.head(b"text/plain", b"Content-Length: 100")
        self.socket.sendall(b"abc")
        self._pause()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def stalled(self) -> None:
        self.head(b"text/plain", b"Content-Length: 100")
        self.socket.sendall(b"abc")
        self.acknowledged.wait(_PATIENCE)

    def cut_in_chunks(self) -> None:
        self.head(b"text/plain", b"Transfer-Encoding: chunked")
        self.chunk(b"abc")
        self._pause()

    def redirect(self) -> None:
        self.head(b"text/plain", b"Location: events", b"Content-Length: 2", status=b"302 Found")
        self.socket.sendall(b"no")

    def error(self) -> None:
        self.head(b"application/json", b"Content-Length: 9", status=b"503 Service Unavailable")
        self.socket.sendall(b'{"no": 1}')


_ANSWERS: dict[str, Callable[[_Connection], None]] = {
    "sized": lambda each: each.sized([b"abc", b"defgh", b"i" * 20, b"j"], b"text/plain"),
    "chunked": lambda each: each.chunked([b"abc", b"defgh", b"i" * 20, b"j"], b"text/plain"),
    "empty": lambda each: each.sized([], b"text/plain"),
    "compressed": lambda each: each.sized(
        [_COMPRESSED[:50], _COMPRESSED[50:]], b"text/csv", b"Content-Encoding: gzip"
    ),
    "compressed-chunks": lambda each: each.chunked(
        [_COMPRESSED[:50], _COMPRESSED[50:]], b"text/csv", b"Content-Encoding: gzip"
    ),
    "events": lambda each: each.chunked(_EVENTS, b"text/event-stream"),
    "events-utf8": lambda each: each.chunked(_EVENTS, b"text/event-stream; charset=utf-8"),
    "ndjson": lambda each: each.chunked(_EVENTS, b"application/x-ndjson"),
    "lines": lambda each: each.chunked(_LINES, b"text/plain"),
    "sized-lines": lambda each: each.sized(_LINES, b"text/plain"),
    "json": lambda each: each.sized([_JSON], b"application/json"),
    "cut": lambda each: each.sized([b"abc"], b"text/plain", missing=9),
    "cut-in-chunks": _Connection.cut_in_chunks,
    "undecodable": lambda each: each.sized([b"no gzip"], b"text/plain", b"Content-Encoding: gzip"),
    "feed": _Connection.feed,
    "ack": _Connection.acknowledge,
    "endless": _Connection.endless,
    "was-left": _Connection.was_left,
    "reset": _Connection.reset,
    "stalled": _Connection.stalled,
    "redirect": _Connection.redirect,
    "error": _Connection.error,
}


@contextmanager
def streaming_server() -> Iterator[StreamingServer]:
    listening = socket.create_server(("127.0.0.1", 0), backlog=64)
    running = StreamingServer(f"http://127.0.0.1:{listening.getsockname()[1]}")
    events: dict[str, threading.Event] = {}
    threading.Thread(target=_accept, args=(listening, running, events), daemon=True).start()
    try:
        yield running
    finally:
        listening.close()


def _accept(
    listening: socket.socket, running: StreamingServer, events: dict[str, threading.Event]
) -> None:
    while True:
        try:
            connection, _ = listening.accept()
        except OSError:
            return
        arguments = (connection, running, events)
        threading.Thread(target=_answer, args=arguments, daemon=True).start()


def _answer(
    connection: socket.socket, running: StreamingServer, events: dict[str, threading.Event]
) -> None:
    with connection, suppress(OSError):
        head, body = _request(connection)
        method, path, _ = head.split("\r\n")[0].split(" ")
        _, run, program, what = path.partition("?")[0].split("/")
        key = f"{run}/{program}"
        tested = [line for line in head.lower().split("\r\n") if line.startswith("x-test")]
        running.asked.setdefault(key, []).append(
            " ".join((method, path.removeprefix(f"/{key}"), *tested, body))
        )
        acknowledged = events.setdefault(f"{key}/ack", threading.Event())
        left = events.setdefault(f"{key}/left", threading.Event())
        _ANSWERS[what](_Connection(connection, acknowledged, left))


def _request(connection: socket.socket) -> tuple[str, str]:
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(65536)
    head, _, body = received.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").lower().split("\r\n")
    length = next((int(each[15:]) for each in lines if each.startswith("content-length:")), 0)
    while len(body) < length:
        body += connection.recv(65536)
    if b"json" in head and body:  # the two sides put the blanks elsewhere
        return head.decode("latin-1"), json.dumps(json.loads(body))
    return head.decode("latin-1"), body.decode("latin-1")
