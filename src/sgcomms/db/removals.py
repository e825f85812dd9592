"""Posts that are to come down: who asked why, each try, and what became of it.

The wish and the arming are commits of their own before the request, as for sending. Taking the same
post down twice harms nobody, so what has no clear answer is tried again, MAX_TRIES times in all.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sgcomms import clock
from sgcomms.db import Db, alerts, audit, writing
from sgcomms.db.queue import Row
from sgcomms.db.sending import LEASE
from sgcomms.errors import StateError
from sgcomms.models import Mode

MAX_TRIES = 5
"""How often a removal without a clear answer is asked for in all; the table refuses more."""

RemovalState = Literal["asked", "armed", "removed", "uncertain", "by_hand"]

_COLUMNS = (
    "id, account, platform_id, delivery, url, reason, by_whom, asked_at, state, armed_at, tries,"
    " ended_at, detail"
)


@dataclass(frozen=True, slots=True)
class Live:
    """A post that is live and that this program sent, or had confirmed by a person."""

    delivery: str
    account: str
    platform_id: str
    url: str | None
    mode: Mode


@dataclass(frozen=True, slots=True)
class Removal:
    """A post that somebody wants gone. `detail` says what the last try came to.

    `delivery` is also that of a post which went out twice.
    """

    id: int
    account: str
    platform_id: str
    delivery: str
    url: str | None
    reason: str
    by: str
    asked_at: datetime
    state: RemovalState
    armed_at: datetime | None
    tries: int
    ended_at: datetime | None
    detail: str | None


def live(db: Db, rows: Sequence[Row]) -> list[Live]:
    """Return what is live of deliveries, with what went out twice by mistake, in their order."""
    modes = {row.id: row.mode for row in rows}
    found = db.conn.execute(
        "SELECT wanted.value, account, platform_id, url FROM json_each(:names) AS wanted"
        " JOIN publications ON publications.delivery = wanted.value"
        " WHERE removed_at IS NULL"
        " UNION SELECT subject, publications.account, publications.platform_id, publications.url"
        " FROM audit JOIN publications"
        " ON publications.platform_id = json_extract(detail, '$.platform_id')"
        " WHERE action = 'strayed' AND publications.delivery IS NULL AND removed_at IS NULL"
        " AND publications.account = substr(subject, instr(subject, '@') + 1)"
        " AND subject IN (SELECT value FROM json_each(:names))",
        {"names": json.dumps(list(modes))},
    ).fetchall()
    order = {name: number for number, name in enumerate(modes)}
    posts = [Live(name, of, number, url, modes[name]) for name, of, number, url in found]
    return sorted(posts, key=lambda one: (order[one.delivery], one.platform_id))


def ask(db: Db, posts: Sequence[Live], reason: str, by: str) -> None:
    """Keep the wish to have `posts` removed, all of it or nothing.

    What had a person to act is tried anew, as far as tries are left; the first to ask stays named.
    """
    now = clock.stored(clock.now())
    with writing(db):
        for one in posts:
            db.conn.execute(
                "INSERT INTO removals (account, platform_id, delivery, url, reason, by_whom,"
                " asked_at, state) VALUES (?, ?, ?, ?, ?, ?, ?, 'asked')"
                " ON CONFLICT (account, platform_id) DO UPDATE SET state = 'asked'"
                f" WHERE state = 'by_hand' AND tries < {MAX_TRIES}",
                (one.account, one.platform_id, one.delivery, one.url, reason, by, now),
            )
            audit.append(db, by, "removal-asked", one.delivery, reason=reason, **_post(one))


def sweep(db: Db, actor: str) -> None:
    """Call uncertain what a process armed that is gone: nobody knows what its request came to."""
    machine = clock.stored(clock.real_now() - LEASE)
    with writing(db):
        found = db.conn.execute(
            "UPDATE removals SET state = 'uncertain', detail = :why"
            " WHERE state = 'armed' AND armed_at <= :machine RETURNING id",
            {"why": _ENDED, "machine": machine},
        ).fetchall()
        for (key,) in sorted(found):
            one = _select(db, "WHERE id = ?", (key,))[0]
            _note(db, one, actor, "removal-uncertain", _ENDED)


_ENDED = "the process that was taking it down ended"


def wanted(db: Db, names: Sequence[str]) -> list[Removal]:
    """Return the removals of deliveries, in the order in which they were asked for."""
    return _select(
        db, "WHERE delivery IN (SELECT value FROM json_each(?))", (json.dumps(list(names)),)
    )


def of(db: Db, posts: Sequence[Live | Removal]) -> list[Removal]:
    """Return the removals of just these posts, in the order in which they were asked for."""
    where = (
        "WHERE EXISTS (SELECT 1 FROM json_each(?) AS post"
        " WHERE account = json_extract(post.value, '$[0]')"
        " AND platform_id = json_extract(post.value, '$[1]'))"
    )
    return _select(db, where, (json.dumps([(one.account, one.platform_id) for one in posts]),))


def unfinished(db: Db) -> list[Removal]:
    """Return what is still to come down by itself, in the order in which it was asked for."""
    return _select(db, "WHERE state IN ('asked', 'armed', 'uncertain')")


def arm(db: Db, one: Removal, actor: str) -> Removal | None:
    """Commit the intent to take a post down: the last commit before the request.

    None when another process is at it, or was, since `one` was read.
    """
    now = clock.stored(clock.real_now())
    with writing(db):
        armed = db.conn.execute(
            "UPDATE removals SET state = 'armed', armed_at = ?, tries = tries + 1, ended_at = NULL"
            " WHERE id = ? AND state IN ('asked', 'uncertain') AND tries = ?"
            f" AND tries < {MAX_TRIES}",
            (now, one.id, one.tries),
        ).rowcount
        if armed != 1:
            return None
        _note(db, one, actor, "removal-armed", attempt=one.tries + 1)
    return _select(db, "WHERE id = ?", (one.id,))[0]


def removed(db: Db, one: Removal, actor: str, *, how: str | None = None) -> None:
    """Record that a post is gone: it holds whatever was thought of it meanwhile."""
    now = clock.stored(clock.now())
    with writing(db):
        moved = db.conn.execute(
            "UPDATE removals SET state = 'removed', ended_at = ?, detail = ?"
            " WHERE id = ? AND state <> 'removed'",
            (now, how, one.id),
        ).rowcount
        db.conn.execute(
            "UPDATE publications SET removed_at = ?"
            " WHERE account = ? AND platform_id = ? AND removed_at IS NULL",
            (now, one.account, one.platform_id),
        )
        if moved:
            _note(db, one, actor, "removed", how)


def again(db: Db, armed: Removal, why: str, actor: str) -> None:
    """Record that a post was certainly not taken down: the try does not count, more may follow."""
    _end(db, armed, "asked", "removal-waits", why, actor, counted=False)


def uncertain(db: Db, armed: Removal, why: str, actor: str) -> None:
    """Record that nobody knows whether a post was taken down."""
    _end(db, armed, "uncertain", "removal-uncertain", why, actor)


def refused(db: Db, armed: Removal, why: str, actor: str) -> None:
    """Record that the platform does not take a post down: a person has to."""
    _end(db, armed, "by_hand", "removal-by-hand", why, actor)


def give_up(db: Db, one: Removal, why: str, actor: str) -> None:
    """Leave a post to a person without a further try."""
    with writing(db):
        moved = db.conn.execute(
            "UPDATE removals SET state = 'by_hand', ended_at = ?, detail = ?"
            " WHERE id = ? AND state IN ('asked', 'uncertain') AND tries = ?",
            (clock.stored(clock.now()), why, one.id, one.tries),
        ).rowcount
        if moved:
            _note(db, one, actor, "removal-by-hand", why)


def put_off(db: Db, one: Removal, why: str, actor: str) -> None:
    """Record that nothing could be asked of the platform; a reason that stands is noted once."""
    with writing(db):
        moved = db.conn.execute(
            "UPDATE removals SET ended_at = ?, detail = ?"
            " WHERE id = ? AND state IN ('asked', 'uncertain') AND tries = ?",
            (clock.stored(clock.now()), why, one.id, one.tries),
        ).rowcount
        if moved and why != one.detail:
            _note(db, one, actor, "removal-waits", why)


def tell(db: Db, one: Removal, words: str) -> None:
    """Let the board's e-mail say what stands against a removal, once."""
    where = one.url or f"{one.platform_id} on {one.account}"
    alerts.add_once(db, "takedown", one.delivery, f"{where}: {words}")


