"""`report monthly`: which month, which format, and what stands around the figures."""

from __future__ import annotations

import sys

import pytest

from sgcomms.workspace import Workspace
from tests.conftest import At, Run


def monthly(run: Run, *arguments: str) -> str:
    result = run("report", "monthly", *arguments)
    assert (result.code, result.err) == (0, "")
    return result.out


def refused(run: Run, *arguments: str) -> str:
    result = run("report", "monthly", *arguments)
    assert (result.code, result.out) == (2, "")
    return result.err


def test_without_a_month_it_is_the_last_that_is_over(run: Run, at: At) -> None:
    at("2027-03-31T22:59+00:00")  # 23:59 in London
    assert monthly(run).startswith("# Reach summary, February 2027\n")
    at("2027-03-31T23:00+00:00")
    assert monthly(run).startswith("# Reach summary, March 2027\n")


def test_a_month_that_is_not_over_has_to_be_meant(run: Run, at: At) -> None:
    at("2027-03-20T09:00+00:00")
    assert "is not over until 1 April 2027: say --so-far" in refused(run, "--month", "2027-03")
    assert monthly(run, "--month", "2027-03", "--so-far").startswith(
        "# Reach summary, March 2027 so far\n"
    )
    assert "so far" in monthly(run, "--so-far").splitlines()[0]
    assert "leave out --so-far" in refused(run, "--month", "2027-02", "--so-far")
    assert "has not begun yet" in refused(run, "--month", "2027-04")


@pytest.mark.parametrize("name", ["2027-13", "march", "2027", "9999-01", "0000-01"])
def test_what_is_no_month_is_refused(run: Run, name: str) -> None:
    assert "is not a month: write it as 2021-03" in refused(run, "--month", name)


def test_a_cut_off_lies_between_the_month_and_today(run: Run) -> None:
    assert "has not come yet" in refused(run, "--as-of", "2099-01-01")
    assert "before October 2026 began" in refused(run, "--as-of", "2026-09-30")


def test_the_files_ending_says_the_format(run: Run, space: Workspace) -> None:
    for ending, start in ((".md", "#"), (".html", "<!doctype"), (".txt", "REACH"), (".eml", "X-U")):
        file = space.root / "out" / f"october{ending}"
        assert monthly(run, "-o", str(file)).startswith("written: ")
        assert file.read_text("utf-8").lstrip().startswith(start)
    assert "name it .md, .html, .txt or .eml" in refused(run, "-o", "october.pdf")
    assert "is a folder" in refused(run, "-o", str(space.root))


def test_what_is_to_be_decided_stands_in_place_of_noting(run: Run) -> None:
    assert "For noting: the Board is asked" in monthly(run)
    found = monthly(run, "--for-decision", "Agree to leave X.")
    assert "For decision: Agree to leave X." in found
    assert "For noting" not in found


def test_a_pause_and_what_is_held_stand_at_the_top(run: Run, at: At, space: Workspace) -> None:
    assert "- Paused: no." in monthly(run)
    assert run("queue").code == 0
    run("pause", "--reason", "National mourning", "--by", "head.of.service@board.example")
    found = monthly(run)
    assert "- Paused: everything, since 22 November 2026. Reason: National mourning." in found
    at("2027-01-11T09:30+00:00")
    run("publish")
    assert "- Waiting for a person: " in monthly(run)
    assert " held.\n" in monthly(run)
    run("resume", "--all", "--by", "head.of.service@board.example")
    at("2027-02-05T09:00+00:00")
    assert (
        "- Paused in January 2027: everything, from 22 November 2026 to 11 January 2027."
    ) in monthly(run)


def test_a_file_named_stop_counts_as_a_pause(run: Run, space: Workspace) -> None:
    (space.root / "STOP").touch()
    assert "a file named STOP is in the workspace" in monthly(run)


def test_a_pre_election_period_and_a_blackout_are_named(run: Run, space: Workspace, at: At) -> None:
    (space.root / "config" / "calendar.yaml").write_text(
        "polls:\n  - {name: Local elections, date: 2027-05-06}\n"
        "awareness:\n"
        "  - {name: A Day, first: 2027-03-18, confirmed: true, source: its website}\n"
        "  - {name: A Week, first: 2027-02-28, last: 2027-03-02, source: the rule of past years}\n"
        "  - {name: Another Day, first: 2027-04-01, source: its website}\n",
        "utf-8",
    )
    at("2027-03-05T09:00+00:00")
    found = monthly(run)
    assert "- Pre-election or blackout: no." in found
    ahead = found.partition("## Looking ahead: March 2027")[2]
    assert "- Awareness: A Day, 18 March 2027.\n" in ahead
    assert "- Awareness: A Week, 28 February 2027 to 2 March 2027 (date not confirmed).\n" in ahead
    assert "Another Day" not in ahead
    assert "- Keeping quiet: the pre-election period of Local elections (31 March 2027" in ahead
    at("2027-04-05T09:00+00:00")
    now = "- Pre-election or blackout: Local elections (31 March 2027 to 6 May 2027)."
    assert now in monthly(run)


