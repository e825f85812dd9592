"""`sgcomms stats` as people type it."""

from __future__ import annotations

import csv
import io
import json

import pytest

from tests.conftest import At, Run
from tests.golden import EXAMPLES, READ_ON


@pytest.fixture
def x(run: Run) -> Run:
    """A workspace that knows the tweets of the year."""
    files = sorted(str(path) for path in EXAMPLES.glob("x-*.csv"))
    assert run("import", *files, "--read-on", str(READ_ON)).code == 0
    return run


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
    assert "x-tweets-2020-q1.csv: X (Twitter) tweet activity, by tweet; read on 2021-04-03" in out


def test_coverage_counts_the_days_and_the_posts_that_have_readings(x: Run) -> None:
    assert x("import", str(EXAMPLES / "website-pages.csv")).code == 0
    out = x("stats", "--year", "2020-21", "--coverage").out
    assert "website        2020-04     30 of    30 days" in out
    assert "instagram      2020-04      0 of     0 posts" in out
    found = json.loads(x("stats", "--year", "2020-21", "--coverage", "--json").out)
    of_x = [one for one in found if one["subject"] == "x"]
    assert sum(one["have"] for one in of_x) == 328
    assert len(of_x) == 12


def test_an_empty_database_has_no_figures_and_says_what_to_do(run: Run) -> None:
    result = run("stats", "--year", "2020-21")
    assert result.code == 0
    assert "no figures: `sgcomms import FILE` takes in export files" in result.out
