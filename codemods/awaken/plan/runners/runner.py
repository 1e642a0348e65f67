"""What carries a call off the loop: how it is spelled, and what it takes besides the callable."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from awaken.plan.definition import Definition


class Passing(Enum):
    """Which arguments a runner hands on to the callable."""

    ALL = "all"
    POSITIONAL = "positional"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Runner:
    """A function or method that is given a callable and runs it off the loop; its result is awaited.

    Attributes:
        name: its qualified name, or what a method is known by (`hass.async_add_executor_job`).
        spelled: the callee as source text, where it is a method or a name that the file has already;
            empty where the rewriter finds a name, and an import if it takes one.
        template: the callee as source text, in which `{module.name}` stands for what has to be imported;
            empty where its name is all of it.
        before: arguments in front of the callable, as source text (`None` of `run_in_executor`), or as a template.
        after: arguments behind the callable of a runner that curries, as source text.
        curries: whether it is given the callable alone and the arguments follow: `run(f)(x)`.
        passing: which arguments it hands on; the others are bound by `functools.partial`.
        own: names of its own parameters, which no keyword argument of the callable may have.
        carries_context: whether context variables have in the thread the values that they have on the loop.
        context_first: whether it copies the context before the arguments of the callable are evaluated.
        by_name: whether it is imported by its name instead of being reached through its module.
        executor: a function of the module, whose result stands in front of the callable.
        function: a function of the module that is the runner.
        alone: whether it is for one call, and for nothing around it.
    """

    name: str
    spelled: str = ""
    template: str = ""
    before: str = ""
    after: str = ""
    curries: bool = False
    passing: Passing = Passing.ALL
    own: frozenset[str] = frozenset()
    carries_context: bool = True
    context_first: bool = False
    by_name: bool = False
    executor: Definition | None = None
    function: Definition | None = None
    alone: bool = False

    @property
    def shown(self) -> str:
        """What people know it by."""
        return self.spelled or self.name

    @property
    def called_name(self) -> str:
        """The last part of the callee, as it stands in the text."""
        return (self.spelled or self.name).rpartition(".")[2]

    @property
    def is_djangos(self) -> bool:
        """Whether it ends in the thread that Django's connections live in."""
        return self.name in _DJANGOS


TO_THREAD = Runner("asyncio.to_thread")
# What `asyncio.to_thread` does, for a Python that does not have it yet.
COPIED_CONTEXT = Runner(
    "asyncio.get_running_loop().run_in_executor",
    template="{asyncio.get_running_loop}().run_in_executor",
    before="None, {contextvars.copy_context}().run",
    passing=Passing.POSITIONAL,
    context_first=True,
)
ANYIO = Runner("anyio.to_thread.run_sync", passing=Passing.POSITIONAL)
TRIO = Runner("trio.to_thread.run_sync", passing=Passing.POSITIONAL)
SYNC_TO_ASYNC = Runner("asgiref.sync.sync_to_async", curries=True)
DATABASE_SYNC_TO_ASYNC = Runner("channels.db.database_sync_to_async", curries=True, by_name=True)
RUN_IN_THREADPOOL = Runner(
    "starlette.concurrency.run_in_threadpool", own=frozenset({"func"}), by_name=True
)
ASYNCIFY = Runner("asyncer.asyncify", curries=True, by_name=True)
# Not functions, but methods that are told by their names.
EXECUTOR = Runner(
    "loop.run_in_executor", before="None", passing=Passing.POSITIONAL, carries_context=False
)
EXECUTOR_JOB = Runner(
    "hass.async_add_executor_job", passing=Passing.POSITIONAL, carries_context=False
)

_DJANGOS = (SYNC_TO_ASYNC.name, DATABASE_SYNC_TO_ASYNC.name)
