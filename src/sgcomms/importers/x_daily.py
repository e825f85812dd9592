"""X (Twitter): what an account received day by day, as X Analytics exports it as CSV.

The figures of a day are of all posts that were seen that day, whenever they went out, so they need
not agree with those of single posts.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import ClassVar

from sgcomms.importers.base import BLANK, Importer, Notes
from sgcomms.importers.columns import Columns
from sgcomms.importers.dates import Days, only_once
from sgcomms.importers.sheet import Sheet
from sgcomms.importers.values import named_day
from sgcomms.models import Reading

_NAME = re.compile(r"daily_tweet_activity_metrics_(\w{1,15})_\d{8}_\d{8}", re.ASCII)


class _Daily(Importer):
    """What both layouts share: one row a day, and no word about whose they are."""

    platform = "x"
    takes_read_on = True

    @abstractmethod
    def _day(self, sheet: Sheet, at: int) -> Callable[[str], date]:
        """Return the function that tells the day in a cell of the column `at`."""

    def owner(self, sheet: Sheet) -> None:
        """Return None: only the files of single posts say whose they are."""

    def extract(self, sheet: Sheet, subject: str, notes: Notes) -> Iterator[Reading]:
        """Yield what the account `subject` received, day by day.

        Raises ImportFileError, with the line, for anything that X does not write.
        """
        columns = self.columns(sheet)
        places = columns.places(self.natives)
        date_at = columns.at("Date")
        notes.use(columns, places, [date_at])
        day_of, seen = self._day(sheet, date_at), set[str]()
        for line, cells in sheet.body():
            notes.rows += 1
            try:
                row = columns.fitted(cells, pad=False)
                day = day_of(row[date_at])
                counts = columns.counts(row, places)
                only_once(seen, str(day))
            except ValueError as error:
                raise sheet.row_error(line, cells, error) from None
            notes.taken += 1
            yield from _readings(columns, subject, day, counts, dict(places))


class ByDay(_Daily):
    """The tweet activity export by day that X Analytics offered until about mid-2024."""

    name = "x-by-day"
    title = "X (Twitter) tweet activity, by day"
    day_boundary = "UTC"
    natives: ClassVar[Mapping[str, str]] = {
        "impressions": "impressions",
        "engagements": "engagements",
        "reactions": "likes",
        "shares": "retweets",
        "comments": "replies",
        "clicks_link": "url clicks",
        "profile_visits": "user profile clicks",
        "follows": "follows",
    }
    by_day = natives
    aliases: ClassVar[Mapping[str, tuple[str, ...]]] = {"likes": ("favorites",)}
    required = ("Date", "Tweets published", *natives.values())

    def handle_in_name(self, sheet: Sheet) -> str | None:
        """Return the handle in a name such as `daily_tweet_activity_metrics_cplscb_…`."""
        found = _NAME.search(sheet.name)
        return found[1].lower() if found else None

    def _day(self, sheet: Sheet, at: int) -> Callable[[str], date]:
        return Days(sheet, at, self.said.dates).day


class Overview(_Daily):
    """The "Overview" export of X Premium (2025). Its shares are private sends: not used."""

    name = "x-overview"
    title = "X (Twitter) analytics, overview"
    day_boundary = "the zone of the browser that exported it"
    takes_zone = True
    natives: ClassVar[Mapping[str, str]] = {
        "impressions": "Impressions",
        "engagements": "Engagements",
        "reactions": "Likes",
        "shares": "Reposts",
        "comments": "Replies",
        "saves": "Bookmarks",
        "profile_visits": "Profile visits",
        "follows": "New follows",
    }
    by_day = natives
    required = ("Date", "Create Post", *natives.values())

    def _day(self, sheet: Sheet, at: int) -> Callable[[str], date]:
        return named_day


def _readings(
    columns: Columns,
    subject: str,
    day: date,
    counts: Mapping[str, float | None],
    at: Mapping[str, int],
) -> Iterator[Reading]:
    for metric, value in counts.items():
        yield Reading(
            subject=subject,
            metric=metric,
            value=value,
            first=day,
            last=day,
            native=columns.header[at[metric]].strip(),
            reason=BLANK if value is None else None,
            basis="received",
        )
