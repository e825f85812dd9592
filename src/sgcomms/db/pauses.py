"""The stop switch: pauses of everything, of an account, of a campaign. Only a person lifts one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sgcomms import clock
from sgcomms.db import Db, alerts, audit, writing
from sgcomms.errors import StateError

Scope = Literal["all", "account", "campaign"]

STOP_FILE = "the file STOP"
"""Who started a pause that nobody gave a command for."""


@dataclass(frozen=True, slots=True)
class Pause:
    """A pause: of what, why, by whom, since when. `target` is None for a pause of everything."""

    id: int
    scope: Scope
    target: str | None
    reason: str
    by: str
    started_at: datetime
    remind_at: datetime | None

    def __str__(self) -> str:
        """Return what is paused, in words."""
        return "everything" if self.target is None else f"the {self.scope} {self.target}"


def start(
    db: Db,
    scope: Scope,
    target: str | None,
    reason: str,
    by: str,
    *,
    remind_at: datetime | None = None,
    since: datetime | None = None,
) -> None:
    """Pause `target`, or everything; from this commit on nothing of it is sent."""
    with writing(db):
        db.conn.execute(
            "INSERT INTO pauses (scope, target, reason, by_whom, started_at, remind_at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (
                scope,
                target,
                reason,
                by,
                clock.stored(since or clock.now()),
                clock.stored(remind_at) if remind_at else None,
            ),
        )
        audit.append(db, by, "paused", target or "all", scope=scope, reason=reason)


def active(db: Db) -> list[Pause]:
    """Return the pauses that nobody has lifted, oldest first."""
    found = db.conn.execute(
        "SELECT id, scope, target, reason, by_whom, started_at, remind_at FROM pauses"
        " WHERE lifted_at IS NULL ORDER BY id"
    ).fetchall()
    return [_pause(row) for row in found]


def lifted_since(db: Db, since: datetime, before: datetime) -> list[tuple[Pause, datetime]]:
    """Return the pauses that held at any time from `since` until `before` (excluded) and are over,
    each with when it was lifted, oldest first."""
    found = db.conn.execute(
        "SELECT id, scope, target, reason, by_whom, started_at, remind_at, lifted_at FROM pauses"
        " WHERE lifted_at >= ? AND started_at < ? ORDER BY id",
        (clock.stored(since), clock.stored(before)),
    ).fetchall()
    return [(_pause(row), clock.from_stored(lifted)) for *row, lifted in found]


def _pause(row: Sequence[Any]) -> Pause:
    key, scope, target, reason, by, started, remind = row
    reminds = clock.from_stored(remind) if remind else None
    return Pause(key, scope, target, reason, by, clock.from_stored(started), reminds)


def obey_stop_file(db: Db, since: datetime) -> bool:
    """Pause everything because of the file STOP, made at `since`; False when it is known."""
    if any(one.by == STOP_FILE for one in active(db)):
        return False
    reason = "a file named STOP lies in the workspace"
    start(db, "all", None, reason, STOP_FILE, since=min(since, clock.now()))
    return True


def lift(db: Db, pause: Pause, by: str) -> None:
    """End a pause for all that it is about. Raises StateError when it is over already."""
    with writing(db):
        lifted = db.conn.execute(
            "UPDATE pauses SET lifted_at = max(started_at, ?), lifted_by = ?"
            " WHERE id = ? AND lifted_at IS NULL",
            (clock.stored(clock.now()), by, pause.id),
        ).rowcount
        if lifted != 1:
            raise StateError(f"the pause of {pause} was lifted by somebody else")
        audit.append(db, by, "resumed", pause.target or "all", scope=pause.scope)


def release(
    db: Db, pause: Pause, kind: Literal["campaign", "delivery"], name: str, by: str
) -> None:
    """Let one campaign, or one delivery, go out although `pause` goes on for all else."""
    with writing(db):
        db.conn.execute(
            "INSERT INTO pause_exceptions (pause, kind, target, by_whom, at)"
            " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (pause.id, kind, name, by, clock.stored(clock.now())),
        )
        audit.append(db, by, "excepted", name, pause=pause.id, scope=pause.scope)


def exceptions(db: Db, pause: Pause) -> list[tuple[str, str]]:
    """Return the kind and the name of all that still goes out during `pause`."""
    query = "SELECT kind, target FROM pause_exceptions WHERE pause = ? ORDER BY id"
    return [(kind, target) for kind, target in db.conn.execute(query, (pause.id,)).fetchall()]


def remind(db: Db, now: datetime) -> None:
    """Tell, once each, of the pauses that were to be looked at again by `now`."""
    with writing(db):
        for pause in active(db):
            if pause.remind_at is not None and pause.remind_at <= now:
                db.conn.execute("UPDATE pauses SET remind_at = NULL WHERE id = ?", (pause.id,))
                words = f"{pause} is still paused ({pause.reason}); `sgcomms resume` lifts it"
                alerts.add(db, "pause", pause.target or "all", words)
