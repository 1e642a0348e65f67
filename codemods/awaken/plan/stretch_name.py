"""A name for a function that is made of neighbouring statements: what they do, and to what."""

from __future__ import annotations

import ast
import keyword
import re
from typing import TYPE_CHECKING

from awaken.plan.call_text import opens_for_writing
from awaken.plan.members import Part
from awaken.resolve.values import Method

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from awaken.plan.members import Member

_CALLS_BY_VERB = {
    "read": (
        *("read_text", "read_bytes", "read", "readline", "readlines", "load", "open", "__iter__"),
        *("readlink", "fromfile", "read_csv", "read_json", "read_excel", "read_parquet"),
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
    "fetch": ("get", "post", "put", "patch", "request", "urlopen", "urlretrieve"),
    "query": ("execute", "executemany", "fetchall", "fetchone", "fetchmany", "commit"),
    "list": ("listdir", "iterdir", "scandir", "glob", "rglob", "iglob", "walk"),
    "check": (
        *("exists", "lexists", "is_file", "is_dir", "isfile", "isdir", "islink", "is_symlink"),
        *("access", "stat", "lstat", "getsize", "getmtime", "samefile", "disk_usage", "which"),
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
    **dict.fromkeys(
        ("sqlite3", "psycopg2", "psycopg", "pymysql", "MySQLdb", "sqlalchemy"), "query"
    ),
    **dict.fromkeys(("socket", "ssl", "telnetlib"), "use"),
    **dict.fromkeys(("requests", "urllib", "httpx", "urllib3"), "fetch"),
    **dict.fromkeys(("smtplib",), "send"),
    **dict.fromkeys(("subprocess",), "run"),
}
_USUAL = {
    "run": "commands",
    "fetch": "responses",
    "query": "rows",
    "extract": "archive",
    "create": "folders",
    "resolve": "paths",
}
# What is done on the way to something else, the most telling first.
_ON_THE_WAY = ("query", "read", "list", "update", "check", "resolve")
_KNOWN = frozenset((*_CALLS_BY_VERB, *_LIBRARIES.values(), "prepare", "update"))
_FILES = frozenset(("write", "create", "remove", "copy", "move", "extract"))
_CLOSING = frozenset(("close", "flush", "seek"))
_AFFIX = re.compile(r"_?(path|file|filename|name|dir|directory|folder)s?$")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_TELLING = ("folder", "directory", "file")
_NO_NAME = re.compile(r"\W+")
_LONG = 24
_TWO = 2  # letters, as in `os_path`: too few to stand alone


def stretch_name(members: Sequence[Member], results: Sequence[str]) -> str:
    """`_read_config`, `_remove_cache`, `_prepare_root`.

    Args:
        members: the findings in the statements, in the order of the text.
        results: names whose values come back.
    """
    hops = [each for each in members if each.part is Part.HOPS]
    done = [(_verb(each), each) for each in hops]
    done = [each for each in done if each[0] not in _CLOSING] or done
    verb, about = _main(done)
    reading = [each for name, each in done if name == "read"]
    if verb == "run" and results and reading:
        verb, about = "read", reading  # what comes back says more than what was run for it
    nouns = [_noun(each) for each in about]
    if verb in _ON_THE_WAY:
        nouns = [_short(each) for each in results] + nouns
    nouns.append(_short(members[0].situation.function().name.strip("_").partition("_")[2]))
    noun = next((each for each in nouns if each), _USUAL.get(verb, "files"))
    if verb not in _KNOWN:
        noun = _owner(about[0])
    name = f"_{verb}_{noun}" if noun not in ("", verb) else f"_{verb}"
    return _NO_NAME.sub("_", name)


def _main(done: Sequence[tuple[str, Member]]) -> tuple[str, list[Member]]:
    """The verb for all that is done, and what it is done to."""
    verbs = list(dict.fromkeys(verb for verb, _ in done))
    changing = [verb for verb in verbs if verb not in _ON_THE_WAY]
    if not changing:
        main = next(verb for verb in _ON_THE_WAY if verb in verbs)
        return main, [each for verb, each in done if verb == main]
    if len(changing) > 1 and set(changing) <= _FILES and set(changing) != {"create", "write"}:
        main = "prepare" if "create" in changing else "update"
        return main, [each for verb, each in done if verb == changing[0]]
    main = "write" if "write" in changing else changing[-1]
    return main, [each for verb, each in done if verb == main]


def _verb(member: Member) -> str:
    finding, node = member.planned.finding, member.situation.node
    if finding.into:
        return _words_of(member)[0]
    name = finding.call.rpartition(".")[2]
    if name == "*" and isinstance(node, ast.Call):
        return _attribute(node.func).lower().strip("_") or "call"
    if name == "open" and isinstance(node, ast.Call):
        place = 0 if isinstance(finding.value, Method) else 1
        return "write" if opens_for_writing(node, place) else "read"
    owner = finding.call.split(".")[-2] if name.startswith("__") and "." in finding.call else name
    known = _LIBRARIES.get(finding.call.partition(".")[0])
    return _VERBS.get(name) or known or _HUMP.sub("_", owner).lower().strip("_()")


def _attribute(node: ast.expr) -> str:
    """The method that is called by a name that the catalogue does not list (`describe_vpcs`)."""
    return node.attr if isinstance(node, ast.Attribute) else ""


def _words_of(member: Member) -> list[str]:
    """The words of the function of the project that is called: `read`, `config` for `_read_config`."""
    owner, _, function = member.planned.finding.chain[1].function.rpartition(".")
    if function.startswith("__"):
        function = f"make_{owner.rpartition('.')[2]}" if function == "__init__" else "run"
    words = _HUMP.sub("_", function).lower().strip("_<>").split("_")
    return [_VERBS.get(words[0], words[0]), *words[1:]]


def _noun(member: Member) -> str:
    """What a call is about: the first argument of a function, or the object of a method."""
    node = member.situation.node
    if member.planned.finding.into and len(_words_of(member)) > 1:
        return "_".join(_words_of(member)[1:])
    if not isinstance(node, ast.Call):
        return _spoken(node)
    method = isinstance(member.planned.finding.value, Method) and _verb(member) != "fetch"
    if method and isinstance(node.func, ast.Attribute):
        return _spoken(node.func.value)
    return _spoken(node.args[0]) if node.args else ""


def _owner(member: Member) -> str:
    """`subscription` for `stripe.Subscription.modify`."""
    if member.planned.finding.call.endswith(".*"):
        return ""
    if member.planned.finding.into:
        return _noun(member)
    return _short(member.planned.finding.call.rpartition(".")[0].rpartition(".")[2])


def _spoken(node: ast.expr) -> str:
    """`config` for `self.config_path`, `root / "config.json"`, `Path(config)`, `"config.json"`."""
    return next((short for word in _words(node) if (short := _short(word))), "")


def _short(word: str) -> str:
    """A word without what only says that it names a file; nothing when it says nothing else."""
    spoken = _HUMP.sub("_", word).lower().strip("_")
    short = _AFFIX.sub("", spoken).strip("_")
    if len(short) == _TWO or (not short and spoken in _TELLING):
        short = spoken
    plain = short.isidentifier() and short.isascii() and not keyword.iskeyword(short)
    return short if plain and _TWO <= len(short) <= _LONG else ""


def _words(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Attribute):
        yield node.attr
        yield from _words(node.value) if not isinstance(node.value, ast.Name) else ()
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
