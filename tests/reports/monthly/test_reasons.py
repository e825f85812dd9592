"""A reason beside a post that stood out: only what the account's own posts bear out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sgcomms.reports.monthly.reasons import EACH, NONE, Made, reason
from tests.figures.conftest import Desk
from tests.reports.monthly.conftest import Sum

TUESDAY = datetime(2021, 3, 2, 10, tzinfo=UTC)


def made(value: float, **more: bool | None) -> Made:
    return Made(value, TUESDAY, **more)


def pictures(having: int, others: int, *, high: float = 200, low: float = 100) -> list[Made]:
    found = [made(high, pictured=True) for _ in range(having)]
    return [*found, *(made(low, pictured=False) for _ in range(others))]


def test_a_thing_that_its_posts_bear_out_is_named_with_both_medians() -> None:
    posts = pictures(EACH, EACH)
    words = "Has a picture or film: median 200, without 100"
    assert reason(posts[0], posts) == words
    assert reason(made(500, pictured=True), posts) == words


@pytest.mark.parametrize(("having", "others"), [(EACH - 1, EACH), (EACH, EACH - 1)])
def test_too_few_posts_on_either_side_bear_nothing_out(having: int, others: int) -> None:
    posts = pictures(having, others)
    assert reason(posts[0], posts) == NONE


def test_a_post_is_not_given_what_it_has_not() -> None:
    posts = pictures(EACH, EACH)
    assert reason(made(900), posts) == NONE
    assert reason(made(900, pictured=False), posts) == NONE


def test_a_thing_whose_posts_did_worse_is_no_reason_and_its_want_is() -> None:
    posts = pictures(EACH, EACH, high=100, low=200)
    assert reason(posts[0], posts) == NONE
    assert reason(posts[-1], posts) == "Has no picture or film: median 200, with one 100"


def test_half_of_those_with_it_must_match_the_best_quarter_of_the_others() -> None:
    others = [made(100.0 + 10 * number, pictured=False) for number in range(11)]  # a quarter: 175
    for value, words in ((174, NONE), (175, "Has a picture or film: median 175, without 150")):
        having = [made(value, pictured=True) for _ in range(EACH)]
        assert reason(having[0], [*having, *others]) == words


def test_what_no_source_says_is_on_neither_side() -> None:
    posts = [*pictures(EACH, 0), *(made(100) for _ in range(40))]
    assert reason(posts[0], posts) == NONE


def test_the_one_that_lies_furthest_above_is_named() -> None:
    evening = TUESDAY.replace(hour=18)
    posts = [Made(400, evening, linked=True) for _ in range(EACH)]
    posts += [Made(390, TUESDAY, linked=True) for _ in range(EACH)]
    posts += [Made(100, TUESDAY, linked=False) for _ in range(EACH)]
    assert reason(posts[0], posts) == "Has a link: median 395, without 100"


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (TUESDAY.replace(hour=17), "In the evening: median 300, at other times 100"),
        (TUESDAY.replace(hour=21, minute=59), "In the evening: median 300, at other times 100"),
        (TUESDAY.replace(hour=22), NONE),
        (TUESDAY + timedelta(days=4), "At a weekend: median 300, on other days 100"),
        (TUESDAY + timedelta(days=3), NONE),
    ],
)
def test_hours_and_days_are_those_of_the_clock(at: datetime, words: str) -> None:
    posts = [Made(300, at) for _ in range(EACH)]
    posts += [Made(100, TUESDAY) for _ in range(EACH)]
    assert reason(posts[0], posts) == words


def test_all_alike_bear_nothing_out() -> None:
    posts = pictures(EACH, EACH, high=100, low=100)
    assert reason(posts[0], posts) == NONE


def test_the_boards_clock_counts_and_not_that_of_the_source(desk: Desk, sum_up: Sum) -> None:
    """16:30 by the clock of the source is 17:30 in London in summer, and 16:30 in winter."""
    for day in range(1, 13):
        desk.post("x", f"s{day}", f"2020-07-{day:02}T16:30+00:00", impressions=900)
        desk.post("x", f"w{day}", f"2021-03-{day:02}T16:30+00:00", impressions=100)
    desk.post(
        "x", "best", "2021-03-29T16:30+00:00", impressions=950
    )  # clocks changed the day before
    found = sum_up().posts.table
    assert found is not None
    assert [row[-1].text for row in found.rows] == [
        "In the evening: median 900, at other times 100"
    ]


def test_months_before_a_break_are_no_evidence(desk: Desk, sum_up: Sum) -> None:
    for day in range(1, 13):
        desk.post("facebook", f"o{day}", f"2025-11-{day:02}T18:30+00:00", "2026-01-05", views=900)
        desk.post("facebook", f"n{day}", f"2025-12-{day:02}T10:30+00:00", "2026-01-05", views=100)
    desk.post("facebook", "best", "2025-12-20T18:30+00:00", "2026-01-05", views=950)
    found = sum_up("2025-12", "2026-01-06T09:00+00:00").posts.table
    assert found is not None
    assert found.rows[0][-1].text == NONE
