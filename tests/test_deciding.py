"""What people decide: approvals, refusals, pauses, releases, and what the engine makes of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sgcomms import publishing
from sgcomms.db import Db, alerts, approvals, audit, decisions, parks, pauses, queue
from sgcomms.db.approvals import Approved
from sgcomms.db.gate import MAX_SENDS, Policy
from sgcomms.db.queue import Row
from sgcomms.errors import StateError
from sgcomms.models import Delivery, Publication
from sgcomms.publishing import Tick
from tests.conftest import At
from tests.fakes import NOW, Fake, Ledger, Machine, delivery, fill, to_account, work

SIGNED = Policy(timedelta(hours=2), approval=True)
HEAD, OTHER, AUTHOR = "head.of.service@board.example", "b@board.example", delivery("x").author
SOON = NOW + timedelta(hours=1)


@pytest.fixture
def fake(tmp_path: Path) -> Fake:
    return Fake("fake", Ledger(tmp_path / "public"))


def tick(db: Db, fake: Fake, policy: Policy = SIGNED, **more: object) -> Tick:
    return publishing.tick(db, work(to_account(fake), policy=policy, **more))  # type: ignore[arg-type]


def row(db: Db, name: str = "one") -> Row:
    return next(one for one in queue.rows(db) if one.post == name)


def approve(db: Db, by: str = HEAD, name: str = "one", policy: Policy = SIGNED) -> Approved:
    (found,) = approvals.approve(db, [row(db, name)], by, policy)
    return found


class TestApproval:
    def test_without_it_nothing_goes_out(self, db: Db, fake: Fake) -> None:
        fill(db, [delivery("one")])
        done = tick(db, fake)
        assert (done.held, fake.requests) == (["test/one@fake"], [])
        assert "not approved by its time" in (row(db).reason or "")

    def test_with_it_goes_out_at_its_time(self, db: Db, fake: Fake, at: At) -> None:
        fill(db, [delivery("one", at=SOON)])
        assert approve(db) == Approved("test/one@fake", 0, None, SOON)
        assert tick(db, fake) == Tick()
        at(SOON.isoformat())
        assert tick(db, fake).published == ["test/one@fake"]

    def test_by_the_author_is_none(self, db: Db) -> None:
        fill(db, [delivery("one", at=SOON)])
        with pytest.raises(StateError, match="somebody else has to approve"):
            approve(db, AUTHOR)
        assert approvals.decisions(db) == []

    def test_a_signature_of_the_author_that_got_in_counts_for_nothing(
        self, db: Db, fake: Fake
    ) -> None:
        fill(db, [delivery("one")])
        db.conn.execute(
            "INSERT INTO approvals (delivery, hash, decision, by_whom, at)"
            " SELECT id, content_hash, 'approved', author, '' FROM deliveries"
        )
        assert tick(db, fake).held == ["test/one@fake"]

    def test_a_case_review_needs_two(self, db: Db, fake: Fake, at: At) -> None:
        fill(db, [replace(delivery("one", at=SOON), sensitivity="case_review")])
        assert approve(db).short == 1
        assert approve(db).short == 1  # the same person twice is one person
        assert approve(db, OTHER).short == 0
        at(SOON.isoformat())
        assert tick(db, fake).published == ["test/one@fake"]

    def test_a_case_review_needs_two_also_where_the_board_asks_for_none(
        self, db: Db, fake: Fake
    ) -> None:
        fill(db, [replace(delivery("one"), sensitivity="case_review")])
        assert tick(db, fake, replace(SIGNED, approval=False)).held == ["test/one@fake"]

    def test_after_the_slot_leads_to_held(self, db: Db, fake: Fake, at: At) -> None:
        fill(db, [delivery("one")])
        at((NOW + timedelta(minutes=1)).isoformat())
        assert approve(db).held == "it was approved after its time"
        assert tick(db, fake) == Tick()
        assert (row(db).state, fake.requests) == ("held", [])

    def test_is_void_after_a_change(self, db: Db, fake: Fake, at: At) -> None:
        one = delivery("one", at=SOON)
        fill(db, [one])
        approve(db)
        change(db, replace(delivery("one", at=SOON, text="Other words."), id=one.id))
        at(SOON.isoformat())
        assert tick(db, fake).held == [one.id]

    def test_is_void_also_when_the_change_is_taken_back(self, db: Db, fake: Fake, at: At) -> None:
        one = delivery("one", at=SOON)
        fill(db, [one])
        approve(db)
        change(db, replace(delivery("one", at=SOON, text="Other words."), id=one.id))
        change(db, one)
        at(SOON.isoformat())
        assert tick(db, fake).held == [one.id]

    def test_of_what_is_not_as_it_was_seen_is_refused(self, db: Db) -> None:
        one = delivery("one", at=SOON)
        fill(db, [one])
        seen = row(db)
        change(db, replace(delivery("one", at=SOON, text="Other words."), id=one.id))
        with pytest.raises(StateError, match="changed since it was shown"):
            approvals.approve(db, [seen], HEAD, SIGNED)

    def test_is_needed_anew_when_somebody_refuses(self, db: Db, fake: Fake, at: At) -> None:
        fill(db, [delivery("one", at=SOON)])
        approve(db)
        approvals.reject(db, [row(db)], OTHER, "the number is wrong")
        assert row(db).state == "held"
        assert "the number is wrong" in (row(db).reason or "")
        assert approve(db).held is None  # the approver has changed her mind, in time
        at(SOON.isoformat())
        assert tick(db, fake).published == ["test/one@fake"]

    def test_may_be_taken_back(self, db: Db, fake: Fake, at: At) -> None:
        fill(db, [delivery("one", at=SOON)])
        approve(db)
        approvals.unapprove(db, [row(db)], HEAD, "wait")
        at(SOON.isoformat())
        assert tick(db, fake).held == ["test/one@fake"]

    def test_taken_back_between_claim_and_arming_keeps_it_from_going(
        self, db: Db, fake: Fake, at: At
    ) -> None:
        fill(db, [delivery("one", at=SOON)])
        approve(db)

        def take_back(name: str) -> None:
            if name == "arming":
                approvals.unapprove(db, [row(db)], HEAD, "wait")

        at(SOON.isoformat())
        tick(db, fake, step=take_back)
        assert fake.requests == []
        assert tick(db, fake).held == ["test/one@fake"]

    def test_of_what_somebody_refused_meanwhile_is_refused(
        self, db: Db, fake: Fake, at: At
    ) -> None:
        """One head reads what is to be approved while another refuses it."""
        fill(db, [delivery("one", at=SOON)])
        seen = queue.rows(db)
        approvals.reject(db, queue.rows(db), OTHER, "the child can be recognised")
        with pytest.raises(StateError, match="changed since it was shown"):
            approvals.approve(db, seen, HEAD, SIGNED)

    def test_by_one_more_in_the_minute_of_the_post_stops_nothing(
        self, db: Db, fake: Fake, at: At
    ) -> None:
        fill(db, [delivery("one", at=SOON)])
        approve(db)
        at("2026-11-22T10:00:20+00:00")
        assert approve(db, OTHER).held is None
        assert tick(db, fake).published == ["test/one@fake"]

    def test_an_outbox_needs_none(self, db: Db, fake: Fake) -> None:
        fill(db, [delivery("one", mode="outbox")])
        assert tick(db, fake, modes=("outbox",)).published == ["test/one@fake"]

    def test_is_append_only(self, db: Db) -> None:
        fill(db, [delivery("one", at=SOON)])
        approve(db)
        for statement in ("DELETE FROM approvals", "UPDATE approvals SET by_whom = 'x'"):
            with pytest.raises(Exception, match="append-only"):
                db.conn.execute(statement)


class TestOnApproval:
    def urgent(self) -> Delivery:
        return replace(delivery("one", expires_at=NOW + timedelta(days=1)), at=None)

    def test_goes_out_at_once_when_it_is_approved(self, db: Db, fake: Fake, at: At) -> None:
        fill(db, [self.urgent()])
        at("2026-11-22T15:00+00:00")
        assert tick(db, fake) == Tick()
        assert approve(db).held is None
        assert tick(db, fake).published == ["test/one@fake"]

    def test_refused_and_approved_after_all_goes_out_at_once(self, db: Db, fake: Fake) -> None:
        fill(db, [self.urgent()])
        approvals.reject(db, [row(db)], OTHER, "wait")
        assert approve(db).held is None
        assert tick(db, fake).published == ["test/one@fake"]

    def test_taken_back_while_it_is_under_way_stops_it(self, db: Db, fake: Fake) -> None:
        fill(db, [self.urgent()])
        approve(db)

        def step(name: str) -> None:
            if name == "claimed":
                approvals.unapprove(db, [row(db)], HEAD, "not yet")

        tick(db, fake, step=step)
        assert (fake.requests, row(db).state) == ([], "queued")

    def test_expires_unsent(self, db: Db, fake: Fake, at: At) -> None:
        fill(db, [self.urgent()])
        at("2026-11-23T09:00+00:00")
        assert tick(db, fake).withdrawn == ["test/one@fake"]
        assert fake.requests == []

    def test_waits_for_the_second_signature_of_a_case_review(
        self, db: Db, fake: Fake, at: At
    ) -> None:
        fill(db, [replace(self.urgent(), sensitivity="case_review")])
        approve(db)
        assert tick(db, fake) == Tick()
        approve(db, OTHER)
        assert tick(db, fake).published == ["test/one@fake"]


class TestPause:
    FREE = replace(SIGNED, approval=False)

    def test_one_second_before_stops_it(self, db: Db, fake: Fake, at: At) -> None:
        fill(db, [delivery("one", at=SOON)])
        at((SOON - timedelta(seconds=1)).isoformat())
        pauses.start(db, "all", None, "mourning", HEAD)
        at(SOON.isoformat())
        done = tick(db, fake, self.FREE)
        assert (done.held, fake.requests) == (["test/one@fake"], [])

    @pytest.mark.parametrize("step", ["claimed", "uploaded", "arming", "armed"])
    def test_between_claim_and_request_stops_it(self, db: Db, fake: Fake, step: str) -> None:
        fill(db, [delivery("one")])

        def stop(name: str) -> None:
            if name == step:
                pauses.start(db, "all", None, "mourning", HEAD)

        tick(db, fake, self.FREE, step=stop)
        assert fake.requests == []
        assert tick(db, fake, self.FREE).held == ["test/one@fake"]

    @pytest.mark.parametrize("step", ["swept", "claimed", "uploaded", "arming", "armed"])
    def test_a_stop_file_stops_the_very_next_request(self, db: Db, fake: Fake, step: str) -> None:
        fill(db, [delivery("one"), delivery("two")])
        since: list[datetime] = []
        tick(
            db,
            fake,
            self.FREE,
            step=lambda name: since.append(NOW) if name == step else None,
            stopped=lambda: since[0] if since else None,
        )
        assert fake.requests == []
        assert [one.by for one in pauses.active(db)] == [pauses.STOP_FILE]

    @pytest.mark.parametrize(
        ("scope", "target", "left"),
        [("account", "fake", []), ("account", "else", ["one"]), ("campaign", "test", [])],
    )
    def test_of_an_account_or_a_campaign(
        self, db: Db, fake: Fake, scope: pauses.Scope, target: str, left: list[str]
    ) -> None:
        fill(db, [delivery("one")])
        pauses.start(db, scope, target, "why", HEAD)
        assert [key[5:8] for key in tick(db, fake, self.FREE).published] == left

    def test_what_came_due_meanwhile_stays_held_after_it(self, db: Db, fake: Fake, at: At) -> None:
        """Also when no tick ran while the pause stood."""
        fill(db, [delivery("one", at=SOON), delivery("two", at=SOON + timedelta(minutes=30))])
        pauses.start(db, "all", None, "why", HEAD)
        at((SOON + timedelta(minutes=10)).isoformat())
        pauses.lift(db, pauses.active(db)[0], HEAD)
        at((SOON + timedelta(minutes=31)).isoformat())
        done = tick(db, fake, self.FREE)
        assert (done.held, done.published) == (["test/one@fake"], ["test/two@fake"])

    def test_one_campaign_or_delivery_may_still_go(self, db: Db, fake: Fake, at: At) -> None:
        fill(db, [delivery("one", at=SOON), delivery("two", at=SOON)])
        pauses.start(db, "all", None, "why", HEAD)
        pauses.release(db, pauses.active(db)[0], "delivery", "test/two@fake", HEAD)
        at(SOON.isoformat())
        done = tick(db, fake, self.FREE)
        assert (done.held, done.published) == (["test/one@fake"], ["test/two@fake"])

    def test_releases_only_the_campaigns_that_are_named(self, db: Db, fake: Fake, at: At) -> None:
        other = replace(delivery("two", at=SOON), id="other/two@fake", campaign="other")
        fill(db, [delivery("one", at=SOON), other])
        pauses.start(db, "all", None, "why", HEAD)
        pauses.release(db, pauses.active(db)[0], "campaign", "other", HEAD)
        at(SOON.isoformat())
        assert tick(db, fake, self.FREE).published == ["other/two@fake"]

    def test_reminds_once(self, db: Db, at: At) -> None:
        pauses.start(db, "all", None, "why", HEAD, remind_at=SOON)
        pauses.remind(db, NOW)
        assert alerts.unsent(db) == []
        pauses.remind(db, SOON)
        pauses.remind(db, SOON)
        assert [one.kind for one in alerts.unsent(db)] == ["pause"]


class TestRelease:
    def held(self, db: Db, fake: Fake) -> Row:
        fill(db, [delivery("one")])
        tick(db, fake)
        assert row(db).state == "held"
        return row(db)

    def test_by_an_approver_goes_out_at_its_new_time(self, db: Db, fake: Fake, at: At) -> None:
        decisions.release(db, self.held(db, fake), SOON, HEAD, signs=True)
        assert tick(db, fake) == Tick()
        at(SOON.isoformat())
        assert tick(db, fake).published == ["test/one@fake"]

    def test_by_another_needs_approval_of_the_new_time(self, db: Db, fake: Fake, at: At) -> None:
        decisions.release(db, self.held(db, fake), SOON, AUTHOR, signs=False)
        approve(db)
        at(SOON.isoformat())
        assert tick(db, fake).published == ["test/one@fake"]

    def test_voids_the_approval_of_the_old_time(self, db: Db, fake: Fake, at: At) -> None:
        fill(db, [delivery("one")])
        approve(db)  # too late: held
        decisions.release(db, row(db), SOON, AUTHOR, signs=False)
        at(SOON.isoformat())
        assert tick(db, fake).held == ["test/one@fake"]

    def test_is_for_what_is_held(self, db: Db, fake: Fake) -> None:
        fill(db, [delivery("one")])
        with pytest.raises(StateError, match="not held"):
            decisions.release(db, row(db), SOON, HEAD, signs=True)


class TestSettling:
    def uncertain(self, db: Db, fake: Fake) -> Row:
        fill(db, [delivery("one")])
        fake.faults = ["lost before"]
        tick(db, fake, replace(SIGNED, approval=False))
        assert row(db).state == "uncertain"
        return row(db)

    def test_posted(self, db: Db, fake: Fake) -> None:
        seen = Publication("fake", "p1", NOW, "https://fake.example/p1")
        decisions.settle_posted(db, self.uncertain(db, fake), seen, HEAD)
        assert (row(db).state, row(db).url) == ("published", "https://fake.example/p1")

    def test_not_posted_goes_out_again(self, db: Db, fake: Fake) -> None:
        decisions.settle_not_posted(db, self.uncertain(db, fake), HEAD)
        assert tick(db, fake, replace(SIGNED, approval=False)).published == ["test/one@fake"]

    def test_not_posted_is_held_when_it_is_late_by_then(self, db: Db, fake: Fake, at: At) -> None:
        one = self.uncertain(db, fake)
        at((NOW + timedelta(hours=3)).isoformat())
        decisions.settle_not_posted(db, one, HEAD)
        assert tick(db, fake, replace(SIGNED, approval=False)).held == ["test/one@fake"]
        assert len(fake.requests) == 1

    def test_an_answer_that_comes_after_a_person_gave_it_up_counts(
        self, db: Db, fake: Fake, machine: Machine
    ) -> None:
        """A process that was stopped beyond its lease wakes, and had sent it."""
        fill(db, [delivery("one")])

        def give_up() -> None:
            machine.later(minutes=3)
            free = replace(SIGNED, approval=False)
            unseeing = Fake("fake", fake.ledger)
            unseeing.blind = True
            publishing.tick(db, work(to_account(unseeing), policy=free, owner="b"))
            decisions.settle_not_posted(db, row(db), HEAD)

        blind = Fake("fake", fake.ledger, during=give_up)
        done = tick(db, blind, replace(SIGNED, approval=False))
        assert fake.ledger.public() == ["test/one@fake"]
        assert (row(db).state, done.uncertain) == ("published", [])


class TestParking:
    FREE = replace(SIGNED, approval=False)

    @pytest.mark.parametrize(("fault", "kind"), [("token", "token"), ("credit", "credit")])
    def test_a_dead_token_parks_the_account_and_not_post_by_post(
        self, db: Db, fake: Fake, fault: str, kind: str
    ) -> None:
        fill(db, [delivery("one"), delivery("two")])
        fake.faults = [fault]  # type: ignore[list-item]
        done = tick(db, fake, self.FREE)
        assert (done.parked, done.exit_code, len(fake.requests)) == (["fake"], 3, 1)
        assert [one.kind for one in parks.parked(db, NOW)] == [kind]
        assert tick(db, fake, self.FREE) == Tick()
        assert [one.kind for one in alerts.unsent(db)] == ["parked"]
        parks.unpark(db, "fake", HEAD)
        assert len(tick(db, fake, self.FREE).published) == 2

    def test_a_limit_ends_by_itself_and_keeps_the_order(self, db: Db, fake: Fake, at: At) -> None:
        fill(db, [delivery("one"), delivery("two", at=NOW + timedelta(minutes=1))])
        fake.faults = ["limit"]
        assert tick(db, fake, self.FREE).waiting == ["test/one@fake"]
        at((NOW + timedelta(minutes=19)).isoformat())
        assert tick(db, fake, self.FREE) == Tick()
        at((NOW + timedelta(minutes=20)).isoformat())
        assert tick(db, fake, self.FREE).published == ["test/one@fake", "test/two@fake"]
        assert alerts.unsent(db) == []

    def test_there_is_a_hard_cap_on_sends(self, db: Db, fake: Fake, at: At) -> None:
        fill(db, [delivery("one")])
        fake.faults = ["unreachable"] * 50
        for minute in range(120):
            at((NOW + timedelta(minutes=minute)).isoformat())
            tick(db, fake, replace(self.FREE, late_after=timedelta(days=9)))
        assert len(fake.requests) <= MAX_SENDS
        at((NOW + timedelta(days=1)).isoformat())
        for minute in range(10):
            at((NOW + timedelta(days=1, minutes=minute)).isoformat())
            tick(db, fake, replace(self.FREE, late_after=timedelta(days=9)))
        assert (len(fake.requests), row(db).held_for) == (MAX_SENDS, "tries")

    def test_other_accounts_go_on(self, db: Db, fake: Fake, tmp_path: Path) -> None:
        other = Fake("other", fake.ledger)
        fill(db, [delivery("one"), delivery("two", "other")])
        fake.faults = ["token"]
        done = publishing.tick(db, work(to_account(fake, other), policy=self.FREE))
        assert done.published == ["test/two@other"]


@dataclass(frozen=True)
class Quiet:
    """A closure."""

    name: str
    first: datetime
    until: datetime


class TestClosures:
    QUIET = Quiet("Mourning", NOW + timedelta(minutes=30), NOW + timedelta(days=10))
    CLOSED = replace(SIGNED, approval=False, closures=(QUIET,))

    def test_hold_what_is_not_marked(self, db: Db, fake: Fake, at: At) -> None:
        fill(db, [delivery("one", at=SOON)])
        at(SOON.isoformat())
        assert tick(db, fake, self.CLOSED).held == ["test/one@fake"]
        assert "Mourning" in (row(db).reason or "")

    def test_let_out_what_is_marked_signed_and_was_queued_before(
        self, db: Db, fake: Fake, at: At
    ) -> None:
        fill(db, [replace(delivery("one", at=SOON), election_safe=True)])
        approve(db, policy=self.CLOSED)
        at(SOON.isoformat())
        assert tick(db, fake, self.CLOSED).published == ["test/one@fake"]

    def test_hold_what_nobody_else_has_signed(self, db: Db, fake: Fake, at: At) -> None:
        fill(db, [replace(delivery("one", at=SOON), election_safe=True)])
        at(SOON.isoformat())
        assert tick(db, fake, self.CLOSED).held == ["test/one@fake"]

    def test_hold_a_campaign_that_was_queued_in_it(self, db: Db, fake: Fake, at: At) -> None:
        at((NOW + timedelta(minutes=31)).isoformat())
        fill(db, [replace(delivery("one", at=SOON), election_safe=True)])
        approve(db, policy=self.CLOSED)
        at(SOON.isoformat())
        assert tick(db, fake, self.CLOSED).held == ["test/one@fake"]

    def test_what_came_due_in_it_does_not_go_out_after_it(self, db: Db, fake: Fake, at: At) -> None:
        fill(db, [delivery("one", at=self.QUIET.until - timedelta(minutes=1))])
        at((self.QUIET.until + timedelta(minutes=1)).isoformat())
        assert tick(db, fake, self.CLOSED).held == ["test/one@fake"]


def change(db: Db, one: Delivery) -> None:
    from sgcomms.db import writing

    with writing(db):
        queue.change(db, [one], AUTHOR)


class TestWhatIsSaid:
    """A signature alone lets nothing go out: what else stands against it is told at once."""

    MOURNING = Quiet("National mourning", NOW, NOW + timedelta(days=9))

    def test_of_a_pause(self, db: Db) -> None:
        fill(db, [delivery("one", at=SOON)])
        pauses.start(db, "all", None, "a child has died", HEAD)
        assert "it is paused" in (approve(db).against or "")

    @pytest.mark.parametrize(
        ("safe", "queued", "why"),
        [
            (False, -1, "is not marked `election_safe: true`"),
            (True, 0, "was queued after that had begun"),
            (True, -1, None),
        ],
    )
    def test_of_a_closure(
        self, db: Db, fake: Fake, at: At, safe: bool, queued: int, why: str | None
    ) -> None:
        at((NOW + timedelta(hours=queued)).isoformat())
        fill(db, [replace(delivery("one", at=SOON), election_safe=safe)])
        at(NOW.isoformat())
        policy = replace(SIGNED, closures=[self.MOURNING])
        against = approve(db, policy=policy).against
        assert against == (why and f'it falls into "National mourning" and {why}')
        at(SOON.isoformat())
        tick(db, fake, policy)
        assert (row(db).state == "published") == (why is None)

    def test_of_what_lacks_a_signature_in_one(self, db: Db, fake: Fake, at: At) -> None:
        at((NOW - timedelta(hours=1)).isoformat())
        fill(db, [replace(delivery("one", at=SOON), election_safe=True)])
        at(SOON.isoformat())
        tick(db, fake, replace(SIGNED, closures=[self.MOURNING], approval=False))
        assert "nobody but its author has signed it" in (row(db).reason or "")

    def test_of_what_was_late_before_one_began(self, db: Db, fake: Fake, at: At) -> None:
        at((NOW - timedelta(hours=25)).isoformat())
        fill(db, [delivery("one", at=NOW - timedelta(days=1))])
        approve(db)
        at(NOW.isoformat())
        tick(db, fake, replace(SIGNED, closures=[self.MOURNING]))
        assert "came due over 2 hours ago" in (row(db).reason or "")


def test_every_decision_is_in_the_trail(db: Db) -> None:
    fill(db, [delivery("one", at=SOON)])
    approve(db)
    approvals.reject(db, [row(db)], OTHER, "no")
    decisions.release(db, row(db), SOON, HEAD, signs=True)
    decisions.withdraw(db, row(db), HEAD, "not to go out")
    found = [entry.action for entry in audit.entries(db, "test/one@fake")]
    assert found == ["queued", "approved", "rejected", "released", "approved", "withdrawn"]
    assert audit.broken_at(db) is None
