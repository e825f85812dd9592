"""The numbers in a text: their value, what kind they are, and what bounds them. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from sgcomms.reports.proof.inwords import Worded, worded
from sgcomms.reports.proof.lasting import Lasting, lasting
from sgcomms.reports.proof.leaving import Left, blanked, left_out

Kind = Literal["count", "percent", "seconds", "points", "times"]
Bound = Literal["above", "at least", "below", "at most", "nearly", "about"]

_NUMBER = re.compile(
    r"(?:(?<![\w\x00.,])|(?<=\bc\.)|(?<=\bca\.)|(?<=\bapprox\.))"
    r"(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?"
    r"|\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+(?!\d|,\d)(?:\.\d+)?"
    r"|\d+(?:\.\d+)?)"
    r"(?![\d\x00])(?!,\d{3}(?!\d))"
    r"(?P<part>\s?[½¼¾]|(?<=\d)\s[13]/[24](?![\d/])| and a half\b| and a quarter\b)?"
    r"(?P<times>\s?(?:million|thousand|billion)\b|(?:bn|m|k)\b)?"
    r"(?P<plus>\+|\splus\b)?",
    re.IGNORECASE,
)
_PERCENT = re.compile(r"\s?(?:%|％|per\s?cent\b|percent\b)", re.IGNORECASE)
_POINTS = re.compile(
    r"\s?(?:(?:percentage|%)[- ])?(?:points?|pp|p\.p\.|ppts?|pts)\b", re.IGNORECASE
)
_MINUTES = re.compile(r"[\s-]?(?:minutes?|mins?)\b", re.IGNORECASE)
_SECONDS = re.compile(r"[\s-]?(?:seconds?|secs?)\b", re.IGNORECASE)
_AND_SECONDS = re.compile(
    r"[\s-]?(?:minutes?|mins?)(?:,| and)? (\d{1,2})[\s-]?(?:seconds?|secs?)\b", re.IGNORECASE
)
_TIMES = {
    "million": 1_000_000,
    "m": 1_000_000,
    "thousand": 1000,
    "k": 1000,
    "billion": 1_000_000_000,
    "bn": 1_000_000_000,
}
_PARTS = {
    "": Decimal(0),
    "½": Decimal("0.5"),
    "1/2": Decimal("0.5"),
    "and a half": Decimal("0.5"),
    "¼": Decimal("0.25"),
    "1/4": Decimal("0.25"),
    "and a quarter": Decimal("0.25"),
    "¾": Decimal("0.75"),
    "3/4": Decimal("0.75"),
}
_BOUNDS: Sequence[tuple[Bound, str]] = (
    ("at least", r"at least|≥|>=|a minimum of|no (?:less|fewer) than|not (?:less|fewer) than"),
    ("at most", r"at most|≤|<=|up to|a maximum of|no more than|not more than"),
    (
        "above",
        r"more than|(?:just|well|slightly|a little)? ?over|in excess(?: of)?|upwards of|above"
        r"|exceed(?:s|ed|ing)?|greater than|higher than|beyond|(?<!\d )>",
    ),
    ("nearly", r"almost|nearly|just under|just below|not quite|approaching|just short of"),
    ("below", r"less than|fewer than|under|below|(?<!\d )<"),
    (
        "about",
        r"close to|about|around|approximately|approx\.?|roughly|circa|c\.|~|some"
        r"|in the region of|in the order of",
    ),
)
_BEFORE = [
    (bound, re.compile(rf"(?:^|(?<=[\s(])){words}$", re.IGNORECASE))
    for bound, words in ((bound, f"(?:{words}) ?(?:a |an |the |of )?") for bound, words in _BOUNDS)
]
_MINUTE = Decimal(60)
_THOUSAND = Decimal(1000)
_DASH = re.compile(r"\s?[-–—]\s?")
_BETWEEN = re.compile(r"\bbetween\s+$", re.IGNORECASE)
_MOVED = re.compile(
    r"\b(?:from|r[io]se|risen|fell|fall\w*|drop\w*|gr[eo]w\w*|increas\w*|decreas\w*|declin\w*|went"
    r"|gone|up|down|mov\w*|chang\w*|improv\w*|compar\w*)\b[^.;]*$",
    re.IGNORECASE,
)
_AFTER: Sequence[tuple[Bound, re.Pattern[str]]] = (
    ("at least", re.compile(r" or (?:more|over)\b", re.IGNORECASE)),
    ("at most", re.compile(r" or (?:less|fewer|under)\b", re.IGNORECASE)),
    ("about", re.compile(r" or so\b", re.IGNORECASE)),
)


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it stands in a text, from `start` to `end`.

    `value` is in the unit of its kind: a count, per cents, seconds, percentage points. `step` is
    the worth of the last digit that is not a nought of rounding; `decimals` how many digits stand
    behind the point. `scaled` tells that words such as "thousand" stand behind it, `worded` that it
    is in words: such a one may be no figure. `between` holds both ends of a range, for each.
    """

    start: int
    end: int
    text: str
    value: Decimal
    kind: Kind
    step: Decimal
    decimals: int
    bound: Bound | None = None
    scaled: bool = False
    worded: bool = False
    between: tuple[Decimal, Decimal] | None = None


