"""Whose token each account has, what it may do, and when it ends."""

from __future__ import annotations

from dataclasses import dataclass

from sgcomms import clock
from sgcomms.config import Board
from sgcomms.db import Db, identities, parks
from sgcomms.db.identities import Verified
from sgcomms.errors import AuthError, SgcommsError
from sgcomms.models import Account, Mode
from sgcomms.platforms import Handing, Publisher
from sgcomms.platforms.base import Identity
from sgcomms.publishing import Connect
from sgcomms.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Answer:
    """What verifying an account gave: an identity, or why there is none.

    `wrong` says why nothing of it can be published, or not where it belongs; None when all is well.
    `error` is what kept the platform from telling.
    """

    account: str
    found: Verified | None
    wrong: str | None
    unparked: bool = False
    error: SgcommsError | None = None


def verify(space: Workspace, board: Board, db: Db, account: str, actor: str) -> Answer:
    """Ask the platform about the token of `account`, and keep the answer.

    A token that works, is the account's own, and may do all that publishing needs, lets a parked
    account send again; any other that works parks it, before posts appear where they do not belong.
    """
    try:
        identity = space.live(board, account).verify()
    except SgcommsError as error:
        return Answer(account, None, _named(account, str(error)), error=error)
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
    wrong = _wrong(board.accounts[account], identity)
    unparked = wrong is None and parks.unpark(db, account, actor)
    if wrong is not None:
        parks.park(db, account, "token", wrong.removeprefix(f"{account}: "), actor)
    return Answer(account, found, wrong, unparked)


def _wrong(account: Account, identity: Identity | Verified) -> str | None:
    """Return what keeps a token that works from publishing on `account`, or None."""
    known, wanted = (account.page_id, account.ig_user_id), account.handle.removeprefix("@")
    owner = identity.handle.removeprefix("@")
    if identity.platform_id not in known and owner.casefold() != wanted.casefold():
        return (
            f"{account.id}: posts would appear on @{owner}, whose token it is, and not on @{wanted}"
        )
    if identity.missing:
        lacks = ", ".join(identity.missing)
        return f"{account.id}: its token lacks {lacks}, which publishing needs"
    return None


def _named(account: str, words: str) -> str:
    """Return what is wrong with an account, named once."""
    return words if words.startswith((f"{account} ", f"{account}:")) else f"{account}: {words}"


@dataclass(frozen=True, slots=True)
class Introduced:
    """Connects accounts, each of them only when somebody has looked at whose token it has.

    One that nobody looked at since `secrets.yaml` was written is verified before it publishes.
    """

    connect: Connect
    space: Workspace
    board: Board

    def __call__(self, account: str, mode: Mode) -> Publisher | Handing:
        """Return the publisher of `account` in `mode`.

        Raises as `connect` does, what keeps the platform from telling whose token it is, and
        AuthError for one that is not the account's own.
        """
        found = self.connect(account, mode)
        if mode == "live":
            with self.space.database() as db:
                if not self._known(db, account):
                    answer = verify(self.space, self.board, db, account, "publish")
                    if answer.error is not None:
                        raise answer.error
                    if answer.wrong is not None:
                        raise AuthError(answer.wrong.removeprefix(f"{account}: "))
        return found

    def _known(self, db: Db, account: str) -> bool:
        own = self.board.accounts[account]
        seen = [
            one
            for one in identities.known(db)
            if one.account == account and _wrong(own, one) is None
        ]
        since = self.space.secrets_since() if clock.rehearsed() is None else None
        return any(since is None or since <= one.verified_at for one in seen)