def test_an_awareness_day_ends_after_it_begins(run: Run, space: Workspace) -> None:
    (space.root / "config" / "calendar.yaml").write_text(
        "awareness:\n  - {name: A, first: 2027-03-18, last: 2027-03-17, source: its website}\n",
        "utf-8",
    )
    result = run("check")
    assert result.code == 2
    assert "calendar.yaml:2:40: error wrong-value last: 2027-03-17 is before" in result.err


def test_campaigns_say_what_they_aimed_at_and_what_was_not_measured(run: Run, at: At) -> None:
    at("2027-02-05T09:00+00:00")
    found = monthly(run)
    campaigns = found.partition("## Campaigns live or just ended")[2]
    assert "Objective: " in campaigns
    assert "baseline" in campaigns
    assert "Outcome not measured: no source has given a figure yet, and the " in campaigns


def test_next_months_campaigns_are_counted(run: Run, at: At) -> None:
    at("2027-01-05T09:00+00:00")
    found = monthly(run).partition("## Looking ahead: January 2027")[2]
    assert "- Campaign: " in found
    assert "rehearsed only, not for the public)." in found


def test_what_went_to_an_outbox_is_neither_sent_nor_rated(run: Run, at: At) -> None:
    assert run("queue").code == 0
    at("2027-01-11T09:30+00:00")
    assert run("publish").code == 0
    at("2027-02-05T09:00+00:00")
    found = monthly(run).partition("## Delivery of campaigns")[2].partition("## Posts")[0]
    assert "Not rated | 0 | 0 |" in found
    assert "rehearsed only (outbox)" in found
    assert "Green |" not in found
    live = monthly(run).partition("## Campaigns live or just ended")[2].partition("## Looking")[0]
    assert live.count("\n### ") == live.count("\n\nRehearsed only, not for the public. ") > 0


def test_live_posts_are_rated_by_what_was_sent(run: Run, at: At, space: Workspace) -> None:
    board = space.root / "config" / "board.yaml"
    board.write_text(board.read_text("utf-8").replace("mode: outbox", "mode: by_hand"), "utf-8")
    at("2027-02-05T09:00+00:00")
    found = monthly(run).partition("## Delivery of campaigns")[2].partition("## Posts")[0]
    assert "■ Red | 0 |" in found
    assert "never queued" in found


CAMPAIGN = """\
campaign: bath-time
title: Bath time
author: comms.officer@board.example
audience: Parents
objective: {measure: clicks_link, baseline: 10, target: 40, by: 2027-02-28}
accounts: [x]
posts:
  - {id: one, at: 2027-01-12 09:00, text: "Stay within arm's reach."}
  - {id: two, at: 2027-01-13 09:00, text: "Never leave a baby alone in the bath."}
  - {id: three, at: 2027-02-13 09:00, text: "Run the cold water first."}
"""


@pytest.fixture
def bath_time(run: Run, space: Workspace) -> Run:
    """A workspace with one campaign in the queue, whose posts are not for the outbox."""
    board = space.root / "config" / "board.yaml"
    board.write_text(
        board.read_text("utf-8").replace("approval: required", "approval: none"), "utf-8"
    )
    for file in (space.root / "campaigns").glob("*.yaml"):
        file.unlink()
    (space.root / "campaigns" / "bath-time.yaml").write_text(CAMPAIGN, "utf-8")
    assert run("queue").code == 0
    with space.database() as db:
        db.conn.execute("UPDATE deliveries SET mode = 'by_hand'")
    return run


def delivery(run: Run, *arguments: str) -> str:
    return monthly(run, *arguments).partition("## Delivery of campaigns")[2].partition("## P")[0]


@pytest.mark.parametrize(
    ("sent", "row"),
    [
        ("2027-01-31T23:59:59Z", "| Bath time | ● Green | 2 | 2 | nothing |"),
        ("2027-02-01T00:00:00Z", "| Bath time | ▲ Amber | 1 | 2 | 1 sent late |"),
    ],
)
def test_delivery_follows_what_was_sent(
    bath_time: Run, at: At, space: Workspace, sent: str, row: str
) -> None:
    def stands(post: str, state: str, published_at: str | None = None) -> None:
        with space.database() as db:
            db.conn.execute(
                "UPDATE deliveries SET state = ?, published_at = ?, wake_at = due_at WHERE id = ?",
                (state, published_at, f"bath-time/{post}@x"),
            )

    stands("one", "published", "2027-01-12T09:00:10Z")
    stands("two", "handed")
    at("2027-01-13T08:00+00:00")
    found = delivery(bath_time, "--month", "2027-01", "--so-far")
    assert "| Bath time | ● Green | 1 | 1 | nothing |" in found  # the other is not due yet
    at("2027-02-05T09:00+00:00")
    found = delivery(bath_time)
    assert "| Bath time | ▲ Amber | 1 | 2 | 1 with an officer |" in found
    assert "2 posts were planned: 2 deliveries, 1 sent." in found
    stands("two", "published", sent)
    found = monthly(bath_time)
    assert row in found
    assert "Objective: link clicks; baseline 10, target 40 by 28 February 2027." in found
    assert "Outcome not measured: no source has given a figure yet, and the " in found
    at("2027-01-05T09:00+00:00")
    assert "- Campaign: Bath time (2 posts, 2 deliveries: 2 sent already)." in monthly(bath_time)


