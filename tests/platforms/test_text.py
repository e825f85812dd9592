"""Texts are counted as X counts them, held against twitter-text (the package of the same name).

Its emoji list stops at Emoji 12; newer ones count 2 as well, as X's documentation says.
"""

from __future__ import annotations

import json
import unicodedata
import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sgcomms.platforms.links import Link, links
from sgcomms.platforms.text import characters, x_length
from tests.conftest import At, Run

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the package reads its list by setuptools' old way
    from twitter_text import parse_tweet  # type: ignore[import-untyped]
    from twitter_text.regexp.emoji import emoji_list  # type: ignore[import-untyped]

EMOJI = ["".join(chr(int(code, 16)) for code in one.codepoint.split()) for one in emoji_list]
PIECES = (
    *("a", "B", " ", "\n", "\r\n", "é", "e\u0301", "ß", "Ж", "ي", "א", "中", "コ", "१", "９"),
    *(".", ",", ":", ";", "!", "?", "-", "_", "/", "\\", "(", ")", "[", "]", "&", "=", "#", "@"),
    *("$", "%20", "'", "~", "|", "…", "’", "“", "–", "\u200b", "\u200d", "\ufe0f", "\u20e3"),
    *(
        "\u202e",
        "\u061c",
        "👶",
        "👶🏽",
        "👨\u200d👩\u200d👧",
        "🇬🇧",
        "❤️",
        "©",
        "™",
        "1️⃣",
        "🏴\U000e0067",
    ),
    *("https://", "http://", "HTTPS://", "www.", "nspcc.org.uk", "GOV.UK", "co.uk", "com", "t.co/"),
    *(
        "example",
        "xn--p1ai",
        "рф",
        "コム",
        "notatld",
        "/path?x=1&y=(2)#z",
        "?q=1",
        ":8080",
        "😷.com",
    ),
)


def weighted(text: str) -> int:
    length: int = parse_tweet(text).weightedLength
    return length


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
        ("© 2027", 7),
        ("https://www.nspcc.org.uk/", 23),
        ("https://a.co", 23),
        ("https://www.nspcc.org.uk/" + "a" * 300, 23),
        ("See https://www.nspcc.org.uk/keeping-children-safe?utm_source=x&utm_medium=social.", 28),
        ("nspcc.org.uk", 23),
        ("help@nspcc.org.uk", 17),
        ("(https://www.nspcc.org.uk)", 25),
        ("https://intranet", 16),
        ("At 9.30am, e.g. at home.", 24),
    ],
)
def test_the_length_of_a_text_on_x(text: str, length: int) -> None:
    assert x_length(text) == length == weighted(text)


def test_every_emoji_counts_two() -> None:
    assert [emoji for emoji in EMOJI if not x_length(emoji) == weighted(emoji) == 2] == []


@pytest.mark.parametrize(
    "emoji", ["🫶🏽", "❤️\u200d🔥", "🧑🏽\u200d❤️\u200d🧑🏿", "🐦\u200d⬛", "🏳️\u200d⚧️"]
)
def test_an_emoji_that_is_newer_than_the_package_counts_two(emoji: str) -> None:
    assert x_length(emoji) == 2


@given(st.lists(st.sampled_from((*PIECES, *EMOJI[::50])), max_size=14).map("".join))
@settings(max_examples=400, deadline=None)
def test_no_text_is_shorter_here_than_on_x(text: str) -> None:
    assert x_length(text) >= weighted(text)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
@settings(max_examples=200, deadline=None)
def test_no_text_of_any_signs_is_shorter_here_than_on_x(text: str) -> None:
    assert x_length(text) >= weighted(text)


@pytest.mark.long
@given(st.lists(st.sampled_from((*PIECES, *EMOJI)), max_size=30).map("".join))
@settings(max_examples=20_000, deadline=None)
def test_no_text_is_shorter_here_than_on_x_whatever_the_text(text: str) -> None:
    assert x_length(text) >= weighted(text)


def test_no_single_character_is_shorter_here_than_on_x() -> None:
    codes = [*range(0x4000), *range(0x4000, 0xD800, 61), *range(0xE000, 0x110000, 61)]
    texts = [f"a{chr(code)}b" for code in codes]
    assert [text for text in texts if x_length(text) < weighted(text)] == []


def test_the_shipped_posts_are_counted_as_x_counts_them(run: Run, at: At) -> None:
    at("2020-03-31T09:00+00:00")
    plan = json.loads(run("plan", "--json").out)
    texts = [one["text"] for one in plan["add"] if one["id"].endswith("@x")]
    assert len(texts) > 15
    for text in texts:
        assert x_length(text) == weighted(text) <= 280


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
    for text in ("a." * 400_000, "(" * 900_000, "https://a.uk/" + "(a" * 2_000, "👶" * 200_000):
        assert x_length(text) > 280


def test_other_platforms_count_characters() -> None:
    assert characters("Ça va 👶🏽") == 8
