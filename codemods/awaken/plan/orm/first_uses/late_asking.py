"""Who asks, found out behind a change of the password: the session is taken for somebody else's, and emptied."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.plan.orm.first_uses.fetched_anew import has_asked_already
from awaken.plan.orm.native import has_native
from awaken.resolve.values import External
from awaken.syntax.walking import walk

if TYPE_CHECKING:
    from awaken.plan.situation import Situation

_UPDATES = External("django.contrib.auth.update_session_auth_hash")


def asks_too_late(situation: Situation) -> bool:
    """Whether `update_session_auth_hash()` would be the first to ask `request.user`, behind a decorator of a coroutine.

    Above a plain function, `login_required` and its like ask it before the function changes anything. Above a coroutine
    they await `request.auser()` (from Django 5.1 on), which `request.user` knows nothing of.
    """
    if situation.finding.value != _UPDATES:
        return False
    function = situation.function()
    if has_native(situation) or not has_asked_already(situation, function):
        return False
    return not any(
        isinstance(node, ast.Attribute)
        and node.attr == "user"
        and node.lineno < situation.node.lineno
        for node in walk(function)
    )
