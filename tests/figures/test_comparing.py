"""A period beside the one before it."""

from __future__ import annotations

import pytest

from sgcomms.figures import Question, compared, figures, total
from sgcomms.figures.model import Figure
from sgcomms.periods import Period, month, year
from tests.figures.conftest import Desk


def beside(desk: Desk, period: Period, subject: str, metric: str) -> Figure:
    question = Question(period, subjects=(subject,), metrics=(metric,))
    found = figures(desk.db, desk.board, question, [])
    (one,) = compared(desk.db, desk.board, question, [], found)
    return one


def test_the_year_before_stands_beside_the_year(desk: Desk) -> None:
    desk.read("website", "page_views", 90, "2019-04-01", "2020-03-31")
    desk.read("website", "page_views", 100, "2020-04-01", "2021-03-31")
    figure = beside(desk, year("2020-21", desk.board.year_starts), "website", "page_views")
    assert (figure.value, figure.previous, figure.comparable) == (100, 90, True)


def test_without_a_year_before_nothing_is_compared(desk: Desk) -> None:
    desk.read("website", "page_views", 100, "2020-04-01", "2021-03-31")
    figure = beside(desk, year("2020-21", desk.board.year_starts), "website", "page_views")
    assert (figure.previous, figure.comparable) == (None, False)
    assert "no figure for the period before" in figure.notes


def test_a_changed_definition_keeps_two_years_apart(desk: Desk) -> None:
    desk.read("website", "bounce", 0.4, "2022-04-01", "2023-03-31", "2023-04-03")
    desk.read("website", "bounce", 0.6, "2023-04-01", "2024-03-31", "2024-04-03")
    figure = beside(desk, year("2023-24", desk.board.year_starts), "website", "bounce")
    assert (figure.previous, figure.comparable) == (None, False)
    assert any("Google Analytics 4" in note for note in figure.notes)


def test_a_month_is_compared_with_the_month_before(desk: Desk) -> None:
    desk.read("website", "page_views", 9, "2020-12-01", "2020-12-31")
    desk.read("website", "page_views", 10, "2021-01-01", "2021-01-31")
    assert beside(desk, month("2021-01"), "website", "page_views").previous == 9


def test_followers_are_compared_with_the_last_level_of_the_period_before(desk: Desk) -> None:
    desk.read("x", "followers", 800, "2019-09-30", "2019-09-30")
    desk.read("x", "followers", 900, "2020-03-31", "2020-03-31")
    desk.read("x", "followers", 1007, "2021-03-31", "2021-03-31")
    figure = beside(desk, year("2020-21", desk.board.year_starts), "x", "followers")
    assert (figure.previous, figure.comparable) == (900, True)


@pytest.mark.parametrize(
    ("then", "now"),
    [
        ("2020-03-31", "2020-04-02"),
        ("2019-06-30", "2021-02-28"),
        ("2020-03-31", "2020-10-31"),
        ("2020-03-31", "2021-02-27"),
    ],
)
def test_levels_that_lie_no_year_apart_are_not_compared(desk: Desk, then: str, now: str) -> None:
    desk.read("x", "followers", 400, then, then)
    desk.read("x", "followers", 401, now, now)
    figure = beside(desk, year("2020-21", desk.board.year_starts), "x", "followers")
    assert (figure.previous, figure.comparable) == (None, False)
    words = f"not comparable: {then} and {now} are not about the same time of the two periods"
    assert any(words in note for note in figure.notes)


@pytest.mark.parametrize(
    ("then", "now"), [("2020-02-29", "2021-03-31"), ("2019-10-15", "2020-10-31")]
)
def test_levels_about_a_year_apart_are_compared(desk: Desk, then: str, now: str) -> None:
    desk.read("x", "followers", 400, then, then)
    desk.read("x", "followers", 401, now, now)
    figure = beside(desk, year("2020-21", desk.board.year_starts), "x", "followers")
    assert (figure.previous, figure.comparable) == (400, True)


