"""Which times words name: years, quarters, months, spans of days, days. Pure.

What is written in full is tried first; a stretch that was read is not read again as something else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from sgcomms import periods
from sgcomms.errors import UsageError
from sgcomms.periods import Period, YearStart

Kind = Literal["year", "part", "rate", "day"]

MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
SHORT = [one[:3] for one in MONTHS]
CALENDAR_YEARS = YearStart(1, 1)
_NEAR = timedelta(days=7)
"""A text names the days of a figure, and the day of a level, but for so much."""

_NAMED_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?:\s?[-–/]\s?(\d\d(?:\d\d)?))?(?![\d-])")


@dataclass(frozen=True, slots=True)
class Named:
    """Days that words name: they begin within `first` and end within `last`, as months do.

    `period` is the whole of them, the one that figures are looked up for; `or_else` another
    reading of the same words.
    """

    period: Period
    first: Period
    last: Period
    or_else: Period | None = None

    def has_day(self, day: date) -> bool:
        """Tell whether the level of a day may be called one of these days."""
        return any(
            one.start - _NEAR <= day <= one.end + _NEAR
            for one in (self.period, self.or_else)
            if one is not None
        )

    def is_of(self, first: date, last: date) -> bool:
        """Tell whether a figure of the days `first` to `last` may be called one of these days."""
        if self.or_else is not None and (first, last) == (self.or_else.start, self.or_else.end):
            return True
        return _in(self.first, first) and _in(self.last, last)


@dataclass(frozen=True, slots=True)
class Mention:
    """Words that name a time, from `start` to `end` of a text.

    A `kind` of "part" without `named` is a part of a year that nobody can tell the days of, such as
    the summer; a "rate" is for each month or week. `sure` is false where the words may also mean
    the document's own year, as "last year" may.
    """

    start: int
    end: int
    kind: Kind
    named: Named | None = None
    day: date | None = None
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Calendar:
    """What a text's times are told from: the document's year, and how the board's years start.

    `month` is the one that a monthly document is of.
    """

    year: Period
    starts: YearStart
    month: Period | None = None

    def year_before(self) -> Period | None:
        """Return the year before the document's, None where no calendar has one."""
        return before(self.year, self.starts)

    def whole(self, first: date, last: date) -> Period:
        """Return a span of days, by the name of the year or month that it is."""
        year = periods.year_of(first, self.starts)
        if (year.start, year.end) == (first, last):
            return year
        month = periods.month(f"{first:%Y-%m}")
        if (month.start, month.end) == (first, last):
            return month
        return periods.days(first, last)

    def year_with(self, day: date) -> Period:
        """Return the board's year in which a day lies."""
        return periods.year_of(day, self.starts)

    def month_named(self, word: str, year: str | None) -> Period:
        """Return a month by its name; without a year, the one in the document's year."""
        number = SHORT.index(word[:3].lower()) + 1
        first = year or str(self.year.start.year + (number < self.year.start.month))
        return periods.month(f"{first}-{number:02}")

    def span(self, first: Period, last: Period, or_else: Period | None = None) -> Named:
        """Return the days from one month, quarter or year to another."""
        return Named(self.whole(first.start, last.end), first, last, or_else)

    def board_year(self, words: str | None) -> Period:
        """Return the year that words such as "2020-21" or "the year" name."""
        name = next(iter(years_named(words or "", self.starts)), None)
        return periods.year(name, self.starts) if name else self.year


def years_named(text: str, starts: YearStart) -> list[str]:
    """Return the names of the board's years in a text, in their order, as often as they stand."""
    calendar = starts == CALENDAR_YEARS
    found = []
    for match in _NAMED_YEAR.finditer(text):
        if calendar and match[2] is None:
            found.append(match[1])
        elif not calendar and match[2] and (int(match[1]) + 1) % 100 == int(match[2]) % 100:
            found.append(f"{match[1]}-{match[2][-2:]}")
    return found


def before(period: Period, starts: YearStart) -> Period | None:
    """Return the period before, None where no calendar has one."""
    try:
        return periods.before(period, starts)
    except (OverflowError, ValueError, UsageError):
        return None


def _in(month: Period, day: date) -> bool:
    return month.start - _NEAR <= day <= month.end + _NEAR
