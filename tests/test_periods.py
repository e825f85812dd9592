"""Years, months, quarters and days; clocks that go forward and back."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgcomms.periods import (
    ClockChangeError,
    Period,
    YearStart,
    before,
    days,
    midnight,
    month,
    quarter,
    span,
    to_utc,
    year,
    year_of,
    year_start,
)

LONDON = ZoneInfo("Europe/London")
APRIL = YearStart(1, 4)
JANUARY = YearStart(1, 1)


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("shown", "instant"),
    [
        ("2027-03-08 09:30", "2027-03-08 09:30"),
        ("2027-06-08 09:30", "2027-06-08 08:30"),
        ("2027-03-28 00:59", "2027-03-28 00:59"),
        ("2027-03-28 02:00", "2027-03-28 01:00"),
        ("2026-10-25 00:59", "2026-10-24 23:59"),
        ("2026-10-25 02:00", "2026-10-25 02:00"),
    ],
)
def test_a_wall_clock_time_is_one_instant(shown: str, instant: str) -> None:
    assert to_utc(wall(shown), LONDON) == utc(instant)


@pytest.mark.parametrize("shown", ["2027-03-28 01:00", "2027-03-28 01:30", "2027-03-28 01:59"])
def test_an_hour_is_missing_when_the_clocks_go_forward(shown: str) -> None:
    with pytest.raises(ClockChangeError) as caught:
        to_utc(wall(shown), LONDON)
    assert caught.value.kind == "missing"


@pytest.mark.parametrize("shown", ["2026-10-25 01:00", "2026-10-25 01:30", "2026-10-25 01:59"])
def test_an_hour_comes_twice_when_the_clocks_go_back(shown: str) -> None:
    with pytest.raises(ClockChangeError) as caught:
        to_utc(wall(shown), LONDON)
    assert caught.value.kind == "twice"
    earlier, later = caught.value.instants
    assert (later - earlier).total_seconds() == 3600
    assert {one.astimezone(LONDON).replace(tzinfo=None) for one in caught.value.instants} == {
        wall(shown)
    }


@given(st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1)))  # noqa: DTZ001
def test_what_is_no_clock_change_comes_back_as_it_was(moment: datetime) -> None:
    try:
        instant = to_utc(moment, LONDON)
    except ClockChangeError:
        return
    assert instant.astimezone(LONDON).replace(tzinfo=None) == moment


def test_a_day_of_a_clock_change_is_23_or_25_hours_long() -> None:
    for day, hours in (("2027-03-28", 23), ("2026-10-25", 25), ("2027-03-08", 24)):
        start, end = span(days(date.fromisoformat(day), date.fromisoformat(day)), LONDON)
        assert (end - start).total_seconds() == hours * 3600


def test_a_day_begins_at_the_first_moment_that_exists() -> None:
    cuba = ZoneInfo("America/Havana")  # its clocks skip midnight
    assert midnight(date(2026, 3, 8), cuba).astimezone(cuba).hour == 1


@pytest.mark.parametrize(
    ("name", "starts", "first", "last"),
    [
        ("2020-21", APRIL, "2020-04-01", "2021-03-31"),
        ("1999-00", APRIL, "1999-04-01", "2000-03-31"),
        ("2020", JANUARY, "2020-01-01", "2020-12-31"),
        ("2019-20", YearStart(1, 9), "2019-09-01", "2020-08-31"),
    ],
)
def test_a_year_of_the_board(name: str, starts: YearStart, first: str, last: str) -> None:
    period = year(name, starts)
    assert period == Period(date.fromisoformat(first), date.fromisoformat(last), name)
    assert year_of(period.start, starts) == year_of(period.end, starts) == period


@pytest.mark.parametrize(
    ("name", "starts", "said"),
    [
        ("2020", APRIL, "write it as 2020-21"),
        ("2020-21", JANUARY, "write it as 2020"),
        ("2020-22", APRIL, "did you mean 2020-21?"),
        ("20-21", APRIL, "write it as 2020-21"),
        ("0000-01", APRIL, "write it as 2020-21"),
        ("9999-00", APRIL, "write it as 2020-21"),
        ("２０２０-21", APRIL, "write it as 2020-21"),
        ("", APRIL, "write it as 2020-21"),
    ],
)
def test_a_name_that_is_no_year(name: str, starts: YearStart, said: str) -> None:
    with pytest.raises(ValueError, match="is not") as caught:
        year(name, starts)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "name", ["2021-13", "2021-00", "2021", "0000-01", "9999-12", "2021-3", "x"]
)
def test_a_name_that_is_no_month(name: str) -> None:
    with pytest.raises(ValueError, match="write it as 2021-03"):
        month(name)


@pytest.mark.parametrize("name", ["2020-21-Q5", "2020-21", "Q1", "2020-22-Q1", "9999-00-Q4"])
def test_a_name_that_is_no_quarter(name: str) -> None:
    with pytest.raises(ValueError, match="is not"):
        quarter(name, APRIL)


def test_months_and_quarters() -> None:
    assert month("2021-02") == Period(date(2021, 2, 1), date(2021, 2, 28), "2021-02")
    assert quarter("2020-21-Q4", APRIL) == Period(date(2021, 1, 1), date(2021, 3, 31), "2020-21-Q4")


@given(st.text(max_size=12))
def test_any_name_is_a_period_or_a_value_error(name: str) -> None:
    for read in (month, lambda text: year(text, APRIL), lambda text: quarter(text, APRIL)):
        try:
            period = read(name)
        except ValueError:
            continue
        assert period.start < period.end


@pytest.mark.parametrize(
    ("period", "earlier"),
    [
        (year("2020-21", APRIL), year("2019-20", APRIL)),
        (month("2021-01"), month("2020-12")),
        (quarter("2020-21-Q1", APRIL), quarter("2019-20-Q4", APRIL)),
        (days(date(2021, 1, 11), date(2021, 1, 17)), days(date(2021, 1, 4), date(2021, 1, 10))),
    ],
)
def test_the_period_before(period: Period, earlier: Period) -> None:
    assert before(period, APRIL) == earlier


def test_a_period_knows_its_days() -> None:
    march = month("2021-03")
    assert date(2021, 3, 31) in march
    assert date(2021, 4, 1) not in march
    assert march.covers(date(2021, 3, 1), date(2021, 3, 31))
    assert not march.covers(date(2021, 2, 28), date(2021, 3, 1))


def test_a_period_does_not_end_before_it_starts() -> None:
    with pytest.raises(ValueError, match="ends"):
        days(date(2021, 3, 2), date(2021, 3, 1))


@pytest.mark.parametrize("text", ["1 April", "1 april", "6 April", "29 September"])
def test_the_day_a_year_starts(text: str) -> None:
    assert year_start(text).day == int(text.split(maxsplit=1)[0])


@pytest.mark.parametrize("text", ["April", "31 April", "29 February", "1/4", "", "1 April 2020"])
def test_a_day_that_no_year_can_start_on(text: str) -> None:
    with pytest.raises(ValueError, match="is not a day such as 1 April"):
        year_start(text)
