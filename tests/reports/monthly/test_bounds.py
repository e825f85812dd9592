"""The page has room for so much: the rest is counted on it, and stands in the notes."""

from __future__ import annotations

from datetime import date

import pytest

from sgcomms.config.calendar import Awareness, calendar
from sgcomms.figures import Question
from sgcomms.periods import month
from sgcomms.reports.changes import Changes
from sgcomms.reports.material import Material
from sgcomms.reports.model import Section
from sgcomms.reports.monthly import ahead, campaigns, caveats, delivery, posts
from sgcomms.reports.monthly.ahead import Coming
from sgcomms.reports.monthly.campaigns import Evaluated
from sgcomms.reports.monthly.cells import Cells
from sgcomms.reports.monthly.delivery import Delivered
from sgcomms.reports.monthly.posts import Seen
from tests.figures.conftest import Desk, desk

__all__ = ["desk"]

MARCH = month("2021-03")


@pytest.fixture
def cells(desk: Desk) -> Cells:
    """The cells of a month of which nothing is known."""
    return Cells(Material(desk.board, Question(MARCH), (), (), Changes("", {}, MARCH.end)))


def words(section: Section) -> list[str]:
    return [one.text for one in (*section.sentences, *section.items)]


@pytest.mark.parametrize("count", [4, 5, 6])
def test_campaigns_furthest_behind_are_rated_on_the_page(cells: Cells, count: int) -> None:
    found = [Delivered(f"c{n}", f"C{n}", planned=10, sent=10 - n, posts=2) for n in range(count)]
    page, rest = delivery.section(found, cells)
    assert page.table is not None
    shown = [row[0].text for row in page.table.rows]
    assert shown == [f"C{n}" for n in range(count - 1, -1, -1)][:4]
    more = {4: [], 5: ["1 more stands in the notes."], 6: ["2 more stand in the notes."]}[count]
    assert words(page)[1:] == more
    assert [len(one.table.rows) for one in rest if one.table] == ([count] if more else [])
    assert words(page)[0].startswith(f"{2 * count} posts were planned: {10 * count} deliveries,")


def test_two_campaigns_are_evaluated_on_the_page_those_live_first(cells: Cells) -> None:
    found = [
        Evaluated(f"c{n}", None, MARCH, (), None, rehearsed=False, live=n > 1) for n in range(4)
    ]
    shown = campaigns.section(found, cells, "5 April 2021")
    assert [one.title for one in shown.campaigns] == ["c2", "c3"]
    assert [one.title for one in shown.rest] == ["c0", "c1"]
    assert words(shown.section) == [
        "Counted up to 31 March 2021; objectives as judged on 5 April 2021. 2 more stand in the "
        "notes."
    ]


def test_caveats_that_have_no_room_are_counted(cells: Cells) -> None:
    missing, changed = [f"Missing {n}." for n in range(4)], [f"Changed {n}." for n in range(3)]
    page, rest = caveats.section(missing, changed, cells)
    assert words(page) == [
        *("Missing 0.", "Missing 1.", "Missing 2.", "Changed 1.", "Changed 2."),
        "2 more caveats are in the notes.",
    ]
    assert [words(one) for one in rest] == [["Missing 3.", "Changed 0."]]
    page, rest = caveats.section(missing[:3], changed[:2], cells)
    assert (len(words(page)), rest) == (5, ())


def test_what_is_ahead_is_counted_where_there_is_too_much() -> None:
    coming = [Coming(f"C{n}", {"held": [f"p{m}" for m in range(n + 1)]}) for n in range(5)]
    days = [Awareness(f"D{n}", date(2021, 3, 2), date(2021, 3, 2), confirmed=True) for n in (1, 2)]
    found = words(ahead.section(MARCH, coming, calendar((), days), ()))
    assert found == [
        "Campaign: C0 (1 post, 1 delivery: 1 held for a person to decide (p0)).",
        "Campaign: C1 (2 posts, 2 deliveries: 2 held for a person to decide (p0 and p1)).",
        "Campaign: C2 (3 posts, 3 deliveries: 3 held for a person to decide (p0, p1 and p2)).",
        "And 2 more campaigns.",
        "Awareness: D1, 2 March 2021.",
        "Awareness: D2, 2 March 2021.",
    ]
    (four,) = words(ahead.section(MARCH, coming[3:4], calendar(()), ()))
    assert "(p0, p1, p2 and 1 more)" in four


def test_of_many_accounts_the_medians_of_those_that_stood_out_are_on_the_page(
    cells: Cells, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [*cells.material.board.accounts]
    seen = [
        Seen(name, f"{name}{n}", MARCH.start, 10.0 if n or place else 90.0)
        for place, name in enumerate(names)
        for n in range(3)
    ]
    measures = dict.fromkeys(names, "reach")
    page, rest = posts.section(seen, measures, {}, {}, cells)
    assert words(page)[0].startswith(
        "Median post: Twitter (now X) reach of 10 (3 posts), Facebook "
    )
    assert rest == ()
    monkeypatch.setattr(posts, "MEDIANS", 1)
    page, rest = posts.section(seen, measures, {}, {}, cells)
    assert words(page)[0] == "Median post: Twitter (now X) reach of 10 (3 posts)."
    assert [len(words(one)) for one in rest] == [3]
