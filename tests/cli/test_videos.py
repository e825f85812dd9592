"""Videos on live accounts: an officer posts them, while pictures go out by themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from sgcomms.workspace import Workspace
from tests.cli.conftest import HEAD, edit, states
from tests.conftest import At, Run
from tests.faults.platform import FaultPlatform
from tests.videos import video

DUE = "2026-11-22T10:00+00:00"
FACEBOOK, X = "faults/post-0@facebook", "faults/post-0@x"
URL = "https://www.facebook.com/1234567890/posts/77"


@pytest.fixture
def space(faulty: FaultPlatform, tmp_path: Path) -> Workspace:
    found = faulty.workspace(tmp_path / "board", accounts=["x", "facebook"])
    (found.root / "campaigns" / "media" / "bath.mp4").write_bytes(video())
    return found


def with_video(space: Workspace) -> None:
    edit(space, "campaigns/faults.yaml", "media/clear-cot.jpg", "media/bath.mp4")


def test_go_out_by_hand(run: Run, space: Workspace, at: At, faulty: FaultPlatform) -> None:
    with_video(space)
    out = run("queue").out
    assert f"{X}  (by_hand)" in out
    assert "in mode live now" not in run("queue").out
    at(DUE)
    run("publish")
    assert (states(run)[FACEBOOK], faulty.requests()) == ("handed", [])
    assert (space.root / "by_hand" / "x" / "faults.post-0" / "1.mp4").read_bytes() == video()
    assert run("settle", FACEBOOK, "--posted", URL, "--by", HEAD).code == 0


def test_that_come_into_a_post_that_waits_take_it_out_of_the_machines_hands(
    run: Run, space: Workspace, at: At, faulty: FaultPlatform
) -> None:
    run("queue")
    with_video(space)
    run("queue")
    at(DUE)
    run("publish")
    assert set(states(run).values()) == {"handed"}
    assert faulty.public() == []


def test_that_leave_a_post_let_it_go_out_by_itself_when_somebody_says_so(
    run: Run, space: Workspace, at: At, faulty: FaultPlatform
) -> None:
    with_video(space)
    run("queue")
    edit(space, "campaigns/faults.yaml", "media/bath.mp4", "media/clear-cot.jpg")
    assert "! x is in mode live now; 1 delivery waits in the mode it was in" in run("queue").out
    assert "~ x: 1 delivery will go out in mode live\n" in run("queue", "--switch-mode").out
    at(DUE)
    run("publish")
    assert set(states(run).values()) == {"published"}


def test_that_were_rehearsed_stay_with_the_officer_when_the_account_goes_live(
    run: Run, space: Workspace
) -> None:
    edit(space, "config/board.yaml", "handle: cplscb,", "handle: cplscb, mode: by_hand,")
    with_video(space)
    run("queue")
    edit(space, "config/board.yaml", "handle: cplscb, mode: by_hand,", "handle: cplscb,")
    assert "mode" not in run("queue", "--switch-mode").out
