"""The most visited pages: in order where there is one, and none that nobody visited."""

from __future__ import annotations

import pytest

from tests.reports.conftest import YEAR, Annual, Record


@pytest.mark.parametrize(
    ("views", "words"),
    [
        ((11, 10, 9), "The most visited page was /p0, followed by /p1 and /p2."),
        ((11, 11), "The most visited pages were /p0 and /p1."),
        ((12, 11, 11), "The most visited pages were /p0, /p1 and /p2."),
        ((12, 11, 0), "The most visited page was /p0, followed by /p1."),
        ((15, 14, 13, 12, 12), "The most visited page was /p0, followed by /p1 and /p2."),
        ((15, 14, 14, 12, 12, 12), "The most visited pages were /p0, /p1 and /p2."),
        ((15, 12, 12, 12, 12), "The most visited page was /p0."),
        ((9, 9, 9, 9, 9), None),
        ((9, 0), None),
    ],
)
def test_equal_pages_are_not_ranked(
    record: Record, annual: Annual, views: tuple[int, ...], words: str | None
) -> None:
    for number, value in enumerate(views):
        page = {"dimension": "page", "key": f"/p{number}"}
        record(("website", "page_views", value, *YEAR), **page)
    part = annual().partition("Most visited pages")[2].partition("## ")[0]
    if words is None:
        assert "The most visited page was" not in part
        assert "The most visited pages were" not in part
    else:
        assert words in part


def test_pages_that_nobody_visited_are_not_in_the_table(record: Record, annual: Annual) -> None:
    for key, value in (("/a", 11), ("/b", 10), ("/c", 0)):
        record(("website", "page_views", value, *YEAR), dimension="page", key=key)
    text = annual()
    assert "/b" in text
    assert "/c" not in text
    assert "no figures for the whole year" not in text.partition("Most visited pages of")[2][:60]


def test_a_table_that_leaves_equal_pages_out_says_so(record: Record, annual: Annual) -> None:
    for number in range(6):
        page = {"dimension": "page", "key": f"/p{number}"}
        record(("website", "page_views", 7, *YEAR), **page)
    text = annual()
    assert "5 of the most visited pages in the year" in text
    assert "The 5 most visited pages" not in text
