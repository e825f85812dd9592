"""What somebody has to be told: kept in the commit that made it so, until an e-mail takes it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sgcomms import clock
from sgcomms.db import Db, writing
from sgcomms.models import State

TOLD: frozenset[State] = frozenset({"uncertain", "held", "failed", "handed", "withdrawn"})
"""The states that a tick can leave a delivery in and that somebody is told of."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing to tell: what kind, about which delivery, account or pause, in words.

    `to` is whom, None for those whom the board names for all alerts.
    """

    id: int
    at: datetime
    kind: str
    subject: str
    words: str
    to: tuple[str, ...] | None = None


def moved(db: Db, name: str, state: State, reason: str | None) -> None:
    """Tell of a delivery that a tick has moved, inside the open transaction."""
    if state in TOLD:
        add(db, state, name, reason or "")


def add(db: Db, kind: str, subject: str, words: str, to: Sequence[str] | None = None) -> None:
    """Keep one thing to tell, inside the open transaction; `to` None: whom all go to."""
    recipients = None if to is None else json.dumps(list(to))
    db.conn.execute(
        "INSERT INTO alerts (at, kind, subject, words, recipients) VALUES (?, ?, ?, ?, ?)",
        (clock.stored(clock.now()), kind, subject, words, recipients),
    )


def add_once(db: Db, kind: str, subject: str, words: str, to: Sequence[str] | None = None) -> bool:
    """Keep one thing to tell unless the same was told before; True when it is new."""
    with writing(db):
        known = db.conn.execute(
            "SELECT 1 FROM alerts WHERE kind = ? AND subject = ? AND words = ?",
            (kind, subject, words),
        ).fetchone()
        if known is None:
            add(db, kind, subject, words, to)
    return known is None


def unsent(db: Db) -> list[Alert]:
    """Return what no e-mail has taken yet, oldest first."""
    return _select(db, "sent_at IS NULL", ())


def since(db: Db, kind: str, moment: datetime) -> list[Alert]:
    """Return what there was to tell of a kind since `moment`, oldest first."""
    return _select(db, "kind = ? AND at >= ?", (kind, clock.stored(moment)))


def _select(db: Db, where: str, values: Sequence[str]) -> list[Alert]:
    found = db.conn.execute(
        f"SELECT id, at, kind, subject, words, recipients FROM alerts WHERE {where} ORDER BY id",
        values,
    ).fetchall()
    return [
        Alert(key, clock.from_stored(at), kind, about, words, tuple(json.loads(to)) if to else None)
        for key, at, kind, about, words, to in found
    ]


def sent(db: Db, alerts: Sequence[Alert]) -> None:
    """Note that an e-mail has taken these, or that nobody wants any."""
    with writing(db):
        db.conn.executemany(
            "UPDATE alerts SET sent_at = ? WHERE id = ?",
            [(clock.stored(clock.now()), alert.id) for alert in alerts],
        )
