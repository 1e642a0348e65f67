"""One quick look over the bytes of all files: what one of them says about another."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from awaken.discover.notebook import SUFFIX as NOTEBOOK
from awaken.discover.reading import UnreadableFile, decode_source
from awaken.plan.doubles.files_of_tests import excluded_tests
from awaken.property_names import PropertyNames
from awaken.words_of_tests import Replaced, TestWords

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from awaken.discover.walk import Discovery

# Patterns begin with a fixed word, which the search for it makes several times faster.
_FROM = re.compile(rb"from(?<![^\s;]from)[ \t]+\.*([\w.]*)[ \t]+import[ \t]+(\([^)]*\)|[^\r\n#;]+)")
_LOOP = re.compile(rb"^(?:import|from)[ \t]+(asyncio|anyio|trio|curio)\b", re.MULTILINE)
_HANDLED = re.compile(rb"\b(?:requests|urllib|OSError|IOError|EnvironmentError)\b")
# `isinstance(error, RequestException)`, `@app.exception_handler(...)`.
_ASKED = re.compile(
    rb"(?:exception_handler|isinstance|issubclass|on_exception|retry_if_exception_type)"
    rb"\s*\([^()]*\b(?:RequestException|HTTPError|ConnectionError|Timeout|ConnectTimeout|ReadTimeout"
    rb"|TooManyRedirects|SSLError|ProxyError|InvalidURL|JSONDecodeError)\b"
)
_NAME = re.compile(rb"(\w+)(?:[ \t]+as[ \t]+\w+)?")
_ALIAS = re.compile(rb"(\w+)[ \t]+as[ \t]+(\w+)")
# The bases of a class, up to the parenthesis that ends them; what is in further parentheses counts too.
_CLASS = re.compile(rb"class[ \t]+\w+[^\n(:]*\(([^:]*?)\)[ \t]*:")
_WORD = re.compile(rb"\w+")
_METHOD = re.compile(rb"def[ \t]+(\w+)")
# What Django looks for in a module of URLs.
_PROTOCOL = re.compile(rb"^class[^\n]*\bProtocol\b[^\n]*((?:\n(?:[ \t][^\n]*)?)*)", re.MULTILINE)


WORDS = (
    "ContextVar", "DEFAULT_RETRIES", "_create_default_https_context", "install_cache", "install_opener",
    "nest_asyncio", "process_template_response", "setdefaulttimeout", "socksocket",
)  # fmt: skip
"""Words that matter for every file of a project, wherever they stand."""

MENTIONS = {
    "relation": (b"ForeignKey", b"OneToOne", b"ManyToMany"),
    "user-model": (b"AUTH_USER_MODEL",),
    "app-config": (b"AppConfig",),
    "app-label": (b"app_label",),
    "routing": (b"urlpatterns",),
    "django": (b"django",),
}
"""Words by what it means that a file has one: what one model says of another, or which URLs functions answer."""
# Without one of these a file has none of them.
_MENTIONING = (b"models", b"AppConfig", b"AUTH_USER", b"urlpatterns", b"django")


@dataclass(frozen=True, slots=True)
class Prescan:
    """What the bytes of the project's files tell without parsing.

    Attributes:
        replaced: what tests replace.
        handling: files that may handle exceptions of requests or urllib, or the OSError that they are.
        asking: files that may tell them apart otherwise than in an `except` clause.
        imported: (module, member) of every `from module import member`.
        subclassing: files by the names that stand among the bases of their classes.
        aliases: the other names under which a name is imported somewhere.
        methods: files by the names of the methods they define; only names that some protocol has too.
        properties: names under which classes may have properties.
        loops: event loops that files import at their top level.
        digests: digest of each file's bytes, by path relative to the root.
        words: those of `WORDS` that stand in some file.
        mentions: files by what the words of `MENTIONS` in them mean.
    """

    replaced: Replaced
    handling: tuple[str, ...]
    asking: tuple[str, ...]
    imported: frozenset[tuple[str, str]]
    subclassing: Mapping[str, tuple[str, ...]]
    aliases: Mapping[str, tuple[str, ...]]
    methods: Mapping[str, tuple[str, ...]]
    properties: frozenset[str]
    loops: frozenset[str]
    digests: Mapping[str, bytes]
    words: frozenset[str]
    mentions: Mapping[str, tuple[str, ...]]


def prescan(found: Discovery, root: Path, given: Mapping[Path, bytes] | None = None) -> Prescan:
    """Look through the files; those that cannot be read are passed over here and reported later.

    Args:
        found: the files of the project; tests among those that are left out are looked at for what they replace.
        root: the project root.
        given: what stands in files, whatever is on disk (standard input).
    """
    texts = given or {}
    tests = TestWords()
    for path in excluded_tests(found.skipped, root):
        tests.look_left_out(relative_path(path, root), path)
    noted = _Noted()
    imported: set[tuple[bytes, bytes]] = set()
    digests: dict[str, bytes] = {}
    classes = _Classes()
    loops: set[bytes] = set()
    words: set[str] = set()
    mentions: set[tuple[bytes, bytes | str]] = set()
    for path in dict.fromkeys((*found.files, *texts)):
        data = texts[path] if path in texts else _bytes_of(path)
        if data is None:
            continue
        relative = relative_path(path, root)
        digests[relative] = digest(data)
        if path.suffix == NOTEBOOK:
            data = _code_of(path, relative, data)
        tests.look(relative, data)
        noted.look(relative, data)
        words.update(word for word in WORDS if word.encode() in data)
        mentions.update((name, relative) for name in _mentioned(data))
        classes.look(relative, data)
        loops.update(_LOOP.findall(data))
        for module, members in _FROM.findall(data):
            imported.update((module, member) for member in _NAME.findall(members))
            if b" as " in members:
                classes.aliases.update(_ALIAS.findall(members))
    return Prescan(
        tests.found(),
        tuple(noted.handling),
        tuple(noted.asking),
        frozenset((_text(module), _text(member)) for module, member in imported),
        classes.subclassing(),
        _by_first(classes.aliases),
        classes.methods(),
        classes.properties(),
        frozenset(map(_text, loops)),
        digests,
        frozenset(words),
        # SQLAlchemy has foreign keys, too.
        _by_first(mentions) if any(module.startswith(b"django") for module, _ in imported) else {},
    )


def _bytes_of(path: Path) -> bytes | None:
    try:
        return path.read_bytes() if path.is_file() else None
    except OSError:
        return None


class _Noted:
    """Files in which something stands that others have to know of, while they are looked through."""

    def __init__(self) -> None:
        self.handling: list[str] = []
        self.asking: list[str] = []

    def look(self, path: str, data: bytes) -> None:
        if (b"except" in data or b"suppress" in data) and _HANDLED.search(data):
            self.handling.append(path)
        if (b"requests" in data or b"urllib" in data) and _ASKED.search(data):
            self.asking.append(path)


def _mentioned(data: bytes) -> list[bytes]:
    if not any(word in data for word in _MENTIONING):
        return []
    return [name.encode() for name, words in MENTIONS.items() if any(w in data for w in words)]


class _Classes:
    """What the files say of classes, while they are looked through."""

    def __init__(self) -> None:
        self.aliases: set[tuple[bytes, bytes]] = set()
        self._bases: set[tuple[bytes, str]] = set()
        self._defined: dict[str, set[bytes]] = {}
        self._promised: set[bytes] = set()
        self._properties = PropertyNames()

    def look(self, path: str, data: bytes) -> None:
        if b"class" not in data:
            return
        bases = {word for listed in _CLASS.findall(data) for word in _WORD.findall(listed)}
        self._bases.update((word, path) for word in bases)
        self._defined[path] = set(_METHOD.findall(data))
        self._properties.look(data)
        if b"Protocol" in data:
            for body in _PROTOCOL.findall(data):
                self._promised.update(_METHOD.findall(body))

    def subclassing(self) -> dict[str, tuple[str, ...]]:
        return _by_first(self._bases)

    def properties(self) -> frozenset[str]:
        return self._properties.found(self.aliases)

    def methods(self) -> dict[str, tuple[str, ...]]:
        return _by_first(
            (name, path)
            for path, defined in self._defined.items()
            for name in defined & self._promised
        )


def _by_first(pairs: Iterable[tuple[bytes, bytes | str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for first, second in pairs:
        found.setdefault(_text(first), []).append(
            second if isinstance(second, str) else _text(second)
        )
    return {name: tuple(sorted(found[name])) for name in sorted(found)}


def _code_of(path: Path, relative: str, data: bytes) -> bytes:
    """The code of a notebook; nothing where it cannot be read, which is reported later."""
    try:
        return decode_source(data, path=path, relative=relative).text.encode(errors="replace")
    except UnreadableFile:
        return b""


def digest(data: bytes) -> bytes:
    """What tells one content of a file from another."""
    return hashlib.blake2b(data, digest_size=16).digest()


def relative_path(path: Path, root: Path) -> str:
    """The POSIX path of a file relative to the project root."""
    text, folder = os.fspath(path), os.path.join(root, "")
    if text.startswith(folder) and ".." not in text:
        return text[len(folder) :].replace(os.sep, "/")
    return Path(os.path.relpath(path, root)).as_posix()


def _text(data: bytes) -> str:
    return data.decode(errors="replace")
