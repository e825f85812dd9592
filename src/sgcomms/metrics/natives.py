"""What each platform and tool calls a metric, and when it did. Data, no I/O.

Only what is offered has a name here: what a platform does not tell at all has none, and that is how
it is known (`offered`). The columns of export files stand with their importers
(docs/reference/export-files.md); here they stand only where no API has the metric.

Sources: the documentation of each API. X: docs.x.com and its OpenAPI document; Meta and Threads:
developers.facebook.com; Bluesky: the Lexicons of the AT Protocol; Mastodon: docs.joinmastodon.org;
LinkedIn: learn.microsoft.com, Community Management; YouTube: developers.google.com; Google
Analytics: the discovery document of the Data API; Matomo: developer.matomo.org; Plausible:
plausible.io/docs/stats-api.

A video's plays on X (`view_count`) are not here: X gives them for the video, over every post that
holds it, so they belong to no post.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal


@dataclass(frozen=True, slots=True)
class Native:
    """A platform's or tool's own name of a metric, and the days on which it was valid.

    `first` None: since before anything that is read here; `last` None: still. Both days are
    included. `where` it is found: asked of an API, or only a column of an export file.
    """

    platform: str
    name: str
    first: date | None = None
    last: date | None = None
    note: str = ""
    where: Literal["api", "export"] = "api"

    def valid(self, first: date, last: date) -> bool:
        """Tell whether the name was valid on any day from `first` to `last`."""
        return (self.first or date.min) <= last and first <= (self.last or date.max)


_VIEWS_SHOWN = date(2024, 10, 1)
_NOVEMBER = date(2025, 11, 15)
_JUNE = date(2026, 6, 15)
_APRIL = date(2025, 4, 21)
_TOTALS = date(2023, 12, 11)
_REPOSTS = date(2026, 8, 7)
_DAY = timedelta(days=1)
_UNIVERSAL_END = date(2023, 6, 30)

_PROMOTED = "promoted posts included"
_THIRTY = "own posts, until 30 days after posting"
_EXPORTED = "Meta's exports show views since late 2024; the exact day is not known"


def _universal(name: str) -> Native:
    return Native("ga4", name, None, _UNIVERSAL_END, "Universal Analytics", "export")


NATIVES: Mapping[str, tuple[Native, ...]] = {
    "impressions": (
        Native("x", "impression_count", note=_PROMOTED),
        Native("facebook", "post_impressions", last=_NOVEMBER - _DAY),
        Native("facebook", "page_impressions", last=_NOVEMBER - _DAY),
        Native("instagram", "impressions", last=_APRIL - _DAY),
        Native("linkedin", "impressionCount", note="organic only"),
        Native("youtube", "videoThumbnailImpressions", date(2026, 1, 15), note="of thumbnails"),
        Native("youtube", "Impressions", note="of thumbnails", where="export"),
    ),
    "views": (
        Native("facebook", "post_media_view", _NOVEMBER),
        Native("facebook", "page_media_view", _NOVEMBER, note="of the Page as a whole"),
        Native("facebook", "Views", _VIEWS_SHOWN, note=_EXPORTED, where="export"),
        Native("instagram", "views", _APRIL, note="organic only; total_views includes advertising"),
        Native("instagram", "Views", _VIEWS_SHOWN, note=_EXPORTED, where="export"),
        Native("threads", "views", note="in development, as Meta's documentation says"),
        Native("youtube", "viewCount"),
    ),
    "reach": (
        Native("facebook", "post_impressions_unique", last=_JUNE - _DAY),
        Native("facebook", "page_impressions_unique", last=_JUNE - _DAY),
        Native("facebook", "post_total_media_view_unique", _JUNE, note="called viewers"),
        Native("facebook", "page_total_media_view_unique", _JUNE, note="called viewers"),
        Native("instagram", "reach"),
        Native("linkedin", "uniqueImpressionsCount", note="organic only"),
    ),
    "reactions": (
        Native("x", "like_count"),
        Native("facebook", "post_reactions_by_type_total", note="its parts added up"),
        Native("instagram", "likes"),
        Native("threads", "likes"),
        Native("bluesky", "likeCount"),
        Native("mastodon", "favourites_count", note="as far as the home server knows"),
        Native("linkedin", "likeCount"),
        Native("youtube", "likeCount", note="absent where the channel hides it"),
    ),
    "comments": (
        Native("x", "reply_count"),
        Native("facebook", "comments.summary.total_count"),
        Native("instagram", "comments"),
        Native("threads", "replies"),
        Native("bluesky", "replyCount"),
        Native("mastodon", "replies_count", note="as far as the home server knows"),
        Native("linkedin", "commentCount"),
        Native("youtube", "commentCount", note="absent where comments are turned off"),
    ),
    "shares": (
        Native("x", "retweet_count"),
        Native("x", "repost_count", _REPOSTS, note="the same under a new name"),
        Native("facebook", "shares.count", note="absent where there is none"),
        Native("instagram", "shares", note="sent to others; reposts are counted apart"),
        Native("threads", "reposts", note="what was sent to others is counted apart"),
        Native("bluesky", "repostCount"),
        Native("mastodon", "reblogs_count", note="as far as the home server knows"),
        Native("linkedin", "shareCount", note="with words added or without"),
        Native("youtube", "shares", note="YouTube Analytics only"),
    ),
    "quotes": (
        Native("x", "quote_count"),
        Native("instagram", "quotes"),
        Native("threads", "quotes"),
        Native("bluesky", "quoteCount"),
        Native("mastodon", "quotes_count", note="as far as the home server knows"),
    ),
    "saves": (
        Native("x", "bookmark_count"),
        Native("instagram", "saved"),
        Native("bluesky", "bookmarkCount"),
    ),
    "clicks_link": (
        Native("x", "url_link_clicks", note=_THIRTY),
        Native("facebook", 'post_clicks_by_type["link clicks"]'),
        Native("instagram", "link_clicks", note="not of every kind of post"),
        Native("threads", "clicks", date(2024, 4, 13), note="of the account, by link"),
    ),
    "clicks_all": (
        Native("facebook", "post_clicks"),
        Native("linkedin", "clickCount"),
    ),
    "engagements": (
        Native("x", "engagements", note=_THIRTY),
        Native("facebook", "page_post_engagements", note="of the Page as a whole"),
        Native("instagram", "engagement", last=_TOTALS - _DAY),
        Native("instagram", "total_interactions", _TOTALS),
    ),
    "follows": (
        Native("x", "New follows", where="export"),
        Native("facebook", "Facebook follows", note="of the Page as a whole", where="export"),
        Native("instagram", "follows"),
        Native("linkedin", "Follows", where="export"),
    ),
    "profile_visits": (
        Native("x", "user_profile_clicks", note=_THIRTY),
        Native("facebook", "Facebook visits", note="of the Page as a whole", where="export"),
        Native("instagram", "profile_visits"),
    ),
    "followers": (
        Native("x", "followers_count"),
        Native("facebook", "page_fans", last=_NOVEMBER - _DAY, note="people who like the Page"),
        Native("facebook", "followers_count"),
        Native("facebook", "page_follows", _NOVEMBER),
        Native("instagram", "followers_count"),
        Native("threads", "followers_count"),
        Native("bluesky", "followersCount"),
        Native("mastodon", "followers_count"),
        Native("linkedin", "firstDegreeSize"),
        Native("youtube", "subscriberCount", note="rounded to three figures"),
    ),
    "followers_gained": (
        Native("linkedin", "Total followers", note="gained that day", where="export"),
    ),
    "profile_views": (Native("linkedin", "Total page views (total)", where="export"),),
    "posts_total": (
        Native("x", "tweet_count"),
        Native("x", "post_count", _REPOSTS, note="the same under a new name"),
        Native("instagram", "media_count"),
        Native("bluesky", "postsCount"),
        Native("mastodon", "statuses_count"),
        Native("youtube", "videoCount"),
    ),
    "page_views": (
        _universal("Pageviews"),
        Native("ga4", "screenPageViews"),
        Native("matomo", "nb_pageviews", note="not nb_actions, which counts downloads as well"),
        Native("plausible", "pageviews"),
    ),
    "sessions": (
        _universal("Sessions"),
        Native("ga4", "sessions"),
        Native("matomo", "nb_visits"),
        Native("plausible", "visits"),
    ),
    "users_total": (
        _universal("Users"),
        Native("ga4", "totalUsers", note="estimated"),
        Native("matomo", "nb_uniq_visitors", note="left out of years by default; not nb_users"),
        Native("plausible", "visitors", note="of one day only"),
    ),
    "users_active": (Native("ga4", "activeUsers", note="called Users on most screens"),),
    "users_unspecified": (Native("ga4", "Users", note="older exports", where="export"),),
    "users_daily_sum": (Native("plausible", "visitors", note="of more than one day"),),
    "users_new": (
        _universal("New Users"),
        Native("ga4", "newUsers"),
    ),
    "sessions_engaged": (Native("ga4", "engagedSessions"),),
    "session_seconds": (
        _universal("Avg. Session Duration"),
        Native("ga4", "averageSessionDuration"),
        Native("matomo", "avg_time_on_site", note="a visit of one page lasts no time"),
        Native("plausible", "visit_duration", note="a visit of one page lasts no time"),
    ),
    "bounce": (
        _universal("Bounce Rate"),
        Native("ga4", "bounceRate", note="visits that were not engaged"),
        Native("matomo", "bounce_count / nb_visits", note="visits with one action"),
        Native("plausible", "bounce_rate", note="visits of one page; out of 100"),
    ),
}
"""By metric, every name of it. What no platform counts (posts, shares, a board's own) is absent."""


def natives(
    platform: str, metric: str, first: date = date.min, last: date = date.max
) -> tuple[Native, ...]:
    """Return the names that `platform` had for `metric` on any of these days, both included."""
    return tuple(
        one
        for one in NATIVES.get(metric, ())
        if one.platform == platform and one.valid(first, last)
    )


def offered(platform: str, metric: str, first: date = date.min, last: date = date.max) -> bool:
    """Tell whether `platform` could be asked for `metric` on any of these days, both included.

    What no platform counts is counted here, or by the board, and so is always to be had.
    """
    return metric not in NATIVES or bool(natives(platform, metric, first, last))
