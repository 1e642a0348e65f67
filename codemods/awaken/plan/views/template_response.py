"""`return render(...)` to `return TemplateResponse(...)`: Django renders it later, in the thread of the request.

Reference: https://docs.djangoproject.com/en/stable/ref/template-response/; run on Django 4.1 to 6.1 with querysets and
a logged-in user in the context, which a template must not ask for on the loop.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.catalogue.schema import Native
from awaken.plan.call_text import comment_in_callee
from awaken.plan.fix import Fix, Reason, Strategy
from awaken.plan.native.passing import passing
from awaken.plan.recipes import RenameCall
from awaken.plan.views.callers import only_django_calls
from awaken.resolve.values import External, Instance, Literal

if TYPE_CHECKING:
    from awaken.plan.situation import Situation

RENDER = "django.shortcuts.render"
_RESPONSE = "django.template.response.TemplateResponse"
# https://docs.djangoproject.com/en/stable/topics/http/shortcuts/#render; `using` is its sixth argument, and the
# seventh of the response.
_FORM = Native(
    name=_RESPONSE,
    parameters=("request", "template_name", "context", "content_type", "status", "using"),
    positional=5,
    keywords=("request", "template_name", "context", "content_type", "status"),
    renamed=(("template_name", "template"),),
    awaits=False,
)
_AROUND = (ast.With, ast.AsyncWith)
_TRIES = tuple(getattr(ast, name) for name in ("Try", "TryStar") if hasattr(ast, name))
_DICT = External("builtins.dict")


def as_template_response(situation: Situation) -> Fix | None:
    """The response that Django renders itself, where nobody could tell; else None."""
    if situation.finding.call != RENDER or situation.finding.into:
        return None
    if not _is_given_back(situation) or comment_in_callee(situation.tree, situation.call):
        return None
    given = passing(situation, situation.call, _FORM)
    if isinstance(given, Reason) or not _is_dict(situation, given.given.get("context")):
        return None
    if not only_django_calls(situation) or situation.replaced_in_tests() is not None:
        return None
    return Fix(
        Strategy.NATIVE,
        "return a `TemplateResponse`, which Django renders in the thread of the request",
        RenameCall(situation.target(), _RESPONSE, given.passed),
    )


def _is_given_back(situation: Situation) -> bool:
    """Whether it is what the function returns, with nothing left to do behind it."""
    tree = situation.tree
    node: ast.AST = situation.node
    up = tree.parent(node)
    while isinstance(up, ast.IfExp) and node is not up.test:
        node, up = up, tree.parent(up)
    if not isinstance(up, ast.Return):
        return False
    child: ast.AST = up
    for around in tree.ancestors(up):
        if isinstance(around, ast.AsyncFunctionDef):
            return True
        if isinstance(around, _AROUND) or (isinstance(around, _TRIES) and _waits(around, child)):
            return False
        child = around
    return False


def _waits(node: ast.Try, child: ast.AST) -> bool:
    """Whether a `try` catches what a statement raises, or has something to do behind it."""
    return bool(node.finalbody) or child in node.body


def _is_dict(situation: Situation, context: ast.expr | None) -> bool:
    """A response takes no other mapping."""
    if context is None or _makes_dict(situation, context):
        return True
    return all(
        (isinstance(value, Instance) and value.of == _DICT)
        or (isinstance(value, Literal) and value.value is None)
        for value in situation.values_of(context)
    )


def _makes_dict(situation: Situation, node: ast.expr) -> bool:
    """`dict(books=books)`."""
    return isinstance(node, ast.Call) and situation.values_of(node.func) == {_DICT}
