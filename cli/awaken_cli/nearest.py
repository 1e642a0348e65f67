"""The word that was probably meant."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def did_you_mean(word: str, words: Iterable[str]) -> str:
    """Return the tail of a message: the nearest valid word, or all of them where none is near.

    Args:
        word: what was typed.
        words: what is valid.
    """
    valid = list(words)
    near = difflib.get_close_matches(word.lower(), valid, n=1, cutoff=0.5)
    return f'; did you mean "{near[0]}"?' if near else f"; there are {', '.join(valid)}"
