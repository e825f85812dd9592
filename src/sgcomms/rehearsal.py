"""The demonstration: the shipped campaigns and the figures of 2020-21, from end to end.

Posts go into the outbox at their own times, which are rehearsed one after another.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar

from sgcomms import clock, collecting, files, periods, publishing, queueing, workspace
from sgcomms.campaigns import load
from sgcomms.checks import check
from sgcomms.collecting import Imported
from sgcomms.config import Board
from sgcomms.db import Db, queue
from sgcomms.errors import ProblemsError, UsageError
from sgcomms.periods import Period
from sgcomms.reports import annual, campaign, monthly, printing, sidecar
from sgcomms.reports.extras import ExtraMissingError
from sgcomms.reports.gathered import Gathered
from sgcomms.reports.kinds import ANNUAL, Kind
from sgcomms.reports.kinds import CAMPAIGN as EVALUATION
from sgcomms.workspace import Workspace, shipped

YEAR = "2020-21"
MONTH = "2021-03"
CAMPAIGN = "covid-safeguarding"
READ_ON = date(2021, 4, 3)
MARK = ".sgcomms-demo"
"""A file that says that a folder was made by the demonstration, which may run in it again."""

REMARKS = (
    "This is an example. The totals of posts, impressions, reactions, comments, shares, reach and "
    "followers, the page views, users and shares of visits, and the board's own counts are those "
    "of its report for 2020-21. Invented are the figures of single posts and single pages, the "
    "split between Facebook and Instagram, the number of visits and of new users.",
)

T = TypeVar("T")

_BEFORE_EVERYTHING = clock.parse_instant("2020-04-01T00:00+00:00")
_ACTOR = "demo"


@dataclass(frozen=True, slots=True)
class Progress:
    """So many of so many deliveries have gone out."""

    done: int
    total: int


def prepare(folder: Path) -> Workspace:
    """Lay out a workspace for the demonstration.

    Where one ran before, its queue, outbox and figures begin anew; what a person wrote or changed
    beside them stays. Raises UsageError for a folder with anything else in it.
    """
    if (folder / MARK).exists():
        _begin_anew(folder)
    elif folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} holds something else already; name another folder")
    files.write_whole(folder / MARK, b"")  # first: a demonstration that was cut off is one too
    for _ in workspace.init(folder):
        pass
    return Workspace(folder)


def _begin_anew(folder: Path) -> None:
    for name in (workspace.OUTBOX, workspace.STORE):
        shutil.rmtree(folder / name, ignore_errors=True)
    for path in folder.glob(f"{workspace.DATABASE}*"):
        path.unlink()


def fill_queue(space: Workspace, board: Board, db: Db) -> int:
    """Check, plan and queue the campaigns as if before the first of them; return the deliveries.

    Raises ProblemsError when a shipped campaign has a mistake.
    """
    with clock.rehearse(_BEFORE_EVERYTHING):
        checked = check(load(space.root, board), board, queue.rows(db), clock.now())
        if checked.errors:
            raise ProblemsError(checked.problems)
        proposal = queueing.propose(space.root, board, db)
        queueing.carry_out(proposal, space.store, db, _ACTOR)
    return len(proposal.plan.add)


def publish_all(space: Workspace, board: Board, db: Db) -> Iterator[Progress]:
    """Publish every queued delivery into the outbox at its own time."""
    work = space.work(board)
    times = [row.due_at for row in queue.rows(db, ["queued"])]
    done = 0
    for due in dict.fromkeys(times):
        with clock.rehearse(due + timedelta(seconds=30)):
            tick = publishing.tick(db, work)
        done += len(tick.published)
        yield Progress(done, len(times))


def take_in_examples(board: Board, db: Db) -> Iterator[Imported]:
    """Import the export files and recorded figures of the example year."""
    for path in sorted((shipped() / "examples" / YEAR).iterdir()):
        if path.suffix in (".csv", ".yaml"):
            yield collecting.import_file(db, board, path, read_on=READ_ON)


def write_section(space: Workspace, board: Board, db: Db) -> list[Path]:
    """Write the annual report's section in every format, and return the files.

    A format whose extra is not installed is left out.
    """
    period = periods.year(YEAR, board.year_starts)
    campaigns = load(space.root, board).campaigns
    found = annual.gathered(db, board, period, campaigns, remarks=REMARKS)
    written = []
    for form in printing.FORMS:
        try:
            name = f"annual-{YEAR}.{form}"
            written.append(_write(space, board, db, ANNUAL, period, found, name))
        except ExtraMissingError:
            continue
    return written


def write_papers(space: Workspace, board: Board, db: Db) -> list[Path]:
    """Write a monthly summary and the evaluation of a campaign as pages, and return the files."""
    campaigns = load(space.root, board).campaigns
    month = periods.month(MONTH)
    summary = monthly.gathered(db, board, month, campaigns, remarks=REMARKS)
    days, found = campaign.gathered(db, board, CAMPAIGN, campaigns)
    name = f"campaign-{CAMPAIGN}.html"
    return [
        _write(space, board, db, monthly.MONTHLY, month, summary, f"monthly-{MONTH}.html"),
        _write(space, board, db, EVALUATION, days, found, name),
    ]


def _write(
    space: Workspace,
    board: Board,
    db: Db,
    kind: Kind[T],
    period: Period,
    found: Gathered[T],
    name: str,
) -> Path:
    path = space.root / "reports" / name
    order = sidecar.Order(path, kind.endings[path.suffix], space.template_file)
    for file, content in sidecar.files_of(kind, db, board, period, found, order):
        files.write_whole(file, content)
    return path
