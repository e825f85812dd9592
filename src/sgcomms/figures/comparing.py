"""A period beside the one before it, and what keeps the two apart. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from sgcomms.config import Board
from sgcomms.figures.definitions import changes, explained
from sgcomms.figures.model import Figure
from sgcomms.periods import Period


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
    before = _fitting(found, earlier, level=level)
    first, last = _days(figure, period)
    if (figure.period is not None and not level) or first < period.start:
        why = "not comparable: its days are not those of the period asked for"
    elif not found:
        why = "no figure for the period before"
    elif before is None:
        why = "not comparable: the figure for the period before has dates of its own"
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


def _fitting(found: Sequence[Figure], earlier: Period, *, level: bool) -> Figure | None:
    """Return the figure of the whole period before; of a level, the last one in it."""
    if level:
        inside = [one for one in found if _days(one, earlier)[0] >= earlier.start]
        return max(inside, key=lambda one: _days(one, earlier)[1], default=None)
    return next((one for one in found if one.period is None), None)


def _days(figure: Figure, period: Period) -> tuple[date, date]:
    return figure.period or (period.start, period.end)
