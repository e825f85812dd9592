"""Texts are counted as X counts them, held against X's own twitter-text.

`data/x-lengths.json` holds its answers; `scripts/record_x_lengths.py` asked for them, and compares
ours with it on as many fresh texts as one likes. Its emoji list is of 2018; newer ones count 2 as
well, as X's documentation says.
"""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from sgcomms.platforms.links import Link, links
from sgcomms.platforms.text import characters, x_length
from tests.conftest import At, Run

ON_X: dict[str, Any] = json.loads(
    (Path(__file__).parent / "data" / "x-lengths.json").read_text("utf-8")
)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("Clear cot, on the back, every sleep.", 36),
        ("Ça va ?", 7),
        ("e\u0301", 1),
        ("Шапка", 5),
        ("安全", 4),
        ("👶", 2),
        ("👶🏽", 2),
        ("👨\u200d👩\u200d👧\u200d👦", 2),
        ("🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", 2),
        ("🇬🇧🇮🇪", 4),
        ("3️⃣", 2),
        ("© 2027", 6),
        ("©\ufe0f 2027", 7),
        ("⚡", 2),
        ("⚡\ufe0f", 2),
        ("⚡\ufe0f\ufe0f", 4),
        ("a\r\nb", 4),
        ("https://www.nspcc.org.uk/", 23),
        ("https://a.co", 23),
        ("https://www.nspcc.org.uk/" + "a" * 300, 23),
        ("See https://www.nspcc.org.uk/keeping-children-safe?utm_source=x&utm_medium=social.", 28),
        ("nspcc.org.uk", 23),
        ("help@nspcc.org.uk", 17),
        ("(https://www.nspcc.org.uk)", 25),
        ("https://intranet", 16),
        ("At 9.30am, e.g. at home.", 24),
        ("рфt.co/рфt.co/", 25),
        ("للمساعدةnspcc.org.uk", 31),
        ("nspcc.org.ukللمساعدة", 31),
    ],
)
def test_the_length_of_a_text_on_x(text: str, length: int) -> None:
    assert x_length(text) == length


def test_texts_put_together_by_chance_are_counted_as_x_counts_them() -> None:
    assert len(ON_X["texts"]) == 3_000
    assert [text for text, length in ON_X["texts"] if x_length(text) != length] == []


def test_every_character_is_weighed_as_x_weighs_it() -> None:
    runs = ON_X["characters"]
    assert (runs[0][0], runs[-1][1]) == (0, 0x10FFFF)
    wrong = [
        chr(code)
        for first, last, weight in runs
        for code in {first, last, *range(first, min(last, 0x4000)), *range(first, last, 61)}
        if not 0xD800 <= code < 0xE000 and x_length(f"a{chr(code)}b") != weight + 2
    ]
    assert wrong == []


def test_every_emoji_that_x_knows_counts_two() -> None:
    emoji = ON_X["emoji"].split(" ")
    assert len(emoji) > 3_000
    assert [one for one in emoji if x_length(one) != 2] == []


@pytest.mark.parametrize(
    "emoji", ["🫶🏽", "❤️\u200d🔥", "🧑🏽\u200d❤️\u200d🧑🏿", "🐦\u200d⬛", "🏳️\u200d⚧️"]
)
def test_an_emoji_that_is_newer_than_twitter_text_counts_two(emoji: str) -> None:
    assert x_length(emoji) == 2


def test_the_shipped_posts_are_counted_as_x_counts_them(run: Run, at: At) -> None:
    at("2020-03-31T09:00+00:00")
    plan = json.loads(run("plan", "--json").out)
    texts = [one["text"] for one in plan["add"] if one["id"].endswith("@x")]
    assert len(texts) > 15
    for text in texts:
        assert 0 < x_length(text) <= 280


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("no link", []),
        ("https://a.uk/b, c", [Link(0, 14, bare=False)]),
        ("see a.uk.", [Link(4, 8, bare=True)]),
        ("me@a.uk", []),
        ("@a.uk #a.uk $a.uk", []),
        ("a.ukx a.uk-x", []),
        ("ftp://a.uk", []),
        ("https://a.notatld/", []),
        ("https://" + "a" * 64 + ".uk", []),
        ("https://a.uk/" + "b" * 5000, []),
        ("a.uk b.uk", [Link(0, 4, bare=True), Link(5, 9, bare=True)]),
    ],
)
def test_links_are_found_where_x_finds_them(text: str, found: list[Link]) -> None:
    assert links(unicodedata.normalize("NFC", text)) == found


def test_a_text_made_to_take_for_ever_does_not() -> None:
    for text in (
        "a." * 400_000,
        "(" * 900_000,
        "https://a.uk/" + "(a" * 2_000,
        "https://" + "ي" * 4_900 + ".uk",
        ("ي" * 50 + ".") * 90 + "uk",
        "👶" * 200_000,
    ):
        assert x_length(text) > 280


def test_other_platforms_count_characters() -> None:
    assert characters("Ça va 👶🏽") == 8
