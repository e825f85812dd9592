"""The latest day on which a pre-election period begins, and the days that do not count. Pure.

The notice of election is published "not later than the twenty-fifth day before the day of
election", and Saturdays, Sundays, Christmas Eve, Christmas Day, Good Friday, bank holidays and days
of public thanksgiving or mourning are disregarded:
https://www.legislation.gov.uk/uksi/2006/3304/schedule/3/part/1
"""

from __future__ import annotations

import functools
from collections.abc import Collection
from datetime import date, timedelta

from dateutil.easter import easter

NOTICE = 25
"""How many working days before the poll the notice of election must be out."""

_DAY = timedelta(days=1)

_MOVED = {
    date(2002, 5, 27): (date(2002, 6, 4),),  # Golden Jubilee
    date(2012, 5, 28): (date(2012, 6, 4),),  # Diamond Jubilee
    date(2020, 5, 4): (date(2020, 5, 8),),  # 75 years after VE Day
    date(2022, 5, 30): (date(2022, 6, 2),),  # Platinum Jubilee
}
"""Bank holidays that were kept on other days than the rule says."""

_ONCE = (
    date(2002, 6, 3),  # Golden Jubilee
    date(2011, 4, 29),  # a royal wedding
    date(2012, 6, 5),  # Diamond Jubilee
    date(2022, 6, 3),  # Platinum Jubilee
    date(2022, 9, 19),  # state funeral of Queen Elizabeth II
    date(2023, 5, 8),  # coronation of King Charles III
)
"""Bank holidays that came once. The next one goes into `config/calendar.yaml` of each board."""


def latest_start(poll: date, holidays: Collection[date] = ()) -> date:
    """Return the last day on which the notice of election for `poll` can be published.

    The pre-election period begins with the notice, so no later than this. `holidays` are bank
    holidays and days of mourning beyond those that this module knows.
    """
    day, counted = poll, 0
    while counted < NOTICE:
        day -= _DAY
        counted += is_working_day(day, holidays)
    return day


def is_working_day(day: date, holidays: Collection[date] = ()) -> bool:
    """Tell whether `day` counts in an election's timetable."""
    if day.weekday() >= 5 or (day.month, day.day) == (12, 24):
        return False
    return day not in bank_holidays(day.year) and day not in holidays


@functools.lru_cache(maxsize=200)
def bank_holidays(year: int) -> frozenset[date]:
    """Return Christmas Day, Good Friday and the bank holidays in England of `year`.

    The days are those of the Banking and Financial Dealings Act 1971 and of the yearly
    proclamations; a holiday that falls on a weekend is kept on the next free weekday.
    https://www.gov.uk/bank-holidays
    """
    sunday = easter(year)
    days = {
        sunday - 2 * _DAY,
        sunday + _DAY,
        _monday_from(date(year, 5, 1)),
        _monday_from(date(year, 5, 25)),
        _monday_from(date(year, 8, 25)),
    }
    for moved, kept in _MOVED.items():
        if moved in days:
            days.remove(moved)
            days.update(kept)
    for fixed in (date(year, 1, 1), date(year, 12, 25), date(year, 12, 26)):
        kept_on = fixed
        while kept_on.weekday() >= 5 or kept_on in days:
            kept_on += _DAY
        days |= {fixed, kept_on}
    return frozenset(days | {day for day in _ONCE if day.year == year})


def _monday_from(day: date) -> date:
    """Return the first Monday on or after `day`."""
    return day + timedelta(days=-day.weekday() % 7)
