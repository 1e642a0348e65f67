"""A change as a patch: structured hunks for a terminal, and bytes that `git apply` accepts."""

from __future__ import annotations

import os
import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from awaken.apply.change import FileChange

Kind = Literal["context", "removed", "added"]

_SIGNS: Final[dict[Kind, bytes]] = {"context": b" ", "removed": b"-", "added": b"+"}
_NO_NEWLINE: Final = b"\n\\ No newline at end of file\n"
_LINE: Final = re.compile(rb"[^\n]*\n|[^\n]+")  # only \n ends a line for git
_NEEDS_QUOTING: Final = re.compile(rb'[\x00-\x1f"\\\x7f-\xff]')
_NAMED_ESCAPES: Final = {
    b'"': b'\\"', b"\\": b"\\\\", b"\a": b"\\a", b"\b": b"\\b", b"\t": b"\\t",
    b"\n": b"\\n", b"\v": b"\\v", b"\f": b"\\f", b"\r": b"\\r",
}  # fmt: skip

# difflib compares every pair of equal lines: past this many pairs it is too slow to ask.
_DIFFLIB_PAIRS: Final = 40_000
# How far, and over how many equal lines, two sides without a unique line may find together again.
_RESYNC_WINDOW: Final = 60
_RESYNC_LINES: Final = 3


@dataclass(frozen=True, slots=True)
class PatchLine:
    """One line of a hunk.

    Attributes:
        kind: whether the line stays, goes or comes.
        data: its bytes with the newline, which only the last line of a file may lack.
    """

    kind: Kind
    data: bytes

    @property
    def text(self) -> str:
        """The line for people: without its newline, bytes that are not UTF-8 as Latin-1."""
        body = self.data.removesuffix(b"\n").removesuffix(b"\r")
        try:
            return body.decode("utf-8")
        except UnicodeDecodeError:
            return body.decode("latin-1")


@dataclass(frozen=True, slots=True)
class Hunk:
    """Neighbouring changes with their context.

    Attributes:
        old_start: 1-based first line before; the line above when there are none.
        old_lines: number of lines before.
        new_start: 1-based first line after; the line above when there are none.
        new_lines: number of lines after.
        lines: what to show, in order.
    """

    old_start: int
    old_lines: int
    new_start: int
    new_lines: int
    lines: tuple[PatchLine, ...]

    @property
    def header(self) -> str:
        """The `@@ -1,7 +1,8 @@` line, without a newline."""
        old = _span(self.old_start, self.old_lines)
        return f"@@ -{old} +{_span(self.new_start, self.new_lines)} @@"


class _Range(NamedTuple):
    """Lines `low` to `high` before against `new_low` to `new_high` after."""

    low: int
    high: int
    new_low: int
    new_high: int


class _Match(NamedTuple):
    """Equal lines from `start` before and `new_start` after."""

    start: int
    new_start: int
    size: int


def unified_patch(change: FileChange, *, context: int = 3) -> bytes:
    """Return the change as git would print it, or nothing when it changes nothing.

    Args:
        change: the file before and after.
        context: unchanged lines around each change.
    """
    hunks = patch_text(change, context=context)
    if not hunks:
        return b""
    old, new = (_quoted(prefix + os.fsencode(change.relative)) for prefix in (b"a/", b"b/"))
    # git ends a name that holds a space with a tab, so that patch sees where it stops
    tail = b"\t\n" if b" " in old else b"\n"
    parts = [b"diff --git ", old, b" ", new, b"\n--- ", old, tail, b"+++ ", new, tail]
    for hunk in hunks:
        parts += [hunk.header.encode("ascii"), b"\n"]
        parts += [_patch_bytes(line) for line in hunk.lines]
    return b"".join(parts)


