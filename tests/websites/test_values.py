"""Numbers and words out of anybody's JSON: sound, or none and why."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgcomms.websites.breakdowns import BREAKDOWNS, summed
from sgcomms.websites.values import Given, count, number, said, share

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)


@given(anything)
def test_anything_is_a_sound_number_or_has_a_reason(raw: Any) -> None:
    for found in (
        count(raw, "Tool"),
        number(raw, "Tool"),
        share(raw, "Tool"),
        share(raw, "T", 100),
    ):
        assert (found.value is None) == (found.reason is not None)
        assert found.value is None or 0 <= found.value <= 10**15
        assert found.reason is None or (found.reason.isprintable() and len(found.reason) < 100)


@given(st.integers(0, 10**15))
def test_every_way_to_write_a_count_is_the_same_count(whole: int) -> None:
    forms: list[object] = [whole, float(whole), str(whole), f"{whole:,}", f" {whole}.0 "]
    assert {count(form, "Tool").value for form in forms} == {whole}


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (None, "Tool gave no figure"),
        ("88%", "Tool gave '88%', which is no count"),
        ("<b>\x1b[2J", "Tool gave '<b>[2J', which is no count"),
        ("a" * 99, f"Tool gave '{'a' * 39}…', which is no count"),
        (2.5, "Tool gave 2.5, which is no count"),
        (-1, "Tool gave -1, which is no figure"),
        (10**400, "Tool gave a huge number, which is no figure"),
        (True, "Tool gave True, which is no count"),
        ([1], "Tool gave a list, which is no count"),
        ({}, "Tool gave an object, which is no count"),
    ],
)
def test_what_is_no_count_is_named(raw: Any, reason: str) -> None:
    assert count(raw, "Tool") == Given(None, reason)


def test_shares_are_of_a_whole() -> None:
    assert share("0.25", "Tool").value == share(25, "Tool", 100).value == 0.25
    assert share(1.01, "Tool").value is None
    assert share(1, "Tool").value == 1


@given(anything)
def test_words_are_one_short_line(raw: Any) -> None:
    words = said(raw)
    assert words.isprintable()
    assert len(words) <= 200


def test_words_are_read_as_they_are_meant() -> None:
    assert said(" Settings &gt;\n Plugins ") == "Settings > Plugins"


@given(st.sampled_from(sorted(BREAKDOWNS)), st.lists(st.tuples(anything, anything), max_size=9))
def test_any_rows_give_sound_sums(dimension: str, rows: list[tuple[Any, Any]]) -> None:
    breakdown = BREAKDOWNS[dimension]
    found = summed(breakdown, rows, "Tool")
    assert found.strange + len(found.by_key) + found.hidden <= len(rows)
    for key, value in found.by_key.items():
        assert key.isprintable()
        assert value >= breakdown.least


def test_pages_count_together_before_they_are_hidden() -> None:
    rows = [("/a", 3), ("/a/", 2), ("/b", 4), ("/a?x=1", 1)]
    found = summed(BREAKDOWNS["page"], rows, "Tool")
    assert (found.by_key, found.hidden) == ({"/a": 6}, 1)
