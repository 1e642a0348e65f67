"""The figures behind the defaults: what a call costs on the loop, in a thread, in a process and in its async form.

`python -m tests.corpora.measure_defaults` prints tables in Markdown, in less than a minute. Each row gives the time
of one call and the longest silence of the loop meanwhile, the least of a few tries. Libraries that are not installed
are left out.
"""

from __future__ import annotations

import asyncio
import base64
import bz2
import copy
import functools
import hashlib
import importlib
import json
import lzma
import multiprocessing
import os
import pickle
import platform
import re
import subprocess
import sys
import tempfile
import time
import zlib
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence

    Form: TypeAlias = Callable[[], Awaitable[object]]

_BEAT = 0.002  # seconds between two beats
_TRIES = 3
_ENOUGH = 1.5  # seconds for the tries of one form
_GIVES_UP = 0.5  # of the silence on the loop: a thread that leaves less has given the lock up
_MEGABYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Cost:
    """What one form of a call cost, in seconds.

    Attributes:
        wall: from the call to its result.
        silence: the longest time for which nothing else ran on the loop.
    """

    wall: float
    silence: float

    def __str__(self) -> str:
        return f"{_shown(self.wall)} / {_shown(self.silence)}"


def _shown(seconds: float) -> str:
    """Milliseconds with two digits that count."""
    milliseconds = seconds * 1000
    return f"{milliseconds:.0f}" if milliseconds >= 10 else f"{milliseconds:.2g}"


async def cost(form: Form, repeat: int = 1) -> Cost:
    """The least cost of a few tries.

    Args:
        form: makes and runs the call once.
        repeat: how often it is run in one try, where it is too short to be timed.
    """
    found: list[Cost] = []
    begun = time.perf_counter()
    while len(found) < _TRIES and time.perf_counter() - begun < _ENOUGH:
        found.append(await _one_try(form, repeat))
    return Cost(min(each.wall for each in found), min(each.silence for each in found))


async def _one_try(form: Form, repeat: int) -> Cost:
    silences = [0.0]

    async def beat() -> None:
        last = time.perf_counter()
        while True:
            await asyncio.sleep(_BEAT)
            now = time.perf_counter()
            silences.append(now - last - _BEAT)
            last = now

    beating = asyncio.create_task(beat())
    await asyncio.sleep(_BEAT * 5)
    silences.clear()
    begun = time.perf_counter()
    for _ in range(repeat):
        await form()
    wall = time.perf_counter() - begun
    await asyncio.sleep(_BEAT * 2)
    beating.cancel()
    return Cost(wall / repeat, max(silences, default=0.0))


# -- computing


def python_loop(turns: int) -> int:
    """Pure Python, which any thread interrupts every few milliseconds."""
    total = 0
    for i in range(turns):
        total += i * i % 7
    return total


def backtracking(length: int) -> object:
    """A pattern that tries every way."""
    return re.match(r"(a+)+$", "a" * length + "b")


def digest(data: bytes) -> bytes:
    """A hash object itself cannot be sent."""
    return hashlib.sha256(data).digest()


