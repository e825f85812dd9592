"""Documents on their way to people: claimed, armed, and what became of each e-mail.

The rules are those of deliveries (see `sending`): intent is committed before the e-mail is handed
over, and what is not surely "not sent" is uncertain, and never tried again by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sgcomms import clock
from sgcomms.db import Db, alerts, audit, chores, writing
from sgcomms.db.gate import MAX_SENDS
from sgcomms.db.issues import Issue
from sgcomms.db.sending import LEASE
from sgcomms.errors import StateError

State = Literal["queued", "sending", "sent", "failed", "uncertain", "withdrawn"]

CARRY_ON = timedelta(days=1)
"""How long after somebody's yes what is left is still sent by itself."""

UNCERTAIN = "report uncertain"
"""The kind of an alert about somebody who may have got a document."""

FAILED = "report failed"
"""The kind of an alert about somebody whose server refused a document."""

TWICE = "report twice"
"""The kind of an alert about somebody who may have got the same document twice."""

CHORE = "reports"
"""Wakes the tick that looks whether whoever was sending has ended before it was done."""

CUT_OFF = "the program ended while it was being sent, so it may have arrived"


@dataclass(frozen=True, slots=True)
class Sending:
    """One issue on its way to one person. `sends` is how often it was armed.

    `position` is the person's number among those it goes to; `reason` is why it is in its state.
    """

    id: int
    issue: int
    position: int
    recipient: str
    state: State
    reason: str | None
    attempt: int
    sends: int
    armed_at: datetime | None
    wake_at: datetime | None
    lease_until: datetime | None


@dataclass(frozen=True, slots=True)
class Held:
    """A sending that `owner` may work on; owner and attempt fence it off from all others."""

    sending: Sending
    owner: str


def of(db: Db, issue: int) -> list[Sending]:
    """Return the sendings of an issue, in their order."""
    return _select(db, "issue = ? ORDER BY position", (issue,))


def standing(db: Db) -> list[tuple[str, Sending]]:
    """Return what is uncertain, each with the document that it is about."""
    found = _select(db, "state = 'uncertain' ORDER BY id", ())
    return [(_document(db, one), one) for one in found]


def open_ones(db: Db, since: datetime) -> list[tuple[str, Sending]]:
    """Return what is queued, is being sent, or has failed after `since`, each with its document.

    What a later issue took the place of is left out.
    """
    found = _select(
        db,
        "(state IN ('queued', 'sending') OR (state = 'failed' AND moved_at > ?)) AND NOT EXISTS"
        " (SELECT 1 FROM issues AS mine JOIN issues AS later ON later.document = mine.document"
        " AND later.number > mine.number JOIN sendings AS theirs ON theirs.issue = later.id"
        " WHERE mine.id = sendings.issue AND theirs.state <> 'withdrawn') ORDER BY id",
        (clock.stored(since),),
    )
    return [(_document(db, one), one) for one in found]


def may_go(db: Db, issue: int, now: datetime) -> bool:
    """Tell whether somebody's yes to an issue still counts."""
    found = db.conn.execute(
        f"SELECT 1 FROM issues WHERE id = :issue AND {_MAY_GO}",
        {"issue": issue, "since": clock.stored(now - CARRY_ON)},
    ).fetchone()
    return found is not None


def unfinished(db: Db, now: datetime) -> list[int]:
    """Return the ids of the issues of which something may still go out by itself now."""
    found = db.conn.execute(
        "SELECT DISTINCT issue FROM sendings JOIN issues ON issues.id = issue"
        f" WHERE state = 'queued' AND wake_at <= :now AND {_MAY_GO} ORDER BY issue",
        _values(now),
    ).fetchall()
    return [number for (number,) in found]


