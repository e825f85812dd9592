"""Taking down what is live: the wish first, the request once at a time, and nothing left unsaid."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sgcomms import publishing, takedowns
from sgcomms.db import (
    Db,
    alerts,
    audit,
    chores,
    decisions,
    open_database,
    pauses,
    queue,
    removals,
    sending,
    sweeping,
)
from sgcomms.errors import (
    AuthError,
    NoCreditError,
    NotReadyError,
    RateLimitError,
    RejectedError,
    SecretsMissingError,
    StateError,
    UnavailableError,
    UncertainError,
    WorkspaceError,
)
from sgcomms.models import Account, Content, Draft, Mode, Publication
from sgcomms.platforms import Handing, Publisher
from sgcomms.takedowns import Taken
from tests.conftest import At
from tests.fakes import NOW, Fake, Machine, delivery, fill, in_processes, kill, work

ONE = "test/one@fake"


class Wall(Publisher):
    """A platform that keeps what is public in a file, a line a post, and each request in another.

    `answers` are used up, one a removal; None carries it out. `during` runs while the request is
    under way.
    """

    name = "fake"
    label = "Fake"
    limits = Fake.limits
    removable = True

    def __init__(
        self,
        folder: Path,
        answers: list[Exception | None] | None = None,
        during: Callable[[], None] = lambda: None,
        account: str = "fake",
    ) -> None:
        super().__init__(Account(account, "fake", "live", "fake"), {})
        self.requests_file = folder / "requests"
        self.requests_file.touch()
        self.answers = list(answers or ())
        self.during = during

    @property
    def requests(self) -> list[str]:
        return self.requests_file.read_text("utf-8").splitlines()

    def render(self, content: Content) -> Draft:
        return self._draft(content, content.link, card=False)

    def publish(self, draft: Draft, *, key: str) -> Publication:
        return Publication(self.account.id, key, NOW, f"https://fake.example/{key}")

    def find(self, draft: Draft, *, key: str, since: datetime) -> Publication | None:
        return None

    def remove(self, platform_id: str) -> None:
        with self.requests_file.open("a", encoding="utf-8") as file:
            file.write(f"{platform_id}\n")
        self.during()
        answer = self.answers.pop(0) if self.answers else None
        if answer is not None:
            raise answer


class Officer(Handing):
    def hand(self, draft: Draft, *, key: str) -> None:
        """Give it to nobody."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sgcomms.db"


@pytest.fixture
def db(path: Path, machine: Machine) -> Iterator[Db]:
    with open_database(path, create=True) as found:
        yield found


@pytest.fixture
def wall(tmp_path: Path) -> Wall:
    return Wall(tmp_path)


def to(*platforms: Publisher | Handing) -> publishing.Connect:
    def connect(account: str, mode: Mode) -> Publisher | Handing:
        for one in platforms:
            if isinstance(one, Handing) or one.account.id == account:
                return one
        raise WorkspaceError(f"config/board.yaml no longer has the account {account}")

    return connect


def failing(error: Exception) -> publishing.Connect:
    def connect(account: str, mode: Mode) -> Publisher:
        raise error

    return connect


def put_out(db: Db, *names: str, account: str = "fake", mode: Mode = "live") -> None:
    """Queue deliveries and send them."""
    fill(db, [delivery(name, account, mode=mode) for name in names])
    sender = Wall(Path(str(db.conn.execute("PRAGMA database_list").fetchone()[2])).parent)
    sender.account = Account(account, "fake", "live", "fake")
    done = publishing.tick(db, work(to(sender), modes=("live", "outbox")))
    assert len(done.published) == len(names)


def take_down(
    db: Db, connect: publishing.Connect, *names: str, reason: str = "the number is wrong"
) -> Taken:
    rows = [row for row in queue.rows(db) if not names or row.id in names]
    return takedowns.take_down(db, rows, connect, "me", reason=reason, by="head")


def removal(db: Db, name: str = ONE) -> removals.Removal:
    (found,) = removals.wanted(db, [name])
    return found


def still_live(db: Db) -> list[str]:
    return [one.delivery for one in removals.live(db, queue.rows(db))]


def actions(db: Db, name: str = ONE) -> list[str]:
    found = [entry.action for entry in audit.entries(db, name)]
    return found[found.index("published") + 1 :]


