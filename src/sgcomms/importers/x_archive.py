"""X (Twitter): the posts of the archive that an account may request. No impressions, only counts.

What people answered to others is kept without its words: these name other people.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import ClassVar
from urllib.parse import urlsplit

from sgcomms.importers.base import Importer, Notes, Owner
from sgcomms.importers.containers.archive import FIELDS
from sgcomms.importers.moments import x_second
from sgcomms.importers.sheet import Sheet
from sgcomms.importers.values import identifier, snowflake_time
from sgcomms.models import PostRow, Publication

_AGREE = timedelta(minutes=2)
_OWN_HOSTS = ("twitter.com", "x.com")


class Archive(Importer):
    """The posts of an X archive. It names no account, and what does also holds an e-mail address,
    so it is not read."""

    name = "x-archive"
    title = "X (Twitter) archive"
    platform = "x"
    day_boundary = "UTC"
    takes_read_on = True
    many = True
    natives: ClassVar[Mapping[str, str]] = {
        "reactions": "tweet.favorite_count",
        "shares": "tweet.retweet_count",
    }
    required = FIELDS

    def needs(self) -> str:
        """Return what the file is."""
        return "the ZIP file of the archive, or its tweets.js"

    def owner(self, sheet: Sheet) -> Owner | None:
        """Return None: posts in an archive do not say whose they are."""
        return None

    def extract(self, sheet: Sheet, subject: str, notes: Notes) -> Iterator[PostRow]:
        """Yield one row a post of the account `subject`; reposts of others are kept in `notes`.

        Raises ImportFileError, with the line, for anything that X does not write.
        """
        columns = self.columns(sheet)
        places = columns.places(self.natives)
        notes.use(columns, places, range(len(FIELDS)))
        for line, cells in sheet.rows():
            notes.rows += 1
            text = html.unescape(cells[2])
            if text.startswith("RT @"):
                notes.skip(line, "a repost of somebody else's post, whose figures are not ours")
                continue
            try:
                post = PostRow(_publication(subject, cells, text), columns.counts(cells, places))
            except ValueError as error:
                raise sheet.error(line, str(error)) from None
            notes.taken += 1
            yield post


def _publication(subject: str, cells: list[str], text: str) -> Publication:
    """Return the post in `cells`. Raises ValueError with what is wrong with it."""
    post_id, written = identifier(cells[0]), x_second(cells[1])
    made = snowflake_time(post_id)
    if made is not None and abs(made - written) > _AGREE:
        raise ValueError(
            f"the id of this post was given out at {made:%Y-%m-%d %H:%M}, but it says it was made "
            f"at {written:%Y-%m-%d %H:%M}: the file was changed; request the archive again"
        )
    is_reply = bool(cells[5])
    return Publication(
        subject,
        post_id,
        made or written,
        kind="reply" if is_reply else None,
        text=None if is_reply else text or None,
        links=tuple(address for address in cells[6].split("\n") if _leads_out(address)),
    )


def _leads_out(address: str) -> bool:
    """Tell whether an address leads to a page: pictures and quoted posts are addresses on X."""
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").removeprefix("www.").removeprefix("mobile.")
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(host) and host not in _OWN_HOSTS
