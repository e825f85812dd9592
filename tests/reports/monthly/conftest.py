"""Fixtures of the monthly summary: a desk, a month of it, and figures month by month."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest

from sgcomms.periods import Period, before, month
from sgcomms.reports.monthly import Summary, gather
from tests.conftest import At
from tests.figures.conftest import Desk, desk

__all__ = ["desk"]

Sum = Callable[..., Summary]
Fill = Callable[..., None]

NOW = "2021-04-05T09:00+00:00"


def months_to(last: str, count: int, desk: Desk) -> list[Period]:
    """Return `count` months, the last of them `last`, the oldest first."""
    found = [month(last)]
    while len(found) < count:
        found.insert(0, before(found[0], desk.board.year_starts))
    return found


@pytest.fixture
def sum_up(desk: Desk, at: At) -> Sum:
    """Gather the summary of March 2021, early in April, or of another month at another time."""

    def go(name: str = "2021-03", now: str = NOW, **more: object) -> Summary:
        at(now)
        return gather(desk.db, desk.board, month(name), (), **more)  # type: ignore[arg-type]

    return go


@pytest.fixture
def fill(desk: Desk) -> Fill:
    """Give an account one post in the middle of each month, with a value each; None for no post.

    The last value is that of `last`. Each post is read a week after its month.
    """

    def go(
        values: Sequence[float | None],
        last: str = "2021-03",
        account: str = "x",
        metric: str = "impressions",
    ) -> None:
        for period, value in zip(months_to(last, len(values), desk), values, strict=True):
            if value is not None:
                day = f"{period.start:%Y-%m}-15"
                read = f"{period.end + timedelta(days=4):%Y-%m-%d}"
                name = f"{account}{period.name}"
                counted: Any = {metric: value}
                desk.post(account, name, f"{day}T09:00+00:00", read, **counted)

    return go
