"""Where the figures of a report are from: one line a file, and one for all runs of an API."""

from __future__ import annotations

from datetime import date, timedelta

from sgcomms.db import readings
from sgcomms.models import PostRow, Publication, Source
from sgcomms.periods import year
from sgcomms.reports.annual import gather
from tests.conftest import At
from tests.figures.conftest import Desk, desk

__all__ = ["desk"]


def _run(desk: Desk, account: str, read_on: date, number: int) -> None:
    from sgcomms.clock import parse_instant

    post = Publication(account, f"{account}{number}", parse_instant("2020-05-05T09:00+00:00"))
    source = Source("api", f"{account.title()} API", "posts", account, read_on, calls=1)
    detail = {"title": f"{account.title()}, read by its API"}
    readings.add(desk.db, source, [PostRow(post, {"shares": 3.0})], lambda: detail)


def test_runs_of_an_api_are_one_line_however_many_they_are(desk: Desk, at: At) -> None:
    at("2021-04-05T09:00+00:00")
    for number in range(40):
        _run(desk, "facebook", date(2020, 6, 1) + timedelta(days=number // 2), number)
    _run(desk, "x", date(2021, 4, 3), 1)
    desk.post("x", "mine", "2020-07-07T09:00+00:00", "2021-04-01", shares=4)
    desk.read("website", "page_views", 70, "2020-04-01", "2021-03-31")
    found = gather(desk.db, desk.board, year("2020-21", desk.board.year_starts), ())
    lines = [one for one in found.sources if "API" in one]
    assert lines == [
        "Facebook API: Facebook, read by its API; read on 20 days from 1 June 2020 to 20 June 2020",
        "X API: X, read by its API; read on 3 April 2021",
    ]
    assert any(one.startswith("mine.csv: ") for one in found.sources)
    assert len(found.sources) == 4
