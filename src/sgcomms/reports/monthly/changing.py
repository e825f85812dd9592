"""A change in words: the change, then the level, then the period. Pure."""

from __future__ import annotations

from sgcomms.reports import numbers

BASE = 100
"""Below this a percentage says nothing: one thing more moves it by a whole per cent or more."""


def sentence(what: str, now: float, then: float, unit: str, period: str) -> str:
    """Return "Impressions on X: an increase of 120 (12% of 1,000), to 1,120, compared with May".

    `what` is counted in `unit`; `period` is the one that `then` belongs to. No percentage stands
    where the base is under `BASE`, or where the change itself is one of percentages.
    """
    change = numbers.change(now, then, unit)
    level = numbers.value(now, unit)
    if change is None:
        return f"{what}: no change, at {level}, compared with {period}."
    direction = "an increase" if now > then else "a decrease"
    share = ""
    if unit != "ratio" and then >= BASE:
        part = numbers.per_cent(abs(now - then) / then)
        share = f" ({part} of {numbers.value(then, unit)})"
    return f"{what}: {direction} of {change}{share}, to {level}, compared with {period}."


def short(now: float, then: float, unit: str) -> str:
    """Return a change for a table: "up 120", "down 3", "no change"."""
    change = numbers.change(now, then, unit)
    if change is None:
        return "no change"
    return f"{'up' if now > then else 'down'} {change}"
