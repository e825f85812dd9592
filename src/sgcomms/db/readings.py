"""Sources, publications and readings: written whole or not at all, and never overwritten.

Of several readings of the same thing the one read on the latest day counts, and of two of one day
the one that came in later; a blank counts only where no reading has a value. The others stay.
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
from sgcomms.addresses import plain_address
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
_RENAME = (
    "UPDATE OR IGNORE publications SET platform_id = :id"
    " WHERE account = :account AND platform_id IN (:short, :address)"
)
"""A post that was known by another name before is the same one."""
_HAS_NAMES = (
    "SELECT 1 FROM publications WHERE account = ?"
    " AND (platform_id LIKE 'https://%' OR instr(platform_id, '_') = 0) LIMIT 1"
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


class KnownFileError(ImportFileError):
    """The file was imported before, perhaps a moment ago by another process. `source` is it."""

    def __init__(self, source: KnownSource) -> None:
        self.source = source
        super().__init__(f"{source.name}: imported already")


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
    sha256: str | None
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
    native: str


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
        "SELECT id, kind, name, layout, subject, read_on, by_whom, added_at, sha256, detail"
        " FROM sources"
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
            sha256,
            json.loads(detail),
        )
        for number, kind, name, layout, subject, read_on, by, added_at, sha256, detail in rows
    ]


def add_file(
    db: Db,
    source: Source,
    rows: Iterable[PostRow | Reading],
    detail: Callable[[], Mapping[str, object]],
) -> Added:
    """Add everything a file holds in one transaction; when `rows` raises, nothing is added.

    Raises KnownFileError when the file was imported for this subject before, and ImportFileError
    when a post stands in the file twice.

    `detail` is called when all rows have been read, so that what was learnt on the way is kept.
    """
    posts = readings = 0
    stream = iter(rows)
    with writing(db):
        if source.sha256 is not None:
            known = source_of_file(db, source.sha256, source.subject)
            if known is not None:
                raise KnownFileError(known)
        number = _add_source(db, source)
        while batch := list(islice(stream, _BATCH)):
            of_posts = [row for row in batch if isinstance(row, PostRow)]
            of_periods = [row for row in batch if isinstance(row, Reading)]
            posts += len(of_posts)
            db.conn.executemany(_RENAME, _other_names(db, of_posts))
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
                _add_reading(db, _add_source(db, source), reading, source.read_on)
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


def _other_names(db: Db, rows: Sequence[PostRow]) -> Iterator[dict[str, str]]:
    """Yield the posts with the names that they may be known by: an address, a part of the id.

    Where a person confirmed a post its address may have had to stand for its id, and of a Page's
    posts older exports gave only the second half.
    """
    accounts = {row.publication.account for row in rows}
    named = {one for one in accounts if db.conn.execute(_HAS_NAMES, (one,)).fetchone()}
    for row in rows:
        one = row.publication
        if one.account in named:
            short = one.platform_id.rpartition("_")[2]
            address = plain_address(one.url) if one.url and "?" not in one.url else None
            yield {
                "id": one.platform_id,
                "account": one.account,
                "short": short,
                "address": address or short,
            }


def _post_readings(
    rows: Iterable[PostRow], read_on: str, source: int
) -> Iterator[tuple[object, ...]]:
    for row in rows:
        account, platform_id = row.publication.account, row.publication.platform_id
        for metric, value in row.values.items():
            yield metric, read_on, source, value, account, platform_id


_NEWEST = (
    "SELECT p.id AS publication, p.account, p.platform_id, p.url, p.published_at, r.metric,"
    " r.value, r.read_on, r.source, row_number() OVER (PARTITION BY r.publication, r.metric"
    " ORDER BY r.value IS NULL, r.read_on DESC, r.source DESC) AS age"
    " FROM publications AS p JOIN post_readings AS r ON r.publication = p.id"
    " LEFT JOIN deliveries AS d ON d.id = p.delivery"
    " WHERE p.published_at >= :start AND p.published_at < :end AND r.read_on <= :as_of"
)


_ASSIGNED = (
    "(SELECT a.campaign FROM assignments AS a WHERE a.publication = p.id"
    " AND substr(a.at, 1, 10) <= :as_of ORDER BY a.id DESC LIMIT 1) = :campaign"
)
"""What somebody assigned to the campaign, as it stood at the cut-off."""


@dataclass(frozen=True, slots=True)
class Posts:
    """Which posts are meant: published from `start` until `end` (UTC, excluded), of `accounts` or
    of `campaign` (sent for it, or assigned to it), with what was read on `as_of` or before. Without
    either, all of them."""

    start: datetime
    end: datetime
    as_of: date
    accounts: tuple[str, ...] = ()
    campaign: str | None = None

    def clause(self) -> str:
        """Return the condition on `p` and `d` that picks the accounts or the campaign."""
        if self.campaign is not None:
            return f" AND (d.campaign = :campaign OR (d.campaign IS NULL AND {_ASSIGNED}))"
        if not self.accounts:
            return ""
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


def posts_read(db: Db, posts: Posts) -> int:
    """Return how many of the posts meant have a figure of any metric."""
    (count,) = db.conn.execute(
        f"SELECT count(DISTINCT publication) FROM ({_NEWEST}{posts.clause()})"
        " WHERE value IS NOT NULL",
        posts.values(),
    ).fetchone()
    return int(count)


def stored_subjects(db: Db) -> set[str]:
    """Return every id that a post or a reading belongs to, the ids of joint figures apart."""
    rows = db.conn.execute(
        "SELECT DISTINCT account FROM publications UNION SELECT DISTINCT subject FROM readings"
    ).fetchall()
    return {part for (subject,) in rows for part in subject.split("+")}


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
        " denominator, bound, reason, read_on, native FROM (SELECT *, row_number() OVER ("
        "PARTITION BY subject, metric, dimension, key, first, last"
        " ORDER BY value IS NULL, read_on DESC, id DESC) AS age FROM readings"
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
        " denominator, bound, reason, read_on, native FROM readings"
        f" WHERE id IN ({marks}) ORDER BY id",
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
