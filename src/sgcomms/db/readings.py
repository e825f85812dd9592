"""Adding readings: written whole or not at all, and never overwritten.

Of several readings of the same thing the one read on the latest day counts, and of two of one day
the one that came in later; a blank counts only where no reading has a value. The others stay.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sgcomms import clock
from sgcomms.db import Db, sources, writing
from sgcomms.db.sources import KnownSource
from sgcomms.db.staging import COLUMNS, PLACES, columns, hand_over, staged
from sgcomms.errors import ImportFileError
from sgcomms.models import PostRow, Reading, Source

_RECORD = f"INSERT INTO readings (source, read_on, {COLUMNS}) VALUES (?, ?, {PLACES})"


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
    if source.sha256 is not None:
        _refuse_known(db, source.sha256, source.subject)
    with staged(db, rows, zone) as waiting, writing(db):
        if source.sha256 is not None:
            _refuse_known(db, source.sha256, source.subject)
        if begun is None:
            number = sources.add(db, source)
        else:
            number = begun
            sources.end(db, number, source)
        hand_over(db, waiting, source.name, number, source.read_on.isoformat())
        told = detail()
        sources.describe(db, number, told, _listed(told, waiting.times))
        then()
    return Added(number, waiting.posts, waiting.readings)


def _refuse_known(db: Db, sha256: str, subject: str) -> None:
    known = sources.of_file(db, sha256, subject)
    if known is not None:
        raise KnownFileError(known)


def _listed(
    told: Mapping[str, object], times: tuple[datetime, datetime] | None
) -> tuple[str, str] | None:
    """Return between which times a source lists posts: as a run says, or by the posts it has."""
    since, until = told.get("since"), told.get("until")
    if isinstance(since, str) and isinstance(until, str) and "error" not in told:
        return since, until
    return (clock.stored(times[0]), clock.stored(times[1])) if times else None


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
                read_on = source.read_on.isoformat()
                db.conn.execute(_RECORD, (number, read_on, *columns(reading)))
                new += 1
    return new, known


def recorded(db: Db, source: int) -> Reading | None:
    """Return the figure that was recorded by hand as the source `source`, if it is one."""
    row = db.conn.execute(
        "SELECT r.subject, r.metric, r.value, r.first, r.last, r.native, r.dimension, r.key,"
        " r.numerator, r.denominator, r.bound, r.reason FROM readings AS r"
        " JOIN sources AS s ON s.id = r.source WHERE s.kind = 'hand' AND r.source = ?",
        (source,),
    ).fetchone()
    if row is None:
        return None
    subject, metric, value, first, last, *rest = row
    return Reading(
        subject, metric, value, date.fromisoformat(first), date.fromisoformat(last), *rest
    )


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
