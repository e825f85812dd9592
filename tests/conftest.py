"""Fixtures that read like sentences: a workspace, the command line in it, another time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from sgcomms import clock, workspace
from sgcomms.cli import DEBUG
from sgcomms.cli import run as run_command
from sgcomms.db import Db, open_database
from sgcomms.workspace import Workspace
from tests.fakes import Machine

Run = Callable[..., "Result"]
At = Callable[[str], None]

BEFORE_ALL = "2026-11-22T09:00+00:00"
"""A time before every post of the shipped campaigns that are not history."""


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


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    """A workspace fresh from `sgcomms init`."""
    for _ in workspace.init(tmp_path / "board"):
        pass
    return Workspace(tmp_path / "board")


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
