"""What `status --check` and the tick of cron say of reports that somebody has not got."""

from __future__ import annotations

import sys

import pytest

from sgcomms.db import chores, pauses, sendings
from tests.conftest import Result
from tests.distributing.conftest import CHAIR, DOCUMENT, EVERYBODY, HEAD, NHS, POLICE, Sender
from tests.distributing.test_faults import agreed, send
from tests.distributing.test_monthly import TUESDAY
from tests.distributing.test_monthly import work as prepare
from tests.distributing.test_sending import Numbered
from tests.fakes import in_processes, killer

forked = pytest.mark.skipif(sys.platform == "win32", reason="processes are forked")


def checked(sender: Sender) -> Result:
    """Ask what needs a person, just after a tick."""
    sender.office.beat()
    return sender.run("status", "--check")


def cut_off(sender: Sender, step: str) -> None:
    """Let a process die at a step of sending to the chair, two minutes and more ago."""
    space, board = sender.office.space, sender.office.board
    with space.database() as db:
        issue = agreed(sender, db)
    assert in_processes(lambda: send(space, board, issue, killer(step)))[0].killed


class TestTheCheck:
    def test_finds_nothing_where_all_have_it(self, sender: Sender) -> None:
        sender.send()
        assert checked(sender).code == 0

    @forked
    def test_names_what_was_cut_off(self, sender: Sender) -> None:
        cut_off(sender, "armed")
        assert f"{DOCUMENT} to {CHAIR}" not in checked(sender).out
        sender.office.machine.later(minutes=3)
        done = checked(sender)
        assert done.code == 3
        assert f"{DOCUMENT} to {CHAIR} was being sent when the program ended" in done.out

    @forked
    def test_names_those_it_did_not_come_to(self, sender: Sender) -> None:
        cut_off(sender, "recorded")
        assert checked(sender).code == 0
        sender.office.machine.later(minutes=6)
        done = checked(sender)
        assert done.code == 3
        assert f"{DOCUMENT} to {NHS} waits" in done.out
        assert CHAIR not in done.out

    def test_names_what_a_pause_stopped(self, sender: Sender) -> None:
        space = sender.office.space

        def pause() -> None:
            with space.database() as db:
                pauses.start(db, "all", None, "a child has died", HEAD)

        sender.office.box.letters = Numbered(1, pause)
        sender.send()
        sender.office.machine.later(minutes=1)
        with space.database() as db:
            pauses.lift(db, pauses.active(db)[0], HEAD)
        done = checked(sender)
        assert done.code == 3
        for one in (POLICE, NHS):
            assert f"{DOCUMENT} to {one} was not sent, since it was stopped" in done.out

    @pytest.mark.parametrize(
        ("refusal", "says"), [("550 no such user", "was not sent"), ("451 later", "waits")]
    )
    def test_names_what_was_refused(self, sender: Sender, refusal: str, says: str) -> None:
        sender.office.box.refused, sender.office.box.refusal = frozenset({POLICE}), refusal
        sender.send()
        done = checked(sender)
        assert done.code == 3
        assert f"{DOCUMENT} to {POLICE} {says}" in done.out
        assert NHS not in done.out
        sender.office.set(f"{POLICE}, ", "")
        assert POLICE not in checked(sender).out

    def test_says_no_more_of_what_a_revised_one_takes_the_place_of(self, sender: Sender) -> None:
        sender.office.box.refused = frozenset({POLICE})
        sender.send()
        sender.office.box.refused = frozenset()
        assert sender.send("--revise").code == 0
        sender.office.tick()
        assert checked(sender).code == 0

    def test_names_a_summary_that_waits_for_a_yes(self, sender: Sender) -> None:
        sender.office.machine.time = TUESDAY
        prepare(sender)
        sender.office.tick()
        done = checked(sender)
        assert done.code == 3
        assert f"{DOCUMENT} waits for a yes" in done.out
        sender.send()
        assert checked(sender).code == 0

    def test_names_the_last_summary_alone(self, sender: Sender) -> None:
        sender.office.machine.time = TUESDAY
        prepare(sender)
        sender.office.machine.time = TUESDAY.replace(month=12)
        prepare(sender)
        sender.office.tick()
        said = checked(sender).out
        assert "monthly-2026-11 waits for a yes" in said
        assert DOCUMENT not in said

    @pytest.mark.parametrize("change", ["send: never, ", None])
    def test_names_no_summary_where_nothing_is_sent(
        self, sender: Sender, change: str | None
    ) -> None:
        sender.office.machine.time = TUESDAY
        prepare(sender)
        sender.office.tick()
        if change:
            sender.office.set("reports: {", f"reports: {{{change}")
        else:
            sender.office.config = sender.office.config.split("reports: {")[0]
        assert "waits for a yes" not in checked(sender).out

    @forked
    def test_names_what_is_late(self, sender: Sender) -> None:
        cut_off(sender, "recorded")
        sender.office.machine.later(days=1, minutes=1)
        assert f"{DOCUMENT} to {NHS} was not sent, since it was stopped or is late" in (
            checked(sender).out
        )


class TestTheCommand:
    @forked
    def test_does_not_say_that_nobody_lacks_what_is_being_sent(self, sender: Sender) -> None:
        """All that is left is with a process that was killed a moment ago."""
        sender.office.set(f", {POLICE}, {NHS}", "")
        cut_off(sender, "armed")
        done = sender.command()
        assert done.code == 3
        assert "nobody lacks" not in done.out
        said = " ".join(done.out.split())
        assert f"{CHAIR}: being sent by another process, or cut off: look again after 09:03" in said
        sender.office.machine.later(minutes=3)
        assert f"uncertain  {CHAIR}" in sender.command().out

    @forked
    def test_says_of_whom_another_process_is_sending_to(self, sender: Sender) -> None:
        cut_off(sender, "armed")
        done = sender.send()
        assert done.code == 3
        assert f"{CHAIR}: being sent by another process" in " ".join(done.out.split())
        assert list(sender.letters()) == [POLICE, NHS]

    def test_says_of_whom_a_pause_kept_it(self, sender: Sender) -> None:
        space = sender.office.space

        def pause() -> None:
            with space.database() as db:
                pauses.start(db, "all", None, "a child has died", HEAD)

        sender.office.box.letters = Numbered(1, pause)
        done = sender.send()
        assert done.code == 3
        for one in (POLICE, NHS):
            assert f"not sent   {one}: it was stopped; say yes again\n" in done.out


@forked
class TestATickOfCron:
    def test_wakes_for_what_was_cut_off_and_says_so(self, sender: Sender) -> None:
        cut_off(sender, "armed")
        sender.office.machine.later(minutes=2)
        with sender.office.space.database() as db:
            assert chores.known(db)[sendings.CHORE] <= sender.office.machine.time
        sender.office.tick()
        assert sender.office.subjects() == ["CPSPB: 1 may have a report"]
        assert sender.states() == ["uncertain", "queued", "queued"]
        with sender.office.space.database() as db:
            assert sendings.CHORE not in chores.known(db)

    def test_sends_no_report(self, sender: Sender) -> None:
        cut_off(sender, "claimed")
        sender.office.machine.later(minutes=3)
        sender.office.tick()
        assert sender.states() == ["queued"] * len(EVERYBODY)
        assert sender.letters() == {}
