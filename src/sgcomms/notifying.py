"""Telling people: the e-mail at once, what an officer is handed, and the Monday e-mail.

What is to be told is kept in the database until an e-mail has taken it (see `db.alerts`). A process
that is killed between sending and noting repeats an e-mail; none is lost.
"""

from __future__ import annotations

import mimetypes
import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sgcomms import alerting, clock, verifying
from sgcomms.alerting import Alarm, Coming, Ending, Handover, Letter, Standstill, Unsigned
from sgcomms.config import Board, Mail
from sgcomms.config.shapes import AlertsShape, MailShape
from sgcomms.db import Db, alerts, approvals, chores, identities, parks, pauses, queue, writing
from sgcomms.db.alerts import Alert
from sgcomms.db.queue import Row
from sgcomms.errors import ProblemsError, SgcommsError
from sgcomms.http.redacting import Redactor
from sgcomms.mailing import Attachment, MailError
from sgcomms.mailing import send as send_mail
from sgcomms.periods import YearStart
from sgcomms.platforms import PLATFORMS, layout
from sgcomms.platforms.by_hand import ByHand
from sgcomms.workspace import Workspace
from sgcomms.yamlfile import read_file

MAIL = "mail"
"""The chore that holds e-mails back: until a time, or while another process is at them."""

LEASE = timedelta(minutes=5)
"""How long a process may be at one e-mail; a server that hangs is left much sooner."""

AGAIN = timedelta(minutes=5)
"""How long e-mails wait after one that was not sent."""

PERHAPS_AGAIN = timedelta(minutes=15)
"""How long they wait after one that perhaps was."""

QUIET = timedelta(hours=1)
"""How long after one e-mail about a tick that stopped no other is sent."""

TOO_SLOW = timedelta(seconds=30)
"""After so long with a server that fails, what is left waits: there is a next tick to come."""

MAX_ATTACHED = 15_000_000
"""More bytes than this many mail servers refuse; a larger file stays in its folder."""

MAX_BEGINNING = 60

STOOD_STILL = "stood still"


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
            drop(db, MAIL, waits)
        return
    if not take(db, MAIL, waits, now + LEASE):
        return
    again = _send_all(space, board, db)
    if again is not None:
        chores.plan(db, MAIL, clock.now() + again)
    elif (planned := chores.known(db).get(MAIL)) is not None:
        drop(db, MAIL, planned)


def take(db: Db, chore: str, seen: datetime | None, due_at: datetime) -> bool:
    """Let a chore that was due at `seen`, None for one that was not planned, be due at `due_at`.

    False when another process has planned it anew: of several that want to do it, one does.
    """
    with writing(db):
        found = chores.known(db).get(chore)
        if (found and clock.stored(found)) != (seen and clock.stored(seen)):
            return False
        db.conn.execute(
            "INSERT INTO chores (name, due_at) VALUES (?, ?)"
            " ON CONFLICT (name) DO UPDATE SET due_at = excluded.due_at",
            (chore, clock.stored(due_at)),
        )
    return True


def drop(db: Db, chore: str, seen: datetime) -> None:
    """Let a chore that was due at `seen` be due no longer, unless it was planned anew."""
    with writing(db):
        db.conn.execute(
            "DELETE FROM chores WHERE name = ? AND due_at = ?", (chore, clock.stored(seen))
        )


def _send_all(space: Workspace, board: Board, db: Db) -> timedelta | None:
    """E-mail what is to be told; return after what time to try again, None when all is done."""
    found = alerts.unsent(db)
    rows = {row.id: row for row in queue.rows(db)}
    standing = [one for one in found if _wanted(one, board) and _stands(one, rows, db)]
    alerts.sent(db, [one for one in found if one not in standing])
    urgent = [one for one in standing if one.kind != "handed"]
    handed = [[one] for one in standing if one.kind == "handed"]
    began, again = clock.real_now(), None
    for batch in [urgent, *handed] if urgent else handed:
        chores.plan(db, MAIL, clock.now() + LEASE)
        try:
            _tell(space, board, db, batch, rows)
        except SgcommsError as error:
            if isinstance(error, MailError) and error.perhaps_sent:
                again = PERHAPS_AGAIN
                _tell_of_trouble(db, board, "an e-mail may come twice: its server fell silent")
            else:
                again = again or AGAIN
                _tell_of_trouble(db, board, str(error))
            if clock.real_now() - began > TOO_SLOW:
                break
        else:
            alerts.sent(db, batch)
    return again


