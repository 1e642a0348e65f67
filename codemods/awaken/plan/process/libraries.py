"""What is known of libraries when their functions are to run in another process, by qualified name."""

from __future__ import annotations

import collections
import datetime
import fractions
import pathlib
import uuid

# They compute from their arguments alone: what other code has done to them before makes no difference.
_FROM_ARGUMENTS = frozenset(
    (
        *("array", "ast", "base64", "binascii", "bisect", "bz2", "calendar", "cmath", "codecs"),
        *(
            "collections",
            "colorsys",
            "contextlib",
            "copy",
            "csv",
            "dataclasses",
            "datetime",
            "difflib",
        ),
        *(
            "enum",
            "fnmatch",
            "fractions",
            "functools",
            "graphlib",
            "hashlib",
            "heapq",
            "hmac",
            "html",
        ),
        *("io", "ipaddress", "itertools", "json", "lzma", "math", "numbers", "operator", "os.path"),
        *(
            "pathlib",
            "pickle",
            "pprint",
            "re",
            "reprlib",
            "secrets",
            "shlex",
            "statistics",
            "string",
        ),
        *("struct", "textwrap", "time", "tokenize", "tomllib", "types", "typing", "unicodedata"),
        *("urllib.parse", "uuid", "xml", "zlib", "zoneinfo", "typing_extensions"),
        *(
            "PIL",
            "Levenshtein",
            "argon2",
            "bcrypt",
            "blake3",
            "brotli",
            "cv2",
            "gmpy2",
            "lz4",
        ),
        *("mpmath", "msgpack", "networkx", "numpy", "orjson", "rapidfuzz", "regex", "scipy"),
        *("shapely", "skimage", "sympy", "xxhash", "zstandard"),
    )
)
# Parts of them that do keep something from call to call.
_KEEPS_STATE = (
    "time.process_time",
    "time.thread_time",
    "numpy.random",
    "numpy.set",
    "time.tzset",
    "csv.register",
    "csv.field_size",
    "cv2.set",
)
# Builtins that show or reach the process they run in.
_OF_THE_PROCESS = frozenset(
    f"builtins.{name}"
    for name in (
        *(
            "__import__",
            "breakpoint",
            "compile",
            "delattr",
            "eval",
            "exec",
            "globals",
            "hash",
            "id",
        ),
        *("input", "locals", "print", "setattr", "vars"),
    )
)
_OUTPUT = (
    "builtins.print",
    "logging.",
    "loguru.",
    "structlog.",
    "sys.stdout",
    "sys.stderr",
    "warnings.",
)
# They change their first argument in place.
_CHANGES_ARGUMENT = frozenset(
    (
        *(
            "random.shuffle",
            "heapq.heapify",
            "heapq.heappush",
            "heapq.heappop",
            "heapq.heapreplace",
        ),
        *("heapq.heappushpop", "bisect.insort", "bisect.insort_left", "bisect.insort_right"),
        *("operator.iadd", "operator.ior", "operator.iconcat"),
        *(
            "builtins.setattr",
            "builtins.delattr",
            "builtins.next",
            "operator.setitem",
            "operator.delitem",
        ),
    )
)
_MUTATING = (
    *(
        "add",
        "append",
        "appendleft",
        "clear",
        "difference_update",
        "discard",
        "extend",
        "extendleft",
    ),
    *(
        "fill",
        "insert",
        "intersection_update",
        "itemset",
        "move_to_end",
        "pop",
        "popitem",
        "popleft",
    ),
    *("put", "setfield", "setflags"),
    *("remove", "resize", "reverse", "rotate", "setdefault", "sort", "subtract"),
    *("symmetric_difference_update", "update"),
)
IN_PLACE = frozenset(_MUTATING)
"""Methods that change what they are called on."""
# Methods of plain data that leave it as it is.
READING = frozenset(
    name
    for kind in (
        *(str, bytes, bytearray, int, float, complex, tuple, list, dict, set, frozenset, range),
        *(datetime.datetime, datetime.timedelta, datetime.date, fractions.Fraction, pathlib.Path),
        *(collections.Counter, collections.deque, uuid.UUID),
    )
    for name in dir(kind)
    if not name.startswith("_") and name not in IN_PLACE
)
# What they give is made of numbers, strings and bytes, which nobody can change.
GIVES_FROZEN = frozenset(
    f"builtins.{name}"
    for name in (
        *(
            "abs",
            "all",
            "any",
            "ascii",
            "bin",
            "bool",
            "bytes",
            "chr",
            "complex",
            "divmod",
            "float",
        ),
        *("format", "hex", "int", "isinstance", "len", "oct", "ord", "pow", "repr", "round", "str"),
    )
)
_FROZEN_MODULES = (
    "math.",
    "cmath.",
    "statistics.",
    "base64.",
    "binascii.",
    "unicodedata.",
    "time.",
)
_FROZEN_NAMES = frozenset(
    (
        *(
            "json.dumps",
            "re.sub",
            "re.escape",
            "textwrap.fill",
            "textwrap.dedent",
            "textwrap.indent",
        ),
        *(
            "hashlib.pbkdf2_hmac",
            "hashlib.scrypt",
            "zlib.compress",
            "zlib.decompress",
            "zlib.crc32",
        ),
        *("zlib.adler32", "bz2.compress", "bz2.decompress", "lzma.compress", "lzma.decompress"),
        *("bcrypt.hashpw", "bcrypt.checkpw", "bcrypt.gensalt", "pickle.dumps", "html.escape"),
        *("html.unescape", "urllib.parse.quote", "urllib.parse.unquote", "struct.pack"),
        *("fractions.Fraction", "datetime.datetime", "datetime.date", "datetime.timedelta"),
        *("pathlib.Path", "pathlib.PurePath", "uuid.UUID", "uuid.uuid4", "hmac.digest"),
    )
)
# What they give holds what they were given.
GIVES_PLAIN = frozenset(
    (
        *(
            f"builtins.{name}"
            for name in ("bytearray", "dict", "frozenset", "list", "set", "slice")
        ),
        *(f"builtins.{name}" for name in ("max", "min", "sorted", "sum", "tuple")),
        *("collections.Counter", "collections.OrderedDict", "collections.deque", "copy.copy"),
        *("copy.deepcopy", "re.findall", "re.split", "struct.unpack", "textwrap.wrap"),
        *("json.loads", "heapq.nlargest", "heapq.nsmallest", "functools.reduce"),
    )
)
# What they give is gone through once, and cannot be sent anywhere.
STREAMS = frozenset(
    (
        *(f"builtins.{name}" for name in ("enumerate", "filter", "iter", "reversed", "zip")),
        *("itertools.chain", "itertools.islice", "itertools.product", "itertools.combinations"),
        *("itertools.permutations", "itertools.accumulate", "itertools.takewhile"),
    )
)
COUNTS = frozenset(("builtins.range", "itertools.count"))
# Types whose objects nobody can change, or can be sent as they are.
FROZEN_TYPES = frozenset(
    (
        *(
            f"builtins.{name}"
            for name in ("bool", "bytes", "complex", "float", "int", "range", "str")
        ),
        *("datetime.date", "datetime.datetime", "datetime.time", "datetime.timedelta"),
        *("datetime.timezone", "decimal.Decimal", "fractions.Fraction", "pathlib.Path"),
        *("pathlib.PurePath", "pathlib.PosixPath", "pathlib.PurePosixPath", "uuid.UUID"),
        *("ipaddress.IPv4Address", "ipaddress.IPv6Address", "builtins.NoneType"),
    )
)
SENT_TYPES = frozenset(
    ("builtins.bytearray", "numpy.ndarray", "pandas.DataFrame", "pandas.Series", "array.array")
)
HOLDERS = frozenset(
    (
        *(f"builtins.{name}" for name in ("dict", "frozenset", "list", "set", "tuple")),
        *(f"typing.{name}" for name in ("Dict", "FrozenSet", "List", "Set", "Tuple", "Sequence")),
        *("collections.abc.Sequence", "collections.deque", "collections.Counter", "typing.Deque"),
        *("collections.OrderedDict", "typing.OrderedDict"),
    )
)
FROZEN_HOLDERS = frozenset(
    ("builtins.tuple", "builtins.frozenset", "typing.Tuple", "typing.FrozenSet")
)


def changes_argument(name: str) -> bool:
    """Whether a function changes its first argument; `list.sort(rows)` does as `rows.sort()` does."""
    kind, _, method = name.rpartition(".")
    of_class = kind.startswith(("builtins.", "collections.")) and method in IN_PLACE
    return of_class or name in _CHANGES_ARGUMENT


def computes_alone(name: str) -> bool:
    """Whether a function of a library depends on its arguments and on nothing that the process keeps."""
    if name.startswith(_KEEPS_STATE):
        return False
    if name.startswith("builtins."):
        return name not in _OF_THE_PROCESS
    parts = name.split(".")
    return any(".".join(parts[:take]) in _FROM_ARGUMENTS for take in (1, 2))


def speaks(name: str) -> bool:
    """Whether a function prints or logs."""
    return name.startswith(_OUTPUT)


def gives_frozen(name: str) -> bool:
    return name in GIVES_FROZEN or name in _FROZEN_NAMES or name.startswith(_FROZEN_MODULES)
