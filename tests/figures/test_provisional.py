"""Figures that were read before they had settled say so, until they are read again."""

from __future__ import annotations

from tests.figures.conftest import Desk


def test_posts_read_too_early_are_counted_in_a_note(desk: Desk) -> None:
    desk.post("x", "1", "2021-03-30T09:00Z", read_on="2021-04-01", impressions=5.0)
    desk.post("x", "2", "2020-06-01T09:00Z", read_on="2021-04-01", impressions=7.0)
    (note,) = desk.one("x", "impressions").notes
    assert note == "provisional: 1 of 2 posts were last read less than 3 days after they went out"
    desk.post("x", "1", "2021-03-30T09:00Z", read_on="2021-04-02", impressions=6.0)
    assert not any("provisional" in one for one in desk.one("x", "impressions").notes)


def test_a_period_read_too_early_says_when(desk: Desk) -> None:
    year = ("2020-04-01", "2021-03-31")
    desk.read("website", "page_views", 90, *year, read_on="2021-04-02")
    (note,) = desk.one("website", "page_views").notes
    assert note == "provisional: read on 2021-04-02, less than 3 days after its period"
    desk.read("website", "page_views", 95, *year, read_on="2021-04-03")
    assert desk.one("website", "page_views").notes == ()


def test_a_level_is_what_it_is_on_its_day(desk: Desk) -> None:
    desk.read("x", "followers", 1007, "2021-03-31", "2021-03-31", read_on="2021-03-31")
    assert desk.one("x", "followers").notes == ()
