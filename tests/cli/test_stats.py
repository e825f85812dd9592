"""`sgcomms stats` as people type it."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from sgcomms.db import readings
from sgcomms.models import Reading, Source
from sgcomms.workspace import Workspace
from tests.conftest import After, At, Run
from tests.golden import EXAMPLES, READ_ON


@pytest.fixture
def x(after: After) -> Run:
    """A workspace that knows the tweets of the year."""
    files = sorted(str(path) for path in EXAMPLES.glob("x-*.csv"))
    return after(("import", *files, "--read-on", str(READ_ON)))


def test_the_table_fits_a_terminal(x: Run) -> None:
    out = x("stats", "--year", "2020-21").out
    assert "111,383" in out
    assert max(len(line) for line in out.splitlines()) <= 80


def test_a_missing_figure_says_so_and_why(x: Run) -> None:
    out = x("stats", "--year", "2020-21").out
    assert "not available  [1]" in out
    assert "[1] blank in the export" in out


def test_csv_has_a_header_and_one_line_a_figure(x: Run) -> None:
    rows = list(csv.reader(io.StringIO(x("stats", "--year", "2020-21", "--csv").out)))
    assert rows[0][:5] == ["subject", "metric", "dimension", "key", "value"]
    assert ["x", "posts", "", "", "328"] in [row[:5] for row in rows]


def test_total_reach_ends_with_2_and_the_reason(x: Run) -> None:
    result = x("stats", "--year", "2020-21", "--total", "reach")
    assert (result.code, result.out) == (2, "")
    assert "reach cannot be added over accounts: it counts each account once" in result.err


def test_impressions_and_reach_end_with_2_and_what_they_mean(x: Run) -> None:
    result = x("stats", "--year", "2020-21", "--total", "impressions,reach")
    assert result.code == 2
    assert "impressions and reach have different units" in result.err
    assert "impressions counts impressions" in result.err
    assert "reach counts accounts" in result.err
    assert len(result.err.splitlines()) == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--metric", "impresions"), "did you mean 'impressions'?"),
        (("--subject", "facebok"), "did you mean 'facebook'?"),
        (("--year", "2020-22"), "did you mean 2020-21?"),
        (("--year", "2020"), "write it as 2020-21"),
        (("--month", "2021-13"), "write it as 2021-03"),
        (("--quarter", "2020-21"), "write it as 2020-21-Q4"),
        (("--from", "2021-01-01"), "--from and --to belong together"),
        (("--from", "2021-01-02", "--to", "2021-01-01"), "before it starts"),
        (("--year", "2020-21", "--month", "2021-03"), "say one period"),
        (("--as-of", "soon"), "write it as 2021-04-03"),
        (("--total", "posts", "--subject", "website"), "website is not one"),
        (("--from", "0001-01-01", "--to", "9999-12-31"), "is out of reach"),
        (("--year", "0002-03", "--compare"), "is out of reach"),
        (("--coverage", "--subject", "facebok"), "did you mean 'facebook'?"),
        (("--coverage", "--metric", "impresions"), "did you mean 'impressions'?"),
        (("--coverage", "--subject", "board"), "board is neither"),
    ],
)
def test_wrong_use_is_answered_with_what_to_write(
    run: Run, arguments: tuple[str, ...], words: str
) -> None:
    result = run("stats", *arguments)
    assert (result.code, result.out) == (2, "")
    assert words in result.err


def test_months_add_up_to_their_quarter(x: Run) -> None:
    def posts(*period: str) -> float:
        found = json.loads(x("stats", *period, "--metric", "posts", "--json").out)["figures"]
        return float(sum(one["value"] for one in found if one["subject"] == "x"))

    months = sum(posts("--month", month) for month in ("2020-04", "2020-05", "2020-06"))
    assert months == posts("--quarter", "2020-21-Q1") > 0
    assert months == posts("--from", "2020-04-01", "--to", "2020-06-30")


def test_without_a_period_it_is_the_year_that_is_running(run: Run, at: At) -> None:
    at("2027-03-31T22:30+00:00")
    assert run("stats").out.startswith("2026-27: 1 April 2026 to 31 March 2027")
    at("2027-03-31T23:30+00:00")  # half past midnight in London: the next year
    assert run("stats").out.startswith("2027-28: 1 April 2027 to 31 March 2028")


def test_as_of_a_day_before_the_export_nothing_was_known(x: Run) -> None:
    found = json.loads(x("stats", "--year", "2020-21", "--as-of", "2021-04-02", "--json").out)
    assert found["figures"] == []


def test_explain_names_each_post_and_its_file(x: Run) -> None:
    out = x("stats", "--month", "2020-04", "--metric", "impressions", "--explain").out
    assert "x post " in out
    said = " ".join(out.split())
    assert "x-tweets-2020-q1.csv: X (Twitter) tweet activity, by tweet; read on 2021-04-03" in said
    digest = hashlib.sha256((EXAMPLES / "x-tweets-2020-q1.csv").read_bytes()).hexdigest()
    assert f"; taken in on 2026-11-22; SHA-256 {digest[:12]}; its days: UTC" in said
    assert '      there it is called "impressions"\n' in out
    at = out.index("https://")
    assert out.rindex("source 1: ", 0, at) < out.rindex("x post ", 0, at)


def test_explain_fits_a_terminal_and_leaves_addresses_whole(x: Run) -> None:
    out = x("stats", "--year", "2020-21", "--explain").out
    assert "https://twitter.com/cplscb/status/1245131313092002626\n" in out
    assert max(map(len, out.splitlines())) <= 80


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
@pytest.mark.parametrize("columns", [72, 200])
def test_explain_is_as_wide_as_the_terminal(
    x: Run, space: Workspace, columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    pty, termios = pytest.importorskip("pty"), pytest.importorskip("termios")
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, columns))
    # the command asks the terminal that it prints to, and nothing else
    environment = {key: value for key, value in os.environ.items() if key != "COLUMNS"}
    asked = [sys.executable, "-m", "sgcomms", "-C", str(space.root), "stats", "--explain"]
    done = subprocess.Popen(
        [*asked, "--month", "2020-04", "--metric", "posts"], stdout=theirs, env=environment
    )
    os.close(theirs)
    out = _all_of(ours)
    assert done.wait() == 0
    longest = max(map(len, out.splitlines()))
    assert longest <= columns
    assert longest > 80 or columns < 80


def _all_of(terminal: int) -> str:
    """Return what was written to a terminal until its other end was closed."""
    found = b""
    with os.fdopen(terminal, "rb", buffering=0) as reader:
        while True:
            try:
                part = reader.read(65536)
            except OSError:  # how Linux says that the other end was closed
                break
            if not part:
                break
            found += part
    return found.decode().replace("\r\n", "\n")


def test_explain_gives_programs_the_whole_of_each_source(x: Run) -> None:
    asked = ("--month", "2020-04", "--metric", "impressions", "--explain", "--json")
    found = json.loads(x("stats", *asked).out)
    digest = hashlib.sha256((EXAMPLES / "x-tweets-2020-q1.csv").read_bytes()).hexdigest()
    (source,) = found["sources"]
    assert (source["sha256"], source["imported_on"]) == (digest, "2026-11-22")
    assert source["day_boundary"] == "UTC"
    reading = found["figures"][0]["readings"][0]
    assert reading["native"] == "impressions"
    assert reading["url"].startswith("https://")


def test_coverage_counts_the_days_and_the_posts_that_have_readings(x: Run) -> None:
    assert x("import", str(EXAMPLES / "website-pages.csv")).code == 0
    out = x("stats", "--year", "2020-21", "--coverage").out
    website = "website        2020-04      0 of    30 days"
    assert f"{website}; 30 only in a figure for longer than a month" in out
    assert "instagram      2020-04  no posts known" in out
    found = json.loads(x("stats", "--year", "2020-21", "--coverage", "--json").out)
    of_x = [one for one in found if one["subject"] == "x"]
    assert sum(one["have"] for one in of_x if one["unit"] == "posts") == 328
    assert sum(one["have"] for one in of_x if one["unit"] == "days") == 359
    assert sum(one["due"] for one in of_x if one["unit"] == "days") == 365
    assert len(of_x) == 24


def test_an_empty_database_has_no_figures_and_says_what_to_do(run: Run) -> None:
    result = run("stats", "--year", "2020-21")
    assert result.code == 0
    assert "no figures: `sgcomms import FILE` takes in export files" in result.out


def test_coverage_counts_a_post_with_any_figure_once(x: Run) -> None:
    rows = csv.DictReader(io.StringIO(x("stats", "--year", "2020-21", "--coverage", "--csv").out))
    of_x = [row for row in rows if row["subject"] == "x" and row["unit"] == "posts"]
    assert sum(int(row["have"]) for row in of_x) == 328
    assert list(of_x[0]) == ["subject", "month", "unit", "due", "have", "longer"]


def test_coverage_of_accounts_together_stands_by_itself(run: Run) -> None:
    assert run("import", str(EXAMPLES / "figures.yaml")).code == 0
    asked = ("stats", "--year", "2020-21", "--coverage", "--json")
    every = json.loads(run(*asked).out)
    together = [one for one in every if one["subject"] == "facebook+instagram"]
    assert together == json.loads(run(*asked, "--subject", "facebook+instagram").out)
    assert [one["unit"] for one in together] == ["days"] * 12
    assert sum(one["have"] for one in together) == 0
    assert sum(one["longer"] for one in together) == sum(one["due"] for one in together) == 365
    assert not any(one["longer"] for one in every if one["subject"] == "facebook")


def test_subjects_are_the_same_in_any_order_and_however_often(run: Run) -> None:
    assert run("import", str(EXAMPLES / "figures.yaml")).code == 0
    for asked in ("facebook+instagram", "instagram+facebook", "instagram+facebook+facebook"):
        result = run("stats", "--year", "2020-21", "--subject", asked, "--json")
        assert {one["value"] for one in json.loads(result.out)["figures"]} == {80112}
    total = ("--year", "2020-21", "--total", "posts", "--json", "--subject")
    (one,) = json.loads(run("stats", *total, "x,x").out)["figures"]
    assert one["subject"] == "x"


def test_what_was_narrowed_to_nothing_says_so(x: Run) -> None:
    out = x("stats", "--year", "2020-21", "--subject", "website", "--metric", "bounce").out
    assert "no figures of website, bounce in this period" in out
    assert "sgcomms import" not in out


def test_a_metric_that_the_board_has_no_more_is_a_warning(run: Run, space: Workspace) -> None:
    assert run("import", str(EXAMPLES / "figures.yaml")).code == 0
    board = space.root / "config" / "board.yaml"
    lines = board.read_text("utf-8").splitlines(keepends=True)
    board.write_text("".join(line for line in lines if "  webinars:" not in line), "utf-8")
    result = run("stats", "--year", "2020-21")
    assert result.code == 0
    assert result.err.startswith("warning: webinars is left out (board)")


def test_the_lines_of_a_breakdown_can_be_told_apart(run: Run, tmp_path: Path) -> None:
    stem, middle = "/a-very-long-path-of-the-website", "a-guide-for-parents-and-for-carers"
    keys = (f"{stem}/1/{middle}", f"{stem}/2/{middle}", "/alone-" + "long-" * 12)
    both = [("channel", "other"), ("device", "other"), *(("page", key) for key in keys)]
    figures = tmp_path / "figures.yaml"
    figures.write_text(
        "".join(
            f"- subject: website\n  metric: {'page_views' if one == 'page' else 'sessions'}\n"
            "  value: 1\n  from: 2020-04-01\n  to: 2021-03-31\n  read_on: 2021-04-03\n"
            f"  source: a screen\n  by: officer\n  dimension: {one}\n  key: {key}\n"
            for one, key in both
        ),
        "utf-8",
    )
    assert run("import", str(figures)).code == 0
    out = run("stats", "--year", "2020-21").out
    assert "Share of visits by channel, other" in out
    assert "Share of visits by device, other" in out
    lines = [line for line in out.splitlines() if "Page views by page" in line]
    assert len({line[:46] for line in lines}) >= 2
    assert sum(any(f"by page, {key} " in line for key in keys[:2]) for line in lines) == 2
    assert any("…" in line and len(line) <= 80 for line in lines)


def test_a_comparison_stands_beside_the_figure_with_its_change(run: Run) -> None:
    file = str(EXAMPLES / "x-tweets-2020-q1.csv")
    assert run("import", file, "--read-on", "2021-04-03").code == 0
    out = run("stats", "--month", "2020-05", "--compare", "--metric", "posts").out
    (line,) = [line.split() for line in out.splitlines() if line.startswith("  Posts")]
    assert line == ["Posts", "36", "44", "-18.2%"]
    assert max(map(len, out.splitlines())) <= 80


def test_csv_holds_nothing_that_a_spreadsheet_would_run(run: Run, space: Workspace) -> None:
    reading = Reading(
        *("website", "page_views", 5.0, date(2026, 10, 1), date(2026, 10, 31), "views"),
        dimension="page",
        key="=cmd|x",
    )
    source = Source("hand", "a screen", "recorded", "website", date(2026, 11, 5), by="an officer")
    with space.database() as db:
        readings.add_recorded(db, [(source, reading)])
    rows = list(csv.DictReader(io.StringIO(run("stats", "--month", "2026-10", "--csv").out)))
    assert [row["key"] for row in rows] == ["'=cmd|x"]
    assert run("stats", "--json", "--csv").code == 2
