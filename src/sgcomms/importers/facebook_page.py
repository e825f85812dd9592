"""Facebook: the Page day by day, as Page Insights exported it until about 2022.

As CSV it is one table, as a workbook (XML under the name .xls) its sheet "Key Metrics".

Beside what the Page received each day stands how many people liked it. Figures of seven and of 28
days lie over one another and are not used. A day without a row is missing, not zero.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from sgcomms.importers.base import BLANK, Importer, Notes
from sgcomms.importers.dates import Days, only_once
from sgcomms.importers.facebook_insights import described
from sgcomms.importers.sheet import Sheet
from sgcomms.models import Reading


class FacebookPage(Importer):
    """The days of a Facebook Page, as Insights told of them."""

    name = "facebook-page-insights"
    title = "Facebook Insights, the Page by day (to about 2022)"
    platform = "facebook"
    day_boundary = "America/Los_Angeles"
    takes_read_on = True
    remark = (
        "Read as CSV, and as the workbook in XML that is named `.xls`, which also holds sheets of "
        "places and ages: these are not read. Figures of seven and of 28 days lie over one another "
        "and are not used."
    )
    natives: ClassVar[Mapping[str, str]] = {
        "impressions": "Daily Total Impressions",
        "reach": "Daily Total Reach",
    }
    by_day = natives
    levels: ClassVar[Mapping[str, str]] = {"followers": "Lifetime Total Likes"}
    required = ("Date", levels["followers"], "Daily New Likes", "Daily Unlikes")

    def owner(self, sheet: Sheet) -> None:
        """Return None: the file does not name the Page."""

    def extract(self, sheet: Sheet, subject: str, notes: Notes) -> Iterator[Reading]:
        """Yield what the account `subject` received each day, and how many people liked it then.

        Raises ImportFileError, with the line, for anything that Facebook did not write.
        """
        columns = self.columns(sheet)
        places = columns.places({**self.levels, **self.by_day})
        date_at = columns.at("Date")
        notes.use(columns, places, [date_at])
        days, seen = Days(sheet, date_at, self.said.dates), set[str]()
        for line, row in described(sheet, columns, date_at):
            notes.rows += 1
            try:
                day = days.day(row[date_at])
                counts = columns.counts(row, places)
                only_once(seen, str(day))
            except ValueError as error:
                raise sheet.row_error(line, row, error) from None
            notes.taken += 1
            for metric, at in places:
                value = counts[metric]
                yield Reading(
                    subject=subject,
                    metric=metric,
                    value=value,
                    first=day,
                    last=day,
                    native=columns.header[at].strip(),
                    reason=BLANK if value is None else None,
                    basis=None if metric in self.levels else "received",
                )
