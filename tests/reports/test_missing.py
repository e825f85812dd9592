"""What is missing is said completely, once, and with its own reason."""

from __future__ import annotations

import re

import pytest

from sgcomms.workspace import Workspace
from tests.conftest import At, Run
from tests.golden import EXAMPLES
from tests.reports.conftest import APRIL, YEAR, Annual, ChangeBoard, Record


def headings_stand_above_something(text: str) -> bool:
    """Tell whether something other than a heading follows each."""
    blocks = [block for block in text.split("\n") if block.strip()]
    for one, following in zip(blocks, [*blocks[1:], "# end"], strict=True):
        if one.startswith("#") and following.startswith("#"):
            return False
    return True


def test_half_year_users_keep_their_reason(record: Record, annual: Annual) -> None:
    record(
        ("website", "users_total", 5, "2020-04-01", "2020-09-30"),
        ("website", "users_total", 6, "2020-10-01", "2021-03-31"),
    )
    text = annual()
    assert "The website: users not available: known for parts of the period only" in text
    assert "Users of the website: no figure" not in text


def test_active_users_are_another_definition(record: Record, annual: Annual) -> None:
    record(("website", "users_active", 1291, *YEAR))
    text = annual()
    assert "Our website had 1,291 active users in the year." in text
    assert "Users of the website: not available; 1,291 active users, another definition." in text


def test_what_a_platform_does_not_offer_is_said_once(run: Run, annual: Annual) -> None:
    run("import", str(EXAMPLES / "x-tweets-2020-q1.csv"), "--read-on", "2021-04-03")
    text = annual()
    assert text.count("reach is not offered by the platform") == 1


def test_an_account_without_anything_is_named(record: Record, annual: Annual) -> None:
    record(("x", "posts", 3, *YEAR))
    text = annual()
    assert "Facebook: no figures for the year." in text
    assert (
        "Twitter (now X): impressions, reactions, comments and shares not available: no source"
        in text
    )
    assert "Instagram: no figures for the year." in text


def test_what_was_given_for_two_together_is_not_said_to_be_unknown(
    record: Record, annual: Annual
) -> None:
    record(("facebook", "posts", 3, *YEAR), ("facebook+instagram", "reach", 80, *YEAR))
    text = annual()
    assert "- Facebook: reach not available: no source gave a figure of it alone.\n" in text
    assert (
        "- Facebook: reactions, comments and shares not available: no source gave a figure.\n"
        in (text.replace("views, ", "").replace("impressions, ", ""))
    )


def test_the_joint_row_tells_missing_from_not_added(record: Record, annual: Annual) -> None:
    record(
        ("facebook+instagram", "reach", 80, *YEAR),
        ("x", "impressions", 5, *YEAR),
        ("facebook", "followers", 4, "2021-03-31", "2021-03-31"),
    )
    header, row = (
        next(line for line in annual().splitlines() if line.startswith(start)).split(" | ")
        for start in ("| Account", "| Facebook and Instagram together")
    )
    cells = {name.strip(" |"): cell for name, cell in zip(header, row, strict=True)}
    assert cells["Impressions"] == "not available"
    assert cells["Followers on 31 March 2021"].startswith("not added")


def test_without_a_website_the_boards_own_figures_are_printed(
    record: Record, annual: Annual, space: Workspace
) -> None:
    record(("board", "webinars", 18, *YEAR))
    file = space.root / "config" / "board.yaml"
    text = re.sub(r"^websites:\n(  .*\n)+", "", file.read_text("utf-8"), flags=re.MULTILINE)
    file.write_text(text, encoding="utf-8")
    (space.root / "config" / "feedback.yaml").write_text("", encoding="utf-8")
    text = annual()
    assert "| Virtual training webinars | 18 |" in text
    assert headings_stand_above_something(text)


def test_with_two_websites_the_boards_table_appears_once(
    record: Record, annual: Annual, change_board: ChangeBoard
) -> None:
    change_board(
        "websites:\n", "websites:\n  other: {platform: ga4, url: 'https://other.example'}\n"
    )
    record(("board", "webinars", 18, *YEAR), ("other", "page_views", 1, *YEAR))
    text = annual()
    assert text.count("Virtual training webinars") == 1
    assert "## Our website: other\n\nOur website had 1 page view in the year." in text


