"""What is stored of a campaign, whether its file is still there or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sgcomms import clock
from sgcomms.db import Db
from sgcomms.db.posts import NEWEST, Posts, known_publications

_NAMES = (
    "SELECT campaign FROM deliveries UNION"
    " SELECT campaign FROM assignments WHERE campaign IS NOT NULL ORDER BY 1"
)

_MEMBERS = (
    "SELECT p.id, p.account, p.platform_id, p.url, p.published_at, coalesce(nullif(p.text, ''),"
    " (SELECT json_extract(d.draft, '$.text') FROM deliveries AS d WHERE d.id = p.delivery)),"
    " p.delivery,"
    " p.removed_at IS NOT NULL OR p.gone_at IS NOT NULL FROM {publications} AS p"
    " WHERE p.published_at >= :start AND p.published_at < :end"
    " AND (p.delivery IS NOT NULL OR EXISTS (SELECT 1 FROM post_readings AS r"
    " WHERE r.publication = p.id AND r.read_on <= :as_of)){clause}"
    " ORDER BY p.published_at, p.id"
)


@dataclass(frozen=True, slots=True)
class Member:
    """A publication that belongs to a campaign, and its newest readings by metric.

    `text` are its words as the platform has them, or as they were sent. `delivery` is None for one
    that somebody assigned. `gone` tells that it was taken down, or is
    not shown any more. A reading's value is None where the source left the place blank.
    """

    account: str
    platform_id: str
    url: str | None
    published_at: datetime
    text: str | None
    delivery: str | None
    gone: bool
    readings: Mapping[str, tuple[float | None, date]]


def names(db: Db) -> list[str]:
    """Return the ids of all campaigns that have a delivery, or had a post assigned."""
    return [name for (name,) in db.conn.execute(_NAMES).fetchall()]


def members(db: Db, meant: Posts) -> list[Member]:
    """Return the publications of a campaign that are `meant`, by their time."""
    readings: dict[int, dict[str, tuple[float | None, date]]] = {}
    known = known_publications(db, meant)
    newest = (
        "SELECT publication, metric, value, read_on FROM ("
        f"{NEWEST.format(publications=known)}{meant.clause()})"
    )
    for key, metric, value, read_on in db.conn.execute(
        f"{newest} WHERE age = 1", meant.values()
    ).fetchall():
        readings.setdefault(key, {})[metric] = value, date.fromisoformat(read_on)
    rows = db.conn.execute(
        _MEMBERS.format(clause=meant.clause(), publications=known), meant.values()
    ).fetchall()
    return [
        Member(
            account,
            platform_id,
            url,
            clock.from_stored(at),
            text,
            delivery,
            bool(gone),
            readings.get(key, {}),
        )
        for key, account, platform_id, url, at, text, delivery, gone in rows
    ]


def reading_costs(db: Db, start: datetime, end: datetime) -> dict[str, Decimal]:
    """Return what runs from `start` until `end` (excluded) have cost, by account, in US dollars."""
    found: dict[str, Decimal] = {}
    for subject, dollars in db.conn.execute(
        "SELECT subject, dollars FROM sources WHERE kind = 'api' AND added_at >= ?"
        " AND added_at < ? ORDER BY subject",
        (clock.stored(start), clock.stored(end)),
    ).fetchall():
        found[subject] = found.get(subject, Decimal(0)) + Decimal(dollars)
    return {subject: spent for subject, spent in found.items() if spent}
