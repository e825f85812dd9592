"""`report proof`: the golden texts, each verdict on both sides, what it says and its exit code."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from sgcomms.campaigns import load
from sgcomms.periods import year as year_named
from sgcomms.reports.proof import Reader
from sgcomms.reports.proof.reading import plain
from sgcomms.workspace import Workspace
from tests.conftest import Run
from tests.reports.proof.conftest import Findings, Proofed

ROOT = Path(__file__).resolve().parents[3]

SEED = (
    "Throughout the year there was a campaign across Twitter, Facebook and Instagram which had a "
    "reach of in excess 190,000.\n\n"
    "The website page was launched on the 31st March 2020 and by the 31st March 2021, had been "
    "accessed in excess of 18,000 times.\n\n"
    "Generally, they last around 20 minutes per briefing. Between April 2020 and March 2021, the "
    "virtual briefings had been viewed a total 10,753 times.\n\n"
    "18 webinar sessions took place during September 2020 to March 2021, where 573 people "
    "attended.\n\n"
    "Over the past year we have had 275,602 page views and 71,987 users to the website.\n\n"
    "On average, a user spent an average 2 minutes per session on the website, and the bounce "
    "rate has remained close to 40% which would indicate users find what they look for.\n\n"
    "52% of visitors reached our site via entering keywords into search engines. 66% accessed the "
    "site via a desktop device (i.e. Laptop) and 30% accessed the site via a mobile.\n\n"
    "On Twitter, we posted 328 tweets, had 111,383 impressions, were retweeted 292 times, had "
    "1540 reactions and 1,007 followers. On Facebook and Instagram, we put out 400 posts, had a "
    "reach⁶ of 80,112, with 683 reactions, 57 comments, 768 shares and 458 followers on Facebook "
    "and 124 on Instagram.\n\n"
    "Between April 2020 and March 2021, the virtual briefings had been viewed a total 10,753 "
    "times.\n"
)
"""The sentences of the board's report for 2020-21 that hold figures of its communications."""


def verdicts(found: Findings) -> list[tuple[str, str]]:
    return [(one["text"], one["verdict"]) for one in found]


def the_one(found: Findings, text: str) -> dict[str, Any]:
    fits = [one for one in found if one["text"] == text]
    assert len(fits) == 1, verdicts(found)
    return fits[0]


def test_the_boards_own_report_is_read_as_it_was_made(proofed: Proofed) -> None:
    found = proofed(SEED)
    assert verdicts(found) == [
        ("190,000", "forbidden sum"),
        ("18,000", "traced"),
        ("20 minutes", "unknown"),
        ("10,753", "traced"),
        ("18", "traced"),
        ("573", "traced"),
        ("275,602", "traced"),
        ("71,987", "traced"),
        ("2 minutes", "traced"),
        ("40%", "rounded"),
        ("52%", "traced"),
        ("66%", "traced"),
        ("30%", "traced"),
        ("66% + 30%", "shares"),
        *((text, "traced") for text in ("328", "111,383", "292", "1540", "1,007", "400")),
        *((text, "traced") for text in ("80,112", "683", "57", "768", "458", "124")),
        ("10,753", "traced"),
    ]
    says = str(the_one(found, "190,000")["says"])
    assert "191,495 is impressions of Twitter (now X) (111,383)" in says
    assert "reach of Facebook and Instagram together (80,112)" in says
    assert "96% of devices: 4% unsaid" in str(the_one(found, "66% + 30%")["says"])
    traced = the_one(found, "111,383")["figure"]
    assert (traced["subject"], traced["metric"]) == ("x", "impressions")
    assert any("x-tweets-2020-q1.csv" in one for one in the_one(found, "111,383")["sources"])


def test_the_whole_seed(year: Run) -> None:
    folder = Path(os.environ.get("SGCOMMS_SEED") or ROOT.parent / "shared" / "seed")
    text = folder / "annual-report-2020-21-excerpts.md"
    if not text.exists():
        pytest.skip(f"{text.name} is not here: name its folder in SGCOMMS_SEED")
    result = year("report", "proof", str(text), "--json")
    found = json.loads(result.out)
    assert result.code == 1
    assert found["year"] == "2020-21"
    wrong = [(one["text"], one["verdict"]) for one in found["findings"] if one["wrong"]]
    assert wrong == [("190,000", "forbidden sum"), ("66% + 30%", "shares")]
    briefings = [one["verdict"] for one in found["findings"] if one["text"] == "10,753"]
    assert briefings == ["traced", "traced"]


@pytest.mark.parametrize("form", ["md", "html", "docx"])
def test_in_our_own_section_nothing_is_wrong_or_unknown(
    year: Run, space: Workspace, form: str
) -> None:
    file = space.root / f"section.{form}"
    assert year("report", "annual", "--year", "2020-21", "-o", str(file)).code == 0
    result = year("report", "proof", str(file), "--json", "--strict")
    found = json.loads(result.out)["findings"]
    assert (result.code, result.err) == (0, "")
    assert {one["verdict"] for one in found} <= {"traced", "rounded"}
    assert {"275,602", "111,383", "80,112", "10,753", "328"} <= {one["text"] for one in found}


