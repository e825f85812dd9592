"""What officers do on an ordinary day, and what must not go wrong with it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sgcomms.workspace import Workspace
from tests.conftest import At, Run


def edit(space: Workspace, name: str, *changes: tuple[str, str]) -> None:
    """Change words in a file of the workspace."""
    path = space.root / name
    text = path.read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, "utf-8")


DOGS = "campaigns/dangerous-dogs.yaml"


@pytest.mark.parametrize("name", ["config/feedback.yaml", "config/contacts.yaml"])
def test_a_slip_beside_the_board_keeps_nothing_from_going_out(
    run: Run, at: At, space: Workspace, name: str
) -> None:
    run("queue")
    path = space.root / name
    path.write_text(path.read_text("utf-8") + "\n{ broken", "utf-8")
    assert run("check").code == 2
    at("2027-01-11T09:30+00:00")
    result = run("publish")
    assert (result.code, result.err) == (0, "")
    assert "published  dangerous-dogs/never-leave@x" in result.out


def test_two_posts_that_wait_may_change_their_names(run: Run, space: Workspace) -> None:
    run("queue")
    edit(
        space,
        DOGS,
        ("id: be-alert", "id: third"),
        ("id: be-aware", "id: be-alert"),
        ("id: third", "id: be-aware"),
    )
    assert run("check").err == ""
    assert run("queue").code == 0


def test_words_that_went_out_are_still_a_double_post(run: Run, at: At, space: Workspace) -> None:
    run("queue")
    at("2027-01-14T17:30+00:00")
    run("publish")
    edit(space, DOGS, ("id: be-alert", "id: renamed"), ("at: 2027-01-14", "at: 2027-01-15"))
    result = run("queue")
    assert result.code == 2
    assert "same-text" in result.err


@pytest.mark.parametrize("new", ["2026-01-14 17:30", "2026-11-22 08:00"])
def test_a_time_that_is_over_is_named_also_for_a_post_that_waits(
    run: Run, space: Workspace, new: str
) -> None:
    run("queue")
    edit(space, DOGS, ("at: 2027-01-14 17:30", f"at: {new}"))
    result = run("queue")
    assert result.code == 2
    assert f"error in-the-past {new} (Europe/London) is over" in result.err


def test_posts_may_grow_old_in_their_file(run: Run, at: At) -> None:
    run("queue")
    for day in ("2027-01-11T09:30", "2027-01-14T17:30", "2027-01-18T09:30"):
        at(f"{day}+00:00")
        run("publish")
    at("2027-01-20T09:00+00:00")
    assert run("check").err == ""
    assert "0 added, 0 changed, 0 withdrawn" in run("queue").out


def test_an_empty_folder_is_said_and_withdraws_nothing(run: Run, space: Workspace) -> None:
    run("queue")
    for path in (space.root / "campaigns").glob("*.yaml"):
        path.unlink()
    for command in ("plan", "queue"):
        result = run(command)
        assert result.code == 0
        assert "There are no campaigns" in result.out
    assert "44 queued" in run("status").out


def test_problems_are_json_where_a_program_reads_them(run: Run, space: Workspace) -> None:
    edit(space, DOGS, ("title:", "titel:"))
    for command in ("plan", "queue", "check"):
        result = run(command, "--json")
        assert result.code == 2
        found = json.loads(result.out)
        problems = found if command == "check" else found["problems"]
        assert "unknown-key" in {one["rule"] for one in problems}


def test_what_is_held_and_has_expired_is_withdrawn(run: Run, at: At) -> None:
    run("queue")
    at("2027-01-11T12:00+00:00")
    assert run("publish").code == 3
    at("2027-02-01T00:00+00:00")
    result = run("publish")
    assert "withdrawn  dangerous-dogs/never-leave@x" in result.out


@pytest.mark.parametrize(
    "moment", ["2027-01-11", "0001-01-01T00:01+05:00", "soon", "2027-01-11T09:30"]
)
def test_a_time_that_cannot_be_rehearsed_is_explained(
    run: Run, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    from sgcomms import clock

    monkeypatch.setattr(clock, "_rehearsed", None)
    monkeypatch.setenv(clock.VARIABLE, moment)
    result = run("status")
    assert result.code == 2
    assert "write it as 2027-03-08T09:31+00:00" in result.err


def test_a_workspace_elsewhere(run: Run, tmp_path: Path) -> None:
    result = run("-C", str(tmp_path), "status")
    assert result.code == 2
    assert "`sgcomms init DIR` makes one" in result.err
