"""Which time binds one number: "in 2019-20", "on 31 March 2020", "last year", "in April".

Pure. A time that others are only held against ("compared with 2019-20", "a peak in January") binds
none. A number of a table has its time from its row or column, another from its sentence; where
neither names one, from the nearest heading above it that does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from sgcomms.periods import Period
from sgcomms.reports.proof.times import Calendar, Kind, Mention, Named
from sgcomms.reports.proof.timewords import mentions

_NEAR_DAYS = 7
"""A level is read some days around the day that it is told of."""

_LONGEST_PART = 190
"""Days: what is called a summer or a term is no longer than half a year."""

_EVENT = (
    r"(?:launched|begun|began|started|published|created|opened|introduced|joined|live|made|built"
    r"|redesigned|relaunched|set up|uploaded|developed|since)"
)
_HELD_AGAINST = re.compile(
    r"\b(?:between|since|from|to|with|than(?: in)?|against|versus|vs\.?|until|over|unlike|after"
    rf"|before|{_EVENT}(?: \w+){{0,2}})\s+(?:the |that )?$",
    re.IGNORECASE,
)
_PART_HELD = re.compile(
    r"\b(?:since|than(?: in)?|compared (?:with|to)|against|versus|vs\.?|unlike|after|before"
    r"|(?:up|down|change\w*|increase|decrease|rise|fall|rose|fell) (?:[\d.,%]+ )?(?:\([^)]*\) )?"
    r"(?:from|on)"
    rf"|{_EVENT}(?: \w+){{0,2}})\s+(?:the |that )?$",
    re.IGNORECASE,
)
_YEAR_HELD_AGAINST = re.compile(r"\bon\s+$", re.IGNORECASE)
_PEAK = re.compile(
    r"\b(?:peak\w*|high(?:est)?|low(?:est)?|most|busiest|best|records?|spikes?|surges?|beg[aiu]n\w*"
    r"|start\w*|launch\w*|end(?:ed|ing|s)|especially|particularly|mainly|notably|including|first"
    r"|who|which|that|when|where|because|about|of which|read|published|approved|recorded)\b",
    re.IGNORECASE,
)
_PAPER = re.compile(
    r"(?:'s|’s)? (?:annual )?(?:reports?|plans?|strategy|review|targets?|baseline)\b", re.IGNORECASE
)
_LISTED = re.compile(r"\s*(?:,? ?and|to|&|,|or|[-–])\s*(?:in |during |of )?", re.IGNORECASE)
_CLAUSE = re.compile(
    r"[,;:(]|\s(?:and|but|while|whereas|which|against|compared|than)\s", re.IGNORECASE
)
_HELD = re.compile(r"\b(?:compared|from|up|down|than|against)\b|[;:(]", re.IGNORECASE)
_STRONG = re.compile(
    r";|,? (?:but|while|whereas|although|though)\b|, (?:and|so|which|where|when|as)\b(?! [\d£])",
    re.IGNORECASE,
)
"""Where another part of a sentence begins, which has its own time."""

_NO_WORDS = re.compile(
    r"\b(?:in|on|during|for|of|the|at|by|over|throughout|year|months?|to|from|and|alone|also|as"
    r"|however|again|then|only|just|so|far|financial|whole|total|all)\b|[^a-z\s]",
    re.IGNORECASE,
)
_PART_OF = re.compile(r"\bof (?:them|these|those|which|whom)\b|\bincluding\b", re.IGNORECASE)
_WHOLE = re.compile(r"(?:^|[,;] )(?:out )?of (?:the |our |all )*$", re.IGNORECASE)
_TRAILING = re.compile(
    r"\s*(?:(?:in|during|for|over|throughout|across|of|all|the)\s+)*\Z", re.IGNORECASE
)
_VAGUE = (
    r"(?:(?:about|around|some|just|well|over|under|nearly|almost|only|more|less|fewer|than|an?|the"
    r"|total|of|approximately|roughly) ){0,3}"
)
_FROM = re.compile(
    r"\b(?:up|down|r[io]se|risen|rising|gr[eo]wn?|growing|growth|increas\w*|fell|fall\w*|drop\w*"
    r"|decreas\w*|declin\w*|chang\w*|went|gone|improv\w*|mov\w*|doubl\w*)\b[^;]{0,80}?"
    rf"(?<!\w)from\s+{_VAGUE}$|\b(?:compared (?:with|to)|against)\s+{_VAGUE}$",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"[^\d(,;]{0,40}\(([^()]*)\)")
_AGAINST_ANOTHER = re.compile(
    r"\s+(?:\w+\s+)?(?:on|for) (?!Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[A-Z@]"
)
"""What stands behind a number of another account: "compared with 458 on Facebook"."""

_FROM_ALONE = re.compile(
    rf"(?<!rang)(?<!var)(?:^|[^\w])(?:(?!rang|var)\w+ )?from {_VAGUE}$", re.IGNORECASE
)
_MOVED_APART = re.compile(
    r"\b(?:up|down|r[io]se|risen|gr[eo]wn?|increas\w*|fell|fallen|dropp?\w*|decreas\w*|declin\w*"
    r"|gain\w*|lost|improv\w*)\b[^;()]{0,60}(?:\(|, )$",
    re.IGNORECASE,
)
"""What stands before the first number of a change set apart: "rose by 8 (999 to 1,007)"."""

_FROM_TO = re.compile(r"%?\s+(?:[a-z]+\s+){0,3}to\s+\d", re.IGNORECASE)
_NO_PERIOD = re.compile(
    r"\b(?:compar\w*|since|after|before|plan\w*|priorit\w*|ahead|targets?|aims?|goals?|next"
    r"|objectives?|meeting|committee|minutes|agenda|published|updated|draft|version|approved"
    r"|changes?|progress|trends?)\b",
    re.IGNORECASE,
)
"""Headings with such words may name a time that the numbers beneath are not of."""


@dataclass(frozen=True, slots=True)
class Bound:
    """The time that a number's words bind it to, and the day of a level.

    `sure` is false where the words may also mean the document's own year, as "last year" may.
    """

    kind: Kind | None = None
    named: Named | None = None
    day: date | None = None
    sure: bool = True

    @property
    def period(self) -> Period | None:
        """The days that are bound, None where there are none or nobody can tell them."""
        return self.named.period if self.named is not None else None

    def is_other(self, year: Period) -> bool:
        """Tell whether a time is bound that is not the document's `year`."""
        return self.kind in ("part", "rate") or self.period not in (None, year)

    def allows(self, asked: Period, own: tuple[date, date] | None, document: Period) -> bool:
        """Tell whether a figure of `asked`, of the days `own` if it has its own, may be meant."""
        first, last = own or (asked.start, asked.end)
        if own is not None and first == last:
            return self._allows_level(asked, first)
        if self.kind == "rate":
            return False
        if self.kind == "part" and self.named is None:
            return (last - first).days <= _LONGEST_PART
        if self.named is None or (not self.sure and document.covers(asked.start, asked.end)):
            return True
        if self.kind == "year":
            inside = own is not None and self.named.period.covers(first, last)
            return asked == self.named.period or inside
        return self.named.is_of(first, last)

    def _allows_level(self, asked: Period, day: date) -> bool:
        if self.day is not None:
            return abs((day - self.day).days) <= _NEAR_DAYS
        if self.named is None or not self.sure:
            return True
        if self.kind == "year":
            return asked == self.named.period or day in self.named.period
        return self.named.has_day(day)


