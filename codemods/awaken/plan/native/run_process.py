"""`subprocess.run` on the event loop: the function that does it, and the calls for which it does the same.

It was compared with `subprocess.run` call by call (`tests/proofs/test_subprocess.py`). It goes through the loop's own
transports rather than `asyncio.create_subprocess_exec`, for three reasons: what a process has written before its
timeout belongs into the exception, pipes that a grandchild holds must not be waited for after a kill, and a cancelled
task must not leave its process behind, which is what a thread does.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.plan.definition import Definition
from awaken.plan.reasons import reason
from awaken.resolve.values import External, Instance, Literal, Value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from awaken.plan.fix import Reason
    from awaken.plan.situation import Situation

RUN_PROCESS = Definition(
    name="_run_process",
    uses=(
        "asyncio.Event",
        "asyncio.SubprocessProtocol",
        "asyncio.TimeoutError",
        "asyncio.get_running_loop",
        "asyncio.wait_for",
        "locale.getpreferredencoding",
        "os.PathLike",
        "subprocess.CompletedProcess",
        "subprocess.PIPE",
        "subprocess.TimeoutExpired",
    ),
    text='''\
async def _run_process(
    args,
    *,
    input=None,
    capture_output=False,
    timeout=None,
    check=False,
    shell=False,
    text=False,
    universal_newlines=False,
    encoding=None,
    errors=None,
    stdin=None,
    stdout=None,
    stderr=None,
    **options,
):
    """`subprocess.run` on the event loop; a process that is cancelled is killed."""

    class Output(asyncio.SubprocessProtocol):
        def __init__(self):
            self.received = {1: [], 2: []}
            self.ended = asyncio.Event()

        def pipe_data_received(self, fd, data):
            self.received[fd].append(data)

        def connection_lost(self, exc):
            self.ended.set()

        def read(self, fd, pipe):
            data = b"".join(self.received[fd])
            if as_text:
                data = data.decode(*codec).replace("\\r\\n", "\\n").replace("\\r", "\\n")
            return data if pipe == subprocess.PIPE else None

    as_text = text or universal_newlines or encoding or errors
    codec = encoding or locale.getpreferredencoding(False), errors or "strict"
    if input is not None:
        stdin = subprocess.PIPE
        input = input.encode(*codec) if as_text else bytes(memoryview(input))
    if capture_output:
        stdout = stderr = subprocess.PIPE
    options.update(stdin=stdin, stdout=stdout, stderr=stderr)
    loop = asyncio.get_running_loop()
    if shell:
        transport, output = await loop.subprocess_shell(Output, args, **options)
    else:
        argv = [args] if isinstance(args, (str, bytes, os.PathLike)) else args
        transport, output = await loop.subprocess_exec(Output, *argv, **options)
    try:
        if stdin == subprocess.PIPE:
            transport.get_pipe_transport(0).write(input or b"")
            transport.get_pipe_transport(0).close()
        await asyncio.wait_for(output.ended.wait(), timeout)
    except asyncio.TimeoutError:
        out, err = (b"".join(output.received[fd]) or None for fd in (1, 2))
        raise subprocess.TimeoutExpired(args, timeout, out, err) from None
    finally:
        transport.close()
        await output.ended.wait()
    done = subprocess.CompletedProcess(
        args, transport.get_returncode(), output.read(1, stdout), output.read(2, stderr)
    )
    if check:
        done.check_returncode()
    return done''',
)

_STREAMS = ("stdin", "stdout", "stderr")
_TEXTS = frozenset({"str", "bytes"})


def process_refusal(situation: Situation, given: Mapping[str, ast.expr]) -> Reason | None:
    """Why a call of `subprocess` is not the same on the event loop, or None.

    Args:
        situation: the call.
        given: its arguments by name.
    """
    wrong = _shell(situation, given) or _input(situation, given) or _stream(situation, given)
    return reason("native-argument", f"`{wrong}`") if wrong else None


def _shell(situation: Situation, given: Mapping[str, ast.expr]) -> str:
    """The loop runs a shell for one string only, and must know beforehand whether it does."""
    shell = given.get("shell")
    if shell is None:
        return "cmd" if _is_shell_call(situation) and not _is_text(situation, given["cmd"]) else ""
    if not isinstance(shell, ast.Constant):
        return "shell"
    return "shell" if shell.value and not _is_text(situation, given["args"]) else ""


def _is_shell_call(situation: Situation) -> bool:
    return situation.finding.call == "subprocess.getoutput"


def _is_text(situation: Situation, node: ast.expr) -> bool:
    if isinstance(node, ast.JoinedStr):
        return True
    value = situation.value_of(node)
    if isinstance(value, Literal):
        return value.type in _TEXTS
    return isinstance(value, Instance) and value.of in {
        External(f"builtins.{name}") for name in _TEXTS
    }


def _input(situation: Situation, given: Mapping[str, ast.expr]) -> str:
    """`check_output(input=None)` stands for no input at all, and `run(input=None)` for the program's own."""
    node = given.get("input")
    plain = node is None or situation.finding.call != "subprocess.check_output"
    return "" if plain or _is_text(situation, node) else "input"  # type: ignore[arg-type]


def _stream(situation: Situation, given: Mapping[str, ast.expr]) -> str:
    """Another program's pipe, or a file, may be at its end; `call` with a pipe never reads it."""
    reads = situation.finding.call in ("subprocess.run", "subprocess.check_output")
    for name in _STREAMS:
        node = given.get(name)
        if node is None:
            continue
        value = situation.value_of(node)
        if name == "stdin" or not reads:
            if not _is_constant(value, pipe=reads):
                return name
        elif not _is_constant(value, pipe=True) and not isinstance(value, Instance):
            return name
    return ""


def _is_constant(value: Value, *, pipe: bool) -> bool:
    if isinstance(value, Literal):
        return value.value is None
    names = ("DEVNULL", "STDOUT", *(("PIPE",) if pipe else ()))
    return value in {External(f"subprocess.{name}") for name in names}
