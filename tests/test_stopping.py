"""What must stop a delivery stops it, whatever the clock does and whoever holds the lock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sgcomms import clock, publishing
from sgcomms.db import Db, approvals, audit, decisions, parks, pauses, queue, sending
from sgcomms.db.gate import Policy
from sgcomms.errors import RejectedError, UnavailableError
from sgcomms.models import Draft, Publication
from sgcomms.publishing import ClockBehindError
from tests.conftest import At
from tests.fakes import NOW, POLICY, Fake, Ledger, Machine, delivery, fill, to_account, work

HEAD = "head.of.service@board.example"


@pytest.fixture
def fake(tmp_path: Path) -> Fake:
    return Fake("fake", Ledger(tmp_path / "public"))


@pytest.fixture
def set_clock(machine: Machine, at: At) -> Callable[[datetime], None]:
    """Set the machine's clock, and the program's with it."""

    def to(moment: datetime) -> None:
        machine.time = moment
        at(moment.isoformat())

    return to


class TestAClockThatIsSetBack:
    @pytest.mark.parametrize("seconds", [1, 60, 240])
    def test_does_not_lift_a_pause(
        self, db: Db, fake: Fake, set_clock: Callable[[datetime], None], seconds: int
    ) -> None:
        fill(db, [delivery("one", at=NOW - timedelta(minutes=5))])
        pauses.start(db, "all", None, "a child has died", HEAD)
        set_clock(NOW - timedelta(seconds=seconds))
        publishing.tick(db, work(to_account(fake)))
        assert fake.requests == []

    def test_does_not_let_a_pause_end_before_it_began(
        self, db: Db, set_clock: Callable[[datetime], None]
    ) -> None:
        pauses.start(db, "all", None, "a child has died", HEAD)
        set_clock(NOW - timedelta(minutes=2))
        (pause,) = pauses.active(db)
        pauses.lift(db, pause, HEAD)
        began, ended = db.conn.execute("SELECT started_at, lifted_at FROM pauses").fetchone()
        assert began == ended

    def test_publishes_nothing_whatever_commands_are_given_meanwhile(
        self, db: Db, fake: Fake, set_clock: Callable[[datetime], None]
    ) -> None:
        fill(db, [delivery("old", at=NOW - timedelta(hours=25)), delivery("one")])
        set_clock(NOW - timedelta(hours=24))
        pauses.start(db, "account", "other", "a rehearsal", HEAD)
        with pytest.raises(ClockBehindError):
            publishing.tick(db, work(to_account(fake)))
        assert fake.requests == []


class TestAClockThatWasAhead:
    """A machine starts in 2036, ticks, and is put right a minute later."""

    @pytest.fixture
    def after(self, db: Db, fake: Fake, set_clock: Callable[[datetime], None]) -> None:
        fake.faults = ["limit", "unreachable"]
        ahead = datetime(2036, 1, 1, tzinfo=UTC)
        fill(db, [delivery("one", at=NOW + timedelta(hours=1)), delivery("then", at=ahead)])
        set_clock(ahead)
        publishing.tick(db, work(to_account(fake)))
        set_clock(NOW + timedelta(hours=1))

    def test_is_named_with_what_to_do(self, db: Db, fake: Fake, after: None) -> None:
        with pytest.raises(ClockBehindError, match="accept-clock --by YOU"):
            publishing.tick(db, work(to_account(fake)))

    def test_holds_nothing_up_once_somebody_says_that_it_is_right_now(
        self, db: Db, fake: Fake, after: None
    ) -> None:
        decisions.accept_clock(db, HEAD)
        assert parks.parked(db, clock.now()) == []
        fill(db, [delivery("two", at=clock.now())])
        assert publishing.tick(db, work(to_account(fake))).waiting == ["test/two@fake"]
        assert [one.action for one in audit.entries(db, "board")] == ["clock-accepted"]

    def test_a_clock_that_falls_behind_after_that_is_told_again(
        self, db: Db, fake: Fake, after: None, set_clock: Callable[[datetime], None]
    ) -> None:
        decisions.accept_clock(db, HEAD)
        set_clock(NOW)
        with pytest.raises(ClockBehindError):
            publishing.tick(db, work(to_account(fake)))


class TestWhatHappensMeanwhile:
    """While a process waits for the lock, or for the disk, or is off the processor."""

    def test_a_pause_that_began_after_the_time_was_read_counts(self, db: Db) -> None:
        fill(db, [delivery("one", mode="by_hand")])
        held = sending.claim(db, NOW, POLICY, "me", ("by_hand",), "fake")
        assert held is not None
        pauses.start(db, "all", None, "a child has died", HEAD, since=NOW + timedelta(seconds=2))
        assert not sending.hand(db, held, NOW, POLICY)

    def test_what_expires_between_arming_and_sending_is_not_sent(
        self, db: Db, fake: Fake, set_clock: Callable[[datetime], None]
    ) -> None:
        fill(db, [delivery("one", expires_at=NOW + timedelta(seconds=2))])

        def step(name: str) -> None:
            if name == "armed":
                set_clock(NOW + timedelta(seconds=3))

        done = publishing.tick(db, work(to_account(fake), step=step))
        assert (fake.requests, done.waiting) == ([], ["test/one@fake"])

    def test_a_signature_that_is_taken_back_after_arming_stops_it(self, db: Db, fake: Fake) -> None:
        policy = Policy(timedelta(hours=2), approval=True)
        fill(db, [delivery("one")])
        approvals.approve(db, queue.rows(db), HEAD, policy)

        def step(name: str) -> None:
            if name == "armed":
                approvals.unapprove(db, queue.rows(db), HEAD, "not yet")

        publishing.tick(db, work(to_account(fake), policy=policy, step=step))
        assert fake.requests == []


class TestLooking:
    def test_for_one_account_keeps_no_other_waiting(
        self, db: Db, tmp_path: Path, set_clock: Callable[[datetime], None]
    ) -> None:
        """A platform that hangs is looked at once a tick, and by nobody who has to send."""
        slow, quick = (Fake(name, Ledger(tmp_path / name), ["lost before"] * 3) for name in "ab")
        quick.faults.clear()
        fill(db, [delivery(f"post-{number}", "a") for number in range(3)])
        publishing.tick(db, work(to_account(slow, quick)))
        looks: list[str] = []

        def find(draft: Draft, *, key: str, since: datetime) -> Publication | None:
            looks.append(key)
            raise UnavailableError("no answer in time")

        slow.find = find  # type: ignore[method-assign]
        for minute in range(2, 5):
            set_clock(NOW + timedelta(minutes=minute))
            fill(db, [delivery(f"post-{minute}", "b", at=clock.now())])
            done = publishing.tick(db, work(to_account(slow, quick)))
            assert done.published == [f"test/post-{minute}@b"]
        assert looks == [f"test/post-{number}@a" for number in range(3)]

    def test_that_is_refused_is_no_refusal_of_the_post(self, db: Db, fake: Fake) -> None:
        """A restored delivery is looked for before it is sent; X may not let its keys read."""

        def find(draft: Draft, *, key: str, since: datetime) -> Publication | None:
            raise RejectedError("these keys may not read")

        fake.find = find  # type: ignore[method-assign]
        fill(db, [delivery("one")])
        db.conn.execute("UPDATE deliveries SET look_since = ?", (clock.stored(NOW),))
        done = publishing.tick(db, work(to_account(fake)))
        assert (done.failed, done.waiting) == ([], ["test/one@fake"])
        assert "could not be looked for" in done.notes["test/one@fake"]


class TestAProgramThatIsAskedToEnd:
    def test_arms_nothing_more_and_leaves_it_due(self, db: Db, fake: Fake) -> None:
        """What it was handing over to the platform is public for nobody yet."""
        fill(db, [delivery("one"), delivery("two")])
        steps: list[str] = []
        plan = work(to_account(fake), step=steps.append)
        done = publishing.tick(db, replace(plan, ending=lambda: "uploaded" in steps))
        assert (fake.requests, done.published) == ([], [])
        assert {row.state for row in queue.rows(db)} == {"queued"}
        assert publishing.tick(db, work(to_account(fake))).published == [
            "test/one@fake",
            "test/two@fake",
        ]
