"""Each point of the list of what must not be added or compared: the sum is refused, or absent."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date

import pytest

from sgcomms.db import assignments
from sgcomms.errors import CombineError
from sgcomms.figures import Figure, Question, compared, figures, total
from sgcomms.metrics import APART, METRICS, NATIVES
from sgcomms.models import Account
from sgcomms.periods import Period, month, year
from tests.figures.conftest import Desk

MAY = "2020-05-01T10:00+00:00"


def with_accounts(desk: Desk, *platforms: str) -> Desk:
    """Return the desk of a board that has an account on each of these platforms, too."""
    more = {one: Account(one, one, "outbox", "board") for one in platforms}
    return replace(desk, board=replace(desk.board, accounts={**desk.board.accounts, **more}))


def refusal(desk: Desk, *metrics: str, subjects: tuple[str, ...] = ()) -> str:
    question = Question(year("2020-21", desk.board.year_starts), subjects=subjects)
    with pytest.raises(CombineError) as refused:
        total(desk.db, desk.board, question, metrics, [])
    return str(refused.value)


def beside(desk: Desk, period: Period, metric: str, key: str | None = None) -> Figure:
    question = Question(period, metrics=(metric,))
    found = figures(desk.db, desk.board, question, [])
    both = compared(desk.db, desk.board, question, [], found)
    (one,) = [one for one in both if one.key == key and one.subject != "all"]
    return one


def of_all(desk: Desk) -> set[str]:
    return {one.metric for one in desk.ask() if one.subject == "all"}


def test_every_point_has_its_test() -> None:
    tests = vars(sys.modules[__name__])
    assert [one.name for one in APART if f"test_{one.name}" not in tests] == []
    assert len({one.name for one in APART}) == len(APART) == 9


def test_reach(desk: Desk) -> None:
    for account in ("facebook", "instagram"):
        desk.post(account, "1", MAY, reach=10)
        desk.post(account, "2", MAY, reach=20)
        assert desk.one(account, "reach").value is None
    assert "reach" not in of_all(desk)
    assert "reach cannot be added over accounts" in refusal(desk, "reach")
    for day in ("2020-06-01", "2020-06-02"):
        desk.read("instagram", "reach", 5, day, day)
    assert all(one.value in (None, 5) for one in desk.ask() if one.metric == "reach")
    assert {METRICS[one].over_time for one in ("reach", "users_total", "users_active")} == {"none"}


def test_impressions_and_views(desk: Desk) -> None:
    desk = with_accounts(desk, "youtube", "linkedin")
    desk.post("x", "1", MAY, impressions=100)
    desk.post("facebook", "2", MAY, views=30)
    desk.post("instagram", "3", MAY, views=4)
    question = Question(year("2020-21", desk.board.year_starts))
    found = total(desk.db, desk.board, question, ["impressions", "views"], [])
    assert [(one.metric, one.value) for one in found] == [("impressions", 100), ("views", 34)]
    assert METRICS["impressions"].unit != METRICS["views"].unit

    desk.post("linkedin", "4", MAY, impressions=7)
    assert desk.one("all", "impressions").value == 107
    desk.post("youtube", "5", MAY, views=1000, impressions=5000)
    assert of_all(desk) == {"posts"}
    words = refusal(desk, "views")
    assert "facebook, instagram: plays and displays; youtube: plays of videos" in words
    assert "youtube: thumbnails shown" in refusal(desk, "impressions")
    both = Question(question.period, subjects=("facebook", "instagram"))
    (one,) = total(desk.db, desk.board, both, ["views"], [])
    assert one.value == 34


def test_each_platforms_own_total_is_not_added(desk: Desk) -> None:
    desk.post("x", "1", MAY, engagements=5)
    desk.post("facebook", "2", MAY, engagements=7)
    assert "engagements" not in of_all(desk)
    assert "what X adds up" in refusal(desk, "engagements")


def test_a_campaign_adds_no_different_things_and_says_why(desk: Desk) -> None:
    desk.post("x", "1", MAY, engagements=5, reactions=1)
    desk.post("facebook", "2", MAY, engagements=7, reactions=1)
    for name in ("1", "2"):
        assignments.assign(desk.db, assignments.named(desk.db, name), "safer-sleeping", "somebody")
    question = Question(year("2020-21", desk.board.year_starts))
    found = figures(desk.db, desk.board, question, ["safer-sleeping"])
    by_metric = {one.metric: one for one in found if one.subject == "safer-sleeping"}
    assert by_metric["reactions"].value == 2
    assert by_metric["engagements"].value is None
    assert "count different things" in (by_metric["engagements"].reason or "")


def test_a_mixture_in_the_period_before_is_no_reason_to_refuse_this_one(desk: Desk) -> None:
    desk.post("x", "1", "2019-05-01T10:00+00:00", "2020-04-03", engagements=5)
    desk.post("facebook", "2", "2019-05-01T10:00+00:00", "2020-04-03", engagements=5)
    desk.post("x", "3", MAY, engagements=7)
    question = Question(year("2020-21", desk.board.year_starts))
    found = total(desk.db, desk.board, question, ["engagements"], [])
    (one,) = compared(desk.db, desk.board, question, [], found, ["engagements"])
    assert (one.value, one.previous, one.comparable) == (7, None, False)


def test_totals_to_date(desk: Desk) -> None:
    for read_on, likes in (("2020-06-01", 50), ("2020-07-01", 80), ("2020-08-01", 78)):
        desk.post("x", "1", MAY, read_on, reactions=likes)
    assert desk.one("x", "reactions").value == 78


def test_changed_definitions(desk: Desk) -> None:
    for first, last, value in (
        ("2026-05-01", "2026-05-31", 80.0),
        ("2026-06-01", "2026-06-30", 40.0),
    ):
        for key in ("referral", "search"):
            desk.read(
                *("website", "sessions", value, first, last, "2026-07-04"),
                dimension="channel",
                key=key,
            )
    quarter = Period(date(2026, 5, 1), date(2026, 6, 30), "two months")
    found = {
        one.key: one
        for one in desk.ask(quarter, metrics=("sessions",))
        if one.dimension is not None
    }
    assert (found["referral"].value, found["search"].value) == (120, 120)
    assert any("AI assistants" in note for note in found["referral"].notes)
    assert found["search"].notes == ()
    june = month("2026-06")
    assert beside(desk, june, "sessions", "referral").previous is None
    assert beside(desk, june, "sessions", "search").previous == 80
    assert not beside(desk, june, "sessions_share", "referral").comparable
    assert beside(desk, june, "sessions_share", "search").comparable


def test_days(desk: Desk) -> None:
    """The same moment is another day in California, in UTC and in London."""
    desk.post("facebook", "1", "2021-03-31T23:30+00:00", reactions=1)  # 31 March in California
    desk.post("x", "1", "2021-03-31T23:30+00:00", reactions=2)  # 31 March in UTC
    assert not [one for one in desk.ask() if one.metric == "posts"]
    assert desk.one("all", "reactions", period="2021-22").value == 3


def test_page_and_posts(desk: Desk) -> None:
    desk.post("facebook", "1", MAY, views=10)
    desk.post("facebook", "2", MAY, views=20)
    desk.read("facebook", "views", 500, "2020-04-01", "2021-03-31")
    figure = desk.one("facebook", "views")
    assert figure.value in (30, 500)
    assert len(figure.notes) == 1


def test_rates(desk: Desk) -> None:
    desk.read("website", "bounce", 0.5, "2020-04-01", "2020-04-30", numerator=40, denominator=80)
    desk.read("website", "bounce", 0.2, "2020-05-01", "2020-05-31", numerator=4, denominator=20)
    assert desk.one("website", "bounce").value == pytest.approx(0.44)
    assert {one.unit for one in METRICS.values() if one.over_time == "ratio"} == {
        "ratio",
        "seconds",
    }
    assert "linkedin" not in {one.platform for one in NATIVES["engagements"]}


def test_promoted(desk: Desk) -> None:
    by_platform = {
        platform: [one for one in NATIVES[metric] if one.platform == platform]
        for platform, metric in (("x", "impressions"), ("instagram", "views"))
    }
    assert [one.name for one in by_platform["x"]] == ["impression_count"]
    assert "promoted posts included" in by_platform["x"][0].note
    assert "total_views" not in [one.name for one in by_platform["instagram"]]


def test_followers(desk: Desk) -> None:
    desk.read("x", "followers", 900, "2020-09-30", "2020-09-30")
    desk.read("x", "followers", 1000, "2021-03-31", "2021-03-31")
    desk.read("facebook", "followers", 458, "2021-03-31", "2021-03-31")
    assert desk.one("x", "followers").value == 1000
    assert "followers" not in of_all(desk)
    assert "followers cannot be added over accounts" in refusal(desk, "followers")
