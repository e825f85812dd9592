"""From what is stored to what is owed: the missing months, years and levels, and until when. Pure.

An account or website that the API was read for in the last days owes nothing: the next run brings
what is missing. What can surely not be had any more is not owed either; the report says that it is
missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby

from sgcomms.config import Board
from sgcomms.due.model import Due, Stored, Taken, shown
from sgcomms.due.screens import CLICKS, CLICKS_DAYS, SCREENS, Screen
from sgcomms.models import Account, Website
from sgcomms.periods import SETTLES, Period, before, month, year_of

RECENT = timedelta(days=7)
"""The API was read so lately that nobody need fetch by hand."""

MONTH = timedelta(days=31)
"""What is of a longer time tells of no month."""

AHEAD = timedelta(days=31)
"""So long before it a level is announced."""


def due(board: Board, today: date, stored: Mapping[str, Stored]) -> list[Due]:
    """Return what is to be fetched by hand, by the last day on which it can surely be had.

    What is perhaps too late comes last. It reaches back to the beginning of the board's year
    before; months of a website only until the figures of that whole year are there. `today` is the
    day in the board's zone; a subject that `stored` does not name has nothing.
    """
    found: list[Due] = []
    subjects: list[Account | Website] = [*board.accounts.values(), *board.websites.values()]
    for subject in subjects:
        have = stored.get(subject.id, Stored())
        if have.collected_on is not None and today - have.collected_on <= RECENT:
            continue
        if subject.platform in CLICKS.platforms and have.collected_on is not None:
            found.append(_clicks(subject.id, have.collected_on, today))
        for screen in SCREENS:
            if subject.platform in screen.platforms:
                found += _owed(board, subject.id, screen, have, today)
    return sorted(found, key=lambda one: _order(one, today))


def _order(one: Due, today: date) -> tuple[bool, date, str]:
    last = one.last_date or date.max
    return last < today, last, one.subject


def _owed(board: Board, subject: str, screen: Screen, have: Stored, today: date) -> Iterator[Due]:
    this_year = year_of(today, board.year_starts)
    last_year = before(this_year, board.year_starts)
    if screen.kind == "level":
        if this_year.end - today <= AHEAD and this_year.end not in have.followers_on:
            what = f"{screen.what} {shown(this_year.end)}"
            yield Due(subject, what, screen.place(), screen.why, this_year.end)
        return
    if screen.kind == "year":
        if _is_over(last_year, today) and not _has_period(have.taken, last_year):
            what = f"{screen.what} of the whole year {last_year.name}"
            yield from _still_to_be_had(subject, screen, [(last_year, what)], today)
        return
    needed = last_year.start
    if screen.kind == "month" and _has_period(have.taken, last_year):
        needed = this_year.start
    missing = [
        one
        for one in _months(needed, today)
        if _is_over(one, today) and not _has_month(screen, have.taken, one)
    ]
    spans = [
        (Period(run[0].start, run[-1].end, ""), f"{screen.what} of {_named(run)}")
        for run in _runs(missing, screen, today)
    ]
    yield from _still_to_be_had(subject, screen, spans, today)


def _still_to_be_had(
    subject: str, screen: Screen, spans: Sequence[tuple[Period, str]], today: date
) -> Iterator[Due]:
    for period, what in spans:
        last = _last_date(screen, period)
        late = last is not None and last < today
        if late and screen.afterwards is not None:
            yield Due(subject, what, screen.place(afterwards=True), screen.why, None)
        elif not late or not screen.certain:
            yield Due(subject, what, screen.place(), screen.why, last)


def _clicks(subject: str, collected_on: date, today: date) -> Due:
    """Return what X loses day by day since its API was read last."""
    reach_back = timedelta(days=CLICKS_DAYS)
    since = max(collected_on, today - reach_back)
    what = f"{CLICKS.what} since {shown(since)}"
    return Due(subject, what, CLICKS.place(), CLICKS.why, since + reach_back)


def _months(first: date, today: date) -> Iterator[Period]:
    """Yield the months from the one that `first` lies in until today's."""
    start = first.replace(day=1)
    while start <= today:
        whole = month(f"{start:%Y-%m}")
        yield whole
        start = whole.end + timedelta(days=1)


def _is_over(period: Period, today: date) -> bool:
    return today - period.end > SETTLES


def _is_settled(one: Taken, period: Period) -> bool:
    return one.read_on - period.end >= SETTLES


def _has_month(screen: Screen, taken: Sequence[Taken], period: Period) -> bool:
    if screen.kind == "posts":
        return any(_holds_posts_of(one, period) for one in taken if _is_settled(one, period))
    return _has_period(taken, period) or (screen.by_days and _has_days(taken, period))


def _holds_posts_of(one: Taken, period: Period) -> bool:
    """Tell whether a file, run or record has the posts of a month.

    A file does not say which days it was asked for: it counts for the months that its posts lie in
    and those between. Without posts it counts for the last month that was over when it was made.
    """
    if one.kind == "period":
        return one.first is not None and one.last is not None and _spans(one, period)
    if one.first is None or one.last is None:
        next_end = month(f"{period.end + timedelta(days=1):%Y-%m}").end
        return one.read_on <= next_end + SETTLES
    return one.first <= period.end and period.start <= one.last


def _spans(one: Taken, period: Period) -> bool:
    return (one.first or date.max) <= period.start and period.end <= (one.last or date.min)


def _has_period(taken: Sequence[Taken], period: Period) -> bool:
    """Tell whether there are figures of exactly this period, read when they had settled."""
    wanted = ("period", period.start, period.end)
    return any(
        (one.kind, one.first, one.last) == wanted and _is_settled(one, period) for one in taken
    )


def _has_days(taken: Sequence[Taken], period: Period) -> bool:
    """Tell whether there are figures of every day, in periods that are no longer than a month."""
    days = sorted(
        (one.first, one.last)
        for one in taken
        if one.kind == "period" and one.first and one.last and _is_settled(one, period)
        if one.last - one.first < MONTH
    )
    reached = period.start
    for first, last in days:
        if first <= reached:
            reached = max(reached, last + timedelta(days=1))
    return reached > period.end


def _last_date(screen: Screen, period: Period) -> date | None:
    """Return the last day on which the first day of the period can surely be had."""
    if screen.keeps is None:
        return None
    return period.start + screen.keeps - timedelta(days=1)


def _runs(missing: Sequence[Period], screen: Screen, today: date) -> Iterator[list[Period]]:
    """Yield the months that follow each other and are alike: still to be had, or perhaps not."""

    def alike(numbered: tuple[int, Period]) -> tuple[int, bool]:
        number, one = numbered
        last = _last_date(screen, one)
        return one.start.year * 12 + one.start.month - number, last is not None and last < today

    for _, run in groupby(enumerate(missing), key=alike):
        yield [one for _, one in run]


def _named(run: Sequence[Period]) -> str:
    """Return "October 2026", "August to October 2026" or "November 2025 to October 2026"."""
    first, last = run[0].start, run[-1].start
    if first == last:
        return f"{first:%B %Y}"
    return f"{first:%B}{'' if first.year == last.year else f' {first.year}'} to {last:%B %Y}"
