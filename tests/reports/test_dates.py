"""Only a figure of the whole year is printed as the year's; every other one has its dates."""

from __future__ import annotations

import re

from tests.conftest import At, Run
from tests.golden import EXAMPLES
from tests.reports.conftest import APRIL, YEAR, Annual, Record


def body(text: str) -> str:
    """Return the section without what is missing, sources and notes."""
    return text.partition("## What is missing")[0]


def test_one_post_is_not_they(record: Record, annual: Annual) -> None:
    record(("x", "posts", 1, *YEAR), ("x", "impressions", 1, *YEAR))
    record(("facebook", "posts", 1, *YEAR), ("facebook", "reach", 5, *YEAR))
    text = re.sub(r"\[\^\d+\]", "", annual())
    assert "We published 1 post in the year. It was shown 1 time (impressions)." in text
    assert "We published 1 post in the year. Its reach was 5." in text


def test_page_views_of_april_are_not_the_years(record: Record, annual: Annual) -> None:
    record(("website", "page_views", 2700, *APRIL))
    text = annual()
    assert "Our website had 2,700 page views from 1 April 2020 to 30 April 2020." in text
    assert "in the year" not in body(text)
    assert (
        "Page views of the website: no figure for the whole year, only from 1 April 2020 to 30 "
        "April 2020." in text
    )


def test_a_figure_that_leaves_the_year_has_its_dates_and_its_bound(
    record: Record, annual: Annual
) -> None:
    record(("website", "page_views", 9000, "2020-03-31", "2021-03-31"), bound="more than")
    text = annual()
    words = "had more than 9,000 page views from 31 March 2020 to 31 March 2021"
    assert words in text
    assert "in the year" not in body(text)


def test_bounce_and_length_of_a_part_name_it(record: Record, annual: Annual) -> None:
    record(("website", "bounce", 0.4, *APRIL), ("website", "session_seconds", 60, *APRIL))
    text = annual()
    assert "From 1 April 2020 to 30 April 2020, the bounce rate was 40%." in text
    assert "From 1 April 2020 to 30 April 2020, a visit lasted 1 minute on average." in text


def test_reach_of_one_month_is_dated_in_table_and_sentence(record: Record, annual: Annual) -> None:
    record(
        ("facebook", "reach", 500, "2020-09-01", "2020-09-30"),
        ("facebook", "impressions", 9000, "2019-12-01", "2021-03-31"),
    )
    text = annual()
    assert "From 1 September 2020 to 30 September 2020 the account had a reach of 500." in text
    assert "From 1 December 2019 to 31 March 2021 the account had 9,000 impressions." in text
    assert "Their reach was 500" not in text
    assert "**Our accounts in the year, where no note gives other dates**" in text
    assert ": From 1 September 2020 to 30 September 2020." in text
    assert ": From 1 December 2019 to 31 March 2021." in text


def test_followers_of_one_day_say_it_in_the_heading(record: Record, annual: Annual) -> None:
    record(("x", "followers", 7, "2021-03-31", "2021-03-31"))
    assert "| Followers on 31 March 2021 |" in annual()


def test_followers_of_two_days_say_it_in_notes(record: Record, annual: Annual) -> None:
    record(
        ("x", "followers", 7, "2021-03-31", "2021-03-31"),
        ("facebook", "followers", 1, "2020-12-31", "2020-12-31"),
    )
    text = annual()
    assert "| Followers |" in text
    assert ": On 31 March 2021." in text
    assert ": On 31 December 2020." in text
    assert "On 31 December 2020 the account had 1 follower." in text


def test_pages_of_a_part_are_one_table_and_no_sentence_each(record: Record, annual: Annual) -> None:
    for number in range(30):
        path = f"/page-{number}"
        record(
            ("website", "page_views", 100 + number, *APRIL),
            dimension="page",
            key=path,
        )
    text = annual()
    assert "**The 5 most visited pages from 1 April 2020 to 30 April 2020**" in text
    assert body(text).count("/page-") == 5
    assert "had 1" not in text


def test_many_pages_that_leave_the_year_are_counted_not_listed(
    record: Record, annual: Annual
) -> None:
    for number in range(9):
        record(
            ("website", "page_views", 100 + number, "2020-03-31", "2021-03-31"),
            dimension="page",
            key=f"/page-{number}",
        )
    text = annual()
    assert body(text).count("which are not the dates of this report") == 5
    assert "Page views of 4 more pages of the website: they are of dates that leave" in text


def test_shares_of_a_part_are_dated(record: Record, annual: Annual) -> None:
    record(("website", "sessions", 1000, *APRIL))
    record(("website", "sessions", 997, *APRIL), dimension="device", key="desktop")
    record(("website", "sessions", 3, *APRIL), dimension="device", key="tablet")
    assert (
        "The 1,000 visits from 1 April 2020 to 30 April 2020 were made on a desktop or laptop "
        "computer (100%) and on a tablet (under 1%)." in annual()
    )


def test_the_cut_off_is_said(record: Record, annual: Annual) -> None:
    record(("website", "page_views", 2700, *YEAR))
    assert "Figures as read up to 3 April 2021.\n" in annual()
    text = annual("--as-of", "2021-05-01")
    assert "Figures as read up to 3 April 2021, and as known on 1 May 2021.\n" in text
    text = annual("--as-of", "2021-04-02")
    assert "No figures had been read by 2 April 2021.\n" in text


def test_while_the_year_runs_figures_are_up_to_a_day(
    run: Run, record: Record, annual: Annual, at: At
) -> None:
    at("2020-12-05T09:00+00:00")
    run("import", str(EXAMPLES / "x-tweets-2020-q1.csv"), "--read-on", "2020-12-03")
    record(
        ("website", "page_views", 2700, "2020-04-01", "2020-12-02"),
        ("board", "webinars", 3, "2020-04-01", "2020-12-02"),
        read_on="2020-12-03",
    )
    text = annual()
    assert "in the year" not in body(text)
    assert "had 2,700 page views from 1 April 2020 to 2 December 2020." in text
    assert re.search(r"We published \d+ posts up to 3 December 2020\.", text)
    assert "**Our accounts up to 3 December 2020**" in text
    assert "Figures as read up to 3 December 2020." in text


def test_one_is_singular(record: Record, annual: Annual) -> None:
    record(
        ("website", "page_views", 1, *YEAR),
        *(("x", metric, 1, *YEAR) for metric in ("posts", "impressions", "reactions")),
    )
    text = annual()
    assert "Our website had 1 page view in the year." in text
    assert "We published 1 post in the year." in text
    assert "It was shown 1 time (impressions)." in text
    assert "with 1 reaction." in text


def test_sources_name_days_in_words(record: Record, annual: Annual) -> None:
    record(("website", "page_views", 2700, *YEAR))
    assert "read on 3 April 2021\n" in annual()


def test_who_read_a_figure_by_hand_is_told_to_the_officer_and_not_to_the_public(
    record: Record, annual: Annual, run: Run
) -> None:
    record(("website", "page_views", 2700, *YEAR))
    document = annual()
    assert "recorded by hand from: a page; read on 3 April 2021\n" in document
    assert "comms.officer@" not in document
    explained = " ".join(run("stats", "--year", "2020-21", "--explain").out.split())
    assert "recorded by comms.officer@board.example from: a page" in explained
