"""What a function of the project comes down to when the loop runs: one call, and care for a loop of its own."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from awaken.detect.off_loop import holds_on_loop
from awaken.index.expressions import plain_term
from awaken.index.off_loop import (
    GIVE_LOOPS,
    asked_first,
    catches_missing_loop,
    false_on_loop,
    leaves,
    true_on_loop,
)
from awaken.resolve.evaluation import Where
from awaken.resolve.values import External, Instance, Method, Value
from awaken.syntax.names import last_name
from awaken.syntax.walking import walk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from awaken.index.summary import FileIndex, Scope
    from awaken.resolve.resolver import Resolver
    from awaken.resolve.values import Defined
    from awaken.syntax.tree import Tree

_LOOP = "asyncio.AbstractEventLoop"
# Calls that only take care of a loop, of a runner, or of a thread for one.
_CARE = frozenset(
    f"{module}.{name}"
    for module, names in (
        ("asyncio", ("Runner", "get_event_loop", "get_running_loop", "new_event_loop")),
        ("asyncio", ("set_event_loop",)),
        ("concurrent.futures", ("ThreadPoolExecutor",)),
        ("concurrent.futures.thread", ("ThreadPoolExecutor",)),
        ("uvloop", ("new_event_loop",)),
    )
    for name in names
)
_CARE_METHODS = frozenset(("close", "run_until_complete", "shutdown", "stop"))
_SHUT_DOWN = frozenset(("shutdown_asyncgens", "shutdown_default_executor"))


class SomethingElseError(Exception):
    """The function does more than run a coroutine."""


@dataclass(frozen=True, slots=True)
class Helper:
    """A function of the project.

    Attributes:
        function: which.
        node: its definition.
        index: the summary of its file.
        scope: its scope.
        tree: the tree of its file.
    """

    function: Defined
    node: ast.FunctionDef
    index: FileIndex
    scope: Scope
    tree: Tree

    @property
    def inside(self) -> Where:
        """From where its names are looked up."""
        return Where(self.function.path, self.function.scope)


@dataclass(slots=True)
class Body:
    """Reads a body, on the way that it takes where a loop runs.

    Attributes:
        resolver: knows the project.
        helper: whose body it is.
        made: what local variables hold that are set once.
        wrappers: local coroutine functions.
        taken: local variables whose values went into the call.
        live: what is run, without blocks around it.
        returned: whether the function returns what the call gives.
    """

    resolver: Resolver
    helper: Helper
    made: dict[str, ast.expr] = field(default_factory=dict)
    wrappers: dict[str, ast.AsyncFunctionDef] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    live: list[ast.AST] = field(default_factory=list)
    returned: bool = False

    def call(self) -> ast.Call:
        """The one call that the function comes down to.

        Raises:
            SomethingElseError: there is none, or the function does other things, too.
        """
        found = self._read(self.helper.node.body)
        if found is None:
            raise SomethingElseError
        return found

    def held(self, node: ast.expr) -> ast.expr:
        """What a local variable holds that is read once; any other expression as it is."""
        seen = 0
        while isinstance(node, ast.Name) and node.id in self.made and seen < len(self.made):
            if self._reads(node.id) > 1:
                break
            self.taken.add(node.id)
            node = self.made[node.id]
            seen += 1
        return node

    def finish(self) -> None:
        """Make sure that everything the function makes has gone into its call.

        Raises:
            SomethingElseError: something is made for another purpose.
        """
        for name, value in self.made.items():
            if name not in self.taken and not self._is_about_loops(value):
                raise SomethingElseError

    def inner(self, node: ast.expr) -> ast.expr:
        """What a local coroutine function without parameters awaits, in the place of its call."""
        func = node.func if isinstance(node, ast.Call) and not node.args else None
        wrapper = self.wrappers.get(func.id) if isinstance(func, ast.Name) else None
        if wrapper is None or not isinstance(node, ast.Call) or node.keywords:
            return node
        statement = _without_docstring(wrapper.body)[-1]
        waits = getattr(statement, "value", None)
        plain = len(_without_docstring(wrapper.body)) == 1 and not wrapper.decorator_list
        taken = ast.unparse(wrapper.args)
        if not plain or taken or not isinstance(statement, ast.Return):
            raise SomethingElseError
        if not isinstance(waits, ast.Await):
            raise SomethingElseError
        return waits.value

    def _reads(self, name: str) -> int:
        return sum(
            isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)
            for node in walk(self.helper.node)
        )

    def _read(self, body: Sequence[ast.stmt]) -> ast.Call | None:
        """The call of some statements; None where they only prepare it."""
        body = _without_docstring(body)
        for number, statement in enumerate(body):
            if not isinstance(statement, (ast.If, ast.Try, ast.With)):
                self.live.append(statement)
            found = self._statement(statement, body[number + 1 :])
            if found is not None:
                return found
        return None

    def _statement(self, statement: ast.stmt, rest: Sequence[ast.stmt]) -> ast.Call | None:
        if isinstance(statement, (ast.Import, ast.ImportFrom, ast.Pass)):
            return None
        if isinstance(statement, ast.AsyncFunctionDef):
            self.wrappers[statement.name] = statement
            return None
        if isinstance(statement, ast.Return) and statement.value is not None:
            self.returned = True
            return self._called(self.held(statement.value))
        if isinstance(statement, (ast.Assign, ast.AnnAssign)):
            self._assign(statement)
            return None
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            return self._done(statement.value, rest)
        if isinstance(statement, ast.Try):
            return self._tried(statement, rest)
        if isinstance(statement, ast.With):
            return self._entered(statement, rest)
        if isinstance(statement, ast.If):
            return self._tested(statement)
        raise SomethingElseError

    def _called(self, node: ast.expr) -> ast.Call:
        if not isinstance(node, ast.Call):
            raise SomethingElseError
        return node

    def _assign(self, statement: ast.Assign | ast.AnnAssign) -> None:
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        target = targets[0]
        if len(targets) > 1 or not isinstance(target, ast.Name) or statement.value is None:
            raise SomethingElseError
        if len(self.helper.scope.bindings.get(target.id, ())) == 1:
            self.made[target.id] = statement.value
        elif not self._is_about_loops(statement.value):
            raise SomethingElseError

    def _is_about_loops(self, value: ast.expr) -> bool:
        """`loop = None`, `running = True`, `loop = asyncio.get_running_loop()`."""
        return isinstance(value, ast.Constant) or self._is_care(value)

    def _done(self, call: ast.Call, rest: Sequence[ast.stmt]) -> ast.Call | None:
        """A call whose value goes nowhere: care for the loop, or the last thing that is done."""
        if self._is_care(call):
            return None
        if any(not self._is_care_statement(each) for each in rest):
            raise SomethingElseError
        return call

    def _is_care_statement(self, statement: ast.stmt) -> bool:
        return isinstance(statement, ast.Expr) and self._is_care(statement.value)

    def _is_care(self, node: ast.expr) -> bool:
        if not isinstance(node, ast.Call):
            return False
        values = self.resolver.values(plain_term(node.func), self.helper.inside)
        return bool(values) and all(self._takes_care(value, node) for value in values)

    def _takes_care(self, value: Value, node: ast.Call) -> bool:
        if isinstance(value, External):
            return value.name in _CARE
        if not isinstance(value, Method) or value.entry.name not in _CARE_METHODS:
            return isinstance(node.func, ast.Attribute) and self._ends_loop(node.func)
        if value.entry.name != "run_until_complete":
            return True
        shuts = node.args[0].func if node.args and isinstance(node.args[0], ast.Call) else None
        return last_name(shuts) in _SHUT_DOWN

    def _ends_loop(self, func: ast.Attribute) -> bool:
        """`loop.close()`."""
        receivers = self.resolver.values(plain_term(func.value), self.helper.inside)
        return func.attr in _CARE_METHODS and all(
            isinstance(each, Instance)
            and isinstance(each.of, External)
            and each.of.name in (_LOOP, "asyncio.Runner")
            for each in receivers
        )

    def _tried(self, statement: ast.Try, rest: Sequence[ast.stmt]) -> ast.Call | None:
        asked = asked_first(statement)
        body: Sequence[ast.stmt] = statement.body
        if statement.handlers:
            dead = all(map(catches_missing_loop, statement.handlers))
            if asked is None or not dead or not self._holds(asked):
                raise SomethingElseError
            body = statement.body
        elif not all(map(self._is_care_statement, statement.finalbody)):
            raise SomethingElseError
        if statement.handlers and statement.finalbody:
            raise SomethingElseError
        found = self._read(body) or self._read(statement.orelse)
        return self._alone(found, rest)

    def _entered(self, statement: ast.With, rest: Sequence[ast.stmt]) -> ast.Call | None:
        (item, *others) = statement.items
        if others or not self._is_care(item.context_expr):
            raise SomethingElseError
        self.live.append(item)
        return self._alone(self._read(statement.body), rest)

    def _alone(self, found: ast.Call | None, rest: Sequence[ast.stmt]) -> ast.Call | None:
        """What a block gives; nothing may follow where its value is not returned."""
        if found is not None and not self.returned and rest:
            raise SomethingElseError
        return found

    def _tested(self, statement: ast.If) -> ast.Call | None:
        """The branch that is taken where a loop runs."""
        loops = self._loops()
        taken = true_on_loop(statement.test, loops)
        passed = false_on_loop(statement.test, loops)
        if taken and all(map(self._holds, taken)):
            body = statement.body
        elif passed and all(map(self._holds, passed)):
            body = statement.orelse
        else:
            raise SomethingElseError
        found = self._read(body)
        if found is None and leaves(body):
            raise SomethingElseError
        return found

    def _loops(self) -> set[str]:
        found = set()
        for node in walk(self.helper.node):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                asks = isinstance(node.value, ast.Call) and last_name(node.value.func) in GIVE_LOOPS
                if asks or isinstance(node.value, ast.Constant):
                    found.add(node.targets[0].id)
        return found

    def _holds(self, sign: ast.expr) -> bool:
        helper = self.helper
        term = plain_term(sign)
        return holds_on_loop(self.resolver, helper.index, helper.scope, term, helper.inside)


def _without_docstring(body: Sequence[ast.stmt]) -> Sequence[ast.stmt]:
    first = body[0] if body else None
    told = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return body[1:] if told else body
