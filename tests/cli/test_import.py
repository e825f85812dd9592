"""`sgcomms import` and `record` as people type them."""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path

import pytest

from sgcomms.workspace import Workspace
from tests.cli.conftest import edit
from tests.conftest import Run
from tests.golden import EXAMPLES

Q1 = str(EXAMPLES / "x-tweets-2020-q1.csv")
READ_ON = ("--read-on", "2021-04-03")


def contents(space: Workspace) -> list[list[tuple[object, ...]]]:
    """Return every row of every table that an import could touch."""
    db = space.database()
    tables = ("sources", "publications", "readings", "post_readings", "deliveries", "audit")
    return [db.conn.execute(f"SELECT * FROM {table}").fetchall() for table in tables]


def test_a_file_is_known_by_its_header_not_its_name(run: Run, tmp_path: Path) -> None:
    disguised = tmp_path / "holiday photos.txt"
    shutil.copy(Q1, disguised)
    result = run("import", str(disguised), *READ_ON)
    assert (result.code, result.err) == (0, "")
    assert "X (Twitter) tweet activity, by tweet, x, read on 2021-04-03: 108 posts" in result.out


def test_the_same_file_twice_changes_nothing(run: Run, space: Workspace) -> None:
    run("import", Q1, *READ_ON)
    before = contents(space)
    result = run("import", Q1, *READ_ON)
    assert (result.code, result.err) == (0, "")
    assert "already, as read on 2021-04-03; nothing changed" in result.out
    assert contents(space) == before


def test_an_overlapping_file_counts_no_post_twice(run: Run, tmp_path: Path) -> None:
    run("import", Q1, *READ_ON)
    lines = Path(Q1).read_text("utf-8").splitlines(keepends=True)
    shorter = tmp_path / "q1-again.csv"
    shorter.write_text("".join(lines[:1] + lines[-20:]), "utf-8")
    run("import", str(shorter), *READ_ON)
    found = json.loads(run("stats", "--year", "2020-21", "--metric", "posts", "--json").out)
    assert [one["value"] for one in found["figures"]] == [108]


def test_the_day_of_the_export_is_asked_for_where_it_matters(run: Run, space: Workspace) -> None:
    result = run("import", Q1)
    assert result.code == 2
    assert "say that day with --read-on" in result.err
    assert contents(space)[0] == []


def test_the_day_of_the_export_cannot_be_before_its_posts(run: Run, space: Workspace) -> None:
    before = contents(space)
    result = run("import", Q1, "--read-on", "2020-05-01")
    assert result.code == 2
    assert "it cannot have been read on 2020-05-01" in result.err
    assert contents(space) == before


def test_the_day_of_the_export_cannot_lie_ahead(run: Run) -> None:
    result = run("import", Q1, "--read-on", "2027-01-01")
    assert result.code == 2
    assert "has not come yet" in result.err


