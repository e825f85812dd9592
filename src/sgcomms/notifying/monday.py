"""The Monday letter: the week ahead, what is to be signed, what needs a person."""

from __future__ import annotations

from collections.abc import Sequence

from sgcomms import alerting, clock, figures, verifying
from sgcomms.alerting import Alarm, Coming, Ending, Unsigned
from sgcomms.config import Board
from sgcomms.db import Db, approvals, identities, queue
from sgcomms.due import words
from sgcomms.mailing import MailError
from sgcomms.notifying.alerts import tell_of_trouble
from sgcomms.notifying.posting import post
from sgcomms.notifying.saying import standing, waits
from sgcomms.workspace import Workspace


def week_ahead(space: Workspace, board: Board, db: Db) -> None:
    """Send the Monday e-mail. Raises SgcommsError when it reached nobody."""
    now = clock.now()
    if clock.rehearsed() is not None or not board.alerts_to or board.mail is None:
        return
    live = [account.id for account in board.accounts.values() if account.mode == "live"]
    checked = [verifying.verify(space, board, db, account, "week ahead") for account in live]
    stands = standing(db, board)
    policy = space.policy(board)
    unsigned = approvals.unsigned(db, policy, now)
    letter = alerting.monday(
        board,
        [
            Coming(row.id, row.due_at, _HOW.get(row.mode, ""))
            for row in queue.rows(db, ["queued"])
            if not waits(row)
        ],
        [
            Unsigned(
                row.id,
                None if waits(row) else row.due_at,
                approvals.needed(row, policy, now) - len(approvals.signers(db, row)),
            )
            for row in unsigned
        ],
        [
            Ending(one.account, one.expires_at)
            for one in identities.known(db)
            if one.expires_at and one.account in live
        ],
        [*stands, *_doubts(checked, stands)],
        now=now,
        owed=_owed(board, db),
    )
    try:
        post(space, board, board.alerts_to, letter)
    except MailError as error:
        if not (error.perhaps_sent or error.sent_to):
            raise
        tell_of_trouble(db, board, str(error))


def _owed(board: Board, db: Db) -> list[str]:
    """Return which figures are to be fetched by hand, a line each."""
    today = clock.now().astimezone(board.zone).date()
    return [words(one, today) for one in figures.owed(db, board, today)]


_HOW = {"outbox": "to the outbox", "by_hand": "by hand"}
"""How a delivery goes out that is not sent to its platform."""


def _doubts(checked: Sequence[verifying.Answer], stands: Sequence[Alarm]) -> list[Alarm]:
    """Return what verifying has shown to be wrong with accounts that are not parked anyway."""
    parked = {one.subject for one in stands if one.kind == "parked"}
    return [
        Alarm("token", one.account, one.wrong)
        for one in checked
        if one.wrong and one.account not in parked
    ]