@dataclass(frozen=True, slots=True)
class Where:
    """A number's place, from `start` to `end` of a sentence or cell, and the headings around it.

    `in_order` tells that numbers beside it are of the same time, and of others.
    """

    text: str
    start: int
    end: int
    about: Sequence[str] = ()
    headings: Sequence[str] = ()
    in_order: bool = False


def bound(calendar: Calendar, where: Where) -> Bound:
    """Return what binds a number."""
    for window in where.about:
        if (found := _only(mentions(calendar, window))) is not None:
            return _of(found)
    binding = _that_bind(calendar, where.text)
    of_time = _nearest(where, [one for one in binding if one.kind != "day"])
    of_day = _nearest(where, [one for one in binding if one.kind == "day"])
    from_before = _is_from(where)
    after = of_time is not None and of_time.start >= where.end
    if from_before and not after and (of_day is None or of_day.start < where.start):
        return _earlier(calendar, where, of_time)
    day = of_day.day if of_day is not None else None
    if of_time is not None:
        return Bound(of_time.kind, of_time.named, day, of_time.sure or from_before)
    if day is None and any(_is_beside(where, one) for one in binding):
        return Bound("year", Named(calendar.year, calendar.year, calendar.year))
    above = _above(calendar, where.headings) if day is None else None
    return above if above is not None else Bound(day=day)


