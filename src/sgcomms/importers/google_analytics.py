"""Google Analytics: what people download from the screens of Universal Analytics and of GA4.

One file may hold several tables, each after a blank line, with comment lines before it that state
the days it covers. Readings are of that closed period, whenever the file was exported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import ClassVar

from sgcomms.importers.base import Importer, Notes, Owner
from sgcomms.importers.columns import normal
from sgcomms.importers.google_tables import Span, Table, Words
from sgcomms.importers.sheet import Sheet
from sgcomms.importers.values import day, shown
from sgcomms.models import Reading

_SCREENS = (
    "a report by page (Page, or Page path and screen class), by channel (Default Channel "
    "Grouping, or Session default channel group), by device (Device category), or of totals only"
)
_UNIVERSAL_NAMES = frozenset(
    {
        "% new sessions",
        "avg. session duration",
        "default channel grouping",
        "page",
        "pages / session",
        "pageviews",
    }
)
_UNIVERSAL_CASE = frozenset({"Bounce Rate", "Device Category", "New Users"})
_RANGE = re.compile(r"(\d{8})-(\d{8})(\D+\d{8}-\d{8})*", re.ASCII)


class _Screen(Importer):
    """What both versions share: comments with the period, tables, totals."""

    platform = "website"
    required = ()
    day_boundary = "the property's own time zone"
    takes_read_on = False
    words: ClassVar[Words]

    def needs(self) -> str:
        """Return which screens give such a file."""
        return f"comment lines (# …) with the dates, and {_SCREENS}"

    def owner(self, sheet: Sheet) -> Owner | None:
        """Return None: the file names a property in somebody's own words, and no number."""
        return None

    def extract(self, sheet: Sheet, subject: str, notes: Notes) -> Iterator[Reading]:
        """Yield the readings of the website `subject`, table by table.

        Raises ImportFileError when no table can be used, a period is missing, or the file gives
        two values for one figure.
        """
        given: dict[tuple[str | None, ...], float | None] = {}
        for table, span in _tables(sheet, self.words, notes):
            for reading in table.readings(subject, span):
                figure = (reading.metric, reading.dimension, reading.key, str(span))
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
            held = ", ".join(notes.unused) or "no table"
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


def _tables(sheet: Sheet, words: Words, notes: Notes) -> Iterator[tuple[Table, Span]]:
    """Yield each table that can be used, once all of its rows are taken, with its days."""
    table: Table | None = None
    days = _Days()
    for line, cells in sheet.rows():
        comment = _is_comment(cells, table)
        if comment or not any(cells):
            if table:
                yield from _finished(sheet, table, days, notes)
            table = None
        try:
            if comment:
                days.read(cells)
            elif table:
                notes.rows += 1
                notes.taken += table.usable and table.add(cells)
            elif any(cells):
                table = Table(line, cells, words)
        except ValueError as error:
            raise sheet.error(line, str(error)) from None
    if table:
        yield from _finished(sheet, table, days, notes)


def _is_comment(cells: Sequence[str], table: Table | None) -> bool:
    """Tell comments from rows: inside a table, a page's title may begin with # as well."""
    if not cells or not cells[0].lstrip().startswith("#"):
        return False
    return table is None or len(cells) != len(table.columns.header)


def _finished(
    sheet: Sheet, table: Table, days: _Days, notes: Notes
) -> Iterator[tuple[Table, Span]]:
    name = table.columns.header[0].strip()
    if not table.gave:
        notes.leave(f"the table {name}")
        return
    if days.first is None or days.last is None:
        raise sheet.error(
            table.line,
            "no comment line before this table says which days it covers: upload the original "
            "download, or record its figures by hand",
        )
    if days.last < days.first:
        raise sheet.error(
            table.line,
            f"the days it covers end ({days.last}) before they start ({days.first}): export the "
            "report again",
        )
    table.note(notes)
    yield table, Span(days.first, days.last)


class _Days:
    """The period that the comment lines state, in either of Google's two forms."""

    def __init__(self) -> None:
        self.first: date | None = None
        self.last: date | None = None

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
