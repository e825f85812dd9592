"""Facebook and Instagram: the content exports of Meta Business Suite (2024 to 2026).

Figures are totals since the post was made. Columns come and go between years and downloads, and
their order varies; times are US Pacific, whoever downloads the file, unless somebody who knows
better says so. Nothing in the file's name tells Facebook from Instagram: the header does.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import ClassVar

from sgcomms.importers.base import Answers, Importer, Notes, Owner
from sgcomms.importers.columns import Columns, Place
from sgcomms.importers.dates import Slashed
from sgcomms.importers.sheet import Sheet
from sgcomms.importers.values import (
    PACIFIC,
    SPREADSHEET,
    identifier,
    looks_rounded,
    minute,
    shortcode_time,
    shown,
    wall_minute,
)
from sgcomms.models import PostRow, Publication

_WRITTEN = re.compile(r"(0\d|1[0-2])/\d\d/\d{4} \d\d:\d\d", re.ASCII)
"""A publish time as Meta writes it: the month first, two digits each."""

_COMMON = ("Post ID", "Publish time", "Permalink", "Date")
_SHORTCODE_AGREES = timedelta(hours=2)
_TELLING = 3


class _ContentExport(Importer):
    """What both platforms share: one row a post, its publish time, its caption in two columns."""

    day_boundary = "America/Los_Angeles"
    takes_read_on = True
    takes_zone = True
    whole_ids = True
    owner_column: ClassVar[str]

    @abstractmethod
    def _owner(self, columns: Columns, row: Sequence[str]) -> Owner:
        """Return whose post a row is. Raises ValueError when its number is none."""

    def _published(self, minute: datetime, link: str) -> datetime:
        """Return when a post was made, given its publish time in UTC and its link."""
        return minute

    def owner(self, sheet: Sheet) -> Owner | None:
        """Return the Page or account of the first post; None for a file without posts.

        Raises ImportFileError when its number is none.
        """
        columns = self.columns(sheet)
        id_at = columns.at("Post ID")
        for line, cells in sheet.body():
            try:
                row = columns.fitted(cells, pad=True)
                if row[id_at].strip():
                    return self._owner(columns, row)
            except ValueError as error:
                raise sheet.row_error(line, cells, error) from None
        return None

    def extract(self, sheet: Sheet, subject: str, notes: Notes) -> Iterator[PostRow]:
        """Yield one row a post of the account `subject`; rows in which Meta reports an error of
        its own are kept in `notes`.

        Raises ImportFileError, with the line, for anything that Meta does not write.
        """
        columns = self.columns(sheet)
        places = columns.places(self.natives)
        rows = _Rows(columns, places, self.owner_column, whole_ids=self.whole_ids)
        notes.use(columns, rows.places, rows.others)
        made_at = _Times(sheet, rows.time_at, self.said)
        width = length = before = len(columns.header)
        line = sheet.header_line
        for line, cells in sheet.body():
            notes.rows += 1
            before, length = length, len(cells)
            try:
                row = cells if length == width else columns.fitted(cells, pad=True)
                if not row[rows.id_at].strip():
                    notes.skip(line, rows.excuse(row))
                    continue
                link = row[rows.link_at].strip()
                published = self._published(made_at(row[rows.time_at]), link)
                post = rows.post(row, subject, published, link)
            except ValueError as error:
                raise sheet.row_error(line, cells, error) from None
            notes.taken += 1
            yield post
        if not sheet.ends_with_newline and length < min(width, before):
            raise sheet.error(line, "the file breaks off in this row: download it again")
        if rows.all_rounded():
            raise sheet.error(None, f"every long Post ID ends in noughts: {SPREADSHEET}")


class FacebookContent(_ContentExport):
    """Posts of a Facebook Page."""

    name = "facebook-content"
    title = "Facebook content (Meta Business Suite)"
    platform = "facebook"
    owner_column = "Page ID"
    whole_ids = False  # the Graph API's id of a post is PAGE_POST, the export's only POST
    natives: ClassVar[Mapping[str, str]] = {
        "impressions": "Impressions",
        "views": "Views",
        "reach": "Reach",
        "reactions": "Reactions",
        "comments": "Comments",
        "shares": "Shares",
        "clicks_all": "Total clicks",
        "clicks_link": "Link Clicks",
    }
    required = (*_COMMON, owner_column, "Reactions", "Comments", "Shares")

    def _owner(self, columns: Columns, row: Sequence[str]) -> Owner:
        return Owner(id=identifier(row[columns.at(self.owner_column)]))


class InstagramContent(_ContentExport):
    """Posts of an Instagram account.

    The shortcode in a post's link holds the moment at which it was made. It settles the hour that
    comes twice when US clocks go back, and adds the seconds; where it is more than two hours off
    (a post made from an older upload) the publish time counts.
    """

    name = "instagram-content"
    title = "Instagram content (Meta Business Suite)"
    platform = "instagram"
    owner_column = "Account ID"
    natives: ClassVar[Mapping[str, str]] = {
        "impressions": "Impressions",
        "views": "Views",
        "reach": "Reach",
        "reactions": "Likes",
        "comments": "Comments",
        "shares": "Shares",
        "saves": "Saves",
        "follows": "Follows",
    }
    required = (*_COMMON, owner_column, "Account username", "Likes", "Comments", "Shares", "Saves")

    def _owner(self, columns: Columns, row: Sequence[str]) -> Owner:
        handle = row[columns.at("Account username")].strip().removeprefix("@").lower()
        return Owner(handle or None, identifier(row[columns.at(self.owner_column)]))

    def _published(self, minute: datetime, link: str) -> datetime:
        code = link.partition("?")[0].rstrip("/").rpartition("/")[2]
        made = shortcode_time(code)
        return made if made and abs(made - minute) <= _SHORTCODE_AGREES else minute


class _Times:
    """When the posts of one file were made: as Meta writes it, or as a spreadsheet rewrote it."""

    def __init__(self, sheet: Sheet, at: int, said: Answers) -> None:
        self._zone = said.zone or PACIFIC
        self._rewritten = Slashed(sheet, at, said.dates)
        self._as_written = said.dates is None
        self._taken = False

    def __call__(self, text: str) -> datetime:
        """Return the time in a cell, in UTC. Raises ValueError with what is wrong with it."""
        if self._as_written:
            try:
                found = minute(text, self._zone)
            except ValueError:
                if _WRITTEN.fullmatch(text.strip()):
                    raise
            else:
                self._taken = True
                return found
        wall = self._rewritten.read(text)
        if wall is None:
            return minute(text, self._zone)
        if self._as_written and self._taken and self._rewritten.order == "day-first":
            raise ValueError(
                f"{shown(text)} has the day first, and the rows before were read as Meta writes "
                "them, with the month first: upload the original download, or say --dates day-first"
            )
        self._as_written = False
        return wall_minute(text, *wall, self._zone)


class _Rows:
    """Where one file's columns stand, and what must be alike in all of its rows."""

    def __init__(
        self, columns: Columns, places: tuple[Place, ...], owner_column: str, *, whole_ids: bool
    ) -> None:
        self._columns = columns
        self._whole_ids = whole_ids
        self.places = places
        self.id_at, self.time_at, self.link_at, self._date_at = map(columns.at, _COMMON)
        self._owner_at = columns.at(owner_column)
        self._caption_at = [*columns.positions("Title"), *columns.positions("Description")]
        self._kind_at = columns.positions("Post type")[:1]
        self._comment_at = columns.positions("Data comment")[:1]
        self._owner = ""
        self._long_ids = self._rounded_ids = 0

    @property
    def others(self) -> list[int]:
        """The positions of the columns that are used and hold no metric."""
        found = [self.id_at, self.time_at, self.link_at, self._date_at, self._owner_at]
        found += [*self._caption_at, *self._kind_at, *self._comment_at]
        found += self._columns.positions("Account username")
        return found

    def excuse(self, row: Sequence[str]) -> str:
        """Return why a row has no post, in Meta's words. Raises ValueError when it does not say."""
        for at in self._comment_at:
            if comment := row[at].strip():
                return comment
        raise ValueError("this row has no Post ID: the file is damaged; download it again")

    def post(self, row: list[str], subject: str, published: datetime, link: str) -> PostRow:
        """Return the post in `row`. Raises ValueError with what is wrong with the row."""
        post_id = identifier(row[self.id_at])
        self._check(row, post_id)
        caption = max((row[at] for at in self._caption_at), key=len, default="")
        kind = "".join(row[at].strip() for at in self._kind_at)
        if not self._whole_ids:
            post_id = f"{self._owner}_{post_id}"
        return PostRow(
            Publication(subject, post_id, published, link or None, kind or None, caption or None),
            self._columns.counts(row, self.places),
        )

    def all_rounded(self) -> bool:
        """Tell whether a spreadsheet has rounded the ids: by chance, one in a million files."""
        return self._rounded_ids == self._long_ids >= _TELLING

    def _check(self, row: Sequence[str], post_id: str) -> None:
        if len(post_id) > 16:
            self._long_ids += 1
            self._rounded_ids += looks_rounded(post_id)
        if row[self._date_at].strip().lower() != "lifetime":
            raise ValueError(
                f"Date is {shown(row[self._date_at])}, so this export has a row for each day; "
                'export again with "Lifetime" figures, not "Daily"'
            )
        owner = row[self._owner_at].strip()
        self._owner = self._owner or owner
        if owner != self._owner:
            name = self._columns.header[self._owner_at].strip()
            raise ValueError(
                f"{name} is {shown(owner)}, in the rows before {shown(self._owner)}: export each "
                "Page or account on its own"
            )
