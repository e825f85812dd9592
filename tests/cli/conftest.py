"""Workspaces whose live accounts are on the fake platform, and the queue as JSON shows it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from sgcomms import clock
from sgcomms.db import writing
from sgcomms.workspace import Workspace
from tests.conftest import Run
from tests.fakes import Machine
from tests.faults.conftest import faulty, faulty_process

__all__ = ["edit", "elsewhere", "faulty", "faulty_process", "states", "urls"]

HEAD = "head.of.service@board.example"
OFFICER = "comms.officer@board.example"

OTHER = """\
campaign: other
title: Another campaign
author: comms.officer@board.example
audience: Everybody
accounts: [x]
posts:
  - {id: soon, at: 2026-11-22 10:00, text: The words of another campaign.}
  - {id: later, at: 2026-11-30 10:00, text: Words for the week after.}
  - {id: far, at: 2027-01-10 10:00, text: Words for the new year.}
"""
"""A second campaign for X: due with the first, a week later, and long after that."""


def edit(space: Workspace, name: str, old: str, new: str) -> None:
    """Change words in a file of the workspace."""
    path = space.root / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def states(run: Run) -> dict[str, str]:
    """Return the state of every delivery."""
    return {row["id"]: row["state"] for row in json.loads(run("status", "--json").out)}


def urls(run: Run) -> dict[str, str]:
    """Return the address of every delivery that has one."""
    rows = json.loads(run("status", "--json").out)
    return {row["id"]: row["url"] for row in rows if row["url"]}


def elsewhere(space: Workspace) -> None:
    """Let the workspace be a copy of one on a server."""
    with space.database() as db, writing(db):
        db.conn.execute(
            "INSERT OR REPLACE INTO home (id, host, path, since, by_whom)"
            " VALUES (1, 'server', '/srv/board', '2026-11-22T09:00:00Z', 'publish')"
        )


@pytest.fixture
def second_campaign(space: Workspace) -> Path:
    """A second campaign beside the first."""
    path = space.root / "campaigns" / "other.yaml"
    path.write_text(OTHER, "utf-8")
    return path


@pytest.fixture
def for_real(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Rehearse no other time: the machine's own counts, and goes on by `for_real(hours=1)`."""
    monkeypatch.setattr(clock, "_rehearsed", None)
    return machine.later
