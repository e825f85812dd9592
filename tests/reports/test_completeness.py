"""How complete a report's figures are, in the report itself."""

from __future__ import annotations

from calendar import monthrange

from tests.conftest import Run
from tests.golden import EXAMPLES
from tests.reports.conftest import APRIL, YEAR, Annual, Record


def rows(text: str) -> dict[str, list[str]]:
    part = text.partition("## How complete these figures are")[2].partition("\n## ")[0]
    cells = [line.strip("| ").split(" | ") for line in part.splitlines() if line.startswith("| ")]
    return {row[0].partition("[")[0]: [one.strip() for one in row[1:]] for row in cells[2:]}


def test_days_posts_and_months_without_figures_are_told(run: Run) -> None:
    for quarter in ("q1", "q2"):
        file = EXAMPLES / f"x-tweets-2020-{quarter}.csv"
        assert run("import", str(file), "--read-on", "2021-04-03").code == 0
    found = rows(run("report", "annual", "--year", "2020-21").out)
    assert found["Facebook"] == ["0 of 365", "none", "no single posts known", "all"]
    assert found["The website"] == ["0 of 365", "none", "–", "all"]
    assert found["Twitter (now X)"] == [
        "180 of 365",
        "none",
        "170 of 170",
        "October 2020, November 2020, December 2020, January 2021, February 2021 and March 2021",
    ]


MONTHS = [(2020, n) for n in range(4, 13) if n != 9] + [(2021, n) for n in (1, 2, 3)]


def _by_month(record: Record) -> None:
    record(
        *(
            (
                "x",
                "impressions",
                100,
                f"{year}-{n:02}-01",
                f"{year}-{n:02}-{monthrange(year, n)[1]}",
            )
            for year, n in MONTHS
        )
    )


def test_figures_of_an_account_itself_count(record: Record, annual: Annual) -> None:
    _by_month(record)
    assert rows(annual())["Twitter (now X)"] == [
        "335 of 365",
        "none",
        "no single posts known",
        "September 2020",
    ]


def test_a_level_is_of_no_days(record: Record, annual: Annual) -> None:
    record(("x", "followers", 9, "2021-03-31", "2021-03-31"))
    assert rows(annual())["Twitter (now X)"][0] == "0 of 365"


def test_one_figure_for_the_year_is_no_year_of_readings(record: Record, annual: Annual) -> None:
    record(("x", "impressions", 900, *YEAR), ("website", "page_views", 9000, *YEAR))
    found = rows(annual())
    assert found["Twitter (now X)"] == ["0 of 365", "365", "no single posts known", "all"]
    assert found["The website"] == ["0 of 365", "365", "–", "all"]


def test_a_figure_of_a_month_counts_beside_one_for_the_year(record: Record, annual: Annual) -> None:
    record(("website", "page_views", 9000, *YEAR), ("website", "page_views", 700, *APRIL))
    assert rows(annual())["The website"] == [
        "30 of 365",
        "335",
        "–",
        "May 2020, June 2020, July 2020, August 2020, September 2020, October 2020, "
        "November 2020, December 2020, January 2021, February 2021 and March 2021",
    ]


def test_a_figure_for_two_accounts_together_is_of_neither(record: Record, annual: Annual) -> None:
    record(("facebook+instagram", "reach", 80, *APRIL), ("facebook+instagram", "reach", 800, *YEAR))
    text = annual()
    found = rows(text)
    assert found["Facebook"][:2] == found["Instagram"][:2] == ["0 of 365", "none"]
    assert found["Facebook and Instagram together"][:3] == ["30 of 365", "335", "–"]
    assert "A figure for several accounts together is a figure of none of them by itself." in text


def test_a_level_of_two_accounts_is_of_no_days(record: Record, annual: Annual) -> None:
    record(("facebook+instagram", "followers", 80, "2021-03-31", "2021-03-31"))
    assert "Facebook and Instagram together" not in rows(annual())


def test_a_sum_with_a_month_missing_says_so_itself(record: Record, annual: Annual) -> None:
    _by_month(record)
    text = annual()
    assert (
        "From 1 April 2020 to 31 March 2021 (the 335 of 365 days with figures) the account had "
        "1,100 impressions" in text
    )


def test_of_a_year_that_is_running_only_the_days_that_are_over_are_due(run: Run) -> None:
    found = rows(run("report", "annual", "--year", "2026-27").out)
    assert found["Facebook"][0] == "0 of 235"
