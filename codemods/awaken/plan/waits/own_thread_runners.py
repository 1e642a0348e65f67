"""What runs a call in a thread that is started for it.

Alone, a wait gets a thread that nothing waits for when the interpreter ends: a wait that never ends must not keep a
program from ending that Ctrl-C, or an exception of a signal handler, has ended before. With more than the wait in it
the thread is one that the interpreter waits for, so that nothing is broken off in the middle.
"""

from __future__ import annotations

from awaken.plan.definition import Definition
from awaken.plan.runners.runner import Passing, Runner

_FUTURE = "concurrent.futures.Future"
_CONTEXT = "contextvars.copy_context"
_THREAD = "threading.Thread"
_WRAP = "asyncio.wrap_future"
_NAME = "_in_own_thread"
_TEXT = f"""\
async def {_NAME}(function, /, *args, **kwargs):
    \"""Call what may wait for long; the end of the program does not wait for it.\"""
    future = {_FUTURE}()
    context = {_CONTEXT}()

    def wait():
        if future.set_running_or_notify_cancel():
            try:
                future.set_result(context.run(function, *args, **kwargs))
            except BaseException as error:
                future.set_exception(error)

    {_THREAD}(target=wait, daemon=True).start()
    return await {_WRAP}(future)"""

OWN_THREAD = Runner(
    _NAME,
    function=Definition(_NAME, _TEXT, (_FUTURE, _CONTEXT, _THREAD, _WRAP)),
    alone=True,
)
# A pool for one call: nobody waits for a place in it. Its thread ends with the call, since nothing keeps the pool.
OWN_POOL = Runner(
    "asyncio.get_running_loop().run_in_executor",
    template="{asyncio.get_running_loop}().run_in_executor",
    before="{concurrent.futures.ThreadPoolExecutor}(1)",
    passing=Passing.POSITIONAL,
    carries_context=False,
)
