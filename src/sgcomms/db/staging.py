"""What a source holds, put down in tables of this connection's own until all of it was read.

Reading a large file takes minutes. Its rows wait here, where they keep nobody from writing, and go
over in one transaction. The tables are SQLite's temporary ones: on disk, private, gone at the end.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from itertools import islice
from math import isfinite
from zoneinfo import ZoneInfo

from sgcomms import clock
from sgcomms.addresses import plain_address
from sgcomms.db import Db, rollup, times
from sgcomms.errors import ImportFileError
from sgcomms.models import PostRow, Publication, Reading

_BATCH = 2_000

COLUMNS = (
    "subject, metric, basis, dimension, key, first, last, value, numerator, denominator, bound,"
    " reason, native"
)
"""What a reading of a period is kept as, beside its source and the day it was read."""
PLACES = ", ".join("?" * len(COLUMNS.split(",")))

_TABLES = (
    "CREATE TEMP TABLE staged_posts (account, platform_id, published_at, url, kind, text, counts)",
    f"CREATE TEMP TABLE staged_periods ({COLUMNS})",
)
_STAGE_POST = "INSERT INTO temp.staged_posts VALUES (?, ?, ?, ?, ?, ?, ?)"
_STAGE_PERIOD = f"INSERT INTO temp.staged_periods VALUES ({PLACES})"

_UPSERT = (
    "INSERT INTO publications (account, platform_id, published_at, url, kind, text)"
    " SELECT account, platform_id, published_at, url, kind, text FROM temp.staged_posts WHERE true"
    " ORDER BY rowid ON CONFLICT (account, platform_id) DO UPDATE SET"
    " url = coalesce(excluded.url, url), kind = coalesce(excluded.kind, kind),"
    " text = coalesce(excluded.text, text)"
)
_POST_READINGS = (
    "INSERT INTO post_readings (publication, source, read_on, counts)"
    " SELECT p.id, ?, ?, s.counts FROM temp.staged_posts AS s CROSS JOIN publications AS p"
    " ON p.account = s.account AND p.platform_id = s.platform_id ORDER BY s.rowid"
)
_READINGS = (
    f"INSERT INTO readings (source, read_on, {COLUMNS})"
    f" SELECT ?, ?, {COLUMNS} FROM temp.staged_periods ORDER BY rowid"
)
_RENAME = (
    "UPDATE OR IGNORE publications SET platform_id = ? WHERE account = ? AND platform_id IN (?, ?)"
)
"""A post that was known by another name before is the same one."""
_HAS_ADDRESSES = (
    "SELECT 1 FROM publications WHERE account = ? AND platform_id >= 'https://'"
    " AND platform_id < 'https:/0' LIMIT 1"
)
_RENAMABLE = (
    "SELECT account, platform_id, url FROM temp.staged_posts"
    " WHERE account = ? AND (? OR instr(platform_id, '_'))"
)
_HAS_DELIVERIES = "SELECT 1 FROM publications WHERE account = ? AND delivery IS NOT NULL LIMIT 1"
_DELIVERED = (
    "SELECT DISTINCT p.published_at FROM temp.staged_posts AS s CROSS JOIN publications AS p"
    " ON p.account = s.account AND p.platform_id = s.platform_id"
    " WHERE s.account = ? AND p.delivery IS NOT NULL"
)
"""Of our own posts the time at which they were sent counts, which may be another day's."""

_encoded = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode


@dataclass(slots=True)
class Staged:
    """Rows that wait: how many posts, and readings of posts or periods.

    `touched` are the accounts with the days of `zone` whose figures they change, `times` those of
    the oldest and the newest post.
    """

    zone: ZoneInfo
    posts: int = 0
    readings: int = 0
    touched: set[tuple[str, str]] = field(default_factory=set)
    times: tuple[datetime, datetime] | None = None


@contextmanager
def staged(
    db: Db, rows: Iterable[PostRow | Reading], zone: ZoneInfo | None = None
) -> Iterator[Staged]:
    """Put all of `rows` down, and forget them at the end; no lock is held while they are read.

    `zone` is that of the roll-up's days, without it the one they have.
    """
    for statement in _TABLES:
        db.conn.execute(statement)
    try:
        found = Staged(zone or rollup.zone(db))
        days, stream = rollup.Days(found.zone), iter(rows)
        while batch := list(islice(stream, _BATCH)):
            _stage(db, found, days, batch)
        yield found
    finally:
        for table in ("staged_posts", "staged_periods"):
            db.conn.execute(f"DROP TABLE temp.{table}")


