"""Processes that die, sleep, meet each other, or are stopped: nobody gets a report twice."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from sgcomms import clock, distributing, files
from sgcomms.config import Board
from sgcomms.db import Db, audit, pauses, sendings, writing
from sgcomms.db.backup import distrust
from sgcomms.db.home import Home
from sgcomms.db.issues import Issue
from sgcomms.db.sendings import Sending
from sgcomms.distributing.sending import STEPS
from sgcomms.workspace import Workspace
from tests.cli.conftest import elsewhere
from tests.distributing.conftest import CHAIR, DOCUMENT, EVERYBODY, HEAD, NHS, POLICE, Sender
from tests.distributing.test_sending import OCTOBER, Numbered, work
from tests.fakes import in_processes, kill, killer

forked = pytest.mark.skipif(sys.platform == "win32", reason="processes are forked")

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
                    distributing.settle(other, DOCUMENT, CHAIR, HEAD, received=False)
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

    def test_by_a_file_named_stop(self, sender: Sender) -> None:
        files.write_whole(sender.office.space.root / "STOP", b"")
        done = sender.command()
        assert (done.code, got(sender)) == (3, Counter())
        assert "a file named STOP" in done.err


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


class TestADatabaseThatWasBroughtBack:
    @pytest.fixture(params=["restore", "take-over"])
    def back(self, sender: Sender, request: pytest.FixtureRequest) -> Sender:
        """An office whose database is a copy from before the summary was perhaps sent."""
        with sender.office.space.database() as db, writing(db):
            audit.append(db, HEAD, str(request.param), "board")
        sender.office.machine.later(minutes=1)
        return sender

    def test_sends_nothing_on_a_plain_yes(self, back: Sender) -> None:
        done = back.send()
        assert (done.code, got(back)) == (3, Counter())
        assert "may have gone out already. On 22 November 2026 this database" in done.err
        assert "--not-sent-before --by WHO" in done.err

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
        assert (yes.actor, yes.detail["not_sent_before"]) == (HEAD, True)

    def test_knows_what_was_sent_since(self, back: Sender) -> None:
        back.send("--not-sent-before")
        got(back)
        back.desk.users = "6,013"
        assert back.send().code == 0
        assert got(back) == Counter(EVERYBODY)

    def test_does_not_know_what_was_revised_meanwhile(self, sender: Sender) -> None:
        sender.send()
        got(sender)
        sender.office.machine.later(minutes=1)
        with sender.office.space.database() as db, writing(db):
            audit.append(db, HEAD, "restore", "board")
        assert sender.command().code == 0
        sender.desk.users = "6,013"
        assert (sender.send().code, got(sender)) == (3, Counter())

    def test_before_the_month_was_over_tells_all(self, sender: Sender) -> None:
        now = sender.office.machine.time
        sender.office.machine.time = now.replace(month=10, day=31)
        with sender.office.space.database() as db, writing(db):
            audit.append(db, HEAD, "restore", "board")
        sender.office.machine.time = now
        assert sender.send().code == 0


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
