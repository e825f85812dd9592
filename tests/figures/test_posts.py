"""Figures of posts: which posts count, which reading counts, what may be added."""

from __future__ import annotations

from datetime import date

import pytest

from sgcomms.errors import CombineError, UsageError
from sgcomms.figures import Question, total
from sgcomms.periods import year
from tests.figures.conftest import Desk


def test_a_post_belongs_to_the_day_it_has_in_the_boards_zone(desk: Desk) -> None:
    desk.post("x", "1", "2020-03-31T23:30+00:00", impressions=5)  # 00:30 on 1 April in London
    desk.post("x", "2", "2021-03-31T22:59+00:00", impressions=7)  # 23:59 on 31 March
    desk.post("x", "3", "2021-03-31T23:00+00:00", impressions=9)  # midnight: the next year
    assert desk.one("x", "posts").value == 2
    assert desk.one("x", "impressions").value == 12


def test_the_newest_reading_of_each_post_counts_once(desk: Desk) -> None:
    desk.post("x", "1", "2020-05-01T10:00+00:00", "2020-06-01", impressions=50)
    desk.post("x", "1", "2020-05-01T10:00+00:00", "2021-04-03", impressions=80)
    desk.post("x", "2", "2020-05-02T10:00+00:00", "2020-06-01", impressions=1)
    figure = desk.one("x", "impressions")
    assert (figure.value, figure.as_of) == (81, date(2021, 4, 3))
    assert any("2020-06-01 to 2021-04-03" in note for note in figure.notes)
    assert desk.one("x", "impressions", as_of=date(2020, 6, 30)).value == 51
    assert desk.one("x", "posts", as_of=date(2020, 6, 30)).value == 2


def test_a_total_may_go_down(desk: Desk) -> None:
    desk.post("x", "1", "2020-05-01T10:00+00:00", "2020-06-01", reactions=50)
    desk.post("x", "1", "2020-05-01T10:00+00:00", "2021-04-03", reactions=48)
    assert desk.one("x", "reactions").value == 48


def test_blank_is_not_zero(desk: Desk) -> None:
    desk.post("instagram", "1", "2020-05-01T10:00+00:00", shares=None)
    figure = desk.one("instagram", "shares")
    assert (figure.value, figure.reason) == (None, "blank in the export")


def test_posts_without_a_figure_are_counted_in_a_note(desk: Desk) -> None:
    desk.post("instagram", "1", "2020-05-01T10:00+00:00", shares=None)
    desk.post("instagram", "2", "2020-05-02T10:00+00:00", shares=3)
    figure = desk.one("instagram", "shares")
    assert (figure.value, figure.notes) == (3, ("1 of 2 posts have no figure",))


def test_reach_is_not_added_over_posts(desk: Desk) -> None:
    desk.post("facebook", "1", "2020-05-01T10:00+00:00", reach=10)
    desk.post("facebook", "2", "2020-05-02T10:00+00:00", reach=20)
    figure = desk.one("facebook", "reach")
    assert figure.value is None
    assert "counts each account once" in (figure.reason or "")


def test_all_names_the_account_that_is_not_in_it(desk: Desk) -> None:
    desk.post("x", "1", "2020-05-01T10:00+00:00", reactions=1)
    desk.post("facebook", "2", "2020-05-01T10:00+00:00", reactions=2)
    figure = desk.one("all", "reactions")
    assert (figure.value, figure.added) == (3, True)
    assert any("instagram is not in it" in note for note in figure.notes)


def test_what_was_received_is_not_made_up_from_totals(desk: Desk) -> None:
    desk.post("x", "1", "2020-05-01T10:00+00:00", impressions=5)
    figure = desk.one("x", "posts", basis="received")
    assert figure.value is None
    assert "not what was received" in (figure.reason or "")


