"""Functions whose result is remembered: two threads that ask for it at once both run them.

On the loop the second caller found what the first one had left. A thread beside it does not: neither `lru_cache` nor
`cached_property` holds a lock while the function runs (the former never did, the latter does not since Python 3.12).
Running it twice is seen from outside where it changes something; one that only looks gives the same twice.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from awaken.index.terms import Call
from awaken.resolve.evaluation import Where
from awaken.resolve.values import External

if TYPE_CHECKING:
    from awaken.detect.call_graph import Leaf
    from awaken.index.summary import Scope
    from awaken.resolve.resolver import Resolver
    from awaken.resolve.values import Defined

_FOR_ALL = frozenset(("functools.cache", "functools.lru_cache"))
_FOR_ONE = frozenset(
    (
        *("functools.cached_property", "cached_property.cached_property"),
        *("django.utils.functional.cached_property", "werkzeug.utils.cached_property"),
        *("propcache.api.cached_property", "propcache.cached_property"),
        *("propcache.api.under_cached_property", "propcache.under_cached_property"),
    )
)
# Names of calls that find something out, or make an object, and change nothing by it.
_LOOKS = re.compile(
    r"_*(get|read|load|list|l?stat|exists|is_|open|find|fetch|scan|walk|r?glob|iterdir|describe|sleep|head"
    r"|parse|which|resolve|import_module|version|iter|enter|exit|lookup|search|select|count|client"
    r"|resource|connect|create_(engine|default_context|ssl_context)|session|from_|decode|samefile|sha|md5|[A-Z])"
)


def is_remembered(resolver: Resolver, function: Defined, scope: Scope, *, fresh: bool) -> bool:
    """Whether the result of a function is kept for those who call it next.

    Args:
        resolver: knows the project.
        function: the function.
        scope: its scope.
        fresh: whether nobody else has its `self`.
    """
    kept = _FOR_ALL if fresh else _FOR_ALL | _FOR_ONE
    where = Where(function.path, max(scope.parent, 0))
    terms = (each.func if isinstance(each, Call) else each for each in scope.decorators)
    values = (value for term in terms for value in resolver.values(term, where))
    return any(isinstance(value, External) and value.name in kept for value in values)


def only_looks(leaf: Leaf) -> bool:
    """Whether a blocking call changes nothing, as far as its name tells: `requests.get`, not `subprocess.run`."""
    return bool(_LOOKS.match(leaf.blocking.qualified.rpartition(".")[2]))
