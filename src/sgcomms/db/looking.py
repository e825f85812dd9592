"""Deliveries that are uncertain: looked for, found, or left to a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sgcomms import clock
from sgcomms.db import Db, audit, writing
from sgcomms.db.outcomes import keep_publication, particulars
from sgcomms.db.queue import Row, select, stored
from sgcomms.errors import StateError
from sgcomms.models import Publication, State

Looks = Sequence[timedelta]
"""The waits before each look for a delivery that is uncertain; after them a person decides."""


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
