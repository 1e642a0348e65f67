"""What known decorators of libraries make of a function, by their qualified names."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_HANDED_ON = (
    "abc.abstractclassmethod",
    "abc.abstractmethod",
    "abc.abstractstaticmethod",
    "atexit.register",
    "backoff.on_exception",
    "beartype.beartype",
    "builtins.classmethod",
    "builtins.staticmethod",
    "cachetools.cached",
    "cachetools.cachedmethod",
    "cachetools.func.lru_cache",
    "cachetools.func.ttl_cache",
    "django.db.transaction.atomic",
    "django.views.decorators.csrf.csrf_exempt",
    "functools.cache",
    "functools.lru_cache",
    "functools.update_wrapper",
    "functools.wraps",
    "homeassistant.core.callback",
    "pydantic.validate_arguments",
    "pydantic.validate_call",
    "tenacity.retry",
    "torch.inference_mode",
    "torch.no_grad",
    "typeguard.typechecked",
    "typing.final",
    "typing.no_type_check",
    "typing.overload",
    "typing.override",
    "typing_extensions.deprecated",
    "typing_extensions.final",
    "typing_extensions.overload",
    "typing_extensions.override",
    "warnings.deprecated",
)
# The function runs, but what the caller gets may be something else.
_RUN_ONLY = (
    "backoff.on_predicate",
    "django.contrib.auth.decorators.login_required",
    "django.contrib.auth.decorators.permission_required",
    "django.views.decorators.http.require_GET",
    "django.views.decorators.http.require_POST",
    "django.views.decorators.http.require_http_methods",
    "django.views.decorators.http.require_safe",
)
PLAIN: Mapping[str, bool] = {**dict.fromkeys(_HANDED_ON, True), **dict.fromkeys(_RUN_ONLY, False)}
"""Decorators under which calling the name runs the function, and whether its result comes back."""

PROPERTIES = frozenset(
    {
        "abc.abstractproperty",
        "builtins.property",
        "cached_property.cached_property",
        "django.utils.functional.cached_property",
        "functools.cached_property",
        "homeassistant.util.decorator.cached_property",
        "propcache.api.cached_property",
        "propcache.api.under_cached_property",
        "propcache.cached_property",
        "propcache.under_cached_property",
        "pydantic.computed_field",
        "werkzeug.utils.cached_property",
    }
)
OF_A_PROPERTY = frozenset({"setter", "getter", "deleter"})
"""Decorators that a property itself has."""
MANAGERS = frozenset({"contextlib.asynccontextmanager", "contextlib.contextmanager"})
AWAITABLE = frozenset(
    {
        "asgiref.sync.sync_to_async",
        "asyncer.asyncify",
        "channels.db.database_sync_to_async",
    }
)

_HTTP = ("get", "post", "put", "patch", "delete", "options", "head", "trace")
_FASTAPI = (
    *_HTTP,
    "api_route",
    "exception_handler",
    "middleware",
    "on_event",
    "route",
    "websocket",
)
_STARLETTE = ("exception_handler", "middleware", "on_event", "route", "websocket_route")
_FLASK = (
    *_HTTP,
    "after_request",
    "app_errorhandler",
    "before_request",
    "context_processor",
    "errorhandler",
    "route",
    "teardown_appcontext",
    "teardown_request",
    "template_filter",
    "template_global",
)
ROUTERS: Mapping[str, tuple[str, ...]] = {
    "fastapi.APIRouter": _FASTAPI,
    "fastapi.FastAPI": _FASTAPI,
    "fastapi.applications.FastAPI": _FASTAPI,
    "fastapi.routing.APIRouter": _FASTAPI,
    "flask.Blueprint": _FLASK,
    "flask.Flask": _FLASK,
    "flask.app.Flask": _FLASK,
    "flask.blueprints.Blueprint": _FLASK,
    "starlette.applications.Starlette": _STARLETTE,
}
"""Objects whose methods register a function and give it back, by class."""
