"""Deliveries that time has overtaken, and what processes that are gone left behind.

Two clocks: a delivery is due, late or expired by the time that the program works by, which may be
rehearsed; a lease is about a process, and runs by the machine's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sgcomms import clock
from sgcomms.db import Db, alerts, audit, gate, writing
from sgcomms.db.gate import MAX_SENDS, Policy
from sgcomms.db.outcomes import end_attempt
from sgcomms.db.queue import AFTER_BEFORE
from sgcomms.models import State


@dataclass(frozen=True, slots=True)
class Moved:
    """A delivery that a sweep moved, and why."""

    id: str
    state: State
    reason: str


def sweep(db: Db, now: datetime, policy: Policy, actor: str) -> list[Moved]:
    """Move what time has overtaken, and what a process that is gone left behind.

    A claim whose lease is over goes back to the queue if it was never armed, and is uncertain if it
    was. What has expired is withdrawn. What is due and may not go out by itself is held for a
    person: it came due while paused, was not approved by its time, falls into a closure, is late,
    or was tried too often.
    """
    times = {**policy.values(now), "machine": clock.stored(clock.real_now())}
    moves: list[Moved] = []
    with writing(db):
        for rule in _OVERTAKEN:
            moves += _sweep_one(db, actor, rule, times)
        for closure in policy.closures:
            if closure.first <= now:
                closed = {"closed": clock.stored(closure.first), "end": clock.stored(closure.until)}
                for rule in _closed(closure.name):
                    moves += _sweep_one(db, actor, rule, {**times, **closed})
        for rule in _stays(policy):
            moves += _sweep_one(db, actor, rule, times)
    return moves


@dataclass(frozen=True, slots=True)
class _Rule:
    """What a sweep moves: where to, why, which deliveries, and when a tick looks at them next."""

    state: State
    why: str
    where: str
    wake_at: str = "NULL"
    held_for: str | None = None


def _held(kind: str, why: str, where: str) -> _Rule:
    return _Rule("held", why, where, held_for=kind)


_WAKE = "max(due_at, :now)"
"""When a tick has to look at a delivery that is queued again."""

_LEFT = "state = 'publishing' AND lease_until <= :machine AND armed_at"
_DUE = "state = 'queued' AND due_at <= :now"

_OVERTAKEN = (
    _Rule("queued", "the process that had claimed it ended", f"{_LEFT} IS NULL", _WAKE),
    _Rule("uncertain", "the process that was sending it ended", f"{_LEFT} IS NOT NULL", ":now"),
    _Rule(
        "withdrawn",
        "it expired before it could go out",
        "state IN ('queued', 'held') AND expires_at <= :now",
    ),
    _held("paused", "it came due while paused", f"{_DUE} AND {gate.paused('deliveries')}"),
)


def _stays(policy: Policy) -> tuple[_Rule, ...]:
    """Return the rules for what is due and lacks something that it must have by itself."""
    unapproved = f"{_DUE} AND on_approval = 0 AND NOT {gate.signed('deliveries')}"
    return (
        _held("unapproved", "it was not approved by its time", unapproved),
        _held(
            "late",
            f"it came due over {_span(policy.late_after)} ago",
            "state = 'queued' AND due_at < :late",
        ),
        _held(
            "tries",
            f"it was tried {MAX_SENDS} times and never reached the platform",
            f"{_DUE} AND sends >= {MAX_SENDS}",
        ),
    )


def _closed(name: str) -> tuple[_Rule, ...]:
    """Return the rules for what comes due in a closure and may not go out in it.

    What came due before it and is late is held for that.
    """
    inside = "(due_at >= :closed AND due_at < :end)"
    since = "(due_at < :closed AND due_at >= :late AND :now >= :closed AND :now < :end)"
    due = f"state = 'queued' AND due_at <= :now AND ({inside} OR {since})"
    falls = f'it falls into "{name}"'
    return (
        _held(
            "closed",
            f"{falls} and is not marked `election_safe: true`",
            f"{due} AND election_safe = 0",
        ),
        _held(
            "closed",
            f"{falls}, and its campaign was queued after that had begun",
            f"{due} AND NOT {gate.queued_before('deliveries')}",
        ),
        _held(
            "closed",
            f"{falls}, and nobody but its author has signed it",
            f"{due} AND NOT {gate.signed('deliveries')}",
        ),
    )


def _span(length: timedelta) -> str:
    minutes = length // timedelta(minutes=1)
    number, unit = (minutes // 60, "hour") if minutes % 60 == 0 else (minutes, "minute")
    return f"{number} {unit}" + ("s" if number != 1 else "")


def _sweep_one(db: Db, actor: str, rule: _Rule, times: dict[str, str | int | None]) -> list[Moved]:
    """Move every delivery that a rule is about; why it had to wait before is not forgotten."""
    found = db.conn.execute(
        f"UPDATE deliveries SET state = :state, looks = 0, wake_at = {rule.wake_at},"
        " held_for = :held_for,"
        f" reason = :why || {AFTER_BEFORE}"
        f" WHERE {rule.where} RETURNING id, attempt, reason",
        {**times, "state": rule.state, "why": rule.why, "held_for": rule.held_for},
    ).fetchall()
    for name, attempt, reason in sorted(found):
        end_attempt(db, name, attempt, rule.state, reason)
        audit.append(db, actor, rule.state, name, reason=reason)
        alerts.moved(db, name, rule.state, reason)
    return [Moved(name, rule.state, reason) for name, _, reason in sorted(found)]
