"""Sources, publications and readings: written whole or not at all, and never overwritten.

Of several readings of the same thing the one read on the latest day counts, and of two of one day
the one that came in later; the others stay.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from sgcomms import clock
from sgcomms.db import Db, writing
from sgcomms.errors import ImportFileError
from sgcomms.models import PostRow, Reading, Source

_BATCH = 2_000
FOREVER = date.max
"""A cut-off that leaves nothing out."""

_UPSERT = (
    "INSERT INTO publications (account, platform_id, published_at, url, kind, text)"
    " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (account, platform_id) DO UPDATE SET"
    " published_at = CASE WHEN delivery IS NULL THEN excluded.published_at ELSE published_at END,"
    " url = coalesce(excluded.url, url), kind = coalesce(excluded.kind, kind),"
    " text = coalesce(excluded.text, text)"
)
_POST_READING = (
    "INSERT INTO post_readings (publication, metric, read_on, source, value)"
    " SELECT id, ?, ?, ?, ? FROM publications WHERE account = ? AND platform_id = ?"
)
_READING = (
    "INSERT INTO readings (source, subject, metric, dimension, key, first, last, value, numerator,"
    " denominator, bound, reason, native, read_on)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


@dataclass(frozen=True, slots=True)
class Added:
    """What an import added: posts that were in the file, and readings of posts or periods."""

    source: int
    posts: int
    readings: int


@dataclass(frozen=True, slots=True)
class KnownSource:
    """A source as it stands in the database."""

    id: int
    kind: str
    name: str
    layout: str
    subject: str
    read_on: date
    by: str | None
    added_at: datetime
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PostSum:
    """The newest readings of one metric of one account's posts, added up.

    `value` is None when no post has one. `posts` have a value, `blank` have none.
    """

    account: str
    metric: str
    value: float | None
    posts: int
    blank: int
    first_read: date
    last_read: date
    sources: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PeriodReading:
    """One reading over a period, as it stands in the database."""

    id: int
    source: int
    subject: str
    metric: str
    dimension: str | None
    key: str | None
    first: date
    last: date
    value: float | None
    numerator: float | None
    denominator: float | None
    bound: str | None
    reason: str | None
    read_on: date


@dataclass(frozen=True, slots=True)
class PostReading:
    """The newest reading of one metric of one post."""

    account: str
    platform_id: str
    url: str | None
    published_at: datetime
    value: float | None
    read_on: date
    source: int


def source_of_file(db: Db, sha256: str, subject: str) -> KnownSource | None:
    """Return the import of the file with this SHA-256 for `subject`, if it was imported."""
    found = sources(db, where="sha256 = ? AND subject = ?", values=(sha256, subject))
    return found[0] if found else None


def sources(db: Db, where: str = "1", values: Sequence[object] = ()) -> list[KnownSource]:
    """Return sources in the order they came in."""
    rows = db.conn.execute(
        "SELECT id, kind, name, layout, subject, read_on, by_whom, added_at, detail FROM sources"
        f" WHERE {where} ORDER BY id",
        tuple(values),
    ).fetchall()
    return [
        KnownSource(
            number,
            kind,
            name,
            layout,
            subject,
            date.fromisoformat(read_on),
            by,
            clock.from_stored(added_at),
            json.loads(detail),
        )
        for number, kind, name, layout, subject, read_on, by, added_at, detail in rows
    ]


def add_file(
    db: Db,
    source: Source,
    rows: Iterable[PostRow | Reading],
    detail: Callable[[], Mapping[str, object]],
) -> Added:
    """Add everything a file holds in one transaction; when `rows` raises, nothing is added.

    Raises ImportFileError when a post stands in the file twice.

    `detail` is called when all rows have been read, so that what was learnt on the way is kept.
    """
    posts = readings = 0
    stream = iter(rows)
    with writing(db):
        number = _add_source(db, source)
        while batch := list(islice(stream, _BATCH)):
            of_posts = [row for row in batch if isinstance(row, PostRow)]
            of_periods = [row for row in batch if isinstance(row, Reading)]
            posts += len(of_posts)
            db.conn.executemany(_UPSERT, _publications(of_posts))
            found = list(_post_readings(of_posts, source.read_on.isoformat(), number))
            try:
                db.conn.executemany(_POST_READING, found)
            except sqlite3.IntegrityError:
                raise ImportFileError(
                    f"{source.name}: a post stands in it twice, so its figures are in doubt; "
                    "export it again"
                ) from None
            for reading in of_periods:
                _add_reading(db, number, reading, source.read_on)
            readings += len(found) + len(of_periods)
        db.conn.execute(
            "UPDATE sources SET detail = ? WHERE id = ?",
            (json.dumps(detail(), ensure_ascii=False), number),
        )
    return Added(number, posts, readings)


def add_recorded(db: Db, figures: Iterable[tuple[Source, Reading]]) -> tuple[int, int]:
    """Add figures recorded by hand; return how many were new and how many were there already.

    One that says exactly the same as one that is there (value, period, day of reading, source,
    person) changes nothing.
    """
    new = known = 0
    with writing(db):
        for source, reading in figures:
            if _is_known(db, source, reading):
                known += 1
                continue
            _add_reading(db, _add_source(db, source), reading, source.read_on)
            new += 1
    return new, known


def _is_known(db: Db, source: Source, reading: Reading) -> bool:
    return (
        db.conn.execute(
            "SELECT 1 FROM readings JOIN sources ON sources.id = readings.source"
            " WHERE sources.kind = 'hand' AND sources.name = ? AND sources.by_whom IS ?"
            " AND readings.read_on = ? AND readings.subject = ? AND metric = ?"
            " AND dimension IS ? AND key IS ? AND first = ? AND last = ? AND value IS ?"
            " AND bound IS ?",
            (
                source.name,
                source.by,
                source.read_on.isoformat(),
                reading.subject,
                reading.metric,
                reading.dimension,
                reading.key,
                reading.first.isoformat(),
                reading.last.isoformat(),
                reading.value,
                reading.bound,
            ),
        ).fetchone()
        is not None
    )


def _add_source(db: Db, source: Source) -> int:
    cursor = db.conn.execute(
        "INSERT INTO sources (kind, name, layout, subject, read_on, sha256, by_whom, added_at,"
        " detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            source.kind,
            source.name,
            source.layout,
            source.subject,
            source.read_on.isoformat(),
            source.sha256,
            source.by,
            clock.stored(clock.now()),
            json.dumps(source.detail, ensure_ascii=False),
        ),
    )
    return int(cursor.lastrowid or 0)


def _add_reading(db: Db, source: int, reading: Reading, read_on: date) -> None:
    db.conn.execute(
        _READING,
        (
            source,
            reading.subject,
            reading.metric,
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
            read_on.isoformat(),
        ),
    )


def _publications(rows: Iterable[PostRow]) -> Iterator[tuple[object, ...]]:
    for row in rows:
        one = row.publication
        yield (
            one.account,
            one.platform_id,
            clock.stored(one.published_at),
            one.url,
            one.kind,
            one.text,
        )


def _post_readings(
    rows: Iterable[PostRow], read_on: str, source: int
) -> Iterator[tuple[object, ...]]:
    for row in rows:
        account, platform_id = row.publication.account, row.publication.platform_id
        for metric, value in row.values.items():
            yield metric, read_on, source, value, account, platform_id


_NEWEST = (
    "SELECT p.account, p.platform_id, p.url, p.published_at, r.metric, r.value, r.read_on,"
    " r.source, row_number() OVER (PARTITION BY r.publication, r.metric"
    " ORDER BY r.read_on DESC, r.source DESC) AS age"
    " FROM publications AS p JOIN post_readings AS r ON r.publication = p.id"
    " LEFT JOIN deliveries AS d ON d.id = p.delivery"
    " WHERE p.published_at >= :start AND p.published_at < :end AND r.read_on <= :as_of"
)


@dataclass(frozen=True, slots=True)
class Posts:
    """Which posts are meant: published from `start` until `end` (UTC, excluded), of `accounts` or
    of `campaign`, with what was read on `as_of` or before."""

    start: datetime
    end: datetime
    as_of: date
    accounts: tuple[str, ...] = ()
    campaign: str | None = None

    def clause(self) -> str:
        """Return the condition on `p` and `d` that picks the accounts or the campaign."""
        if self.campaign is not None:
            return " AND d.campaign = :campaign"
        marks = ", ".join(f":account{number}" for number in range(len(self.accounts)))
        return f" AND p.account IN ({marks})"

    def values(self) -> dict[str, object]:
        """Return what the names in the condition stand for."""
        accounts = {f"account{number}": name for number, name in enumerate(self.accounts)}
        return {
            "start": clock.stored(self.start),
            "end": clock.stored(self.end),
            "as_of": self.as_of.isoformat(),
            "campaign": self.campaign,
            **accounts,
        }


def post_counts(db: Db, posts: Posts) -> dict[str, tuple[int, tuple[int, ...], date | None]]:
    """Return for each account: its posts, their sources, and when they were last read.

    A post counts when some source named it by the cut-off, or this program published it.
    """
    rows = db.conn.execute(
        "SELECT p.account, count(DISTINCT p.id), max(r.read_on), group_concat(DISTINCT r.source)"
        " FROM publications AS p LEFT JOIN deliveries AS d ON d.id = p.delivery"
        " LEFT JOIN post_readings AS r ON r.publication = p.id AND r.read_on <= :as_of"
        " WHERE p.published_at >= :start AND p.published_at < :end"
        " AND (r.source IS NOT NULL OR p.delivery IS NOT NULL)"
        f"{posts.clause()} GROUP BY p.account",
        posts.values(),
    ).fetchall()
    return {
        account: (count, _numbers(found), date.fromisoformat(read) if read else None)
        for account, count, read, found in rows
    }


def post_sums(db: Db, posts: Posts) -> list[PostSum]:
    """Return the newest readings of the posts meant, added up by account and metric."""
    rows = db.conn.execute(
        "SELECT account, metric, sum(value), count(value), count(*), min(read_on), max(read_on),"
        f" group_concat(DISTINCT source) FROM ({_NEWEST}{posts.clause()}) WHERE age = 1"
        " GROUP BY account, metric ORDER BY account, metric",
        posts.values(),
    ).fetchall()
    return [
        PostSum(
            account,
            metric,
            value,
            valued,
            count - valued,
            date.fromisoformat(first),
            date.fromisoformat(last),
            _numbers(found),
        )
        for account, metric, value, valued, count, first, last, found in rows
    ]


def post_readings(db: Db, posts: Posts, metric: str) -> list[PostReading]:
    """Return the newest reading of `metric` of each post meant, by time."""
    rows = db.conn.execute(
        "SELECT account, platform_id, url, published_at, value, read_on, source"
        f" FROM ({_NEWEST}{posts.clause()} AND r.metric = :metric) WHERE age = 1"
        " ORDER BY published_at, platform_id",
        {**posts.values(), "metric": metric},
    ).fetchall()
    return [
        PostReading(
            account,
            platform_id,
            url,
            clock.from_stored(published_at),
            value,
            date.fromisoformat(read_on),
            source,
        )
        for account, platform_id, url, published_at, value, read_on, source in rows
    ]


def period_readings(
    db: Db, first: date, last: date, as_of: date, subjects: Collection[str] | None = None
) -> list[PeriodReading]:
    """Return the newest reading of each subject, metric, key and period that ends in the span.

    `subjects` None means all of them.
    """
    rows = db.conn.execute(
        "SELECT id, source, subject, metric, dimension, key, first, last, value, numerator,"
        " denominator, bound, reason, read_on FROM (SELECT *, row_number() OVER ("
        "PARTITION BY subject, metric, dimension, key, first, last"
        " ORDER BY read_on DESC, id DESC) AS age FROM readings"
        " WHERE last >= ? AND last <= ? AND read_on <= ?) WHERE age = 1"
        " ORDER BY subject, metric, dimension, key, first, last",
        (first.isoformat(), last.isoformat(), as_of.isoformat()),
    ).fetchall()
    found = [_period_reading(row) for row in rows]
    return [one for one in found if subjects is None or one.subject in subjects]


def readings_by_id(db: Db, ids: Sequence[int]) -> list[PeriodReading]:
    """Return the readings with these ids."""
    marks = ", ".join("?" * len(ids))
    rows = db.conn.execute(
        "SELECT id, source, subject, metric, dimension, key, first, last, value, numerator,"
        f" denominator, bound, reason, read_on FROM readings WHERE id IN ({marks}) ORDER BY id",
        tuple(ids),
    ).fetchall()
    return [_period_reading(row) for row in rows]


def _period_reading(row: sqlite3.Row | tuple[Any, ...]) -> PeriodReading:
    values = list(row)
    for place in (6, 7, 13):
        values[place] = date.fromisoformat(values[place])
    return PeriodReading(*values)


def _numbers(joined: str | None) -> tuple[int, ...]:
    return tuple(sorted(map(int, joined.split(",")))) if joined else ()
