"""`sgcomms import` of ZIP files, workbooks and archives: one source each, all of it or nothing."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from sgcomms.workspace import Workspace
from tests.cli.conftest import edit
from tests.cli.test_import import contents
from tests.conftest import Run
from tests.importers.cases import DATA as PAIRS
from tests.importers.cases import REFUSED, file_of, good
from tests.importers.packing import zipped

READ_ON = ("--read-on", "2024-02-01")


def with_account(space: Workspace, line: str) -> None:
    """Add an account to the board."""
    board = space.root / "config" / "board.yaml"
    board.write_text(
        board.read_text("utf-8").replace("accounts:\n", f"accounts:\n  {line}\n", 1), "utf-8"
    )


def test_an_archive_is_one_source(run: Run, space: Workspace) -> None:
    path = good("x-archive")
    result = run("import", str(path), "--account", "x", *READ_ON)
    assert (result.code, result.err) == (0, "")
    assert "x-archive.zip: X (Twitter) archive, x, read on 2024-02-01: 4 posts" in result.out
    assert "not taken: data/tweets.js, line 43: a repost of somebody else's post" in result.out
    rows = space.database().conn.execute("SELECT name, layout, sha256, detail FROM sources")
    ((name, layout, sha256, detail),) = rows.fetchall()
    assert (name, layout) == ("x-archive.zip", "x-archive")
    assert sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert list(json.loads(detail)["tables"]) == ["data/tweets-part1.js", "data/tweets.js"]


def test_nothing_private_is_kept(run: Run, space: Workspace) -> None:
    with_account(space, "linkedin: {platform: linkedin, handle: cpspb, mode: outbox}")
    assert run("import", str(good("x-archive")), "--account", "x", *READ_ON).code == 0
    assert run("import", str(good("linkedin-2024")), "--account", "linkedin", *READ_ON).code == 0
    edit(space, "config/board.yaml", "platform: ga4", "platform: plausible")
    assert run("import", str(good("plausible-dashboard"))).code == 0
    kept = repr(contents(space)).lower()
    assert "clear cot" in kept
    for private in ("bloggs", "somebody_else", "private message"):
        assert private not in kept


def test_whose_an_archive_is_must_be_said(run: Run, space: Workspace) -> None:
    result = run("import", str(good("x-archive")), *READ_ON)
    assert result.code == 2
    assert "it does not say whose it is; say it with --account, one of: x (@cplscb)" in result.err
    assert contents(space)[0] == []


def test_the_same_archive_twice_changes_nothing(run: Run, space: Workspace) -> None:
    run("import", str(good("x-archive")), "--account", "x", *READ_ON)
    before = contents(space)
    result = run("import", str(good("x-archive")), "--account", "x", *READ_ON)
    assert "nothing changed" in result.out
    assert contents(space) == before


def test_followers_that_linkedin_gained_are_added_and_are_no_level(
    run: Run, space: Workspace
) -> None:
    with_account(space, "linkedin: {platform: linkedin, handle: cpspb, mode: outbox}")
    for name in ("linkedin-followers", "linkedin-visitors"):
        result = run("import", str(good(name)), "--account", "linkedin", *READ_ON)
        assert (result.code, result.err) == (0, "")
    rows = space.database().conn.execute(
        "SELECT metric, basis, SUM(value) FROM readings WHERE subject = 'linkedin' GROUP BY metric"
    )
    assert {tuple(row) for row in rows} == {
        ("followers_gained", "received", 6),
        ("profile_views", "received", 12),
    }


@pytest.mark.parametrize("platform", ["youtube", "linkedin"])
def test_a_platform_without_an_account_is_named(platform: str, run: Run) -> None:
    name = {"youtube": "youtube-studio", "linkedin": "linkedin-2024"}[platform]
    result = run("import", str(good(name)), *READ_ON)
    assert result.code == 2
    assert f"config/board.yaml has no account on {platform}: add one" in result.err


def test_an_account_on_youtube_takes_its_views_and_no_posts(run: Run, space: Workspace) -> None:
    with_account(space, "videos: {platform: youtube, handle: cpspb, mode: outbox}")
    result = run("import", str(good("youtube-studio")), "--account", "videos")
    assert (result.code, result.err) == (0, "")
    assert "YouTube Studio, videos, read on 2026-11-22: 7 readings" in result.out
    campaign = space.root / "campaigns" / "safer-sleeping.yaml"
    text = campaign.read_text("utf-8")
    campaign.write_text(text.replace("accounts: [", "accounts: [videos, ", 1), "utf-8")
    checked = run("check")
    assert checked.code == 2
    assert "videos: this version lays out no posts for youtube" in checked.err


def test_visits_by_our_own_tags_are_visits_from_posts(run: Run, space: Workspace) -> None:
    edit(space, "config/board.yaml", "platform: ga4", "platform: plausible")
    assert run("import", str(good("plausible-export"))).code == 0
    asked = ("stats", "--month", "2021-01", "--metric", "landing_visits", "--json")
    figures = json.loads(run(*asked).out)["figures"]
    found = {(one["subject"], one["value"]) for one in figures}
    assert found == {("facebook", 7), ("x", 1), ("safer-sleeping", 8)}
    kept = repr(contents(space))
    assert "bloggs" not in kept


def test_a_video_has_figures_of_the_days_that_were_exported(run: Run, space: Workspace) -> None:
    with_account(space, "videos: {platform: youtube, handle: cpspb, mode: outbox}")
    assert run("import", str(good("youtube-studio")), "--account", "videos").code == 0
    asked = ("stats", "--month", "2023-03", "--subject", "videos", "--metric", "views", "--json")
    figures = json.loads(run(*asked, "--basis", "received").out)["figures"]
    assert [(one["dimension"], one["key"], one["value"]) for one in figures] == [
        (None, None, 37),
        ("video", "-x_CGTLn9Ia", 1010),
        ("video", "9FKyCGTLn9I", 108),
    ]
    assert {one["period"]["end"] for one in figures} == {"2023-03-11"}
    assert json.loads(run(*asked).out)["figures"] == []
    posts = space.database().conn.execute("SELECT COUNT(*) FROM publications")
    assert posts.fetchone() == (0,)


def test_a_damaged_table_keeps_the_whole_file_out(
    run: Run, space: Workspace, tmp_path: Path
) -> None:
    folder = tmp_path / "export.zip"
    shutil.copytree(REFUSED.parent / "plausible-dashboard.zip", folder)
    (folder / "pages.csv").write_text("name,pageviews\n/,1\n/adults,lots\n", "utf-8")
    before = contents(space)
    edit(space, "config/board.yaml", "platform: ga4", "platform: plausible")
    result = run("import", str(file_of(folder)))
    assert result.code == 2
    assert "export.zip: pages.csv:3: pageviews: 'lots' is not a count" in result.err
    assert contents(space) == before


def test_a_zip_of_a_plain_export_is_that_export(run: Run, tmp_path: Path) -> None:
    path = zipped(tmp_path / "posts.zip", {"content.csv": good("x-content-2026").read_bytes()})
    result = run("import", str(path), "--read-on", "2026-11-01")
    assert (result.code, result.err) == (0, "")
    assert "posts.zip: X (Twitter) analytics, content, x, read on 2026-11-01: 2 posts" in result.out


def test_the_daily_files_of_a_page_are_one_source(run: Run, space: Workspace) -> None:
    path = good("facebook-daily-several")
    result = run("import", str(path), "--account", "facebook", "--read-on", "2026-01-20")
    assert (result.code, result.err) == (0, "")
    assert "facebook, read on 2026-01-20: 6 readings" in result.out
    rows = space.database().conn.execute("SELECT layout, detail FROM sources").fetchall()
    ((layout, detail),) = rows
    assert layout == "facebook-daily"
    assert list(json.loads(detail)["tables"]) == [
        *("Reach.csv", "Views.csv", "Visits (1).csv", "Visits.csv")
    ]


def test_daily_files_of_two_accounts_change_nothing(run: Run, space: Workspace) -> None:
    before = contents(space)
    path = file_of(REFUSED / "meta-daily-two-accounts.zip")
    result = run("import", str(path), "--account", "facebook", "--read-on", "2026-01-20")
    assert result.code == 2
    assert "it holds files of several accounts" in result.err
    assert contents(space) == before


def test_an_export_that_may_be_cut_off_is_named(run: Run, space: Workspace, tmp_path: Path) -> None:
    edit(space, "config/board.yaml", "platform: ga4", "platform: plausible")
    members = {one.name: one.read_bytes() for one in (PAIRS / "plausible-dashboard.zip").iterdir()}
    rows = "".join(f"/{number},1\n" for number in range(100))
    members["pages.csv"] = f"name,pageviews\n{rows}".encode()
    result = run("import", str(zipped(tmp_path / "export.zip", members)))
    assert (result.code, result.err) == (0, "")
    assert "it holds 100 rows of pages.csv, as many as one export can hold" in result.out


def test_who_has_figures_of_what_was_received_only_is_told_how_to_see_them(run: Run) -> None:
    file = good("facebook-daily-several")
    assert run("import", str(file), "--account", "facebook", "--read-on", "2026-04-02").code == 0
    hint = "facebook has figures of what it received in the period: add --basis received"
    assert hint in run("stats", "--year", "2025-26").out
    assert hint in run("stats", "--year", "2025-26", "--subject", "facebook").out
    assert hint not in run("stats", "--year", "2025-26", "--basis", "received").out
    assert hint not in run("stats", "--year", "2025-26", "--subject", "x").out
