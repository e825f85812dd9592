"""The summary of each month: prepared once, on its day, and sent by itself only where it may."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import chain, repeat

import pytest

from sgcomms import distributing, service
from sgcomms.db import audit, pauses, writing
from sgcomms.distributing.monthly import due
from sgcomms.errors import SgcommsError
from tests.distributing.conftest import DOCUMENT, EVERYBODY, HEAD, MONTH, OFFICER, Sender
from tests.distributing.test_faults import agreed, forked, got, send
from tests.fakes import in_processes, killer
from tests.letters import Office, words

TUESDAY = datetime(2026, 11, 3, 8, 3, tzinfo=UTC)
"""The third of November 2026, at the hour of the board from which on it is prepared."""


@pytest.fixture
def third(sender: Sender) -> Sender:
    """An office on the morning of the third."""
    sender.office.machine.time = TUESDAY
    sender.office.beat()
    return sender


def work(sender: Sender) -> list[str]:
    """Do what the service does each quarter of an hour; return what it has to say."""
    space, board = sender.office.space, sender.office.board
    with space.database() as db:
        done = distributing.work(space, board, db, sender.desk.make)
        return [f"! {one.words}" if one.wrong else one.words for one in done]


def pause(sender: Sender, hour: datetime, begins: int, ends: int) -> None:
    """Pause everything from and to so many minutes after `hour`."""
    machine = sender.office.machine
    with sender.office.space.database() as db:
        machine.time = hour + timedelta(minutes=begins)
        pauses.start(db, "all", None, "a child has died", HEAD)
        machine.time = hour + timedelta(minutes=ends)
        pauses.lift(db, pauses.active(db)[0], HEAD)


def by_itself(sender: Sender) -> None:
    sender.office.set("reports: {", "reports: {send: by_itself, ")


class TestItsDay:
    @pytest.mark.parametrize(
        ("day", "hour", "month"),
        [
            (date(2026, 11, 2), 23, None),
            (date(2026, 11, 3), 7, None),
            (date(2026, 11, 3), 8, "2026-10"),
            (date(2026, 11, 30), 0, "2026-10"),
            (date(2026, 12, 1), 12, None),
            (date(2021, 4, 5), 23, None),  # Easter Monday
            (date(2021, 4, 6), 8, "2021-03"),
            (date(2022, 1, 3), 12, None),  # in place of New Year's Day
            (date(2022, 1, 4), 8, "2021-12"),
        ],
    )
    def test_is_the_first_office_day_from_the_third_on(
        self, sender: Sender, day: date, hour: int, month: str | None
    ) -> None:
        found = due(day, hour, sender.office.board)
        assert (found[0].name if found else None) == month

    def test_moves_with_a_holiday_of_config_calendar(self, sender: Sender) -> None:
        file = sender.office.space.root / "config" / "calendar.yaml"
        file.write_text("bank_holidays: [2026-11-03]\n", "utf-8")
        assert due(date(2026, 11, 3), 12, sender.office.board) is None
        assert due(date(2026, 11, 4), 8, sender.office.board) is not None

    def test_is_counted_by_the_boards_clock(self, sender: Sender) -> None:
        """It is eight in London, and seven in UTC."""
        sender.office.machine.time = datetime(2026, 6, 3, 6, 59, tzinfo=UTC)
        assert work(sender) == []
        sender.office.machine.later(minutes=1)
        assert len(work(sender)) == 1


class TestTheSummary:
    def test_waits_for_a_yes_and_somebody_is_told(self, third: Sender) -> None:
        assert work(third) == [f"! {DOCUMENT} was written to reports/: it waits for a yes"]
        folder = third.office.space.root / "reports"
        assert (folder / f"{DOCUMENT}.txt").read_text("utf-8") == f"{third.desk.words}\n"
        assert "<h1>Reach</h1>" in (folder / f"{DOCUMENT}.html").read_text("utf-8")
        third.office.tick()
        (letter,) = third.office.letters()
        assert (letter["To"], letter["Subject"]) == (OFFICER, "CPSPB: 1 report to say yes to")
        assert f"sgcomms report monthly --month {MONTH} --send" in words(letter)

    def test_is_prepared_once(self, third: Sender) -> None:
        work(third)
        third.desk.users = "6,013"
        assert work(third) == []
        third.office.tick()
        assert len(third.office.letters()) == 1

    def test_of_each_month_that_went_by_while_nothing_ran_is_prepared_too(
        self, third: Sender
    ) -> None:
        work(third)
        third.office.machine.time = datetime(2027, 2, 4, 9, tzinfo=UTC)
        assert work(third) == [
            f"! monthly-{month} was written to reports/: it waits for a yes"
            for month in ("2026-11", "2026-12", "2027-01")
        ]
        assert work(third) == []
        told = third.run("status").out.split()
        months = [told[n + 1] for n, word in enumerate(told) if word == "--month"]
        assert months == ["2026-11", "2026-12", "2027-01"]

    def test_of_a_month_before_the_first_that_was_prepared_is_nobodys_business(
        self, third: Sender
    ) -> None:
        assert len(work(third)) == 1
        third.office.machine.time = datetime(2026, 12, 3, 9, tzinfo=UTC)
        assert len(work(third)) == 1

    def test_catches_up_with_a_year_at_most(self, third: Sender) -> None:
        work(third)
        third.office.machine.time = datetime(2028, 11, 3, 9, tzinfo=UTC)
        done = work(third)
        assert len(done) == 13
        assert "monthly-2027-10" in done[0]

    def test_that_was_missed_never_goes_out_by_itself(self, third: Sender) -> None:
        by_itself(third)
        work(third)
        got(third)
        third.office.machine.time = datetime(2027, 1, 4, 9, tzinfo=UTC)
        late, *punctual = work(third)
        assert late.startswith("! monthly-2026-11 ")
        assert late.endswith("what is late waits for a yes")
        assert punctual == [f"sent monthly-2026-12 to {one}" for one in EVERYBODY]
        assert got(third) == dict.fromkeys(EVERYBODY, 1)

    def test_goes_out_after_the_yes(self, third: Sender) -> None:
        work(third)
        assert third.send().code == 0
        assert got(third) == dict.fromkeys(EVERYBODY, 1)
        third.office.machine.later(minutes=15)
        assert work(third) == []
        assert got(third) == {}

    def test_that_was_sent_before_its_day_is_not_prepared_again(self, sender: Sender) -> None:
        sender.office.machine.time = datetime(2026, 11, 2, 12, tzinfo=UTC)
        sender.send()
        sender.letters()
        sender.office.machine.time = TUESDAY
        assert work(sender) == []
        assert got(sender) == {}

    @pytest.mark.parametrize("change", ["send: never, ", None])
    def test_is_nobodys_business_where_nothing_is_sent(
        self, third: Sender, change: str | None
    ) -> None:
        if change:
            third.office.set("reports: {", f"reports: {{{change}")
        else:
            third.office.config = third.office.config.split("reports: {")[0]
        assert work(third) == []
        assert not (third.office.space.root / "reports").exists()


class TestByItself:
    def test_it_goes_out_on_its_day(self, third: Sender) -> None:
        by_itself(third)
        assert work(third) == [f"sent {DOCUMENT} to {one}" for one in EVERYBODY]
        assert got(third) == dict.fromkeys(EVERYBODY, 1)
        assert work(third) == []
        with third.office.space.database() as db:
            approved = [
                one.actor for one in audit.entries(db, DOCUMENT) if one.action == "approved"
            ]
        assert approved == ["report"]

    def test_not_without_figures(self, office: Office) -> None:
        office.mail(OFFICER)
        office.config += f"reports: {{send: by_itself, recipients: [{EVERYBODY[0]}]}}\n"
        office.machine.time = TUESDAY
        space, board = office.space, office.board
        with space.database() as db:
            make = distributing.maker(space, board, db)
            (line,) = distributing.work(space, board, db, make)
        assert line.wrong
        assert "no figures are known of the month, so it waits for a yes" in line.words
        assert office.letters() == []

    def test_not_when_it_is_late(self, third: Sender) -> None:
        by_itself(third)
        third.office.machine.later(days=1)
        (line,) = work(third)
        assert "what is late waits for a yes" in line
        assert got(third) == {}

    def test_not_while_everything_is_paused(self, third: Sender) -> None:
        by_itself(third)
        with third.office.space.database() as db:
            pauses.start(db, "all", None, "a child has died", HEAD)
        (line,) = work(third)
        assert "everything is paused" in line
        with third.office.space.database() as db:
            pauses.lift(db, pauses.active(db)[0], HEAD)
        third.office.machine.later(minutes=15)
        assert work(third) == []
        assert got(third) == {}

    @pytest.mark.parametrize(("begins", "ends"), [(-20, 10), (2, 10), (0, 0), (-20, 0)])
    def test_not_when_it_came_due_in_a_pause(self, third: Sender, begins: int, ends: int) -> None:
        """The pause is over at the first tick after the hour; minutes from the hour."""
        by_itself(third)
        hour = TUESDAY.replace(minute=0)
        pause(third, hour, begins, ends)
        third.office.machine.time = hour + timedelta(minutes=15)
        (line,) = work(third)
        assert "everything was paused" in line
        assert got(third) == {}

    def test_although_an_account_was_paused_then(self, third: Sender) -> None:
        by_itself(third)
        with third.office.space.database() as db:
            pauses.start(db, "account", "x", "hacked", HEAD)
            pauses.lift(db, pauses.active(db)[0], HEAD)
        assert len(work(third)) == 3

    def test_after_a_pause_that_was_over_before_its_hour(self, third: Sender) -> None:
        by_itself(third)
        pause(third, TUESDAY.replace(minute=0), -20, -1)
        third.office.machine.time = TUESDAY
        assert len(work(third)) == 3

    def test_not_from_a_copy_that_was_brought_back(self, third: Sender) -> None:
        by_itself(third)
        with third.office.space.database() as db, writing(db):
            audit.append(db, HEAD, "restore", "board")
        (line,) = work(third)
        assert "it may have gone out" in line
        assert got(third) == {}

    @pytest.mark.parametrize("act", ["restore", "take-over"])
    def test_a_copy_that_was_brought_back_says_so_before_it_waits(
        self, third: Sender, act: str
    ) -> None:
        with third.office.space.database() as db, writing(db):
            audit.append(db, HEAD, act, "board")
        (line,) = work(third)
        assert "it may have gone out" in line

    def test_without_a_server_somebody_is_told(self, third: Sender) -> None:
        by_itself(third)
        third.office.config = third.office.config.replace("mail: {", "# mail: {")
        with pytest.raises(SgcommsError, match="no `mail` server"):
            work(third)
        assert third.states() == ["queued"] * 3

    @forked
    def test_two_services_send_it_once(self, third: Sender) -> None:
        by_itself(third)
        ended = in_processes(*[lambda: work(third)] * 3)
        assert [one.code for one in ended] == [0, 0, 0]
        assert got(third) == dict.fromkeys(EVERYBODY, 1)


class TestTheService:
    @forked
    def test_goes_on_where_a_process_was_killed(self, sender: Sender) -> None:
        """What goes out is what was said yes to, whatever the figures are now."""
        space, board = sender.office.space, sender.office.board
        with space.database() as db:
            issue = agreed(sender, db)
        in_processes(lambda: send(space, board, issue, killer("recorded")))
        sender.desk.users = "6,013"
        sender.office.machine.later(minutes=3)
        with space.database() as db:
            done = distributing.work(space, board, db, sender.desk.make)
            assert {next(done).words, next(done).words} == {
                f"sent {DOCUMENT} to {one}" for one in EVERYBODY[1:]
            }
        assert {words(one) for one in sender.office.letters()} == {
            "In October 2026 the website had 6,012 users.\n"
        }

    def test_does_it_among_its_jobs(self, third: Sender) -> None:
        said: list[str] = []

        def say(line: str, *, wrong: bool) -> None:
            said.append(line.split("  ", 1)[1])

        lines = service.of(third.office.space, say).report(lambda: False)
        assert [one.words for one in lines] == [
            f"{DOCUMENT} was written to reports/: it waits for a yes"
        ]

    def test_ends_between_two_people_when_it_is_told_to(self, third: Sender) -> None:
        by_itself(third)
        space, board = third.office.space, third.office.board
        with space.database() as db:
            ending = chain([False], repeat(True))
            list(distributing.work(space, board, db, third.desk.make, ending=lambda: next(ending)))
        assert third.states() == ["sent", "queued", "queued"]
