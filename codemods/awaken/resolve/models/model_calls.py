"""Calls that give a model by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.index.terms import Constant
from awaken.resolve.models.model_labels import SOME_USER
from awaken.resolve.values import ANYTHING, UNKNOWN, Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from awaken.index.terms import Call
    from awaken.resolve.evaluation import Where
    from awaken.resolve.resolver import Resolver

_NAMES = ("app_label", "model_name")


def _user_model(resolver: Resolver, _: Call, __: Where) -> frozenset[Value]:
    found = resolver.model_fields.labels.user_model()
    return frozenset({SOME_USER if found == UNKNOWN else found})


def _get_model(resolver: Resolver, term: Call, where: Where) -> frozenset[Value]:
    """`apps.get_model("library", "Book")`, or with both in one text; the model's name may be in lower case.

    Source: `django.apps.registry.Apps.get_model`.
    """
    named = dict(term.keywords)
    given = [*term.args, *(named[name] for name in _NAMES[len(term.args) :] if name in named)]
    texts = [each.value for each in given if isinstance(each, Constant)]
    if len(texts) != len(given) or not all(isinstance(text, str) for text in texts):
        return ANYTHING
    label, _, name = ".".join(map(str, texts)).rpartition(".")
    if not label:
        return ANYTHING
    return frozenset({resolver.model_fields.labels.named(f"{label}.{name}", where.path, "")})


MODEL_CALLS: dict[str, Callable[[Resolver, Call, Where], frozenset[Value]]] = {
    "django.apps.apps.get_model": _get_model,
    "django.contrib.auth.get_user_model": _user_model,
}
"""By qualified name: the classes that a call gives."""
