"""Visits by channel or device -> the share of each; rows that are more than their total. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from sgcomms.figures.bounds import number
from sgcomms.figures.model import Figure
from sgcomms.metrics import Metric

NO_PARTS = frozenset({"content"})
"""Breakdowns that name some visits only: those which began with a tagged link."""

REST = "other"
"""The key of what a breakdown leaves over: rows that the source did not name."""


def shares(share: Metric, counts: Sequence[Figure]) -> Iterator[Figure]:
    """Yield the shares of each breakdown of `counts`, with what it leaves over as `other`.

    Where they cannot be worked out, each stands without a value, with the reason.
    """
    counts = [one for one in counts if one.dimension not in NO_PARTS]
    for days in dict.fromkeys((one.period, one.days) for one in counts):
        same = [one for one in counts if (one.period, one.days) == days]
        whole = next((one for one in same if one.dimension is None), None)
        for dimension in dict.fromkeys(one.dimension for one in same if one.dimension):
            rows = [one for one in same if one.dimension == dimension]
            yield from _of_breakdown(share, rows, whole)


def doubted(counts: Sequence[Figure]) -> Iterator[Figure]:
    """Yield figures of what adds up: rows that are more than their total have a note of it.

    A bound is at least, or at most, what it says, and is left out.
    """
    wholes = {
        (one.period, one.days): one.value
        for one in counts
        if one.dimension is None and one.bound is None and one.value is not None
    }
    named: defaultdict[tuple[object, ...], float] = defaultdict(float)
    for one in counts:
        if one.bound is None:
            named[one.period, one.days, one.dimension] += one.value or 0
    for one in counts:
        whole = wholes.get((one.period, one.days))
        rows = named[one.period, one.days, one.dimension]
        if one.dimension is not None and whole is not None and rows > whole:
            words = f"the rows by {one.dimension} add up to {_more(rows, whole)}"
            yield replace(one, notes=(*one.notes, words))
        else:
            yield one


def _more(named: float, everything: float) -> str:
    return f"{number(named)}, more than the total of {number(everything)}"


def _of_breakdown(share: Metric, rows: Sequence[Figure], whole: Figure | None) -> Iterator[Figure]:
    known = [one for one in rows if one.value is not None]
    named = sum(one.value or 0 for one in known)
    everything = whole.value if whole is not None and whole.value else named
    reason = _why_none(share, rows, whole, named, everything)
    rest = everything - named
    for one in rows:
        figure = _share(share, [one], whole)
        if reason is not None or one.value is None:
            yield replace(figure, value=None, reason=one.reason or reason)
            continue
        value = one.value + (rest if one.key == REST else 0)
        yield replace(figure, value=value / everything)
    if reason is None and rest > 0 and all(one.key != REST for one in known):
        figure = _share(share, known or rows, whole)
        yield replace(
            figure,
            key=REST,
            value=rest / everything,
            reason=None,
            notes=(*figure.notes, "all visits less those that the source names"),
        )


def _share(share: Metric, rows: Sequence[Figure], whole: Figure | None) -> Figure:
    parts = [*rows, *([whole] if whole is not None else [])]
    return replace(
        rows[0],
        metric=share.name,
        unit=share.unit,
        bound=None,
        readings=tuple(reading for one in parts for reading in one.readings),
        sources=tuple(sorted({source for one in parts for source in one.sources})),
    )


def _why_none(
    share: Metric,
    rows: Sequence[Figure],
    whole: Figure | None,
    named: float,
    everything: float,
) -> str | None:
    """Return why no share can be worked out, None if they can."""
    parts = [*rows, *([whole] if whole is not None else [])]
    bounded = next((one for one in parts if one.bound is not None), None)
    if bounded is not None:
        about = bounded.key or "the total"
        amount = f"{bounded.bound} {number(bounded.value or 0)}"
        return f"{about} is given as {amount}, and a share needs exact figures"
    if whole is not None and whole.value is None and whole.reason:
        return f"there is no total: {whole.reason}"
    if everything <= 0:
        return f"there were no {share.part_of}, so none has a share"
    if named > everything:
        return f"the rows add up to {_more(named, everything)}"
    return None
