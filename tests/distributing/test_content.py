"""What a revised report says of itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from sgcomms.distributing.content import Change, base, changes, revised, seal
from sgcomms.models import Attachment, Mail

FILE = Attachment("reach.csv", b"a,b", "text/csv")
MAIL = Mail("monthly-2021-03", "Reach", "Words", "<h1>Reach</h1>", (FILE,), {"Users": "6"})
DAY = date(2021, 4, 6)


@pytest.mark.parametrize(
    "other",
    [
        replace(MAIL, key="monthly-2021-04"),
        replace(MAIL, subject="reach"),
        replace(MAIL, text="Words "),
        replace(MAIL, html=None),
        replace(MAIL, attachments=()),
        replace(MAIL, attachments=(replace(FILE, content=b"a,c"),)),
        replace(MAIL, attachments=(replace(FILE, name="other.csv"),)),
        replace(MAIL, attachments=(FILE, FILE)),
        replace(MAIL, figures={"Users": "7"}),
        replace(MAIL, decision="For decision: X"),
    ],
)
def test_a_seal_is_that_of_everything(other: Mail) -> None:
    assert seal(other) != seal(MAIL)
    assert seal(replace(MAIL)) == seal(MAIL)


def test_a_document_is_another_when_a_figure_is() -> None:
    assert base(replace(MAIL, text="Other words")) == base(MAIL)
    assert base(replace(MAIL, figures={"Users": "7"})) != base(MAIL)
    assert base(replace(MAIL, figures={})) != base(MAIL)


def test_changes_name_what_is_different() -> None:
    before = {"Users": "6", "Posts": "3", "Reach": "10"}
    now = {"Posts": "3", "Users": "7", "Clicks": "0"}
    assert [
        str(one) for one in changes(replace(MAIL, figures=before), replace(MAIL, figures=now))
    ] == [
        "Users: 7 (was 6)",
        "Clicks: 0 (not given before)",
        "Reach: no longer given (was 10)",
    ]
    assert changes(MAIL, MAIL) == ()


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        (
            "For noting.",
            "For decision: X",
            ["What the board is asked to do: For decision: X (was For noting.)"],
        ),
        ("For decision: X", "For decision: X", []),
        ("", "For noting.", []),  # an issue of which it was not kept
    ],
)
def test_changes_name_what_is_asked(before: str, now: str, said: list[str]) -> None:
    found = changes(replace(MAIL, decision=before), replace(MAIL, decision=now))
    assert [str(one) for one in found] == said


@pytest.mark.parametrize(
    ("page", "marked"),
    [
        ("<body><div><h1>R</h1></div></body>", "<body><div>{}<h1>R</h1></div></body>"),
        ('<BODY class="a">R</BODY>', '<BODY class="a">{}R</BODY>'),
        ("R", "{}R"),
    ],
)
def test_a_page_says_it_above_its_heading(page: str, marked: str) -> None:
    found = revised(replace(MAIL, html=page), [Change("A<b>", "1", "2")], 2, DAY).html
    assert found is not None
    start, end = found.index("<div><p><strong>Revised"), found.index("</ul></div>")
    assert marked.format(found[start : end + 11]) == found
    assert "<li>A&lt;b&gt;: 2 (was 1)</li>" in found


def test_files_get_names_of_their_own() -> None:
    other = Attachment("notes", b"n", "text/plain")
    found = revised(replace(MAIL, attachments=(FILE, other)), [], 3, DAY)
    assert [one.name for one in found.attachments] == ["reach-revised-3.csv", "notes-revised-3"]
    assert [one.content for one in found.attachments] == [b"a,b", b"n"]
    assert found.text.startswith("Revised (issue 3): this takes the place of what was sent on 6 Ap")
