"""The month to come: campaigns, awareness days, and when the board keeps quiet. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sgcomms.config.calendar import Awareness, Calendar, Closed
from sgcomms.periods import Period
from sgcomms.reports import numbers
from sgcomms.reports.model import Section, Sentence


@dataclass(frozen=True, slots=True)
class Coming:
    """What a campaign plans for a month: so many `posts`, by so many `deliveries`.

    A delivery is one post, to one account, at one time; `rehearsed` of them go to an outbox only.
    """

    title: str
    posts: int
    deliveries: int
    rehearsed: int


def section(
    month: Period,
    campaigns: Sequence[Coming],
    calendar: Calendar,
    closures: Sequence[Closed],
) -> Section:
    """Return what `month` brings.

    `campaigns` are those that planned anything for it; `closures` those periods of the calendar
    that it falls into.
    """
    items = [
        *map(_campaign, campaigns),
        *_awareness(month, calendar.awareness),
        *(f"Keeping quiet: {one.words}." for one in closures),
    ]
    name = f"{month.start:%B %Y}"
    if not items:
        items = [f"Nothing is planned for {name}, and the calendar has nothing in it."]
    return Section("ahead", f"Looking ahead: {name}", 2, items=tuple(map(Sentence, items)))


def _campaign(one: Coming) -> str:
    posts = "post" if one.posts == 1 else "posts"
    deliveries = "delivery" if one.deliveries == 1 else "deliveries"
    some = "" if one.rehearsed == one.deliveries else f"{one.rehearsed:,} of them "
    rehearsed = f"; {some}rehearsed only, not for the public" if one.rehearsed else ""
    return (
        f"Campaign: {one.title} ({one.posts:,} {posts} planned: {one.deliveries:,} {deliveries}"
        f"{rehearsed})."
    )


def _awareness(month: Period, days: Sequence[Awareness]) -> Iterator[str]:
    for one in days:
        if one.first <= month.end and month.start <= one.last:
            yield _day(one)


def _day(one: Awareness) -> str:
    """Return an awareness day; a date that nobody has confirmed says so."""
    when = numbers.days(one.first, one.last)
    sure = "" if one.confirmed else " (date not confirmed)"
    return f"Awareness: {one.name}, {when}{sure}."
