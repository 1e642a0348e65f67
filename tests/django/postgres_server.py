"""A PostgreSQL server of our own, on a free port of this machine, for as long as a block runs."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_DEBIAN = "/usr/lib/postgresql/*/bin"
# Nobody needs the rows after a crash.
_SETTINGS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


def binaries() -> Path | None:
    """The folder with `initdb` and `postgres`, or None where PostgreSQL is not installed."""
    found = shutil.which("initdb")
    if found and shutil.which("postgres"):
        return Path(found).parent
    installed = sorted(Path("/").glob(_DEBIAN.lstrip("/")))
    return installed[-1] if installed else None


@contextmanager
def postgres(folder: Path) -> Iterator[int]:
    """Run a server that trusts the user `shop`.

    Args:
        folder: where PostgreSQL's programs are.

    Yields:
        The port, on 127.0.0.1.

    Raises:
        RuntimeError: The server did not come up.
    """
    with TemporaryDirectory() as temporary:
        data = Path(temporary) / "data"
        owner = _owner()
        if owner is not None:
            shutil.chown(temporary, owner)
        made = [
            str(folder / "initdb"),
            "-D",
            str(data),
            "-U",
            "shop",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "-N",
        ]
        subprocess.run(made, user=owner, cwd=temporary, check=True, capture_output=True)
        port = _free_port()
        options = [f"-c{each}" for each in (*_SETTINGS, "unix_socket_directories=")]
        command = [
            str(folder / "postgres"),
            "-D",
            str(data),
            "-p",
            str(port),
            "-h",
            "127.0.0.1",
            *options,
        ]
        with (Path(temporary) / "log").open("wb") as log:
            server = subprocess.Popen(command, user=owner, cwd=temporary, stdout=log, stderr=log)
        try:
            _wait_for(port, server)
            yield port
        finally:
            server.terminate()
            server.wait()


def _owner() -> str | None:
    """Whom to run as: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    known = {each.pw_name for each in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if server.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("PostgreSQL did not start")
