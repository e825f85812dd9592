"""Handing a delivery to the officer who posts it by hand."""

from __future__ import annotations

import mimetypes
from pathlib import Path

from sgcomms import alerting, clock
from sgcomms.alerting import Handover
from sgcomms.config import Board
from sgcomms.db import Db, pauses
from sgcomms.db.queue import Row
from sgcomms.mailing import Attachment
from sgcomms.notifying.posting import post
from sgcomms.notifying.saying import where
from sgcomms.platforms.by_hand import ByHand
from sgcomms.workspace import Workspace

MAX_ATTACHED = 15_000_000
"""More bytes than this many mail servers refuse; a larger file stays in its folder."""


def hand_over(space: Workspace, board: Board, db: Db, row: Row) -> None:
    """E-mail an officer what she needs to post a delivery by hand. Raises SgcommsError."""
    account = board.accounts.get(row.account)
    attached: list[Attachment] = []
    lines: list[str] = []
    if account is not None:
        by_hand = ByHand(account, space.by_hand, space.store)
        for path, item in by_hand.attachments(row.draft, row.id):
            lines.append(_attach(space, path, attached))
            lines += [f"alt text: {item.alt}"] if item.alt else []
    letter = alerting.by_hand(
        board,
        Handover(
            row.id,
            where(row, board),
            row.draft.text,
            row.due_at,
            row.expires_at,
            lines,
            _why_not_now(space, board, db, row),
        ),
    )
    to = tuple(dict.fromkeys([row.author, *board.alerts_to]))
    post(space, board, to, letter, attached)


def _attach(space: Workspace, path: Path, attached: list[Attachment]) -> str:
    """Attach a file, if it can be read and an e-mail can hold it; return the line about it."""
    where = path.relative_to(space.root).as_posix()
    size = sum(len(one.content) for one in attached)
    try:
        if size + path.stat().st_size > MAX_ATTACHED:
            return f"{where}: too large to attach, so look there for it"
        content = path.read_bytes()
    except OSError:
        return f"{where}: cannot be read, so it is not attached"
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    attached.append(Attachment(path.name, content, kind))
    return f"{path.name}: attached"


def _why_not_now(space: Workspace, board: Board, db: Db, row: Row) -> str:
    """Return why an officer is not to post what she was handed, "" when she may.

    An e-mail may leave long after its delivery was handed over, as when the mail server was down.
    """
    now = clock.now()
    if space.stopped() is not None:
        return "a file named STOP lies in the workspace, so nothing is to go out."
    for pause in pauses.active(db):
        excepted = {("campaign", row.campaign), ("delivery", row.id)}
        if pause.target in (None, row.account, row.campaign) and excepted.isdisjoint(
            pauses.exceptions(db, pause)
        ):
            return f"{pause} is paused ({pause.reason}). Wait until somebody lifts that."
    if row.expires_at is not None and row.expires_at <= now:
        return "it has expired, so it is not to go out any more."
    if now - row.due_at > board.late_after:
        return "it reaches you late. Ask whether it is still to go out."
    return ""
