"""Figures over periods: what is combined, what stands for itself, what is missing and why."""

from __future__ import annotations

from datetime import date

import pytest

from sgcomms.figures import REST
from tests.figures.conftest import Desk


def test_a_reading_of_exactly_the_period_is_the_figure(desk: Desk) -> None:
    desk.read("website", "page_views", 100, "2020-04-01", "2021-03-31")
    desk.read("website", "page_views", 7, "2020-04-01", "2020-04-30")
    figure = desk.one("website", "page_views")
    assert (figure.value, figure.period) == (100, None)


def test_months_are_added_where_the_metric_allows_it(desk: Desk) -> None:
    desk.read("website", "page_views", 10, "2020-04-01", "2020-04-30")
    desk.read("website", "page_views", 20, "2020-05-01", "2020-05-31")
    figure = desk.one("website", "page_views")
    assert figure.value == 30
    assert figure.period == (date(2020, 4, 1), date(2020, 5, 31))
    assert "61 of 365 days" in figure.notes


def test_twelve_months_are_the_year(desk: Desk) -> None:
    ends = (30, 31, 30, 31, 31, 30, 31, 30, 31, 31, 28, 31)
    for number, end in enumerate(ends):
        when = f"{2020 + (number + 3) // 12}-{(number + 3) % 12 + 1:02}"
        desk.read("website", "page_views", 1, f"{when}-01", f"{when}-{end}")
    figure = desk.one("website", "page_views")
    assert (figure.value, figure.period, figure.notes) == (12, None, ())


def test_overlapping_readings_are_not_counted_twice(desk: Desk) -> None:
    desk.read("website", "page_views", 60, "2020-04-01", "2020-06-30")
    desk.read("website", "page_views", 20, "2020-05-01", "2020-05-31")
    assert desk.one("website", "page_views").value == 60


@pytest.mark.parametrize("metric", ["users_total", "reach"])
def test_unique_counts_of_months_are_never_added(desk: Desk, metric: str) -> None:
    subject = "website" if metric == "users_total" else "facebook"
    desk.read(subject, metric, 10, "2020-04-01", "2020-04-30")
    desk.read(subject, metric, 20, "2020-05-01", "2020-05-31")
    figure = desk.one(subject, metric)
    assert figure.value is None
    assert figure.reason is not None
    assert "not added" in figure.reason


def test_a_unique_count_of_part_of_the_year_prints_its_own_dates(desk: Desk) -> None:
    desk.read("website", "users_total", 10, "2020-04-01", "2020-04-30")
    figure = desk.one("website", "users_total")
    assert (figure.value, figure.period) == (10, (date(2020, 4, 1), date(2020, 4, 30)))


def test_a_ratio_is_combined_by_its_parts_not_averaged(desk: Desk) -> None:
    """40 of 80 and 4 of 20 are 44 of 100; the mean of 0.5 and 0.2 would be 0.35."""
    desk.read("website", "bounce", 0.5, "2020-04-01", "2020-04-30", numerator=40, denominator=80)
    desk.read("website", "bounce", 0.2, "2020-05-01", "2020-05-31", numerator=4, denominator=20)
    assert desk.one("website", "bounce").value == pytest.approx(0.44)


def test_a_ratio_without_its_parts_cannot_be_combined(desk: Desk) -> None:
    desk.read("website", "bounce", 0.5, "2020-04-01", "2020-04-30")
    desk.read("website", "bounce", 0.2, "2020-05-01", "2020-05-31")
    assert desk.one("website", "bounce").value is None


def test_followers_are_the_last_level_of_the_period(desk: Desk) -> None:
    desk.read("x", "followers", 900, "2020-09-30", "2020-09-30")
    desk.read("x", "followers", 1007, "2021-03-31", "2021-03-31")
    desk.read("x", "followers", 1100, "2021-04-30", "2021-04-30", read_on="2021-05-01")
    figure = desk.one("x", "followers")
    assert (figure.value, figure.period) == (1007, (date(2021, 3, 31), date(2021, 3, 31)))


def test_a_figure_belongs_to_the_year_its_period_ends_in_and_is_never_combined(desk: Desk) -> None:
    desk.read("board", "attendances", 5, "2020-03-31", "2020-12-31")
    desk.read("board", "attendances", 7, "2021-01-01", "2021-03-31")
    found = [one for one in desk.ask() if one.metric == "attendances"]
    assert {one.value for one in found} == {5, 7}
    assert [one for one in desk.ask("2019-20") if one.metric == "attendances"] == []


def test_the_newest_reading_wins_and_the_older_stays(desk: Desk) -> None:
    span = ("2020-04-01", "2021-03-31")
    desk.read("website", "page_views", 100, *span, read_on="2021-04-03")
    desk.read("website", "page_views", 105, *span, read_on="2021-05-03")
    assert desk.one("website", "page_views").value == 105
    assert desk.one("website", "page_views", as_of=date(2021, 4, 30)).value == 100


def test_of_two_readings_of_one_day_the_one_that_came_later_wins(desk: Desk) -> None:
    span = ("2020-04-01", "2021-03-31")
    desk.read("website", "page_views", 100, *span)
    desk.read("website", "page_views", 90, *span)
    assert desk.one("website", "page_views").value == 90


def test_missing_is_not_zero(desk: Desk) -> None:
    desk.read("instagram", "followers", None, "2021-03-31", "2021-03-31", reason="under 100")
    figure = desk.one("instagram", "followers")
    assert (figure.value, figure.reason) == (None, "under 100")


def test_shares_show_what_the_source_left_unsaid(desk: Desk) -> None:
    span = ("2020-04-01", "2021-03-31")
    desk.read("website", "sessions", 100, *span)
    desk.read("website", "sessions", 66, *span, dimension="device", key="desktop")
    desk.read("website", "sessions", 30, *span, dimension="device", key="mobile")
    assert desk.one("website", "sessions_share", "desktop").value == 0.66
    assert desk.one("website", "sessions_share", REST).value == 0.04


def test_what_is_left_over_joins_what_the_source_itself_calls_other(desk: Desk) -> None:
    span = ("2020-04-01", "2021-03-31")
    desk.read("website", "sessions", 100, *span)
    desk.read("website", "sessions", 66, *span, dimension="device", key="desktop")
    desk.read("website", "sessions", 10, *span, dimension="device", key=REST)
    shares = [one.value for one in desk.ask() if one.metric == "sessions_share"]
    assert sum(value or 0 for value in shares) == pytest.approx(1)
    assert desk.one("website", "sessions_share", REST).value == 0.34


def test_without_a_total_shares_are_of_the_rows(desk: Desk) -> None:
    span = ("2020-04-01", "2021-03-31")
    desk.read("website", "sessions", 30, *span, dimension="device", key="desktop")
    desk.read("website", "sessions", 10, *span, dimension="device", key="mobile")
    assert desk.one("website", "sessions_share", "desktop").value == 0.75


def test_rows_that_exceed_their_total_give_no_shares(desk: Desk) -> None:
    span = ("2020-04-01", "2021-03-31")
    desk.read("website", "sessions", 10, *span)
    desk.read("website", "sessions", 30, *span, dimension="device", key="desktop")
    assert [one for one in desk.ask() if one.metric == "sessions_share"] == []
