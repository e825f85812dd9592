"""The queue: the table is it. Reading it, and making it hold what the campaigns say.

Every move guards itself on the state before and leaves an audit row in the same transaction.
`sending` moves deliveries on their way out, `decisions` what a person decides.

`wake_at` is when a tick has to look at a delivery next: its time, the end of a lease, the next look
for one that is uncertain; NULL when it waits for a person or is done.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from difflib import get_close_matches
from typing import Any

from sgcomms import clock
from sgcomms.db import Db, audit, writing
from sgcomms.errors import StateError, UsageError
from sgcomms.media import has_video
from sgcomms.models import Delivery, Draft, DraftMedia, Mode, State

_COLUMNS = (
    "id, campaign, post, account, platform, mode, due_at, expires_at, author, state, reason,"
    " held_for, by_person, text_key, content_hash, signed_hash, on_approval, sensitivity,"
    " election_safe, contacts, armed_at, published_at, url, draft, attempt, sends"
)


@dataclass(frozen=True, slots=True)
class Row:
    """A delivery as it stands in the queue. Times are UTC.

    `due_at` of one that goes out on approval is the end of its life until it is approved.
    `signed_hash` is what approvals are bound to.
    """

    id: str
    campaign: str
    post: str
    account: str
    platform: str
    mode: Mode
    due_at: datetime
    expires_at: datetime | None
    author: str
    state: State
    reason: str | None
    held_for: str | None
    by_person: bool
    text_key: str
    content_hash: str
    signed_hash: str
    on_approval: bool
    sensitivity: str | None
    election_safe: bool
    contacts: tuple[str, ...]
    armed_at: datetime | None
    published_at: datetime | None
    url: str | None
    draft: Draft
    attempt: int
    sends: int


def rows(db: Db, states: Sequence[State] = ()) -> list[Row]:
    """Return the deliveries by their time, all of them or those in `states`."""
    marks = ", ".join("?" * len(states))
    return select(db, f"WHERE state IN ({marks})" if states else "", tuple(states))


def select(db: Db, where: str, values: Sequence[object] | Mapping[str, object] = ()) -> list[Row]:
    """Return the deliveries that the SQL `where` picks, by their time."""
    query = f"SELECT {_COLUMNS} FROM deliveries {where} ORDER BY due_at, id"
    return [_row(found) for found in db.conn.execute(query, values).fetchall()]


def row(db: Db, name: str) -> Row | None:
    """Return the delivery called `name`, or None."""
    return next(iter(select(db, "WHERE id = ?", (name,))), None)


def named(db: Db, name: str) -> list[Row]:
    """Return the deliveries that `CAMPAIGN[/POST[.N]][@ACCOUNT]` names, by their time.

    Raises UsageError when there is none.
    """
    head, _, account = name.partition("@")
    campaign, _, post = head.partition("/")
    found = [
        one
        for one in select(db, "WHERE campaign = ?", (campaign,))
        if (not post or post == one.post or one.id.startswith(f"{head}@"))
        and (not account or account == one.account)
    ]
    if not found:
        ids = [one for (one,) in db.conn.execute("SELECT id FROM deliveries").fetchall()]
        campaigns = [one.partition("/")[0] for one in ids]
        near = get_close_matches(name, [*ids, *campaigns], 1)
        hint = f"; did you mean {near[0]}?" if near else ": `sgcomms status` lists what there is"
        raise UsageError(f"the queue has nothing called {name}{hint}")
    return found


def overdue(db: Db, before: datetime) -> list[Row]:
    """Return what was due before `before` and is neither sent nor held: it may be stuck."""
    where = "WHERE state IN ('queued', 'publishing') AND due_at <= ?"
    return select(db, where, (clock.stored(before),))


def live(db: Db, names: Sequence[str]) -> list[tuple[str, str, str | None]]:
    """Return those of the deliveries `names` that are live: id, the platform's id, the address."""
    marks = ", ".join("?" * len(names))
    found = db.conn.execute(
        "SELECT delivery, platform_id, url FROM publications"
        f" WHERE removed_at IS NULL AND delivery IN ({marks}) ORDER BY delivery",
        tuple(names),
    ).fetchall()
    return [(name, platform_id, url) for name, platform_id, url in found]


def add_address(db: Db, account: str, platform_id: str, url: str) -> None:
    """Keep the address of a publication that had none."""
    with writing(db):
        db.conn.execute(
            "UPDATE publications SET url = ? WHERE account = ? AND platform_id = ? AND url IS NULL",
            (url, account, platform_id),
        )


def waits_for_real(db: Db) -> bool:
    """Tell whether something in the queue would go to the public."""
    states = "'queued', 'held', 'publishing', 'uncertain', 'handed'"
    query = f"SELECT 1 FROM deliveries WHERE mode <> 'outbox' AND state IN ({states}) LIMIT 1"
    return db.conn.execute(query).fetchone() is not None


