"""Figures over periods: what is combined, what stands for itself, what is missing and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from sgcomms.figures import REST, Question, left_out
from sgcomms.metrics import board_metric
from sgcomms.periods import days, month, year
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
    assert "figures of 61 of 365 days" in figure.notes


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


def test_rows_that_exceed_their_total_give_no_shares_and_say_why(desk: Desk) -> None:
    span = ("2020-04-01", "2021-03-31")
    desk.read("website", "sessions", 10, *span)
    desk.read("website", "sessions", 30, *span, dimension="device", key="desktop")
    figure = desk.one("website", "sessions_share", "desktop")
    assert figure.value is None
    assert figure.reason == "the rows add up to 30, more than the total of 10"


@pytest.mark.parametrize("bounded", ["visits in all", "a row"])
def test_shares_of_a_bound_say_that_it_is_one(desk: Desk, bounded: str) -> None:
    span = ("2020-04-01", "2021-03-31")
    whole, row = (("about", None), (None, "about"))[bounded == "a row"]
    desk.read("website", "sessions", 100, *span, bound=whole)
    desk.read("website", "sessions", 66, *span, dimension="device", key="desktop", bound=row)
    (figure,) = [one for one in desk.ask() if one.metric == "sessions_share"]
    assert (figure.value, figure.bound) == (None, None)
    assert "given as about" in (figure.reason or "")


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        ("more than", None, "more than"),
        ("at least", None, "at least"),
        ("more than", "at least", "more than"),
        ("at most", None, "at most"),
        ("less than", "at most", "less than"),
        ("close to", None, "about"),
        ("about", "close to", "about"),
    ],
)
def test_a_sum_with_a_bound_is_a_bound(
    desk: Desk, first: str | None, second: str | None, together: str, turned: bool
) -> None:
    if turned:
        first, second = second, first
    desk.read("website", "page_views", 10, "2020-04-01", "2020-04-30", bound=first)
    desk.read("website", "page_views", 20, "2020-05-01", "2020-05-31", bound=second)
    figure = desk.one("website", "page_views")
    assert (figure.value, figure.bound) == (30, together)
    named = [note for note in figure.notes if "is given as" in note]
    assert len(named) == sum(bound is not None for bound in (first, second))


@pytest.mark.parametrize(
    ("first", "second"), [("more than", "at most"), ("about", "at least"), ("less than", "about")]
)
def test_bounds_of_different_kinds_have_no_sum(desk: Desk, first: str, second: str) -> None:
    desk.read("website", "page_views", 10, "2020-04-01", "2020-04-30", bound=first)
    desk.read("website", "page_views", 20, "2020-05-01", "2020-05-31", bound=second)
    figure = desk.one("website", "page_views")
    assert (figure.value, figure.bound) == (None, None)
    assert "bounds of different kinds" in (figure.reason or "")


@pytest.mark.parametrize("metric", ["bounce", "sessions", "session_seconds"])
def test_nothing_is_combined_across_a_changed_definition(desk: Desk, metric: str) -> None:
    for when, end in (("2023-06", 30), ("2023-07", 31)):
        desk.read(
            "website",
            metric,
            0.5,
            f"{when}-01",
            f"{when}-{end}",
            "2024-04-03",
            numerator=1,
            denominator=2,
        )
    figure = desk.one("website", metric, period="2023-24")
    assert figure.value is None
    assert "Universal Analytics was replaced" in (figure.reason or "")


def test_shares_follow_the_definition_of_what_they_are_shares_of(desk: Desk) -> None:
    for span in (("2023-06-01", "2023-06-30"), ("2023-07-01", "2023-07-31")):
        desk.read("website", "sessions", 9, *span, "2024-04-03", dimension="device", key="mobile")
    figure = desk.one("website", "sessions_share", "mobile", period="2023-24")
    assert figure.value is None
    assert "Universal Analytics was replaced" in (figure.reason or "")


def test_what_has_kept_its_definition_is_combined(desk: Desk) -> None:
    desk.read("website", "page_views", 1, "2023-06-01", "2023-06-30", "2024-04-03")
    desk.read("website", "page_views", 2, "2023-07-01", "2023-07-31", "2024-04-03")
    assert desk.one("website", "page_views", period="2023-24").value == 3
    desk.read("website", "sessions", 4, "2023-07-01", "2023-07-31", "2024-04-03")
    desk.read("website", "sessions", 5, "2023-08-01", "2023-08-31", "2024-04-03")
    assert desk.one("website", "sessions", period="2023-24").value == 9


def test_a_gap_in_the_middle_is_not_hidden(desk: Desk) -> None:
    desk.read("website", "page_views", 10, "2020-04-01", "2020-04-30")
    desk.read("website", "page_views", 20, "2021-03-01", "2021-03-31")
    figure = desk.one("website", "page_views")
    assert figure.period == (date(2020, 4, 1), date(2021, 3, 31))
    assert "figures of 61 of 365 days" in figure.notes


def test_a_month_has_no_figures_of_the_year_that_ends_in_it(desk: Desk) -> None:
    desk.read("website", "page_views", 100, "2020-04-01", "2021-03-31")
    desk.read("website", "page_views", 8, "2021-03-01", "2021-03-31")
    assert [one.value for one in desk.ask(month("2021-03"))] == [8]
    spring = days(date(2021, 1, 1), date(2021, 3, 31))
    assert [(one.value, one.period is None) for one in desk.ask(spring)] == [(8, False)]


def test_a_metric_that_the_board_never_adds_says_so(desk: Desk) -> None:
    own = board_metric("calls", "Calls", "calls", "none")
    board = replace(desk.board, metrics={**desk.board.metrics, "calls": own})
    asked = Desk(board, desk.db)
    asked.read("board", "calls", 1, "2020-04-01", "2020-04-30")
    asked.read("board", "calls", 2, "2020-05-01", "2020-05-31")
    reason = asked.one("board", "calls").reason or ""
    assert reason.endswith("config/board.yaml has `over_time: none` for it")


@pytest.mark.parametrize(("dimension", "covered"), [("page", 30), ("video", 30), ("device", 61)])
def test_a_row_that_is_not_listed_is_unknown_where_only_the_longest_are(
    desk: Desk, dimension: str, covered: int
) -> None:
    april, may = ("2020-04-01", "2020-04-30"), ("2020-05-01", "2020-05-31")
    desk.read("website", "page_views", 7, *april, dimension=dimension, key="a")
    desk.read("website", "page_views", 5, *may, dimension=dimension, key="b")
    figure = desk.one("website", "page_views", "a")
    assert (figure.value, figure.days) == (7, covered)


def test_a_blank_does_not_beat_a_value(desk: Desk) -> None:
    span = ("2020-04-01", "2021-03-31")
    desk.read("website", "page_views", 100, *span, read_on="2021-04-03")
    desk.read("website", "page_views", None, *span, read_on="2021-05-03")
    assert desk.one("website", "page_views").value == 100


def test_a_subject_that_the_board_has_no_more_comes_last_with_a_note(desk: Desk) -> None:
    desk.read("summer-2019", "reactions", 5, "2020-04-01", "2021-03-31")
    desk.read("board", "attendances", 5, "2020-04-01", "2021-03-31")
    figure = desk.ask()[-1]
    assert (figure.subject, figure.value) == ("summer-2019", 5)
    assert figure.notes == ("not in config/board.yaml any more",)
    assert desk.one("summer-2019", "reactions", subjects=("summer-2019",)).value == 5


def test_a_metric_that_the_board_has_no_more_is_named(desk: Desk) -> None:
    desk.read("board", "leaflets", 5, "2020-04-01", "2021-03-31")
    question = Question(year("2020-21", desk.board.year_starts))
    assert desk.ask() == []
    assert left_out(desk.db, desk.board, question) == [
        "leaflets is left out (board): config/board.yaml has no such metric any more"
    ]
    assert left_out(desk.db, desk.board, replace(question, subjects=("x",))) == []


def test_a_change_in_what_is_measured_is_noted_and_keeps_no_sum_apart(desk: Desk) -> None:
    """Since 5 February 2026 more visits may be measured; a page view is still a page view."""
    desk.read("website", "page_views", 10, "2026-01-01", "2026-01-31", "2026-02-03")
    desk.read("website", "page_views", 20, "2026-03-01", "2026-03-31", "2026-04-03")
    figure = desk.one("website", "page_views", period="2025-26")
    assert figure.value == 30
    assert any("measured otherwise from 2026-02-05" in note for note in figure.notes)
