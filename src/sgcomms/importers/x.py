"""X (Twitter): the post activity that X Analytics exports as CSV, by tweet and as "Content".

Since 4 November 2010 the id of a post holds the moment at which it was made, to the millisecond
(Twitter's announcement of Snowflake). The newer export prints a day only, in the zone of the
browser that made it, so there the id alone tells when a post was made.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import ClassVar

from sgcomms.addresses import post_on_x
from sgcomms.importers.base import Importer, Notes, Owner
from sgcomms.importers.columns import Columns
from sgcomms.importers.sheet import Sheet
from sgcomms.importers.values import SPREADSHEET, identifier, shown, snowflake_time, utc_minute
from sgcomms.models import PostRow, Publication

_AGREE = timedelta(minutes=2)

_When = Callable[[str, Sequence[str]], datetime]


class _PostActivity(Importer):
    """What both layouts share: one row a post, with its id, its text, its link with the handle."""

    platform = "x"
    day_boundary = "UTC"
    takes_read_on = True
    id_column: ClassVar[str]
    link_column: ClassVar[str]
    text_column: ClassVar[str]
    most_posts: ClassVar[int | None] = None
    """Posts that X puts into one file, where it is known to leave out the rest."""

    @abstractmethod
    def _when(self, columns: Columns) -> _When:
        """Return the function that tells from an id and its row when the post was made."""

    def owner(self, sheet: Sheet) -> Owner | None:
        """Return the handle in the first post's link that names one; None where none does.

        Raises ImportFileError when that link is no link to a post.
        """
        columns = self.columns(sheet)
        link_at = columns.at(self.link_column)
        for line, cells in sheet.body():
            try:
                handle, _ = _parts(columns.fitted(cells, pad=False)[link_at])
            except ValueError as error:
                raise sheet.row_error(line, cells, error) from None
            if handle:
                return Owner(handle=handle)
        return None

    def extract(self, sheet: Sheet, subject: str, notes: Notes) -> Iterator[PostRow]:
        """Yield one row a post of the account `subject`.

        Raises ImportFileError, with the line, for anything that X does not write.
        """
        columns = self.columns(sheet)
        places = columns.places(self.natives)
        named = [columns.at(name) for name in self.required if name not in self.natives.values()]
        notes.use(columns, places, named)
        id_at, link_at, text_at = map(
            columns.at, (self.id_column, self.link_column, self.text_column)
        )
        when, width = self._when(columns), len(columns.header)
        beginning = handle = ""
        for line, cells in sheet.body():
            notes.rows += 1
            try:
                row = cells if len(cells) == width else columns.fitted(cells, pad=False)
                post_id, link = identifier(row[id_at]), row[link_at].strip()
                if link != beginning + post_id:
                    beginning, handle = _same(link, post_id, handle)
                post = PostRow(
                    Publication(
                        subject,
                        post_id,
                        when(post_id, row),
                        link,
                        None,
                        _words(row[text_at]) or None,
                    ),
                    columns.counts(row, places),
                )
            except ValueError as error:
                raise sheet.row_error(line, cells, error) from None
            notes.taken += 1
            yield post
        if notes.taken == self.most_posts:
            notes.full["posts"] = notes.taken


class ByTweet(_PostActivity):
    """The tweet activity export that X Analytics offered until about mid-2024.

    Before about 2016 it called likes favorites. `-` stands for what was not measured.
    """

    name = "x-by-tweet"
    title = "X (Twitter) tweet activity, by tweet"
    id_column = "Tweet id"
    link_column = "Tweet permalink"
    text_column = "Tweet text"
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
    aliases: ClassVar[Mapping[str, tuple[str, ...]]] = {"likes": ("favorites",)}
    required = (id_column, link_column, text_column, "time", *natives.values())

    def _when(self, columns: Columns) -> _When:
        time_at = columns.at("time")

        def when(post_id: str, cells: Sequence[str]) -> datetime:
            minute, made = utc_minute(cells[time_at]), snowflake_time(post_id)
            if made is None:
                return minute
            if abs(made - minute) > _AGREE:
                raise ValueError(
                    f"the id of this post was given out at {made:%Y-%m-%d %H:%M}, but its time "
                    f"reads {cells[time_at].strip()}: {SPREADSHEET}"
                )
            return made

        return when


class Content(_PostActivity):
    """The "Content" export of X Premium (2025 and 2026). Its shares are private sends: not used."""

    name = "x-content"
    title = "X (Twitter) analytics, content"
    id_column = "Post id"
    link_column = "Post Link"
    most_posts = 1000
    remark = "X puts 90 days and 1,000 posts into one file at most; one with so many is named."
    text_column = "Post text"
    natives: ClassVar[Mapping[str, str]] = {
        "impressions": "Impressions",
        "engagements": "Engagements",
        "reactions": "Likes",
        "shares": "Reposts",
        "comments": "Replies",
        "saves": "Bookmarks",
        "clicks_link": "URL Clicks",
        "profile_visits": "Profile visits",
        "follows": "New follows",
    }
    aliases: ClassVar[Mapping[str, tuple[str, ...]]] = {"Post Link": ("Link",)}
    required = (id_column, "Date", text_column, link_column, *natives.values())

    def _when(self, columns: Columns) -> _When:
        def when(post_id: str, _: Sequence[str]) -> datetime:
            made = snowflake_time(post_id)
            if made is None:
                raise ValueError(
                    f"{post_id} is an id from before November 2010, which holds no time, and this "
                    "export prints none: leave these posts out of the export"
                )
            return made

        return when


def _parts(link: str) -> tuple[str, str]:
    """Return the handle in a post's link, nothing where it names no account, and the id."""
    found = post_on_x(link)
    if found is None:
        raise ValueError(
            f"{shown(link)} is not the link of a post on X, so whose posts these are cannot be "
            "told: upload the original download"
        )
    return found[0] or "", found[1]


def _same(link: str, post_id: str, handle: str) -> tuple[str, str]:
    """Return what stands before the id in `link`, and the handle: that of the rows before, if any.

    Raises ValueError when the link is of another post, or of another account than those rows.
    """
    found, linked = _parts(link)
    if linked != post_id:
        raise ValueError(f"the id {post_id} is not the one in the post's link: {SPREADSHEET}")
    if handle and found and found != handle:
        raise ValueError(
            f"this post is of @{found}, those before it are of @{handle}: export each account on "
            "its own"
        )
    return link.removesuffix(post_id), handle or found


def _words(text: str) -> str:
    """Return a post's text as its readers saw it: X escapes three signs in it."""
    if "&" not in text:
        return text
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