@pytest.mark.long
def test_a_changed_digit_of_our_own_section_is_found(year: Run, space: Workspace) -> None:
    text = year("report", "annual", "--year", "2020-21").out
    board = space.board()
    campaigns = load(space.root, board).campaigns
    digits = [
        one for one in re.finditer(r"\d", text) if not re.search(r"\[\^\d*$", text[: one.end()])
    ]
    figures = [one for one in digits if ".csv" not in text[one.start() :].partition("\n")[0]]
    with space.database() as db:
        reader = Reader(db, board, year_named("2020-21", board.year_starts), campaigns)
        for number, one in enumerate(figures[::9]):
            new = str((int(one[0]) + 1 + number % 8) % 10)
            changed = f"{text[: one.start()]}{new}{text[one.end() :]}"
            done = reader.proof(plain.markdown(changed))
            # of the section as it is nothing is unknown: what is so in a changed one was found
            found = done.wrong or any(finding.verdict == "unknown" for finding in done.findings)
            assert new == one[0] or found, changed[one.start() - 40 : one.end() + 40]


CASES = [
    ("On Twitter we posted 382 tweets.", "differs"),
    ("On Twitter we posted 328 tweets.", "traced"),
    ("The website had 275,620 page views.", "differs"),
    ("The website had 276,000 page views.", "differs"),
    ("The website had about 276,000 page views.", "rounded"),
    ("Over 72,000 users came to the website.", "differs"),
    ("Nearly 72,000 users came to the website.", "rounded"),
    ("More than 70,000 users came to the website.", "rounded"),
    ("More than 18,000 page views of the Covid-19 safeguarding resources.", "traced"),
    ("The Covid-19 safeguarding resources had 18,000 page views.", "differs"),
    ("The bounce rate was 41%.", "differs"),
    ("The bounce rate was around 42%.", "rounded"),
    ("The bounce rate was around 45%.", "differs"),
    ("A visit to the website lasted about 2 minutes.", "rounded"),
    ("A visit to the website lasted 3 minutes.", "differs"),
    ("19 webinars were held.", "differs"),
    ("On Facebook we had 1,540 reactions.", "misnamed"),
    ("On Twitter we had a reach of 111,383.", "misnamed"),
    ("71,987 people visited our website.", "misnamed"),
    ("Our audience was 191,495.", "forbidden sum"),
    ("We had over 1,500 followers across Twitter, Facebook and Instagram.", "forbidden sum"),
    ("We posted 728 times across Twitter, Facebook and Instagram.", "traced"),
    ("There were 34 child deaths.", "unknown"),
    ("Our top post on Twitter had 4,200 impressions.", "unknown"),
    ("The virtual briefings were viewed 10,735 times.", "differs"),
]


@pytest.mark.parametrize(("text", "verdict"), CASES)
def test_each_verdict_has_two_sides(proofed: Proofed, text: str, verdict: str) -> None:
    found = proofed(text)
    assert [one["verdict"] for one in found] == [verdict], found


def test_the_rest_of_shares_may_be_said_in_words_or_numbers(proofed: Proofed) -> None:
    for text in (
        "66% used a desktop and 30% a mobile; the rest used other things.",
        "Visits were made on a desktop (66%), a mobile (30%) and other devices (4%).",
    ):
        assert not any(one["wrong"] for one in proofed(text))


def test_two_places_that_disagree_are_both_named(proofed: Proofed) -> None:
    found = proofed(
        "In all 34 reviews were read by the whole panel.\n\n"
        "In all 43 reviews were read by the whole panel.\n"
    )
    assert [one["verdict"] for one in found] == ["disagrees", "disagrees"]
    assert "line 3 has 43" in found[0]["says"]


def test_an_earlier_reading_is_called_stale(year: Run, proofed: Proofed) -> None:
    days = ("--from", "2020-04-01", "--to", "2021-03-31", "--source", "s", "--by", "b")
    for value, day in (("12000", "2021-05-01"), ("12345", "2021-06-01")):
        recorded = year("record", "board", "briefing_views", value, *days, "--read-on", day)
        assert recorded.code == 0
    (found,) = proofed("The virtual briefings were viewed 10,753 times.")
    assert found["verdict"] == "stale"
    assert "as known on 3 April 2021" in found["says"]
    assert found["todo"].startswith("print 12,345")


def test_tables_are_read_by_their_rows_and_columns(proofed: Proofed) -> None:
    found = proofed(
        "| Platform | Followers | Impressions |\n|---|---|---|\n| Twitter | 1,007 | 111,383 |\n"
        "| Facebook | 485 | 80,112 |\n"
    )
    assert verdicts(found) == [
        ("1,007", "traced"),
        ("111,383", "traced"),
        ("485", "differs"),
        ("80,112", "misnamed"),
    ]
    assert found[2]["place"] == "table 1, row 3, column “Followers”"


def test_unknown_numbers_fail_only_when_that_is_asked_for(year: Run, space: Workspace) -> None:
    file = space.root / "chapter.md"
    file.write_text("There were 34 child deaths in 2020-21.\n", encoding="utf-8")
    assert year("report", "proof", str(file)).code == 0
    assert year("report", "proof", str(file), "--strict").code == 1


def test_the_list_says_where_and_what_to_do_and_changes_nothing(
    year: Run, space: Workspace
) -> None:
    file = space.root / "chapter.md"
    file.write_text("# Chapter 2020-21\n\nOn Twitter we posted 382 tweets.\n", encoding="utf-8")
    before = file.read_bytes()
    result = year("report", "proof", str(file))
    assert (result.code, result.err) == (1, "")
    lines = result.out.splitlines()
    assert lines[0] == "Chapter 2020-21, line 3:"
    assert "-> print 328" in result.out
    assert "chapter.md, 2020-21: 1 number: 1 differs" in lines
    assert lines[-1] == "1 thing is wrong: see it above"
    assert file.read_bytes() == before


def test_without_figures_it_says_so(run: Run, space: Workspace) -> None:
    file = space.root / "chapter.md"
    file.write_text("On Twitter we posted 382 tweets.\n", encoding="utf-8")
    result = run("report", "proof", str(file))
    assert result.code == 2
    assert "there are no figures" in result.err
