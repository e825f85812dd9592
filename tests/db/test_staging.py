"""However long a file takes to be read, it keeps nobody from writing meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from sgcomms.db import Db, location, open_database, readings, writing
from sgcomms.db.posts import FOREVER, Posts, told
from sgcomms.errors import ImportFileError
from sgcomms.models import PostRow, Publication, Reading, Source
from sgcomms.periods import month, span

FILE = Source("file", "a.csv", "x-content", "x", date(2026, 4, 3), "aa")


def rows(number: int) -> Iterator[PostRow | Reading]:
    at = datetime(2026, 3, 1, 9, tzinfo=UTC)
    for one in range(number):
        yield PostRow(Publication("x", str(one), at), {"impressions": 2.0})
    day = date(2026, 3, 31)
    yield Reading("x", "followers", 1007, day, day, "Followers")


def impressions(db: Db) -> float | None:
    asked = Posts(*span(month("2026-03"), ZoneInfo("UTC")), FOREVER)
    return next((one.value for one in told(db, asked).sums), None)


def test_others_write_while_a_file_is_read(db: Db) -> None:
    def slowly() -> Iterator[PostRow | Reading]:
        for number, one in enumerate(rows(5_000)):
            if number in (0, 2_500, 5_000):
                with open_database(location(db)) as other, writing(other):
                    other.conn.execute(
                        "INSERT INTO chores (name, due_at) VALUES (?, '')", (str(number),)
                    )
            yield one

    added = readings.add(db, FILE, slowly(), dict)
    assert (added.posts, added.readings) == (5_000, 5_001)
    assert db.conn.execute("SELECT count(*) FROM chores").fetchone() == (3,)
    assert impressions(db) == 10_000


def test_what_broke_off_leaves_nothing(db: Db) -> None:
    def broken() -> Iterator[PostRow | Reading]:
        yield from rows(3_000)
        raise ImportFileError("a.csv: cut off")

    with pytest.raises(ImportFileError, match="cut off"):
        readings.add(db, FILE, broken(), dict)
    for table in ("sources", "publications", "post_readings", "readings", "post_days"):
        assert db.conn.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
    readings.add(db, FILE, rows(3), dict)
    assert impressions(db) == 6
