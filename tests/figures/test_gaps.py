"""Months that nobody exported: said beside each figure of posts, and never compared with."""

from __future__ import annotations

from sgcomms.figures import Figure, Question, compared, figures
from sgcomms.periods import year
from tests.conftest import At
from tests.figures.conftest import Desk

WHOLE = [f"2024-{month:02}-15T09:00Z" for month in range(4, 13)]
NEXT = [f"2025-{month:02}-15T09:00Z" for month in range(1, 4)]


def beside(desk: Desk, name: str) -> Figure:
    question = Question(year(name, desk.board.year_starts))
    found = figures(desk.db, desk.board, question, [])
    (one,) = [
        one
        for one in compared(desk.db, desk.board, question, [], found)
        if (one.subject, one.metric) == ("x", "impressions")
    ]
    return one


def test_a_year_of_which_one_month_was_read_is_no_base_of_a_comparison(desk: Desk) -> None:
    desk.post("x", "a", "2023-09-10T09:00Z", alone=True, read_on="2025-11-20", impressions=5.0)
    for number, at in enumerate([*WHOLE, *NEXT]):
        desk.post("x", str(number), at, alone=True, read_on="2025-11-20", impressions=10.0)
    found = beside(desk, "2024-25")
    assert (found.value, found.previous, found.comparable) == (120, None, False)
    assert found.notes == (
        "not comparable: no source lists posts of x of April 2023, May 2023, June 2023 and 8 more "
        "months",
    )


def test_a_figure_says_which_months_it_lacks(desk: Desk) -> None:
    for number, at in enumerate(WHOLE):
        desk.post("x", str(number), at, alone=True, read_on="2025-11-20", impressions=10.0)
    assert desk.one("x", "impressions", period="2024-25").notes == (
        "no source lists its posts of January 2025, February 2025 and March 2025",
    )


def test_a_year_that_is_running_is_compared_with_none(desk: Desk, at: At) -> None:
    at("2025-11-25T09:00+00:00")
    desk.post("x", "a", "2024-09-10T09:00Z", impressions=5.0, read_on="2025-11-20")
    desk.post("x", "b", "2025-09-10T09:00Z", impressions=5.0, read_on="2025-11-20")
    found = beside(desk, "2025-26")
    assert (found.previous, found.comparable) == (None, False)
    assert found.notes == ("not comparable: the period is not over",)
