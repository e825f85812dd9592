"""Months as nobody wishes them: each is summed up in every format, in true and whole sentences."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup

from sgcomms.config import Board
from sgcomms.config.calendar import Awareness, blackout, calendar
from sgcomms.models import Account, Website
from sgcomms.periods import month
from sgcomms.reports.monthly import Summary, gather, page, write
from sgcomms.workspace import Workspace
from tests.conftest import At, Run
from tests.figures.conftest import Desk
from tests.reports.monthly.rich import OFFICER

NOW = "2027-03-05T09:00+00:00"
BAD = re.compile(r"\bNone\b|\bnan\b|\binf\b|\(\)| ,|,,|(?<!\.)\.\.(?!\.)| \.(?!\w)|\b1 posts\b")
"""What stands in a text only where something has gone wrong."""

LONG = "Babies " * 29
HOSTILE = (
    "<script>alert(1)</script>",
    "{{ 7 * 7 }} {% for x in y %}",
    "\u202eturned round",
    "| a | *b* [c](javascript:d)",
    "W" * 200,
    "\u0639\u0631\u0628\u064a \u05e2\u05d1\u05e8",
    "& \"quoted\" 'words' <b>",
)


def every_form(summary: Summary, space: Workspace) -> dict[str, str]:
    return {
        "md": write(summary, space.template("monthly.md"), "md"),
        "txt": write(summary, space.template("monthly.txt"), "txt"),
        "html": page(summary, space.template("monthly.html"), lambda _: b"\x89PNG"),
    }


def assert_whole(summary: Summary, space: Workspace) -> dict[str, str]:
    """Make sure that every format can be read, and return them."""
    found = every_form(summary, space)
    body = BeautifulSoup(found["html"], "html.parser").body
    assert body is not None
    for form, text in (*found.items(), ("body", body.get_text())):
        wrong = BAD.search(text) if form != "html" else None
        assert wrong is None, (form, text[max(0, wrong.start() - 60) : wrong.end() + 20])
        assert not {"\u202e", "\x1b"} & {*text}
    soup = BeautifulSoup(found["html"], "html.parser")
    assert soup.find("script") is None
    ids = [str(one["id"]) for one in soup.find_all(id=True)]
    assert len(ids) == len({*ids})
    assert {str(one["href"])[1:] for one in soup.select("sup a")} <= {*ids}
    return found


Sum = Callable[..., Summary]


@pytest.fixture
def february(desk: Desk, at: At) -> Sum:
    """Sum up February 2027, or another month, of the desk's board or another."""

    def go(name: str = "2027-02", now: str = NOW, board: Board | None = None) -> Summary:
        at(now)
        return gather(desk.db, board or desk.board, month(name), ())

    return go


def test_a_first_month_with_nothing(february: Sum, space: Workspace) -> None:
    found = assert_whole(february(), space)
    assert "No figures are known of February 2027." in found["txt"]
    assert "* Figures last read: none have been read yet." in found["txt"]
    assert "up " not in found["txt"].replace("up to", "")


def test_one_account_and_no_website(desk: Desk, february: Sum, space: Workspace) -> None:
    board = replace(desk.board, accounts={"x": desk.board.accounts["x"]}, websites={})
    desk.post("x", "one", "2027-02-03T09:00+00:00", "2027-03-04", impressions=7)
    found = february(board=board)
    assert found.headline[-1] == "In February 2027 we published 1 post on X."
    assert found.websites is None
    forms = assert_whole(found, space)
    assert "website" not in forms["txt"].lower()


def test_a_month_without_a_post_and_a_fall_to_nothing(
    desk: Desk, february: Sum, space: Workspace
) -> None:
    desk.post("x", "one", "2027-01-03T09:00+00:00", "2027-03-04", impressions=7)
    found = february()
    assert found.headline[-1] == "In February 2027 we published 0 posts on X."
    table = found.channels.table
    assert table is not None
    rows = {row[0].text: [cell.text for cell in row[1:]] for row in table.rows}
    assert rows["X, February 2027"] == ["0", "[z]"]
    assert rows["X, January 2027"] == ["1", "7"]
    assert_whole(found, space)


def test_followers_that_fell_and_followers_unknown(
    desk: Desk, february: Sum, space: Workspace
) -> None:
    for day, value in (("2027-01-31", 120), ("2027-02-28", 80)):
        desk.read("x", "followers", value, day, day, "2027-03-04")
    desk.read("facebook", "followers", None, "2027-02-28", "2027-02-28", "2027-03-04")
    text = assert_whole(february(), space)["txt"]
    assert "* X, change from January: Followers at month end: down 40" in text
    assert "-40" not in text
    assert "* Facebook, February" not in text or "[x]" in text


