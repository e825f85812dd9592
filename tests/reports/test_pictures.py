"""The charts of the annual section: which there are, of what, and in which words."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from sgcomms import periods
from sgcomms.reports.annual import gather
from sgcomms.reports.model import Chart, Report
from sgcomms.workspace import Workspace
from tests.conftest import After, At, Run
from tests.golden import EXAMPLES, READ_ON, TAKE_IN
from tests.reports.conftest import Annual, ChangeBoard, Record

Charts = Callable[..., dict[str, Chart]]


@pytest.fixture
def charts(space: Workspace) -> Iterator[Charts]:
    """Return the charts of 2020-21, or of another year, by their ids."""
    with closing(space.database()) as db:

        def go(year: str = "2020-21") -> dict[str, Chart]:
            board = space.board()
            found: Report = gather(db, board, periods.year(year, board.year_starts), [])
            every = [one for section in found.sections for one in section.charts]
            assert len(every) == len({one.id for one in every})
            return {one.id: one for one in every}

        yield go


def month(year: int, number: int) -> tuple[str, str]:
    last = monthrange(year, number)[1]
    return f"{year}-{number:02}-01", f"{year}-{number:02}-{last}"


def level(subject: str, day: str, value: float) -> tuple[str, str, float, str, str]:
    return subject, "followers", value, day, day


def cells(chart: Chart) -> dict[str, list[str]]:
    return {row[0].text: [cell.text for cell in row[1:]] for row in chart.table.rows}


def values(chart: Chart, place: int = 0) -> list[float | None]:
    return [point.value for point in chart.series[place].points]


def test_the_golden_year_has_impressions_by_month_and_pages(after: After, charts: Charts) -> None:
    after(TAKE_IN)
    found = charts()
    assert set(found) == {"chart_impressions", "chart_pages_website"}
    impressions = found["chart_impressions"]
    assert sum(value or 0 for value in values(impressions)) == 111_383
    assert [one.label for one in impressions.series] == ["Twitter (now X)"]
    assert impressions.alt == (
        "Line chart. Impressions of posts published in each month, April 2020 to March 2021. "
        "Twitter (now X): 19,379 in April 2020, 5,792 in March 2021; the highest is 19,379 in "
        "April 2020."
    )
    pages = found["chart_pages_website"]
    assert values(pages) == [42_318, 31_204, 24_976, 22_841, 20_913]
    assert pages.alt.startswith("Bar chart of page views. Home: 42,318; Multi-agency training: ")


def test_one_value_makes_no_chart(record: Record, charts: Charts) -> None:
    record(level("x", "2021-03-31", 1007), level("facebook", "2021-03-31", 458))
    record(("website", "users_total", 90, *month(2020, 4)))
    record(("website", "page_views", 9, "2020-04-01", "2021-03-31"), dimension="page", key="/a")
    assert charts() == {}


def test_followers_of_each_account_with_their_days(record: Record, charts: Charts) -> None:
    record(
        level("x", "2020-04-30", 900),
        level("x", "2020-06-12", 950),
        level("x", "2021-03-31", 1007),
        level("facebook", "2020-04-30", 400),
        level("facebook", "2020-05-31", 410),
        level("instagram", "2021-03-31", 124),
    )
    chart = charts()["chart_followers"]
    assert [one.label for one in chart.series] == ["Twitter (now X)", "Facebook"]
    assert values(chart)[:4] == [900, None, 950, None]
    assert cells(chart)["May 2020"] == ["not available", "410"]
    assert "0" not in {text for row in cells(chart).values() for text in row}
    assert "Facebook: 400 in April 2020, 410 in May 2020; the highest is 410" in chart.alt
    assert "Twitter (now X): 900 in April 2020, 1,007 in March 2021; " in chart.alt
    assert "9 months have no value that can be drawn." in chart.alt


def test_a_level_of_another_day_than_the_last_has_a_note(
    record: Record, run: Run, charts: Charts
) -> None:
    record(level("x", "2020-04-30", 900), level("x", "2020-06-12", 950))
    text = run("report", "annual", "--year", "2020-21").out
    (row,) = [line for line in text.splitlines() if line.startswith("| June 2020 |")]
    _, mark = row.split("[^")
    assert f"[^{mark.split(']')[0]}]: On 12 June 2020." in text
    (whole,) = [line for line in text.splitlines() if line.startswith("| April 2020 |")]
    assert whole.count("[^") == 1  # its definition alone


def test_users_of_each_month_and_never_added(record: Record, charts: Charts) -> None:
    record(*(("website", "users_total", 100 + n, *month(2020, n)) for n in range(4, 13)))
    record(("website", "users_total", 5, "2021-01-01", "2021-01-15"))
    record(*(("website", "users_total", 7, f"2021-02-0{n}", f"2021-02-0{n}") for n in (1, 2)))
    chart = charts()["chart_users_website"]
    assert values(chart) == [*range(104, 113), None, None, None]
    shown = cells(chart)
    assert shown["April 2020"] == ["104"]
    assert shown["January 2021"] == ["5"]
    assert shown["February 2021"] == shown["March 2021"] == ["not available"]
    assert "No value can be drawn for January 2021, February 2021 and March 2021." in chart.alt


def test_a_bound_is_in_the_table_and_not_drawn(record: Record, charts: Charts) -> None:
    record(*(("website", "users_total", 100, *month(2020, n)) for n in (4, 5)))
    record(("website", "users_total", 18_000, *month(2020, 6)), bound="more than")
    chart = charts()["chart_users_website"]
    assert values(chart)[:3] == [100, 100, None]
    assert cells(chart)["June 2020"] == ["more than 18,000"]


def test_a_change_of_definition_is_a_break(record: Record, charts: Charts, at: At) -> None:
    at("2026-05-10T09:00+00:00")
    days = [(2025, n) for n in range(4, 13)] + [(2026, n) for n in (1, 2, 3)]
    record(
        *(("website", "users_total", 100 + n, *month(*day)) for n, day in enumerate(days)),
        *(level("facebook", month(*day)[1], 400 + n) for n, day in enumerate(days)),
        read_on="2026-05-03",
    )
    found = charts("2025-26")
    (cookies,) = found["chart_users_website"].breaks
    assert cookies.label == "February 2026"
    assert cookies.within, "of February, four days are of the one kind, 24 of the other"
    notes = {row[0].text: row[1].notes for row in found["chart_users_website"].table.rows}
    assert notes["February 2026"]
    assert not notes["March 2026"]
    assert cookies.text.startswith("5 February 2026: Since the Data (Use and Access) Act 2025")
    (fans,) = found["chart_followers"].breaks
    assert fans.label == "November 2025"
    assert not fans.within, "followers are those of the last day"
    assert "The lines are broken at November 2025. 15 November 2025: " in (
        found["chart_followers"].alt
    )


def test_a_month_with_a_change_in_it_compares_with_neither_side(
    record: Record, annual: Annual, at: At
) -> None:
    at("2026-05-10T09:00+00:00")
    record(
        *(("website", "users_total", 100, *month(2026, n)) for n in (1, 2, 3)),
        read_on="2026-05-03",
    )
    text = annual(year="2025-26")
    assert "Not comparable with the months before or after. 5 February 2026: " in text


def test_a_change_on_one_platform_breaks_its_own_line_only(
    record: Record, charts: Charts, annual: Annual, at: At
) -> None:
    at("2026-05-10T09:00+00:00")
    days = [(2025, n) for n in range(4, 13)] + [(2026, n) for n in (1, 2, 3)]
    record(
        *(level("facebook", month(*day)[1], 400 + n) for n, day in enumerate(days)),
        *(level("x", month(*day)[1], 900 + n) for n, day in enumerate(days)),
        read_on="2026-05-03",
    )
    found = charts("2025-26")["chart_followers"]
    (fans,) = found.breaks
    assert fans.series == ("Facebook",)
    assert "Only the line of Facebook is broken at November 2025. 15 November 2025: " in found.alt
    rows = {row[0].text: row[1:] for row in found.table.rows}
    column = found.table.header.index("Facebook") - 1
    assert [label for label, row in rows.items() if row[column].notes][-1] == "November 2025"
    assert not rows["November 2025"][1 - column].notes
    assert "Not comparable with the months before. 15 November 2025: " in annual(year="2025-26")


def test_what_changed_before_a_line_begins_breaks_nothing(
    record: Record, charts: Charts, at: At
) -> None:
    at("2026-05-10T09:00+00:00")
    before = [("facebook", "impressions", 9, *month(2025, n)) for n in (9, 10)]
    after = [("facebook", "views", 9, *month(2025, n)) for n in (11, 12)]
    record(*before, *after, read_on="2026-05-03")
    found = charts("2025-26")
    assert [one.label for one in found["chart_impressions"].breaks] == ["November 2025"]
    assert found["chart_views"].breaks == ()


def test_what_counts_differently_is_never_in_one_chart(
    run: Run, record: Record, charts: Charts, change_board: ChangeBoard, at: At
) -> None:
    """Views of YouTube are not the views of Meta."""
    at("2026-11-22T09:00+00:00")
    change_board(
        "  facebook: {",
        "  films: {platform: youtube, handle: cplscb, mode: outbox}\n  facebook: {",
    )
    for account in ("films", "facebook", "instagram"):
        record(
            *((account, "views", 9, *month(2026, n)) for n in (4, 5)),
            read_on="2026-06-10",
        )
    found = charts("2026-27")
    names = {id_: [one.label for one in chart.series] for id_, chart in found.items()}
    assert ["YouTube"] in names.values()
    assert all("YouTube" not in labels or labels == ["YouTube"] for labels in names.values())
    assert all(chart.title.endswith(tuple(names[id_])) for id_, chart in found.items())


def test_sums_of_posts_and_figures_of_accounts_are_apart(
    run: Run, record: Record, charts: Charts
) -> None:
    files = [str(EXAMPLES / f"x-tweets-2020-q{n}.csv") for n in (1, 2)]
    assert run("import", *files, "--read-on", str(READ_ON)).code == 0
    record(*(("instagram", "impressions", 9, *month(2020, n)) for n in (4, 5)))
    titles = {chart.title for chart in charts().values()}
    assert titles == {
        "Impressions of posts published in each month: Twitter (now X)",
        "Impressions in each month: Instagram",
    }


def test_five_accounts_are_two_charts(
    record: Record, charts: Charts, change_board: ChangeBoard
) -> None:
    more = "".join(
        f"  page-{n}: {{platform: facebook, handle: page{n}, page_id: '{n}', mode: outbox}}\n"
        for n in (1, 2)
    )
    change_board("  facebook: {", f"{more}  facebook: {{")
    for account in ("x", "page-1", "page-2", "facebook", "instagram"):
        record(level(account, "2020-04-30", 9), level(account, "2020-05-31", 10))
    found = charts()
    assert [len(chart.series) for chart in found.values()] == [4, 1]
    assert len({chart.title for chart in found.values()}) == 2


def test_a_month_that_is_not_over_is_not_drawn(record: Record, charts: Charts, at: At) -> None:
    at("2020-07-15T09:00+00:00")
    days = [level("x", f"2020-0{n}-10", 900 + n) for n in range(4, 8)]
    record(*days, read_on="2020-07-14")
    assert len(values(charts()["chart_followers"])) == 3


def test_months_that_the_year_has_a_part_of_are_left_out(
    record: Record, charts: Charts, change_board: ChangeBoard
) -> None:
    change_board("year_starts: 1 April", "year_starts: 6 April")
    record(level("x", "2020-05-31", 900), level("x", "2020-06-30", 950))
    labels = [point.label for point in charts()["chart_followers"].series[0].points]
    assert (labels[0], labels[-1], len(labels)) == ("May 2020", "March 2021", 11)
