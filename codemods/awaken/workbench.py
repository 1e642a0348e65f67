"""What a run knows of its project: where modules are, what names mean, which versions it has."""

from __future__ import annotations

import re
import sys
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING

from awaken.catalogue.computing import with_computing
from awaken.catalogue.load import Catalogue, extend, load_catalogue, load_plugins, parse_library
from awaken.catalogue.schema import Severity
from awaken.detect.blocking import qualified_name
from awaken.detect.call_graph import CallGraph
from awaken.discover.reading import UnreadableFile, read_source
from awaken.discover.walk import discover
from awaken.http_target import HttpTarget, http_target
from awaken.index.reading import parse_source
from awaken.named_offload import named_offload
from awaken.plan.file_plan import Surveyed
from awaken.plan.settings import Settings
from awaken.plan.surroundings import Surroundings
from awaken.plan.threads.other_thread import OtherThread
from awaken.prescan import Prescan, prescan, relative_path
from awaken.project.dependencies import Dependencies, read_dependencies
from awaken.project.layout import module_name, source_roots
from awaken.project.module_finder import ModuleFinder
from awaken.project.search_path import search_path
from awaken.project.target import target_python
from awaken.project.written_for import WrittenFor, written_for
from awaken.resolve.hierarchy import Hierarchy
from awaken.resolve.project import Project
from awaken.resolve.resolver import Resolver

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from awaken.catalogue.schema import Library
    from awaken.discover.source import SourceFile
    from awaken.index.reading import ParsedFile
    from awaken.index.summary import FileIndex
    from awaken.plan.runners.named_runner import NamedRunner
    from awaken.project.configuration import Configuration


