"""Two years of months: what is unusual, what breaks a series, what is missing or provisional."""

from __future__ import annotations

from datetime import date

import pytest

from sgcomms.errors import UsageError
from sgcomms.models import Account
from sgcomms.periods import days
from sgcomms.reports.model import Cell, Section, Table
from sgcomms.reports.monthly import Summary, gather
from tests.conftest import At
from tests.figures.conftest import Desk
from tests.reports.monthly.conftest import Fill, Sum

STEADY = [1000.0, 1200.0] * 12
X = "Impressions on Twitter (now X)"


def table(section: Section) -> dict[str, dict[str, Cell]]:
    """Return a section's table by the words of its rows and columns."""
    assert section.table is not None
    return by_words(section.table)


def by_words(found: Table) -> dict[str, dict[str, Cell]]:
    return {row[0].text: dict(zip(found.header, row, strict=True)) for row in found.rows}


def caveats(summary: Summary) -> str:
    """Return what is said of the figures, on the page and in the notes."""
    parts = [summary.caveats, *(one for one in summary.annex if one.id == "limits")]
    return " ".join(item.text for one in parts for item in one.items)


def months(summary: Summary) -> dict[str, dict[str, Cell]]:
    """Return the numbers behind the trend; nothing where there are none."""
    found = [one for one in summary.annex if one.id == "months"]
    return table(found[0]) if found else {}


def changes(summary: Summary) -> list[str]:
    """Return the changes in words."""
    return [item.text for one in summary.annex if one.id == "changes" for item in one.items]


def finding(summary: Summary, measure: str = X) -> str:
    return table(summary.trend)[measure]["Finding"].text


# the channel table


def test_each_month_has_its_row_and_the_change_is_from_the_last(fill: Fill, sum_up: Sum) -> None:
    fill([900, *STEADY[:11], 1300])
    found = table(sum_up().channels)
    name = "Twitter (now X)"
    assert found[f"{name}, March 2021"]["Impressions"].text == "1,300"
    assert found[f"{name}, February 2021"]["Impressions"].text == "1,000"
    assert found[f"{name}, March 2020"]["Impressions"].text == "900"
    assert found[f"{name}, change from February"]["Impressions"].text == "up 300"


def test_impressions_views_and_reach_have_columns_of_their_own_and_no_total(
    desk: Desk, sum_up: Sum
) -> None:
    desk.read("x", "impressions", 70, "2021-03-01", "2021-03-31")
    desk.read("facebook", "reach", 30, "2021-03-01", "2021-03-31")
    desk.read("instagram", "reach", 20, "2021-03-01", "2021-03-31")
    found = sum_up()
    header = found.channels.table.header if found.channels.table else ()
    assert header == ("Account and month", "Impressions", "Reach")
    assert "people" not in repr(found.channels)
    printed = repr(found)
    for wrong in ("'50'", "'100'", "'90'", "'120'", "Total"):
        assert wrong not in printed


def test_missing_is_a_letter_and_never_a_nought(desk: Desk, sum_up: Sum) -> None:
    desk.read("x", "impressions", 70, "2021-03-01", "2021-03-31")
    desk.read("x", "followers", None, "2021-03-31", "2021-03-31", reason="withheld by X")
    desk.read("x", "followers", 900, "2021-02-28", "2021-02-28")
    found = sum_up()
    row = table(found.channels)["Twitter (now X), March 2021"]
    assert row["Followers at month end"].text == "[x]"
    notes = {note.number: note.text for note in found.notes}
    assert [notes[n] for n in row["Followers at month end"].notes] == [
        "Not available: withheld by X."
    ]
    assert "[x] not available: no figure is known." in caveats(found)


def test_what_a_platform_does_not_tell_is_not_applicable(desk: Desk, sum_up: Sum, at: At) -> None:
    desk.read("instagram", "impressions", 5, "2026-09-01", "2026-09-30", "2026-10-05")
    desk.read("x", "impressions", 5, "2026-09-01", "2026-09-30", "2026-10-05")
    desk.read("instagram", "views", 7, "2026-09-01", "2026-09-30", "2026-10-05")
    found = sum_up("2026-09", "2026-10-06T09:00+00:00")
    assert table(found.channels)["X, September 2026"]["Views"].text == "[z]"
    assert "[z] " in caveats(found)


