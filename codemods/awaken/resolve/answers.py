"""Answers to questions that ask further questions, and in cycles themselves: each is found once."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from awaken.resolve.values import ANYTHING, NOTHING, Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from awaken.index.terms import Term
    from awaken.resolve.evaluation import Where

    Evaluate = Callable[[Term, Where], frozenset[Value]]

T = TypeVar("T")
K = TypeVar("K")

_ROUNDS = 12
_DEEPEST = 400
_NO_CYCLE = sys.maxsize


@dataclass(slots=True)
class _Answer:
    """What is known of one question.

    Attributes:
        term: kept, so that its id stays taken.
        values: what the term stands for.
        touched: paths of the files that the answer depends on.
        lowest: depth of the lowest open question it depends on.
    """

    term: Term
    values: frozenset[Value]
    touched: frozenset[str]
    lowest: int = _NO_CYCLE


@dataclass(frozen=True, slots=True)
class Kept(Generic[T]):
    """Something worked out once, with the paths of the files that it depends on."""

    value: T
    touched: frozenset[str]


_Key = tuple[int, "Where"]


class Answers:
    """Keeps what terms stand for.

    A question that is asked again while it is open (`x = x.parent` in a loop) is answered by what
    the last round found, at first by nothing. The lowest question of such a cycle is asked again
    until a round changes nothing; then all of the cycle is known. Whatever the code looks like,
    each question is worked out a few times at most.
    """

    def __init__(self) -> None:
        self.touched: set[str] = set()
        """Paths of the files that answers have depended on since it was last emptied."""
        self._known: dict[_Key, _Answer] = {}
        self._open: dict[_Key, int] = {}
        self._partial: dict[_Key, _Answer] = {}
        self._guesses: dict[_Key, frozenset[Value]] = {}
        self._lowest = _NO_CYCLE
        self._changes = 0

    def answer(self, term: Term, where: Where, evaluate: Evaluate) -> frozenset[Value]:
        """What `term` stands for at `where`; `evaluate` is called where that is not known yet."""
        key = (id(term), where)
        found = self._known.get(key) or self._partial.get(key)
        if found is not None:
            self.touched |= found.touched
            self._lowest = min(self._lowest, found.lowest)
            return found.values
        depth = self._open.get(key)
        if depth is not None:
            self._lowest = min(self._lowest, depth)
            return self._guesses.get(key, NOTHING)
        if len(self._open) > _DEEPEST:
            return ANYTHING
        touched, lowest = self.touched, self._lowest
        self.touched = set()
        found = self._settled(key, term, evaluate)
        touched |= self.touched
        self.touched = touched
        self._lowest = min(lowest, found.lowest)
        return found.values

    def kept(self, memo: dict[K, Kept[T]], key: K, work: Callable[[], T]) -> T:
        """What `work` gives; it is called where `memo` does not have that yet.

        What an open question takes part in is not kept: it may still change.
        """
        found = memo.get(key)
        if found is not None:
            self.touched |= found.touched
            return found.value
        touched, lowest = self.touched, self._lowest
        self.touched, self._lowest = set(), _NO_CYCLE
        found = Kept(work(), frozenset(self.touched))
        if self._lowest == _NO_CYCLE:
            memo[key] = found
        touched |= self.touched
        self.touched = touched
        self._lowest = min(lowest, self._lowest)
        return found.value

    def _settled(self, key: _Key, term: Term, evaluate: Evaluate) -> _Answer:
        depth, before = len(self._open), len(self._partial)
        for _ in range(_ROUNDS):
            changes = self._changes
            self._open[key] = depth
            self._lowest = _NO_CYCLE
            try:
                values = evaluate(term, key[1])
            finally:
                del self._open[key]
            found = _Answer(term, values, frozenset(self.touched), self._lowest)
            if found.lowest > depth:
                self._known[key] = found
                return found
            self._guess(key, found.values)
            if found.lowest < depth:
                return self._postponed(key, found, before)
            if self._changes == changes:
                return self._completed(key, found, before)
            self._forget(before)
        return _Answer(term, ANYTHING, frozenset(self.touched))

    def _guess(self, key: _Key, values: frozenset[Value]) -> None:
        if self._guesses.get(key, NOTHING) != values:
            self._guesses[key] = values
            self._changes += 1

    def _postponed(self, key: _Key, found: _Answer, before: int) -> _Answer:
        """An answer that an open question further down may still change."""
        for inner in list(self._partial.values())[before:]:
            inner.lowest = min(inner.lowest, found.lowest)
        self._partial[key] = found
        return found

    def _completed(self, key: _Key, found: _Answer, before: int) -> _Answer:
        found.lowest = _NO_CYCLE
        self._known[key] = found
        for inner in list(self._partial)[before:]:
            answer = self._partial.pop(inner)
            self._known[inner] = _Answer(answer.term, answer.values, found.touched)
            self._guesses.pop(inner, None)
        self._guesses.pop(key, None)
        return found

    def _forget(self, before: int) -> None:
        """Drop the answers of a round; what it found stays as the next round's guesses."""
        for inner in list(self._partial)[before:]:
            del self._partial[inner]
