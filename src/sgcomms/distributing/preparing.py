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
    lacks, so that there is nothing to do. `changes` are those of the figures in a revised one.
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
            kept = issues.keep(db, 1, figures, seal(mail), mail, actor)
            return Prepared(kept, "new", everybody)
        rows, same = sendings.of(db, last.id), last.base == figures
        cut_off = not revise and any(
            row.state in ("queued", "sending", "failed") and _named(row, everybody) for row in rows
        )
        if (same and not revise) or cut_off:
            for later in known:
                if later.number > last.number:
                    issues.disapprove(db, later, actor, "another issue was asked for")
            left = _left(rows, everybody)
            kind: Kind = "unfinished" if left else "sent"
            return Prepared(last, kind, left, newer=not same)
        changed = changes(last.mail.figures, mail.figures)
        number = last.number + 1
        day = (last.approved_at or last.prepared_at).astimezone(board.zone).date()
        marked = revised(mail, changed, number, day)
        kept = issues.keep(db, number, figures, seal(marked), marked, actor)
        return Prepared(kept, "revised", everybody, changed)


def perhaps_out(db: Db, board: Board, prepared: Prepared, ends: date) -> datetime | None:
    """Return since when this database cannot tell whether an issue went out, or None where it can.

    `ends` is the last day that the document is about. A copy that was brought back after it knows
    nothing of what was sent meanwhile; what was said yes to since then, it knows.
    """
    since = issues.distrusted_since(db)
    if since is None or since.astimezone(board.zone).date() <= ends:
        return None
    if prepared.kind not in ("new", "revised") or sendings.of(db, prepared.issue.id):
        return None
    agreed = [one.approved_at for one in issues.issues(db, prepared.issue.document)]
    return None if any(at is not None and at >= since for at in agreed) else since


def _named(row: Sending, everybody: Sequence[str]) -> bool:
    return row.recipient.casefold() in {one.casefold() for one in everybody}


def _left(rows: Sequence[Sending], everybody: Sequence[str]) -> tuple[str, ...]:
    done = {row.recipient.casefold() for row in rows if _went_out([row])}
    return tuple(one for one in everybody if one.casefold() not in done)


def _went_out(rows: Sequence[Sending]) -> bool:
    return any(row.state in ("sending", "sent", "uncertain") for row in rows)
