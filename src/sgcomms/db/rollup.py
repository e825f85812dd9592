"""The roll-up of posts' figures: by account, UTC day and metric, kept current by whoever writes.

Triggers note which days a write has touched; `refresh` works them out anew before the transaction
ends. So a period's figures cost what they print, however often each post was read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from sqlite_utils import Database

_READ = (
    "SELECT r.publication, r.source, r.read_on, r.counts FROM publications AS p"
    " JOIN post_readings AS r ON r.publication = p.id"
    " WHERE p.account = ? AND p.published_at >= ? AND p.published_at < ?"
    " ORDER BY r.publication, r.read_on DESC, r.source DESC"
)
_KEEP = (
    "INSERT INTO post_days (account, day, metric, posts, blank, total, first_read, last_read,"
    " sources) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
POSTS = "posts"
"""The metric under which the days count their posts: each that any source has named."""

_Row = tuple[int, int, str, str]


def refresh(db: Database) -> None:
    """Work out anew each day that the open transaction has touched."""
    touched = db.conn.execute("SELECT account, day FROM touched_days").fetchall()
    for account, day in touched:
        found = db.conn.execute(_READ, (account, day, f"{day}U"))  # U follows T, after any time
        db.conn.execute("DELETE FROM post_days WHERE account = ? AND day = ?", (account, day))
        db.conn.executemany(_KEEP, ((account, day, *one) for one in _sums(found)))
    db.conn.execute("DELETE FROM touched_days")


class _Sum:
    """The newest readings of one metric, added up."""

    __slots__ = ("blank", "first_read", "last_read", "posts", "sources", "total")

    def __init__(self) -> None:
        self.posts = self.blank = 0
        self.total = 0.0
        self.first_read, self.last_read = "~", ""
        self.sources: set[int] = set()

    def add(self, value: float | None, read_on: str, source: int) -> None:
        if value is None:
            self.blank += 1
        else:
            self.posts += 1
            self.total += value
        self.first_read = min(self.first_read, read_on)
        self.last_read = max(self.last_read, read_on)
        self.sources.add(source)


def _sums(rows: Iterable[_Row]) -> Iterator[tuple[object, ...]]:
    """Yield a row of the roll-up for each metric; `rows` come by post, the newest reading first.

    Of each post the newest value counts, and a blank only where no reading has a value.
    """
    sums: dict[str, _Sum] = {}
    named = sums[POSTS] = _Sum()
    before: int | None = None
    settled: set[str] = set()
    blank: dict[str, tuple[str, int]] = {}
    for publication, source, read_on, counts in rows:
        if publication != before:
            _add_blanks(sums, blank, settled)
            before, settled, blank = publication, set(), {}
            named.add(1.0, read_on, source)
        for metric, value in json.loads(counts).items():
            if metric in settled:
                continue
            if value is None:
                blank.setdefault(metric, (read_on, source))
                continue
            settled.add(metric)
            one = sums.get(metric)
            if one is None:
                one = sums[metric] = _Sum()
            one.add(value, read_on, source)
    _add_blanks(sums, blank, settled)
    for metric, one in sums.items():
        if one.posts or one.blank:
            total = one.total if one.posts else None
            sources = ",".join(map(str, sorted(one.sources)))
            yield metric, one.posts, one.blank, total, one.first_read, one.last_read, sources


def _add_blanks(
    sums: dict[str, _Sum], blank: dict[str, tuple[str, int]], settled: set[str]
) -> None:
    for metric, (read_on, source) in blank.items():
        if metric not in settled:
            sums.setdefault(metric, _Sum()).add(None, read_on, source)
