"""What of a file's rows is taken: nothing that cannot be, and nothing that could point to a person.

A rare page of a safeguarding website can point to one family, whichever way its figures come.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sgcomms.errors import ImportFileError
from sgcomms.models import PostRow, Reading
from sgcomms.webkeys import HIDDEN_BELOW


@dataclass(slots=True)
class LeftOut:
    """What was not taken: days that were not over, spans that end with one, and how many pages
    were seen too rarely."""

    days: set[date] = field(default_factory=set)
    spans: set[tuple[date, date]] = field(default_factory=set)
    pages: int = 0


def taken(
    rows: Iterable[PostRow | Reading], on: date, zone: ZoneInfo, name: str, left: LeftOut
) -> Iterator[PostRow | Reading]:
    """Yield the rows of the file `name`, read on `on`, that are to be kept; note the others.

    Raises ImportFileError for what came after that day in the board's `zone`.
    """
    return _without_rare_pages(_not_later_than(rows, on, zone, name, left), left)


def _not_later_than(
    rows: Iterable[PostRow | Reading], on: date, zone: ZoneInfo, name: str, left: LeftOut
) -> Iterator[PostRow | Reading]:
    """Pass rows on; refuse a file that holds what came after the day it was read.

    A day of an account that was not over on the day of the export is kept back: its figures are of
    a part of it, and the export may hold noughts for a day that was to come.
    """
    limit = on + timedelta(days=1)
    for row in rows:
        if isinstance(row, PostRow):
            day = row.publication.published_at.astimezone(zone).date()
            what, remedy = f"a post of {day}", "--read-on"
        else:
            day = row.last - timedelta(days=1)
            what = f"figures up to {row.last}"
            remedy = "--read-on, or export days that are over"
            if row.basis == "received" and on <= row.last <= limit:
                left.days.add(row.last)
                if row.first < row.last:
                    left.spans.add((row.first, row.last))
                continue
        if day > limit:
            raise ImportFileError(
                f"{name}: it holds {what}, so it cannot have been read on {on}; correct {remedy}"
            )
        yield row


def _without_rare_pages(
    rows: Iterable[PostRow | Reading], left: LeftOut
) -> Iterator[PostRow | Reading]:
    """Hold the figures of a page back until the file has shown that it is no rare one."""
    held: dict[str, list[Reading]] = {}
    seen: dict[str, float] = {}
    for row in rows:
        if isinstance(row, PostRow) or row.dimension != "page" or row.key is None:
            yield row
            continue
        views = row.value or 0 if row.metric == "page_views" else 0
        seen[row.key] = seen.get(row.key, 0) + views
        held.setdefault(row.key, []).append(row)
        if seen[row.key] >= HIDDEN_BELOW:
            yield from held.pop(row.key)
    left.pages = len(held)
