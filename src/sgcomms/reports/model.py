"""What a report is made of: words and figures, gathered once, that a template only prints.

Every number in these words was formatted here; a template does no arithmetic.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words, and the numbers of the notes that belong to them."""

    text: str
    notes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table: its words, and its notes."""

    text: str
    notes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table; the first cell of each row is the row's heading."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report under its own heading, at level 2 or 3. No two have the same `id`."""

    id: str
    title: str
    level: int
    sentences: tuple[Sentence, ...] = ()
    table: Table | None = None
    quotes: tuple[str, ...] = ()
    items: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote: what a word means, or what a figure does not cover."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report. `missing` says what could not be printed, and why; `sources` where from.

    `as_read` says up to which day figures were read. `remarks` belong directly under the title.
    """

    title: str
    board: str
    period: str
    days: str
    as_read: str
    remarks: tuple[str, ...]
    sections: tuple[Section, ...]
    notes: tuple[Note, ...]
    missing: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(slots=True)
class Footnotes:
    """Gives each note its number, in the order of first use."""

    numbers: dict[str, int] = field(default_factory=dict)

    def mark(self, *texts: str) -> tuple[int, ...]:
        """Return the numbers of notes with these words."""
        return tuple(self.numbers.setdefault(text, len(self.numbers) + 1) for text in texts)

    def notes(self) -> tuple[Note, ...]:
        """Return every note that was used, by its number."""
        return tuple(Note(number, text) for text, number in self.numbers.items())
