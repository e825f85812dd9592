"""A tick, with a platform that fails in every way a platform can."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from sgcomms import clock, publishing
from sgcomms.db import Db, audit, queue, sending
from sgcomms.errors import SgcommsError, StateError, WorkspaceError
from sgcomms.models import Mode, Publication
from sgcomms.platforms import Publisher
from sgcomms.publishing import ClockBehindError, Tick, TickStoppedError
from sgcomms.workspace import Workspace
from tests.conftest import At, Run
from tests.fakes import NOW, POLICY, Fake, Fault, Keyed, Ledger, Machine, delivery, fill, work


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "public")


@pytest.fixture
def fake(ledger: Ledger) -> Fake:
    return Fake("fake", ledger)


def tick(db: Db, *platforms: Publisher, owner: str = "a") -> Tick:
    by_account = {one.account.id: one for one in platforms}

    def connect(account: str, mode: Mode) -> Publisher:
        if account not in by_account:
            raise WorkspaceError(f"config/board.yaml no longer has the account {account}")
        return by_account[account]

    return publishing.tick(db, work(connect, owner=owner))


def state(db: Db, name: str = "one") -> str:
    return {row.post: row.state for row in queue.rows(db)}[name]


def reason(db: Db, name: str = "one") -> str:
    return {row.post: row.reason for row in queue.rows(db)}[name] or ""


def actions(db: Db, subject: str) -> list[str]:
    return [entry.action for entry in audit.entries(db, subject)]


class TestWhatIsDue:
    def test_goes_out_once(self, db: Db, fake: Fake) -> None:
        fill(db, [delivery("one")])
        assert tick(db, fake).published == ["test/one@fake"]
        assert tick(db, fake).published == []
        assert fake.ledger.public() == ["test/one@fake"]
        assert actions(db, "test/one@fake") == ["queued", "claimed", "armed", "published"]

    def test_waits_for_its_time(self, db: Db, fake: Fake, at: At) -> None:
        fill(db, [delivery("one", at=NOW + timedelta(seconds=1))])
        assert tick(db, fake) == Tick()
        at("2026-11-22T09:00:01+00:00")
        assert tick(db, fake).published == ["test/one@fake"]

    def test_goes_out_in_the_order_of_time(self, db: Db, fake: Fake, at: At) -> None:
        fill(db, [delivery(name, at=NOW + timedelta(minutes=n)) for n, name in enumerate("cab")])
        at("2026-11-22T09:05+00:00")
        tick(db, fake)
        assert [key[5] for key in fake.ledger.public()] == ["c", "a", "b"]

    def test_in_another_mode_is_left_alone(self, db: Db, fake: Fake) -> None:
        fill(db, [delivery("one", mode="by_hand")])
        assert tick(db, fake) == Tick()
        assert state(db) == "queued"

    def test_is_kept_as_a_publication_when_it_is_live(self, db: Db, fake: Fake) -> None:
        fill(db, [delivery("one")])
        tick(db, fake)
        found = db.conn.execute("SELECT platform_id, delivery FROM publications").fetchall()
        assert found == [("fake-test/one@fake", "test/one@fake")]

    def test_is_joined_to_what_an_export_told_of_before(self, db: Db, fake: Fake) -> None:
        """An import may meet a post before this program has recorded that it went out."""
        fill(db, [delivery("one")])
        db.conn.execute(
            "INSERT INTO publications (account, platform_id, published_at, text)"
            " VALUES ('fake', 'fake-test/one@fake', '2026-11-22T09:00:00Z', 'as exported')"
        )
        assert tick(db, fake).published == ["test/one@fake"]
        found = db.conn.execute("SELECT delivery, text FROM publications").fetchall()
        assert found == [("test/one@fake", "as exported")]


class TestADefiniteNo:
    def test_is_final(self, db: Db, fake: Fake) -> None:
        fill(db, [delivery("one")])
        fake.faults = ["refuse"]
        done = tick(db, fake)
        assert (done.failed, done.exit_code) == (["test/one@fake"], 1)
        assert done.notes["test/one@fake"] == "the platform refused the words"
        assert tick(db, fake) == Tick()
        assert (state(db), fake.requests) == ("failed", ["test/one@fake"])

    def test_keeps_nothing_else_from_going_out(self, db: Db, fake: Fake) -> None:
        fill(db, [delivery("one"), delivery("two")])
        fake.faults = ["refuse"]
        assert tick(db, fake).published == ["test/two@fake"]


class TestWhatWasNeverSent:
    def test_is_tried_again_later(self, db: Db, fake: Fake, at: At) -> None:
        fill(db, [delivery("one")])
        fake.faults = ["unreachable"]
        done = tick(db, fake)
        assert (done.waiting, done.exit_code) == (["test/one@fake"], 1)
        assert tick(db, fake) == Tick()
        at("2026-11-22T09:05+00:00")
        assert tick(db, fake).published == ["test/one@fake"]
        assert fake.ledger.public() == ["test/one@fake"]

    def test_is_held_when_it_becomes_late_and_says_what_kept_it(
        self, db: Db, fake: Fake, at: At
    ) -> None:
        fill(db, [delivery("one")])
        fake.faults = ["unreachable"]
        tick(db, fake)
        at("2026-11-22T11:01+00:00")
        done = tick(db, fake)
        assert (done.held, done.exit_code) == (["test/one@fake"], 3)
        assert "over 2 hours ago" in reason(db)
        assert "no connection was made" in reason(db)

    def test_a_bug_before_the_request_does_not_stop_the_others(
        self, db: Db, fake: Fake, ledger: Ledger, at: At
    ) -> None:
        class Broken(Fake):
            def upload(self, draft: object) -> object:  # type: ignore[override]
                raise ValueError("cannot be fitted")

        fill(db, [delivery("one", "bad"), delivery("two", "fake")])
        done = tick(db, Broken("bad", ledger), fake)
        assert (done.waiting, done.published) == (["test/one@bad"], ["test/two@fake"])
        assert done.notes["test/one@bad"] == "ValueError: cannot be fitted"

    def test_an_account_that_is_gone_is_named(self, db: Db, fake: Fake) -> None:
        fill(db, [delivery("one", "gone"), delivery("two", "fake")])
        done = tick(db, fake)
        assert (done.waiting, done.published) == (["test/one@gone"], ["test/two@fake"])
        assert "no longer has the account gone" in done.notes["test/one@gone"]

    def test_an_upload_that_outlasts_its_lease_is_not_repeated_in_the_same_tick(
        self, db: Db, fake: Fake, machine: Machine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        uploads = []

        def slow(draft: object) -> object:
            uploads.append(draft)
            machine.later(minutes=3)
            return draft

        monkeypatch.setattr(fake, "upload", slow)
        fill(db, [delivery("one")])
        done = tick(db, fake)
        assert (len(uploads), done.waiting, fake.requests) == (1, ["test/one@fake"], [])

    def test_a_machine_that_slept_after_arming_does_not_send(
        self, db: Db, fake: Fake, machine: Machine
    ) -> None:
        fill(db, [delivery("one")])

        def sleep(name: str) -> None:
            if name == "armed":
                machine.later(seconds=6)

        done = publishing.tick(db, work(lambda account, mode: fake, step=sleep))
        assert (done.waiting, fake.requests, state(db)) == (["test/one@fake"], [], "queued")


class TestNoClearAnswer:
    @pytest.mark.parametrize("fault", ["lost after", "bug after"])
    def test_is_uncertain_and_never_sent_again_but_found(
        self, db: Db, fake: Fake, at: At, fault: Fault
    ) -> None:
        fill(db, [delivery("one")])
        fake.faults = [fault]
        done = tick(db, fake)
        assert (done.uncertain, done.exit_code, state(db)) == (["test/one@fake"], 3, "uncertain")
        at("2026-11-22T09:01+00:00")
        done = tick(db, fake)
        assert (done.published, done.exit_code, state(db)) == (["test/one@fake"], 0, "published")
        assert fake.ledger.public() == ["test/one@fake"]
        assert actions(db, "test/one@fake")[-2:] == ["uncertain", "published"]

    def test_stays_uncertain_when_it_cannot_be_found(self, db: Db, fake: Fake, at: At) -> None:
        fill(db, [delivery("one")])
        fake.faults = ["lost before"]
        tick(db, fake)
        for day in range(23, 30):
            at(f"2026-11-{day}T09:00+00:00")
            assert tick(db, fake).published == []
        assert (state(db), fake.requests) == ("uncertain", ["test/one@fake"])
        assert actions(db, "test/one@fake").count("looked") == len(Fake.looks)

    def test_is_looked_for_until_looking_works(self, db: Db, fake: Fake, at: At) -> None:
        fill(db, [delivery("one")])
        fake.faults = ["lost after"]
        fake.blind = True
        tick(db, fake)
        for day in range(23, 30):
            at(f"2026-11-{day}T09:00+00:00")
            assert "could not be looked for" in tick(db, fake).notes["test/one@fake"]
        fake.blind = False
        at("2026-11-30T09:00+00:00")
        assert tick(db, fake).published == ["test/one@fake"]

    def test_a_look_that_breaks_does_not_stop_the_tick(
        self, db: Db, fake: Fake, at: At, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def find(*_: object, **__: object) -> None:
            raise KeyError("data")

        fill(db, [delivery("one")])
        fake.faults = ["lost after"]
        tick(db, fake)
        monkeypatch.setattr(fake, "find", find)
        at("2026-11-22T09:01+00:00")
        fill(db, [delivery("two", at=clock.now())])
        done = tick(db, fake)
        assert done.published == ["test/two@fake"]
        assert "KeyError" in done.notes["test/one@fake"]

    def test_a_platform_that_knows_keys_is_asked_again(
        self, db: Db, ledger: Ledger, at: At
    ) -> None:
        keyed = Keyed("fake", ledger, ["lost before"])
        fill(db, [delivery("one")])
        assert tick(db, keyed).uncertain == ["test/one@fake"]
        at("2026-11-22T09:01+00:00")
        assert tick(db, keyed).published == ["test/one@fake"]
        assert ledger.public() == ["test/one@fake"]

    def test_a_publication_from_before_the_arming_is_not_this_one(
        self, db: Db, fake: Fake, at: At, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The same words may have gone out last year."""
        old = Publication("fake", "old", NOW - timedelta(minutes=3))
        monkeypatch.setattr(fake, "find", lambda *_, **__: old)
        fill(db, [delivery("one")])
        fake.faults = ["lost before"]
        tick(db, fake)
        at("2026-11-22T09:01+00:00")
        assert tick(db, fake).published == []
        assert state(db) == "uncertain"

    def test_a_publication_settles_one_delivery_only(
        self, db: Db, fake: Fake, at: At, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        same = Publication("fake", "same", NOW)
        monkeypatch.setattr(fake, "find", lambda *_, **__: same)
        fill(db, [delivery("one"), delivery("two")])
        fake.faults = ["lost before", "lost before"]
        tick(db, fake)
        at("2026-11-22T09:01+00:00")
        done = tick(db, fake)
        assert done.published == ["test/one@fake"]
        assert (state(db, "one"), state(db, "two")) == ("published", "uncertain")
        assert "another" in done.notes["test/two@fake"]

    def test_an_answer_that_names_another_post_is_no_clear_answer(
        self, db: Db, fake: Fake, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        same = Publication("fake", "same", NOW)
        monkeypatch.setattr(fake, "publish", lambda *_, **__: same)
        fill(db, [delivery("one"), delivery("two")])
        done = tick(db, fake)
        assert (done.published, done.uncertain) == (["test/one@fake"], ["test/two@fake"])

    def test_a_request_that_outlasts_its_lease_is_recorded_after_all(
        self, db: Db, fake: Fake, ledger: Ledger, machine: Machine
    ) -> None:
        """Another publisher calls it uncertain meanwhile; whoever sent it knows better."""
        other = Fake("fake", ledger)
        other.blind = True
        meanwhile: list[Tick] = []

        def hang() -> None:
            machine.later(minutes=3)
            meanwhile.append(tick(db, other, owner="b"))

        fake.during = hang
        fill(db, [delivery("one")])
        assert tick(db, fake).published == ["test/one@fake"]
        assert meanwhile[0].uncertain == ["test/one@fake"]
        assert (state(db), ledger.public()) == ("published", ["test/one@fake"])

    @pytest.mark.parametrize("fault", [None, "lost after"])
    def test_what_another_publisher_settled_meanwhile_is_left_to_its_word(
        self, db: Db, fake: Fake, ledger: Ledger, machine: Machine, fault: Fault | None
    ) -> None:
        meanwhile: list[Tick] = []

        def hang() -> None:
            machine.later(minutes=3)
            meanwhile.append(tick(db, Fake("fake", ledger), owner="b"))

        fake.during = hang
        fake.faults = [fault]
        fill(db, [delivery("one")])
        done = tick(db, fake)
        assert (done.published, done.uncertain, done.exit_code) == ([], [], 0)
        assert "was taken over" in done.notes["test/one@fake"]
        assert meanwhile[0].published == ["test/one@fake"]

    def test_two_that_look_at_once_do_not_stop_each_other(
        self, db: Db, fake: Fake, at: At, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fill(db, [delivery("one")])
        fake.faults = ["lost after"]
        tick(db, fake)
        at("2026-11-22T09:01+00:00")
        find = fake.find
        others: list[Tick] = []

        def slow_find(*arguments: object, **names: object) -> object:
            monkeypatch.setattr(fake, "find", find)
            others.append(tick(db, fake, owner="b"))
            return find(*arguments, **names)  # type: ignore[arg-type]

        monkeypatch.setattr(fake, "find", slow_find)
        assert tick(db, fake).published == []
        assert others[0].published == ["test/one@fake"]
        assert audit.broken_at(db) is None


class TestTime:
    def test_late_is_held_and_not_sent(self, db: Db, fake: Fake, at: At) -> None:
        fill(db, [delivery("one")])
        at("2026-11-22T12:00+00:00")
        done = tick(db, fake)
        assert (done.held, done.exit_code, fake.requests) == (["test/one@fake"], 3, [])
        assert tick(db, fake) == Tick()

    def test_two_hours_late_still_goes(self, db: Db, fake: Fake, at: At) -> None:
        fill(db, [delivery("one")])
        at("2026-11-22T11:00+00:00")
        assert tick(db, fake).published == ["test/one@fake"]

    def test_after_an_outage_of_a_month_nothing_old_goes_out(
        self, db: Db, fake: Fake, at: At
    ) -> None:
        fill(db, [delivery(str(n), at=NOW + timedelta(days=n)) for n in range(31)])
        at("2026-12-22T09:00+00:00")
        done = tick(db, fake)
        assert len(done.held) == 30
        assert fake.ledger.public() == ["test/30@fake"]

    def test_what_has_expired_is_withdrawn(self, db: Db, fake: Fake, at: At) -> None:
        fill(db, [delivery("one", expires_at=NOW + timedelta(minutes=30))])
        at("2026-11-22T09:30+00:00")
        done = tick(db, fake)
        assert (done.withdrawn, done.exit_code, fake.requests) == (["test/one@fake"], 0, [])
        assert reason(db) == "it expired before it could go out"

    def test_what_expires_during_the_upload_is_not_sent(
        self, db: Db, fake: Fake, at: At, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def upload(draft: object) -> object:
            at("2026-11-22T09:30+00:00")
            return draft

        monkeypatch.setattr(fake, "upload", upload)
        fill(db, [delivery("one", expires_at=NOW + timedelta(minutes=30))])
        done = tick(db, fake)
        assert (done.waiting, fake.requests) == (["test/one@fake"], [])
        assert tick(db, fake).withdrawn == ["test/one@fake"]

    def test_a_clock_that_went_back_publishes_nothing(
        self, db: Db, fake: Fake, machine: Machine
    ) -> None:
        fill(db, [delivery("one")])
        machine.later(minutes=-5)
        with pytest.raises(ClockBehindError, match="set the clock right") as stopped:
            tick(db, fake)
        assert (stopped.value.exit_code, fake.requests) == (3, [])

    def test_a_clock_that_went_back_a_little_is_forgiven(
        self, db: Db, fake: Fake, machine: Machine
    ) -> None:
        fill(db, [delivery("one")])
        machine.later(minutes=-4)
        assert tick(db, fake).published == ["test/one@fake"]

    def test_a_clock_that_jumps_between_ticks_sends_nothing_twice(
        self, db: Db, fake: Fake, machine: Machine, at: At
    ) -> None:
        fill(db, [delivery("one"), delivery("two")])
        fake.faults = ["lost after"]
        for minute in (3, 0, 4, 1, 5):
            machine.time = NOW + timedelta(minutes=minute)
            at(machine.time.isoformat())
            tick(db, fake)
        assert sorted(fake.requests) == ["test/one@fake", "test/two@fake"]

    def test_leases_run_by_the_machine_and_not_by_a_rehearsed_clock(
        self, db: Db, fake: Fake, machine: Machine, at: At
    ) -> None:
        """A process that dies while 2027 is rehearsed must not keep its claim until 2027."""
        at("2027-03-08T09:31+00:00")
        fill(db, [delivery("one", at=clock.now())])
        assert sending.claim(db, clock.now(), POLICY, "dead", ("live",), "fake") is not None
        at("2026-11-22T09:00+00:00")
        assert tick(db, fake) == Tick()
        assert state(db) == "publishing"
        machine.later(seconds=121)
        tick(db, fake)
        wake_at = db.conn.execute("SELECT wake_at FROM deliveries").fetchone()[0]
        assert (state(db), wake_at) == ("queued", "2027-03-08T09:31:00Z")
        at("2027-03-08T09:31+00:00")
        assert tick(db, fake).published == ["test/one@fake"]


class TestTheDatabase:
    def test_that_fails_after_the_request_leaves_it_uncertain_and_named(
        self, db: Db, fake: Fake, machine: Machine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: object) -> None:
            raise SgcommsError("sgcomms.db could not be written: the disk is full or failing")

        fill(db, [delivery("one"), delivery("two")])
        with monkeypatch.context() as patch:
            patch.setattr(sending, "published", full)
            with pytest.raises(TickStoppedError, match="disk is full") as stopped:
                tick(db, fake)
        done = stopped.value.done
        assert (done.uncertain, stopped.value.exit_code) == (["test/one@fake"], 3)
        assert "it went out" in done.notes["test/one@fake"]
        machine.later(minutes=3)
        assert tick(db, fake).published == ["test/one@fake", "test/two@fake"]
        assert sorted(fake.requests) == ["test/one@fake", "test/two@fake"]

    def test_that_is_full_stops_the_tick_and_sends_nothing_twice(
        self, db: Db, fake: Fake, machine: Machine
    ) -> None:
        everything = [delivery(f"post-{n}") for n in range(40)]
        fill(db, everything)
        pages = db.conn.execute("PRAGMA page_count").fetchone()[0]
        for room in range(5):  # the disk is full at another moment each time
            db.conn.execute(f"PRAGMA max_page_count = {pages + room}")
            with pytest.raises(TickStoppedError, match="disk is full"):
                tick(db, fake)
            machine.later(minutes=3)
        db.conn.execute("PRAGMA max_page_count = 100000")
        tick(db, fake)
        assert sorted(fake.ledger.public()) == sorted(one.id for one in everything)
        assert {row.state for row in queue.rows(db)} == {"published"}
        assert audit.broken_at(db) is None


class TestTheCommand:
    """`sgcomms publish`, as cron calls it."""

    def test_prints_what_it_did(self, run: Run, at: At) -> None:
        run("queue")
        at("2027-01-11T09:30+00:00")
        result = run("publish")
        assert (result.code, result.err) == (0, "")
        assert result.out.splitlines() == [
            f"published  dangerous-dogs/never-leave@{account}"
            for account in ("facebook", "instagram", "x")
        ]
        assert run("publish").out == ""

    def test_three_hours_late_holds_and_asks_for_a_person(
        self, run: Run, at: At, space: Workspace
    ) -> None:
        run("queue")
        at("2027-01-11T12:30+00:00")
        result = run("publish", "--json")
        assert result.code == 3
        assert len(json.loads(result.out)["held"]) == 3
        assert not space.outbox.exists()
        assert "`sgcomms release DELIVERY --at TIME`" in run("status").out

    def test_prints_what_went_out_before_it_had_to_stop(
        self, run: Run, at: At, monkeypatch: pytest.MonkeyPatch, space: Workspace
    ) -> None:
        run("queue")
        at("2027-01-11T09:30+00:00")
        real = sending.claim

        def claim(*arguments: object) -> object:
            if arguments[-1] == "instagram":
                raise SgcommsError("sgcomms.db was busy")
            return real(*arguments)  # type: ignore[arg-type]

        monkeypatch.setattr(sending, "claim", claim)
        result = run("publish")
        went_out = [f"published  dangerous-dogs/never-leave@{name}" for name in ("facebook", "x")]
        assert (result.code, result.out.splitlines()) == (1, went_out)
        assert result.err == "sgcomms: sgcomms.db was busy\n"
        assert not (space.root / "sgcomms.tick").exists()

    def test_prints_what_others_have_the_last_word_on(
        self, run: Run, at: At, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def taken_over(*_: object) -> None:
            raise StateError("it was taken over while it was being sent")

        run("queue")
        at("2027-01-11T09:30+00:00")
        monkeypatch.setattr(sending, "published", taken_over)
        result = run("publish")
        assert (result.code, result.out.count("\n")) == (0, 3)
        assert (
            "note       dangerous-dogs/never-leave@x: it went out, but it was taken over"
            in result.out
        )

    def test_leaves_a_heartbeat(self, run: Run, space: Workspace) -> None:
        run("publish")
        assert (space.root / "sgcomms.tick").exists()

    def test_says_so_when_it_cannot_leave_a_heartbeat(
        self, run: Run, at: At, space: Workspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_: object) -> None:
            raise PermissionError(13, "Permission denied")

        run("queue")
        at("2027-01-11T09:30+00:00")
        monkeypatch.setattr(Path, "touch", refuse)
        result = run("publish")
        assert (result.code, result.out.count("published")) == (1, 3)
        assert result.err == "sgcomms: sgcomms.tick cannot be written: Permission denied\n"

    def test_an_account_taken_out_of_the_board_is_named(
        self, run: Run, at: At, space: Workspace
    ) -> None:
        run("queue")
        board = space.root / "config" / "board.yaml"
        lines = board.read_text("utf-8").splitlines(keepends=True)
        board.write_text("".join(line for line in lines if "  x: {" not in line), "utf-8")
        at("2027-01-11T09:30+00:00")
        result = run("publish")
        assert result.code == 1
        assert "waiting    dangerous-dogs/never-leave@x: config/board.yaml no longer" in result.out
        assert not (space.outbox / "x").exists()
        at("2027-01-11T11:31+00:00")
        assert "no longer has the account x" in run("publish").out

    def test_refuses_while_rehearsing_with_a_live_account(
        self, run: Run, at: At, space: Workspace
    ) -> None:
        run("queue")
        board = space.root / "config" / "board.yaml"
        text = board.read_text("utf-8")
        board.write_text(text.replace("handle: cplscb, mode: outbox", "handle: cplscb"), "utf-8")
        at("2027-01-11T09:30+00:00")
        for command in ("publish", "queue"):
            result = run(command)
            assert (result.code, result.out) == (2, "")
            assert "x would publish for real" in result.err
        assert not space.outbox.exists()
