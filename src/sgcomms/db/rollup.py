"""The roll-up of posts' figures: by account, day and metric, kept current by whoever writes.

Whatever touches a post's figures names it; its day is worked out anew before the transaction ends.
So a period's figures cost what they print, however often each post was read. Days are those of the
board's zone, so that its months and years are made of whole ones.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from sgcomms import clock
from sgcomms.periods import SETTLES, midnight

POSTS = "posts"
"""The metric under which the days count their posts: each that any source has named; blank are
those without any figure."""

_OF_DAY = (
    " FROM publications AS p CROSS JOIN post_readings AS r ON r.publication = p.id{counts}"
    " WHERE p.account = :account AND p.published_at >= :begins AND p.published_at < :ends"
)
HAS_FIGURE = "r.counts GLOB '*:[-0-9]*'"
"""Whether a reading of a post has any value: no name of a metric holds a colon."""

_COUNTED = (
    "SELECT count(*), count(DISTINCT r.publication),"
    f" count(DISTINCT CASE WHEN {HAS_FIGURE} THEN r.publication END), min(r.read_on),"
    f" max(r.read_on), group_concat(DISTINCT r.source){_OF_DAY.format(counts='')}"
)
_KEEP = (
    "INSERT INTO post_days (account, day, metric, posts, blank, unsettled, total, first_read,"
    " last_read, sources) "
)
_SUMS = (
    f"{_KEEP}SELECT :account, :day, metric, count(value), count(*) - count(value),"
    " sum(read_on < :settled), sum(value), min(read_on), max(read_on),"
    " group_concat(DISTINCT source)"
)
_OF_COUNTS = _OF_DAY.format(counts=" CROSS JOIN json_each(r.counts) AS j")
_READ_ONCE = (
    f"{_SUMS} FROM (SELECT j.key AS metric, j.value, r.read_on, r.source{_OF_COUNTS})"
    " GROUP BY metric"
)
_READ_OFTEN = (
    f"{_SUMS} FROM (SELECT j.key AS metric, j.value, r.read_on, r.source, row_number() OVER ("
    "PARTITION BY r.publication, j.key ORDER BY j.value IS NULL, r.read_on DESC, r.source DESC"
    f") AS age{_OF_COUNTS}) WHERE age = 1 GROUP BY metric"
)
"""Of each post the newest value counts, and a blank only where no reading has a value."""


class Days:
    """The days of a zone, for many times in their stored form."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone
        self._begins: dict[str, tuple[tuple[str, str], ...]] = {}

    def of(self, at: str) -> str:
        """Return the day of a stored time."""
        known = self._begins.get(at[:10])
        if known is None:
            known = self._begins[at[:10]] = self._around(date.fromisoformat(at[:10]))
        return next(day for begins, day in known if begins <= at)

    def _around(self, utc: date) -> tuple[tuple[str, str], ...]:
        days = (utc + timedelta(days=number) for number in (1, 0, -1))
        return tuple((clock.stored(midnight(day, self.zone)), day.isoformat()) for day in days)


def zone(db: Database) -> ZoneInfo:
    """Return the zone whose days the roll-up has."""
    (name,) = db.conn.execute("SELECT zone FROM post_zone").fetchone()
    return ZoneInfo(name)


def use_zone(db: Database, wanted: ZoneInfo) -> None:
    """Let the roll-up have the days of `wanted`, inside the open transaction."""
    if zone(db).key != wanted.key:
        db.conn.execute("UPDATE post_zone SET zone = ?", (wanted.key,))
        db.conn.execute("DELETE FROM post_days")
        db.conn.execute(
            "INSERT OR IGNORE INTO touched_posts SELECT account, published_at FROM publications"
        )
        refresh(db)


def refresh(db: Database, touched: Iterable[tuple[str, str]] = ()) -> None:
    """Work out anew each day that the open transaction has touched.

    `touched` are accounts with days; what else has changed was noted by triggers.
    """
    days = Days(zone(db))
    noted = db.conn.execute("SELECT account, at FROM touched_posts").fetchall()
    for account, day in sorted({*touched, *((account, days.of(at)) for account, at in noted)}):
        _work_out(db, account, day, days.zone)
    if noted:
        db.conn.execute("DELETE FROM touched_posts")


def _work_out(db: Database, account: str, day: str, zone: ZoneInfo) -> None:
    first = date.fromisoformat(day)
    which = {
        "account": account,
        "day": day,
        "begins": clock.stored(midnight(first, zone)),
        "ends": clock.stored(midnight(first + timedelta(days=1), zone)),
        "settled": (first + SETTLES).isoformat(),
    }
    db.conn.execute("DELETE FROM post_days WHERE account = :account AND day = :day", which)
    readings, posts, counted, *read = db.conn.execute(_COUNTED, which).fetchone()
    if readings:
        db.conn.execute(_READ_ONCE if readings == posts else _READ_OFTEN, which)
        values = (account, day, POSTS, posts, posts - counted, 0, posts, *read)
        db.conn.execute(f"{_KEEP}VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)


def whole_days(start: datetime, end: datetime, zone: ZoneInfo) -> tuple[date, date] | None:
    """Return the first day of `zone` that lies in the span whole, and the day after the last."""
    first = start.astimezone(zone).date()
    if midnight(first, zone) < start:
        first += timedelta(days=1)
    last = end.astimezone(zone).date()
    return (first, last) if first < last else None


def edges(
    start: datetime, end: datetime, whole: tuple[date, date], zone: ZoneInfo
) -> list[tuple[datetime, datetime]]:
    """Return what the span has before and after its whole days."""
    begins, ends = (midnight(day, zone).astimezone(UTC) for day in whole)
    return [part for part in ((start, begins), (ends, end)) if part[0] < part[1]]
