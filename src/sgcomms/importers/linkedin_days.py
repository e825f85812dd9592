"""LinkedIn: who began to follow a company page each day, and how often the page was looked at.

Two workbooks (.xls) beside that of the content. Days are UTC. `Total followers` stands in the sheet
of new followers: it is what the day brought, never how many there are. Unique visitors are of one
day each and can be added to nothing, so they are not used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import ClassVar

from sgcomms.importers.base import BLANK, Importer, Notes
from sgcomms.importers.columns import Columns
from sgcomms.importers.days import new
from sgcomms.importers.moments import us_day
from sgcomms.importers.sheet import Sheet
from sgcomms.importers.values import count
from sgcomms.models import Reading

Counted = Callable[[str, str], float | None]
"""What the text in the column of a metric counts. Raises ValueError."""


def received(
    sheet: Sheet,
    columns: Columns,
    by_day: Mapping[str, str],
    counted: Counted,
    subject: str,
    notes: Notes,
) -> Iterator[Reading]:
    """Yield what the account `subject` received on each day of a sheet with the column Date.

    `by_day` names the columns of the metrics. Raises ImportFileError, with the row, for a day that
    LinkedIn does not write or that stands twice, and for what `counted` refuses.
    """
    places = columns.places(by_day)
    day_at = columns.at("Date")
    twins = (again for _, at in places for again in columns.twins(at))
    notes.use(columns, [], [day_at, *(at for _, at in places), *twins])
    seen: set[date] = set()
    for line, cells in sheet.body():
        notes.rows += 1
        try:
            row = columns.fitted(cells, pad=True)
            day = new(us_day(row[day_at]), seen)
            values = [(metric, at, counted(metric, columns.cell(row, at))) for metric, at in places]
        except ValueError as error:
            raise sheet.row_error(line, cells, error) from None
        notes.taken += 1
        for metric, at, value in values:
            yield Reading(
                subject=subject,
                metric=metric,
                value=value,
                first=day,
                last=day,
                native=columns.header[at].strip(),
                reason=BLANK if value is None else None,
                basis="received",
            )


class _PageDays(Importer):
    """What both workbooks share: one sheet with a row for each day."""

    platform = "linkedin"
    day_boundary = "UTC"
    takes_read_on = True

    def owner(self, sheet: Sheet) -> None:
        """Return None: a workbook does not say whose it is."""

    def extract(self, sheet: Sheet, subject: str, notes: Notes) -> Iterator[Reading]:
        """Yield what the account `subject` received each day.

        Raises ImportFileError, with the row, for anything that LinkedIn does not write.
        """
        columns = self.columns(sheet)
        notes.natives.update(
            (metric, columns.header[at].strip()) for metric, at in columns.places(self.by_day)
        )
        yield from received(sheet, columns, self.by_day, _counted, subject, notes)


class LinkedInFollowers(_PageDays):
    """The days of a page's new followers."""

    name = "linkedin-followers"
    title = "LinkedIn page followers"
    natives: ClassVar[Mapping[str, str]] = {"followers_gained": "Total followers"}
    by_day = natives
    required = ("Date", "Organic followers", "Total followers")


class LinkedInVisitors(_PageDays):
    """The days of a page's visitors."""

    name = "linkedin-visitors"
    title = "LinkedIn page visitors"
    natives: ClassVar[Mapping[str, str]] = {"profile_views": "Total page views (total)"}
    by_day = natives
    required = ("Date", "Total page views (total)", "Total unique visitors (total)")


def _counted(_metric: str, text: str) -> float | None:
    return count(text)
