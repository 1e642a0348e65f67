"""`asyncio.to_thread(fetch, url)` of a coroutine function: the thread makes a coroutine and runs nothing of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.advice.handed import handed_to_threads
from awaken.advice.outcomes import is_coroutine_function
from awaken.advice.sought import Advice, advised, shown_name
from awaken.index.terms import Call
from awaken.resolve.values import sole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.advice.handed import Handed
    from awaken.advice.sought import Sought
    from awaken.detect.finding import Finding
    from awaken.resolve.values import Value

RULE = "coroutine-in-thread"


def coroutines_in_threads(sought: Sought) -> Iterator[Finding]:
    """Runners that are given a coroutine function, or a coroutine."""
    for handed in handed_to_threads(sought):
        value = _coroutine_function(sought, handed)
        if value is None:
            continue
        name = shown_name(sought, value)
        message = (
            f"`{handed.runner.shown}` is given the coroutine function `{name}`: the thread only makes"
            " a coroutine, and nothing of it runs there"
        )
        yield advised(sought, handed.scope, handed.site, Advice(RULE, name, value, message))


def _coroutine_function(sought: Sought, handed: Handed) -> Value | None:
    where = sought.where(handed.scope, handed.site)
    values = sought.resolver.values(handed.term, where)
    value = sole(values)
    if len(values) == 1 and is_coroutine_function(sought.resolver, value):
        return value
    if not isinstance(handed.term, Call):
        return None
    value = sole(sought.resolver.values(handed.term.func, where))
    return value if is_coroutine_function(sought.resolver, value) else None
