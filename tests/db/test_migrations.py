"""A database of an earlier version keeps what it knows when it is opened by this one."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

from sqlite_utils import Database

from sgcomms.db import open_database, sources
from sgcomms.db.posts import FOREVER, Posts, told
from sgcomms.db.schema import migrations
from sgcomms.db.spans import period_readings
from sgcomms.periods import days, span
from tests.db.test_rollup import LONDON

MARCH, APRIL = date(2026, 3, 31), date(2026, 4, 1)
"""The last day of a year of the board, and the first of the next: UTC has them otherwise."""

OLD = """
INSERT INTO sources (kind, name, layout, subject, read_on, sha256, added_at, detail) VALUES
    ('file', 'a.csv', 'x-content', 'x', '2026-04-03', 'aa', '2026-04-03T09:00:00Z',
     '{"title": "A"}'),
    ('file', 'b.csv', 'x-content', 'x', '2026-05-03', 'bb', '2026-05-03T09:00:00Z', '{}'),
    ('hand', 'a screen', 'recorded', 'x', '2026-04-03', NULL, '2026-04-03T09:00:00Z', '{}');
INSERT INTO publications (account, platform_id, published_at) VALUES
    ('x', '1', '2026-03-31T22:30:00Z'), ('x', '2', '2026-03-31T23:30:00Z');
INSERT INTO post_readings (publication, metric, read_on, source, value) VALUES
    (1, 'impressions', '2026-04-03', 1, 10), (1, 'comments', '2026-04-03', 1, NULL),
    (2, 'impressions', '2026-04-03', 1, 5),
    (1, 'impressions', '2026-05-03', 2, 12);
INSERT INTO readings (source, subject, metric, first, last, value, native, read_on) VALUES
    (3, 'x', 'followers', '2026-03-31', '2026-03-31', 1007, 'Followers', '2026-04-03');
"""


def test_posts_and_readings_are_the_same_as_before(tmp_path: Path) -> None:
    path = tmp_path / "sgcomms.db"
    with closing(Database(path).conn) as connection:
        old = Database(connection)
        migrations.apply(old, stop_before="m006_collecting")
        connection.executescript(OLD)
    with open_database(path) as db:
        march, april = (
            told(db, Posts(*span(days(day, day), LONDON), FOREVER)) for day in (MARCH, APRIL)
        )
        assert [(one.metric, one.value, one.blank, one.sources) for one in march.sums] == [
            ("comments", None, 1, (1,)),
            ("impressions", 12, 0, (2,)),
        ]
        assert [(one.metric, one.value, one.sources) for one in april.sums] == [
            ("impressions", 5, (1,))
        ]
        assert march.counts["x"].posts == april.counts["x"].posts == 1
        (followers,) = period_readings(db, MARCH, MARCH, FOREVER)
        assert (followers.value, followers.source, followers.basis) == (1007, 3, None)
        (file,) = sources.by_id(db, [1])
        assert (file.kind, file.calls, file.detail) == ("file", 0, {"title": "A"})
        assert sources.of_file(db, "bb", "x") is not None
        begins, ends, read_on = sources.listings(db, "x")[0]
        assert (begins, ends, read_on) == (
            datetime(2026, 3, 31, 22, 30, tzinfo=UTC),
            datetime(2026, 3, 31, 23, 30, tzinfo=UTC),
            date(2026, 4, 3),
        )
        assert db.conn.execute("PRAGMA foreign_key_check").fetchall() == []
        assert db.conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)