def test_no_heading_stands_alone(record: Record, annual: Annual, space: Workspace) -> None:
    assert headings_stand_above_something(annual())
    (space.root / "config" / "feedback.yaml").write_text("", encoding="utf-8")
    assert headings_stand_above_something(annual())
    assert "## Our website" not in annual()
    record(("x", "posts_total", 12, "2021-03-31", "2021-03-31"))
    record(("website", "page_views", 3, *APRIL), dimension="page", key="/a")
    text = annual()
    assert headings_stand_above_something(text)
    assert "On 31 March 2021 the account had 12 posts since it was opened." in text


def test_campaign_files_with_mistakes_are_named(annual: Annual, space: Workspace) -> None:
    for path in (space.root / "campaigns").glob("*.yaml"):
        path.unlink()
    assert "Campaigns: no campaign has a post dated in the year." in annual()
    (space.root / "campaigns" / "bad.yaml").write_text("title: [", encoding="utf-8")
    text = annual()
    assert "no campaign has a post" not in text
    assert "Campaigns: campaigns/bad.yaml has mistakes" in text


def test_the_audience_is_printed_as_written(annual: Annual, space: Workspace) -> None:
    file = space.root / "campaigns" / "covid-safeguarding.yaml"
    text = file.read_text("utf-8")
    audience = re.search(r"^audience: .*$", text, re.MULTILINE)
    assert audience is not None
    file.write_text(text.replace(audience[0], "audience: Anna's neighbours"), encoding="utf-8")
    assert "For: Anna's neighbours." in annual()


def test_an_account_that_is_gone_is_named(
    record: Record, annual: Annual, change_board: ChangeBoard
) -> None:
    record(("facebook", "posts", 3, *YEAR), ("board", "webinars", 3, *YEAR))
    change_board("  facebook: {", "  new-page: {")
    change_board("  webinars: {", "  talks: {")
    text = annual()
    assert "facebook: posts not printed: config/board.yaml and the campaigns have no fac" in text
    assert "Webinars is left out (board)" in text


def test_a_figure_without_a_value_of_every_subject_has_its_reason(
    record: Record, annual: Annual
) -> None:
    quarters = (("2020-04-01", "2020-06-30"), ("2020-07-01", "2020-09-30"))
    record(*(("facebook+instagram", "reach", 5, *days) for days in quarters))
    record(*(("website", "users_total", 5, *days) for days in quarters), dimension="page", key="/a")
    text = annual()
    assert "Facebook and Instagram together: reach (from" in text
    assert "The website: users by page (/a; from 1 April 2020 to 30 September 2020)" in text


NEXT_YEAR = ("2026-04-01", "2027-03-31")


def test_what_is_offered_is_judged_by_the_days_of_the_report(
    record: Record, annual: Annual, at: At
) -> None:
    """Facebook ended its impressions in November 2025, and X has never told of views."""
    at("2027-04-10T09:00+00:00")
    record(
        ("facebook", "posts", 3, *NEXT_YEAR),
        ("facebook", "views", 900, *NEXT_YEAR),
        ("x", "posts", 4, *NEXT_YEAR),
        ("x", "impressions", 500, *NEXT_YEAR),
        read_on="2027-04-03",
    )
    text = annual(year="2026-27")
    rows = [
        [cell.strip() for cell in line.strip("| ").split(" | ")]
        for line in text.partition("## How complete")[0].splitlines()
        if line.startswith(("| Account", "| X |", "| Facebook |"))
    ]
    cells = {row[0]: dict(zip(rows[0], row, strict=True)) for row in rows[1:]}
    assert cells["Facebook"]["Impressions"] == "not offered"
    assert cells["Facebook"]["Views"].startswith("900")
    assert cells["X"]["Views"] == "not offered"
    assert "X: reach is not offered by the platform." in text
    assert "Facebook: impressions" not in text
    assert "Facebook: reach, reactions, comments and shares not available" in text


@pytest.mark.parametrize(
    ("year", "shown"),
    [("2020-21", "impressions"), ("2025-26", "impressions"), ("2025-26", "views")],
)
def test_of_impressions_and_views_the_one_is_enough(
    record: Record, annual: Annual, year: str, shown: str
) -> None:
    days = (f"{year[:4]}-04-01", f"20{year[5:]}-03-31")
    record(("facebook", "posts", 3, *days), ("facebook", shown, 9, *days), read_on="2026-04-03")
    line = "Facebook: reach, reactions, comments and shares not available: no source gave a figure."
    assert line in annual(year=year)


def test_daily_visitors_added_up_are_not_called_users(record: Record, annual: Annual) -> None:
    record(("website", "users_daily_sum", 5000, *YEAR))
    text = annual()
    words = "5,000 visitors, counted anew each day"
    assert f"Our website had {words} in the year." in text
    assert f"Users of the website: not available; {words}, another definition." in text
