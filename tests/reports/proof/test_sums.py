"""`report proof`: sums that may not be made: over accounts, over months, of unlike things."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from sgcomms import clock, periods
from sgcomms.campaigns import load
from sgcomms.reports.proof import Reader
from sgcomms.reports.proof.reading import plain
from sgcomms.workspace import Workspace
from tests.conftest import BEFORE_ALL
from tests.reports.proof.conftest import Judged, done

FACEBOOK = [2011, 1987, 2203, 1874, 2350, 2102, 1999, 2011, 1893, 2077, 1931, 2246]
INSTAGRAM = [811, 787, 903, 774, 850, 702, 899, 911, 793, 877, 831, 846]
USERS = [6021, 5980, 6203, 5874, 5350, 6102, 6999, 7011, 6893, 6077, 6931, 6246]
YEAR = ("2021-04-01", "2022-03-31")
WHOLE = {
    ("x", "impressions"): 51_377,
    ("facebook", "impressions"): 44_203,
    ("facebook", "views"): 12_905,
    ("instagram", "views"): 9_318,
    ("x", "followers"): 1_101,
    ("facebook", "followers"): 512,
    ("instagram", "followers"): 233,
}
T, F, U, D = "traced", "forbidden sum", "unknown", "differs"


def _entries() -> Iterator[tuple[str, str, int, str, str]]:
    for place, values in enumerate(zip(FACEBOOK, INSTAGRAM, USERS, strict=True)):
        month = periods.month(f"{2021 + (place + 3) // 12}-{(place + 3) % 12 + 1:02}")
        days = (month.start.isoformat(), month.end.isoformat())
        names = (("facebook", "reach"), ("instagram", "reach"), ("website", "users_total"))
        for (subject, metric), value in zip(names, values, strict=True):
            yield subject, metric, value, *days
    for (subject, metric), value in WHOLE.items():
        yield subject, metric, value, *((YEAR[1],) * 2 if metric == "followers" else YEAR)


@pytest.fixture(scope="module")
def judged(fresh: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judged]:
    """Judge texts against a year whose reach and users are known by the month only."""
    folder = Path(shutil.copytree(fresh, tmp_path_factory.mktemp("sums") / "board"))
    told = {"read_on": "2022-04-04", "source": "a page", "by": "comms.officer@board.example"}
    entries = [
        {"subject": subject, "metric": metric, "value": value, "from": first, "to": last} | told
        for subject, metric, value, first, last in _entries()
    ]
    (folder / "recorded.yaml").write_text(json.dumps(entries), encoding="utf-8")
    done(folder, "import", str(folder / "recorded.yaml"))
    space = Workspace(folder)
    board = space.board()
    with clock.rehearse(datetime.fromisoformat(BEFORE_ALL)), space.database() as db:
        found = periods.year("2021-22", board.year_starts)
        reader = Reader(db, board, found, load(space.root, board).campaigns)
        yield lambda text: reader.proof(plain.markdown(text)).findings


F12, I12, U12 = sum(FACEBOOK), sum(INSTAGRAM), sum(USERS)
CASES = [
    (f"Facebook reached {F12:,} people over the year.", F),
    ("Facebook reached over 24,000 people over the year.", F),
    (f"Instagram had a reach of {I12:,}.", F),
    (f"Facebook and Instagram reached {F12 + I12:,} people.", F),
    ("Facebook and Instagram reached more than 34,000 people.", F),
    (f"Our reach was {F12 + I12 + 51_377:,}.", F),
    (f"The website had {U12:,} users.", F),
    ("The website had over 75,000 users.", F),
    (f"Between April and June 2021 the website had {sum(USERS[:3]):,} users.", F),
    (f"In the first quarter the website had {sum(USERS[:3]):,} users.", F),
    (f"Facebook content was seen {44_203 + 12_905:,} times.", F),
    (f"Facebook’s impressions, views and reach came to {44_203 + 12_905 + F12:,}.", F),
    (f"We had {1_101 + 512 + 233:,} followers.", F),
    (f"Facebook and Instagram have {512 + 233} followers.", F),
    ("Twitter and Instagram have over 1,300 followers.", F),
    # fair
    ("In April 2021 Facebook reached 2,011 people.", T),
    ("In April 2021 the website had 6,021 users.", T),
    ("Twitter had 51,377 impressions.", T),
    (f"We had {51_377 + 44_203:,} impressions on Twitter and Facebook.", T),
    # by chance, or of something else
    ("Facebook reached 88,000.", U),
    ("Instagram reached 40,000 people.", U),
    (f"{F12:,} families live in the county.", U),
    ("There were 34,000 calls to the helpline.", U),
    ("Our audience is 100,000.", U),
]


@pytest.mark.parametrize(("text", "verdict"), CASES)
def test_a_sum_is_forbidden_only_where_it_was_made(judged: Judged, text: str, verdict: str) -> None:
    (found,) = judged(text)
    assert found.verdict == verdict, found.says


def test_a_sum_names_its_parts_and_why_not(judged: Judged) -> None:
    (found,) = judged(f"Facebook and Instagram reached {F12 + I12:,} people.")
    assert f"reach of Facebook of 12 months ({F12:,})" in found.says
    assert f"reach of Instagram of 12 months ({I12:,})" in found.says
    (found,) = judged(f"Facebook content was seen {44_203 + 12_905:,} times.")
    assert "impressions and views are different things" in found.says


def test_few_numbers_of_a_town_are_sums_by_chance(judged: Judged) -> None:
    """Of numbers drawn evenly, of which none was made by adding, nearly none is accused."""
    drawn = [10_000 + 37 * place * (place + 11) % 180_000 for place in range(400)]
    wrong = [
        one for one in drawn for found in judged(f"Our audience was {one:,}.") if found.is_wrong
    ]
    assert len(wrong) <= len(drawn) // 100, wrong
