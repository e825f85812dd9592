"""Fixtures of the proof-reader: a workspace that has taken in 2020-21, and its verdicts."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sgcomms.workspace import Workspace
from tests.conftest import After, Run
from tests.golden import TAKE_IN

Findings = list[dict[str, Any]]
Proofed = Callable[..., Findings]


@pytest.fixture
def year(after: After) -> Run:
    """The command line of a workspace that has taken in the year's files."""
    return after(TAKE_IN)


@pytest.fixture
def proofed(year: Run, space: Workspace) -> Proofed:
    """Write a text to a file of that name, and return what is found in it."""

    def go(text: str, name: str = "chapter.md", *arguments: str) -> Findings:
        file = Path(space.root) / name
        file.write_text(text, encoding="utf-8")
        result = year("report", "proof", str(file), "--json", "--year", "2020-21", *arguments)
        assert result.err == ""
        found: Findings = json.loads(result.out)["findings"]
        assert result.code == int(any(one["wrong"] for one in found))
        return found

    return go
