"""Pairs of files: a campaign with mistakes, and what `sgcomms check` says of it.

`data/NAME.yaml` is checked as the only campaign of a workspace; `data/NAME.txt` holds every line of
the answer. What lies in `data/NAME.files/` is put into the workspace before. A new case is a new
pair; so is a new rule.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from sgcomms.rules import RULES
from sgcomms.workspace import Workspace
from tests.conftest import Run

DATA = Path(__file__).parent / "data"
CONFIG_DATA = DATA.parents[1] / "data" / "config"
CASES = sorted(path.stem for path in DATA.glob("*.yaml"))
LINE = re.compile(r"\S[^\n]*?:[1-9]\d*:[1-9]\d*: (error|warning) ([a-z-]+) \S.*")


def only(space: Workspace, name: str) -> Path:
    """Make the pair's file the only campaign of the workspace and return where it lies."""
    for path in (space.root / "campaigns").glob("*.yaml"):
        path.unlink()
    extra = DATA / f"{name}.files"
    if extra.is_dir():
        shutil.copytree(extra, space.root, dirs_exist_ok=True)
    return Path(shutil.copy(DATA / f"{name}.yaml", space.root / "campaigns"))


def expected(name: str) -> list[str]:
    return (DATA / f"{name}.txt").read_text("utf-8").splitlines()


@pytest.mark.parametrize("name", CASES)
def test_check_says_what_is_expected(name: str, run: Run, space: Workspace) -> None:
    only(space, name)
    result = run("check")
    assert result.err.splitlines()[:-1] == expected(name)
    errors = [line for line in expected(name) if ": error " in line]
    assert result.code == (2 if errors else 0)


@pytest.mark.parametrize("name", CASES)
def test_every_line_has_the_form_that_editors_understand(name: str) -> None:
    for line in expected(name):
        match = LINE.fullmatch(line)
        assert match, line
        assert match[2] in RULES


def test_every_rule_has_a_pair() -> None:
    lines = [
        line
        for folder in (DATA, CONFIG_DATA)
        for path in folder.glob("*.txt")
        for line in path.read_text("utf-8").splitlines()
    ]
    shown = {match[2] for line in lines if (match := LINE.fullmatch(line))}
    assert set(RULES) - shown == set()


def test_every_pair_is_whole() -> None:
    assert {path.stem for path in DATA.glob("*.txt")} == set(CASES)
