"""The evaluation of a campaign, as a committee reads it."""

from __future__ import annotations

import re

import pytest

from tests.conftest import At, Run
from tests.reports.evaluations import Evaluated, warm

__all__ = ["warm"]

HEAD = "head.of.service@board.example"
FIRST, AGAIN, SECOND = (
    "2026-12-01T09:30+00:00",
    "2026-12-08T09:30+00:00",
    "2026-12-03T18:00+00:00",
)
READ = "2027-01-10"
LATER = "2027-01-20T09:00+00:00"


def sent(warm: Evaluated) -> None:
    """Let all but one delivery be published and read after the objective's day."""
    warm.publish("first@x", "11", FIRST)
    warm.publish("first@facebook", "21", FIRST)
    warm.publish("first.2@x", "12", AGAIN)
    warm.publish("second@x", "13", SECOND)
    warm.state("first.2@facebook", "failed", "the platform refused the words on 2026-12-08")
    warm.read("x", "11", FIRST, READ, impressions=100, reactions=3, clicks_link=30)
    warm.read("x", "12", AGAIN, READ, impressions=50, reactions=1, clicks_link=2)
    warm.read("x", "13", SECOND, READ, impressions=70, reactions=2, clicks_link=7)
    warm.read("facebook", "21", FIRST, READ, views=70, reach=40, reactions=5)
    warm.at(LATER)


def test_the_stages_come_in_the_order_of_the_cycle(warm: Evaluated) -> None:
    paper = warm.paper()
    titles = ["What it set out to do", "Inputs", "Outputs", "Out-takes", "Outcomes", "Impact"]
    titles += ["Learning and innovation", "What is missing, and why"]
    places = [paper.index(f"\n## {title}\n") for title in titles]
    assert places == sorted(places)
    assert paper.startswith("# Evaluation of a campaign: Warm rooms\n\nPurpose: ")
    assert "\nFor noting.\n" in paper


def test_before_anything_was_sent_nothing_is_claimed(warm: Evaluated) -> None:
    paper = warm.paper()
    assert "The campaign begins on 1 December 2026: what stands here is its plan." in paper
    why = "no source has given a figure yet, and the objective runs until 31 December 2026"
    assert f"The objective was not measured: {why}." in paper
    assert "| Link clicks | 10 | 40 | 31 December 2026 | not measured |" in paper
    assert f"Outcome not measured: {why}." in paper
    assert "| waiting for its time | 5 | – |" in paper
    assert "0 of 5 deliveries to the public were published." in paper
    assert "No cost of this campaign is known." in paper
    assert "Impact not measured." in paper


def test_what_was_planned(warm: Evaluated) -> None:
    inputs = warm.section("Inputs")
    assert "The plan was: Say one thing, often." in inputs
    assert "2 posts were planned, 3 times in all, for X and Facebook: 5 deliveries." in inputs
    assert "| X | 2 | 3 | 1 December 2026 | 8 December 2026 |" in inputs
    assert "| Facebook | 1 | 2 | 1 December 2026 | 8 December 2026 |" in inputs


def test_what_was_sent_by_state_with_reasons(warm: Evaluated) -> None:
    sent(warm)
    outputs = warm.section("Outputs")
    assert "4 of 5 deliveries to the public were published." in outputs
    assert "| published | 4 | – |" in outputs
    assert (
        "| refused by the platform | 1 | the platform refused the words on 8 December 2026 |"
        in outputs
    )
    assert "rehearsal" not in outputs


def test_what_went_to_a_folder_is_no_figure_and_says_so(warm: Evaluated) -> None:
    sent(warm)
    before = warm.section("How often its posts were seen")
    warm.publish("first.2@facebook", "99", AGAIN, mode="outbox")
    outputs = warm.section("Outputs")
    assert "| written to a folder (a rehearsal) | 1 | – |" in outputs
    assert "What was written to a folder is a rehearsal: nobody saw it, and no figure" in outputs
    assert "All 4 deliveries to the public were published." in outputs
    assert warm.section("How often its posts were seen") == before


