"""What the documents cost: gathered from two years and from twenty, printed in each format.

The same three accounts with a thousand posts a year, read as often as `collect` reads them, once
with two years stored and once with twenty (see `reporting`). A report prints as much of both, so it
should cost as much.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import reporting
from sgcomms import clock, workspace
from sgcomms.periods import month, year
from sgcomms.reports import annual, monthly
from sgcomms.reports.kinds import ANNUAL, Kind
from sgcomms.workspace import Workspace

POSTS = reporting.POSTS // 20
FEW, MANY = 2, 20
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
"""When everything that is stored had been read: a report of an earlier day costs more."""
ROUNDS = 9
GOAL = 1.5
"""So many times the cost of the one with a tenth as much stored, at most."""


def main() -> None:
    """Measure and print; nothing is kept."""
    with tempfile.TemporaryDirectory() as folder, clock.rehearse(NOW):
        few, _, _ = _gathered(Path(folder) / "few", FEW)
        many, reports, space = _gathered(Path(folder) / "many", MANY)
        for name, taken in few.items():
            print(f"  {name + f', ratio (goal: {GOAL})':<40} {many[name] / taken:6.2f}")
        print("Printed, and how many times what gathering took:")
        for kind, name in ((ANNUAL, "annual section"), (monthly.MONTHLY, "monthly summary")):
            _print(space, kind, reports[name], name, many[name])


def _gathered(root: Path, years: int) -> tuple[dict[str, float], dict[str, Any], Workspace]:
    """Return what gathering each report takes, in milliseconds; the reports; where they are of."""
    for _ in workspace.init(root):
        pass
    space = Workspace(root)
    with closing(space.database()) as db:
        count = reporting.fill(db, space.board().zone, POSTS, years)
        works = _works(space, db)
        reports = {name: work() for name, work in works.items()}
        taken = {name: reporting.median_of(work, ROUNDS) for name, work in works.items()}
    print(f"Documents of a year of {POSTS:,} posts, {years} years and {count:,} readings stored:")
    for name, one in taken.items():
        print(f"  {name + ', gathered':<40} {one:6.1f} ms")
    return taken, reports, space


def _works(space: Workspace, db: Any) -> Mapping[str, Callable[[], Any]]:
    board = space.board()
    whole, last = year("2025-26", board.year_starts), month("2026-03")
    return {
        "annual section": lambda: annual.gather(db, board, whole, []),
        "monthly summary": lambda: monthly.gather(db, board, last, []),
    }


def _print(space: Workspace, kind: Kind[Any], report: Any, name: str, gathered: float) -> None:
    for form in kind.forms:
        work = partial(kind.printed, report, form, space.template_file, NOW, ())
        work()  # what it needs is imported
        taken = reporting.median_of(work, ROUNDS)
        print(f"  {name + ', ' + form:<40} {taken:6.1f} ms, {taken / gathered:5.2f} times")


if __name__ == "__main__":
    main()
