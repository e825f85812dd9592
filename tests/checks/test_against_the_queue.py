"""The checks that need the queue, the clock, the board or another file."""

from __future__ import annotations

from pathlib import Path

import pytest

from sgcomms.workspace import Workspace
from tests.conftest import At, Run

HEAD = """\
campaign: {campaign}
title: Bath time
author: comms.officer@board.example
audience: Parents
objective: {{measure: clicks_link, baseline: 40, target: 120, by: 2027-03-31}}
accounts: [x]
"""
LATER = "2027-03-08T10:00:00+00:00"


@pytest.fixture
def folder(space: Workspace) -> Path:
    """An empty campaigns folder."""
    for path in (space.root / "campaigns").glob("*.yaml"):
        path.unlink()
    return space.root / "campaigns"


def write(folder: Path, name: str, *posts: str, more: str = "") -> Path:
    """Write a campaign of posts, each given as its text or as lines of its own."""
    text = HEAD.format(campaign=name) + more + "posts:\n"
    for number, post in enumerate(posts, start=1):
        lines = post if "\n" in post else f"    at: 2027-03-08 09:30\n    text: {post}\n"
        text += f"  - id: p{number}\n{lines}"
    file = folder / f"{name}.yaml"
    file.write_text(text, "utf-8")
    return file


def rules(run: Run) -> list[str]:
    return [line.split(": ", 1)[1].split(" ")[1] for line in run("check").err.splitlines()[:-1]]


def test_what_the_queue_knows_may_be_past(run: Run, folder: Path, at: At) -> None:
    write(folder, "bath-time", "Stay within reach.")
    assert run("queue").code == 0
    at(LATER)
    assert rules(run) == []


def test_a_post_that_the_queue_does_not_know_may_not(run: Run, folder: Path, at: At) -> None:
    write(folder, "bath-time", "Stay within reach.")
    assert run("queue").code == 0
    at(LATER)
    write(folder, "bath-time", "Stay within reach.", "Every second.")
    assert rules(run) == ["in-the-past"]
    assert run("queue").code == 2


def test_an_account_that_the_queue_does_not_know_may_not(run: Run, folder: Path, at: At) -> None:
    file = write(folder, "bath-time", "Stay within reach.")
    assert run("queue").code == 0
    at(LATER)
    file.write_text(file.read_text("utf-8").replace("[x]", "[x, facebook]"), "utf-8")
    assert "is over for bath-time/p1@facebook; choose" in run("check").err


def test_a_historic_campaign_may_be_past(run: Run, folder: Path) -> None:
    write(folder, "old", "    at: 2020-04-02 10:00\n    text: Stay in.\n", more="historic: true\n")
    assert rules(run) == []


def test_the_words_of_a_historic_campaign_are_counted_all_the_same(run: Run, folder: Path) -> None:
    long = "Stay in, and look out for each other. " * 10
    write(folder, "old", f"    at: 2020-04-02 10:00\n    text: {long}\n", more="historic: true\n")
    assert rules(run) == ["text-too-long"]


def test_on_approval_is_never_past_until_it_expires(run: Run, folder: Path, at: At) -> None:
    write(folder, "bath-time", "    at: on approval\n    expires: 2027-03-08\n    text: Stay.\n")
    at("2027-03-08T23:59:59+00:00")
    assert rules(run) == []
    at("2027-03-09T00:00:00+00:00")
    assert rules(run) == ["in-the-past"]


def test_the_same_words_in_two_campaigns(run: Run, folder: Path) -> None:
    write(folder, "bath-time", "Stay within reach.")
    write(folder, "pools", "Stay  within REACH.")
    (found,) = run("check").err.splitlines()[:-1]
    assert found == (
        "campaigns/pools.yaml:10:11: error same-text the same words go to x as bath-time/p1 "
        "already; change them, or use `repeat`"
    )


def test_the_same_words_as_in_the_queue(run: Run, folder: Path, at: At) -> None:
    write(folder, "bath-time", "Stay within reach.")
    assert run("queue").code == 0
    at(LATER)
    assert run("publish").code == 0
    (folder / "bath-time.yaml").unlink()
    write(folder, "pools", "    at: 2027-03-09 09:30\n    text: Stay within reach.\n")
    assert rules(run) == ["same-text"]


def test_a_post_under_a_new_name_is_no_double(run: Run, folder: Path) -> None:
    file = write(folder, "bath-time", "Stay within reach.")
    assert run("queue").code == 0
    file.write_text(file.read_text("utf-8").replace("id: p1", "id: stay-close"), "utf-8")
    assert rules(run) == []


def test_a_repeat_is_no_double(run: Run, folder: Path) -> None:
    once = "    at: 2027-03-08 09:30\n    repeat: {every: week, times: 3}\n    text: Stay close.\n"
    write(folder, "bath-time", once)
    assert rules(run) == []


def test_the_same_words_may_be_allowed_with_a_reason(run: Run, folder: Path) -> None:
    write(folder, "bath-time", "Stay close.", "Stay close.", more="allow: [same-text: Twice.]\n")
    assert rules(run) == []


@pytest.mark.parametrize("rule", ["wrong-value", "text-too-long", "in-the-past", "no-alt-text"])
def test_what_may_not_be_allowed_is_not_allowed(rule: str, run: Run, folder: Path) -> None:
    """Least of all by allowing the very rule that says so."""
    post = f"    at: 2020-03-08 09:30\n    text: {'Stay within reach. ' * 20}\n"
    write(folder, "bath-time", post, more=f"allow: [{rule}: because, wrong-value: because]\n")
    assert {"wrong-value", "text-too-long", "in-the-past"} <= set(rules(run))
    assert run("queue").code == 2


def test_warnings_stop_nothing(run: Run, folder: Path) -> None:
    file = write(folder, "bath-time", "See www.example.org for more.")
    lines = [line for line in file.read_text("utf-8").split("\n") if "objective" not in line]
    file.write_text("\n".join(lines), "utf-8")
    result = run("check")
    assert (result.code, rules(run)) == (0, ["no-objective", "bare-domain"])
    assert result.err.splitlines()[-1] == "1 file: 0 errors, 2 warnings"
    assert run("queue").code == 0


def test_warnings_may_be_allowed(run: Run, folder: Path) -> None:
    more = "allow: [bare-domain: It is our name, no-objective: A notice]\n"
    file = write(folder, "bath-time", "See www.example.org for more.", more=more)
    text = file.read_text("utf-8")
    start, end = text.index("objective: {"), text.index("accounts:")
    file.write_text(text[:start] + text[end:], "utf-8")
    assert rules(run) == []


def test_a_contact_is_due_on_the_day_after_its_review(run: Run, folder: Path) -> None:
    for day, wanted in (("2027-11-02", []), ("2027-11-03", ["contact-review-due"])):
        write(folder, "bath-time", f"    at: {day} 09:30\n    text: Ring {{contact:nspcc}}.\n")
        assert rules(run) == wanted


def test_check_leaves_the_database_as_it_was(run: Run, folder: Path, space: Workspace) -> None:
    write(folder, "bath-time", "Stay within reach.")
    run("queue")
    before = (space.root / "sgcomms.db").read_bytes()
    write(folder, "bath-time", "Stay within reach.", "Every second.")
    assert run("check").code == 0
    assert (space.root / "sgcomms.db").read_bytes() == before
