"""From the campaign file to the platforms and back, on a bad day: what an officer would live."""

from __future__ import annotations

import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sgcomms import clock, db
from sgcomms.platforms.graph import api
from sgcomms.workspace import Workspace
from tests.conftest import At
from tests.faults.platform import FaultPlatform
from tests.faults.publishers import Said, command, public, states

APPROVER = ("--by", "head.of.service@board.example")
DELIVERIES = ("faults/post-0@facebook", "faults/post-0@instagram", "faults/post-0@x")


@dataclass
class Day:
    """A workspace with live accounts, and the time that it and the platforms live at."""

    faulty: FaultPlatform
    folder: Path
    at: At
    space: Workspace

    def queue(self, **given: str) -> None:
        """Write the campaign, queue it, and put the pictures where Instagram fetches them."""
        self.space = self.faulty.workspace(self.folder, **given)  # type: ignore[arg-type]
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


class TestTheDatabase:
    def test_locked_for_a_minute_is_named_and_loses_nothing(
        self, day: Day, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        day.queue()
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
        assert day.public() == Counter()
        assert day.run("publish").code == 0
        assert day.public() == once()
