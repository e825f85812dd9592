"""The words for times: patterns, and how each is read. Pure.

What is written in full is tried first; a stretch that was read is not read again as something else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from sgcomms import periods
from sgcomms.errors import UsageError
from sgcomms.periods import Period
from sgcomms.reports.proof.times import (
    CALENDAR_YEARS,
    MONTHS,
    SHORT,
    Calendar,
    Mention,
    Named,
    before,
    years_named,
)

_Y = r"(?:(?:19|20)\d\d|[12]\d{3}(?=\s*$))"
"""A year; where words end with it, as in the first cell of a row, a mistyped one too."""

_M = rf"(?:(?:{'|'.join(MONTHS)})|(?-i:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.?)"
_D = r"(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?"
_TO = r"\s?(?:to|until|till|through|[-–—])\s?"
_IN = r"(?:(?:financial |reporting )?year|(?:19|20)\d\d\s?[-–/]\s?\d\d(?:\d\d)?)"
_OF = rf"(?:,? (?:of )?(?:the )?({_IN}|{_Y}(?!\d)))?"
_HALVES = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "latter": 2}
_QUARTERS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4}
_COUNTS = {"three": 3, "four": 4, "six": 6, "nine": 9, "ten": 10, "twelve": 12}
_YEAR = re.compile(r"(?<![\d,])(?:19|20)\d\d\s?[-–/]\s?\d\d(?:\d\d)?(?![\d-])")
_VAGUE = re.compile(
    r"\b(?:weeks?|days?|quarter|term|fortnight|weekend|month|monthly|weekly|daily)\b", re.IGNORECASE
)
_LISTED = re.compile(r"^[,;:] \w+:? ?\d")
"""A month of a list: "April 44, May 36"."""

_MOST = 4


@dataclass(frozen=True, slots=True)
class Times:
    """The periods that words name, and whether they name any time that is not the whole year.

    `part` tells that it is a part of a year: a month, a week.
    """

    periods: tuple[Period, ...] = ()
    other: bool = False
    part: bool = False


@lru_cache(maxsize=512)
def mentions(calendar: Calendar, text: str) -> tuple[Mention, ...]:
    """Return the times that words name, in their order."""
    found: list[Mention] = []
    rest = text
    for pattern, read in _READERS:
        for match in pattern.finditer(rest):
            try:
                one = read(calendar, match)
            except (ValueError, OverflowError, UsageError):
                continue
            if one is not None:
                found.append(one)
        for one in found:
            rest = rest[: one.start] + "\x00" * (one.end - one.start) + rest[one.end :]
    return tuple(sorted(found, key=lambda one: one.start))


@lru_cache(maxsize=512)
def times(calendar: Calendar, text: str) -> Times:
    """Return the times that a sentence names."""
    named = mentions(calendar, text)
    every = [
        period
        for one in named
        if one.named is not None
        for period in (one.named.period, one.named.or_else)
        if period is not None and period != calendar.year
    ]
    part = any(one.kind in ("part", "rate") for one in named) or _VAGUE.search(text) is not None
    return Times(tuple(dict.fromkeys(every))[:_MOST], part or bool(every), part)


def _months(first: Period, count: int) -> tuple[Period, Period]:
    """Return the first and the last of so many months."""
    number = first.start.year * 12 + first.start.month - 1 + count - 1
    return first, periods.month(f"{number // 12}-{number % 12 + 1:02}")


def _part(match: re.Match[str], named: Named | None = None) -> Mention:
    return Mention(match.start(), match.end(), "part", named)


# Each reader makes a mention of what its pattern found; None where the words name no time.


def _days(calendar: Calendar, match: re.Match[str]) -> Mention | None:
    last = calendar.month_named(match[5], match[6])
    year = match[3] or str(last.start.year - (SHORT.index(match[2][:3].lower()) >= last.end.month))
    first = date(int(year), SHORT.index(match[2][:3].lower()) + 1, _number(match[1]))
    until = last.start.replace(day=_number(match[4]))
    if until < first:
        return None
    ends = (periods.days(first, first), periods.days(until, until))
    named = Named(calendar.whole(first, until), *ends)
    return Mention(match.start(), match.end(), "part", named)


def _number(words: str) -> int:
    return int(re.sub(r"\D", "", words))


def _year_to(calendar: Calendar, match: re.Match[str]) -> Mention:
    count = 12 if "year" in match[1].lower() else _count(match[1])
    last = calendar.month_named(match[2], match[3])
    number = last.start.year * 12 + last.start.month - count
    first = periods.month(f"{number // 12}-{number % 12 + 1:02}")
    return _part(match, calendar.span(first, last))


def _count(words: str) -> int:
    word = words.split(maxsplit=1)[0].lower()
    return _COUNTS.get(word) or int(word)


def _day(_: Calendar, match: re.Match[str]) -> Mention:
    one = match.groupdict()
    month = one.get("m") or one.get("m2") or ""
    number = SHORT.index(month[:3].lower()) + 1 if month else int(one["n"] or one["n2"])
    year = one["y"] or one["y2"] or one["y3"] or one["y4"]
    day = one["d"] or one["d2"] or one["d3"] or one["d4"]
    when = date(int(year or 0), number, _number(day or "0"))
    return Mention(match.start(), match.end(), "day", None, when)


def _months_from(calendar: Calendar, match: re.Match[str]) -> Mention | None:
    last = calendar.month_named(match[3], match[4])
    year = match[2]
    if year is None and match[4]:
        later = SHORT.index(match[1][:3].lower()) >= last.start.month
        year = str(last.start.year - later)
    first = calendar.month_named(match[1], year)
    return _part(match, calendar.span(first, last)) if first.start < last.start else None


def _two_months(calendar: Calendar, match: re.Match[str]) -> Mention | None:
    """Two months that follow each other: both together, or either."""
    second = calendar.month_named(match[3], match[4])
    first = calendar.month_named(match[1], match[2] or str(second.start.year))
    if first.end + timedelta(days=1) != second.start:
        return None
    both = calendar.whole(first.start, second.end)
    ends = (calendar.whole(first.start, second.start - timedelta(days=1)), second)
    return _part(match, Named(both, *ends))


def _since(calendar: Calendar, match: re.Match[str]) -> Mention | None:
    first = calendar.month_named(match["m"], match["y"])
    if first.start < calendar.year.start or first.start > calendar.year.end:
        return None
    last = periods.month(f"{calendar.year.end:%Y-%m}")
    return _part(match, calendar.span(first, last))


def _by(calendar: Calendar, match: re.Match[str]) -> Mention | None:
    if not _is_month(match["m"], match["y"]):
        return None
    month = calendar.month_named(match["m"], match["y"])
    return Mention(match.start(), match.end(), "day", None, month.end)


def _year_edge(calendar: Calendar, match: re.Match[str]) -> Mention:
    """The level at the start of the year is that of the last day of the year before."""
    edge = calendar.year.end
    if match[1].lower() in ("start", "beginning", "outset"):
        edge = calendar.year.start - timedelta(days=1)
    return Mention(match.start(), match.end(), "day", None, edge)


def _quarter(calendar: Calendar, match: re.Match[str]) -> Mention:
    word = (match[1] or match[2] or match[3]).lower()
    number = _QUARTERS.get(word) or (4 if word in ("last", "final") else int(word))
    of = match[4] or ""
    year = calendar.board_year(of)
    found = periods.quarter(f"{year.name}-Q{number}", calendar.starts)
    other = None
    if re.fullmatch(_Y, of) and calendar.starts != CALENDAR_YEARS:
        first, last = _months(periods.month(f"{of}-{3 * number - 2:02}"), 3)
        other = periods.days(first.start, last.end)
        year = periods.year_of(date(int(of), calendar.starts.month, 1), calendar.starts)
        found = periods.quarter(f"{year.name}-Q{number}", calendar.starts)
    first, last = _months(periods.month(f"{found.start:%Y-%m}"), 3)
    return _part(match, Named(found, first, last, other))


def _half(calendar: Calendar, match: re.Match[str]) -> Mention | None:
    if match[3] is None and match.string[match.end() :].startswith(" of"):
        return None
    word = (match[1] or match[2] or "").lower()
    number = _HALVES.get(word) or (int(word) if word.isdigit() else 0)
    year = calendar.board_year(match[3])
    if re.fullmatch(_Y, match[3] or ""):
        year = periods.year(match[3], CALENDAR_YEARS)
    start = periods.month(f"{year.start:%Y-%m}")
    if number == 2:
        start = periods.month(f"{_months(start, 7)[1].start:%Y-%m}")
    return _part(match, calendar.span(*_months(start, 6)))


def _first_months(calendar: Calendar, match: re.Match[str]) -> Mention:
    if match[1].lower() != "first":
        return _part(match)
    year = calendar.board_year(match[3])
    start = periods.month(f"{year.start:%Y-%m}")
    return _part(match, calendar.span(*_months(start, _count(match[2]))))


def _unknown_part(_: Calendar, match: re.Match[str]) -> Mention:
    return _part(match)


def _rate(_: Calendar, match: re.Match[str]) -> Mention:
    return Mention(match.start(), match.end(), "rate")


def _month(calendar: Calendar, match: re.Match[str]) -> Mention | None:
    word, year = match["m"], match["y"]
    alone = match.start() == 0 and match.end() == len(match.string)
    listed = _LISTED.search(match.string[max(0, match.start("m") - 2) : match.end() + 3])
    if not _is_month(word, year or match["in"] or alone or listed):
        return None
    month = calendar.month_named(word, year)
    return Mention(match.start("m"), match.end(), "part", Named(month, month, month))


def _is_month(word: str, told: object) -> bool:
    """Tell whether a word is a month's name; some are also another's unless more `told` it."""
    if word.lower() in ("may", "march"):
        return word[0].isupper() and bool(told)
    return bool(told) or word.lower() in MONTHS


def _short_month(calendar: Calendar, match: re.Match[str]) -> Mention | None:
    """A month of a table: "May-20"."""
    month = calendar.month_named(match[1], f"20{match[2]}")
    return _part(match, Named(month, month, month))


def _iso_month(_: Calendar, match: re.Match[str]) -> Mention:
    month = periods.month(match[0])
    return _part(match, Named(month, month, month))


def _this_month(calendar: Calendar, match: re.Match[str]) -> Mention | None:
    if calendar.month is None:
        return _part(match)
    month: Period | None = calendar.month
    if match[1].lower() != "this" and month is not None:
        month = before(month, calendar.starts)
    return _part(match, Named(month, month, month)) if month is not None else None


def _whole_year(calendar: Calendar, match: re.Match[str], year: Period, sure: bool) -> Mention:
    if year.name.isdigit() and calendar.starts != CALENDAR_YEARS:
        first, last = _months(periods.month(f"{year.start:%Y-%m}"), 12)
        return Mention(*match.span(), "year", Named(year, first, last), None, sure)
    return Mention(*match.span(), "year", Named(year, year, year), None, sure)


def _board_year(calendar: Calendar, match: re.Match[str]) -> Mention | None:
    names = years_named(match[0], calendar.starts)
    if not names:
        return None
    return _whole_year(calendar, match, periods.year(names[0], calendar.starts), sure=True)


def _calendar_year(calendar: Calendar, match: re.Match[str]) -> Mention:
    year = periods.year(match[1] or match[2], CALENDAR_YEARS)
    return _whole_year(calendar, match, year, sure=True)


def _calendar_years(_: Calendar, match: re.Match[str]) -> Mention | None:
    """Two calendar years, which may mean the document's own year that lies in both."""
    first, last = (periods.year(match[place], CALENDAR_YEARS) for place in (1, 2))
    both = Named(periods.days(first.start, last.end), first, last)
    return Mention(*match.span(), "year", both, None, sure=False)


