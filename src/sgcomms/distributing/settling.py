"""What a person found out of somebody who may have got a document."""

from __future__ import annotations

from sgcomms.config import Board
from sgcomms.db import Db, issues, sendings
from sgcomms.db.issues import Issue
from sgcomms.db.sendings import Sending
from sgcomms.errors import UsageError
from sgcomms.yamlfile import suggestion


def settle(
    db: Db, board: Board, document: str, recipient: str, by: str, *, received: bool
) -> Sending:
    """Record whether somebody has got the last issue of a document that is uncertain for them.

    After the database was brought back that is anybody it goes to of whom nobody has asked since.
    Where it had not arrived it may be sent again. Raises UsageError for what is not uncertain.
    """
    known = issues.issues(db, document)
    if not known:
        raise UsageError(
            f"no issue of {document!r} was ever prepared here: give the command that sends it first"
        )
    sendings.sweep(db, by)  # what a process that died was sending is uncertain by now
    rows = [row for one in reversed(known) for row in sendings.of(db, one.id)]
    theirs = [row for row in rows if row.recipient.casefold() == recipient.casefold()]
    unsure = [row for row in theirs if row.state == "uncertain"]
    if unsure:
        sendings.settle(db, unsure[0], by, received=received)
        return sendings.of_id(db, unsure[0].id)
    goes_to = dict.fromkeys([*board.reports.recipients, *(row.recipient for row in rows)])
    named = next((one for one in goes_to if one.casefold() == recipient.casefold()), None)
    if named is None:
        raise UsageError(f"{document} does not go to {recipient!r}{suggestion(recipient, goes_to)}")
    if not _in_doubt(db, known[-1], named):
        state = theirs[0].state if theirs else "not sent yet"
        raise UsageError(
            f"{document} to {recipient} is {state}: only what is uncertain can be settled"
        )
    words = sendings.asked(by, received=received)
    return sendings.learnt(db, known[-1].id, named, words, by, received=received)


def _in_doubt(db: Db, issue: Issue, recipient: str) -> bool:
    """Tell whether somebody may have got an issue before this database was brought back."""
    back = issues.brought_back(db)
    if back is None or recipient.casefold() in issues.known_of(db, issue, back[0]):
        return False
    rows = sendings.of(db, issue.id)
    theirs = [row for row in rows if row.recipient.casefold() == recipient.casefold()]
    return all(row.state in ("failed", "withdrawn") for row in theirs)
