"""Months of which no source lists an account's posts: what a count of posts may lack."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from sgcomms.db import Db, sources
from sgcomms.periods import SETTLES, Period, month

_NAMED = 3


def months(period: Period) -> Iterator[Period]:
    """Yield the parts of `period` that lie in one calendar month each."""
    first = period.start.replace(day=1)
    while first <= period.end:
        whole = month(f"{first:%Y-%m}")
        yield Period(max(whole.start, period.start), min(whole.end, period.end), whole.name)
        first = whole.end + timedelta(days=1)


def months_missing(
    db: Db, account: str, period: Period, as_of: date, today: date
) -> tuple[Period, ...]:
    """Return the months of `period` that are over and of which no source lists any post's day."""
    listed = sources.days_listed(db, account, period.start, period.end, as_of)
    return tuple(
        part
        for part in months(period)
        if part.end + SETTLES < today
        and not any(first <= part.end and part.start <= last for first, last in listed)
    )


def named(missing: tuple[Period, ...]) -> str:
    """Return "April 2020, May 2020, June 2020 and 6 more months"."""
    words = [f"{one.start:%B %Y}" for one in missing]
    more = len(words) - _NAMED
    if more > 1:
        words = [*words[:_NAMED], f"{more} more months"]
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def note(missing: tuple[Period, ...]) -> str:
    """Return the note of a figure that may lack posts."""
    return f"no source lists its posts of {named(missing)}"
