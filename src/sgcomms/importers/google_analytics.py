"""Google Analytics: what people download from the screens of Universal Analytics and of GA4.

One file may hold several tables, each after a blank line, with comment lines before it that state
the days it covers. Readings are of that closed period, whenever the file was exported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import ClassVar

from sgcomms.importers.base import Answers, Importer, Notes, Owner
from sgcomms.importers.columns import normal
from sgcomms.importers.dates import Span
from sgcomms.importers.google_days import (
    DayTable,
    by_date,
    by_day_first,
    by_month_first,
    by_offset,
)
from sgcomms.importers.google_tables import Table, Words
from sgcomms.importers.sheet import Sheet
from sgcomms.importers.values import day, listed, shown
from sgcomms.models import Reading
from sgcomms.periods import Period

_SCREENS = (
    "a report by page (Page, or Page path and screen class), by channel (Default Channel "
    "Grouping, or Session default channel group), by device (Device category), by day (Day Index, "
    "Nth day, or Date), or of totals only"
)
_UNIVERSAL_NAMES = frozenset(
    {
        "% new sessions",
        "avg. session duration",
        "day index",
        "default channel grouping",
        "hour index",
        "month index",
        "page",
        "pages / session",
        "pageviews",
        "week index",
    }
)
_UNIVERSAL_CASE = frozenset({"Bounce Rate", "Device Category", "New Users"})
_RANGE = re.compile(r"(\d{8})-(\d{8})(\D+\d{8}-\d{8})*", re.ASCII)


class _Screen(Importer):
    """What both versions share: comments with the period, tables, totals."""

    platform = "website"
    tools = frozenset({"ga4"})
    required = ()
    day_boundary = "the property's own time zone"
    takes_read_on = False
    takes_zone = True
    takes_period = True
    words: ClassVar[Words]

    def needs(self) -> str:
        """Return which screens give such a file."""
        return f"comment lines (# …) with the dates, and {_SCREENS}"

    def may_be(self, sheet: Sheet) -> bool:
        """Tell that any may be: without its comment lines a report shows nothing of Google."""
        return True

    def owner(self, sheet: Sheet) -> Owner | None:
        """Return None: the file names a property in somebody's own words, and no number."""
        return None

    def extract(self, sheet: Sheet, subject: str, notes: Notes) -> Iterator[Reading]:
        """Yield the readings of the website `subject`, table by table.

        Raises ImportFileError when no table can be used, a period is missing, or the file gives
        two values for one figure.
        """
        given: dict[tuple[str | None, ...], float | None] = {}
        for table, span in _tables(sheet, self.words, notes, self.said):
            for reading in _readings(sheet, table, subject, span):
                days = f"{reading.first} {reading.last}"
                figure = (reading.metric, reading.dimension, reading.key, days)
                if figure not in given:
                    given[figure] = reading.value
                    yield reading
                elif given[figure] != reading.value:
                    raise sheet.error(
                        table.line,
                        f"this table gives {reading.native} ({reading.key or 'in all'}) another "
                        "value than a table before it: export without comparison or segments",
                    )
        if not given:
            held = listed(notes.unused) or "no table"
            raise sheet.error(None, f"it holds nothing to use ({held}); export {_SCREENS}")


class Universal(_Screen):
    """Universal Analytics, which Google ended on 1 July 2023; officers' folders hold its files."""

    name = "universal-analytics"
    title = "Universal Analytics screen"
    natives: ClassVar[Mapping[str, str]] = {
        "page_views": "Pageviews",
        "sessions": "Sessions",
        "users_total": "Users",
        "users_new": "New Users",
        "bounce": "Bounce Rate",
        "session_seconds": "Avg. Session Duration",
    }
    words = Words(
        dimensions={
            "page": "page",
            "default channel grouping": "channel",
            "device category": "device",
        },
        days={"day index": {"day-first": by_day_first, "month-first": by_month_first}},
        metrics={normal(name): metric for metric, name in natives.items()},
        plain=frozenset(),
        blank_is_total=True,
    )

    def accepts(self, sheet: Sheet) -> bool:
        """Tell whether the sheet comes from Universal Analytics."""
        return _from_google(sheet) and _is_universal(sheet.header)


