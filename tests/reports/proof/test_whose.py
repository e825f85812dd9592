"""`report proof`: whose each of several numbers in one sentence is, and whether it is ours."""

from __future__ import annotations

import json

import pytest

from sgcomms.workspace import Workspace
from tests.conftest import Run
from tests.reports.proof.conftest import Findings, Proofed


def verdicts(found: Findings) -> list[str]:
    return [one["verdict"] for one in found]


RIGHT = [
    "We published 138 posts on Instagram and 262 on Facebook.",
    "There were 41 comments on Facebook and 16 on Instagram.",
    "There were 402 reactions on Facebook, 281 on Instagram.",
    "Posts: Facebook 262, Instagram 138, Twitter 328.",
    "Posts: Facebook 262; Instagram 138 and Twitter 328.",
    "Facebook had 262 posts and Instagram 138.",
    "On Facebook and Instagram we had 400 posts and 683 reactions.",
    "We had 400 posts on Facebook and Instagram and 328 on Twitter.",
]


@pytest.mark.parametrize("text", RIGHT)
def test_each_number_is_of_the_account_next_to_it(proofed: Proofed, text: str) -> None:
    found = proofed(text)
    assert set(verdicts(found)) == {"traced"}, found


SWAPPED = [
    "We published 262 posts on Instagram and 138 on Facebook.",
    "Posts: Facebook 328, Instagram 262.",
    "There were 281 reactions on Facebook, 402 on Instagram.",
]


@pytest.mark.parametrize("text", SWAPPED)
def test_swapped_numbers_of_two_accounts_differ(proofed: Proofed, text: str) -> None:
    assert verdicts(proofed(text)) == ["differs", "differs"]


FOREIGN = [
    ("292 practitioners attended.", "unknown"),
    ("300 people attended our conference.", "unknown"),
    ("300 people attended our webinars.", "differs"),
    ("There were 570 attendances at webinars.", "differs"),
    ("573 people attended.", "traced"),
    ("19 webinars were held.", "differs"),
]


@pytest.mark.parametrize(("text", "verdict"), FOREIGN)
def test_an_event_of_others_is_not_held_against_ours(
    proofed: Proofed, text: str, verdict: str
) -> None:
    assert verdicts(proofed(text)) == [verdict]


def test_a_share_of_something_else_is_no_share_of_phones(proofed: Proofed) -> None:
    for other in ("something else", "a games console"):
        found = proofed(f"66% of people used a desktop and 30% a phone and 4% {other}.")
        assert not any(one["wrong"] for one in found), found
    found = proofed("66% of people used a desktop and 31% a phone and 4% something else.")
    assert verdicts(found)[:2] == ["traced", "differs"]
    found = proofed("66% of people used a desktop and 30% a phone and 3% a games console.")
    assert "shares" in verdicts(found)


def test_a_table_without_a_header_is_read_from_its_first_row(proofed: Proofed) -> None:
    rows = (("Page views", "275,604"), ("Users", "71,987"))
    html = "".join(f"<tr><th>{name}</th><td>{value}</td></tr>" for name, value in rows)
    found = proofed(f"<table>{html}</table>", "chapter.html")
    assert [(one["text"], one["verdict"]) for one in found] == [
        ("275,604", "differs"),
        ("71,987", "traced"),
    ]
    assert found[0]["place"] == "table 1, row 1, column 2"


def test_a_header_of_years_is_one(proofed: Proofed) -> None:
    text = "<table><tr><td></td><td>2020</td></tr><tr><td>Users</td><td>71,987</td></tr></table>"
    found = proofed(text, "chapter.html")
    assert found[-1]["place"] == "table 1, row 2, column “2020”"


def test_short_cells_of_our_own_charts_are_known(year: Run, space: Workspace) -> None:
    for month in range(4, 13):
        day = f"2024-{month:02}-28"
        told = ("--from", day, "--to", day, "--source", "s", "--by", "b", "--read-on", day)
        assert year("record", "x", "followers", str(900 + month), *told).code == 0
    file = space.root / "section.docx"
    assert year("report", "annual", "--year", "2024-25", "-o", str(file)).code == 0
    result = year("report", "proof", str(file), "--json", "--strict")
    found = json.loads(result.out)["findings"]
    assert "911" in [one["text"] for one in found]
    assert set(verdicts(found)) <= {"traced", "rounded"}
    assert result.code == 0
