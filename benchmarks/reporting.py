"""What a year's figures cost when ten million readings are stored.

Twenty thousand posts of a year on three accounts, each read as often as `collect` reads it: hourly
on day one, daily to day 30, weekly to day 90, once more at the year's end. Beside it a query
written by hand over the same roll-up that gives the same figures.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

from sgcomms import workspace
from sgcomms.config import Board
from sgcomms.db import Db, rollup, writing
from sgcomms.figures import Question, figures
from sgcomms.periods import span, year
from sgcomms.workspace import Workspace

POSTS = 20_000
ACCOUNTS = ("facebook", "instagram", "x")
METRICS = (
    "impressions",
    "views",
    "reactions",
    "comments",
    "shares",
    "clicks_link",
    "saves",
    "engagements",
)
BEGAN = datetime(2025, 4, 1, tzinfo=UTC)
CLOSED = datetime(2026, 4, 4, 6, 7, tzinfo=UTC)
"""When the year is read once more: nothing that was read later is left, even of its last posts."""

ROUNDS = 15
GOAL_MS, GOAL_RATIO = 100, 1.3

BY_HAND = """
WITH year AS (SELECT * FROM post_days WHERE day >= '2025-04-01' AND day <= '2026-03-31')
SELECT account, metric, sum(posts), sum(blank), sum(unsettled), sum(total), min(first_read),
    max(last_read),
    group_concat(DISTINCT sources) FROM year GROUP BY account, metric
UNION ALL
SELECT 'all', metric, sum(posts), sum(blank), sum(unsettled), sum(total), min(first_read),
    max(last_read),
    group_concat(DISTINCT sources) FROM year GROUP BY metric
"""
"""The figures of each account and of all together, with the days and sources of their readings."""


def main() -> None:
    """Measure and print; nothing is kept."""
    with tempfile.TemporaryDirectory() as folder:
        for _ in workspace.init(Path(folder) / "board"):
            pass
        space = Workspace(Path(folder) / "board")
        board = space.board()
        with space.database() as db:
            count = fill(db, board.zone)
            question = Question(year("2025-26", board.year_starts))
            _check(db, board, question)
            ours = median_of(lambda: figures(db, board, question, []))
            hand = median_of(lambda: db.conn.execute(BY_HAND).fetchall())
            raw = timed(lambda: db.conn.execute(_RAW).fetchall())
    print(f"A year's figures of {POSTS:,} posts, {count:,} readings stored:")
    print(f"  sgcomms                                  {ours:6.1f} ms (goal: {GOAL_MS})")
    print(f"  by hand, over the roll-up                {hand:6.1f} ms")
    print(f"  by hand, over the readings               {raw:6.1f} ms")
    print(f"  ratio to the roll-up (goal: {GOAL_RATIO})          {ours / hand:6.2f}")


_RAW = """
SELECT account, metric, sum(value) FROM (
    SELECT p.account, j.key AS metric, j.value, row_number() OVER (
        PARTITION BY r.publication, j.key ORDER BY r.read_on DESC, r.source DESC) AS age
    FROM publications AS p JOIN post_readings AS r ON r.publication = p.id, json_each(r.counts) AS j
    WHERE p.published_at >= '2025-04-01' AND p.published_at < '2026-04-01')
WHERE age = 1 GROUP BY account, metric
"""


def fill(db: Db, zone: ZoneInfo, posts: int = POSTS, years: int = 1) -> int:
    """Store so many posts of each of the last years, and their readings; return how many of these
    there are."""
    chance = random.Random(1)  # noqa: S311  no secret
    step = timedelta(days=365) / posts
    count = 0
    with writing(db):
        sources = _Sources(db)
        for number in range(posts * years):
            at = BEGAN + (number - posts * (years - 1)) * step
            account = ACCOUNTS[number % len(ACCOUNTS)]
            key = db.conn.execute(
                "INSERT INTO publications (account, platform_id, published_at) VALUES (?, ?, ?)",
                (account, str(number), f"{at:%Y-%m-%dT%H:%M:%SZ}"),
            ).lastrowid
            rows = []
            base = [chance.randrange(1, 2_000) for _ in METRICS]
            for times, moment in enumerate(_moments(at), start=1):
                counts = ",".join(
                    f'"{metric}":{value * times}.0'
                    for metric, value in zip(METRICS, base, strict=True)
                )
                rows.append((key, *sources.of(account, moment), f"{{{counts}}}"))
                count += len(METRICS)
            db.conn.executemany("INSERT OR IGNORE INTO post_readings VALUES (?, ?, ?, ?)", rows)
        rollup.use_zone(db, zone)
    return count


def _moments(at: datetime) -> Iterator[datetime]:
    """Yield when a post of that time is read: by the runs of each hour, day, week, and year."""
    hour = at.replace(minute=7, second=0, microsecond=0)
    yield from (hour + timedelta(hours=number) for number in range(1, 25))
    morning = hour.replace(hour=6)
    yield from (morning + timedelta(days=number) for number in range(2, 31))
    weekly = morning + timedelta(days=31 + (6 - morning.weekday()) % 7)
    yield from (weekly + timedelta(weeks=number) for number in range(9))
    yield CLOSED


class _Sources:
    """A source for each account and hour."""

    def __init__(self, db: Db) -> None:
        self._db = db
        self._known: dict[tuple[str, str], int] = {}

    def of(self, account: str, moment: datetime) -> tuple[int, str]:
        """Return the id of the run at that hour, and the day of its readings."""
        hour, day = f"{moment:%Y-%m-%dT%H}", f"{moment:%Y-%m-%d}"
        found = self._known.get((account, hour))
        if found is None:
            cursor = self._db.conn.execute(
                "INSERT INTO sources (kind, name, layout, subject, read_on, added_at, calls,"
                " dollars, detail) VALUES ('api', 'API', 'hourly', ?, ?, ?, 1, '0', '{}')",
                (account, day, f"{hour}:00:00Z"),
            )
            found = self._known[account, hour] = int(cursor.lastrowid or 0)
        return found, day


def _check(db: Db, board: Board, question: Question) -> None:
    """Make sure that the roll-up and the readings say the same before anything is timed."""
    found = {(one.subject, one.metric): one for one in figures(db, board, question, [])}
    start, end = span(question.period, board.zone)
    whole = _RAW.replace("'2025-04-01'", f"'{start:%Y-%m-%dT%H:%M:%SZ}'")
    whole = whole.replace("'2026-04-01'", f"'{end:%Y-%m-%dT%H:%M:%SZ}'")
    for account, metric, total in db.conn.execute(whole).fetchall():
        assert found[account, metric].value == total, (account, metric)
    assert question.as_of == date.max


def median_of(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Return the median of several rounds, in milliseconds."""
    return median(timed(work) for _ in range(rounds))


def timed(work: Callable[[], object]) -> float:
    """Return how long it takes, in milliseconds."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    main()
