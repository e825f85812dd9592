"""Posts that somebody has assigned to a campaign: what was typed by hand counts for it too.

An assignment is never changed: a later one counts in its place, and what was answered before it can
be answered so again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sgcomms import clock
from sgcomms.addresses import plain_address
from sgcomms.db import Db, audit, writing


@dataclass(frozen=True, slots=True)
class Post:
    """A publication as it is known here: `sent_for` is the campaign that this program sent it for,
    `assigned` the one that somebody assigned it to."""

    id: int
    account: str
    platform_id: str
    published_at: datetime
    url: str | None
    text: str | None
    sent_for: str | None
    assigned: str | None


_POSTS = (
    "SELECT p.id, p.account, p.platform_id, p.published_at, p.url, p.text, d.campaign,"
    " (SELECT campaign FROM assignments AS a WHERE a.publication = p.id ORDER BY a.id DESC LIMIT 1)"
    " AS assigned FROM publications AS p LEFT JOIN deliveries AS d ON d.id = p.delivery"
)


def posts(db: Db, start: datetime, end: datetime, accounts: Sequence[str]) -> list[Post]:
    """Return the posts of `accounts` from `start` until `end` (excluded), by their time."""
    marks = ", ".join("?" * len(accounts))
    where = f"WHERE p.published_at >= ? AND p.published_at < ? AND p.account IN ({marks})"
    return _select(db, where, (clock.stored(start), clock.stored(end), *accounts))


def named(db: Db, name: str) -> list[Post]:
    """Return the posts that a platform's id, the end of one, or an address names."""
    address = plain_address(name)
    if address is None:
        where = "WHERE p.platform_id = ? OR p.platform_id LIKE '%\\_' || ? ESCAPE '\\'"
        return _select(db, where, (name, name))
    last = address.rpartition("/")[2]
    near = _select(db, "WHERE p.url LIKE '%' || ? || '%' OR p.platform_id = ?", (last, address))
    return [
        one
        for one in near
        if one.platform_id == address or (one.url and plain_address(one.url) == address)
    ]


def assign(db: Db, chosen: Iterable[Post], campaign: str | None, by: str) -> None:
    """Assign posts to a campaign, or to none, all of it or nothing."""
    now = clock.stored(clock.now())
    with writing(db):
        for one in chosen:
            db.conn.execute(
                "INSERT INTO assignments (publication, campaign, by_whom, at) VALUES (?, ?, ?, ?)",
                (one.id, campaign, by, now),
            )
            audit.append(
                db, by, "assigned", one.account, platform_id=one.platform_id, campaign=campaign
            )


def _select(db: Db, where: str, values: Sequence[object]) -> list[Post]:
    found = db.conn.execute(f"{_POSTS} {where} ORDER BY p.published_at, p.id", values).fetchall()
    return [
        Post(key, account, number, clock.from_stored(at), *rest)
        for key, account, number, at, *rest in found
    ]
