"""Models by what Django calls them: `"Author"`, `"library.Author"`, and the user model that the settings name.

Source: `django.apps.registry.Apps`, `AppConfig.label`, and `django.db.models.fields.related.resolve_relation`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.index.summary import ScopeKind
from awaken.index.terms import Constant
from awaken.resolve.models.model_meta import is_model, option
from awaken.resolve.values import UNKNOWN, Defined, External, Instance

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from awaken.index.summary import FileIndex, Scope
    from awaken.resolve.answers import Kept
    from awaken.resolve.resolver import Resolver
    from awaken.resolve.values import Value

USER_MODEL = "AUTH_USER_MODEL"
SOME_USER = External("django.contrib.auth.models.AbstractUser")
"""What is known of the user model of a project that does not say which one it has."""
# Where applications that others import have their models.
_FOREIGN = ("{app}.models.{name}", "django.contrib.{app}.models.{name}")
# Settings that a project has for its tests say nothing of those it runs with.
_TRIALS = frozenset(("test", "tests", "testing", "example", "examples", "testproject"))


class ModelLabels:
    """Finds models by their labels.

    Args:
        resolver: knows the project.
    """

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._found: dict[tuple[str, str, str], Kept[Value]] = {}
        self._user: dict[None, Kept[Value]] = {}

    def named(self, text: str, path: str, app: str) -> Value:
        """The model with a label; UNKNOWN where it cannot be told.

        Args:
            text: the label, with or without that of an application.
            path: the file that names it.
            app: label of the application that is meant where the text has none.
        """
        label, _, name = text.rpartition(".")
        key = (text, path, app)

        def work() -> Value:
            if label:
                return self._in_application(label, name)
            here = self._models(path, name)
            same = [each for each in here if self.label(each) == app]
            return same[0] if len(same) == 1 else self._in_application(app, name)

        return self._resolver.kept(self._found, key, work)

    def user_model(self) -> Value:
        """The class that the project's settings name as its user model; UNKNOWN where they do not, or differ."""
        return self._resolver.kept(self._user, None, self._find_user_model)

    def some_user(self) -> frozenset[Value]:
        """A user: of the project's own model, else of what every such model has."""
        found = self.user_model()
        return frozenset({Instance(found if isinstance(found, (Defined, External)) else SOME_USER)})

    def label(self, model: Defined) -> str:
        """The label of the application that a model belongs to; empty where it belongs to none."""
        own = option(self._resolver, model, "app_label")
        index = self._resolver.file(model.path)
        return own or (self._label_of_module(index) if index else "")

    # -- applications

    def _label_of_module(self, index: FileIndex) -> str:
        package = self._package(index)
        configured = self._resolver.project.module(f"{package}.apps") if package else None
        texts = list(self._configured(configured, "label")) if configured else []
        return texts[0] if texts else package.rpartition(".")[2]

    def _package(self, index: FileIndex) -> str:
        """The package of the application that a module belongs to."""
        parts = index.module.split(".")
        if "models" in parts:
            place = len(parts) - 1 - parts[::-1].index("models")
            return ".".join(parts[:place])
        for end in range(len(parts) - 1, 0, -1):
            package = ".".join(parts[:end])
            modules = (f"{package}.models", f"{package}.apps")
            if any(self._resolver.project.module(each) for each in modules):
                return package
        return ""

    def _configured(self, path: str, name: str) -> Iterator[str]:
        """What the classes of a file set an attribute to."""
        index = self._resolver.file(path)
        for scope in index.scopes if index else ():
            if scope.kind is ScopeKind.CLASS:
                yield from _texts(scope, name)

    def _in_application(self, label: str, name: str) -> Value:
        found = dict.fromkeys(
            model
            for path in self._model_modules(label)
            for model in self._models(path, name)
            if self.label(model) == label
        )
        if not found:
            found = dict.fromkeys(self._labelled(label, name))
        if found:
            return next(iter(found)) if len(found) == 1 else UNKNOWN
        for pattern in _FOREIGN:
            known = self._resolver.catalogue.type(pattern.format(app=label, name=name))
            if known is not None:
                return External(known.name)
        return UNKNOWN

    def _model_modules(self, label: str) -> Iterator[str]:
        """The files in which an application may have its models, or import them."""
        folders = {label}
        paths = self._mentioning("app-config")
        renamed = [path for path in paths if label in self._configured(path, "label")]
        folders.update(path.rpartition("/")[0].rpartition("/")[2] for path in renamed)
        scan = self._resolver.project.scan
        for path in scan().digests if scan else ():
            folder = path.removesuffix("/models/__init__.py").removesuffix("/models.py")
            if folder != path and folder.rpartition("/")[2] in folders:
                yield path

    def _labelled(self, label: str, name: str) -> Iterator[Defined]:
        """Models that say themselves which application they belong to."""
        for path in self._mentioning("app-label"):
            for model in self._models(path, name):
                if option(self._resolver, model, "app_label") == label:
                    yield model

    def _models(self, path: str, name: str) -> list[Defined]:
        """The models that a module has under a name, in which capitals do not count."""
        index = self._resolver.file(path)
        bound = index.scopes[0].bindings if index else ()
        names = dict.fromkeys((name, *(each for each in bound if each.lower() == name.lower())))
        values = (value for each in names for value in self._resolver.module_member(path, each))
        models = (each for each in values if isinstance(each, Defined))
        return [each for each in dict.fromkeys(models) if is_model(self._resolver, each)]

    def _mentioning(self, what: str) -> Iterable[str]:
        scan = self._resolver.project.scan
        return scan().mentions.get(what, ()) if scan else ()

    # -- settings

    def _find_user_model(self) -> Value:
        paths = (path for path in self._mentioning("user-model") if not _is_trial(path))
        texts = {text for path in paths for text in self._set_in(path)}
        label, _, name = next(iter(texts)).rpartition(".") if len(texts) == 1 else ("", "", "")
        return self._in_application(label, name) if label else UNKNOWN

    def _set_in(self, path: str) -> Iterator[str]:
        index = self._resolver.file(path)
        if index is not None:
            yield from _texts(index.scopes[0], USER_MODEL)


def _texts(scope: Scope, name: str) -> Iterator[str]:
    for binding in scope.bindings.get(name, ()):
        if isinstance(binding.term, Constant) and isinstance(binding.term.value, str):
            yield binding.term.value


def _is_trial(path: str) -> bool:
    return not _TRIALS.isdisjoint(path.split("/")[:-1])
