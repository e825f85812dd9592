"""What happened, read back: deliveries with their decisions, posts and removals; the trail.

Reading only, and in pieces, so that years of it need little memory.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sgcomms import clock
from sgcomms.db import Db, removals
from sgcomms.db.approvals import Decision
from sgcomms.db.audit import Entry
from sgcomms.db.queue import Row, select
from sgcomms.db.removals import Removal
from sgcomms.models import Publication

PIECE = 500
"""How many deliveries, or rows of the trail, are read at once."""


@dataclass(frozen=True, slots=True)
class Post:
    """A delivery's post on its platform; `removed_at` is None while it is live."""

    platform_id: str
    url: str | None
    removed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Record:
    """A delivery with all that is known of it. `signers` have signed what it holds."""

    row: Row
    queued_at: datetime
    decisions: tuple[Decision, ...]
    signers: tuple[str, ...]
    post: Post | None
    removals: tuple[Removal, ...]

    @property
    def live(self) -> bool:
        """Tell whether it is public now, as far as is known."""
        return self.post is not None and self.post.removed_at is None


def records(db: Db, rows: Sequence[Row]) -> list[Record]:
    """Return deliveries with all that is known of them, in their order."""
    names = json.dumps([one.id for one in rows])
    among = "IN (SELECT value FROM json_each(?))"
    queued = dict(
        db.conn.execute(f"SELECT id, queued_at FROM deliveries WHERE id {among}", (names,))
    )
    posts = {
        name: Post(number, url, clock.from_stored(gone) if gone else None)
        for name, number, url, gone in db.conn.execute(
            "SELECT delivery, platform_id, url, removed_at FROM publications"
            f" WHERE delivery {among}",
            (names,),
        ).fetchall()
    }
    words: dict[str, list[Decision]] = {}
    for name, seal, decision, by, reason, at in db.conn.execute(
        "SELECT delivery, hash, decision, by_whom, reason, at FROM approvals"
        f" WHERE delivery {among} ORDER BY id",
        (names,),
    ).fetchall():
        one = Decision(name, seal, decision, by, reason, clock.from_stored(at))
        words.setdefault(name, []).append(one)
    taken: dict[str, list[Removal]] = {}
    for removal in removals.wanted(db, [one.id for one in rows]):
        taken.setdefault(removal.delivery, []).append(removal)
    return [
        Record(
            row,
            clock.from_stored(queued[row.id]),
            tuple(words.get(row.id, ())),
            _signers(row, words.get(row.id, ())),
            posts.get(row.id),
            tuple(taken.get(row.id, ())),
        )
        for row in rows
    ]


def _signers(row: Row, words: Sequence[Decision]) -> tuple[str, ...]:
    """Return whose approval of what the delivery holds nobody has taken back since."""
    found: dict[str, None] = {}
    for one in words:
        if one.hash != row.signed_hash:
            continue
        if one.decision == "approved":
            found[one.by] = None
        else:
            found.clear()
    return tuple(found)


def moved(db: Db, first: datetime, until: datetime) -> list[str]:
    """Return the deliveries that something happened to from `first` until before `until`."""
    found = db.conn.execute(
        "SELECT id FROM deliveries WHERE (published_at >= :first AND published_at < :until)"
        " OR id IN (SELECT subject FROM audit"
        f" WHERE {_WHEN} >= :first AND {_WHEN} < :until) ORDER BY due_at, id",
        {"first": clock.stored(first), "until": clock.stored(until)},
    ).fetchall()
    return [name for (name,) in found]


_WHEN = "coalesce(rehearsed, at)"
"""The time that the program worked by when a row of the trail was written."""


def by_name(db: Db, names: Sequence[str]) -> Iterator[Record]:
    """Yield the records of deliveries in the order of `names`, a piece at a time."""
    for rows in _pieces(db, names):
        yield from records(db, rows)


def entries(db: Db, first: datetime, until: datetime) -> Iterator[Entry]:
    """Yield the rows of the trail from `first` until before `until`, in order."""
    last, found = 0, True
    values = {"first": clock.stored(first), "until": clock.stored(until), "piece": PIECE}
    while found:
        rows = db.conn.execute(
            "SELECT id, at, rehearsed, actor, action, subject, detail FROM audit"
            f" WHERE id > :last AND {_WHEN} >= :first AND {_WHEN} < :until"
            " ORDER BY id LIMIT :piece",
            {**values, "last": last},
        ).fetchall()
        for number, at, rehearsed, actor, action, about, detail in rows:
            yield Entry(number, at, rehearsed, actor, action, about, json.loads(detail))
            last = number
        found = bool(rows)


def last_seal(db: Db) -> tuple[int, str] | None:
    """Return the number and the seal of the last row of the trail, or None when it is empty."""
    row = db.conn.execute("SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1").fetchone()
    return (row[0], row[1]) if row else None


def actors(db: Db) -> list[str]:
    """Return who acts in the trail, or wrote what it tells of, by their first appearance."""
    found = db.conn.execute(
        "SELECT who FROM (SELECT actor AS who, min(id) AS first FROM audit GROUP BY actor"
        " UNION ALL SELECT author, min(audit.id) FROM deliveries"
        " JOIN audit ON audit.subject = deliveries.id GROUP BY author)"
        " GROUP BY who ORDER BY min(first), who"
    ).fetchall()
    return [who for (who,) in found]


def authors(db: Db) -> set[str]:
    """Return who wrote deliveries."""
    return {who for (who,) in db.conn.execute("SELECT DISTINCT author FROM deliveries").fetchall()}


def deciders(db: Db) -> set[str]:
    """Return who approved or refused deliveries."""
    query = "SELECT DISTINCT by_whom FROM approvals WHERE decision <> 'unapproved'"
    return {who for (who,) in db.conn.execute(query).fetchall()}


def others_live(db: Db) -> list[Publication]:
    """Return the posts with words that are not known to be gone and that no delivery made."""
    found = db.conn.execute(
        "SELECT account, platform_id, published_at, url, kind, text FROM publications"
        " WHERE delivery IS NULL AND removed_at IS NULL AND text IS NOT NULL"
        " ORDER BY published_at, id"
    ).fetchall()
    return [
        Publication(account, number, clock.from_stored(at), url, kind, text)
        for account, number, at, url, kind, text in found
    ]


def may_have_gone_out(db: Db) -> Iterator[Row]:
    """Yield the deliveries that were sent, or may have been, a piece at a time."""
    query = (
        "SELECT id FROM deliveries WHERE state = 'published' OR armed_at IS NOT NULL"
        " ORDER BY due_at, id"
    )
    names = [name for (name,) in db.conn.execute(query).fetchall()]
    for rows in _pieces(db, names):
        yield from rows


def _pieces(db: Db, names: Sequence[str]) -> Iterator[list[Row]]:
    for start in range(0, len(names), PIECE):
        piece = json.dumps(names[start : start + PIECE])
        yield select(db, "WHERE id IN (SELECT value FROM json_each(?))", (piece,))
