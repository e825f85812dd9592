"""Days and times of the exports that are no plain CSV."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgcomms.importers import moments
from sgcomms.importers.days import Days

days = st.dates(date(2004, 1, 1), date(2099, 12, 31))


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("10/1/2015 21:00", "2015-10-02T04:00"),
        ("2020-09-22T07:07:36.000", "2020-09-22T14:07:36"),
        ("2021-01-02T03:00:00", "2021-01-02T11:00"),
        ("2020-11-01T01:30:00.000", "2020-11-01T08:30"),
    ],
)
def test_the_time_of_older_insights(text: str, utc: str) -> None:
    assert moments.posted(text)[0] == datetime.fromisoformat(f"{utc}+00:00")


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (moments.posted, "2021-03-14T02:30:00.000"),
        (moments.posted, "13/1/2015 21:00"),
        (moments.posted, "10/1/15 21:00"),
        (moments.posted, "10/1/2015 24:00"),
        (moments.posted, "10/1/2015"),
        (moments.posted, ""),
        (moments.us_day, "13/01/2024"),
        (moments.us_day, "02/30/2024"),
        (moments.us_day, "01/15/24"),
        (moments.us_day, "12345"),
        (moments.us_day, "99999"),
        (moments.us_day, "44008.5"),
        (moments.us_day, ""),
        (moments.iso_day, "2023-02-29"),
        (moments.iso_day, "1999-01-01"),
        (moments.iso_day, "20230301"),
        (moments.iso_day, "2023-03-01 10:00:00"),
        (moments.x_second, "Thu Nov 03 08:50:26 +0100 2022"),
        (moments.x_second, "Thu Nom 03 08:50:26 +0000 2022"),
        (moments.x_second, "Thu Feb 30 08:50:26 +0000 2022"),
        (moments.x_second, "Thu Nov 03 08:50:60 +0000 2022"),
        (moments.x_second, "2022-11-03 08:50:26"),
    ],
)
def test_what_is_no_day_and_no_time(read: Callable[[str], object], text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a|skipped"):
        read(text)


@given(days)
def test_every_way_to_write_a_day_is_the_same_day(day: date) -> None:
    serial = (day - date(1899, 12, 30)).days
    for text in (f"{day:%m/%d/%Y}", f"{day.month}/{day.day}/{day.year}", f"{day}", f"{serial}.0"):
        assert moments.us_day(text) == day
    assert moments.iso_day(f" {day} ") == day


@given(st.datetimes(datetime(2006, 3, 21), datetime(2099, 12, 31)))  # noqa: DTZ001
def test_the_times_of_an_archive_survive(moment: datetime) -> None:
    moment = moment.replace(microsecond=0, tzinfo=UTC)
    assert moments.x_second(f"{moment:%a %b %d %H:%M:%S +0000 %Y}") == moment


@given(st.text(max_size=30))
def test_any_text_is_a_sound_moment_or_refused(text: str) -> None:
    for read in (moments.posted, moments.us_day, moments.iso_day, moments.x_second):
        with suppress(ValueError):
            assert read(text)


@given(days, st.integers(1, 40), st.sampled_from([1, -1]))
def test_days_follow_each_other_in_either_direction(first: date, count: int, step: int) -> None:
    found = Days()
    for number in range(count):
        day = first + timedelta(days=step * number)
        assert found.next(day) == day
    last = first + timedelta(days=step * (count - 1))
    assert found.span == (min(first, last), max(first, last))
    assert found.alone == (count == 1)
    for wrong in (last, last + timedelta(days=7), last + timedelta(days=30), first):
        if count > 1:
            with pytest.raises(ValueError, match="does not follow"):
                found.next(wrong)


def test_a_table_without_days_has_no_span() -> None:
    assert Days().span is None
