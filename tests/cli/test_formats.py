"""What each output format says about the same findings."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from awaken.catalogue.schema import Entry, Severity
from awaken.detect.finding import Link
from awaken.ledger import Ledger, Outcome, Record
from awaken.plan.fix import PlannedFinding, Reason, Spot, Strategy
from awaken.plan.reasons import at_places
from awaken.rules import RULES
from awaken.syntax.positions import Place
from awaken_cli.render import github, sarif, text
from awaken_cli.render import json as json_format
from awaken_cli.render.report import Report, report_of

WINDOW = Reason("check-then-act", "another task may act in between")
HELD = Reason("lock-held", "a lock is held here")
SOURCE = 'import time\n\n\nasync def poll():\n    "ä"; time.sleep(1)\n    time.sleep(2)\n'


@pytest.fixture
def report(built: Any) -> Report:
    """One finding with both fixes and a chain behind an umlaut, one without a fix, one error."""
    chain = (Link("app.py", 5, "app.poll"), Link("lib/x.py", 9, "lib.x.wait"))
    place = Place(5, 10, 5, 23)
    both = PlannedFinding(
        built.finding(place=place, chain=chain),
        built.fix(strategy=Strategy.THREAD),
        built.fix(WINDOW),
    )
    entry = Entry("time.sleep", "sleep", Severity.MEDIUM)
    refused = PlannedFinding(built.finding(6, entry=entry), reason=HELD)
    ledger = Ledger()
    ledger.enter(Record("app.py", Outcome.UNCHANGED))
    ledger.enter(Record("bad: 1,2%.py", Outcome.FAILED, "syntax", "invalid\nsyntax", 3))
    ledger.enter(Record("venv", Outcome.SKIPPED, "virtual-environment", "not this project's"))
    return report_of(built.analysis(built.plan(both, refused, text=SOURCE), ledger=ledger))


def plain(lines: Any) -> str:
    return "\n".join(line.plain for line in lines)


def test_json_carries_every_promised_field(report: Report) -> None:
    document = json.loads(json_format.render(report))
    assert document["version"] == 1
    assert document["summary"] == {
        "files": 2, "findings": 2, "fixable": 1, "unsafe": 0, "unfixable": 1,
    }  # fmt: skip
    assert document["errors"] == [{"path": "bad: 1,2%.py", "line": 3, "message": "invalid\nsyntax"}]
    assert document["findings"][0] == {
        "rule": "sleep",
        "ruff": "ASYNC251",
        "severity": "high",
        "path": "app.py",
        "line": 5,
        "column": 10,
        "end_line": 5,
        "end_column": 23,
        "function": "app.poll",
        "call": "time.sleep",
        "message": "`time.sleep` blocks the event loop inside `poll`",
        "chain": [
            {"path": "app.py", "line": 5, "function": "app.poll"},
            {"path": "lib/x.py", "line": 9, "function": "lib.x.wait"},
        ],
        "fix": {
            "strategy": "thread",
            "applicability": "safe",
            "description": "awaits asyncio.sleep",
        },
        "unsafe_fix": {
            "strategy": "native",
            "applicability": "unsafe",
            "description": "awaits asyncio.sleep",
        },
        "reason": None,
    }


def test_json_says_null_where_there_is_no_fix_and_no_code(report: Report) -> None:
    refused = json.loads(json_format.render(report))["findings"][1]
    assert (refused["fix"], refused["unsafe_fix"], refused["ruff"]) == (None, None, None)
    assert refused["reason"] == {"code": "lock-held", "message": "a lock is held here"}


def test_an_only_unsafe_fix_is_the_fix_and_is_counted_as_unsafe(built: Any) -> None:
    planned = PlannedFinding(built.finding(), None, built.fix(WINDOW), WINDOW)
    document = json.loads(json_format.render(report_of(built.analysis(built.plan(planned)))))
    found = document["findings"][0]
    assert found["fix"]["applicability"] == "unsafe"
    assert found["unsafe_fix"] is None
    assert found["reason"]["code"] == "check-then-act"
    assert document["summary"]["unsafe"] == 1


def test_columns_count_characters_and_not_bytes(report: Report) -> None:
    # the umlaut before the call is two bytes, but one character
    assert (report.findings[0].column, report.findings[0].end_column) == (10, 23)
    assert SOURCE.splitlines()[4][9:22] == "time.sleep(1)"


def test_text_shows_place_rule_severity_chain_and_both_fixes(report: Report) -> None:
    assert plain(text.render(report)) == (
        "app.py:5:10 sleep high `time.sleep` blocks the event loop inside `poll`\n"
        "    app.py:5    app.poll calls lib.x.wait\n"
        "    lib/x.py:9  lib.x.wait calls time.sleep\n"
        "    fix: awaits asyncio.sleep [thread, safe]\n"
        "    unsafe fix: awaits asyncio.sleep [native, unsafe];"
        " differs (check-then-act): another task may act in between\n"
        "app.py:6:5 sleep medium `time.sleep` blocks the event loop inside `poll`\n"
        "    no fix (lock-held): a lock is held here"
    )


def test_text_summary_names_numbers_rules_errors_and_what_to_do_next(report: Report) -> None:
    lines = plain(text.summary(report, verbose=False))
    assert "2 findings in 2 files: 2 sleep." in lines
    assert "1 fixable, 0 only with --unsafe-fixes, 1 without a fix." in lines
    assert "1 path could not be handled" in lines
    assert "1 skipped: 1 virtual-environment (--verbose names them)." in lines
    assert "awaken apply" in lines


def test_verbose_names_each_skipped_file_with_its_reason(report: Report) -> None:
    assert "skipped venv: not this project's" in plain(text.summary(report, verbose=True))


def test_no_control_character_of_a_file_name_reaches_the_terminal(built: Any) -> None:
    ledger = Ledger()
    ledger.enter(Record("a\x1b[2Jb\nc.py", Outcome.FAILED, "x", "bad \x1b]0;title\x07"))
    shown = plain(text.errors(report_of(built.analysis(ledger=ledger))))
    assert "\x1b" not in shown
    assert "a\\x1b[2Jb\\x0ac.py" in shown


def test_paths_of_text_output_count_from_the_working_directory(
    report: Report, built: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (built.root / "sub").mkdir()
    monkeypatch.chdir(built.root / "sub")
    shown = plain(text.render(report))
    assert shown.startswith("../app.py:5:10 ")
    assert "    ../app.py:5    app.poll calls lib.x.wait\n" in shown
    assert "    ../lib/x.py:9  lib.x.wait calls time.sleep\n" in shown


def test_a_direct_call_has_no_chain_to_show(built: Any) -> None:
    planned = PlannedFinding(built.finding(), built.fix())
    report = report_of(built.analysis(built.plan(planned)))
    assert plain(text.render(report)) == (
        "app.py:5:5 sleep high `time.sleep` blocks the event loop inside `poll`\n"
        "    fix: awaits asyncio.sleep [native, safe]"
    )


def test_the_end_that_two_chains_share_is_told_once(built: Any) -> None:
    end = (Link("lib/x.py", 9, "lib.x.wait"), Link("lib/y.py", 3, "lib.y.nap"))
    chains = [(Link("app.py", number, "app.poll"), *end) for number in (5, 6)]
    planned = [PlannedFinding(built.finding(chain[0].line, chain=chain)) for chain in chains]
    shown = plain(text.render(report_of(built.analysis(built.plan(*planned))))).splitlines()
    assert shown[1:4] == [
        "    app.py:5    app.poll calls lib.x.wait",
        "    lib/x.py:9  lib.x.wait calls lib.y.nap",
        "    lib/y.py:3  lib.y.nap calls time.sleep",
    ]
    assert shown[6:8] == [
        "    app.py:6    app.poll calls lib.x.wait",
        "    and from there as for app.py:5",
    ]


def test_the_summary_names_the_call_that_most_unfixed_findings_end_at(built: Any) -> None:
    end = Link("lib/x.py", 9, "lib.x.wait")
    chains = [(Link("app.py", number, "app.poll"), end) for number in range(5, 10)]
    planned = [PlannedFinding(built.finding(chain[0].line, chain=chain)) for chain in chains]
    source = "import time\n" * 12
    many = report_of(built.analysis(built.plan(*planned, text=source)))
    few = report_of(built.analysis(built.plan(*planned[:4], text=source)))
    told = "5 without a fix end at one call: `time.sleep` in lib/x.py:9"
    assert told in plain(text.summary(many, verbose=False))
    assert "end at one call" not in plain(text.summary(few, verbose=False))


def test_github_annotations_escape_what_would_end_them(report: Report) -> None:
    lines = list(github.render(report))
    assert len(lines) == 3
    assert lines[0].startswith(
        "::warning title=awaken (sleep),file=app.py,line=5,col=10,endLine=5,endColumn=23::"
    )
    assert (
        "%0Aapp.py:5    app.poll calls lib.x.wait%0Alib/x.py:9  lib.x.wait calls time.sleep%0Afix: "
    ) in lines[0]
    assert lines[2] == (
        "::error title=awaken (error),file=bad%3A 1%2C2%25.py,line=3::invalid%0Asyntax"
    )
    assert not any("\n" in line for line in lines)


def test_github_paths_count_from_the_checkout(
    report: Report, built: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_WORKSPACE", str(built.root.parent))
    first = next(iter(github.render(report)))
    assert f"file={built.root.name}/app.py," in first
    assert f"%0A{built.root.name}/lib/x.py:9  lib.x.wait calls" in first


def test_sarif_has_what_the_standard_requires_and_carries_the_same(report: Report) -> None:
    log = json.loads(sarif.render(report))
    assert log["version"] == "2.1.0"
    (ran,) = log["runs"]
    assert [rule["id"] for rule in ran["tool"]["driver"]["rules"]] == list(RULES)
    first, second = ran["results"]
    assert first["ruleId"] == "sleep"
    assert ran["tool"]["driver"]["rules"][first["ruleIndex"]]["id"] == "sleep"
    assert (first["level"], second["level"]) == ("error", "warning")
    physical = first["locations"][0]["physicalLocation"]
    assert physical == {
        "artifactLocation": {"uri": "app.py"},
        "region": {"startLine": 5, "startColumn": 10, "endLine": 5, "endColumn": 23},
    }
    steps = first["codeFlows"][0]["threadFlows"][0]["locations"]
    assert [step["location"]["message"]["text"] for step in steps] == [
        "app.poll calls lib.x.wait",
        "lib.x.wait calls time.sleep",
    ]
    assert [step["nestingLevel"] for step in steps] == [0, 1]
    assert steps[1]["location"]["physicalLocation"] == {
        "artifactLocation": {"uri": "lib/x.py"},
        "region": {"startLine": 9},
    }
    assert first["properties"]["unsafe_fix"]["strategy"] == "native"
    assert second["properties"]["reason"]["code"] == "lock-held"
    assert ran["columnKind"] == "unicodeCodePoints"


def test_sarif_reports_files_that_could_not_be_handled(report: Report) -> None:
    (invocation,) = json.loads(sarif.render(report))["runs"][0]["invocations"]
    assert invocation["executionSuccessful"] is False
    (notification,) = invocation["toolExecutionNotifications"]
    physical = notification["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"]["uri"] == "bad%3A%201%2C2%25.py"
    assert physical["region"] == {"startLine": 3}


def test_a_path_that_is_no_utf8_survives_every_format(built: Any) -> None:
    name = b"caf\xe9.py".decode("utf-8", "surrogateescape")
    finding = built.finding(path=name, chain=(Link(name, 5, "f"),))
    plan = built.plan(PlannedFinding(finding, built.fix()))
    report = report_of(built.analysis(plan))
    assert json.loads(json_format.render(report))["findings"][0]["path"] == name
    assert '"uri": "caf%E9.py"' in sarif.render(report)
    assert len(list(github.render(report))) == 1
    assert name in plain(text.render(report))


def test_the_summary_parts_add_up(report: Report) -> None:
    numbers = dataclasses.asdict(report.summary)
    assert numbers["findings"] == numbers["fixable"] + numbers["unsafe"] + numbers["unfixable"]


def test_what_else_has_to_be_looked_at_is_listed_with_its_lines(built: Any) -> None:
    replaced = at_places("patched-in-tests", [Spot(f"tests/t{n}.py", n) for n in range(1, 6)])
    planned = PlannedFinding(built.finding(), built.fix(), built.fix(replaced), replaced)
    report = report_of(built.analysis(built.plan(planned)))
    (found,) = json.loads(json_format.render(report))["findings"]
    (result,) = json.loads(sarif.render(report))["runs"][0]["results"]

    assert found["reason"]["places"][3:] == [
        {"path": "tests/t4.py", "line": 4},
        {"path": "tests/t5.py", "line": 5},
    ]
    assert len(result["relatedLocations"]) == 5
    assert result["relatedLocations"][0]["physicalLocation"]["region"] == {"startLine": 1}
    assert "tests/t1.py:1, tests/t2.py:2, tests/t3.py:3 and 2 more: tests" in plain(
        text.render(report)
    )
