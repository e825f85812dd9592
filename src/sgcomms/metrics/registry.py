"""The registry of metrics. Data, no I/O.

A metric knows its unit, what it means, and how values of it may be combined: over time, over posts
and over accounts. `none` means never: unique counts (reach, users) hold the same person many times.

Definitions: the platforms' and tools' own documentation, as gathered for each in `meaning`.

Its stage is one of three of the six in the Evaluation Cycle of the Government Communication
Service (https://gcs.civilservice.gov.uk/publications/gcs-evaluation-cycle/): what was put out and
could be seen is an output, how people answered it an out-take, what changed in their lives an
outcome. No platform counts an outcome: a board declares its own (`metrics:` in board.yaml).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Combine = Literal["sum", "last", "ratio", "none"]
Scope = Literal["post", "account", "website", "board"]
Stage = Literal["output", "out-take", "outcome"]


@dataclass(frozen=True, slots=True)
class Metric:
    """What a figure counts.

    `scope` says whose figure it is: of posts (and so of accounts and campaigns), of an account as a
    whole, of a website, or of the board itself. `stage` is its stage of evaluation. `over_time`,
    `over_posts` and `over_accounts` say how values may be combined, `why_not_added` why not; over
    accounts only where their platforms count the same (see `counted`). `part_of` names the metric
    that a share is a share of.
    """

    name: str
    label: str
    unit: str
    meaning: str
    scope: Scope
    stage: Stage
    over_time: Combine
    over_posts: Combine = "none"
    over_accounts: Combine = "none"
    why_not_added: str = ""
    part_of: str | None = None


def _shown(name: str, label: str, unit: str, meaning: str) -> Metric:
    """Return an output of posts that may be added over everything."""
    return Metric(name, label, unit, meaning, "post", "output", "sum", "sum", "sum")


def _answer(name: str, label: str, unit: str, meaning: str) -> Metric:
    """Return an out-take of posts that may be added over everything."""
    return Metric(name, label, unit, meaning, "post", "out-take", "sum", "sum", "sum")


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
    _shown("posts", "Posts", "posts", "Posts published on the account in the period."),
    _shown(
        "impressions",
        "Impressions",
        "impressions",
        "How many times posts were shown on a screen. One person can count many times.",
    ),
    _shown(
        "views",
        "Views",
        "views",
        "How many times posts were played or displayed, as Meta counts them since 2024, repeats "
        "included; on YouTube, how many times videos were played. Not comparable with impressions.",
    ),
    Metric(
        "reach",
        "Reach",
        "accounts",
        "How many different accounts saw something, as the platform estimates it. One account "
        "counts once, however often it saw a post.",
        "post",
        "output",
        "none",
        why_not_added=_UNIQUE,
    ),
    _answer(
        "reactions",
        "Reactions",
        "reactions",
        "Likes and the other reactions that a platform offers (on X and Instagram: likes).",
    ),
    _answer("comments", "Comments", "comments", "Comments and replies to posts."),
    _answer(
        "shares",
        "Shares",
        "shares",
        "How many times posts were passed on without words added (on X: retweets or reposts).",
    ),
    _answer("quotes", "Quotes", "quotes", "How many times posts were passed on with words added."),
    _answer("saves", "Saves", "saves", "How many times posts were saved or bookmarked."),
    _answer("clicks_link", "Link clicks", "clicks", "Clicks on links in posts."),
    _answer("clicks_all", "All clicks", "clicks", "Clicks anywhere on posts."),
    _answer(
        "engagements",
        "Engagements",
        "engagements",
        "The platform's own total of what people did with posts. Each platform adds different "
        "things.",
    ),
    _answer("follows", "Follows from posts", "follows", "New followers gained from posts."),
    _answer("profile_visits", "Profile visits", "visits", "Visits to the profile from posts."),
    _answer(
        "landing_visits",
        "Visits from posts",
        "visits",
        "Visits to the website that began with the tagged link of a post, by the website's own "
        "tool: only of those who let themselves be counted there.",
    ),
    Metric(
        "followers",
        "Followers",
        "followers",
        "Accounts that follow the board's account, on the day named.",
        "account",
        "out-take",
        "last",
        why_not_added=_LEVEL,
    ),
    Metric(
        "followers_gained",
        "New followers",
        "followers",
        "Accounts that began to follow the board's account in the period.",
        "account",
        "out-take",
        "sum",
        why_not_added="the same person may follow on several platforms",
    ),
    Metric(
        "profile_views",
        "Views of the profile",
        "views",
        "How many times the pages of the board's account were looked at, repeats included. Not "
        "views of its posts.",
        "account",
        "out-take",
        "sum",
        why_not_added="the same person may look at several platforms",
    ),
    Metric(
        "posts_total",
        "Posts ever",
        "posts",
        "Posts on the account since it was opened, as the platform counts them, on the day named.",
        "account",
        "output",
        "last",
        why_not_added="it is a level on one day, not a count of the period",
    ),
    Metric(
        "page_views",
        "Page views",
        "page views",
        "How many times pages of the website were loaded or loaded again.",
        "website",
        "out-take",
        "sum",
    ),
    Metric(
        "sessions",
        "Visits",
        "visits",
        "Visits to the website. A visit ends after half an hour without activity.",
        "website",
        "out-take",
        "sum",
    ),
    Metric(
        "users_total",
        "Users",
        "users",
        "Different browsers that visited in the period and accepted to be counted. Not people: "
        "one person with a phone and a computer is two users.",
        "website",
        "out-take",
        "none",
        why_not_added=_USERS,
    ),
    Metric(
        "users_active",
        "Active users",
        "users",
        "Users with an engaged visit or a first visit, as Google Analytics 4 counts them.",
        "website",
        "out-take",
        "none",
        why_not_added=_USERS,
    ),
    Metric(
        "users_unspecified",
        "Users (kind not stated)",
        "users",
        "Users, where the export does not say whether it means all users or active users.",
        "website",
        "out-take",
        "none",
        why_not_added=_USERS,
    ),
    Metric(
        "users_daily_sum",
        "Daily visitors added up",
        "daily visitors",
        "The different visitors of each day, added up over the days. Whoever came on three days "
        "counts three times, so it is never a number of users.",
        "website",
        "out-take",
        "sum",
    ),
    Metric(
        "users_new",
        "New users",
        "users",
        "Users who were not seen on the website before.",
        "website",
        "out-take",
        "sum",
    ),
    Metric(
        "sessions_engaged",
        "Engaged visits",
        "visits",
        "Visits of more than ten seconds, or with a key event, or with two or more page views.",
        "website",
        "out-take",
        "sum",
    ),
    Metric(
        "session_seconds",
        "Average visit",
        "seconds",
        "Time on the website divided by visits. In Universal Analytics a visit of a single page "
        "counts as no time at all.",
        "website",
        "out-take",
        "ratio",
    ),
    Metric(
        "bounce",
        "Bounce rate",
        "ratio",
        "The share of visits that saw one page and did nothing else (Universal Analytics), or "
        "that were not engaged (Google Analytics 4). The two are not comparable.",
        "website",
        "out-take",
        "ratio",
    ),
    Metric(
        "sessions_share",
        "Share of visits",
        "ratio",
        "Visits of one kind divided by all visits.",
        "website",
        "out-take",
        "ratio",
        part_of="sessions",
    ),
)

METRICS: dict[str, Metric] = {metric.name: metric for metric in _ALL}
"""Every metric this program knows, by name. A board adds its own in `board.yaml`."""


def board_metric(
    name: str, label: str, unit: str, over_time: Combine, stage: Stage = "output"
) -> Metric:
    """Return a metric that only this board counts (`metrics:` in board.yaml).

    Without a stage it is an output: to call it an outcome is for the board to say.
    """
    why = "config/board.yaml has `over_time: none` for it" if over_time == "none" else ""
    meaning = f"{label}, as the board recorded them."
    return Metric(name, label, unit, meaning, "board", stage, over_time, why_not_added=why)
