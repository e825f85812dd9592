"""Figures over periods: websites, accounts as a whole, and what only the board counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby

from sgcomms.config import Board
from sgcomms.db import Db
from sgcomms.db import spans as stored
from sgcomms.db.spans import PeriodReading
from sgcomms.figures import bounds
from sgcomms.figures.definitions import changes, explained, noted
from sgcomms.figures.model import Basis, Figure, Question
from sgcomms.figures.sharing import doubted, shares
from sgcomms.metrics import Break, Metric
from sgcomms.periods import SETTLES, Period, year_of

ROWS_LEFT_OUT = frozenset({"page", "video"})
"""Breakdowns of which a source names the longest rows only: one that is not named may be there."""


def period_figures(db: Db, board: Board, question: Question) -> Iterator[Figure]:
    """Yield the figures of websites, of accounts as a whole, and of what the board counts.

    What began earlier belongs to the year of the board that it ends in, but to no month, quarter or
    other span.
    """
    period = question.period
    found = stored.period_readings(db, period.start, period.end, question.as_of)
    if not _is_year(board, period):
        found = [one for one in found if one.first >= period.start]
    found = [one for one in found if one.metric in board.metrics]
    found = _of_basis(found, question.basis)
    parted = {one.part_of: one for one in board.metrics.values() if one.part_of is not None}
    for _, group in groupby(found, key=lambda one: (one.subject, one.metric)):
        of_metric = list(group)
        metric = board.metrics[of_metric[0].metric]
        total = [one for one in of_metric if one.dimension is None]
        combined = _combined(board, metric, total, question) if total else []
        spans = [(one.first, one.last) for one in _chosen(total, question)]
        for _, same in groupby(of_metric[len(total) :], key=lambda one: one.dimension):
            combined += _breakdown(board, metric, list(same), spans, question)
        yield from doubted(combined) if metric.over_time == "sum" else combined
        if metric.name in parted:
            yield from shares(parted[metric.name], combined)


def _chosen(found: Sequence[PeriodReading], question: Question) -> list[PeriodReading]:
    """Return the readings inside the period that a figure of it is made of."""
    return _without_overlap([one for one in found if one.first >= question.period.start])


def _breakdown(
    board: Board,
    metric: Metric,
    found: Sequence[PeriodReading],
    spans: Sequence[tuple[date, date]],
    question: Question,
) -> Iterator[Figure]:
    """Yield the figures of each key of a breakdown, all of the same days: those of the total.

    `spans` are the periods that the total is made of. A key that a breakdown does not name had
    nothing in that period, unless only its longest rows are known.
    """
    inside = [one for one in found if one.first >= question.period.start]
    by_span = {(one.first, one.last): one for one in inside}
    used = [one for one in spans if one in by_span]
    if not used:
        used = [(one.first, one.last) for one in _without_overlap(list(by_span.values()))]
    for _, group in groupby(found, key=lambda one: one.key):
        same = list(group)
        parts = [one for one in same if one.first < question.period.start]
        known = {(one.first, one.last): one for one in same}
        for span in used:
            if span in known:
                parts.append(known[span])
            elif metric.over_time == "sum" and same[0].dimension not in ROWS_LEFT_OUT:
                parts.append(replace(by_span[span], id=0, key=same[0].key, value=0.0, bound=None))
        if any(one.id for one in parts):
            yield from _combined(board, metric, parts, question)


def _of_basis(found: Sequence[PeriodReading], basis: Basis) -> list[PeriodReading]:
    """Return the readings that answer for posts published, or for what was received, in the period.

    What does not say which it is answers for both, unless something says it of the same thing.
    """
    if basis == "published":
        return [one for one in found if one.basis is None]
    said = {(one.subject, one.metric) for one in found if one.basis is not None}
    return [one for one in found if one.basis or (one.subject, one.metric) not in said]


def _is_year(board: Board, period: Period) -> bool:
    whole = year_of(period.start, board.year_starts)
    return (whole.start, whole.end) == (period.start, period.end)


def _combined(
    board: Board, metric: Metric, found: Sequence[PeriodReading], question: Question
) -> list[Figure]:
    """Return the figures that readings of one metric, subject and key give for the period.

    A reading of exactly the period is the figure. Otherwise shorter ones are combined by the
    metric's rule, if they do not overlap. What reaches out of the period stands for itself.
    """
    period = question.period
    alone = [_single(metric, one, question) for one in found if one.first < period.start]
    inside = [one for one in found if one.first >= period.start]
    if not inside:
        return alone
    if metric.over_time == "last":
        newest = max(inside, key=lambda one: (one.value is not None, one.last, one.first))
        return [_single(metric, newest, question), *alone]
    parts = _without_overlap(inside)
    if len(parts) == 1:
        return [_single(metric, parts[0], question), *alone]
    blank = []
    if metric.over_time == "ratio" or any(one.basis for one in parts):
        blank = [one for one in parts if one.value is None]
        if len(blank) < len(parts):  # what is known is shown, with its days
            parts = [one for one in parts if one.value is not None]
    together = _together(board, metric, parts, question)
    reasons = [f"{one.first} to {one.last}: {one.reason}" for one in blank if one not in parts]
    return [replace(together, notes=(*together.notes, *reasons)), *alone]


def _without_overlap(found: Sequence[PeriodReading]) -> list[PeriodReading]:
    """Return readings whose periods do not overlap, preferring values to blanks, then long ones."""
    chosen: list[PeriodReading] = []
    for one in sorted(found, key=lambda one: (one.value is None, one.first - one.last, one.first)):
        if all(one.last < other.first or other.last < one.first for other in chosen):
            chosen.append(one)
    return sorted(chosen, key=lambda one: one.first)


def _single(metric: Metric, one: PeriodReading, question: Question) -> Figure:
    """Return the figure that one reading is by itself."""
    figure = _figure(metric, [one], question)
    apart = "its dates leave the period, so it is added to nothing"
    outside = (apart,) if one.first < question.period.start else ()
    return replace(
        figure,
        value=one.value,
        bound=one.bound,
        reason=one.reason if one.value is None else None,
        notes=(*figure.notes, *outside),
    )


def _together(
    board: Board, metric: Metric, parts: Sequence[PeriodReading], question: Question
) -> Figure:
    """Return the figure that several readings are, or why they are none."""
    figure = _figure(metric, parts, question)
    changed = changes(board, figure, [figure.subject], parts[0].first, parts[-1].last)
    reason = _why_not(metric, parts, changed)
    if reason is not None:
        return replace(figure, reason=reason)
    named = [
        bounds.noted(f"{one.first} to {one.last}", one.bound, one.value)
        for one in parts
        if one.bound is not None
    ]
    if metric.over_time == "sum":
        value = sum(one.value or 0 for one in parts)
    else:
        below = sum(one.denominator or 0 for one in parts)
        value = sum(one.numerator or 0 for one in parts) / below
    return replace(
        figure,
        value=value,
        bound=bounds.of_sum([one.bound for one in parts]).bound,
        notes=(*figure.notes, *named, *map(noted, changed)),
    )


def _why_not(
    metric: Metric, parts: Sequence[PeriodReading], changed: Sequence[Break]
) -> str | None:
    """Return why readings of several periods give no figure together, None if they do."""
    if metric.over_time == "none":
        return f"known for parts of the period only; it is not added: {metric.why_not_added}"
    broken = [one for one in changed if not one.may_be_added]
    if broken:
        return f"its parts are not combined: {explained(broken)}"
    missing = next((one for one in parts if one.value is None), None)
    if missing is not None:
        return missing.reason or "a part of it is missing"
    if metric.over_time == "sum":
        return bounds.of_sum([one.bound for one in parts]).reason
    return _why_no_ratio(parts)


def _why_no_ratio(parts: Sequence[PeriodReading]) -> str | None:
    if any(one.bound is not None for one in parts):
        return "its parts cannot be combined: one of them is a bound"
    whole = all(one.numerator is not None and one.denominator is not None for one in parts)
    if not whole or not sum(one.denominator or 0 for one in parts):
        return "its parts cannot be combined: the sums they were made of are not known"
    return None


def _provisional(metric: Metric, parts: Sequence[PeriodReading]) -> Iterator[str]:
    """Yield a note where figures were read before they had settled; a level is one at once."""
    early = [one.read_on for one in parts if one.read_on < one.last + SETTLES]
    if early and metric.over_time != "last":
        yield f"provisional: read on {max(early)}, less than {SETTLES.days} days after its period"


def _figure(metric: Metric, parts: Sequence[PeriodReading], question: Question) -> Figure:
    """Return a figure of these readings, still without its value."""
    period = question.period
    first, last = parts[0].first, parts[-1].last
    days = sum((one.last - one.first).days + 1 for one in parts)
    whole = (period.end - period.start).days + 1
    covers = period.covers(first, last) and days == whole
    return Figure(
        parts[0].subject,
        metric.name,
        None,
        metric.unit,
        dimension=parts[0].dimension,
        key=parts[0].key,
        basis=question.basis,
        period=None if covers else (first, last),
        days=days,
        as_of=max(one.read_on for one in parts),
        sources=tuple(sorted({one.source for one in parts})),
        notes=(
            *((f"figures of {days} of {whole} days",) if len(parts) > 1 and not covers else ()),
            *_provisional(metric, parts),
        ),
        readings=tuple(one.id for one in parts if one.id),
    )
