"""What a person decides about single deliveries: release, withdraw, settle."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sgcomms import clock
from sgcomms.db import Db, audit, writing
from sgcomms.db.outcomes import end_attempt, keep_publication, particulars
from sgcomms.db.queue import AFTER_BEFORE, Row, void_approvals
from sgcomms.errors import StateError
from sgcomms.models import Publication


def release(db: Db, one: Row, due_at: datetime, by: str, *, signs: bool) -> None:
    """Put what was held back into the queue, to go out at `due_at`.

    The time is part of what is approved, so approvals so far count no more; `signs` tells that `by`
    approves it at its new time. Raises StateError when it is held no longer, or `by` is its author.
    """
    new_hash = released_hash(one.content_hash, due_at)
    with writing(db):
        void_approvals(db, one.id, "it was given a new time", by)
        moved = db.conn.execute(
            "UPDATE deliveries SET state = 'queued', held_for = NULL, due_at = :due,"
            " wake_at = :due, signed_hash = :hash, on_approval = 0, sends = 0,"
            f" reason = 'released by ' || :by || {AFTER_BEFORE}"
            " WHERE id = :id AND state = 'held' AND content_hash = :content",
            {
                "due": clock.stored(due_at),
                "hash": new_hash,
                "by": by,
                "id": one.id,
                "content": one.content_hash,
            },
        ).rowcount
        if moved != 1:
            raise StateError(f"{one.id} is not held any more; nothing was changed")
        audit.append(db, by, "released", one.id, due_at=clock.stored(due_at))
        if signs:
            if one.author == by:
                raise StateError(f"{by} wrote {one.campaign}: somebody else has to approve it")
            db.conn.execute(
                "INSERT INTO approvals (delivery, hash, decision, by_whom, reason, at)"
                " VALUES (?, ?, 'approved', ?, 'released', ?)",
                (one.id, new_hash, by, clock.stored(clock.now())),
            )
            audit.append(db, by, "approved", one.id, hash=new_hash)


def released_hash(content_hash: str, due_at: datetime) -> str:
    """Return what approvals of a released delivery are bound to: its content at its new time."""
    return hashlib.sha256(f"{content_hash} {clock.stored(due_at)}".encode()).hexdigest()


def withdraw(db: Db, one: Row, by: str, reason: str) -> None:
    """Take a delivery out for good: it stays out whatever the YAML says. Raises StateError."""
    with writing(db):
        moved = db.conn.execute(
            "UPDATE deliveries SET state = 'withdrawn', by_person = 1, held_for = NULL,"
            " wake_at = NULL, reason = ? WHERE id = ? AND state IN ('queued', 'held', 'handed')",
            (f"{by}: {reason}", one.id),
        ).rowcount
        if moved != 1:
            raise StateError(
                f"{one.id} is {one.state}: only what waits can be withdrawn; nothing was changed"
            )
        audit.append(db, by, "withdrawn", one.id, reason=reason)


def accept_clock(db: Db, by: str) -> None:
    """Record that the machine's clock is right, and was wrong before; nothing waits for then."""
    now = clock.stored(clock.now())
    with writing(db):
        audit.append(db, by, audit.CLOCK_ACCEPTED, "board")
        db.conn.execute(
            "UPDATE deliveries SET wake_at = max(due_at, :now)"
            " WHERE state = 'queued' AND wake_at > max(due_at, :now)",
            {"now": now},
        )
        db.conn.execute(
            "UPDATE deliveries SET wake_at = :now WHERE state = 'uncertain' AND wake_at > :now",
            {"now": now},
        )
        db.conn.execute("DELETE FROM parks WHERE until > ?", (now,))


def settle_posted(db: Db, one: Row, publication: Publication, by: str) -> None:
    """Record that a person has seen an uncertain or handed delivery on its platform.

    Raises StateError when it is neither, TakenError when the publication is another's.
    """
    with writing(db):
        moved = db.conn.execute(
            "UPDATE deliveries SET state = 'published', reason = NULL, wake_at = NULL,"
            " published_at = ?, url = ? WHERE id = ? AND state IN ('uncertain', 'handed')"
            " AND attempt = ?",
            (clock.stored(publication.published_at), publication.url, one.id, one.attempt),
        ).rowcount
        _settled(moved, one)
        end_attempt(db, one.id, one.attempt, "published", f"{by} saw it")
        keep_publication(db, one.id, one.mode, publication)
        audit.append(db, by, "published", one.id, **particulars("seen by a person", publication))


def settle_not_posted(db: Db, one: Row, by: str) -> None:
    """Record that a person has looked and a delivery is not on its platform.

    One that was uncertain goes back to the queue, where the rules for what is late hold; one that
    was handed over is withdrawn. Raises StateError when it is neither.
    """
    state = "queued" if one.state == "uncertain" else "withdrawn"
    now = clock.now()
    with writing(db):
        moved = db.conn.execute(
            "UPDATE deliveries SET state = :state, looks = 0, by_person = :person,"
            " reason = :reason, wake_at = CASE :state WHEN 'queued' THEN max(due_at, :now) END"
            " WHERE id = :id AND state = :before AND attempt = :attempt"
            " AND state IN ('uncertain', 'handed')",
            {
                "state": state,
                "person": int(state == "withdrawn"),
                "reason": f"{by} looked: it had not been posted",
                "now": clock.stored(now),
                "id": one.id,
                "before": one.state,
                "attempt": one.attempt,
            },
        ).rowcount
        _settled(moved, one)
        audit.append(db, by, state, one.id, reason="a person looked: it had not been posted")


def _settled(moved: int, one: Row) -> None:
    if moved != 1:
        raise StateError(
            f"{one.id} is {one.state}: only what is uncertain, or handed over, can be settled"
        )