def patch_text(change: FileChange, *, context: int = 3) -> list[Hunk]:
    """Return the change as hunks in file order.

    Args:
        change: the file before and after.
        context: unchanged lines around each change.
    """
    old: list[bytes] = _LINE.findall(change.before)
    new: list[bytes] = _LINE.findall(change.after)
    return [_hunk(group, old, new, context) for group in _grouped(_changes(old, new), context)]


def _patch_bytes(line: PatchLine) -> bytes:
    tail = b"" if line.data.endswith(b"\n") else _NO_NEWLINE
    return _SIGNS[line.kind] + line.data + tail


def _span(start: int, lines: int) -> str:
    return str(start) if lines == 1 else f"{start},{lines}"


def _quoted(name: bytes) -> bytes:
    if not _NEEDS_QUOTING.search(name):
        return name
    return b'"' + _NEEDS_QUOTING.sub(_escape, name) + b'"'


def _escape(match: re.Match[bytes]) -> bytes:
    byte: bytes = match.group()
    return _NAMED_ESCAPES.get(byte, b"\\%03o" % byte[0])


def _hunk(changes: list[_Range], old: list[bytes], new: list[bytes], context: int) -> Hunk:
    low = max(changes[0].low - context, 0)
    new_low = changes[0].new_low - (changes[0].low - low)
    high = min(changes[-1].high + context, len(old))
    new_high = changes[-1].new_high + (high - changes[-1].high)
    lines: list[PatchLine] = []
    at = low
    for change in changes:
        lines += [PatchLine("context", line) for line in old[at : change.low]]
        lines += [PatchLine("removed", line) for line in old[change.low : change.high]]
        lines += [PatchLine("added", line) for line in new[change.new_low : change.new_high]]
        at = change.high
    lines += [PatchLine("context", line) for line in old[at:high]]
    return Hunk(
        old_start=low + (high > low),
        old_lines=high - low,
        new_start=new_low + (new_high > new_low),
        new_lines=new_high - new_low,
        lines=tuple(lines),
    )


def _grouped(changes: Iterable[_Range], context: int) -> Iterator[list[_Range]]:
    """Join changes whose context would touch or overlap."""
    group: list[_Range] = []
    for change in changes:
        if group and change.low - group[-1].high > 2 * context:
            yield group
            group = []
        group.append(change)
    if group:
        yield group


def _changes(old: list[bytes], new: list[bytes]) -> Iterator[_Range]:
    """Yield what lies between the equal lines, in order."""
    at = new_at = 0
    for start, new_start, size in [*_equal_lines(old, new), _Match(len(old), len(new), 0)]:
        if start > at or new_start > new_at:
            yield _Range(at, start, new_at, new_start)
        at, new_at = start + size, new_start + size


def _equal_lines(old: list[bytes], new: list[bytes]) -> list[_Match]:
    """Pair up equal lines, in order.

    difflib alone is quadratic, and its shortcut for long inputs (`autojunk`) no longer sees the
    lines that occur often. So the two sides are first cut at the lines that are unique on both
    (a patience diff), and only the short rest is left to difflib.
    """
    found: list[_Match] = []
    waiting = [_Range(0, len(old), 0, len(new))]
    while waiting:
        whole = waiting.pop()
        middle = _trimmed(whole, old, new)
        before = middle.low - whole.low
        found.append(_Match(whole.low, whole.new_low, before))
        found.append(_Match(middle.high, middle.new_high, whole.high - middle.high))
        if middle.low == middle.high or middle.new_low == middle.new_high:
            continue
        anchors = _anchors(middle, old, new)
        if anchors:
            waiting.extend(_between(anchors, middle))
        else:
            found.extend(_without_anchors(middle, old, new))
    return sorted(match for match in found if match.size)


def _trimmed(whole: _Range, old: list[bytes], new: list[bytes]) -> _Range:
    """Leave out the lines that are equal at both ends."""
    low, high, new_low, new_high = _trimmed_front(whole, old, new)
    while low < high and new_low < new_high and old[high - 1] == new[new_high - 1]:
        high, new_high = high - 1, new_high - 1
    return _Range(low, high, new_low, new_high)


