"""Figures over periods: websites, accounts as a whole, and what only the board counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from sgcomms.config import Board
from sgcomms.db import Db, readings
from sgcomms.db.readings import PeriodReading
from sgcomms.figures.model import Figure, Question
from sgcomms.metrics import Metric

REST = "other"
"""The key of what a breakdown leaves over: rows that the source did not name."""


def period_figures(db: Db, board: Board, question: Question) -> Iterator[Figure]:
    """Yield the figures of websites, of accounts as a whole, and of what the board counts."""
    period = question.period
    found = readings.period_readings(db, period.start, period.end, question.as_of)
    found = [one for one in found if one.metric in board.metrics]
    for _, group in groupby(found, key=lambda one: (one.subject, one.metric)):
        of_metric = list(group)
        metric = board.metrics[of_metric[0].metric]
        combined: list[Figure] = []
        for _, same in groupby(of_metric, key=lambda one: (one.dimension, one.key)):
            combined += _combined(metric, list(same), question)
        yield from combined
        if metric.name == "sessions":
            yield from _shares(board.metrics["sessions_share"], combined)


def _combined(metric: Metric, found: Sequence[PeriodReading], question: Question) -> list[Figure]:
    """Return the figures that readings of one metric, subject and key give for the period.

    A reading of exactly the period is the figure. Otherwise shorter ones are combined by the
    metric's rule, if they do not overlap. What reaches out of the period stands for itself.
    """
    period = question.period
    outside = [one for one in found if one.first < period.start]
    inside = [one for one in found if one.first >= period.start]
    exact = [one for one in inside if (one.first, one.last) == (period.start, period.end)]
    alone = [_figure(metric, [one], one.value, question) for one in outside]
    if exact:
        return [_figure(metric, exact, exact[0].value, question), *alone]
    if not inside:
        return alone
    if metric.over_time == "last":
        newest = max(inside, key=lambda one: (one.last, one.first))
        return [_figure(metric, [newest], newest.value, question), *alone]
    parts = _without_overlap(inside)
    if len(parts) == 1:
        return [_figure(metric, parts, parts[0].value, question), *alone]
    if metric.over_time == "none":
        reason = f"known for parts of the period only; it is not added: {metric.why_not_added}"
        return [replace(_figure(metric, parts, None, question), reason=reason), *alone]
    return [_figure(metric, parts, _over_time(metric, parts), question), *alone]


def _over_time(metric: Metric, parts: Sequence[PeriodReading]) -> float | None:
    if any(one.value is None for one in parts):
        return None
    if metric.over_time == "sum":
        return sum(one.value or 0 for one in parts)
    below = sum(one.denominator or 0 for one in parts)
    if not below or any(one.numerator is None for one in parts):
        return None
    return sum(one.numerator or 0 for one in parts) / below


def _without_overlap(found: Sequence[PeriodReading]) -> list[PeriodReading]:
    """Return readings whose periods do not overlap, preferring long ones."""
    chosen: list[PeriodReading] = []
    for one in sorted(found, key=lambda one: (one.first - one.last, one.first)):
        if all(one.last < other.first or other.last < one.first for other in chosen):
            chosen.append(one)
    return sorted(chosen, key=lambda one: one.first)


def _figure(
    metric: Metric, parts: Sequence[PeriodReading], value: float | None, question: Question
) -> Figure:
    first, last = parts[0].first, parts[-1].last
    period = question.period
    notes = []
    if first < period.start:
        notes.append("its period is not the one asked for, so it is added to nothing")
    elif len(parts) > 1:
        days = sum((one.last - one.first).days + 1 for one in parts)
        whole = (period.end - period.start).days + 1
        if days < whole:
            notes.append(f"{days} of {whole} days")
    missing = next((one.reason for one in parts if one.value is None), None)
    covers = (first, last) == (period.start, period.end)
    return Figure(
        parts[0].subject,
        metric.name,
        value,
        metric.unit,
        dimension=parts[0].dimension,
        key=parts[0].key,
        basis=question.basis,
        period=None if covers else (first, last),
        bound=parts[0].bound,
        as_of=max(one.read_on for one in parts),
        sources=tuple(sorted({one.source for one in parts})),
        reason=(missing or "its parts cannot be combined") if value is None else None,
        notes=tuple(notes),
        readings=tuple(one.id for one in parts),
    )


def _shares(share: Metric, sessions: Sequence[Figure]) -> Iterator[Figure]:
    """Yield the shares of a breakdown of visits, with what it leaves over as `other`."""
    usable = [one for one in sessions if one.value is not None and one.bound is None]
    for period in dict.fromkeys(one.period for one in usable):
        of_period = [one for one in usable if one.period == period]
        whole = next((one for one in of_period if one.dimension is None), None)
        for dimension in dict.fromkeys(one.dimension for one in of_period if one.dimension):
            rows = [one for one in of_period if one.dimension == dimension]
            named = sum(one.value or 0 for one in rows)
            everything = whole.value if whole is not None and whole.value else named
            if everything <= 0 or named > everything:
                continue
            yield from _shares_of(share, rows, everything, named, whole)


def _shares_of(
    share: Metric, rows: Sequence[Figure], everything: float, named: float, whole: Figure | None
) -> Iterator[Figure]:
    rest = everything - named
    below = whole.readings if whole is not None else ()
    for one in rows:
        value = (one.value or 0) + (rest if one.key == REST else 0)
        yield replace(
            one,
            metric=share.name,
            unit=share.unit,
            value=value / everything,
            readings=(*one.readings, *below),
            sources=tuple(sorted({*one.sources, *(whole.sources if whole else ())})),
        )
    if rest > 0 and all(one.key != REST for one in rows):
        yield replace(
            rows[0],
            metric=share.name,
            unit=share.unit,
            key=REST,
            value=rest / everything,
            notes=("all visits less those that the source names",),
            readings=(*(number for one in rows for number in one.readings), *below),
            sources=tuple(sorted({*rows[0].sources, *(whole.sources if whole else ())})),
        )