class TestWhatIsLive:
    def test_is_gone_and_says_so(self, db: Db, wall: Wall) -> None:
        put_out(db, "one")
        done = take_down(db, to(wall))
        assert ([one.delivery for one in done.removed], done.exit_code) == ([ONE], 0)
        assert (wall.requests, still_live(db)) == ([ONE], [])
        assert actions(db) == ["removal-asked", "removal-armed", "removed"]
        assert audit.broken_at(db) is None
        assert db.conn.execute("SELECT removed_at FROM publications").fetchall() == [
            ("2026-11-22T09:00:00Z",)
        ]

    def test_is_asked_for_once(self, db: Db, wall: Wall) -> None:
        put_out(db, "one")
        take_down(db, to(wall))
        assert take_down(db, to(wall)) == Taken()
        assert wall.requests == [ONE]

    def test_its_delivery_stays_published(self, db: Db, wall: Wall) -> None:
        put_out(db, "one")
        before = queue.rows(db)
        take_down(db, to(wall))
        assert queue.rows(db) == before

    def test_the_wish_and_the_arming_are_committed_before_the_request(
        self, db: Db, path: Path, wall: Wall
    ) -> None:
        seen = []

        def look() -> None:
            with open_database(path) as other:
                other.conn.execute("BEGIN IMMEDIATE")  # nobody holds a transaction open
                found = removal(other)
                seen.append((found.state, found.tries, found.reason, found.by, actions(other)))
                other.conn.execute("ROLLBACK")

        put_out(db, "one")
        wall.during = look
        take_down(db, to(wall))
        expected = ["removal-asked", "removal-armed"]
        assert seen == [("armed", 1, "the number is wrong", "head", expected)]

    def test_comes_down_while_all_is_paused(self, db: Db, wall: Wall) -> None:
        put_out(db, "one")
        pauses.start(db, "all", None, "a death", "head")
        assert take_down(db, to(wall)).exit_code == 0
        assert still_live(db) == []

    def test_also_what_went_out_twice(self, db: Db, wall: Wall) -> None:
        put_out(db, "one")
        held = sending.Claim(ONE, "fake", "fake", "live", delivery("one").draft, "a", 1, 0, None)
        sending.strayed(db, held, Publication("fake", "twin", NOW, "https://fake.example/twin"))
        assert take_down(db, to(wall)).exit_code == 0
        assert sorted(wall.requests) == [ONE, "twin"]
        assert still_live(db) == []

    def test_nothing_else_comes_down(self, db: Db, wall: Wall) -> None:
        put_out(db, "one", "two")
        take_down(db, to(wall), ONE)
        assert (wall.requests, still_live(db)) == ([ONE], ["test/two@fake"])


class TestWhatIsNotLive:
    def test_what_waits_is_withdrawn_before_any_request(
        self, db: Db, path: Path, wall: Wall
    ) -> None:
        put_out(db, "one")
        fill(db, [delivery("later", at=NOW + timedelta(days=1))])
        states: list[str] = []

        def look() -> None:
            with open_database(path) as other:
                states.extend(row.state for row in queue.rows(other) if row.post == "later")

        wall.during = look
        done = take_down(db, to(wall))
        assert ([one.id for one in done.withdrawn], states) == (
            ["test/later@fake"],
            ["withdrawn"],
        )
        assert done.exit_code == 0

    def test_what_an_officer_has_needs_a_person(self, db: Db) -> None:
        fill(db, [delivery("one", mode="by_hand")])
        publishing.tick(db, work(to(Officer()), modes=("by_hand",)))
        done = take_down(db, to(Officer()))
        assert ([one.id for one in done.told], done.exit_code) == ([ONE], 3)
        assert [row.state for row in queue.rows(db)] == ["withdrawn"]

    @pytest.mark.parametrize("state", ["publishing", "uncertain"])
    def test_what_may_be_live_is_named(
        self, db: Db, wall: Wall, machine: Machine, state: str
    ) -> None:
        fill(db, [delivery("one")])
        policy = work(to(wall)).policy
        held = sending.claim(db, NOW, policy, "other", ("live",), "fake")
        assert held is not None
        assert sending.arm(db, held, NOW, policy, held.draft)
        if state == "uncertain":
            machine.later(minutes=3)
            sweeping.sweep(db, NOW, policy, "a")
        done = take_down(db, to(wall))
        assert ([one.state for one in done.unclear], done.exit_code) == ([state], 3)
        assert wall.requests == []

    def test_what_went_to_an_outbox_was_never_public(self, db: Db, wall: Wall) -> None:
        put_out(db, "one", mode="outbox")
        found = takedowns.survey(db, queue.rows(db))
        assert ([one.id for one in found.private], found.live) == ([ONE], ())
        assert (take_down(db, to(wall)), wall.requests) == (Taken(), [])


