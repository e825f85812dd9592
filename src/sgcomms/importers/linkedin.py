"""LinkedIn: the content of a company page, exported as a workbook (.xls).

One sheet has the totals of each post, another what the page received on each day. Days are UTC, as
the first row of every sheet says. Who posted something is never kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from typing import ClassVar

from sgcomms.importers.base import Importer, Notes, Owner
from sgcomms.importers.columns import Columns
from sgcomms.importers.linkedin_days import received
from sgcomms.importers.moments import us_day
from sgcomms.importers.sheet import Sheet
from sgcomms.importers.values import count, shown
from sgcomms.models import PostRow, Publication, Reading

_URN = re.compile(r"urn(?::|%3A)li(?::|%3A)(?:activity|share|ugcPost)(?::|%3A)(\d{1,20})", re.ASCII)


class LinkedInContent(Importer):
    """Posts and days of a LinkedIn page (2020 to 2024; the names of columns changed in 2022)."""

    name = "linkedin-content"
    title = "LinkedIn page content"
    platform = "linkedin"
    day_boundary = "UTC"
    takes_read_on = True
    many = True
    natives: ClassVar[Mapping[str, str]] = {
        "impressions": "Impressions",
        "clicks_all": "Clicks",
        "reactions": "Likes",
        "comments": "Comments",
        "shares": "Reposts",
        "follows": "Follows",
    }
    by_day: ClassVar[Mapping[str, str]] = {
        "impressions": "Impressions (total)",
        "reach": "Unique impressions (organic)",
        "clicks_all": "Clicks (total)",
        "reactions": "Reactions (total)",
        "comments": "Comments (total)",
        "shares": "Reposts (total)",
    }
    required = (
        "Post title",
        "Post link",
        "Created date",
        "Impressions",
        "Clicks",
        "Likes",
        "Comments",
        "Reposts",
    )
    aliases: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "Post title": ("Update title",),
        "Post link": ("Update link",),
        "Reposts": ("Shares",),
    }
    day_aliases: ClassVar[Mapping[str, tuple[str, ...]]] = {"Reposts (total)": ("Shares (total)",)}
    falling: ClassVar[frozenset[str]] = frozenset({"reactions", "comments", "shares"})
    """What a day may have less than none of, where more was taken back than given: not verified."""
    id_shift: ClassVar[int] = 22
    """The bits of an id below its milliseconds since 1970: not verified, so an id's time counts
    only where it is of the day that the export prints."""

    def needs(self) -> str:
        """Return what a workbook of this layout must hold."""
        days = f"Date, {self.by_day['impressions']}, {self.by_day['reactions']}"
        return f"a sheet with {', '.join(self.required)}, or one with {days}"

    def accepts(self, sheet: Sheet) -> bool:
        """Tell whether the sheet is one of posts, or one of days."""
        return not self.missing(sheet) or self._is_of_days(sheet)

    def owner(self, sheet: Sheet) -> Owner | None:
        """Return None: a workbook does not say whose it is."""
        return None

    def extract(self, sheet: Sheet, subject: str, notes: Notes) -> Iterator[PostRow | Reading]:
        """Yield the posts, or the days, of the account `subject`.

        Raises ImportFileError, with the row, for anything that LinkedIn does not write.
        """
        if self._is_of_days(sheet):
            yield from self._days(sheet, subject, notes)
        else:
            yield from self._posts(sheet, subject, notes)

    def _is_of_days(self, sheet: Sheet) -> bool:
        wanted = ("Date", self.by_day["impressions"], self.by_day["reactions"])
        return not Columns(sheet.header, {}).missing(wanted)

    def _posts(self, sheet: Sheet, subject: str, notes: Notes) -> Iterator[PostRow]:
        columns = self.columns(sheet)
        places = columns.places(self.natives)
        text_at, link_at, day_at = map(columns.at, self.required[:3])
        kind_at = columns.positions("Content Type")[:1]
        notes.use(columns, places, [text_at, link_at, day_at, *kind_at])
        for line, cells in sheet.body():
            notes.rows += 1
            try:
                row = columns.fitted(cells, pad=True)
                link = row[link_at].strip()
                post_id = _id(link)
                published = self._published(post_id, us_day(row[day_at]))
                values = columns.counts(row, places)
            except ValueError as error:
                raise sheet.row_error(line, cells, error) from None
            kind = "".join(row[at].strip() for at in kind_at)
            text = row[text_at].strip()
            notes.taken += 1
            yield PostRow(
                Publication(subject, post_id, published, link, kind or None, text or None), values
            )

    def _published(self, post_id: str, day: date) -> datetime:
        """Return when a post was made: to the second by its id, else noon of its day."""
        made = datetime.fromtimestamp((int(post_id) >> self.id_shift) // 1000, UTC)
        return made if made.date() == day else datetime.combine(day, time(12), UTC)

    def _days(self, sheet: Sheet, subject: str, notes: Notes) -> Iterator[Reading]:
        columns = Columns(sheet.header, self.day_aliases)
        return received(sheet, columns, self.by_day, self._received, subject, notes)

    def _received(self, metric: str, text: str) -> float | None:
        fewer = text.strip().startswith("-") and metric in self.falling
        value = count(text.strip()[1:] if fewer and text.strip("- ") else text)
        return -value if fewer and value is not None else value


def _id(link: str) -> str:
    """Return the number in a post's link. Raises ValueError."""
    found = _URN.search(link)
    if found is None:
        raise ValueError(f"{shown(link)} is not the link of a post on LinkedIn: export it again")
    return found[1]
