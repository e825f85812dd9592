"""Whether a number in a text is true of a value: as it stands, or fairly rounded. Pure.

"More than 18,000" is fair of 18,000 to 19,800, "close to 40%" of 38% to 42%, "almost 100" of 90 to
100: a rounding may lie a tenth off in the direction that its words say, a twentieth where they say
none. Numbers in words are coarser: "more than a half" is fair of 50% to 60%, "almost a third" of
30%. A range is fair of what lies in it. A number without such words must be the value as a report
prints it.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from sgcomms.reports.proof.facts import Fact
from sgcomms.reports.proof.spotting import Number

Fit = Literal["exact", "rounded"]

_TENTH = Decimal("1.1")
_EIGHTH = Decimal("1.125")
_FIFTH = Decimal("1.2")
_TWENTIETH = Decimal("0.05")
_HALF_MINUTE = Decimal(30)
_ABOVE = ("above", "at least")
_BELOW = ("below", "at most", "nearly")
_SAME_BOUND = {
    "more than": _ABOVE,
    "at least": _ABOVE,
    "less than": _BELOW,
    "at most": _BELOW,
    "close to": ("about",),
    "about": ("about",),
}


def fit(number: Number, fact: Fact) -> Fit | None:
    """Return how a number of the same kind is true of a fact, None where it is not."""
    if number.kind != fact.kind or number.kind == "times":
        return None
    if fact.figure.bound is not None:
        allowed = _SAME_BOUND.get(fact.figure.bound, ())
        same = number.value == fact.value and number.bound in allowed
        return "exact" if same else None
    if number.bound is None:
        return _unbounded(number, fact.value)
    return "rounded" if bounded(number, fact.value) else None


def bounded(number: Number, value: Decimal) -> bool:
    """Tell whether a number with words such as "more than" before it is fair of a value."""
    said = number.value
    less = _EIGHTH if number.worded else _TENTH
    if number.between is not None:
        return number.between[0] <= value <= number.between[1]
    if number.bound == "above":
        return said < value <= said * (_FIFTH if number.worded else _TENTH)
    if number.bound == "at least":
        return said <= value <= said * _TENTH
    if number.bound == "below":
        return said / less <= value < said
    if number.bound in ("at most", "nearly"):
        return said / less <= value <= said
    margin = max(said * _TWENTIETH, _HALF_MINUTE if number.kind == "seconds" else Decimal(0))
    return abs(value - said) <= margin


def _unbounded(number: Number, value: Decimal) -> Fit | None:
    if number.value == value:
        return "exact"
    if number.kind == "seconds":
        near = abs(value - number.value) <= min(_HALF_MINUTE, number.step / 2)
        return "rounded" if near else None
    printed = number.kind == "percent" or number.decimals or value != value.to_integral_value()
    if (printed or number.scaled) and _rounded(value, number.step) == number.value:
        return "exact" if number.kind == "percent" else "rounded"
    return None


def _rounded(value: Decimal, step: Decimal) -> Decimal:
    """Return a value to the last digit that counts; per cents in whole ones print as they are."""
    step = min(step, Decimal(1)) if step < 100 else step
    return (value / step).quantize(Decimal(1), ROUND_HALF_UP) * step
