"""Accounts that send nothing for a while: until a time, or until a person has mended something."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sgcomms import clock
from sgcomms.db import Db, alerts, audit, writing

Kind = Literal["limit", "unreachable", "token", "secrets", "credit"]

BY_ITSELF: frozenset[Kind] = frozenset({"limit", "unreachable"})
"""Kinds that end at a time; the others wait for a person, who is told."""


@dataclass(frozen=True, slots=True)
class Park:
    """An account that is parked: why, since when, and until when, None for until it is mended."""

    account: str
    kind: Kind
    reason: str
    since: datetime
    until: datetime | None


def park(
    db: Db, account: str, kind: Kind, reason: str, actor: str, until: datetime | None = None
) -> None:
    """Park `account`. `until` is given for the kinds that end by themselves, and only for them.

    A park that waits for a person is not replaced by one that ends by itself, nor told twice.
    """
    now = clock.stored(clock.now())
    with writing(db):
        before = db.conn.execute(
            "SELECT kind, reason, until FROM parks WHERE account = ?", (account,)
        ).fetchone()
        waits = before is not None and before[2] is None
        if waits and (until is not None or before[:2] == (kind, reason)):
            return
        db.conn.execute(
            "INSERT INTO parks (account, kind, reason, since, until) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (account) DO UPDATE SET kind = excluded.kind, reason = excluded.reason,"
            " since = excluded.since, until = excluded.until",
            (account, kind, reason, now, clock.stored(until) if until else None),
        )
        audit.append(db, actor, "parked", account, kind=kind, reason=reason)
        if kind not in BY_ITSELF:
            alerts.add(db, "parked", account, reason)


def unpark(db: Db, account: str, actor: str) -> bool:
    """Let `account` send again; False when it was not parked. A rate limit ends by itself alone."""
    with writing(db):
        query = "DELETE FROM parks WHERE account = ? AND kind <> 'limit'"
        ended = db.conn.execute(query, (account,)).rowcount == 1
        if ended:
            audit.append(db, actor, "unparked", account)
    return ended


def parked(db: Db, now: datetime) -> list[Park]:
    """Return the accounts that are parked at `now`, by name."""
    found = db.conn.execute(
        "SELECT account, kind, reason, since, until FROM parks"
        " WHERE until IS NULL OR until > ? ORDER BY account",
        (clock.stored(now),),
    ).fetchall()
    return [
        Park(
            account,
            kind,
            reason,
            clock.from_stored(since),
            clock.from_stored(until) if until else None,
        )
        for account, kind, reason, since, until in found
    ]
