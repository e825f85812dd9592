"""Which year or day the words bind one number to: "in 2019-20", "on 31 March 2020", "last year".

Pure. A year that others are only held against ("compared with 2019-20", "since 2019-20") binds
none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sgcomms import periods
from sgcomms.errors import UsageError
from sgcomms.periods import Period, YearStart
from sgcomms.reports.proof.times import MONTHS, years_named

_CALENDAR_YEARS = YearStart(1, 1)

_NEAR_DAYS = 7
"""A level is read some days around the day that it is told of."""

_DAY = re.compile(
    rf"\b(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? ({'|'.join(MONTHS)}),? ((?:19|20)\d\d)\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<![\d,])(?:19|20)\d\d\s?[-–/]\s?\d\d(?:\d\d)?(?![\d-])")
_CALENDAR = re.compile(
    r"\b(?:in|during|for|of) ((?:19|20)\d\d)(?![\d%-]|,\d|\.\d|\s?[-–/]\s?\d|\s[a-z]+s\b)"
    r"|^((?:19|20)\d\d)$",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"\b(?:(?:the|a|our) (?:previous|prior|preceding) (?:financial |reporting )?year"
    r"|the year (?:before|earlier)|a year (?:ago|before|earlier))\b",
    re.IGNORECASE,
)
_LAST = re.compile(r"(?<!the )(?<!past )\blast year\b", re.IGNORECASE)
_THIS = re.compile(r"\bthis year\b", re.IGNORECASE)
_HELD_AGAINST = re.compile(
    r"\b(?:between|since|from|to|with|than(?: in)?|against|versus|vs\.?|until|over|unlike|after"
    r"|before|(?:launched|begun|began|started|published|created|opened|introduced|joined"
    r"|live|made|built|redesigned|relaunched|set up)"
    r"(?: \w+){0,2})\s+(?:the )?$",
    re.IGNORECASE,
)
_YEAR_HELD_AGAINST = re.compile(r"\bon\s+$", re.IGNORECASE)
_PAPER = re.compile(
    r"(?:'s|’s)? (?:annual )?(?:reports?|plans?|strategy|review|targets?|baseline)\b", re.IGNORECASE
)
_LISTED = re.compile(r"\s*(?:,? ?and|to|&|,|or|[-–])\s*(?:in |during )?", re.IGNORECASE)
_CLAUSE = re.compile(
    r"[,;:(]|\s(?:and|but|while|whereas|which|against|compared|than)\s", re.IGNORECASE
)
_HELD = re.compile(r"\b(?:compared|from|up|down|than|against)\b|[;:(]", re.IGNORECASE)
_VAGUE = (
    r"(?:(?:about|around|some|just|well|over|under|nearly|almost|only|more|less|fewer|than|an?|the"
    r"|total|of|approximately|roughly) ){0,3}"
)
_FROM = re.compile(
    r"\b(?:up|down|r[io]se|risen|rising|gr[eo]wn?|growing|growth|increas\w*|fell|fall\w*|drop\w*"
    r"|decreas\w*|declin\w*|chang\w*|went|gone|improv\w*|mov\w*)\b[^;]{0,80}?"
    rf"(?<!\w)from\s+{_VAGUE}$|\b(?:compared (?:with|to)|against)\s+{_VAGUE}$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Bound:
    """The year and the day that a number's words bind it to.

    `sure` is false where the words may also mean the document's own year, as "last year" may.
    """

    year: Period | None = None
    day: date | None = None
    sure: bool = True

    @property
    def name(self) -> str:
        """The year's name, empty where only a day is bound."""
        return self.year.name if self.year is not None else ""

    def allows(self, period: Period, own: tuple[date, date] | None, document: Period) -> bool:
        """Tell whether a figure of `period`, of the days `own` if it has its own, may be meant."""
        if own is not None and own[0] == own[1] and self.day is not None:
            return abs((own[1] - self.day).days) <= _NEAR_DAYS
        if self.year is None:
            return True
        if not self.sure and document.covers(period.start, period.end):
            return True
        if self.year.name.isdigit():  # a calendar year may name a part of the board's own
            return period.start.year <= int(self.year.name) <= period.end.year
        return self.year.covers(period.start, period.end)


@dataclass(frozen=True, slots=True)
class _Mention:
    start: int
    end: int
    year: Period | None
    day: date | None = None
    sure: bool = True