class TestWhereAPersonHasToAct:
    def test_the_platform_refuses(self, db: Db, wall: Wall) -> None:
        put_out(db, "one")
        wall.answers = [RejectedError("an advert runs on it")]
        done = take_down(db, to(wall))
        assert ([one.url for one in done.by_hand], done.exit_code) == (
            [f"https://fake.example/{ONE}"],
            3,
        )
        assert (removal(db).state, removal(db).detail) == ("by_hand", "an advert runs on it")
        assert still_live(db) == [ONE]

    def test_the_platform_lets_no_program_do_it(self, db: Db, wall: Wall) -> None:
        put_out(db, "one")
        wall.removable = False  # type: ignore[misc]
        done = take_down(db, to(wall))
        assert (len(done.by_hand), wall.requests) == (1, [])
        assert actions(db) == ["removal-asked", "removal-by-hand"]

    def test_it_was_posted_by_hand(self, db: Db, wall: Wall) -> None:
        fill(db, [delivery("one", mode="by_hand")])
        publishing.tick(db, work(to(Officer()), modes=("by_hand",)))
        (row,) = queue.rows(db)
        decisions.settle_posted(db, row, Publication("fake", "p", NOW, "https://f.example/p"), "o")
        for connect in (to(Officer()), to(wall)):
            assert take_down(db, connect).exit_code == 3
        assert wall.requests == []

    def test_the_account_has_left_the_board(self, db: Db) -> None:
        put_out(db, "one")
        done = take_down(db, to())
        assert done.exit_code == 3
        assert "no longer has the account" in str(removal(db).detail)

    def test_and_says_when_it_is_done(self, db: Db, wall: Wall) -> None:
        put_out(db, "one")
        wall.answers = [RejectedError("no")]
        take_down(db, to(wall))
        posts = removals.live(db, queue.rows(db))
        removals.done_by_hand(db, posts, "done", "officer")
        assert (removal(db).state, removal(db).reason) == ("removed", "the number is wrong")
        assert still_live(db) == []
        assert actions(db)[-1] == "removed"
        with pytest.raises(StateError, match="nothing of it is live"):
            removals.done_by_hand(db, [], "done", "officer")

    def test_and_may_do_it_without_asking_first(self, db: Db) -> None:
        put_out(db, "one")
        removals.done_by_hand(db, removals.live(db, queue.rows(db)), "a wrong number", "officer")
        assert (removal(db).state, removal(db).by) == ("removed", "officer")
        assert actions(db) == ["removal-asked", "removed"]

    def test_the_same_command_asks_the_platform_again(self, db: Db, wall: Wall) -> None:
        put_out(db, "one")
        wall.answers = [RejectedError("no")]
        take_down(db, to(wall))
        assert take_down(db, to(wall)).exit_code == 0


CERTAIN = [
    AuthError("the token is dead"),
    NoCreditError("no credit"),
    RateLimitError("too many"),
    UnavailableError("no connection"),
    NotReadyError("later"),
]


class TestWhatWasNotDone:
    @pytest.mark.parametrize("error", CERTAIN, ids=lambda one: type(one).__name__)
    def test_stays_asked_however_often(self, db: Db, wall: Wall, error: Exception) -> None:
        """A refusal that is about the account uses up no try."""
        put_out(db, "one")
        wall.answers = [error] * 7
        for _ in range(7):
            done = take_down(db, to(wall))
            assert (done.exit_code, removal(db).state, removal(db).tries) == (1, "asked", 0)
        assert removal(db).detail == str(error)
        assert take_down(db, to(wall)).exit_code == 0

    def test_missing_secrets_arm_nothing(self, db: Db) -> None:
        put_out(db, "one")
        connect = failing(SecretsMissingError("fake has no token"))
        for _ in range(3):
            assert take_down(db, connect).exit_code == 1
        assert (removal(db).state, removal(db).detail) == ("asked", "fake has no token")
        assert actions(db).count("removal-waits") == 1

    def test_an_account_that_does_not_work_is_asked_once(self, db: Db, wall: Wall) -> None:
        put_out(db, "one", "two", "three")
        wall.answers = [AuthError("the token is dead")]
        done = take_down(db, to(wall))
        assert (len(done.failed), len(wall.requests)) == (3, 1)
        assert {one.detail for one in done.failed} == {"the token is dead"}

    def test_another_account_goes_on(self, db: Db, tmp_path: Path, wall: Wall) -> None:
        put_out(db, "one")
        put_out(db, "one", account="second")
        wall.answers = [AuthError("the token is dead")]
        other = Wall(tmp_path, account="second")
        done = take_down(db, to(wall, other))
        assert [one.delivery for one in done.removed] == ["test/one@second"]


class TestNoClearAnswer:
    @pytest.mark.parametrize("error", [UncertainError("time ran out"), KeyError("id")])
    def test_is_uncertain_and_may_be_repeated(self, db: Db, wall: Wall, error: Exception) -> None:
        put_out(db, "one")
        wall.answers = [error]
        assert take_down(db, to(wall)).exit_code == 1
        assert (removal(db).state, removal(db).tries) == ("uncertain", 1)
        assert take_down(db, to(wall)).exit_code == 0
        assert (removal(db).state, removal(db).tries) == ("removed", 2)

    def test_is_left_to_a_person_after_five_tries(self, db: Db, wall: Wall) -> None:
        put_out(db, "one")
        wall.answers = [UncertainError("time ran out")] * 9
        codes = [take_down(db, to(wall)).exit_code for _ in range(7)]
        assert codes == [1, 1, 1, 1, 1, 3, 3]
        assert (len(wall.requests), removal(db).state) == (5, "by_hand")


