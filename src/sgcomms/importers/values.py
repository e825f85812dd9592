"""What stands in the cells of export files -> numbers, ids and times. Pure.

Every function takes the text of one cell. ValueError says in plain words what is wrong with it;
the importer adds the file, the line and the column.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from functools import lru_cache
from textwrap import shorten
from zoneinfo import ZoneInfo

from sgcomms.periods import ClockChangeError, to_utc

_AGAIN = "upload the original download"
SPREADSHEET = f"{_AGAIN}; a spreadsheet has changed the long numbers in it"
"""What to do about ids that are no longer the platform's own."""
SPREADSHEET_DATES = f"{_AGAIN}; a spreadsheet has changed the dates in it"
"""What to do about dates that are no longer the platform's own."""

PACIFIC = ZoneInfo("America/Los_Angeles")
"""The zone of Meta's exports, whoever downloads them."""

_LONGEST_LIST = 120
_BLANK = frozenset({"", "-", "--", "n/a"})
_MOST = 10**15
_DECIMAL = re.compile(r"\d+(\.\d+)?([eE][+-]?\d{1,3})?", re.ASCII)
_YEARS = range(2004, 2100)
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_NAMED_DAY = re.compile(r"([A-Z][a-z]{2}),? ([A-Z][a-z]{2}) (\d{1,2}),? (\d{4})", re.ASCII)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_X_EPOCH_MS = 1_288_834_974_657
_FIRST_SNOWFLAKE = 30_000_000_000
_INSTAGRAM_EPOCH_MS = 1_314_220_021_721
_BASE64 = {
    letter: value
    for value, letter in enumerate(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    )
}


def is_blank(text: str) -> bool:
    """Tell whether a cell states nothing."""
    return text.strip().lower() in _BLANK


@lru_cache(maxsize=4096)
def count(text: str) -> float | None:
    """Return a count such as `1938`, `1,234` or `1938.0`; None where the cell states none.

    Raises ValueError for anything else, for parts of a whole, and for more than 10**15. Counts of
    posts are small and come again and again, so that the last few thousand are remembered.
    """
    digits = text.removesuffix(".0")
    if len(digits) < 16 and digits.isdecimal() and digits.isascii():
        return float(digits)
    text = text.strip()
    if text.lower() in _BLANK:
        return None
    whole, point, rest = text.partition(".")
    digits = _without_thousands(whole)
    if not digits or (point and (not rest or rest.strip("0"))):
        raise ValueError(f"{shown(text)} is not a count: {_AGAIN}")
    if len(digits.lstrip("0")) > 16 or int(digits) > _MOST:
        raise ValueError(f"{shown(text)} is larger than any count can be: {_AGAIN}")
    return float(digits)


def rate(text: str) -> float | None:
    """Return a share from 0 to 1, given as `12.14%` or `0.1214`; None where there is none.

    Raises ValueError for anything else.
    """
    text = text.strip()
    if text.lower() in _BLANK:
        return None
    number = text.removesuffix("%")
    if not _DECIMAL.fullmatch(number):
        raise ValueError(f"{shown(text)} is not a share of visits: {_AGAIN}")
    value = float(number) / 100 if number != text else float(number)
    if value > 1:
        raise ValueError(f"{shown(text)} is more than all visits: {_AGAIN}")
    return value


def seconds(text: str) -> float | None:
    """Return a length of time in seconds, given as `HH:MM:SS` or as seconds; None where none.

    Raises ValueError for anything else.
    """
    text = text.strip()
    if text.lower() in _BLANK:
        return None
    if _DECIMAL.fullmatch(text) and float(text) < _MOST:
        return float(text)
    parts = text.split(":")
    whole = len(parts) == 3 and all(part.isdecimal() and part.isascii() for part in parts)
    if not whole or [len(part) for part in parts[1:]] != [2, 2] or len(parts[0]) > 5:
        raise ValueError(f"{shown(text)} is not a length of time such as 00:02:03: {_AGAIN}")
    hours, minutes, rest = map(int, parts)
    if minutes > 59 or rest > 59:
        raise ValueError(f"{shown(text)} is not a length of time such as 00:02:03: {_AGAIN}")
    return float(hours * 3600 + minutes * 60 + rest)