def added(
    desk: Desk, metrics: list[str], subjects: tuple[str, ...] = ()
) -> dict[str, float | None]:
    question = Question(year("2020-21", desk.board.year_starts), subjects=subjects)
    return {one.metric: one.value for one in total(desk.db, desk.board, question, metrics, [])}


def test_total_adds_over_the_accounts_asked_for(desk: Desk) -> None:
    for account, value in (("x", 1), ("facebook", 2), ("instagram", 4)):
        desk.post(account, account, "2020-05-01T10:00+00:00", reactions=value)
    assert added(desk, ["reactions"]) == {"reactions": 7}
    assert added(desk, ["reactions"], ("facebook", "instagram")) == {"reactions": 6}


@pytest.mark.parametrize("metric", ["reach", "followers", "page_views", "bounce", "briefing_views"])
def test_what_must_not_be_added_over_accounts_is_refused(desk: Desk, metric: str) -> None:
    with pytest.raises(CombineError, match=f"{metric} cannot be added over accounts"):
        added(desk, [metric])


@pytest.mark.parametrize(
    ("metric", "whose"),
    [
        ("users_total", "each website"),
        ("reach", "each account"),
        ("followers", "each account"),
        ("briefing_views", "the board"),
    ],
)
def test_what_is_not_added_says_what_may_be_asked(desk: Desk, metric: str, whose: str) -> None:
    with pytest.raises(CombineError) as refused:
        added(desk, [metric])
    reason, instead = str(refused.value).splitlines()
    assert f"Ask for the figure of {whose} with --metric {metric}; --total adds posts, " in instead
    may = instead.partition("--total adds ")[2].split(", ")
    assert metric not in may
    assert list(added(desk, may)) == may
    assert "belongs to one subject" not in reason


def test_a_word_for_several_metrics_names_them_all(desk: Desk) -> None:
    with pytest.raises(UsageError, match="there are users_total, users_active, users_unsp"):
        added(desk, ["users"])


def test_impressions_and_reach_are_refused_by_name_unit_and_meaning(desk: Desk) -> None:
    with pytest.raises(CombineError) as refused:
        added(desk, ["impressions", "reach"])
    words = str(refused.value)
    assert "impressions and reach have different units" in words
    assert "impressions counts impressions (How many times posts were shown" in words
    assert "reach counts accounts (How many different accounts" in words


def test_a_website_is_no_account_to_add_over(desk: Desk) -> None:
    with pytest.raises(UsageError, match="website is not one"):
        added(desk, ["posts"], ("website",))


def test_posts_of_an_account_that_the_board_has_no_more_are_shown(desk: Desk) -> None:
    desk.post("twitter", "1", "2020-05-01T10:00+00:00", reactions=1)
    desk.post("x", "2", "2020-05-01T10:00+00:00", reactions=2)
    desk.post("facebook", "3", "2020-05-01T10:00+00:00", reactions=4)
    figure = desk.one("twitter", "reactions")
    assert (figure.value, figure.notes) == (1, ("not in config/board.yaml any more",))
    assert desk.ask()[-1].subject == "twitter"
    whole = desk.one("all", "reactions")
    assert whole.value == 6
    assert "twitter is not in it: not in config/board.yaml any more" in whole.notes


def test_a_later_blank_does_not_beat_a_value(desk: Desk) -> None:
    desk.post("instagram", "1", "2020-05-01T10:00+00:00", "2021-04-03", shares=3)
    desk.post("instagram", "1", "2020-05-01T10:00+00:00", "2021-05-03", shares=None)
    assert desk.one("instagram", "shares").value == 3


def test_a_total_keeps_the_basis_and_says_why_there_is_none(desk: Desk) -> None:
    desk.post("x", "1", "2020-05-01T10:00+00:00", reactions=1)
    question = Question(year("2020-21", desk.board.year_starts), "received")
    (whole,) = total(desk.db, desk.board, question, ["reactions"], [])
    assert (whole.value, whole.basis) == (None, "received")
    assert "not what was received" in (whole.reason or "")