def _stage(db: Db, found: Staged, days: rollup.Days, batch: Sequence[PostRow | Reading]) -> None:
    of_posts = [row for row in batch if isinstance(row, PostRow)]
    of_periods = [row for row in batch if isinstance(row, Reading)]
    at = [clock.stored(row.publication.published_at) for row in of_posts]
    db.conn.executemany(_STAGE_POST, map(_post, of_posts, at))
    db.conn.executemany(_STAGE_PERIOD, map(columns, of_periods))
    found.posts += len(of_posts)
    found.readings += sum(len(row.values) for row in of_posts) + len(of_periods)
    found.touched.update(
        (row.publication.account, days.of(one)) for row, one in zip(of_posts, at, strict=True)
    )
    told = [*(found.times or ()), *(row.publication.published_at for row in of_posts)]
    found.times = (min(told), max(told)) if told else None


def hand_over(db: Db, found: Staged, name: str, source: int, read_on: str) -> None:
    """Add what waits as readings of `source`, inside the open transaction, and roll it up.

    Raises ImportFileError, which names the file `name`, when a post stands in it twice.
    """
    rollup.use_zone(db, found.zone)
    accounts = {account for account, _ in found.touched}
    for account in accounts:
        db.conn.executemany(_RENAME, _other_names(db, account))
    times.note(db, source)
    db.conn.execute(_UPSERT)
    settled = times.settle(db, source)
    try:
        db.conn.execute(_POST_READINGS, (source, read_on))
    except sqlite3.IntegrityError:
        raise ImportFileError(
            f"{name}: a post stands in it twice, so its figures are in doubt; export it again"
        ) from None
    db.conn.execute(_READINGS, (source, read_on))
    days = rollup.Days(found.zone)
    found.touched.update((account, days.of(at)) for account, at in settled)
    for account in accounts:
        if db.conn.execute(_HAS_DELIVERIES, (account,)).fetchone():
            for (at,) in db.conn.execute(_DELIVERED, (account,)).fetchall():
                found.touched.add((account, days.of(at)))
    rollup.refresh(db, found.touched)


def _other_names(db: Db, account: str) -> Iterator[tuple[str, str, str, str]]:
    """Yield the posts with the names that they may be known by: an address, a part of the id.

    Where a person confirmed a post its address may have had to stand for its id, and of a Page's
    posts older exports gave only the second half.
    """
    by_address = db.conn.execute(_HAS_ADDRESSES, (account,)).fetchone() is not None
    for _, name, url in db.conn.execute(_RENAMABLE, (account, by_address)):
        short = name.rpartition("_")[2]
        address = None
        if by_address and url and "?" not in url:
            address = plain_address(url)
        if address is not None or short != name:
            yield name, account, short, address or short


def _post(row: PostRow, at: str) -> tuple[object, ...]:
    one: Publication = row.publication
    return one.account, one.platform_id, at, one.url, one.kind, one.text, _json(row.values)


def _json(values: Mapping[str, float | None]) -> str:
    """Return counts as JSON; where each has a value, a format writes them fastest."""
    numbers = tuple(values.values())
    if None in numbers or not isfinite(sum(numbers)):  # type: ignore[arg-type]
        return _encoded(values)
    return _format(tuple(values)) % numbers


@cache
def _format(metrics: tuple[str, ...]) -> str:
    return "{" + ",".join(f"{_encoded(metric)}:%r" for metric in metrics) + "}"


def columns(reading: Reading) -> tuple[object, ...]:
    """Return a reading of a period in the order of `COLUMNS`."""
    return (
        reading.subject,
        reading.metric,
        reading.basis,
        reading.dimension,
        reading.key,
        reading.first.isoformat(),
        reading.last.isoformat(),
        reading.value,
        reading.numerator,
        reading.denominator,
        reading.bound,
        reading.reason,
        reading.native,
    )
