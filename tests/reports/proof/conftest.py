"""Fixtures of the proof-reader: workspaces that have taken in 2020-21, and their verdicts."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stdout
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from sgcomms import clock, periods
from sgcomms.campaigns import load
from sgcomms.cli import run as run_command
from sgcomms.reports.proof import Finding, Reader
from sgcomms.reports.proof.reading import plain
from sgcomms.workspace import Workspace
from tests.conftest import BEFORE_ALL, Result, Run
from tests.golden import EXAMPLES, READ_ON

Findings = list[dict[str, Any]]
Proofed = Callable[..., Findings]
Judged = Callable[[str], Sequence[Finding]]

_TOLD = ("--source", "screen", "--by", "b", "--read-on", "2020-04-03")
_YEAR_BEFORE = ("--from", "2019-04-01", "--to", "2020-03-31")


def done(folder: Path, *arguments: str) -> None:
    """Run a command in a workspace, which must succeed; what it prints is left aside."""
    with clock.rehearse(datetime.fromisoformat(BEFORE_ALL)), redirect_stdout(StringIO()):
        with pytest.raises(SystemExit) as ended:
            run_command(["-C", str(folder), *arguments])
        assert not ended.value.code


@pytest.fixture(scope="session")
def world(fresh: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a workspace that has taken in the year's files, which nobody changes."""
    folder = Path(shutil.copytree(fresh, tmp_path_factory.mktemp("proof") / "board"))
    files = [str(path) for path in sorted(EXAMPLES.iterdir()) if path.suffix in (".csv", ".yaml")]
    done(folder, "import", *files, "--read-on", str(READ_ON))
    return folder


@pytest.fixture(scope="session")
def world_before(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with figures of 2019-20 too: fewer of everything but of the bounces."""
    folder = Path(shutil.copytree(world, tmp_path_factory.mktemp("before") / "board"))
    for metric, value in (("page_views", "270000"), ("users_total", "70000"), ("bounce", "0.45")):
        done(folder, "record", "website", metric, value, *_YEAR_BEFORE, *_TOLD)
    day = ("--from", "2020-03-31", "--to", "2020-03-31")
    done(folder, "record", "x", "followers", "999", *day, *_TOLD)
    return folder


@pytest.fixture
def before(world_before: Path) -> Path:
    """Let `proofed` hold texts against the world that has 2019-20 too."""
    return world_before


@pytest.fixture
def year(world: Path, space: Workspace, run: Run) -> Run:
    """The command line of a workspace of its own that has taken in the year's files."""
    shutil.rmtree(space.root)
    shutil.copytree(world, space.root)
    return run


@pytest.fixture
def proofed(
    request: pytest.FixtureRequest, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Proofed:
    """Write a text to a file of that name, and return what is found in it.

    It is held against the test's own workspace where it has one (`year`), else against a shared
    one: to proof changes nothing.
    """
    if "year" in request.fixturenames:
        folder = request.getfixturevalue("space").root
    else:
        folder = request.getfixturevalue("before" if "before" in request.fixturenames else "world")

    def go(text: str, name: str = "chapter.md", *arguments: str) -> Findings:
        file = tmp_path / name
        file.write_text(text, encoding="utf-8")
        return findings(folder, file, capsys, *arguments)

    return go


def findings(
    folder: Path, file: Path, capsys: pytest.CaptureFixture[str], *arguments: str
) -> Findings:
    """Return what `report proof` finds in a file, for 2020-21 unless `arguments` say otherwise."""
    capsys.readouterr()
    year = () if "--year" in arguments else ("--year", "2020-21")
    with pytest.raises(SystemExit) as ended:
        run_command(["-C", str(folder), "report", "proof", str(file), "--json", *year, *arguments])
    result = Result(int(ended.value.code or 0), *capsys.readouterr())
    assert result.err == ""
    found: Findings = json.loads(result.out)["findings"]
    assert result.code == int(any(one["wrong"] for one in found))
    return found


@pytest.fixture(scope="session")
def reader(world_before: Path) -> Iterator[Reader]:
    """What reads documents of 2020-21, with figures of the year before."""
    space = Workspace(world_before)
    board = space.board()
    with clock.rehearse(datetime.fromisoformat(BEFORE_ALL)), space.database() as db:
        found = periods.year("2020-21", board.year_starts)
        yield Reader(db, board, found, load(space.root, board).campaigns)


@pytest.fixture(scope="session")
def judged(reader: Reader) -> Judged:
    """Judge each number of a text in Markdown."""
    return lambda text: reader.proof(plain.markdown(text)).findings
