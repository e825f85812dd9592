"""Visits that began with a post's tagged link: figures of its account and of its campaign."""

from __future__ import annotations

from sgcomms.figures import Question, figures, trace
from sgcomms.periods import year
from tests.figures.conftest import Desk

YEAR = ("2020-04-01", "2021-03-31")


def _visit(desk: Desk, key: str, value: float) -> None:
    desk.read("website", "sessions", value, *YEAR, dimension="content", key=key)


def test_visits_count_for_the_account_and_for_the_campaign(desk: Desk) -> None:
    desk.read("website", "sessions", 1000, *YEAR)
    _visit(desk, "safer-sleeping.clear-cot.x", 30)
    _visit(desk, "safer-sleeping.clear-cot.2.x", 12)
    _visit(desk, "safer-sleeping.clear-cot.facebook", 7)
    _visit(desk, "dangerous-dogs.never.x", 1)
    question = Question(year("2020-21", desk.board.year_starts))
    found = figures(desk.db, desk.board, question, ["safer-sleeping", "dangerous-dogs"])
    visits = {one.subject: one for one in found if one.metric == "landing_visits"}
    assert {name: one.value for name, one in visits.items()} == {
        "x": 43,
        "facebook": 7,
        "all": 50,
        "safer-sleeping": 49,
        "dangerous-dogs": 1,
    }
    traced = trace(desk.db, desk.board, visits["safer-sleeping"])
    assert sorted(one.value or 0 for one in traced) == [7, 12, 30]


def test_they_are_no_share_of_all_visits(desk: Desk) -> None:
    desk.read("website", "sessions", 1000, *YEAR)
    _visit(desk, "safer-sleeping.clear-cot.x", 30)
    assert [one for one in desk.ask() if one.metric == "sessions_share"] == []