def unmoved(db: Db, seen: Mapping[str, Row | None]) -> None:
    """Make sure, inside the open transaction, that deliveries are as they were when `seen`.

    A plan is made without the write lock; None stands for a delivery that was not there yet.
    Raises StateError when one has moved: the plan is stale.
    """
    now = {row.id: row for row in rows(db)}
    for name, row in seen.items():
        if now.get(name) != row:
            raise StateError(f"{name} has moved on since the plan was made; {_PLAN_AGAIN}")


def add(db: Db, deliveries: Iterable[Delivery], actor: str, *, approval: bool = True) -> None:
    """Queue deliveries that the table does not know, inside the open transaction.

    Of those that go out on approval the ones that need none, as an outbox does, are due at once.
    `approval` tells whether the board asks for it.
    Raises StateError when the table knows one of them.
    """
    for one in deliveries:
        values = _values(one, approval=approval)
        added = db.conn.execute(
            "INSERT INTO deliveries (id, campaign, post, occurrence, account, platform, mode,"
            " due_at, expires_at, author, draft, text_key, content_hash, signed_hash, on_approval,"
            " sensitivity, election_safe, contacts, state, wake_at, queued_at, look_since)"
            " VALUES (:id, :campaign, :post, :occurrence, :account, :platform, :mode, :due,"
            " :expires, :author, :draft, :text_key, :content_hash, :content_hash, :on_approval,"
            f" :sensitivity, :election_safe, :contacts, 'queued', :due, :now, {_SINCE_RESTORED})"
            " ON CONFLICT (id) DO NOTHING",
            values,
        ).rowcount
        if added != 1:
            raise StateError(f"{one.id} was queued while the plan was made; {_PLAN_AGAIN}")
        audit.append(db, actor, "queued", one.id, **_signed(values))


def change(db: Db, deliveries: Iterable[Delivery], actor: str, *, approval: bool = True) -> None:
    """Give waiting deliveries their new content or time, inside the open transaction.

    One that was withdrawn because it had left the YAML, or had expired, is queued again, in the
    mode that its account has now. One that is held stays so, unless it is given a time to come:
    then a person has decided. Approvals were of the old content: none is left.
    Raises StateError when a delivery has moved on since the plan was made.
    """
    for wanted in deliveries:
        one = _in_its_mode(db, wanted)
        values = _values(one, approval=approval)
        void_approvals(db, one.id, "its content changed", actor)
        changed = db.conn.execute(
            "UPDATE deliveries SET due_at = :due, expires_at = :expires, author = :author,"
            " platform = :platform, draft = :draft, text_key = :text_key,"
            " content_hash = :content_hash, signed_hash = :content_hash,"
            " on_approval = :on_approval, sensitivity = :sensitivity,"
            " election_safe = :election_safe, contacts = :contacts, sends = 0,"
            " mode = :mode,"
            f" wake_at = CASE WHEN {_STAYS_HELD} THEN NULL ELSE :due END,"
            f" reason = CASE WHEN {_STAYS_HELD} THEN reason END,"
            f" held_for = CASE WHEN {_STAYS_HELD} THEN held_for END,"
            f" state = CASE WHEN {_STAYS_HELD} THEN 'held' ELSE 'queued' END"
            " WHERE id = :id AND (state IN ('queued', 'held')"
            " OR (state = 'withdrawn' AND by_person = 0)) RETURNING mode, state",
            values,
        ).fetchall()
        if not changed:
            raise StateError(f"{one.id} went out while the plan was made; {_PLAN_AGAIN}")
        mode, state = changed[0]
        audit.append(db, actor, "changed", one.id, **{**_signed(values), "mode": mode}, state=state)


def switch_mode(db: Db, name: str, mode: Mode, actor: str) -> None:
    """Let a waiting delivery go out in another mode than the one it was queued in.

    What waited for its approval goes to a folder at once: nobody approves what goes there. What
    leaves a folder for the public has to be approved as that.
    Raises StateError when it waits no longer. Inside the open transaction.
    """
    left = "SELECT 1 FROM deliveries WHERE id = ? AND mode = 'outbox'"
    if mode != "outbox" and db.conn.execute(left, (name,)).fetchone():
        void_approvals(db, name, f"it goes out {mode} now", actor)
    moved = db.conn.execute(
        f"UPDATE deliveries SET mode = :mode, due_at = iif({_WAITED}, :now, due_at),"
        f" wake_at = iif({_WAITED}, :now, wake_at),"
        f" on_approval = iif({_WAITED}, 0, on_approval)"
        " WHERE id = :name AND state IN ('queued', 'held')",
        {"mode": mode, "name": name, "now": clock.stored(clock.now())},
    ).rowcount
    if moved != 1:
        raise StateError(f"{name} waits no longer; {_PLAN_AGAIN}")
    audit.append(db, actor, "switched", name, mode=mode)


