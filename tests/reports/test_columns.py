"""How the columns of a table share its width."""

from __future__ import annotations

import pytest

from sgcomms.reports.columns import LINE, shares


def test_a_column_is_as_wide_as_half_of_its_longest_cell() -> None:
    narrow, wide = shares([["a", "b" * 4], ["one two three four five six seven eight", "x"]])
    assert wide == 19.5
    assert narrow == pytest.approx(4 + 1.4)


def test_no_word_loses_room_to_a_long_sentence() -> None:
    columns = [["Impressions"], ["Comments"], *[["available"]] * 6, ["word " * 20]]
    found = shares(columns)
    alone = [shares([one])[0] for one in columns[:-1]]
    assert found[:-1] == pytest.approx(alone, abs=0.7)
    assert sum(found) == pytest.approx(LINE)
    assert found[-1] < 20


def test_where_words_alone_fill_the_line_only_they_count() -> None:
    columns = [["incomprehensible", "a b c d e f g h i j k l m n o p q r s t"]] * 9
    assert shares(columns) == pytest.approx([16 + 0.6 - 4 * 0.4 + 1.4] * 9)


def test_an_address_is_broken_and_wide_letters_count_for_more() -> None:
    assert shares([["/a" * 50]]) == shares([["/a" * 500]])
    assert shares([["Commons"]]) > shares([["ill-fit"]])
    assert shares([[""]]) == [1.4]
