"""What a tick does now and then, such as the daily reconciliation: when each is due next."""

from __future__ import annotations

from datetime import datetime

from sgcomms import clock
from sgcomms.db import Db, writing


def due(db: Db, now: datetime) -> list[str]:
    """Return the chores whose time has come."""
    query = "SELECT name FROM chores WHERE due_at <= ? ORDER BY due_at, name"
    return [name for (name,) in db.conn.execute(query, (clock.stored(now),)).fetchall()]


def known(db: Db) -> dict[str, datetime]:
    """Return when each chore is due next."""
    found = db.conn.execute("SELECT name, due_at FROM chores").fetchall()
    return {name: clock.from_stored(at) for name, at in found}


def plan(db: Db, name: str, due_at: datetime) -> None:
    """Let a chore be due at `due_at`, and no longer at the time it had."""
    with writing(db):
        db.conn.execute(
            "INSERT INTO chores (name, due_at) VALUES (?, ?)"
            " ON CONFLICT (name) DO UPDATE SET due_at = excluded.due_at",
            (name, clock.stored(due_at)),
        )


def forget(db: Db, name: str) -> None:
    """Let a chore be due no longer."""
    with writing(db):
        db.conn.execute("DELETE FROM chores WHERE name = ?", (name,))
