"""The parts of a time that posts are asked for in: new ones have figures that older lack. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sgcomms import clock

FIRST_TIME = datetime(2010, 11, 6, tzinfo=UTC)
"""Nothing before it may be named as the start or end of a list: X's OpenAPI document (2.167)."""

STILL_NOW = timedelta(minutes=1)
"""An end this close to now is not named: the list goes up to now."""


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a time; `private` tells whether X may give private figures of its posts."""

    since: datetime
    until: datetime
    private: bool

    def query(self, now: datetime) -> dict[str, str]:
        """Return how X is asked for it, in the whole seconds that X goes by, rounded outwards."""
        query = {}
        if self.since >= FIRST_TIME:
            query["start_time"] = clock.stored(self.since)
        if self.until < now - STILL_NOW:
            query["end_time"] = clock.stored(_whole(self.until))
        return query


def windows(since: datetime, until: datetime, edge: datetime | None) -> Iterator[Window]:
    """Yield the parts of a time, newest first: X has private figures of what was made since `edge`.

    `edge` is None where X gives no private figures at all.
    """
    border = until if edge is None else min(max(since, edge), until)
    if border < until:
        yield Window(border, until, private=True)
    if since < border and border > FIRST_TIME:
        yield Window(since, border, private=False)


def _whole(moment: datetime) -> datetime:
    """Return the first whole second that is not before `moment`."""
    whole = moment.replace(microsecond=0)
    return whole if whole == moment else whole + timedelta(seconds=1)