def test_a_file_of_another_account_is_refused(run: Run, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text(Path(Q1).read_text("utf-8").replace("/cplscb/", "/somebody/"), "utf-8")
    result = run("import", str(other), *READ_ON)
    assert result.code == 2
    assert "it belongs to @somebody, which is no account of config/board.yaml" in result.err
    assert "x (@cplscb)" in result.err


def test_an_account_of_another_platform_is_refused(run: Run) -> None:
    result = run("import", Q1, "--account", "facebook", *READ_ON)
    assert result.code == 2
    assert "'facebook' is no account of that platform; there are: x (@cplscb)" in result.err


def test_a_website_is_named_when_there_are_several(run: Run, space: Workspace) -> None:
    board = space.root / "config" / "board.yaml"
    second = "websites:\n  training: {platform: ga4, url: https://training.example.org}\n"
    board.write_text(board.read_text("utf-8").replace("websites:\n", second), "utf-8")
    file = str(EXAMPLES / "website-pages.csv")
    result = run("import", file)
    assert result.code == 2
    assert "it does not say whose; say --account with one of: training, website" in result.err
    assert run("import", file, "--account", "website").code == 0


def test_one_files_failure_does_not_stop_the_others(run: Run, tmp_path: Path) -> None:
    broken = tmp_path / "broken.csv"
    broken.write_text("nobody,knows,this\n1,2,3\n", "utf-8")
    result = run("import", str(broken), Q1, *READ_ON)
    assert result.code == 2
    assert "broken.csv" in result.err
    assert "108 posts" in result.out


def test_a_file_with_a_post_twice_is_refused(run: Run, space: Workspace, tmp_path: Path) -> None:
    with Path(Q1).open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    double = tmp_path / "double.csv"
    with double.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows([*rows[:3], rows[2]])
    before = contents(space)
    result = run("import", str(double), *READ_ON)
    assert result.code == 2
    assert "double.csv: a post stands in it twice" in result.err
    assert contents(space) == before


def test_a_missing_column_is_named_with_what_was_expected(run: Run, tmp_path: Path) -> None:
    lines = Path(Q1).read_text("utf-8")
    short = tmp_path / "short.csv"
    short.write_text(lines.replace('"impressions"', '"something else"', 1), "utf-8")
    result = run("import", str(short), *READ_ON)
    assert result.code == 2
    assert "impressions" in result.err
    assert "tweet activity" in result.err


def test_every_file_that_is_not_there_is_a_clear_line(run: Run) -> None:
    result = run("import", "nothing.csv")
    assert result.code == 2
    assert "nothing.csv" in result.err


def test_recorded_figures_twice_change_nothing(run: Run, space: Workspace) -> None:
    file = str(EXAMPLES / "figures.yaml")
    assert "8 readings" in run("import", file).out
    before = contents(space)
    assert "0 readings, 8 there already" in run("import", file).out
    assert contents(space) == before


def test_a_mistake_in_recorded_figures_is_named_by_line(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "figures.yaml"
    file.write_text(
        "- subject: facebok\n  metric: folowers\n  value: 3\n  from: 2021-03-31\n"
        "  to: 2021-03-30\n  read_on: 2021-04-03\n  source: a screen\n  by: an officer\n",
        "utf-8",
    )
    result = run("import", str(file))
    assert result.code == 2
    assert "figures.yaml:1:12: error unknown-account 'facebok'" in result.err
    assert "did you mean 'facebook'?" in result.err
    assert "figures.yaml:2:11: error unknown-metric 'folowers'" in result.err
    assert "figures.yaml:5:7: error wrong-value the period ends" in result.err


RECORD = (
    *("record", "x", "followers", "1007", "--from", "2021-03-31", "--to", "2021-03-31"),
    *("--read-on", "2021-04-03", "--source", "the profile page", "--by", "an officer"),
)


def test_one_figure_is_recorded_by_hand(run: Run) -> None:
    result = run(*RECORD)
    assert (result.code, result.err) == (0, "")
    found = json.loads(run("stats", "--year", "2020-21", "--json", "--explain").out)
    assert found["figures"][0]["value"] == 1007
    assert found["sources"][0]["source"] == (
        "recorded by an officer from: the profile page; read on 2021-04-03"
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("--read-on", "2099-01-01"), "2099-01-01 has not come yet"),
        (("--to", "2021-04-30"), "before its period was over (2021-04-30)"),
        (("--source", "a\n\n# Heading"), "source is one line of plain words"),
        (("--bound", "roughly"), "'roughly' is not known"),
        (("--dimension", "page"), "`dimension` and `key` belong together"),
    ],
)
def test_a_wrong_record_says_what_is_wrong(run: Run, change: tuple[str, str], words: str) -> None:
    result = run(*RECORD, *change)
    assert (result.code, result.out) == (2, "")
    assert words in result.err


@pytest.mark.parametrize(
    ("subject", "metric", "words"),
    [
        ("x", "page_views", "page_views is no figure of x: it belongs to a website"),
        ("board", "followers", "followers is no figure of board: it belongs to an account"),
        ("website", "reactions", "it belongs to an account or a campaign"),
        ("x", "briefing_views", "it belongs to `board`"),
    ],
)
def test_a_figure_belongs_to_what_can_have_it(
    run: Run, subject: str, metric: str, words: str
) -> None:
    result = run("record", subject, metric, *RECORD[3:])
    assert (result.code, result.out) == (2, "")
    assert words in result.err


def test_what_is_counted_is_counted_in_whole_numbers(run: Run) -> None:
    result = run("record", "x", "followers", "10.5", *RECORD[4:])
    assert result.code == 2
    assert "followers counts whole followers" in result.err


