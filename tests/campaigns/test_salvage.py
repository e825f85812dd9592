"""A campaign with mistakes, without them: whatever order the mistakes come in."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import permutations
from pathlib import Path

import pytest

from sgcomms.campaigns.pictures import STAND_IN, Pictures
from sgcomms.campaigns.salvage import salvage
from sgcomms.campaigns.shapes import Context
from sgcomms.workspace import Workspace
from sgcomms.yamlfile import Route, read_file

FILE = """\
campaign: hostile
posts:
- {}
- media: null
  text_for:
    campaign: null
    media: null
"""
WRONG: list[Route] = [
    ("posts", 1, "media"),
    ("posts", 1, "text_for", "campaign"),
    ("posts", 1, "text_for", "media"),
]


@pytest.fixture
def path(space: Workspace) -> Path:
    file = space.root / "campaigns" / "hostile.yaml"
    file.write_text(FILE, "utf-8")
    return file


@pytest.mark.parametrize("wrong", list(permutations(WRONG)))
def test_a_key_called_media_holds_pictures_only_on_the_post_itself(
    wrong: list[Route], path: Path, space: Workspace
) -> None:
    document, _ = read_file(path, "campaigns/hostile.yaml")
    assert document is not None
    found = salvage(document, wrong, Context(space.board(), Pictures(path.parent)))
    assert found is not None
    post = found.shape.posts[1]
    assert [one.file for one in post.media] == [STAND_IN]
    assert post.text_for == {}


@pytest.mark.parametrize("seeds", [2, pytest.param(8, marks=pytest.mark.long)])
def test_check_says_the_same_whatever_the_order_of_sets(
    path: Path, space: Workspace, seeds: int
) -> None:
    said = set()
    for seed in range(seeds):
        done = subprocess.run(
            [sys.executable, "-m", "sgcomms", "-C", str(space.root), "check"],
            env={**os.environ, "PYTHONHASHSEED": str(seed), "SGCOMMS_NOW": "2026-11-22T09:00Z"},
            capture_output=True,
            text=True,
            check=False,
        )
        said.add((done.returncode, done.stdout, done.stderr))
    assert [code for code, _, _ in said] == [2]
