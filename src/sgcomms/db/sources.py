"""Sources: the files, figures by hand and collection runs that readings came from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sgcomms import clock
from sgcomms.db import Db, open_database, writing
from sgcomms.models import Source


@dataclass(frozen=True, slots=True)
class KnownSource:
    """A source as it stands in the database. `dollars` are US dollars."""

    id: int
    kind: str
    name: str
    layout: str
    subject: str
    read_on: date
    by: str | None
    added_at: datetime
    sha256: str | None
    calls: int
    dollars: Decimal
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Alike:
    """Sources that a reader takes for one: a file, a figure by hand, or all runs of an API.

    They were read on so many `days`, of which `first` and `last` are the earliest and the latest.
    """

    kind: str
    name: str
    title: str
    days: int
    first: date
    last: date


BROKEN_OFF = "broken off"
"""The layout of a run that did not read all it was to read: its sweep is due again."""

_COLUMNS = (
    "id, kind, name, layout, subject, read_on, by_whom, added_at, sha256, calls, dollars, detail"
)


def of_file(db: Db, sha256: str, subject: str) -> KnownSource | None:
    """Return the import of the file with this SHA-256 for `subject`, if it was imported."""
    found = _select(db, "sha256 = ? AND subject = ?", (sha256, subject))
    return found[0] if found else None


def with_contents(db: Db, sha256: str) -> list[KnownSource]:
    """Return the imports of the file with this SHA-256, one for each subject it was taken for."""
    return _select(db, "sha256 = ?", (sha256,))


def given(db: Db, *, latest: int) -> list[KnownSource]:
    """Return the `latest` files and figures by hand that still count, in the order they came in."""
    newest = "SELECT id FROM sources WHERE kind IN ('file', 'hand') ORDER BY id DESC LIMIT ?"
    return _select(db, f"id IN ({newest})", (latest,))


def by_id(db: Db, numbers: Iterable[int]) -> list[KnownSource]:
    """Return the sources with these ids, in the order they came in."""
    return _select(db, "id IN (SELECT value FROM json_each(?))", (json.dumps([*numbers]),))


def alike(db: Db, numbers: Iterable[int]) -> list[Alike]:
    """Return the sources with these ids, the runs of an API as one, in the order they came in."""
    rows = db.conn.execute(
        "SELECT kind, name, coalesce(json_extract(detail, '$.title'), layout) AS title,"
        " count(DISTINCT read_on), min(read_on), max(read_on) FROM sources"
        " WHERE id IN (SELECT value FROM json_each(?))"
        " GROUP BY kind, name, title, CASE kind WHEN 'api' THEN '' ELSE read_on END"
        " ORDER BY min(id)",
        (json.dumps([*numbers]),),
    ).fetchall()
    return [
        Alike(kind, name, title, days, date.fromisoformat(first), date.fromisoformat(last))
        for kind, name, title, days, first, last in rows
    ]


def latest_runs(db: Db, subject: str) -> dict[str, datetime]:
    """Return when collection runs of each layout were last made for `subject`."""
    found = db.conn.execute(
        "SELECT layout, max(added_at) FROM sources WHERE kind = 'api' AND subject = ?"
        " GROUP BY layout",
        (subject,),
    ).fetchall()
    return {layout: clock.from_stored(at) for layout, at in found}


def last_whole_run(db: Db, subject: str) -> datetime | None:
    """Return when a run last read all that it was to read of `subject`, if one ever did."""
    runs = latest_runs(db, subject)
    return max((at for layout, at in runs.items() if layout != BROKEN_OFF), default=None)


def last_run(db: Db, subject: str) -> KnownSource | None:
    """Return the latest collection run of `subject`, if there was any."""
    found = _select(
        db,
        "id = (SELECT max(id) FROM sources WHERE kind = 'api' AND subject = ?)",
        (subject,),
    )
    return found[0] if found else None


def last_read(db: Db, subject: str, as_of: date) -> date | None:
    """Return the last day, up to `as_of`, on which `subject` was read whole: by a run that was not
    broken off, from a file, or by hand; None for never."""
    if db.conn.execute("SELECT 1 FROM sources WHERE subject = ? LIMIT 1", (subject,)).fetchone():
        found = db.conn.execute(  # the + keeps to the index by days: the newest come first
            "SELECT read_on FROM sources WHERE +subject = ? AND kind <> 'void' AND layout <> ?"
            " AND read_on <= ? ORDER BY read_on DESC LIMIT 1",
            (subject, BROKEN_OFF, as_of.isoformat()),
        ).fetchone()
        return date.fromisoformat(found[0]) if found else None
    return None


def periods_read(db: Db, subject: str) -> dict[tuple[date, date], date]:
    """Return the periods of `subject` that collection runs have read, and when they last did.

    A run keeps those that it has read in its detail, as "2026-10-01 to 2026-10-31".
    """
    rows = db.conn.execute(
        "SELECT p.value, max(s.read_on) FROM sources AS s, json_each(s.detail, '$.periods') AS p"
        " WHERE s.kind = 'api' AND s.subject = ? GROUP BY p.value",
        (subject,),
    ).fetchall()
    found = {}
    for period, read in rows:
        first, _, last = period.partition(" to ")
        found[date.fromisoformat(first), date.fromisoformat(last)] = date.fromisoformat(read)
    return found


def spent(db: Db, subject: str, since: datetime) -> tuple[int, Decimal]:
    """Return the requests that runs for `subject` have made since `since`, and what they cost."""
    found = db.conn.execute(
        "SELECT calls, dollars FROM sources WHERE kind = 'api' AND subject = ? AND added_at >= ?",
        (subject, clock.stored(since)),
    ).fetchall()
    return sum(calls for calls, _ in found), sum((Decimal(one) for _, one in found), Decimal(0))


def imported(db: Db, subject: str) -> list[KnownSource]:
    """Return the files that were imported for `subject`, in their order."""
    return _select(db, "kind = 'file' AND subject = ?", (subject,))


def add(db: Db, source: Source) -> int:
    """Add a source inside the open transaction, and return its id."""
    cursor = db.conn.execute(
        "INSERT INTO sources (kind, name, layout, subject, read_on, sha256, by_whom, added_at,"
        " calls, dollars, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            source.kind,
            source.name,
            source.layout,
            source.subject,
            source.read_on.isoformat(),
            source.sha256,
            source.by,
            clock.stored(clock.now()),
            source.calls,
            str(source.dollars),
            _json(source.detail),
        ),
    )
    return int(cursor.lastrowid or 0)


def begin(db: Db, source: Source) -> int:
    """Add a run before anything is asked, and return its id: what it costs is never forgotten."""
    with writing(db):
        return add(db, source)


@dataclass(slots=True)
class Spending:
    """Notes what the run `number` has asked and may have cost, before each request is made.

    Has a connection of its own, for the thread that asks; that thread closes it.
    """

    path: Path
    number: int
    _db: Db | None = None

    def note(self, calls: int, dollars: Decimal) -> None:
        """Note how many requests there have been, and what they may have cost in US dollars."""
        if self._db is None:
            self._db = open_database(self.path)
        with writing(self._db):
            self._db.conn.execute(
                "UPDATE sources SET calls = ?, dollars = ? WHERE id = ?",
                (calls, str(dollars), self.number),
            )

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._db is not None:
            self._db.close()


def end(db: Db, number: int, source: Source) -> None:
    """Let a run that was begun be what it has become, inside the open transaction."""
    db.conn.execute(
        "UPDATE sources SET layout = ?, read_on = ?, calls = ?, dollars = ? WHERE id = ?",
        (source.layout, source.read_on.isoformat(), source.calls, str(source.dollars), number),
    )


def describe(
    db: Db, number: int, detail: Mapping[str, object], listed: tuple[str, str] | None
) -> None:
    """Keep what was learnt of a source on the way, inside the open transaction.

    `listed` are the stored times between which it lists the posts of its account.
    """
    first, last = listed or (None, None)
    db.conn.execute(
        "UPDATE sources SET detail = ?, first_at = ?, last_at = ? WHERE id = ?",
        (_json(detail), first, last, number),
    )


def days_listed(
    db: Db, subject: str, first: date, last: date, as_of: date
) -> list[tuple[date, date]]:
    """Return the UTC days between which files and runs read by `as_of` list the posts of `subject`.

    Those that reach into the days from `first` to `last`; what lies within another is left out.
    """
    rows = db.conn.execute(
        "SELECT DISTINCT substr(first_at, 1, 10), substr(last_at, 1, 10) FROM sources"
        " WHERE subject = ? AND first_at IS NOT NULL AND first_at < ? AND last_at >= ?"
        " AND read_on <= ? ORDER BY 1, 2 DESC",
        (subject, f"{last}U", first.isoformat(), as_of.isoformat()),  # U comes after the time's T
    ).fetchall()
    found: list[tuple[date, date]] = []
    reached = ""
    for begins, ends in rows:
        if ends > reached:
            found.append((date.fromisoformat(begins), date.fromisoformat(ends)))
            reached = ends
    return found


def days_read(db: Db, *, latest: int) -> list[date]:
    """Return the `latest` days on which any source was read, the newest first."""
    rows = db.conn.execute(
        "SELECT DISTINCT read_on FROM sources ORDER BY read_on DESC LIMIT ?", (latest,)
    ).fetchall()
    return [date.fromisoformat(day) for (day,) in rows]


def listings(db: Db, subject: str) -> list[tuple[datetime | None, datetime | None, date]]:
    """Return between which times each file and run of `subject` lists posts, and when it was read.

    A file without posts has no times.
    """
    rows = db.conn.execute(
        "SELECT DISTINCT first_at, last_at, read_on FROM sources AS s WHERE subject = ?"
        " AND (first_at IS NOT NULL OR (kind = 'file'"
        " AND NOT EXISTS (SELECT 1 FROM readings WHERE subject = s.subject AND source = s.id)))",
        (subject,),
    ).fetchall()
    at = clock.from_stored
    return [
        (at(first) if first else None, at(last) if last else None, date.fromisoformat(read))
        for first, last, read in rows
    ]


def listed_between(
    db: Db, subject: str, first: datetime, until: datetime, as_of: date
) -> list[tuple[datetime, datetime]]:
    """Return between which times files and runs read by `as_of` list the posts of `subject`.

    Those that reach into the time from `first` until `until`; what lies within another is left out.
    """
    rows = db.conn.execute(
        "SELECT first_at, max(last_at) FROM sources WHERE subject = ? AND first_at IS NOT NULL"
        " AND first_at < ? AND last_at >= ? AND read_on <= ? GROUP BY first_at ORDER BY first_at",
        (subject, clock.stored(until), clock.stored(first), as_of.isoformat()),
    ).fetchall()
    found: list[tuple[datetime, datetime]] = []
    reached = ""
    for begins, ends in rows:
        if ends > reached:
            found.append((clock.from_stored(begins), clock.from_stored(ends)))
            reached = ends
    return found


def _json(detail: Mapping[str, object]) -> str:
    return json.dumps(detail, ensure_ascii=False)


def _select(db: Db, where: str, values: Sequence[object]) -> list[KnownSource]:
    rows = db.conn.execute(f"SELECT {_COLUMNS} FROM sources WHERE {where} ORDER BY id", values)
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
            calls,
            Decimal(dollars),
            json.loads(detail),
        )
        for (
            number,
            kind,
            name,
            layout,
            subject,
            read_on,
            by,
            added_at,
            sha256,
            calls,
            dollars,
            detail,
        ) in rows.fetchall()
    ]
