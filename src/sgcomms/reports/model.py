"""What a report is made of: words and figures, gathered once, that a template only prints.

Every number in these words was formatted here; a template does no arithmetic.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


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
    """A table; the first cell of each row is the row's heading.

    `words` are the other columns, counted from 0, that hold words or dates and not numbers: these
    stand on the left as the first does, numbers on the right.
    """

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    words: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Point:
    """A value at a place of a chart's axis; None where there is none: it is drawn as a gap."""

    label: str
    value: float | None


@dataclass(frozen=True, slots=True)
class Limits:
    """The mean of a series and the limits of its chance variation (XmR chart)."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Series:
    """Values that belong together, under the name that is written beside them."""

    label: str
    points: tuple[Point, ...]
    limits: Limits | None = None


@dataclass(frozen=True, slots=True)
class Break:
    """A change of definition: no line is drawn from before `label` to it, and `text` says why.

    `series` are the labels of the lines that it concerns; empty for all of them. `within` tells
    that it happened in the middle of what `label` names, which then joins neither side.
    """

    label: str
    text: str
    series: tuple[str, ...] = ()
    within: bool = False

    def concerns(self, series: str) -> bool:
        """Tell whether the line of this label is broken."""
        return not self.series or series in self.series


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart, in words for who cannot see it (`alt`), and the table of its numbers.

    `kind` is "line" for months and "bar" for things side by side. `unit` is what the axis counts.
    At most four series, all with the same labels in the same order.
    """

    id: str
    kind: Literal["line", "bar"]
    title: str
    alt: str
    unit: str
    series: tuple[Series, ...]
    table: Table
    breaks: tuple[Break, ...] = ()


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
    charts: tuple[Chart, ...] = ()


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
