"""What a period's figures cost: as much as they print, and a glance at each run of other years."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from sgcomms.db import sources, writing
from sgcomms.figures import Question, coverage, figures
from sgcomms.periods import month
from tests.conftest import At
from tests.figures.conftest import Desk

LAST = date(2026, 9, 30)
ACCOUNTS = ("facebook", "instagram", "x")


def store(desk: Desk, years: int) -> None:
    """Store a run of each account each day, and the days' roll-up, of the last years."""
    with writing(desk.db):
        for number in range(years * 365):
            day = LAST - timedelta(days=number)
            for account in ACCOUNTS:
                desk.db.conn.execute(
                    "INSERT INTO sources (kind, name, layout, subject, read_on, added_at, calls,"
                    " dollars, first_at, last_at, detail) VALUES ('api', 'API', 'daily', ?, ?, ?,"
                    " 1, '0', ?, ?, '{}')",
                    (account, f"{day}", f"{day}T06:00:00Z", f"{day}T00:00:00Z", f"{day}T05:00:00Z"),
                )
                desk.db.conn.execute(
                    "INSERT INTO post_days VALUES (?, ?, 'shares', 1, 0, 0, 3.0, ?, ?, '1')",
                    (account, f"{day}", f"{day}", f"{day}"),
                )


def steps(desk: Desk, work: Callable[[], object]) -> int:
    """Return how many steps SQLite's machine took, in hundreds."""
    found = 0

    def count() -> None:
        nonlocal found
        found += 1

    desk.db.conn.set_progress_handler(count, 100)
    try:
        work()
    finally:
        desk.db.conn.set_progress_handler(None, 0)
    return found


def works(desk: Desk) -> dict[str, Callable[[], object]]:
    question = Question(month("2026-09"))
    return {
        "figures": lambda: figures(desk.db, desk.board, question, ()),
        "coverage": lambda: list(coverage(desk.db, desk.board, question)),
        "last read": lambda: [
            sources.last_read(desk.db, one, date.max) for one in (*ACCOUNTS, "website")
        ],
    }


@pytest.mark.parametrize("name", ["figures", "coverage", "last read"])
def test_years_that_are_not_asked_for_cost_nothing(desk: Desk, at: At, name: str) -> None:
    at("2026-10-02T09:00+00:00")
    store(desk, 1)
    few = steps(desk, works(desk)[name])
    with writing(desk.db):
        desk.db.conn.execute("DELETE FROM post_days")
        desk.db.conn.execute("DELETE FROM sources")
    store(desk, 8)
    many = steps(desk, works(desk)[name])
    others = 7 * 365 * len(ACCOUNTS)
    assert 100 * (many - few) < 6 * others, (
        "it looks at runs of other years, not only at their index"
    )