def test_an_account_that_was_looked_at_and_has_no_posts_has_0(desk: Desk, sum_up: Sum) -> None:
    desk.post("x", "before", "2021-02-01T09:00+00:00", "2021-04-04", impressions=5)
    found = table(sum_up().channels)["Twitter (now X), March 2021"]
    assert (found["Posts"].text, found["Impressions"].text) == ("0", "[z]")


def test_an_account_that_nobody_looked_at_has_no_0(desk: Desk, sum_up: Sum) -> None:
    desk.post("x", "before", "2021-02-01T09:00+00:00", "2021-04-04", alone=True, impressions=5)
    found = table(sum_up().channels)["Twitter (now X), March 2021"]
    assert (found["Posts"].text, found["Impressions"].text) == ("[x]", "[x]")


def test_what_was_read_early_is_provisional(desk: Desk, sum_up: Sum) -> None:
    desk.post("x", "late", "2021-03-31T09:00+00:00", "2021-04-01", impressions=5)
    found = sum_up()
    assert table(found.channels)["Twitter (now X), March 2021"]["Impressions"].text == "5 [p]"
    assert "[p] " in caveats(found)
    desk.post("x", "late", "2021-03-31T09:00+00:00", "2021-04-04", impressions=6)
    found = sum_up()
    assert table(found.channels)["Twitter (now X), March 2021"]["Impressions"].text == "6"
    assert "[p] " not in caveats(found)


CAVEAT = "Figures of posts, such as impressions, views and reactions, are those of the posts publi"


def test_sums_over_posts_say_that_they_are_as_last_read(desk: Desk, sum_up: Sum) -> None:
    desk.post("x", "old", "2020-09-10T09:00+00:00", "2021-04-04", impressions=5)
    found = sum_up()  # one of the thirteen months, and none of those side by side
    (caveat,) = [note.number for note in found.notes if note.text.startswith(CAVEAT)]
    assert caveat in found.trend.sentences[0].notes
    desk.post("x", "new", "2021-03-10T09:00+00:00", "2021-04-04", impressions=5)
    found = sum_up()
    (caveat,) = [note.number for note in found.notes if note.text.startswith(CAVEAT)]
    assert caveat in found.channels.sentences[0].notes
    assert caveat in found.trend.sentences[0].notes


def test_what_was_read_of_a_whole_month_needs_no_such_caveat(desk: Desk, sum_up: Sum) -> None:
    desk.read("x", "impressions", 70, "2021-03-01", "2021-03-31")
    desk.read("website", "page_views", 70, "2021-03-01", "2021-03-31")
    desk.post("facebook", "one", "2021-03-10T09:00+00:00", "2021-04-04")
    assert not any(note.text.startswith(CAVEAT) for note in sum_up().notes)


def test_posts_read_on_different_days_say_so(desk: Desk, sum_up: Sum) -> None:
    desk.post("x", "one", "2021-03-10T09:00+00:00", "2021-03-20", impressions=5)
    desk.post("x", "two", "2021-03-11T09:00+00:00", "2021-04-04", impressions=6)
    found = sum_up()
    cell = table(found.channels)["Twitter (now X), March 2021"]["Impressions"]
    notes = {note.number: note.text for note in found.notes}
    assert [notes[number] for number in cell.notes] == [
        "Posts were read on days from 20 March 2021 to 4 April 2021."
    ]


def test_days_after_the_last_post_are_not_said_to_lack_figures(desk: Desk, sum_up: Sum) -> None:
    desk.post("x", "one", "2021-03-10T09:00+00:00", "2021-04-04", impressions=5)
    desk.read("website", "page_views", 70, "2021-03-01", "2021-03-31")
    begin = "Days without a source: "
    quiet = " An account may have been quiet on them: no source shows whether it was."
    (line,) = [one.text for one in sum_up().status.items if one.text.startswith("Days without")]
    assert line.startswith(begin)
    assert "Twitter" not in line  # its source says which days it lists
    assert "Facebook and Instagram (31 of 31 days each)" in line
    desk.read("facebook+instagram", "reach", 9, "2021-03-01", "2021-03-10")
    assert line in [one.text for one in sum_up().status.items]  # a joint figure is of neither
    assert line.endswith(quiet)


