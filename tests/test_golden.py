"""The golden test: from export files and recorded figures, the year 2020-21 comes out."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.conftest import After, Run
from tests.golden import FIGURES, FORBIDDEN_SUM, TAKE_IN, TOGETHER, YEAR


@pytest.fixture
def year(after: After) -> Run:
    """The command line of a workspace that has taken in the year's files."""
    return after(TAKE_IN)


def answered(run: Run, *arguments: str) -> dict[str, Any]:
    result = run("stats", "--year", YEAR, "--json", *arguments)
    assert (result.code, result.err) == (0, "")
    found: dict[str, Any] = json.loads(result.out)
    return found


def the_one(
    found: dict[str, Any], subject: str, metric: str, dimension: str | None, key: str | None
) -> dict[str, Any]:
    wanted = (subject, metric, dimension, key)
    fits = [
        one
        for one in found["figures"]
        if (one["subject"], one["metric"], one["dimension"], one["key"]) == wanted
    ]
    assert len(fits) == 1, f"{len(fits)} figures for {wanted}"
    figure: dict[str, Any] = fits[0]
    return figure


def test_every_figure_of_the_report_comes_out_equal(year: Run) -> None:
    found = answered(year)
    for subject, metric, dimension, key, value in FIGURES:
        assert the_one(found, subject, metric, dimension, key)["value"] == value


def test_facebook_and_instagram_together(year: Run) -> None:
    metrics = ",".join(TOGETHER)
    found = answered(year, "--subject", "facebook,instagram", "--total", metrics)
    together = {one["metric"]: one["value"] for one in found["figures"]}
    assert together == TOGETHER
    assert {one["subject"] for one in found["figures"]} == {"facebook+instagram"}
    assert all(one["added"] for one in found["figures"])


def test_a_reach_that_the_source_gave_for_both_was_not_added_here(year: Run) -> None:
    assert the_one(answered(year), "facebook+instagram", "reach", None, None)["added"] is False


def test_the_covid_page_prints_its_own_dates_and_its_bound(year: Run) -> None:
    covid = the_one(answered(year), "website", "page_views", "page", "/covid-19")
    assert covid["bound"] == "more than"
    assert covid["period"] == {"start": "2020-03-31", "end": "2021-03-31"}


def test_webinars_print_the_seven_months_they_cover(year: Run) -> None:
    webinars = the_one(answered(year), "board", "webinars", None, None)
    assert webinars["period"] == {"start": "2020-09-01", "end": "2021-03-31"}


def test_the_most_visited_pages_come_in_order(year: Run) -> None:
    pages = [
        one["key"]
        for one in answered(year)["figures"]
        if one["dimension"] == "page" and one["period"] is None
    ]
    assert pages[:4] == ["/", "/training", "/reporting-a-concern", "/virtual-briefings"]


def test_every_figure_has_every_field_of_the_design(year: Run) -> None:
    fields = (
        "subject metric value unit dimension key basis period bound added as_of sources reason "
        "notes previous comparable"
    )
    for one in answered(year)["figures"]:
        assert list(one) == fields.split()
        assert (one["value"] is None) == (one["reason"] is not None)
        assert one["sources"]


def test_the_period_names_the_boards_zone(year: Run) -> None:
    assert answered(year)["period"] == {
        "name": "2020-21",
        "start": "2020-04-01",
        "end": "2021-03-31",
        "timezone": "Europe/London",
    }


def test_what_may_not_be_combined_is_absent_from_all(year: Run) -> None:
    metrics = {one["metric"] for one in answered(year)["figures"] if one["subject"] == "all"}
    assert metrics == {"posts", "reactions", "comments", "shares"}


@pytest.mark.parametrize("form", ["md", "html"])
def test_the_section_holds_the_figures_and_no_sum_of_impressions_and_reach(
    year: Run, form: str
) -> None:
    result = year("report", "annual", "--year", YEAR, "--format", form)
    assert (result.code, result.err) == (0, "")
    text = re.sub(r"\s+", " ", result.out)
    for words in (
        *("275,602", "71,987", "2 minutes", "40%", "52%", "66%", "30%", "4%"),
        *("328", "111,383", "292", "1,540", "1,007", "400", "80,112", "683", "57", "768"),
        *("458", "124", "10,753", "573", "more than 18,000"),
        "31 March 2020 to 31 March 2021",
        "Impressions and reach are not added together.",
        "The most visited page was Home, followed by Multi-agency training,",
    ):
        assert words in text
    digits = re.sub(r"[^\d]", " ", text.replace(",", ""))
    assert str(FORBIDDEN_SUM) not in digits.split()


def test_the_sections_come_in_the_order_of_the_boards_own(year: Run) -> None:
    text = year("report", "annual", "--year", YEAR).out
    titles = [
        "Our website",
        "How it was used",
        "Most visited pages",
        "Where visitors came from",
        "What visitors said",
        "Twitter (now X)",
        "Facebook",
        "Instagram",
        "Campaigns",
        "What is missing, and why",
        "[^1]: ",
    ]
    places = [text.index(f"# {title}" if title[0] != "[" else title) for title in titles]
    assert places == sorted(places)


def test_feedback_is_word_for_word(year: Run) -> None:
    text = year("report", "annual", "--year", YEAR).out
    assert "> Its really easy to use, very clear and content is good." in text


def test_an_impression_can_be_followed_to_its_file(year: Run) -> None:
    found = answered(year, "--subject", "x", "--metric", "impressions", "--explain")
    figure = found["figures"][0]
    assert len(figure["readings"]) == 328
    assert sum(one["value"] for one in figure["readings"]) == 111_383
    sources = {one["id"]: one["source"] for one in found["sources"]}
    assert "x-tweets-2020-q1.csv" in sources[figure["readings"][0]["source"]]