class TestATickGoesOn:
    def test_with_what_was_not_done(self, db: Db, wall: Wall, at: At) -> None:
        put_out(db, "one")
        wall.answers = [UnavailableError("no connection")]
        take_down(db, to(wall))
        assert chores.known(db)[takedowns.CHORE] == NOW + takedowns.AGAIN
        assert takedowns.carry_on(db, to(wall), "tick")
        assert len(wall.requests) == 1
        at("2026-11-22T09:05+00:00")
        assert not takedowns.carry_on(db, to(wall), "tick")
        assert (still_live(db), len(wall.requests)) == ([], 2)

    def test_less_and_less_often(self, db: Db, wall: Wall, at: At) -> None:
        put_out(db, "one")
        wall.answers = [AuthError("the token is dead")] * 1000
        take_down(db, to(wall))
        for minutes in range(5, 24 * 60, 5):
            at((NOW + timedelta(minutes=minutes)).isoformat())
            assert takedowns.carry_on(db, to(wall), "tick")
        assert 20 < len(wall.requests) < 50
        assert len(alerts.unsent(db)) == 1
        assert "the token is dead" in alerts.unsent(db)[0].words

    def test_and_tells_when_a_person_has_to(self, db: Db, wall: Wall, at: At) -> None:
        put_out(db, "one")
        wall.answers = [UnavailableError("no connection"), RejectedError("not allowed")]
        take_down(db, to(wall))
        at("2026-11-22T09:05+00:00")
        assert not takedowns.carry_on(db, to(wall), "tick")
        (alert,) = alerts.unsent(db)
        assert (alert.kind, alert.subject) == ("takedown", ONE)
        assert f"https://fake.example/{ONE}: take it down by hand" in alert.words

    def test_nothing_to_do_is_nothing_done(self, db: Db, wall: Wall) -> None:
        assert not takedowns.carry_on(db, to(wall), "tick")


@pytest.mark.skipif(sys.platform == "win32", reason="processes are forked")
class TestKilled:
    def take_down_in(self, path: Path, wall: Wall) -> Callable[[], object]:
        def go() -> object:
            with open_database(path) as own:
                return take_down(own, to(wall))

        return go

    def test_between_arming_and_the_answer(
        self, db: Db, path: Path, wall: Wall, machine: Machine
    ) -> None:
        put_out(db, "one")
        wall.during = kill
        (ended,) = in_processes(self.take_down_in(path, wall))
        assert ended.killed
        assert (removal(db).state, wall.requests) == ("armed", [ONE])

        wall.during = lambda: None
        done = take_down(db, to(wall))  # the other may still be at it
        assert (done.exit_code, [one.state for one in done.failed]) == (1, ["armed"])
        assert wall.requests == [ONE]

        machine.later(seconds=121)
        assert not takedowns.carry_on(db, to(wall), "tick")
        assert (removal(db).state, removal(db).tries, wall.requests) == ("removed", 2, [ONE, ONE])
        assert "removal-uncertain" in actions(db)
        assert audit.broken_at(db) is None

    def test_an_answer_that_comes_after_all_is_kept(
        self, db: Db, path: Path, wall: Wall, machine: Machine
    ) -> None:
        put_out(db, "one")

        def sleep() -> None:
            machine.later(minutes=5)
            with open_database(path) as other:
                removals.sweep(other, "tick")
                assert removal(other).state == "uncertain"

        wall.during = sleep
        assert take_down(db, to(wall)).exit_code == 0
        assert removal(db).state == "removed"

    def test_a_late_no_does_not_undo_what_came_after(
        self, db: Db, path: Path, wall: Wall, machine: Machine, tmp_path: Path
    ) -> None:
        put_out(db, "one")

        def sleep() -> None:
            machine.later(minutes=5)
            with open_database(path) as other:
                assert take_down(other, to(Wall(tmp_path))).exit_code == 0

        wall.during = sleep
        wall.answers = [UnavailableError("no connection")]
        assert take_down(db, to(wall)).exit_code == 0
        assert removal(db).state == "removed"

    def test_four_at_once_ask_for_each_post_once(self, db: Db, path: Path, wall: Wall) -> None:
        put_out(db, *(f"post-{number}" for number in range(8)))
        ended = in_processes(*[self.take_down_in(path, wall)] * 4)
        assert [one.code for one in ended] == [0] * 4
        assert sorted(wall.requests) == [f"test/post-{number}@fake" for number in range(8)]
        assert still_live(db) == []
        assert audit.broken_at(db) is None
