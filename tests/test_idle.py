"""The tick that finds nothing due: what it loads, what it sees, what it leaves to the command."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from benchmarks import idle

from sgcomms import cli, clock, notifying, workspace
from sgcomms.__main__ import main
from sgcomms.db import alerts, chores, pauses, writing
from sgcomms.workspace import Workspace
from tests.fakes import delivery, fill

HEAVY = {"click", "sqlite_utils", "requests", "tweepy", "pydantic", "jinja2", "PIL", "yaml"}
OWN = {"sgcomms", "sgcomms.__main__", "sgcomms.clock"}
"""All that a tick with nothing to do may load besides what sqlite3 loads by itself."""

WATCHED = """\
import sys
from sgcomms.__main__ import main
sys.argv = ["sgcomms", *sys.argv[1:]]
try:
    main()
finally:
    print(" ".join(sys.modules))
"""


def python(
    *arguments: str, cwd: Path | None = None, **environ: str
) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if name != clock.VARIABLE}
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env={**clean, "PYTHONWARNINGS": "error", **environ},
    )


def loaded(*arguments: str, cwd: Path | None = None) -> set[str]:
    """Return the modules that a `sgcomms` with `arguments` has loaded when it ends."""
    result = python("-c", WATCHED, *arguments, cwd=cwd)
    assert (result.returncode, result.stderr) == (0, "")
    return set(result.stdout.split())


@dataclass(frozen=True, slots=True)
class Ended:
    """How the program ended, what it printed, and whether the idle look alone was needed."""

    code: int
    out: str
    err: str
    idle: bool


Call = Callable[..., Ended]
WentIdle = Callable[[Workspace], bool]


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Call]:
    """Call the program as its own process would begin, by the machine's clock.

    That it loads nothing when the look is enough is shown with processes of their own.
    """
    rehearsed, clock._rehearsed = clock._rehearsed, None
    command, begun = cli.run, list[str]()

    def run() -> None:
        begun.append("the command")
        command()

    monkeypatch.setattr(cli, "run", run)

    def go(*arguments: str) -> Ended:
        begun.clear()
        capsys.readouterr()
        monkeypatch.setattr(sys, "argv", ["sgcomms", *arguments])
        code: object = 0
        try:
            main()
        except SystemExit as ended:
            code = ended.code
        return Ended(int(str(code or 0)), *capsys.readouterr(), idle=not begun)

    yield go
    clock._rehearsed = rehearsed


@pytest.fixture
def went_idle(call: Call) -> WentIdle:
    """Tell whether the idle look alone was needed; then it leaves a heartbeat."""

    def tell(space: Workspace) -> bool:
        heartbeat = space.root / workspace.HEARTBEAT
        heartbeat.touch()
        before = heartbeat.stat().st_mtime - 60
        os.utime(heartbeat, (before, before))
        idle_look = call("-C", str(space.root), "publish").idle
        assert heartbeat.stat().st_mtime > before or not idle_look
        return idle_look

    return tell


@pytest.fixture
def to_come(space: Workspace) -> Workspace:
    """A workspace whose queue holds something, nothing that is due, and that ticked just now."""
    space.beat()
    with space.database() as db:
        fill(db, [delivery("one", "x", mode="outbox", at=datetime.now(UTC) + timedelta(days=1))])
    return space


class TestWithNothingDue:
    def test_loads_nothing_but_what_it_needs(self, to_come: Workspace) -> None:
        bare = python("-c", "import sqlite3, sys; print(' '.join(sys.modules))").stdout.split()
        found = loaded("-C", str(to_come.root), "publish")
        assert HEAVY.isdisjoint(found)
        assert found - set(bare) <= OWN

    def test_leaves_a_heartbeat_and_prints_nothing(self, to_come: Workspace) -> None:
        heartbeat = to_come.root / workspace.HEARTBEAT
        heartbeat.touch()
        os.utime(heartbeat, (0, 0))
        result = python("-m", "sgcomms", "-C", str(to_come.root), "publish")
        assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
        assert heartbeat.stat().st_mtime > 0
        assert heartbeat.stat().st_size == 0

    def test_is_found_from_inside_the_workspace(self, to_come: Workspace) -> None:
        assert HEAVY.isdisjoint(loaded("publish", cwd=to_come.root))
        assert HEAVY.isdisjoint(loaded("publish", cwd=to_come.root / "campaigns" / "media"))

    @pytest.mark.parametrize("name", ["a b", "50%", "what?", "#1", "café £", "%41", "a&b=c"])
    def test_is_seen_in_a_folder_of_any_name(
        self, fresh: Path, tmp_path: Path, name: str, went_idle: WentIdle
    ) -> None:
        if os.name == "nt" and "?" in name:
            pytest.skip("no such name on Windows")
        assert went_idle(Workspace(Path(shutil.copytree(fresh, tmp_path / name))))

    @pytest.mark.skipif(os.name == "nt", reason="links need rights there")
    def test_looks_where_the_command_would_look(
        self, to_come: Workspace, fresh: Path, tmp_path: Path, call: Call
    ) -> None:
        """A link into one workspace from inside another leads to the one it points to."""
        other = Path(shutil.copytree(fresh, tmp_path / "other"))
        with to_come.database() as db:
            fill(db, [delivery("late", "x", mode="outbox")])
        (other / "link").symlink_to(to_come.root / "campaigns")
        assert "test/late@x" in call("-C", str(other / "link"), "publish").out

    def test_may_hold_a_database_in_wal_mode(self, to_come: Workspace, went_idle: WentIdle) -> None:
        with closing(sqlite3.connect(to_come.root / workspace.DATABASE)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
        assert went_idle(to_come)


class TestWithSomethingToDo:
    @pytest.mark.parametrize(
        "values",
        [
            "wake_at = '2026-01-01T00:00:00Z'",
            "state = 'publishing', owner = 'dead', lease_until = '2026-01-01T00:00:00Z',"
            " wake_at = '2026-01-01T00:00:00Z'",
            "state = 'uncertain', wake_at = '2026-01-01T00:00:00Z'",
        ],
        ids=["due", "left behind", "uncertain"],
    )
    def test_does_not_go_idle(self, to_come: Workspace, values: str, call: Call) -> None:
        with to_come.database() as db:
            db.conn.execute(f"UPDATE deliveries SET {values}")
        result = call("-C", str(to_come.root), "publish")
        assert result.code in (0, 1, 3)
        with to_come.database() as db:
            (state,) = db.conn.execute("SELECT state FROM deliveries").fetchone()
        assert state in ("queued", "published")

    def test_publishes_what_is_due_now(
        self, space: Workspace, call: Call, went_idle: WentIdle
    ) -> None:
        with space.database() as db:
            due = datetime.now(UTC) - timedelta(minutes=1)
            fill(db, [delivery("one", "x", mode="outbox", at=due)])
        result = call("-C", str(space.root), "publish")
        assert (result.code, result.out) == (0, "published  test/one@x\n")
        assert went_idle(space)


class TestNowAndThen:
    """Chores, and what nobody was told yet, wake the command although nothing is to be sent."""

    def plan(self, space: Workspace, name: str, minutes: float) -> None:
        with space.database() as db:
            chores.plan(db, name, datetime.now(UTC) + timedelta(minutes=minutes))

    def tell(self, space: Workspace) -> None:
        with space.database() as db, writing(db):
            alerts.add(db, "not seen", "x", "no connection was made")

    def test_a_chore_that_is_due_wakes_it_once(
        self, to_come: Workspace, went_idle: WentIdle
    ) -> None:
        self.plan(to_come, "reconciliation", 1)
        assert went_idle(to_come)
        self.plan(to_come, "reconciliation", -1)
        assert not went_idle(to_come)
        assert went_idle(to_come)

    def test_what_nobody_was_told_wakes_it(self, to_come: Workspace, went_idle: WentIdle) -> None:
        """Whoever noted it was perhaps killed before it could tell anybody."""
        self.tell(to_come)
        assert not went_idle(to_come)
        assert went_idle(to_come)  # this board wants no mail: then it is told to nobody

    def test_a_stop_file_wakes_it(
        self, to_come: Workspace, call: Call, went_idle: WentIdle
    ) -> None:
        """A pause comes of it, which goes on when somebody takes the file away."""
        (to_come.root / "Stop.txt").touch()
        assert not went_idle(to_come)
        call("-C", str(to_come.root), "publish")
        with to_come.database() as db:
            assert [one.by for one in pauses.active(db)] == [pauses.STOP_FILE]

    def test_while_e_mail_waits_it_sleeps(self, to_come: Workspace, went_idle: WentIdle) -> None:
        self.tell(to_come)
        self.plan(to_come, notifying.MAIL, 5)
        assert went_idle(to_come)
        self.plan(to_come, notifying.MAIL, -1)
        assert not went_idle(to_come)

    @pytest.mark.parametrize(("minutes", "idle_look"), [(14, True), (16, False)])
    def test_a_long_silence_wakes_it(
        self, minutes: float, idle_look: bool, to_come: Workspace, call: Call
    ) -> None:
        heartbeat = to_come.root / workspace.HEARTBEAT
        heartbeat.touch()
        then = time.time() - minutes * 60
        os.utime(heartbeat, (then, then))
        assert call("-C", str(to_come.root), "publish").idle == idle_look
        assert time.time() - heartbeat.stat().st_mtime < 60
        with to_come.database() as db:
            told = db.conn.execute("SELECT kind FROM alerts").fetchall()
        assert told == ([] if idle_look else [(notifying.STOOD_STILL,)])

    def test_the_first_tick_of_a_workspace_plans_what_is_done_now_and_then(
        self, space: Workspace, call: Call
    ) -> None:
        assert call("-C", str(space.root), "publish").code == 0
        with space.database() as db:
            assert set(chores.known(db)) == {"reconciliation", "week ahead"}


class TestWithAnyDoubt:
    """Whatever the look cannot tell is left to the command, which can say what is wrong."""

    def test_of_the_database(self, space: Workspace, call: Call) -> None:
        (space.root / workspace.DATABASE).unlink()
        result = call("-C", str(space.root), "publish")
        assert result.code == 2
        assert result.err.startswith("sgcomms: there is no sgcomms.db in this workspace")

    def test_of_what_the_database_is(self, space: Workspace, call: Call) -> None:
        (space.root / workspace.DATABASE).write_bytes(b"no database" * 999)
        result = call("-C", str(space.root), "publish")
        assert result.code == 2
        assert "is not a database of sgcomms" in result.err

    def test_of_the_heartbeat(self, space: Workspace, call: Call) -> None:
        (space.root / workspace.HEARTBEAT).mkdir()
        (space.root / workspace.HEARTBEAT / "in-the-way").touch()
        result = call("-C", str(space.root), "publish")
        assert "Traceback" not in result.err

    def test_of_the_workspace(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: Call
    ) -> None:
        monkeypatch.chdir(tmp_path)
        result = call("publish")
        assert result.code == 2
        assert "there is no workspace" in result.err

    def test_of_the_time(
        self, to_come: Workspace, monkeypatch: pytest.MonkeyPatch, call: Call
    ) -> None:
        command = ("-C", str(to_come.root), "publish")
        monkeypatch.setenv(clock.VARIABLE, "tomorrow")
        result = call(*command)
        assert (result.code, "SGCOMMS_NOW" in result.err) == (2, True)
        later = clock.stored(clock.real_now() + timedelta(days=1, minutes=1))
        monkeypatch.setenv(clock.VARIABLE, later)
        assert call(*command).out == "published  test/one@x\n"

    def test_of_the_arguments(self, to_come: Workspace, call: Call) -> None:
        result = call("-C", str(to_come.root), "publish", "--json")
        assert '"published": []' in result.out
        assert "Usage" in call("publish", "--help").out


def test_the_benchmark_measures_all_three(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idle, "RUNS", 2)
    monkeypatch.setattr(idle, "DELIVERIES", 10)
    idle.main()
    out = capsys.readouterr().out
    assert out.count("ratio") == 4
    assert "The goal is a ratio under 1.5 for the installed command" in out
