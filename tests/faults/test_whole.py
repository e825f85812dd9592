"""From the campaign file to the platforms and back, on a bad day: what an officer would live."""

from __future__ import annotations

import shutil
import socket
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sgcomms import clock, db, keeping, notifying
from sgcomms.db import chores, sending
from sgcomms.platforms import facebook, x
from sgcomms.platforms.graph import api
from sgcomms.workspace import Workspace
from tests.conftest import At
from tests.faults.commands import Said, command, public, states
from tests.faults.platform import FaultPlatform

APPROVER = ("--by", "head.of.service@board.example")
DELIVERIES = ("faults/post-0@facebook", "faults/post-0@instagram", "faults/post-0@x")


@dataclass
class Day:
    """A workspace with live accounts, and the time that it and the platforms live at."""

    faulty: FaultPlatform
    folder: Path
    at: At
    space: Workspace

    def queue(self, **given: Any) -> None:
        """Write the campaign, queue it, and put the pictures where Instagram fetches them."""
        self.space = self.faulty.workspace(self.folder, **given)
        assert self.run("queue").code == 0
        assert self.run("media", "export", str(self.folder / "public")).code == 0

    def run(self, *arguments: str) -> Said:
        """Run a command in the workspace."""
        return command(self.space, *arguments)

    def move(self, moment: str) -> None:
        """Let it be another time."""
        self.at(moment)
        self.faulty.set_clock(clock.now())

    def public(self) -> Counter[str]:
        """Return how often each delivery became public."""
        return public(self.faulty)

    def states(self) -> set[str]:
        """Return the states there are."""
        return set(states(self.space).values())


@pytest.fixture
def day(faulty: FaultPlatform, tmp_path: Path, at: At) -> Day:
    api.WAITS.clear()
    folder = tmp_path / "board"
    return Day(faulty, folder, at, Workspace(folder))


def once(*names: str) -> Counter[str]:
    return Counter(names or DELIVERIES)


class TestClockChanges:
    @pytest.mark.parametrize(
        ("queued", "start", "before", "moment"),
        [
            ("2026-10-20T09:00", "2026-10-25 00:30", "2026-10-24T23:29", "2026-10-24T23:30"),
            ("2026-10-20T09:00", "2026-10-25 02:30", "2026-10-25T02:29", "2026-10-25T02:30"),
            ("2026-10-20T09:00", "2026-10-25 09:30", "2026-10-25T09:29", "2026-10-25T09:30"),
            ("2027-03-20T09:00", "2027-03-28 00:30", "2027-03-28T00:29", "2027-03-28T00:30"),
            ("2027-03-20T09:00", "2027-03-28 02:30", "2027-03-28T01:29", "2027-03-28T01:30"),
            ("2027-03-20T09:00", "2027-03-28 09:30", "2027-03-28T08:29", "2027-03-28T08:30"),
        ],
    )
    def test_a_post_goes_out_at_its_minute_by_the_wall(
        self, day: Day, queued: str, start: str, before: str, moment: str
    ) -> None:
        day.move(f"{queued}+00:00")
        day.queue(start=start)
        day.move(f"{before}+00:00")
        assert day.run("publish") == Said(0, "")
        day.move(f"{moment}+00:00")
        assert day.run("publish").code == 0
        for _ in range(4):
            day.move((clock.now() + timedelta(minutes=30)).isoformat())
            day.run("publish")
        assert day.public() == once()

    @pytest.mark.parametrize(
        ("queued", "start", "words"),
        [
            ("2026-10-20T09:00+00:00", "2026-10-25 01:30", "twice"),
            ("2027-03-20T09:00+00:00", "2027-03-28 01:30", "does not exist"),
        ],
    )
    def test_a_time_that_is_none_or_two_is_a_problem_for_the_officer(
        self, day: Day, queued: str, start: str, words: str
    ) -> None:
        day.move(queued)
        day.space = day.faulty.workspace(day.folder, start=start)
        refused = day.run("queue")
        assert refused.code == 2
        assert words in refused.text
        assert states(day.space) == {}


