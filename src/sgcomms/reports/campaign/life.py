"""The days of a campaign: those that anything of it was planned for, or happened on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime

from sgcomms.config import Board
from sgcomms.db import Db
from sgcomms.db import campaigns as stored
from sgcomms.db.posts import FOREVER, Posts
from sgcomms.db.queue import Row
from sgcomms.models import Delivery
from sgcomms.periods import Period, days, year_of

_FIRST = datetime(1991, 1, 1, tzinfo=UTC)
_LAST = datetime(2999, 12, 31, tzinfo=UTC)


def days_of(
    db: Db, board: Board, name: str, planned: Iterable[Delivery], rows: Iterable[Row]
) -> list[date]:
    """Return the days of the campaign `name` in the board's zone, the first first.

    They are those of what its file has `planned` and of its `rows` of the queue, and those of its
    posts, also of posts that a person assigned to it.
    """
    every = Posts(_FIRST, _LAST, FOREVER, campaign=name)
    moments = [
        *(one.at for one in planned if one.at is not None),
        *(row.published_at or row.due_at for row in rows),
        *(one.published_at for one in stored.members(db, every)),
    ]
    return sorted({moment.astimezone(board.zone).date() for moment in moments})


def years(board: Board, life: Period) -> Period:
    """Return the board's years that a campaign lies in: visits are often known by month or year,
    and nothing but its own posts counts for it."""
    starts = board.year_starts
    return days(year_of(life.start, starts).start, year_of(life.end, starts).end)
