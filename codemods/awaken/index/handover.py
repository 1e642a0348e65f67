"""Functions that hand a callable on to be run elsewhere: `async def run(f, *a): return await to_thread(f, *a)`.

Only the shape is told here; what the function hands its parameter to, the resolver knows. Every way out
must give the result of the callable, called once and with all of the arguments: a function that catches,
repeats, or sometimes calls by itself is none of these.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

from awaken.index.summary import Given, Handover
from awaken.syntax.names import last_name
from awaken.syntax.positions import Place
from awaken.syntax.walking import walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_Function: TypeAlias = "ast.FunctionDef | ast.AsyncFunctionDef"
_INTERFERES = (ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr, ast.Return)
# What may be asked of a callable without calling it.
_ONLY_LOOKS = frozenset(
    ("getattr", "hasattr", "callable", "repr", "str", "isinstance", "debug", "info")
)
# Options of known runners that leave the result as it is.
_OPTIONS = frozenset(
    {"limiter", "abandon_on_cancel", "cancellable", "thread_sensitive", "executor"}
)
_ASKS_FOR_COROUTINES = "iscoroutinefunction"


@dataclass(frozen=True, slots=True)
class Signature:
    """What a function takes besides the callable that is its first parameter.

    Attributes:
        callable: name of that parameter.
        varargs: name of `*args`, or empty.
        keywords: name of `**kwargs`, or empty.
        own: names that no keyword argument for the callable may have.
    """

    callable: str
    varargs: str
    keywords: str
    own: frozenset[str]


def signature_of(node: _Function, *, method: bool) -> Signature | None:
    """The signature, or None where arguments for the callable would go elsewhere.

    Args:
        node: the function.
        method: whether its first parameter is the object.
    """
    arguments = node.args
    positional = [*arguments.posonlyargs, *arguments.args]
    own = positional[1 if method else 0 :]
    if len(own) != 1 or None in arguments.kw_defaults:
        return None
    named = {*arguments.args, *arguments.kwonlyargs}
    return Signature(
        own[0].arg,
        arguments.vararg.arg if arguments.vararg else "",
        arguments.kwarg.arg if arguments.kwarg else "",
        frozenset(argument.arg for argument in named),
    )


def handover_of(node: _Function, *, method: bool) -> Handover | None:
    """How a function hands its first parameter on; None where it does anything else with it."""
    signature = signature_of(node, method=method)
    if signature is None or not _may_hand_over(node.body):
        return None
    reader = _Reader(signature, isinstance(node, ast.AsyncFunctionDef))
    unbound = _Bound(args=False, keywords=False)
    try:
        behind = reader.read(node.body, _Known({signature.callable: unbound}))
    except _SomethingElseError:
        return None
    if behind is not None:
        return None  # there is a way out that gives nothing
    positional, keywords = bool(signature.varargs), bool(signature.keywords)
    return Handover(tuple(reader.given), positional, keywords, signature.own)


def _may_hand_over(body: Sequence[ast.stmt]) -> bool:
    """A quick look at the last statement, which settles it for nearly every function."""
    last = body[-1]
    while isinstance(last, (ast.With, ast.Try, ast.If)) and last.body:
        last = last.body[-1]
    return isinstance(last, ast.Return) and last.value is not None


class _SomethingElseError(Exception):
    """The function does something that a handover does not."""


@dataclass(frozen=True, slots=True)
class _Bound:
    """A callable that stands for the parameter, and whether it has the arguments already."""

    args: bool
    keywords: bool


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known at a place.

    Attributes:
        callables: names that stand for the parameter.
        results: names that hold what the handover gave.
        no_keywords: whether there are no keyword arguments here.
    """

    callables: dict[str, _Bound]
    results: frozenset[str] = frozenset()
    no_keywords: bool = False


