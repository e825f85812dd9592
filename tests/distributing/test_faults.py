"""Processes that die, sleep, meet each other, or are stopped: nobody gets a report twice."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from sgcomms import clock, distributing, files
from sgcomms.config import Board
from sgcomms.db import Db, audit, pauses, sendings, writing
from sgcomms.db.backup import Act, distrust
from sgcomms.db.home import Home
from sgcomms.db.issues import Issue
from sgcomms.db.sendings import Sending
from sgcomms.distributing.carrying import Arm, Parcel, Seen
from sgcomms.distributing.sending import STEPS
from sgcomms.errors import StateError
from sgcomms.workspace import Workspace
from tests.cli.conftest import elsewhere
from tests.distributing.conftest import (
    CHAIR,
    DOCUMENT,
    EVERYBODY,
    HEAD,
    NHS,
    OFFICER,
    POLICE,
    Sender,
)
from tests.distributing.test_sending import OCTOBER, Numbered, work
from tests.fakes import in_processes, kill, killer

forked = pytest.mark.skipif(sys.platform == "win32", reason="processes are forked")

FIRE = "fire@board.example"

TUESDAY = datetime(2026, 11, 3, 8, 3, tzinfo=UTC)


def agreed(sender: Sender, db: Db) -> Issue:
    """Return the summary of October, to which somebody has said yes."""
    prepared = distributing.prepare(db, sender.office.board, sender.desk.make(OCTOBER))
    distributing.approve(db, prepared.issue, prepared.to, HEAD)
    return prepared.issue


def send(
    space: Workspace, board: Board, issue: Issue, step: Callable[[str], None] = lambda name: None
) -> list[Sending]:
    """Send an issue, as a process of its own would."""
    with space.database() as db:
        return distributing.send(space, board, db, issue, step=step)


def got(sender: Sender) -> Counter[str]:
    """Return how many letters each person has got since the last look."""
    return Counter(str(one["To"]) for one in sender.office.letters())


@forked
class TestAProcessThatDies:
    @pytest.mark.parametrize("name", STEPS)
    def test_is_followed_by_one_that_sends_to_the_others(self, sender: Sender, name: str) -> None:
        """What was armed is uncertain; it is never sent again, whether it had gone out or not."""
        space, board = sender.office.space, sender.office.board
        with space.database() as db:
            issue = agreed(sender, db)
        assert in_processes(lambda: send(space, board, issue, killer(name)))[0].killed
        sender.office.machine.later(minutes=3)
        rows = send(space, board, issue)
        lost = name in ("armed", "carried")
        assert [row.state for row in rows] == ["uncertain" if lost else "sent", "sent", "sent"]
        missing = {CHAIR} if name == "armed" else set()
        assert got(sender) == Counter(set(EVERYBODY) - missing)
        with space.database() as db:
            assert audit.broken_at(db) is None
            assert len(sendings.standing(db)) == lost

    @pytest.mark.parametrize("number", range(1, 11))
    def test_inside_a_transaction(self, sender: Sender, number: int) -> None:
        """The first settles where this is, then come claim, arming and outcome for each person."""
        space, board = sender.office.space, sender.office.board
        with space.database() as db:
            issue = agreed(sender, db)
        append, calls = audit.append, iter(range(1, 99))

        def append_or_die(*arguments: object, **detail: object) -> None:
            append(*arguments, **detail)  # type: ignore[arg-type]
            if next(calls) == number:
                kill()

        def die() -> None:
            pytest.MonkeyPatch().setattr(audit, "append", append_or_die)
            send(space, board, issue)

        assert in_processes(die)[0].killed
        sender.office.machine.later(minutes=3)
        rows = send(space, board, issue)
        found = got(sender)
        assert found == Counter(EVERYBODY)
        unsure = [row.recipient for row in rows if row.state == "uncertain"]
        lost = number > 1 and number % 3 == 1  # the e-mail was out, and that was not recorded
        assert len(unsure) == lost

    def test_before_it_armed_leaves_it_to_the_command(self, sender: Sender) -> None:
        sender.office.box.refused = frozenset({POLICE, NHS})
        space, board = sender.office.space, sender.office.board
        with space.database() as db:
            issue = agreed(sender, db)
        in_processes(lambda: send(space, board, issue, killer("claimed")))
        sender.office.machine.later(minutes=3)
        assert f"  to:      {', '.join(EVERYBODY)}" in sender.command().out

    def test_can_be_settled_once_it_cannot_be_at_work_any_more(self, sender: Sender) -> None:
        space, board = sender.office.space, sender.office.board
        with space.database() as db:
            issue = agreed(sender, db)
        in_processes(lambda: send(space, board, issue, killer("armed")))
        settle = ("report", "settle", DOCUMENT, CHAIR, "--received", "--by", OFFICER)
        assert "is sending: only what is uncertain can be settled" in sender.run(*settle).err
        sender.office.machine.later(minutes=3)
        assert sender.run(*settle).out == f"sent       {CHAIR}\n"

    def test_while_it_is_still_at_work_is_not_overtaken(self, sender: Sender) -> None:
        space, board = sender.office.space, sender.office.board
        with space.database() as db:
            issue = agreed(sender, db)
        in_processes(lambda: send(space, board, issue, killer("armed")))
        rows = send(space, board, issue)
        assert [row.state for row in rows] == ["sending", "sent", "sent"]

    def test_four_at_once_send_each_report_once(self, sender: Sender) -> None:
        space, board = sender.office.space, sender.office.board
        with space.database() as db:
            issue = agreed(sender, db)
        ended = in_processes(*[lambda: send(space, board, issue)] * 4)
        assert [one.code for one in ended] == [0] * 4
        assert got(sender) == Counter(EVERYBODY)
        assert sender.states() == ["sent"] * 3

    def test_four_that_prepare_and_say_yes_at_once_send_each_report_once(
        self, sender: Sender
    ) -> None:
        space, board = sender.office.space, sender.office.board

        def whole() -> None:
            with space.database() as db:
                prepared = distributing.prepare(db, board, sender.desk.make(OCTOBER))
                if prepared.kind != "sent":
                    distributing.approve(db, prepared.issue, prepared.to, HEAD)
                distributing.send(space, board, db, prepared.issue)

        ended = in_processes(*[whole] * 4)
        assert [one.code for one in ended] == [0] * 4
        assert got(sender) == Counter(EVERYBODY)


class Hands:
    """Carries by hand, at once."""

    words = "by hand"

    def __init__(self) -> None:
        self.carried: list[str] = []

    def look(self, parcel: Parcel) -> Seen | None:
        """Nobody can be asked."""
        return None

    def carry(self, parcel: Parcel, arm: Arm) -> str:
        """Hand it over as soon as it may be."""
        arm()
        self.carried.append(parcel.recipient)
        return "handed over"


class TestAProcessThatSleeps:
    def test_between_arming_and_sending_does_not_send(self, sender: Sender) -> None:
        space, board = sender.office.space, sender.office.board
        with space.database() as db:
            issue = agreed(sender, db)

        def step(name: str) -> None:
            if name == "armed":
                sender.office.machine.later(seconds=6)

        rows = send(space, board, issue, step)
        assert {row.state for row in rows} == {"queued"}
        assert got(sender) == Counter()
        sender.office.machine.later(minutes=15)
        send(space, board, issue)
        assert got(sender) == Counter(EVERYBODY)

    def test_is_told_so_by_the_arming_itself(self, sender: Sender) -> None:
        """Whatever carries it: what looks at no time of its own sends nothing either."""
        space, board = sender.office.space, sender.office.board
        hands = Hands()

        def step(name: str) -> None:
            if name == "armed":
                sender.office.machine.later(seconds=6)

        with space.database() as db:
            rows = distributing.send(space, board, db, agreed(sender, db), by=hands, step=step)
        assert [row.state for row in rows] == ["queued"] * 3
        assert hands.carried == []

    def test_between_claiming_and_arming_has_lost_its_claim(self, sender: Sender) -> None:
        """Nobody has taken it over yet; what it would send may be long out of date."""
        space, board = sender.office.space, sender.office.board
        with space.database() as db:
            issue = agreed(sender, db)

        def step(name: str) -> None:
            if name == "arming":
                sender.office.machine.later(minutes=3)

        rows = send(space, board, issue, step)
        assert (rows[0].sends, got(sender)) == (0, Counter())

    def test_after_the_server_was_asked_for_the_e_mail_does_not_send(
        self, sender: Sender, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The server takes its time with DATA, and the machine goes to sleep meanwhile."""
        space, board = sender.office.space, sender.office.board
        with space.database() as db:
            issue = agreed(sender, db)
        machine = sender.office.machine

        class Slow(dict[str, str]):
            def get(self, at: str, words: str) -> str:  # type: ignore[override]
                if at == "DATA":
                    machine.later(seconds=6)
                return words

        monkeypatch.setattr(sender.office.box, "answers", Slow())
        rows = send(space, board, issue)
        assert [row.state for row in rows] == ["queued"] * 3
        assert rows[0].sends == 1
        assert not any(b"6,012" in one for one in sender.office.box.letters)

    def test_past_its_lease_and_finds_its_report_sent_by_another(self, sender: Sender) -> None:
        """It wakes with the e-mail out; a person had said that it had not arrived."""
        space, board = sender.office.space, sender.office.board
        with space.database() as db:
            issue = agreed(sender, db)
            asleep = iter([True])

            def step(name: str) -> None:
                if name != "carried" or not next(asleep, False):
                    return
                sender.office.machine.later(minutes=5)
                with space.database() as other:
                    sendings.sweep(other, "another")
                    distributing.settle(other, board, DOCUMENT, CHAIR, HEAD, received=False)
                    distributing.approve(other, issue, [CHAIR], HEAD)
                    distributing.send(space, board, other, issue)

            distributing.send(space, board, db, issue, step=step)
            told = [one.action for one in audit.entries(db, DOCUMENT)]
        assert "strayed" in told
        assert sender.states() == ["sent"] * 3


