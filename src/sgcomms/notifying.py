"""Telling people: the e-mail at once, what an officer is handed, and the Monday e-mail.

What is to be told is kept in the database until an e-mail has taken it (see `db.alerts`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from sgcomms import alerting, clock, verifying
from sgcomms.alerting import Alarm, Coming, Ending, Letter, Standstill, Unsigned
from sgcomms.config import Board
from sgcomms.db import Db, alerts, approvals, chores, identities, parks, queue
from sgcomms.db.alerts import Alert
from sgcomms.db.queue import Row
from sgcomms.errors import SgcommsError
from sgcomms.mailing import Attachment, MailError
from sgcomms.mailing import send as send_mail
from sgcomms.platforms.by_hand import ByHand
from sgcomms.workspace import Workspace

AGAIN = timedelta(minutes=15)
QUIET = timedelta(hours=1)
"""How long after one e-mail about a tick that stopped no other is sent."""

MAX_ATTACHED = 15_000_000
"""More bytes than this many mail servers refuse; a larger file stays in its folder."""

STOOD_STILL = "stood still"


def send(space: Workspace, board: Board, db: Db) -> None:
    """E-mail what nobody has been told yet: one e-mail for all, and one a delivery to post by hand.

    What has settled itself meanwhile is told to nobody. Raises MailError; what could not be sent is
    kept.
    """
    found = alerts.unsent(db)
    if not found:
        return
    rows = {row.id: row for row in queue.rows(db)}
    standing = [one for one in found if _stands(one, rows)]
    over = [one for one in found if one not in standing]
    if clock.rehearsed() is not None or not (board.alerts_to or board.mail):
        over, standing = found, []
    alerts.sent(db, over)
    for alert in standing:
        if alert.kind == "handed":
            _hand_over(space, board, rows[alert.subject])
            alerts.sent(db, [alert])
    rest = [one for one in standing if one.kind != "handed"]
    if rest:
        letter = alerting.urgent(board, [_item(one, rows) for one in rest])
        _post(space, board, board.alerts_to, letter)
        alerts.sent(db, rest)


def week_ahead(space: Workspace, board: Board, db: Db) -> None:
    """Send the Monday e-mail; when that fails, it is tried again a little later."""
    now = clock.now()
    if clock.rehearsed() is not None or not board.alerts_to or board.mail is None:
        return
    for account in board.accounts.values():
        if account.mode == "live":
            verifying.verify(space, board, db, account.id, "week ahead")
    policy = space.policy(board)
    unsigned = approvals.unsigned(db, policy, now)
    letter = alerting.monday(
        board,
        [Coming(row.id, row.due_at) for row in queue.rows(db, ["queued"]) if not _waits(row)],
        [
            Unsigned(
                row.id,
                None if _waits(row) else row.due_at,
                approvals.needed(row, policy, now) - len(approvals.signers(db, row)),
            )
            for row in unsigned
        ],
        [Ending(one.account, one.expires_at) for one in identities.known(db) if one.expires_at],
        standing(db),
        now=now,
    )
    try:
        _post(space, board, board.alerts_to, letter)
    except SgcommsError as error:
        alerts.add_once(db, "mail", "week ahead", str(error))
        chores.plan(db, "week ahead", now + AGAIN)


def standing(db: Db) -> list[Alarm]:
    """Return what needs a person at this moment."""
    rows = queue.rows(db, ["uncertain", "held", "handed"])
    parked = [one for one in parks.parked(db, clock.now()) if one.kind not in parks.BY_ITSELF]
    return [
        *(Alarm(row.state, row.id, row.reason or "", row.due_at) for row in rows),
        *(Alarm("parked", one.account, one.reason) for one in parked),
    ]


def stopped(space: Workspace, board: Board, words: str) -> None:
    """E-mail that a tick could not go on, at most once an hour; the database may be the trouble."""
    mark = space.alarm
    now = clock.real_now()
    if clock.rehearsed() is not None or not board.alerts_to or board.mail is None:
        return
    try:
        if now.timestamp() - mark.stat().st_mtime < QUIET.total_seconds():
            return
    except OSError:
        pass  # there was no such e-mail yet
    letter = alerting.urgent(board, [Alarm("stopped", "sgcomms publish", words)])
    try:
        _post(space, board, board.alerts_to, letter)
        mark.touch()
    except (SgcommsError, OSError):
        return  # the tick itself says what is wrong, and ends with an error


def _stands(alert: Alert, rows: dict[str, Row]) -> bool:
    """Tell whether what was to be told is still so."""
    row = rows.get(alert.subject)
    if alert.kind in alerts.TOLD:
        return row is not None and row.state == alert.kind
    if alert.kind == "overdue":
        return row is not None and row.state in ("queued", "publishing")
    return True


def _item(alert: Alert, rows: dict[str, Row]) -> Alarm | Standstill:
    if alert.kind == STOOD_STILL:
        first, _, until = alert.subject.partition(" ")
        return Standstill(clock.from_stored(first), clock.from_stored(until))
    row = rows.get(alert.subject)
    return Alarm(alert.kind, alert.subject, alert.words, row.due_at if row else None)


def _waits(row: Row) -> bool:
    return row.on_approval and row.due_at == row.expires_at


def _hand_over(space: Workspace, board: Board, row: Row) -> None:
    """E-mail an officer what she needs to post a delivery by hand."""
    if board.mail is None:
        return  # it lies in its folder, and `status` names it
    account = board.accounts[row.account]
    by_hand = ByHand(account, space.by_hand, space.store)
    files: list[Attachment] = []
    left: list[Path] = []
    alts = []
    for number, (path, item) in enumerate(by_hand.attachments(row.draft, row.id), start=1):
        alts.append(f"Alt text of {path.name}: {item.alt}" if item.alt else f"File {number}")
        size = sum(len(one.content) for one in files)
        if path.exists() and size + path.stat().st_size <= MAX_ATTACHED:
            files.append(Attachment(path.name, path.read_bytes()))
        else:
            left.append(path)
    where = [f"Too large to attach: {path.relative_to(space.root)}" for path in left]
    text = "\n".join(
        [
            f"Please post this now on {row.platform}, as @{account.handle}:",
            "",
            row.draft.text,
            "",
            *alts,
            *where,
            "",
            "When it is posted, say where:",
            f"  sgcomms settle {row.id} --posted URL",
            "If it is not to be posted:",
            f"  sgcomms settle {row.id} --not-posted",
        ]
    )
    to = tuple(dict.fromkeys([row.author, *board.alerts_to]))
    _post(space, board, to, Letter(f"{board.short}: post by hand: {row.id}", f"{text}\n"), files)


def _post(
    space: Workspace,
    board: Board,
    to: Sequence[str],
    letter: Letter,
    attachments: Sequence[Attachment] = (),
) -> None:
    """Send an e-mail; one that perhaps went out, or reached somebody, is not sent again."""
    if board.mail is None:
        raise MailError("alerts.to has addresses, but config/board.yaml has no `mail` server")
    secrets = space.secrets().of("mail")
    try:
        send_mail(board.mail, secrets, to, letter.subject, letter.text, attachments=attachments)
    except MailError as error:
        if not (error.perhaps_sent or error.sent_to):
            raise