@dataclass(slots=True)
class _Reader:
    """Goes through a function once; `given` are the calls that are given the callable."""

    signature: Signature
    is_async: bool
    given: list[Given] = field(default_factory=list)

    def read(self, body: Iterable[ast.stmt], known: _Known) -> _Known | None:
        """What is known behind some statements; None where every way through them has ended."""
        for statement in body:
            after = self._statement(statement, known)
            if after is None:
                return None
            known = after
        return known

    def _statement(self, statement: ast.stmt, known: _Known) -> _Known | None:
        if isinstance(statement, ast.Return):
            self._returned(statement, known)
            return None
        if isinstance(statement, ast.If):
            return self._branches(statement, known)
        if isinstance(statement, ast.With):
            self._untouched(statement.items)
            return self.read(statement.body, known)
        if isinstance(statement, ast.Try) and not statement.handlers and not statement.orelse:
            self._untouched(statement.finalbody)
            return self.read(statement.body, known)
        if isinstance(statement, ast.Assign):
            return self._assigned(statement, known)
        if isinstance(statement, ast.FunctionDef):
            return self._local(statement, known)
        if isinstance(statement, (ast.Expr, ast.AnnAssign, ast.Import, ast.ImportFrom, ast.Pass)):
            self._untouched([statement])
            return known
        raise _SomethingElseError

    def _returned(self, statement: ast.Return, known: _Known) -> None:
        value = statement.value
        if isinstance(value, ast.Name) and value.id in known.results:
            return
        if value is None or not self._handed_over(value, known):
            raise _SomethingElseError

    def _branches(self, statement: ast.If, known: _Known) -> _Known | None:
        if _asks_for_coroutine(statement.test, known):
            return self.read(statement.orelse, known)  # what blocks is no coroutine function
        self._untouched([statement.test])
        if_keywords = (
            isinstance(statement.test, ast.Name) and statement.test.id == self.signature.keywords
        )
        without = replace(known, no_keywords=True) if if_keywords else known
        yes = self.read(statement.body, known)
        no = self.read(statement.orelse, without)
        if yes is None or no is None:
            return yes or no
        if if_keywords and not statement.orelse and set(yes.callables) == set(known.callables):
            return yes  # `if kwargs: func = partial(func, **kwargs)`
        if yes.callables != no.callables or yes.results != no.results:
            raise _SomethingElseError
        return known

    def _assigned(self, statement: ast.Assign, known: _Known) -> _Known:
        target = statement.targets[0]
        if len(statement.targets) != 1 or not isinstance(target, ast.Name):
            raise _SomethingElseError
        bound = self._bound(statement.value, known)
        if bound is not None:
            return replace(known, callables={**known.callables, target.id: bound})
        if target.id in known.callables or target.id in self._arguments:
            raise _SomethingElseError
        if self._handed_over(statement.value, known):
            return replace(known, results=known.results | {target.id})
        self._untouched([statement.value])
        return known

    def _local(self, function: ast.FunctionDef, known: _Known) -> _Known:
        """`def call(): return func(*args, **kwargs)`."""
        last = function.body[-1]
        arguments = function.args
        plain = not (arguments.args or arguments.posonlyargs or arguments.vararg or arguments.kwarg)
        if len(function.body) == 1 and plain and isinstance(last, ast.Return) and last.value:
            bound = self._called(last.value, known)
            return replace(known, callables={**known.callables, function.name: bound})
        raise _SomethingElseError

    @property
    def _arguments(self) -> tuple[str, str]:
        return self.signature.varargs, self.signature.keywords

    def _handed_over(self, value: ast.expr, known: _Known) -> bool:
        """Whether an expression is the call that runs the callable, complete with its arguments."""
        if isinstance(value, ast.Await) != self.is_async:
            return False
        call = value.value if isinstance(value, ast.Await) else value
        if not isinstance(call, ast.Call):
            return False
        curried = call.func if isinstance(call.func, ast.Call) else None
        given = [*(curried or call).args]
        number = next((n for n, each in enumerate(given[:3]) if self._bound(each, known)), None)
        if number is None or any(isinstance(each, ast.Starred) for each in given[:number]):
            return False
        options = [] if curried else [each for each in call.keywords if each.arg in _OPTIONS]
        keywords = [each for each in call.keywords if each not in options]
        behind = ast.Call(call.func, call.args if curried else given[number + 1 :], keywords)
        bound = self._bound(given[number], known)
        if bound is None or not self._complete(bound, behind, known):
            return False
        if known.results:
            raise _SomethingElseError  # it would be called twice
        self.given.append(Given(Place.of(curried or call), number))
        return True

    def _bound(self, value: ast.expr, known: _Known) -> _Bound | None:
        """An expression that stands for the callable: its name, a `partial`, or a lambda."""
        if isinstance(value, ast.Name):
            return known.callables.get(value.id)
        if isinstance(value, ast.Lambda):
            return self._called(value.body, known)
        if isinstance(value, ast.Call) and last_name(value.func) == "partial" and value.args:
            first = self._bound(value.args[0], known)
            rest = ast.Call(value.func, value.args[1:], value.keywords)
            return self._with_arguments(first, rest) if first is not None else None
        return None

    def _called(self, value: ast.expr, known: _Known) -> _Bound:
        """`func(*args, **kwargs)`, inside a lambda or a local function."""
        if isinstance(value, ast.Call):
            bound = self._bound(value.func, known)
            if bound is not None and self._complete(bound, value, known):
                return _Bound(args=True, keywords=True)
        raise _SomethingElseError

    def _complete(self, bound: _Bound, call: ast.Call, known: _Known) -> bool:
        """Whether a callable has all of its arguments once it is called like this."""
        done = self._with_arguments(bound, call)
        if done is None:
            return False
        args, keywords = self._arguments
        return (done.args or not args) and (done.keywords or not keywords or known.no_keywords)

    def _with_arguments(self, bound: _Bound, call: ast.Call) -> _Bound | None:
        """A callable with `*args` and `**kwargs` added; None where anything else is."""
        args, keywords = self._arguments
        positional = [_starred(each) for each in call.args]
        if positional not in ([], [args]) or (positional and bound.args):
            return None
        passed = [_name(each.value) if each.arg is None else "" for each in call.keywords]
        if passed not in ([], [keywords]) or (passed and bound.keywords) or passed == [""]:
            return None
        return _Bound(bound.args or bool(positional), bound.keywords or bool(passed))

    def _untouched(self, nodes: Iterable[ast.AST]) -> None:
        """Statements that neither wait nor call the callable, nor name its arguments anew."""
        names = {self.signature.callable, *self._arguments} - {""}
        for node in _inside(nodes):
            interferes = isinstance(node, _INTERFERES) or getattr(node, "is_async", False)
            rebinds = _name(node) in names and not isinstance(getattr(node, "ctx", None), ast.Load)
            if interferes or rebinds or self._may_call(node):
                raise _SomethingElseError

    def _may_call(self, node: ast.AST) -> bool:
        """Whether a node calls the callable, or gives it to somebody who may."""
        if not isinstance(node, ast.Call):
            return False
        name = self.signature.callable
        given = [*node.args, *(keyword.value for keyword in node.keywords)]
        looks = last_name(node.func) in _ONLY_LOOKS
        return _name(node.func) == name or (name in map(_name, given) and not looks)


def _inside(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    for node in nodes:
        yield from walk(node)


def _asks_for_coroutine(test: ast.expr, known: _Known) -> bool:
    """`asyncio.iscoroutinefunction(func)`."""
    return (
        isinstance(test, ast.Call)
        and last_name(test.func) == _ASKS_FOR_COROUTINES
        and len(test.args) == 1
        and _name(test.args[0]) in known.callables
    )


def _name(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def _starred(node: ast.expr) -> str | None:
    return _name(node.value) if isinstance(node, ast.Starred) else None
