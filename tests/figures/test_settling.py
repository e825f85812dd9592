"""Posts and a record speak of the same thing: which of the two counts."""

from __future__ import annotations

from datetime import date

from sgcomms.figures import Figure, Question, total
from sgcomms.figures.settling import settled
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


def test_a_record_of_a_part_is_a_note_of_the_figure_and_no_second_one(desk: Desk) -> None:
    desk.post("x", "1", "2020-05-01T10:00+00:00", impressions=8)
    desk.read("x", "impressions", 7, "2020-05-01", "2020-05-31", "2021-06-01")
    figure = desk.one("x", "impressions")
    assert (figure.value, figure.period) == (8, None)
    assert figure.notes == (
        "what was recorded of 2020-05-01 to 2020-05-31 as of 2021-06-01 says 7",
    )


def test_a_record_of_a_part_is_the_figure_where_posts_have_none(desk: Desk) -> None:
    desk.post("x", "1", "2020-05-01T10:00+00:00", impressions=None)
    desk.read("x", "impressions", 7, "2020-05-01", "2020-05-31")
    figure = desk.one("x", "impressions")
    assert (figure.value, figure.period) == (7, (date(2020, 5, 1), date(2020, 5, 31)))
    assert figure.notes[-1] == "the export of 2021-04-03 has no figure: blank in the export"


def test_a_record_that_begins_before_the_year_stands_alone(desk: Desk) -> None:
    desk.post("x", "1", "2020-05-01T10:00+00:00", impressions=8)
    desk.read("x", "impressions", 7, "2020-03-01", "2020-05-31")
    found = [one for one in desk.ask() if one.metric == "impressions"]
    assert [(one.value, one.period is None) for one in found] == [(8, True), (7, False)]


def test_a_record_of_the_year_wins_over_posts_of_which_some_months_are_not_known(
    desk: Desk,
) -> None:
    desk.post("x", "1", "2020-05-01T10:00+00:00", "2021-06-01", alone=True, impressions=8)
    desk.read("x", "impressions", 900, *YEAR)
    figure = desk.one("x", "impressions")
    assert figure.value == 900
    (note,) = figure.notes
    assert note.startswith("the export of 2021-06-01 says 8, and lacks some: no source lists its ")
    posts = desk.one("x", "posts")
    assert posts.value == 1


def test_a_record_of_the_year_wins_over_posts_of_which_some_have_no_figure(desk: Desk) -> None:
    desk.post("x", "1", "2020-05-01T10:00+00:00", "2021-06-01", impressions=8)
    desk.post("x", "2", "2020-05-02T10:00+00:00", "2021-06-01", impressions=None)
    desk.read("x", "impressions", 900, *YEAR)
    figure = desk.one("x", "impressions")
    assert figure.value == 900
    assert figure.notes == (
        "the export of 2021-06-01 says 8, and lacks some: 1 of 2 posts have no figure",
    )


def test_posts_that_lack_some_and_are_above_an_older_record_count(desk: Desk) -> None:
    desk.post("x", "1", "2020-05-01T10:00+00:00", "2021-06-01", impressions=1_000)
    desk.post("x", "2", "2020-05-02T10:00+00:00", "2021-06-01", impressions=None)
    desk.read("x", "impressions", 900, *YEAR)
    figure = desk.one("x", "impressions")
    assert figure.value == 1_000
    assert "what was recorded as of 2021-04-03 says 900" in figure.notes


def test_posts_that_lack_some_count_where_nothing_was_recorded_of_the_whole(desk: Desk) -> None:
    desk.post("x", "1", "2020-05-01T10:00+00:00", "2021-06-01", alone=True, impressions=8)
    desk.read("x", "impressions", 900, "2020-05-01", "2021-03-31")
    figure = desk.one("x", "impressions")
    assert (figure.value, figure.period) == (8, None)


def test_a_record_of_a_campaign_wins_over_posts_of_which_one_account_has_none(desk: Desk) -> None:
    figure = Figure("safer", "shares", 8.0, "shares", as_of=date(2021, 6, 1), lacking=("no x",))
    record = Figure("safer", "shares", 9.0, "shares", as_of=date(2021, 4, 3))
    (won,) = settled([figure], [record], year("2020-21", desk.board.year_starts))
    assert won.value == 9
    assert won.notes == ("the export of 2021-06-01 says 8, and lacks some: no x",)


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
