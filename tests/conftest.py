"""Fixtures that read like sentences: a workspace, the command line in it, another time."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from io import StringIO
from pathlib import Path
from typing import Any, Literal

import pytest

from sgcomms import clock, fitting, media, workspace, yamlfile
from sgcomms.cli import DEBUG
from sgcomms.cli import run as run_command
from sgcomms.db import Db, open_database
from sgcomms.errors import Problem
from sgcomms.reports import charts
from sgcomms.reports.extras import extra
from sgcomms.reports.model import Chart
from sgcomms.workspace import Workspace
from tests.fakes import Machine

Run = Callable[..., "Result"]
Commands = tuple[tuple[str, ...], ...]
After = Callable[..., Run]
Read = tuple[yamlfile.Document | None, list[Problem]]
At = Callable[[str], None]

BEFORE_ALL = "2026-11-22T09:00+00:00"
"""A time before every post of the shipped campaigns that are not history."""


IN_MEMORY = Path("/dev/shm")  # noqa: S108
ROOM = 2 * 1024**3
WHERE = "PYTEST_DEBUG_TEMPROOT"


def pytest_configure() -> None:
    """Let the folders of tests lie in memory where there is room: a disk is slow at each commit."""
    if (
        WHERE not in os.environ
        and os.access(IN_MEMORY, os.W_OK)
        and shutil.disk_usage(IN_MEMORY).free >= ROOM
    ):
        os.environ[WHERE] = str(IN_MEMORY)


@dataclass(frozen=True, slots=True)
class Result:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str


@pytest.fixture(autouse=True)
def at(monkeypatch: pytest.MonkeyPatch) -> Iterator[At]:
    """Let every test live at a fixed time, and move it: `at("2027-03-08T09:31+00:00")`."""
    stack: list[clock.rehearse] = []

    def move(moment: str) -> None:
        if stack:
            stack.pop().__exit__(None, None, None)
        stack.append(clock.rehearse(datetime.fromisoformat(moment)))
        stack[-1].__enter__()

    monkeypatch.delenv(clock.VARIABLE, raising=False)
    monkeypatch.setenv(DEBUG, "1")  # an error that nobody foresaw must fail the test
    move(BEFORE_ALL)
    yield move
    stack.pop().__exit__(None, None, None)


@pytest.fixture(scope="session", autouse=True)
def _a_picture_is_fitted_once() -> Iterator[None]:
    """Let queueing remember how it fitted the shipped pictures: each time takes most of a second.

    The same bytes come out each time; that they do is shown by the tests of fitting itself.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sgcomms.queueing.fit", lru_cache(64)(fitting.fit))
        yield


@pytest.fixture(scope="session", autouse=True)
def _a_picture_is_decoded_once() -> Iterator[None]:
    """Let the campaigns remember what the same bytes were: each command reads all of them anew.

    What raises is looked at each time; the tests of pictures themselves hold bytes of their own.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(media, "_decoded", lru_cache(64)(media._decoded))
        yield


@pytest.fixture(scope="session", autouse=True)
def _a_file_is_read_once() -> Iterator[None]:
    """Let the same YAML under the same name be read once: each command reads all files anew.

    What it says is only ever looked at. The tests of reading call what this stands before.
    """
    with pytest.MonkeyPatch.context() as patch:
        known = lru_cache(256)(yamlfile.read)

        def read(file: str, raw: bytes, prose: frozenset[str] = frozenset()) -> Read:
            document, problems = known(file, raw, prose)
            return document, [*problems]

        patch.setattr(yamlfile, "read", read)
        yield


@pytest.fixture(scope="session", autouse=True)
def _a_chart_is_drawn_once() -> Iterator[None]:
    """Let documents remember how the same chart was drawn: each time takes a tenth of a second.

    The same bytes come out each time; the tests of charts draw each anew (`drawn_anew`).
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(charts, "_saved", _saved_once)
        yield