def _is_beside(where: Where, one: Mention) -> bool:
    """Tell whether a year is that of a number in brackets behind: "40% (45% in 2019-20)"."""
    inside = _BRACKETS.match(where.text, where.end)
    if inside is None or one.kind != "year" or not inside.start(1) <= one.start < inside.end(1):
        return False
    rest = where.text[inside.start(1) : one.start] + where.text[one.end : inside.end(1)]
    return re.search(r"\d", rest) is not None


def _is_from(where: Where) -> bool:
    """Tell whether a number is where something moved from: "up from 999", "from 999 to 1,007"."""
    before, behind = where.text[: where.start], where.text[where.end :]
    if where.in_order:
        return False
    if _FROM.search(before):
        return _AGAINST_ANOTHER.match(behind) is None
    if _FROM_TO.match(behind) is None:
        return False
    return bool(_FROM_ALONE.search(before) or _MOVED_APART.search(before))


def _earlier(calendar: Calendar, where: Where, told: Mention | None) -> Bound:
    """Return what binds the number behind "up from": the time before the one that is told."""
    if told is not None and told.kind == "part":
        return Bound("part", None, None, sure=False)
    if any(one.kind == "part" for one in mentions(calendar, where.text)):
        return Bound()
    earlier = calendar.year_before()
    return Bound("year", Named(earlier, earlier, earlier)) if earlier is not None else Bound()


def month_of(calendar: Calendar, headings: Sequence[str]) -> Period | None:
    """Return the month that the headings name, if they name one."""
    for heading in reversed(headings):
        found = _only([one for one in mentions(calendar, heading) if one.kind == "part"])
        if found is not None and found.named is not None:
            period = found.named.period
            return period if period == found.named.first == found.named.last else None
    return None


def _above(calendar: Calendar, headings: Sequence[str]) -> Bound | None:
    """Return what the headings bind, the nearest first.

    The month of the first heading may be that in which a paper was written: it binds only where it
    lies in the document's year.
    """
    for place, heading in reversed(list(enumerate(headings))):
        found = _only(mentions(calendar, heading))
        if found is None or found.kind == "day" or _NO_PERIOD.search(heading):
            continue
        if found.named is None:
            return _of(found) if found.kind == "part" else None
        period = found.named.period
        inside = calendar.year.covers(period.start, period.end)
        if place == 0 and found.kind != "year" and not inside:
            continue
        if not _PAPER.match(heading, found.end) or found.kind != "year":
            return _of(found)
    return None


def _of(found: Mention) -> Bound:
    return Bound(found.kind, found.named, found.day, found.sure)


def _only(found: Sequence[Mention]) -> Mention | None:
    """Return the one time that a heading names, of a part and its whole the part."""
    parts = [one for one in found if one.kind != "year"]
    if len(found) == 2 and len(parts) == 1 and parts[0].named is not None:
        whole = next(one.named for one in found if one.kind == "year")
        period = parts[0].named.period
        if whole is not None and whole.period.covers(period.start, period.end):
            return parts[0]
    return found[0] if len(found) == 1 else None


@lru_cache(maxsize=512)
def _that_bind(calendar: Calendar, text: str) -> tuple[Mention, ...]:
    return tuple(_binding(text, mentions(calendar, text)))


