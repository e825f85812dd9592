"""`report proof`: the year or day that a number's words name, and what changed between years."""

from __future__ import annotations

import pytest

from tests.conftest import After
from tests.golden import TAKE_IN
from tests.reports.proof.conftest import Findings, Proofed


@pytest.fixture
def before(after: After) -> None:
    """Record figures of 2019-20 too: fewer of everything but of the bounces."""
    told = ("--source", "screen", "--by", "b", "--read-on", "2020-04-03")
    days = ("--from", "2019-04-01", "--to", "2020-03-31")
    day = ("--from", "2020-03-31", "--to", "2020-03-31")
    values = (("page_views", "270000"), ("users_total", "70000"), ("bounce", "0.45"))
    after(
        TAKE_IN,
        *(("record", "website", metric, value, *days, *told) for metric, value in values),
        ("record", "x", "followers", "999", *day, *told),
    )


def verdicts(found: Findings) -> list[str]:
    return [one["verdict"] for one in found]


OTHER_YEAR = [
    "In 2019-20 the website had 275,602 page views.",
    "In 2019-20 the website had about 276,000 page views.",
    "The website had 275,602 page views in 2019-20.",
    "2019-20: the website had 275,602 page views.",
    "In 2019 the website had 275,602 page views.",
    "On 31 March 2020 we had 1,007 followers.",
    "On Twitter we had 1,007 followers as at 31st March 2020.",
    "The year before, the website had 275,602 page views.",
]


@pytest.mark.parametrize("text", OTHER_YEAR)
def test_a_figure_of_another_year_than_the_named_one_is_wrong(proofed: Proofed, text: str) -> None:
    (found,) = proofed(text)
    assert found["verdict"] == "misnamed", found
    assert "that is 2020-21’s" in found["says"] or "that is 31 March 2021’s" in found["says"]


THIS_YEAR = [
    "In 2020-21 the website had 275,602 page views.",
    "The website had 275,602 page views in 2020-21, more than in 2019-20.",
    "Compared with 2019-20 there was a rise, and the website had 275,602 page views.",
    "Since 2019-20 much has changed: the website had 275,602 page views.",
    "In 2020 and 2021 the website had 275,602 page views.",
    "Between 2019-20 and 2020-21 page views rose to 275,602.",
    "In the last year the website had 275,602 page views.",
    "Last year the website had 275,602 page views.",
    "The website of 2019 was made anew. It had 275,602 page views.",
    "In our 2019-20 report we promised more: the website had 275,602 page views.",
    "On 31 March 2021 we had 1,007 followers on Twitter.",
    "On 1 April 2021 we had 1,007 followers on Twitter.",
    "Use rose, and from search engines and others the website had 275,602 page views.",
    "The website had 275,602 page views, and in 2019-20 it was made anew.",
    "The new website went live in 2019 and had 275,602 page views.",
    "A campaign began on 1 March 2020, and the website had 275,602 page views.",
]


@pytest.mark.parametrize("text", THIS_YEAR)
def test_a_year_that_is_only_told_of_binds_no_number(proofed: Proofed, text: str) -> None:
    assert verdicts(proofed(text)) == ["traced"]


def test_a_column_of_another_year_holds_its_figures(proofed: Proofed, before: None) -> None:
    found = proofed(
        "| | 2019-20 | 2020-21 |\n|---|---|---|\n| Page views | 270,000 | 275,602 |\n"
        "| Users | 71,987 | 70,000 |\n| Twitter followers | 1,007 | 1,007 |\n"
    )
    assert verdicts(found) == ["traced", "traced", "misnamed", "misnamed", "misnamed", "traced"]
    assert found[2]["todo"] == "print 70,000"
    assert found[3]["todo"] == "print 71,987"
    assert found[4]["todo"] == "print 999"


EARLIER = [
    "In 2019-20 the website had 270,000 page views.",
    "In the year before, the website had 270,000 page views.",
    "The website had 275,602 page views this year, up from 270,000 last year.",
    "Page views rose from 270,000 to 275,602.",
    "Page views rose to 275,602, from 270,000 in 2019-20.",
    "Page views rose by 5,602 to 275,602 (2019-20: 270,000).",
    "Followers on Twitter rose from 999 to 1,007.",
    "The bounce rate was 40%, down from 45%.",
    "On 31 March 2020 we had 999 followers on Twitter.",
]


