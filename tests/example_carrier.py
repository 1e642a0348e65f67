"""The carrier that the shipped example talks to, on loopback."""

from __future__ import annotations

import json
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_ASKED_BEFORE_IT_ARRIVES = 3


class Carrier(ThreadingHTTPServer):
    """A carrier whose parcels arrive when they have been asked for three times.

    Attributes:
        requests: what it was asked, in order: method, path with query, the shop's header, body.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Desk)
        self.requests: list[list[str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Desk(BaseHTTPRequestHandler):
    server: Carrier

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        self._note("")
        kind, _, which = self.path.removeprefix("/").partition("/")
        if which == "cut-off":
            self.close_connection = True
        elif which == "unknown":
            self._answer(404, {"error": "unknown"})
        elif kind == "prices":
            self._answer(200, {"cents": int(which) * 150})
        elif kind == "terms":
            self._answer(200, {"liability": None})
        else:
            asked = sum(self.path in each for each in self.server.requests)
            arrived = asked >= _ASKED_BEFORE_IT_ARRIVES
            self._answer(200, {"number": which, "status": "delivered" if arrived else "moving"})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self._note(json.dumps(json.loads(body)))
        self._answer(201, {"reference": f"pickup {len(self.server.requests)}"})

    def _note(self, body: str) -> None:
        shop = self.headers.get("X-Shop", "")
        self.server.requests.append([self.command, self.path, shop, body])

    def _answer(self, status: int, value: object) -> None:
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@contextmanager
def open_carrier() -> Iterator[Carrier]:
    """A carrier that serves until the block is left."""
    with Carrier() as carrier:
        thread = Thread(target=carrier.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield carrier
        finally:
            carrier.shutdown()
            thread.join()
