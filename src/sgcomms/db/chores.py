"""What a tick does now and then, such as the daily reconciliation: when each is due next."""

from __future__ import annotations

from datetime import datetime

from sgcomms import clock
from sgcomms.db import Db, writing


def known(db: Db) -> dict[str, datetime]:
    """Return when each chore is due next."""
    found = db.conn.execute("SELECT name, due_at FROM chores").fetchall()
    return {name: clock.from_stored(at) for name, at in found}


def take(db: Db, chore: str, seen: datetime | None, due_at: datetime) -> bool:
    """Let a chore that was due at `seen`, None for one that was not planned, be due at `due_at`.

    False when another process has planned it anew: of several that want to do it, one does.
    """
    with writing(db):
        found = known(db).get(chore)
        if (found and clock.stored(found)) != (seen and clock.stored(seen)):
            return False
        note(db, chore, due_at)
    return True


def drop(db: Db, chore: str, seen: datetime) -> None:
    """Let a chore that was due at `seen` be due no longer, unless it was planned anew."""
    with writing(db):
        db.conn.execute(
            "DELETE FROM chores WHERE name = ? AND due_at = ?", (chore, clock.stored(seen))
        )


def plan(db: Db, chore: str, due_at: datetime) -> None:
    """Let a chore be due at `due_at`, and no longer at the time it had."""
    with writing(db):
        note(db, chore, due_at)


def note(db: Db, chore: str, due_at: datetime) -> None:
    """Do as `plan`, inside the transaction that is open."""
    db.conn.execute(
        "INSERT INTO chores (name, due_at) VALUES (?, ?)"
        " ON CONFLICT (name) DO UPDATE SET due_at = excluded.due_at",
        (chore, clock.stored(due_at)),
    )
