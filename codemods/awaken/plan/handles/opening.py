"""Where a handle is opened, what holds it, and how far it lives."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from itertools import count, islice
from typing import TYPE_CHECKING

from awaken.catalogue.schema import Result
from awaken.detect.blocking import callable_entry
from awaken.detect.finding import Shape
from awaken.plan.names_in_scope import declared_outer, names_bound_by
from awaken.resolve.values import External

if TYPE_CHECKING:
    from collections.abc import Sequence

    from awaken.catalogue.schema import TypeEntry
    from awaken.plan.fix import PlannedFinding, Reason
    from awaken.plan.situation import Situation

_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_LIVES_ON = (Result.HANDLE, Result.CONNECTION, Result.CONTEXT)
# Why a handle was not moved as a whole.
_LEFT = frozenset(
    (
        *("open-handle", "unproven-callee", "leaves-the-block", "context-manager"),
        *("statement-shape", "lazy-result", "loop-api"),
    )
)
# Where the mode stands among the positional arguments; without one they only read.
_MODES = {
    **dict.fromkeys(("builtins.open", "io.open", "codecs.open", "gzip.open", "bz2.open"), 1),
    **dict.fromkeys(("lzma.open", "os.fdopen", "zipfile.ZipFile", "tarfile.open"), 1),
    "pathlib.Path.open": 0,
}
_ITERATED = (ast.For, ast.comprehension, ast.Starred, ast.Attribute)
# Variables for what has no name.
_WORDS = {
    "io.open()": "file",
    "zipfile.ZipFile": "archive",
    "subprocess.Popen": "process",
    "socket.socket": "connection",
    "tempfile.SpooledTemporaryFile": "file",
    "os.popen()": "pipe",
}
# Leaving the `with` does less than closing where one of these is given (Python 3.12).
_KEPT = frozenset(("delete", "delete_on_close"))


@dataclass(frozen=True, slots=True)
class Opening:
    """A call that opens a file, a folder or a process which is used in other statements.

    Attributes:
        situation: the finding: the call.
        kind: what the catalogue says of what is opened.
        closing: the method that closes it.
        entered: the attribute that a `with` on it gives, or None for the object itself.
        settles: whether closing it waits for a call that another thread is in.
        statement: the `with` or the assignment; None where nothing holds what is opened.
        item: the number of the `with` item.
        name: the variable that holds it; empty where there is none.
    """

    situation: Situation
    kind: TypeEntry
    closing: str
    entered: str | None
    settles: bool
    statement: ast.With | ast.Assign | None
    item: int
    name: str

    @property
    def has_target(self) -> bool:
        """Whether the `with` gives it a name, or puts it somewhere."""
        with_ = self.statement if isinstance(self.statement, ast.With) else None
        return with_ is not None and with_.items[self.item].optional_vars is not None

    @property
    def region(self) -> Sequence[ast.stmt]:
        """The statements in which the variable holds the handle."""
        if isinstance(self.statement, ast.With):
            return self.statement.body
        return self.situation.function().body


def is_left(planned: PlannedFinding) -> bool:
    """Whether nothing was done because of what becomes of a handle; what rules out a thread stays out."""
    return planned.best is None and planned.reason is not None and may_be_held(planned.reason)


def may_be_held(reason: Reason) -> bool:
    """Whether what a reason speaks against may be possible once all uses of a handle are known."""
    return reason.code in _LEFT


def opening_of(situation: Situation) -> Opening | None:
    """What a finding opens, where it may be made in one thread and used in another; None where that is not known."""
    finding, node = situation.finding, situation.node
    lives_on = finding.entry.result in _LIVES_ON
    if finding.into or finding.shape is not Shape.CALL or not lives_on:
        return None
    kind = situation.resolver.catalogue.type(finding.entry.returns or "")
    lineage = situation.resolver.catalogue.ancestry(kind.name) if kind else ()
    closing = next((each.closing for each in lineage if each.closing), None)
    parent = situation.tree.parent(node)
    if kind is None or closing is None or _is_used_up(situation, parent):
        return None
    if any(each.affinity or not each.moves for each in lineage):
        return None
    entered = next((each.entered for each in lineage if each.entered), None)
    settles = all(each.settles for each in lineage) and not _is_unbuffered(situation.call)
    statement, item, name = _held_by(situation, parent)
    return Opening(situation, kind, closing, entered, settles, statement, item, name)


def _is_used_up(situation: Situation, parent: ast.AST | None) -> bool:
    """Whether the expression itself works on what is opened, so that opening alone would help little."""
    if isinstance(parent, ast.Call):
        value = situation.callee(parent)
        return isinstance(value, External) and value.name.startswith("builtins.")
    # What is run between fork and exec belongs to the thread that forks (PR_SET_PDEATHSIG).
    forked = any(keyword.arg == "preexec_fn" for keyword in situation.call.keywords)
    return forked or (isinstance(parent, _ITERATED) and not _only_tells(situation, parent))


def _only_tells(situation: Situation, parent: ast.AST | None) -> bool:
    """Whether an attribute is data, or a method that does not block: `requests.get(url, stream=True).headers`."""
    catalogue, kind = situation.resolver.catalogue, situation.finding.entry.returns or ""
    if not isinstance(parent, ast.Attribute):
        return False
    member, data = catalogue.member(kind, parent.attr), catalogue.attribute(kind, parent.attr)
    if data is not None:
        return catalogue.type(data) is None
    return member is not None and not member.blocks


def may_close(opening: Opening) -> bool:
    """Whether calling its closing method is all that leaving the `with` does."""
    given = {keyword.arg for keyword in opening.situation.call.keywords}
    temporary = opening.situation.finding.call.startswith("tempfile.")
    return not temporary or (None not in given and not given & _KEPT)


def is_read_only(opening: Opening) -> bool:
    """Whether nothing can be written to what is opened, as its mode says in the text."""
    situation = opening.situation
    place = _MODES.get(situation.finding.call)
    if place is None:
        return False
    call = situation.call
    if any(keyword.arg is None for keyword in call.keywords):
        return False
    if any(isinstance(each, ast.Starred) for each in call.args):
        return False
    mode = next((each.value for each in call.keywords if each.arg == "mode"), None)
    if mode is None:
        mode = call.args[place] if len(call.args) > place else ast.Constant("r")
    return isinstance(mode, ast.Constant) and not set(str(mode.value)) & set("wax+")


def fresh_name(opening: Opening) -> str:
    """A variable for what the `with` does not give a name: `temporary_directory`."""
    function = opening.situation.function()
    used = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
    used |= {node.arg for node in ast.walk(function) if isinstance(node, ast.arg)}
    used |= set(opening.situation.index.scopes[0].bindings)
    lineage = opening.situation.resolver.catalogue.ancestry(opening.kind.name)
    known = next((_WORDS[each.name] for each in lineage if each.name in _WORDS), "")
    word = known or _WORD_START.sub("_", opening.kind.name.rpartition(".")[2].strip("()")).lower()
    names = (word if number == 1 else f"{word}_{number}" for number in count(1))
    free = (name for name in names if name not in used)
    return next(islice(free, _opened_around(opening), None))


def _opened_around(opening: Opening) -> int:
    """How many items stand around or in front of this one that may take a name of the same kind."""
    situation, statement = opening.situation, opening.statement
    if not isinstance(statement, ast.With):
        return 0
    around = [
        item
        for up in situation.tree.ancestors(statement)
        if isinstance(up, ast.With)
        for item in up.items
    ]
    return sum(_opens(situation, item) for item in [*around, *statement.items[: opening.item]])


def _opens(situation: Situation, item: ast.withitem) -> bool:
    call = item.context_expr
    known = (
        callable_entry(situation.resolver, situation.callee(call))
        if isinstance(call, ast.Call)
        else None
    )
    return known is not None and known.entry.result in _LIVES_ON


def _held_by(
    situation: Situation, parent: ast.AST | None
) -> tuple[ast.With | ast.Assign | None, int, str]:
    outer = situation.tree.parent(parent) if parent is not None else None
    if isinstance(parent, ast.withitem) and isinstance(outer, ast.With):
        target = parent.optional_vars
        name = target.id if isinstance(target, ast.Name) else ""
        return outer, outer.items.index(parent), name
    if isinstance(parent, ast.Assign) and parent.value is situation.node:
        target = parent.targets[0]
        if len(parent.targets) == 1 and isinstance(target, ast.Name):
            return parent, 0, target.id
    return None, 0, ""


def is_bound_once(opening: Opening) -> bool:
    """Whether nothing but the opening binds the variable where it is used."""
    function = opening.situation.function()
    nodes = [node for statement in opening.region for node in ast.walk(statement)]
    bound = [node for node in nodes if opening.name in names_bound_by(node)]
    if isinstance(opening.statement, ast.With):
        return not bound and opening.name not in declared_outer(function)
    arguments = {each.arg for each in ast.walk(function.args) if isinstance(each, ast.arg)}
    return len(bound) == 1 and opening.name not in declared_outer(function) | arguments


def _is_unbuffered(call: ast.Call) -> bool:
    """Whether a call of `open` asks for no buffer, which has the lock."""
    given = next((each.value for each in call.keywords if each.arg == "buffering"), None)
    if given is None and len(call.args) > 2:  # noqa: PLR2004 - open(path, mode, buffering)
        given = call.args[2]
    return given is not None and not (isinstance(given, ast.Constant) and given.value != 0)