class TestAPause:
    def test_stops_it_in_between(self, sender: Sender) -> None:
        space = sender.office.space

        def pause() -> None:
            with space.database() as db:
                pauses.start(db, "all", None, "a child has died", HEAD)

        sender.office.box.letters = Numbered(1, pause)
        sender.send()
        assert got(sender) == Counter([CHAIR])
        assert sender.states() == ["sent", "queued", "queued"]
        stopped = sender.command()
        assert stopped.code == 3
        assert "everything is paused" in stopped.err

    def test_that_is_over_lets_nothing_go_by_itself(self, sender: Sender) -> None:
        self.test_stops_it_in_between(sender)
        sender.office.box.letters = []
        sender.office.machine.later(minutes=20)
        with sender.office.space.database() as db:
            (one,) = pauses.active(db)
            pauses.lift(db, one, HEAD)
        assert work(sender) == []
        assert got(sender) == Counter()
        assert sender.send().code == 0
        assert got(sender) == Counter([POLICE, NHS])

    def test_of_one_account_stops_no_report(self, sender: Sender) -> None:
        with sender.office.space.database() as db:
            pauses.start(db, "account", "x", "hacked", HEAD)
        assert sender.send().code == 0

    def test_between_arming_and_sending_still_stops_it(self, sender: Sender) -> None:
        space, board = sender.office.space, sender.office.board
        with space.database() as db:
            issue = agreed(sender, db)

        def step(name: str) -> None:
            if name == "armed":
                with space.database() as other:
                    pauses.start(other, "all", None, "a child has died", HEAD)

        rows = send(space, board, issue, step)
        assert [row.state for row in rows] == ["queued"] * 3
        assert got(sender) == Counter()

    def test_and_its_end_within_the_second_of_the_yes_void_it(self, sender: Sender) -> None:
        """The clock stands; the yes came first."""
        space, board = sender.office.space, sender.office.board
        with space.database() as db:
            issue = agreed(sender, db)
            pause_and_resume(db)
        rows = send(space, board, issue)
        assert [row.state for row in rows] == ["queued"] * 3
        assert got(sender) == Counter()

    def test_that_ended_within_the_second_before_the_yes_stops_nothing(
        self, sender: Sender
    ) -> None:
        seal = sender.seal()
        with sender.office.space.database() as db:
            pause_and_resume(db)
        assert sender.command("--yes-to", seal, "--by", HEAD).code == 0
        assert got(sender) == Counter(EVERYBODY)

    def test_voids_the_yes_that_was_given_in_it(self, sender: Sender) -> None:
        """It began after the look whether everything is paused."""
        space, board = sender.office.space, sender.office.board
        with space.database() as db:
            pauses.start(db, "all", None, "a child has died", HEAD)
            issue = agreed(sender, db)
            pauses.lift(db, pauses.active(db)[0], HEAD)
        send(space, board, issue)
        assert got(sender) == Counter()

    def test_lets_no_yes_count_while_it_goes_on(self, sender: Sender) -> None:
        with sender.office.space.database() as db:
            pauses.start(db, "all", None, "a child has died", HEAD)
            issue = agreed(sender, db)
            assert not distributing.may_go(db, issue.id, clock.now())
            assert sendings.claim(db, issue, clock.now(), "me") is None

    def test_counts_though_the_clock_was_put_back_meanwhile(self, sender: Sender) -> None:
        space, board = sender.office.space, sender.office.board
        with space.database() as db:
            issue = agreed(sender, db)
            sender.office.machine.later(minutes=-3)
            pause_and_resume(db)
        send(space, board, issue)
        assert got(sender) == Counter()

    def test_by_a_file_named_stop_after_the_claim_leaves_it_unarmed(self, sender: Sender) -> None:
        space, board = sender.office.space, sender.office.board
        with space.database() as db:
            issue = agreed(sender, db)

        def step(name: str) -> None:
            if name == "arming":
                files.write_whole(space.root / "STOP", b"")

        rows = send(space, board, issue, step)
        assert ([row.sends for row in rows], got(sender)) == ([0] * 3, Counter())

    def test_by_a_file_named_stop_claims_no_more(self, sender: Sender) -> None:
        space = sender.office.space
        sender.office.box.letters = Numbered(1, lambda: files.write_whole(space.root / "STOP", b""))
        sender.send()
        assert [sender.rows()[one].attempt for one in EVERYBODY] == [1, 0, 0]
        assert got(sender) == Counter([CHAIR])

    def test_by_a_file_named_stop(self, sender: Sender) -> None:
        files.write_whole(sender.office.space.root / "STOP", b"")
        done = sender.command()
        assert (done.code, got(sender)) == (3, Counter())
        assert "a file named STOP" in done.err