def test_the_levels_of_two_months_lie_about_a_month_apart(desk: Desk) -> None:
    desk.read("x", "followers", 400, "2021-01-31", "2021-01-31")
    desk.read("x", "followers", 401, "2021-02-02", "2021-02-02")
    assert not beside(desk, month("2021-02"), "x", "followers").comparable
    desk.read("x", "followers", 410, "2021-02-27", "2021-02-27")
    assert beside(desk, month("2021-02"), "x", "followers").previous == 400


def test_a_bound_is_not_compared(desk: Desk) -> None:
    desk.read("website", "page_views", 90, "2019-04-01", "2020-03-31", bound="more than")
    desk.read("website", "page_views", 100, "2020-04-01", "2021-03-31")
    figure = beside(desk, year("2020-21", desk.board.year_starts), "website", "page_views")
    assert (figure.previous, figure.comparable) == (None, False)
    assert "not comparable: the figure before is a bound" in figure.notes


def test_a_figure_with_dates_of_its_own_is_not_compared(desk: Desk) -> None:
    desk.read("website", "page_views", 9, "2019-04-01", "2020-03-31")
    desk.read("website", "page_views", 10, "2020-03-31", "2021-03-31")
    figure = beside(desk, year("2020-21", desk.board.year_starts), "website", "page_views")
    assert (figure.previous, figure.comparable) == (None, False)
    assert "not comparable: its days are not those of the period asked for" in figure.notes


def test_a_figure_before_with_dates_of_its_own_is_not_compared(desk: Desk) -> None:
    desk.read("website", "page_views", 9, "2019-04-01", "2019-04-30")
    desk.read("website", "page_views", 10, "2020-04-01", "2021-03-31")
    figure = beside(desk, year("2020-21", desk.board.year_starts), "website", "page_views")
    assert (figure.previous, figure.comparable) == (None, False)
    assert any("dates of its own" in note for note in figure.notes)


def two_years(desk: Desk, account: str, metric: str) -> None:
    for day, read_on in (("2024-05-01", "2025-04-03"), ("2025-05-01", "2026-04-03")):
        desk.post(account, day, f"{day}T10:00+00:00", read_on, alone=False, **{metric: 5})


def test_all_compares_only_where_no_account_in_it_changed_its_definition(desk: Desk) -> None:
    for account in ("x", "instagram"):
        for metric in ("impressions", "reactions"):
            two_years(desk, account, metric)
    period = year("2025-26", desk.board.year_starts)
    shown = beside(desk, period, "all", "impressions")
    assert (shown.previous, shown.comparable) == (None, False)
    assert any("Instagram replaced impressions" in note for note in shown.notes)
    assert beside(desk, period, "all", "reactions").previous is not None


def test_totals_of_different_accounts_are_not_compared(desk: Desk) -> None:
    two_years(desk, "x", "reactions")
    two_years(desk, "facebook", "reactions")
    desk.post("instagram", "1", "2025-05-01T10:00+00:00", "2026-04-03", reactions=1)
    figure = beside(desk, year("2025-26", desk.board.year_starts), "all", "reactions")
    assert (figure.previous, figure.comparable) == (None, False)
    assert "not comparable: the period before adds facebook, x" in "; ".join(figure.notes)


def test_totals_are_compared_with_totals(desk: Desk) -> None:
    two_years(desk, "x", "reactions")
    two_years(desk, "facebook", "reactions")
    question = Question(year("2025-26", desk.board.year_starts), subjects=("facebook", "x"))
    found = total(desk.db, desk.board, question, ["reactions"], [])
    (figure,) = compared(desk.db, desk.board, question, [], found, ["reactions"])
    assert (figure.subject, figure.value, figure.previous) == ("facebook+x", 10, 10)


def test_shares_do_not_compare_across_a_change_of_what_they_are_shares_of(desk: Desk) -> None:
    for first, last, read_on in (
        ("2022-04-01", "2023-03-31", "2023-04-03"),
        ("2023-04-01", "2024-03-31", "2024-04-03"),
    ):
        desk.read("website", "sessions", 9, first, last, read_on, dimension="device", key="mobile")
    figure = beside(desk, year("2023-24", desk.board.year_starts), "website", "sessions_share")
    assert (figure.previous, figure.comparable) == (None, False)
    assert any("Universal Analytics" in note for note in figure.notes)