def _trimmed_front(rest: _Range, old: list[bytes], new: list[bytes]) -> _Range:
    low, high, new_low, new_high = rest
    while low < high and new_low < new_high and old[low] == new[new_low]:
        low, new_low = low + 1, new_low + 1
    return _Range(low, high, new_low, new_high)


def _anchors(middle: _Range, old: list[bytes], new: list[bytes]) -> list[tuple[int, int]]:
    """Return the longest run of lines, unique on both sides, that keeps its order."""
    count = Counter(old[middle.low : middle.high])
    new_count = Counter(new[middle.new_low : middle.new_high])
    places = {new[at]: at for at in range(middle.new_low, middle.new_high)}
    pairs = [
        (at, places[old[at]])
        for at in range(middle.low, middle.high)
        if count[old[at]] == 1 and new_count[old[at]] == 1
    ]
    return _longest_rising(pairs)


def _longest_rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest subsequence of pairs whose second members rise (patience sorting)."""
    tops: list[int] = []  # smallest last member of a rising run of each length
    top_pairs: list[int] = []
    previous: list[int | None] = []
    for at, (_, value) in enumerate(pairs):
        pile = bisect_left(tops, value)
        previous.append(top_pairs[pile - 1] if pile else None)
        tops[pile : pile + 1] = [value]
        top_pairs[pile : pile + 1] = [at]
    run: list[tuple[int, int]] = []
    link = top_pairs[-1] if top_pairs else None
    while link is not None:
        run.append(pairs[link])
        link = previous[link]
    return run[::-1]


def _between(anchors: list[tuple[int, int]], middle: _Range) -> Iterator[_Range]:
    """Cut a range at its anchors; each piece begins with the anchor, which trimming then takes."""
    ends = [(middle.low, middle.new_low), *anchors, (middle.high, middle.new_high)]
    for (low, new_low), (high, new_high) in pairwise(ends):
        yield _Range(low, high, new_low, new_high)


def _without_anchors(middle: _Range, old: list[bytes], new: list[bytes]) -> list[_Match]:
    low, high, new_low, new_high = middle
    if (high - low) * (new_high - new_low) > _DIFFLIB_PAIRS:
        return list(_resynchronised(middle, old, new))
    matcher = SequenceMatcher(None, old[low:high], new[new_low:new_high], autojunk=False)
    return [
        _Match(low + block.a, new_low + block.b, block.size)
        for block in matcher.get_matching_blocks()
    ]


def _resynchronised(middle: _Range, old: list[bytes], new: list[bytes]) -> Iterator[_Match]:
    """Pair up long repetitive stretches: go on together, and step apart as little as possible."""
    low, high, new_low, new_high = middle
    while low < high and new_low < new_high:
        rest = _Range(low, high, new_low, new_high)
        step = _nearest_meeting(rest, old, new)
        if step is None:
            return
        rest = _Range(low + step[0], high, new_low + step[1], new_high)
        low, _, new_low, _ = _trimmed_front(rest, old, new)
        yield _Match(rest.low, rest.new_low, low - rest.low)


def _steps() -> Iterator[tuple[int, int]]:
    """Yield how many lines to pass over on each side, nearest first, the same on both first."""
    for far in range(_RESYNC_WINDOW):
        yield far, far
        for near in range(far - 1, -1, -1):
            yield near, far
            yield far, near


_STEPS: Final = tuple(_steps())


def _nearest_meeting(rest: _Range, old: list[bytes], new: list[bytes]) -> tuple[int, int] | None:
    for step, new_step in _STEPS:
        low, new_low = rest.low + step, rest.new_low + new_step
        if low >= rest.high or new_low >= rest.new_high or old[low] != new[new_low]:
            continue
        here = old[low : min(low + _RESYNC_LINES, rest.high)]
        if here == new[new_low : min(new_low + _RESYNC_LINES, rest.new_high)]:
            return step, new_step
    return None