def test_how_often_it_was_seen_is_never_added_across_kinds(warm: Evaluated) -> None:
    sent(warm)
    seen = warm.section("How often its posts were seen")
    assert "In all, the 3 of its 4 posts with a figure were shown 220 times (impressions)." in seen
    assert "In all, the only one of its 4 posts with a figure was given 70 views." in seen
    assert "Reach is not added" in seen
    assert "| X | 3 | 220 | not offered | not offered |" in seen
    assert "| Facebook | 1 | not offered | 70 | 40 |" in seen
    for forbidden in ("290", "110", "260"):
        assert forbidden not in warm.paper()


def test_nothing_is_said_of_a_reach_that_is_not_there(warm: Evaluated) -> None:
    warm.publish("first@x", "11", FIRST)
    warm.read("x", "11", FIRST, READ, impressions=100)
    warm.at(LATER)
    seen = warm.section("How often its posts were seen")
    assert "In all, its posts were shown 100 times (impressions)." in seen
    assert "reach" not in seen.lower()


def test_reach_of_several_posts_is_the_largest_of_one(warm: Evaluated) -> None:
    sent(warm)
    warm.read("facebook", "22", SECOND, READ, views=5, reach=25)
    assert warm.run("assign", "22", "--campaign", "warm-rooms", "--by", HEAD).code == 0
    paper = warm.paper()
    assert "| Facebook | 2 | not offered | 75 | 40 |" in paper
    assert "65" not in paper


def test_what_was_clicked_by_account_and_by_post(warm: Evaluated) -> None:
    sent(warm)
    days = ("2026-12-01", "2026-12-31")
    warm.record("website", "sessions", 9, *days, key="warm-rooms.first.x")
    warm.record("website", "sessions", 4, *days, key="warm-rooms.first.2.x")
    warm.record("website", "sessions", 50, *days, key="other.first.x")
    out = warm.section("Out-takes")
    assert (
        "Its posts brought 11 reactions, 39 clicks on links and 13 visits (from 1 December 2026 to "
        "31 December 2026)." in out
    )
    assert "| X | 6 | 39 | 13 |" in out
    assert "| Facebook | 5 | not available | not available |" in out


def test_each_post_best_first_with_the_median(warm: Evaluated) -> None:
    sent(warm)
    days = ("2026-12-01", "2026-12-31")
    warm.record("website", "sessions", 4, *days, key="warm-rooms.first.2.x")
    posts = warm.section("Each post")
    assert "**The posts of the campaign, best first by link clicks**" in posts
    rows = [line for line in posts.splitlines() if line.startswith("| Post")]
    names = [row.split(" | ")[0] for row in rows]
    assert names == ["| Post", "| Post 11", "| Post 13", "| Post 12", "| Post 21"]
    assert rows[3] == (
        "| Post 12 | X | 8 December 2026 | published | 50 | not offered | 1 | 2 | 4 |"
    )
    assert "The median of link clicks over the 3 posts with a figure is 7." in posts
    assert "| Median of all posts with a figure | – | – | – | 70 | 70 | 2.5 | 7 | 4 |" in posts
    assert "Of 3 of 4 posts." in warm.paper()


def test_a_post_whose_platform_gave_no_words_has_those_that_were_sent(warm: Evaluated) -> None:
    sent(warm)
    with warm.space.database() as db:
        db.conn.execute("UPDATE publications SET text = NULL")
    posts = warm.section("Each post")
    assert "| Not too warm. https://www.example.org/warm | X | 1 December 2026 |" in posts
    assert "utm_" not in posts


def test_the_words_of_somebody_else_are_never_printed(warm: Evaluated) -> None:
    sent(warm)
    warm.read("x", "14", SECOND, READ, impressions=9)
    assert warm.run("assign", "14", "--campaign", "warm-rooms", "--by", HEAD).code == 0
    with warm.space.database() as db:
        words = "UPDATE publications SET text = 'RT @someone: my child' WHERE platform_id = '14'"
        db.conn.execute(words)
    paper = warm.paper()
    assert "my child" not in paper
    assert "| 14 | X | 3 December 2026 | assigned by a person |" in paper


