"""Sign-off: who approved or refused exactly what. Append-only; bound to the hash of the content."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sgcomms import clock
from sgcomms.db import Db, audit, gate, writing
from sgcomms.db.gate import Policy
from sgcomms.db.queue import Row, row, select, void_approvals
from sgcomms.errors import StateError

WAITING = ("queued", "held")


@dataclass(frozen=True, slots=True)
class Decision:
    """One person's word on one content of a delivery."""

    delivery: str
    hash: str
    decision: str
    by: str
    reason: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Approved:
    """What became of a delivery that was approved: `short` is how many signatures it still needs.

    `held` says why it waits for a person although it is approved, `against` what would keep it from
    going out at its time as things are.
    """

    id: str
    short: int
    held: str | None
    due_at: datetime
    against: str | None = None


def approve(db: Db, seen: Sequence[Row], by: str, policy: Policy) -> list[Approved]:
    """Sign what was `seen`, all of it or nothing, and return what became of each.

    What goes out on approval and has all its signatures is due now. What is approved after its
    time is held. One that was refused goes back to the queue if its time is still to come.
    Raises StateError when a delivery is no longer as it was seen, or `by` is its author.
    """
    now = clock.now()
    with writing(db):
        before = {one.id: len(signers(db, one)) for one in seen}
        for one in seen:
            _as_seen(db, one)
            if one.author == by:
                raise StateError(
                    f"{by} wrote {one.campaign}: somebody else has to approve it; "
                    "nothing was approved"
                )
            _decide(db, one, "approved", by, None)
        done = [_approved(db, one, policy, now, by, before[one.id]) for one in seen]
        return [
            one if one.short or one.held else replace(one, against=_against(db, one, policy))
            for one in done
        ]


def _against(db: Db, one: Approved, policy: Policy) -> str | None:
    """Return what would keep an approved delivery from going out at its time, or None."""
    paused, safe, early = db.conn.execute(
        f"SELECT {gate.paused('one')}, election_safe, {gate.queued_before('one')}"
        " FROM deliveries AS one WHERE id = :id",
        {**policy.values(one.due_at), "id": one.id},
    ).fetchone()
    if paused:
        return "it is paused: `sgcomms resume`"
    closure = policy.closed_at(one.due_at)
    if closure is None or (safe and early):
        return None
    why = "was queued after that had begun" if safe else "is not marked `election_safe: true`"
    return f'it falls into "{closure.name}" and {why}'


def reject(db: Db, seen: Sequence[Row], by: str, reason: str) -> None:
    """Refuse what was `seen`: it is held, and approvals of it count no more. Raises StateError."""
    with writing(db):
        for one in seen:
            _as_seen(db, one)
            _decide(db, one, "rejected", by, reason)
            db.conn.execute(
                "UPDATE deliveries SET state = 'held', held_for = 'rejected', wake_at = NULL,"
                " reason = ? WHERE id = ? AND state IN ('queued', 'held')",
                (f"{by} refused it: {reason}", one.id),
            )


def unapprove(db: Db, seen: Sequence[Row], by: str, reason: str) -> None:
    """Take the approval of what was `seen` back. What waited for its time goes on waiting.

    Raises StateError.
    """
    with writing(db):
        for one in seen:
            _as_seen(db, one, (*WAITING, "publishing"))  # in time until the very arming
            void_approvals(db, one.id, reason, by)
            audit.append(db, by, "unapproved", one.id, hash=one.signed_hash, reason=reason)
            if one.on_approval and one.expires_at is not None:
                db.conn.execute(
                    "UPDATE deliveries SET due_at = expires_at, wake_at = CASE state"
                    " WHEN 'queued' THEN expires_at ELSE wake_at END WHERE id = ?",
                    (one.id,),
                )


def decisions(db: Db, name: str | None = None) -> list[Decision]:
    """Return every word on deliveries, or on the one called `name`, in order."""
    found = db.conn.execute(
        "SELECT delivery, hash, decision, by_whom, reason, at FROM approvals"
        " WHERE :name IS NULL OR delivery = :name ORDER BY id",
        {"name": name},
    ).fetchall()
    return [
        Decision(name, seal, decision, by, reason, clock.from_stored(at))
        for name, seal, decision, by, reason, at in found
    ]


def signers(db: Db, one: Row) -> list[str]:
    """Return who has signed what the delivery holds now."""
    found = db.conn.execute(
        "SELECT by_whom FROM signatures WHERE delivery = ? AND hash = ? ORDER BY by_whom",
        (one.id, one.signed_hash),
    ).fetchall()
    return [who for (who,) in found]


def needed(one: Row, policy: Policy, now: datetime) -> int:
    """Return how many signatures a delivery needs to go out at `now` (see `gate.signed`)."""
    if one.mode == "outbox":
        return 0
    if one.sensitivity == "case_review":
        return 2
    return 1 if policy.approval or policy.closed_at(now) is not None else 0


def unsigned(db: Db, policy: Policy, now: datetime) -> list[Row]:
    """Return the waiting deliveries that still need a signature."""
    where = f"WHERE state IN ('queued', 'held') AND NOT {gate.signed('deliveries')}"
    return select(db, where, policy.values(now))


def missing(db: Db, policy: Policy, now: datetime) -> dict[str, int]:
    """Return how many signatures each of the waiting deliveries lacks that lack any."""
    return {
        one.id: needed(one, policy, now) - len(signers(db, one))
        for one in unsigned(db, policy, now)
    }


def _as_seen(db: Db, one: Row, states: Sequence[str] = WAITING) -> None:
    found = row(db, one.id)
    if (
        found is None
        or found.state not in states
        or (found.signed_hash, found.held_for) != (one.signed_hash, one.held_for)
    ):
        raise StateError(f"{one.id} has changed since it was shown; nothing was recorded")


def _decide(db: Db, one: Row, decision: str, by: str, reason: str | None) -> None:
    db.conn.execute(
        "INSERT INTO approvals (delivery, hash, decision, by_whom, reason, at)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (one.id, one.signed_hash, decision, by, reason, clock.stored(clock.now())),
    )
    detail = {"hash": one.signed_hash} | ({"reason": reason} if reason else {})
    audit.append(db, by, decision, one.id, **detail)


def _approved(db: Db, one: Row, policy: Policy, now: datetime, by: str, before: int) -> Approved:
    waits = one.on_approval and one.due_at == one.expires_at
    if one.state == "queued" and not waits and before >= needed(one, policy, now):
        return Approved(one.id, 0, None, one.due_at)  # enough had signed before
    short = max(0, needed(one, policy, now) - len(signers(db, one)))
    if short:
        return Approved(one.id, short, one.reason if one.state == "held" else None, one.due_at)
    due_at, held = one.due_at, one.reason if one.state == "held" else None
    if one.on_approval and (one.state == "queued" or one.held_for == "rejected"):
        due_at, held = now, None
    elif one.held_for == "rejected" and one.due_at > now:
        held = None
    elif one.due_at <= now and (one.state == "queued" or one.held_for == "rejected"):
        held = "it was approved after its time"
    if (due_at, held) != (one.due_at, one.reason if one.state == "held" else None):
        state = "held" if held else "queued"
        db.conn.execute(
            "UPDATE deliveries SET state = ?, held_for = ?, reason = ?, due_at = ?, wake_at = ?"
            " WHERE id = ?",
            (
                state,
                "unapproved" if held else None,
                held,
                clock.stored(due_at),
                None if held else clock.stored(due_at),
                one.id,
            ),
        )
        audit.append(db, by, state, one.id, reason=held, due_at=clock.stored(due_at))
    return Approved(one.id, 0, held, due_at)
