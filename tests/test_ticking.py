"""A tick as a whole: what it does besides publishing, when, and what it does after trouble."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sgcomms import mailing, reconciling, ticking
from sgcomms.db import audit, chores, pauses, queue
from sgcomms.notifying import posting
from sgcomms.notifying.alerts import LEASE
from tests.conftest import Run
from tests.fakes import NOW, delivery, fill, in_processes, kill
from tests.faults.canaries import CANARIES
from tests.faults.conftest import faulty, faulty_process
from tests.faults.platform import FaultPlatform
from tests.letters import HEAD, OFFICER, Meanwhile, Office, live, office, words

__all__ = ["faulty", "faulty_process", "live", "office"]

LONDON = ZoneInfo("Europe/London")
WEEK = "CPSPB this week: no posts"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def planned(office: Office) -> dict[str, datetime]:
    """Return when each chore is due next."""
    with office.space.database() as db:
        return chores.known(db)


def reconciled(office: Office) -> list[str]:
    """Return when deliveries were reconciled."""
    with office.space.database() as db:
        return [one.at for one in audit.entries(db, "board") if one.action == "reconciled"]


def weeks(office: Office) -> list[datetime]:
    """Return when the letter of a Monday was sent, as its reader sees it."""
    found = [one for one in office.letters() if "this week" in one["Subject"]]
    return [one["Date"].datetime for one in found]


class TestChores:
    def test_are_planned_first_at_the_boards_hour(self, office: Office) -> None:
        office.tick()
        assert planned(office) == {
            "reconciliation": utc("2026-11-23T06:00"),
            "week ahead": utc("2026-11-23T08:00"),
        }
        assert reconciled(office) == []

    def test_are_done_once_at_the_boards_hour(self, office: Office) -> None:
        office.mail(OFFICER)
        office.tick()
        office.machine.later(seconds=0.75)  # no clock strikes whole seconds
        office.hourly(utc("2026-12-01T12:00"))
        days = ["11-23", "11-24", "11-25", "11-26", "11-27", "11-28", "11-29", "11-30", "12-01"]
        assert reconciled(office) == [f"2026-{day}T06:00:00Z" for day in days]
        assert weeks(office) == [utc("2026-11-23T08:00"), utc("2026-11-30T08:00")]
        assert planned(office)["week ahead"] == utc("2026-12-07T08:00")

    @pytest.mark.parametrize(
        ("day", "before", "after"),
        [
            ("2026-10-25", "05:00", "06:00"),  # from BST to GMT
            ("2027-03-28", "06:00", "05:00"),  # from GMT to BST
        ],
    )
    def test_keep_their_hour_when_the_clocks_change(
        self, day: str, before: str, after: str, office: Office
    ) -> None:
        office.mail(OFFICER)
        sunday = utc(f"{day}T00:00")
        office.machine.time = sunday - timedelta(hours=30)
        office.beat()
        office.tick()
        office.hourly(sunday + timedelta(hours=36))
        saturday, monday = sunday - timedelta(days=1), sunday + timedelta(days=1)
        assert reconciled(office) == [
            f"{saturday:%F}T{before}:00Z",
            f"{sunday:%F}T{after}:00Z",
            f"{monday:%F}T{after}:00Z",
        ]
        (sent,) = weeks(office)
        assert f"{sent.astimezone(LONDON):%a %H:%M}" == "Mon 08:00"

    def test_are_done_late_rather_than_never_and_once(self, office: Office) -> None:
        office.mail(OFFICER)
        office.tick()
        office.machine.time = utc("2026-12-23T15:20")  # a Wednesday, thirty days on
        office.tick()
        office.ticks(3)
        assert len(weeks(office)) == 1
        assert len(reconciled(office)) == 1
        assert planned(office) == {
            "reconciliation": utc("2026-12-24T06:00"),
            "week ahead": utc("2026-12-28T08:00"),
        }

    def test_are_done_by_one_of_two_ticks_at_once(self, office: Office) -> None:
        office.mail(OFFICER)
        office.tick()
        office.box.letters = Meanwhile(lambda: ticking.tick(office.space))
        office.at(utc("2026-11-23T08:00"))
        assert len(weeks(office)) == 1
        assert len(reconciled(office)) == 1

    @pytest.mark.skipif(sys.platform == "win32", reason="processes are forked")
    def test_are_done_again_when_their_process_was_killed(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def die(*arguments: object, **more: object) -> None:
            kill()

        def killed() -> None:
            monkeypatch.setattr(posting, "send_mail", die)
            ticking.tick(office.space)

        office.mail(OFFICER)
        office.tick()
        office.machine.time = utc("2026-11-23T08:00")
        office.beat()
        (ended,) = in_processes(killed)
        assert ended.killed
        office.ticks(14)
        assert weeks(office) == []
        office.ticks(2)
        assert len(weeks(office)) == 1
        assert planned(office)["week ahead"] == utc("2026-11-30T08:00")

    def test_that_fail_keep_nothing_from_going_out_and_are_tried_again(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fault(*_: object) -> None:
            raise KeyError("EAAGcanary")

        office.mail(OFFICER)
        office.tick()
        with office.space.database() as db:
            fill(db, [delivery("one", "x", mode="outbox", at=utc("2026-11-23T06:00"))])
        with monkeypatch.context() as patched:
            patched.setattr(reconciling, "load", fault)
            office.at(utc("2026-11-23T06:00"))
            office.ticks(16)
        (letter,) = office.letters()
        assert letter["Subject"] == "CPSPB: 1 reconciliation"
        assert "did not foresee (KeyError, test_ticking.py, line " in words(letter)
        assert "EAAGcanary" not in words(letter)
        office.ticks(15)
        assert len(reconciled(office)) == 1
        with office.space.database() as db:
            assert [row.state for row in queue.rows(db)] == ["published"]

    def test_are_planned_anew_where_a_wrong_clock_had_planned_them(self, office: Office) -> None:
        office.tick()
        with office.space.database() as db:
            chores.plan(db, "reconciliation", NOW + timedelta(days=300))
        office.ticks(1)
        assert planned(office)["reconciliation"] == utc("2026-11-23T06:00")

    def test_that_only_wake_a_tick_are_forgotten_when_it_is_done(
        self, office: Office, run: Run
    ) -> None:
        office.mail(OFFICER)
        office.tick()
        until = (NOW + timedelta(hours=1)).isoformat()
        assert run("pause", "--reason", "A storm", "--by", HEAD, "--until", until).code == 0
        assert "pause reminder" in planned(office)
        office.at(NOW + timedelta(minutes=59))
        assert office.letters() == []
        office.at(NOW + timedelta(minutes=60))
        (letter,) = office.letters()
        assert letter["Subject"] == "CPSPB: 1 pause"
        assert "everything is still paused (A storm); `sgcomms resume` lifts it" in words(letter)
        assert "pause reminder" not in planned(office)
        office.ticks(3)
        assert office.letters() == []

    def test_planned_anew_meanwhile_are_not_forgotten(self, office: Office) -> None:
        with office.space.database() as db:
            chores.plan(db, "takedowns", NOW)
            chores.plan(db, "takedowns", NOW + timedelta(minutes=5))
            chores.drop(db, "takedowns", NOW)
            assert chores.known(db) == {"takedowns": NOW + timedelta(minutes=5)}
            assert not chores.take(db, "takedowns", NOW, NOW)
            assert not chores.take(db, "takedowns", None, NOW)


class TestAnOutage:
    def test_of_thirty_days_lets_nothing_old_out_and_tells_all_of_it_in_one_letter(
        self, office: Office
    ) -> None:
        office.mail(OFFICER)
        office.tick()
        days = [NOW + timedelta(days=number, hours=1) for number in range(30)]
        with office.space.database() as db:
            fill(
                db,
                [delivery(f"p{at:%m%d}", "x", mode="outbox", at=at) for at in days],
            )
        office.machine.time = NOW + timedelta(days=29, minutes=90)
        done = office.tick()
        assert (len(done.held), done.published) == (29, ["test/p1221@x"])
        assert [one for one in office.subjects() if "this week" not in one] == [
            "CPSPB: publishing stood still, 29 held"
        ]
        office.ticks(30)
        assert office.letters() == []
        assert len(list((office.space.outbox / "x").glob("*.json"))) == 1

    def test_in_a_pause_lets_nothing_out_either(self, office: Office) -> None:
        office.mail(OFFICER)
        office.tick()
        with office.space.database() as db:
            fill(db, [delivery("one", "x", mode="outbox", at=NOW + timedelta(hours=1))])
            pauses.start(db, "all", None, "A baby has died", HEAD)
        office.at(NOW + timedelta(hours=1, minutes=5))
        with office.space.database() as db:
            pauses.lift(db, pauses.active(db)[0], HEAD)
        office.ticks(5)
        (letter,) = office.letters()
        assert letter["Subject"] == "CPSPB: 1 held"
        assert "it came due while paused" in words(letter)


class TestWhatIsUncertain:
    def test_is_told_at_once_with_where_to_look(self, live: Office, faulty: FaultPlatform) -> None:
        faulty.set_faults("500-before", protocol="x")
        live.at(utc("2026-11-22T10:00"))
        (letter,) = live.letters()
        assert letter["Subject"] == "SCPB: 1 uncertain"
        text = words(letter)
        assert "MAY HAVE GONE OUT (1)\n" in text
        assert 'X, @cplscb: "These are the words of post 0.' in text
        assert "  sgcomms settle faults/post-0@x --posted URL\n" in text
        assert len(faulty.public()) == 2

    def test_and_found_before_anybody_could_be_told_is_told_to_nobody(
        self, live: Office, faulty: FaultPlatform
    ) -> None:
        live.box.answers = {"MAIL": "451 later"}
        faulty.set_clock(utc("2026-11-22T10:00"))
        faulty.set_faults("500-after-accepting", protocol="x")
        live.at(utc("2026-11-22T10:00"))
        live.box.answers = {}
        live.ticks(6)
        with live.space.database() as db:
            assert {row.state for row in queue.rows(db)} == {"published"}
        assert live.subjects() == ["SCPB: 1 about e-mail"]


@pytest.mark.parametrize("fault", ["401", "402"])
def test_no_token_stands_in_a_letter(fault: str, live: Office, faulty: FaultPlatform) -> None:
    faulty.set_faults({"fault": fault, "request": "any"})
    faulty.set_clock(utc("2026-11-22T10:00"))
    live.at(utc("2026-11-22T10:00"))
    live.ticks(16)
    letters = [raw.decode() for raw in live.box.letters]
    assert letters
    assert [secret for secret in CANARIES if any(secret in one for one in letters)] == []


def test_a_letter_ends_before_another_tick_takes_it_for_given_up() -> None:
    assert mailing.DEADLINE < LEASE