def test_an_account_that_never_tells_a_measure_lacks_nothing(warm: Evaluated) -> None:
    sent(warm)
    notes = warm.paper().partition("[^1]: ")[2]
    assert "Facebook is not in it: no figure" not in notes
    assert "Impressions: Facebook is not in it" not in notes
    assert "Views: X is not in it" not in notes
    assert "Link clicks: Facebook is not in it (no figure)." in notes
    assert len({*notes.splitlines()}) == len(notes.splitlines())


def test_a_post_that_was_assigned_counts_and_is_marked(warm: Evaluated) -> None:
    sent(warm)
    warm.read("x", "14", SECOND, READ, impressions=9, clicks_link=90)
    assert "Post 14" not in warm.paper()
    assert warm.run("assign", "14", "--campaign", "warm-rooms", "--by", HEAD).code == 0
    paper = warm.paper()
    assert "| Post 14 | X | 3 December 2026 | assigned by a person | 9 |" in paper
    assert "1 post, not sent from here, was assigned to the campaign by a person" in paper
    assert "shown 229 times" in paper


def test_the_monthly_summary_says_the_same_of_a_campaign(warm: Evaluated) -> None:
    sent(warm)
    early = "2026-11-25T18:00+00:00"  # before the first post that the file plans
    warm.read("x", "14", early, READ, impressions=9, reactions=4, clicks_link=90)
    warm.read("x", "15", early, READ, reactions=None)
    for number in ("14", "15"):
        assert warm.run("assign", number, "--campaign", "warm-rooms", "--by", HEAD).code == 0
    days = ("2026-11-01", "2026-12-31")  # from before the first of its days
    warm.record("website", "sessions", 9, *days, key="warm-rooms.first.x")
    assert "brought 15 reactions, 129 clicks on links and 9 visits (from" in warm.paper()
    result = warm.run("report", "monthly", "--month", "2026-12")
    assert (result.code, result.err) == (0, "")
    _, _, line = result.out.partition("\n### Warm rooms\n\n")
    line, _, _ = line.partition("\n")
    for words in ("229 impressions", "15 reactions", "129 clicks on links", "9 visits (from 1 Nov"):
        assert words in line
    marks = re.findall(r"\[\^(\d+)\]", line)
    notes = dict(re.findall(r"^\[\^(\d+)\]: (.*)$", result.out, re.MULTILINE))
    assert any("of 5 posts have no figure" in notes[mark] for mark in marks)


def test_a_rehearsal_that_has_a_public_post_is_none_in_the_month(warm: Evaluated) -> None:
    with warm.space.database() as db:
        db.conn.execute("UPDATE deliveries SET mode = 'outbox'")
    warm.at(LATER)
    words = "### Warm rooms\n\nRehearsed only, not for the public. "
    assert words in warm.run("report", "monthly", "--month", "2026-12").out
    warm.read("x", "14", SECOND, READ, impressions=9)
    assert warm.run("assign", "14", "--campaign", "warm-rooms", "--by", HEAD).code == 0
    found = warm.run("report", "monthly", "--month", "2026-12").out
    assert "### Warm rooms\n\nObjective: " in found
    assert words not in found


def test_what_it_cost(warm: Evaluated) -> None:
    sent(warm)
    warm.spend("x", "0.0350", "2026-12-03T01:00+00:00")
    warm.spend("x", "0.01", "2027-01-10T01:00+00:00")
    warm.spend("x", "7", "2026-11-20T01:00+00:00")
    warm.edit(
        "strategy: Say one thing, often.",
        "evaluation: {by: comms.officer@board.example, cost: {amount: 1120.5, reason: Pictures}}",
    )
    costs = warm.section("What it cost")
    assert "- Sending 3 posts on X: about US$0.60, by the platform's price list" in costs
    assert (
        "- Reading the figures of X from 1 December 2026 to 20 January 2027: US$0.05, for all "
        "posts of the account and not only these." in costs
    )
    assert "- Pictures: GBP 1,120.50 (written by comms.officer@board.example)." in costs
    assert "Facebook" not in costs


