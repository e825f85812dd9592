"""The registry: stages, the platforms' own names with their dates, breaks."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from sgcomms.importers import IMPORTERS, importer
from sgcomms.metrics import (
    BREAKS,
    COUNTED,
    METRICS,
    NATIVES,
    board_metric,
    breaks_between,
    counted,
    natives,
    offered,
)
from sgcomms.models import Account
from sgcomms.platforms import PLATFORMS, Measuring, layout

PLATFORM_NAMES = {
    *("x", "facebook", "instagram", "threads", "bluesky", "mastodon", "linkedin", "youtube"),
    *("ga4", "matomo", "plausible"),
}


def names(platform: str, metric: str, on: str) -> set[str]:
    day = date.fromisoformat(on)
    return {one.name for one in natives(platform, metric, day, day)}


def test_what_is_put_out_is_an_output_and_what_people_do_an_outtake() -> None:
    assert {METRICS[one].stage for one in ("posts", "impressions", "views", "reach")} == {"output"}
    answers = ("reactions", "comments", "shares", "clicks_link", "followers", "sessions")
    assert {METRICS[one].stage for one in answers} == {"out-take"}


def test_no_platform_counts_an_outcome_but_a_board_may() -> None:
    assert all(one.stage != "outcome" for one in METRICS.values())
    assert board_metric("a", "A", "as", "sum").stage == "output"
    assert board_metric("a", "A", "as", "sum", "outcome").stage == "outcome"


@pytest.mark.parametrize(
    ("platform", "metric", "on", "expected"),
    [
        ("facebook", "impressions", "2025-11-14", {"post_impressions", "page_impressions"}),
        ("facebook", "impressions", "2025-11-15", set()),
        ("facebook", "views", "2025-11-14", {"Views"}),
        ("facebook", "views", "2025-11-15", {"post_media_view", "page_media_view", "Views"}),
        ("facebook", "reach", "2026-06-14", {"post_impressions_unique", "page_impressions_unique"}),
        (
            *("facebook", "reach", "2026-06-15"),
            {"post_total_media_view_unique", "page_total_media_view_unique"},
        ),
        ("instagram", "impressions", "2025-04-20", {"impressions"}),
        ("instagram", "impressions", "2025-04-21", set()),
        ("instagram", "engagements", "2023-12-10", {"engagement"}),
        ("instagram", "engagements", "2023-12-11", {"total_interactions"}),
        ("x", "shares", "2026-07-06", {"retweet_count"}),
        ("x", "shares", "2026-11-22", {"retweet_count", "repost_count"}),
        ("ga4", "page_views", "2021-03-31", {"Pageviews", "screenPageViews"}),
        ("ga4", "page_views", "2023-07-01", {"screenPageViews"}),
        ("plausible", "users_daily_sum", "2026-11-22", {"visitors"}),
        ("matomo", "users_total", "2026-11-22", {"nb_uniq_visitors"}),
        ("bluesky", "saves", "2026-11-22", {"bookmarkCount"}),
        ("linkedin", "reach", "2026-11-22", {"uniqueImpressionsCount"}),
    ],
)
def test_a_name_is_valid_on_its_days(
    platform: str, metric: str, on: str, expected: set[str]
) -> None:
    assert names(platform, metric, on) == expected


@pytest.mark.parametrize(
    ("platform", "metric"),
    [
        ("x", "reach"),
        ("x", "clicks_all"),
        ("bluesky", "impressions"),
        ("bluesky", "views"),
        ("mastodon", "reach"),
        ("mastodon", "saves"),
        ("facebook", "saves"),
        ("linkedin", "engagements"),
        ("youtube", "reach"),
        ("plausible", "users_new"),
        ("ga4", "users_daily_sum"),
    ],
)
def test_what_a_platform_does_not_tell_is_not_offered(platform: str, metric: str) -> None:
    assert not offered(platform, metric)


def test_what_is_offered_depends_on_the_days() -> None:
    assert offered("facebook", "impressions", date(2025, 4, 1), date(2026, 3, 31))
    assert not offered("facebook", "impressions", date(2026, 4, 1), date(2027, 3, 31))
    assert not offered("facebook", "views", date(2020, 4, 1), date(2021, 3, 31))


def test_what_no_platform_counts_is_always_to_be_had() -> None:
    assert offered("x", "posts")
    assert offered("x", "briefing_views")


def test_every_name_belongs_to_a_known_metric_and_platform() -> None:
    assert set(NATIVES) <= set(METRICS)
    assert {one.platform for found in NATIVES.values() for one in found} == PLATFORM_NAMES
    assert set(COUNTED) <= set(METRICS)
    for found in NATIVES.values():
        for one in found:
            assert one.first is None or one.last is None or one.first <= one.last
        assert len({(one.platform, one.name) for one in found}) == len(found)


def test_what_an_export_holds_is_offered() -> None:
    for name in IMPORTERS:
        found = importer(name)
        platform = next(iter(found.tools), found.platform)
        if platform in PLATFORM_NAMES:
            missing = [
                one
                for one in (*found.natives, *found.by_day, *found.levels)
                if not offered(platform, one)
            ]
            assert not missing, f"{name}: {missing}"


def test_what_a_platform_measures_is_offered() -> None:
    for name in PLATFORMS:
        found = layout(Account(name, name, "outbox", "board"))
        if isinstance(found, Measuring):
            assert not [one for one in found.measures if not offered(name, one)], name


def test_platforms_that_count_differently_are_all_named() -> None:
    for metric, by_platform in COUNTED.items():
        assert set(by_platform) == {one.platform for one in NATIVES[metric]}, metric
    assert counted("reactions", "x") == counted("reactions", "youtube") == ""
    assert counted("views", "bluesky") not in {counted("views", one) for one in COUNTED["views"]}


def test_breaks_are_known_by_metric_platform_and_source() -> None:
    for one in BREAKS:
        assert one.metrics <= set(METRICS)
        assert one.platforms <= PLATFORM_NAMES
        assert one.source
        assert re.search(r"\.$", one.reason), "it is printed as a sentence"
        assert (one.dimension is None) == (not one.keys)
    assert [one.on for one in BREAKS] == sorted(one.on for one in BREAKS)


def test_where_one_name_took_the_place_of_another_there_is_a_break() -> None:
    """X's reposts are retweets under a new name; what took another name's place is a break."""
    began = {
        (one.platform, metric, one.first)
        for metric, found in NATIVES.items()
        for one in found
        if one.first
        and any(o.platform == one.platform and o.last == one.first - DAY for o in found)
    }
    assert began
    for platform, metric, first in began:
        assert breaks_between(platform, metric, first - DAY, first), (platform, metric)


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("platform", "metric", "on"),
    [
        ("ga4", "bounce", "2023-07-01"),
        ("instagram", "engagements", "2023-12-11"),
        ("youtube", "views", "2025-03-31"),
        ("instagram", "views", "2025-04-21"),
        ("facebook", "views", "2025-11-15"),
        ("facebook", "followers", "2025-11-15"),
        ("ga4", "users_total", "2026-02-05"),
        ("plausible", "users_daily_sum", "2026-02-05"),
        ("facebook", "reach", "2026-06-15"),
        ("youtube", "views", "2026-08-24"),
    ],
)
def test_a_break_falls_on_its_day(platform: str, metric: str, on: str) -> None:
    day = date.fromisoformat(on)
    assert breaks_between(platform, metric, day - DAY, day)
    assert not breaks_between(platform, metric, day, day + DAY)


@pytest.mark.parametrize("metric", sorted(METRICS))
def test_renaming_twitter_and_its_retweets_breaks_no_series(metric: str) -> None:
    assert not breaks_between("x", metric, date(2023, 1, 1), date(2026, 11, 22))


@pytest.mark.parametrize(
    ("dimension", "key", "broken"),
    [
        ("channel", "referral", True),
        ("channel", "ai_assistant", True),
        ("channel", "search", False),
        ("device", "mobile", False),
        (None, None, False),
    ],
)
def test_a_new_channel_breaks_only_the_rows_it_took_from(
    dimension: str | None, key: str | None, broken: bool
) -> None:
    found = breaks_between("ga4", "sessions", date(2026, 4, 1), date(2026, 6, 30), dimension, key)
    assert bool(found) is broken
