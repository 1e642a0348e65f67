"""What is done with an object besides making requests: closing it, and setting what all of its requests send."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.plan.http.argument_values import CHECKS, auth_type
from awaken.plan.http.request import Request
from awaken.plan.reasons import reason
from awaken.plan.recipes import Replacement
from awaken.syntax.positions import Span

if TYPE_CHECKING:
    from collections.abc import Callable

    from awaken.catalogue.client_object import ObjectMember
    from awaken.plan.clients.converted import Converted
    from awaken.plan.fix import Reason

# What these hold unasked is each library's own.
_DEFAULT_HEADERS = frozenset({"accept", "accept-encoding", "connection", "user-agent"})
_READ = frozenset({"get", "pop"})
# Checks that an unseen value does not pass.
_TYPE_MATTERS = frozenset({"auth", "auth-flow", "query"})


def convert_member(converted: Converted, node: ast.Attribute) -> Reason | None:
    """What becomes of a member of the object that makes no request; a reason where it has no equal.

    Args:
        converted: gets the change.
        node: the member, behind what stands for the object.
    """
    member = converted.kind.object.members.get(node.attr)
    if member is None:
        return reason("client-member", f"`.{node.attr}`")
    return _FORMS[member.form](converted, node, member)


def _refused(node: ast.Attribute) -> Reason:
    return reason("client-member", f"`.{node.attr}`")


def _kept(converted: Converted, node: ast.Attribute, _: ObjectMember) -> Reason | None:
    """The same on both sides."""
    call = converted.scopes.tree.parent(node)
    return _refused(node) if isinstance(call, ast.Call) and call.func is node else None


def _close(converted: Converted, node: ast.Attribute, _: ObjectMember) -> Reason | None:
    tree = converted.scopes.tree
    call = tree.parent(node)
    if not isinstance(call, ast.Call) or not isinstance(tree.parent(call), ast.Expr):
        return _refused(node)
    if not converted.scopes.in_coroutine(call):
        return reason("client-in-sync-code", f"line {node.lineno}")
    converted.closed.append(call)
    return None


def _assigned(converted: Converted, node: ast.Attribute, member: ObjectMember) -> Reason | None:
    """Set for all requests: `session.auth = (user, password)`."""
    value = _assigned_value(converted, node)
    if value is None:
        return _refused(node)
    _doubted(converted, value, member)
    name = auth_type(request_at(converted, value), value)
    if name and isinstance(value, ast.Call):
        span = converted.scopes.tree.span(value.func)
        converted.translations.append(Replacement(span, name))
    return None


def _assigned_value(converted: Converted, node: ast.Attribute) -> ast.expr | None:
    statement = converted.scopes.tree.parent(node)
    if isinstance(statement, ast.Assign) and statement.targets == [node]:
        return statement.value
    return None


def _headers(converted: Converted, node: ast.Attribute, member: ObjectMember) -> Reason | None:
    tree = converted.scopes.tree
    parent = tree.parent(node)
    if _assigned_value(converted, node) is not None:
        converted.differences.append(reason("default-headers"))
        return None
    if isinstance(parent, ast.Subscript) and parent.value is node:
        return _header(converted, parent, member)
    if isinstance(parent, ast.Compare):
        asked = node in parent.comparators and isinstance(parent.ops[-1], (ast.In, ast.NotIn))
        if not asked:
            return _refused(node)
        _asked(converted, parent.left)
        return None
    call = _method_call(converted, node)
    if call is None:
        return _refused(node)
    name = call.func.attr  # type: ignore[attr-defined]
    if name == "update":
        return _updated(converted, call, member)
    if name in _READ and call.args and not call.keywords:
        if not isinstance(tree.parent(call), ast.Expr):
            _asked(converted, call.args[0])
        return None
    return _refused(node)


def _header(converted: Converted, node: ast.Subscript, member: ObjectMember) -> Reason | None:
    """One header, set, read or deleted."""
    if isinstance(node.ctx, ast.Load):
        _asked(converted, node.slice)
        return None
    if isinstance(node.ctx, ast.Store):
        statement = converted.scopes.tree.parent(node)
        if not isinstance(statement, ast.Assign) or statement.targets != [node]:
            return reason("client-member", "a header that is set")
        _doubted(converted, _pair(node.slice, statement.value), member)
    return None


def _pair(key: ast.expr, value: ast.expr) -> ast.Dict:
    return ast.Dict(keys=[key], values=[value])


def _asked(converted: Converted, key: ast.expr) -> None:
    """A header that is read: the default ones are not the same."""
    name = key.value if isinstance(key, ast.Constant) else None
    if not isinstance(name, str) or name.lower() in _DEFAULT_HEADERS:
        converted.differences.append(reason("default-headers"))


def _updated(converted: Converted, call: ast.Call, member: ObjectMember) -> Reason | None:
    """`.update({...})`, a statement by itself."""
    alone = isinstance(converted.scopes.tree.parent(call), ast.Expr)
    if not alone or len(call.args) != 1 or call.keywords or isinstance(call.args[0], ast.Starred):
        return reason("client-member", f"`.{member.name}.update`")
    _doubted(converted, call.args[0], member)
    return None


def _method_call(converted: Converted, node: ast.Attribute) -> ast.Call | None:
    """The call of a method of what the member is."""
    method = converted.scopes.tree.parent(node)
    call = converted.scopes.tree.parent(method) if isinstance(method, ast.Attribute) else None
    return call if isinstance(call, ast.Call) and call.func is method else None


def _cookies(converted: Converted, node: ast.Attribute, member: ObjectMember) -> Reason | None:
    tree = converted.scopes.tree
    parent = tree.parent(node)
    if isinstance(parent, ast.Subscript) and parent.value is node:
        statement = tree.parent(parent)
        if isinstance(parent.ctx, ast.Store) and isinstance(statement, ast.Assign):
            _doubted(converted, _pair(parent.slice, statement.value), member)
        return None
    call = _method_call(converted, node)
    if call is None:
        return _refused(node)
    name = call.func.attr  # type: ignore[attr-defined]
    if name == "update":
        return _updated(converted, call, member)
    if name == "set":
        return _set_cookie(converted, call, member)
    if name == "get_dict" and not call.args and not call.keywords and not tree.in_fstring(call):
        converted.translations.append(_as_dict(converted, node, call))
        return None
    plain = name == "get" or (name == "clear" and not call.args and not call.keywords)
    return None if plain else reason("client-member", f"`.{node.attr}.{name}`")


def _set_cookie(converted: Converted, call: ast.Call, member: ObjectMember) -> Reason | None:
    names = {each.arg for each in call.keywords}
    if len(call.args) != len(("name", "value")) or not names <= {"domain", "path"}:
        return reason("client-member", f"`.{member.name}.set`")
    _doubted(converted, _pair(*call.args), member)
    return None


def _as_dict(converted: Converted, node: ast.Attribute, call: ast.Call) -> Replacement:
    """`session.cookies.get_dict()`: by name, whatever their domains."""
    jar = f"{converted.scopes.tree.source(node)}.jar"
    text = f"{{cookie.name: cookie.value for cookie in {jar}}}"
    return Replacement(converted.scopes.tree.span(call), text)


def _query(converted: Converted, node: ast.Attribute, member: ObjectMember) -> Reason | None:
    """The client's `params` never change: others take their place."""
    tree = converted.scopes.tree
    converted.queries = True
    value = _assigned_value(converted, node)
    if value is not None:
        _doubted(converted, value, member)
        return None
    name = tree.source(node)
    parent = tree.parent(node)
    statement = tree.parent(parent) if parent is not None else None
    if isinstance(parent, ast.Subscript) and isinstance(statement, ast.Assign):
        if statement.targets != [parent]:
            return _refused(node)
        _doubted(converted, _pair(parent.slice, statement.value), member)
        front = Span(tree.span(statement).start, tree.span(statement.value).start)
        opening = f"{name} = {name}.set({tree.source(parent.slice)}, "
        converted.translations.append(Replacement(front, opening))
        converted.translations.append(Replacement(tree.span(statement.value), "{})"))
        return None
    call = _method_call(converted, node)
    if call is None or call.func.attr != "update":  # type: ignore[attr-defined]
        return _refused(node)
    refusal = _updated(converted, call, member)
    converted.translations.append(Replacement(tree.span(call.func), f"{name} = {name}.merge"))
    return refusal