def _tell(
    space: Workspace, board: Board, db: Db, batch: Sequence[Alert], rows: dict[str, Row]
) -> None:
    """Send one e-mail. Raises SgcommsError when it has, or may have, reached nobody."""
    handed = rows[batch[0].subject] if batch[0].kind == "handed" else None
    try:
        if handed is not None:
            _hand_over(space, board, db, handed)
        else:
            told = {_once(one): one for one in batch}.values()
            letter = alerting.urgent(board, [_item(one, rows, board) for one in told])
            _post(space, board, board.alerts_to, letter)
    except MailError as error:
        if error.perhaps_sent and handed is not None:
            # a second one might be posted a second time
            words = f"the e-mail with what to post may not have arrived: see {space.by_hand.name}/"
            alerts.add_once(db, "mail", handed.id, words)
        elif error.sent_to:
            _tell_of_trouble(db, board, str(error))
        else:
            raise


def _tell_of_trouble(db: Db, board: Board, words: str) -> None:
    if board.alerts_to:
        alerts.add_once(db, "mail", "mail", alerting.weekly(words, clock.now(), board))


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
            if not _waits(row)
        ],
        [
            Unsigned(
                row.id,
                None if _waits(row) else row.due_at,
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
    )
    try:
        _post(space, board, board.alerts_to, letter)
    except MailError as error:
        if not (error.perhaps_sent or error.sent_to):
            raise
        _tell_of_trouble(db, board, str(error))


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


def standing(db: Db, board: Board) -> list[Alarm]:
    """Return what needs a person at this moment."""
    rows = queue.rows(db, ["uncertain", "held", "handed"])
    parked = [one for one in parks.parked(db, clock.now()) if one.kind not in parks.BY_ITSELF]
    return [
        *(_alarm(row.state, row, row.reason or "", board) for row in rows),
        *(Alarm("parked", one.account, one.reason) for one in parked),
    ]


def stopped(space: Workspace, board: Board, words: str) -> None:
    """E-mail that a tick could not go on, at most once an hour; the database may be the trouble."""
    if clock.rehearsed() is not None or not board.alerts_to or board.mail is None:
        return
    now = clock.real_now()
    if not _first_in_a_while(space.alarm, now):
        return
    letter = alerting.urgent(board, [Alarm("stopped", "sgcomms publish", words)])
    try:
        _post(space, board, board.alerts_to, letter)
    except MailError as error:
        if not (error.perhaps_sent or error.sent_to):
            _mark(space.alarm, 0)
    except SgcommsError:
        _mark(space.alarm, 0)  # the tick itself says what is wrong, and ends with an error


def unreadable(space: Workspace, error: ProblemsError) -> None:
    """E-mail that the config has a mistake, so that nothing goes out, as `stopped` does.

    Whom and by which server is read from that same config, as far as it can be.
    """
    name = "config/board.yaml"
    document, _ = read_file(space.root / name, name)
    data = document.data if document is not None else None
    if not isinstance(data, dict):
        return
    board, to = data.get("board"), data.get("alerts")
    short = board.get("short") if isinstance(board, dict) else None
    try:
        server = MailShape.model_validate(data.get("mail"))
        known = AlertsShape.model_validate(to)
    except ValueError:
        return  # `status --check` and the exit code are left to tell of it
    stopped(
        space,
        Board(
            name="",
            short=str(short or "sgcomms"),
            zone=ZoneInfo("UTC"),
            year_starts=YearStart(1, 1),
            url="",
            people={},
            accounts={},
            websites={},
            metrics={},
            late_after=timedelta(),
            contacts={},
            feedback=(),
            alerts_to=tuple(known.to),
            mail=Mail(server.host, server.port, server.sender),
        ),
        str(next(iter(error.problems), error)),
    )


def _first_in_a_while(mark: Path, now: datetime) -> bool:
    """Tell whether nobody was told for QUIET, and note that somebody is told now.

    Where nothing can be noted, as on a full disk, the first minute of each hour is the time to.
    """
    seconds = now.timestamp()
    try:
        if 0 <= seconds - mark.stat().st_mtime < QUIET.total_seconds():
            return False
    except OSError:
        pass  # there was no such e-mail yet
    return _mark(mark, seconds) or now.minute == 0


def _mark(mark: Path, seconds: float) -> bool:
    """Give the mark of the last such e-mail a time; False when that cannot be noted."""
    try:
        mark.touch()
        os.utime(mark, (seconds, seconds))
    except OSError:
        return False
    return True


def _wanted(alert: Alert, board: Board) -> bool:
    """Tell whether anybody is to be told: what is posted by hand goes to its author too."""
    if clock.rehearsed() is not None:
        return False
    return bool(board.alerts_to) or (alert.kind == "handed" and board.mail is not None)


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


def _item(alert: Alert, rows: dict[str, Row], board: Board) -> Alarm | Standstill:
    if alert.kind == STOOD_STILL:
        return Standstill(clock.from_stored(alert.subject), alert.at)
    row = rows.get(alert.subject)
    if row is None:
        return Alarm(alert.kind, alert.subject, alert.words)
    words = alert.words
    if alert.kind == "overdue":
        words = row.reason or "the account is parked, or something before it takes long"
    return _alarm(alert.kind, row, words, board)


def _alarm(kind: str, row: Row, words: str, board: Board) -> Alarm:
    text = " ".join(row.draft.text.split())
    begins = text if len(text) <= MAX_BEGINNING else f"{text[:MAX_BEGINNING].rstrip()}…"
    place = _where(row, board) + (f': "{begins}"' if begins else "")
    return Alarm(kind, row.id, words, row.due_at, place)


def _where(row: Row, board: Board) -> str:
    account = board.accounts.get(row.account)
    if account is None or account.platform not in PLATFORMS:
        return row.account
    return f"{layout(account).label}, @{account.handle}"


def _waits(row: Row) -> bool:
    return row.on_approval and row.due_at == row.expires_at


def _hand_over(space: Workspace, board: Board, db: Db, row: Row) -> None:
    """E-mail an officer what she needs to post a delivery by hand. Raises SgcommsError."""
    account = board.accounts.get(row.account)
    attached: list[Attachment] = []
    lines: list[str] = []
    if account is not None:
        by_hand = ByHand(account, space.by_hand, space.store)
        for path, item in by_hand.attachments(row.draft, row.id):
            lines.append(_attach(space, path, attached))
            lines += [f"alt text: {item.alt}"] if item.alt else []
    letter = alerting.by_hand(
        board,
        Handover(
            row.id,
            _where(row, board),
            row.draft.text,
            row.due_at,
            row.expires_at,
            lines,
            _why_not_now(space, board, db, row),
        ),
    )
    to = tuple(dict.fromkeys([row.author, *board.alerts_to]))
    _post(space, board, to, letter, attached)


def _attach(space: Workspace, path: Path, attached: list[Attachment]) -> str:
    """Attach a file, if it can be read and an e-mail can hold it; return the line about it."""
    where = path.relative_to(space.root).as_posix()
    size = sum(len(one.content) for one in attached)
    try:
        if size + path.stat().st_size > MAX_ATTACHED:
            return f"{where}: too large to attach, so look there for it"
        content = path.read_bytes()
    except OSError:
        return f"{where}: cannot be read, so it is not attached"
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    attached.append(Attachment(path.name, content, kind))
    return f"{path.name}: attached"


def _why_not_now(space: Workspace, board: Board, db: Db, row: Row) -> str:
    """Return why an officer is not to post what she was handed, "" when she may.

    An e-mail may leave long after its delivery was handed over, as when the mail server was down.
    """
    now = clock.now()
    if space.stopped() is not None:
        return "a file named STOP lies in the workspace, so nothing is to go out."
    for pause in pauses.active(db):
        excepted = {("campaign", row.campaign), ("delivery", row.id)}
        if pause.target in (None, row.account, row.campaign) and excepted.isdisjoint(
            pauses.exceptions(db, pause)
        ):
            return f"{pause} is paused ({pause.reason}). Wait until somebody lifts that."
    if row.expires_at is not None and row.expires_at <= now:
        return "it has expired, so it is not to go out any more."
    if now - row.due_at > board.late_after:
        return "it reaches you late. Ask whether it is still to go out."
    return ""


def _post(
    space: Workspace,
    board: Board,
    to: Sequence[str],
    letter: Letter,
    attachments: Sequence[Attachment] = (),
) -> None:
    """Send an e-mail; no secret leaves in it, whatever it quotes. Raises SgcommsError."""
    if board.mail is None:
        raise MailError("alerts.to has addresses, but config/board.yaml has no `mail` server")
    secrets = space.secrets()
    own = secrets.of("mail")
    redacted = Redactor(secrets.values() - {own.get("username", "")})
    send_mail(
        board.mail,
        own,
        to,
        redacted(letter.subject),
        redacted(letter.text),
        attachments=attachments,
    )