def test_posts_and_their_deliveries_are_counted_apart(
    bath_time: Run, at: At, space: Workspace
) -> None:
    file = space.root / "campaigns" / "bath-time.yaml"
    text = file.read_text("utf-8").replace("accounts: [x]", "accounts: [x, facebook]")
    file.write_text(text, "utf-8")
    at("2027-01-05T09:00+00:00")
    assert (
        "- Campaign: Bath time (2 posts, 2 deliveries: 2 ready to go out; 2 more rehearsed only, "
        "not for the public)."
    ) in monthly(bath_time)
    assert bath_time("queue").code == 0
    with space.database() as db:
        db.conn.execute("UPDATE deliveries SET mode = 'by_hand'")
    at("2027-02-05T09:00+00:00")
    found = monthly(bath_time)
    assert "2 posts were planned: 4 deliveries, 0 sent." in found
    assert "| Bath time | ■ Red | 0 | 4 |" in found
    assert "not for the public" not in found


def test_what_was_learnt_is_printed_with_who_wrote_it(
    bath_time: Run, at: At, space: Workspace
) -> None:
    at("2027-02-05T09:00+00:00")
    assert " Learning and next step: nothing written yet.\n" in monthly(bath_time)
    file = space.root / "campaigns" / "bath-time.yaml"
    words = "evaluation: {by: comms.officer@board.example, learning: 'Ask earlier.'}\n"
    file.write_text(file.read_text("utf-8") + words, "utf-8")
    found = monthly(bath_time)
    words = "Learning and next step: Ask earlier (written by comms.officer@board.example)."
    assert f" {words}\n" in found
    doubt = "- Bath time: Learning and innovation: the words there are their author's."
    assert doubt not in found
    text = file.read_text("utf-8").replace("Ask earlier", "We reached 5,000 people")
    file.write_text(text, "utf-8")
    assert doubt in monthly(bath_time)


def test_what_was_released_to_a_later_month_was_planned_for_its_own(
    bath_time: Run, at: At, space: Workspace
) -> None:
    with space.database() as db:
        db.conn.execute(
            "UPDATE deliveries SET due_at = '2027-02-01T09:00:00Z' WHERE id = 'bath-time/two@x'"
        )
    at("2027-03-05T09:00+00:00")
    assert "| Bath time | ■ Red | 0 | 2 | 2 waiting |" in delivery(bath_time, "--month", "2027-01")
    assert "| Bath time | ■ Red | 0 | 1 | 1 waiting |" in delivery(bath_time)


def test_what_was_refused_long_ago_waits_for_nobody(
    bath_time: Run, at: At, space: Workspace
) -> None:
    with space.database() as db:
        db.conn.execute("UPDATE deliveries SET state = 'failed' WHERE id = 'bath-time/one@x'")
    at("2027-03-05T09:00+00:00")
    words = "- Waiting for a person: {}."
    january = monthly(bath_time, "--month", "2027-01")
    assert words.format("1 refused by their platform") in january
    assert words.format("none") in monthly(bath_time)


def test_without_what_styles_an_e_mail_it_says_what_to_install(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "css_inline", None)
    assert 'pip install "sgcomms[report]"' in refused(run, "--format", "eml")


def test_a_campaign_that_ended_two_months_ago_is_no_more(bath_time: Run, at: At) -> None:
    for month, there in (("2026-12", False), ("2027-01", True), ("2027-03", True)):
        at("2027-05-05T09:00+00:00")
        assert ("### Bath time\n\nObjective" in monthly(bath_time, "--month", month)) is there
    assert "### Bath time\n\nObjective" not in monthly(bath_time, "--month", "2027-04")


def test_a_campaign_with_mistakes_is_left_out_and_named(run: Run, space: Workspace, at: At) -> None:
    at("2027-02-05T09:00+00:00")
    file = space.root / "campaigns" / "dangerous-dogs.yaml"
    file.write_text(file.read_text("utf-8") + "wrong: 1\n", "utf-8")
    found = monthly(run)
    assert "campaigns/dangerous-dogs.yaml has mistakes, so what it plans is left out" in found
