# ruff: noqa: ARG001, ARG002 - the server passes these
"""Mail that goes through aiosmtplib after the rewrite arrives as it did through smtplib."""

from __future__ import annotations

import asyncio
import shutil
import socket
from typing import TYPE_CHECKING, Any

import pytest

from awaken.engine import analyse, groups_of, rewrite
from awaken.project.configuration import Configuration, override
from tests.proofs.harness import PROGRAMS, Program, observe

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytest.importorskip("aiosmtplib")
controller = pytest.importorskip("aiosmtpd.controller")
smtp = pytest.importorskip("aiosmtpd.smtp")

pytestmark = pytest.mark.proof
_WAYS = 7
_SECONDS = 0.3


class _Post:
    """Keeps what arrives, and takes its time over it."""

    def __init__(self) -> None:
        self.arrived: list[tuple[Any, ...]] = []

    async def handle_RCPT(  # noqa: N802 - the name that the server looks for
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if address.startswith("nobody"):
            return "550 there is no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        await asyncio.sleep(_SECONDS)
        self.arrived.append((envelope.mail_from, tuple(envelope.rcpt_tos), envelope.content))
        return "250 OK"


def _allowed(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> Any:
    right = getattr(data, "password", b"") == b"secret"
    return smtp.AuthResult(success=right, handled=False)


@pytest.fixture
def post() -> Iterator[tuple[_Post, int]]:
    handler = _Post()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    running = controller.Controller(
        handler, "127.0.0.1", port, authenticator=_allowed, auth_require_tls=False
    )
    running.start()
    yield handler, port
    running.stop()


def test_mail_arrives_as_before(post: tuple[_Post, int], tmp_path: Path) -> None:
    handler, port = post
    program = Program("support", "mail")
    after = tmp_path / "mail.py"
    shutil.copy(PROGRAMS / "support" / "mail.py", after)
    _rewrite(tmp_path)
    found = []
    for path in (program.path, after):
        handler.arrived.clear()
        observed = observe(program, path, {"PROOF_MAIL": str(port)})
        found.append((observed.value, list(handler.arrived), observed.stalls))
    (value, arrived, stalls), (value_after, arrived_after, stalls_after) = found
    assert value_after == value
    assert arrived_after == arrived
    assert len(arrived) == 4
    assert stalls
    assert not stalls_after


def _rewrite(root: Path) -> None:
    """Put every one of the ways into its native form."""
    asked = override(Configuration(), strategies=["native"])
    analysis = analyse([root], root=root, configuration=asked, jobs=1, cache=False)
    (plan,) = analysis.plans
    done = rewrite(analysis, plan, groups_of(plan, unsafe=True))
    assert done is not None
    assert done.dropped == ()
    assert done.requires == ("aiosmtplib",)
    text = done.change.after.decode()
    assert text.count("async with aiosmtplib.SMTP(") == _WAYS, text
    (root / "mail.py").write_bytes(done.change.after)