def sweep(db: Db, actor: str) -> None:
    """Take over what a process that ended has left: not sent, or uncertain once it was armed.

    What could not be sent so long that it is not tried any more has failed, so that it is told.
    """
    now, machine = clock.stored(clock.now()), clock.stored(clock.real_now())
    with writing(db):
        moved = db.conn.execute(
            "UPDATE sendings SET state = CASE WHEN armed_at IS NULL THEN 'queued'"
            " ELSE 'uncertain' END, wake_at = :now, moved_at = :now,"
            " reason = CASE WHEN armed_at IS NULL THEN reason ELSE :why END"
            " WHERE state = 'sending' AND lease_until <= :machine RETURNING id",
            {"now": now, "machine": machine, "why": CUT_OFF},
        ).fetchall()
        for (number,) in moved:
            (one,) = _select(db, "id = ?", (number,))
            _trace(db, one, actor, one.state, one.reason)
        late = db.conn.execute(
            "SELECT sendings.id FROM sendings JOIN issues ON issues.id = issue"
            " WHERE state = 'queued' AND issues.approved_at < ?",
            (clock.stored(clock.now() - CARRY_ON),),
        ).fetchall()
        for (number,) in late:
            (one,) = _select(db, "id = ?", (number,))
            why = f": {one.reason}" if one.reason else ""
            _move(db, one, "failed", f"it could not be sent within a day{why}", actor)


def withdraw(db: Db, issue: int, keep: Sequence[str], actor: str) -> None:
    """Send nothing to those who are not in `keep` any more."""
    wanted = {one.casefold() for one in keep}
    with writing(db):
        for one in _select(db, "issue = ? AND state = 'queued'", (issue,)):
            if one.recipient.casefold() not in wanted:
                _move(db, one, "withdrawn", "config/board.yaml no longer names this address", actor)


def claim(db: Db, issue: Issue, now: datetime, owner: str) -> Held | None:
    """Claim the first sending of `issue` that may go, or None. The claim holds for LEASE."""
    with writing(db):
        found = db.conn.execute(
            "UPDATE sendings SET state = 'sending', owner = :owner, attempt = attempt + 1,"
            " armed_at = NULL, lease_until = :lease, moved_at = :now"
            " WHERE id = (SELECT sendings.id FROM sendings JOIN issues ON issues.id = issue"
            " WHERE issue = :issue AND state = 'queued' AND wake_at <= :now"
            f" AND issues.hash = :hash AND sends < {MAX_SENDS} AND {_MAY_GO}"
            " ORDER BY position LIMIT 1) RETURNING id",
            {
                **_values(now),
                "issue": issue.id,
                "hash": issue.hash,
                "owner": owner,
                "lease": clock.stored(clock.real_now() + LEASE),
            },
        ).fetchone()
        if found is None:
            return None
        (one,) = _select(db, "id = ?", found)
        chores.note(db, CHORE, clock.now() + LEASE)
        _trace(db, one, owner, "claimed", None)
    return Held(one, owner)


def arm(db: Db, held: Held, issue: Issue, now: datetime) -> bool:
    """Commit the intent to send: the last commit before the e-mail. False when it may not go."""
    with writing(db):
        armed = db.conn.execute(
            "UPDATE sendings SET armed_at = :now, sends = sends + 1"
            f" WHERE {_OURS} AND armed_at IS NULL AND lease_until > :machine"
            f" AND sends < {MAX_SENDS} AND EXISTS (SELECT 1 FROM issues"
            f" WHERE issues.id = issue AND issues.hash = :hash AND {_MAY_GO})",
            {**_values(now), **_fence(held), "hash": issue.hash},
        ).rowcount
        if armed:
            _trace(db, held.sending, held.owner, "armed", None)
    return armed == 1


def may_still_go(db: Db, held: Held, issue: Issue, now: datetime) -> bool:
    """Tell, without a commit, whether nothing has come up since it was armed."""
    found = db.conn.execute(
        f"SELECT 1 FROM sendings JOIN issues ON issues.id = issue WHERE {_OURS}"
        f" AND issues.hash = :hash AND {_MAY_GO}",
        {**_values(now), **_fence(held), "hash": issue.hash},
    ).fetchone()
    return found is not None


