"""The letters at once: what became uncertain, held, parked or overdue, and what is to be posted.

What is to be told is kept in the database until an e-mail has taken it (see `db.alerts`). A process
that is killed between sending and noting repeats an e-mail; none is lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sgcomms import alerting, clock
from sgcomms.config import Board
from sgcomms.db import Db, alerts, chores, parks, pauses, queue
from sgcomms.db.alerts import Alert
from sgcomms.db.queue import Row
from sgcomms.errors import SgcommsError
from sgcomms.mailing import MailError
from sgcomms.notifying.handing import hand_over
from sgcomms.notifying.posting import post
from sgcomms.notifying.saying import item
from sgcomms.notifying.stopping import QUIET
from sgcomms.workspace import Workspace

MAIL = "mail"
"""The chore that holds e-mails back: until a time, or while another process is at them."""

LEASE = timedelta(minutes=5)
"""How long a process may be at one e-mail; a server that hangs is left much sooner."""

AGAIN = timedelta(minutes=5)
"""How long e-mails wait after one that was not sent."""

PERHAPS_AGAIN = timedelta(minutes=15)
"""How long they wait after one that perhaps was."""

TOO_SLOW = timedelta(seconds=30)
"""After so long with a server that fails, what is left waits: there is a next tick to come."""


def send(space: Workspace, board: Board, db: Db) -> None:
    """E-mail what nobody has been told yet: one e-mail for all, and one a delivery to post by hand.

    What has settled itself meanwhile is told to nobody. What could not be sent is kept, and tried
    again a little later. Of two processes that tick at once, one sends.
    """
    now, waits = clock.now(), chores.known(db).get(MAIL)
    if waits is not None and now < waits <= now + QUIET:  # a clock that was wrong may say more
        return
    if not alerts.unsent(db):
        if waits is not None:
            chores.drop(db, MAIL, waits)
        return
    if not chores.take(db, MAIL, waits, now + LEASE):
        return
    again = _send_all(space, board, db)
    if again is not None:
        chores.plan(db, MAIL, clock.now() + again)
    elif (planned := chores.known(db).get(MAIL)) is not None:
        chores.drop(db, MAIL, planned)


def _send_all(space: Workspace, board: Board, db: Db) -> timedelta | None:
    """E-mail what is to be told; return after what time to try again, None when all is done."""
    found = alerts.unsent(db)
    rows = {row.id: row for row in queue.rows(db)}
    standing = [one for one in found if _wanted(one, board) and _stands(one, rows, db)]
    alerts.sent(db, [one for one in found if one not in standing])
    began, again = clock.real_now(), None
    for batch in _batches(standing):
        chores.plan(db, MAIL, clock.now() + LEASE)
        try:
            _tell(space, board, db, batch, rows)
        except SgcommsError as error:
            if isinstance(error, MailError) and error.perhaps_sent:
                again = PERHAPS_AGAIN
                tell_of_trouble(db, board, "an e-mail may come twice: its server fell silent")
            else:
                again = again or AGAIN
                tell_of_trouble(db, board, str(error))
            if clock.real_now() - began > TOO_SLOW:
                break
        else:
            alerts.sent(db, batch)
    return again


def _batches(standing: Sequence[Alert]) -> list[list[Alert]]:
    """Return what makes one e-mail each: all for the same people, and what is to be posted."""
    found: dict[object, list[Alert]] = {}
    for one in standing:
        found.setdefault(one.id if one.kind == "handed" else one.to, []).append(one)
    return sorted(found.values(), key=lambda batch: batch[0].kind == "handed")


def _tell(
    space: Workspace, board: Board, db: Db, batch: Sequence[Alert], rows: dict[str, Row]
) -> None:
    """Send one e-mail. Raises SgcommsError when it has, or may have, reached nobody."""
    handed = rows[batch[0].subject] if batch[0].kind == "handed" else None
    try:
        if handed is not None:
            hand_over(space, board, db, handed)
        else:
            told = {_once(one): one for one in batch}.values()
            letter = alerting.urgent(board, [item(one, rows, board) for one in told])
            post(space, board, batch[0].to or board.alerts_to, letter)
    except MailError as error:
        if error.perhaps_sent and handed is not None:
            # a second one might be posted a second time
            words = f"the e-mail with what to post may not have arrived: see {space.by_hand.name}/"
            alerts.add_once(db, "mail", handed.id, words)
        elif error.sent_to:
            tell_of_trouble(db, board, str(error))
        else:
            raise


def tell_of_trouble(db: Db, board: Board, words: str) -> None:
    if board.alerts_to:
        alerts.add_once(db, "mail", "mail", alerting.weekly(words, clock.now(), board))


def _wanted(alert: Alert, board: Board) -> bool:
    """Tell whether anybody is to be told: what is posted by hand goes to its author too."""
    if clock.rehearsed() is not None:
        return False
    own = alert.kind == "handed" or alert.to is not None
    return bool(board.alerts_to) or (own and board.mail is not None)


def _stands(alert: Alert, rows: dict[str, Row], db: Db) -> bool:
    """Tell whether what was to be told is still so."""
    row, now = rows.get(alert.subject), clock.now()
    if alert.kind in alerts.TOLD:
        return row is not None and row.state == alert.kind
    if alert.kind == "overdue":
        return row is not None and row.state in ("queued", "publishing") and row.due_at <= now
    if alert.kind in ("missed", "not queued"):
        return row is None
    if alert.kind == "parked":
        return any(one.account == alert.subject for one in parks.parked(db, now))
    if alert.kind == "pause":
        return any((one.target or "all") == alert.subject for one in pauses.active(db))
    return True


def _once(alert: Alert) -> tuple[str, str, str]:
    """Return what two alerts share of which a letter tells the later only: one state, one time."""
    state = alert.kind in alerts.TOLD or alert.kind in ("overdue", "parked")
    return alert.kind, alert.subject, "" if state else alert.words
