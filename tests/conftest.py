"""Fixtures that read like sentences: a workspace, the command line in it, another time."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import pytest

from sgcomms import clock, fitting, workspace
from sgcomms.cli import DEBUG
from sgcomms.cli import run as run_command
from sgcomms.db import Db, open_database
from sgcomms.workspace import Workspace
from tests.fakes import Machine

Run = Callable[..., "Result"]
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


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    """The clock of the machine itself, which stands until a test moves it."""
    return Machine(monkeypatch)


@pytest.fixture
def db(tmp_path: Path, machine: Machine) -> Iterator[Db]:
    """A database with nothing in it."""
    with open_database(tmp_path / "sgcomms.db", create=True) as found:
        yield found
