"""The figures of an Instagram account and of its posts: Meta's names, and what is made of them.

Insights count what came by itself, not what ads brought. Pure.
https://developers.facebook.com/docs/instagram-platform/reference/instagram-media/insights
"""

from __future__ import annotations

from collections.abc import Iterator

from sgcomms.platforms.graph.asking import Found
from sgcomms.platforms.graph.insights import Native
from sgcomms.platforms.graph.measuring import Candidate, of_insights
from sgcomms.platforms.graph.offers import Offers, Wanted
from sgcomms.platforms.instagram.posts import FIELDS, made, product

POSTS = (
    Native("views", "views"),
    Native("reach", "reach"),
    Native("reactions", "likes"),
    Native("comments", "comments"),
    Native("shares", "shares"),
    Native("saves", "saved"),
    Native("engagements", "total_interactions"),
    Native("follows", "follows"),
    Native("profile_visits", "profile_visits"),
    Native("clicks_link", "link_clicks"),
)
COUNTS = (Native("reactions", "like_count"), Native("comments", "comments_count"))
"""Fields of a post itself, for where Insights are blank; those of an ad count in them too."""

SERIES = (Native("reach", "reach"),)
SINGLE = (Native("views", "views"), Native("engagements", "total_interactions"))
"""What Instagram gives as one number for the time asked for, and by day only if asked by day."""

WANTED = Wanted(
    fields=FIELDS,
    figures=POSTS,
    made=made,
    kind=product,
    counts=COUNTS,
)


def candidates(found: Found, offers: Offers) -> Iterator[Candidate]:
    """Yield the values of a post, the better ones of a metric first."""
    yield from of_insights(POSTS, found, offers.names(found.kind))
    for one in offers.counts():
        yield one.metric, one.name, one.take(found.data.get(one.name))
