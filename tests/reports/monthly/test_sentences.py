"""Each sentence by its rule, on both sides of it."""

from __future__ import annotations

import pytest

from sgcomms.reports.model import Limits
from sgcomms.reports.monthly.changing import sentence, short
from sgcomms.reports.monthly.delivery import AMBER, GREEN, RED, rating
from sgcomms.reports.monthly.headline import headline
from sgcomms.reports.monthly.trend import Verdict
from sgcomms.reports.xmr import Finding
from tests.reports.monthly.conftest import Fill, Sum


def verdict(finding: Finding, what: str = "Impressions on X") -> Verdict:
    limits = None if finding in ("too_few", "no_figure", "redefined") else Limits(1000, 600, 1400)
    return Verdict("x", "impressions", what, "March 2021", "1,500", (1500,), limits, finding, (), 0)


def first(
    *verdicts: Verdict,
    posts: dict[str, float] | None = None,
    known: bool = True,
    running: bool = False,
) -> str:
    return headline("March 2021", verdicts, posts or {}, known=known, running=running)[0]


# the headline


def test_a_signal_says_where_it_lies_and_outside_what() -> None:
    words = "Impressions on X were unusually {} in March 2021: 1,500, {} the usual range of "
    assert first(verdict("above")) == words.format("high", "above") + "600 to 1,400."
    assert first(verdict("below")) == words.format("low", "below") + "600 to 1,400."


def test_a_run_says_how_long_it_is() -> None:
    words = "Impressions on X have been {} their mean of 1,000 for 8 months in a row or more."
    assert first(verdict("run_above")) == words.format("above")
    assert first(verdict("run_below")) == words.format("below")


def test_several_signals_are_one_sentence_and_nothing_is_said_of_the_rest() -> None:
    found = headline(
        "March 2021",
        [
            verdict("common", "Views on Facebook"),
            verdict("above"),
            verdict("below", "Page views"),
            verdict("above", "Views on Instagram"),
            verdict("run_below", "Visits"),
        ],
        {},
        known=True,
        running=False,
    )
    assert found == (
        "Unusually high in March 2021: impressions on X (1,500) and views on Instagram (1,500); "
        "page views were unusually low in March 2021: 1,500, below the usual range of 600 to "
        "1,400; visits have been below their mean of 1,000 for 8 months in a row or more.",
    )


@pytest.mark.parametrize(
    ("count", "end"), [(4, "v3 (1,500)."), (5, "v3 (1,500) and 1 more measure.")]
)
def test_so_many_signals_are_named_and_the_rest_counted(count: int, end: str) -> None:
    words = first(*(verdict("above", f"V{number}") for number in range(count)))
    assert words.startswith("Unusually high in March 2021: v0 (1,500), v1 (1,500), ")
    assert words.endswith(end)


def test_many_accounts_are_counted_together() -> None:
    posts = {f"A{number}": 2.0 for number in range(5)}
    assert headline("March 2021", (), posts, known=True, running=False)[-1] == (
        "In March 2021 we published 10 posts over 5 accounts; one that went to two of them counts "
        "twice."
    )


def test_no_unusual_change_names_what_was_judged_and_only_that() -> None:
    found = first(verdict("common"), verdict("too_few", "Views on Facebook"))
    assert found == "No unusual change in March 2021 in impressions on X."


def test_where_nothing_can_be_judged_it_says_so() -> None:
    assert first(verdict("too_few")) == (
        "Too few months are known to judge whether anything in March 2021 was unusual."
    )
    assert first(known=False) == "No figures are known of March 2021."
    assert first() == "No measure of March 2021 is known that could be judged."
    assert (
        first(posts={"X": 2}, known=False)
        == "No measure of March 2021 is known that could be judged."
    )


def test_a_changed_definition_is_said_and_not_taken_for_nothing_known() -> None:
    words = "The definition of views on Facebook changed in March 2021, so that month cannot be "
    broken = verdict("redefined", "Views on Facebook")
    assert first(broken) == f"{words}judged."
    found = headline("March 2021", [broken, verdict("common")], {}, known=True, running=False)
    assert found == (
        "No unusual change in March 2021 in impressions on X.",
        f"{words}judged.",
    )
    assert first(broken, running=True).startswith("March 2021 is not over")


def test_a_month_that_runs_is_not_judged() -> None:
    words = first(verdict("running"), running=True)
    assert words == "March 2021 is not over: these are the figures so far, and nothing is judged."


@pytest.mark.parametrize(
    ("posts", "words"),
    [
        ({"X": 1}, "In March 2021 we published 1 post on X."),
        ({"X": 0}, "In March 2021 we published 0 posts on X."),
        (
            {"X": 1200, "Facebook": 3, "Instagram": 1},
            "In March 2021 we published 1,200 posts on X, 3 on Facebook and 1 on Instagram.",
        ),
    ],
)
def test_it_says_how_much_was_published(posts: dict[str, float], words: str) -> None:
    assert headline("March 2021", (), posts, known=True, running=False)[-1] == words


# changes


@pytest.mark.parametrize(
    ("now", "then", "words"),
    [
        (1120, 1000, "an increase of 120 (12% of 1,000), to 1,120"),
        (880, 1000, "a decrease of 120 (12% of 1,000), to 880"),
        (1000, 1000, "no change, at 1,000"),
        (150, 100, "an increase of 50 (50% of 100), to 150"),
        (150, 99, "an increase of 51, to 150"),
        (5, 0, "an increase of 5, to 5"),
        (0, 5, "a decrease of 5, to 0"),
        (100_001, 100_000, "an increase of 1 (under 1% of 100,000), to 100,001"),
    ],
)
def test_the_change_then_the_level_then_the_period(now: float, then: float, words: str) -> None:
    found = sentence("Impressions on X", now, then, "impressions", "February 2021")
    assert found == f"Impressions on X: {words}, compared with February 2021."


def test_a_share_changes_by_points_and_not_by_per_cent() -> None:
    found = sentence("Bounce", 0.45, 0.40, "ratio", "February 2021")
    assert found == (
        "Bounce: an increase of 5 percentage points, to 45%, compared with February 2021."
    )


@pytest.mark.parametrize(
    ("now", "then", "words"), [(12, 10, "up 2"), (8, 10, "down 2"), (10, 10, "no change")]
)
def test_a_change_in_a_table(now: float, then: float, words: str) -> None:
    assert short(now, then, "posts") == words


# delivery


@pytest.mark.parametrize(
    ("planned", "sent", "rated"),
    [
        (4, 4, GREEN),
        (4, 5, GREEN),
        (4, 3, AMBER),
        (4, 2, AMBER),
        (4, 1, RED),
        (4, 0, RED),
        (0, 0, None),
    ],
)
def test_delivery_is_rated_by_posts_sent(planned: int, sent: int, rated: str | None) -> None:
    assert rating(planned, sent) == rated


def test_a_rating_is_a_word_and_a_shape_of_its_own() -> None:
    shapes, words = zip(*(one.split() for one in (GREEN, AMBER, RED)), strict=True)
    assert words == ("Green", "Amber", "Red")
    assert len({*shapes}) == 3


def test_the_range_is_said_to_be_of_all_months_this_one_among_them(fill: Fill, sum_up: Sum) -> None:
    fill([100, 200] * 6 + [1000])
    found = sum_up()
    table = found.trend.table
    assert table is not None
    assert table.caption == "Where this month lies among the months known"
    assert table.rows[0][2].text == "215"  # (6 x 100 + 6 x 200 + 1000) / 13
    assert any(
        "the mean of the months known, this one among them" in one.text for one in found.notes
    )