class TestAnOutage:
    @pytest.mark.parametrize("days", [1, 30, 400])
    def test_however_long_lets_nothing_old_go_out(self, day: Day, days: int) -> None:
        day.queue()
        day.move((datetime.fromisoformat("2026-11-22T10:00+00:00") + timedelta(days)).isoformat())
        ticked = day.run("publish")
        assert ticked.code == 3
        assert ticked.text.count("held") >= 3
        day.run("publish")
        assert (day.public(), day.states()) == (Counter(), {"held"})
        shown = day.run("status", "--check")
        assert shown.code == 3
        assert [name for name in DELIVERIES if name not in shown.text] == []


class TestApproval:
    def test_after_the_slot_leads_to_held(self, day: Day) -> None:
        day.queue(approval="required")
        day.move("2026-11-22T10:00+00:00")
        assert day.run("publish").code == 3
        signed = day.run("approve", "faults", *APPROVER, "--yes")
        assert "held" in signed.text
        day.run("publish")
        assert (day.public(), day.states()) == (Counter(), {"held"})
        assert day.run("release", *DELIVERIES, "--at", "2026-11-22 10:30", *APPROVER).code == 0
        day.move("2026-11-22T10:30+00:00")
        assert day.run("publish").code == 0
        assert day.public() == once()

    def test_is_void_after_an_edit(self, day: Day) -> None:
        day.queue(approval="required")
        assert day.run("approve", "faults", *APPROVER, "--yes").code == 0
        path = day.folder / "campaigns" / "faults.yaml"
        words = path.read_text("utf-8").replace("flat, firm mattress", "soft mattress")
        path.write_text(words, encoding="utf-8")
        assert day.run("queue").code == 0
        day.move("2026-11-22T10:00+00:00")
        assert day.run("publish").code == 3
        assert (day.public(), day.states()) == (Counter(), {"held"})

    def test_in_time_lets_it_go(self, day: Day) -> None:
        day.queue(approval="required")
        assert day.run("approve", "faults", *APPROVER, "--yes").code == 0
        day.move("2026-11-22T10:00+00:00")
        assert day.run("publish").code == 0
        assert day.public() == once()


