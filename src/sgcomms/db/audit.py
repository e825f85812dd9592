"""The audit trail: append-only, each row sealed with the one before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sgcomms import clock
from sgcomms.db import Db

GENESIS = "0" * 64

CLOCK_ACCEPTED = "clock-accepted"
"""What the trail calls it when a person says that the machine's clock is right."""

AT_ONCE = 5_000
"""How many rows are read at a time."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the trail: when, who, what, to what, and the particulars."""

    id: int
    at: str
    rehearsed: str | None
    actor: str
    action: str
    subject: str
    detail: Mapping[str, object]


def append(db: Db, actor: str, action: str, subject: str, **detail: object) -> None:
    """Add a row inside the transaction that is open: the change and its trace are one commit."""
    rehearsed = clock.rehearsed()
    last = db.conn.execute("SELECT hash FROM audit ORDER BY id DESC LIMIT 1").fetchone()
    row = (
        clock.stored(clock.real_now()),
        clock.stored(rehearsed) if rehearsed else None,
        actor,
        action,
        subject,
        json.dumps(detail, ensure_ascii=False, sort_keys=True),
    )
    db.conn.execute(
        "INSERT INTO audit (at, rehearsed, actor, action, subject, detail, hash)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (*row, _seal(last[0] if last else GENESIS, row)),
    )


def last_id(db: Db) -> int:
    """Return the id of the last row, 0 when there is none."""
    return int(db.conn.execute("SELECT coalesce(max(id), 0) FROM audit").fetchone()[0])


def last_at(db: Db) -> datetime | None:
    """Return the machine's own time at the last row, or None when there is none."""
    last = db.conn.execute("SELECT at FROM audit ORDER BY id DESC LIMIT 1").fetchone()
    return clock.from_stored(last[0]) if last else None


def latest_at(db: Db) -> datetime | None:
    """Return the latest machine's time in the trail, or None when there is none.

    Rows from before somebody accepted the clock do not count: it was wrong then.
    """
    latest = db.conn.execute(
        "SELECT at FROM audit WHERE id >="
        f" coalesce((SELECT max(id) FROM audit WHERE action = '{CLOCK_ACCEPTED}'), 0)"
        " ORDER BY at DESC LIMIT 1"
    ).fetchone()
    return clock.from_stored(latest[0]) if latest else None


def entries(db: Db, subject: str | None = None) -> Iterator[Entry]:
    """Yield the rows in order, or those about one delivery, campaign or account."""
    for number, _, at, rehearsed, actor, action, about, detail in _rows(db, subject):
        yield Entry(number, at, rehearsed, actor, action, about, json.loads(detail))


def broken_at(db: Db) -> int | None:
    """Return the id of the first row whose seal does not fit, or None when the chain is whole."""
    before = GENESIS
    for number, (row_id, seal, *row) in enumerate(_rows(db), start=1):
        if row_id != number or seal != _seal(before, tuple(row)):
            return row_id
        before = seal
    return None


_Stored = tuple[int, str, str, str | None, str, str, str, str]


def _rows(db: Db, subject: str | None = None) -> Iterator[_Stored]:
    """Yield rows as they are stored, some at a time: nobody who writes has to wait for a reader."""
    last = -(2**63)  # whatever somebody may have written past this program
    while True:
        found: list[_Stored] = db.conn.execute(
            "SELECT id, hash, at, rehearsed, actor, action, subject, detail FROM audit"
            " WHERE id > :last AND (:subject IS NULL OR subject = :subject)"
            " ORDER BY id LIMIT :most",
            {"last": last, "subject": subject, "most": AT_ONCE},
        ).fetchall()
        yield from found
        if len(found) < AT_ONCE:
            return
        last = found[-1][0]


def _seal(before: str, row: tuple[str | None, ...]) -> str:
    return hashlib.sha256(json.dumps([before, *row]).encode()).hexdigest()
