"""Taking back what a file or a figure by hand has told: it counts no more, and is kept apart.

Nothing is lost by it: the source stays with its number, which reports may name, and what it told
lies beside it with who took it back, when and why. The same file can be imported again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sgcomms import clock
from sgcomms.db import Db, audit, rollup, sources, times, writing
from sgcomms.db.sources import KnownSource
from sgcomms.errors import UsageError

VOID = "void"
"""The kind of a source that was taken back."""

_OF_PERIODS = (
    "json_object('subject', subject, 'metric', metric, 'basis', basis, 'dimension', dimension,"
    " 'key', key, 'first', first, 'last', last, 'value', value, 'numerator', numerator,"
    " 'denominator', denominator, 'bound', bound, 'reason', reason, 'native', native,"
    " 'read_on', read_on)"
)
_OF_POSTS = (
    "json_object('account', p.account, 'platform_id', p.platform_id, 'published_at',"
    " p.published_at, 'url', p.url, 'kind', p.kind, 'text', p.text, 'read_on', r.read_on,"
    " 'counts', json(r.counts))"
)
_KEEP = (
    "INSERT INTO void_readings (source, told)"
    f" SELECT source, {_OF_PERIODS} FROM readings WHERE source = :source",
    f"INSERT INTO void_readings (source, told) SELECT r.source, {_OF_POSTS} FROM post_readings AS r"
    " JOIN publications AS p ON p.id = r.publication WHERE r.source = :source",
)
_TOUCH = (
    "INSERT OR IGNORE INTO touched_posts SELECT p.account, p.published_at FROM publications AS p"
    " JOIN post_readings AS r ON r.publication = p.id WHERE r.source = :source"
)
_NAMED = (
    "CREATE TEMP TABLE no_longer_named AS SELECT publication FROM post_readings"
    " WHERE source = :source"
)
_FORGET = (
    "DELETE FROM publications WHERE id IN (SELECT publication FROM temp.no_longer_named)"
    " AND delivery IS NULL AND removed_at IS NULL"
    " AND NOT EXISTS (SELECT 1 FROM post_readings WHERE publication = publications.id)"
    " AND NOT EXISTS (SELECT 1 FROM assignments WHERE publication = publications.id)"
)
"""A post that nothing else has told of may be another board's: it is not asked for again."""


@dataclass(frozen=True, slots=True)
class Void:
    """A source that was taken back: by whom, why and when."""

    source: KnownSource
    by: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What a source had told: readings of posts and of periods that count no more."""

    source: KnownSource
    posts: int
    readings: int


def take_back(db: Db, number: int, by: str, reason: str) -> TakenBack:
    """Let what the file or the figure `number` told count no more, all of it or nothing.

    Raises UsageError for a number that is no file or figure, or that was taken back before.
    """
    with writing(db):
        found = sources.by_id(db, [number])
        if not found or found[0].kind not in ("file", "hand"):
            raise UsageError(_refusal(db, number, found[0] if found else None))
        source, which = found[0], {"source": number}
        db.conn.execute(
            "INSERT INTO voids (source, sha256, by_whom, reason, at) VALUES (?, ?, ?, ?, ?)",
            (number, source.sha256, by, reason, clock.stored(clock.now())),
        )
        readings, posts = (db.conn.execute(one, which).rowcount for one in _KEEP)
        db.conn.execute(_TOUCH, which)
        db.conn.execute(_NAMED, which)
        db.conn.execute("DELETE FROM post_readings WHERE source = :source", which)
        db.conn.execute("DELETE FROM readings WHERE source = :source", which)
        times.forget(db, number)
        db.conn.execute(_FORGET)
        db.conn.execute("DROP TABLE temp.no_longer_named")
        db.conn.execute(
            "UPDATE sources SET kind = 'void', sha256 = NULL, first_at = NULL, last_at = NULL"
            " WHERE id = :source",
            which,
        )
        audit.append(
            db,
            by,
            "unimported",
            source.subject,
            source=number,
            name=source.name,
            sha256=source.sha256,
            reason=reason,
        )
        rollup.refresh(db)
    return TakenBack(source, posts, readings)


def void(db: Db, number: int) -> Void | None:
    """Return how the source `number` was taken back, None if it was not."""
    row = db.conn.execute(
        "SELECT by_whom, reason, at FROM voids WHERE source = ?", (number,)
    ).fetchone()
    if row is None:
        return None
    by, reason, at = row
    return Void(sources.by_id(db, [number])[0], by, reason, clock.from_stored(at))


def told(db: Db, number: int) -> list[dict[str, object]]:
    """Return what a source that was taken back had told, as it is kept."""
    rows = db.conn.execute("SELECT told FROM void_readings WHERE source = ?", (number,)).fetchall()
    return [json.loads(one) for (one,) in rows]


def _refusal(db: Db, number: int, source: KnownSource | None) -> str:
    if source is None:
        return f"there is no source {number}; `sgcomms unimport` lists them"
    if source.kind == VOID and (before := void(db, number)) is not None:
        day = f"{before.at:%Y-%m-%d}"
        return f"source {number} ({source.name}) was taken back on {day} by {before.by}"
    return (
        f"source {number} is a collection run: what a platform answered stays, and what it answers "
        "next counts in its place"
    )
