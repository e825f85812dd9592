"""Where the sentences of a text begin and end. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

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
    return (*ends, (start, len(text)))


def span_of(text: str, at: int) -> tuple[int, int]:
    """Return where the sentence of a place begins and ends."""
    return next((span for span in sentences(text) if span[0] <= at < span[1]), (0, len(text)))
