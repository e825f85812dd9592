"""What is owed, by what the database really holds: files, records and runs."""

from __future__ import annotations

import json
from datetime import date

from sgcomms.db import readings
from sgcomms.figures import owed
from sgcomms.models import Source
from tests.conftest import At, Run
from tests.figures.conftest import Desk

TODAY = date(2026, 11, 22)


def of(desk: Desk, subject: str) -> list[str]:
    return [one.what for one in owed(desk.db, desk.board, TODAY) if one.subject == subject]


def test_an_account_whose_posts_nobody_fetched_owes_them(desk: Desk) -> None:
    assert of(desk, "facebook") == ["posts of April 2025 to October 2026"]
    desk.post("facebook", "1", "2025-04-01T09:00Z", read_on="2026-11-06", alone=True, views=1.0)
    assert of(desk, "facebook") == ["posts of May 2025 to October 2026"]


def test_an_account_that_is_read_by_its_api_owes_nothing(desk: Desk) -> None:
    def run(day: str, layout: str) -> None:
        source = Source("api", "Facebook API", layout, "facebook", date.fromisoformat(day))
        readings.add(desk.db, source, [], dict)

    run("2026-11-22", "broken off")
    assert of(desk, "facebook") != []
    run("2026-11-22", "daily")
    assert of(desk, "facebook") == []


def test_a_run_counts_for_all_the_days_that_it_asked_for(desk: Desk) -> None:
    times = {"since": "2026-09-30T23:00:00Z", "until": "2026-11-06T09:00:00Z"}
    source = Source("api", "API", "weekly", "facebook", date(2026, 11, 6))
    readings.add(desk.db, source, [], lambda: times)
    desk.db.conn.execute("UPDATE sources SET added_at = '2026-11-06T09:00:00Z'")
    assert of(desk, "facebook") == ["posts of April 2025 to September 2026"]


def test_a_month_of_the_website_that_was_recorded_is_not_owed(desk: Desk) -> None:
    before = of(desk, "website")
    desk.read("website", "page_views", 90, "2026-10-01", "2026-10-31", read_on="2026-11-06")
    assert "figures of October 2026" in before
    assert "figures of October 2026" not in of(desk, "website")


def test_the_command_names_screen_and_day(run: Run, at: At) -> None:
    shown = run("status", "--figures")
    assert shown.code == 0
    assert "x: posts of September to October 2026, from X: Analytics, Content" in shown.out
    assert "by 29 November 2026" in shown.out
    listed = json.loads(run("status", "--figures", "--json").out)
    assert {"subject": "x", "last_date": "2026-11-29"}.items() <= listed[0].items()
    at("2027-03-20T09:00+00:00")
    assert "x: followers on 31 March 2027" in run("status", "--figures").out
