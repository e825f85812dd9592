"""Deliveries on their way out: swept, claimed, armed, and what became of the request.

Two clocks: a delivery is due, late or expired by the time that the program works by, which may be
rehearsed; a lease is about a process, and runs by the machine's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sgcomms import clock
from sgcomms.addresses import plain_address
from sgcomms.db import Db, alerts, audit, gate, writing
from sgcomms.db.gate import MAX_SENDS, Policy
from sgcomms.db.queue import Row, draft_json, read_draft, select, stored
from sgcomms.errors import StateError
from sgcomms.models import Draft, Mode, Publication, State

LEASE = timedelta(seconds=120)
"""How long a claim holds; a request's total deadline is shorter."""

Looks = Sequence[timedelta]
"""The waits before each look for a delivery that is uncertain; after them a person decides."""


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


@dataclass(frozen=True, slots=True)
class Moved:
    """A delivery that a sweep moved, and why."""

    id: str
    state: State
    reason: str


class TakenError(StateError):
    """A publication that settles another delivery already cannot settle this one too."""


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
        " reason = :why || coalesce('; before that: ' || reason, '')"
        f" WHERE {rule.where} RETURNING id, attempt, reason",
        {**times, "state": rule.state, "why": rule.why, "held_for": rule.held_for},
    ).fetchall()
    for name, attempt, reason in sorted(found):
        end_attempt(db, name, attempt, rule.state, reason)
        audit.append(db, actor, rule.state, name, reason=reason)
        alerts.moved(db, name, rule.state, reason)
    return [Moved(name, rule.state, reason) for name, _, reason in sorted(found)]


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


def to_look_for(db: Db, now: datetime, account: str | None = None) -> list[Row]:
    """Return the deliveries, of one account or of all, that are uncertain and to be looked for."""
    where = "WHERE state = 'uncertain' AND wake_at <= ? AND account = coalesce(?, account)"
    return select(db, where, (clock.stored(now), account))


def found(db: Db, row: Row, publication: Publication, actor: str) -> None:
    """Settle an uncertain delivery with the publication that was found.

    Raises StateError when it is settled already, TakenError when the publication is another's.
    """
    with writing(db):
        _settle(db, row, "published", None, publication=publication)
        keep_publication(db, row.id, row.mode, publication)
        audit.append(db, actor, "published", row.id, **particulars("found", publication))


def not_sent(db: Db, row: Row, now: datetime, actor: str) -> None:
    """Queue an uncertain delivery again whose platform cannot post the same key twice.

    Raises StateError when it is settled already.
    """
    reason = "it was looked for and had not been sent"
    with writing(db):
        _settle(db, row, "queued", reason, wake_at=max(row.due_at, now))
        audit.append(db, actor, "queued", row.id, reason=reason)


def not_found(
    db: Db, row: Row, now: datetime, actor: str, looks: Looks, *, looked: bool = True
) -> None:
    """Record a look that found nothing: it proves nothing. After the last a person decides.

    One that could not be carried out (`looked` is False) is repeated until it can be.
    Raises StateError when the delivery is settled already.
    """
    with writing(db):
        done = db.conn.execute("SELECT looks FROM deliveries WHERE id = ?", (row.id,)).fetchone()[0]
        number = done + 1 if looked else min(done + 1, len(looks) - 1)
        next_look = now + looks[number] if number < len(looks) else None
        _settle(db, row, "uncertain", row.reason, wake_at=next_look)
        db.conn.execute("UPDATE deliveries SET looks = ? WHERE id = ?", (number, row.id))
        audit.append(db, actor, "looked", row.id, next_look=stored(next_look), looked=looked)


def _settle(
    db: Db,
    row: Row,
    state: State,
    reason: str | None,
    *,
    wake_at: datetime | None = None,
    publication: Publication | None = None,
) -> None:
    published_at = stored(publication.published_at) if publication else None
    url = publication.url if publication else None
    moved = db.conn.execute(
        "UPDATE deliveries SET state = ?, reason = ?, wake_at = ?, published_at = ?, url = ?"
        " WHERE id = ? AND state = 'uncertain' AND attempt = ?",
        (state, reason, stored(wake_at), published_at, url, row.id, row.attempt),
    ).rowcount
    if moved != 1:
        raise StateError(f"{row.id} was settled by somebody else")


def keep_publication(db: Db, name: str, mode: Mode, publication: Publication | None) -> None:
    """Keep a live publication; what went to an outbox is never one, so that it is never a figure.

    An export may have told of it before: then it is the same one, and now has its delivery. Where
    a person has given its address, that tells which.
    """
    if publication is None or mode == "outbox":
        return
    if publication.platform_id.startswith("https://"):
        known = _by_address(db, publication)
        publication = replace(publication, platform_id=known) if known else publication
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


def _by_address(db: Db, publication: Publication) -> str | None:
    """Return the id of what is at the address of `publication` and has no delivery, if anything."""
    found = db.conn.execute(
        "SELECT platform_id, url FROM publications WHERE account = ? AND delivery IS NULL"
        " AND url LIKE '%' || ? || '%'",
        (publication.account, publication.platform_id.rpartition("/")[2]),
    ).fetchall()
    same = [one for one, url in found if plain_address(url) == publication.platform_id]
    return same[0] if len(same) == 1 else None


def end_attempt(db: Db, name: str, attempt: int, state: State, reason: str | None) -> None:
    """Note how an attempt ended, inside the open transaction; one that has ended stays so."""
    db.conn.execute(
        "UPDATE attempts SET ended_at = ?, outcome = ?, detail = ?"
        " WHERE delivery = ? AND number = ? AND ended_at IS NULL",
        (clock.stored(clock.now()), state, reason, name, attempt),
    )


def particulars(reason: str | None, publication: Publication | None) -> dict[str, object]:
    """Return what the trail keeps of a publication, and why."""
    particulars: dict[str, object] = {"reason": reason} if reason else {}
    if publication is not None:
        particulars |= {"platform_id": publication.platform_id, "url": publication.url}
    return particulars
