"""What changed its definition within the thirteen months, of the measures that are shown. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sgcomms.metrics import Break
from sgcomms.reports import numbers
from sgcomms.reports.monthly.trend import Verdict

Crossed = tuple[str, tuple[Break, ...]]
"""What a number is of, in words, and the changes that lie between it and this month's."""


def lines(verdicts: Sequence[Verdict], crossed: Iterable[Crossed]) -> tuple[str, ...]:
    """Return a line for each change: of a main measure's months, or between months side by side."""
    said: dict[Break, dict[str, None]] = {}
    for what, changes in (*((one.what, one.breaks) for one in verdicts), *crossed):
        for change in changes:
            said.setdefault(change, {})[what] = None
    return tuple(
        f"{numbers.day(change.on)}: {change.reason} {numbers.listed(list(whose))} before and after "
        "do not compare."
        for change, whose in sorted(said.items(), key=lambda one: one[0].on)
    )
