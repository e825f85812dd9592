"""Deliveries on their way out: claimed, armed, and what became of the request.

Two clocks: a delivery is due, late or expired by the time that the program works by, which may be
rehearsed; a lease is about a process, and runs by the machine's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sgcomms import clock
from sgcomms.db import Db, alerts, audit, gate, writing
from sgcomms.db.gate import Policy
from sgcomms.db.outcomes import end_attempt, keep_publication, particulars
from sgcomms.db.queue import draft_json, read_draft, stored
from sgcomms.errors import StateError
from sgcomms.models import Draft, Mode, Publication, State

LEASE = timedelta(seconds=120)
"""How long a claim holds; a request's total deadline is shorter."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that `owner` may work on, at this attempt: both fence it off from all others.

    `sends` is how often it was armed before. `look_since` is set when it may have gone out since
    then from another copy of the database.
    """

    id: str
    account: str
    platform: str
    mode: Mode
    draft: Draft
    owner: str
    attempt: int
    sends: int
    look_since: datetime | None


def due_accounts(db: Db, now: datetime, modes: Sequence[Mode]) -> list[str]:
    """Return the accounts that have something to send, those with the oldest first."""
    marks = ", ".join("?" * len(modes))
    found = db.conn.execute(
        "SELECT account FROM deliveries WHERE state = 'queued' AND wake_at <= ?"
        f" AND mode IN ({marks}) GROUP BY account ORDER BY min(due_at), account",
        (clock.stored(now), *modes),
    ).fetchall()
    return [account for (account,) in found]


def claim(
    db: Db, now: datetime, policy: Policy, owner: str, modes: Sequence[Mode], account: str
) -> Claim | None:
    """Claim the delivery of `account` that is due first and may go, or None.

    No account has two being sent at once. The claim holds for LEASE, by the machine's own clock.
    """
    names = {f"mode{number}": mode for number, mode in enumerate(modes)}
    marks = ", ".join(f":{name}" for name in names)
    with writing(db):
        found = db.conn.execute(
            "UPDATE deliveries SET state = 'publishing', reason = NULL, owner = :owner,"
            " attempt = attempt + 1, armed_at = NULL, lease_until = :lease, wake_at = :lease"
            " WHERE id = (SELECT id FROM deliveries AS one WHERE state = 'queued'"
            f" AND account = :account AND wake_at <= :now AND mode IN ({marks})"
            f" AND {gate.may_go('one')}"
            " AND NOT EXISTS (SELECT 1 FROM deliveries AS other"
            " WHERE other.account = one.account AND other.state = 'publishing')"
            " ORDER BY due_at, id LIMIT 1)"
            " RETURNING id, account, platform, mode, draft, attempt, sends, look_since",
            {
                **policy.values(now),
                **names,
                "owner": owner,
                "account": account,
                "lease": clock.stored(clock.real_now() + LEASE),
            },
        ).fetchall()
        if not found:
            return None
        name, of, platform, mode, draft, attempt, sends, look_since = found[0]
        db.conn.execute(
            "INSERT INTO attempts (delivery, number, owner, claimed_at) VALUES (?, ?, ?, ?)",
            (name, attempt, owner, clock.stored(now)),
        )
        audit.append(db, owner, "claimed", name, attempt=attempt)
    since = clock.from_stored(look_since) if look_since else None
    return Claim(name, of, platform, mode, read_draft(draft), owner, attempt, sends, since)


def arm(db: Db, held: Claim, now: datetime, policy: Policy, draft: Draft) -> bool:
    """Commit the intent to send `held`: the last commit before the request.

    `draft` is what will be sent, with what `upload` has added. False when the delivery may no
    longer go: all that the claim asked for is asked again, and that the claim still holds.
    """
    with writing(db):
        armed = db.conn.execute(
            "UPDATE deliveries SET armed_at = :now, draft = :draft, sends = sends + 1,"
            " look_since = NULL"
            f" WHERE {_OURS} AND armed_at IS NULL AND {gate.may_go('deliveries')}",
            {**policy.values(now), **_fence(held), "draft": draft_json(draft)},
        ).rowcount
        if armed:
            db.conn.execute(
                "UPDATE attempts SET armed_at = ? WHERE delivery = ? AND number = ?",
                (clock.stored(now), held.id, held.attempt),
            )
            audit.append(db, held.owner, "armed", held.id, attempt=held.attempt)
    return armed == 1


def hand(db: Db, held: Claim, now: datetime, policy: Policy) -> bool:
    """Record that the officer was given `held` to post by hand. False as `arm` says it."""
    with writing(db):
        handed = db.conn.execute(
            "UPDATE deliveries SET state = 'handed', reason = :why, wake_at = NULL"
            f" WHERE {_OURS} AND armed_at IS NULL AND {gate.may_go('deliveries')}",
            {**policy.values(now), **_fence(held), "why": _HANDED},
        ).rowcount
        if handed:
            end_attempt(db, held.id, held.attempt, "handed", None)
            audit.append(db, held.owner, "handed", held.id, attempt=held.attempt)
            alerts.moved(db, held.id, "handed", _HANDED)
    return handed == 1


_HANDED = "post it by hand, then say so: `sgcomms settle --posted URL`"
_OURS = (
    "id = :id AND state = 'publishing' AND owner = :owner AND attempt = :attempt"
    " AND lease_until > :machine"
)


def _fence(held: Claim) -> dict[str, str | int]:
    machine = clock.stored(clock.real_now())
    return {"id": held.id, "owner": held.owner, "attempt": held.attempt, "machine": machine}


def may_still_go(db: Db, held: Claim, now: datetime, policy: Policy) -> bool:
    """Tell, without a commit, whether nothing has come up against `held` since it was armed."""
    found = db.conn.execute(
        f"SELECT {gate.still('one')} FROM deliveries AS one WHERE id = :id"
        " AND state = 'publishing' AND owner = :owner AND attempt = :attempt",
        {**policy.values(now), **_fence(held)},
    ).fetchone()
    return bool(found and found[0])


def published(db: Db, held: Claim, publication: Publication) -> None:
    """Record that the claimed delivery is public.

    This and the other outcomes of a request hold even when it outlived its lease and was called
    uncertain meanwhile: whoever sent it knows best.
    Raises StateError when another attempt has begun, TakenError when the publication is another's.
    """
    with writing(db):
        _finish(db, held, "published", None, publication=publication)


def strayed(db: Db, held: Claim, publication: Publication) -> None:
    """Record a publication whose delivery somebody has taken over: it may be public twice.

    One that was found meanwhile, and settled its delivery, is not another.
    """
    words = f"{publication.url or publication.platform_id} went out when it had been given up"
    with writing(db):
        settled = db.conn.execute(
            "SELECT delivery FROM publications WHERE account = ? AND platform_id = ?",
            (publication.account, publication.platform_id),
        ).fetchone()
        if held.mode == "outbox" or (settled is not None and settled[0] == held.id):
            return  # it was found meanwhile: the same one
        db.conn.execute(
            "INSERT INTO publications (account, platform_id, published_at, url)"
            " VALUES (?, ?, ?, ?) ON CONFLICT (account, platform_id) DO NOTHING",
            (
                publication.account,
                publication.platform_id,
                clock.stored(publication.published_at),
                publication.url,
            ),
        )
        audit.append(db, held.owner, "strayed", held.id, **particulars(words, publication))
        alerts.add(db, "twice", held.id, f"{words}: look at the account, it may be there twice")


def failed(db: Db, held: Claim, reason: str) -> None:
    """Record a definite refusal. Raises StateError when the claim was lost."""
    with writing(db):
        _finish(db, held, "failed", reason)


def uncertain(db: Db, held: Claim, reason: str, first_look: datetime) -> None:
    """Record that nobody knows; the first look follows. Raises StateError as `failed` does."""
    with writing(db):
        _finish(db, held, "uncertain", reason, wake_at=first_look)


def again(db: Db, held: Claim, reason: str, not_before: datetime) -> None:
    """Put back what was certainly not sent. Raises StateError when the claim was lost."""
    with writing(db):
        _finish(db, held, "queued", reason, wake_at=not_before)


def _finish(
    db: Db,
    held: Claim,
    state: State,
    reason: str | None,
    *,
    wake_at: datetime | None = None,
    publication: Publication | None = None,
) -> None:
    # a person may have given it up, but whoever sent it knows best
    states = "'publishing', 'uncertain'" + (
        ", 'queued', 'held', 'withdrawn'" if publication else ""
    )
    moved = db.conn.execute(
        "UPDATE deliveries SET state = ?, reason = ?, wake_at = ?, looks = 0, held_for = NULL,"
        " published_at = ?, url = ?"
        f" WHERE id = ? AND state IN ({states}) AND owner = ? AND attempt = ?",
        (
            state,
            reason,
            stored(wake_at),
            stored(publication.published_at) if publication else None,
            publication.url if publication else None,
            held.id,
            held.owner,
            held.attempt,
        ),
    ).rowcount
    if moved != 1:
        raise StateError(f"{held.id} was taken over while it was being sent")
    end_attempt(db, held.id, held.attempt, state, reason)
    keep_publication(db, held.id, held.mode, publication)
    audit.append(db, held.owner, state, held.id, **particulars(reason, publication))
    alerts.moved(db, held.id, state, reason)