class TestAnotherPlace:
    def test_a_copy_of_the_folder_publishes_nothing(self, day: Day, tmp_path: Path) -> None:
        day.queue()
        home, copy = day.space, Workspace(tmp_path / "copy")
        assert day.run("publish").code == 0
        shutil.copytree(home.root, copy.root)
        day.move("2026-11-22T10:00+00:00")
        refused = command(copy, "publish")
        assert refused.code == 3
        assert "take-over" in refused.text
        assert len(refused.text.splitlines()) <= 2
        assert day.public() == Counter()
        assert day.run("publish").code == 0
        assert command(copy, "publish").code == 3
        assert day.public() == once()

    def test_taken_over_it_looks_for_what_the_first_has_sent(
        self, day: Day, tmp_path: Path
    ) -> None:
        day.queue()
        day.run("publish")
        copy = Workspace(tmp_path / "copy")
        shutil.copytree(day.space.root, copy.root)
        day.move("2026-11-22T10:00+00:00")
        assert day.run("publish").code == 0
        day.move("2026-11-22T10:20+00:00")
        assert command(copy, "take-over", *APPROVER).code == 3
        command(copy, "publish")
        assert command(copy, "resume", "--all", *APPROVER).code == 0
        for _ in range(4):
            day.move((clock.now() + timedelta(minutes=30)).isoformat())
            command(copy, "publish")
        assert set(states(copy).values()) == {"published"}
        assert day.public() == once()

    def test_restored_from_before_a_post_it_finds_it(self, day: Day, tmp_path: Path) -> None:
        day.queue()
        day.run("publish")
        assert day.run("backup", str(tmp_path / "backups")).code == 0
        day.move("2026-11-22T10:00+00:00")
        assert day.run("publish").code == 0
        root = day.space.root.rename(tmp_path / "lost")
        day.move("2026-11-22T10:20+00:00")
        (kept,) = (one for one in (tmp_path / "backups").iterdir() if one.is_dir())
        new = Workspace(tmp_path / "new")
        restored = command(day.space, "restore", str(kept), "--into", str(new.root))
        assert restored.code == 3, restored.text
        shutil.copy2(root / "secrets.yaml", new.root)  # no backup holds it
        assert set(states(new).values()) == {"uncertain"}
        command(new, "publish")
        assert set(states(new).values()) == {"published"}
        assert command(new, "resume", "--all", *APPROVER).code == 0
        assert command(new, "publish").code == 0
        assert day.public() == once()

    def test_a_database_copied_out_of_a_backup_publishes_nothing(
        self, day: Day, tmp_path: Path
    ) -> None:
        day.queue()
        day.run("publish")
        assert day.run("backup", str(tmp_path / "backups")).code == 0
        day.move("2026-11-22T10:00+00:00")
        assert day.run("publish").code == 0
        (kept,) = (one for one in (tmp_path / "backups").iterdir() if one.is_dir())
        for path in day.folder.glob("sgcomms.db*"):
            path.unlink()
        shutil.copy(kept / "sgcomms.db", day.folder / "sgcomms.db")
        assert day.run("publish").code == 3
        assert day.run("take-over", *APPROVER).code == 3
        day.run("publish")
        assert day.states() == {"published"}
        assert day.public() == once()

    def test_a_restoration_that_is_cut_off_asks_for_another(
        self, day: Day, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        day.queue()
        assert day.run("backup", str(tmp_path / "backups")).code == 0
        (kept,) = (one for one in (tmp_path / "backups").iterdir() if one.is_dir())
        replace = Path.replace

        def cut_off(self: Path, target: Path) -> Path:
            if Path(target).name == "sgcomms.db":
                raise KeyboardInterrupt
            return replace(self, target)

        with monkeypatch.context() as patch:
            patch.setattr(Path, "replace", cut_off)
            with pytest.raises(KeyboardInterrupt):
                keeping.restore(kept, day.folder, "me", force=True)
        assert "Restore the backup again" in day.run("publish").text
        assert day.run("restore", str(kept)).code in (0, 3)
        assert set(states(day.space)) == set(DELIVERIES)

    def test_a_machine_with_a_new_name_tells_somebody(
        self, day: Day, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        day.queue()
        day.run("publish")
        told: list[str] = []
        monkeypatch.setattr(notifying, "stopped", lambda *given: told.append(given[2]))
        monkeypatch.setattr(socket, "gethostname", lambda: "another-name")
        assert day.run("publish").code == 3
        assert "this machine is called another-name" in told[0]


class TestATokenThatIsNotTheAccounts:
    def another(self, day: Day) -> None:
        """Let the board mean another account than the one whose keys it has."""
        path = day.folder / "config" / "board.yaml"
        whole = path.read_text("utf-8")
        path.write_text(whole.replace("x, handle: cplscb", "x, handle: another"), "utf-8")

    def test_is_found_out_where_it_was_right_before(self, day: Day) -> None:
        day.queue(accounts=("x",))
        assert day.run("accounts", "verify", "x").code == 0
        self.another(day)
        day.move("2026-11-22T10:00+00:00")
        assert day.run("publish").code == 3
        assert day.public() == Counter()

    def test_publishes_nothing_while_x_does_not_say_whose_it_is(self, day: Day) -> None:
        day.queue(accounts=("x",))
        self.another(day)
        day.faulty.set_faults({"fault": "500-before", "path": "/2/users/me", "request": "any"})
        day.move("2026-11-22T10:00+00:00")
        assert day.run("publish").code == 1
        assert (day.public(), day.states()) == (Counter(), {"queued"})

    @pytest.mark.parametrize("account", ["facebook", "instagram"])
    def test_that_no_longer_sees_the_account_parks_it(self, day: Day, account: str) -> None:
        """Meta says then what it says of something that is gone: code 100, subcode 33."""
        day.queue(accounts=(account,), posts=3)
        gone = {"fault": "400", "code": 100, "subcode": 33, "request": "public"}
        day.faulty.set_faults(gone)
        day.move("2026-11-22T10:00+00:00")
        assert day.run("publish").code == 3
        assert (day.public(), day.states()) == (Counter(), {"queued"})
        assert f"{account} is parked until it is mended" in day.run("status").text

    def test_that_does_not_see_a_post_has_not_taken_it_down(self, day: Day) -> None:
        day.queue(accounts=("facebook",))
        day.move("2026-11-22T10:00+00:00")
        day.run("publish")
        gone = {"fault": "400", "code": 100, "subcode": 33, "request": "remove"}
        day.faulty.set_faults(gone)
        said = day.run("takedown", DELIVERIES[0], "--reason", "wrong number", *APPROVER)
        assert said.code == 3
        assert "by hand" in said.text


class TestAPersonsWord:
    def test_a_refusal_in_a_copy_is_refused(self, day: Day, tmp_path: Path) -> None:
        day.queue(approval="required")
        day.run("publish")
        copy = Workspace(tmp_path / "copy")
        shutil.copytree(day.folder, copy.root)
        for decision in (["approve"], ["reject", "--reason", "no"], ["unapprove"]):
            said = command(copy, *decision, "faults", *APPROVER)
            assert (said.code, "this is a copy" in said.text) == (3, True)

    def test_what_was_signed_as_a_rehearsal_is_signed_anew(self, day: Day) -> None:
        path = day.folder / "config" / "board.yaml"
        day.space = day.faulty.workspace(day.folder, approval="required", accounts=("x",))
        whole = path.read_text("utf-8")
        path.write_text(whole.replace("handle: cplscb", "mode: outbox, handle: cplscb"), "utf-8")
        day.run("queue")
        day.run("approve", "faults", *APPROVER, "--yes")
        path.write_text(whole, "utf-8")
        assert "1 of them once approved" in day.run("queue", "--switch-mode").text
        day.move("2026-11-22T10:00+00:00")
        assert day.run("publish").code == 3
        assert day.public() == Counter()

    def test_to_take_back_what_is_being_sent_is_heard(self, day: Day) -> None:
        day.queue(approval="required")
        day.run("approve", "faults", *APPROVER, "--yes")
        day.move("2026-11-22T10:00+00:00")
        policy = day.space.policy(day.space.board())
        with day.space.database() as found:
            assert sending.claim(found, clock.now(), policy, "me", ["live"], "x")
        said = day.run("unapprove", "faults", *APPROVER)
        assert "faults/post-0@x\n           it is being sent" in said.text

    def test_to_take_down_what_is_being_sent_stops_it(self, day: Day) -> None:
        day.queue(accounts=("x",))
        day.move("2026-11-22T10:00+00:00")
        policy = day.space.policy(day.space.board())
        with day.space.database() as found:
            held = sending.claim(found, clock.now(), policy, "me", ["live"], "x")
            assert held is not None
            assert day.run("takedown", DELIVERIES[2], "--reason", "wrong", *APPROVER).code == 3
            assert not sending.arm(found, held, clock.now(), policy, held.draft)

    @pytest.fixture
    def unsure(
        self, day: Day, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
    ) -> Day:
        """A post on X and Facebook that nobody knows of, and that a head of service wants gone."""
        monkeypatch.setattr(x.X, "deadline", 1.0)
        monkeypatch.setattr(facebook.Facebook, "deadline", timedelta(seconds=1))
        day.queue(accounts=("x", "facebook"))
        day.faulty.set_faults({"fault": request.param})
        day.move("2026-11-22T10:00+00:00")
        assert day.run("publish").code == 3
        day.faulty.set_faults()
        said = day.run("takedown", "faults/post-0", "--reason", "wrong number", "--yes", *APPROVER)
        assert said.code == 3
        assert "is taken down as soon as it is known to be live" in said.text
        assert "is to be taken down as soon as it is known" in day.run("status").text
        return day

    @pytest.mark.parametrize("unsure", ["accept-then-close"], indirect=True)
    def test_to_take_down_is_remembered_until_it_is_found(self, unsure: Day) -> None:
        unsure.move("2026-11-22T10:20+00:00")
        unsure.run("publish")
        assert [one["removed"] for one in unsure.faulty.public()] == [True, True]
        assert unsure.run("status", "--check").code == 0

    @pytest.mark.parametrize("unsure", ["hang-before"], indirect=True)
    def test_to_take_down_is_remembered_when_it_had_not_been_posted(self, unsure: Day) -> None:
        for name in (DELIVERIES[0], DELIVERIES[2]):
            said = unsure.run("settle", name, "--not-posted", *APPROVER)
            assert "somebody wants it gone, so the next tick withdraws it" in said.text
        unsure.move("2026-11-22T10:21+00:00")
        unsure.run("publish")
        assert (unsure.public(), unsure.states()) == (Counter(), {"withdrawn"})
        assert unsure.run("status", "--check").code == 0

    def test_a_stop_file_that_was_there_for_a_while_made_a_pause(
        self, day: Day, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        day.queue(accounts=("x",))
        (day.folder / "STOP").touch()
        day.run("publish")
        (day.folder / "STOP").unlink()
        day.move("2026-11-22T10:00+00:00")
        assert day.run("publish").code == 3
        assert day.public() == Counter()

    def test_somebody_elses_post_settles_nothing(
        self, day: Day, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(x.X, "deadline", 1.0)
        day.queue(accounts=("x",))
        day.faulty.set_faults("hang-before")
        day.move("2026-11-22T10:00+00:00")
        assert day.run("publish").code == 3
        for url, why in (
            ("https://x.com/somebodyelse/status/2092549876543210987", "by @cplscb"),
            ("https://x.com/cplscb/status/1456012973835788293", "it is another post"),
        ):
            said = day.run("settle", DELIVERIES[2], "--posted", url, *APPROVER)
            assert (said.code, why in said.text) == (2, True)

    def test_a_clock_that_was_wrong_is_accepted_by_a_person(
        self, day: Day, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        day.queue()
        with monkeypatch.context() as ahead:
            ahead.setattr(clock, "real_now", lambda: datetime(2036, 1, 1, tzinfo=UTC))
            day.run("pause", "--reason", "x", *APPROVER)
        day.run("resume", "--all", *APPROVER)
        day.move("2026-11-22T10:00+00:00")
        refused = day.run("publish")
        assert (refused.code, "accept-clock" in refused.text) == (3, True)
        assert day.run("accept-clock", *APPROVER).code == 0
        assert day.run("publish").code == 0
        assert day.public() == once()

    def test_the_first_of_two_reminders_comes_first(self, day: Day) -> None:
        day.queue(accounts=("x",))
        for until in ("2026-11-23 09:00", "2026-12-23 09:00"):
            assert day.run("pause", "--reason", "a", "--until", until, *APPROVER).code == 0
        with day.space.database() as found:
            assert chores.known(found)["pause reminder"] == datetime(2026, 11, 23, 9, tzinfo=UTC)


class TestTheDatabase:
    def test_locked_for_a_minute_is_named_and_loses_nothing(
        self, day: Day, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        day.queue()
        patience = db.BUSY_SECONDS
        monkeypatch.setattr(db, "BUSY_SECONDS", 0.01)
        day.move("2026-11-22T10:00+00:00")
        with closing(sqlite3.connect(day.folder / "sgcomms.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            for minute in range(1, 3):
                refused = day.run("publish")
                assert refused.code == 1
                assert "busy" in refused.text
                assert len(refused.text.splitlines()) == 1
                day.move(f"2026-11-22T10:0{minute}+00:00")
        monkeypatch.setattr(db, "BUSY_SECONDS", patience)
        assert day.public() == Counter()
        assert day.run("publish").code == 0
        assert day.public() == once()
