"""The whole program against platforms that fail, in processes that die: at most once, none lost.

A thousand deliveries, three platforms in a process of their own, and publishers that are killed,
or stopped for longer than their claims hold, at every point between two commits or requests.
"""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from sgcomms import db
from sgcomms.platforms import facebook, instagram, x
from sgcomms.platforms.graph import api
from sgcomms.publishing import STEPS
from sgcomms.workspace import Workspace
from tests.fakes import NOW
from tests.faults.canaries import CANARIES
from tests.faults.commands import command, public, states
from tests.faults.platform import ACCOUNTS, FaultPlatform
from tests.faults.publishers import KILL, STOP, Blow, Publisher, SharedClock

pytestmark = pytest.mark.long

MIX = {
    "none": 80,
    "accept-then-hang": 1,
    "accept-then-reset": 2,
    "accept-then-close": 2,
    "500-after-accepting": 2,
    "half-body": 2,
    "garbage-200": 1,
    "hang-before": 1,
    "reset-before": 2,
    "500-before": 2,
    "400": 1,
    "401": 1,
    "402": 1,
    "429": 2,
    "403-duplicate": 1,
    "redirect": 1,
    "redirect-307": 1,
}
"""What public requests meet, and how often."""

ELSE = {"none": 95, "hang-before": 1, "reset-before": 1, "500-before": 1, "429": 1, "redirect": 1}
"""What all other requests meet."""

APPROVER = "head.of.service@board.example"


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, faulty: FaultPlatform) -> SharedClock:
    """The clock of all processes; requests end within a second, a locked database is waited for 3.

    (A publisher may be stopped while another of its threads has the lock.)
    """
    api.WAITS.clear()
    monkeypatch.setattr(db, "BUSY_SECONDS", 3.0)
    monkeypatch.setattr(x.X, "deadline", 1.0)
    for module, kind in ((facebook, facebook.Facebook), (instagram, instagram.Instagram)):
        monkeypatch.setattr(module, "UPLOAD_SECONDS", 2.0)
        monkeypatch.setattr(kind, "deadline", timedelta(seconds=1))
    return SharedClock(monkeypatch, faulty, NOW)


class Storm:
    """Publishers that are struck, round after round, until nothing is left to send."""

    def __init__(self, space: Workspace, machine: SharedClock, faulty: FaultPlatform) -> None:
        self.space, self.machine, self.faulty = space, machine, faulty
        self.said = space.root.parent / "said.txt"
        self.chance = random.Random(20261122)
        self.open = [Blow(step, number) for step in STEPS for number in (KILL, STOP)]
        self.struck: Counter[Blow] = Counter()

    def round(self) -> None:
        """Let three publishers work at once, two of them to be struck, and a fourth after them."""
        blows = [self.next_blow(), self.next_blow(), None]
        running = [Publisher(self.space, self.said, blow, most=12) for blow in blows]
        for one in running:
            one.wait()
        self.machine.later(minutes=3)
        Publisher(self.space, self.said, most=12).wait()
        for one in running:
            if one.signal is not None and one.blow is not None:
                self.struck[Blow(one.blow.step, one.signal)] += 1
            if one.signal == STOP:
                one.wake()
            elif one.signal is None:
                assert one.code in (0, 1, 3), self.said.read_text("utf-8")[-2000:]
        self.machine.later(minutes=self.chance.choice((1, 4, 10)))
        for account in ACCOUNTS:
            command(self.space, "accounts", "verify", account)

    @property
    def over(self) -> bool:
        """Whether nothing is left to send and every blow has struck."""
        left = set(states(self.space).values())
        return not left & {"queued", "publishing"}

    def next_blow(self) -> Blow:
        """Return a blow that has not struck yet, for now or for later in a publisher's work."""
        left = [one for one in self.open if not self.struck[one]] or self.open
        found = self.chance.choice(left)
        nth = self.chance.choice((1, 2, 5) if found.step not in ("sweeping", "swept") else (1,))
        return Blow(found.step, found.signal, nth)


