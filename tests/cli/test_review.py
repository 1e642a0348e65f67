"""Reviewing change groups one by one: what each answer accepts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from awaken.plan.fix import ChangeGroup, PlannedFinding
from awaken_cli import proposal, review

if TYPE_CHECKING:
    from awaken.engine import Analysis, FilePlan, FileRewrite

Answer = Callable[..., "frozenset[str]"]


@pytest.fixture
def answer(built: Any, monkeypatch: pytest.MonkeyPatch) -> Answer:
    """Review three groups of a.py (sleep, http, sleep) and two of b.py (sleep, http)."""
    rules = {"a.py": ("sleep", "http", "sleep"), "b.py": ("sleep", "http")}

    def with_answers(
        *answers: str | None, needs: dict[str, tuple[str, ...]] | None = None
    ) -> frozenset[str]:
        plans: list[FilePlan] = []
        groups: dict[str, tuple[ChangeGroup, ...]] = {}
        for path, names in rules.items():
            findings = [
                built.finding(number, rule=rule, path=path) for number, rule in enumerate(names, 1)
            ]
            groups[path] = tuple(
                built.group(finding, number, (needs or {}).get(f"{path}:{number}", ()))
                for number, finding in enumerate(findings, 1)
            )
            plans.append(built.plan(*(PlannedFinding(f) for f in findings), path=path))

        given: Iterator[str | None] = iter(answers)
        monkeypatch.setattr(review, "ask", lambda _question: next(given))
        monkeypatch.setattr(
            review,
            "groups_of",
            lambda plan, unsafe: groups[plan.source.relative],  # noqa: ARG005
        )
        monkeypatch.setattr(proposal, "rewrite", _rewrite(built))
        accepted = review.reviewed(built.analysis(*plans), unsafe=False)
        assert next(given, "all were asked") == "all were asked"
        return accepted

    return with_answers


def _rewrite(built: Any) -> Callable[..., FileRewrite]:
    def rewrite(_: Analysis, __: FilePlan, groups: Collection[ChangeGroup]) -> FileRewrite:
        after = "".join(f"changed {group.id}\n" for group in groups)
        rewritten: FileRewrite = built.rewrite(after, *groups)
        return rewritten

    return rewrite


ALL = frozenset({"a.py:1", "a.py:2", "a.py:3", "b.py:1", "b.py:2"})


def test_enter_and_n_leave_everything_alone(answer: Answer) -> None:
    assert answer("", "n", "no", "", "n") == frozenset()


def test_y_accepts_one_group(answer: Answer) -> None:
    assert answer("n", "y", "n", "n", "yes") == {"a.py:2", "b.py:2"}


def test_a_accepts_this_and_all_later_groups_of_the_rule_in_every_file(answer: Answer) -> None:
    assert answer("a", "n", "n") == {"a.py:1", "a.py:3", "b.py:1"}


def test_a_does_not_bring_back_what_was_refused_before(answer: Answer) -> None:
    assert answer("n", "n", "a", "n") == {"a.py:3", "b.py:1"}


def test_d_leaves_the_rest_of_the_file_and_keeps_what_was_accepted(answer: Answer) -> None:
    assert answer("y", "d", "y", "n") == {"a.py:1", "b.py:1"}


def test_q_keeps_what_was_accepted_and_asks_no_more(answer: Answer) -> None:
    assert answer("y", "n", "q") == {"a.py:1"}


def test_q_also_ends_what_a_would_accept_later(answer: Answer) -> None:
    assert answer("a", "q") == {"a.py:1"}


def test_the_end_of_input_is_like_q(answer: Answer) -> None:
    assert answer("y", None) == {"a.py:1"}


@pytest.mark.parametrize("unclear", ["?", "maybe", "Y?"])
def test_help_is_shown_and_the_question_asked_again(
    answer: Answer, capsys: pytest.CaptureFixture[str], unclear: str
) -> None:
    assert answer(unclear, "y", "q") == {"a.py:1"}
    assert "q  stop asking" in capsys.readouterr().err


def test_a_group_pulls_in_what_it_needs_also_in_other_files(answer: Answer) -> None:
    needs = {"a.py:1": ("a.py:3",), "a.py:3": ("b.py:2",), "b.py:2": ("a.py:1",)}
    assert answer("y", "n", "n", needs=needs) == {"a.py:1", "a.py:3", "b.py:2"}


def test_a_needed_group_is_written_even_if_it_was_refused_alone(answer: Answer) -> None:
    assert answer("n", "n", "y", "n", "n", needs={"a.py:3": ("a.py:1",)}) == {"a.py:1", "a.py:3"}


def test_the_diff_of_one_group_shows_that_group_and_what_it_needs_alone(
    answer: Answer, capsys: pytest.CaptureFixture[str]
) -> None:
    answer("q", needs={"a.py:1": ("a.py:3",)})
    shown = capsys.readouterr().out
    assert "changed a.py:1" in shown
    assert "changed a.py:3" in shown
    assert "changed a.py:2" not in shown


def test_every_group_is_reachable_with_yes(answer: Answer) -> None:
    assert answer("y", "y", "y", "y", "y") == ALL


def test_a_file_whose_rewriting_fails_is_passed_over_and_reported(
    built: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> FileRewrite:
        raise RuntimeError("oops")

    analysis = built.analysis(built.plan(PlannedFinding(built.finding())))
    monkeypatch.setattr(proposal, "rewrite", broken)
    group = built.group(built.finding(), 1)
    assert proposal.rewritten_or_failed(analysis, analysis.plans[0], [group]) is None
    record = analysis.ledger.records["app.py"]
    assert record.outcome.value == "failed"
    assert "RuntimeError: oops" in record.message
