"""What a request does unseen: queries, refusals of Django, calls that stall the loop."""

from __future__ import annotations

import asyncio
import logging
import sys
import warnings
from dataclasses import dataclass, field
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.core import signals
from django.core.exceptions import SynchronousOnlyOperation
from django.db.backends.utils import CursorWrapper
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from collections.abc import Callable

# What waits for a disk, a network or the processor and does not ask which thread it runs in.
_SILENT = {
    "django.core.cache.backends.filebased.FileBasedCache": (
        *("add", "delete", "get", "has_key", "set", "touch"),
    ),
    "django.core.files.storage.FileSystemStorage": ("_save", "delete", "exists", "size"),
    "django.contrib.auth.hashers.MD5PasswordHasher": ("encode", "verify"),
    "django.core.mail.backends.locmem.EmailBackend": ("send_messages",),
    "django.template.backends.django.Template": ("render",),
}


@dataclass
class Seen:
    """What was noticed since the last `forget`."""

    queries: int = 0
    written: bool = False
    refused: int = 0
    stalled: set[str] = field(default_factory=set)
    raised: list[str] = field(default_factory=list)
    warned: list[str] = field(default_factory=list)
    logged: list[str] = field(default_factory=list)

    def forget(self) -> None:
        self.queries = self.refused = 0
        self.written = False
        self.stalled.clear()
        self.raised.clear()
        self.warned.clear()
        self.logged.clear()


def watch() -> Seen:
    """Start to watch this process; Django must be set up."""

    seen = Seen()
    _count(CursorWrapper, seen)
    _note_refusals(SynchronousOnlyOperation, seen)
    for name, methods in _SILENT.items():
        for method in methods:
            _note_stalls(import_string(name), method, seen)

    def note(**_: Any) -> None:
        seen.raised.append(_current_error())

    signals.got_request_exception.connect(note, weak=False)
    _note_logs(seen)
    _note_warnings(seen)
    return seen


def _note_logs(seen: Seen) -> None:
    logger = logging.getLogger("shop")
    logger.addHandler(_Kept(seen.logged))
    logger.propagate = False
    # Nobody reads what Django says about errors; they are in `raised`.
    logging.getLogger("django").setLevel(logging.CRITICAL + 1)


def _note_warnings(seen: Seen) -> None:
    """Django warns where it must consume a body in a thread before it can send any of it."""

    def show(message: Warning | str, *_: Any, **__: Any) -> None:
        if "StreamingHttpResponse" in str(message):
            seen.warned.append(str(message))

    warnings.simplefilter("always")
    warnings.showwarning = show


def _count(cursor: Any, seen: Seen) -> None:
    for method in ("execute", "executemany"):

        def counted(original: Callable[..., Any]) -> Callable[..., Any]:
            @wraps(original)
            def call(self: Any, sql: Any, *args: Any, **kwargs: Any) -> Any:
                seen.queries += 1
                seen.written |= not str(sql).lstrip().upper().startswith("SELECT")
                return original(self, sql, *args, **kwargs)

            return call

        setattr(cursor, method, counted(getattr(cursor, method)))


def _note_refusals(error: Any, seen: Seen) -> None:
    def made(self: Any, *args: Any) -> None:
        seen.refused += 1
        Exception.__init__(self, *args)

    error.__init__ = made


def _note_stalls(owner: Any, method: str, seen: Seen) -> None:
    original = getattr(owner, method)

    @wraps(original)
    def call(*args: Any, **kwargs: Any) -> Any:
        if _on_a_loop():
            seen.stalled.add(f"{owner.__name__}.{method}")
        return original(*args, **kwargs)

    setattr(owner, method, call)


def _on_a_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _current_error() -> str:
    error = sys.exc_info()[1]
    return f"{type(error).__name__}: {error}"


class _Kept(logging.Handler):
    def __init__(self, lines: list[str]) -> None:
        super().__init__()
        self.lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self.lines.append(record.getMessage())
        except Exception as error:  # noqa: BLE001 - what logging itself would print
            self.lines.append(type(error).__name__)
