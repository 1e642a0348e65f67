"""A coroutine that is made by a statement of its own: nothing awaits it, so it never runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.advice.outcomes import is_coroutine_function
from awaken.advice.sought import Advice, advised, shown_name
from awaken.index.terms import Call
from awaken.resolve.values import sole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.advice.sought import Sought
    from awaken.detect.finding import Finding

RULE = "not-awaited"


def forgotten_awaits(sought: Sought) -> Iterator[Finding]:
    """Statements in coroutines that make a coroutine and do nothing with it."""
    for scope in sought.index.scopes:
        for site in scope.sites:
            if not site.discarded or not isinstance(site.term, Call):
                continue
            where = sought.where(scope, site)
            values = sought.resolver.values(site.term.func, where)
            value = sole(values)
            if len(values) == 1 and is_coroutine_function(sought.resolver, value):
                name = shown_name(sought, value)
                message = f"nothing awaits the coroutine that `{name}` makes here, so it never runs"
                yield advised(sought, scope, site, Advice(RULE, name, value, message))
