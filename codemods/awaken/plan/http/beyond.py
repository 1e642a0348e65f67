"""A response beyond its function: in helpers of the file that only requests call, and in who awaits a coroutine."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.index.summary import ScopeKind
from awaken.plan.http.bindings import variable_of
from awaken.plan.http.response import ResponseUses, translate_annotation
from awaken.plan.names_in_scope import FUNCTIONS
from awaken.resolve.values import Bound, Defined
from awaken.syntax.names import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.plan.http.bindings import Binding
    from awaken.plan.http.request import Request
    from awaken.plan.situation import Situation
    from awaken.syntax.tree import Tree

_Function = ast.FunctionDef | ast.AsyncFunctionDef


class NotFollowedError(Exception):
    """The response gets where it cannot be followed."""


def follow_beyond(request: Request, found: ResponseUses) -> None:
    """Add the uses of a response in other functions of the file, where all of them are in view.

    Args:
        request: the request.
        found: the uses in the coroutine; those that lead elsewhere are marked as followed.
    """
    if request.exchange.opening.read:
        return  # what is awaited cannot stand in a plain function
    for use in list(found.uses):
        tried = ResponseUses(found.name)
        tried.visited |= found.visited
        try:
            _follow(request, tried, use)
        except NotFollowedError:
            continue
        _merge(found, tried)


def _merge(found: ResponseUses, tried: ResponseUses) -> None:
    found.uses += [each for each in tried.uses if each not in found.uses]
    found.partners += [each for each in tried.partners if each not in found.partners]
    found.maybe_none |= tried.maybe_none
    found.translations += tried.translations
    found.followed |= tried.followed
    found.visited |= tried.visited
    found.results += [each for each in tried.results if each not in found.results]
    found.differences += tried.differences
    found.functions += [each for each in tried.functions if each not in found.functions]


def _follow(request: Request, found: ResponseUses, use: ast.expr) -> None:
    """Follow one use into the function that it is an argument of, or out of the one that returns it."""
    tree = request.situation.tree
    parent = tree.parent(use)
    call = tree.parent(parent) if isinstance(parent, ast.keyword) else parent
    if isinstance(call, ast.Call) and use is not call.func:
        _into(request, found, call, use)
        found.followed.add(use)
    elif isinstance(parent, ast.Return):
        _out_of(request, found, parent)
        found.followed.add(use)


# -- as an argument


def _into(request: Request, found: ResponseUses, call: ast.Call, use: ast.expr) -> None:
    function, calls = _helper(request.situation, call)
    name = _parameter_of(function, call, use, _is_bound(request.situation, call))
    if (function, name) in found.visited:
        return
    found.visited.add((function, name))
    for each in calls:
        given = _argument(function, each, name, _is_bound(request.situation, each))
        if given is not use:
            _must_be_response(request, found, given)
        found.followed.add(given)
    parameter = next(each for each in _parameters(function) if each.arg == name)
    if parameter.annotation is not None:
        translate_annotation(request, found, parameter.annotation)
    _in_function(request, found, function, name)


def _in_function(request: Request, found: ResponseUses, function: _Function, name: str) -> None:
    """The uses of a parameter, or of a variable that a call gives its value."""
    variable = variable_of(request.situation.tree, function, name)
    found.functions.append(function)
    for read in variable.reads():
        seen = variable.seen_from(read)
        if not any(isinstance(each.node, ast.arg) for each in seen):
            continue
        if len(seen) != 1:
            raise NotFollowedError
        found.uses.append(read)
        _follow(request, found, read)


def _helper(situation: Situation, call: ast.Call) -> tuple[_Function, list[ast.Call]]:
    """The function of the file that is called, and all of its calls."""
    value = situation.callee(call)
    target = value.function if isinstance(value, Bound) else value
    if not isinstance(target, Defined) or target.path != situation.index.path:
        raise NotFollowedError
    name = last_name(call.func)
    function = _only_definition(situation.tree, name)
    if function.decorator_list or _yields(function) or _has_foreign_base(situation, function):
        raise NotFollowedError
    scope = situation.resolver.scope(target)
    if scope is None or scope.name != name:
        raise NotFollowedError
    return function, _only_calls(situation, name, target)


def _only_definition(tree: Tree, name: str) -> _Function:
    found = [
        node
        for node in tree.nodes
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
        and node.name == name
    ]
    if len(found) != 1 or isinstance(found[0], ast.ClassDef):
        raise NotFollowedError
    return found[0]


def _only_calls(situation: Situation, name: str, target: Defined) -> list[ast.Call]:
    """The calls of a function, where nothing else in the project mentions its name."""
    calls: list[ast.Call] = []
    for node in situation.tree.nodes:
        if isinstance(node, ast.Constant) and node.value == name:
            raise NotFollowedError
        if not isinstance(node, (ast.Name, ast.Attribute)) or last_name(node) != name:
            continue
        call = situation.tree.parent(node)
        value = situation.callee(call) if isinstance(call, ast.Call) and call.func is node else None
        if (value.function if isinstance(value, Bound) else value) != target:
            raise NotFollowedError
        calls.append(call)  # type: ignore[arg-type]
    others = situation.surroundings.mentioned_in({name})
    if any(parsed.index.path != situation.index.path for parsed in others):
        raise NotFollowedError
    return calls


def _has_foreign_base(situation: Situation, function: _Function) -> bool:
    """Whether a method may be one that another library calls."""
    owner = situation.tree.parent(function)
    bases = owner.bases if isinstance(owner, ast.ClassDef) else []
    return not all(isinstance(situation.value_of(base), Defined) for base in bases)


def _yields(function: _Function) -> bool:
    return any(isinstance(node, (ast.Yield, ast.YieldFrom)) for node in ast.walk(function))


def _is_bound(situation: Situation, call: ast.Call) -> bool:
    return isinstance(situation.callee(call), Bound)


def _parameters(function: _Function) -> list[ast.arg]:
    arguments = function.args
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]


def _parameter_of(function: _Function, call: ast.Call, use: ast.expr, bound: bool) -> str:
    for each in _parameters(function):
        if _argument_or_none(function, call, each.arg, bound) is use:
            return each.arg
    raise NotFollowedError


def _argument(function: _Function, call: ast.Call, name: str, bound: bool) -> ast.expr:
    given = _argument_or_none(function, call, name, bound)
    if given is None:
        raise NotFollowedError
    return given


def _argument_or_none(
    function: _Function, call: ast.Call, name: str, bound: bool
) -> ast.expr | None:
    if any(isinstance(each, ast.Starred) for each in call.args):
        return None
    if any(keyword.arg is None for keyword in call.keywords):
        return None
    positional = [*function.args.posonlyargs, *function.args.args][int(bound) :]
    given = {each.arg: node for each, node in zip(positional, call.args, strict=False)}
    given.update((keyword.arg or "", keyword.value) for keyword in call.keywords)
    return given.get(name)


# -- as a result


def _out_of(request: Request, found: ResponseUses, leaving: ast.Return) -> None:
    """Whoever gets what a function returns gets a response, or None."""
    situation = request.situation
    function = _function_of(situation.tree, leaving)
    if (function, "") in found.visited:
        return
    found.visited.add((function, ""))
    if function.decorator_list or _yields(function) or _has_foreign_base(situation, function):
        raise NotFollowedError
    maybe_none = not isinstance(function.body[-1], (ast.Return, ast.Raise))
    for other in _returns(function):
        if other.value is None or _is_none(other.value):
            maybe_none = True
        elif other is not leaving:
            _must_be_response(request, found, other.value)
            found.followed.add(other.value)
    if function.returns is not None:
        translate_annotation(request, found, function.returns)
    found.functions.append(function)
    for call in _calls_of(situation, function):
        _result(request, found, call, function, maybe_none)


def _calls_of(situation: Situation, function: _Function) -> list[ast.Call]:
    _only_definition(situation.tree, function.name)
    calls = [
        node
        for node in situation.tree.nodes
        if isinstance(node, ast.Call) and last_name(node.func) == function.name
    ]
    if not calls:
        raise NotFollowedError
    value = situation.callee(calls[0])
    target = value.function if isinstance(value, Bound) else value
    if not isinstance(target, Defined) or target.path != situation.index.path:
        raise NotFollowedError
    return _only_calls(situation, function.name, target)


def _result(
    request: Request, found: ResponseUses, call: ast.Call, function: _Function, maybe_none: bool
) -> None:
    tree = request.situation.tree
    result: ast.expr = call
    if isinstance(function, ast.AsyncFunctionDef):
        awaited = tree.parent(call)
        if not isinstance(awaited, ast.Await):
            raise NotFollowedError
        result = awaited
    found.results.append(result)
    found.functions.append(_function_of(tree, result))
    parent = tree.parent(result)
    target = parent.targets[0] if isinstance(parent, ast.Assign) else None
    if isinstance(target, ast.Name) and isinstance(parent, ast.Assign) and len(parent.targets) == 1:
        _in_variable(request, found, target, result, maybe_none)
    elif isinstance(parent, ast.Expr):
        return
    elif isinstance(parent, (ast.Attribute, ast.Call, ast.keyword, ast.Return)) and not maybe_none:
        found.uses.append(result)
        _follow(request, found, result)
    else:
        raise NotFollowedError


def _in_variable(
    request: Request, found: ResponseUses, target: ast.Name, result: ast.expr, maybe_none: bool
) -> None:
    tree = request.situation.tree
    function = _function_of(tree, target)
    variable = variable_of(tree, function, target.id)
    for read in variable.reads():
        seen = variable.seen_from(read)
        if not any(each.value is result for each in seen):
            continue
        if any(each.value is not result for each in seen):
            raise NotFollowedError
        found.uses.append(read)
        if maybe_none:
            found.maybe_none.add(read)
        _follow(request, found, read)


def _must_be_response(request: Request, found: ResponseUses, node: ast.expr) -> None:
    """Another expression in the same place must be the response of a request that is converted, too."""
    if node is request.call:
        return
    if isinstance(node, ast.Call):
        found.partners.append(node)
        return
    if not isinstance(node, ast.Name):
        raise NotFollowedError
    tree = request.situation.tree
    variable = variable_of(tree, _function_of(tree, node), node.id)
    seen = variable.seen_from(node)
    if not seen or not all(_is_of_call(request, found, each) for each in seen):
        raise NotFollowedError


def _is_of_call(request: Request, found: ResponseUses, binding: Binding) -> bool:
    if not isinstance(binding.value, ast.Call):
        return False
    if binding.value is not request.call and binding.value not in found.partners:
        found.partners.append(binding.value)
    return True


def _returns(function: _Function) -> Iterator[ast.Return]:
    pending: list[ast.AST] = list(function.body)
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Return):
            yield node
        elif not isinstance(node, FUNCTIONS):
            pending.extend(ast.iter_child_nodes(node))


def _function_of(tree: Tree, node: ast.AST) -> _Function:
    function = next((up for up in tree.ancestors(node) if isinstance(up, FUNCTIONS)), None)
    if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
        raise NotFollowedError
    return function


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def is_handled_beyond(request: Request, found: ResponseUses) -> bool:
    """Whether a `try` out of view may handle what the request raises.

    Args:
        request: the request.
        found: where its response goes; the handlers around calls that give it on are in view.
    """
    situation, exchange = request.situation, request.exchange
    if not situation.handled_by_callers(exchange):
        return False
    if (situation.function(), "") not in found.visited:
        return True
    callers = {_function_of(situation.tree, result) for result in found.results}
    # Those that give it on themselves have their callers in view, too.
    last = [caller for caller in callers if (caller, "") not in found.visited]
    return any(_is_handled(request, caller) for caller in last)


def _is_handled(request: Request, function: _Function) -> bool:
    index = request.situation.index
    numbers = [
        scope.number
        for scope in index.scopes
        if scope.kind is ScopeKind.FUNCTION and scope.name == function.name
    ]
    surroundings = request.situation.surroundings
    return any(
        surroundings.handles(Defined(index.path, number), request.exchange) for number in numbers
    )
