"""Deliveries that somebody wants gone while nobody knows whether they are live.

Until that is known nothing of them is sent; what turns out to be live is taken down, and what turns
out not to be is withdrawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sgcomms import clock
from sgcomms.db import Db, audit, writing
from sgcomms.db.queue import Row


@dataclass(frozen=True, slots=True)
class Unwanted:
    """A delivery that somebody wants gone: why, who, since when."""

    delivery: str
    reason: str
    by: str
    asked_at: datetime


def want_gone(db: Db, one: Row, reason: str, by: str) -> None:
    """Keep that `by` wants a delivery gone; the first to ask stays named."""
    with writing(db):
        db.conn.execute(
            "INSERT INTO unwanted (delivery, reason, by_whom, asked_at) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (delivery) DO NOTHING",
            (one.id, reason, by, clock.stored(clock.now())),
        )
        audit.append(db, by, "removal-asked", one.id, reason=reason, state=one.state)


def standing(db: Db) -> list[Unwanted]:
    """Return what nobody knows of yet, in the order in which it was asked for."""
    found = db.conn.execute(
        "SELECT delivery, reason, by_whom, asked_at FROM unwanted ORDER BY asked_at, delivery"
    ).fetchall()
    return [Unwanted(name, reason, by, clock.from_stored(at)) for name, reason, by, at in found]


def settled(db: Db, one: Unwanted) -> None:
    """Forget a wish that was acted on."""
    with writing(db):
        db.conn.execute("DELETE FROM unwanted WHERE delivery = ?", (one.delivery,))
