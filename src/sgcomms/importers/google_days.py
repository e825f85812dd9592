"""One table of a Google Analytics screen with a row a day -> readings of the days, and totals."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta

from sgcomms.importers.base import Notes
from sgcomms.importers.columns import normal
from sgcomms.importers.dates import Order, Span
from sgcomms.importers.google_tables import Table, Words, check_size
from sgcomms.importers.values import day, iso_day, shown
from sgcomms.models import Reading

_NUMBERS = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})", re.ASCII)
_AGAIN = "export the report again"


class DayTable(Table):
    """A table with a row a day. `dates` says which number is the day, where a person has said it.

    What is told apart by something else as well has several rows a day, and is refused.
    """

    def __init__(self, line: int, header: Sequence[str], words: Words, dates: Order | None) -> None:
        super().__init__(line, header, words)
        self._readers = words.days[normal(header[0])]
        if dates is not None and len(self._readers) > 1:
            self._readers = {dates: self._readers[dates]}
        self._rows: list[tuple[str, dict[str, float | None]]] = []

    def _is_usable(self, names: Sequence[str], words: Words) -> bool:
        return words.dimensions.keys().isdisjoint(names) and not words.metrics.keys().isdisjoint(
            names
        )

    @property
    def gave(self) -> bool:
        """Whether any day or the total row gave a figure."""
        return bool(self._rows or self._total)

    def _add_row(self, row: list[str]) -> bool:
        self._rows.append((row[0], self._totals(row)))
        check_size(len(self._rows))
        return True

    def readings(self, subject: str, span: Span) -> Iterator[Reading]:
        """Yield the figures of each day in `span`, then those of the total row.

        Raises ValueError where a day stands twice or outside the span, or cannot be told.
        """
        for on, (_, totals) in zip(self._told(span), self._rows, strict=True):
            yield from self._of_whole(subject, totals, Span(on, on))
        yield from self._of_whole(subject, self._total, span)

    def _told(self, span: Span) -> tuple[date, ...]:
        """Return the day of each row, by the only way to read them that keeps inside the span."""
        told: set[tuple[date, ...]] = set()
        wrong: list[ValueError] = []
        for read in self._readers.values():
            try:
                told.add(tuple(self._days(read, span)))
            except ValueError as error:
                wrong.append(error)
        if not told:
            raise wrong[0]
        if len(told) > 1:
            raise ValueError(
                "its dates do not tell whether the day or the month comes first: say it with "
                "--dates day-first, or --dates month-first"
            )
        return told.pop()

    def _days(self, read: Callable[[str, Span], date], span: Span) -> Iterator[date]:
        seen: set[date] = set()
        for text, _ in self._rows:
            on = read(text, span)
            if not span.first <= on <= span.last:
                raise ValueError(
                    f"{shown(text)} is not in the days that this table covers, {span.first} to "
                    f"{span.last}: export the report again"
                )
            if on in seen:
                raise ValueError(
                    f"{shown(text)} stands in this table twice, so its rows are told apart by "
                    "something else than the day: export by day only"
                )
            seen.add(on)
            yield on

    def note(self, notes: Notes) -> None:
        """Keep which columns the table's figures come from, and which were not used."""
        notes.use(self.columns, self._at.items(), [0])


def by_offset(text: str, span: Span) -> date:
    """Return the day that `0007` names: days are counted from 0, the first one."""
    if not (text.isdecimal() and text.isascii() and len(text) < 6):
        raise ValueError(f"{shown(text)} is not the number of a day such as 0007: {_AGAIN}")
    return span.first + timedelta(days=int(text))


def by_date(text: str, _: Span) -> date:
    """Return the day that `20260224` names."""
    return day(text)


def by_day_first(text: str, _: Span) -> date:
    """Return the day that `24/02/2026` names, or `24/02/26`."""
    return _of_numbers(text, day_at=1, month_at=2)


def by_month_first(text: str, _: Span) -> date:
    """Return the day that `02/24/2026` names, or `2/24/26`."""
    return _of_numbers(text, day_at=2, month_at=1)


def _of_numbers(text: str, *, day_at: int, month_at: int) -> date:
    found = _NUMBERS.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{shown(text)} is not a day such as 24/02/2026: {_AGAIN}")
    year = found[3] if len(found[3]) == 4 else f"20{found[3]}"
    return iso_day(f"{year}-{found[month_at].zfill(2)}-{found[day_at].zfill(2)}", text)
