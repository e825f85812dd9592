"""The bank holidays of England, and the days on which an office works. Pure.

What comes once is data: https://www.gov.uk/bank-holidays
"""

from __future__ import annotations

import functools
from collections.abc import Collection
from datetime import date, timedelta

from dateutil.easter import easter

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


def is_office_day(day: date, holidays: Collection[date] = ()) -> bool:
    """Tell whether offices in England work on `day`.

    `holidays` are bank holidays beyond those that this module knows.
    """
    return day.weekday() < 5 and day not in bank_holidays(day.year) and day not in holidays


def first_office_day(day: date, holidays: Collection[date] = ()) -> date:
    """Return the first day from `day` on, `day` included, on which offices in England work."""
    while not is_office_day(day, holidays):
        day += _DAY
    return day


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
