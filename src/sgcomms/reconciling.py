"""The daily reconciliation: what was due against what was sent.

A scheduler that loses a post silently is the failure that this program exists to avoid, so once a
day the campaign files, the queue and the platforms are held against each other, and whatever one
has and another lacks is told.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from sgcomms import clock, planning
from sgcomms.campaigns import load
from sgcomms.config import Board
from sgcomms.db import Db, alerts, audit, queue, writing
from sgcomms.db.queue import Row
from sgcomms.errors import ProblemsError, SgcommsError
from sgcomms.workspace import Workspace

BACK = timedelta(days=7)
AHEAD = timedelta(days=2)
SEEN = timedelta(days=3)
"""How far back posts are looked for on their platform."""

ACTOR = "reconciliation"


def reconcile(space: Workspace, board: Board, db: Db) -> None:
    """Tell of all that was due in the last week and is not accounted for, and of what is missing.

    The trail keeps how many were due and what became of them.
    """
    now = clock.now()
    rows = queue.rows(db)
    due = [row for row in rows if now - BACK <= row.due_at <= now]
    with writing(db):
        counts = Counter(row.state for row in due)
        audit.append(db, ACTOR, "reconciled", "board", due=len(due), **dict(sorted(counts.items())))
    _against_files(space, db, rows, now)
    for account in sorted({row.account for row in rows if row.mode == "live"}):
        _against_platform(space, board, db, [row for row in rows if row.account == account], now)


def _against_files(space: Workspace, db: Db, rows: list[Row], now: datetime) -> None:
    """Tell of what stands in the campaign files with its time, and was never queued."""
    try:
        board = space.board()
        loaded = load(space.root, board)
        errors = [one for one in loaded.problems if one.severity == "error"]
    except ProblemsError as error:
        errors = [one for one in error.problems if one.severity == "error"]
    if errors:
        words = f"the files could not be read, so nothing new is queued: {errors[0]}"
        alerts.add_once(db, "files", "campaigns", words)
        return
    known = {row.id for row in rows}
    for campaign in loaded.campaigns:
        for one in planning.deliveries(campaign, board)[0]:
            delivery = one.delivery
            if delivery.at is None or delivery.id in known or campaign.historic:
                continue
            if now - BACK <= delivery.at <= now:
                words = f"was due at {clock.stored(delivery.at)} and was never queued"
                alerts.add_once(db, "missed", delivery.id, words)
            elif now < delivery.at <= now + AHEAD:
                words = f"is due at {clock.stored(delivery.at)} and not queued: `sgcomms queue`"
                alerts.add_once(db, "not queued", delivery.id, words)


def _against_platform(
    space: Workspace, board: Board, db: Db, rows: list[Row], now: datetime
) -> None:
    """Tell of what this program sent in the last days and the platform does not show any more."""
    since = now - SEEN
    sent = [
        row
        for row in rows
        if row.state == "published" and row.mode == "live" and (row.published_at or since) > since
    ]
    if not sent:
        return
    try:
        publisher = space.live(board, sent[0].account)
        shown = list(publisher.publications(since - timedelta(hours=1)))
    except SgcommsError as error:
        words = f"what is live could not be looked at: {error}"
        alerts.add_once(db, "not seen", sent[0].account, words)
        return
    ids = {one.platform_id for one in shown}
    for name, platform_id, url in queue.live(db, [row.id for row in sent]):
        if platform_id not in ids:
            words = f"{url or platform_id} is not on the account any more"
            alerts.add_once(db, "gone", name, words)
    texts = Counter(planning.text_key(one.text) for one in shown if one.text)
    for one in shown:
        if one.text and texts[planning.text_key(one.text)] > 1:
            words = f"the same words are there more than once: {one.url or one.platform_id}"
            alerts.add_once(db, "twice", sent[0].account, words)
