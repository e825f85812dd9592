"""What stands in single cells: examples from the files, then anything at all."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgcomms.importers import values

_T = TypeVar("_T")

PACIFIC = ZoneInfo("America/Los_Angeles")
BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
X_EPOCH_MS = 1288834974657
INSTAGRAM_EPOCH_MS = 1314220021721

texts = st.text(max_size=30) | st.text("0123456789.,:-+/ %eEN:", max_size=24)
moments = st.datetimes(datetime(2012, 1, 1), datetime(2079, 12, 31)).map(  # noqa: DTZ001
    lambda naive: naive.replace(tzinfo=UTC, microsecond=0)
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("1938.0", 1938),
        ("1938.000", 1938),
        (" 12 ", 12),
        ("1,234", 1234),
        ("12,345,678.0", 12345678),
        ("007", 7),
        ("1000000000000000", 10**15),
        ("", None),
        ("  ", None),
        ("-", None),
        ("--", None),
        ("N/A", None),
        ("n/a", None),
    ],
)
def test_counts(text: str, value: float | None) -> None:
    assert values.count(text) == value


@pytest.mark.parametrize(
    "text",
    [
        *("-1", "+1", "1.5", "1e5", "nan", "inf", "12,34", "1,2345", ",123", "1,,234", "1_000"),
        *("1.", ".0", "12%", "£3", "١٢", "1000000000000001", "9" * 5000),
    ],
)
def test_what_is_no_count(text: str) -> None:
    with pytest.raises(ValueError, match="upload the original download"):
        values.count(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12.14%", 0.1214),
        ("0%", 0),
        ("100%", 1),
        ("0.2761", 0.2761),
        ("6.1E-5", 6.1e-5),
        ("-", None),
    ],
)
def test_rates(text: str, value: float | None) -> None:
    assert values.rate(text) == (value if value is None else pytest.approx(value))


@pytest.mark.parametrize("text", ["100.01%", "12.14", "-1%", "%", "nan", "1e999", "one"])
def test_what_is_no_rate(text: str) -> None:
    with pytest.raises(ValueError, match="visits"):
        values.rate(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [("00:02:03", 123), ("101:00:00", 363600), ("62.3", 62.3), ("0", 0), ("", None)],
)
def test_lengths_of_time(text: str, value: float | None) -> None:
    assert values.seconds(text) == value


@pytest.mark.parametrize("text", ["2:03", "00:60:00", "00:00:60", "00:0:5", ":00:05", "-5", "1e99"])
def test_what_is_no_length_of_time(text: str) -> None:
    with pytest.raises(ValueError, match="00:02:03"):
        values.seconds(text)


@pytest.mark.parametrize("text", ["1.22158E+17", "12a", "", "-12", "1,234", "9" * 21, "１２"])
def test_what_is_no_id(text: str) -> None:
    with pytest.raises(
        ValueError,
        match="upload the original download; a spreadsheet has changed the long numbers in it",
    ):
        values.identifier(text)


def test_rounded_ids() -> None:
    assert values.looks_rounded("122158123456789000")
    assert not values.looks_rounded("122158123456789012")
    assert not values.looks_rounded("1221581234567890")


def test_days() -> None:
    assert values.day(" 20200401") == date(2020, 4, 1)


@pytest.mark.parametrize(
    "text", ["20200431", "2020-04-01", "2020W101", "00010101", "", "202004011"]
)
def test_what_is_no_day(text: str) -> None:
    with pytest.raises(ValueError, match="upload the original download"):
        values.day(text)


def test_the_time_of_x() -> None:
    assert values.utc_minute("2016-12-23 18:50 +0000") == datetime(2016, 12, 23, 18, 50, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2016-12-23 18:50 +0100",
        "2016-12-23T18:50 +0000",
        "2016-13-23 18:50 +0000",
        "2016-12-23",
        "",
    ],
)
def test_what_is_no_time_of_x(text: str) -> None:
    with pytest.raises(ValueError, match="is not a"):
        values.utc_minute(text)


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("03/31/2021 16:40", "2021-03-31T23:40"),
        ("12/31/2020 23:59", "2021-01-01T07:59"),
        ("11/01/2020 00:59", "2020-11-01T07:59"),
        ("11/01/2020 01:30", "2020-11-01T08:30"),
        ("11/01/2020 02:00", "2020-11-01T10:00"),
        ("03/14/2021 01:59", "2021-03-14T09:59"),
        ("03/14/2021 03:00", "2021-03-14T10:00"),
    ],
)
def test_the_time_of_meta(text: str, utc: str) -> None:
    assert values.pacific_minute(text) == datetime.fromisoformat(f"{utc}+00:00")


@pytest.mark.parametrize(
    "text",
    ["03/14/2021 02:30", "31/03/2021 16:40", "3/31/2021 16:40", "44286.69", "01/01/1999 10:00"],
)
def test_what_is_no_time_of_meta(text: str) -> None:
    with pytest.raises(ValueError, match="upload the original download"):
        values.pacific_minute(text)


def test_the_time_in_an_id_of_x() -> None:
    assert values.snowflake_time("1245131258065858617") == datetime(2020, 3, 31, 23, 30, tzinfo=UTC)
    assert values.snowflake_time("27912345678") is None


@pytest.mark.parametrize("code", ["", "DLjiA9HgNQx1", "DLji A9HgNQ", "3456789012345678901"])
def test_what_is_no_shortcode(code: str) -> None:
    assert values.shortcode_time(code) is None


@given(texts)
def test_any_text_is_a_sound_number_or_refused(text: str) -> None:
    for parse in (values.count, values.rate, values.seconds):
        value = _or_none(parse, text)
        assert value is None or (0 <= value <= 10**15 and math.isfinite(value))


@given(texts)
def test_any_text_is_a_sound_time_or_refused(text: str) -> None:
    for parse in (values.utc_minute, values.pacific_minute):
        moment = _or_none(parse, text)
        assert moment is None or moment.utcoffset() == timedelta(0)
    _or_none(values.day, text)


@given(st.integers(0, 10**15))
def test_every_way_to_write_a_count_is_the_same_count(number: int) -> None:
    assert {values.count(form) for form in (f"{number}", f"{number:,}", f"{number}.0")} == {number}


@given(st.integers(0, 99999), st.integers(0, 59), st.integers(0, 59))
def test_lengths_of_time_survive(hours: int, minutes: int, rest: int) -> None:
    assert (
        values.seconds(f"{hours:02}:{minutes:02}:{rest:02}") == hours * 3600 + minutes * 60 + rest
    )


@given(moments)
def test_the_times_of_x_survive(moment: datetime) -> None:
    minute = moment.replace(second=0)
    assert values.utc_minute(f"{minute:%Y-%m-%d %H:%M} +0000") == minute
    number = (int(moment.timestamp()) * 1000 - X_EPOCH_MS) << 22
    assert values.snowflake_time(str(number)) == moment


@given(moments)
def test_the_times_of_meta_survive(moment: datetime) -> None:
    minute = moment.replace(second=0)
    wall = minute.astimezone(PACIFIC)
    read = values.pacific_minute(f"{wall:%m/%d/%Y %H:%M}")
    assert minute - read == timedelta(hours=wall.fold)


@given(moments, st.integers(0, (1 << 23) - 1))
def test_the_time_in_a_shortcode_survives(moment: datetime, low: int) -> None:
    number = (int(moment.timestamp()) * 1000 - INSTAGRAM_EPOCH_MS) << 23 | low
    code = ""
    while number:
        number, digit = divmod(number, 64)
        code = BASE64[digit] + code
    assert values.shortcode_time(code) == moment


@given(st.integers(0, 10**20 - 1))
def test_ids_stay_what_they_are(number: int) -> None:
    assert values.identifier(f" {number} ") == str(number)


def _or_none(parse: Callable[[str], _T], text: str) -> _T | None:
    try:
        return parse(text)
    except ValueError:
        return None
