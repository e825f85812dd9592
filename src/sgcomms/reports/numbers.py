"""Numbers, dates and periods as words: the GOV.UK style, British English. Pure.

Source: https://www.gov.uk/guidance/style-guide/a-to-z-of-gov-uk-style (numerals, commas in numbers
over 999, per cent signs, dates as 1 June 2020).
"""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from sgcomms.periods import Period


def number(value: float) -> str:
    """Return a count with commas, decimals only where there are any: 1,540; 2.5."""
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def per_cent(share: float) -> str:
    """Return a share of 1 as whole per cents: 52%. A share too small to show is "under 1%"."""
    if 0 < share < 0.005:
        return "under 1%"
    rounded = (Decimal(repr(share)) * 100).quantize(Decimal(1), ROUND_HALF_UP)
    return f"{rounded}%"


def duration(seconds: float) -> str:
    """Return a time to the second: 2 minutes; 1 minute 5 seconds; 40 seconds."""
    whole = int(Decimal(repr(seconds)).quantize(Decimal(1), ROUND_HALF_UP))
    minutes, rest = divmod(whole, 60)
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


def year(period: Period) -> str:
    """Return a financial year as boards write it: 2020-21."""
    return period.name


def listed(words: list[str]) -> str:
    """Return words as a sentence lists them: a, b and c."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def _counted(count: int, unit: str) -> str:
    return f"{count} {unit}{'' if count == 1 else 's'}"