def void_approvals(db: Db, name: str, reason: str, actor: str) -> None:
    """Let no approval of what the delivery held so far count, inside the open transaction."""
    db.conn.execute(
        "INSERT INTO approvals (delivery, hash, decision, by_whom, reason, at)"
        " SELECT id, coalesce(signed_hash, content_hash), 'unapproved', :actor, :reason, :now"
        " FROM deliveries WHERE id = :name AND EXISTS (SELECT 1 FROM signatures"
        " WHERE delivery = id AND hash = coalesce(signed_hash, content_hash))",
        {"actor": actor, "reason": reason, "now": clock.stored(clock.now()), "name": name},
    )


def _in_its_mode(db: Db, one: Delivery) -> Delivery:
    """Return `one` in the mode that it waits in: it keeps the one that it was queued in.

    Only a video that has come into it goes out by hand, as no platform is sent one.
    """
    query = "SELECT mode FROM deliveries WHERE id = ? AND state <> 'withdrawn'"
    found = db.conn.execute(query, (one.id,)).fetchone()
    if not found:
        return one
    (mode,) = found
    by_hand = mode == "live" and has_video(one.draft.media)
    return replace(one, mode="by_hand" if by_hand else mode)


_BEFORE = "; before that: "

AFTER_BEFORE = (
    f"coalesce('{_BEFORE}' || substr(reason, 1, instr(reason || '{_BEFORE}', '{_BEFORE}') - 1), '')"
)
"""SQL for what goes behind a new reason: the one before it, without those before that one. The
trail keeps them all."""

DISTRUST = timedelta(days=14)
"""How long after a restoration new deliveries are looked for before they are sent: they may have
gone out from the machine that was lost, under an id that the backup never knew."""

_SINCE_RESTORED = (
    "(SELECT max(started_at) FROM pauses WHERE by_whom IN ('restore', 'take-over')"
    " AND (lifted_at IS NULL OR lifted_at > :distrusted))"
)

_WAITED = ":mode = 'outbox' AND state = 'queued' AND on_approval = 1 AND due_at = expires_at"
_STAYS_HELD = "state = 'held' AND :due <= :now"
_PLAN_AGAIN = "nothing was changed: run `sgcomms queue` again"


def _values(one: Delivery, *, approval: bool) -> dict[str, object]:
    now = clock.now()
    at_once = one.mode == "outbox" or (not approval and one.sensitivity != "case_review")
    waits_until = now if at_once or one.expires_at is None else one.expires_at
    return {
        "id": one.id,
        "campaign": one.campaign,
        "post": one.post,
        "occurrence": one.occurrence,
        "account": one.account,
        "platform": one.platform,
        "mode": one.mode,
        "due": clock.stored(one.at or waits_until),
        "expires": stored(one.expires_at),
        "author": one.author,
        "draft": draft_json(one.draft),
        "on_approval": int(one.at is None and not at_once),
        "sensitivity": one.sensitivity,
        "election_safe": int(one.election_safe),
        "contacts": json.dumps(one.contacts),
        "text_key": one.text_key,
        "content_hash": one.content_hash,
        "now": clock.stored(now),
        "distrusted": clock.stored(now - DISTRUST),
    }


def _signed(values: Mapping[str, object]) -> dict[str, object]:
    """Return what the trail keeps of a delivery that was queued or changed."""
    names = {"due_at": "due", "mode": "mode", "content_hash": "content_hash"}
    return {name: values[key] for name, key in names.items()}


def withdraw(db: Db, ids: Iterable[str], reason: str, actor: str) -> None:
    """Take waiting deliveries out of the queue, inside the open transaction. Raises StateError."""
    for name in ids:
        moved = db.conn.execute(
            "UPDATE deliveries SET state = 'withdrawn', reason = ?, held_for = NULL,"
            " wake_at = NULL WHERE id = ? AND state IN ('queued', 'held')",
            (reason, name),
        ).rowcount
        if moved != 1:
            raise StateError(f"{name} went out while the plan was made; {_PLAN_AGAIN}")
        audit.append(db, actor, "withdrawn", name, reason=reason)


def _row(found: tuple[object, ...]) -> Row:
    values: dict[str, Any] = dict(zip(_COLUMNS.replace(",", " ").split(), found, strict=True))
    for name in ("due_at", "expires_at", "armed_at", "published_at"):
        text = values[name]
        values[name] = clock.from_stored(str(text)) if text else None
    for name in ("by_person", "on_approval", "election_safe"):
        values[name] = bool(values[name])
    values["signed_hash"] = values["signed_hash"] or values["content_hash"]
    values["contacts"] = tuple(json.loads(str(values["contacts"])))
    values["draft"] = read_draft(str(values["draft"]))
    return Row(**values)


def stored(moment: datetime | None) -> str | None:
    """Return a moment as the table holds it."""
    return clock.stored(moment) if moment else None


def draft_json(draft: Draft) -> str:
    """Return a draft as the table holds it."""
    return json.dumps(asdict(draft), ensure_ascii=False)


def read_draft(text: str) -> Draft:
    """Return the draft that the table holds as `text`."""
    values = json.loads(text)
    values["media"] = tuple(DraftMedia(**item) for item in values["media"])
    return Draft(**values)
