"""Numbers, dates and periods as words: the GOV.UK style, British English. Pure.

Source: https://www.gov.uk/guidance/style-guide/a-to-z-of-gov-uk-style (numerals, commas in numbers
over 999, per cent signs, dates as 1 June 2020).
"""

from __future__ import annotations

import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from sgcomms.periods import Period

_ISO = r"\b\d{4}-\d\d-\d\d\b"


def number(value: float) -> str:
    """Return a count with commas, decimals only where there are any: 1,540; 2.5."""
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def per_cent(share: float) -> str:
    """Return a share of 1 as whole per cents: 52%. A share too small to show is "under 1%"."""
    if 0 < share < 0.005:
        return "under 1%"
    return f"{_whole(Decimal(repr(share)) * 100)}%"


def duration(seconds: float) -> str:
    """Return a time to the second: 2 minutes; 1 minute 5 seconds; 40 seconds."""
    minutes, rest = divmod(_whole(Decimal(repr(seconds))), 60)
    parts = [_counted(minutes, "minute")] if minutes else []
    if rest or not minutes:
        parts.append(_counted(rest, "second"))
    return " ".join(parts)


def value(amount: float, unit: str) -> str:
    """Return an amount in its unit, as a table prints it."""
    if unit == "ratio":
        return per_cent(amount)
    if unit == "seconds":
        return duration(amount)
    return number(amount)


def day(when: date) -> str:
    """Return a day: 31 March 2021."""
    return f"{when.day} {when:%B %Y}"


def days(first: date, last: date) -> str:
    """Return a span of days: 1 April 2020 to 31 March 2021; one day alone if it is one."""
    return day(first) if first == last else f"{day(first)} to {day(last)}"


def during(first: date, last: date) -> str:
    """Return a span of days as part of a sentence: from 1 April 2020 to 30 April 2020; on …"""
    return f"on {day(first)}" if first == last else f"from {days(first, last)}"


def plain(text: str) -> str:
    """Return words with every date such as 2021-04-03 in them as 3 April 2021."""
    return re.sub(_ISO, _dated, text)


def dated_last(text: str) -> str:
    """Return words with the dates that end them, if any do, in words: … read on 3 April 2021."""
    return re.sub(rf"(?:{_ISO} to )?{_ISO}\Z", lambda found: plain(found[0]), text)


def sentence(text: str) -> str:
    """Return words as a sentence: dates in words, a capital first, a full stop last."""
    words = plain(text)
    return f"{words[:1].upper()}{words[1:].rstrip('.')}."


def lowered(label: str) -> str:
    """Return a label as it stands inside a sentence: "page views", but "GP visits"."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def change(now: float, then: float, unit: str) -> str | None:
    """Return how far two values lie apart, in words; None when they would print alike."""
    if value(now, unit) == value(then, unit):
        return None
    if unit == "ratio":
        points = abs(_whole(Decimal(repr(now)) * 100) - _whole(Decimal(repr(then)) * 100))
        return "under 1 percentage point" if not points else _counted(points, "percentage point")
    return value(abs(now - then), unit)


def year(period: Period) -> str:
    """Return a financial year as boards write it: 2020-21."""
    return period.name


def listed(words: list[str]) -> str:
    """Return words as a sentence lists them: a, b and c."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def _whole(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))


def _dated(found: re.Match[str]) -> str:
    try:
        return day(date.fromisoformat(found[0]))
    except ValueError:
        return found[0]


def _counted(count: int, unit: str) -> str:
    return f"{count} {unit}{'' if count == 1 else 's'}"
