"""Processes that die at the worst moment: nothing twice, nothing lost, what is uncertain named."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from sgcomms import files, publishing, workspace
from sgcomms.db import alerts, audit, open_database, queue
from sgcomms.db.gate import MAX_SENDS
from sgcomms.models import Mode
from sgcomms.platforms import Handing, Publisher
from sgcomms.publishing import STEPS, Connect, Tick
from sgcomms.workspace import Connections, Workspace
from tests.conftest import Run
from tests.fakes import (
    Fake,
    Keyed,
    Ledger,
    Machine,
    delivery,
    fill,
    in_processes,
    kill,
    killer,
    states,
    work,
)

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes are forked")

LOOKS = ("looking", "looked", "settled")
SENDS = tuple(name for name in STEPS if name not in LOOKS)
ACCOUNTS = ("facebook", "instagram", "x")


def publish(path: Path, connect: Connect, step: Callable[[str], None] = lambda name: None) -> Tick:
    """Do one tick on the database `path`, as a process of its own would."""
    with open_database(path) as db:
        modes: tuple[Mode, ...] = ("live", "outbox")
        return publishing.tick(
            db, work(connect, modes=modes, owner=publishing.owner_name(), step=step)
        )


def to(publisher: Publisher) -> Connect:
    """Return what connects every account with `publisher`."""

    def connect(account: str, mode: Mode) -> Publisher:
        return publisher

    return connect


def outbox_of(space: Workspace) -> Connect:
    """Return what connects the accounts of the board with its outbox."""
    board = space.board()

    return Connections(space, board)


def queue_in_outbox(space: Workspace, count: int, accounts: Sequence[str] = ACCOUNTS) -> list[str]:
    """Queue `count` deliveries for each of `accounts`, and return the names of their files."""
    everything = [
        delivery(f"post-{number}", account, mode="outbox")
        for number in range(count)
        for account in accounts
    ]
    with space.database() as db:
        fill(db, everything)
    return sorted(f"{one.account}/test.{one.post}" for one in everything)


def written(space: Workspace) -> list[str]:
    """Return the names of the JSON files in the outbox; each is whole and has its page."""
    found = sorted(space.outbox.rglob("*.json"))
    for path in found:
        account, name = path.parent.name, path.stem.replace(".", "/")
        assert json.loads(path.read_text("utf-8"))["delivery"] == f"{name}@{account}"
        assert path.with_suffix(".html").read_text("utf-8").endswith("</html>\n")
    return [f"{path.parent.name}/{path.stem}" for path in found]


def leftovers(space: Workspace) -> list[Path]:
    return list(space.root.rglob(f"*{files.SUFFIX}"))


def count_actions(path: Path) -> Counter[tuple[str, str]]:
    with open_database(path) as db:
        assert audit.broken_at(db) is None
        return Counter((entry.subject, entry.action) for entry in audit.entries(db))


def make_old(paths: Sequence[Path], machine: Machine) -> None:
    """Let files look two hours old by the machine's clock."""
    for path in paths:
        moment = (machine.time - timedelta(hours=2)).timestamp()
        os.utime(path, (moment, moment))


def kill_at_replace(patch: pytest.MonkeyPatch) -> None:
    """Die between the temporary file of the page and its name."""
    patch.setattr(Path, "replace", lambda *_: kill())