@pytest.mark.parametrize(
    ("name", "now", "last"),
    [
        ("2028-02", "2028-03-05T09:00+00:00", "29 February 2028"),
        ("2027-03", "2027-04-05T09:00+00:00", "31 March 2027"),
        ("2026-10", "2026-11-05T09:00+00:00", "31 October 2026"),
    ],
)
def test_leap_days_and_changes_of_the_clock(
    desk: Desk, february: Sum, space: Workspace, name: str, now: str, last: str
) -> None:
    """The last half hour of the month belongs to it by the board's clock, and the next does not."""
    end = month(name).end
    summer = name == "2027-03"
    inside, outside = ("22:30", "23:30") if summer else ("23:30", "00:30")
    after = end if summer else month(f"{now[:7]}").start
    read = now[:10]
    desk.post("x", "in", f"{end}T{inside}+00:00", read, impressions=3)
    desk.post("x", "out", f"{after}T{outside}+00:00", read, impressions=5)
    found = february(name, now)
    assert found.days.endswith(last)
    assert found.headline[-1].endswith("we published 1 post on X.")
    assert_whole(found, space)


def test_twelve_accounts_and_sources_that_were_never_read(
    desk: Desk, february: Sum, space: Workspace
) -> None:
    many = {f"a{n}": Account(f"a{n}", "mastodon", "live", f"a{n}") for n in range(12)}
    sites = {f"s{n}": Website(f"s{n}", "plausible", "https://e.org") for n in range(5)}
    board = replace(desk.board, accounts=many, websites=sites)
    desk.post("a3", "one", "2027-02-03T09:00+00:00", "2027-03-04", reactions=2)
    found = february(board=board)
    strip = [one.text for one in found.status.items]
    assert any("and 12 more (28 of 28 days each)" in one for one in strip)
    assert all(len(one) < 400 for one in strip)
    assert_whole(found, space)


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_everywhere(
    desk: Desk, run: Run, february: Sum, space: Workspace, at: At, words: str
) -> None:
    zone = desk.board.zone
    closed = blackout(words, month("2027-03").start, month("2027-03").end, words, zone)
    assert closed is not None
    days = [Awareness(words, month("2027-03").start, month("2027-03").end, confirmed=False)]
    board = replace(desk.board, name=words, calendar=calendar([closed], days))
    for day in (1, 2, 3):
        at_ = f"2027-02-0{day}T09:00+00:00"
        desk.post("x", f"p{day}", at_, "2027-03-04", impressions=10 if day < 3 else 90)
    desk.db.conn.execute("UPDATE publications SET text = ?", (words,))
    assert run("pause", "--reason", words, "--by", OFFICER).code in (0, 2)
    assert_whole(february(board=board), space)


CAMPAIGN = """\
campaign: bath-time
title: {title}
author: comms.officer@board.example
audience: Parents
{objective}accounts: [x]
posts:
  - {{id: one, at: 2027-02-12 09:00, text: "Stay within arm's reach."}}
"""


def with_campaign(space: Workspace, run: Run, title: str, objective: str = "") -> None:
    for file in (space.root / "campaigns").glob("*.yaml"):
        file.unlink()
    text = CAMPAIGN.format(title=title, objective=objective)
    (space.root / "campaigns" / "bath-time.yaml").write_text(text, "utf-8")
    assert run("queue").code == 0


def monthly(run: Run, form: str = "txt") -> str:
    result = run("report", "monthly", "--month", "2027-02", "--format", form)
    assert (result.code, result.err) == (0, "")
    return " ".join(result.out.split())


def test_a_title_of_two_hundred_letters_is_cut_on_the_page_and_whole_in_the_notes(
    run: Run, space: Workspace, at: At
) -> None:
    with_campaign(space, run, LONG.strip())
    at(NOW)
    text = monthly(run, "md")
    head, _, notes = text.partition("## Notes and definitions")
    assert LONG.strip() not in head
    assert "Babies…" in head
    assert LONG.strip() in notes


@pytest.mark.parametrize(
    ("objective", "words"),
    [
        ("", "No objective was set. Output: no figures."),
        (
            "objective: {measure: clicks_link, baseline: 40, target: 10, by: 2027-02-20}\n",
            "Objective: link clicks; baseline 40, target 10 by 20 February 2027.",
        ),
        (
            "objective: {measure: clicks_link, baseline: 1, target: 5, by: 2020-02-20}\n",
            "Outcome not measured: its last day was before the campaign began.",
        ),
        (
            "objective: {measure: page_views, baseline: 1, target: 5, by: 2027-02-20}\n",
            "Outcome not measured: page views are counted for the website as a whole, not for a",
        ),
    ],
)
def test_objectives_of_every_kind(
    run: Run, space: Workspace, at: At, objective: str, words: str
) -> None:
    with_campaign(space, run, "Bath time", objective)
    at(NOW)
    text = monthly(run)
    assert words in text
    assert "target was reached:" not in text
    assert "Learning and next step: nothing written yet." in text