class Workbench:
    """The project around the files of a run; files are read when somebody asks for them.

    Args:
        root: the project root.
        configuration: the settings of the run.
        scan: what the bytes of all files tell, where the run is about all of them.
    """

    def __init__(
        self, root: Path, configuration: Configuration, scan: Prescan | None = None
    ) -> None:
        self.root = root
        self.configuration = configuration
        self._whole = scan
        self._indexes: dict[str, FileIndex | None] = {}
        self._read_ahead: dict[str, SourceFile] = {}
        self._given: dict[str, str] = {}
        self._texts_given: dict[Path, bytes] = {}
        self._parsed: dict[str, ParsedFile | None] = {}

    @cached_property
    def catalogue(self) -> Catalogue:
        known, names = self._libraries, self.configuration.cpu_bound
        return with_computing(known, self._defined_as(known, names)) if names else known

    @cached_property
    def _libraries(self) -> Catalogue:
        """The catalogue without functions of the project, which can only be found with it."""
        return extend(load_catalogue(), [*load_plugins(), *self._configured()])

    @cached_property
    def roots(self) -> tuple[Path, ...]:
        return source_roots(self.root)

    @cached_property
    def project(self) -> Project:
        return Project(self._load, self._locate, lambda: self.scan)

    @cached_property
    def resolver(self) -> Resolver:
        return Resolver(self.project, self.catalogue)

    def hierarchy_of(self, resolver: Resolver) -> Hierarchy:
        """The classes of the project as a resolver sees them."""
        properties = self._whole.properties if self._whole is not None else None
        return Hierarchy(lambda: self.scan, resolver, properties)

    @cached_property
    def surveyed(self) -> Surveyed:
        """What planning a file needs besides the file."""
        graph = CallGraph(self.resolver, self.hierarchy_of(self.resolver))
        surroundings = Surroundings(
            lambda: self.scan, self.resolver, self.mentioning, self.parsed, self.bytes_of
        )
        threads = OtherThread(graph, self.settings.target_python)
        return Surveyed(graph, self.settings, surroundings, threads)

    @cached_property
    def scan(self) -> Prescan:
        """What the bytes of all files of the project tell, also of those that the run is not about."""
        if self._whole is not None:
            return self._whole
        found = discover([self.root], root=self.root, exclude=self.configuration.exclude)
        return prescan(found, self.root, self._texts_given)

    @cached_property
    def _texts(self) -> dict[str, bytes]:
        """What stands in each file of the project; only kept where words are searched for."""
        found = {}
        for relative in self.scan.digests:
            with suppress(OSError):
                found[relative] = (self.root / relative).read_bytes()
        return found

    def mentioning(self, words: Iterable[str], but: str = "") -> Iterator[ParsedFile]:
        """Every file of the project, but one, in whose text one of some words stands, if it can be parsed."""
        pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(words)))})\b".encode())
        for relative, data in self._texts.items():
            if relative != but and pattern.search(data):
                path = self.root / relative
                with suppress(UnreadableFile):
                    source = read_source(path, relative=relative)
                    yield parse_source(source, self.module_of(path))

    def bytes_of(self, relative: str) -> bytes:
        """What stands in a file of the project; nothing where it cannot be read."""
        try:
            return (self.root / relative).read_bytes()
        except OSError:
            return b""

    def parsed(self, relative: str) -> ParsedFile | None:
        """A file of the project as it is on disk; None where it cannot be read."""
        if relative not in self._parsed:
            path = self.root / relative
            self._parsed[relative] = None
            with suppress(UnreadableFile):
                source = read_source(path, relative=relative)
                self._parsed[relative] = parse_source(source, self.module_of(path))
        return self._parsed[relative]

    @cached_property
    def dependencies(self) -> Dependencies:
        return read_dependencies(self.root)

    @cached_property
    def settings(self) -> Settings:
        django = self.configuration.django_version or self.dependencies.minimum("django")
        return Settings(
            target_python=target_python(self.root, self.configuration),
            versions={"django": django} if django else {},
            backend=self.configuration.backend,
            http_client=self._http_target.client,
            no_http_client=self._http_target.obstacle,
            http_client_scope=self.configuration.http_client_scope,
            file_io=self.configuration.file_io,
            strategies=self.configuration.strategies,
            strategies_django=self.configuration.strategies_django,
            offload=self._offload(),
            asked_for=frozenset(filter(self.dependencies.has_at_runtime, self._distributions)),
            is_library=self.dependencies.library,
            available=self._distributions,
            select=frozenset(self.configuration.select),
            extend_select=frozenset(self.configuration.extend_select),
            ignore=frozenset(self.configuration.ignore),
            least=Severity(self.configuration.min_severity),
        )

    @cached_property
    def written_for(self) -> tuple[WrittenFor, ...]:
        """The versions that the rewritten code is for, each with what decided it."""
        return written_for(self.root, self.configuration, self.dependencies)

    @cached_property
    def _distributions(self) -> frozenset[str]:
        return frozenset(fact.name for fact in self.dependencies.facts)

    def check(self) -> None:
        """Look at the settings that only the project can prove wrong.

        Raises:
            ConfigurationError: one is.
        """
        self._offload()
        if self.configuration.http_client != "auto":
            _ = self._http_target

    def module_of(self, path: Path) -> str:
        return module_name(path, self.root, self.roots)

    def read(self, path: Path, relative: str) -> tuple[SourceFile, FileIndex | None]:
        """The content of a file, and its summary where somebody has asked for that before.

        Raises:
            UnreadableFile: when it cannot be read.
        """
        if relative in self._read_ahead:
            return self._read_ahead.pop(relative), self._indexes[relative]
        return read_source(path, relative=relative), None

    def adopt(self, index: FileIndex) -> FileIndex:
        """Use the summary of a file that was read elsewhere."""
        self._indexes[index.path] = index
        return index

    def give(self, path: Path, text: bytes) -> None:
        """Say what stands in a file of the project that need not be on disk (standard input)."""
        self._given[self.module_of(path)] = relative_path(path, self.root)
        self._texts_given[path] = text

    def _load(self, relative: str) -> FileIndex | None:
        if relative not in self._indexes:
            path = self.root / relative
            try:
                source = read_source(path, relative=relative)
                self._indexes[relative] = parse_source(source, self.module_of(path)).index
                self._read_ahead[relative] = source
            except UnreadableFile:
                self._indexes[relative] = None
        return self._indexes[relative]

    @cached_property
    def _modules(self) -> ModuleFinder:
        return ModuleFinder(self.roots, self, search_path(self.root))

    def _locate(self, name: str, importer: str) -> str | None:
        if name in self._given:
            return self._given[name]
        found = self._modules.find(name, self.root / (importer or "x"))
        return relative_path(found, self.root) if found else None

    def __contains__(self, name: object) -> bool:
        """Whether a top-level name belongs to the standard library or to a library we know."""
        return isinstance(name, str) and (
            name in sys.stdlib_module_names or self._libraries.is_known_root(name)
        )

    @cached_property
    def _http_target(self) -> HttpTarget:
        configuration = self.configuration
        python = target_python(self.root, configuration)
        return http_target(configuration.http_client, self.catalogue, self.dependencies, python)

    def _offload(self) -> NamedRunner | None:
        name = self.configuration.offload
        return named_offload(self, name) if name is not None else None

    def _defined_as(self, known: Catalogue, names: Iterable[str]) -> Iterator[str]:
        """Names of functions as they are called where they are defined; they may be imported elsewhere, too."""
        resolver = Resolver(self.project, known)
        for name in names:
            module, _, last = name.rpartition(".")
            # a module that is given need not be on disk, and has not been read yet
            known_module = module and module not in self._given
            path = self.project.module(module) if known_module else None
            values = resolver.module_member(path, last) if path is not None else ()
            defined = {qualified_name(resolver, value) for value in values} - {""}
            yield from defined or (name,)

    def _configured(self) -> Iterator[Library]:
        calls = [
            {"name": name, "severity": "high", "hint": hint}
            for name, hint in self.configuration.blocking.items()
        ]
        calls += [{"name": name} for name in self.configuration.non_blocking]
        if calls:
            yield parse_library({"call": calls}, source="[tool.awaken]")
        if self.configuration.clients:
            yield parse_library(self.configuration.clients, source="[tool.awaken.clients]")
