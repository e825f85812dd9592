"""Deliveries whose post's id is not known, and what tells it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sgcomms import clock
from sgcomms.db import Db, audit, rollup, writing


@dataclass(frozen=True, slots=True)
class Nameless:
    """A delivery that was published, or handed to an officer, and whose post's id is not known."""

    delivery: str
    state: str
    link: str
    text_key: str
    at: datetime


def nameless(db: Db, account: str) -> list[Nameless]:
    """Return those of `account`: confirmed by an address that shows no id, or not confirmed yet."""
    rows = db.conn.execute(
        "SELECT d.id, d.state, d.draft, d.text_key, coalesce(d.published_at, d.due_at)"
        " FROM deliveries AS d LEFT JOIN publications AS p ON p.delivery = d.id"
        " WHERE d.account = ? AND d.mode <> 'outbox' AND (d.state = 'handed'"
        " OR (d.state = 'published' AND p.platform_id LIKE 'https://%'))",
        (account,),
    ).fetchall()
    found = []
    for name, state, draft, text_key, at in rows:
        told = json.loads(draft)
        words = f"{told.get('link') or ''} {told['text']}"
        found.append(Nameless(name, state, words, text_key, clock.from_stored(at)))
    return found


def identify(db: Db, delivery: str, account: str, platform_id: str, by: str) -> bool:
    """Let a delivery's post be known by its id; False where that cannot be done.

    Where sources have told of the post under its id already, both become one: the readings of the
    one that has the id stay. It cannot be done where the other has readings of its own, or where
    the id belongs to another delivery.
    """
    with writing(db):
        known = db.conn.execute(
            "SELECT id, delivery FROM publications WHERE account = ? AND platform_id = ?",
            (account, platform_id),
        ).fetchone()
        if known is None:
            db.conn.execute(
                "UPDATE publications SET platform_id = ? WHERE delivery = ?",
                (platform_id, delivery),
            )
        elif known[1] is not None or not _replaced(db, delivery, known[0]):
            return False
        audit.append(db, "collect", "identified", delivery, platform_id=platform_id, found_by=by)
        rollup.refresh(db)
    return True


def _replaced(db: Db, delivery: str, by: int) -> bool:
    """Put the publication `by` in the place of the delivery's own, where nothing hangs on that."""
    (own,) = db.conn.execute(
        "SELECT id FROM publications WHERE delivery = ?", (delivery,)
    ).fetchone()
    hangs = db.conn.execute(
        "SELECT 1 FROM post_readings WHERE publication = :own"
        " UNION ALL SELECT 1 FROM assignments WHERE publication = :own",
        {"own": own},
    ).fetchone()
    if hangs is not None:
        return False
    db.conn.execute("DELETE FROM publications WHERE id = ?", (own,))
    db.conn.execute("UPDATE publications SET delivery = ? WHERE id = ?", (delivery, by))
    return True
