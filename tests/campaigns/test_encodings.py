"""Files as editors and mail programs leave them: byte order marks, line ends, other encodings."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sgcomms.workspace import Workspace
from tests.conftest import Result, Run

GOOD = """\
campaign: bath-time
title: Bath time – ça va? 👶🏽
author: comms.officer@board.example
audience: Parents
objective: {measure: clicks_link, baseline: 40, target: 120, by: 2027-03-31}
accounts: [x]
posts:
  - id: stay-close
    at: 2027-03-08 09:30
    text: |
      Stay within reach – ça va?

      Every second. 👶🏽
"""


Check = Callable[[bytes], Result]


@pytest.fixture
def check(run: Run, space: Workspace) -> Check:
    """Check bytes as the only campaign."""

    def go(raw: bytes) -> Result:
        for path in (space.root / "campaigns").glob("*.yaml"):
            path.unlink()
        (space.root / "campaigns" / "bath-time.yaml").write_bytes(raw)
        return run("check")

    return go


def problems(result: Result) -> list[str]:
    return result.err.splitlines()[:-1]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_what_editors_save_is_read_alike(
    codec: str, ends: str, run: Run, space: Workspace, check: Check
) -> None:
    assert check(GOOD.replace("\n", ends).encode(codec)).code == 0
    assert '"Stay within reach – ça va?\\n\\nEvery second. 👶🏽"' in run("plan", "--json").out


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-16-le"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_a_mistake_has_its_place_in_every_encoding(codec: str, ends: str, check: Check) -> None:
    wrong = GOOD.replace("Every second. 👶🏽", "👶🏽 é {contact:nspc}").replace("\n", ends)
    mark = "\ufeff" if codec in ("utf-16-be", "utf-16-le") else ""
    found = problems(check((mark + wrong).encode(codec)))
    assert [line.split(": ")[0] for line in found] == ["campaigns/bath-time.yaml:13:12"]


def test_windows_1252_is_named_and_read_on(check: Check) -> None:
    raw = GOOD.replace("👶🏽", "").replace("accounts: [x]", "accounts: [y]").encode("cp1252")
    found = problems(check(raw))
    assert found == [
        "campaigns/bath-time.yaml:2:18: error unreadable-file byte 0x96 is not UTF-8 (in "
        "Windows-1252 it would be –); save the file as UTF-8",
        "campaigns/bath-time.yaml:6:12: error unknown-account accounts: 'y' is no account; known "
        "are: x, facebook, instagram",
    ]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (GOOD.encode("utf-16-le"), "this is not UTF-8 text; in Windows Notepad: Save as"),
        (GOOD.encode("utf-16")[:-1], "the file begins as UTF-16 and does not go on so"),
        (b"PK\x03\x04" + bytes(range(256)), "this is a Word, Excel or zip file, not text"),
        (b"\xd0\xcf\x11\xe0\xa1", "this is an old Word or Excel file, not text"),
        (b"{\\rtf1\\ansi Safer sleeping}", "this is a rich-text file, not text"),
        (b"%PDF-1.7\n", "this is a PDF, not text"),
        (b"\x89PNG\r\n\x1a\n", "this is a picture, not text"),
        (bytes(range(1, 32)) * 3, "this is not a text file"),
        (b"\xff\xfe\x00\xd8", "the file begins as UTF-16 and does not go on so"),
        (b"a: " + b"b" * 1_000_000, "the file has more than 1,000,000 bytes"),
        (b"", "the file is empty; it should hold campaign, title, author, audience, posts"),
        (b"\xef\xbb\xbf# nothing yet\n", "the file is empty"),
    ],
)
def test_what_is_no_text_is_called_what_it_is(raw: bytes, said: str, check: Check) -> None:
    result = check(raw)
    assert result.code == 2
    assert len(problems(result)) == 1
    assert f": error unreadable-file {said}" in problems(result)[0]


@pytest.mark.parametrize(
    ("sign", "rule", "said"),
    [
        ("\0", "control-character", "the character U+0000 cannot be part of a text"),
        ("\x07", "control-character", "the character U+0007 cannot be part of a text"),
        ("\x7f", "control-character", "the character U+007F cannot be part of a text"),
        ("\ufeff", "control-character", "the character U+FEFF cannot be part of a text"),
        ("\uffff", "control-character", "the character U+FFFF cannot be part of a text"),
        ("\x85", "control-character", "an invisible line break (U+0085) stands here"),
        ("\u2028", "control-character", "an invisible line break (U+2028) stands here"),
        ("\u200b", "invisible-character", "an invisible character (U+200B) stands here"),
        ("\u00ad", "invisible-character", "an invisible character (U+00AD) stands here"),
        ("\u202e", "invisible-character", "an invisible character (U+202E) stands here"),
    ],
)
def test_a_strange_character_is_found_where_it_stands(
    sign: str, rule: str, said: str, check: Check
) -> None:
    wrong = GOOD.replace("reach", f"re{sign}ach").replace("2027-03-08", "2027-03-38")
    place, shape = problems(check(wrong.encode()))[::-1]
    assert shape.startswith("campaigns/bath-time.yaml:9:9: error wrong-value at: ")
    assert place.startswith("campaigns/bath-time.yaml:11:21: ")
    assert f" {rule} {said}" in place


@pytest.mark.parametrize(
    "escape", ["\\0", "\\a", "\\b", "\\e", "\\x07", "\\u2028", "\\N", "\\uFEFF"]
)
def test_an_escape_for_a_character_that_no_text_has(escape: str, check: Check) -> None:
    """In particular not U+0000, which stands for the link inside this program."""
    raw = GOOD.split("    text:", maxsplit=1)[0] + f'    text: "Stay{escape} close."\n'
    (found,) = problems(check(raw.encode()))
    assert found.startswith("campaigns/bath-time.yaml:10:11: error control-character ")


@pytest.mark.parametrize("escape", ["\\n", "\\t", "\\_", "\\u00e9", "\\U0001F476", "\\\\", "\\/"])
def test_an_escape_for_a_character_that_texts_have(escape: str, check: Check) -> None:
    raw = GOOD.split("    text:", maxsplit=1)[0] + f'    text: "Stay{escape} close."\n'
    assert problems(check(raw.encode())) == []
