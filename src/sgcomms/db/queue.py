"""Deliveries: the only SQL that writes them. The table is the queue.

Every move guards itself on the state before and leaves an audit row in the same transaction.
`wake_at` is when a tick has to look at a delivery next: its time, the end of a lease, the next look
for one that is uncertain; NULL when it waits for a person or is done.

Two clocks: a delivery is due, late or expired by the time that the program works by, which may be
rehearsed; a lease is about a process, and runs by the machine's own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
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
    """A delivery that `owner` may work on, at this attempt: both fence it off from all others."""

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


class TakenError(StateError):
    """A publication that settles another delivery already cannot settle this one too."""


def rows(db: Db, states: Sequence[State] = ()) -> list[Row]:
    """Return the deliveries by their time, all of them or those in `states`."""
    marks = ", ".join("?" * len(states))
    where = f" WHERE state IN ({marks})" if states else ""
    query = f"SELECT {_COLUMNS} FROM deliveries{where} ORDER BY due_at, id"
    return [_row(found) for found in db.conn.execute(query, tuple(states)).fetchall()]


def unmoved(db: Db, seen: Mapping[str, Row | None]) -> None:
    """Make sure, inside the open transaction, that deliveries are as they were when `seen`.

    A plan is made without the write lock; None stands for a delivery that was not there yet.
    Raises StateError when one has moved: the plan is stale.
    """
    now = {row.id: row for row in rows(db)}
    for name, row in seen.items():
        if now.get(name) != row:
            raise StateError(f"{name} has moved on since the plan was made; {_PLAN_AGAIN}")


def add(db: Db, deliveries: Iterable[Delivery], actor: str) -> None:
    """Queue deliveries that the table does not know, inside the open transaction.

    One that goes out on approval, to an outbox that needs none, is due at once.
    Raises StateError when the table knows one of them.
    """
    for one in deliveries:
        values = _values(one)
        added = db.conn.execute(
            "INSERT INTO deliveries (id, campaign, post, occurrence, account, platform, mode,"
            " due_at, expires_at, author, draft, text_key, content_hash, state, wake_at, queued_at)"
            " VALUES (:id, :campaign, :post, :occurrence, :account, :platform, :mode, :due,"
            " :expires, :author, :draft, :text_key, :content_hash, 'queued', :due, :now)"
            " ON CONFLICT (id) DO NOTHING",
            values,
        ).rowcount
        if added != 1:
            raise StateError(f"{one.id} was queued while the plan was made; {_PLAN_AGAIN}")
        audit.append(db, actor, "queued", one.id, **_signed(values))


def change(db: Db, deliveries: Iterable[Delivery], actor: str) -> None:
    """Give waiting deliveries their new content or time, inside the open transaction.

    One that was withdrawn because it had left the YAML, or had expired, is queued again, in the
    mode that its account has now. One that is held stays so, unless it is given a time to come:
    then a person has decided.
    Raises StateError when a delivery has moved on since the plan was made.
    """
    for one in deliveries:
        values = _values(one)
        changed = db.conn.execute(
            "UPDATE deliveries SET due_at = :due, expires_at = :expires, author = :author,"
            " platform = :platform, draft = :draft, text_key = :text_key,"
            " content_hash = :content_hash,"
            " mode = CASE state WHEN 'withdrawn' THEN :mode ELSE mode END,"
            f" wake_at = CASE WHEN {_STAYS_HELD} THEN NULL ELSE :due END,"
            f" reason = CASE WHEN {_STAYS_HELD} THEN reason END,"
            f" state = CASE WHEN {_STAYS_HELD} THEN 'held' ELSE 'queued' END"
            " WHERE id = :id AND (state IN ('queued', 'held')"
            " OR (state = 'withdrawn' AND by_person = 0)) RETURNING mode, state",
            values,
        ).fetchall()
        if not changed:
            raise StateError(f"{one.id} went out while the plan was made; {_PLAN_AGAIN}")
        mode, state = changed[0]
        audit.append(db, actor, "changed", one.id, **{**_signed(values), "mode": mode}, state=state)


_STAYS_HELD = "state = 'held' AND :due <= :now"
_PLAN_AGAIN = "nothing was changed: run `sgcomms queue` again"


def _values(one: Delivery) -> dict[str, object]:
    now = clock.now()
    return {
        "id": one.id,
        "campaign": one.campaign,
        "post": one.post,
        "occurrence": one.occurrence,
        "account": one.account,
        "platform": one.platform,
        "mode": one.mode,
        "due": clock.stored(one.at or now),
        "expires": _stored(one.expires_at),
        "author": one.author,
        "draft": _draft_json(one.draft),
        "text_key": one.text_key,
        "content_hash": one.content_hash,
        "now": clock.stored(now),
    }


def _signed(values: Mapping[str, object]) -> dict[str, object]:
    """Return what the trail keeps of a delivery that was queued or changed."""
    names = {"due_at": "due", "mode": "mode", "content_hash": "content_hash"}
    return {name: values[key] for name, key in names.items()}


def withdraw(db: Db, ids: Iterable[str], reason: str, actor: str) -> None:
    """Take waiting deliveries out of the queue, inside the open transaction. Raises StateError."""
    for name in ids:
        moved = db.conn.execute(
            "UPDATE deliveries SET state = 'withdrawn', reason = ?, wake_at = NULL"
            " WHERE id = ? AND state IN ('queued', 'held')",
            (reason, name),
        ).rowcount
        if moved != 1:
            raise StateError(f"{name} went out while the plan was made; {_PLAN_AGAIN}")
        audit.append(db, actor, "withdrawn", name, reason=reason)


def sweep(db: Db, now: datetime, late_after: timedelta, actor: str) -> list[Moved]:
    """Move what time has overtaken, and what a process that is gone left behind.

    What has expired is withdrawn; what is late is held for a person; a claim whose lease is over
    goes back to the queue if it was never armed, and is uncertain if it was.
    """
    times = {
        "now": clock.stored(now),
        "late": clock.stored(now - late_after),
        "machine": clock.stored(clock.real_now()),
    }
    left = "state = 'publishing' AND lease_until <= :machine AND armed_at"
    expired = "it expired before it could go out"
    late = (
        f"it came due over {_span(late_after)} ago: give the post a time to come, then "
        "`sgcomms queue`"
    )
    rules: tuple[tuple[State, str, str, str], ...] = (
        ("queued", "the process that had claimed it ended", f"{left} IS NULL", _WAKE),
        ("uncertain", "the process that was sending it ended", f"{left} IS NOT NULL", ":now"),
        ("withdrawn", expired, "state IN ('queued', 'held') AND expires_at <= :now", "NULL"),
        ("held", late, "state = 'queued' AND due_at < :late", "NULL"),
    )
    moves: list[Moved] = []
    with writing(db):
        for state, why, where, wake_at in rules:
            moves += _sweep_one(db, actor, state, why, where, wake_at, times)
    return moves


def _span(length: timedelta) -> str:
    minutes = length // timedelta(minutes=1)
    number, unit = (minutes // 60, "hour") if minutes % 60 == 0 else (minutes, "minute")
    return f"{number} {unit}" + ("s" if number != 1 else "")


_WAKE = "max(due_at, :now)"
"""When a tick has to look at a delivery that is queued again."""


def _sweep_one(
    db: Db,
    actor: str,
    state: State,
    why: str,
    where: str,
    wake_at: str,
    times: Mapping[str, str],
) -> list[Moved]:
    """Move every delivery that fulfils `where`; why it had to wait before is not forgotten."""
    found = db.conn.execute(
        f"UPDATE deliveries SET state = :state, looks = 0, wake_at = {wake_at},"
        " reason = :why || coalesce('; before that: ' || reason, '')"
        f" WHERE {where} RETURNING id, attempt, reason",
        {**times, "state": state, "why": why},
    ).fetchall()
    for name, attempt, reason in sorted(found):
        _end_attempt(db, name, attempt, state, reason)
        audit.append(db, actor, state, name, reason=reason)
    return [Moved(name, state, reason) for name, _, reason in sorted(found)]


_MAY_GO = "(expires_at IS NULL OR expires_at > :now) AND due_at >= :late AND due_at <= :now"
"""What is checked in the claim and again in the arming transaction."""


def claim(
    db: Db, now: datetime, late_after: timedelta, owner: str, modes: Sequence[Mode]
) -> Claim | None:
    """Claim the delivery that is due first, or None. No account has two being sent at once.

    The claim holds for LEASE, by the machine's own clock.
    """
    names = {f"mode{number}": mode for number, mode in enumerate(modes)}
    marks = ", ".join(f":{name}" for name in names)
    with writing(db):
        found = db.conn.execute(
            "UPDATE deliveries SET state = 'publishing', reason = NULL, owner = :owner,"
            " attempt = attempt + 1, armed_at = NULL, lease_until = :lease, wake_at = :lease"
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
                "lease": clock.stored(clock.real_now() + LEASE),
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
            " AND owner = :owner AND attempt = :attempt AND lease_until > :machine"
            f" AND {_MAY_GO}",
            {
                "machine": clock.stored(clock.real_now()),
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

    This and the other outcomes of a request hold even when it outlived its lease and was called
    uncertain meanwhile: whoever sent it knows best.
    Raises StateError when the claim was lost, TakenError when the publication is another's.
    """
    with writing(db):
        _finish(db, held, "published", None, publication=publication)


