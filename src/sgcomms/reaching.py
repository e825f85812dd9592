"""What publishing needs from elsewhere: a mail server, and pictures that the public can fetch."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta

from sgcomms import mailing
from sgcomms.config import Board
from sgcomms.db import Db, queue
from sgcomms.errors import SgcommsError
from sgcomms.http import Deadline, fetch
from sgcomms.media import StoredPictures, has_video
from sgcomms.workspace import Workspace

WITHIN = timedelta(seconds=20)
"""For each thing that is asked; a person waits for the answers."""

MOST_BYTES = 10_000_000
"""More than any picture that Instagram takes."""


def examine(space: Workspace, board: Board, db: Db) -> Iterator[str]:
    """Yield what cannot be reached and publishing, or telling anybody, needs."""
    if board.mail is not None and board.alerts_to:
        try:
            mailing.check(board.mail, space.secrets().of("mail"), WITHIN)
        except SgcommsError as error:
            yield f"no e-mail can be sent: {error}"
    yield from _pictures(space, board, db)


def _pictures(space: Workspace, board: Board, db: Db) -> Iterator[str]:
    """Yield the pictures that wait for Instagram and are not where it fetches them."""
    rows = queue.rows(db, ["queued", "held"])
    shelf = StoredPictures(space.store, board.media_base_url)
    waiting = {
        item.sha256: (item, row.id)
        for row in rows
        if row.platform == "instagram" and row.mode == "live" and not has_video(row.draft.media)
        for item in row.draft.media
    }
    for sha256, (item, name) in waiting.items():
        address = shelf.address(item)
        if address is None:
            return  # that it is not set is said already
        try:
            seen = fetch(address, most_bytes=MOST_BYTES, deadline=Deadline(WITHIN.total_seconds()))
        except SgcommsError as error:
            why = str(error)
        else:
            if seen.status == 200 and hashlib.sha256(seen.content).hexdigest() == sha256:
                continue
            why = "another picture is there" if seen.status == 200 else f"status {seen.status}"
        yield (
            f"{name} has no picture at {address} ({why}): put there what `sgcomms media export` "
            "writes"
        )
