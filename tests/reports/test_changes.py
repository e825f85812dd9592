"""The year before: change, then level, then period, or in words why there is none."""

from __future__ import annotations

from calendar import monthrange

import pytest

from sgcomms.periods import year
from sgcomms.reports.annual import gather
from tests.conftest import At
from tests.figures.conftest import Desk, desk
from tests.reports.conftest import YEAR, Annual, Record

__all__ = ["desk"]

BEFORE = ("2019-04-01", "2020-03-31")


def test_change_then_level_then_period(record: Record, annual: Annual) -> None:
    record(("website", "page_views", 274_398, *BEFORE), ("website", "bounce", 0.45, *BEFORE))
    record(("website", "page_views", 275_602, *YEAR), ("website", "bounce", 0.40, *YEAR))
    record(("x", "posts", 5, *BEFORE), ("x", "posts", 5, *YEAR))
    record(("x", "reactions", 7, *BEFORE), ("x", "reactions", 3, *YEAR))
    record(("board", "webinars", 20, *BEFORE), ("board", "webinars", 18, *YEAR))
    record(("x", "followers", 8, "2020-03-31", "2020-03-31"))
    record(("x", "followers", 9, "2021-03-31", "2021-03-31"))
    text = annual()
    assert (
        "Our website had an increase of 1,204 page views, to 275,602, compared with 2019-20. The "
        "level remained about the same."
    ) in text
    assert (
        "The bounce rate showed a decrease of 5 percentage points, to 40%, compared with 2019-20."
        in text
    )
    assert text.count("remained") == 1
    assert "We published 5 posts in the year, the same as in 2019-20." in text
    assert "with reactions (a decrease of 4, to 3, compared with 2019-20)." in text
    assert (
        "There was an increase of 1 follower, to 9 on 31 March 2021, compared with 2019-20." in text
    )
    assert "| 18, down 2 from 2019-20 |" in text


def test_reach_of_two_accounts_changes_as_one_figure(record: Record, annual: Annual) -> None:
    record(("facebook+instagram", "reach", 100, *BEFORE), ("facebook", "reach", 30, *BEFORE))
    record(("facebook+instagram", "reach", 80, *YEAR), ("facebook", "reach", 40, *YEAR))
    text = annual()
    assert "Their reach showed a decrease of 20, to 80, compared with 2019-20: the source" in text
    assert "There was an increase in reach of 10, to 40, compared with 2019-20." in text


RISING = (10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120)


def months_of(values: tuple[int, ...]) -> list[tuple[str, str, float, str, str]]:
    found: list[tuple[str, str, float, str, str]] = []
    for place, value in enumerate(values):
        number = (3 + place) % 12 + 1
        month = f"{2020 if number > 3 else 2021}-{number:02}"
        last = monthrange(int(month[:4]), number)[1]
        found.append(("x", "impressions", value, f"{month}-01", f"{month}-{last}"))
    return found


def test_growth_from_quarter_to_quarter_needs_all_twelve_months(
    record: Record, annual: Annual
) -> None:
    words = "Impressions on Twitter (now X) {} from each quarter to the next"
    record(*months_of(RISING[:11]))
    assert "each quarter" not in annual()
    record(*months_of(RISING))
    assert f"{words.format('grew')} (60; 150; 240; 330)." in annual()


@pytest.mark.parametrize(("read_on", "there"), [("2021-04-29", False), ("2021-04-30", True)])
def test_sums_of_posts_are_compared_once_they_have_stopped_growing(
    desk: Desk, at: At, read_on: str, there: bool
) -> None:
    for place in range(12):
        number = (3 + place) % 12 + 1
        day = f"{2020 if number > 3 else 2021}-{number:02}-15"
        desk.post("x", day, f"{day}T09:00+00:00", read_on, impressions=100 * (12 - place))
    at("2021-06-01T09:00+00:00")
    period = year("2020-21", desk.board.year_starts)
    found = [one for one in gather(desk.db, desk.board, period, ()).sections if one.id == "social"]
    said = " ".join(one.text for one in found[0].sentences)
    assert ("fell from each quarter to the next (3,300; 2,400; 1,500; 600)." in said) is there


@pytest.mark.parametrize(
    ("values", "word"),
    [(RISING[::-1], "fell"), ((*RISING[:9], 1, 1, 1), None), ((5,) * 12, None)],
)
def test_what_the_quarters_do_not_bear_out_is_not_said(
    record: Record, annual: Annual, values: tuple[int, ...], word: str | None
) -> None:
    record(*months_of(values))
    assert ("fell from each quarter" in annual()) is (word == "fell")
    assert "grew from each quarter" not in annual()


def test_what_does_not_compare_is_said(record: Record, annual: Annual) -> None:
    record(("website", "page_views", 274_398, *BEFORE))
    record(("website", "users_total", 5, *YEAR))
    text = annual()
    assert "It had 5 users in the year." in text or "had 5 users in the year." in text
    assert "No comparison with 2019-20 for users of the website: no figure of that year." in text


def test_a_bound_is_not_compared(record: Record, annual: Annual) -> None:
    record(("website", "page_views", 100, *BEFORE), bound="more than")
    record(("website", "page_views", 150, *YEAR))
    text = annual()
    assert "150 page views in the year." in text
    assert "page views of the website: the figure before is a bound." in text


def test_other_dates_are_not_compared(record: Record, annual: Annual) -> None:
    record(("website", "page_views", 100, *BEFORE))
    record(("website", "page_views", 150, "2020-04-01", "2020-09-30"))
    text = annual()
    assert "150 page views from 1 April 2020 to 30 September 2020." in text
    assert "No comparison with 2019-20 for page views of the website: only figures of" in text


def test_a_change_of_definition_is_said(record: Record, annual: Annual) -> None:
    record(("website", "bounce", 0.4, "2022-04-01", "2023-03-31"), read_on="2024-04-03")
    record(("website", "bounce", 0.6, "2023-04-01", "2024-03-31"), read_on="2024-04-03")
    text = annual(year="2023-24")
    assert "The bounce rate was 60%." in text
    assert "bounce rate of the website: the definition changed on 1 July 2023: Universal" in text
    assert "a visit that was not engaged.\n" in text
    assert ".." not in text


def test_a_year_before_without_figures_is_said(record: Record, annual: Annual) -> None:
    record(("website", "page_views", 100, *YEAR))
    assert "A comparison with 2019-20: there are no figures of that year." in annual()


def test_months_without_posts_are_said_of_the_account_as_readers_know_it(
    desk: Desk, at: At
) -> None:
    for day in ("2019-06-15", "2020-06-15"):
        desk.post("x", day, f"{day}T09:00+00:00", "2021-05-30", alone=True, impressions=100)
    at("2021-06-01T09:00+00:00")
    period = year("2020-21", desk.board.year_starts)
    (line,) = [
        one for one in gather(desk.db, desk.board, period, ()).missing if "lists posts" in one
    ]
    assert "no source lists posts of Twitter (now X) of April 20" in line
    assert "posts of x " not in line


def test_one_of_two_accounts_is_not_called_both(record: Record, annual: Annual) -> None:
    record(("facebook+instagram", "reach", 80, *YEAR), ("facebook", "posts", 262, *YEAR))
    text = annual()
    assert "Together they had" not in text
    assert "Facebook alone had 262 posts: there is no figure of Instagram." in text
