"""A table of a document as a grid: cells that are merged stand in each place they cover. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

MOST_COLUMNS = 100
MOST_ROWS = 5000
"""Rows that one merged cell may cover."""

_MOST_HEADERS = 3
_FIGURE = re.compile(r"[£<>~]?\s?(?!(?:19|20)\d\d$)\d[\d,.]*\s?(?:%|per cent)?", re.IGNORECASE)
"""A cell that is a number and no year: the first row of a table that has one is no header."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a cell stands, its words, and those that head its row and its column."""

    row: int
    column: int
    text: str
    row_head: str
    column_head: str


@dataclass(slots=True)
class _Cell:
    """A place of the grid; `first` where the cell begins that covers it."""

    text: str
    first: bool = True
    columns: int = 1


@dataclass(slots=True)
class Table:
    """A table that is being read. `words` are those of the cell that is open, None without one."""

    number: int
    headings: tuple[str, ...]
    caption: str = ""
    words: list[str] | None = None
    _rows: list[list[_Cell]] = field(default_factory=list)
    _below: dict[int, tuple[int, _Cell]] = field(default_factory=dict)
    _span: tuple[int, int] = (1, 1)
    _goes_on: bool = False

    def row(self) -> None:
        """Take the beginning of a row."""
        if self._rows:
            self._fill()
        self._rows.append([])

    def cell(self, columns: int = 1, rows: int = 1, *, goes_on: bool = False) -> None:
        """Take the beginning of a cell, and how many columns and rows it covers.

        One that `goes_on` is covered by the cell above it.
        """
        if not self._rows:
            self.row()
        self._fill()
        self._span = (min(max(columns, 1), MOST_COLUMNS), min(max(rows, 1), MOST_ROWS))
        self._goes_on = goes_on
        self.words = []

    def widen(self, columns: int, *, goes_on: bool = False) -> None:
        """Take how many columns the open cell covers, or that the one above covers it."""
        self._span = (min(max(columns, self._span[0]), MOST_COLUMNS), self._span[1])
        self._goes_on = self._goes_on or goes_on

    def end_cell(self) -> None:
        """Take the end of a cell."""
        if self.words is None:
            return
        text, self.words = " ".join(self.words), None
        row = self._rows[-1]
        columns, rows = self._span
        at = len(row)
        above = self._rows[-2][at : at + 1] if len(self._rows) > 1 else []
        covered = self._goes_on and not text and bool(above)
        text = above[0].text if covered else text
        for place in range(columns):
            one = _Cell(text, place == 0 and not covered, columns)
            row.append(one)
            if rows > 1:
                self._below[at + place] = (rows - 1, _Cell(text, first=False, columns=columns))

    def _fill(self) -> None:
        """Put in what cells of rows above cover next in this row."""
        row = self._rows[-1]
        while len(row) in self._below:
            at = len(row)
            left, one = self._below.pop(at)
            row.append(one)
            if left > 1:
                self._below[at] = (left - 1, one)
                if len(row) > MOST_COLUMNS * MOST_COLUMNS:
                    return

    def places(self) -> Iterator[Place]:
        """Yield the cells that have words, in their order, with their headings."""
        heads = self._heads()
        labels = self._labels_below() if not heads else {}
        for number, row in enumerate(self._rows):
            for column, one in enumerate(row):
                if one.text and one.first:
                    below = number >= heads
                    covered = range(column, column + one.columns)
                    label = labels.get((number, column))
                    yield Place(
                        number + 1,
                        column + 1,
                        one.text,
                        row[0].text if below and column and label is None else "",
                        label or (self._head(covered, heads) if below else ""),
                    )

    def _labels_below(self) -> dict[tuple[int, int], str]:
        """Return the labels of large numbers that stand above them, by row and column."""
        found: dict[tuple[int, int], str] = {}
        for number, (row, below) in enumerate(pairwise(self._rows)):
            figures = [one for one in row if one.text]
            words = [one for one in below if one.text]
            large = figures and all(_FIGURE.fullmatch(one.text) for one in figures)
            if large and words and not any(re.search(r"\d", one.text) for one in words):
                found |= {(number, at): one.text for at, one in enumerate(below) if one.text}
        return found

    def _heads(self) -> int:
        """Return how many rows head the columns: the first, and those under what it merges."""
        count = 0
        for row in self._rows[:_MOST_HEADERS]:
            if any(_FIGURE.fullmatch(one.text) for one in row[1:]):
                break
            count += 1
            if not any(one.columns > 1 for one in row[1:]):
                break
        return min(count, max(len(self._rows) - 1, 1))

    def _head(self, columns: Sequence[int], heads: int) -> str:
        """Return the words above some columns, from the top down, each once."""
        found: list[str] = []
        for row in self._rows[:heads]:
            here = (row[column].text for column in columns if column < len(row))
            words = " and ".join(dict.fromkeys(one for one in here if one))
            if words and words not in found:
                found.append(words)
        return " ".join(found)