def bound(
    text: str, place: tuple[int, int], about: Sequence[str], year: Period, starts: YearStart
) -> Bound:
    """Return what binds the number from `place[0]` to `place[1]` of a sentence or cell.

    `about` are the headings of a cell's row and column, `year` is the document's.
    """
    for window in about:
        found = list(_mentions(window, year, starts))
        if len(found) == 1:
            return Bound(found[0].year, found[0].day)
    mentions = list(_binding(text, list(_mentions(text, year, starts))))
    of_year = _nearest(text, place, [one for one in mentions if one.day is None])
    of_day = _nearest(text, place, [one for one in mentions if one.day is not None])
    from_before = _FROM.search(text[: place[0]]) and not _spans(text)
    after = of_year is not None and of_year.start >= place[1]
    if from_before and not after and (of_day is None or of_day.start < place[0]):
        earlier = _before(year, starts)
        return Bound(earlier) if earlier is not None else Bound()
    return Bound(
        of_year.year if of_year else None,
        of_day.day if of_day else None,
        of_year is None or of_year.sure or bool(from_before),
    )


def _spans(text: str) -> bool:
    """Tell whether words name months, so that "from" may be one of them."""
    bare = _DAY.sub("", text)
    return (
        re.search(rf"\b(?:{'|'.join(MONTHS)})\b", bare.replace("may ", ""), re.IGNORECASE)
        is not None
    )


def _before(year: Period, starts: YearStart) -> Period | None:
    try:
        return periods.before(year, starts)
    except (OverflowError, ValueError, UsageError):
        return None


def _mentions(text: str, year: Period, starts: YearStart) -> Iterator[_Mention]:
    """Yield the years and days that words name, in their order."""
    found: list[_Mention] = []
    for match in _DAY.finditer(text):
        month = MONTHS.index(match[2].lower()) + 1
        try:
            day = date(int(match[3]), month, int(match[1]))
        except ValueError:
            continue
        found.append(_Mention(match.start(), match.end(), None, day))
    found += [
        _Mention(*match.span(), periods.year(name, starts))
        for match in _YEAR.finditer(text)
        for name in years_named(match[0], starts)
    ]
    found += [
        _Mention(*match.span(), periods.year(match[1] or match[2], _CALENDAR_YEARS))
        for match in _CALENDAR.finditer(text)
    ]
    earlier = _before(year, starts)
    if earlier is not None:
        found += [_Mention(*one.span(), earlier) for one in _BEFORE.finditer(text)]
        told_apart = _THIS.search(text) is not None
        found += [_Mention(*one.span(), earlier, None, told_apart) for one in _LAST.finditer(text)]
    found += [_Mention(*one.span(), year) for one in _THIS.finditer(text)]
    yield from sorted(found, key=lambda one: one.start)


def _binding(text: str, found: Sequence[_Mention]) -> Iterator[_Mention]:
    """Yield the mentions that numbers can be of, without those listed and those held against."""
    if re.search(r"\brespectively\b", text, re.IGNORECASE):
        return
    for place, one in enumerate(found):
        before = text[: one.start]
        held = _HELD_AGAINST.search(before) or (
            one.day is None and _YEAR_HELD_AGAINST.search(before)
        )
        neighbours = [*found[max(0, place - 1) : place], *found[place + 1 : place + 2]]
        listed = any(
            _LISTED.fullmatch(text[min(one.end, other.end) : max(one.start, other.start)])
            for other in neighbours
        )
        if not held and not listed and not _PAPER.match(text, one.end):
            yield one


def _nearest(text: str, place: tuple[int, int], found: Sequence[_Mention]) -> _Mention | None:
    """Return the mention that a number is of: the next in its clause, else the last before it."""
    after = [one for one in found if one.start >= place[1]]
    if after:
        between = text[place[1] : after[0].start]
        bracket = re.fullmatch(r"[^\d(,;]*\(", between) and text[after[0].end :].startswith(")")
        if bracket or not (re.search(r"\d", between) or _CLAUSE.search(between)):
            return after[0]
    before = [one for one in found if one.end <= place[0]]
    if before:
        return before[-1]
    if len(found) == 1 and after and not re.search(r"\w", text[after[0].end :]):
        return after[0] if not _HELD.search(text[place[1] :]) else None
    return None
