"""The service as a process of its own: it ticks, survives what goes wrong, and ends cleanly."""

from __future__ import annotations

import multiprocessing
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from sgcomms import clock, files, publishing, service, ticking
from sgcomms.db import pauses, queue
from sgcomms.errors import SgcommsError
from sgcomms.models import Draft, Mode, Publication
from sgcomms.platforms import Publisher
from sgcomms.service import Job, Line, Service
from sgcomms.workspace import Workspace
from tests.conftest import Run
from tests.fakes import Fake, Ledger, delivery, fill, states, work

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="processes are forked and signalled"
)

DEADLINE = 30.0
"""How long to wait for a process that is well before it counts as stuck."""


def nothing(ending: Callable[[], bool]) -> Iterator[Line]:
    """A job that has nothing to do."""
    return iter(())


class Child:
    """A service in a process of its own; what it says comes through a pipe."""

    def __init__(self, tick: Job, backup: Job = nothing, jump: float = 0) -> None:
        context: Any = multiprocessing.get_context("fork")
        self.lines, theirs = context.Pipe(duplex=False)
        self.process = context.Process(target=_serve, args=(tick, backup, jump, theirs))
        self.process.start()
        theirs.close()

    def hear(self, words: str) -> str:
        """Wait for a line that holds `words` and return it."""
        until = time.monotonic() + DEADLINE
        heard = []
        while self.lines.poll(max(0.0, until - time.monotonic())):
            heard.append(self.lines.recv())
            if words in heard[-1]:
                return str(heard[-1])
        raise AssertionError(f"{words!r} was not said, but {heard}")

    def stop(self, number: int = signal.SIGTERM) -> None:
        os.kill(self.process.pid, number)

    def ended(self) -> int | None:
        """Wait for its end and return its exit code."""
        self.process.join(DEADLINE)
        return self.process.exitcode  # type: ignore[no-any-return]


def _serve(tick: Job, backup: Job, jump: float, lines: Connection) -> None:
    def say(line: str, *, wrong: bool) -> None:
        lines.send(("! " if wrong else "  ") + line)

    calls = iter(range(1_000_000))
    Service(tick, backup, nothing, nothing, say, UTC, monotonic=lambda: next(calls) * jump).run()


@contextmanager
def child(tick: Job, backup: Job = nothing, jump: float = 0) -> Iterator[Child]:
    found = Child(tick, backup, jump)
    try:
        yield found
    finally:
        if found.process.is_alive():
            found.process.kill()
        found.process.join()


