"""What an attempt came to: its end, and the publication that it left."""

from __future__ import annotations

from dataclasses import replace

from sgcomms import clock
from sgcomms.addresses import plain_address
from sgcomms.db import Db, rollup
from sgcomms.errors import StateError
from sgcomms.models import Mode, Publication, State


class TakenError(StateError):
    """A publication that settles another delivery already cannot settle this one too."""


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
    rollup.refresh(db)


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
