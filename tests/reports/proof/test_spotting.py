"""Which numbers of a text are judged, and which are none: each rule on both sides."""

from __future__ import annotations

import pytest

from sgcomms.reports.proof.spotting import spot

NO_FIGURES = [
    ("See https://a.example/2020/1234 and x-tweets-2020-q1.csv", "address"),
    ("write to help2020@board.example", "address"),
    ("in 2020-21 and 2019-2020 and 2020/21", "year"),
    ("During 2021 a database was set up", "year"),
    ("on the 31st March 2020", "date"),
    ("from 1 April 2020 to 31 March 2021", "date"),
    ("Between April 2020 and March 2021", "date"),
    ("read on 2021-04-03, or 03/04/2021", "date"),
    ("open 8am–10pm, at 09:30 and 6.30 pm", "time"),
    ("call 0808 800 5000 or 020 7946 0000", "telephone number"),
    ("In an emergency call 999", "telephone number"),
    ("the section 11 audit, Part 3 and page 12", "part of a law or document"),
    ("paragraphs 3, 4 and 5", "part of a law or document"),
    ("Covid 19 and Covid-19, GA4", "name"),
    ("at CB3 0AP", "name"),
    ("in Windows 10 and Office 365", "part of a law or document"),
    ("to ISO 27001 and WCAG 2.1 AA", "part of a law or document"),
    ("page 3 of 12, ISBN 978-0-11-322826-4", "part of a law or document"),
    ("Article 6(1)(e), SI 2018/789", "part of a law or document"),
    ("in week 12 of term 3", "part of a law or document"),
    ("ref: AB/1234/20 and SCR 2019/07A", "reference"),
    ("NHS number 943 476 5919", "reference"),
    ("at 10 Downing Street", "address"),
    ("in tweet_activity_2020.csv and a-2020-21.docx", "address"),
    ("text SHOUT to 85258", "telephone number"),
    ("a boy of 14, 0-19 services, 11-16s", "age"),
    ("the age group 25-34", "age"),
    ("on 21/07, by 3/4", "date"),
    ("at 7.30 sharp", "time"),
    ("7 days a week, 365 days a year", "length of something"),
    ("the rate.[3] And", "mark of a note"),
    ("the 21st century", "ordinal"),
    ("children aged 5 to 11", "age"),
    ("16-17 year olds and under 5s", "age"),
    ("a 4 to 5 star rating", "rating"),
    ("7 minute briefings", "length of something"),
    ("60 or 90 minute sessions", "length of something"),
    ("within 72 hours of lockdown", "length of something"),
    ("it cost £66,992", "amount of money"),
    ("a reach⁶ of many", "mark of a note"),
    ("1. First of all", "number in a list"),
    ("the number 12345678901 of it", "long identifier"),
]

FIGURES = [
    ("2,020 users came", 2020, "count", None),
    ("we had 2020 users", 2020, "count", None),
    ("275,602 page views", 275602, "count", None),
    ("275 602 page views", 275602, "count", None),
    ("had 1540 reactions", 1540, "count", None),
    ("1,234,567.", 1234567, "count", None),
    ("999 posts were made", 999, "count", None),
    ("52% of visitors", 52, "percent", None),
    ("52 per cent of visitors", 52, "percent", None),
    ("up 3 percentage points", 3, "points", None),
    ("2 minutes per session", 120, "seconds", None),
    ("1 minute 5 seconds", 65, "seconds", None),
    ("1.2 million views", 1200000, "count", None),
    ("18k users", 18000, "count", None),
    ("in excess 190,000.", 190000, "count", "above"),
    ("in excess of 18,000 times", 18000, "count", "above"),
    ("more than 18,000", 18000, "count", "above"),
    ("over 50 posts", 50, "count", "above"),
    ("at least 30 users", 30, "count", "at least"),
    ("17,000+ users", 17000, "count", "at least"),
    ("500 or more likes", 500, "count", "at least"),
    ("fewer than 10 posts", 10, "count", "below"),
    ("up to 100 places", 100, "count", "at most"),
    ("almost 40%", 40, "percent", "nearly"),
    ("nearly 72,000 users", 72000, "count", "nearly"),
    ("close to 40%", 40, "percent", "about"),
    ("about 300 posts", 300, "count", "about"),
    ("2½ million views", 2_500_000, "count", None),
    ("9 out of 10 visits", 90, "percent", "about"),
    ("1 in 4 visits", 25, "percent", "about"),
    ("1.2k users", 1200, "count", None),
    ("each day 120 users came", 120, "count", None),
    ("in the last week 30 posts went out", 30, "count", None),
    ("Version 18 webinars", 18, "count", None),
    ("328tweets were sent", 328, "count", None),
    ("Posts-328", 328, "count", None),
    ("Followers-1,007", 1007, "count", None),
    ("Comments (41) rose", 41, "count", None),
    ("text 20 people", 20, "count", None),
    ("section 275,602 page views", 275602, "count", None),
    ("Posts=328.", 328, "count", None),
    ("275\u00a0602 page views", 275602, "count", None),
    ("275\u202f602 page views", 275602, "count", None),
]


