"""YouTube Studio: the ZIP file of its advanced mode. Only the views of each day are taken from it.

The table of videos has figures of the period that was on screen, not of each video's whole life,
and days without times: so it says that the file is YouTube's, and nothing is taken from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from sgcomms.importers.base import Importer, Notes, Owner
from sgcomms.importers.columns import Columns
from sgcomms.importers.days import Days
from sgcomms.importers.moments import iso_day
from sgcomms.importers.sheet import Sheet
from sgcomms.models import Reading

_VIDEOS = ("Content", "Video title", "Video publish time")
_BLANK = "the export leaves it blank"


class YouTubeStudio(Importer):
    """Views of a YouTube channel by day. Days are Pacific: not verified."""

    name = "youtube-studio"
    title = "YouTube Studio"
    platform = "youtube"
    day_boundary = "America/Los_Angeles"
    takes_read_on = False
    required = ("Date",)
    natives: ClassVar[Mapping[str, str]] = {"views": "Views"}
    by_day = natives

    def needs(self) -> str:
        """Return what the ZIP file must hold."""
        return "the ZIP file with Table data.csv and Totals.csv, with views by day"

    def missing(self, sheet: Sheet) -> tuple[str, ...]:
        """Return the columns that totals by day need, and cannot be told from others without."""
        beside = any(not Columns(one.header, {}).missing(_VIDEOS) for one in sheet.beside)
        is_of_videos = not Columns(sheet.header, {}).missing(_VIDEOS[:1])
        return super().missing(sheet) if beside and not is_of_videos else self.required

    def owner(self, sheet: Sheet) -> Owner | None:
        """Return None: the channel stands in the file's name only, which anybody may change."""
        return None

    def extract(self, sheet: Sheet, subject: str, notes: Notes) -> Iterator[Reading]:
        """Yield the views of each day. Raises ImportFileError, with the line, for anything that
        YouTube does not write, and for weeks or months in place of days."""
        columns = self.columns(sheet)
        places = columns.places(self.by_day)
        if not places:
            raise sheet.error(
                sheet.header_line,
                f"its days have {', '.join(sheet.header[1:]) or 'no figures'}, not views: choose "
                "Views above the chart, and export again",
            )
        day_at = columns.at("Date")
        notes.use(columns, places, [day_at])
        days = Days()
        for line, cells in sheet.body():
            notes.rows += 1
            try:
                row = columns.fitted(cells, pad=False)
                day = days.next(iso_day(row[day_at]))
                values = columns.counts(row, places)
            except ValueError as error:
                raise sheet.row_error(line, cells, error) from None
            notes.taken += 1
            for metric, at in places:
                yield Reading(
                    subject=subject,
                    metric=metric,
                    value=values[metric],
                    first=day,
                    last=day,
                    native=columns.header[at].strip(),
                    reason=_BLANK if values[metric] is None else None,
                    basis="received",
                )
        if days.alone:
            raise sheet.error(None, "one row may be a day or a month: export several days")
