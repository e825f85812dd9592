"""Words that follow from figures: each is printed by a rule, or not at all. Pure.

A change reads change, then level, then period: "an increase of 1,204 page views, to 275,602,
compared with 2019-20". A word that judges ("remained", "grew from each quarter to the next") needs
the figures that bear it out. A percentage names its base, and a small base has none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from sgcomms.reports import numbers

STEADY = Decimal("0.02")
"""Two values that lie less than this share of the earlier one apart have "remained". This
program's own line, drawn once for all texts."""

SMALLEST_BASE = 30
"""Of fewer things than this no percentage is printed: one more or less would move it by over three
points. This program's own line."""

QUARTERS = 4


@dataclass(frozen=True, slots=True)
class Change:
    """Two comparable values of one thing, and the name of the earlier one's period ("2019-20")."""

    now: float
    then: float
    unit: str
    since: str

    @property
    def amount(self) -> str | None:
        """How far they lie apart, in words; None when they would print alike."""
        return numbers.change(self.now, self.then, self.unit)

    def long(self, noun: tuple[str, str] = ("", ""), at: str = "", *, bare: str = "") -> str | None:
        """Return "an increase of 1,204 page views, to 275,602, compared with 2019-20".

        `noun` is one and many of what is counted, `at` a day that belongs to the level. A `bare`
        noun stands before the amount: "an increase in reach of 200". None when they print alike.
        """
        amount = self.amount
        if amount is None:
            return None
        word = "an increase" if self.now > self.then else "a decrease"
        kind = f" in {bare}" if bare else ""
        counted = noun[0] if abs(self.now - self.then) == 1 else noun[1]
        level = numbers.value(self.now, self.unit)
        what = f"{amount} {counted}".rstrip()
        return f"{word}{kind} of {what}, to {level}{at}, compared with {self.since}"

    def steady(self) -> str:
        """Return a sentence that a change so small is hardly one, to stand behind `long`; else
        nothing."""
        small = self.amount is not None and remained(self.now, self.then, self.unit)
        return " The level remained about the same." if small else ""

    def short(self) -> str:
        """Return "up 1,204 from 2019-20", for a table; "the same as in 2019-20"."""
        amount = self.amount
        if amount is None:
            return f"the same as in {self.since}"
        return f"{'up' if self.now > self.then else 'down'} {amount} from {self.since}"


def remained(now: float, then: float, unit: str) -> bool:
    """Tell whether "remained" may be said of two comparable values.

    They print alike, or lie less than `STEADY` of the earlier one apart.
    """
    if numbers.change(now, then, unit) is None:
        return True
    apart = abs(Decimal(repr(now)) - Decimal(repr(then)))
    return then > 0 and apart < STEADY * Decimal(repr(then))


def every_quarter(values: Sequence[float | None], unit: str) -> str | None:
    """Return "grew from each quarter to the next", or "fell …", where four quarters bear it out.

    `values` are of quarters that follow each other and compare, the earliest first; None is one
    without a figure. Fewer or more than four say nothing, nor does a step of which "remained" may
    be said. Of the first quarter nothing is said: what lay before it is not among them.
    """
    known = [one for one in values if one is not None]
    if len(values) != QUARTERS or len(known) != QUARTERS:
        return None
    steps = list(pairwise(known))
    if any(remained(now, then, unit) for then, now in steps):
        return None
    for word, holds in (
        ("grew", all(now > then for then, now in steps)),
        ("fell", all(now < then for then, now in steps)),
    ):
        if holds:
            return f"{word} from each quarter to the next"
    return None


# shares


def has_base(base: float) -> bool:
    """Tell whether percentages of so many things may be printed."""
    return base >= SMALLEST_BASE


def of_base(share: float, base: float, noun: str) -> str | None:
    """Return "52% of 98,500 visits"; None where the base is too small for a percentage."""
    if not has_base(base):
        return None
    return f"{numbers.per_cent(share)} of {numbers.number(base)} {noun}"


def rounding(shares: Sequence[float]) -> str | None:
    """Return a note for shares that make a whole and whose printed per cents do not."""
    printed = [numbers.per_cent(one) for one in shares]
    if any(one.startswith("under") for one in printed):
        return None
    total = sum(int(one.rstrip("%").replace(",", "")) for one in printed)
    if total == 100:
        return None
    return f"The percentages are rounded, so they add up to {total}%."


# what is never said

_WHO = r"(?:people|persons?|individuals|residents|parents|families|citizens)"
_SEEING = r"(?:impressions?|users?|views?|visits?|reach|reached|viewed|visited|saw|seen)"
_NEVER = (
    ("people", re.compile(rf"\b{_SEEING}(?: (?:of|by|from|was|were|made by))? [\d,.]+ {_WHO}\b")),
    ("people", re.compile(rf"\b[\d,.]+ (?:different )?{_WHO} (?:who )?(?:have )?{_SEEING}\b")),
    ("people", re.compile(rf"\b{_WHO} (?:who )?(?:have )?(?:saw|seen|viewed|visited|reached)\b")),
    ("people", re.compile(rf"\b[\d,.]+ {_WHO} \((?:impressions|users|views|visits|reach)\)")),
    ("total reach", re.compile(r"\b(?:total|combined|overall|cumulative|joint) reach\b")),
    ("total reach", re.compile(r"\breach(?: of [\d,.]+)? in total\b|\btotal of reach\b")),
    (
        "advertising value",
        re.compile(
            r"\badvertising (?:value|equivalen)|\b(?:pr|media|earned media) value\b|\bave\b"
        ),
    ),
)


def misnamed(text: str) -> tuple[str, ...]:
    """Return what words call by a name that no figure bears: each kind once, none in good words.

    "people" for impressions, users, views, visits or reach; "total reach"; "advertising value".
    Why: what each of them counts stands in `sgcomms.metrics`, and none of them counts people.
    """
    plain = re.sub(r"\s+", " ", text).lower()
    return tuple(dict.fromkeys(kind for kind, pattern in _NEVER if pattern.search(plain)))
