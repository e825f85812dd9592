"""What X counts of posts and of an account: its answers -> values. Pure.

Which field is which figure: https://docs.x.com/x-api/fundamentals/metrics and X's OpenAPI document,
in both its vocabularies (until July 2026, and since).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from sgcomms.metrics import METRICS
from sgcomms.models import Reading
from sgcomms.platforms.x.listing import WORDS

DEFINITIONS = "https://docs.x.com/x-api/fundamentals/metrics"

Names = Mapping[str, tuple[str, ...]]
"""By metric, what X calls its field: in its documents until July 2026, and since."""

PUBLIC: Names = MappingProxyType(
    {
        "impressions": ("impression_count",),
        "reactions": ("like_count",),
        "comments": ("reply_count",),
        "shares": ("retweet_count", "repost_count"),
        "quotes": ("quote_count",),
        "saves": ("bookmark_count",),
    }
)
"""What anybody may see. What was paid for counts too."""

PRIVATE: Names = MappingProxyType(
    {
        "clicks_link": ("url_link_clicks",),
        "profile_visits": ("user_profile_clicks",),
        "engagements": ("engagements",),
    }
)
"""What X gives to the account's own keys only, and of new posts only."""

LEVELS: Names = MappingProxyType(
    {"followers": ("followers_count",), "posts_total": ("tweet_count", "post_count")}
)

_MOST = 10**15
_NO_COUNT = "X gave something that no count can be"


@dataclass(frozen=True, slots=True)
class Counts:
    """What X counted for one post or account.

    `natives` has the field that each value came from. `missing` are metrics that X left out, `odd`
    those that were no count, `early` those that X did not count yet when the post was new.
    """

    values: Mapping[str, float | None]
    natives: Mapping[str, str]
    missing: tuple[str, ...] = ()
    odd: tuple[str, ...] = ()
    early: tuple[str, ...] = ()


def listed_fields(private: bool) -> Mapping[str, str]:
    """Return, by word, the fields that tell what a post is and what was counted for it."""
    shared = ("conversation_id", "created_at", "entities", "text", *_groups(private))
    own = (("note_tweet", "referenced_tweets"), ("note_post",))
    return {word: ",".join((*shared, *more)) for word, more in zip(WORDS, own, strict=True)}


def counted_fields(private: bool) -> Mapping[str, str]:
    """Return, by word, the fields that tell what was counted for a post, and not what it says."""
    return dict.fromkeys(WORDS, ",".join(("created_at", *_groups(private))))


def counted(
    post: Mapping[str, Any], made_at: datetime, *, private: bool, impressions_from: date
) -> Counts:
    """Return what X counted for a post; `private` tells whether it was asked for all of it.

    Of a post from before `impressions_from`, no impressions are none that were counted.
    """
    found = _counts(post.get("public_metrics"), PUBLIC)
    if private:
        more = _counts(post.get("non_public_metrics"), PRIVATE)
        found = Counts(
            {**found.values, **more.values},
            {**found.natives, **more.natives},
            # a post without a link has no clicks on one, and its other figures are there
            (*found.missing, *(m for m in more.missing if m != "clicks_link" or not more.values)),
            (*found.odd, *more.odd),
        )
    if found.values.get("impressions") != 0 or made_at.date() >= impressions_from:
        return found
    values = {metric: value for metric, value in found.values.items() if metric != "impressions"}
    return Counts(values, found.natives, found.missing, found.odd, ("impressions",))


def leveled(user: Mapping[str, Any]) -> Counts:
    """Return what X counts for an account as a whole."""
    return _counts(user.get("public_metrics"), LEVELS)


def readings(found: Counts, subject: str, day: date) -> Iterator[Reading]:
    """Yield the levels of the account `subject` on `day`."""
    for metric, value in found.values.items():
        reason = _NO_COUNT if metric in found.odd else "X left it blank"
        yield Reading(
            subject,
            metric,
            value,
            day,
            day,
            found.natives[metric],
            reason=reason if value is None else None,
        )


def gaps(found: Counts, of: str) -> Iterator[str]:
    """Yield, in words for a person, what could not be had; `of` says of what."""
    if found.missing:
        yield f"X gave no {named(found.missing)} {of}"
    if found.odd:
        yield f"{_NO_COUNT} for {named(found.odd)} {of}: it was not kept"
    if found.early:
        yield f"X did not count {named(found.early)} yet when some posts were made"


def named(metrics: Sequence[str]) -> str:
    """Return what a person calls these metrics, of which there is at least one."""
    labels = [METRICS[metric].label.lower() for metric in metrics]
    return " or ".join(filter(None, (", ".join(labels[:-1]), labels[-1])))


def _counts(group: object, names: Names) -> Counts:
    """Return what a group of X's counts has for each metric of `names`."""
    values: dict[str, float | None] = {}
    natives: dict[str, str] = {}
    missing, odd = [], []
    known = group if isinstance(group, dict) else {}
    for metric, fields in names.items():
        there = [name for name in fields if name in known]
        if not there:
            missing.append(metric)
            continue
        name = next((one for one in there if known[one] is not None), there[0])
        value = known[name]
        fine = type(value) is int and 0 <= value <= _MOST
        natives[metric], values[metric] = name, float(value) if fine else None
        if not fine and value is not None:
            odd.append(metric)
    return Counts(values, natives, tuple(missing), tuple(odd))


def _groups(private: bool) -> tuple[str, ...]:
    return ("public_metrics", "non_public_metrics") if private else ("public_metrics",)
