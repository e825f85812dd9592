"""`assign`: what was typed by hand on the platforms counts for the campaign that it belongs to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sgcomms.db import audit
from sgcomms.workspace import Workspace
from tests.cli.conftest import HEAD
from tests.conftest import At, Run

EXPORT = Path(__file__).parents[1] / "importers" / "data" / "x-by-tweet-2021.csv"
CAMPAIGN = ("--campaign", "safer-sleeping", "--by", HEAD)


@pytest.fixture
def imported(run: Run) -> list[dict[str, str]]:
    """Posts of X that an export told of; return what is known of them."""
    assert run("import", str(EXPORT), "--account", "x", "--read-on", "2021-04-03").code == 0
    found: list[dict[str, str]] = json.loads(run("assign", "--year", "2020-21", "--json").out)
    assert len(found) >= 1
    return found


def of_campaign(run: Run, *more: str) -> dict[str, float | None]:
    """Return the figures of the campaign, by metric."""
    asked = ("stats", "--year", "2020-21", "--subject", "safer-sleeping", "--json", *more)
    return {one["metric"]: one["value"] for one in json.loads(run(*asked).out)["figures"]}


def test_posts_that_belong_to_none_are_listed(run: Run, imported: list[dict[str, str]]) -> None:
    result = run("assign", "--year", "2020-21")
    assert result.code == 0
    assert imported[0]["url"] in result.out
    assert f"{len(imported)} post" in result.out
    assert "0 posts of 2026-27 in no campaign" in run("assign").out
    assert "0 posts of 2020-21" in run("assign", "--year", "2020-21", "--account", "facebook").out


@pytest.mark.parametrize("by", ["url", "platform_id"])
def test_a_post_counts_for_its_campaign(
    run: Run, imported: list[dict[str, str]], by: str, space: Workspace
) -> None:
    assert of_campaign(run).get("posts") is None
    result = run("assign", imported[-1][by], *CAMPAIGN)
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith("safer-sleeping: ")
    assert of_campaign(run)["posts"] == 1
    assert (of_campaign(run)["impressions"] or 0) > 0
    left = json.loads(run("assign", "--year", "2020-21", "--json").out)
    assert len(left) == len(imported) - 1
    with space.database() as db:
        last = list(audit.entries(db, "x"))[-1]
    assert (last.action, last.actor, last.detail["campaign"]) == (
        "assigned",
        HEAD,
        "safer-sleeping",
    )


def test_the_address_may_be_copied_in_any_form(run: Run, imported: list[dict[str, str]]) -> None:
    url = imported[0]["url"].replace("https://x.com", "https://mobile.twitter.com")
    assert run("assign", f"{url}?s=20", *CAMPAIGN).code == 0
    assert of_campaign(run)["posts"] == 1


@pytest.mark.parametrize("route", ["i/status", "i/web/status"])
def test_an_address_without_the_account_names_its_post(
    run: Run, imported: list[dict[str, str]], route: str
) -> None:
    result = run("assign", f"https://x.com/{route}/{imported[0]['platform_id']}", *CAMPAIGN)
    assert (result.code, result.err) == (0, "")
    assert of_campaign(run)["posts"] == 1


def test_it_may_be_taken_back_and_earlier_answers_stay(
    run: Run, imported: list[dict[str, str]], at: At
) -> None:
    run("assign", imported[0]["platform_id"], *CAMPAIGN)
    at("2026-11-24T09:00+00:00")
    result = run("assign", imported[0]["platform_id"], "--none", "--by", HEAD)
    assert "no campaign: " in result.out
    assert "(before: safer-sleeping)" in result.out
    assert of_campaign(run).get("posts") is None
    assert of_campaign(run, "--as-of", "2026-11-23")["posts"] == 1
    assert of_campaign(run, "--as-of", "2026-11-21").get("posts") is None


def test_a_figure_of_it_is_explained_by_the_post(run: Run, imported: list[dict[str, str]]) -> None:
    run("assign", imported[0]["platform_id"], *CAMPAIGN)
    out = run("stats", "--year", "2020-21", "--subject", "safer-sleeping", "--explain").out
    assert imported[0]["url"] in out


WRONG: list[tuple[tuple[str, ...], str]] = [
    (("1", *CAMPAIGN), "no post that is known here is '1'"),
    (("POST", "--campaign", "safer-sleepin", "--by", HEAD), "did you mean 'safer-sleeping'?"),
    (("POST", "--campaign", "safer-sleeping"), "with --by who decides"),
    (("POST", "--by", HEAD), "say --campaign CAMPAIGN or --none"),
    (("POST", "--none", *CAMPAIGN), "say --campaign CAMPAIGN or --none"),
    (("POST", "--campaign", "safer-sleeping", "--by", "nobody@board.example"), "not among"),
    (("POST", *CAMPAIGN, "--account", "facebook"), "no post that is known here"),
    (("POST", *CAMPAIGN, "--account", "facebok"), "did you mean 'facebook'?"),
    (("--year", "2020"), "2020"),
]


def test_what_is_wrong_changes_nothing(run: Run, imported: list[dict[str, str]]) -> None:
    for arguments, words in WRONG:
        given = [imported[0]["platform_id"] if one == "POST" else one for one in arguments]
        result = run("assign", *given)
        assert (result.code, result.out, words in result.err) == (2, "", True), result.err
    assert of_campaign(run).get("posts") is None


def test_all_of_it_or_nothing(run: Run, imported: list[dict[str, str]]) -> None:
    assert run("assign", imported[0]["platform_id"], "1", *CAMPAIGN).code == 2
    assert of_campaign(run).get("posts") is None


def test_what_was_sent_from_here_stays_in_its_campaign(
    run: Run, imported: list[dict[str, str]], space: Workspace
) -> None:
    run("queue")
    with space.database() as db:
        db.conn.execute(
            "UPDATE publications SET delivery = 'dangerous-dogs/be-safe@x' WHERE platform_id = ?",
            (imported[0]["platform_id"],),
        )
    result = run("assign", imported[0]["platform_id"], *CAMPAIGN)
    assert result.code == 2
    assert "was sent for dangerous-dogs, and counts there; nothing was changed" in result.err
