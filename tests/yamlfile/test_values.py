"""Web and e-mail addresses and days: what is taken can be used, what is not says what to write."""

from __future__ import annotations

import contextlib
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgcomms.planning import address, tagged
from sgcomms.yamlfile import dates
from sgcomms.yamlfile.addresses import web_address


@pytest.mark.parametrize(
    "text",
    [
        "https://www.nspcc.org.uk",
        "https://www.nspcc.org.uk/keeping-children-safe/?a=1&b=%20#top",
        "http://localhost:8000/x",
        "http://127.0.0.1/",
        "http://[::1]:8080/",
        "https://пример.рф/путь",
        "HTTPS://WWW.NSPCC.ORG.UK/",
        "https://a.b-c.example/(x)/y_z~",
    ],
)
def test_a_full_web_address_is_taken_as_it_is(text: str) -> None:
    assert web_address(text) == text


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("nspcc.org.uk", "https://nspcc.org.uk"),
        ("www.nspcc.org.uk/a?b=c", "https://www.nspcc.org.uk/a?b=c"),
        ("<https://a.uk/>", "https://a.uk/"),
        ("[A page](https://a.uk/b)", "https://a.uk/b"),
        ("“https://a.uk”", "https://a.uk"),
        ("https://a.uk/\u200b", "https://a.uk/"),
    ],
)
def test_what_is_nearly_one_is_corrected(text: str, meant: str) -> None:
    with pytest.raises(ValueError, match="write it as") as caught:
        web_address(text)
    assert str(caught.value).endswith(f"; write it as {meant}")
    assert web_address(meant) == meant


@pytest.mark.parametrize(
    "text",
    [
        *("", "nspcc", "help@nspcc.org.uk", "https://", "https://nspcc", "https:///a", "//a.uk/b"),
        *(
            "https://-a.uk/",
            "https://a..uk/",
            "https://1.2.3.4.5/",
            "https://a.uk:x/",
            "ftp://a.uk",
        ),
        *("https://a.uk/b c", "javascript:alert(1)", "https://me:it@a.uk/", "https://a.uk\n/"),
    ],
)
def test_what_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not|holds|is an e-mail|does not belong"):
        web_address(text)


PIECES = st.sampled_from(
    [
        "https://",
        "a",
        ".uk",
        "/",
        "?",
        "#",
        "&",
        "=",
        "@",
        ":",
        "[",
        "]",
        "%",
        "8",
        "é",
        "\uff03",
        "\0",
    ]
)


@given(st.lists(PIECES, max_size=12).map("".join) | st.text(max_size=30))
def test_an_address_that_is_taken_can_be_given_parameters(text: str) -> None:
    with contextlib.suppress(ValueError):
        link = web_address(text)
        assert parse_qs(urlsplit(tagged(link, "x", "a", "a.b.x")).query)["utm_content"] == ["a.b.x"]
        assert address(link)


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_a_day_is_understood_in_every_way_it_is_written(day: date) -> None:
    assert dates.day(day.isoformat()) == day
    for text in (
        f"{day.day}/{day.month}/{day.year}",
        f"{day:%d.%m.%y}",
        f"{day:%d %B %Y}",
        f"{day:%A} {day.day}th {day:%b} {day.year}",
        f"{day:%Y/%m/%d}",
    ):
        assert dates.loose(text) == (day, ""), text


@given(st.text(max_size=20) | st.text("0123456789-/. ", max_size=14))
def test_any_text_is_a_day_or_a_value_error(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert dates.day(text).isoformat() == text
