"""Whose token each account has, what it may do, and when it ends."""

from __future__ import annotations

from dataclasses import dataclass

from sgcomms import clock
from sgcomms.config import Board
from sgcomms.db import Db, identities, parks
from sgcomms.db.identities import Verified
from sgcomms.errors import SgcommsError
from sgcomms.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Answer:
    """What verifying an account gave: an identity, or why there is none."""

    account: str
    found: Verified | None
    error: str | None
    unparked: bool = False


def verify(space: Workspace, board: Board, db: Db, account: str, actor: str) -> Answer:
    """Ask the platform about the token of `account`, and keep the answer.

    A token that works, and may do all that publishing needs, lets a parked account send again.
    """
    try:
        identity = space.live(board, account).verify()
    except SgcommsError as error:
        return Answer(account, None, str(error))
    found = Verified(
        account,
        identity.handle,
        identity.platform_id,
        identity.scopes,
        identity.missing,
        identity.notes,
        identity.expires_at,
        clock.now(),
    )
    identities.keep(db, found)
    unparked = not identity.missing and parks.unpark(db, account, actor)
    return Answer(account, found, None, unparked)
