"""The figures of a year that is running: of months, of the year so far, of the month so far."""

from __future__ import annotations

from datetime import date

import pytest

from sgcomms.db import readings
from sgcomms.figures import Figure
from sgcomms.models import PostRow, Publication, Reading, Source
from sgcomms.periods import month
from tests.conftest import At
from tests.fakes import NOW
from tests.figures.conftest import Desk

SO_FAR, MONTH = ("2026-04-01", "2026-10-31"), ("2026-11-01", "2026-11-21")
YEAR = "2026-27"


def read_all(
    desk: Desk, rows: list[tuple[str, float, str | None, tuple[str, str]]], run: str
) -> None:
    """Store one collection run of the website."""
    source = Source("api", "API", "periods", "website", date.fromisoformat(run))
    found = [
        Reading(
            "website",
            metric,
            value,
            date.fromisoformat(first),
            date.fromisoformat(last),
            metric,
            dimension="channel" if key else None,
            key=key,
        )
        for metric, value, key, (first, last) in rows
    ]
    readings.add(desk.db, source, found, dict)


def shares(desk: Desk, **asked: object) -> dict[str | None, float | None]:
    found: list[Figure] = desk.ask(YEAR, **asked)
    return {one.key: one.value for one in found if one.metric == "sessions_share"}


def test_a_channel_that_is_new_this_month_has_the_share_it_has(desk: Desk) -> None:
    read_all(
        desk,
        [
            ("sessions", 100, None, SO_FAR),
            ("sessions", 90, "search", SO_FAR),
            ("sessions", 10, "direct", SO_FAR),
            ("sessions", 10, None, MONTH),
            ("sessions", 5, "search", MONTH),
            ("sessions", 5, "email", MONTH),
        ],
        "2026-11-22",
    )
    assert shares(desk) == {
        "search": pytest.approx(95 / 110),
        "direct": pytest.approx(10 / 110),
        "email": pytest.approx(5 / 110),
    }


def test_a_channel_that_is_gone_when_a_month_is_read_again_is_gone(desk: Desk) -> None:
    october = ("2026-10-01", "2026-10-31")
    early = [("direct", 60), ("referral", 40)]
    read_all(
        desk,
        [("sessions", 100, None, october), *(("sessions", n, key, october) for key, n in early)],
        "2026-11-01",
    )
    read_all(
        desk, [("sessions", 100, None, october), ("sessions", 100, "direct", october)], "2026-11-04"
    )
    assert shares(desk) == {"direct": 1.0}


def test_visits_that_reach_out_of_the_year_are_added_to_nothing(desk: Desk) -> None:
    keyed = {"dimension": "content", "key": "safer-sleeping.clear-cot.x"}
    desk.read("website", "sessions", 30, "2020-04-01", "2021-03-31", **keyed)
    desk.read("website", "sessions", 31, "2020-03-31", "2021-03-31", **keyed)
    assert desk.one("x", "landing_visits").value == 30


def test_visits_of_a_part_of_the_year_print_their_dates(desk: Desk) -> None:
    keyed = {"dimension": "content", "key": "safer-sleeping.clear-cot.x"}
    desk.read("website", "sessions", 30, "2020-04-01", "2020-04-30", **keyed)
    found = desk.one("x", "landing_visits")
    assert found.period is not None
    assert [str(day) for day in found.period] == ["2020-04-01", "2020-04-30"]


def test_one_week_without_figures_takes_no_others_away(desk: Desk) -> None:
    for first, last, value, reason in (
        ("2020-11-01", "2020-11-10", 50.0, None),
        ("2020-11-18", "2020-11-24", None, "the token lacks a permission"),
        ("2020-12-01", "2020-12-02", 7.0, None),
    ):
        desk.read("facebook", "impressions", value, first, last, basis="received", reason=reason)
    found = desk.one("facebook", "impressions", basis="received")
    assert found.value == 57
    assert found.notes[0] == "figures of 12 of 365 days"
    assert found.notes[1] == "2020-11-18 to 2020-11-24: the token lacks a permission"


def test_followers_are_no_answer_to_what_was_received(desk: Desk) -> None:
    desk.read("x", "followers", 1007, "2021-03-31", "2021-03-31")
    reasons = [one.reason for one in desk.ask(basis="received") if one.subject == "x"]
    assert "what is known are totals of each post, not what was received in a period" in reasons


def test_what_a_clock_that_was_ahead_read_counts_when_that_day_has_come(desk: Desk, at: At) -> None:
    def read(day: str, value: float) -> None:
        at(f"{day}T09:00+00:00")
        row = PostRow(Publication("x", "1", NOW), {"impressions": value})
        source = Source("api", "API", "daily", "x", date.fromisoformat(day))
        readings.add(desk.db, source, [row], dict)

    read("2026-12-12", 10.0)
    read("2026-11-26", 60.0)
    november = month("2026-11")
    assert desk.one("x", "impressions", period=november).value == 60
    at("2026-12-13T09:00+00:00")
    assert desk.one("x", "impressions", period=november).value == 10
