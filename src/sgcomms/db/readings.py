"""Adding readings: written whole or not at all, and never overwritten.

Of several readings of the same thing the one read on the latest day counts, and of two of one day
the one that came in later; a blank counts only where no reading has a value. The others stay.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import islice
from math import isfinite
from zoneinfo import ZoneInfo

from sgcomms import clock
from sgcomms.addresses import plain_address
from sgcomms.db import Db, rollup, sources, writing
from sgcomms.db.sources import KnownSource
from sgcomms.errors import ImportFileError
from sgcomms.models import PostRow, Publication, Reading, Source

_BATCH = 2_000

_UPSERT = (
    "INSERT INTO publications (account, platform_id, published_at, url, kind, text)"
    " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (account, platform_id) DO UPDATE SET"
    " published_at = CASE WHEN delivery IS NULL THEN excluded.published_at ELSE published_at END,"
    " url = coalesce(excluded.url, url), kind = coalesce(excluded.kind, kind),"
    " text = coalesce(excluded.text, text)"
)
_RENAME = (
    "UPDATE OR IGNORE publications SET platform_id = ? WHERE account = ? AND platform_id IN (?, ?)"
)
"""A post that was known by another name before is the same one."""
_HAS_ADDRESSES = (
    "SELECT 1 FROM publications WHERE account = ? AND platform_id >= 'https://'"
    " AND platform_id < 'https:/0' LIMIT 1"
)
_POST_READING = (
    "INSERT INTO post_readings (publication, source, read_on, counts)"
    " SELECT id, ?, ?, ? FROM publications WHERE account = ? AND platform_id = ?"
)
_READING = (
    "INSERT INTO readings (source, subject, metric, basis, dimension, key, first, last, value,"
    " numerator, denominator, bound, reason, native, read_on)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_HAS_DELIVERIES = "SELECT 1 FROM publications WHERE account = ? AND delivery IS NOT NULL LIMIT 1"
_DELIVERED = (
    "SELECT DISTINCT p.published_at FROM json_each(?) AS named"
    " JOIN publications AS p ON p.platform_id = named.value AND p.account = ?"
    " WHERE p.delivery IS NOT NULL"
)
"""Of our own posts the time at which they were sent counts, which may be another day's."""

_encoded = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode


class KnownFileError(ImportFileError):
    """The file was imported before, perhaps a moment ago by another process. `source` is it."""

    def __init__(self, source: KnownSource) -> None:
        self.source = source
        super().__init__(f"{source.name}: imported already")


@dataclass(frozen=True, slots=True)
class Added:
    """What a file or a run added: posts that were in it, and readings of posts or periods."""

    source: int
    posts: int
    readings: int


def add(
    db: Db,
    source: Source,
    rows: Iterable[PostRow | Reading],
    detail: Callable[[], Mapping[str, object]],
    zone: ZoneInfo | None = None,
    *,
    begun: int | None = None,
    then: Callable[[], None] = lambda: None,
) -> Added:
    """Add all that a source holds in one transaction; when `rows` raises, nothing is added.

    Raises KnownFileError when the file was imported for this subject before, and ImportFileError
    when a post stands in it twice.

    `detail` is called when all rows have been read, so that what was learnt on the way is kept.
    `zone` is the board's: figures of its days, months and years are answered fastest. `begun` is
    the id of a run that was begun (see `sources.begin`); `then` does what belongs into the commit.
    """
    posts = readings = 0
    stream = iter(rows)
    with writing(db):
        if source.sha256 is not None:
            known = sources.of_file(db, source.sha256, source.subject)
            if known is not None:
                raise KnownFileError(known)
        if zone is not None:
            rollup.use_zone(db, zone)
        days, touched = rollup.Days(rollup.zone(db)), set[tuple[str, str]]()
        times: tuple[datetime, datetime] | None = None
        if begun is None:
            number = sources.add(db, source)
        else:
            number = begun
            sources.end(db, number, source)
        read_on = source.read_on.isoformat()
        while batch := list(islice(stream, _BATCH)):
            of_posts = [row for row in batch if isinstance(row, PostRow)]
            of_periods = [row for row in batch if isinstance(row, Reading)]
            _add_posts(db, source.name, of_posts, number, read_on)
            touched |= _touched(db, of_posts, days)
            times = _widened(times, of_posts)
            db.conn.executemany(_READING, (_period(number, one, read_on) for one in of_periods))
            posts += len(of_posts)
            readings += sum(len(row.values) for row in of_posts) + len(of_periods)
        rollup.refresh(db, touched)
        told = detail()
        sources.describe(db, number, told, _listed(told, times))
        then()
    return Added(number, posts, readings)


def _add_posts(db: Db, name: str, rows: Sequence[PostRow], source: int, read_on: str) -> None:
    found = [row.publication for row in rows]
    db.conn.executemany(_RENAME, _other_names(db, found))
    db.conn.executemany(_UPSERT, map(_publication, found))
    try:
        db.conn.executemany(
            _POST_READING,
            (
                (
                    source,
                    read_on,
                    _json(row.values),
                    row.publication.account,
                    row.publication.platform_id,
                )
                for row in rows
            ),
        )
    except sqlite3.IntegrityError:
        raise ImportFileError(
            f"{name}: a post stands in it twice, so its figures are in doubt; export it again"
        ) from None


