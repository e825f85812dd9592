"""Days and times as other exports write them -> dates, and instants in UTC. Pure.

Like `values`: each function takes the text of one cell, and ValueError says what is wrong with it.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

from sgcomms.importers.values import in_pacific, shown

_AGAIN = "upload the original download"
_YEARS = range(2004, 2100)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_X = re.compile(
    r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d\d) (\d\d):(\d\d):(\d\d) \+0000 (\d{4})", re.ASCII
)
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_US = re.compile(r"(\d\d?)/(\d\d?)/(\d{4})", re.ASCII)
_SERIAL = re.compile(r"(\d{5})(\.0)?", re.ASCII)
_POSTED = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d+)?", re.ASCII)
_POSTED_US = re.compile(r"(\d\d?)/(\d\d?)/(\d{4}) (\d\d?):(\d\d)", re.ASCII)
_SPREADSHEETS_BEGIN = date(1899, 12, 30)


def x_second(text: str) -> datetime:
    """Return the instant that `Thu Nov 03 08:50:26 +0000 2022` names, in UTC (X's archive)."""
    found = _X.fullmatch(text.strip())
    if found is None or found[1] not in _MONTHS:
        raise ValueError(f"{shown(text)} is not a time such as Thu Nov 03 08:50:26 +0000 2022")
    day, hour, minute, second, year = map(int, found.groups()[1:])
    return _moment(text, year, _MONTHS.index(found[1]) + 1, day, hour, minute, second).replace(
        tzinfo=UTC
    )


def iso_day(text: str) -> date:
    """Return the day that `2023-03-09` names."""
    found = _ISO.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{shown(text)} is not a day such as 2023-03-09: {_AGAIN}")
    return _moment(text, *map(int, found.groups())).date()


def us_day(text: str) -> date:
    """Return the day that LinkedIn's `03/31/2021` names, always in US order.

    Where a spreadsheet has turned the text into a day, its number (`44286`) and `2021-03-31` name
    the same day.
    """
    text = text.strip()
    if found := _US.fullmatch(text):
        month, day, year = map(int, found.groups())
        return _moment(text, year, month, day).date()
    if found := _SERIAL.fullmatch(text):
        told = _SPREADSHEETS_BEGIN + timedelta(days=int(found[1]))
        return _moment(text, told.year, told.month, told.day).date()
    return iso_day(text)


def posted(text: str) -> tuple[datetime, int]:
    """Return the instant, in UTC, that a post of Facebook Insights was made, and its day of month.

    The workbook writes `2020-09-22T07:07:36.000`, the CSV file `10/1/2015 21:00` in US order; both
    US Pacific. The day of the month is 0 where its place is beyond doubt.
    """
    text = text.strip()
    if found := _POSTED.fullmatch(text):
        return in_pacific(text, _moment(text, *map(int, found.groups()[:6]))), 0
    if found := _POSTED_US.fullmatch(text):
        month, day, year, hour, minute = map(int, found.groups())
        return in_pacific(text, _moment(text, year, month, day, hour, minute)), day
    raise ValueError(f"{shown(text)} is not a time such as 10/1/2015 21:00: {_AGAIN}")


def _moment(
    text: str, year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0
) -> datetime:
    """Return the wall-clock time, in the years of these platforms. `text` is for messages."""
    try:
        if year in _YEARS:
            return datetime.combine(date(year, month, day), time(hour, minute, second))
    except ValueError:
        pass
    raise ValueError(f"{shown(text)} is not a date that these platforms know: {_AGAIN}")
