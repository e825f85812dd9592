"""Deliveries: the only SQL that writes them. The table is the queue.

Every move guards itself on the state before and leaves an audit row in the same transaction.
`wake_at` is when a tick has to look at a delivery next: its time, the end of a lease, the next look
for one that is uncertain; NULL when it waits for a person or is done.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sgcomms import clock
from sgcomms.db import Db, audit, writing
from sgcomms.errors import StateError
from sgcomms.models import Delivery, Draft, DraftMedia, Mode, Publication, State

LEASE = timedelta(seconds=120)
"""How long a claim holds; a request's total deadline is shorter."""

LOOKS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=3))
"""The waits before each look for a delivery that is uncertain; after them a person decides."""

_COLUMNS = (
    "id, campaign, post, account, platform, mode, due_at, state, reason, by_person, text_key,"
    " content_hash, armed_at, published_at, url, draft, attempt"
)


@dataclass(frozen=True, slots=True)
class Row:
    """A delivery as it stands in the queue. Times are UTC."""

    id: str
    campaign: str
    post: str
    account: str
    platform: str
    mode: Mode
    due_at: datetime
    state: State
    reason: str | None
    by_person: bool
    text_key: str
    content_hash: str
    armed_at: datetime | None
    published_at: datetime | None
    url: str | None
    draft: Draft
    attempt: int


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that `owner` may work on, at this attempt: the two fence it off from all others."""

    id: str
    account: str
    platform: str
    mode: Mode
    draft: Draft
    owner: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Moved:
    """A delivery that a sweep moved, and why."""

    id: str
    state: State
    reason: str


def rows(db: Db, states: Sequence[State] = ()) -> list[Row]:
    """Return the deliveries by their time, all of them or those in `states`."""
    marks = ", ".join("?" * len(states))
    where = f" WHERE state IN ({marks})" if states else ""
    query = f"SELECT {_COLUMNS} FROM deliveries{where} ORDER BY due_at, id"
    return [_row(found) for found in db.conn.execute(query, tuple(states)).fetchall()]


def add(db: Db, deliveries: Iterable[Delivery], actor: str) -> None:
    """Queue deliveries that the table does not know, inside the open transaction.

    One that goes out on approval, to an outbox that needs none, is due at once.
    """
    now = clock.now()
    for one in deliveries:
        due = clock.stored(one.at or now)
        db.conn.execute(
            "INSERT INTO deliveries (id, campaign, post, occurrence, account, platform, mode,"
            " due_at, expires_at, author, draft, text_key, content_hash, state, wake_at, queued_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued', ?, ?)",
            (
                one.id,
                one.campaign,
                one.post,
                one.occurrence,
                one.account,
                one.platform,
                one.mode,
                due,
                _stored(one.expires_at),
                one.author,
                _draft_json(one.draft),
                one.text_key,
                one.content_hash,
                due,
                clock.stored(now),
            ),
        )
        audit.append(
            db, actor, "queued", one.id, due_at=due, mode=one.mode, content_hash=one.content_hash
        )


def change(db: Db, deliveries: Iterable[Delivery], actor: str) -> None:
    """Give waiting deliveries their new content or time, inside the open transaction.

    One that was withdrawn because it had left the YAML is queued again; one that is held stays so.
    Raises StateError when a delivery has moved on since the plan was made.
    """
    now = clock.now()
    for one in deliveries:
        due = clock.stored(one.at or now)
        moved = db.conn.execute(
            "UPDATE deliveries SET due_at = ?2, expires_at = ?3, author = ?4, draft = ?5,"
            " text_key = ?6, content_hash = ?7,"
            " wake_at = CASE state WHEN 'held' THEN NULL ELSE ?2 END,"
            " reason = CASE state WHEN 'held' THEN reason END,"
            " state = CASE state WHEN 'held' THEN 'held' ELSE 'queued' END"
            " WHERE id = ?1 AND (state IN ('queued', 'held')"
            " OR (state = 'withdrawn' AND by_person = 0))",
            (
                one.id,
                due,
                _stored(one.expires_at),
                one.author,
                _draft_json(one.draft),
                one.text_key,
                one.content_hash,
            ),
        ).rowcount
        if moved != 1:
            raise StateError(f"{one.id} went out while it was being changed; plan again")
        audit.append(db, actor, "changed", one.id, due_at=due, content_hash=one.content_hash)


def withdraw(db: Db, ids: Iterable[str], reason: str, actor: str) -> None:
    """Take waiting deliveries out of the queue, inside the open transaction. Raises StateError."""
    for name in ids:
        moved = db.conn.execute(
            "UPDATE deliveries SET state = 'withdrawn', reason = ?, wake_at = NULL"
            " WHERE id = ? AND state IN ('queued', 'held')",
            (reason, name),
        ).rowcount
        if moved != 1:
            raise StateError(f"{name} went out while it was being withdrawn; plan again")
        audit.append(db, actor, "withdrawn", name, reason=reason)


def sweep(db: Db, now: datetime, late_after: timedelta, actor: str) -> list[Moved]:
    """Move what time has overtaken, and what a process that is gone left behind.

    What has expired is withdrawn; what is late is held for a person; a claim whose lease is over
    goes back to the queue if it was never armed, and is uncertain if it was.
    """
    at = clock.stored(now)
    late = clock.stored(now - late_after)
    moves: list[Moved] = []
    with writing(db):
        moves += _sweep_one(
            db,
            actor,
            "withdrawn",
            "it expired before it could go out",
            "state = 'queued' AND expires_at <= ?",
            (at,),
        )
        moves += _sweep_one(
            db,
            actor,
            "held",
            "its time was more than the allowed delay ago",
            "state = 'queued' AND due_at < ?",
            (late,),
        )
        moves += _sweep_one(
            db,
            actor,
            "queued",
            "the process that had claimed it ended before sending",
            "state = 'publishing' AND wake_at <= ? AND armed_at IS NULL",
            (at,),
            wake_at=at,
        )
        moves += _sweep_one(
            db,
            actor,
            "uncertain",
            "the process that was sending it ended without an answer",
            "state = 'publishing' AND wake_at <= ? AND armed_at IS NOT NULL",
            (at,),
            wake_at=at,
        )
    return moves


def _sweep_one(
    db: Db,
    actor: str,
    state: State,
    reason: str,
    where: str,
    values: tuple[str, ...],
    wake_at: str | None = None,
) -> list[Moved]:
    found = db.conn.execute(
        f"UPDATE deliveries SET state = ?, reason = ?, wake_at = ?, looks = 0 WHERE {where}"
        " RETURNING id, attempt",
        (state, reason, wake_at, *values),
    ).fetchall()
    for name, attempt in sorted(found):
        _end_attempt(db, name, attempt, state, reason)
        audit.append(db, actor, state, name, reason=reason)
    return [Moved(name, state, reason) for name, _ in sorted(found)]


_MAY_GO = "(expires_at IS NULL OR expires_at > :now) AND due_at >= :late AND due_at <= :now"
"""What is checked in the claim and again in the arming transaction."""


def claim(
    db: Db, now: datetime, late_after: timedelta, owner: str, modes: Sequence[Mode]
) -> Claim | None:
    """Claim the delivery that is due first, or None. No account has two being sent at once."""
    names = {f"mode{number}": mode for number, mode in enumerate(modes)}
    marks = ", ".join(f":{name}" for name in names)
    with writing(db):
        found = db.conn.execute(
            "UPDATE deliveries SET state = 'publishing', reason = NULL, owner = :owner,"
            " attempt = attempt + 1, armed_at = NULL, wake_at = :lease"
            " WHERE id = (SELECT id FROM deliveries AS one WHERE state = 'queued'"
            f" AND wake_at <= :now AND {_MAY_GO} AND mode IN ({marks})"
            " AND NOT EXISTS (SELECT 1 FROM deliveries AS other"
            " WHERE other.account = one.account AND other.state = 'publishing')"
            " ORDER BY due_at, id LIMIT 1)"
            " RETURNING id, account, platform, mode, draft, attempt",
            {
                "owner": owner,
                "now": clock.stored(now),
                "late": clock.stored(now - late_after),
                "lease": clock.stored(now + LEASE),
                **names,
            },
        ).fetchall()
        if not found:
            return None
        name, account, platform, mode, draft, attempt = found[0]
        db.conn.execute(
            "INSERT INTO attempts (delivery, number, owner, claimed_at) VALUES (?, ?, ?, ?)",
            (name, attempt, owner, clock.stored(now)),
        )
        audit.append(db, owner, "claimed", name, attempt=attempt)
    return Claim(name, account, platform, mode, _draft(draft), owner, attempt)


def arm(db: Db, held: Claim, now: datetime, late_after: timedelta, draft: Draft) -> bool:
    """Commit the intent to send `held`: the last commit before the request.

    `draft` is what will be sent, with what `upload` has added. False when the delivery may no
    longer go: it expired, came too late, or the lease was lost.
    """
    with writing(db):
        armed = db.conn.execute(
            "UPDATE deliveries SET armed_at = :now, draft = :draft"
            " WHERE id = :id AND state = 'publishing' AND armed_at IS NULL"
            f" AND owner = :owner AND attempt = :attempt AND wake_at > :now AND {_MAY_GO}",
            {
                "id": held.id,
                "owner": held.owner,
                "attempt": held.attempt,
                "now": clock.stored(now),
                "late": clock.stored(now - late_after),
                "draft": _draft_json(draft),
            },
        ).rowcount
        if armed:
            db.conn.execute(
                "UPDATE attempts SET armed_at = ? WHERE delivery = ? AND number = ?",
                (clock.stored(now), held.id, held.attempt),
            )
            audit.append(db, held.owner, "armed", held.id, attempt=held.attempt)
    return armed == 1


def published(db: Db, held: Claim, publication: Publication) -> None:
    """Record that the claimed delivery is public.

    A request that outlived its lease may find the delivery uncertain by now: it no longer is.
    Raises StateError when somebody else has settled it.
    """
    with writing(db):
        _finish(db, held, "published", None, publication=publication)


def failed(db: Db, held: Claim, reason: str) -> None:
    """Record a definite refusal. Raises StateError when the claim was lost."""
    with writing(db):
        _finish(db, held, "failed", reason)


def uncertain(db: Db, held: Claim, reason: str, now: datetime) -> None:
    """Record that nobody knows; the first look follows. Raises StateError when the claim was lost."""
    with writing(db):
        _finish(db, held, "uncertain", reason, wake_at=now + LOOKS[0])


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
    may_be_uncertain = "'uncertain'" if publication else "'publishing'"
    moved = db.conn.execute(
        "UPDATE deliveries SET state = ?, reason = ?, wake_at = ?, looks = 0, published_at = ?,"
        f" url = ? WHERE id = ? AND state IN ('publishing', {may_be_uncertain})"
        " AND owner = ? AND attempt = ?",
        (
            state,
            reason,
            _stored(wake_at),
            _stored(publication.published_at) if publication else None,
            publication.url if publication else None,
            held.id,
            held.owner,
            held.attempt,
        ),
    ).rowcount
    if moved != 1:
        raise StateError(f"{held.id} was taken over while it was being sent")
    _end_attempt(db, held.id, held.attempt, state, reason)
    _keep_publication(db, held.id, held.mode, publication)
    audit.append(db, held.owner, state, held.id, **_particulars(reason, publication))


def to_look_for(db: Db, now: datetime) -> list[Row]:
    """Return the deliveries that are uncertain and whose next look is due."""
    query = f"SELECT {_COLUMNS} FROM deliveries WHERE state = 'uncertain' AND wake_at <= ?"
    found = db.conn.execute(f"{query} ORDER BY due_at, id", (clock.stored(now),)).fetchall()
    return [_row(one) for one in found]


def found(db: Db, row: Row, publication: Publication, actor: str) -> None:
    """Settle an uncertain delivery with the publication that was found. Raises StateError."""
    with writing(db):
        _settle(db, row, "published", None, None, publication)
        _keep_publication(db, row.id, row.mode, publication)
        audit.append(db, actor, "published", row.id, **_particulars("found", publication))


def not_sent(db: Db, row: Row, now: datetime, actor: str) -> None:
    """Queue an uncertain delivery again whose platform cannot post the same key twice."""
    with writing(db):
        _settle(db, row, "queued", "it was looked for and had not been sent", clock.stored(now))
        audit.append(db, actor, "queued", row.id, reason="looked for; not sent")


def not_found(db: Db, row: Row, now: datetime, actor: str) -> None:
    """Record a look that found nothing: it proves nothing. After the last a person decides."""
    with writing(db):
        looks = db.conn.execute("SELECT looks FROM deliveries WHERE id = ?", (row.id,)).fetchone()[
            0
        ]
        next_look = now + LOOKS[looks + 1] if looks + 1 < len(LOOKS) else None
        _settle(db, row, "uncertain", row.reason, _stored(next_look))
        db.conn.execute("UPDATE deliveries SET looks = looks + 1 WHERE id = ?", (row.id,))
        audit.append(db, actor, "looked", row.id, next_look=_stored(next_look))


def _settle(
    db: Db,
    row: Row,
    state: State,
    reason: str | None,
    wake_at: str | None,
    publication: Publication | None = None,
) -> None:
    published_at = _stored(publication.published_at) if publication else None
    url = publication.url if publication else None
    moved = db.conn.execute(
        "UPDATE deliveries SET state = ?, reason = ?, wake_at = ?, published_at = ?, url = ?"
        " WHERE id = ? AND state = 'uncertain' AND attempt = ?",
        (state, reason, wake_at, published_at, url, row.id, row.attempt),
    ).rowcount
    if moved != 1:
        raise StateError(f"{row.id} was settled by somebody else")


def _keep_publication(db: Db, name: str, mode: Mode, publication: Publication | None) -> None:
    """Keep a live publication; what went to an outbox is never one, so that it is never a figure."""
    if publication is None or mode == "outbox":
        return
    db.conn.execute(
        "INSERT INTO publications (account, platform_id, published_at, url, kind, text, delivery)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            publication.account,
            publication.platform_id,
            clock.stored(publication.published_at),
            publication.url,
            publication.kind,
            publication.text,
            name,
        ),
    )


def _end_attempt(db: Db, name: str, attempt: int, state: State, reason: str | None) -> None:
    db.conn.execute(
        "UPDATE attempts SET ended_at = ?, outcome = ?, detail = ?"
        " WHERE delivery = ? AND number = ? AND ended_at IS NULL",
        (clock.stored(clock.now()), state, reason, name, attempt),
    )


def _particulars(reason: str | None, publication: Publication | None) -> dict[str, object]:
    particulars: dict[str, object] = {"reason": reason} if reason else {}
    if publication is not None:
        particulars |= {"platform_id": publication.platform_id, "url": publication.url}
    return particulars


def _row(found: tuple[object, ...]) -> Row:
    values: dict[str, Any] = dict(zip(_COLUMNS.replace(",", " ").split(), found, strict=True))
    for name in ("due_at", "armed_at", "published_at"):
        text = values[name]
        values[name] = clock.from_stored(str(text)) if text else None
    values["by_person"] = bool(values["by_person"])
    values["draft"] = _draft(str(values["draft"]))
    return Row(**values)


def _stored(moment: datetime | None) -> str | None:
    return clock.stored(moment) if moment else None


def _draft_json(draft: Draft) -> str:
    return json.dumps(asdict(draft), ensure_ascii=False)


def _draft(text: str) -> Draft:
    values = json.loads(text)
    values["media"] = tuple(DraftMedia(**item) for item in values["media"])
    return Draft(**values)
