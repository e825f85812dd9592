"""What is due by hand: which months, years and levels, from which screen, until when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgcomms.config import Board
from sgcomms.due import CLICKS, SCREENS, Due, Stored, Taken, due, words
from sgcomms.models import Account, Website
from sgcomms.periods import YearStart, month

NOVEMBER = date(2026, 11, 22)
ALL_PLATFORMS = {one for screen in SCREENS for one in screen.platforms}


def board(*platforms: str, starts: YearStart | None = None) -> Board:
    """Return a board with one account or website on each platform, named like it."""
    tools = ("ga4", "matomo", "plausible")
    return Board(
        name="A board",
        short="AB",
        zone=ZoneInfo("Europe/London"),
        year_starts=starts or YearStart(1, 4),
        url="https://board.example",
        people={},
        accounts={one: Account(one, one, "live", "board") for one in platforms if one not in tools},
        websites={
            one: Website(one, one, "https://board.example") for one in platforms if one in tools
        },
        metrics={},
        late_after=timedelta(hours=2),
        contacts={},
        feedback=(),
    )


def owed(
    platform: str, today: str | date = NOVEMBER, starts: YearStart | None = None, **have: object
) -> list[Due]:
    """Return what one account or website owes, with this stored of it."""
    day = date.fromisoformat(today) if isinstance(today, str) else today
    stored = {platform: Stored(**have)}  # type: ignore[arg-type]
    return due(board(platform, starts=starts), day, stored)


def whats(found: Sequence[Due]) -> list[str]:
    return [one.what for one in found]


def posts(first: str | None, last: str | None, read_on: str) -> Taken:
    """Return a file of posts."""
    return Taken("posts", _day(first), _day(last), date.fromisoformat(read_on))


def period(first: str, last: str, read_on: str) -> Taken:
    """Return figures of a period."""
    return Taken("period", _day(first), _day(last), date.fromisoformat(read_on))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def whole(name: str, read_on: str = "2026-11-20") -> Taken:
    """Return figures of a month as one period."""
    found = month(name)
    return Taken("period", found.start, found.end, date.fromisoformat(read_on))


EVERYTHING = posts("2025-04-02", "2026-10-30", "2026-11-10")
LAST_YEAR = period("2025-04-01", "2026-03-31", "2026-04-10")


# posts of accounts


def test_an_account_without_an_api_owes_the_months_that_are_over() -> None:
    (one,) = owed("facebook", taken=(posts("2025-04-02", "2026-08-30", "2026-09-10"),))
    assert one.subject == "facebook"
    assert one.what == "posts of September to October 2026"
    assert one.screen.startswith("Meta Business Suite: Insights, Content, Export, Lifetime")
    assert one.last_date == date(2028, 8, 31), "two years from 1 September 2026, that day excluded"


def test_what_is_in_hand_is_not_owed() -> None:
    assert owed("facebook", taken=(EVERYTHING,)) == []


@pytest.mark.parametrize(("today", "due_now"), [("2026-11-03", False), ("2026-11-04", True)])
def test_a_month_is_asked_for_after_the_third_of_the_next(today: str, due_now: bool) -> None:
    found = owed("facebook", today, taken=(posts("2025-04-02", "2026-09-30", "2026-10-10"),))
    assert whats(found) == (["posts of October 2026"] if due_now else [])


@pytest.mark.parametrize(("read_on", "settled"), [("2026-11-02", False), ("2026-11-03", True)])
def test_what_was_read_before_it_had_settled_is_read_again(read_on: str, settled: bool) -> None:
    found = owed("facebook", taken=(posts("2025-04-02", "2026-10-30", read_on),))
    assert whats(found) == ([] if settled else ["posts of October 2026"])


def test_a_file_counts_for_the_months_between_its_posts() -> None:
    found = owed(
        "facebook",
        taken=(
            posts("2025-04-02", "2026-06-29", "2026-07-10"),
            posts("2026-08-15", "2026-10-02", "2026-11-10"),
        ),
    )
    assert whats(found) == ["posts of July 2026"]


def test_months_that_do_not_follow_each_other_are_named_apart() -> None:
    found = owed(
        "facebook",
        taken=(
            posts("2025-04-02", "2025-12-29", "2026-01-10"),
            posts("2026-03-01", "2026-08-29", "2026-09-10"),
        ),
    )
    assert whats(found) == [
        "posts of January to February 2026",
        "posts of September to October 2026",
    ]


def test_months_of_two_years_are_named_with_both() -> None:
    (one,) = owed("facebook", taken=(posts("2026-05-01", "2026-10-30", "2026-11-10"),))
    assert one.what == "posts of April 2025 to April 2026"


@pytest.mark.parametrize(
    ("read_on", "still_owed"),
    [
        ("2026-10-05", ["posts of October 2026"]),
        ("2026-11-20", ["posts of September 2026"]),
        ("2026-11-02", ["posts of October 2026"]),
    ],
)
def test_a_file_without_posts_counts_for_the_last_month_that_was_over(
    read_on: str, still_owed: list[str]
) -> None:
    before = posts("2025-04-02", "2026-08-30", "2026-09-10")
    found = owed("facebook", taken=(before, posts(None, None, read_on)))
    assert whats(found) == still_owed


def test_a_record_counts_for_the_months_it_spans_as_a_whole() -> None:
    before = posts("2025-04-02", "2026-08-30", "2026-09-10")
    whole_months = period("2026-09-01", "2026-10-31", "2026-11-10")
    assert owed("facebook", taken=(before, whole_months)) == []
    some_days = period("2026-09-02", "2026-10-31", "2026-11-10")
    assert whats(owed("facebook", taken=(before, some_days))) == ["posts of September 2026"]


def test_days_of_an_account_as_a_whole_are_not_its_posts() -> None:
    days = tuple(
        Taken("period", one, one, NOVEMBER)
        for one in (date(2026, 10, 1) + timedelta(days=number) for number in range(31))
    )
    before = posts("2025-04-02", "2026-09-30", "2026-10-10")
    assert whats(owed("facebook", taken=(before, *days))) == ["posts of October 2026"]


def test_it_goes_back_to_the_beginning_of_the_year_before() -> None:
    (one,) = owed("facebook")
    assert one.what == "posts of April 2025 to October 2026"
    (one,) = owed("facebook", starts=YearStart(1, 1))
    assert one.what == "posts of January 2025 to October 2026"


def test_a_folder_owes_nothing() -> None:
    assert owed("outbox") == []


def test_a_fresh_workspace_owes_everything_and_nothing_is_stored_of_a_stranger() -> None:
    assert due(board(), NOVEMBER, {"gone": Stored()}) == []
    assert {one.subject for one in due(board("x", "ga4"), NOVEMBER, {})} == {"x", "ga4"}


# how long


def test_what_x_lets_one_pick_is_asked_for_while_its_ninety_days_reach_back() -> None:
    before = posts("2025-04-02", "2026-09-30", "2026-10-10")
    (one,) = owed("x", taken=(before,))
    assert one.last_date == date(2026, 12, 29), "90 days from 1 October"
    assert "whether days longer ago can be picked is not known" in one.why
    assert "at most 90 days and 1,000 posts a file" in one.screen
    assert "X Premium" in one.screen
    assert whats(owed("x", "2026-12-29", taken=(before,)))[0].startswith("posts of October")


def test_older_months_of_x_stay_and_say_that_it_may_be_too_late() -> None:
    found = owed("x")
    assert whats(found) == [
        "posts of September to October 2026",
        "posts of April 2025 to August 2026",
    ]
    assert "by 29 November 2026" in words(found[0], NOVEMBER)
    assert words(found[1], NOVEMBER).endswith(": perhaps too late; try now")


def test_what_linkedin_has_deleted_is_not_asked_for() -> None:
    (one,) = owed("linkedin")
    assert one.what == "posts of December 2025 to October 2026"
    assert one.last_date == date(2026, 11, 30)
    (one,) = owed("linkedin", "2026-11-30")
    assert one.what == "posts of December 2025 to October 2026"
    assert words(one, date(2026, 11, 30)).endswith(": today")
    (one,) = owed("linkedin", "2026-12-01")
    assert one.what == "posts of January to October 2026"


@pytest.mark.parametrize("platform", ["youtube", "bluesky", "mastodon", "threads"])
def test_where_no_last_day_is_known_none_is_made_up(platform: str) -> None:
    (one,) = owed(platform)
    assert one.last_date is None
    assert words(one, NOVEMBER).endswith(": no last day is known")


def test_what_has_no_export_says_so() -> None:
    (one,) = owed("mastodon")
    assert "there is no export" in one.screen


# read by an API


@pytest.mark.parametrize("platform", sorted(ALL_PLATFORMS))
def test_whose_api_is_read_owes_nothing(platform: str) -> None:
    for today in (date(2026, 11, 22), date(2027, 3, 31), date(2027, 4, 4)):
        assert owed(platform, today, collected_on=today) == []
        assert owed(platform, today, collected_on=today - timedelta(days=7)) == []


def test_an_api_that_is_not_read_any_more_leaves_what_was_not_read() -> None:
    read = posts("2025-04-02", "2026-10-30", "2026-11-01")
    found = owed("facebook", taken=(read,), collected_on=date(2026, 11, 1))
    assert whats(found) == ["posts of October 2026"]


def test_x_loses_clicks_thirty_days_after_the_last_run() -> None:
    stale = date(2026, 11, 14)
    (one,) = owed("x", taken=(EVERYTHING,), collected_on=stale)
    assert one.what == "link clicks and profile visits of posts since 14 November 2026"
    assert one.last_date == date(2026, 12, 14)
    assert "sgcomms accounts verify" in one.screen
    assert owed("x", taken=(EVERYTHING,)) == [], "without an API there are none of these to lose"


def test_when_thirty_days_are_over_each_day_loses_another() -> None:
    read = posts("2025-04-02", "2026-10-30", "2026-11-10")
    found = owed("x", "2026-11-22", taken=(read,), collected_on=date(2026, 9, 1))
    (one,) = [one for one in found if "clicks" in one.what]
    assert one.what.endswith("since 23 October 2026")
    assert one.last_date == NOVEMBER


# followers


@pytest.mark.parametrize(
    ("today", "asked"),
    [("2027-02-27", False), ("2027-02-28", True), ("2027-03-31", True), ("2027-04-01", False)],
)
def test_followers_are_read_on_the_last_day_of_the_year(today: str, asked: bool) -> None:
    found = [one for one in owed("x", today) if "followers" in one.what]
    assert bool(found) is asked
    for one in found:
        assert one.what == "followers on 31 March 2027"
        assert one.last_date == date(2027, 3, 31)
        assert "the profile page" in one.screen


def test_a_level_of_another_day_is_not_the_one() -> None:
    for day, asked in ((date(2027, 3, 30), True), (date(2027, 3, 31), False)):
        found = owed("mastodon", "2027-03-31", followers_on=frozenset({day}))
        assert any("followers" in one.what for one in found) is asked


def test_the_years_last_day_is_the_boards() -> None:
    found = owed("youtube", "2026-12-20", starts=YearStart(1, 1))
    assert "followers on 31 December 2026" in whats(found)


# websites


def test_a_website_owes_each_month_and_the_year_as_one_period() -> None:
    in_hand = [whole(f"2026-{number:02}") for number in range(4, 10)]
    (one,) = owed("ga4", taken=(*in_hand, LAST_YEAR))
    assert one.what == "figures of October 2026"
    assert one.screen == (
        "Google Analytics: Explore, Free form (totals, devices, channels, pages), each month by "
        "itself"
    )
    assert one.last_date == date(2026, 11, 30), "explorations may reach back two months only"
    assert owed("ga4", taken=(*in_hand, whole("2026-10"), LAST_YEAR)) == []


def test_a_month_is_not_made_of_days_nor_of_a_longer_period() -> None:
    days = tuple(
        Taken("period", one, one, NOVEMBER)
        for one in (date(2026, 4, 1) + timedelta(days=number) for number in range(214))
    )
    longer = period("2026-04-01", "2026-10-31", "2026-11-10")
    (one, *_) = owed("ga4", taken=(*days, longer, LAST_YEAR))
    assert one.what == "figures of October 2026"


def test_days_are_as_good_as_the_month_where_the_tool_has_nothing_else() -> None:
    days = [
        Taken("period", one, one, NOVEMBER)
        for one in (date(2025, 4, 1) + timedelta(days=number) for number in range(579))
    ]
    assert owed("plausible", taken=tuple(days)) == []
    gap = date(2026, 9, 15)
    found = owed("plausible", taken=tuple(one for one in days if one.first != gap))
    assert whats(found) == ["figures of September 2026"]


def test_one_figure_of_a_year_is_none_of_its_months() -> None:
    year = period("2026-04-01", "2026-10-31", "2026-11-10")
    assert whats(owed("plausible", taken=(LAST_YEAR, year))) == ["figures of April to October 2026"]


def test_when_explorations_end_the_standard_reports_are_named() -> None:
    found = owed("ga4", taken=(LAST_YEAR,))
    assert whats(found) == ["figures of October 2026", "figures of April to September 2026"]
    assert "Explore" in found[0].screen
    assert "Reports (Pages and screens" in found[1].screen
    assert found[1].last_date is None


@pytest.mark.parametrize(("today", "asked"), [("2027-04-03", False), ("2027-04-04", True)])
def test_the_year_is_asked_for_when_it_has_settled(today: str, asked: bool) -> None:
    found = [one for one in owed("ga4", today) if one.what == "figures of the whole year 2026-27"]
    assert bool(found) is asked
    for one in found:
        assert one.last_date == date(2027, 5, 31), "14 months from 1 April 2026"
    found = owed("ga4", today, taken=(period("2026-04-01", "2027-03-31", "2027-04-03"),))
    assert "figures of the whole year 2026-27" not in whats(found)


def test_a_year_that_was_read_before_it_had_settled_is_read_again() -> None:
    early = period("2026-04-01", "2027-03-31", "2027-04-01")
    assert "figures of the whole year 2026-27" in whats(owed("ga4", "2027-04-10", taken=(early,)))


def test_months_of_the_year_before_are_asked_for_until_its_own_figures_are_there() -> None:
    assert any("April 2025" in one.what for one in owed("matomo"))
    assert whats(owed("matomo", taken=(LAST_YEAR,))) == ["figures of April to October 2026"]


def test_plausible_owes_no_year() -> None:
    assert not [one for one in owed("plausible", "2027-04-10") if "year" in one.what]


# all together


def test_what_is_lost_first_stands_in_front_and_what_may_be_lost_last() -> None:
    found = due(board(*sorted(ALL_PLATFORMS)), date(2027, 3, 20), {})
    dates = [one.last_date or date.max for one in found]
    late = [day < date(2027, 3, 20) for day in dates]
    assert late == sorted(late)
    assert any(late)
    sure = [day for day in dates if day >= date(2027, 3, 20)]
    assert sure == sorted(sure)


def test_a_line_says_what_from_where_and_by_when() -> None:
    (one,) = owed("x", taken=(posts("2025-04-02", "2026-09-30", "2026-10-10"),))
    assert words(one, NOVEMBER) == (
        "x: posts of October 2026, from X: Analytics, Content, Download (X Premium), at most 90 "
        "days and 1,000 posts a file: by 29 December 2026"
    )


def test_every_platform_that_can_be_measured_has_its_screens() -> None:
    social = {"x", "facebook", "instagram", "threads", "bluesky", "mastodon", "linkedin", "youtube"}
    assert {one for s in SCREENS if s.kind == "posts" for one in s.platforms} == social
    assert {one for s in SCREENS if s.kind == "level" for one in s.platforms} == social
    assert {one for s in SCREENS if s.kind == "month" for one in s.platforms} == {
        *("ga4", "matomo", "plausible")
    }
    assert all(one.source and one.why for one in (*SCREENS, CLICKS))


_DAYS = st.dates(date(2024, 1, 1), date(2028, 12, 31))
_TAKEN = st.builds(
    Taken, st.sampled_from(["posts", "period"]), st.none() | _DAYS, st.none() | _DAYS, _DAYS
)
_STORED = st.builds(
    Stored, st.lists(_TAKEN, max_size=4).map(tuple), st.none() | _DAYS, st.frozensets(_DAYS)
)


@given(_DAYS, st.dictionaries(st.sampled_from(sorted(ALL_PLATFORMS)), _STORED))
def test_whatever_is_stored_each_line_can_be_said_once(
    today: date, stored: dict[str, Stored]
) -> None:
    found = due(board(*sorted(ALL_PLATFORMS)), today, stored)
    for one in found:
        assert words(one, today).startswith(f"{one.subject}: {one.what}, from ")
        if one.last_date is not None and one.last_date < today:
            assert one.subject == "x", "nothing else is asked for when its last day has passed"
    assert len({(one.subject, one.what) for one in found}) == len(found)
    fresh = {name: replace(one, collected_on=today) for name, one in stored.items()}
    kept = due(board(*sorted(ALL_PLATFORMS)), today, fresh)
    assert {one.subject for one in kept}.isdisjoint(stored)