def pause_and_resume(db: Db) -> None:
    """Pause everything, and go on at once."""
    pauses.start(db, "all", None, "a child has died", HEAD)
    pauses.lift(db, pauses.active(db)[0], HEAD)


class TestElsewhere:
    def test_a_copy_sends_nothing(self, sender: Sender) -> None:
        elsewhere(sender.office.space)
        done = sender.command()
        assert (done.code, got(sender)) == (3, Counter())
        assert "this is a copy" in done.err

    def test_the_first_place_to_send_is_the_one(self, sender: Sender) -> None:
        sender.send()
        sender.letters()
        with sender.office.space.database() as db, writing(db):
            db.conn.execute("UPDATE home SET path = '/srv/board'")
        sender.desk.users = "6,013"
        assert sender.command().code == 3

    def test_a_clock_that_is_behind_sends_nothing(self, sender: Sender) -> None:
        sender.send()
        sender.letters()
        sender.desk.users = "6,013"
        sender.office.machine.later(minutes=-6)
        done = sender.command()
        assert (done.code, got(sender)) == (3, Counter())
        assert "clock" in done.err

    def test_what_a_restored_copy_has_not_sent_is_uncertain(self, sender: Sender) -> None:
        with sender.office.space.database() as db:
            agreed(sender, db)
            now = sender.office.machine.time
            distrust(db, "restore", now - timedelta(days=1), Home("here", "/srv"), HEAD)
        assert sender.states() == ["uncertain"] * 3
        assert got(sender) == Counter()


