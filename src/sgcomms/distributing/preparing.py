"""What would be sent: a new issue, a revised one, the rest of one that was cut off, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sgcomms.config import Board
from sgcomms.db import Db, issues, sendings, writing
from sgcomms.db.issues import Issue
from sgcomms.db.sendings import Sending
from sgcomms.distributing.content import Change, base, changes, revised, seal
from sgcomms.errors import UsageError
from sgcomms.models import Mail

Kind = Literal["new", "revised", "unfinished", "sent"]


@dataclass(frozen=True, slots=True)
class Prepared:
    """What would be sent, and to whom.

    `kind` "unfinished" is an issue that some have got and `to` have not; "sent" one that nobody
    lacks, so that there is nothing to do. `changes` are those of a revised one.
    `newer` tells that the document has changed since an unfinished issue was made.
    """

    issue: Issue
    kind: Kind
    to: tuple[str, ...]
    changes: tuple[Change, ...] = ()
    newer: bool = False


def prepare(
    db: Db, board: Board, mail: Mail, *, actor: str = "report", revise: bool = False
) -> Prepared:
    """Keep what would be sent of a document, and return it. Nobody has said yes to it yet.

    A document is another one when a figure has changed. An issue that was cut off is finished
    before a revised one is made. `revise` makes a revised one in any case.
    Raises UsageError when config/board.yaml names nobody to send it to.
    """
    everybody = board.reports.recipients
    if not everybody:
        raise UsageError(
            "there is nobody to send it to: name them in config/board.yaml under "
            "`reports: {recipients: [...]}`"
        )
    sendings.sweep(db, actor)
    figures = base(mail)
    with writing(db):
        known = issues.issues(db, mail.key)
        out = [one for one in known if _went_out(sendings.of(db, one.id))]
        last = out[-1] if out else None
        if last is None:
            number = max((one.number for one in known if sendings.of(db, one.id)), default=1)
            kept = issues.keep(db, number, figures, seal(mail), mail, actor)
            return Prepared(kept, "new", everybody)
        rows, same = sendings.of(db, last.id), last.base == figures
        cut_off = not revise and any(
            row.state in ("queued", "sending", "failed") and _named(row, everybody) for row in rows
        )
        if (same and not revise) or cut_off:
            for later in known:
                if later.number > last.number:
                    issues.drop(db, later, actor, "another issue was asked for")
            left = _left(rows, everybody)
            kind: Kind = "unfinished" if left else "sent"
            return Prepared(last, kind, left, newer=not same)
        changed = changes(last.mail, mail)
        number = last.number + 1
        day = (last.approved_at or last.prepared_at).astimezone(board.zone).date()
        marked = revised(mail, changed, number, day)
        kept = issues.keep(db, number, figures, seal(marked), marked, actor)
        return Prepared(kept, "revised", everybody, changed)


@dataclass(frozen=True, slots=True)
class Doubt:
    """Who of those to send to may have got it already: this database was brought back `at` a time.

    What was sent between its copy and then it cannot know.
    """

    at: datetime
    of: tuple[str, ...]


def perhaps_out(db: Db, board: Board, prepared: Prepared, after: date) -> Doubt | None:
    """Return who may have got what would be sent, as far as this database can tell, or None.

    `after` is the last day on which it cannot have been sent yet. Whoever was to get it by a yes
    that was given since the database was brought back, or was asked since, is not in doubt.
    """
    back = issues.brought_back(db)
    if back is None or back[1].astimezone(board.zone).date() <= after:
        return None
    known = issues.known_of(db, prepared.issue, back[0])
    unsure = tuple(one for one in prepared.to if one.casefold() not in known)
    return Doubt(back[1], unsure) if unsure else None


def _named(row: Sending, everybody: Sequence[str]) -> bool:
    return row.recipient.casefold() in {one.casefold() for one in everybody}


def _left(rows: Sequence[Sending], everybody: Sequence[str]) -> tuple[str, ...]:
    done = {row.recipient.casefold() for row in rows if _went_out([row])}
    return tuple(one for one in everybody if one.casefold() not in done)


def _went_out(rows: Sequence[Sending]) -> bool:
    return any(row.state in ("sending", "sent", "uncertain") for row in rows)
