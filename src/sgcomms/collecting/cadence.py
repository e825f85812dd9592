"""What is due to be read: posts ever more rarely as they grow older, websites by month and year.

Posts change most on their first day, and Meta's and X's own figures settle within days, so they are
read again hourly on day one, daily to day 30, weekly to day 90, and once more when the year is
over. A run reads everything on the account since the beginning of its sweep: that finds the posts
that were typed by hand, and a hundred posts come with one request. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sgcomms.periods import SETTLES, Period, YearStart, month, year_of

FIRST, YEARLY, GIVEN = "first", "yearly", "given"

_LEEWAY = 0.9
"""Cron is not to the second: a sweep is due when nine tenths of its time have passed."""


MONTH = timedelta(days=30) - timedelta(hours=2)
"""X shows clicks until a post is thirty days old; asking beyond would cost a request of its own."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """How often everything of the last `back` is read again."""

    name: str
    every: timedelta
    back: timedelta


SWEEPS = (
    Sweep("weekly", timedelta(days=7), timedelta(days=90)),
    Sweep("daily", timedelta(days=1), MONTH),
    Sweep("hourly", timedelta(hours=1), timedelta(days=1)),
)
"""The widest first: it reads what the others would."""

LEVELS = frozenset({FIRST, YEARLY, GIVEN, "weekly", "daily"})
"""The sweeps with which followers and what the account as a whole received are read."""


@dataclass(frozen=True, slots=True)
class Window:
    """What a run reads of an account: everything since `since`, by the sweep of this name."""

    sweep: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Year:
    """The board's year that is running: when it began, and when the one before it did."""

    began: datetime
    before: datetime


def window(last: Mapping[str, datetime], year: Year, now: datetime) -> Window | None:
    """Return what is due for an account, None for nothing.

    `last` tells when each sweep was last carried out whole. The first one reads the year that is
    running; in its first 90 days, in which a report is written, also the one before.
    """
    if FIRST not in last:
        young = now - year.began < SWEEPS[0].back
        return Window(FIRST, year.before if young else year.began)
    closed = year.began + SETTLES
    if last.get(YEARLY, last[FIRST]) < closed <= now:
        return Window(YEARLY, year.before)
    for sweep in SWEEPS:
        if now - _last(last, sweep) >= sweep.every * _LEEWAY:
            return Window(sweep.name, now - sweep.back)
    return None


def next_time(last: Mapping[str, datetime], now: datetime) -> datetime:
    """Return when the next sweep is due of an account that was read before."""
    return min(_last(last, sweep) + sweep.every for sweep in SWEEPS)


def _last(last: Mapping[str, datetime], sweep: Sweep) -> datetime:
    """Return when all that `sweep` reads was last read, by it or by a wider one."""
    wider = [one.name for one in SWEEPS if one.back >= sweep.back]
    return max(last[name] for name in (*wider, FIRST, YEARLY) if name in last)


def website_periods(
    today: date, year_starts: YearStart, read: Mapping[tuple[date, date], date]
) -> Iterator[tuple[date, date]]:
    """Yield the periods of a website that are due, each to be asked for as one.

    They are the months of this year of the board and the one before, the year before as a year, the
    year so far up to the last whole month, and the month so far. `read` tells when each was last
    read: what was read before its figures had settled is read again, once a day.
    """
    for first, last in _periods(today, year_starts):
        seen = read.get((first, last))
        if seen is None or seen < min(last + SETTLES, today):
            yield first, last


def _periods(today: date, year_starts: YearStart) -> Iterator[tuple[date, date]]:
    running = year_of(today, year_starts)
    before = year_of(running.start - timedelta(days=1), year_starts)
    yield before.start, before.end
    months = [*_months(before.start, today)]
    yield from ((one.start, one.end) for one in months)
    whole = [one for one in months if one.start >= running.start]
    if len(whole) > 1:
        yield running.start, whole[-1].end
    so_far = max(running.start, today.replace(day=1))
    if so_far < today:
        yield so_far, today - timedelta(days=1)


def _months(first: date, today: date) -> Iterator[Period]:
    """Yield the months since `first` that are over."""
    day = first
    while (one := month(f"{day:%Y-%m}")).end < today:
        yield one
        day = one.end + timedelta(days=1)
