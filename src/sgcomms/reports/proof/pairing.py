"""Numbers told in the order of what they are of: "respectively", "(1,007 against 458)". Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeVar

_T = TypeVar("_T")

Span = tuple[int, int]

_RESPECTIVELY = re.compile(r"\brespectively\b|\bin that order\b", re.IGNORECASE)
_NUMBER = r"[^()\d;]{0,40}\d[\d,.]*%?"
_DIGITS = re.compile(r"\d[\d,.]*")
_BESIDE = re.compile(
    rf"\({_NUMBER}[^()\d;]{{0,40}}\b(?:against|versus|vs?\.?|compared (?:with|to)|to)\b{_NUMBER}"
    r"[^()\d;]{0,40}\)",
    re.IGNORECASE,
)


def spans(text: str, sentence: Span, at: int) -> tuple[Span, Span] | None:
    """Return where names stand, and where the numbers that are of them in their order do.

    The number at `at` is among these; None where it is told in no such way.
    """
    start, end = sentence
    for found in _BESIDE.finditer(text, start, end):
        if found.start() < at < found.end():
            return (_part(text, sentence, at)[0], found.start()), found.span()
    first, last = _part(text, sentence, at)
    word = _RESPECTIVELY.search(text, first, last)
    if word is None:
        return None
    leads = len(_DIGITS.findall(text, first, word.start())) > 1
    numbers = (first, word.start()) if leads else (word.end(), last)
    return ((first, word.start()), numbers) if numbers[0] <= at < numbers[1] else None


def of_place(place: int, numbers: int, names: Sequence[_T]) -> _T | None:
    """Return which name the number at `place` of so many is of; None where they are not as many."""
    return names[place] if len(names) == numbers and numbers > 1 else None


def _part(text: str, sentence: Span, at: int) -> Span:
    start, end = sentence
    first, last = text.rfind(";", start, at), text.find(";", at, end)
    return max(start, first + 1), last if last >= 0 else end
