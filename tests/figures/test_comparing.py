"""A period beside the one before it."""

from __future__ import annotations

from sgcomms.figures import Question, compared, figures
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
    assert (figure.previous, figure.comparable) == (0.4, False)
    assert any("Google Analytics 4" in note for note in figure.notes)


def test_a_month_is_compared_with_the_month_before(desk: Desk) -> None:
    desk.read("website", "page_views", 9, "2020-12-01", "2020-12-31")
    desk.read("website", "page_views", 10, "2021-01-01", "2021-01-31")
    assert beside(desk, month("2021-01"), "website", "page_views").previous == 9
