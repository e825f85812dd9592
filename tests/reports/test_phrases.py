"""Words that follow from figures: every rule on both of its sides."""

from __future__ import annotations

import pytest

from sgcomms.reports.phrases import (
    SMALLEST_BASE,
    Change,
    every_quarter,
    has_base,
    misnamed,
    of_base,
    remained,
    rounding,
)


@pytest.mark.parametrize(
    ("now", "then", "unit", "words"),
    [
        (275_602, 274_398, "page views", "an increase of 1,204 page views, to 275,602"),
        (274_398, 275_602, "page views", "a decrease of 1,204 page views, to 274,398"),
        (2, 1, "page views", "an increase of 1 page view, to 2"),
        (0, 1, "page views", "a decrease of 1 page view, to 0"),
        (0.40, 0.45, "ratio", "a decrease of 5 percentage points, to 40%"),
        (0.414, 0.406, "ratio", None),
        (120, 65, "seconds", "an increase of 55 seconds, to 2 minutes"),
        (7, 7, "page views", None),
        (7.001, 7.002, "page views", None),
    ],
)
def test_change_then_level_then_period(
    now: float, then: float, unit: str, words: str | None
) -> None:
    noun = ("page view", "page views") if unit == "page views" else ("", "")
    said = Change(now, then, unit, "2019-20").long(noun)
    assert said == (words and f"{words}, compared with 2019-20")


def test_a_level_keeps_its_day_and_reach_its_name() -> None:
    change = Change(9, 7, "followers", "2019-20")
    assert change.long(("follower", "followers"), " on 31 March 2021") == (
        "an increase of 2 followers, to 9 on 31 March 2021, compared with 2019-20"
    )
    assert Change(9, 7, "accounts", "2019-20").long(bare="reach") == (
        "an increase in reach of 2, to 9, compared with 2019-20"
    )


def test_tables_have_the_short_form() -> None:
    assert Change(18, 20, "webinars", "2019-20").short() == "down 2 from 2019-20"
    assert Change(20, 18, "webinars", "2019-20").short() == "up 2 from 2019-20"
    assert Change(20, 20, "webinars", "2019-20").short() == "the same as in 2019-20"


@pytest.mark.parametrize(
    ("now", "then", "unit", "holds"),
    [
        (100, 100, "posts", True),
        (101.9, 100, "posts", True),
        (98.1, 100, "posts", True),
        (102, 100, "posts", False),
        (98, 100, "posts", False),
        (0, 0, "posts", True),
        (1, 0, "posts", False),
        (0.402, 0.398, "ratio", True),
        (0.42, 0.40, "ratio", False),
    ],
)
def test_remained(now: float, then: float, unit: str, holds: bool) -> None:
    assert remained(now, then, unit) is holds
    change = Change(now, then, unit, "2019-20")
    said = " The level remained about the same." if holds and change.amount is not None else ""
    assert change.steady() == said


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ((1, 2, 3, 4), "grew from each quarter to the next"),
        ((4, 3, 2, 1), "fell from each quarter to the next"),
        ((1000, 1030, 1060, 1100), "grew from each quarter to the next"),
        ((1000, 1030, 1040, 1100), None),
        ((1000, 970, 960, 900), None),
        ((1, 2, 3, 3), None),
        ((1, 2, 3, 2), None),
        ((2, 3, 4), None),
        ((1, 2, 3, 4, 5), None),
        ((1, None, 3, 4), None),
        ((0.401, 0.402, 0.403, 0.404), None),
        ((), None),
    ],
)
def test_every_quarter(values: tuple[float | None, ...], words: str | None) -> None:
    unit = "ratio" if values and isinstance(values[0], float) else "posts"
    assert every_quarter(values, unit) == words


def test_a_percentage_has_a_base_that_is_not_small() -> None:
    assert of_base(0.52, 98_500, "visits") == "52% of 98,500 visits"
    assert of_base(0.5, SMALLEST_BASE, "visits") == f"50% of {SMALLEST_BASE} visits"
    assert of_base(0.5, SMALLEST_BASE - 1, "visits") is None
    assert (has_base(SMALLEST_BASE), has_base(SMALLEST_BASE - 1)) == (True, False)


def test_rounded_shares_say_what_they_add_up_to() -> None:
    assert rounding([0.23, 0.63, 0.14]) is None
    said = rounding([0.333, 0.333, 0.334])
    assert said == "The percentages are rounded, so they add up to 99%."
    assert rounding([0.225, 0.625, 0.15]) == "The percentages are rounded, so they add up to 101%."
    assert rounding([0.999, 0.001]) is None


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("a reach of in excess 190,000", ()),
        ("Our posts reached 190,000 people.", ("people",)),
        ("The posts were seen by 5,000 residents", ("people",)),
        ("190,000 people saw our posts", ("people",)),
        ("71,987 people visited", ("people",)),
        ("5,000 times people saw them", ("people",)),
        ("People answered posts with 5 reactions", ()),
        ("5,000 people (impressions)", ("people",)),
        ("573 people attended", ()),
        ("One person can count many times.", ()),
        ("Not people: one person with a phone and a computer is two users.", ()),
        ("a total reach of 5,068", ("total reach",)),
        ("The overall\n reach was good", ("total reach",)),
        ("a reach of 80,112 in total", ("total reach",)),
        ("Their reach was 80,112", ()),
        ("An advertising value equivalent of 66,992", ("advertising value",)),
        ("The PR value was high", ("advertising value",)),
        ("AVE: 66,992", ("advertising value",)),
        ("We have a wave of visits", ()),
        ("Value for money", ()),
    ],
)
def test_what_is_never_said(text: str, kinds: tuple[str, ...]) -> None:
    assert misnamed(text) == kinds
