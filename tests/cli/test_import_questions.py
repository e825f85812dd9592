"""What `sgcomms import` asks where a file does not say it, and what becomes of the answers."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest

from sgcomms.workspace import Workspace
from tests.cli.conftest import edit
from tests.conftest import Run
from tests.importers.cases import REFUSED, good

READ_ON = ("--read-on", "2026-01-05")
OVERVIEW = (
    "Date,Impressions,Likes,Engagements,Bookmarks,Shares,New follows,Unfollows,Replies,Reposts,"
    "Profile visits,Create Post,Video views,Media views\n"
)
SUMMARY = "nb_uniq_visitors,nb_visits,nb_actions,bounce_count\n90,100,300,40\n"


def details(space: Workspace) -> list[dict[str, Any]]:
    """Return what is kept of every source."""
    rows = space.database().conn.execute("SELECT detail FROM sources ORDER BY id").fetchall()
    return [json.loads(row[0]) for row in rows]


def stored(space: Workspace) -> list[tuple[object, ...]]:
    """Return every reading over days, without the numbers of rows."""
    return (
        space.database()
        .conn.execute(
            "SELECT subject, metric, basis, first, last, value FROM readings ORDER BY id",
        )
        .fetchall()
    )


def measured_by_matomo(space: Workspace) -> None:
    edit(space, "config/board.yaml", "platform: ga4", "platform: matomo")


def test_whose_a_file_is_is_asked_and_its_name_may_help(run: Run, tmp_path: Path) -> None:
    name = "daily_tweet_activity_metrics_CPLSCB_20210801_20210901_en.csv"
    path = tmp_path / name
    path.write_bytes(good("x-by-day-2021").read_bytes())
    result = run("import", str(path), *READ_ON)
    assert (result.code, result.out) == (2, "")
    assert "its name speaks of @cplscb, which is x" in result.err
    assert "say it with --account, one of: x (@cplscb)" in result.err
    path.rename(tmp_path / name.replace("CPLSCB", "somebody"))
    result = run("import", str(tmp_path / name.replace("CPLSCB", "somebody")), *READ_ON)
    assert "its name speaks of @somebody);" in result.err


def test_likes_of_a_page_are_a_level_and_its_account_is_asked_for(
    run: Run, space: Workspace
) -> None:
    file = str(good("facebook-page-2019"))
    refused = run("import", file, "--read-on", "2019-10-14")
    assert refused.code == 2
    assert "it does not say whose it is; say it with --account, one of: facebook" in refused.err
    result = run("import", file, "--account", "facebook", "--read-on", "2019-10-14")
    assert "2019-10-14 was not over when the file was exported" in result.out
    assert [row for row in stored(space) if row[1] == "followers"] == [
        ("facebook", "followers", None, "2019-10-12", "2019-10-12", 1204),
        ("facebook", "followers", None, "2019-10-13", "2019-10-13", 1204),
        ("facebook", "followers", None, "2019-10-14", "2019-10-14", 1207),
    ]
    assert [row[3:] for row in stored(space) if row[1:3] == ("reach", "received")] == [
        ("2019-10-12", "2019-10-12", 412),
        ("2019-10-13", "2019-10-13", 0),
    ]


def test_what_was_received_on_each_day_is_added_over_the_days(run: Run) -> None:
    file = str(good("x-by-day-2021"))
    result = run("import", file, "--account", "x", *READ_ON)
    assert (result.code, result.err) == (0, "")
    assert "X (Twitter) tweet activity, by day, x, read on 2026-01-05: 24 readings" in result.out
    asked = ("stats", "--month", "2021-08", "--subject", "x", "--metric", "impressions", "--json")
    received = json.loads(run(*asked, "--basis", "received").out)["figures"]
    assert [(one["value"], one["basis"]) for one in received] == [(3544, "received")]
    assert json.loads(run(*asked).out)["figures"] == []


def test_a_day_that_was_not_over_is_left_out(run: Run, space: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "overview.csv"
    path.write_text(
        OVERVIEW + '"Mon, Nov 23, 2026",0,0,0,0,0,0,0,0,0,0,0,0,0\n'
        '"Sun, Nov 22, 2026",7,0,0,0,0,0,0,0,0,0,0,0,0\n'
        '"Sat, Nov 21, 2026",51,0,0,0,0,0,0,0,0,0,0,0,0\n',
        "utf-8",
    )
    result = run("import", str(path), "--account", "x", "--read-on", "2026-11-22")
    assert "2026-11-22 was not over when the file was exported" in result.out
    assert "2026-11-23 was not over when the file was exported" in result.out
    assert {row[3] for row in stored(space)} == {"2026-11-21"}


def test_a_file_of_days_long_after_its_export_is_refused(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "overview.csv"
    path.write_text(OVERVIEW + '"Wed, Nov 25, 2026",0,0,0,0,0,0,0,0,0,0,0,0,0\n', "utf-8")
    result = run("import", str(path), "--account", "x", "--read-on", "2026-11-22")
    assert result.code == 2
    assert "figures up to 2026-11-25, so it cannot have been read on 2026-11-22" in result.err


def test_of_two_accounts_in_one_file_each_is_taken_by_its_own_command(
    run: Run, space: Workspace, tmp_path: Path
) -> None:
    path = tmp_path / "Follows (1).csv"
    path.write_bytes(good("facebook-daily-follows-of-both").read_bytes())
    asked = run("import", str(path), *READ_ON)
    assert asked.code == 2
    assert "say whose figures to take with --account" in asked.err
    first = run("import", str(path), "--account", "facebook", *READ_ON)
    assert (first.code, first.err) == (0, "")
    left = next(line for line in first.out.splitlines() if "Instagram follows" in line)
    command = shlex.split(left.partition("sgcomms ")[2])
    second = run(*command)
    assert (second.code, second.err) == (0, "")
    assert "Facebook follows, of Facebook: sgcomms import" in second.out
    assert [row[:3] + row[5:] for row in stored(space)] == [
        ("facebook", "follows", "received", 2),
        ("facebook", "follows", "received", 1),
        ("instagram", "follows", "received", 4),
    ]
    assert "nothing changed" in run(*command).out


def test_a_table_of_a_platform_without_an_account_is_named(
    run: Run, space: Workspace, tmp_path: Path
) -> None:
    board = space.root / "config" / "board.yaml"
    text = board.read_text("utf-8")
    start = text.index("  instagram:")
    board.write_text(text[:start] + text[text.index("websites:") :], "utf-8")
    result = run(
        *("import", str(good("facebook-daily-follows-of-both"))),
        *("--account", "facebook", *READ_ON),
    )
    assert "of Instagram, of which config/board.yaml has no account" in result.out


def test_a_title_that_two_platforms_use_is_settled_by_the_account(run: Run) -> None:
    file = str(good("facebook-daily-views"))
    assert "--layout facebook-daily or --layout instagram-daily" in run("import", file).err
    named = run("import", file, "--layout", "instagram-daily", *READ_ON)
    assert "say it with --account, one of: instagram" in named.err
    assert "it may be Facebook by day" in run("import", file, "--account", "x", *READ_ON).err
    taken = run("import", file, "--account", "facebook", *READ_ON)
    assert "Facebook by day (Meta Business Suite), facebook" in taken.out


def test_a_layout_that_is_not_known_suggests_one_that_is(run: Run) -> None:
    result = run("import", str(good("x-content-2026")), "--layout", "x-contents")
    assert (result.code, result.out) == (2, "")
    assert "--layout: 'x-contents' is no layout; did you mean 'x-content'?" in result.err


def test_a_layout_that_the_file_does_not_have_is_refused(run: Run) -> None:
    result = run("import", str(good("x-content-2026")), "--layout", "facebook-content")
    assert result.code == 2
    assert (
        "it cannot be read as Facebook content (Meta Business Suite), without Publish time"
        in result.err
    )
    assert "Page ID" in result.err


def test_a_file_that_nobody_knows_says_that_a_layout_can_be_named(run: Run) -> None:
    result = run("import", str(REFUSED / "one-column.csv"))
    assert "if you know which export it is, say --layout NAME" in result.err
    assert "x-by-tweet, x-content" in " ".join(run("import", "--help").out.split())


@pytest.mark.parametrize(
    ("said", "first", "last"),
    [
        (("--period", "2025-04"), "2025-04-01", "2025-04-30"),
        (("--period", "2025-26-Q1"), "2025-04-01", "2025-06-30"),
        (("--period", "2024-25"), "2024-04-01", "2025-03-31"),
        (("--from", "2025-04-03", "--to", "2025-04-09"), "2025-04-03", "2025-04-09"),
    ],
)
def test_the_period_is_asked_where_a_file_does_not_say_it(
    run: Run, space: Workspace, tmp_path: Path, said: tuple[str, ...], first: str, last: str
) -> None:
    measured_by_matomo(space)
    path = tmp_path / "Export.csv"
    path.write_text(SUMMARY, "utf-8")
    asked = run("import", str(path))
    assert asked.code == 2
    assert "--period 2025-04, or with --from and --to" in asked.err
    result = run("import", str(path), *said)
    assert (result.code, result.err) == (0, "")
    assert {row[3:5] for row in stored(space)} == {(first, last)}


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (("--period", "April"), "'April' is no month (2025-04), quarter"),
        (("--from", "2025-04-01"), "say either --period, or --from and --to"),
        (("--period", "2025-04", "--to", "2025-04-30"), "say either --period, or --from and --to"),
        (("--from", "2025-04-02", "--to", "2025-04-01"), "ends (2025-04-01) before it starts"),
        (("--period", "2026-12"), "figures up to 2026-12-31, so it cannot have been read on"),
    ],
)
def test_a_period_that_cannot_be_is_refused(
    run: Run, space: Workspace, tmp_path: Path, said: tuple[str, ...], words: str
) -> None:
    measured_by_matomo(space)
    path = tmp_path / "Export.csv"
    path.write_text(SUMMARY, "utf-8")
    result = run("import", str(path), *said)
    assert (result.code, result.out) == (2, "")
    assert words in result.err
    assert stored(space) == []


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("x-content-2026", "it is X (Twitter) analytics, content, which says itself"),
        ("ga4-pages", "the file says that this table covers 2026-04-01 to 2027-03-31"),
    ],
)
def test_a_period_that_a_file_says_itself_is_not_said_again(
    run: Run, name: str, words: str
) -> None:
    result = run("import", str(good(name)), "--period", "2025-04")
    assert result.code == 2
    assert words in result.err


def test_a_report_of_several_periods_says_them_itself(run: Run, space: Workspace) -> None:
    measured_by_matomo(space)
    file = str(good("matomo-months"))
    assert "leave the period out" in run("import", file, "--period", "2025-04").err
    assert run("import", file).code == 0


def test_a_file_is_of_one_period_only(run: Run, space: Workspace, tmp_path: Path) -> None:
    measured_by_matomo(space)
    path = tmp_path / "Export.csv"
    path.write_text(SUMMARY, "utf-8")
    run("import", str(path), "--period", "2025-04")
    before = stored(space)
    assert "nothing changed" in run("import", str(path), "--period", "2025-04").out
    other = run("import", str(path), "--period", "2025-05")
    assert other.code == 2
    assert "imported already, as figures of 2025-04-01 to 2025-04-30" in other.err
    assert stored(space) == before


def test_a_website_takes_figures_of_its_own_tool_only(run: Run, space: Workspace) -> None:
    file = str(good("matomo-months"))
    result = run("import", file, "--account", "website")
    assert result.code == 2
    assert "config/board.yaml has no website with platform: matomo" in result.err
    second = "websites:\n  training: {platform: matomo, url: https://training.example.org}\n"
    edit(space, "config/board.yaml", "websites:\n", second)
    result = run("import", file, "--account", "website")
    assert "'website' is no website of config/board.yaml which that measures" in result.err
    assert "say --account with one of: training" in result.err
    assert "Matomo report, training" in run("import", file).out
    assert "Universal Analytics screen, website" in run("import", str(good("universal-pages"))).out


def test_the_zone_of_a_website_is_asked_once(run: Run, space: Workspace) -> None:
    first = run("import", str(good("universal-pages")))
    assert "its days are of the property's own time zone, which no export names" in first.out
    second = run("import", str(good("universal-devices")), "--timezone", "Europe/London")
    third = run("import", str(good("universal-channels")))
    assert "time zone" not in second.out + third.out
    assert [one["day_boundary"] for one in details(space)] == [
        "the property's own time zone",
        "Europe/London",
        "Europe/London",
    ]


def test_a_zone_that_is_none_suggests_one_that_is(run: Run) -> None:
    result = run("import", str(good("universal-pages")), "--timezone", "Europe/Londn")
    assert result.code == 2
    assert "--timezone: 'Europe/Londn' is no zone; did you mean 'Europe/London'?" in result.err


def test_the_zone_of_a_browser_is_kept(run: Run, space: Workspace) -> None:
    file = str(good("x-overview-2025"))
    run("import", file, "--account", "x", "--timezone", "Europe/London", *READ_ON)
    assert details(space)[0]["day_boundary"] == "Europe/London"
    assert details(space)[0]["unused"] == [
        *("Shares", "Unfollows", "Create Post", "Video views", "Media views")
    ]


def test_a_zone_changes_nothing_where_the_file_is_in_one_zone_always(
    run: Run, space: Workspace
) -> None:
    file = str(good("x-by-day-2021"))
    run("import", file, "--account", "x", "--timezone", "Asia/Tokyo", *READ_ON)
    assert (details(space)[0]["day_boundary"], details(space)[0]["zone"]) == ("UTC", None)


def test_the_order_of_day_and_month_is_asked_where_no_date_tells(
    run: Run, space: Workspace
) -> None:
    file = str(good("x-by-day-resaved-told"))
    asked = run("import", file, "--account", "x", *READ_ON)
    assert asked.code == 2
    assert "--dates day-first, or --dates month-first" in asked.err
    assert stored(space) == []
    run("import", file, "--account", "x", "--dates", "day-first", *READ_ON)
    assert {row[3] for row in stored(space)} == {"2021-08-01", "2021-08-02"}