def test_a_thousand_deliveries(faulty: FaultPlatform, machine: SharedClock, tmp_path: Path) -> None:
    space = faulty.workspace(tmp_path / "board", posts=334, late_after="20d")
    assert command(space, "queue").code == 0
    assert command(space, "media", "export", str(space.root / "public")).code == 0
    names = set(states(space))
    assert len(names) == 1002
    machine.later(hours=1, minutes=1)
    faulty.set_faults({"mix": MIX, "seed": 1}, {"mix": ELSE, "seed": 2, "request": "any"})
    storm = Storm(space, machine, faulty)
    while not storm.over:
        storm.round()
    assert set(storm.struck) == set(storm.open)

    faulty.set_faults()
    for _ in range(8):
        machine.later(hours=3)
        Publisher(space, storm.said).wait()
    self_settled = states(space)
    seen = public(faulty)
    assert set(self_settled) == names
    assert faulty.duplicates() == {}
    assert faulty.breaches() == []
    assert {name for name, state in self_settled.items() if state == "published"} == set(seen)
    left = {name: state for name, state in self_settled.items() if state != "published"}
    assert set(left.values()) == {"uncertain", "failed"}
    assert_named(space, left)
    assert_silent(space, storm.said, faulty)

    for name, state in left.items():
        if state == "uncertain":
            settled = command(space, "settle", name, "--not-posted", "--by", APPROVER)
            assert settled.code == 0, settled.text
    Publisher(space, storm.said).wait()
    refused = {name for name, state in left.items() if state == "failed"}
    assert set(public(faulty)) == names - refused
    assert faulty.duplicates() == {}
    assert command(space, "audit", "--verify").code == 0


def test_a_disk_that_fills(faulty: FaultPlatform, machine: SharedClock, tmp_path: Path) -> None:
    space = faulty.workspace(tmp_path / "board", posts=10, late_after="20d")
    assert command(space, "queue").code == 0
    assert command(space, "media", "export", str(space.root / "public")).code == 0
    names = set(states(space))
    machine.later(hours=1, minutes=1)
    for room in (10_000, 40_000, 90_000, 150_000):
        stopped = Publisher(space, tmp_path / f"{room}.txt", room=room).wait()
        assert stopped.code in (1, 3)
        lines = (tmp_path / f"{room}.txt").read_text("utf-8").splitlines()
        assert "the disk is full or failing" in lines[-1]
        machine.later(minutes=10)
    for _ in range(6):
        Publisher(space, tmp_path / "said.txt").wait()
        machine.later(hours=3)
    assert faulty.duplicates() == {}
    assert faulty.breaches() == []
    assert set(public(faulty)) == names
    assert states(space) == dict.fromkeys(names, "published")
    assert command(space, "audit", "--verify").code == 0


def assert_named(space: Workspace, left: dict[str, str]) -> None:
    """Make sure that a person is told of each, and that the trail is whole."""
    shown = command(space, "status", "--check")
    assert shown.code == 3
    assert [name for name in left if name not in shown.text] == []
    verified = command(space, "audit", "--verify")
    assert verified.code == 0, verified.text


def assert_silent(space: Workspace, said: Path, faulty: FaultPlatform) -> None:
    """Make sure that no token is anywhere but in its file, and in requests to its own platform."""
    reports = space.root.parent / "reports"
    reports.mkdir()
    for kind in ("csv", "json", "html"):
        days = ("--from", "2026-11-01", "--to", "2026-12-31")
        made = command(space, "audit", *days, "--format", kind, "-o", str(reports / f"a.{kind}"))
        assert made.code == 0, made.text
    (reports / "log.txt").write_text(command(space, "log").text, encoding="utf-8")
    (reports / "status.txt").write_text(command(space, "status", "--all").text, encoding="utf-8")
    (reports / "doctor.txt").write_text(command(space, "doctor").text, encoding="utf-8")
    assert command(space, "backup", str(reports)).code == 0
    files = [path for path in [said, *space.root.parent.rglob("*")] if path.is_file()]
    leaks = [
        path
        for path in files
        if path.name != "secrets.yaml"
        and any(one.encode() in path.read_bytes() for one in CANARIES)
    ]
    assert leaks == []
    assert said.stat().st_size > 10_000
    assert [one for one in faulty.elsewhere() if one["token_in"]] == []
    assert {place for one in faulty.requests() for place in one["token_in"]} == {"header"}
