"""Fixtures of the annual section: record figures in one line, print the section."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from sgcomms.workspace import Workspace
from tests.conftest import Run

Record = Callable[..., None]
Annual = Callable[..., str]
ChangeBoard = Callable[[str, str], None]

YEAR = ("2020-04-01", "2021-03-31")
APRIL = ("2020-04-01", "2020-04-30")


@pytest.fixture
def record(run: Run, space: Workspace) -> Record:
    """Record figures: `record(("x", "posts", 1, *YEAR), read_on=…, bound=…)`."""

    def go(*found: tuple[str, str, float, str, str], **others: object) -> None:
        entries = [
            {"subject": subject, "metric": metric, "value": value, "from": first, "to": last}
            | {"read_on": "2021-04-03", "source": "a page", "by": "comms.officer@board.example"}
            | others
            for subject, metric, value, first, last in found
        ]
        file = space.root / "recorded.yaml"
        file.write_text(json.dumps(entries), encoding="utf-8")
        result = run("import", str(file))
        assert (result.code, result.err) == (0, "")

    return go


@pytest.fixture
def annual(run: Run) -> Annual:
    """Print the section of 2020-21, or of another year."""

    def go(*arguments: str, year: str = "2020-21") -> str:
        result = run("report", "annual", "--year", year, *arguments)
        assert (result.code, result.err) == (0, "")
        return result.out

    return go


@pytest.fixture
def change_board(space: Workspace) -> ChangeBoard:
    """Replace words in config/board.yaml."""

    def go(old: str, new: str) -> None:
        file = space.root / "config" / "board.yaml"
        text = file.read_text("utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")

    return go
