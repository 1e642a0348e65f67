"""A name for a function that is made of neighbouring statements: what they do, and to what."""

from __future__ import annotations

import ast
import keyword
import re
from typing import TYPE_CHECKING, NamedTuple

from awaken.plan.blocks.members import Part
from awaken.plan.call_text import opens_for_writing
from awaken.resolve.values import Method
from awaken.syntax.names import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from awaken.plan.blocks.members import Member

_CALLS_BY_VERB = {
    "read": (
        *("read_text", "read_bytes", "read", "readline", "readlines", "load", "open", "readlink"),
        *("safe_load", "safe_load_all", "full_load", "load_all", "fromfile", "read_csv"),
        *("read_json", "read_excel", "read_parquet"),
    ),
    "write": (
        *("write_text", "write_bytes", "write", "writelines", "dump", "save", "tofile", "to_csv"),
        *("to_json", "to_excel", "to_parquet", "savefig"),
    ),
    "create": ("mkdir", "makedirs", "touch", "mkdtemp", "mkstemp", "symlink", "symlink_to", "link"),
    "remove": ("unlink", "remove", "rmtree", "rmdir", "removedirs"),
    "copy": ("copy", "copy2", "copyfile", "copytree", "copyfileobj", "copymode", "copystat"),
    "move": ("move", "rename", "renames", "replace"),
    "extract": ("extractall", "extract", "unpack_archive"),
    "run": (
        *("run", "call", "check_call", "check_output", "system", "Popen", "getoutput"),
        *("getstatusoutput", "communicate", "wait"),
    ),
    "fetch": ("urlopen", "urlretrieve"),
    "query": ("execute", "executemany", "fetchall", "fetchone", "fetchmany", "commit"),
    "list": ("listdir", "iterdir", "scandir", "glob", "rglob", "iglob", "walk"),
    "check": (
        *("exists", "lexists", "is_file", "is_dir", "isfile", "isdir", "islink", "is_symlink"),
        *("access", "stat", "lstat", "getsize", "getmtime", "samefile", "disk_usage", "which"),
        "guess_type",
    ),
    "update": ("chmod", "chown", "lchmod", "utime", "truncate"),
    "resolve": (
        *("expanduser", "abspath", "realpath", "relpath", "resolve", "absolute", "cwd", "getcwd"),
        *("home", "gethostbyname", "getaddrinfo", "gethostbyaddr", "getfqdn"),
    ),
}
_VERBS = {call: verb for verb, calls in _CALLS_BY_VERB.items() for call in calls}
_LIBRARIES = {
    **dict.fromkeys(("hashlib", "bcrypt", "argon2", "passlib"), "hash"),
    **dict.fromkeys(("zlib", "gzip", "bz2", "lzma"), "compress"),
    **dict.fromkeys(("sqlite3", "psycopg2", "psycopg", "pymysql", "MySQLdb"), "query"),
    **dict.fromkeys(("socket", "telnetlib"), "use"),
    **dict.fromkeys(("requests", "urllib", "httpx", "urllib3", "http"), "fetch"),
    **dict.fromkeys(("imaplib", "poplib", "nntplib"), "fetch"),
    **dict.fromkeys(("ftplib",), "transfer"),
    **dict.fromkeys(("smtplib",), "send"),
    **dict.fromkeys(("subprocess",), "run"),
}
_USUAL = {
    "run": "commands",
    "fetch": "response",
    "send": "mail",
    "use": "connection",
    "query": "rows",
    "extract": "archive",
    "create": "folders",
    "resolve": "paths",
    "compress": "data",
    "hash": "data",
}
# What is done on the way to something else, the most telling first.
_ON_THE_WAY = ("query", "read", "list", "update", "check", "resolve")
_FILES = frozenset(("write", "create", "remove", "copy", "move", "extract"))
_CLOSING = frozenset(("bye", "close", "disconnect", "flush", "logout", "quit", "seek"))
_SAY_NOTHING = frozenset(
    (
        *("parent", "path", "name", "value", "self", "host", "hostname", "address", "port"),
        *(
            "get",
            "head",
            "post",
            "put",
            "patch",
            "delete",
            "server",
            "client",
            "conn",
            "connection",
        ),
        *("ftp", "smtp", "imap", "session", "sock", "socket"),
    )
)
_AFFIX = re.compile(r"_(path|file|filename|name)s?$")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_WORDS = re.compile(r"[^a-z0-9]+")
_LONG = 24


class Deed(NamedTuple):
    """One thing that is done.

    Attributes:
        verb: what.
        nouns: words for what it is done to, the best first.
        common: whether the verb wants a noun behind it.
    """

    verb: str
    nouns: tuple[str, ...]
    common: bool