def sent(db: Db, held: Held, detail: str) -> None:
    """Record that somebody's server has taken it: whoever sent it knows best.

    Raises StateError, as the other outcomes do, when another attempt has begun.
    """
    _finish(db, held, "sent", detail)


def strayed(db: Db, held: Held) -> None:
    """Record that it went out when it had been given up, and was taken over: perhaps twice."""
    with writing(db):
        words = "it went out when it had been given up, so it may have arrived twice"
        _trace(db, held.sending, held.owner, "strayed", words)


def failed(db: Db, held: Held, reason: str) -> None:
    """Record a definite refusal."""
    _finish(db, held, "failed", reason)


def uncertain(db: Db, held: Held, reason: str) -> None:
    """Record that nobody knows whether it arrived."""
    _finish(db, held, "uncertain", reason)


def again(db: Db, held: Held, reason: str, not_before: datetime) -> None:
    """Put back what was surely not sent; after too many tries it has failed."""
    if of_id(db, held.sending.id).sends >= MAX_SENDS:
        _finish(db, held, "failed", f"given up after {MAX_SENDS} tries: {reason}")
    else:
        _finish(db, held, "queued", reason, not_before)


def found(db: Db, one: Sending, detail: str, actor: str, *, arrived: bool) -> None:
    """Record what a look told of an uncertain sending. Raises StateError when it is none."""
    with writing(db):
        _move(db, one, "sent" if arrived else "failed", detail, actor)


def settle(db: Db, one: Sending, by: str, *, received: bool) -> None:
    """Record what a person found out of an uncertain sending. Raises StateError when it is none."""
    with writing(db):
        _move(
            db, one, "sent" if received else "failed", asked(by, received=received), by, tell=False
        )


def asked(by: str, *, received: bool) -> str:
    """Return the words for what a person found out."""
    return f"{by} asked: it {'had arrived' if received else 'had not arrived'}"


def learnt(db: Db, issue: int, recipient: str, words: str, by: str, *, received: bool) -> Sending:
    """Record whether somebody has got an issue that this database does not know of; return it.

    Raises StateError where it does know, or is about to.
    """
    now = clock.stored(clock.now())
    with writing(db):
        found = db.conn.execute(
            "INSERT INTO sendings (issue, position, recipient, state, reason, wake_at, moved_at)"
            " VALUES (:issue, (SELECT coalesce(max(position), 0) + 1 FROM sendings"
            " WHERE issue = :issue), :recipient, :state, :reason, :now, :now)"
            " ON CONFLICT (issue, recipient) DO UPDATE SET state = :state, reason = :reason,"
            " moved_at = :now WHERE state IN ('failed', 'withdrawn') RETURNING id",
            {
                "issue": issue,
                "recipient": recipient,
                "state": "sent" if received else "failed",
                "reason": words,
                "now": now,
            },
        ).fetchone()
        if found is None:
            raise StateError(f"{recipient}: it is being sent, or it is known what became of it")
        (one,) = _select(db, "id = ?", found)
        _trace(db, one, by, one.state, words, tell=False)
    return one


def of_id(db: Db, number: int) -> Sending:
    """Return one sending as it is now."""
    return _select(db, "id = ?", (number,))[0]


def distrust(db: Db, actor: str, why: str) -> None:
    """Call uncertain, inside the open transaction, what another copy may have sent meanwhile."""
    for one in _select(db, "state IN ('queued', 'sending')", ()):
        _move(db, one, "uncertain", why, actor)


