"""Which posts stood out, each against the median of its own account."""

from __future__ import annotations

from datetime import date

from sgcomms.reports.monthly.posts import Seen, medians, top
from tests.figures.conftest import Desk
from tests.reports.monthly.conftest import Sum


def seen(account: str, *values: float) -> list[Seen]:
    return [
        Seen(account, f"{account}{number}", date(2021, 3, number), value)
        for number, value in enumerate(values, start=1)
    ]


def test_the_median_needs_three_posts() -> None:
    assert medians([*seen("x", 1, 9, 5), *seen("facebook", 4, 8)]) == {"x": 5}


def test_posts_are_ranked_by_their_own_accounts_median() -> None:
    found = top([*seen("x", 1000, 1000, 3000), *seen("facebook", 10, 10, 50)])
    assert [(one.seen.platform_id, one.median) for one in found] == [
        ("facebook3", 10),
        ("x3", 1000),
    ]


def test_no_more_than_three_stand_out_and_the_earlier_of_two_alike_comes_first() -> None:
    found = top(seen("x", 1, 1, 1, 1, 1, 9, 9, 8, 7))
    assert [one.seen.platform_id for one in found] == ["x6", "x7", "x8"]


def test_a_post_at_the_median_does_not_stand_out() -> None:
    assert top(seen("x", 5, 5, 5)) == []


def test_a_median_of_nothing_divides_nothing() -> None:
    assert [one.seen.value for one in top(seen("x", 0, 0, 4))] == [4]


def test_the_table_names_measure_date_median_and_our_own_words(desk: Desk, sum_up: Sum) -> None:
    for day, value in ((1, 100), (2, 100), (3, 900)):
        desk.post("x", f"p{day}", f"2021-03-0{day}T23:30+00:00", impressions=value)
    desk.db.conn.execute("UPDATE publications SET text = 'Look   closer.' WHERE platform_id = 'p3'")
    found = sum_up().posts
    assert found.table is not None
    (row,) = found.table.rows
    words = ["Look closer.", "Twitter (now X), 3 March", "900 impressions", "100"]
    assert [cell.text for cell in row] == [*words, "No tested difference"]
    assert found.sentences[0].text == "Median post: Twitter (now X) 100 impressions (3 posts)."


def test_one_view_is_a_view_and_reach_has_its_name(desk: Desk, sum_up: Sum) -> None:
    for day, value in ((1, 1), (2, 1), (3, 5)):
        desk.post("facebook", f"p{day}", f"2021-03-0{day}T09:00+00:00", reach=value)
        desk.post("x", f"p{day}", f"2021-03-0{day}T09:00+00:00", impressions=value)
    found = sum_up().posts
    assert found.sentences[0].text == (
        "Median post: Twitter (now X) 1 impression (3 posts), Facebook reach of 1 (3)."
    )
    assert found.table is not None
    assert {row[2].text for row in found.table.rows} == {"5 impressions", "reach of 5"}


def test_the_words_of_somebody_else_are_never_printed(desk: Desk, sum_up: Sum) -> None:
    for day, value in ((1, 100), (2, 100), (3, 900)):
        desk.post("x", f"p{day}", f"2021-03-0{day}T09:00+00:00", impressions=value)
    desk.db.conn.execute("UPDATE publications SET text = 'RT @someone: my child' ")
    found = sum_up().posts
    assert found.table is not None
    assert [row[0].text for row in found.table.rows] == ["(no words are known)"]


def test_the_newest_value_of_a_post_counts(desk: Desk, sum_up: Sum) -> None:
    for day in (1, 2):
        desk.post("x", f"p{day}", f"2021-03-0{day}T09:00+00:00", impressions=10)
    desk.post("x", "p3", "2021-03-03T09:00+00:00", "2021-03-20", impressions=15)
    desk.post("x", "p3", "2021-03-03T09:00+00:00", "2021-04-03", impressions=40)
    desk.post("x", "p3", "2021-03-03T09:00+00:00", "2021-04-04", impressions=None)
    found = sum_up().posts
    assert found.table is not None
    assert found.table.rows[0][2].text == "40 impressions"


def test_what_was_read_later_than_asked_does_not_count(desk: Desk, sum_up: Sum) -> None:
    for day in (1, 2, 3):
        desk.post("x", f"p{day}", f"2021-03-0{day}T09:00+00:00", "2021-03-20", impressions=10)
    desk.post("x", "p3", "2021-03-03T09:00+00:00", "2021-04-03", impressions=40)
    assert sum_up(as_of=date(2021, 4, 2)).posts.table is None
    assert sum_up().posts.table is not None


def test_too_few_posts_have_no_median(desk: Desk, sum_up: Sum) -> None:
    assert sum_up().posts.sentences[0].text == "No figures of single posts are known."
    desk.post("x", "p1", "2021-03-01T09:00+00:00", impressions=10)
    assert "No account has 3 posts" in sum_up().posts.sentences[0].text


def test_accounts_whose_posts_cannot_be_ranked_are_named(desk: Desk, sum_up: Sum) -> None:
    for day, value in ((1, 100), (2, 100), (3, 900)):
        desk.post("x", f"p{day}", f"2021-03-0{day}T09:00+00:00", impressions=value)
        desk.post("instagram", f"i{day}", f"2021-03-0{day}T09:00+00:00", reactions=4)
    said = "Not ranked, as fewer than 3 posts have a figure of how often they were seen: {}."
    assert sum_up().posts.sentences[1].text == said.format("Instagram")
    for day in (1, 2):
        desk.post("facebook", f"f{day}", f"2021-03-0{day}T09:00+00:00", views=50)
    assert sum_up().posts.sentences[1].text == said.format("Facebook and Instagram")
    for day, number in ((4, 1), (5, 2), (6, 3)):
        desk.post("instagram", f"v{number}", f"2021-03-0{day}T09:00+00:00", views=7)
        desk.post("facebook", f"f{day}", f"2021-03-0{day}T09:00+00:00", views=50)
    assert len(sum_up().posts.sentences) == 1
