"""What is stored of an account or website, as far as it matters here, and what is owed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal


@dataclass(frozen=True, slots=True)
class Taken:
    """What one file, run of the API or record gave of a subject, and the day it was read on.

    Of "posts" `first` and `last` are the days of the oldest and the newest post in it, both None
    for a file without posts. Of a "period" they are the days it is a figure of. Days are the
    board's, and both are included. Levels, such as followers, are left out.
    """

    kind: Literal["posts", "period"]
    first: date | None
    last: date | None
    read_on: date


@dataclass(frozen=True, slots=True)
class Stored:
    """What is stored of one account or website.

    `collected_on` is the day of the last run that read its figures from the API without an error,
    None when there was none or its secrets are gone. `followers_on` are the days of which the
    number of followers is known.
    """

    taken: tuple[Taken, ...] = ()
    collected_on: date | None = None
    followers_on: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class Due:
    """Figures that are missing: of which subject, what, from which screen, and why until when.

    `last_date` is the last day on which all of them can surely be had, None where no last day is
    known. One that has passed means that it may be too late: what is surely lost is not owed.
    """

    subject: str
    what: str
    screen: str
    why: str
    last_date: date | None


def words(one: Due, today: date) -> str:
    """Return one line for a person: what, from which screen, by when."""
    return f"{one.subject}: {one.what}, from {one.screen}: {_when(one, today)}"


def _when(one: Due, today: date) -> str:
    if one.last_date is None:
        return "no last day is known"
    if one.last_date < today:
        return "perhaps too late; try now"
    return "today" if one.last_date == today else f"by {shown(one.last_date)}"


def shown(day: date) -> str:
    """Return a day as a person writes it: 31 March 2027."""
    return f"{day.day} {day:%B %Y}"
