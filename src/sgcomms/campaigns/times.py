"""The time of a post as it is written, or as it was meant by another way of writing. Pure."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Literal

from sgcomms.periods import ClockChangeError
from sgcomms.yamlfile import dates

ON_APPROVAL = "on approval"
AT_PATTERN = r"^(\d{4}-\d{2}-\d{2}[ T]\d{1,2}:\d{2}|on approval)$"

_AT = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})[ T]([0-9]{1,2}):([0-9]{2})")
_CLOCK = re.compile(
    r"(?:at )?T?(?P<hour>[0-9]{1,2})(?:[:.h](?P<minute>[0-9]{2}))?(?::[0-9]{2}(?:\.[0-9]+)?)?"
    r" *(?P<half>am|pm)? *(?P<zone>Z|UTC|GMT|BST|[+-][0-9]{2}:?[0-9]{2})?",
    re.IGNORECASE,
)


def wall_time(text: str) -> datetime:
    """Return the wall-clock time that `text` (2027-03-08 09:30) names.

    Raises ValueError with what is wrong with it, and with what to write where that can be told.
    """
    match = _AT.fullmatch(text)
    if match is None:
        _look_at_day(text)
        raise ValueError(f"{text!r} is not a time; {_hint(text.strip())}")
    year, month, day, hour, minute = map(int, match.groups())
    dates.exact(year, month, day)
    if hour > 23 or minute > 59:
        raise ValueError(f"there is no time {hour}:{minute:02}; hours go from 00 to 23")
    return datetime(year, month, day, hour, minute)  # noqa: DTZ001  wall-clock time has no zone


def _look_at_day(text: str) -> None:
    """Raise ValueError when the day alone is wrong: the time behind it is no matter then."""
    match = re.match(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?![0-9])", text)
    if match is not None:
        dates.exact(*map(int, match.groups()))


def clock_change(
    wall: datetime, error: ClockChangeError, zone: str
) -> tuple[Literal["time-missing", "time-twice"], str]:
    """Return the rule and the message for a time that a clock change makes unclear."""
    day, at = f"{wall.day} {wall:%B %Y}", f"{wall:%H:%M}"
    if error.kind == "missing":
        return "time-missing", f"{at} does not exist on {day}: the clocks go forward in {zone}"
    return "time-twice", f"{at} comes twice on {day}: the clocks go back in {zone}"


def _hint(text: str) -> str:
    if re.fullmatch(r"[^a-z]*(on|upon|after|when)?[^a-z]*approv(al|ed)[^a-z]*", text.lower()):
        return f"write it as {ON_APPROVAL}"
    meant, rest = dates.loose(text)
    clock = _CLOCK.fullmatch(rest)
    if meant is None or clock is None or clock["zone"]:
        day = meant.isoformat() if meant is not None and (clock or not rest) else "2027-03-08"
        return f"write day and time as the clock on the wall shows them, such as {day} 09:30"
    hour, minute = int(clock["hour"]), int(clock["minute"] or 0)
    if clock["half"]:
        hour = hour % 12 + (12 if clock["half"].lower() == "pm" else 0)
    return f"write it as {meant.isoformat()} {hour:02}:{minute:02}"
