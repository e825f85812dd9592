"""`report proof`: the month, quarter, half or year that binds a number, wherever it is named."""

from __future__ import annotations

import pytest

from tests.reports.proof.conftest import Judged

T, U = "traced", "unknown"
D, M = "differs", "misnamed"

MONTHS = [
    ("In April 2020 we had 275,602 page views.", [M]),
    ("In April we had 275,602 page views.", [M]),
    ("We had 275,602 page views in April.", [M]),
    ("On Twitter we posted 328 tweets in April.", [M]),
    ("In June 2020 we posted 28 tweets on Twitter.", [T]),
    ("In June 2020 we posted 29 tweets on Twitter.", [D]),
    ("In June our tweets had 11,651 impressions.", [T]),
    ("In April, we posted 44 tweets and in May, 36.", [T, T]),
    ("In April we posted 36 tweets, in May 44 and in June 28.", [M, M, T]),
    ("Tweets by month: April 44, May 36, June 28.", [T, T, T]),
    ("Impressions on Twitter fell from 6,802 in February 2021 to 5,792 in March 2021.", [T, T]),
    ("Impressions on Twitter fell from 5,792 in February 2021 to 6,802 in March 2021.", [M, M]),
    ("Our busiest month was April 2020 with 19,379 impressions on Twitter.", [T]),
    ("Our busiest month was May 2020 with 19,379 impressions on Twitter.", [D]),
    ("Of 328 tweets, 44 went out in April.", [T, T]),
    ("328 tweets were sent, 44 of them in April.", [T, T]),
    ("In April and May we posted 80 tweets.", [T]),
    ("From April to June 2020 we posted 108 tweets.", [T]),
    ("From April to June 2020 we posted 328 tweets.", [M]),
    ("In summer 2020 our tweets had 111,383 impressions.", [M]),
    ("Each month we had 275,602 page views.", [M]),
    ("The website had 275,602 page views a week.", [M]),
    ("Last month the website had 275,602 page views.", [M]),
    ("Over the last six months the website had 275,602 page views.", [M]),
    # told of, and no number's
    ("The website had 275,602 page views, with a peak in January 2021.", [T]),
    ("The website had 275,602 page views with a peak in January 2021.", [T]),
    ("In April 2020 the board launched a podcast, and the website had 275,602 page views.", [T]),
    ("Since it was launched in June 2020 the website has had 275,602 page views.", [T]),
    ("Our 400 posts on Facebook and Instagram helped families every day.", [T]),
]

PARTS = [
    ("In the first quarter we had 275,602 page views.", [M]),
    ("In Q1 2020-21 we had 275,602 page views.", [M]),
    ("In Q4 we posted 80 tweets.", [T]),
    ("In Q4 we posted 81 tweets.", [D]),
    ("In the first quarter of 2020-21 we posted 108 tweets.", [T]),
    ("In the first half of the year we had 275,602 page views.", [M]),
    ("In the second half of 2020-21 we had 275,602 page views.", [M]),
    ("In the first six months we had 275,602 page views.", [M]),
    ("Since September 2020 the website had 275,602 page views.", [M]),
    ("Since April 2020 the website had 275,602 page views.", [T]),
    ("From September 2020, 573 people attended 18 webinars.", [T, T]),
    ("From April 2020 to December 2020 the website had 275,602 page views.", [M]),
    ("In the 12 months to March 2021 the website had 275,602 page views.", [T]),
    ("In the year ending 31 March 2020 the website had 275,602 page views.", [M]),
    ("In the year to 31 March 2021 the website had 275,602 page views.", [T]),
]

YEARS = [
    ("In calendar year 2020 the website had 275,602 page views.", [M]),
    ("In 2020 the website had 275,602 page views.", [M]),
    ("2019: 275,602 page views.", [M]),
    ("In 2020/21 the website had 275,602 page views.", [T]),
    ("In FY 2019/20 the website had 275,602 page views.", [M]),
    ("In 2021-22 the website had 275,602 page views.", [M]),
    ("The website had 275,602 page views and 71,987 users in 2019-20.", [M, M]),
    ("The website had 275,602 page views and 71,987 users in 2019-20, and much changed.", [M, M]),
    ("The website had 270,000 page views and 70,000 users in 2019-20, and much changed.", [T, T]),
    ("We had 275,602 page views this year and 270,000 in 2019-20.", [T, T]),
    ("At the start of the year we had 999 followers on Twitter.", [T]),
    ("At the start of the year we had 1,007 followers on Twitter.", [M]),
    ("By the end of the year we had 1,007 followers on Twitter.", [T]),
    ("In April 2020 we had 1,007 followers on Twitter.", [M]),
    ("By March 2021 we had 1,007 followers on Twitter.", [T]),
]


@pytest.mark.parametrize(("text", "wanted"), [*MONTHS, *PARTS, *YEARS])
def test_a_number_agrees_with_the_time_its_sentence_names(
    judged: Judged, text: str, wanted: list[str]
) -> None:
    found = judged(text)
    assert [one.verdict for one in found] == wanted, [(one.text, one.says) for one in found]