def done_by_hand(db: Db, posts: Sequence[Live], reason: str, by: str) -> None:
    """Record that a person has taken `posts` down. Raises StateError when there are none."""
    if not posts:
        raise StateError("nothing of it is live; nothing was changed")
    if len(of(db, posts)) < len(posts):
        ask(db, posts, reason, by)
    for one in of(db, posts):
        removed(db, one, by, how=f"{by} took it down by hand")


def _end(
    db: Db,
    armed: Removal,
    state: RemovalState,
    action: str,
    why: str,
    actor: str,
    *,
    counted: bool = True,
) -> None:
    """End a try, unless a later one has begun: that one knows better."""
    with writing(db):
        moved = db.conn.execute(
            "UPDATE removals SET state = ?, ended_at = ?, detail = ?, tries = tries - ?"
            " WHERE id = ? AND state IN ('armed', 'uncertain') AND tries = ?",
            (state, clock.stored(clock.now()), why, int(not counted), armed.id, armed.tries),
        ).rowcount
        if moved:
            _note(db, armed, actor, action, why)


def _note(
    db: Db, one: Removal, actor: str, action: str, why: str | None = None, **more: object
) -> None:
    detail = {**({"reason": why} if why else {}), **_post(one), **more}
    audit.append(db, actor, action, one.delivery, **detail)


def _post(one: Live | Removal) -> dict[str, object]:
    return {"platform_id": one.platform_id, "url": one.url}


def _select(db: Db, where: str, values: Sequence[object] = ()) -> list[Removal]:
    query = f"SELECT {_COLUMNS} FROM removals {where} ORDER BY id"
    return [_removal(found) for found in db.conn.execute(query, values).fetchall()]


def _removal(found: tuple[Any, ...]) -> Removal:
    key, account, number, delivery, url, reason, by, asked, state, armed, tries, ended, detail = (
        found
    )
    return Removal(
        key,
        account,
        number,
        delivery,
        url,
        reason,
        by,
        clock.from_stored(asked),
        state,
        clock.from_stored(armed) if armed else None,
        tries,
        clock.from_stored(ended) if ended else None,
        detail,
    )