def _year_before(calendar: Calendar, match: re.Match[str]) -> Mention | None:
    year = calendar.year_before()
    return _whole_year(calendar, match, year, sure=True) if year is not None else None


def _last_year(calendar: Calendar, match: re.Match[str]) -> Mention | None:
    year = calendar.year_before()
    told_apart = re.search(r"\bthis year\b", match.string, re.IGNORECASE) is not None
    return _whole_year(calendar, match, year, told_apart) if year is not None else None


def _own_year(calendar: Calendar, match: re.Match[str]) -> Mention:
    return _whole_year(calendar, match, calendar.year, sure=True)


_Reader = Callable[[Calendar, re.Match[str]], Mention | None]
_DAY = (
    rf"\b(?P<d>{_D})(?: of)? (?P<m>{_M}),? (?P<y>{_Y})\b"
    rf"|\b(?P<m2>{_M}) (?P<d2>{_D}),? (?P<y2>{_Y})\b"
    rf"|\b(?P<y3>{_Y})-(?P<n>\d\d)-(?P<d3>\d\d)\b"
    rf"|\b(?P<d4>\d{{1,2}})[/.](?P<n2>\d{{1,2}})[/.](?P<y4>{_Y})\b"
)
_PATTERNS: Sequence[tuple[str, _Reader]] = (
    (rf"\b({_D}) ({_M})(?: ({_Y}))?(?:{_TO}| and (?:the )?)({_D}) ({_M}) ({_Y})\b", _days),
    (
        r"\b(year|(?:twelve|nine|six|three|\d{1,2}) months) (?:to|ending|ended|up to)"
        rf"(?: on)?(?: the end of)? (?:{_D} )?({_M}) ({_Y})\b",
        _year_to,
    ),
    (_DAY, _day),
    (
        rf"\b({_M})(?: ({_Y}))?(?:{_TO}|(?<=\w) and (?=\w))(?:the end of )?({_M})(?: ({_Y}))?\b",
        lambda calendar, match: (
            _months_from(calendar, match)
            if " and " not in match[0] or re.search(r"(?i)\bbetween (?:the )?$", _lead(match))
            else _two_months(calendar, match)
        ),
    ),
    (
        r"(?:(?:^|[,;(]\s*|\band )from|\bsince)(?: the (?:start|beginning) of)?"
        rf" (?P<m>{_M})(?: (?P<y>{_Y}))?\b",
        _since,
    ),
    (
        r"\b(?:by|as at|at|as of|as on|until|till|up to|to|before|(?:at |by )?(?:the )?end"
        rf"(?: of|-))\s?(?:the end of )?(?P<m>{_M})(?: (?P<y>{_Y}))?\b",
        _by,
    ),
    (
        r"\b(?:at|by|from|since) (?:the )?(start|beginning|outset|end|close) of (?:the|this)"
        r" (?:financial |reporting )?year\b",
        _year_edge,
    ),
    (
        r"\b(?:Q([1-4])|quarter ([1-4])|(first|1st|second|2nd|third|3rd|fourth|last|final)"
        rf" quarter){_OF}\b",
        _quarter,
    ),
    (
        rf"\b(?:(first|1st|second|2nd|latter) half(?= of|[,.:;]|$| we| the| our)|H([12])){_OF}\b",
        _half,
    ),
    (
        r"\b(first|last|final|past|latest) (three|four|six|nine|[3-9]|1[01]) months"
        rf"{_OF}\b",
        _first_months,
    ),
    (
        r"\b(?:in|during|over|throughout|this|last|of|for|the)(?: the)?(?: early| late| whole)? "
        rf"(?:spring|summer|autumn|winter)\b(?! (?:school|campaign|fair))"
        rf"(?: (?:term )?(?:of )?{_Y})?"
        r"|\b(?:this|last|the (?:previous|last|past)) (?:quarter|week|fortnight|term|weekend)\b"
        rf"|^(?:spring|summer|autumn|winter)(?: term)?(?: {_Y}(?!\d))?$",
        _unknown_part,
    ),
    (
        r"\b(?:each|every|per|a|any|one) (?:single )?(?:calendar )?"
        r"(?:months?|weeks?|days?|quarters?)\b(?! (?:after|before|later|earlier|ago|or|long))"
        r"|\b(?:monthly|weekly|daily) (?:average|mean|median)\b"
        r"|\b(?:monthly|weekly|daily) (?=(?:page |website )?"
        r"(?:views|users|visits|visitors|sessions|impressions|posts|tweets)\b)",
        _rate,
    ),
    (
        rf"(?<![\w-])(?P<in>(?:in|during|for|of|throughout|early|late|mid|over|this|last)[\s-])?"
        rf"(?<!\d\s)(?<!\d(?:st|nd|rd|th)\s)\b(?P<m>{_M})(?:,? (?P<y>{_Y}))?(?![\w’'])"
        r"(?! (?:\d{1,2}(?:st|nd|rd|th)\b))",
        _month,
    ),
    (rf"^({_M})[-\s]?['’‘-]?(\d\d)$", _short_month),
    (r"(?<![\d-])(?:19|20)\d\d-(?:0[1-9]|1[0-2])(?![\d-])", _iso_month),
    (r"\b(this|last|the previous|the preceding) month\b", _this_month),
    (_YEAR.pattern, _board_year),
    (rf"\b(?:in|during|throughout|across|over) ({_Y})(?: and | ?[-–/] ?)({_Y})\b", _calendar_years),
    (
        rf"\b(?:in|during|for|of|throughout|across|over|(?:calendar )?year) ({_Y})"
        r"(?![\d%-]|,\d|\.\d|\s?[-–/]\s?\d|\s[a-z]+s\b)"
        rf"|^({_Y})(?=$|:\s|\s[-–—]\s)",
        _calendar_year,
    ),
    (
        r"\b(?:(?:the|a|our) (?:previous|prior|preceding) (?:financial |reporting )?year"
        r"|the year (?:before|earlier)|a year (?:ago|before|earlier))\b",
        _year_before,
    ),
    (r"(?<!the )(?<!past )(?<!month )\blast year\b", _last_year),
    (
        r"\b(?:this year|(?:over|in|during|throughout|across|for) the "
        r"(?:(?:whole|full|entire|past|last|financial|reporting) ){0,2}year)\b(?! (?:to|end))",
        _own_year,
    ),
)
_READERS = [(re.compile(pattern, re.IGNORECASE), read) for pattern, read in _PATTERNS]


def _lead(match: re.Match[str]) -> str:
    return match.string[: match.start()]
