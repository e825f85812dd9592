"""The latest day on which a pre-election period begins, and the days that do not count. Pure.

The notice of election is published "not later than the twenty-fifth day before the day of
election", and Saturdays, Sundays, Christmas Eve, Christmas Day, Good Friday, bank holidays and days
of public thanksgiving or mourning are disregarded:
https://www.legislation.gov.uk/uksi/2006/3304/schedule/3/part/1
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from sgcomms.workdays import bank_holidays

NOTICE = 25
"""How many working days before the poll the notice of election must be out."""

_DAY = timedelta(days=1)


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
