"""Numbers in words: "eighteen", "a dozen", "a third of", "one in four", "doubled". Pure.

They are judged where they are a figure or say something of one; what is no figure, such as "two
partners", is not listed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

_ONES = [
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_VALUES = {
    **{word: number for number, word in enumerate(_ONES, 1)},
    **{word: number for number, word in zip(range(20, 100, 10), _TENS, strict=True)},
}
_SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000}
_SMALL = rf"(?:(?:{'|'.join(_TENS)})(?:[- ](?:{'|'.join(_ONES[:9])}))?|(?:{'|'.join(_ONES)}))"
_NO_FIGURE = (
    r"(?![- ](?:year|month|week|day|hour|second|point|star|page(?![- ]views?)|way|fold"
    r"|thirds?|quarters?|fifths?|tenths?|halves|in|out of|times as)\b)"
)
_WORDED = re.compile(
    rf"(?<![\w-])(?:(?:an?|{_SMALL}) (?:hundred(?: thousand)?|thousand|million)"
    rf"(?:(?: and |,? ){_SMALL}(?: (?:hundred|thousand))?(?: and {_SMALL})?)?"
    rf"|(?:a|{_SMALL}) dozen|{_SMALL}(?: and (?:a half|a quarter|three[- ]quarters))?"
    rf"(?: (?:hundred|thousand|million))?)(?![\w]){_NO_FIGURE}",
    re.IGNORECASE,
)
_PART_OF = re.compile(
    r"(?<![\w-])(?P<part>half|(?:(?:an?|one|three) )?quarters? of) an? "
    r"(?P<scale>million|thousand)\b",
    re.IGNORECASE,
)
_COARSE = re.compile(r"\bdozen\b|^an? \w+$|\band (?:a half|a quarter|three)\b")
_AND_PART = {"half": Decimal("0.5"), "quarter": Decimal("0.25"), "quarters": Decimal("0.75")}
_PARTS = {
    "half": 2,
    "halves": 2,
    "third": 3,
    "thirds": 3,
    "quarter": 4,
    "quarters": 4,
    "fifth": 5,
    "fifths": 5,
    "sixth": 6,
    "eighth": 8,
    "tenth": 10,
    "tenths": 10,
}
_NO_SHARE = (
    r"(?!(?: of)?(?: the| an?| our| this| last| that)* (?:years?|months?|weeks?|days?|hours?|terms?"
    r"|minutes?|century|dozen|million|thousand|session|time|way|page(?![- ]views?))\b)"
)
_HALF = re.compile(
    r"(?<![\w-])(?<!and a )(?<!first )(?<!second )(?<!latter )(?<!other )(?<!last )(?<!in )"
    r"half(?: of)?(?= (?:the|our|all|of|visit|session|user)| of)" + _NO_SHARE,
    re.IGNORECASE,
)
_SHARE = re.compile(
    rf"(?<![\w-])(?P<count>an?|{'|'.join(_ONES[:9])})[- ]"
    r"(?P<part>thirds?|quarters?|fifths?|sixth|eighth|tenths?)(?= of\b)" + _NO_SHARE,
    re.IGNORECASE,
)
_BY = re.compile(
    rf"(?<=\bby )(?:(?P<count>an?|{'|'.join(_ONES[:9])})[- ])?(?P<part>half|thirds?|quarters?|fifth"
    r"|tenth)\b(?! past)",
    re.IGNORECASE,
)
_ONE_IN = re.compile(
    rf"(?<![\w.,-])(?P<count>\d{{1,2}}|{'|'.join(_ONES)}) (?:in|out of)(?: every)? "
    rf"(?P<of>\d{{1,3}}|{'|'.join(_ONES[1:])}|twenty|a hundred)\b(?![,.%]?\d|%| stars?\b| years?\b"
    r"| months?\b| weeks?\b| days?\b| hours?\b| minutes?\b| seconds?\b)",
    re.IGNORECASE,
)
_TWICE = re.compile(
    rf"\b(?:(?P<two>doubl(?:ed|ing)|twice as (?:many|much)|double the (?:number|amount))"
    r"|(?P<three>trebl(?:ed|ing)|tripl(?:ed|ing))|(?P<four>quadrupl(?:ed|ing))"
    rf"|(?P<half>halv(?:ed|ing)|half as many)|(?P<times>\d{{1,2}}(?:\.\d)?|{'|'.join(_ONES[1:12])})"
    r" times (?:as (?:many|much)|more|higher|the number))\b(?!-| up\b| down\b)",
    re.IGNORECASE,
)
_TIMES = {"two": Decimal(2), "three": Decimal(3), "four": Decimal(4), "half": Decimal("0.5")}

WordKind = Literal["count", "percent", "times"]


@dataclass(frozen=True, slots=True)
class Worded:
    """A number in words, from `start` to `end`; `loose` where it is one only by and large.

    A `kind` of "times" says how many times as many there are as before.
    """

    start: int
    end: int
    value: Decimal
    kind: WordKind
    loose: bool


def worded(text: str) -> list[Worded]:
    """Return the numbers in the words of a text, in their order; no two of them overlap."""
    found: list[Worded] = []
    rest = text
    for find in (_times, _shares, _counts):
        here: list[Worded] = []
        for one in sorted(find(rest), key=lambda one: one.start):
            if not here or one.start >= here[-1].end:
                here.append(one)
        found += here
        signs = list(rest)
        for one in here:
            signs[one.start : one.end] = "\x00" * (one.end - one.start)
        rest = "".join(signs)
    return sorted(found, key=lambda one: one.start)


def _times(text: str) -> Iterator[Worded]:
    for match in _TWICE.finditer(text):
        kind = match.lastgroup or "two"
        value = _TIMES.get(kind) or _value(match["times"])
        yield Worded(match.start(), match.end(), value, "times", loose=True)


def _shares(text: str) -> Iterator[Worded]:
    for match in _ONE_IN.finditer(text):
        of = Decimal(100) if match["of"].lower() == "a hundred" else _value(match["of"])
        if 0 < _value(match["count"]) < of:
            yield _share(match, _value(match["count"]), of)
    for pattern in (_SHARE, _BY):
        for match in pattern.finditer(text):
            count = match["count"] or "a"
            number = Decimal(1) if count.lower() in ("a", "an") else _value(count)
            yield _share(match, number, Decimal(_PARTS[match["part"].lower()]))
    for match in _HALF.finditer(text):
        yield _share(match, Decimal(1), Decimal(2))


def _share(match: re.Match[str], count: Decimal, of: Decimal) -> Worded:
    return Worded(match.start(), match.end(), count * 100 / of, "percent", loose=True)


def _counts(text: str) -> Iterator[Worded]:
    for match in _PART_OF.finditer(text):
        part = Decimal("0.5" if match["part"].lower() == "half" else "0.25")
        value = part * _SCALES[match["scale"].lower()]
        value *= 3 if match["part"].lower().startswith("three") else 1
        yield Worded(match.start(), match.end(), value, "count", loose=True)
    for match in _WORDED.finditer(text):
        words = match[0].lower()
        if words not in ("one", "a", "an"):
            value = _counted(re.findall(r"[a-z]+", words))
            loose = _COARSE.search(words) is not None
            yield Worded(match.start(), match.end(), value, "count", loose)


def _counted(words: Sequence[str]) -> Decimal:
    """Return the value of words such as "one hundred and twenty thousand"."""
    whole, here = Decimal(0), Decimal(0)
    for place, word in enumerate(words):
        if word in _VALUES and not (word == "three" and words[place + 1 :] == ["quarters"]):
            here += _VALUES[word]
        elif word in _AND_PART:
            here += _AND_PART[word]
        elif word == "dozen":
            here = max(here, Decimal(1)) * 12
        elif word == "hundred":
            here = max(here, Decimal(1)) * 100
        elif word in _SCALES:
            whole += max(here, Decimal(1)) * _SCALES[word]
            here = Decimal(0)
    return whole + here


def _value(words: str) -> Decimal:
    word = words.lower()
    return Decimal(_VALUES[word]) if word in _VALUES else Decimal(word)
