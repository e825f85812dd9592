"""Financial years, months, quarters, spans; wall-clock time and days in a zone. Pure."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

_BEYOND = ("0000", "9999")
"""Years that the calendar of Python cannot hold, or cannot hold the day after."""


SETTLES = timedelta(days=3)
"""So long figures still change after the day they are of: Meta names 48 hours (Instagram media
insights), Google Analytics 24 to 48, LinkedIn 2 days."""


@dataclass(frozen=True, slots=True)
class YearStart:
    """The day on which the board's reporting year starts."""

    day: int
    month: int


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A span of days, both included, in the board's zone."""

    start: date
    end: date
    name: str

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end

    def covers(self, first: date, last: date) -> bool:
        """Tell whether the days `first` to `last` all lie inside."""
        return self.start <= first and last <= self.end


class ClockChangeError(ValueError):
    """A wall-clock time that does not exist, or exists twice, on a clock-change day.

    `kind` is "missing" or "twice"; `instants` are the readings of it that are possible, in UTC.
    """

    def __init__(self, kind: Literal["missing", "twice"], instants: tuple[datetime, ...]) -> None:
        self.kind = kind
        self.instants = instants
        super().__init__(kind)


def to_utc(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant, in UTC, at which clocks in `zone` show the naive time `wall`.

    Raises ClockChangeError when clocks never show it, or show it twice, that day.
    """
    earlier, later = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if earlier == later:
        return earlier
    exists = earlier.astimezone(zone).replace(tzinfo=None) == wall
    if exists:
        raise ClockChangeError("twice", (earlier, later))
    raise ClockChangeError("missing", (later, earlier))


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant, in UTC, at which `day` begins in `zone`.

    Where clocks skip midnight that day, it begins at the first moment that exists.
    """
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def span(period: Period, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the instants, in UTC, at which `period` begins and at which it is over (excluded)."""
    return midnight(period.start, zone), midnight(period.end + timedelta(days=1), zone)


def year_start(text: str) -> YearStart:
    """Return the day that `text` (such as "1 April") names. Raises ValueError with the form."""
    try:
        named = datetime.strptime(f"{text} 2001", "%d %B %Y")  # noqa: DTZ007  a day, no time
    except ValueError:
        raise ValueError(f"{text!r} is not a day such as 1 April") from None
    return YearStart(named.day, named.month)


def year(text: str, starts: YearStart) -> Period:
    """Return the board's year `text`: "2020-21", or "2020" for a year that starts on 1 January.

    Raises ValueError when the name is not one of a year, with the form it should have.
    """
    match = re.fullmatch(r"([0-9]{4})(?:-([0-9]{2}))?", text)
    calendar = starts == YearStart(1, 1)
    example = "2020" if calendar else "2020-21"
    if not match or (match[2] is None) != calendar or match[1] in _BEYOND:
        raise ValueError(f"{text!r} is not a year of the board: write it as {example}")
    first = int(match[1])
    if match[2] is not None and (first + 1) % 100 != int(match[2]):
        raise ValueError(f"{text!r} is not one year: did you mean {first}-{(first + 1) % 100:02}?")
    start = date(first, starts.month, starts.day)
    return Period(start, start.replace(year=first + 1) - timedelta(days=1), text)


def year_of(day: date, starts: YearStart) -> Period:
    """Return the board's year in which `day` lies."""
    first = day.year if (day.month, day.day) >= (starts.month, starts.day) else day.year - 1
    name = str(first) if starts == YearStart(1, 1) else f"{first}-{(first + 1) % 100:02}"
    return year(name, starts)


def month(text: str) -> Period:
    """Return the calendar month `text`, such as "2021-03". Raises ValueError with the form."""
    match = re.fullmatch(r"([0-9]{4})-([0-9]{2})", text)
    if not match or not 1 <= int(match[2]) <= 12 or match[1] in _BEYOND:
        raise ValueError(f"{text!r} is not a month: write it as 2021-03")
    start = date(int(match[1]), int(match[2]), 1)
    return Period(start, _months_later(start, 1) - timedelta(days=1), text)


def quarter(text: str, starts: YearStart) -> Period:
    """Return a quarter of the board's year, such as "2020-21-Q4". Raises ValueError."""
    match = re.fullmatch(r"(.+)-Q([1-4])", text)
    if not match:
        raise ValueError(f"{text!r} is not a quarter: write it as 2020-21-Q4")
    whole = year(match[1], starts)
    start = _months_later(whole.start, 3 * (int(match[2]) - 1))
    return Period(start, _months_later(start, 3) - timedelta(days=1), text)


def days(first: date, last: date) -> Period:
    """Return the span from `first` to `last`. Raises ValueError when it ends before it starts."""
    if last < first:
        raise ValueError(f"the period ends ({last}) before it starts ({first})")
    return Period(first, last, f"{first} to {last}")


def before(period: Period, starts: YearStart) -> Period:
    """Return the period of the same kind that ends the day before `period` starts."""
    last = period.start - timedelta(days=1)
    if period == year_of(period.start, starts):
        return year_of(last, starts)
    if period.name == f"{period.start:%Y-%m}":
        return month(f"{last:%Y-%m}")
    if re.search(r"-Q[1-4]$", period.name):
        name = f"{year_of(last, starts).name}-Q{(int(period.name[-1]) - 2) % 4 + 1}"
        return quarter(name, starts)
    return days(last - (period.end - period.start), last)


def _months_later(day: date, months: int) -> date:
    count = day.year * 12 + day.month - 1 + months
    number, in_year = divmod(count, 12)
    return date(number, in_year + 1, min(day.day, monthrange(number, in_year + 1)[1]))
