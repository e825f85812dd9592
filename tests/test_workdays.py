"""The days on which offices in England work, held against the published bank holidays."""

from __future__ import annotations

from datetime import date

import pytest

from sgcomms.workdays import bank_holidays, first_office_day, is_office_day


@pytest.mark.parametrize(
    ("year", "weekdays"),
    [
        # https://www.gov.uk/bank-holidays
        (2019, "01-01 04-19 04-22 05-06 05-27 08-26 12-25 12-26"),
        (2020, "01-01 04-10 04-13 05-08 05-25 08-31 12-25 12-28"),
        (2021, "01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28"),
        (2022, "01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27"),
        (2023, "01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26"),
        (2024, "01-01 03-29 04-01 05-06 05-27 08-26 12-25 12-26"),
        (2025, "01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26"),
        (2026, "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28"),
        (2027, "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28"),
        (2028, "01-03 04-14 04-17 05-01 05-29 08-28 12-25 12-26"),
    ],
)
def test_bank_holidays_are_those_of_the_government(year: int, weekdays: str) -> None:
    found = sorted(day for day in bank_holidays(year) if day.weekday() < 5)
    assert [f"{day:%m-%d}" for day in found] == weekdays.split()


@pytest.mark.parametrize(
    ("third", "works"),
    [
        ("2021-03-03", "2021-03-03"),  # a Wednesday
        ("2021-04-03", "2021-04-06"),  # the Saturday of Easter
        ("2021-05-03", "2021-05-04"),  # the May bank holiday
        ("2022-01-03", "2022-01-04"),  # for New Year's Day, which was a Saturday
        ("2022-06-03", "2022-06-06"),  # the jubilee, on a Friday
        ("2026-01-03", "2026-01-05"),  # a Saturday
        ("2026-05-03", "2026-05-05"),  # a Sunday before the bank holiday
    ],
)
def test_the_first_office_day(third: str, works: str) -> None:
    assert first_office_day(date.fromisoformat(third)) == date.fromisoformat(works)


def test_a_holiday_that_was_proclaimed_since_counts_too() -> None:
    thursday = date(2027, 6, 3)
    assert is_office_day(thursday)
    assert first_office_day(thursday, [thursday]) == date(2027, 6, 4)
