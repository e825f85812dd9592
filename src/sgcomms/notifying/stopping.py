"""The letter about a tick that stopped: the database may be the trouble, so it is not asked."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sgcomms import alerting, clock
from sgcomms.alerting import Alarm
from sgcomms.config import Board, Mail
from sgcomms.config.shapes import AlertsShape, MailShape
from sgcomms.errors import ProblemsError, SgcommsError
from sgcomms.mailing import MailError
from sgcomms.notifying.posting import post
from sgcomms.periods import YearStart
from sgcomms.workspace import Workspace
from sgcomms.yamlfile import read_file

QUIET = timedelta(hours=1)
"""How long after one e-mail about a tick that stopped no other is sent."""


def stopped(space: Workspace, board: Board, words: str) -> None:
    """E-mail that a tick could not go on, at most once an hour; the database may be the trouble."""
    if clock.rehearsed() is not None or not board.alerts_to or board.mail is None:
        return
    now = clock.real_now()
    if not _first_in_a_while(space.alarm, now):
        return
    letter = alerting.urgent(board, [Alarm("stopped", "sgcomms publish", words)])
    try:
        post(space, board, board.alerts_to, letter)
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
