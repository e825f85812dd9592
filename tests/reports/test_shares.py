"""Shares: their base, what they leave over, and none of a small base."""

from __future__ import annotations

from tests.conftest import Run
from tests.reports.conftest import YEAR, Annual, Record


def _visits(record: Record, key: str, value: float) -> None:
    record(("website", "sessions", value, *YEAR), dimension="device", key=key)


def test_shares_show_the_rest(record: Record, annual: Annual) -> None:
    record(("website", "sessions", 100, *YEAR))
    _visits(record, "desktop", 66)
    _visits(record, "mobile", 30)
    assert (
        "The 100 visits were made on a desktop or laptop computer (66%), on a mobile phone (30%) "
        "and on other devices, or the source does not say (4%)." in annual()
    )


def test_shares_that_make_a_whole_have_no_rest(record: Record, annual: Annual) -> None:
    _visits(record, "desktop", 70)
    _visits(record, "mobile", 30)
    text = annual()
    assert "The 100 visits were made on a desktop or laptop computer (70%) and on a mobile" in text
    assert "does not say" not in text


def test_a_share_shows_its_base(record: Record, annual: Annual) -> None:
    record(("website", "sessions", 200, *YEAR), ("website", "bounce", 0.4, *YEAR))
    _visits(record, "desktop", 150)
    text = annual()
    assert "The 200 visits were made on a desktop or laptop computer (75%) and on other" in text
    assert "The bounce rate was 40% of 200 visits." in text


def test_a_small_base_has_no_percentages(record: Record, annual: Annual) -> None:
    record(("website", "sessions", 29, *YEAR), ("website", "bounce", 0.4, *YEAR))
    _visits(record, "desktop", 20)
    text = annual()
    assert "%" not in text.partition("## What is missing")[0]
    assert (
        "What devices the website was visited on: 29 visits are too few for percentages; from 30 "
        "on they are given." in text
    )
    assert "Bounce rate of the website: 29 visits are too few" in text


def test_a_small_base_of_the_year_before_is_not_compared(record: Record, annual: Annual) -> None:
    before = ("2019-04-01", "2020-03-31")
    record(("website", "sessions", 29, *before), ("website", "bounce", 0.9, *before))
    record(("website", "sessions", 10_000, *YEAR), ("website", "bounce", 0.4, *YEAR))
    text = annual()
    assert "The bounce rate was 40% of 10,000 visits." in text
    assert (
        "No comparison with 2019-20 for bounce rate of the website: 29 visits in that year are too "
        "few for percentages." in text
    )
    assert "percentage points" not in text


def test_a_base_that_is_large_enough_in_both_years_is_compared(
    record: Record, annual: Annual
) -> None:
    before = ("2019-04-01", "2020-03-31")
    record(("website", "sessions", 30, *before), ("website", "bounce", 0.9, *before))
    record(("website", "sessions", 10_000, *YEAR), ("website", "bounce", 0.4, *YEAR))
    assert "a decrease of 50 percentage points, to 40% of 10,000 visits" in annual()


def test_rows_that_are_more_than_their_total_say_so(
    record: Record, annual: Annual, run: Run
) -> None:
    record(("website", "sessions", 100, *YEAR), ("website", "page_views", 500, *YEAR))
    _visits(record, "desktop", 90)
    _visits(record, "mobile", 60)
    for key, views in (("/", 400), ("/a", 101)):
        record(("website", "page_views", views, *YEAR), dimension="page", key=key)
    text = annual()
    assert "visits were made on" not in text
    assert "not available: the rows add up to 150, more than the total of 100." in text
    assert ": The rows by page add up to 501, more than the total of 500.\n" in text
    rows = [line for line in text.splitlines() if line.startswith(("| Home ", "| /a "))]
    assert len(rows) == 2
    assert len({line.partition("[^")[2] for line in rows}) == 1, "both rows have the note"
    words = run("stats", "--year", "2020-21").out
    assert "the rows by device add up to 150, more than the total of 100" in words


def test_rows_that_are_all_of_their_total_have_no_note(record: Record, annual: Annual) -> None:
    record(("website", "page_views", 500, *YEAR))
    record(("website", "page_views", 500, *YEAR), dimension="page", key="/")
    record(("website", "page_views", 18, *YEAR), dimension="page", key="/b", bound="more than")
    assert "add up to" not in annual()


def test_rounded_shares_have_a_note(record: Record, annual: Annual) -> None:
    record(("website", "sessions", 300, *YEAR))
    for key in ("desktop", "mobile", "tablet"):
        _visits(record, key, 100)
    assert "The percentages are rounded, so they add up to 99%." in annual()


def test_a_bounce_rate_without_its_base_says_so(record: Record, annual: Annual) -> None:
    record(("website", "bounce", 0.4, *YEAR))
    words = "Of how many visits this is a share is not known."
    assert words in annual()
    record(("website", "sessions", 500, *YEAR))
    assert words not in annual()