@pytest.mark.parametrize("text", EARLIER)
def test_a_right_figure_of_the_year_before_is_traced(
    proofed: Proofed, before: None, text: str
) -> None:
    found = proofed(text)
    assert set(verdicts(found)) == {"traced"}, found


SWAPPED = [
    ("The website had 270,000 page views.", "2019-20"),
    ("In 2020-21 the website had 270,000 page views.", "2019-20"),
    ("The website had 270,000 page views this year, up from 275,602 last year.", "2020-21"),
    ("Page views rose from 275,602 to 270,000.", "2020-21"),
    ("Followers on Twitter rose from 1,007 to 999.", "31 March 2021"),
]


@pytest.mark.parametrize(("text", "when"), SWAPPED)
def test_a_figure_of_the_wrong_year_is_called_by_its_year_and_no_sum(
    proofed: Proofed, before: None, text: str, when: str
) -> None:
    found = proofed(text)
    assert set(verdicts(found)) == {"misnamed"}, found
    assert any(f"that is {when}’s" in one["says"] for one in found)


def test_a_wrong_figure_of_the_year_before_differs(proofed: Proofed, before: None) -> None:
    (found,) = proofed("In 2019-20 the website had 272,000 page views.")
    assert (found["verdict"], found["todo"]) == ("differs", "print 270,000")


DIRECTIONS = [
    ("Page views rose by 5,602.", "traced"),
    ("Page views fell by 5,602.", "differs"),
    ("Page views were up 5,602.", "traced"),
    ("Page views were down 5,602.", "differs"),
    ("There were 5,602 more page views.", "traced"),
    ("There were 5,602 fewer page views.", "differs"),
    ("Page views fell to 275,602.", "differs"),
    ("Page views increased to 275,602.", "traced"),
    ("The bounce rate fell to 40%.", "traced"),
    ("The bounce rate rose to 40%.", "differs"),
    ("The bounce rate fell by 5 percentage points.", "traced"),
    ("The bounce rate increased by 5 percentage points.", "differs"),
    ("Page views increased by 2%.", "traced"),
    ("Page views decreased by 2%.", "differs"),
]


@pytest.mark.parametrize(("text", "verdict"), DIRECTIONS)
def test_the_way_of_a_change_is_told_rightly(
    proofed: Proofed, before: None, text: str, verdict: str
) -> None:
    (found,) = proofed(text)
    assert found["verdict"] == verdict, found
    if verdict == "differs":
        way = "fell" if "bounce" in text else "rose"
        assert f" {way}: from " in found["says"]


def test_followers_that_rose_did_not_fall(proofed: Proofed, before: None) -> None:
    assert verdicts(proofed("Followers on Twitter fell to 1,007 from 999.")) == [
        "differs",
        "traced",
    ]
    assert verdicts(proofed("Followers on Twitter fell from 999 to 1,007.")) == [
        "traced",
        "differs",
    ]


SPANS = [
    ("573 people attended 18 webinars between April 2020 and March 2021.", "misnamed"),
    ("573 people attended 18 webinars from September 2020 to March 2021.", "traced"),
    ("573 people attended 18 webinars between September and March 2021.", "traced"),
    ("573 people attended 18 webinars.", "traced"),
    ("Between April 2020 and March 2021 the website had 275,602 page views.", "traced"),
    ("Between April and September 2020 the website had 275,602 page views.", "misnamed"),
]


@pytest.mark.parametrize(("text", "verdict"), SPANS)
def test_a_figure_is_of_the_months_that_are_named(
    proofed: Proofed, text: str, verdict: str
) -> None:
    found = proofed(text)
    assert set(verdicts(found)) == {verdict}, found
    if verdict == "misnamed" and "573" in text:
        assert found[0]["todo"] == "say that it is of 1 September 2020 to 31 March 2021"


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Virtual briefings were seen by 10,753 professionals.", "misnamed"),
        ("Virtual briefings were viewed 10,753 times by professionals.", "traced"),
    ],
)
def test_views_that_the_board_counts_are_no_people(
    proofed: Proofed, text: str, verdict: str
) -> None:
    assert verdicts(proofed(text)) == [verdict]