def _binding(text: str, found: Sequence[Mention]) -> Iterator[Mention]:
    """Yield the mentions that numbers can be of, without those listed and those held against."""
    if re.search(r"\brespectively\b", text, re.IGNORECASE):
        return
    for place, one in enumerate(found):
        before = text[: one.start]
        held = (_PART_HELD if one.kind in ("part", "rate") else _HELD_AGAINST).search(before)
        if one.kind == "year":
            held = held or _YEAR_HELD_AGAINST.search(before)
        neighbours = [*found[max(0, place - 1) : place], *found[place + 1 : place + 2]]
        listed = any(
            other.kind == one.kind
            and _LISTED.fullmatch(text[min(one.end, other.end) : max(one.start, other.start)])
            for other in neighbours
        )
        if not held and not listed and not (one.kind == "year" and _PAPER.match(text, one.end)):
            yield one


def _nearest(where: Where, found: Sequence[Mention]) -> Mention | None:
    """Return the mention that a number is of: the next in its clause, else the last before it."""
    text = where.text
    after = [one for one in found if one.start >= where.end]
    if after and _closes(where, after[0]):
        return after[0]
    before = [one for one in found if one.end <= where.start and not _is_apart(where, one)]
    if before:
        return before[-1]
    first, last = _clause(text, where.start)
    after = [one for one in after if one.start < last and one.kind != "rate"]
    own = [one for one in found if first <= one.start < last]
    if len(own) != 1 or not after or re.search(r"\w", text[after[0].end : last]):
        return None
    return after[0] if _ends(where, after[0]) else None


def _closes(where: Where, one: Mention) -> bool:
    """Tell whether a mention stands behind a number in its clause, without another between."""
    between = where.text[where.end : one.start]
    if re.fullmatch(r"[^\d(,;]*\(", between) and where.text[one.end :].startswith(")"):
        return True
    if re.search(r"\d", between) or _CLAUSE.search(between) or _PEAK.search(between):
        return False
    few = len(re.findall(r"\w+", between)) <= 4 and not re.search(r"\b(?:to|for)\b", between)
    return few or one.kind != "rate"


def _ends(where: Where, one: Mention) -> bool:
    """Tell whether the mention that ends a clause is of a number that others stand behind."""
    between = where.text[where.end : one.start]
    if _HELD.search(between) or _PEAK.search(between) or _PART_OF.search(between):
        return False
    if _WHOLE.search(where.text[: where.start]):
        return False
    if not re.search(r"\d", between):  # only a comma stands between: "…, in April"
        return _TRAILING.match(between[between.rfind(",") + 1 :]) is not None
    own, last = _noun(between), _noun(re.split(r"\d[\d,.]*%?", between)[-1])
    return last not in ("", own)


def _noun(words: str) -> str:
    """Return what a number counts, by the first words behind it."""
    near = re.split(r"[,;.\d]|\band\b", words)[0]
    return " ".join(re.sub(r"\b(?:in|during|of|for|the)\b", "", near.lower()).split())


@lru_cache(maxsize=512)
def _cuts(text: str) -> tuple[int, ...]:
    return tuple(one.start() for one in _STRONG.finditer(text))


def _clause(text: str, at: int) -> tuple[int, int]:
    """Return where the part of a sentence begins and ends that a place stands in."""
    cuts = _cuts(text)
    first = max((one for one in cuts if one <= at), default=0)
    last = min((one for one in cuts if one > at), default=len(text))
    return first, last


def _is_apart(where: Where, one: Mention) -> bool:
    """Tell whether a time belongs to an event that another part of the sentence tells of.

    "In April 2020 we launched a podcast, and the website had 275,602 page views."
    """
    first, last = _clause(where.text, one.start)
    if first <= where.start < last:
        return False
    words = where.text[first : one.start] + " " + where.text[one.end : last]
    if re.search(r"\d", words):
        return False
    return len(_NO_WORDS.sub(" ", words).split()) >= 3
