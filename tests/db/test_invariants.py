"""Random walks: whatever happens in whatever order, these things hold."""

from __future__ import annotations

import contextlib
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from sgcomms import clock, publishing
from sgcomms.db import audit, open_database, queue, writing
from sgcomms.errors import StateError
from sgcomms.models import Mode
from sgcomms.platforms import Publisher
from tests.fakes import NOW, Fake, Fault, Keyed, Ledger, Machine, delivery, fill, work

ACCOUNTS = ("plain", "keyed")
NAMES = st.sampled_from([f"post-{number}" for number in range(6)])
FAULTS: st.SearchStrategy[Fault | None] = st.sampled_from(
    (None, None, "refuse", "unreachable", "lost before", "lost after", "bug after")
)
STEPS = ("swept", "claimed", "uploaded", "armed", "sent", "recorded")


class KilledError(BaseException):
    """Stands for a process that ends: nothing in the engine catches it."""


class Engine(RuleBasedStateMachine):
    """Officers queue, publishers tick and die, time goes by."""

    @initialize()
    def begin(self) -> None:
        self.stack = contextlib.ExitStack()
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        patch = self.stack.enter_context(pytest.MonkeyPatch.context())
        self.machine = Machine(patch)
        self.db = self.stack.enter_context(open_database(folder / "sgcomms.db", create=True))
        self.db.conn.execute("PRAGMA synchronous=OFF")  # only processes die here, not machines
        self.ledger = Ledger(folder / "public")
        self.done: dict[str, str] = {}
        self.rehearsed = self.stack.enter_context(contextlib.ExitStack())
        self.rehearse()

    def rehearse(self) -> None:
        """Let the program's time be the machine's."""
        self.rehearsed.close()
        self.rehearsed.enter_context(clock.rehearse(self.machine.time))

    def teardown(self) -> None:
        if hasattr(self, "stack"):
            self.run_out()
            self.stack.close()

    @rule(
        name=NAMES, account=st.sampled_from(ACCOUNTS), wait=st.integers(0, 300), ends=st.booleans()
    )
    def add(self, name: str, account: str, wait: int, ends: bool) -> None:
        at = clock.now() + timedelta(minutes=wait)
        one = delivery(name, account, at=at, expires_at=at + timedelta(hours=1) if ends else None)
        with contextlib.suppress(StateError):
            fill(self.db, [one])

    @rule(name=NAMES, account=st.sampled_from(ACCOUNTS), wait=st.integers(-300, 300))
    def change(self, name: str, account: str, wait: int) -> None:
        at = clock.now() + timedelta(minutes=wait)
        with contextlib.suppress(StateError), writing(self.db):
            queue.change(self.db, [delivery(name, account, at=at, text="New words.")], "officer")

    @rule(name=NAMES, account=st.sampled_from(ACCOUNTS))
    def withdraw(self, name: str, account: str) -> None:
        with contextlib.suppress(StateError), writing(self.db):
            queue.withdraw(self.db, [f"test/{name}@{account}"], "gone", "officer")

    @rule(minutes=st.sampled_from([1, 1, 3, 5, 30, 130, 60 * 24]))
    def wait(self, minutes: int) -> None:
        self.machine.later(minutes=minutes)
        self.rehearse()

    @rule(seconds=st.integers(1, 200))
    def set_the_clock_back(self, seconds: int) -> None:
        last = audit.last_at(self.db) or NOW
        self.machine.time = max(self.machine.time - timedelta(seconds=seconds), last)
        self.rehearse()

    @rule(faults=st.lists(FAULTS, max_size=3), blind=st.booleans())
    def tick(self, faults: list[Fault | None], blind: bool) -> None:
        self.publish(faults, blind=blind)

    @rule(step=st.sampled_from(STEPS), faults=st.lists(FAULTS, max_size=2))
    def tick_and_die(self, step: str, faults: list[Fault | None]) -> None:
        def die(here: str) -> None:
            if here == step:
                raise KilledError

        with contextlib.suppress(KilledError):
            self.publish(faults, step=die)

    @rule(seconds=st.integers(0, 110), faults=st.lists(FAULTS, max_size=2))
    def tick_beside_another(self, seconds: int, faults: list[Fault | None]) -> None:
        """Another publisher does its work while a request is under way."""

        def meanwhile() -> None:
            self.machine.later(seconds=seconds)
            self.publish([])

        self.publish(faults, during=meanwhile)

    @rule()
    @precondition(lambda self: hasattr(self, "db"))
    def tick_that_outlasts_its_lease(self) -> None:
        """A platform without keys: what it calls uncertain is never sent again meanwhile."""

        def meanwhile() -> None:
            self.machine.later(minutes=3)
            self.publish([], blind=True)

        self.publish([], during=meanwhile, only="plain")

    def publish(
        self,
        faults: list[Fault | None],
        *,
        blind: bool = False,
        during: Callable[[], None] = lambda: None,
        step: Callable[[str], None] = lambda _: None,
        only: str | None = None,
    ) -> None:
        fakes: dict[str, Fake] = {
            "plain": Fake("plain", self.ledger, faults, during),
            "keyed": Keyed("keyed", self.ledger, faults, during if only is None else lambda: None),
        }
        for fake in fakes.values():
            fake.blind = blind

        def connect(account: str, mode: Mode) -> Publisher:
            return fakes[account]

        owner = publishing.owner_name()
        publishing.tick(self.db, work(connect, owner=owner, step=step))

    @invariant()
    def nothing_is_public_twice(self) -> None:
        if hasattr(self, "ledger"):
            assert max(Counter(self.ledger.public()).values(), default=0) <= 1

    @invariant()
    def what_was_published_stays_published(self) -> None:
        if not hasattr(self, "db"):
            return
        rows = {row.id: row for row in queue.rows(self.db)}
        for name, text in self.done.items():
            assert (rows[name].state, rows[name].draft.text) == ("published", text)
        self.done = {name: row.draft.text for name, row in rows.items() if row.state == "published"}
        assert set(self.done) <= set(self.ledger.public())

    @invariant()
    def whatever_can_still_happen_is_woken_up_for(self) -> None:
        if not hasattr(self, "db"):
            return
        asleep = self.db.conn.execute(
            "SELECT id FROM deliveries WHERE wake_at IS NULL AND (state IN ('queued', 'publishing')"
            f" OR (state = 'uncertain' AND looks < {len(Fake.looks)}))"
        ).fetchall()
        assert asleep == []

    @invariant()
    def the_trail_is_whole_and_tells_every_state(self) -> None:
        if not hasattr(self, "db"):
            return
        assert audit.broken_at(self.db) is None
        last = {entry.subject: entry for entry in audit.entries(self.db)}
        told = {"claimed": "publishing", "armed": "publishing", "looked": "uncertain"}
        for row in queue.rows(self.db):
            entry = last[row.id]
            state = entry.detail["state"] if entry.action == "changed" else entry.action
            assert told.get(str(state), state) == row.state

    def run_out(self) -> None:
        """Let all time pass, with nothing going wrong any more: everything comes to an end."""
        for _ in range(8):
            self.machine.later(days=1)
            self.rehearse()
            self.publish([])
        states = {row.id: row.state for row in queue.rows(self.db)}
        assert not {"queued", "publishing"} & set(states.values())
        for name in self.ledger.public():
            assert states[name] == "published", f"{name} is public and nobody knows"


QUICK = settings(
    max_examples=60,
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


def test_a_short_walk() -> None:
    run_state_machine_as_test(Engine, settings=QUICK)


@pytest.mark.long
def test_a_long_walk() -> None:
    run_state_machine_as_test(
        Engine, settings=settings(QUICK, max_examples=600, stateful_step_count=40)
    )
