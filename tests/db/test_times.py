"""Sources may give one post different times: the newest reading counts, and none is forgotten."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sgcomms.db import Db, outcomes, readings, rollup, voiding, writing
from sgcomms.db.posts import FOREVER, Posts, post_readings, told
from sgcomms.models import PostRow, Publication, Source
from sgcomms.periods import Period, days, month, span
from tests.fakes import delivery, fill

LONDON = ZoneInfo("Europe/London")
MARCH, APRIL = month("2026-03"), month("2026-04")
IN_MARCH, IN_APRIL = "2026-03-04T17:05", "2026-04-03T17:05"


def say(db: Db, read_on: str, **times: str) -> int:
    """Let a file that was read on a day tell of posts; return its number."""
    rows = [
        PostRow(
            Publication("x", name, datetime.fromisoformat(at).replace(tzinfo=UTC)),
            {"impressions": 10.0},
        )
        for name, at in times.items()
    ]
    number = db.conn.execute("SELECT count(*) FROM sources").fetchone()[0]
    source = Source("file", "a.csv", "x", "x", date.fromisoformat(read_on), f"sha-{number}")
    return readings.add(db, source, rows, dict, LONDON).source


def impressions(db: Db, period: Period, as_of: date = FOREVER) -> float | None:
    found = told(db, Posts(*span(period, LONDON), as_of))
    one = next((one for one in found.sums if one.metric == "impressions"), None)
    listed = post_readings(db, Posts(*span(period, LONDON), as_of), "impressions")
    assert sum(reading.value or 0 for reading in listed) == (one.value if one else 0)
    count = found.counts.get("x")
    assert (count.posts if count else 0) == len(listed)
    return one.value if one else None


def test_the_newest_reading_says_when(db: Db) -> None:
    say(db, "2026-11-01", a=IN_MARCH)
    say(db, "2026-11-02", a=IN_APRIL)
    assert (impressions(db, MARCH), impressions(db, APRIL)) == (None, 10)


def test_an_older_file_that_comes_later_moves_nothing(db: Db) -> None:
    say(db, "2026-11-02", a=IN_MARCH)
    say(db, "2026-11-01", a=IN_APRIL)
    assert (impressions(db, MARCH), impressions(db, APRIL)) == (10, None)


def test_what_was_answered_before_is_answered_again(db: Db) -> None:
    say(db, "2026-11-01", a=IN_MARCH, b=IN_MARCH)
    say(db, "2026-11-02", a=IN_APRIL)
    earlier = date(2026, 11, 1)
    assert (impressions(db, MARCH, earlier), impressions(db, APRIL, earlier)) == (20, None)
    assert (impressions(db, MARCH), impressions(db, APRIL)) == (10, 10)


@pytest.mark.parametrize("wrong_first", [True, False])
def test_the_time_of_what_is_taken_back_counts_no_more(db: Db, *, wrong_first: bool) -> None:
    said = [("2026-11-02", IN_APRIL), ("2026-11-01", IN_MARCH)]
    numbers = {at: say(db, day, a=at) for day, at in (said if wrong_first else said[::-1])}
    assert (impressions(db, MARCH), impressions(db, APRIL)) == (None, 10)
    voiding.take_back(db, numbers[IN_APRIL], "head", "wrong dates")
    assert (impressions(db, MARCH), impressions(db, APRIL)) == (10, None)


def test_a_post_of_ours_has_the_time_at_which_it_was_sent(db: Db) -> None:
    fill(db, [delivery("one", "x")])
    say(db, "2026-11-01", a=IN_APRIL)
    sent = datetime.fromisoformat(IN_MARCH).replace(tzinfo=UTC)
    with writing(db):
        outcomes.keep_publication(db, "test/one@x", "live", Publication("x", "a", sent))
    say(db, "2026-11-02", a=IN_APRIL)
    assert (impressions(db, MARCH), impressions(db, APRIL)) == (10, None)


@pytest.mark.parametrize("seed", range(20))
def test_whatever_comes_and_goes_the_roll_up_is_what_the_readings_say(db: Db, seed: int) -> None:
    chance = random.Random(seed)
    there: list[int] = []
    for _ in range(12):
        if there and chance.random() < 0.3:
            number = there.pop(chance.randrange(len(there)))
            voiding.take_back(db, number, "head", "a mistake")
        else:
            on = date(2026, 5, 1) + timedelta(days=chance.randrange(5))
            first = datetime(2026, 3, 31, 20) + timedelta(hours=chance.randrange(8))  # noqa: DTZ001
            names = chance.sample("abcdef", 3)
            there.append(say(db, on.isoformat(), **dict.fromkeys(names, first.isoformat())))
        before = _rolled(db)
        db.conn.execute("DELETE FROM post_days")
        with writing(db):
            rollup.use_zone(db, ZoneInfo("UTC"))
            rollup.use_zone(db, LONDON)
        assert before == _rolled(db)
        for day in (date(2026, 3, 31), date(2026, 4, 1)):
            impressions(db, days(day, day))
            impressions(db, days(day, day), date(2026, 5, 2))


def _rolled(db: Db) -> list[tuple[object, ...]]:
    rows = db.conn.execute(
        "SELECT account, day, metric, posts, blank, unsettled, total, first_read, last_read"
        " FROM post_days ORDER BY account, day, metric"
    )
    return list(rows.fetchall())
