"""New comments: how many and where, never what they say or by whom. A child may have written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sgcomms.db.posts import Belonging
from sgcomms.models import PostRow

YOUNG = timedelta(days=30)
"""A post that is read for the first time is told of while it is so young."""


@dataclass(frozen=True, slots=True)
class NewComments:
    """Comments that came since the last look at a post of a campaign."""

    campaign: str
    about: str
    words: str


def new_comments(
    rows: Iterable[PostRow], before: Mapping[str, Belonging], now: datetime
) -> Iterator[NewComments]:
    """Yield what somebody is to be told. `before` are the posts of campaigns as they were known."""
    for row in rows:
        post = row.publication
        known, count = before.get(post.platform_id), row.values.get("comments")
        if known is None or count is None:
            continue
        if known.comments is None and now - post.published_at > YOUNG:
            continue
        more = int(count - (known.comments or 0))
        if more > 0:
            noun = "comment" if more == 1 else "comments"
            about = known.delivery or f"a post of {known.campaign}"
            words = f"{more:,} new {noun}, {int(count):,} in all: {post.url or post.platform_id}"
            yield NewComments(known.campaign, about, words)
