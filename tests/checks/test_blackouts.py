"""What is said of posts in blackouts and before elections, as the queue and the clock move on."""

from __future__ import annotations

from pathlib import Path

import pytest

from sgcomms.workspace import Workspace
from tests.checks.test_against_the_queue import rules, write
from tests.conftest import At, Run

SAFE = "    at: 2027-04-08 09:30\n    election_safe: true\n    text: Stay within reach.\n"
UNSAFE = "    at: 2027-04-08 09:30\n    text: Stay within reach.\n"
PLANNED = "planned_on: 2026-11-02\n"
ELECTION = "polls:\n  - {name: Local elections, date: 2027-05-06}\n"
BEGUN = "2027-04-01T09:00+00:00"


@pytest.fixture
def folder(space: Workspace) -> Path:
    """An empty campaigns folder, in a year with an election."""
    for path in (space.root / "campaigns").glob("*.yaml"):
        path.unlink()
    (space.root / "config" / "calendar.yaml").write_text(ELECTION, "utf-8")
    return space.root / "campaigns"


def test_a_safe_post_of_a_planned_campaign_is_welcome(run: Run, folder: Path) -> None:
    write(folder, "bath-time", SAFE, more=PLANNED)
    assert rules(run) == []


def test_a_campaign_that_was_queued_before_may_go_on(run: Run, folder: Path, at: At) -> None:
    write(folder, "bath-time", SAFE, more=PLANNED)
    assert run("queue").code == 0
    at(BEGUN)
    assert rules(run) == []


def test_a_campaign_that_comes_too_late_is_told(run: Run, folder: Path, at: At) -> None:
    write(folder, "bath-time", SAFE, more=PLANNED)
    at(BEGUN)
    assert rules(run) == ["late-campaign"]
    assert "was not queued before the pre-election period of Local elections" in run("check").err


def test_queue_and_plan_say_it_too_and_go_on(run: Run, folder: Path) -> None:
    write(folder, "bath-time", UNSAFE, more=PLANNED)
    for command in ("plan", "queue"):
        result = run(command)
        assert (result.code, "warning closed-period bath-time/p1@x" in result.err) == (0, True)


def test_what_has_gone_out_is_held_no_more(
    run: Run, folder: Path, at: At, space: Workspace
) -> None:
    (space.root / "config" / "calendar.yaml").unlink()
    write(folder, "bath-time", UNSAFE)
    assert run("queue").code == 0
    at("2027-04-08T08:30+00:00")
    assert run("publish").code == 0
    (space.root / "config" / "calendar.yaml").write_text(ELECTION, "utf-8")
    assert rules(run) == []


def test_on_approval_is_as_good_as_now(run: Run, folder: Path, at: At) -> None:
    post = "    at: on approval\n    expires: 2027-05-31\n    text: Stay.\n"
    write(folder, "bath-time", post, more=PLANNED)
    assert rules(run) == []
    at(BEGUN)
    assert rules(run) == ["closed-period"]


def test_the_missing_day_of_planning_may_be_allowed(run: Run, folder: Path) -> None:
    write(folder, "bath-time", SAFE)
    assert rules(run) == ["not-planned-before"]
    write(folder, "bath-time", SAFE, more="allow: [not-planned-before: In the minutes of May]\n")
    assert rules(run) == []


def test_that_a_post_is_held_may_not_be_hidden(run: Run, folder: Path) -> None:
    write(folder, "bath-time", UNSAFE, more=PLANNED + "allow: [closed-period: Please]\n")
    assert set(rules(run)) == {"wrong-value", "closed-period"}


def test_without_a_calendar_nothing_is_closed(run: Run, folder: Path, space: Workspace) -> None:
    (space.root / "config" / "calendar.yaml").unlink()
    write(folder, "bath-time", UNSAFE)
    assert rules(run) == []