def test_days_of_a_website_are_never_quiet(desk: Desk, sum_up: Sum) -> None:
    for name in ("x", "facebook", "instagram"):
        desk.post(name, "one", "2021-03-10T09:00+00:00", "2021-04-04")
    lines = [one.text for one in sum_up().status.items]
    assert ("Days without a source: the website (31 of 31 days).") in lines


def test_followers_say_their_day_where_it_is_not_the_last(desk: Desk, sum_up: Sum) -> None:
    desk.read("x", "followers", 900, "2021-03-20", "2021-03-20")
    found = sum_up()
    cell = table(found.channels)["Twitter (now X), March 2021"]["Followers at month end"]
    notes = {note.number: note.text for note in found.notes}
    assert [notes[number] for number in cell.notes] == ["On 20 March 2021."]


def test_a_change_across_a_break_is_not_shown_and_says_why(desk: Desk, sum_up: Sum) -> None:
    desk.read("facebook", "reach", 500, "2026-05-01", "2026-05-31", "2026-06-05")
    desk.read("facebook", "reach", 400, "2026-06-01", "2026-06-30", "2026-07-05")
    found = sum_up("2026-06", "2026-07-06T09:00+00:00")
    cell = table(found.channels)["Facebook, change from May"]["Reach"]
    assert cell.text == "[x]"
    notes = {note.number: note.text for note in found.notes}
    assert "Facebook replaced reach by viewers" in notes[cell.notes[0]]
    assert not changes(found)


def test_answers_stand_side_by_side_where_a_platform_gives_no_total(
    desk: Desk, sum_up: Sum
) -> None:
    desk.post("x", "one", "2021-03-10T09:00+00:00", reactions=3, comments=2, engagements=9)
    found = sum_up()
    assert found.channels.table is not None
    assert found.channels.table.header[2:] == ("Engagements",)
    desk.post("facebook", "two", "2021-03-10T09:00+00:00", reactions=1, comments=1)
    found = sum_up()
    assert found.channels.table is not None
    assert found.channels.table.header[2:] == ("Reactions", "Comments")


def test_websites_have_a_table_of_their_own(desk: Desk, sum_up: Sum) -> None:
    desk.read("website", "page_views", 300, "2021-03-01", "2021-03-31")
    desk.read("website", "page_views", 250, "2021-02-01", "2021-02-28")
    found = sum_up()
    assert found.websites is not None
    row = table(found.websites)["Page views"]
    assert [row[one].text for one in ("March 2021", "February 2021", "March 2020")] == [
        *("300", "250", "[x]")
    ]
    assert row["Change from February 2021"].text == "up 50"


# the trend


def test_a_month_outside_the_usual_range_is_the_headline(fill: Fill, sum_up: Sum) -> None:
    fill([*STEADY[:12], 9000])
    found = sum_up()
    assert found.headline[0].startswith(f"{X} were unusually high in March 2021: 9,000, above ")
    assert finding(found) == "Special cause: above the usual range"


def test_an_ordinary_month_is_no_news(fill: Fill, sum_up: Sum) -> None:
    fill(STEADY[:13])
    found = sum_up()
    assert found.headline[0] == (
        "No unusual change in March 2021 in impressions on Twitter (now X)."
    )
    assert finding(found) == "Common cause: within the usual range"


@pytest.mark.parametrize(("count", "words"), [(9, "Too few months to judge (9 of 10)"), (10, "C")])
def test_ten_months_are_needed(fill: Fill, sum_up: Sum, count: int, words: str) -> None:
    fill(STEADY[:count])
    found = sum_up()
    assert finding(found).startswith(words)
    (series,) = found.trend.charts[0].series
    assert (series.limits is None) is (count < 10)


def test_a_month_without_posts_is_a_gap(fill: Fill, sum_up: Sum) -> None:
    fill([*STEADY[:5], None, *STEADY[:7]])
    (chart,) = sum_up().trend.charts
    assert chart.series[0].points[5].value is None
    assert "1 month has no figure." in chart.alt
    assert months(sum_up())


