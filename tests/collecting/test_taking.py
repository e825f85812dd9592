"""What of a file is kept: nothing of a page so rare that it could point to one family."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sgcomms.collecting import remarks
from sgcomms.collecting.taking import LeftOut, taken
from sgcomms.models import Reading

FIRST = date(2026, 4, 1)


def views(page: str, value: float | None, day: int = 0, metric: str = "page_views") -> Reading:
    at = FIRST + timedelta(days=day)
    reason = "left blank" if value is None else None
    return Reading("website", metric, value, at, at, "Views", "page", page, reason=reason)


def kept(*rows: Reading) -> tuple[list[Reading], list[str]]:
    left = LeftOut()
    found = taken(iter(rows), date(2027, 4, 3), ZoneInfo("Europe/London"), "a.csv", left)
    readings = [row for row in found if isinstance(row, Reading)]
    return readings, list(remarks.rare_pages(left.pages))


def test_a_rare_page_is_left_out_and_said_to_be() -> None:
    found, words = kept(views("/", 5), views("/a-family", 4), views("/empty", None))
    assert [one.key for one in found] == ["/"]
    assert words == ["2 pages seen fewer than 5 times left out: a rare one can tell of a family"]


def test_a_page_that_is_rare_on_each_day_and_not_in_all_is_kept_whole() -> None:
    rows = [views("/help", 2, day) for day in range(3)]
    assert kept(*rows) == (rows, [])


def test_other_figures_of_a_rare_page_go_with_it() -> None:
    rows = (views("/a", 4), views("/a", 90, metric="sessions"))
    assert kept(*rows)[0] == []


def test_what_is_of_no_page_stays() -> None:
    day = FIRST
    rows = [
        Reading("website", "sessions", 2, day, day, "Sessions", "channel", "email"),
        Reading("website", "page_views", 1, day, day, "Views"),
    ]
    assert kept(*rows) == (rows, [])


def test_a_page_with_no_views_on_very_many_days_takes_no_time() -> None:
    def rows() -> Iterator[Reading]:
        one = views("/", 0)
        for _ in range(200_000):
            yield one

    left = LeftOut()
    found = taken(rows(), date(2027, 4, 3), ZoneInfo("Europe/London"), "a.csv", left)
    assert (list(found), left.pages) == ([], 1)


def test_what_ends_with_a_day_that_was_not_over_is_named() -> None:
    last = date(2026, 4, 3)
    day = Reading("youtube", "views", 1, last, last, "Views", basis="received")
    span = Reading("youtube", "views", 1, FIRST, last, "Views", "video", "a", basis="received")
    left = LeftOut()
    assert list(taken([day, span], last, ZoneInfo("Europe/London"), "a.zip", left)) == []
    assert list(remarks.unfinished(left.days, left.spans)) == [
        "2026-04-03 was not over when the file was exported, so that day is left out",
        "with it all figures of 2026-04-01 to 2026-04-03 in one are left out: to have them, export "
        "days that are over",
    ]
