"""One collection run of a workspace: what `sgcomms collect` does, and the service each hour.

Figures are read where posts are published from, so that no two places pay for them. What a person
has to mend, such as a token, is told by e-mail too, at most once a week.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sgcomms import alerting, clock, collecting, publishing
from sgcomms.campaigns import load
from sgcomms.collecting import Collected, Request
from sgcomms.config import Board
from sgcomms.db import Db, alerts
from sgcomms.errors import SgcommsError
from sgcomms.workspace import Reach, Workspace


def measure(
    space: Workspace,
    board: Board,
    db: Db,
    *,
    subjects: tuple[str, ...] | None = None,
    since: datetime | None = None,
) -> Iterator[tuple[Collected, int]]:
    """Read what is due, or everything since `since`, of these subjects or of all.

    Yields what became of each, and how many are still to come. Raises SgcommsError while the clock
    of this machine is behind: later readings count before earlier ones.
    """
    behind = publishing.check_clock(db)
    if behind is not None:
        raise SgcommsError(behind)
    watchers = {one.id: one.watched_by for one in load(space.root, board).campaigns}
    request = Request(subjects, since, watchers)
    for found, left in collecting.collect(db, board, Reach(space, board), request):
        if found.error is not None and found.lasting:
            words = alerting.weekly(found.error, clock.now(), board)
            alerts.add_once(db, "not collected", found.subject, words)
        yield found, left