def test_a_blank_is_not_zero(warm: Evaluated) -> None:
    sent(warm)
    warm.read("x", "13", SECOND, "2027-01-11", reactions=None)
    warm.read("facebook", "29", SECOND, READ, views=0, reactions=None)
    assert warm.run("assign", "29", "--campaign", "warm-rooms", "--by", HEAD).code == 0
    posts = warm.section("Each post")
    assert (
        "| Post 29 | Facebook | 3 December 2026 | assigned by a person | not offered | 0 |" in posts
    )
    assert "| not offered | 0 | not available | not available |" in posts
    assert "| Post 13 | X | 3 December 2026 | published | 70 | not offered | 2 | 7 |" in posts


def test_a_folder_costs_nothing(warm: Evaluated) -> None:
    warm.publish("first@x", "11", FIRST, mode="outbox")
    assert "No cost of this campaign is known." in warm.paper()


# the objective


def test_a_target_that_was_not_reached(warm: Evaluated) -> None:
    sent(warm)
    warm.edit("accounts: [x, facebook]", "accounts: [x]")
    warm.read("facebook", "21", FIRST, READ, views=70, clicks_link=0)
    paper = warm.paper()
    assert "The target was not reached: 39 clicks on links, against a target of 40." in paper
    assert "| Link clicks | 10 | 40 | 31 December 2026 | 39 |" in paper


def test_a_target_that_was_reached(warm: Evaluated) -> None:
    sent(warm)
    warm.edit("target: 40", "target: 39")
    assert "The target was reached: 39 clicks on links, against a target of 39." in warm.paper()


def test_what_is_not_known_forbids_to_say_that_it_was_missed(warm: Evaluated) -> None:
    sent(warm)
    assert (
        "Whether the target was reached is not said: Facebook is not in it (no figure)."
        in warm.paper()
    )


def test_a_target_below_the_baseline_is_reached_from_above(warm: Evaluated) -> None:
    sent(warm)
    warm.read("facebook", "21", FIRST, "2027-01-11", clicks_link=0)
    warm.edit("baseline: 10, target: 40", "baseline: 60, target: 39")
    assert "The target was reached: 39 clicks" in warm.paper()
    warm.edit("baseline: 60, target: 39", "baseline: 60, target: 38")
    assert "The target was not reached: 39 clicks" in warm.paper()


def test_nothing_is_said_while_the_objective_runs(warm: Evaluated) -> None:
    sent(warm)
    warm.edit("by: 2026-12-31", "by: 2027-01-20")
    running = "is not said: the objective runs until 20 January 2027."
    assert running in warm.paper()
    warm.edit("target: 40", "target: 20")
    assert running in warm.paper()


@pytest.mark.parametrize("day", ["9999-12-31", "2026-11-01", "2026-03-31", "0001-01-01"])
def test_an_objective_of_any_day_can_be_printed(warm: Evaluated, day: str) -> None:
    sent(warm)
    warm.edit("by: 2026-12-31", f"by: {day}")
    paper = warm.paper()
    assert "The target was reached" not in paper
    assert "The target was not reached" not in paper


def test_nothing_is_said_of_figures_that_may_still_change(warm: Evaluated) -> None:
    sent(warm)
    warm.edit("target: 40", "target: 20")
    warm.edit("by: 2026-12-31", "by: 2027-01-08")
    assert "is not said: the figure was last read on 10 January 2027, and" in warm.paper()
    warm.edit("by: 2027-01-08", "by: 2027-01-07")
    assert "The target was reached" in warm.paper()


