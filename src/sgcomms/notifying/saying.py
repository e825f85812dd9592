"""What letters say of deliveries and accounts."""

from __future__ import annotations

from sgcomms import clock
from sgcomms.alerting import Alarm, Standstill
from sgcomms.config import Board
from sgcomms.db import Db, parks, queue
from sgcomms.db.alerts import Alert
from sgcomms.db.queue import Row
from sgcomms.platforms import PLATFORMS, layout

STOOD_STILL = "stood still"
"""The kind of an alert about a time in which nothing ran."""

MAX_BEGINNING = 60


def standing(db: Db, board: Board) -> list[Alarm]:
    """Return what needs a person at this moment."""
    rows = queue.rows(db, ["uncertain", "held", "handed"])
    parked = [one for one in parks.parked(db, clock.now()) if one.kind not in parks.BY_ITSELF]
    return [
        *(alarm(row.state, row, row.reason or "", board) for row in rows),
        *(Alarm("parked", one.account, one.reason) for one in parked),
    ]


def item(alert: Alert, rows: dict[str, Row], board: Board) -> Alarm | Standstill:
    if alert.kind == STOOD_STILL:
        return Standstill(clock.from_stored(alert.subject), alert.at)
    row = rows.get(alert.subject)
    if row is None:
        return Alarm(alert.kind, alert.subject, alert.words)
    words = alert.words
    if alert.kind == "overdue":
        words = row.reason or "the account is parked, or something before it takes long"
    return alarm(alert.kind, row, words, board)


def alarm(kind: str, row: Row, words: str, board: Board) -> Alarm:
    text = " ".join(row.draft.text.split())
    begins = text if len(text) <= MAX_BEGINNING else f"{text[:MAX_BEGINNING].rstrip()}…"
    place = where(row, board) + (f': "{begins}"' if begins else "")
    return Alarm(kind, row.id, words, row.due_at, place)


def where(row: Row, board: Board) -> str:
    account = board.accounts.get(row.account)
    if account is None or account.platform not in PLATFORMS:
        return row.account
    return f"{layout(account).label}, @{account.handle}"


def waits(row: Row) -> bool:
    return row.on_approval and row.due_at == row.expires_at
