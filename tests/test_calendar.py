"""`config/calendar.yaml`: the closed periods of a board, and that no slip in it is overlooked."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sgcomms.config import Calendar, Closed, load_board
from sgcomms.errors import ProblemsError
from sgcomms.workspace import Workspace
from tests.conftest import Run

MOURNING = "blackouts:\n  - {name: Mourning, first: 2027-01-11, last: 2027-01-20}\n"
ELECTION = "polls:\n  - {name: Local elections, date: 2027-05-06}\n"


def load(space: Workspace, text: str) -> Calendar:
    (space.root / "config" / "calendar.yaml").write_text(text, "utf-8")
    return space.board(words=False).calendar


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def names(calendar: Calendar, *moments: str) -> list[str | None]:
    found = [calendar.closed_at(utc(moment)) for moment in moments]
    return [one.name if one else None for one in found]


class TestBlackouts:
    def test_of_days_hold_both_days_whole(self, space: Workspace) -> None:
        assert load(space, MOURNING).closures == (
            Closed(
                name="Mourning",
                kind="blackout",
                first=utc("2027-01-11"),
                until=utc("2027-01-21"),
                words="Mourning (11 January 2027 to 20 January 2027)",
            ),
        )

    def test_begin_at_their_first_moment_and_end_before_their_last(self, space: Workspace) -> None:
        calendar = load(space, MOURNING)
        around = ("2027-01-10T23:59:59", "2027-01-11", "2027-01-20T23:59:59", "2027-01-21")
        assert names(calendar, *around) == [None, "Mourning", "Mourning", None]

    def test_go_by_the_boards_clocks(self, space: Workspace) -> None:
        text = "blackouts:\n- {name: Mourning, first: 2027-07-01 18:30, last: 2027-07-02}\n"
        (found,) = load(space, text).closures
        assert (found.first, found.until) == (utc("2027-07-01T17:30"), utc("2027-07-02T23:00"))
        assert found.words == "Mourning (1 July 2027 18:30 to 2 July 2027)"

    def test_may_end_at_a_time(self, space: Workspace) -> None:
        text = "blackouts:\n- {name: A, first: 2027-01-11 9:00, last: 2027-01-11T12:00}\n"
        (found,) = load(space, text).closures
        assert (found.first, found.until) == (utc("2027-01-11T09:00"), utc("2027-01-11T12:00"))

    def test_say_why(self, space: Workspace) -> None:
        text = MOURNING.replace("20}", "20, reason: announced by the Palace}")
        (found,) = load(space, text).closures
        assert found.words.endswith("20 January 2027): announced by the Palace")


class TestElections:
    def test_close_from_the_latest_notice_to_the_end_of_the_polls_day(
        self, space: Workspace
    ) -> None:
        (found,) = load(space, ELECTION).closures
        assert (found.kind, found.name) == ("election", "Local elections")
        assert found.first == utc("2027-03-30T23:00")  # 31 March, 00:00 BST
        assert found.until == utc("2027-05-06T23:00")  # 7 May, 00:00 BST
        assert found.words == (
            "the pre-election period of Local elections (31 March 2027 to 6 May 2027)"
        )

    def test_may_begin_earlier(self, space: Workspace) -> None:
        (found,) = load(space, ELECTION.replace("06}", "06, starts: 2027-03-22}")).closures
        assert found.first == utc("2027-03-22")

    def test_may_begin_on_the_latest_day_and_no_later(self, space: Workspace) -> None:
        (found,) = load(space, ELECTION.replace("06}", "06, starts: 2027-03-31}")).closures
        assert found.first == utc("2027-03-30T23:00")
        with pytest.raises(ProblemsError, match="2027-04-01 is too late"):
            load(space, ELECTION.replace("06}", "06, starts: 2027-04-01}"))

    def test_begin_earlier_for_a_holiday_that_comes_once(self, space: Workspace) -> None:
        (found,) = load(space, ELECTION + "bank_holidays: [2027-04-14]\n").closures
        assert found.first == utc("2027-03-29T23:00")


def test_of_two_periods_the_one_that_began_first_is_named(space: Workspace) -> None:
    text = MOURNING.replace("01-11", "04-12").replace("01-20", "05-20")
    calendar = load(space, text + ELECTION)
    assert [one.name for one in calendar.closures] == ["Local elections", "Mourning"]
    assert names(calendar, "2027-04-20", "2027-05-10") == ["Local elections", "Mourning"]


def test_without_a_file_nothing_is_closed(space: Workspace) -> None:
    (space.root / "config" / "calendar.yaml").unlink()
    assert space.board(words=False).calendar == space.board().calendar == Calendar()


def test_the_shipped_calendar_closes_nothing_that_is_to_come(space: Workspace) -> None:
    (found,) = space.board().calendar.closures
    assert found.first == utc("2026-03-29T23:00")
    assert space.board().calendar.closed_at(utc("2026-11-22T09:00")) is None


@pytest.mark.parametrize("words", [True, False])
@pytest.mark.parametrize(
    "damage",
    [b"\xff is not UTF-8", b"polls: [", b"polls: 1", b"- polls", b"pols: []", b"\0" * 100, None],
)
def test_a_calendar_that_cannot_be_understood_is_never_ignored(
    space: Workspace, damage: bytes | None, words: bool
) -> None:
    file = space.root / "config" / "calendar.yaml"
    file.unlink()
    if damage is None:
        file.mkdir()
    else:
        file.write_bytes(damage)
    board, problems = load_board(space.root, words=words)
    assert board is None
    assert {one.file for one in problems} == {"config/calendar.yaml"}


def test_publishing_stops_and_says_why(run: Run, space: Workspace) -> None:
    assert run("queue").code == 0
    (space.root / "config" / "calendar.yaml").write_text(ELECTION.replace("date", "day"), "utf-8")
    result = run("publish")
    assert (result.code, result.out) == (2, "")
    assert "config/calendar.yaml:2:29: error unknown-key 'day'" in result.err


def test_check_shows_the_mistakes_of_the_calendar_alone(run: Run, space: Workspace) -> None:
    file = space.root / "config" / "calendar.yaml"
    file.write_text("pols: []\n", "utf-8")
    result = run("check", str(file))
    assert (result.code, len(result.err.splitlines())) == (2, 2)
