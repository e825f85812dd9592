"""One collection run: what is due of each account and website, read side by side, then stored.

No transaction is open while anybody is asked. Each account and website is a source of its own, also
when it failed: so what a figure rests on, what it cost and what is missing can be told years later.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed

from sgcomms.collecting.jobs import planned
from sgcomms.collecting.model import Access, Collected, Job, Request
from sgcomms.collecting.storing import stored
from sgcomms.config import Board
from sgcomms.db import Db
from sgcomms.errors import SecretsMissingError, SgcommsError, in_words

SIDE_BY_SIDE = 8


def collect(
    db: Db, board: Board, access: Access, request: Request
) -> Iterator[tuple[Collected, int]]:
    """Read what is due, store it, and yield what each subject gave, and how many are still to come.

    Whatever goes wrong with one subject, the others are read all the same.
    """
    subjects = request.subjects or (*board.accounts, *board.websites)
    jobs: list[Job] = []
    idle: list[Collected] = []
    for subject in subjects:
        try:
            found = planned(db, board, access, request, subject)
        except SgcommsError as error:
            found = _not_read(subject, error, asked=request.subjects is not None)
        if isinstance(found, Job):
            jobs.append(found)
        else:
            idle.append(found)
    for number, one in enumerate(idle, start=1):
        yield one, len(jobs) + len(idle) - number
    with ThreadPoolExecutor(SIDE_BY_SIDE, "collect") as pool:
        running = {pool.submit(job.work): job for job in jobs}
        for number, done in enumerate(as_completed(running), start=1):
            yield stored(db, board, request, running[done], done), len(jobs) - number


def _not_read(subject: str, error: SgcommsError, *, asked: bool) -> Collected:
    """Return why a subject cannot be read; one that has no access is read from its exports."""
    if isinstance(error, SecretsMissingError) and not asked:
        return Collected(subject, idle="no access to its API: import its exports instead")
    return Collected(subject, error=in_words(error), lasting=True)
