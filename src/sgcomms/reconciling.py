"""The daily reconciliation: what was due against what was sent.

A scheduler that loses a post silently is the failure that this program exists to avoid, so once a
day the campaign files, the queue and the platforms are held against each other, and whatever one
has and another lacks is told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sgcomms import clock, planning
from sgcomms.alerting import weekly, when
from sgcomms.campaigns import load
from sgcomms.config import Board
from sgcomms.db import Db, alerts, audit, queue, writing
from sgcomms.db.queue import Row
from sgcomms.errors import ProblemsError, SgcommsError
from sgcomms.models import Campaign, Publication
from sgcomms.workspace import Workspace

BACK = timedelta(days=7)
"""How far back is looked at least; after an outage it is back to the reconciliation before it."""

AHEAD = timedelta(days=2)
SEEN = timedelta(days=3)
"""How far back posts are looked for on their platform."""

SETTLED = timedelta(hours=1)
"""A platform's own list of posts may lack one that is younger."""

ACTOR = "reconciliation"
ACTION = "reconciled"


def reconcile(space: Workspace, board: Board, db: Db) -> None:
    """Tell of all that was due since the last time and was never queued, and of what is missing.

    The trail keeps how many were due and what became of them.
    """
    now = clock.now()
    since = min(now - BACK, _last(db) or now)
    rows = queue.rows(db)
    _against_files(space, board, db, rows, since, now)
    for account in sorted({row.account for row in rows if row.mode == "live"}):
        own = [row for row in rows if row.account == account and row.mode == "live"]
        _against_platform(space, board, db, own, now)
    due = [row for row in rows if since <= row.due_at <= now]
    with writing(db):
        counts = Counter(row.state for row in due)
        audit.append(db, ACTOR, ACTION, "board", due=len(due), **dict(sorted(counts.items())))


def _last(db: Db) -> datetime | None:
    """Return when deliveries were last reconciled."""
    times = [one.rehearsed or one.at for one in audit.entries(db, "board") if one.action == ACTION]
    return clock.from_stored(times[-1]) if times else None


def _against_files(
    space: Workspace, board: Board, db: Db, rows: Sequence[Row], since: datetime, now: datetime
) -> None:
    """Tell of what stands in the campaign files with its time, and was never queued.

    A file with mistakes keeps the others from being queued, but not from being looked at.
    """
    try:
        board = space.board()  # with the words of its contacts, which posts are filled with
    except ProblemsError as error:
        _tell_of_files(db, str(error.problems[0]), now, board)
        return
    loaded = load(space.root, board)
    errors = [one for one in loaded.problems if one.severity == "error"]
    if errors:
        _tell_of_files(db, str(errors[0]), now, board)
    known = {row.id for row in rows}
    for name, at in _planned(loaded.campaigns, board):
        if name in known or not since <= at <= now + AHEAD:
            continue
        if at <= now:
            alerts.add_once(db, "missed", name, f"its time was {when(at, board)}")
        else:
            alerts.add_once(db, "not queued", name, f"its time is {when(at, board)}")


def _planned(campaigns: Sequence[Campaign], board: Board) -> Iterator[tuple[str, datetime]]:
    """Yield each delivery of the campaign files that has a time, with it."""
    for campaign in campaigns:
        for one in planning.deliveries(campaign, board)[0] if not campaign.historic else ():
            if one.delivery.at is not None:
                yield one.delivery.id, one.delivery.at


def _tell_of_files(db: Db, words: str, now: datetime, board: Board) -> None:
    alerts.add_once(db, "files", "campaigns", weekly(words, now, board))


def _keep_address(db: Db, found: Publication, platform_id: str, url: str | None) -> None:
    """Keep the address of a post whose platform took too long to tell it when it went out."""
    if url is None and found.url is not None:
        queue.add_address(db, found.account, platform_id, found.url)


def _against_platform(
    space: Workspace, board: Board, db: Db, rows: Sequence[Row], now: datetime
) -> None:
    """Tell of what went out on an account in the last days and is not there, or there twice."""
    since = now - SEEN
    sent = [
        row
        for row in rows
        if row.state == "published" and since < (row.published_at or since) <= now - SETTLED
    ]
    if not sent:
        return
    account = sent[0].account
    try:
        publisher = space.live(board, account)
        shown: dict[str, Publication] = {}
        for one in publisher.publications(since - SETTLED):
            shown[one.platform_id] = one
            address = publisher.post_id(one.url) if one.url else None
            shown[address or one.platform_id] = one  # what a person settled may go by its address
    except Exception as error:  # whatever it is, the next account is looked at all the same
        words = str(error) if isinstance(error, SgcommsError) else type(error).__name__
        alerts.add_once(db, "not seen", account, weekly(words, now, board))
        return
    old_enough = {row.id for row in sent}
    known: set[str] = set()
    ours: dict[str, str] = {}
    for name, platform_id, url in queue.live(db, [row.id for row in rows]):
        found = shown.get(platform_id)
        if found is not None:
            known.add(found.platform_id)
            _keep_address(db, found, platform_id, url)
            if found.text:
                ours[planning.text_key(found.text)] = name
        elif name in old_enough:
            words = f"{url or platform_id} is not there any more"
            alerts.add_once(db, "gone", name, words)
    for one in shown.values():
        twin = ours.get(planning.text_key(one.text)) if one.text else None
        if twin is not None and one.platform_id not in known:
            alerts.add_once(db, "twice", twin, f"{one.url or one.platform_id} says the same")
