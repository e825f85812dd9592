"""Whose token each account has, and when it ends, as it was last verified."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sgcomms import clock
from sgcomms.db import Db, writing


@dataclass(frozen=True, slots=True)
class Verified:
    """What `accounts verify` last found out about an account's token."""

    account: str
    handle: str
    platform_id: str
    scopes: tuple[str, ...]
    missing: tuple[str, ...]
    notes: tuple[str, ...]
    expires_at: datetime | None
    verified_at: datetime


def keep(db: Db, found: Verified) -> None:
    """Keep what was found out, in the place of what was known before."""
    with writing(db):
        db.conn.execute(
            "INSERT OR REPLACE INTO identities (account, handle, platform_id, scopes, missing,"
            " notes, expires_at, verified_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                found.account,
                found.handle,
                found.platform_id,
                json.dumps(found.scopes),
                json.dumps(found.missing),
                json.dumps(found.notes),
                clock.stored(found.expires_at) if found.expires_at else None,
                clock.stored(found.verified_at),
            ),
        )


def known(db: Db) -> list[Verified]:
    """Return what is known, by account."""
    found = db.conn.execute(
        "SELECT account, handle, platform_id, scopes, missing, notes, expires_at, verified_at"
        " FROM identities ORDER BY account"
    ).fetchall()
    return [
        Verified(
            account,
            handle,
            platform_id,
            tuple(json.loads(scopes)),
            tuple(json.loads(missing)),
            tuple(json.loads(notes)),
            clock.from_stored(expires) if expires else None,
            clock.from_stored(verified),
        )
        for account, handle, platform_id, scopes, missing, notes, expires, verified in found
    ]