def spot(text: str, *, alone: bool = False) -> tuple[list[Number], list[Left]]:
    """Return the numbers in `text`, and what looks like one and is none, each in its order.

    `alone` is true for the cell of a table.
    """
    long = lasting(text)
    free = _without(text, long)
    taken = left_out(free, alone=alone)
    rest = blanked(free, taken)
    words = worded(rest)
    found = [_long(text, one) for one in long] + [_in_words(rest, one) for one in words]
    rest = _without(rest, words)
    last = 0
    for match in _NUMBER.finditer(rest):
        if match.start() >= last:
            found.append(_number(rest, match))
            last = found[-1].end
    return _ranged(text, sorted(found, key=lambda one: one.start)), taken


def _ranged(text: str, found: list[Number]) -> list[Number]:
    """Return the numbers, those of a range such as "38-42%" as its ends."""
    for place, (told, last) in enumerate(pairwise(found)):
        first = _in_unit_of(told, last)
        alike = first.kind == last.kind
        if alike and first.value < last.value and _is_range(text, first, last):
            ends = (first.value, last.value)
            for number, one in ((place, first), (place + 1, last)):
                found[number] = replace(one, kind=last.kind, bound="about", between=ends)
    return found


def _in_unit_of(first: Number, last: Number) -> Number:
    """Return the first number in the unit that only the last names: "70-75k", "1-3 minutes"."""
    if first.kind != "count" or first.scaled:
        return first
    if last.kind == "percent":
        return replace(first, kind="percent")
    if last.kind == "seconds" and last.step >= _MINUTE:
        return replace(first, kind="seconds", value=first.value * _MINUTE)
    if last.scaled and last.value >= _THOUSAND:
        unit = next(one for one in (1_000_000_000, 1_000_000, 1000) if last.value >= one)
        return replace(first, value=first.value * unit) if first.value < _THOUSAND else first
    return first


def _is_range(text: str, first: Number, last: Number) -> bool:
    between, before = text[first.end : last.start], text[max(0, first.start - 40) : first.start]
    if between.strip() == "and":
        return _BETWEEN.search(before) is not None
    if between.strip() == "to":
        return _MOVED.search(before) is None
    return _DASH.fullmatch(between) is not None


def _without(text: str, found: Sequence[Lasting] | Sequence[Worded]) -> str:
    return blanked(text, [Left(one.start, one.end, "") for one in found])


def _long(text: str, one: Lasting) -> Number:
    whole = text[one.start : one.end]
    bound = _bound_before(text, one.start) or _bound_after(text, one.end)
    return Number(
        one.start, one.end, whole, one.seconds, "seconds", one.step, 0, bound, worded=one.in_words
    )


def _in_words(text: str, one: Worded) -> Number:
    whole = text[one.start : one.end]
    bound = _bound_before(text, one.start) or _bound_after(text, one.end)
    if bound is None and one.loose:
        bound = "about"
    told = re.search(r"\d", whole) is None
    return Number(one.start, one.end, whole, one.value, one.kind, Decimal(1), 0, bound, worded=told)


def _number(text: str, match: re.Match[str]) -> Number:
    digits = re.sub(r"[,\s]", "", match["digits"])
    part = _PARTS[(match["part"] or "").strip().lower()]
    times = _TIMES[match["times"].strip().lower()] if match["times"] else 1
    value = (Decimal(digits) + part) * times
    kind, end, value, factor = _kind(text, match, value)
    decimals = 2 if part else len(digits.partition(".")[2])
    step = (part or _step(digits)) * times * factor
    bound = "at least" if match["plus"] else _bound_before(text, match.start())
    bound = bound or _bound_after(text, match.end())
    whole = text[match.start() : end].strip()
    return Number(match.start(), end, whole, value, kind, step, decimals, bound, times > 1)


def _kind(text: str, match: re.Match[str], value: Decimal) -> tuple[Kind, int, Decimal, int]:
    """Return the kind, where its words end, the value in its unit, and how many of it one is."""
    end = match.end()
    if found := _POINTS.match(text, end):
        return "points", found.end(), value, 1
    if found := _PERCENT.match(text, end):
        return "percent", found.end(), value, 1
    if found := _AND_SECONDS.match(text, end):
        return "seconds", found.end(), value * 60 + int(found[1]), 1
    if found := _MINUTES.match(text, end):
        return "seconds", found.end(), value * 60, 60
    if found := _SECONDS.match(text, end):
        return "seconds", found.end(), value, 1
    return "count", end, value, 1


def _step(digits: str) -> Decimal:
    """Return the worth of the last digit that counts: 1,000 for 18000; 0.1 for 2.5."""
    whole, point, after = digits.partition(".")
    if point:
        return Decimal(1).scaleb(-len(after))
    noughts = len(whole) - len(whole.rstrip("0"))
    return Decimal(1).scaleb(noughts if noughts < len(whole) else 0)


def _bound_before(text: str, start: int) -> Bound | None:
    before = re.sub(r"\s+", " ", text[max(0, start - 40) : start]).rstrip(" ")
    return next((bound for bound, pattern in _BEFORE if pattern.search(before)), None)


def _bound_after(text: str, end: int) -> Bound | None:
    return next((bound for bound, pattern in _AFTER if pattern.match(text, end)), None)