def test_a_page_is_kept_without_what_may_hold_a_name(run: Run) -> None:
    page = (
        "--dimension",
        "page",
        "--key",
        "https://www.safeguardingcambspeterborough.org.uk/covid-19/?child=A#b",
    )
    assert run("record", "website", "page_views", *RECORD[3:], *page).code == 0
    found = json.loads(run("stats", "--year", "2020-21", "--json").out)
    assert [one["key"] for one in found["figures"]] == ["/covid-19"]


@pytest.mark.parametrize(
    ("dimension", "key", "kept"),
    [
        ("channel", "search", "search"),
        ("channel", "ai_assistant", "ai_assistant"),
        ("channel", "Organic Search", "search"),
        ("channel", "other", "other"),
        ("device", "Mobile", "mobile"),
        ("device", "other", "other"),
    ],
)
def test_a_channel_or_device_is_kept_under_its_key(
    run: Run, dimension: str, key: str, kept: str
) -> None:
    asked = ("--dimension", dimension, "--key", key)
    assert run("record", "website", "sessions", *RECORD[3:], *asked).code == 0
    found = json.loads(run("stats", "--year", "2020-21", "--json").out)
    keys = [one["key"] for one in found["figures"] if one["metric"] == "sessions"]
    assert keys == [kept]


@pytest.mark.parametrize(
    ("dimension", "key", "words"),
    [
        ("channel", "serch", "'serch' is no channel; known are: search, direct, referral, social"),
        ("device", "phone", "'phone' is no device; known are: desktop, mobile, tablet, other"),
    ],
)
def test_an_unknown_channel_or_device_is_refused(
    run: Run, dimension: str, key: str, words: str
) -> None:
    asked = ("--dimension", dimension, "--key", key)
    result = run("record", "website", "sessions", *RECORD[3:], *asked)
    assert (result.code, result.out) == (2, "")
    assert words in result.err


@pytest.mark.parametrize(
    "beginning",
    ["- subject: x\n", "-\n  subject: x\n", "# ours\n\n- metric: x\n", "  - subject: x\n"],
)
def test_a_list_of_figures_is_known_however_it_begins(
    run: Run, tmp_path: Path, beginning: str
) -> None:
    file = tmp_path / "any name"
    file.write_text(beginning, "utf-8")
    assert "'value' is missing" in run("import", str(file)).err


