"""Chance variation of a series month by month: the XmR chart, its limits and its signals. Pure.

The limits are the mean, plus and minus 2.66 times the mean of the moving ranges; all points count,
as in the tools of NHS England's "Making data count"
(https://cran.r-project.org/web/packages/NHSRplotthedots/vignettes/deviations.html). A count cannot
fall below nothing, so that a lower limit below 0 is 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, pairwise
from statistics import fmean
from typing import Literal

from sgcomms.reports.model import Limits

Finding = Literal[
    "above",
    "below",
    "run_above",
    "run_below",
    "common",
    "too_few",
    "no_figure",
    "redefined",
    "running",
]

LEAST = 10
"""So many months must have a figure before anything is judged (NHS England's style guide)."""

RUN = 8
"""So many points in a row on one side of the mean are a signal: rule 4 of Western Electric's
Statistical Quality Control Handbook, 1956 (https://rdrr.io/github/luca-scr/qcc/man/rules.html)."""

_FACTOR = 2.66
"""Three standard deviations, by the mean moving range of two: 3 / 1.128."""

SPECIAL: frozenset[Finding] = frozenset({"above", "below", "run_above", "run_below"})
"""What is a signal: special-cause variation."""

_WORDS: dict[Finding, str] = {
    "above": "special cause: above the usual range",
    "below": "special cause: below the usual range",
    "run_above": f"special cause: {RUN} months or more in a row above the mean",
    "run_below": f"special cause: {RUN} months or more in a row below the mean",
    "common": "common cause: within the usual range",
    "no_figure": "no figure of the whole month, so nothing to judge",
    "redefined": "the definition changed in this month, so it cannot be judged",
    "running": "the month is not over, so it is not judged",
}


def limits(values: Sequence[float | None]) -> Limits | None:
    """Return the mean and the limits of `values` by month; None with fewer than `LEAST` known.

    None stands for a month without a figure: no moving range is taken across it. Where there is no
    moving range at all there are no limits.
    """
    known = [value for value in values if value is not None]
    ranges = [abs(b - a) for a, b in pairwise(values) if a is not None and b is not None]
    if len(known) < LEAST or not ranges:
        return None
    mean, width = fmean(known), _FACTOR * fmean(ranges)
    return Limits(mean, max(0.0, mean - width), mean + width)


def judge(values: Sequence[float | None], found: Limits | None) -> Finding:
    """Return what the last of `values` shows, against the limits of all of them.

    A month without a figure, or exactly on the mean, ends a run. A point outside the limits says
    more than a run, so it comes first.
    """
    if not values or values[-1] is None:
        return "no_figure"
    if found is None:
        return "too_few"
    if values[-1] > found.high:
        return "above"
    if values[-1] < found.low:
        return "below"
    sides = [0 if value is None else _side(value, found.mean) for value in values]
    side, run = [(side, len([*same])) for side, same in groupby(sides)][-1]
    if side and run >= RUN:
        return "run_above" if side > 0 else "run_below"
    return "common"


def words(finding: Finding, months: int) -> str:
    """Return a finding for a reader; `months` is how many months have a figure."""
    if finding == "too_few":
        return f"too few months to judge ({months} of {LEAST})"
    return _WORDS[finding]


def _side(value: float, mean: float) -> int:
    return (value > mean) - (value < mean)
