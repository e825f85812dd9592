"""How the columns of a table share its width: no word is broken while there is room. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

LINE = 89
"""So many letters of 9 points stand on a line of 16.4 centimetres, the width of a page's text."""
_EDGES = 1.4
"""So many letters the edges of a cell take."""
_LONGEST = 30
"""A longer word, such as an address, is broken."""
_MOST = 60


def shares(columns: Sequence[Sequence[str]]) -> list[float]:
    """Return the widths of columns with these words, in letters; at least one column has some.

    Each is as wide as half of its longest cell, but never less than its longest word, as far as
    the line has room; where it has none, only words count.
    """
    least = [max(map(_longest, cells)) + _EDGES for cells in columns]
    halves = [max(min(len(one), _MOST) for one in cells) / 2 for cells in columns]
    wished = [max(pair) for pair in zip(least, halves, strict=True)]
    more = sum(wished) - sum(least)
    if sum(wished) <= LINE or not more:
        return wished
    part = max(LINE - sum(least), 0) / more
    return [low + (high - low) * part for low, high in zip(least, wished, strict=True)]


def _longest(words: str) -> float:
    return min(max(map(_width, words.split()), default=0), _LONGEST)


def _width(word: str) -> float:
    """Return the width of a word, in letters: some are as narrow as half of one, or wider."""
    narrow, wide = re.findall("[Iijlrtf.,/-]", word), re.findall("[MWmw]", word)
    return len(word) - 0.4 * len(narrow) + 0.6 * len(wide)
