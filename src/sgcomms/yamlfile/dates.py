"""Days as they are written here, and the one that was meant by another way of writing. Pure."""

from __future__ import annotations

import re
from calendar import month_name, monthrange
from datetime import date

YEARS = range(2000, 2100)
"""What lies outside is a slip of the finger: no campaign is as old, or so far ahead."""

DAY_PATTERN = r"^\d{4}-\d{2}-\d{2}$"

_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_YEAR_FIRST = re.compile(r"([0-9]{4})[-/. ]([0-9]{1,2})[-/. ]([0-9]{1,2})(?![0-9])")
_DAY_FIRST = re.compile(
    r"(?:[A-Za-z]{3,9},? +)?([0-9]{1,2})(?:st|nd|rd|th)?[-/. ]+([0-9]{1,2}|[A-Za-z]{3,9})[-/., ]+"
    r"([0-9]{4}|[0-9]{2})(?![0-9])"
)


def day(text: str) -> date:
    """Return the day that `text` (2027-03-31) names. Raises ValueError with what to write."""
    match = _DAY.fullmatch(text)
    if match is not None:
        return exact(*map(int, match.groups()))
    meant, rest = loose(text.strip())
    if meant is not None and not rest:
        raise ValueError(f"{text!r} is not a day as it is written here; write it as {meant}")
    raise ValueError(f"{text!r} is not a day; write one such as 2027-03-31")


def exact(year: int, month: int, number: int) -> date:
    """Return a day by its numbers. Raises ValueError that says which of them is wrong."""
    if year not in YEARS:
        raise ValueError(f"the year {year:04} is out of range ({YEARS[0]} to {YEARS[-1]})")
    if not 1 <= month <= 12:
        raise ValueError(f"there is no month {month}; a day is written as year-month-day")
    most = monthrange(year, month)[1]
    if not 1 <= number <= most:
        raise ValueError(f"{month_name[month]} {year} has {most} days, not {number}")
    return date(year, month, number)


def loose(text: str) -> tuple[date | None, str]:
    """Return the day that `text` begins with, written in another way, and what follows it.

    In 8/3/2027 the day comes first, as everywhere in Britain.
    """
    match = _YEAR_FIRST.match(text)
    numbers = (match[1], match[2], match[3]) if match else None
    if match is None:
        match = _DAY_FIRST.match(text)
        numbers = (match[3], match[2], match[1]) if match else None
    if match is None or numbers is None:
        return None, text
    year, month, number = numbers
    try:
        meant = exact(int(year) + (2000 if len(year) == 2 else 0), _month(month), int(number))
    except ValueError:
        return None, text
    return meant, text[match.end() :].strip(" ,")


def _month(text: str) -> int:
    if text.isdigit():
        return int(text)
    names = [name.lower() for name in month_name]
    found = [number for number, name in enumerate(names) if name[:3] == text.lower()[:3] and number]
    return found[0] if found else 0