def test_a_post_read_too_early_may_still_change(warm: Evaluated) -> None:
    sent(warm)
    warm.edit("target: 40", "target: 20")
    warm.read("facebook", "29", "2026-12-05T09:30+00:00", "2026-12-06", clicks_link=1)
    assert warm.run("assign", "29", "--campaign", "warm-rooms", "--by", HEAD).code == 0
    paper = warm.paper()
    assert "is not said: 1 post was last read before the figures had settled." in paper
    assert "Provisional: last read before it had settled." in paper


def test_an_out_take_is_never_taken_for_an_outcome(warm: Evaluated) -> None:
    sent(warm)
    outcomes = warm.section("Outcomes")
    assert outcomes.strip() == (
        "Outcome not measured: link clicks are an out-take, not a change in what people do."
    )


OUTCOME = (
    "  referrals: {label: Referrals, unit: referrals, over_time: sum, stage: outcome}\n"
    "  briefing_views:"
)


def with_outcome(warm: Evaluated, target: int) -> None:
    board = warm.space.root / "config" / "board.yaml"
    board.write_text(board.read_text("utf-8").replace("  briefing_views:", OUTCOME), "utf-8")
    warm.edit("measure: clicks_link", "measure: referrals")
    warm.edit("target: 40", f"target: {target}")


def test_an_outcome_that_the_board_recorded(warm: Evaluated) -> None:
    sent(warm)
    with_outcome(warm, 12)
    assert "Outcome not measured: no source gave a figure." in warm.paper()
    warm.record("board", "referrals", 13, "2026-12-01", "2026-12-31")
    assert warm.section("Outcomes").strip() == (
        "13 referrals from 1 December 2026 to 31 December 2026, as the board recorded them for "
        "everything it did."
    )
    assert (
        "The target was reached: 13 referrals from 1 December 2026 to 31 December 2026, against a "
        "target of 12."
    ) in warm.paper()


def test_an_outcome_of_a_part_of_the_days_decides_nothing(warm: Evaluated) -> None:
    sent(warm)
    with_outcome(warm, 12)
    warm.record("board", "referrals", 13, "2026-12-01", "2026-12-30")
    words = "is not said: the figure is only of the days up to 30 December 2026."
    assert words in warm.paper()


def test_a_figure_of_the_whole_website_is_none_of_a_campaign(warm: Evaluated) -> None:
    warm.edit("measure: clicks_link", "measure: page_views")
    warm.record("website", "page_views", 50_000, "2026-12-01", "2026-12-31")
    paper = warm.paper()
    assert "Outcome not measured: page views are counted for the website as a whole, not" in paper
    assert "50,000" not in paper


def test_a_campaign_without_an_objective(warm: Evaluated) -> None:
    warm.edit("objective: {measure: clicks_link, baseline: 10, target: 40, by: 2026-12-31}\n", "")
    paper = warm.paper()
    assert "It had no objective to be measured by." in paper
    assert "Outcome not measured: it had no objective." in paper


# what people wrote


def test_what_people_wrote_stands_in_its_stage_with_their_name(warm: Evaluated) -> None:
    stages = ("inputs", "outputs", "outtakes", "outcomes", "impact", "learning")
    words = ", ".join(f"{stage}: Of {stage}." for stage in stages)
    warm.edit(
        "strategy: Say one thing, often.",
        f"evaluation: {{by: comms.officer@board.example, {words}}}",
    )
    titles = ("Inputs", "Outputs", "Out-takes", "Outcomes", "Impact", "Learning and innovation")
    for stage, title in zip(stages, titles, strict=True):
        said = f"Of {stage} (written by comms.officer@board.example)."
        assert said in warm.section(title)
        assert warm.paper().count(said) == 1
    assert "Impact not measured." not in warm.paper()
    assert "Outcome not measured" in warm.section("Outcomes")


