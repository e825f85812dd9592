"""Limits of chance variation, and what lies outside them."""

from __future__ import annotations

import pytest

from sgcomms.reports import xmr
from sgcomms.reports.model import Limits

STEADY: tuple[float, ...] = (10, 12, 10, 12, 10, 12, 10, 12, 10, 12)


def judged(*values: float | None) -> str:
    return xmr.judge(values, xmr.limits(values))


def test_limits_are_the_mean_and_2_66_mean_moving_ranges() -> None:
    found = xmr.limits(STEADY)
    assert found is not None
    assert found.mean == 11
    assert (found.low, found.high) == pytest.approx((11 - 2.66 * 2, 11 + 2.66 * 2))


def test_a_count_has_no_limit_below_nothing() -> None:
    found = xmr.limits((0, 9, 0, 9, 0, 9, 0, 9, 0, 9))
    assert found is not None
    assert found.low == 0


@pytest.mark.parametrize(("values", "known"), [(STEADY, True), (STEADY[:9], False)])
def test_nothing_is_judged_from_fewer_than_ten_months(values: list[float], known: bool) -> None:
    assert (xmr.limits(values) is not None) is known
    assert (judged(*values) == "too_few") is not known


def test_months_without_a_figure_do_not_count_to_the_ten() -> None:
    assert xmr.limits((None, None, None, *STEADY[:9])) is None
    assert xmr.limits((None, None, None, *STEADY)) is not None


def test_no_range_is_taken_across_a_month_without_a_figure() -> None:
    found = xmr.limits((*STEADY[:5], None, *(value + 1000 for value in STEADY[:5])))
    assert found is not None
    assert found.high - found.mean == pytest.approx(2.66 * 2)


def test_months_that_never_stand_side_by_side_have_no_limits() -> None:
    values = [value for number in range(10) for value in (float(number), None)]
    assert xmr.limits(values) is None


@pytest.mark.parametrize(
    ("last", "finding"), [(40, "above"), (13, "common"), (11, "common"), (9, "common")]
)
def test_a_month_outside_the_limits_is_a_signal(last: float, finding: str) -> None:
    assert judged(*STEADY, last) == finding


def test_a_month_below_the_limits_is_a_signal() -> None:
    assert judged(*(value + 100 for value in STEADY), 60) == "below"


@pytest.mark.parametrize(("run", "finding"), [(8, "run_above"), (7, "common")])
def test_eight_months_in_a_row_above_the_mean_are_a_signal(run: int, finding: str) -> None:
    low = [10, 0] * 3
    assert judged(*low[: 13 - run], *[10, 13] * (run // 2), *[13] * (run % 2)) == finding


def test_eight_months_in_a_row_below_the_mean_are_a_signal() -> None:
    assert judged(30, 22, 30, 22, 30, *[20, 14] * 4) == "run_below"


def test_a_month_on_the_mean_ends_a_run() -> None:
    assert xmr.judge((*[3.0] * 8,), Limits(2, 0, 9)) == "run_above"
    assert xmr.judge((*[3.0] * 4, 2.0, *[3.0] * 7), Limits(2, 0, 9)) == "common"


def test_a_month_without_a_figure_ends_a_run() -> None:
    assert xmr.judge((*[3.0] * 4, None, *[3.0] * 7), Limits(2, 0, 9)) == "common"


def test_a_run_that_is_over_is_no_signal() -> None:
    assert xmr.judge((*[3.0] * 9, 1.0), Limits(2, 0, 9)) == "common"


def test_months_all_alike_show_nothing() -> None:
    assert judged(*[7.0] * 13) == "common"


def test_a_month_without_a_figure_is_not_judged() -> None:
    assert judged(*STEADY, None) == "no_figure"
    assert judged() == "no_figure"


def test_every_finding_has_words() -> None:
    for finding in ("above", "below", "run_above", "run_below"):
        assert xmr.words(finding, 13).startswith("special cause")
    assert xmr.words("common", 13).startswith("common cause")
    assert xmr.words("too_few", 7) == "too few months to judge (7 of 10)"