def _touched(db: Db, rows: Sequence[PostRow], days: rollup.Days) -> set[tuple[str, str]]:
    """Return the accounts and days whose figures these rows change."""
    found = [row.publication for row in rows]
    touched = {(one.account, days.of(clock.stored(one.published_at))) for one in found}
    for account in {one.account for one in found}:
        if db.conn.execute(_HAS_DELIVERIES, (account,)).fetchone():
            names = json.dumps([one.platform_id for one in found if one.account == account])
            for (at,) in db.conn.execute(_DELIVERED, (names, account)).fetchall():
                touched.add((account, days.of(at)))
    return touched


def _widened(
    times: tuple[datetime, datetime] | None, rows: Sequence[PostRow]
) -> tuple[datetime, datetime] | None:
    """Return the times of the oldest and the newest post so far, None without posts."""
    found = [*(times or ()), *(row.publication.published_at for row in rows)]
    return (min(found), max(found)) if found else None


def _listed(
    told: Mapping[str, object], times: tuple[datetime, datetime] | None
) -> tuple[str, str] | None:
    """Return between which times a source lists posts: as a run says, or by the posts it has."""
    since, until = told.get("since"), told.get("until")
    if isinstance(since, str) and isinstance(until, str) and "error" not in told:
        return since, until
    return (clock.stored(times[0]), clock.stored(times[1])) if times else None


def _json(values: Mapping[str, float | None]) -> str:
    """Return counts as JSON; where each has a value, a format writes them fastest."""
    numbers = tuple(values.values())
    if None in numbers or not isfinite(sum(numbers)):  # type: ignore[arg-type]
        return _encoded(values)
    return _format(tuple(values)) % numbers


@cache
def _format(metrics: tuple[str, ...]) -> str:
    return "{" + ",".join(f"{_encoded(metric)}:%r" for metric in metrics) + "}"


def add_recorded(db: Db, figures: Iterable[tuple[Source, Reading]]) -> tuple[int, int]:
    """Add figures recorded by hand; return how many were new and how many were there already.

    Of each thing and day of reading, what was said last (value, bound, source, person) and is said
    again changes nothing. A correction that is taken back is new.
    """
    new = known = 0
    things: dict[tuple[object, ...], list[tuple[Source, Reading]]] = {}
    for source, reading in figures:
        things.setdefault(_thing(source, reading), []).append((source, reading))
    with writing(db):
        for thing, found in things.items():
            said = [(one.value, one.bound, source.name, source.by) for source, one in found]
            again = _said_again(_recorded(db, thing), said)
            known += again
            for source, reading in found[again:]:
                number = sources.add(db, source)
                db.conn.execute(_READING, _period(number, reading, source.read_on.isoformat()))
                new += 1
    return new, known


def _thing(source: Source, reading: Reading) -> tuple[object, ...]:
    return (
        source.read_on.isoformat(),
        reading.subject,
        reading.metric,
        reading.dimension,
        reading.key,
        reading.first.isoformat(),
        reading.last.isoformat(),
    )


def _recorded(db: Db, thing: tuple[object, ...]) -> list[tuple[object, ...]]:
    """Return what was recorded of a thing and day of reading, in the order it came in."""
    return db.conn.execute(
        "SELECT value, bound, sources.name, sources.by_whom"
        " FROM readings JOIN sources ON sources.id = readings.source"
        " WHERE sources.kind = 'hand' AND readings.read_on = ? AND readings.subject = ?"
        " AND metric = ? AND dimension IS ? AND key IS ? AND first = ? AND last = ?"
        " ORDER BY readings.id",
        thing,
    ).fetchall()


def _said_again(before: Sequence[object], now: Sequence[object]) -> int:
    """Return how many of the first of `now` are, in their order, the last of `before`."""
    longest = min(len(before), len(now))
    return next(
        (n for n in range(longest, 0, -1) if list(before[-n:]) == list(now[:n])),
        0,
    )


def _period(source: int, reading: Reading, read_on: str) -> tuple[object, ...]:
    return (
        source,
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
        read_on,
    )


def _publication(one: Publication) -> tuple[object, ...]:
    published_at = clock.stored(one.published_at)
    return one.account, one.platform_id, published_at, one.url, one.kind, one.text


def _other_names(db: Db, found: Sequence[Publication]) -> Iterator[tuple[str, str, str, str]]:
    """Yield the posts with the names that they may be known by: an address, a part of the id.

    Where a person confirmed a post its address may have had to stand for its id, and of a Page's
    posts older exports gave only the second half.
    """
    accounts = {one.account for one in found}
    by_address = {one for one in accounts if db.conn.execute(_HAS_ADDRESSES, (one,)).fetchone()}
    for one in found:
        short = one.platform_id.rpartition("_")[2]
        address = None
        if one.account in by_address and one.url and "?" not in one.url:
            address = plain_address(one.url)
        if address is not None or short != one.platform_id:
            yield one.platform_id, one.account, short, address or short