def stretch_name(members: Sequence[Member], results: Sequence[str]) -> str:
    """`_read_config`, `_remove_cache`, `_prepare_root`.

    Args:
        members: the findings in the statements, in the order of the text.
        results: names whose values come back.
    """
    deeds = [_deed(each) for each in members if each.part is Part.HOPS]
    verb, done = _main([each for each in deeds if each.verb not in _CLOSING] or deeds)
    reading = [each for each in deeds if each.verb == "read"]
    if verb == "run" and results and reading:
        verb, done = "read", reading  # what comes back says more than what was run for it
    given = [_plain(each) for each in results]
    nouns = [noun for each in done for noun in each.nouns]
    nouns = [*given, *nouns] if verb in _ON_THE_WAY else [*nouns, *given]
    coroutine = members[0].situation.function().name
    nouns.append(_plain(coroutine.strip("_").partition("_")[2]))
    noun = next((each for each in nouns if each), _USUAL.get(verb, "files"))
    wanted = done[0].common and noun != verb
    return f"_{verb}_{noun}" if wanted else f"_{verb}"


def _main(deeds: Sequence[Deed]) -> tuple[str, list[Deed]]:
    """The verb for all that is done, and the deeds that it is about."""
    verbs = list(dict.fromkeys(each.verb for each in deeds))
    changing = [verb for verb in verbs if verb not in _ON_THE_WAY]
    main = next((verb for verb in _ON_THE_WAY if verb in verbs), "")
    if changing:
        main = "write" if "write" in changing else changing[-1]
    about = [each for each in deeds if each.verb == main]
    if len(changing) > 1 and set(changing) <= _FILES and set(changing) != {"create", "write"}:
        main = "prepare" if "create" in changing else "update"
        about = [each for each in deeds if each.verb == changing[0]]
    return main, about


def _deed(member: Member) -> Deed:
    finding, node = member.planned.finding, member.situation.node
    if finding.into:
        return _own_deed(member)
    root, _, _ = finding.call.partition(".")
    name = finding.call.rpartition(".")[2]
    owner = finding.call.rpartition(".")[0].rpartition(".")[2]
    if name == "open" and isinstance(node, ast.Call):
        place = 0 if isinstance(finding.value, Method) else 1
        verb = "write" if opens_for_writing(node, place) else "read"
    elif name.startswith("__"):
        verb = "read" if name in ("__iter__", "__next__") else _spaced(owner)
    else:
        name = name if name.isidentifier() else _called(node)
        closes = name if name in _CLOSING else ""
        verb = closes or _VERBS.get(name) or _LIBRARIES.get(root) or _spaced(name)
    common = verb in _CALLS_BY_VERB or verb in _LIBRARIES.values()
    return Deed(verb, tuple(_nouns(member, verb)), common)


def _own_deed(member: Member) -> Deed:
    """A function of the project says in its name what it does: `read`, `config` for `_read_config`."""
    owner, _, function = member.planned.finding.chain[1].function.rpartition(".")
    if function == "__init__":
        return Deed("make", (_plain(owner.rpartition(".")[2]),), common=True)
    verb, _, noun = _spaced(function).partition("_")
    if function.startswith("__") or not (noun or verb in _VERBS):
        return Deed("run", (_plain(verb),), common=True)
    about = (_plain(noun), *_owner_words(member.situation.node))
    return Deed(_VERBS.get(verb, verb), about, common=True)


def _owner_words(node: ast.expr) -> Iterator[str]:
    """`settings` in `self.settings.load()`."""
    func = node.func if isinstance(node, ast.Call) else node
    if isinstance(func, ast.Attribute):
        yield from (word for word in map(_plain, _words(func.value)) if word not in _SAY_NOTHING)


def _called(node: ast.expr) -> str:
    """The last name of what is called, or read."""
    func = node.func if isinstance(node, ast.Call) else node
    return last_name(func)


def _nouns(member: Member, verb: str) -> Iterator[str]:
    """What a call is about: the first argument of a function, or the object of a method."""
    node = member.situation.node
    about: ast.expr | None = node
    if isinstance(node, ast.Call):
        method = isinstance(member.planned.finding.value, Method) and verb != "fetch"
        about = node.args[0] if node.args else None
        if method and isinstance(node.func, ast.Attribute):
            about = node.func.value
    for word in _words(about) if about is not None else ():
        short = _plain(_AFFIX.sub("", _spaced(word)))
        if short not in _SAY_NOTHING:
            yield short


def _words(node: ast.expr) -> Iterator[str]:
    """`config_path` in `self.config_path`, `root / "config.json"`, `Path(config)`, `"config.json"`."""
    if isinstance(node, ast.Attribute):
        yield node.attr
        yield from _words(node.value)
    elif isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value.rpartition("/")[2].partition(".")[0]
    elif isinstance(node, ast.BinOp):
        yield from _words(node.right)
        yield from _words(node.left)
    elif isinstance(node, ast.Call):
        for argument in reversed(node.args):
            yield from _words(argument)
    elif isinstance(node, ast.Subscript):
        yield from _words(node.value)
    elif isinstance(node, (ast.List, ast.Tuple)):
        for element in node.elts[:1]:
            yield from _words(element)


def _spaced(word: str) -> str:
    """`ZipFile` to `zip_file`."""
    return _WORDS.sub("_", _HUMP.sub("_", word).lower()).strip("_")


def _plain(word: str) -> str:
    """The word, where it can stand in a name and says something."""
    spoken = _spaced(word)
    fits = spoken.isidentifier() and not keyword.iskeyword(spoken)
    return spoken if fits and 1 < len(spoken) <= _LONG else ""
