"""The patch that is shown applies with git and with patch, byte for byte."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from awaken.apply.change import FileChange
from awaken.show.patch import Hunk, PatchLine, patch_text, unified_patch

BASE = b"import time\n\n\ndef first():\n    time.sleep(1)\n\n\ndef second():\n    pass\n"
EDITED = BASE.replace(b"time.sleep(1)", b"await asyncio.sleep(1)")
MANY = b"".join(b"line %d\n" % number for number in range(60))
MANY_EDITED = b"new\n" + MANY.replace(b"line 30\n", b"").replace(b"line 58\n", b"58\nand more\n")

CONTENTS = {
    "plain": (BASE, EDITED),
    "several hunks": (MANY, MANY_EDITED),
    "CRLF": (BASE.replace(b"\n", b"\r\n"), EDITED.replace(b"\n", b"\r\n")),
    "mixed newlines": (b"a\r\nb\nc\r\nd\n", b"a\r\nB\nC\r\nd\n"),
    "only the newlines change": (b"a\r\nb\r\n", b"a\nb\r\n"),
    "no newline at the end before": (BASE.rstrip(b"\n"), EDITED),
    "no newline at the end after": (BASE, EDITED.rstrip(b"\n")),
    "no newline at the end on both sides, last line kept": (BASE[:-1], EDITED[:-1]),
    "no newline at the end on both sides, last line changed": (b"a\nb", b"a\nc"),
    "only the last newline goes": (b"a\nb\n", b"a\nb"),
    "byte-order mark": (b"\xef\xbb\xbf" + BASE, b"\xef\xbb\xbf" + EDITED),
    "byte-order mark on the changed line": (b"\xef\xbb\xbfa\nb\n", b"\xef\xbb\xbfc\nb\n"),
    "latin-1": (b"# coding: latin-1\n# \xe9\nx = 1\n", b"# coding: latin-1\n# \xe8\nx = 2\n"),
    "form feed": (b"a\n\x0c\nb\n", b"a\n\x0c\nc\n"),
    "other separators in a line": (b"a\x0cb\x0bc\x1cd\n", b"a\x0cb\x0bc\x1ce\n"),
    "line separator": ("a = '\u2028\x85'\nb\n".encode(), "a = '\u2028\x85'\nc\n".encode()),
    "lone CR": (b"a\rb\rc\n", b"a\rB\rc\n"),
    "lone CR at the end": (b"x = 1\ry = 2\r", b"x = 1\ry = 3\r"),
    "an empty file gains lines": (b"", b"a\nb\n"),
    "all lines go": (b"a\nb\n", b""),
    "lines that look like a patch": (b"--- a/x\n+++ b/x\n@@ -1 +1 @@\n", b"-- a/x\n+++ b/x\n"),
}  # fmt: skip

NAMES = [
    "plain.py",
    "sub/folder/module.py",
    "with space.py",
    "sub folder/module.py",
    "ünï.py",
    "ünï with space.py",
    "tab\there.py",
    'quo"te.py',
    "back\\slash.py",
    "new\nline.py",
    "bell\a\b\v\f\r\x01\x7f.py",
]


def changed(before: bytes, after: bytes, name: str = "module.py") -> FileChange:
    return FileChange(Path("/project") / name, name, before, after)


def clean_environment() -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    return {**kept, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}


def run(command: list[str], folder: Path, feed: bytes = b"") -> bytes:
    done = subprocess.run(
        command,
        cwd=folder,
        env={**clean_environment(), "GIT_CEILING_DIRECTORIES": str(folder.parent)},
        input=feed,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return done.stdout


APPLY = {
    "git apply": ["git", "apply"],
    "patch -p1": ["patch", "-p1", "--silent"],
}


def applied(change: FileChange, folder: Path, command: list[str]) -> bytes:
    target = folder / change.relative
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(change.before)
    run(command, folder, unified_patch(change))
    # without an extended "deleted file" header git and patch keep a file they emptied
    return target.read_bytes()


@pytest.fixture(params=[*APPLY.values()], ids=[*APPLY])
def command(request: pytest.FixtureRequest) -> list[str]:
    found: list[str] = request.param
    if shutil.which(found[0]) is None:
        pytest.skip(f"{found[0]} is not installed")
    return found


@pytest.mark.parametrize(("before", "after"), CONTENTS.values(), ids=CONTENTS.keys())
def test_the_patch_applies_and_gives_the_new_bytes(
    before: bytes, after: bytes, command: list[str], tmp_path: Path
) -> None:
    assert applied(changed(before, after), tmp_path, command) == after


@pytest.mark.parametrize("name", NAMES)
def test_the_patch_applies_to_a_file_of_an_odd_name(
    name: str, command: list[str], tmp_path: Path
) -> None:
    assert applied(changed(BASE, EDITED, name), tmp_path, command) == EDITED


def test_a_name_that_is_not_utf8_is_written_as_its_bytes(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.py")
    assert applied(changed(BASE, EDITED, name), tmp_path, APPLY["git apply"]) == EDITED


def test_names_are_spelled_exactly_as_git_spells_them(tmp_path: Path) -> None:
    run(["git", "init", "--quiet"], tmp_path)
    for name in NAMES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(BASE)
    run(["git", "add", "--all"], tmp_path)
    for name in NAMES:
        (tmp_path / name).write_bytes(EDITED)
        theirs = run(["git", "diff", "--no-ext-diff", "--", name], tmp_path).split(b"\n@@")[0]
        ours = unified_patch(changed(BASE, EDITED, name)).split(b"\n@@")[0]
        with_index_line = [line for line in theirs.split(b"\n") if not line.startswith(b"index ")]
        assert ours.split(b"\n") == with_index_line


def test_a_change_that_changes_nothing_is_no_patch() -> None:
    assert unified_patch(changed(BASE, BASE)) == b""
    assert patch_text(changed(BASE, BASE)) == []


def test_hunks_carry_what_a_terminal_needs() -> None:
    assert patch_text(changed(b"a\nb\nc", b"a\nx\nc"), context=1) == [
        Hunk(
            old_start=1,
            old_lines=3,
            new_start=1,
            new_lines=3,
            lines=(
                PatchLine("context", b"a\n"),
                PatchLine("removed", b"b\n"),
                PatchLine("added", b"x\n"),
                PatchLine("context", b"c"),
            ),
        )
    ]


def test_an_empty_side_starts_at_line_zero() -> None:
    assert [hunk.header for hunk in patch_text(changed(b"", b"a\nb\n"))] == ["@@ -0,0 +1,2 @@"]
    assert [hunk.header for hunk in patch_text(changed(b"a\n", b""))] == ["@@ -1 +0,0 @@"]


def test_changes_further_apart_than_their_context_are_separate_hunks() -> None:
    before = [b"%d\n" % number for number in range(20)]
    after = [b"x\n" if number in {5, 12} else line for number, line in enumerate(before)]
    near, far = (
        patch_text(changed(b"".join(before), b"".join(after)), context=lines) for lines in (3, 2)
    )
    assert [hunk.header for hunk in near] == ["@@ -3,14 +3,14 @@"]
    assert [hunk.header for hunk in far] == ["@@ -4,5 +4,5 @@", "@@ -11,5 +11,5 @@"]


@pytest.mark.parametrize(
    ("data", "text"),
    [(b"caf\xc3\xa9\r\n", "café"), (b"caf\xe9\n", "café"), (b"end", "end")],
    ids=["UTF-8 with CRLF", "latin-1", "no newline"],
)
def test_a_line_is_decoded_for_people(data: bytes, text: str) -> None:
    assert PatchLine("context", data).text == text


def count_changed_lines(before: list[bytes], after: list[bytes]) -> int:
    hunks = patch_text(changed(b"".join(before), b"".join(after)))
    return sum(line.kind != "context" for hunk in hunks for line in hunk.lines)


@pytest.mark.parametrize("period", [1, 5, 4_000], ids=["one line", "five lines", "no repetition"])
def test_many_edits_in_a_long_repetitive_file_touch_only_the_edited_lines(period: int) -> None:
    before = [b"line %d\n" % (number % period) for number in range(4_000)]
    after = [b"new\n" if number % 10 == 7 else line for number, line in enumerate(before)]
    assert count_changed_lines(before, [b"import asyncio\n", *after]) <= 1 + 2 * 400


def test_lines_that_moved_keep_the_longest_run_in_place() -> None:
    before = [b"%d\n" % number for number in range(300)]
    after = [*before[200:], *before[:200]]
    assert count_changed_lines(before, after) == 2 * 100


def test_lines_that_occur_often_still_count_as_equal() -> None:
    before = [b"a\n", b"b\n", b"c\n"] * 30
    after = [b"a\n", b"b\n", b"c\n", b"x\n"] * 60
    assert count_changed_lines(before, after) == len(after) - len(before)


LINES = st.lists(st.sampled_from([b"a", b"b", b"", b"\r", b"\x0c", b"\xff", b"+a", b"-b"]))


@settings(max_examples=25, deadline=None)
@given(before=LINES, after=LINES, tails=st.tuples(st.booleans(), st.booleans()))
def test_any_change_applies_with_git(
    before: list[bytes], after: list[bytes], tails: tuple[bool, bool]
) -> None:
    old, new = (
        b"\n".join(lines) + b"\n" * tail for lines, tail in zip((before, after), tails, strict=True)
    )
    if old == new:
        return
    with tempfile.TemporaryDirectory() as folder:
        assert applied(changed(old, new), Path(folder), APPLY["git apply"]) == new


def rebuilt(before: bytes, hunks: list[Hunk]) -> bytes:
    lines = before.split(b"\n")
    lines = [line + b"\n" for line in lines[:-1]] + [lines[-1]] * bool(lines[-1])
    for hunk in reversed(hunks):
        start = hunk.old_start - (hunk.old_lines > 0)
        kept = [line.data for line in hunk.lines if line.kind != "removed"]
        gone = [line.data for line in hunk.lines if line.kind != "added"]
        assert lines[start : start + hunk.old_lines] == gone
        lines[start : start + hunk.old_lines] = kept
    return b"".join(lines)


LONG = st.lists(st.sampled_from([b"a\n", b"b\n", b"c\n", b"\n"]), max_size=40).map(b"".join)


@settings(max_examples=150, deadline=None)
@given(pieces=st.lists(st.tuples(LONG, st.integers(1, 12), LONG, LONG), max_size=4))
def test_hunks_lead_from_the_old_bytes_to_the_new_ones(
    pieces: list[tuple[bytes, int, bytes, bytes]],
) -> None:
    old = b"".join(same * times + gone for same, times, gone, _ in pieces)
    new = b"".join(same * times + come for same, times, _, come in pieces)
    assert rebuilt(old, patch_text(changed(old, new))) == new
