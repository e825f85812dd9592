"""What the documents cost: gathered from little and from ten times as much, printed in each format.

The same three accounts and the same year, once with two thousand posts and once with twenty
thousand (see `reporting`). A report prints as much of both, so it should cost as much.
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

FEW = reporting.POSTS // 10
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
"""When everything that is stored had been read: a report of an earlier day costs more."""
ROUNDS = 5
GOAL = 1.5
"""So many times the cost of the one with a tenth as much stored."""


def main() -> None:
    """Measure and print; nothing is kept."""
    gathered = {}
    with tempfile.TemporaryDirectory() as folder, clock.rehearse(NOW):
        for posts in (FEW, reporting.POSTS):
            space = Workspace(Path(folder) / str(posts))
            for _ in workspace.init(space.root):
                pass
            with closing(space.database()) as db:
                count = reporting.fill(db, space.board().zone, posts)
                gathered[posts] = {
                    name: reporting.median_of(work, ROUNDS)
                    for name, work in _works(space, db).items()
                }
                reports = {name: work() for name, work in _works(space, db).items()}
            stored = f"{posts:,} posts, {count:,} readings"
            print(f"{'Documents from' if posts == FEW else 'The same from'} {stored}:")
            for name, taken in gathered[posts].items():
                print(f"  {name + ', gathered':<40} {taken:6.1f} ms")
        few, many = gathered[FEW], gathered[reporting.POSTS]
        for name in few:
            print(f"  {name + f', ratio (goal: {GOAL})':<40} {many[name] / few[name]:6.2f}")
        print("Printed, beside what gathering took:")
        for kind, name in ((ANNUAL, "annual section"), (monthly.MONTHLY, "monthly summary")):
            _print(space, kind, reports[name], name, many[name])


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