def identifier(text: str) -> str:
    """Return a platform's id, which is text: 15 to 19 digits lose their end as numbers.

    Raises ValueError for anything but digits, such as a spreadsheet's `1.22158E+17`.
    """
    text = text.strip()
    if not (text.isdecimal() and text.isascii() and len(text) <= 20):
        raise ValueError(f"{shown(text)} is not an id: {SPREADSHEET}")
    return text


def day(text: str) -> date:
    """Return the day that `20260224` names. Raises ValueError for anything else."""
    text = text.strip()
    if len(text) != 8 or not (text.isdecimal() and text.isascii()):
        raise ValueError(f"{shown(text)} is not a day such as 20260224: {_AGAIN}")
    return _moment(text, text).date()


def iso_day(text: str, cell: str) -> date:
    """Return the day that `2026-02-24` names, as `cell` says it. Raises ValueError for another."""
    return _moment(cell, text).date()


def named_day(text: str) -> date:
    """Return the day that `Tue, Aug 26, 2025` names, with commas or without (X's newer exports).

    Raises ValueError for anything else, and for a date that was no such day of the week.
    """
    if (found := _NAMED_DAY.fullmatch(text.strip())) and found[2] in _MONTHS:
        number = _MONTHS.index(found[2]) + 1
        named = iso_day(f"{found[4]}-{number:02}-{found[3].zfill(2)}", text)
        if _WEEKDAYS[named.weekday()] == found[1]:
            return named
    raise ValueError(f"{shown(text)} is not a day such as Tue, Aug 26, 2025: {SPREADSHEET_DATES}")


def looks_rounded(post_id: str) -> bool:
    """Tell whether a long id has nothing but noughts after the 15 digits that spreadsheets keep."""
    return len(post_id) > 16 and not post_id[15:].strip("0")


def utc_minute(text: str) -> datetime:
    """Return the instant that `2016-12-23 18:50 +0000` names, in UTC (X's by-tweet export).

    Raises ValueError for anything else.
    """
    text = text.strip()
    if len(text) != 22 or text[4] + text[7] + text[10] + text[13] + text[16:] != "-- : +0000":
        raise ValueError(f"{shown(text)} is not a time such as 2016-12-23 18:50 +0000: {_AGAIN}")
    return _moment(text, text[:16] + "+00:00")


def pacific_minute(text: str) -> datetime:
    """Return the instant, in UTC, that Meta's `MM/DD/YYYY HH:MM` names: US order, US Pacific time.

    Ninety-nine Instagram posts whose shortcodes hold their time agree. Raises what `minute` raises.
    """
    return minute(text, PACIFIC)


def minute(text: str, zone: ZoneInfo) -> datetime:
    """Return the instant, in UTC, that `MM/DD/YYYY HH:MM` names on the clocks of `zone`.

    A time that comes twice on the day the clocks go back is taken as the first. Raises ValueError
    for another form, and for a time that those clocks never showed.
    """
    text = text.strip()
    if len(text) != 16 or text[2] + text[5] + text[10] + text[13] != "// :":
        raise ValueError(
            f"{shown(text)} is not a time such as 03/31/2021 16:40: {SPREADSHEET_DATES}"
        )
    return wall_minute(text, f"{text[6:10]}-{text[:2]}-{text[3:5]}", text[11:], zone)


def wall_minute(text: str, day_text: str, clock_text: str, zone: ZoneInfo) -> datetime:
    """Return what `minute` returns, for a day such as `2021-03-31` and a time such as `16:40`.

    `text` is what the cell holds, for messages.
    """
    wall = f"{day_text}T{clock_text}"
    if offset := _offset(day_text, zone):
        return _moment(text, wall + offset).astimezone(UTC)
    return on_clocks(text, _moment(text, wall), zone)


