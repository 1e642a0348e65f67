"""The pool of processes that a rewritten file shares, and how a call goes through it.

The processes are started anew and not forked: a fork of a program with threads may stop for ever
(https://docs.python.org/3/library/multiprocessing.html#contexts-and-start-methods), and other systems have no fork.
The pool is made by the first call, so that importing the module, which every new process does, starts nothing.
"""

from __future__ import annotations

from awaken.plan import since
from awaken.plan.definition import Definition
from awaken.plan.runners.runner import Passing, Runner

_POOL = "concurrent.futures.ProcessPoolExecutor"
_CONTEXT = "multiprocessing.get_context"


def pool_runner(target_python: tuple[int, int]) -> Runner:
    """What runs a callable in another process.

    Args:
        target_python: the oldest Python that the code must run on.
    """
    newer = target_python >= since.TO_THREAD
    cache = "functools.cache" if newer else "functools.lru_cache"
    text = (
        f"@{cache}{'' if newer else '(maxsize=None)'}\n"
        "def _process_pool():\n"
        f'    return {_POOL}(mp_context={_CONTEXT}("spawn"))'
    )
    return Runner(
        "loop.run_in_executor",
        template="{asyncio.get_running_loop}().run_in_executor",
        executor=Definition("_process_pool", text, (cache, _POOL, _CONTEXT)),
        passing=Passing.POSITIONAL,
        carries_context=False,
    )