def bring_back(sender: Sender, act: Act = "restore", minutes: int = 1) -> None:
    """Let the database be a copy that was brought back so many minutes ago."""
    space, now = sender.office.space, sender.office.machine.time
    with space.database() as db:
        distrust(db, act, now - timedelta(hours=1), space.home, HEAD)
        for one in pauses.active(db):
            pauses.lift(db, one, HEAD)
    sender.office.machine.later(minutes=minutes)


class TestADatabaseThatWasBroughtBack:
    @pytest.fixture(params=get_args(Act))
    def back(self, sender: Sender, request: pytest.FixtureRequest) -> Sender:
        """An office whose database is a copy from before the summary was perhaps sent."""
        sender.seal()
        bring_back(sender, request.param)
        return sender

    @pytest.fixture
    def refused(self, sender: Sender) -> Sender:
        """An office that knows of a refusal of one, in a copy: perhaps they have it since."""
        sender.office.box.refused = frozenset({POLICE})
        sender.send()
        got(sender)
        sender.office.box.refused = frozenset()
        bring_back(sender)
        return sender

    def test_sends_nothing_on_a_plain_yes(self, back: Sender) -> None:
        done = back.send()
        assert (done.code, got(back)) == (3, Counter())
        assert "may have gone out already. On 22 November 2026 this database" in done.err
        assert f"Ask {', '.join(EVERYBODY)}" in done.err
        assert "--not-sent-before --by WHO" in done.err
        assert f"report settle {DOCUMENT} {CHAIR} --received" in done.err

    def test_sends_nothing_by_itself(self, back: Sender) -> None:
        back.office.set("reports: {", "reports: {send: by_itself, ")
        assert (back.command().code, got(back)) == (3, Counter())
        assert back.command("--not-sent-before").code == 2
        assert got(back) == Counter()

    def test_sends_once_somebody_has_asked(self, back: Sender) -> None:
        assert back.send("--not-sent-before").code == 0
        assert got(back) == Counter(EVERYBODY)
        with back.office.space.database() as db:
            (yes,) = [one for one in audit.entries(db, DOCUMENT) if one.action == "approved"]
        assert (yes.actor, yes.detail["not_sent_before"]) == (HEAD, EVERYBODY)

    def test_knows_what_was_sent_since(self, back: Sender) -> None:
        back.send("--not-sent-before")
        got(back)
        back.desk.users = "6,013"
        assert back.send().code == 0
        assert got(back) == Counter(EVERYBODY)

    def test_knows_it_within_the_second(self, sender: Sender) -> None:
        sender.seal()
        bring_back(sender, minutes=0)
        assert (sender.send().code, got(sender)) == (3, Counter())
        sender.send("--not-sent-before")
        got(sender)
        sender.desk.users = "6,013"
        assert sender.send().code == 0
        bring_back(sender, minutes=0)
        sender.desk.users = "6,014"
        got(sender)
        assert (sender.send().code, got(sender)) == (3, Counter())

    def test_does_not_know_what_was_revised_meanwhile(self, sender: Sender) -> None:
        sender.send()
        got(sender)
        bring_back(sender)
        assert sender.command().code == 0
        sender.desk.users = "6,013"
        assert (sender.send().code, got(sender)) == (3, Counter())

    def test_before_the_month_was_over_tells_all(self, sender: Sender) -> None:
        now = sender.office.machine.time
        sender.office.machine.time = now.replace(month=10, day=31)
        bring_back(sender)
        sender.office.machine.time = now
        assert sender.send().code == 0

    def test_does_not_know_what_was_sent_of_the_month_so_far(self, sender: Sender) -> None:
        bring_back(sender)
        so_far = ["report", "monthly", "--month", "2026-11", "--so-far", "--send"]
        shown = re.search(r"hash: +([0-9a-f]+)", sender.run(*so_far).out)
        assert shown is not None
        done = sender.run(*so_far, "--yes-to", shown[1], "--by", HEAD)
        assert (done.code, got(sender)) == (3, Counter())

    def test_does_not_know_who_got_it_after_they_were_refused(self, refused: Sender) -> None:
        done = refused.send()
        assert (done.code, got(refused)) == (3, Counter())
        assert f"Ask {POLICE}; if" in done.err
        assert refused.send("--not-sent-before").code == 0
        assert got(refused) == Counter([POLICE])

    def test_does_not_know_who_was_added_meanwhile(self, sender: Sender) -> None:
        sender.send()
        got(sender)
        bring_back(sender)
        sender.office.set(NHS, f"{NHS}, {FIRE}")
        done = sender.send()
        assert (done.code, got(sender)) == (3, Counter())
        assert f"Ask {FIRE}; if" in done.err
        assert sender.send("--not-sent-before").code == 0
        assert got(sender) == Counter([FIRE])

    def test_does_not_know_who_was_named_again_meanwhile(self, sender: Sender) -> None:
        sender.office.box.refused, sender.office.box.refusal = frozenset({NHS}), "451 later"
        sender.send()
        sender.office.set(f", {NHS}", "")
        sender.office.machine.later(hours=1)
        work(sender)
        assert sender.states()[2] == "withdrawn"
        got(sender)
        sender.office.box.refused = frozenset()
        bring_back(sender)
        sender.office.set(POLICE, f"{POLICE}, {NHS}")
        assert (sender.send().code, got(sender)) == (3, Counter())

    def test_knows_of_those_alone_for_whom_somebody_has_asked(self, back: Sender) -> None:
        back.send("--not-sent-before")
        got(back)
        back.office.set(NHS, f"{NHS}, {FIRE}")
        assert (back.send().code, got(back)) == (3, Counter())

    def test_is_settled_for_each_by_itself(self, back: Sender) -> None:
        """However the list and whoever settles it write an address."""
        back.office.set(NHS, "NHS@board.example")
        back.command()
        settle = ["report", "settle", DOCUMENT]
        done = back.run(*settle, CHAIR, "--received", "--by", HEAD)
        assert (done.code, done.out) == (0, f"sent       {CHAIR}\n")
        assert (back.send().code, got(back)) == (3, Counter())
        for one in (POLICE, NHS.upper()):
            assert back.run(*settle, one, "--not-received", "--by", HEAD).code == 0
        assert back.send().code == 0
        assert got(back) == Counter([POLICE, "NHS@board.example"])
        with back.office.space.database() as db:
            told = [one for one in audit.entries(db, DOCUMENT) if one.detail.get("to") == CHAIR]
            assert audit.broken_at(db) is None
        assert told[-1].detail["reason"] == f"{HEAD} asked: it had arrived"

    def test_is_settled_for_one_issue_and_not_for_the_next(self, sender: Sender) -> None:
        """Who has the first may have a revised one too."""
        with sender.office.space.database() as db:
            agreed(sender, db)
        bring_back(sender)
        for one in EVERYBODY:
            sender.run("report", "settle", DOCUMENT, one, "--received", "--by", HEAD)
        assert sender.command().code == 0
        sender.desk.users = "6,013"
        assert (sender.send().code, got(sender)) == (3, Counter())

    def test_is_settled_once_for_each(self, back: Sender) -> None:
        back.command()
        settle = ["report", "settle", DOCUMENT, CHAIR, "--by", HEAD]
        back.run(*settle, "--received")
        again = back.run(*settle, "--not-received")
        assert again.code == 2
        assert "is sent: only what is uncertain" in again.err

    def test_leaves_nothing_to_settle_where_it_is_known(self, sender: Sender) -> None:
        """Some had it before the copy was made; one was refused it after it was brought back."""
        sender.office.box.refused = frozenset({POLICE})
        sender.send()
        bring_back(sender)
        assert sender.send("--not-sent-before").code == 1
        for one, state in ((CHAIR, "sent"), (POLICE, "failed")):
            done = sender.run("report", "settle", DOCUMENT, one, "--received", "--by", HEAD)
            assert done.code == 2
            assert f"is {state}: only what is uncertain" in done.err

    def test_is_settled_for_those_it_goes_to(self, back: Sender) -> None:
        back.command()
        done = back.run("report", "settle", DOCUMENT, FIRE, "--received", "--by", HEAD)
        assert done.code == 2
        assert "does not go to" in done.err

    def test_is_settled_for_one_who_was_refused_before(self, refused: Sender) -> None:
        refused.command()
        settle = ["report", "settle", DOCUMENT, POLICE, "--by", HEAD]
        assert refused.run(*settle, "--received").code == 0
        assert (refused.command().code, got(refused)) == (0, Counter())
        assert refused.states() == ["sent"] * 3

    def test_is_settled_for_the_issue_that_was_shown(self, sender: Sender) -> None:
        """Figures went up, and down again: what is asked about is the first issue after all."""
        sender.send()
        got(sender)
        bring_back(sender)
        sender.office.set(NHS, f"{NHS}, {FIRE}")
        sender.desk.users = "6,013"
        sender.command()
        sender.desk.users = "6,012"
        sender.command()
        sender.run("report", "settle", DOCUMENT, FIRE, "--received", "--by", HEAD)
        assert sender.rows(1)[FIRE].state == "sent"
        assert (sender.command().code, got(sender)) == (0, Counter())

    def test_that_was_not_brought_back_leaves_nothing_to_settle(self, sender: Sender) -> None:
        sender.command()
        done = sender.run("report", "settle", DOCUMENT, CHAIR, "--received", "--by", HEAD)
        assert done.code == 2
        assert "only what is uncertain can be settled" in done.err


