"""When a pre-election period begins: worked dates, as they were published."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgcomms.elections import is_working_day, latest_start

PUBLISHED = [
    # Commons Library, research paper 15/11: 25 working days before the general election
    ("2015-05-07", "2015-03-30"),
    # Commons Library, SN05085: Parliament was dissolved 25 working days before the poll
    ("2017-06-08", "2017-05-03"),
    # southend.gov.uk, timetable of the local elections in England
    ("2021-05-06", "2021-03-29"),
    # turley.co.uk, "Pre-election period explained"
    ("2022-05-05", "2022-03-28"),
    # Local Government Association; the coronation, after the poll, plays no part
    ("2023-05-04", "2023-03-27"),
    # Local Government Association; southampton.gov.uk, "Notices"
    ("2024-05-02", "2024-03-26"),
    # parliament.uk, the dissolution before the general election
    ("2024-07-04", "2024-05-30"),
    # wyreforestdc.gov.uk, timetable of the Kidderminster by-elections
    ("2025-02-06", "2025-01-02"),
    # bishopauckland-tc.gov.uk; stroud.gov.uk
    ("2025-05-01", "2025-03-25"),
    # aldc.org, from the Electoral Commission's timetable
    ("2026-05-07", "2026-03-30"),
    # computed
    ("2027-05-06", "2027-03-31"),
]


@pytest.mark.parametrize(("poll", "starts"), PUBLISHED)
def test_starts_as_published(poll: str, starts: str) -> None:
    assert latest_start(date.fromisoformat(poll)) == date.fromisoformat(starts)


def test_christmas_eve_and_the_days_after_do_not_count() -> None:
    # 2026: Thursday 24, Friday 25, Monday 28 (for Boxing Day, a Saturday), Friday 1 January
    days = [date(2026, 12, 23) + timedelta(days=number) for number in range(13)]
    working = [day for day in days if is_working_day(day)]
    assert [f"{day:%d}" for day in working] == ["23", "29", "30", "31", "04"]


def test_a_holiday_of_its_own_moves_the_start() -> None:
    assert latest_start(date(2027, 5, 6), [date(2027, 4, 14)]) == date(2027, 3, 30)


def test_a_holiday_that_is_none_of_the_days_moves_nothing() -> None:
    saturday, after = date(2027, 4, 17), date(2027, 5, 7)
    assert latest_start(date(2027, 5, 6), [saturday, after]) == date(2027, 3, 31)


@given(poll=st.dates(date(2000, 3, 1), date(2099, 12, 31)))
def test_between_start_and_poll_lie_twenty_four_working_days(poll: date) -> None:
    start = latest_start(poll)
    between = (poll - start).days
    counted = [day for n in range(1, between) if is_working_day(day := start + timedelta(days=n))]
    assert is_working_day(start)
    assert len(counted) == 24
