"""The figures of a Page and of its posts: Meta's names, and what is made of them. Pure.

https://developers.facebook.com/docs/graph-api/reference/insights. Reach and views were called
impressions until 15 November 2025 and 15 June 2026; those names are gone.
"""

from __future__ import annotations

from collections.abc import Iterator

from sgcomms.platforms.facebook.posts import FIELDS, kind, made
from sgcomms.platforms.graph.api import Data
from sgcomms.platforms.graph.asking import Found
from sgcomms.platforms.graph.insights import Native, number, of_kind, summed, whole
from sgcomms.platforms.graph.measuring import Candidate, of_insights
from sgcomms.platforms.graph.offers import Offers, Wanted

POSTS = (
    Native("views", "post_media_view"),
    Native("reach", "post_total_media_view_unique"),
    Native("clicks_all", "post_clicks"),
    Native("clicks_link", "post_clicks_by_type", of_kind("link clicks")),
    Native("reactions", "post_reactions_by_type_total", summed),
)
ACTIVITY = Native("comments", "post_activity_by_action_type", of_kind("comment"))
SHARES = Native("shares", "shares")
PAGE = (
    Native("views", "page_media_view", whole),  # it may come as paid and organic
    Native("reach", "page_total_media_view_unique"),
    Native("engagements", "page_post_engagements"),
)
WANTED = Wanted(
    fields=FIELDS,
    figures=POSTS,
    made=made,
    kind=kind,
    counts=(SHARES,),
    extras=("reactions.summary(total_count).limit(0)", "comments.summary(true).limit(0)"),
    instead=(ACTIVITY,),
    without_extras=(
        "the token lacks pages_read_user_content, so comments are what Insights count as activity"
    ),
)


def candidates(found: Found, offers: Offers) -> Iterator[Candidate]:
    """Yield the values of a post, the better ones of a metric first."""
    offered = offers.names(found.kind)
    yield from of_insights(POSTS, found, offered)
    if offers.extras:
        for metric in ("reactions", "comments"):
            yield metric, f"{metric}.summary.total_count", _total(found.data, metric)
    else:
        yield from of_insights((ACTIVITY,), found, offered)
    yield from _shares(found, offers)


def _shares(found: Found, offers: Offers) -> Iterator[Candidate]:
    """Yield how often a post was shared.

    Meta documents that the field is absent where that is nought, so in an answer that has the post
    its absence is a count, not a gap.
    """
    if "shares" in found.data:
        yield "shares", "shares.count", number(_within(found.data, "shares").get("count"))
        return
    active = of_kind("share")(found.figures.get(ACTIVITY.name))
    if active is not None:
        yield "shares", ACTIVITY.name, active
    if SHARES in offers.counts():
        yield "shares", "shares.count", 0.0


def _total(post: Data, edge: str) -> float | None:
    return number(_within(_within(post, edge), "summary").get("total_count"))


def _within(data: Data, name: str) -> Data:
    inner = data.get(name)
    return inner if isinstance(inner, dict) else {}
