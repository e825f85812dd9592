"""Every move of a delivery, from every state: those that may not be made change nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import get_args

import pytest

from sgcomms import clock
from sgcomms.db import Db, audit, looking, queue, sending, sweeping, writing
from sgcomms.db.gate import Policy
from sgcomms.db.outcomes import TakenError
from sgcomms.db.queue import Row
from sgcomms.db.sending import Claim
from sgcomms.errors import StateError
from sgcomms.models import Publication, State
from tests.conftest import At
from tests.fakes import NOW, POLICY, Fake, Machine, delivery, fill

ONE = delivery("one")
LATER = delivery("one", at=NOW + timedelta(hours=1), text="Other words.")
PUBLIC = Publication("fake", "p1", NOW, "https://fake.example/p1")
STATES: tuple[State, ...] = get_args(State)


def claimed(db: Db) -> Claim:
    found = sending.claim(db, NOW, POLICY, "me", ("live",), "fake")
    assert found is not None
    return found


def armed(db: Db) -> Claim:
    held = claimed(db)
    assert sending.arm(db, held, NOW, POLICY, held.draft)
    return held


def row(db: Db) -> Row:
    (found,) = queue.rows(db)
    return found


def bring_to(db: Db, state: State) -> Claim | None:
    """Bring the one delivery into `state` by the moves that lead there."""
    fill(db, [ONE])
    held: Claim | None = None
    if state == "publishing":
        held = armed(db)
    elif state == "published":
        held = armed(db)
        sending.published(db, held, PUBLIC)
    elif state == "failed":
        held = armed(db)
        sending.failed(db, held, "refused")
    elif state == "uncertain":
        held = armed(db)
        sending.uncertain(db, held, "lost", NOW)
    elif state == "held":
        sweeping.sweep(db, NOW + timedelta(hours=3), POLICY, "me")
    elif state == "withdrawn":
        with writing(db):
            queue.withdraw(db, [ONE.id], "it is no longer in the YAML", "me")
    elif state == "handed":
        db.conn.execute("UPDATE deliveries SET state = 'handed', wake_at = NULL")
    assert row(db).state == state
    return held


def change(db: Db, held: Claim) -> None:
    with writing(db):
        queue.change(db, [LATER], "me")


def withdraw(db: Db, held: Claim) -> None:
    with writing(db):
        queue.withdraw(db, [ONE.id], "gone", "me")


def published(db: Db, held: Claim) -> None:
    sending.published(db, held, PUBLIC)


def failed(db: Db, held: Claim) -> None:
    sending.failed(db, held, "refused")


def uncertain(db: Db, held: Claim) -> None:
    sending.uncertain(db, held, "lost", NOW)


def again(db: Db, held: Claim) -> None:
    sending.again(db, held, "not reached", NOW)


def found(db: Db, held: Claim) -> None:
    looking.found(db, replace(row(db), attempt=held.attempt), PUBLIC, "me")


def not_sent(db: Db, held: Claim) -> None:
    looking.not_sent(db, row(db), NOW, "me")


def not_found(db: Db, held: Claim) -> None:
    looking.not_found(db, row(db), NOW, "me", Fake.looks)


OF_THE_CLAIM = {"publishing", "uncertain"}
MOVES: dict[Callable[[Db, Claim], None], tuple[set[str], str]] = {
    change: ({"queued", "held", "withdrawn"}, "queued"),
    withdraw: ({"queued", "held"}, "withdrawn"),
    published: (OF_THE_CLAIM, "published"),
    failed: (OF_THE_CLAIM, "failed"),
    uncertain: (OF_THE_CLAIM, "uncertain"),
    again: (OF_THE_CLAIM, "queued"),
    found: ({"uncertain"}, "published"),
    not_sent: ({"uncertain"}, "queued"),
    not_found: ({"uncertain"}, "uncertain"),
}
"""Each move: the states it may start from, and where it leads."""


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("move", MOVES)
def test_a_move_starts_from_its_own_states_only(
    db: Db, state: State, move: Callable[[Db, Claim], None]
) -> None:
    held = bring_to(db, state)
    claim = held or Claim(ONE.id, "fake", "fake", "live", ONE.draft, "me", row(db).attempt, 0, None)
    before, trail = row(db), len(list(audit.entries(db)))
    starts, leads_to = MOVES[move]
    if state in starts:
        move(db, claim)
        assert row(db).state == leads_to
        assert len(list(audit.entries(db))) == trail + 1
    else:
        with pytest.raises(StateError):
            move(db, claim)
        assert row(db) == before
        assert len(list(audit.entries(db))) == trail
    assert audit.broken_at(db) is None


@pytest.mark.parametrize("state", STATES)
def test_only_what_is_queued_can_be_claimed(db: Db, state: State) -> None:
    bring_to(db, state)
    got = sending.claim(db, NOW, POLICY, "other", ("live",), "fake")
    assert (got is not None) == (state == "queued")


@pytest.mark.parametrize("move", [published, failed, uncertain, again])
def test_a_claim_that_was_lost_moves_nothing(
    db: Db, move: Callable[[Db, Claim], None], machine: Machine
) -> None:
    fill(db, [ONE])
    old = claimed(db)
    machine.later(minutes=3)
    sweeping.sweep(db, NOW, POLICY, "other")
    new = claimed(db)
    assert new.attempt == old.attempt + 1
    before = row(db)
    with pytest.raises(StateError):
        move(db, old)
    assert not sending.arm(db, old, NOW, POLICY, old.draft)
    assert row(db) == before


class TestArming:
    def test_happens_once(self, db: Db) -> None:
        fill(db, [ONE])
        held = armed(db)
        assert not sending.arm(db, held, NOW, POLICY, held.draft)

    @pytest.mark.parametrize(
        ("minutes", "hours"), [(-1, 0), (0, 3)], ids=["before its time", "too late"]
    )
    def test_is_refused_out_of_time(self, db: Db, minutes: int, hours: int) -> None:
        fill(db, [ONE])
        held = claimed(db)
        now = NOW + timedelta(minutes=minutes, hours=hours)
        assert not sending.arm(db, held, now, POLICY, held.draft)

    def test_is_refused_after_it_expired(self, db: Db) -> None:
        fill(db, [delivery("one", expires_at=NOW + timedelta(minutes=1))])
        held = claimed(db)
        assert not sending.arm(db, held, NOW + timedelta(minutes=1), POLICY, held.draft)

    def test_is_refused_when_the_lease_is_over(self, db: Db, machine: Machine) -> None:
        fill(db, [ONE])
        held = claimed(db)
        machine.later(seconds=120)
        assert not sending.arm(db, held, NOW, POLICY, held.draft)

    def test_keeps_what_the_upload_added(self, db: Db) -> None:
        fill(db, [ONE])
        held = claimed(db)
        assert sending.arm(db, held, NOW, POLICY, replace(held.draft, link="https://c.example"))
        assert row(db).draft.link == "https://c.example"


class TestSweeping:
    def test_a_claim_that_was_never_armed_goes_back(self, db: Db, machine: Machine) -> None:
        fill(db, [ONE])
        claimed(db)
        machine.later(seconds=119)
        assert sweeping.sweep(db, NOW, POLICY, "other") == []
        machine.later(seconds=1)
        (moved,) = sweeping.sweep(db, NOW, POLICY, "other")
        assert (moved.state, row(db).state) == ("queued", "queued")

    def test_one_that_was_armed_is_uncertain(self, db: Db, machine: Machine) -> None:
        fill(db, [ONE])
        armed(db)
        machine.later(minutes=3)
        (moved,) = sweeping.sweep(db, NOW, POLICY, "other")
        assert (moved.state, row(db).state) == ("uncertain", "uncertain")

    def test_a_claim_that_was_left_behind_and_is_late_is_held(
        self, db: Db, machine: Machine
    ) -> None:
        fill(db, [ONE])
        claimed(db)
        machine.later(hours=3)
        sweeping.sweep(db, NOW + timedelta(hours=3), POLICY, "other")
        assert row(db).state == "held"
        assert "the process that had claimed it ended" in (row(db).reason or "")

    def test_the_reason_names_the_allowed_delay(self, db: Db) -> None:
        for minutes, words in ((60, "1 hour ago"), (90, "90 minutes ago"), (1440, "24 hours ago")):
            fill(db, [delivery(f"late-{minutes}")])
            now = NOW + timedelta(days=2)
            (moved,) = sweeping.sweep(
                db, now, Policy(timedelta(minutes=minutes), approval=False), "me"
            )
            assert f"it came due over {words}" in moved.reason


class TestChanging:
    def test_gives_new_content_and_time(self, db: Db, at: At) -> None:
        bring_to(db, "queued")
        with writing(db):
            queue.change(db, [LATER], "me")
        assert (row(db).due_at, row(db).draft.text) == (LATER.at, "Other words.")
        assert sending.claim(db, NOW, POLICY, "me", ("live",), "fake") is None

    def test_keeps_the_mode_it_was_queued_in(self, db: Db) -> None:
        bring_to(db, "queued")
        with writing(db):
            queue.change(db, [replace(LATER, mode="outbox")], "me")
        assert row(db).mode == "live"

    def test_takes_the_mode_of_today_when_it_comes_back(self, db: Db) -> None:
        """A post that was rehearsed, withdrawn and asked for again must not go to the outbox."""
        bring_to(db, "withdrawn")
        with writing(db):
            queue.change(db, [replace(LATER, mode="outbox")], "me")
        assert (row(db).mode, row(db).state, row(db).reason) == ("outbox", "queued", None)

    def test_a_held_one_stays_held_until_its_time_is_to_come(self, db: Db, at: At) -> None:
        bring_to(db, "held")
        at("2026-11-22T12:00:00+00:00")
        with writing(db):
            queue.change(db, [LATER], "me")
        assert (row(db).state, row(db).due_at) == ("held", LATER.at)
        with writing(db):
            queue.change(db, [delivery("one", at=NOW + timedelta(hours=4))], "me")
        assert (row(db).state, row(db).reason) == ("queued", None)

    def test_what_a_person_withdrew_stays_withdrawn(self, db: Db) -> None:
        bring_to(db, "withdrawn")
        db.conn.execute("UPDATE deliveries SET by_person = 1")
        with pytest.raises(StateError), writing(db):
            queue.change(db, [LATER], "me")

    def test_one_that_goes_out_on_approval_is_due_at_once(self, db: Db) -> None:
        fill(db, [replace(ONE, at=None)])
        assert row(db).due_at == NOW
        assert claimed(db).id == ONE.id


def test_adding_what_is_there_changes_nothing(db: Db) -> None:
    fill(db, [ONE])
    with pytest.raises(StateError, match="run `sgcomms queue` again"):
        fill(db, [delivery("two"), LATER])
    assert [one.post for one in queue.rows(db)] == ["one"]


def test_a_stale_plan_is_refused(db: Db) -> None:
    fill(db, [ONE])
    seen = {ONE.id: row(db), "test/two@fake": None}
    with writing(db):
        queue.unmoved(db, seen)
        queue.change(db, [LATER], "other")
    with pytest.raises(StateError, match="has moved on"), writing(db):
        queue.unmoved(db, seen)
    fill(db, [delivery("two")])
    with pytest.raises(StateError, match="has moved on"), writing(db):
        queue.unmoved(db, {"test/two@fake": None})


def test_one_account_sends_one_post_at_a_time(db: Db) -> None:
    fill(db, [delivery("one"), delivery("two"), delivery("three", "other")])
    accounts = ("fake", "fake", "other")
    claims = [sending.claim(db, NOW, POLICY, "me", ("live",), account) for account in accounts]
    assert [one and one.id for one in claims] == ["test/one@fake", None, "test/three@other"]


def test_a_publication_settles_one_delivery(db: Db) -> None:
    fill(db, [ONE, delivery("two")])
    sending.published(db, armed(db), PUBLIC)
    with pytest.raises(TakenError):
        sending.published(db, armed(db), PUBLIC)
    assert [one.state for one in queue.rows(db)] == ["published", "publishing"]


def test_what_went_to_an_outbox_is_no_publication(db: Db) -> None:
    fill(db, [delivery("one", mode="outbox")])
    held = sending.claim(db, NOW, POLICY, "me", ("outbox",), "fake")
    assert held is not None
    sending.arm(db, held, NOW, POLICY, held.draft)
    sending.published(db, held, PUBLIC)
    assert db.conn.execute("SELECT count(*) FROM publications").fetchone()[0] == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE deliveries SET state = 'queued', published_at = NULL, wake_at = due_at",
        "UPDATE deliveries SET draft = '{}'",
        "DELETE FROM deliveries",
    ],
)
def test_the_database_itself_keeps_what_is_published(db: Db, statement: str) -> None:
    bring_to(db, "published")
    with pytest.raises(sqlite3.IntegrityError), writing(db):
        db.conn.execute(statement)


@pytest.mark.parametrize(
    "values",
    ["wake_at = NULL", "state = 'publishing'", "state = 'published'", "state = 'sent'"],
)
def test_the_database_itself_refuses_what_would_be_lost(db: Db, values: str) -> None:
    """A queued delivery that nothing wakes, a claim that never ends, a state that nobody knows."""
    bring_to(db, "queued")
    with pytest.raises(sqlite3.IntegrityError), writing(db):
        db.conn.execute(f"UPDATE deliveries SET {values}")


def test_a_reason_keeps_the_one_before_it_and_no_more(db: Db, at: At) -> None:
    fill(db, [delivery("one")])
    again = "UPDATE deliveries SET state = 'queued', held_for = NULL, wake_at = due_at"
    for day in (23, 24, 25):
        db.conn.execute(again)
        at(f"2026-11-{day}T09:00+00:00")
        sweeping.sweep(db, clock.now(), POLICY, "me")
    late = "it came due over 2 hours ago"
    assert row(db).reason == f"{late}; before that: {late}"