def _computing() -> Iterator[tuple[str, Callable[..., object], tuple[Any, ...]]]:
    data = os.urandom(_MEGABYTE) * 8
    text = json.dumps([{"number": i, "name": str(i)} for i in range(150_000)])
    value = json.loads(text)
    numbers = [i * 7919 % 1_000_003 for i in range(400_000)]
    yield "pure Python", python_loop, (3_000_000,)
    yield "copy.deepcopy", copy.deepcopy, (value[:30_000],)
    yield "sorted", sorted, (numbers,)
    yield "json.loads", json.loads, (text,)
    yield "json.dumps", json.dumps, (value,)
    yield "pickle.dumps", pickle.dumps, (value,)
    yield "re.match, backtracking", backtracking, (22,)
    yield "base64.b64encode", base64.b64encode, (data * 6,)
    yield "hashlib.sha256", digest, (data * 6,)
    yield "hashlib.pbkdf2_hmac", hashlib.pbkdf2_hmac, ("sha256", b"word", b"salt", 400_000)
    yield "hashlib.scrypt", functools.partial(hashlib.scrypt, salt=b"s", n=2**14, r=8, p=4), (b"w",)
    yield "zlib.compress", zlib.compress, (data,)
    yield "bz2.compress", bz2.compress, (data[: 2 * _MEGABYTE],)
    yield "lzma.compress", lzma.compress, (data[: _MEGABYTE // 2],)
    yield from _of_libraries()


def _of_libraries() -> Iterator[tuple[str, Callable[..., object], tuple[Any, ...]]]:
    bcrypt, numpy, image = map(_installed, ("bcrypt", "numpy", "PIL.Image"))
    if bcrypt:
        yield "bcrypt.hashpw", bcrypt.hashpw, (b"word", bcrypt.gensalt(12))
    if numpy:
        matrix = numpy.random.default_rng(1).random((500, 500))
        yield "numpy.linalg.svd", numpy.linalg.svd, (matrix,)
        yield "numpy.sort", numpy.sort, (numpy.random.default_rng(1).random(4_000_000),)
    if image:
        picture = image.new("RGB", (4000, 4000), "red")
        yield "PIL.Image.resize", picture.resize, ((3000, 3000), image.Resampling.LANCZOS)


def _installed(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


async def computing(pool: ProcessPoolExecutor) -> None:
    """Process, thread or neither."""
    _header("computing", "on the loop", "in a thread", "in a process", "gives up the lock")
    for name, function, arguments in _computing():
        call = functools.partial(function, *arguments)
        here = await cost(_at_once(call))
        thread = await cost(functools.partial(asyncio.to_thread, call))
        process = await _in_process(pool, call)
        gives_up = thread.silence < here.silence * _GIVES_UP
        _row(name, here, thread, process, "yes" if gives_up else "no")


async def _in_process(pool: ProcessPoolExecutor, call: Callable[[], object]) -> Cost | str:
    loop = asyncio.get_running_loop()
    try:
        return await cost(lambda: loop.run_in_executor(pool, call))
    except (TypeError, AttributeError, pickle.PicklingError):
        return "cannot be sent"


# -- files


async def files(folder: Path) -> None:
    """A thread, or a library of coroutines."""
    _header("files", "on the loop", "in a thread", "aiofiles", "anyio")
    for name, size, repeat in (
        ("4 KiB", 4096, 50),
        ("1 MiB", _MEGABYTE, 10),
        ("32 MiB", 32 << 20, 1),
    ):
        path = folder / name
        path.write_bytes(os.urandom(size))
        await _file_row(f"read {name}", repeat, path, whole=True)
    path = folder / "lines"
    for count in (100, 5_000):
        path.write_text("a line of text\n" * count)
        await _file_row(f"{count} lines", 1, path, whole=False)


async def _file_row(name: str, repeat: int, path: Path, *, whole: bool) -> None:
    def read() -> object:
        with path.open("rb") as file:
            return file.read() if whole else [line for line in file]  # noqa: C416

    forms: list[Form | None] = [_at_once(read), functools.partial(asyncio.to_thread, read)]
    aiofiles, anyio = _installed("aiofiles"), _installed("anyio")
    forms.append(
        functools.partial(_read_async, aiofiles.open, path, whole=whole) if aiofiles else None
    )
    forms.append(functools.partial(_read_anyio, anyio, path, whole=whole) if anyio else None)
    costs = [await cost(form, repeat) if form else "" for form in forms]
    _row(name, *costs)


async def _read_async(opener: Callable[..., Any], path: Path, *, whole: bool) -> object:
    async with opener(path, "rb") as file:
        return await file.read() if whole else [line async for line in file]


async def _read_anyio(anyio: Any, path: Path, *, whole: bool) -> object:
    async with await anyio.open_file(path, "rb") as file:
        return await file.read() if whole else [line async for line in file]


# -- processes


async def commands() -> None:
    """Another program, waited for in a thread or by the loop."""
    _header("subprocess", "on the loop", "in a thread", "create_subprocess_exec")
    for name, code in (
        ("exits at once", "pass"),
        ("writes 8 MiB", "import sys; sys.stdout.write('x' * (8 << 20))"),
    ):
        argv = [sys.executable, "-S", "-c", code]
        run = functools.partial(subprocess.run, argv, stdout=subprocess.PIPE, check=True)
        thread = functools.partial(asyncio.to_thread, run)
        costs = [
            await cost(form) for form in (_at_once(run), thread, functools.partial(_exec, argv))
        ]
        _row(name, *costs)


async def _exec(argv: Sequence[str]) -> object:
    process = await asyncio.create_subprocess_exec(*argv, stdout=asyncio.subprocess.PIPE)
    return await process.communicate()


# -- printing


def _at_once(call: Callable[[], object]) -> Form:
    async def run() -> object:
        return call()

    return run


def _header(*names: str) -> None:
    print()  # noqa: T201
    _row(*names)
    _row(*("---" for _ in names))


def _row(*cells: object) -> None:
    print(f"| {' | '.join(map(str, cells))} |", flush=True)  # noqa: T201


async def main() -> None:
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores.", end=" ")  # noqa: T201
    print("Milliseconds: the call / the longest silence of the loop.")  # noqa: T201
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        await asyncio.get_running_loop().run_in_executor(pool, python_loop, 1)  # the start apart
        await computing(pool)
    with tempfile.TemporaryDirectory() as folder:
        await files(Path(folder))
    await commands()


if __name__ == "__main__":
    asyncio.run(main())
