"""Parameters of functions that Django calls when something happens to a model: `@receiver(post_save, sender=Book)`.

Source: https://docs.djangoproject.com/en/5.2/ref/signals/#module-django.db.models.signals
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.index.terms import Call, Display
from awaken.resolve.values import NOTHING, Defined, External, Instance, Value, sole

if TYPE_CHECKING:
    from awaken.index.summary import Scope
    from awaken.index.terms import Argument, Term
    from awaken.resolve.evaluation import Where
    from awaken.resolve.resolver import Resolver

_SENT = ("instance", "sender")
_RECEIVER = frozenset(
    {External("django.dispatch.receiver"), External("django.dispatch.dispatcher.receiver")}
)
# `m2m_changed` is sent by the model in between.
_SENT_BY_THE_MODEL = frozenset(
    External(f"django.db.models.signals.{name}")
    for name in ("pre_init", "post_init", "pre_save", "post_save", "pre_delete", "post_delete")
)


def sent(
    resolver: Resolver, function: Scope, parameter: Argument, where: Where
) -> frozenset[Value]:
    """What a parameter of a signal's receiver is; nothing where the function is none, or that is not known.

    Args:
        resolver: knows the project.
        function: the function.
        parameter: one of its parameters.
        where: the place from which its decorators are looked up.
    """
    name = next((each for each in _SENT if _is(function, each, parameter)), "")
    if not name or not function.decorators:
        return NOTHING
    models = {_sender(resolver, each, where) for each in function.decorators}
    found = models - {None}
    model = sole(frozenset(each for each in found if each is not None))
    if not isinstance(model, (Defined, External)):
        return NOTHING
    return frozenset({model if name == "sender" else Instance(model)})


def _is(function: Scope, name: str, parameter: Argument) -> bool:
    return any(each.term is parameter for each in function.bindings.get(name, ()))


def _sender(resolver: Resolver, decorator: Term, where: Where) -> Value | None:
    """The model whose objects a receiver is told of; None where another decorator stands."""
    if not isinstance(decorator, Call) or not decorator.args:
        return None
    if not resolver.values(decorator.func, where) <= _RECEIVER:
        return None
    first = decorator.args[0]
    signals = resolver.union(first.items if isinstance(first, Display) else (first,), where)
    given = dict(decorator.keywords).get("sender")
    if not signals or given is None or not signals <= _SENT_BY_THE_MODEL:
        return None
    return sole(resolver.values(given, where))