_SAVED = charts._saved
_drawn = lru_cache(256)(lambda chart, form, metadata: _SAVED(chart, form, dict(metadata)))


def _saved_once(chart: Chart, form: Literal["svg", "png"], metadata: Mapping[str, Any]) -> bytes:
    for library in ("matplotlib", "afcharts"):
        extra(library, "report", "a chart")  # a test may have taken it away
    picture: bytes = _drawn(chart, form, tuple(metadata.items()))
    return picture


@pytest.fixture
def drawn_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no chart of this test be remembered from another."""
    monkeypatch.setattr(charts, "_saved", _SAVED)


@pytest.fixture(scope="session")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a workspace fresh from `sgcomms init`, which nobody changes."""
    folder = tmp_path_factory.mktemp("fresh") / "board"
    with clock.rehearse(datetime.fromisoformat(BEFORE_ALL)):
        for _ in workspace.init(folder):
            pass
    return folder


@pytest.fixture
def space(fresh: Path, tmp_path: Path) -> Workspace:
    """A workspace as `sgcomms init` makes it: one is laid out, the others are copies of it."""
    return Workspace(Path(shutil.copytree(fresh, tmp_path / "board")))


@pytest.fixture
def run(space: Workspace, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in the workspace: `run("check")`."""

    def go(*arguments: str) -> Result:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            run_command(["-C", str(space.root), *arguments])
        out, err = capsys.readouterr()
        return Result(int(ended.value.code or 0), out, err)

    return go


@pytest.fixture(scope="session")
def _worlds(fresh: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Commands], Path]:
    """Make databases of fresh workspaces in which commands were run; nobody changes them."""
    made: dict[Commands, Path] = {}

    def make(commands: Commands) -> Path:
        if commands not in made:
            board = Path(shutil.copytree(fresh, tmp_path_factory.mktemp("world") / "board"))
            with clock.rehearse(datetime.fromisoformat(BEFORE_ALL)):
                for command in commands:
                    with pytest.raises(SystemExit) as ended:
                        run_command(["-C", str(board), *command])
                    assert not ended.value.code, command
            made[commands] = board / workspace.DATABASE
        return made[commands]

    return make


@pytest.fixture
def after(space: Workspace, run: Run, _worlds: Callable[[Commands], Path]) -> After:
    """Put the database in place that commands leave behind: `after(("import", …), ("record", …))`.

    They change nothing but the database, and were run in a workspace as `sgcomms init` makes it,
    once for all the tests that begin after them.
    """

    def go(*commands: tuple[str, ...]) -> Run:
        shutil.copyfile(_worlds(commands), space.root / workspace.DATABASE)
        return run

    return go


@dataclass(frozen=True, slots=True)
class Demonstrated:
    """The folder that `sgcomms demo` made, and what it printed."""

    folder: Path
    printed: str


@pytest.fixture(scope="session")
def demonstrated(tmp_path_factory: pytest.TempPathFactory) -> Demonstrated:
    """A demonstration, which nobody changes."""
    folder = tmp_path_factory.mktemp("demonstrated") / "sgcomms-demo"
    with (
        clock.rehearse(datetime.fromisoformat(BEFORE_ALL)),
        redirect_stdout(StringIO()) as printed,
        pytest.raises(SystemExit) as ended,
    ):
        run_command(["demo", str(folder)])
    assert not ended.value.code
    return Demonstrated(folder, printed.getvalue())


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    """The clock of the machine itself, which stands until a test moves it."""
    return Machine(monkeypatch)


@pytest.fixture(scope="session")
def _empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with nothing in it, which nobody changes."""
    path = tmp_path_factory.mktemp("empty") / "sgcomms.db"
    open_database(path, create=True).close()
    return path


@pytest.fixture
def db(_empty: Path, tmp_path: Path, machine: Machine) -> Iterator[Db]:
    """A database with nothing in it."""
    with open_database(Path(shutil.copyfile(_empty, tmp_path / "sgcomms.db"))) as found:
        yield found
