"""The section as this program prints it today, held against the document sentence by sentence.

A sentence or cell of the document whose words are those of ours must have our numbers too: so a
changed digit is found wherever it stands, also in a date, and in what is no figure of its own, such
as "359 of 365 days".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sgcomms.reports.model import Report, Section, Table
from sgcomms.reports.proof.reading import Passage
from sgcomms.reports.proof.reading.passages import Builder
from sgcomms.reports.proof.sentences import sentences

_TOKEN = re.compile(r"\d+(?:[.,:]\d+)*")
_FEWEST_LETTERS = 8
"""Fewer may be another's words by chance: then only digits that agree say something."""
_FEWEST_TO_AGREE = 3
_OF_ITS_DAY = re.compile(
    r"status on|looking ahead|delivery of campaigns|outputs|what is missing", re.IGNORECASE
)
"""Headings of what a document says as things stood when it was made."""


@dataclass(frozen=True, slots=True)
class Token:
    """Digits of a document from `start` to `end`, and what stands there in ours."""

    start: int
    end: int
    text: str
    ours: str

    @property
    def agrees(self) -> bool:
        """Tell whether both are the same number."""
        return self.text.replace(",", "") == self.ours.replace(",", "")


@dataclass(slots=True)
class Ours:
    """The sentences and cells of our own report: words without digits -> headings and digits."""

    known: dict[str, list[tuple[str, tuple[str, ...]]]] = field(default_factory=dict)
    moved: set[str] = field(default_factory=set)

    def add(self, report: Report, today: str | None = None) -> None:
        """Take in every sentence and cell of a report.

        `today` is the day of making as ours prints it, where the document is of another one: of
        what stands as of that day, only digits that agree say something.
        """
        for passage in _passages(report):
            moves = today is not None and _OF_ITS_DAY.match(passage.heading) is not None
            for start, end in sentences(passage.text):
                digits = tuple(one[0] for one in _TOKEN.finditer(passage.text, start, end))
                mask = _mask(passage, start, end)
                if digits and mask is not None:
                    self.known.setdefault(mask, []).append((_letters(passage.heading), digits))
                    if moves or (today is not None and today in passage.text[start:end]):
                        self.moved.add(mask)

    def tokens(self, passage: Passage) -> list[Token]:
        """Return the digits of a passage beside ours, where its words are those of ours."""
        return [
            token
            for start, end in sentences(passage.text)
            for token in self._sentence(passage, start, end)
        ]

    def _sentence(self, passage: Passage, start: int, end: int) -> Iterator[Token]:
        mask = _mask(passage, start, end)
        found = self.known.get(mask or "", [])
        here = list(_TOKEN.finditer(passage.text, start, end))
        if not found or not here:
            return
        said = [one[0] for one in here]
        heading = _letters(passage.heading)
        same = [digits for under, digits in found if under in (heading, "")]
        every = list(dict.fromkeys(same or [digits for _, digits in found]))
        ours = min(every, key=lambda digits: _differing(said, digits))
        words = _letters_in(passage.text[start:end].lower())
        few = words or _letters_in(mask or "")  # "May-20" is another's way to write our "May 2020"
        if len(said) == len(ours) > 1:
            few = _letters_in(mask or "")
        chance = few < _FEWEST_LETTERS or (not same and len(every) > 1) or mask in self.moved
        if chance and (_differing(said, ours) or len(said) != len(ours)):
            return
        for one, other in zip(here, ours, strict=False):
            yield Token(one.start(), one.end(), one[0], other)


def _differing(said: Sequence[str], digits: Sequence[str]) -> int:
    return sum(one != other for one, other in zip(said, digits, strict=False))


def _mask(passage: Passage, start: int, end: int) -> str | None:
    """Return the words of a sentence or cell without its digits, None where they are too few.

    Digits of its row and column stay: they say of which month a cell is. So do parts of one.
    """
    words = "|".join([*passage.about, _TOKEN.sub("#", passage.text[start:end])])
    mask = re.sub(r"[^a-z\d#%|¼-¾⅐-⅞]", "", words.lower())
    return mask if _letters_in(mask) >= _FEWEST_TO_AGREE else None


def _letters_in(mask: str) -> int:
    return len(re.sub(r"[^a-z]", "", mask))


def _letters(heading: str) -> str:
    return re.sub(r"[^a-z]", "", heading.lower())


def _passages(report: Report) -> list[Passage]:
    """Return a report as a reader finds it, each sentence by itself."""
    builder = Builder()
    builder.head(report.title)
    for text in (*report.remarks, f"Period: {report.days}.", report.as_read):
        builder.paragraph(text)
    for section in report.sections:
        _section(builder, section)
    builder.part()
    for text in (*report.missing, *(note.text for note in report.notes), *report.sources):
        builder.paragraph(text)
    return builder.passages


def _section(builder: Builder, section: Section) -> None:
    builder.head(section.title, section.level)
    for sentence in (*section.sentences, *section.items):
        builder.paragraph(sentence.text)
    for quote in section.quotes:
        builder.paragraph(quote)
    if section.table is not None:
        _table(builder, section.table)
    for chart in section.charts:
        builder.paragraph(chart.title)
        builder.paragraph(chart.alt)
        _table(builder, chart.table)


def _table(builder: Builder, table: Table) -> None:
    builder.paragraph(table.caption)
    builder.table()
    for row in (table.header, *([cell.text for cell in cells] for cells in table.rows)):
        builder.row()
        for text in row:
            builder.cell()
            builder.paragraph(text)
            builder.end_cell()
    builder.end_table()
