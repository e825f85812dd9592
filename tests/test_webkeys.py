"""Under which keys visits are kept, whatever tool or file they come from."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgcomms import webkeys as keys


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("/", "/"),
        ("/adults/", "/adults"),
        ("/Adults//", "/Adults"),
        ("/search?q=a+name", "/search"),
        ("/search%3Fq=a+name", "/search"),
        ("/a#top", "/a"),
        ("?q=a+name", "/"),
        ("www.example.org/adults/", "/adults"),
        ("https://WWW.example.org/adults?x=1", "/adults"),
        ("https://www.example.org", "/"),
        ("/go/https://other.example/x", "/go/https://other.example/x"),
        ("(other)", "(other)"),
        ("(not set)", "(not set)"),
        ("", "(not set)"),
    ],
)
def test_pages(text: str, path: str) -> None:
    assert keys.page(text) == path


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("/adults/", "/adults"),
        ("https://www.board.example/adults/?x=1", "/adults"),
        ("http://BOARD.example:8080", "/"),
        ("board.example/adults", "/adults"),
        ("https://other.example/adults/", "other.example/adults"),
        ("https://www.Other.example/?name=Ann", "other.example/"),
        ("other.example/x", "other.example/x"),
        ("https://board.example.evil.example/x", "board.example.evil.example/x"),
        ("https://ann:secret@other.example/x", "other.example/x"),
        ("translate.example/board.example/x", "translate.example/board.example/x"),
        ("/go/https://other.example/x", "/go/https://other.example/x"),
        ("(other)", "(other)"),
    ],
)
def test_pages_of_other_hosts_keep_their_host(text: str, key: str) -> None:
    assert keys.page(text, keys.hosts_of("https://www.board.example/start")) == key


@pytest.mark.parametrize(
    "text", ["/a\x1b[2Jdults", "/\u202eadults", "/adu\nlts", "\x00/adults", "/adults\u2066"]
)
def test_pages_hold_no_sign_that_is_not_seen(text: str) -> None:
    key = keys.page(text)
    assert key.isprintable()
    assert key.startswith("/")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Organic Search", "search"),
        ("Paid Search", "search"),
        (" direct", "direct"),
        ("Organic Social", "social"),
        ("AI Assistant", "ai_assistant"),
        ("Display", "paid_other"),
        ("(Other)", "other"),
        ("Unassigned", "other"),
        ("A channel of next year", "other"),
    ],
)
def test_channels(text: str, kind: str) -> None:
    assert keys.channel(text) == kind


@pytest.mark.parametrize(
    ("text", "kind"), [("Desktop", "desktop"), ("mobile", "mobile"), ("smart tv", "other")]
)
def test_devices(text: str, kind: str) -> None:
    assert keys.device(text) == kind


@pytest.mark.parametrize(
    "text",
    [
        "safer-sleeping.clear-cot.facebook",
        "safer-sleeping.clear-cot.2.facebook",
        "a.1.b",
    ],
)
def test_the_tags_of_our_own_links_are_kept(text: str) -> None:
    assert keys.content(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "(not set)",
        "(other)",
        "",
        "banner",
        "one.two",
        "Safer-Sleeping.clear-cot.facebook",
        "safer-sleeping.clear-cot.two.facebook",
        "safer-sleeping.clear-cot.2.3.facebook",
        "safer-sleeping.clear-cot.facebook\n",
        "jane.smith@example.org",
        "safer-sleeping.clear-cot.0.facebook",
        "safer-sleeping.clear-cot.1.facebook",
    ],
)
def test_the_tags_of_others_are_not(text: str) -> None:
    assert keys.content(text) is None


@given(st.text(max_size=60))
def test_no_page_keeps_a_query(text: str) -> None:
    path = keys.page(text)
    assert path
    assert not {"?", "#"} & set(path)


@given(st.text("/ab.-?#", max_size=30))
def test_a_path_is_its_own_path(text: str) -> None:
    path = keys.page(f"/{text}")
    assert keys.page(path) == path


@pytest.mark.parametrize("key", keys.CHANNELS)
def test_a_key_of_a_channel_is_its_own_key(key: str) -> None:
    assert keys.channel(key) == key


@pytest.mark.parametrize("key", keys.DEVICES)
def test_a_key_of_a_device_is_its_own_key(key: str) -> None:
    assert keys.device(key) == key


@given(st.text(max_size=30))
def test_any_text_is_a_known_key(text: str) -> None:
    assert keys.device(text) in keys.DEVICES
    assert keys.channel(text) in keys.CHANNELS


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/search/jane.doe@example.org", "/search/(address)"),
        ("/search/jane.doe%40example.org/results", "/search/(address)/results"),
        ("/@home", "/@home"),
    ],
)
def test_an_address_in_a_path_is_not_kept(path: str, kept: str) -> None:
    assert keys.page(path) == kept
