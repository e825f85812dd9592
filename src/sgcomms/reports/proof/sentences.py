"""Where the sentences of a text begin and end. Pure."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache

LONGEST = 1500
"""Characters: the words around a number are looked for no further away."""

_END = re.compile(r"(?<=[.!?])[”\"')\]]*\s+(?=[\"“'(*]?[A-Z0-9])")
_SHORT = re.compile(
    r"(?:\b(?:i\.e|e\.g|etc|approx|c|no|nos|p|pp|Dr|Mr|Mrs|Ms|St|vs|cf|incl|max|min)|\b[A-Z])\.$",
    re.IGNORECASE,
)


@lru_cache(maxsize=64)
def sentences(text: str) -> tuple[tuple[int, int], ...]:
    """Return where each sentence of a text begins and ends."""
    ends = []
    start = 0
    for found in _END.finditer(text):
        if not _SHORT.search(text[max(start, found.start() - 8) : found.start()]):
            ends.append((start, found.start()))
            start = found.end()
    every = [*ends, (start, len(text))]
    return tuple(part for first, last in every for part in _cut(text, first, last))


def _cut(text: str, first: int, last: int) -> Iterator[tuple[int, int]]:
    """Yield a sentence, in parts where it is longer than any that a person writes."""
    while last - first > LONGEST:
        space = text.rfind(" ", first + LONGEST // 2, first + LONGEST)
        end = space if space >= 0 else first + LONGEST
        yield first, end
        first = end
    yield first, last


def span_of(text: str, at: int) -> tuple[int, int]:
    """Return where the sentence of a place begins and ends."""
    every = sentences(text)
    place = bisect_right(every, at, key=lambda one: one[0]) - 1
    if place < 0 or at >= every[place][1]:
        return every[place + 1] if place + 1 < len(every) else (0, len(text))
    return every[place]
