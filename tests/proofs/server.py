"""A slow server on loopback that tells what it was asked."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

_SECONDS = 0.4
_LONGER_THAN_ANYONE_WAITS = 1.5


class _Slow(BaseHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _respond(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length).decode()
        url = urlsplit(self.path)
        time.sleep(_LONGER_THAN_ANYONE_WAITS if url.path == "/never" else _SECONDS)
        if url.path == "/cut-off":
            self.close_connection = True
        elif url.path == "/feed":
            self._feed()
        elif url.path == "/redirect":
            self._send(302, {}, location="/echo")
        elif url.path.startswith("/status/"):
            self._send(int(url.path.rpartition("/")[2]), {})
        else:
            asked = {"method": self.command, "path": url.path, "query": url.query, "body": body}
            headers = {name.lower(): value for name, value in self.headers.items()}
            self._send(200, {**asked, "headers": headers})

    do_GET = _respond  # noqa: N815 - the names that the base class looks for
    do_HEAD = _respond  # noqa: N815
    do_POST = _respond  # noqa: N815
    do_PUT = _respond  # noqa: N815
    do_DELETE = _respond  # noqa: N815

    def _feed(self) -> None:
        """Two lines, each in a chunk of its own, and the second one after a while."""
        self.protocol_version = "HTTP/1.1"
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.send_header("Connection", "close")
        self.end_headers()
        for number, line in enumerate((b"caf\xc3\xa9\n", b"two\n", b"")):
            time.sleep(_SECONDS if number == 1 else 0)
            self.wfile.write(b"%x\r\n%s\r\n" % (len(line), line))

    def _send(self, status: int, value: object, location: str = "") -> None:
        text = "café" if self.path == "/text" else json.dumps(value)
        data = b"" if self.command == "HEAD" or status == 204 else text.encode()
        kind = "text/plain; charset=utf-8" if self.path == "/text" else "application/json"
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        if location:
            self.send_header("Location", location)
        self.end_headers()
        try:
            self.wfile.write(data)
        except OSError:
            self.close_connection = True  # nobody waited for it


@contextmanager
def slow_server() -> Iterator[int]:
    """A server that answers after a while; gives its port."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Slow) as server:
        server.daemon_threads = True
        thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()