class TestARehearsal:
    @pytest.mark.parametrize("host", ["127.0.0.1", "smtp.board.example"])
    def test_mails_nothing_and_counts_for_nothing(
        self, sender: Sender, monkeypatch: pytest.MonkeyPatch, host: str
    ) -> None:
        """A mail server on this machine may well pass on what it is given."""
        seal = sender.seal()
        sender.office.set("host: 127.0.0.1", f"host: {host}")
        with monkeypatch.context() as patch:
            patch.setattr(clock, "_rehearsed", TUESDAY)
            done = sender.command("--yes-to", seal, "--by", HEAD)
            assert work(sender) == []
        assert (done.code, got(sender)) == (2, Counter())
        assert f"{clock.VARIABLE} is set: in a rehearsal no report is mailed" in done.err
        sender.office.set(f"host: {host}", "host: 127.0.0.1")
        assert sender.send().code == 0
        assert got(sender) == Counter(EVERYBODY)

    def test_prepares_nothing_by_itself(
        self, sender: Sender, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sender.office.set("reports: {", "reports: {send: by_itself, ")
        space, board = sender.office.space, sender.office.board
        with monkeypatch.context() as patch, space.database() as db:
            patch.setattr(clock, "_rehearsed", TUESDAY)
            assert list(distributing.work(space, board, db, sender.desk.make)) == []
        assert got(sender) == Counter()
        assert not (space.root / "reports").exists()


class TestTheDatabase:
    def test_takes_nobodys_word_for_what_is_under_way(self, sender: Sender) -> None:
        with sender.office.space.database() as db:
            issue = agreed(sender, db)
            with pytest.raises(StateError, match="is being sent"):
                sendings.learnt(db, issue.id, CHAIR, "it is there", HEAD, received=True)
        assert sender.states() == ["queued"] * 3

    @pytest.mark.parametrize(
        "change",
        [
            "UPDATE sendings SET state = 'queued', wake_at = ''",
            "DELETE FROM sendings",
            "UPDATE issues SET text = 'other'",
            "UPDATE issues SET hash = 'other', approved_hash = 'other'",
            "UPDATE issue_files SET content = x'00'",
            "DELETE FROM issue_files",
        ],
    )
    def test_keeps_what_was_sent(self, sender: Sender, change: str) -> None:
        sender.send()
        with (
            sender.office.space.database() as db,
            pytest.raises(Exception, match=r"never changes|not deleted"),
            writing(db),
        ):
            db.conn.execute(change)
