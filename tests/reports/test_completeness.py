"""How complete a report's figures are, in the report itself."""

from __future__ import annotations

from tests.conftest import Run
from tests.golden import EXAMPLES


def rows(text: str) -> dict[str, list[str]]:
    part = text.partition("## How complete these figures are")[2].partition("\n## ")[0]
    cells = [line.strip("| ").split(" | ") for line in part.splitlines() if line.startswith("| ")]
    return {row[0].partition("[")[0]: [one.strip() for one in row[1:]] for row in cells[2:]}


def test_days_posts_and_months_without_figures_are_told(run: Run) -> None:
    for quarter in ("q1", "q2"):
        file = EXAMPLES / f"x-tweets-2020-{quarter}.csv"
        assert run("import", str(file), "--read-on", "2021-04-03").code == 0
    found = rows(run("report", "annual", "--year", "2020-21").out)
    assert found["Facebook"] == ["0 of 365", "no single posts known", "all"]
    assert found["The website"] == ["0 of 365", "–", "all"]
    assert found["Twitter (now X)"] == [
        "180 of 365",
        "170 of 170",
        "October 2020, November 2020, December 2020, January 2021, February 2021 and March 2021",
    ]


def test_of_a_year_that_is_running_only_the_days_that_are_over_are_due(run: Run) -> None:
    found = rows(run("report", "annual", "--year", "2026-27").out)
    assert found["Facebook"][0] == "0 of 235"