@pytest.mark.parametrize(
    ("words", "doubted"),
    [("We reached 5,000 people", True), ("The total reach was high", True), ("It rained", False)],
)
def test_words_that_no_figure_bears_are_named(warm: Evaluated, words: str, doubted: bool) -> None:
    warm.edit(
        "strategy: Say one thing, often.",
        f"evaluation: {{by: comms.officer@board.example, learning: '{words}'}}",
    )
    assert ("Learning and innovation: the words there are" in warm.paper()) is doubted


# days, cut-off, unknown and gone


def test_only_some_days(warm: Evaluated) -> None:
    sent(warm)
    paper = warm.paper("--from", "2026-12-02", "--to", "2026-12-07")
    assert "Period: 2 December 2026 to 7 December 2026." in paper
    assert "1 post was planned, for X: 1 delivery." in paper
    assert "The only delivery to the public was published." in paper
    assert "shown 70 times" in paper
    assert "| Link clicks | 10 | 40 | 31 December 2026 | 39 |" in paper  # of all of its days


def test_as_known_on_a_day(warm: Evaluated) -> None:
    sent(warm)
    warm.read("x", "11", FIRST, "2026-12-20", impressions=80, clicks_link=8)
    paper = warm.paper("--as-of", "2026-12-21")
    assert "shown 80 times" in paper
    assert "is not said: the objective runs until 31 December 2026." in paper
    assert "The deliveries are shown as they stand today, not as on the day" in paper


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("warm-room",), "there is no campaign 'warm-room'; did you mean 'warm-rooms'?"),
        (("zzz",), "there is no campaign 'zzz'; known are: warm-rooms"),
        (("warm-rooms", "--from", "2026-12-02"), "say both --from and --to"),
        (("warm-rooms", "--from", "2026-12-02", "--to", "2026-12-01"), "ends (2026-12-01) before"),
        (("warm-rooms", "--from", "x", "--to", "2026-12-01"), "--from: 'x' is not a day"),
        (
            ("warm-rooms", "--from", "0001-01-01", "--to", "2026-12-31"),
            "say days of the years 1991",
        ),
        (
            ("warm-rooms", "--from", "2026-12-01", "--to", "9999-12-31"),
            "say days of the years 1991",
        ),
        (("warm-rooms", "--as-of", "2099-01-01"), "that day has not come yet"),
        (("warm-rooms", "-o", "paper"), "it has no ending"),
        (("warm-rooms", "-o", "."), "is a folder"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(
    warm: Evaluated, arguments: tuple[str, ...], words: str
) -> None:
    result = warm.run("report", "campaign", *arguments)
    assert (result.code, result.out) == (2, "")
    assert words in result.err
    assert result.err.count("\n") == 1


def test_a_campaign_whose_file_is_gone_is_evaluated_from_what_is_stored(warm: Evaluated) -> None:
    sent(warm)
    (warm.space.root / "campaigns" / "warm-rooms.yaml").unlink()
    paper = warm.paper()
    assert "# Evaluation of a campaign: warm-rooms\n" in paper
    assert "Its audience and its objective are not known any more." in paper
    assert "2 posts were planned, 3 times in all, for X and Facebook: 5 deliveries." in paper
    assert "shown 220 times" in paper
    assert "Outcome not measured: no objective is known." in paper
    assert "The campaign's file is not in campaigns/ any more" in paper


def test_a_rehearsed_history_is_evaluated_too(run: Run, at: At) -> None:
    result = run("report", "campaign", "covid-safeguarding")
    assert (result.code, result.err) == (0, "")
    assert "Nothing of this campaign was sent to the public from here." in result.out
    assert "Period: 2 April 2020 to 9 March 2021." in result.out


def test_hostile_words_stay_words_in_html(warm: Evaluated) -> None:
    sent(warm)
    warm.edit("title: Warm rooms", 'title: "<script>alert(1)</script>"')
    warm.state("first.2@facebook", "failed", "<img src=x onerror=alert(1)>")
    page = warm.run("report", "campaign", "warm-rooms", "--format", "html").out
    assert "<script" not in page
    assert "<img" not in page
    assert page.count("<h1>") == 1
