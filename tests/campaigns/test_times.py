"""Wall-clock times of the board become instants: clock changes, repeats, the end of a day."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime

import pytest

from sgcomms.campaigns.times import wall_time
from sgcomms.workspace import DATABASE, Workspace
from tests.conftest import At, Run

HEAD = """\
campaign: bath-time
title: Bath time
author: comms.officer@board.example
audience: Parents
objective: {measure: clicks_link, baseline: 40, target: 120, by: 2027-03-31}
accounts: [x]
posts:
  - id: stay-close
    text: Stay within reach, every second.
"""


Write = Callable[..., None]


@pytest.fixture
def write(space: Workspace) -> Write:
    """Write the only campaign: one post with these lines."""

    def go(*lines: str) -> None:
        for path in (space.root / "campaigns").glob("*.yaml"):
            path.unlink()
        text = HEAD + "".join(f"    {line}\n" for line in lines)
        (space.root / "campaigns" / "bath-time.yaml").write_text(text, "utf-8")

    return go


def instants(run: Run) -> list[str]:
    return [one["at"] for one in json.loads(run("plan", "--json").out)["add"]]


@pytest.mark.parametrize(
    "written",
    ["2027-03-08 09:30", '"2027-03-08 09:30"', "'2027-03-08 09:30'", "2027-03-08T09:30"],
)
def test_a_time_may_be_quoted_or_not(written: str, write: Write, run: Run) -> None:
    write(f"at: {written}")
    assert instants(run) == ["2027-03-08T09:30:00Z"]


def test_an_hour_may_have_one_digit(write: Write, run: Run) -> None:
    write("at: 2027-06-08 9:30")
    assert instants(run) == ["2027-06-08T08:30:00Z"]


@pytest.mark.parametrize(
    ("at_time", "instant"),
    [
        ("2027-03-28 00:59", "2027-03-28T00:59:00Z"),
        ("2027-03-28 02:00", "2027-03-28T01:00:00Z"),
        ("2026-10-25 00:59", "2026-10-24T23:59:00Z"),
        ("2026-10-25 02:00", "2026-10-25T02:00:00Z"),
    ],
)
def test_beside_a_clock_change(at_time: str, instant: str, write: Write, run: Run, at: At) -> None:
    at("2026-10-01T09:00+00:00")
    write(f"at: {at_time}")
    assert instants(run) == [instant]


@pytest.mark.parametrize("time", ["01:00", "01:30", "01:59"])
def test_the_hour_that_is_missing_in_march(time: str, write: Write, run: Run) -> None:
    write(f"at: 2027-03-28 {time}")
    assert (
        f"10:9: error time-missing at: {time} does not exist on 28 March 2027" in run("check").err
    )


@pytest.mark.parametrize("time", ["01:00", "01:30", "01:59"])
def test_the_hour_that_comes_twice_in_october(time: str, write: Write, run: Run, at: At) -> None:
    at("2026-10-01T09:00+00:00")
    write(f"at: 2026-10-25 {time}")
    assert f"10:9: error time-twice at: {time} comes twice on 25 October 2026" in run("check").err


def test_a_weekly_repeat_keeps_its_time_on_the_wall(write: Write, run: Run) -> None:
    write("at: 2027-03-21 09:30", "repeat: {every: week, times: 3}")
    assert instants(run) == ["2027-03-21T09:30:00Z", "2027-03-28T08:30:00Z", "2027-04-04T08:30:00Z"]


def test_a_daily_repeat_keeps_its_time_on_the_wall(write: Write, run: Run, at: At) -> None:
    at("2026-10-01T09:00+00:00")
    write("at: 2026-10-24 09:30", "repeat: {every: day, times: 3}")
    assert instants(run) == ["2026-10-24T08:30:00Z", "2026-10-25T09:30:00Z", "2026-10-26T09:30:00Z"]


def test_a_monthly_repeat_from_the_31st_names_the_months_without_one(
    write: Write, run: Run
) -> None:
    write("at: 2027-01-31 09:30", "repeat: {every: month, times: 6}")
    found = run("check").err.splitlines()[:-1]
    assert [line.split(": ", 2)[2] for line in found] == [
        "February 2027 has no day 31",
        "April 2027 has no day 31",
        "June 2027 has no day 31",
    ]
    assert all(":11:13: error time-missing the " in line for line in found)


def test_a_monthly_repeat_from_the_28th_is_right(write: Write, run: Run) -> None:
    write("at: 2027-01-28 09:30", "repeat: {every: month, times: 3}")
    assert instants(run) == ["2027-01-28T09:30:00Z", "2027-02-28T09:30:00Z", "2027-03-28T08:30:00Z"]


def test_the_last_minute_of_the_day_of_expiry_is_in_time(write: Write, run: Run) -> None:
    write("at: 2027-03-31 23:59", "expires: 2027-03-31")
    assert run("check").code == 0


def test_the_first_minute_after_it_is_not(write: Write, run: Run) -> None:
    write("at: 2027-04-01 00:00", "expires: 2027-03-31")
    assert ":11:14: error after-expiry " in run("check").err


@pytest.mark.parametrize(
    ("day", "end"),
    [
        ("2027-03-27", "2027-03-28T00:00:00Z"),
        ("2027-03-28", "2027-03-28T23:00:00Z"),
        ("2027-10-30", "2027-10-30T23:00:00Z"),
        ("2027-10-31", "2027-11-01T00:00:00Z"),
    ],
)
def test_expiry_is_the_end_of_the_day_on_the_wall(
    day: str, end: str, write: Write, run: Run, space: Workspace
) -> None:
    write("at: 2027-03-08 09:30", f"expires: {day}")
    assert run("queue").code == 0
    with closing(sqlite3.connect(space.root / DATABASE)) as db:
        assert db.execute("SELECT expires_at FROM deliveries").fetchall() == [(end,)]


@pytest.mark.parametrize(
    ("now", "code"),
    [("2027-03-08T09:30:00+00:00", 0), ("2027-03-08T09:30:01+00:00", 2)],
)
def test_a_time_is_past_one_second_after_it(
    now: str, code: int, write: Write, run: Run, at: At
) -> None:
    write("at: 2027-03-08 09:30")
    at(now)
    result = run("check")
    assert result.code == code
    assert ("error in-the-past 2027-03-08 09:30 (Europe/London) is over" in result.err) == bool(
        code
    )


@pytest.mark.parametrize("text", ["2027-03-08 09:30", "2000-01-01 00:00", "2099-12-31 23:59"])
def test_a_wall_clock_time_is_what_is_written(text: str) -> None:
    assert wall_time(text) == datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("8/3/2027 9:30", "2027-03-08 09:30"),
        ("08.03.27 09.30", "2027-03-08 09:30"),
        ("8 March 2027 at 9am", "2027-03-08 09:00"),
        ("Mon 8th Mar 2027 12.15 am", "2027-03-08 00:15"),
        ("2027/03/08 12pm", "2027-03-08 12:00"),
        ("2027-3-8 9:05", "2027-03-08 09:05"),
        ("2027-03-08 09:30:00", "2027-03-08 09:30"),
        ("on approval.", "on approval"),
        ("Approval", "on approval"),
        ("when approved", "on approval"),
    ],
)
def test_another_way_of_writing_is_understood(text: str, meant: str) -> None:
    with pytest.raises(ValueError, match=f"write it as {meant}$"):
        wall_time(text)


@pytest.mark.parametrize(
    "text", ["2027-03-08 09:30Z", "2027-03-08T09:30+01:00", "8/3/2027 9:30 BST"]
)
def test_a_time_with_a_zone_is_not_guessed(text: str) -> None:
    with pytest.raises(ValueError, match="as the clock on the wall shows them"):
        wall_time(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2027-02-29 09:30", "February 2027 has 28 days, not 29"),
        ("2027-13-01 09:30", "there is no month 13"),
        ("2027-00-01 09:30", "there is no month 0"),
        ("2027-01-00 09:30", "January 2027 has 31 days, not 0"),
        ("2027-03-08 24:00", "there is no time 24:00"),
        ("2027-03-08 09:60", "there is no time 9:60"),
        ("0000-01-01 00:00", "the year 0000 is out of range"),
        ("1999-12-31 23:59", "the year 1999 is out of range"),
        ("9999-12-31 23:59", "the year 9999 is out of range"),
        ("٢٠٢٧-٠٣-٠٨ ٠٩:٣٠", "is not a time"),
        ("", "is not a time"),
    ],
)
def test_what_is_wrong_with_a_time(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        wall_time(text)