def failed(db: Db, held: Claim, reason: str) -> None:
    """Record a definite refusal. Raises StateError when the claim was lost."""
    with writing(db):
        _finish(db, held, "failed", reason)


def uncertain(db: Db, held: Claim, reason: str, now: datetime) -> None:
    """Record that nobody knows; the first look follows. Raises StateError as `failed` does."""
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
    moved = db.conn.execute(
        "UPDATE deliveries SET state = ?, reason = ?, wake_at = ?, looks = 0, published_at = ?,"
        " url = ? WHERE id = ? AND state IN ('publishing', 'uncertain')"
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
    """Settle an uncertain delivery with the publication that was found.

    Raises StateError when it is settled already, TakenError when the publication is another's.
    """
    with writing(db):
        _settle(db, row, "published", None, publication=publication)
        _keep_publication(db, row.id, row.mode, publication)
        audit.append(db, actor, "published", row.id, **_particulars("found", publication))


def not_sent(db: Db, row: Row, now: datetime, actor: str) -> None:
    """Queue an uncertain delivery again whose platform cannot post the same key twice.

    Raises StateError when it is settled already.
    """
    reason = "it was looked for and had not been sent"
    with writing(db):
        _settle(db, row, "queued", reason, wake_at=max(row.due_at, now))
        audit.append(db, actor, "queued", row.id, reason=reason)


def not_found(db: Db, row: Row, now: datetime, actor: str, *, looked: bool = True) -> None:
    """Record a look that found nothing: it proves nothing. After the last a person decides.

    One that could not be carried out (`looked` is False) is repeated until it can be.
    Raises StateError when the delivery is settled already.
    """
    with writing(db):
        done = db.conn.execute("SELECT looks FROM deliveries WHERE id = ?", (row.id,)).fetchone()[0]
        number = done + 1 if looked else min(done + 1, len(LOOKS) - 1)
        next_look = now + LOOKS[number] if number < len(LOOKS) else None
        _settle(db, row, "uncertain", row.reason, wake_at=next_look)
        db.conn.execute("UPDATE deliveries SET looks = ? WHERE id = ?", (number, row.id))
        audit.append(db, actor, "looked", row.id, next_look=_stored(next_look), looked=looked)


def _settle(
    db: Db,
    row: Row,
    state: State,
    reason: str | None,
    *,
    wake_at: datetime | None = None,
    publication: Publication | None = None,
) -> None:
    published_at = _stored(publication.published_at) if publication else None
    url = publication.url if publication else None
    moved = db.conn.execute(
        "UPDATE deliveries SET state = ?, reason = ?, wake_at = ?, published_at = ?, url = ?"
        " WHERE id = ? AND state = 'uncertain' AND attempt = ?",
        (state, reason, _stored(wake_at), published_at, url, row.id, row.attempt),
    ).rowcount
    if moved != 1:
        raise StateError(f"{row.id} was settled by somebody else")


def _keep_publication(db: Db, name: str, mode: Mode, publication: Publication | None) -> None:
    """Keep a live publication; what went to an outbox is never one, so that it is never a figure.

    An export may have told of it before: then it is the same one, and now has its delivery.
    """
    if publication is None or mode == "outbox":
        return
    kept = db.conn.execute(
        "INSERT INTO publications (account, platform_id, published_at, url, kind, text, delivery)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (account, platform_id) DO UPDATE SET"
        " published_at = excluded.published_at, url = coalesce(excluded.url, url),"
        " kind = coalesce(excluded.kind, kind), text = coalesce(excluded.text, text),"
        " delivery = excluded.delivery WHERE delivery IS NULL",
        (
            publication.account,
            publication.platform_id,
            clock.stored(publication.published_at),
            publication.url,
            publication.kind,
            publication.text,
            name,
        ),
    ).rowcount
    if kept != 1:
        raise TakenError(f"{name}: {publication.platform_id} settles another delivery already")


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