def test_a_month_whose_posts_no_source_lists_is_a_gap(desk: Desk, fill: Fill, sum_up: Sum) -> None:
    for number in (1, 2, 3):
        at = f"2021-0{number}-10T09:00+00:00"
        desk.post("x", f"a{number}", at, "2021-04-04", alone=True, impressions=5)
    february = "SELECT source FROM post_readings JOIN publications AS p ON p.id = publication"
    desk.db.conn.execute(
        "UPDATE sources SET first_at = NULL, last_at = NULL"
        f" WHERE id IN ({february} WHERE p.platform_id = 'a2')"
    )
    found = sum_up()
    assert [point.value for point in found.trend.charts[0].series[0].points][-3:] == [5, None, 5]
    cell = table(found.channels)["Twitter (now X), change from February"]["Impressions"]
    notes = {note.number: note.text for note in found.notes}
    assert notes[cell.notes[0]] == ("No change shown: no source lists posts of February 2021.")


def test_limits_are_of_the_months_since_the_last_break(fill: Fill, sum_up: Sum) -> None:
    fill([90_000.0] * 2 + STEADY[:11], "2026-03", "facebook", "views")
    found = sum_up("2026-03", "2026-04-05T09:00+00:00")
    (chart,) = found.trend.charts
    assert [one.label for one in chart.breaks] == ["Dec 2025"]
    assert [one.value for one in chart.series[0].points][7:10] == [1200, None, 1200]
    assert chart.series[0].limits is None
    row = table(found.trend)["Views on Facebook"]
    assert row["Finding"].text == "Too few months to judge (4 of 10)"
    assert "Facebook replaced impressions by views" in caveats(found)


def test_a_month_with_a_break_in_it_has_figures_and_no_verdict(fill: Fill, sum_up: Sum) -> None:
    fill(STEADY[:13], "2025-11", "facebook", "views")
    found = sum_up("2025-11", "2025-12-05T09:00+00:00")
    assert found.headline[0] == (
        "The definition of views on Facebook changed in November 2025, so that month cannot be "
        "judged."
    )
    row = table(found.trend)["Views on Facebook"]
    assert row["November 2025"].text == "[b]"
    assert row["Finding"].text == ("The definition changed in this month, so it cannot be judged")
    assert "[b] break: " in caveats(found)
    assert months(found)["November 2025"]["Views on Facebook"].text == "[b]"
    (chart,) = found.trend.charts
    assert chart.table.rows[-1][1].text == "[b]"
    assert "no figure" not in chart.alt
    assert "What is counted changed within November 2025, which is left out." in chart.alt


def test_a_bound_is_a_figure_that_is_not_judged(desk: Desk, sum_up: Sum) -> None:
    desk.read("website", "page_views", 300, "2021-03-01", "2021-03-31", bound="more than")
    assert sum_up().headline == ("No measure of March 2021 is known that could be judged.",)


def test_an_old_break_is_behind_the_usual_range(fill: Fill, sum_up: Sum) -> None:
    fill([90_000.0, *STEADY[:11], 1100], "2026-11", "facebook", "views")
    found = sum_up("2026-11", "2026-12-05T09:00+00:00")
    (chart,) = found.trend.charts
    limits = chart.series[0].limits
    assert limits is not None
    assert limits.high < 2000
    assert [one.label for one in chart.breaks] == ["Dec 2025"]


def test_a_bound_is_in_no_series(desk: Desk, sum_up: Sum) -> None:
    desk.read("website", "page_views", 300, "2021-03-01", "2021-03-31", bound="more than")
    (chart,) = sum_up().trend.charts
    assert chart.series[0].points[-1].value is None


def test_a_chart_has_its_numbers_in_a_table_and_in_words(fill: Fill, sum_up: Sum) -> None:
    fill([*STEADY[:12], 9000])
    found = sum_up()
    (chart,) = found.trend.charts
    assert [row[1].text for row in chart.table.rows][-2:] == ["1,200", "9,000"]
    assert "Lowest 1,000 in March 2020, highest 9,000 in March 2021." in chart.alt
    assert months(found)["March 2021"][X].text == "9,000"