def kill_between_page_and_json(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(files, "write_new", lambda *_: kill())


def kill_at_link(patch: pytest.MonkeyPatch) -> None:
    """Die between the temporary file of the JSON and its name."""
    patch.setattr(os, "link", lambda *_: kill())


def kill_after_link(patch: pytest.MonkeyPatch) -> None:
    """Die when the JSON has its name, and the temporary one still."""
    link = os.link

    def link_and_die(*arguments: Path) -> None:
        link(*arguments)
        kill()

    patch.setattr(os, "link", link_and_die)


def kill_while_writing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(os, "fsync", lambda *_: kill())


WITHIN = (
    kill_while_writing,
    kill_at_replace,
    kill_between_page_and_json,
    kill_at_link,
    kill_after_link,
)


class TestTheOutbox:
    @pytest.mark.parametrize("name", SENDS)
    def test_killed_at_a_step(self, name: str, space: Workspace, machine: Machine) -> None:
        wanted = queue_in_outbox(space, 2)
        connect = outbox_of(space)
        database = space.root / workspace.DATABASE
        ended = in_processes(lambda: publish(database, connect, killer(name)))
        assert ended[0].killed
        self.recover(space, machine, wanted)

    @pytest.mark.parametrize("fault", WITHIN)
    def test_killed_while_writing(
        self,
        fault: Callable[[pytest.MonkeyPatch], None],
        space: Workspace,
        machine: Machine,
        run: Run,
    ) -> None:
        wanted = queue_in_outbox(space, 2)
        connect = outbox_of(space)

        def die() -> None:
            fault(pytest.MonkeyPatch())
            publish(space.root / workspace.DATABASE, connect)

        assert in_processes(die)[0].killed
        make_old(leftovers(space), machine)
        machine.later(minutes=3)
        assert run("publish").code == 0
        assert leftovers(space) == []
        self.recover(space, machine, wanted)

    @pytest.mark.parametrize("number", range(1, 7))
    def test_killed_inside_a_transaction(
        self, number: int, space: Workspace, machine: Machine
    ) -> None:
        """The first is the claim, the second the arming, the third the outcome, and so on."""
        wanted = queue_in_outbox(space, 1)
        append, calls = audit.append, iter(range(1, 99))

        def append_or_die(*arguments: Any, **detail: Any) -> None:
            append(*arguments, **detail)
            if next(calls) == number:
                kill()

        def die() -> None:
            pytest.MonkeyPatch().setattr(audit, "append", append_or_die)
            publish(space.root / workspace.DATABASE, outbox_of(space))

        assert in_processes(die)[0].killed
        self.recover(space, machine, wanted)

    def test_killed_at_every_step_one_after_another(
        self, space: Workspace, machine: Machine
    ) -> None:
        """At four of the steps any of the accounts may be armed: once fewer than too often."""
        wanted = queue_in_outbox(space, 4)
        self.kill_at_each(SENDS, space, machine)
        self.recover(space, machine, wanted)

    def test_killed_at_every_step_twice_over(self, space: Workspace, machine: Machine) -> None:
        """One account alone: each time the same delivery is under way at the same step."""
        wanted = queue_in_outbox(space, 4, ["x"])
        self.kill_at_each(SENDS * 2, space, machine)
        self.recover(space, machine, wanted)

    def test_what_was_armed_too_often_is_left_to_a_person(
        self, space: Workspace, machine: Machine, run: Run
    ) -> None:
        """Whoever was killed: it is held and named, the others go on, and it can be released."""
        wanted = queue_in_outbox(space, 2, ["x"])
        self.kill_at_each(["sending"] * MAX_SENDS, space, machine)
        database = space.root / workspace.DATABASE
        for _ in range(3):
            publish(database, outbox_of(space))
            machine.later(minutes=3)
        assert written(space) == wanted[1:]
        with space.database() as db:
            held = {row.id: row.held_for for row in queue.rows(db, ["held"])}
            told = [(one.kind, one.subject) for one in alerts.unsent(db)]
        assert held == {"test/post-0@x": "tries"}
        assert told[-1] == ("held", "test/post-0@x")
        assert run("status", "--check").code == 3
        assert run("release", "test/post-0@x", "--by", "head.of.service@board.example").code == 0
        self.recover(space, machine, wanted)

    def kill_at_each(self, steps: Sequence[str], space: Workspace, machine: Machine) -> None:
        """Let one process after another die, each at its step if it comes to it."""
        connect, database = outbox_of(space), space.root / workspace.DATABASE
        for name in steps:
            in_processes(partial(publish, database, connect, killer(name)))
            machine.later(minutes=3)

    def recover(self, space: Workspace, machine: Machine, wanted: list[str]) -> None:
        """Let normal ticks follow: everything is written once, and the trail says so."""
        database = space.root / workspace.DATABASE
        machine.later(minutes=3)
        done = publish(database, outbox_of(space))
        assert done.exit_code == 0
        assert written(space) == wanted
        assert set(states(database).values()) == {"published"}
        counted = count_actions(database)
        assert {n for (_, action), n in counted.items() if action == "published"} == {1}

    def test_files_of_a_process_that_still_works_are_left_alone(
        self, space: Workspace, run: Run, machine: Machine
    ) -> None:
        part = space.outbox / "x" / f"{files.PREFIX}abc{files.SUFFIX}"
        part.parent.mkdir(parents=True)
        part.write_bytes(b"half a")
        os.utime(part, (machine.time.timestamp(), machine.time.timestamp()))
        own = part.with_name("officer.part")
        own.write_bytes(b"not ours")
        make_old([own], machine)
        run("publish")
        assert sorted(leftovers(space)) == sorted([part, own])


class TestAPlatformWithoutKeys:
    @pytest.mark.parametrize("name", SENDS)
    @pytest.mark.parametrize("blind", [False, True])
    def test_killed_at_a_step(
        self, name: str, blind: bool, tmp_path: Path, machine: Machine
    ) -> None:
        """What was armed is never sent again: found if it is public and can be seen, else named."""
        database, ledger = tmp_path / "sgcomms.db", Ledger(tmp_path / "public")
        with open_database(database, create=True) as db:
            fill(db, [delivery("one"), delivery("two")])
        dying, living = Fake("fake", ledger), Fake("fake", ledger)
        living.blind = blind
        ended = in_processes(lambda: publish(database, to(dying), killer(name)))
        assert ended[0].killed
        machine.later(minutes=3)
        done = publish(database, to(living))
        public = Counter(ledger.public())
        assert max(public.values()) == 1
        lost = name in ("armed", "sending") or (name == "sent" and blind)
        assert done.uncertain == (["test/one@fake"] if lost else [])
        assert done.exit_code == (3 if lost else 0)
        assert ("could not be looked for" in str(done.notes)) == (lost and blind)
        expected = {
            "test/one@fake": "uncertain" if lost else "published",
            "test/two@fake": "published",
        }
        assert states(database) == expected
        assert set(public) == set(expected) - (
            {"test/one@fake"} if name in ("armed", "sending") else set()
        )
        count_actions(database)

    @pytest.mark.parametrize("name", LOOKS)
    def test_killed_while_looking(self, name: str, tmp_path: Path, machine: Machine) -> None:
        database, ledger = tmp_path / "sgcomms.db", Ledger(tmp_path / "public")
        with open_database(database, create=True) as db:
            fill(db, [delivery("one")])
        fake = Fake("fake", ledger)
        for step in ("sent", name):
            assert in_processes(partial(publish, database, to(fake), killer(step)))[0].killed
            machine.later(minutes=3)
        publish(database, to(fake))
        assert (ledger.public(), states(database)) == (
            ["test/one@fake"],
            {"test/one@fake": "published"},
        )

    def test_armed_and_killed_is_never_sent_again_however_long_it_takes(
        self, tmp_path: Path, machine: Machine
    ) -> None:
        database, ledger = tmp_path / "sgcomms.db", Ledger(tmp_path / "public")
        with open_database(database, create=True) as db:
            fill(db, [delivery("one")])
        fake = Fake("fake", ledger)
        in_processes(lambda: publish(database, to(fake), killer("armed")))
        for _ in range(20):
            machine.later(hours=1)
            publish(database, to(fake))
        assert (ledger.public(), states(database)) == ([], {"test/one@fake": "uncertain"})


class TestEightPublishersAtOnce:
    def test_on_a_few(self, space: Workspace, tmp_path: Path, machine: Machine) -> None:
        self.publish_all(space, tmp_path, machine, 6)

    @pytest.mark.long
    def test_on_two_hundred(self, space: Workspace, tmp_path: Path, machine: Machine) -> None:
        self.publish_all(space, tmp_path, machine, 67)

    @pytest.mark.parametrize("name", SENDS)
    def test_of_which_two_are_killed(
        self, name: str, space: Workspace, tmp_path: Path, machine: Machine
    ) -> None:
        self.publish_all(space, tmp_path, machine, 3, killed=(name, "armed"))

    def publish_all(
        self,
        space: Workspace,
        folder: Path,
        machine: Machine,
        count: int,
        killed: Sequence[str] = (),
    ) -> None:
        """Let eight processes send `count` deliveries of five accounts."""
        wanted = queue_in_outbox(space, count)
        outbox, ledger = outbox_of(space), Ledger(folder / "public")
        database = space.root / workspace.DATABASE
        with space.database() as db:
            fill(db, [delivery(f"post-{n}", name) for n in range(count) for name in ("a", "b")])
        fakes = {"a": Fake("a", ledger), "b": Keyed("b", ledger)}

        def connect(account: str, mode: Mode) -> Publisher | Handing:
            return fakes.get(account) or outbox(account, mode)

        works = [partial(publish, database, connect, killer(name)) for name in killed]
        works += [partial(publish, database, connect)] * (8 - len(works))
        ended = in_processes(*works)
        assert {one.code for one in ended[len(killed) :]} == {0}
        machine.later(minutes=3)
        publish(database, connect)
        assert written(space) == wanted
        assert max(Counter(ledger.public()).values()) == 1
        left = {name for name, state in states(database).items() if state != "published"}
        assert {states(database)[name] for name in left} <= {"uncertain"}
        assert len(left) <= killed.count("armed")
        public = set(ledger.public())
        assert len(public | left) == 2 * count
        counted = count_actions(database)
        assert {n for (_, action), n in counted.items() if action == "published"} == {1}


def test_two_queue_commands_and_a_publisher_at_once(
    space: Workspace, run: Run, machine: Machine
) -> None:
    """Each either does all it said or nothing, and says so."""
    ended = in_processes(*[lambda: run("queue")] * 3, lambda: run("publish"))
    assert [one.code for one in ended] == [0, 0, 0, 0]
    assert run("queue").out.endswith("44 as they were. Times: Europe/London.\n")
    with space.database() as db:
        assert audit.broken_at(db) is None
        assert {row.state for row in queue.rows(db)} == {"queued"}
        queued = [entry for entry in audit.entries(db) if entry.action == "queued"]
    assert len(queued) == 44