@contextmanager
def run_command(space: Workspace) -> Iterator[subprocess.Popen[bytes]]:
    """`sgcomms run` as a real process in a workspace."""
    command = [sys.executable, "-m", "sgcomms", "-C", str(space.root), "run"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


def read_until(process: subprocess.Popen[bytes], words: str) -> str:
    """Return what a process has printed when `words` has come."""
    assert process.stdout is not None
    heard, until = b"", time.monotonic() + DEADLINE
    while words.encode() not in heard:
        ready, _, _ = select.select([process.stdout], [], [], max(0.0, until - time.monotonic()))
        piece = os.read(process.stdout.fileno(), 65536) if ready else b""
        if not piece:
            raise AssertionError(f"{words!r} was not printed, but {heard!r}")
        heard += piece
    return heard.decode()


class TestTheCommand:
    def test_publishes_backs_up_and_ends_when_it_is_told(self, space: Workspace) -> None:
        with space.database() as db:
            fill(db, [delivery("one", "x", at=clock.real_now(), mode="outbox")])
        with run_command(space) as process:
            told = read_until(process, "published test/one@x")
            told += "" if "backup " in told else read_until(process, "backup ")
            process.send_signal(signal.SIGTERM)
            out, err = process.communicate(timeout=DEADLINE)
        assert (process.returncode, err) == (0, b"")
        assert out.decode().splitlines()[-1].endswith("  ended")
        assert states(space.root / "sgcomms.db") == {"test/one@x": "published"}
        assert (space.outbox / "x" / "test.one.json").exists()
        assert space.last_beat() is not None
        assert [one for one in (space.root / "backups").iterdir() if one.is_dir()]

    def test_dates_its_lines_by_the_boards_clock(self, space: Workspace) -> None:
        with run_command(space) as process:
            first = read_until(process, "started").splitlines()[0]
            process.send_signal(signal.SIGINT)
            assert process.wait(DEADLINE) == 0
        assert first.split()[2] in ("GMT", "BST")

    def test_refuses_to_rehearse(self, run: Run) -> None:
        done = run("run")  # the tests live at another time
        assert (done.code, "lives by the machine's own time" in done.err) == (2, True)


class Slow(Fake):
    """A platform whose request takes until a file is there."""

    def __init__(self, ledger: Ledger, begun: Path, go: Path) -> None:
        super().__init__("fake", ledger)
        self.begun, self.go = begun, go

    def publish(self, draft: Draft, *, key: str) -> Publication:
        self.begun.touch()
        wait_for(self.go)
        return super().publish(draft, key=key)


def wait_for(path: Path) -> None:
    until = time.monotonic() + DEADLINE
    while not path.exists():
        assert time.monotonic() < until, f"{path.name} never came"
        select.select([], [], [], 0.01)


class TestEnding:
    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_finishes_the_request_and_begins_no_other(
        self, number: int, space: Workspace, tmp_path: Path
    ) -> None:
        ledger = Ledger(tmp_path / "public")
        begun, go = tmp_path / "begun", tmp_path / "go"
        with space.database() as db:
            fill(db, [delivery("one"), delivery("two")])

        def connect(account: str, mode: Mode) -> Publisher:
            return Slow(ledger, begun, go)

        def tick(ending: Callable[[], bool]) -> Iterator[Line]:
            with space.database() as db:
                done = publishing.tick(db, replace(work(connect), ending=ending))
            yield Line(f"published {done.published}")

        with child(tick) as service:
            wait_for(begun)
            service.stop(number)
            service.hear("ending: what is being sent is finished first")
            go.touch()
            service.hear("ended")
            assert service.ended() == 0
        assert ledger.public() == ["test/one@fake"]
        assert states(space.root / "sgcomms.db") == {
            "test/one@fake": "published",
            "test/two@fake": "queued",
        }

    def test_at_once_when_nothing_is_under_way(self) -> None:
        with child(nothing) as service:
            service.hear("started")
            service.stop()
            service.hear("ended")
            assert service.ended() == 0


class TestWhatGoesWrong:
    def test_is_said_in_one_line_and_ends_nothing(self) -> None:
        def tick(ending: Callable[[], bool]) -> Iterator[Line]:
            raise SgcommsError("the disk\nis full")

        with child(tick) as service:
            assert service.hear("publishing").startswith("! ")
            service.stop()
            service.hear("ended")
            assert service.ended() == 0

    def test_tells_no_words_of_an_error_that_nobody_foresaw(self) -> None:
        def tick(ending: Callable[[], bool]) -> Iterator[Line]:
            raise KeyError("EAAGcanary")

        with child(tick) as service:
            line = service.hear("did not foresee")
            assert "(KeyError, test_service.py, line " in line
            assert "EAAGcanary" not in line

    def test_is_said_once_while_it_lasts_and_so_is_its_end(self) -> None:
        said: list[str] = []
        faults = ["locked", "locked", "gone", None, None, "locked"]

        def tick(ending: Callable[[], bool]) -> Iterator[Line]:
            fault = faults.pop(0)
            if fault:
                raise SgcommsError(fault)
            return iter(())

        def say(line: str, *, wrong: bool) -> None:
            said.append(line.split("  ", 1)[1])

        service = Service(tick, nothing, nothing, nothing, say, UTC)
        for _ in range(6):
            service.look()
        assert said == [
            "publishing: locked",
            "publishing: gone",
            "publishing: works again",
            "publishing: locked",
        ]

    def test_of_a_backup_stops_no_tick(self, tmp_path: Path) -> None:
        ticked = tmp_path / "ticked"

        def tick(ending: Callable[[], bool]) -> Iterator[Line]:
            ticked.touch()
            return iter(())

        def backup(ending: Callable[[], bool]) -> Iterator[Line]:
            raise OSError(28, "No space left on device")

        with child(tick, backup) as service:
            assert service.hear("the backup: ").endswith("No space left on device")
            wait_for(ticked)

    def test_a_stuck_tick_is_said_and_leaves_no_mark(
        self, space: Workspace, tmp_path: Path
    ) -> None:
        """Two looks at its clock are a quarter of an hour apart."""
        go = tmp_path / "go"

        def tick(ending: Callable[[], bool]) -> Iterator[Line]:
            wait_for(go)
            space.beat()
            return iter(())

        with child(tick, jump=900) as service:
            assert service.hear("has been stuck for 15 minutes").startswith("! ")
            assert space.last_beat() is None
            go.touch()


class TestAWorkspace:
    def test_a_tick_that_is_stopped_still_tells_what_went_out(
        self, space: Workspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def stopped(*_: object, **__: object) -> None:
            raise publishing.TickStoppedError("locked", publishing.Tick(published=["a/b@x"]))

        monkeypatch.setattr(ticking, "tick", stopped)
        said: list[tuple[str, bool]] = []

        def say(line: str, *, wrong: bool) -> None:
            said.append((line.split("  ", 1)[1], wrong))

        service.of(space, say).look()
        assert said == [("published a/b@x", False), ("publishing: locked", True)]

    def test_a_config_file_with_a_mistake_is_one_line(self, space: Workspace) -> None:
        said: list[str] = []

        def say(line: str, *, wrong: bool) -> None:
            said.append(line.split("  ", 1)[1])

        found = service.of(space, say)
        (space.root / "config" / "board.yaml").write_text("board: {}\nacounts: {}\n", "utf-8")
        found.look()
        assert len(said) == 1
        assert "\n" not in said[0]
        assert said[0].startswith("publishing: config/board.yaml:")

    def test_a_stop_file_stops_it(self, space: Workspace) -> None:
        said: list[str] = []

        def say(line: str, *, wrong: bool) -> None:
            said.append(line)

        files.write_whole(space.root / "STOP", b"")
        with space.database() as db:
            fill(db, [delivery("one", "x", mode="outbox")])
        service.of(space, say).look()
        with space.database() as db:
            assert [row.state for row in queue.rows(db)] == ["held"]
            assert len(pauses.active(db)) == 1