def test_a_year_before_a_break_is_marked_and_said(desk: Desk, sum_up: Sum) -> None:
    for month, value in (("2026-03", 500), ("2027-02", 410), ("2027-03", 400)):
        last = "28" if month == "2027-02" else "31"
        desk.read("facebook", "reach", value, f"{month}-01", f"{month}-{last}", "2027-04-04")
    found = sum_up("2027-03", "2027-04-05T09:00+00:00")
    cells = table(found.channels)
    assert cells["Facebook, March 2026"]["Reach"].text == "500 [b]"
    assert cells["Facebook, February 2027"]["Reach"].text == "410"
    assert cells["Facebook, March 2027"]["Reach"].text == "400"
    assert (
        "15 June 2026: Facebook replaced reach by viewers. Reach on Facebook before and after do "
        "not compare. "
    ) in caveats(found)
    assert "[b] break: " in caveats(found)


def test_a_break_before_the_first_figure_breaks_nothing(fill: Fill, sum_up: Sum) -> None:
    fill(STEADY[:4], "2026-03", "facebook", "views")  # from December on, after the break
    found = sum_up("2026-03", "2026-04-05T09:00+00:00")
    assert "replaced" not in caveats(found)
    assert found.trend.charts[0].breaks == ()
    fill(STEADY[:5], "2026-03", "facebook", "views")  # from November on, in the midst of which
    found = sum_up("2026-03", "2026-04-05T09:00+00:00")
    assert "Facebook replaced impressions by views" in caveats(found)


def test_a_break_of_what_is_not_shown_is_not_said(desk: Desk, sum_up: Sum) -> None:
    desk.read("facebook", "reach", 400, "2027-03-01", "2027-03-31", "2027-04-04")
    assert "replaced reach" not in caveats(sum_up("2027-03", "2027-04-05T09:00+00:00"))


# a month that runs, and other refusals


def test_a_month_that_is_not_over_is_neither_compared_nor_judged(fill: Fill, sum_up: Sum) -> None:
    fill([*STEADY[:12], 9000])
    found = sum_up(now="2021-03-20T09:00+00:00")
    assert found.title == "Reach summary, March 2021 so far"
    assert found.days == "1 March 2021 to 20 March 2021"
    assert "not over" in found.headline[0]
    assert table(found.channels)["Twitter (now X), change from February"]["Posts"].text == "[x]"
    assert finding(found) == "The month is not over, so it is not judged"


def test_nothing_known_is_said_and_prints_no_figure(sum_up: Sum) -> None:
    found = sum_up()
    assert found.headline == ("No figures are known of March 2021.",)
    assert found.figures == {}
    assert (found.websites, months(found)) == (None, {})
    assert (
        "Twitter (now X), Facebook, Instagram and the website: no figures of March 2021 itself."
    ) in caveats(found)
    assert "Figures last read: none have been read yet." in [one.text for one in found.status.items]


def test_only_a_month_is_summed_up(desk: Desk, sum_up: Sum, at: At) -> None:
    at("2021-04-05T09:00+00:00")
    with pytest.raises(UsageError, match="is not a month"):
        gather(desk.db, desk.board, days(date(2021, 3, 1), date(2021, 3, 30)), ())
    with pytest.raises(UsageError, match="has not begun yet"):
        sum_up("2021-05")
    with pytest.raises(UsageError, match="before March 2021 began"):
        sum_up(as_of=date(2021, 2, 1))
    with pytest.raises(UsageError, match="no websites before"):
        sum_up("1980-01")


def test_a_board_without_accounts_has_a_summary_too(desk: Desk, at: At) -> None:
    from dataclasses import replace

    from sgcomms.periods import month

    at("2021-04-05T09:00+00:00")
    bare = replace(desk.board, accounts=dict[str, Account](), websites={})
    found = gather(desk.db, bare, month("2021-03"), ())
    assert found.headline == ("No figures are known of March 2021.",)


def test_other_months_have_sources_of_their_own(fill: Fill, sum_up: Sum) -> None:
    fill([100.0] * 3)
    assert sum_up().sources[-1] == (
        "The figures of other months have more sources: the summary of each names its own."
    )


def test_one_month_alone_has_no_others(desk: Desk, sum_up: Sum) -> None:
    desk.read("x", "followers", 100.0, "2021-03-31", "2021-03-31")
    assert len(sum_up().sources) == 1