def test_an_export_that_holds_a_list_is_no_list_of_figures(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "tweets.csv"
    words = Path(Q1).read_bytes().decode()
    with Path(Q1).open(encoding="utf-8", newline="") as tweets:
        text = next(iter(list(csv.reader(tweets))[1:]))[2]
    quoted = text.replace('"', '""')
    file.write_bytes(words.replace(quoted, "we meet\n- subject matter experts").encode())
    assert run("import", str(file), *READ_ON).code == 0


def test_a_share_that_is_worked_out_cannot_be_recorded(run: Run) -> None:
    arguments = ["sessions_share" if word == "followers" else word for word in RECORD]
    result = run(*["website" if word == "x" else word for word in arguments])
    assert result.code == 2
    assert "record sessions with a dimension" in result.err


def test_the_stand_in_of_a_campaign_without_an_id_is_no_subject(run: Run, space: Workspace) -> None:
    file = space.root / "campaigns" / "dangerous-dogs.yaml"
    file.write_text(file.read_text("utf-8").replace("campaign:", "campagne:", 1), "utf-8")
    result = run("record", "unnamed", "clicks_link", *RECORD[3:])
    assert (result.code, result.out) == (2, "")
    assert "'unnamed' is no account, website or campaign" in result.err


def test_another_day_of_reading_for_a_known_file_is_refused(run: Run, tmp_path: Path) -> None:
    """It would seem to be corrected, and the first day would go on to count."""
    file = EXAMPLES / "x-tweets-2020-q1.csv"
    assert run("import", str(file), "--read-on", "2026-11-20").code == 0
    again = run("import", str(file), "--read-on", "2021-04-03")
    assert again.code == 2
    assert "as read on 2026-11-20 and not on 2021-04-03" in again.err
    assert run("import", str(file), "--read-on", "2026-11-20").code == 0


def test_a_file_of_one_account_is_not_taken_for_another_too(run: Run, space: Workspace) -> None:
    edit(
        space,
        "config/board.yaml",
        "  facebook: {platform",
        "  x-two: {platform: x, handle: another, mode: outbox}\n  facebook: {platform",
    )
    archive = space.root / "tweets.js"
    archive.write_text(
        'window.YTD.tweets.part0 = [{"tweet": {"id_str": "1588085212032667649", "full_text": "A",'
        ' "created_at": "Thu Nov 03 08:26:26 +0000 2022", "favorite_count": "2",'
        ' "retweet_count": "1", "entities": {"urls": []}}}]',
        "utf-8",
    )
    given = ("import", str(archive), "--read-on", "2026-11-01", "--account")
    assert run(*given, "x").code == 0
    second = run(*given, "x-two")
    assert second.code == 2
    assert "it was imported for x, and would count twice for x-two too" in second.err


def _without_account(tmp_path: Path, route: str, first_only: bool) -> str:
    """Write an export of X whose links lead over `route`, which names no account."""
    whole = Path(__file__).parents[1] / "importers" / "data" / "x-by-tweet-2021.csv"
    text = whole.read_text("utf-8")
    path = tmp_path / "x.csv"
    links = re.compile("/cplscb/status/", re.IGNORECASE)
    changed, times = links.subn(f"/{route}/status/", text, count=1 if first_only else 0)
    assert times == 1 or not first_only
    path.write_text(changed, "utf-8")
    return str(path)


@pytest.mark.parametrize("route", ["i", "i/web"])
def test_links_that_name_no_account_are_of_the_account_that_is_said(
    run: Run, tmp_path: Path, route: str
) -> None:
    path = _without_account(tmp_path, route, first_only=False)
    asked = run("import", path, "--read-on", "2021-04-03")
    assert asked.code == 2
    assert "it does not say whose it is" in asked.err
    assert "@i" not in asked.err
    told = run("import", path, "--read-on", "2021-04-03", "--account", "x")
    assert (told.code, told.err) == (0, "")


@pytest.mark.parametrize("route", ["i", "i/web"])
def test_one_link_that_names_the_account_says_whose_all_are(
    run: Run, tmp_path: Path, route: str
) -> None:
    path = _without_account(tmp_path, route, first_only=True)
    result = run("import", path, "--read-on", "2021-04-03")
    assert (result.code, result.err) == (0, "")
    assert ", x, read on" in result.out


def test_pages_of_another_host_are_not_counted_as_ours(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "pages.csv"
    ours = "www.safeguardingcambspeterborough.org.uk"
    path.write_text(
        "# Pages\n# Start date: 20260401\n# End date: 20260430\n"
        f"Page path and screen class,Views\n/adults,5\nhttps://{ours}/adults,7\n"
        "https://other.example/adults,100\nother.example/,40\n",
        "utf-8",
    )
    assert run("import", str(path), "--account", "website").code == 0
    asked = ("stats", "--month", "2026-04", "--subject", "website", "--json")
    told = json.loads(run(*asked).out)["figures"]
    assert {one["key"]: one["value"] for one in told if one["key"]} == {
        "/adults": 12,
        "other.example/adults": 100,
        "other.example/": 40,
    }


def test_pages_of_another_host_in_a_plausible_export_are_apart(
    run: Run, space: Workspace, tmp_path: Path
) -> None:
    edit(space, "config/board.yaml", "platform: ga4", "platform: plausible")
    path = tmp_path / "imported_pages_20260401_20260401.csv"
    path.write_text(
        "date,hostname,page,visits,visitors,pageviews\n"
        "2026-04-01,www.safeguardingcambspeterborough.org.uk,/adults,1,1,5\n"
        "2026-04-01,other.example,/adults,1,1,100\n",
        "utf-8",
    )
    result = run("import", str(path), "--account", "website")
    assert (result.code, result.err) == (0, "")
    told = json.loads(run("stats", "--month", "2026-04", "--json").out)["figures"]
    values = {one["key"]: one["value"] for one in told if one["key"]}
    assert values == {"/adults": 5, "other.example/adults": 100}
