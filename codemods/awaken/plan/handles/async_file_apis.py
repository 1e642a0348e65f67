"""Libraries whose files are read and written by awaiting: what each method of an open file is called there.

Sources: aiofiles 24 (`aiofiles/threadpool/text.py`, `binary.py`), anyio 4 (`anyio/_core/_fileio.py`). Both take the
arguments of `open`, run each method of the real file in a thread, and raise what it raises.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_AWAITED = (
    *("read", "readline", "readlines", "write", "writelines"),
    *("flush", "seek", "tell", "truncate"),
)


@dataclass(frozen=True, slots=True)
class AsyncFileApi:
    """One library.

    Attributes:
        name: what `file-io` calls it.
        opener: the function that takes the arguments of `open`.
        is_awaited: whether the function is awaited before it is entered: `async with await ...`.
        methods: methods of a file, to the coroutine that takes their place.
        attributes: what is read, or called, as before.
        on_any_loop: whether it runs on trio as well as on asyncio.
    """

    name: str
    opener: str
    is_awaited: bool
    methods: Mapping[str, str]
    attributes: frozenset[str] = field(
        default=frozenset(
            ("closed", "encoding", "errors", "fileno", "line_buffering", "mode", "name", "newlines")
        )
    )
    on_any_loop: bool = False


ASYNC_FILE_APIS = {
    api.name: api
    for api in (
        AsyncFileApi(
            "aiofiles",
            "aiofiles.open",
            False,
            {**{each: each for each in _AWAITED}, "close": "close"},
        ),
        AsyncFileApi(
            "anyio",
            "anyio.open_file",
            True,
            {**{each: each for each in _AWAITED}, "close": "aclose"},
            on_any_loop=True,
        ),
    )
}
OPENERS = frozenset(("builtins.open", "io.open"))
"""The functions whose arguments those of the libraries have."""
