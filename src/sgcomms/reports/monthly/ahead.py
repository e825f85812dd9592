"""The month to come: what will go out, awareness days, and when the board keeps quiet. Pure.

Counted is only what will go out, or would once a person has said yes: what was withdrawn is not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from sgcomms.config.calendar import Awareness, Calendar, Closed
from sgcomms.periods import Period
from sgcomms.reports import numbers
from sgcomms.reports.brief import brief
from sgcomms.reports.model import Section, Sentence

Way = Literal[
    "sent",
    "ready",
    "handed",
    "unsigned",
    "when_signed",
    "closed",
    "held",
    "unsure",
    "unqueued",
]

WAYS: Mapping[Way, str] = {
    "sent": "sent already",
    "ready": "ready to go out",
    "handed": "with an officer, to be posted by hand",
    "unsigned": "waiting for approval",
    "when_signed": "going out as soon as approved",
    "closed": "to be held, as the board keeps quiet then",
    "held": "held for a person to decide",
    "unsure": "not known to be public or not",
    "unqueued": "not in the queue yet",
}
"""How a delivery stands, in the order in which they are told."""

NAMED = 3
"""So many posts that need somebody are named; the rest are counted."""

SHOWN = 3
"""So many campaigns, awareness days and closed periods stand on the page; the rest are counted."""

TITLE = 80


@dataclass(frozen=True, slots=True)
class Coming:
    """What of a campaign is to come in a month.

    `posts` are the ids of posts by how their deliveries stand, one entry a delivery; `rehearsed`
    is how many more go to an outbox only.
    """

    title: str
    posts: Mapping[Way, Sequence[str]] = field(default_factory=dict)
    rehearsed: int = 0


def section(
    month: Period,
    campaigns: Sequence[Coming],
    calendar: Calendar,
    closures: Sequence[Closed],
) -> Section:
    """Return what `month` brings.

    `campaigns` are those of which anything is to come; `closures` those periods of the calendar
    that it falls into.
    """
    quiet = [f"Keeping quiet: {brief(one.words, 2 * TITLE).rstrip('.')}." for one in closures]
    items = [
        *_some(list(map(_campaign, campaigns)), "campaign"),
        *_some(list(_awareness(month, calendar.awareness)), "awareness day"),
        *_some(quiet, "closed period"),
    ]
    name = f"{month.start:%B %Y}"
    if not items:
        items = [f"Nothing is planned for {name}, and the calendar has nothing in it."]
    return Section("ahead", f"Looking ahead: {name}", 2, items=tuple(map(Sentence, items)))


def _some(items: list[str], what: str) -> Iterator[str]:
    """Yield as many as there is room for, and how many more there are."""
    yield from items[:SHOWN]
    more = len(items) - SHOWN
    if more > 0:
        yield f"And {more:,} more {what}{'s' if more > 1 else ''}."


def _campaign(one: Coming) -> str:
    title = brief(one.title, TITLE)
    count = sum(map(len, one.posts.values()))
    if not count:
        return (
            f"Campaign: {title} ({_deliveries(one.rehearsed)} rehearsed only, not for the public)."
        )
    posts = len({post for found in one.posts.values() for post in found})
    ways = [
        f"{len(one.posts[way]):,} {words}{_names(way, one.posts[way])}"
        for way, words in WAYS.items()
        if one.posts.get(way)
    ]
    if one.rehearsed:
        ways.append(f"{one.rehearsed:,} more rehearsed only, not for the public")
    unit = "post" if posts == 1 else "posts"
    return f"Campaign: {title} ({posts:,} {unit}, {_deliveries(count)}: {'; '.join(ways)})."


def _deliveries(count: int) -> str:
    return f"{count:,} {'delivery' if count == 1 else 'deliveries'}"


def _names(way: Way, posts: Sequence[str]) -> str:
    """Return the names of posts that will not go out unless somebody does something."""
    if way in ("sent", "ready"):
        return ""
    names = list(dict.fromkeys(posts))
    more = len(names) - NAMED
    words = [*names[:NAMED], f"{more:,} more"] if more > 0 else names
    return f" ({numbers.listed(words)})"


def _awareness(month: Period, days: Sequence[Awareness]) -> Iterator[str]:
    for one in days:
        if one.first <= month.end and month.start <= one.last:
            yield _day(one)


def _day(one: Awareness) -> str:
    """Return an awareness day; a date that nobody has confirmed says so."""
    when = numbers.days(one.first, one.last)
    sure = "" if one.confirmed else " (date not confirmed)"
    return f"Awareness: {brief(one.name, TITLE)}, {when}{sure}."
