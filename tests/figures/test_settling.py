"""Posts and a record speak of the same thing: which of the two counts."""

from __future__ import annotations

from sgcomms.figures import Question, total
from sgcomms.periods import year
from tests.figures.conftest import Desk

YEAR = ("2020-04-01", "2021-03-31")


def test_on_the_same_day_the_record_counts_and_the_export_is_named(desk: Desk) -> None:
    desk.post("x", "1", "2020-05-01T10:00+00:00", impressions=111_383)
    desk.read("x", "impressions", 7, *YEAR)
    figure = desk.one("x", "impressions")
    assert figure.value == 7
    assert figure.notes == ("the export of 2021-04-03 says 111,383",)


def test_an_export_of_a_later_day_counts_and_the_record_is_named(desk: Desk) -> None:
    desk.post("x", "1", "2020-05-01T10:00+00:00", "2021-04-04", impressions=8)
    desk.read("x", "impressions", 7, *YEAR, bound="more than")
    figure = desk.one("x", "impressions")
    assert (figure.value, figure.bound) == (8, None)
    assert figure.notes == ("what was recorded as of 2021-04-03 says more than 7",)


def test_a_record_fills_what_the_export_leaves_blank(desk: Desk) -> None:
    desk.post("instagram", "1", "2020-05-01T10:00+00:00", "2021-05-03", shares=None)
    desk.read("instagram", "shares", 12, *YEAR)
    figure = desk.one("instagram", "shares")
    assert figure.value == 12
    assert figure.notes == ("the export of 2021-05-03 has no figure: blank in the export",)


def test_a_record_of_other_days_stands_beside_the_posts(desk: Desk) -> None:
    desk.post("x", "1", "2020-05-01T10:00+00:00", impressions=8)
    desk.read("x", "impressions", 7, "2020-05-01", "2020-05-31")
    found = [one for one in desk.ask() if one.metric == "impressions"]
    assert [(one.value, one.period is None) for one in found] == [(8, True), (7, False)]


def test_what_is_added_is_what_counts(desk: Desk) -> None:
    desk.post("facebook", "1", "2020-05-01T10:00+00:00", shares=3)
    desk.post("x", "1", "2020-05-01T10:00+00:00", shares=5)
    desk.read("x", "shares", 6, *YEAR)
    desk.read("instagram", "shares", 12, *YEAR, bound="at least")
    whole = desk.one("all", "shares")
    assert (whole.value, whole.bound) == (21, "at least")
    assert "instagram is given as at least 12" in whole.notes
    assert "x: the export of 2021-04-03 says 5" in whole.notes
    assert whole.of_posts is not None
    assert whole.of_posts.accounts == ("facebook",)
    question = Question(year("2020-21", desk.board.year_starts), subjects=("instagram+x",))
    (together,) = total(desk.db, desk.board, question, ["shares"], [])
    assert (together.subject, together.value) == ("instagram+x", 18)


def test_bounds_of_different_kinds_are_not_added_over_accounts(desk: Desk) -> None:
    desk.read("x", "shares", 6, *YEAR, bound="at most")
    desk.read("facebook", "shares", 12, *YEAR, bound="at least")
    whole = desk.one("all", "shares")
    assert (whole.value, whole.bound) == (None, None)
    assert "bounds of different kinds" in (whole.reason or "")
