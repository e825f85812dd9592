"""Matomo: reports exported as CSV, of one period or of several, and those that it sends by e-mail.

Column names are those of its API or English. Only a report of several periods says which they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import ClassVar

from sgcomms.importers.base import Importer, Notes
from sgcomms.importers.columns import normal
from sgcomms.importers.dates import Days, Span
from sgcomms.importers.matomo_tables import Table
from sgcomms.importers.sheet import Sheet
from sgcomms.importers.titled import below, opened, title_of
from sgcomms.importers.values import iso_day, listed
from sgcomms.models import Reading
from sgcomms.periods import month

_API_NAMES = frozenset({"nb_actions", "nb_hits", "nb_pageviews", "nb_uniq_visitors", "nb_visits"})
_ENGLISH_NAMES = (
    frozenset({"actions", "visits"}),
    frozenset({"label", "visits"}),
    frozenset({"label", "pageviews"}),
    frozenset({"downloads", "pageviews", "unique pageviews"}),
)
_LOOKED_AT = 40
"""Rows of an e-mailed report that are looked at: its first tables may be empty."""

_DAY = r"\d{4}-\d{2}-\d{2}"
_PERIOD = re.compile(rf"(\d{{4}})|(\d{{4}}-\d{{2}})|({_DAY})|({_DAY}),({_DAY})", re.ASCII)


class Matomo(Importer):
    """Reports of a website that Matomo measures."""

    name = "matomo"
    title = "Matomo report"
    platform = "website"
    tools = frozenset({"matomo"})
    required = ()
    day_boundary = "the website's own time zone"
    takes_read_on = False
    takes_zone = True
    takes_period = True
    natives: ClassVar[Mapping[str, str]] = {
        "page_views": "nb_pageviews",
        "sessions": "nb_visits",
        "users_total": "nb_uniq_visitors",
        "bounce": "bounce_count",
        "session_seconds": "sum_visit_length",
    }

    def needs(self) -> str:
        """Return which reports give such a file."""
        return (
            "a report with the columns of the API (nb_visits, …) or in English (Visits, Actions, …)"
            ": Visits Summary, Page URLs made flat, Channel Type, Device type; or an e-mailed "
            "report in CSV"
        )

    def owner(self, sheet: Sheet) -> None:
        """Return None: no file says which website it is about."""

    def accepts(self, sheet: Sheet) -> bool:
        """Tell whether the sheet comes from Matomo."""
        if _is_header(sheet.header):
            return True
        if title_of(list(sheet.header)) is None:
            return False
        rows = below(opened(sheet), _LOOKED_AT)
        return any(not _API_NAMES.isdisjoint(map(normal, cells)) for _, cells in rows)

    def extract(self, sheet: Sheet, subject: str, notes: Notes) -> Iterator[Reading]:
        """Yield the readings of the website `subject`, table by table.

        Raises ImportFileError when no table can be used, a period is missing, or the file gives two
        values for one figure.
        """
        sheet = opened(sheet)
        given: dict[tuple[object, ...], float | None] = {}
        for table in self._tables(sheet, notes):
            for reading in _caught(sheet, table, subject):
                one = (reading.metric, reading.dimension, reading.key, reading.first, reading.last)
                if one not in given:
                    given[one] = reading.value
                    yield reading
                elif given[one] != reading.value:
                    raise sheet.error(
                        table.line,
                        f"this table gives {reading.native} ({reading.key or 'in all'}) another "
                        "value than a table before it: export one website, without segments",
                    )
        if not given:
            held = listed(notes.unused) or "no table"
            raise sheet.error(None, f"it holds nothing to use ({held}). Needed: {self.needs()}")

    def _tables(self, sheet: Sheet, notes: Notes) -> Iterator[Table]:
        """Yield each table that can be used, once all of its rows are taken."""
        titled, title = not _is_header(sheet.header), None
        table: Table | None = None
        span_of: Callable[[Sequence[str]], Span] | None = None
        for line, cells in sheet.rows():
            if not any(cells):
                if titled and table:
                    yield from _finished(table, title, notes)
                title, table = (None, None) if titled else (title, table)
            elif titled and title is None:
                title = ", ".join(cell for cell in cells if cell)
            else:
                try:
                    if table is None:
                        table = Table(line, cells, title, self.said.hosts)
                        span_of = self._spans(sheet, table) if table.usable else None
                        continue
                    notes.rows += 1
                    if span_of is not None:
                        table.add(cells, span_of(cells))
                        notes.taken += 1
                except ValueError as error:
                    under = table is not None and line > table.line
                    raise sheet.row_error(line, cells if under else (), error) from None
        if table:
            yield from _finished(table, title, notes)

    def _spans(self, sheet: Sheet, table: Table) -> Callable[[Sequence[str]], Span]:
        """Return what tells the days of a row. Raises ValueError where nothing does."""
        at, said = table.period_at, self.said.period
        if at is None:
            if said is None:
                raise ValueError(
                    "the file does not say which days it covers: say them with --period 2025-04, "
                    "or with --from and --to"
                )
            return lambda _: Span(said.start, said.end)
        if said is not None:
            raise ValueError(
                f"the column {table.columns.header[at].strip()} says which days each row covers: "
                "leave the period out"
            )
        days = Days(sheet, at, self.said.dates)
        return lambda cells: _span(cells[at] if at < len(cells) else "", days)


def _is_header(header: Sequence[str]) -> bool:
    names = {normal(name) for name in header}
    return not _API_NAMES.isdisjoint(names) or any(some <= names for some in _ENGLISH_NAMES)


def _finished(table: Table, title: str | None, notes: Notes) -> Iterator[Table]:
    if not table.usable:
        notes.leave(f"the table {title or table.columns.header[0].strip()}")
        return
    table.note(notes)
    yield table


def _caught(sheet: Sheet, table: Table, subject: str) -> Iterator[Reading]:
    try:
        yield from table.readings(subject)
    except ValueError as error:
        raise sheet.error(table.line, str(error)) from None


def _span(text: str, days: Days) -> Span:
    """Return the days that Matomo names as a day, month or year, or as the first and the last."""
    found = _PERIOD.fullmatch(text.strip())
    if found is None:
        on = days.day(text)
        return Span(on, on)
    year, in_year, on_day, first, last = found.groups()
    if year:
        return Span(iso_day(f"{year}-01-01", text), iso_day(f"{year}-12-31", text))
    if in_year:
        start = iso_day(f"{in_year}-01", text)
        return Span(start, month(in_year).end)
    span = Span(iso_day(on_day or first, text), iso_day(on_day or last, text))
    if span.last < span.first:
        raise ValueError(
            f"the period {text.strip()} ends before it starts: export the report again"
        )
    return span