PAGE_VIEWS = "The website had 275,602 page views."
EARLIER = "The website had 270,000 page views."
HEADINGS = [
    (f"# April 2020\n\n{PAGE_VIEWS}", [M]),
    (f"# 2019-20\n\n{PAGE_VIEWS}", [M]),
    (f"# Our year 2019-20\n\n## Website\n\n{PAGE_VIEWS}", [M]),
    (f"# Our year 2019-20\n\n## Website\n\n{EARLIER}", [T]),
    (f"# Report 2020-21\n\n## Looking back at 2019-20\n\n{PAGE_VIEWS}", [M]),
    (f"# 2020-21\n\n## Website\n\nQuarter 1\n\n{PAGE_VIEWS}", [T]),
    (f"## Quarter 1\n\n{PAGE_VIEWS}", [M]),
    ("# 2020-21\n\n## June 2020\n\nOn Twitter we posted 28 tweets.", [T]),
    ("# 2020-21\n\n## June 2020\n\nOn Twitter we posted 27 tweets.", [D]),
    # until a heading of the same level or above, or a sentence with a time of its own
    (f"## 2019-20\n\n{EARLIER}\n\n## 2020-21\n\n{PAGE_VIEWS}", [T, T]),
    (f"## 2019-20\n\n### Website\n\n{EARLIER}\n\n## This year\n\n{PAGE_VIEWS}", [T, T]),
    ("# 2019-20\n\nIn 2020-21 the website had 275,602 page views.", [T]),
    # no time of the numbers beneath
    (f"# Compared with 2019-20\n\n{PAGE_VIEWS}", [T]),
    (f"# Plans for 2021-22\n\n{PAGE_VIEWS}", [T]),
    (f"# Board meeting, March 2021\n\n{PAGE_VIEWS}", [T]),
    (f"# November 2021\n\n## Website\n\n{PAGE_VIEWS}", [T]),
    (f"# Annual report 2020-21, published November 2021\n\n{PAGE_VIEWS}", [T]),
    (f"# 2019-20 and 2020-21\n\n{PAGE_VIEWS}", [T]),
    (f"# 31 March 2020\n\n{PAGE_VIEWS}", [T]),
]


@pytest.mark.parametrize(("text", "wanted"), HEADINGS)
def test_a_heading_binds_the_numbers_beneath_it(
    judged: Judged, text: str, wanted: list[str]
) -> None:
    found = judged(text)
    assert [one.verdict for one in found] == wanted, [(one.text, one.says) for one in found]


def test_what_is_of_another_month_is_told_with_the_figure_of_the_one_named(judged: Judged) -> None:
    (found,) = judged("On Twitter we posted 328 tweets in April.")
    assert "that is 2020-21’s" in found.says
    assert found.todo == "print 44"
    (other,) = judged("In Q1 we had 275,602 page views.")
    assert other.todo.startswith("print the figure of 1 April 2020 to 30 June 2020")


def test_this_month_is_that_of_the_heading(judged: Judged) -> None:
    found = judged(
        "# Reach in June 2020\n\nThis month we posted 28 tweets, 8 fewer than last month."
    )
    assert found[0].verdict == "traced"
    found = judged("# Reach in June 2020\n\nThis month we posted 36 tweets.")
    assert found[0].verdict in ("differs", "misnamed")


TABLES = [
    (
        "| Month | Twitter posts |\n|---|---|\n| Apr 2020 | 44 |\n| May-20 | 36 |\n| June | 27 |\n"
        "| 2020-07 | 20 |\n| Total | 328 |\n",
        [T, T, D, D, T],
    ),
    (
        "| | Q1 | Q2 | Q3 | Q4 | 2020-21 |\n|---|---|---|---|---|---|\n"
        "| Twitter posts | 108 | 328 | 81 | 80 | 328 |\n",
        [T, M, D, T, T],
    ),
    (
        "| Website | 2019-20 | 2020-21 | Change |\n|---|---|---|---|\n"
        "| Page views | 270,000 | 275,602 | +2% |\n| Users | 70,000 | 71,987 | +1,987 |\n"
        "| Bounce rate | 45% | 40% | -5 points |\n| New page views | 270,000 | 275,602 | +12% |\n",
        [T, T, T, T, T, T, T, T, T, T, T, D],
    ),
    (
        "| Website | Baseline | Target | Actual |\n|---|---|---|---|\n"
        "| Page views | 270,000 | 300,000 | 275,602 |\n",
        [U, U, T],
    ),
    (
        "**Twitter in June 2020**\n\n| Measure | Number |\n|---|---|\n"
        "| Posts | 28 |\n| Impressions | 111,383 |\n",
        [T, M],
    ),
]


@pytest.mark.parametrize(("text", "wanted"), TABLES)
def test_a_row_a_column_or_a_caption_binds_a_cell(
    judged: Judged, text: str, wanted: list[str]
) -> None:
    found = judged(text)
    assert [one.verdict for one in found] == wanted, [(one.text, one.says) for one in found]