_MAY_GO = (
    "issues.approved_hash = issues.hash AND issues.approved_at >= :since"
    " AND NOT EXISTS (SELECT 1 FROM pauses WHERE scope = 'all' AND lifted_at IS NULL)"
    " AND NOT EXISTS (SELECT 1 FROM audit WHERE audit.id > coalesce(issues.approved_entry, 0)"
    " AND subject = 'all' AND action = 'resumed')"
)
"""A yes from before a pause, or given in one, counts no more: after it nothing goes out by itself.

The trail tells which came first, also within one second and where the clock was put back.
"""

_OURS = "sendings.id = :id AND state = 'sending' AND owner = :owner AND attempt = :attempt"


def _values(now: datetime) -> dict[str, str | int]:
    return {"now": clock.stored(now), "since": clock.stored(now - CARRY_ON)}


def _fence(held: Held) -> dict[str, str | int]:
    machine = clock.stored(clock.real_now())
    one = held.sending
    return {"id": one.id, "owner": held.owner, "attempt": one.attempt, "machine": machine}


def _finish(
    db: Db, held: Held, state: State, reason: str, not_before: datetime | None = None
) -> None:
    """Record an outcome: it holds where the attempt outlived its lease and was called uncertain.

    That it was sent holds even where a person has given it up.
    """
    one, now = held.sending, clock.now()
    states = "'sending', 'uncertain'" + (", 'queued', 'withdrawn'" if state == "sent" else "")
    with writing(db):
        moved = db.conn.execute(
            "UPDATE sendings SET state = :state, reason = :reason, wake_at = :wake,"
            f" moved_at = :now WHERE id = :id AND state IN ({states})"
            " AND owner = :owner AND attempt = :attempt",
            {
                **_fence(held),
                "state": state,
                "reason": reason,
                "wake": clock.stored(not_before or now),
                "now": clock.stored(now),
            },
        ).rowcount
        if moved != 1:
            raise StateError(f"{one.recipient}: somebody else took it over while it was being sent")
        _trace(db, one, held.owner, state, reason)


def _move(
    db: Db, one: Sending, state: State, reason: str, actor: str, *, tell: bool = True
) -> None:
    now = clock.stored(clock.now())
    moved = db.conn.execute(
        "UPDATE sendings SET state = ?, reason = ?, wake_at = ?, moved_at = ?"
        " WHERE id = ? AND state = ? AND attempt = ?",
        (state, reason, now, now, one.id, one.state, one.attempt),
    ).rowcount
    if moved != 1:
        raise StateError(f"{one.recipient}: somebody else has settled it meanwhile")
    _trace(db, one, actor, state, reason, tell=tell)


def _trace(
    db: Db, one: Sending, actor: str, action: str, reason: str | None, *, tell: bool = True
) -> None:
    """Leave the row of the trail, and what somebody is to be told, in the open transaction."""
    document, number = db.conn.execute(
        "SELECT document, number FROM issues WHERE id = ?", (one.issue,)
    ).fetchone()
    about: dict[str, object] = {"to": one.recipient, "number": number, "attempt": one.attempt}
    if reason:
        about["reason"] = reason
    audit.append(db, actor, action, document, **about)
    kind = {"uncertain": UNCERTAIN, "failed": FAILED, "strayed": TWICE}.get(action)
    if kind is not None and tell:
        alerts.add(db, kind, f"{document} {one.recipient}", reason or "")


def _document(db: Db, one: Sending) -> str:
    found = db.conn.execute("SELECT document FROM issues WHERE id = ?", (one.issue,)).fetchone()
    return str(found[0])


def _select(db: Db, where: str, values: Sequence[str | int]) -> list[Sending]:
    rows = db.conn.execute(
        "SELECT id, issue, position, recipient, state, reason, attempt, sends, armed_at, wake_at,"
        f" lease_until FROM sendings WHERE {where}",
        values,
    ).fetchall()
    return [
        Sending(*row[:-3], *map(_at, row[-3:]))  # as the query has them
        for row in rows
    ]


def _at(text: str | None) -> datetime | None:
    return clock.from_stored(text) if text else None
