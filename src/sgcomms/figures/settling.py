"""Posts' figures and recorded figures of the same thing: which of the two counts. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from sgcomms.figures.bounds import number
from sgcomms.figures.model import Figure


def settled(of_posts: Sequence[Figure], of_periods: Sequence[Figure]) -> Iterator[Figure]:
    """Yield all figures, but one where posts and a record speak of the same thing.

    The later day of reading wins; on the same day the record, which a person typed on purpose. A
    blank wins over nothing. The other is named in a note.
    """
    records = {
        (one.subject, one.metric): one
        for one in of_periods
        if one.period is None and one.dimension is None
    }
    both = {(one.subject, one.metric) for one in of_posts} & records.keys()
    for one in of_posts:
        record = records.get((one.subject, one.metric))
        yield one if record is None else _winner(one, record)
    for one in of_periods:
        if (one.subject, one.metric) not in both or one is not records[one.subject, one.metric]:
            yield one


def _winner(posts: Figure, record: Figure) -> Figure:
    said = _said(f"the export of {posts.as_of}" if posts.as_of else "the posts known here", posts)
    recorded = _said(f"what was recorded as of {record.as_of}", record)
    if posts.value is None or (record.value is not None and _day(record) >= _day(posts)):
        return replace(record, notes=(*record.notes, said))
    return replace(posts, notes=(*posts.notes, recorded))


def _day(figure: Figure) -> date:
    return figure.as_of or date.min


def _said(who: str, figure: Figure) -> str:
    if figure.value is None:
        return f"{who} has no figure: {figure.reason}"
    bound = f"{figure.bound} " if figure.bound else ""
    return f"{who} says {bound}{number(figure.value)}"
