"""Questions about names: each is worked out once; a cycle ends with all that goes round in it."""

from __future__ import annotations

from collections import Counter

import pytest

from awaken.index.terms import Name
from awaken.resolve.answers import Answers
from awaken.resolve.evaluation import Where
from awaken.resolve.values import ANYTHING, NOTHING, External, Value

HERE = Where("a.py", 0)


class Questions:
    """A graph of questions: each gives its own values and those of the questions it asks."""

    def __init__(self, asks: dict[str, str], own: dict[str, str]) -> None:
        self.answers = Answers()
        self.worked_out: Counter[str] = Counter()
        self._asks = asks
        self._own = own
        self._terms = {name: Name(name) for name in asks}

    def ask(self, name: str) -> frozenset[Value]:
        return self.answers.answer(self._terms[name], HERE, lambda *_: self._evaluate(name))

    def _evaluate(self, name: str) -> frozenset[Value]:
        self.worked_out[name] += 1
        self.answers.touched.add(f"{name}.py")
        found = frozenset[Value](External(own) for own in self._own.get(name, "").split())
        return found.union(*(self.ask(asked) for asked in self._asks[name].split()))


def names(values: frozenset[Value]) -> set[str]:
    return {value.name for value in values if isinstance(value, External)}


def test_a_question_that_is_asked_on_many_ways_is_worked_out_once() -> None:
    asks = {f"s{n}": f"s{n - 1} s{n - 1}" for n in range(1, 60)} | {"s0": ""}
    questions = Questions(asks, {"s0": "select"})
    assert names(questions.ask("s59")) == {"select"}
    assert set(questions.worked_out.values()) == {1}


def test_every_question_of_a_cycle_gets_what_goes_round_in_it() -> None:
    questions = Questions({"a": "b", "b": "c", "c": "a"}, {"a": "A", "b": "B", "c": "C"})
    for name in "abc":
        assert names(questions.ask(name)) == {"A", "B", "C"}


def test_a_cycle_inside_a_cycle_is_complete_whichever_question_comes_first() -> None:
    asks = {"a": "b", "b": "c d", "c": "b", "d": "a e", "e": "d"}
    for first in asks:
        questions = Questions(asks, {"a": "A", "c": "C", "e": "E"})
        assert names(questions.ask(first)) == {"A", "C", "E"}
        assert all(names(questions.ask(name)) == {"A", "C", "E"} for name in asks)


def test_many_questions_that_all_ask_each_other_are_worked_out_a_few_times() -> None:
    everyone = " ".join(f"q{n}" for n in range(20))
    questions = Questions(dict.fromkeys(everyone.split(), everyone), {"q7": "seven"})
    assert names(questions.ask("q0")) == {"seven"}
    assert max(questions.worked_out.values()) < 20


def test_an_answer_depends_on_every_file_of_its_cycle_however_it_was_reached() -> None:
    questions = Questions({"a": "b", "b": "a c", "c": ""}, {"c": "C"})
    questions.ask("a")
    questions.answers.touched = set()
    questions.ask("b")
    assert questions.answers.touched == {"a.py", "b.py", "c.py"}


def test_an_answer_does_not_depend_on_what_was_asked_before_it() -> None:
    questions = Questions({"a": "", "b": ""}, {"a": "A"})
    questions.ask("a")
    questions.answers.touched = set()
    assert questions.ask("b") == NOTHING
    assert questions.answers.touched == {"b.py"}


def test_a_cycle_that_never_settles_may_be_anything() -> None:
    answers = Answers()
    term = Name("x")

    def longer(*_: object) -> frozenset[Value]:
        (before,) = answers.answer(term, HERE, longer) or {External("x")}
        assert isinstance(before, External)
        return frozenset({External(f"{before.name}.x")})

    assert answers.answer(term, HERE, longer) == ANYTHING


def test_an_error_inside_a_question_leaves_it_closed() -> None:
    answers = Answers()
    term = Name("x")

    def failing(*_: object) -> frozenset[Value]:
        raise LookupError

    with pytest.raises(LookupError):
        answers.answer(term, HERE, failing)
    assert names(answers.answer(term, HERE, lambda *_: frozenset({External("A")}))) == {"A"}