class Analytics4(_Screen):
    """Google Analytics 4: reports, the "Reports snapshot" with its many tables, explorations."""

    name = "google-analytics-4"
    title = "Google Analytics 4 screen or exploration"
    natives: ClassVar[Mapping[str, str]] = {
        "page_views": "Views",
        "sessions": "Sessions",
        "sessions_engaged": "Engaged sessions",
        "users_total": "Total users",
        "users_active": "Active users",
        "users_unspecified": "Users",
        "users_new": "New users",
        "bounce": "Bounce rate",
        "session_seconds": "Average session duration",
    }
    words = Words(
        dimensions={
            "page path and screen class": "page",
            "page path": "page",
            "session primary channel group (default channel group)": "channel",
            "session default channel group": "channel",
            "session default channel grouping": "channel",
            "device category": "device",
        },
        days={"nth day": {None: by_offset}, "date": {None: by_date}},
        metrics={normal(name): metric for metric, name in natives.items()},
        plain=frozenset(
            {
                "average engagement time",
                "average engagement time per active user",
                "average engagement time per session",
                "engagement rate",
                "event count",
                "key events",
                "returning users",
                "total revenue",
                "views per active user",
                "views per session",
            }
        ),
        blank_is_total=False,
    )

    def accepts(self, sheet: Sheet) -> bool:
        """Tell whether the sheet comes from Google Analytics 4."""
        return _from_google(sheet) and not _is_universal(sheet.header)


def _is_universal(header: Sequence[str]) -> bool:
    """Tell the versions apart by names that GA4 does not know, or writes with small letters."""
    names = {name.strip() for name in header}
    return not _UNIVERSAL_NAMES.isdisjoint(map(normal, names)) or not _UNIVERSAL_CASE.isdisjoint(
        names
    )


def _from_google(sheet: Sheet) -> bool:
    """Tell whether a sheet is Google's: no other known export has comments before its header."""
    if sheet.preamble:
        return True
    names = {normal(name) for name in sheet.header}
    return any(
        words.dimensions.get(normal(sheet.header[0])) and not names.isdisjoint(words.metrics)
        for words in (Universal.words, Analytics4.words)
    )


def _readings(sheet: Sheet, table: Table, subject: str, span: Span) -> Iterator[Reading]:
    try:
        yield from table.readings(subject, span)
    except ValueError as error:
        raise sheet.error(table.line, str(error)) from None


def _tables(
    sheet: Sheet, words: Words, notes: Notes, said: Answers
) -> Iterator[tuple[Table, Span]]:
    """Yield each table that can be used, once all of its rows are taken, with its days."""
    table: Table | None = None
    days = _Days(sheet, said.period)
    for line, cells in sheet.rows():
        comment = _is_comment(cells, table)
        if comment or not any(cells):
            if table:
                yield from _finished(table, days, notes)
            table = None
        try:
            if comment:
                days.read(cells)
            elif table:
                notes.rows += 1
                notes.taken += table.usable and table.add(cells)
            elif any(cells):
                by_day = normal(cells[0]) in words.days
                table = (
                    DayTable(line, cells, words, said.dates)
                    if by_day
                    else Table(line, cells, words, said.hosts)
                )
        except ValueError as error:
            raise sheet.row_error(line, cells if table else (), error) from None
    if table:
        yield from _finished(table, days, notes)


def _is_comment(cells: Sequence[str], table: Table | None) -> bool:
    """Tell comments from rows: inside a table, a page's title may begin with # as well."""
    if not cells or not cells[0].lstrip().startswith("#"):
        return False
    return table is None or len(cells) != table.width


def _finished(table: Table, days: _Days, notes: Notes) -> Iterator[tuple[Table, Span]]:
    if not table.gave:
        notes.leave(f"the table {table.columns.header[0].strip()}")
        return
    span = days.span(table.line)
    table.note(notes)
    yield table, span


class _Days:
    """The period that the comment lines state, in either of Google's two forms."""

    def __init__(self, sheet: Sheet, said: Period | None) -> None:
        self._sheet = sheet
        self._said = said
        self.first: date | None = None
        self.last: date | None = None

    def span(self, line: int) -> Span:
        """Return the days of the table at `line`. Raises ImportFileError where there are none."""
        if self.first is None or self.last is None:
            if self._said is not None:
                return Span(self._said.start, self._said.end)
            raise self._sheet.error(
                line,
                "no comment line before this table says which days it covers: upload the original "
                "download, or say them with --period 2025-04, or with --from and --to",
            )
        if self.last < self.first:
            raise self._sheet.error(
                line,
                f"the days it covers end ({self.last}) before they start ({self.first}): export "
                "the report again",
            )
        if self._said is not None and (self._said.start, self._said.end) != (self.first, self.last):
            raise self._sheet.error(
                line,
                f"the file says that this table covers {self.first} to {self.last}: leave the "
                "period out, or correct it",
            )
        return Span(self.first, self.last)

    def read(self, cells: Sequence[str]) -> None:
        """Take the dates of a comment line, where it has any. Raises ValueError for wrong ones."""
        text = ",".join(cell for cell in cells if cell).strip("# ")
        name, _, value = text.partition(":")
        if normal(name) == "start date":
            self.first, self.last = day(value), None
        elif normal(name) == "end date":
            self.last = day(value)
        elif span := _RANGE.fullmatch(text):
            if span[3]:
                raise ValueError(f"{shown(text)} is more than one period: export each on its own")
            self.first, self.last = day(span[1]), day(span[2])
