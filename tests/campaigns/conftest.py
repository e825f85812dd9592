"""Workspaces by the hundred: one is laid out, the others are copies of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sgcomms import workspace
from sgcomms.workspace import Workspace


@pytest.fixture(scope="session")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a workspace fresh from `sgcomms init`, which nobody changes."""
    folder = tmp_path_factory.mktemp("fresh") / "board"
    for _ in workspace.init(folder):
        pass
    return folder


@pytest.fixture
def space(fresh: Path, tmp_path: Path) -> Workspace:
    """A workspace as `sgcomms init` makes it."""
    return Workspace(Path(shutil.copytree(fresh, tmp_path / "board")))