def _option(converted: Converted, node: ast.Attribute, member: ObjectMember) -> Reason | None:
    """What only the client's constructor takes: `session.verify = False`."""
    value = _assigned_value(converted, node)
    statement = converted.scopes.tree.statement(node)
    if not isinstance(value, ast.Constant) or not isinstance(value.value, bool):
        return _refused(node)
    if member.name in converted.options:
        return _refused(node)
    converted.options[member.name] = str(value.value)
    converted.removed.append(statement)
    return None


def _doubted(converted: Converted, value: ast.expr, member: ObjectMember) -> None:
    """Notes what is known against sending a value in the same form."""
    check = CHECKS.get(member.check)
    if check is None:
        return
    request = request_at(converted, value)
    if _is_variable_elsewhere(converted, value, request):
        code = "value-type" if member.check in _TYPE_MATTERS else None
    else:
        code = check(request, value)
    if code is not None:
        converted.differences.append(reason(code, f"`.{member.name}`"))


def _is_variable_elsewhere(converted: Converted, value: ast.expr, request: Request) -> bool:
    """Whether a name belongs to a function in which no request is made: nothing is known of its value."""
    if not isinstance(value, ast.Name):
        return False
    binder = converted.scopes.binder(value)
    return binder not in (request.situation.function(), converted.scopes.tree.module)


def request_at(converted: Converted, node: ast.expr) -> Request:
    """A request in the same function, from where names are looked up; any other where there is none."""
    around = converted.scopes.around(node)
    situations = list(converted.situations.values())
    here = next((each for each in situations if each.function() is around), situations[0])
    verb = next(iter(converted.kind.object.verbs.values()))
    return Request(here, converted.kind.exchange, verb)


_FORMS: dict[str, Callable[[Converted, ast.Attribute, ObjectMember], Reason | None]] = {
    "assigned": _assigned,
    "close": _close,
    "cookies": _cookies,
    "headers": _headers,
    "kept": _kept,
    "option": _option,
    "query": _query,
}
