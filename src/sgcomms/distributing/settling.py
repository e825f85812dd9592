"""What a person found out of somebody who may have got a document."""

from __future__ import annotations

from sgcomms.db import Db, issues, sendings
from sgcomms.db.sendings import Sending
from sgcomms.errors import UsageError
from sgcomms.yamlfile import suggestion


def settle(db: Db, document: str, recipient: str, by: str, *, received: bool) -> Sending:
    """Record whether somebody has got the last issue of a document that is uncertain for them.

    Where it had not arrived it may be sent again. Raises UsageError for what is not uncertain.
    """
    known = issues.issues(db, document)
    if not known:
        raise UsageError(f"no issue of {document!r} was ever prepared here")
    rows = [row for one in reversed(known) for row in sendings.of(db, one.id)]
    theirs = [row for row in rows if row.recipient.casefold() == recipient.casefold()]
    if not theirs:
        named = dict.fromkeys(row.recipient for row in rows)
        raise UsageError(f"{document} does not go to {recipient!r}{suggestion(recipient, named)}")
    unsure = [row for row in theirs if row.state == "uncertain"]
    if not unsure:
        raise UsageError(
            f"{document} to {recipient} is {theirs[0].state}: only what is uncertain can be settled"
        )
    sendings.settle(db, unsure[0], by, received=received)
    return sendings.of_id(db, unsure[0].id)
