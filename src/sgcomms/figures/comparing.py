"""A period beside the one before it, and what keeps the two apart. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from sgcomms.config import Board
from sgcomms.figures.definitions import changes, explained
from sgcomms.figures.model import Figure
from sgcomms.periods import Period

_NEAR = timedelta(days=31)
"""So far apart may two levels lie, each counted from the end of its period."""
_PART = 4
"""Of a short period, no more than such a part of it: a month has days, not weeks, to spare."""


def compare(
    board: Board,
    now: Sequence[Figure],
    then: Sequence[Figure],
    period: Period,
    earlier: Period,
    unequal: Mapping[str, str],
) -> list[Figure]:
    """Return the figures of `period` with those of `earlier`, where the two compare.

    Where they do not, there is no value before, and a note says why. `unequal` says why the figures
    of some accounts do not, by account; under "" why none does.
    """
    found: dict[tuple[object, ...], list[Figure]] = {}
    for one in then:
        if one.value is not None:
            found.setdefault(_identity(one), []).append(one)
    return [
        _beside(board, one, found.get(_identity(one), []), period, earlier, unequal)
        if one.value is not None
        else replace(one, comparable=False)
        for one in now
    ]


def _identity(figure: Figure) -> tuple[object, ...]:
    return figure.subject, figure.metric, figure.dimension, figure.key


def _beside(
    board: Board,
    figure: Figure,
    found: Sequence[Figure],
    period: Period,
    earlier: Period,
    unequal: Mapping[str, str],
) -> Figure:
    level = board.metrics[figure.metric].over_time == "last"
    first, last = _days(figure, period)
    left = period.end - last if level else None
    before = _fitting(found, earlier, left)
    if (figure.period is not None and not level) or first < period.start:
        why = "not comparable: its days are not those of the period asked for"
    elif not found:
        why = "no figure for the period before"
    elif before is None:
        why = "not comparable: the figure for the period before has dates of its own"
    elif left is not None and (apart := _far_apart(last, left, before, earlier)):
        why = f"not comparable: {apart}"
    elif figure.bound or before.bound:
        why = "not comparable: " + ("it" if figure.bound else "the figure before") + " is a bound"
    elif not level and (reason := _why_unequal(figure, unequal)):
        why = f"not comparable: {reason}"
    elif figure.added and set(figure.accounts) != set(before.accounts):
        why = f"not comparable: the period before adds {', '.join(before.accounts)}"
    else:
        subjects = figure.accounts or (figure.subject,)
        broken = changes(board, figure, subjects, _days(before, earlier)[0], last)
        if not broken:
            return replace(figure, previous=before.value)
        why = f"not comparable: {explained(broken)}"
    return replace(figure, comparable=False, notes=(*figure.notes, why))


def _why_unequal(figure: Figure, unequal: Mapping[str, str]) -> str | None:
    """Return why the two periods were not read alike, as far as this figure goes."""
    accounts = figure.accounts or (figure.subject,)
    reasons = [unequal[""]] if "" in unequal else []
    if figure.of_posts is not None:
        reasons += [unequal[account] for account in accounts if account in unequal]
    return "; ".join(reasons) or None


def _fitting(found: Sequence[Figure], earlier: Period, left: timedelta | None) -> Figure | None:
    """Return the figure of the whole period before; of a level, that which lies in its period as
    `left` days before the end, or nearest to it."""
    if left is not None:
        inside = [one for one in found if _days(one, earlier)[0] >= earlier.start]
        return min(inside, key=lambda one: abs(_left(one, earlier) - left), default=None)
    return next((one for one in found if one.period is None), None)


def _far_apart(last: date, left: timedelta, before: Figure, earlier: Period) -> str | None:
    """Return in words that two levels are not a period apart, if so.

    Two levels of a year that lie days apart, or twenty months, say nothing of a year.
    """
    near = min(_NEAR, (earlier.end - earlier.start) // _PART)
    if abs(_left(before, earlier) - left) <= near:
        return None
    day = _days(before, earlier)[1]
    return f"{day} and {last} are not about the same time of the two periods"


def _left(figure: Figure, period: Period) -> timedelta:
    """Return how long before the end of its period a level was read."""
    return period.end - _days(figure, period)[1]


def _days(figure: Figure, period: Period) -> tuple[date, date]:
    return figure.period or (period.start, period.end)
