"""The month to come: campaigns, awareness days, and when the board keeps quiet. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sgcomms.config.calendar import Awareness, Calendar, Closed
from sgcomms.periods import Period
from sgcomms.reports import numbers
from sgcomms.reports.model import Section, Sentence


def section(
    month: Period,
    posts: Mapping[str, int],
    calendar: Calendar,
    closures: Sequence[Closed],
) -> Section:
    """Return what `month` brings.

    `posts` are how many each campaign has planned for it, by title; `closures` those periods of the
    calendar that it falls into.
    """
    items = [
        *_campaigns(posts),
        *_awareness(month, calendar.awareness),
        *(f"Keeping quiet: {one.words}." for one in closures),
    ]
    name = f"{month.start:%B %Y}"
    if not items:
        items = [f"Nothing is planned for {name}, and the calendar has nothing in it."]
    return Section("ahead", f"Looking ahead: {name}", 2, items=tuple(map(Sentence, items)))


def _campaigns(posts: Mapping[str, int]) -> Iterator[str]:
    for title, count in posts.items():
        yield f"Campaign: {title} ({count:,} {'post' if count == 1 else 'posts'} planned)."


def _awareness(month: Period, days: Sequence[Awareness]) -> Iterator[str]:
    for one in days:
        if one.first <= month.end and month.start <= one.last:
            yield _day(one)


def _day(one: Awareness) -> str:
    """Return an awareness day; a date that nobody has confirmed says so."""
    when = numbers.days(one.first, one.last)
    sure = "" if one.confirmed else " (date not confirmed)"
    return f"Awareness: {one.name}, {when}{sure}."
