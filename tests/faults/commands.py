"""Commands in a workspace under test, and what came of them."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass

import pytest

from sgcomms.cli import run as run_command
from sgcomms.db import open_database, queue
from sgcomms.workspace import Workspace
from tests.faults.platform import FaultPlatform


def public(platform: FaultPlatform) -> Counter[str]:
    """Return how often each delivery became public, by its id."""
    return Counter(
        f"faults/post-{re.findall('words of post ([0-9]+)', one['text'])[0]}@{one['platform']}"
        for one in platform.public()
    )


def states(space: Workspace) -> Mapping[str, str]:
    """Return the state of every delivery."""
    with open_database(space.root / "sgcomms.db") as db:
        return {row.id: row.state for row in queue.rows(db)}


@dataclass(frozen=True, slots=True)
class Said:
    """How a command ended, and all that it printed."""

    code: int
    text: str


def command(space: Workspace, *arguments: str) -> Said:
    """Run a command as a person would."""
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(out), pytest.raises(SystemExit) as ended:
        run_command(["-C", str(space.root), *arguments])
    return Said(int(ended.value.code or 0), out.getvalue())
