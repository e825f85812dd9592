"""YouTube Studio: the ZIP file of its advanced mode, with the days and the videos on its screen.

The table of videos has figures of the period that was on screen, not of each video's whole life.
So a video is no post here, whose figures are totals since it was published: it is a row of the
account's breakdown by `video`, received in the days that the table of days has. The title of a
video and the day it was published on are not kept, and the total row is never counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import ClassVar

from sgcomms.importers.base import BLANK, Importer, Notes, Owner
from sgcomms.importers.columns import Columns, normal
from sgcomms.importers.dates import only_once
from sgcomms.importers.days import Days
from sgcomms.importers.moments import iso_day
from sgcomms.importers.sheet import Sheet
from sgcomms.importers.values import SPREADSHEET, shown
from sgcomms.models import Reading

_VIDEOS = ("Content", "Video title", "Video publish time")
_TOTAL = "total"
_SIGNS = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)


class YouTubeStudio(Importer):
    """Figures of a YouTube channel by day, and by video over those days.

    Days are Pacific: not verified.
    """

    name = "youtube-studio"
    title = "YouTube Studio"
    platform = "youtube"
    day_boundary = "America/Los_Angeles"
    takes_read_on = False
    required = ("Date",)
    natives: ClassVar[Mapping[str, str]] = {"views": "Views", "impressions": "Impressions"}
    by_day = natives
    remark = (
        "By day from `Totals.csv`, which has one figure a day. From `Table data.csv` the same for "
        "each video (`video`: its id), as received over all those days together. These are figures "
        "of a period and none since a video was published, so a video does not count as a post. "
        "The `Total` row is never counted. YouTube lists 500 videos at most, so of one that is not "
        "listed nothing is known."
    )
    id_length: ClassVar[int] = 11
    """Signs of a video's id: as in every example, not verified."""
    most_videos: ClassVar[int] = 500
    """Videos that the table has at most: YouTube leaves out the rest."""

    def needs(self) -> str:
        """Return what the ZIP file must hold."""
        return "the ZIP file with Table data.csv and Totals.csv, with views by day"

    def missing(self, sheet: Sheet) -> tuple[str, ...]:
        """Return the columns that totals by day need, and cannot be told from others without."""
        beside = any(not Columns(one.header, {}).missing(_VIDEOS) for one in sheet.beside)
        is_of_videos = not Columns(sheet.header, {}).missing(_VIDEOS[:1])
        return super().missing(sheet) if beside and not is_of_videos else self.required

    def joined(self, sheet: Sheet) -> tuple[Sheet, ...]:
        """Return the table of videos, where it has a column that is used; not that of the chart."""
        return tuple(one for one in sheet.beside if self._is_of_videos(one))

    def owner(self, sheet: Sheet) -> Owner | None:
        """Return None: the channel stands in the file's name only, which anybody may change."""
        return None

    def extract(self, sheet: Sheet, subject: str, notes: Notes) -> Iterator[Reading]:
        """Yield the figures of each day, then those of each video over all of the days.

        Raises ImportFileError, with the line, for anything that YouTube does not write, and for
        weeks or months in place of days.
        """
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
                native = columns.header[at].strip()
                yield _received(subject, metric, values[metric], (day, day), native)
        if days.alone:
            raise sheet.error(None, "one row may be a day or a month: export several days")
        if days.span is not None:
            seen = set[str]()
            for other in self.joined(sheet):
                notes.table = other.table
                yield from self._of_videos(other, subject, days.span, notes, seen)
            if len(seen) == self.most_videos:
                notes.full["videos"] = len(seen)

    def _is_of_videos(self, sheet: Sheet) -> bool:
        columns = Columns(sheet.header, {})
        is_chart = bool(columns.positions("Date"))
        return not (columns.missing(_VIDEOS) or is_chart) and bool(columns.places(self.by_day))

    def _of_videos(
        self, sheet: Sheet, subject: str, span: tuple[date, date], notes: Notes, seen: set[str]
    ) -> Iterator[Reading]:
        """Yield what each video received in the days of `span`. `seen` are those that came."""
        columns = Columns(sheet.header, {})
        places = columns.places(self.by_day)
        id_at = columns.at(_VIDEOS[0])
        notes.use(columns, places, [id_at])
        for line, cells in sheet.body():
            notes.rows += 1
            try:
                row = columns.fitted(cells, pad=False)
                if normal(row[id_at]) == _TOTAL:
                    continue
                video = self._video(row[id_at])
                only_once(seen, f"the video {video}")
                values = columns.counts(row, places)
            except ValueError as error:
                raise sheet.error(line, str(error)) from None
            notes.taken += 1
            for metric, at in places:
                native = columns.header[at].strip()
                yield _received(subject, metric, values[metric], span, native, video)

    def _video(self, text: str) -> str:
        """Return the id of a video. Raises ValueError."""
        video = text.strip()
        if len(video) != self.id_length or not _SIGNS.fullmatch(video):
            raise ValueError(f"{shown(text)} is not the id of a video: {SPREADSHEET}")
        return video


def _received(
    subject: str,
    metric: str,
    value: float | None,
    span: tuple[date, date],
    native: str,
    video: str | None = None,
) -> Reading:
    return Reading(
        subject=subject,
        metric=metric,
        value=value,
        first=span[0],
        last=span[1],
        native=native,
        dimension=None if video is None else "video",
        key=video,
        reason=BLANK if value is None else None,
        basis="received",
    )
