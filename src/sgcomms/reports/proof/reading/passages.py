"""What a document is read into: passages, each with a place at which a person finds it again. Pure.

A passage is a paragraph, an item of a list, a caption, or one cell of a table.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from sgcomms.reports.proof.reading.tables import Table
from sgcomms.signs import plain

MOST_CHARACTERS = 20_000_000
"""Of text in one document: a report of a thousand pages has three million."""

LONGEST = 50_000
"""Characters of one paragraph, some twenty pages."""

_LONGEST_WORD = 500
"""Characters of a word or address that is read; what is longer holds no figure."""

MOST_CELLS = 200_000
"""Cells and paragraphs of one document."""


class UnreadableError(Exception):
    """A document that cannot be read; says why and what to do, without the document's name."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Words of a document, and where they stand.

    `headings` are those it stands under, the outermost first; `about` the headings of a cell's row
    and column, or nothing. `block` is the same for what belongs together: the paragraph, or the
    whole table, whose `caption` is told too.
    """

    text: str
    place: str
    headings: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    block: int = 0
    caption: str = ""

    @property
    def heading(self) -> str:
        """The heading directly above, or nothing."""
        return self.headings[-1] if self.headings else ""


@dataclass(slots=True)
class Builder:
    """Puts passages together from what a reader meets: headings, paragraphs, rows, cells.

    Raises UnreadableError for more than any report holds.
    """

    passages: list[Passage] = field(default_factory=list)
    under: list[tuple[int, str]] = field(default_factory=list)
    counted: int = 0
    blocks: int = 0
    tables: int = 0
    length: int = 0
    captions: tuple[str, int] = ("", -1)
    open: list[Table] = field(default_factory=list)

    @property
    def headings(self) -> tuple[str, ...]:
        """The headings that the next paragraph stands under, the outermost first."""
        return tuple(words for _, words in self.under)

    @property
    def heading(self) -> str:
        """The last of them, or nothing."""
        return self.under[-1][1] if self.under else ""

    def part(self, name: str = "") -> None:
        """Begin another part of the document, under no heading but its name."""
        self.under = [(0, name)] if name else []
        self.counted = 0

    def head(self, text: str, level: int = 1) -> None:
        """Take a heading, which ends those of its level and below; paragraphs are counted anew."""
        words = self._words(text)
        if not words:
            return
        if self.open:  # inside a table it is a cell's text as any other
            self.paragraph(text)
            return
        self.under = [*((one, above) for one, above in self.under if one < level), (level, words)]
        self.counted = 0
        place = f"the heading “{short(words)}”"
        self._add(Passage(words, place, self.headings, (), self._block()))

    def paragraph(self, text: str, place: str = "") -> None:
        """Take a paragraph; inside a table it belongs to the cell. `place` is found by counting."""
        words = self._words(text)
        if not words:
            return
        cell = self.open[-1].words if self.open else None
        if cell is not None:
            cell.append(words)
            return
        self.counted += 1
        place = place or f"{self._under()}paragraph {self.counted}"
        self._add(Passage(words, place, self.headings, (), self._block()))

    def lone_cell(self, text: str, place: str, about: tuple[str, ...]) -> None:
        """Take a cell that stands in no table, with the headings of its row and column."""
        words = self._words(text)
        headings = tuple(one for one in map(self._words, about) if one)
        if words:
            self._add(Passage(words, place, self.headings, headings, self._block()))

    def caption(self, text: str, place: str = "") -> None:
        """Take the caption of a table: of the open one, or of the next."""
        words = self._words(text)
        if not words:
            return
        if self.open and self.open[-1].words is not None:
            self.open[-1].words.append(words)
            return
        self.paragraph(text, place)
        if self.open:
            self.open[-1].caption = words
        else:
            self.captions = (words, self.blocks)

    def table(self) -> None:
        """Take the beginning of a table."""
        self.tables += 1
        words, block = self.captions
        caption = words if block == self.blocks else ""
        self.open.append(Table(self.tables, self.headings, caption))

    def row(self) -> None:
        """Take the beginning of a row."""
        if self.open:
            self.open[-1].row()

    def cell(self, columns: int = 1, rows: int = 1, *, goes_on: bool = False) -> None:
        """Take the beginning of a cell, and how many columns and rows it covers."""
        if self.open:
            self.open[-1].cell(columns, rows, goes_on=goes_on)

    def widen(self, columns: int = 1, *, goes_on: bool = False) -> None:
        """Take how many columns the open cell covers, or that the one above covers it."""
        if self.open:
            self.open[-1].widen(columns, goes_on=goes_on)

    def end_cell(self) -> None:
        """Take the end of a cell."""
        if self.open:
            self.open[-1].end_cell()

    def end_table(self) -> None:
        """Take the end of a table: now its cells have their headings."""
        if not self.open:
            return
        self.end_cell()
        table = self.open.pop()
        block = self._block()
        under = f"{short(table.headings[-1])}, " if table.headings else ""
        for one in table.places():
            named = f"column “{short(one.column_head)}”" if one.column_head else ""
            place = f"{under}table {table.number}, row {one.row}, {named or f'column {one.column}'}"
            about = tuple(head for head in (one.row_head, one.column_head) if head)
            self._add(Passage(one.text, place, table.headings, about, block, table.caption))

    def _under(self) -> str:
        return f"{short(self.heading)}, " if self.heading else ""

    def _block(self) -> int:
        self.blocks += 1
        return self.blocks

    def _words(self, text: str) -> str:
        self.length += len(text)
        if self.length > MOST_CHARACTERS:
            raise UnreadableError("it holds more text than a thousand pages: no report does")
        words = re.sub(r"\s+", " ", plain(re.sub(r"\s", " ", text))).strip()
        if len(words) > LONGEST:
            raise UnreadableError(
                f"a paragraph of it has more than {LONGEST:,} characters: no report's has"
            )
        return re.sub(rf"\S{{{_LONGEST_WORD},}}", "…", words)

    def _add(self, passage: Passage) -> None:
        if len(self.passages) >= MOST_CELLS:
            raise UnreadableError(
                f"it holds more than {MOST_CELLS:,} paragraphs and cells: no report does"
            )
        self.passages.append(passage)


def short(words: str, most: int = 60) -> str:
    """Return words cut to a length that a line can hold."""
    return words if len(words) <= most else f"{words[: most - 1].rstrip()}…"
