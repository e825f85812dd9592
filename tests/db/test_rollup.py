"""The roll-up holds what the readings say, whatever was written, in whatever order."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sgcomms.db import Db, outcomes, readings, writing
from sgcomms.db.posts import FOREVER, Posts, PostSum, told
from sgcomms.models import PostRow, Publication, Source
from sgcomms.periods import month, span, year, year_start
from tests.fakes import NOW, delivery, fill

LONDON, KATHMANDU = ZoneInfo("Europe/London"), ZoneInfo("Asia/Kathmandu")
METRICS = ("impressions", "comments", "reach")


@dataclass
class Told:
    """What was said of posts, one saying after the other: the newest of each metric counts."""

    times: dict[str, datetime] = field(default_factory=dict)
    newest: dict[str, tuple[date, int]] = field(default_factory=dict)
    said: dict[tuple[str, str], list[tuple[bool, str, int, float | None]]] = field(
        default_factory=dict
    )

    def put(self, name: str, at: datetime, read_on: date, number: int) -> None:
        """Let a file say when a post went out: that of the newest reading counts."""
        if (read_on, number) >= self.newest.get(name, (read_on, number)):
            self.times[name], self.newest[name] = at, (read_on, number)

    def sums(self, start: datetime, end: datetime) -> Iterator[tuple[str, float | None, int, int]]:
        for metric in sorted(METRICS):
            newest = [
                max(sayings)[3]
                for (name, of), sayings in self.said.items()
                if of == metric and start <= self.times[name] < end
            ]
            values = [one for one in newest if one is not None]
            if newest:
                total = sum(values) if values else None
                yield metric, total, len(values), len(newest) - len(values)


def _plain(sums: tuple[PostSum, ...]) -> list[tuple[str, float | None, int, int]]:
    return [(one.metric, one.value, one.posts, one.blank) for one in sums]


@pytest.mark.parametrize("seed", range(12))
def test_it_says_what_the_readings_say(db: Db, seed: int) -> None:
    chance, known = random.Random(seed), Told()
    zone = chance.choice([LONDON, KATHMANDU])
    names = [str(number) for number in range(10, 22)]
    fill(db, [delivery(f"sent-{name}", "x") for name in names[:3]])
    for number in range(1, 14):
        read_on = date(2026, 4, 2) + timedelta(days=chance.randrange(6))
        rows = []
        for name in chance.sample(names, chance.randrange(1, 9)):
            at = datetime(2026, 3, 31, 20, tzinfo=UTC) + timedelta(minutes=chance.randrange(600))
            at = known.times.get(name, at)
            if chance.random() < 0.2:  # a source may know a post's time better
                at += timedelta(hours=chance.randrange(5))
            known.put(name, at, read_on, number)
            counts = {
                metric: chance.choice([None, float(chance.randrange(50))])
                for metric in chance.sample(METRICS, chance.randrange(1, 4))
            }
            rows.append(PostRow(Publication("x", name, at), counts))
            for metric, value in counts.items():
                saying = (value is not None, read_on.isoformat(), number, value)
                known.said.setdefault((name, metric), []).append(saying)
        source = Source("file", f"{number}.csv", "test", "x", read_on, f"{seed}{number}")
        readings.add(db, source, rows, dict, zone)
        for period in (month("2026-03"), month("2026-04"), year("2026-27", year_start("1 April"))):
            for asked in (LONDON, KATHMANDU):
                start, end = span(period, asked)
                found = told(db, Posts(start, end, FOREVER))
                assert _plain(found.sums) == list(known.sums(start, end))
                count = sum(start <= at < end for at in known.times.values())
                assert sum(one.posts for one in found.counts.values()) == count


def test_a_post_that_was_sent_from_here_counts_on_the_day_it_was_sent(db: Db) -> None:
    """An officer confirmed it days later: the day that this program knows counts."""
    fill(db, [delivery("one", "x")])
    late = Publication("x", "77", NOW + timedelta(days=40))
    with writing(db):
        outcomes.keep_publication(db, "test/one@x", "live", late)
    row = PostRow(Publication("x", "77", NOW), {"impressions": 5.0})
    source = Source("file", "a.csv", "test", "x", date(2027, 1, 1), "a")
    readings.add(db, source, [row], dict, LONDON)
    november, january = (
        told(db, Posts(*span(month(one), LONDON), FOREVER)) for one in ("2026-11", "2027-01")
    )
    assert november.sums == ()
    assert [one.value for one in january.sums] == [5.0]


def test_a_post_known_before_it_is_confirmed_moves_with_its_figures(db: Db) -> None:
    fill(db, [delivery("one", "x")])
    row = PostRow(Publication("x", "77", NOW), {"impressions": 5.0})
    source = Source("file", "a.csv", "test", "x", date(2027, 1, 1), "a")
    readings.add(db, source, [row], dict, LONDON)
    with writing(db):
        late = Publication("x", "77", NOW + timedelta(days=40))
        outcomes.keep_publication(db, "test/one@x", "live", late)
    january = told(db, Posts(*span(month("2027-01"), LONDON), FOREVER))
    assert [one.value for one in january.sums] == [5.0]
    assert told(db, Posts(*span(month("2026-11"), LONDON), FOREVER)).sums == ()


def test_two_posts_may_move_to_the_same_time_and_from_it(db: Db) -> None:
    """Exports print minutes or days, where the API gives seconds."""
    minute, later = NOW, NOW + timedelta(hours=8)
    for number, (first, second) in enumerate([(minute, minute), (later, later), (later, minute)]):
        rows = [
            PostRow(Publication("x", name, at), {"impressions": 1.0})
            for name, at in (("1", first), ("2", second))
        ]
        source = Source("file", f"{number}.csv", "test", "x", date(2027, 1, 1), f"{number}")
        readings.add(db, source, rows, dict, LONDON)
    found = told(db, Posts(*span(month("2026-11"), LONDON), FOREVER))
    assert [one.value for one in found.sums] == [2.0]