def in_pacific(text: str, wall: datetime) -> datetime:
    """Return the instant, in UTC, at which US Pacific clocks showed `wall`; see `on_clocks`."""
    return on_clocks(text, wall, PACIFIC)


def on_clocks(text: str, wall: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant, in UTC, at which the clocks of `zone` showed `wall`; of two the first.

    Raises ValueError, with the cell's `text`, for a time that they skipped.
    """
    try:
        return to_utc(wall, zone)
    except ClockChangeError as change:
        if change.kind == "twice":
            return change.instants[0]
        clocks = "US Pacific clocks" if zone is PACIFIC else f"the clocks of {zone.key}"
        raise ValueError(
            f"{shown(text)} is a time that {clocks} skipped: the dates were changed; {_AGAIN}"
        ) from None


@lru_cache(maxsize=4096)
def _offset(day_text: str, zone: ZoneInfo) -> str:
    """Return the offset of `zone` all through a day, such as `-08:00`; nothing where it changes in
    that day, or where there is no such day.

    Clocks are asked once a day, not once a post: that is most of the cost of a long file.
    """
    try:
        start = datetime.fromisoformat(day_text).replace(tzinfo=zone)
        end = start.replace(hour=23, minute=59)
    except ValueError:
        return ""
    return start.isoformat()[-6:] if start.utcoffset() == end.utcoffset() else ""


def snowflake_time(post_id: str) -> datetime | None:
    """Return the instant, in UTC and whole seconds, at which X gave out the id `post_id`.

    None for ids from before November 2010, which were counted one by one and hold no time.
    Raises ValueError for an id that X cannot have given out yet.
    """
    number = int(post_id)
    if number < _FIRST_SNOWFLAKE:
        return None
    if number >= 1 << 63:
        raise ValueError(f"{post_id} is not the id of a post on X: {SPREADSHEET}")
    return datetime.fromtimestamp(((number >> 22) + _X_EPOCH_MS) // 1000, UTC)


def shortcode_time(code: str) -> datetime | None:
    """Return the instant, in UTC and whole seconds, that an Instagram shortcode holds.

    None for what is no shortcode of a public post (1 to 11 characters).
    """
    if not 0 < len(code) < 12:
        return None
    number = 0
    for letter in code:
        value = _BASE64.get(letter)
        if value is None:
            return None
        number = number << 6 | value
    return datetime.fromtimestamp(((number >> 23) + _INSTAGRAM_EPOCH_MS) // 1000, UTC)


def shown(text: str) -> str:
    """Return `text` in quotes as a message shows it, shortened: it may be somebody's words."""
    return repr(text if len(text) <= 40 else f"{text[:39]}…")


def listed(names: Iterable[str]) -> str:
    """Return the names of tables as a message lists them, shortened; nothing for none."""
    return shorten(", ".join(names), _LONGEST_LIST, placeholder=" …")


def _without_thousands(text: str) -> str:
    """Return the digits of `1,234`, or nothing when they are not grouped by three."""
    head, *groups = text.split(",")
    grouped = all(len(group) == 3 for group in groups) and (not groups or 0 < len(head) < 4)
    digits = "".join((head, *groups))
    return digits if grouped and digits.isdecimal() and digits.isascii() else ""


def _moment(text: str, iso: str) -> datetime:
    """Return the time that `iso` names, in the years of these platforms. `text` is for messages."""
    try:
        moment = datetime.fromisoformat(iso)
    except ValueError:
        moment = datetime.min  # noqa: DTZ901  a year that is refused below
    if moment.year not in _YEARS:
        raise ValueError(f"{shown(text)} is not a date that these platforms know: {_AGAIN}")
    return moment
