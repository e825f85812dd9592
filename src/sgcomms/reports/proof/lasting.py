"""Times that something lasts: "two minutes", "2½ minutes", "2m 30s", "00:02:30". Pure.

What may be a time of day, such as "2:30", is read as minutes and seconds only where the words speak
of how long a visit is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

_SMALL = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
_WORDS = {"a": 1, "an": 1, **{word: number for number, word in enumerate(_SMALL, 1)}}
_VISIT = re.compile(
    r"\b(?:sessions?|visits?|durations?|time (?:on|spent)|lasted|stay(?:ed)?|spen[dt]|average)\b",
    re.IGNORECASE,
)
_OF_DAY = re.compile(
    r"(?:\b(?:at|from|until|till|by|between|to|and|before|after)|[-–])\s*$", re.IGNORECASE
)
_MIN = r"[\s-]?(?:minutes?|mins?\b\.?|m(?![a-z]))"
_SEC = r"[\s-]?(?:seconds?|secs?\b\.?|s\b)"
_N = r"(?<![\w.,£$€/])(?<!\d:)"
_WHOLE = rf"(?P<min>\d{{1,4}}|{'|'.join(_SMALL)}|an?|half a)"
_PART = r"(?P<part>\s?[½¼¾]|\s[13]/[24](?!\d)| and a half| and a quarter| and three[- ]quarters)"
_PARTS = {
    "½": "0.5",
    "1/2": "0.5",
    "and a half": "0.5",
    "¼": "0.25",
    "1/4": "0.25",
    "and a quarter": "0.25",
    "¾": "0.75",
    "3/4": "0.75",
    "and three quarters": "0.75",
    "and three-quarters": "0.75",
}
_CLOCK = re.compile(
    rf"{_N}(?:(?P<h>\d{{1,2}}):)?(?P<min>\d{{1,2}}):(?P<sec>[0-5]\d)(?![\d:])", re.IGNORECASE
)
_HOUR = re.compile(r"\s?(?:[ap]\.?m\b|hrs|GMT|BST|[-–])", re.IGNORECASE)
_CLOCK_UNIT = re.compile(r"\s?(?:minutes?|mins?|m)\b", re.IGNORECASE)
_BOTH = re.compile(
    rf"{_N}{_WHOLE}(?:{_MIN})(?:,? and |, |\s)?(?P<sec>\d{{1,2}}|{'|'.join(_SMALL)})"
    rf"(?:{_SEC})(?!\w)",
    re.IGNORECASE,
)
_MINUTES = re.compile(
    rf"{_N}{_WHOLE}{_PART}?[\s-](?:minutes?|mins?)(?P<behind> and a half| and a quarter)?\b"
    r"(?! (?:briefings?|videos?|sessions?|reads?|films?|walk|slots?|version|presentations?"
    r"|podcasts?|webinars?|clips?|talks?|drive)\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Lasting:
    """A time from `start` to `end` of a text, in seconds; `step` is how closely it is told."""

    start: int
    end: int
    seconds: Decimal
    step: Decimal
    in_words: bool = False


def lasting(text: str) -> list[Lasting]:
    """Return the times that only a look beyond their digits can tell; no two of them overlap."""
    found: list[Lasting] = []
    rest = text
    for find in (_clocks, _of_both, _minutes):
        here = list(find(rest))
        found += here
        signs = list(rest)
        for one in here:
            signs[one.start : one.end] = "\x00" * (one.end - one.start)
        rest = "".join(signs)
    return sorted(found, key=lambda one: one.start)


def _clocks(text: str) -> Iterator[Lasting]:
    of_visits = _VISIT.search(text) is not None
    for match in _CLOCK.finditer(text):
        unit = _CLOCK_UNIT.match(text, match.end())
        before = text[max(0, match.start() - 12) : match.start()]
        of_day = _OF_DAY.search(before) or _HOUR.match(text, match.end())
        if unit or (not of_day and of_visits):
            seconds = int(match["h"] or 0) * 3600 + int(match["min"]) * 60 + int(match["sec"])
            end = unit.end() if unit else match.end()
            yield Lasting(match.start(), end, Decimal(seconds), Decimal(1))


def _of_both(text: str) -> Iterator[Lasting]:
    for match in _BOTH.finditer(text):
        seconds = _value(match["min"]) * 60 + _value(match["sec"])
        words = not re.match(r"\d", match["min"])
        yield Lasting(match.start(), match.end(), seconds, Decimal(1), words)


def _minutes(text: str) -> Iterator[Lasting]:
    """Yield minutes that are told in words, or with a part of one."""
    for match in _MINUTES.finditer(text):
        part = (match["part"] or match["behind"] or "").strip().lower()
        words = not re.match(r"\d", match["min"])
        half = match["min"].lower() == "half a"
        if part or words:
            whole = Decimal("0.5") if half else _value(match["min"]) + Decimal(_PARTS.get(part, 0))
            step = Decimal(30) if part or half else Decimal(60)
            yield Lasting(match.start(), match.end(), whole * 60, step, words)


def _value(words: str) -> Decimal:
    word = words.lower()
    return Decimal(_WORDS[word]) if word in _WORDS else Decimal(word)
