"""A third way to make a request: through a socket, from a real server."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING

import httpx
import uvicorn
from config.asgi import application
from tests.django.driver.transports import PATIENCE, TOKEN, broken, cookies_of, response_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.django.driver.asked import Request
    from tests.django.driver.transports import Response


@contextmanager
def served() -> Iterator[Callable[[Request, str], Response]]:
    """Through a socket, from uvicorn, in a thread of this process that can be looked into."""

    listening = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    server = uvicorn.Server(uvicorn.Config(application, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    client = httpx.Client(base_url=address, timeout=PATIENCE, trust_env=False)

    def by_socket(request: Request, who: str) -> Response:
        try:
            got = client.request(
                request.method,
                request.path,
                data=request.data or None,
                headers={"cookie": cookies_of(who), "x-csrftoken": TOKEN},
            )
        except httpx.RemoteProtocolError as error:
            return broken(error)
        client.cookies.clear()
        cookies = SimpleCookie()
        for line in got.headers.get_list("set-cookie"):
            cookies.load(line)
        return response_of(got.status_code, got.content, dict(got.headers), cookies)

    try:
        yield by_socket
    finally:
        client.close()
        server.should_exit = True
        thread.join()