@pytest.mark.parametrize(("text", "rule"), NO_FIGURES)
def test_what_is_no_figure_is_left_out_by_its_rule(text: str, rule: str) -> None:
    found, left = spot(text)
    assert found == []
    assert {one.rule for one in left} == {rule}


@pytest.mark.parametrize(("text", "value", "kind", "bound"), FIGURES)
def test_a_figure_is_read_with_its_kind_and_bound(
    text: str, value: int, kind: str, bound: str | None
) -> None:
    found, left = spot(text)
    assert [(int(one.value), f"{one.kind}", one.bound and str(one.bound)) for one in found] == [
        (value, kind, bound)
    ]
    assert left == []


IN_WORDS = [
    ("eighteen webinars", 18, "count", None),
    ("forty-two posts", 42, "count", None),
    ("a hundred and twenty users", 120, "count", None),
    ("two thousand users", 2000, "count", None),
    ("over two and a half thousand users", 2500, "count", "above"),
    ("a dozen posts", 12, "count", "about"),
    ("half of visits", 50, "percent", "about"),
    ("more than half the visits", 50, "percent", "above"),
    ("a quarter of visits", 25, "percent", "about"),
    ("one in four visits", 25, "percent", "about"),
    ("nine out of ten visits", 90, "percent", "about"),
    ("page views doubled", 2, "times", "about"),
    ("page views more than doubled", 2, "times", "above"),
    ("three times as many users", 3, "times", "about"),
    ("rose by a third", 33, "percent", "about"),
    ("two and a half minutes", 150, "seconds", None),
    ("a minute and a half", 90, "seconds", None),
]


@pytest.mark.parametrize(("text", "value", "kind", "bound"), IN_WORDS)
def test_a_number_in_words_is_read_as_one(
    text: str, value: int, kind: str, bound: str | None
) -> None:
    (found,) = spot(text)[0]
    assert (int(found.value), found.kind, found.bound, found.worded) == (value, kind, bound, True)


def test_other_words_are_no_numbers() -> None:
    for text in (
        "one user",
        "the first half of the year",
        "half an hour",
        "nineteen-year-olds",
        "in one go, at once, the second time",
        "they doubled up; double-click",
        "a third party, the third quarter",
        "a two-way street in a one-page note",
    ):
        assert spot(text) == ([], []), text


LASTING = [
    ("A visit lasted 2½ minutes.", 150),
    ("A visit lasted 2 1/2 minutes.", 150),
    ("A visit lasted 2 and a half minutes.", 150),
    ("A visit lasted 2m 30s.", 150),
    ("A visit lasted 2m30s.", 150),
    ("A visit lasted 2 mins 30 secs.", 150),
    ("Average session duration: 02:30", 150),
    ("Average session duration: 00:02:30", 150),
    ("A film of 2:30 minutes", 150),
    ("1.5 minutes on average", 90),
]


@pytest.mark.parametrize(("text", "seconds"), LASTING)
def test_a_time_that_something_lasts_is_read_whole(text: str, seconds: int) -> None:
    (found,) = spot(text)[0]
    assert (int(found.value), str(found.kind)) == (seconds, "seconds")


@pytest.mark.parametrize(
    ("piece", "times", "numbers"),
    [
        ("1 ", 20_000, 20_000),
        ("1-", 20_000, 20_000),
        ("1.", 20_000, 1),
        ("a@", 20_000, 0),
        ("1 or ", 10_000, 10_000),
    ],
)
def test_a_text_made_to_keep_it_busy_is_read_to_its_end(
    piece: str, times: int, numbers: int
) -> None:
    found, left = spot(piece * times)
    assert (len(found), left) == (numbers, [])
