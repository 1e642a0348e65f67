"""The diff for people: above each hunk stands what it answers."""

from __future__ import annotations

from typing import Any

from awaken.detect.finding import Link
from awaken.plan.fix import ChangeGroup, PlannedFinding, Reason
from awaken_cli.render.patch import terminal_diff

LONG = (
    "import time\n\n\nasync def poll():\n    time.sleep(1)\n"
    + "    pass\n" * 20
    + "    time.sleep(2)"
)
AFTER = LONG.replace("time", "asyncio").replace("asyncio.sleep", "await asyncio.sleep")


def shown(built: Any, *planned: PlannedFinding, groups: tuple[ChangeGroup, ...]) -> list[str]:
    analysis = built.analysis(built.plan(*planned, text=LONG))
    rewritten = built.rewrite(AFTER, *groups, before=LONG)
    return [line.plain for line in terminal_diff(analysis, rewritten)]


def test_each_finding_stands_above_the_hunk_that_answers_it(built: Any) -> None:
    first, second = built.finding(5), built.finding(26, function="app.late")
    lines = shown(
        built,
        PlannedFinding(first, built.fix()),
        PlannedFinding(second, built.fix()),
        groups=(built.group(first, 1), built.group(second, 2)),
    )
    hunks = [number for number, line in enumerate(lines) if line.startswith("@@")]
    assert len(hunks) == 2
    evidence = "# sleep in {}: `time.sleep` blocks the event loop inside `poll`"
    assert lines.index(evidence.format("app.poll")) < hunks[0]
    assert hunks[0] < lines.index(evidence.format("app.late")) < hunks[1]
    assert lines[0] == "app.py"


def test_chain_fix_difference_and_reason_are_named(built: Any) -> None:
    chain = (Link("app.py", 5, "app.poll"), Link("lib.py", 9, "lib.wait"))
    finding = built.finding(5, chain=chain)
    difference = Reason("check-then-act", "another task may act")
    group = ChangeGroup("app.py:1", "app.py", built.fix(difference), (finding,))
    planned = PlannedFinding(finding, None, built.fix(difference), Reason("session", "is shared"))
    lines = shown(built, planned, groups=(group,))
    headline = lines.index("# sleep in app.poll: `time.sleep` blocks the event loop inside `poll`")
    assert lines[headline + 1 : headline + 3] == [
        "#   app.py:5  app.poll calls lib.wait",
        "#   lib.py:9  lib.wait calls time.sleep",
    ]
    assert "#   awaits asyncio.sleep [native, unsafe]" in lines
    assert "#   differs (check-then-act): another task may act" in lines
    assert "#   because (session): is shared" in lines


def test_removed_added_and_missing_newline_are_marked_by_signs_and_not_by_colour(
    built: Any,
) -> None:
    finding = built.finding(5)
    lines = shown(built, PlannedFinding(finding), groups=(built.group(finding, 1),))
    assert "-    time.sleep(1)" in lines
    assert "+    await asyncio.sleep(1)" in lines
    assert lines.count("\\ No newline at end of file") == 2


def test_source_lines_cannot_command_the_terminal(built: Any) -> None:
    finding = built.finding(5)
    analysis = built.analysis(built.plan(PlannedFinding(finding)))
    before = "x = '\x1b[2J'\n"
    rewritten = built.rewrite(before + "y = 1\n", built.group(finding, 1), before=before)
    assert not any("\x1b" in line.plain for line in terminal_diff(analysis, rewritten))
