"""Numbers as words, in the GOV.UK style."""

from __future__ import annotations

from datetime import date

import pytest

from sgcomms.reports import numbers


@pytest.mark.parametrize(
    ("value", "words"),
    [(0, "0"), (999, "999"), (1000, "1,000"), (1540.0, "1,540"), (2.5, "2.5"), (10753, "10,753")],
)
def test_counts_have_commas_from_a_thousand_on(value: float, words: str) -> None:
    assert numbers.number(value) == words


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.52, "52%"),
        (0.4, "40%"),
        (0.005, "1%"),
        (0.004, "under 1%"),
        (0, "0%"),
        (1, "100%"),
        (0.285, "29%"),
        (0.145, "15%"),
    ],
)
def test_shares_are_whole_per_cents_rounded_half_up(share: float, words: str) -> None:
    assert numbers.per_cent(share) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (120, "2 minutes"),
        (60, "1 minute"),
        (65, "1 minute 5 seconds"),
        (1, "1 second"),
        (0, "0 seconds"),
        (59.5, "1 minute"),
    ],
)
def test_durations_are_minutes_and_seconds(seconds: float, words: str) -> None:
    assert numbers.duration(seconds) == words


def test_days_and_lists() -> None:
    first, last = date(2020, 3, 31), date(2021, 3, 31)
    assert numbers.days(first, last) == "31 March 2020 to 31 March 2021"
    assert numbers.days(last, last) == "31 March 2021"
    assert numbers.listed(["a"]) == "a"
    assert numbers.listed(["a", "b", "c"]) == "a, b and c"
    assert numbers.listed([]) == ""
