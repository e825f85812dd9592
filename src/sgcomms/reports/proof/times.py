"""Which times a sentence names besides the year of the document. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from sgcomms import periods
from sgcomms.periods import Period, YearStart

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
_NAMED_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?:\s?[-–/]\s?(\d\d(?:\d\d)?))?(?![\d-])")
_MONTH = re.compile(rf"(\d\s+)?\b({'|'.join(MONTHS)})(?: ((?:19|20)\d\d))?\b", re.IGNORECASE)
_SPAN = re.compile(
    r"\b(?:weeks?|days?|quarter|term|fortnight|weekend|month|monthly|weekly|daily)\b", re.IGNORECASE
)
_FROM_TO = re.compile(
    rf"\b(?:between|from|during|in|over)\s+(?:the\s+)?(?:\d{{1,2}}(?:st|nd|rd|th)?\s+)?"
    rf"({'|'.join(MONTHS)})(?:\s+((?:19|20)\d\d))?\s+(?:and|to|until)\s+"
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)?\s+)?({'|'.join(MONTHS)})\s+((?:19|20)\d\d)\b",
    re.IGNORECASE,
)
_MOST = 3


@dataclass(frozen=True, slots=True)
class Times:
    """The periods that words name, and whether they name any time that is not the whole year.

    `part` tells that it is a part of a year: a month, a week.
    """

    periods: tuple[Period, ...] = ()
    other: bool = False
    part: bool = False


def years_named(text: str, starts: YearStart) -> list[str]:
    """Return the names of the board's years in a text, in their order, as often as they stand."""
    calendar = starts == YearStart(1, 1)
    found = []
    for match in _NAMED_YEAR.finditer(text):
        if calendar and match[2] is None:
            found.append(match[1])
        elif not calendar and match[2] and (int(match[1]) + 1) % 100 == int(match[2]) % 100:
            found.append(f"{match[1]}-{match[2][-2:]}")
    return found


def span_named(text: str) -> tuple[date, date] | None:
    """Return the first and last day of the months that words tell the ends of, if they tell one."""
    found = _FROM_TO.search(text)
    if found is None:
        return None
    last = int(found[4])
    ends = [MONTHS.index(found[place].lower()) + 1 for place in (1, 3)]
    first = int(found[2]) if found[2] else last - (ends[0] > ends[1])
    return (
        periods.month(f"{first}-{ends[0]:02}").start,
        periods.month(f"{last}-{ends[1]:02}").end,
    )


def times(text: str, year: Period, starts: YearStart) -> Times:
    """Return the times that a sentence names."""
    named: dict[str, Period] = {}
    for name in years_named(text, starts):
        if name != year.name:
            named.setdefault(name, periods.year(name, starts))
    dated = False
    for match in _MONTH.finditer(text):
        if match[1] or (match[2].lower() in ("may", "march") and not match[2][0].isupper()):
            continue
        month = MONTHS.index(match[2].lower()) + 1
        first = match[3] or str(year.start.year + (month < year.start.month))
        found = periods.month(f"{first}-{month:02}")
        named.setdefault(found.name, found)
        dated = True
    part = dated or _SPAN.search(text) is not None
    return Times(tuple(named.values())[:_MOST], part or bool(named), part)
