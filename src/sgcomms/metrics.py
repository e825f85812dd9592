"""The registry of metrics, and the register of series breaks. Data, no I/O.

A metric knows its unit, what it means, and how values of it may be combined: over time, over posts
and over accounts. `none` means never: unique counts (reach, users) hold the same person many times.

Definitions: the platforms' and tools' own documentation, as gathered for each in `meaning`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Combine = Literal["sum", "last", "ratio", "none"]
Scope = Literal["post", "account", "website", "board"]


@dataclass(frozen=True, slots=True)
class Metric:
    """What a figure counts.

    `scope` says whose figure it is: of posts (and so of accounts and campaigns), of an account as a
    whole, of a website, or of the board itself. `over_time`, `over_posts` and `over_accounts` say
    how values may be combined, `why_not_added` why not. `part_of` names the metric that a share is
    a share of.
    """

    name: str
    label: str
    unit: str
    meaning: str
    scope: Scope
    over_time: Combine
    over_posts: Combine = "none"
    over_accounts: Combine = "none"
    why_not_added: str = ""
    part_of: str | None = None


def _count(name: str, label: str, unit: str, meaning: str) -> Metric:
    """Return a metric of posts that may be added over everything."""
    return Metric(name, label, unit, meaning, "post", "sum", "sum", "sum")


_UNIQUE = (
    "it counts each account once, and whoever saw two posts, or follows on two platforms, "
    "would be counted again in a sum"
)
_USERS = (
    "it counts each browser once in its own period, and whoever came back, or used a second "
    "device, would be counted again in a sum"
)
_LEVEL = "it is a level on one day, and the same person may follow on several platforms"

_ALL = (
    _count("posts", "Posts", "posts", "Posts published on the account in the period."),
    _count(
        "impressions",
        "Impressions",
        "impressions",
        "How many times posts were shown on a screen. One person can count many times.",
    ),
    _count(
        "views",
        "Views",
        "views",
        "How many times posts were played or displayed, as Meta counts them since 2024, repeats "
        "included. Not comparable with impressions.",
    ),
    Metric(
        "reach",
        "Reach",
        "accounts",
        "How many different accounts saw something, as the platform estimates it. One account "
        "counts once, however often it saw a post.",
        "post",
        "none",
        why_not_added=_UNIQUE,
    ),
    _count(
        "reactions",
        "Reactions",
        "reactions",
        "Likes and the other reactions that a platform offers (on X and Instagram: likes).",
    ),
    _count("comments", "Comments", "comments", "Comments and replies to posts."),
    _count(
        "shares",
        "Shares",
        "shares",
        "How many times posts were passed on without words added (on X: retweets or reposts).",
    ),
    _count("quotes", "Quotes", "quotes", "How many times posts were passed on with words added."),
    _count("saves", "Saves", "saves", "How many times posts were saved or bookmarked."),
    _count("clicks_link", "Link clicks", "clicks", "Clicks on links in posts."),
    _count("clicks_all", "All clicks", "clicks", "Clicks anywhere on posts."),
    _count(
        "engagements",
        "Engagements",
        "engagements",
        "The platform's own total of what people did with posts. Each platform adds different "
        "things.",
    ),
    _count("follows", "Follows from posts", "follows", "New followers gained from posts."),
    _count("profile_visits", "Profile visits", "visits", "Visits to the profile from posts."),
    Metric(
        "followers",
        "Followers",
        "followers",
        "Accounts that follow the board's account, on the day named.",
        "account",
        "last",
        why_not_added=_LEVEL,
    ),
    Metric(
        "posts_total",
        "Posts ever",
        "posts",
        "Posts on the account since it was opened, as the platform counts them, on the day named.",
        "account",
        "last",
        why_not_added="it is a level on one day, not a count of the period",
    ),
    Metric(
        "page_views",
        "Page views",
        "page views",
        "How many times pages of the website were loaded or loaded again.",
        "website",
        "sum",
    ),
    Metric(
        "sessions",
        "Visits",
        "visits",
        "Visits to the website. A visit ends after half an hour without activity.",
        "website",
        "sum",
    ),
    Metric(
        "users_total",
        "Users",
        "users",
        "Different browsers that visited in the period and accepted to be counted. Not people: "
        "one person with a phone and a computer is two users.",
        "website",
        "none",
        why_not_added=_USERS,
    ),
    Metric(
        "users_active",
        "Active users",
        "users",
        "Users with an engaged visit or a first visit, as Google Analytics 4 counts them.",
        "website",
        "none",
        why_not_added=_USERS,
    ),
    Metric(
        "users_unspecified",
        "Users (kind not stated)",
        "users",
        "Users, where the export does not say whether it means all users or active users.",
        "website",
        "none",
        why_not_added=_USERS,
    ),
    Metric(
        "users_daily_sum",
        "Daily visitors added up",
        "daily visitors",
        "Visitors of each day, added up, from a tool that knows nobody again on another day. Who "
        "came on three days counts three times, so this is no number of people.",
        "website",
        "sum",
    ),
    Metric(
        "users_new",
        "New users",
        "users",
        "Users who were not seen on the website before.",
        "website",
        "sum",
    ),
    Metric(
        "sessions_engaged",
        "Engaged visits",
        "visits",
        "Visits of more than ten seconds, or with a key event, or with two or more page views.",
        "website",
        "sum",
    ),
    Metric(
        "session_seconds",
        "Average visit",
        "seconds",
        "Time on the website divided by visits. In Universal Analytics a visit of a single page "
        "counts as no time at all.",
        "website",
        "ratio",
    ),
    Metric(
        "bounce",
        "Bounce rate",
        "ratio",
        "The share of visits that saw one page and did nothing else (Universal Analytics), or "
        "that were not engaged (Google Analytics 4). The two are not comparable.",
        "website",
        "ratio",
    ),
    Metric(
        "sessions_share",
        "Share of visits",
        "ratio",
        "Visits of one kind divided by all visits.",
        "website",
        "ratio",
        part_of="sessions",
    ),
)

METRICS: dict[str, Metric] = {metric.name: metric for metric in _ALL}
"""Every metric this program knows, by name. A board adds its own in `board.yaml`."""


def board_metric(name: str, label: str, unit: str, over_time: Combine) -> Metric:
    """Return a metric that only this board counts (`metrics:` in board.yaml)."""
    why = "config/board.yaml has `over_time: none` for it" if over_time == "none" else ""
    meaning = f"{label}, as the board recorded them."
    return Metric(name, label, unit, meaning, "board", over_time, why_not_added=why)


@dataclass(frozen=True, slots=True)
class Break:
    """A day on which a definition changed: nothing before it compares with anything after.

    `platforms` are the platforms or tools concerned, by the names that `board.yaml` uses.
    `may_be_added` is true where more or less is measured, but the same thing is counted: then what
    lies on both sides may be added, with a note, and still does not compare.
    """

    on: date
    platforms: frozenset[str]
    metrics: frozenset[str]
    reason: str
    source: str
    may_be_added: bool = False


BREAKS: tuple[Break, ...] = (
    Break(
        date(2023, 7, 1),
        frozenset({"ga4"}),
        frozenset({"bounce", "users_total", "users_new", "sessions", "session_seconds"}),
        "Universal Analytics was replaced by Google Analytics 4, which counts visits and users "
        "another way and defines bounce as a visit that was not engaged.",
        "Google Analytics 4 (reported by digitl.net and cardinalpath.com)",
    ),
    Break(
        date(2025, 4, 21),
        frozenset({"instagram"}),
        frozenset({"impressions", "views"}),
        "Instagram replaced impressions by views, which count repeats.",
        "developers.facebook.com, Instagram media insights",
    ),
    Break(
        date(2025, 11, 15),
        frozenset({"facebook"}),
        frozenset({"impressions", "views", "followers"}),
        "Facebook replaced impressions by views, and fans by followers.",
        "developers.facebook.com, Page Insights, deprecated metrics",
    ),
    Break(
        date(2026, 2, 5),
        frozenset({"ga4", "matomo", "plausible"}),
        frozenset({"users_total", "users_active", "users_unspecified", "sessions", "page_views"}),
        "Since the Data (Use and Access) Act 2025 took effect, cookies that only count visits may "
        "be set without consent, so more visits may be measured than before.",
        "Data (Use and Access) Act 2025 (reported by stevens-bolton.com and kukie.io)",
        may_be_added=True,
    ),
    Break(
        date(2026, 6, 15),
        frozenset({"facebook"}),
        frozenset({"reach"}),
        "Facebook replaced reach by viewers.",
        "developers.facebook.com, Page Insights, deprecated metrics",
    ),
)


def breaks_between(platform: str, metric: str, first: date, last: date) -> tuple[Break, ...]:
    """Return the breaks that keep `metric` of `platform` from comparing over `first` to `last`.

    A break counts when it falls after `first` and not after `last`.
    """
    return tuple(
        found
        for found in BREAKS
        if platform in found.platforms and metric in found.metrics and first < found.on <= last
    )
