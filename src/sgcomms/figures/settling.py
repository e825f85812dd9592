"""Posts' figures and recorded figures of the same thing: which of the two counts. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from sgcomms.figures.bounds import number
from sgcomms.figures.model import Figure
from sgcomms.periods import Period


def settled(
    of_posts: Sequence[Figure], of_periods: Sequence[Figure], period: Period
) -> Iterator[Figure]:
    """Yield all figures of `period`, but one where posts and a record speak of the same thing.

    A record is what a platform's own screen, or its API, says of a span of days as a whole.

    - Of the whole period: it wins over a sum of posts that is known to lack some, whichever was
      read later: the screen counts posts that no export here holds. But a sum that lacks some and
      is above the record shows that the record is too old, so that the later day wins.
    - Otherwise the later day of reading wins; on the same day the record, which a person typed on
      purpose. A blank wins over nothing.
    - Of a part of the period: the sum of the posts is the figure. The record is one only where the
      posts have none, and then says which days it is of. It is never a second figure beside the
      first: whoever reads the two would add them.

    The one that does not count is named in a note, with what it lacks.
    """
    keys = {(one.subject, one.metric) for one in of_posts}
    records: dict[tuple[str, str], Figure] = {}
    for one in of_periods:
        if one.dimension is None and (one.subject, one.metric) in keys and _inside(one, period):
            records[one.subject, one.metric] = one
    for one in of_posts:
        record = records.get((one.subject, one.metric))
        yield one if record is None else _winner(one, record)
    for one in of_periods:
        if records.get((one.subject, one.metric)) is not one:
            yield one


def _inside(record: Figure, period: Period) -> bool:
    """Tell whether a record is of the period or a part of it: what reaches out stands alone."""
    return record.period is None or period.start <= record.period[0]


def _winner(posts: Figure, record: Figure) -> Figure:
    if _counts(posts, record):
        known = f"the export of {posts.as_of}" if posts.as_of else "the posts known here"
        lacks = f", and lacks some: {'; '.join(posts.lacking)}" if posts.lacking else ""
        return replace(record, notes=(*record.notes, _said(known, posts) + lacks))
    days = "" if record.period is None else f" of {record.period[0]} to {record.period[1]}"
    recorded = _said(f"what was recorded{days} as of {record.as_of}", record)
    return replace(posts, notes=(*posts.notes, recorded))


def _counts(posts: Figure, record: Figure) -> bool:
    """Tell whether the record is the figure, and not the sum of the posts."""
    if posts.value is None:
        return True
    if record.value is None or record.period is not None:
        return False
    if posts.lacking and posts.value <= record.value:
        return True
    return _day(record) >= _day(posts)


def _day(figure: Figure) -> date:
    return figure.as_of or date.min


def _said(who: str, figure: Figure) -> str:
    if figure.value is None:
        return f"{who} has no figure: {figure.reason}"
    bound = f"{figure.bound} " if figure.bound else ""
    return f"{who} says {bound}{number(figure.value)}"
