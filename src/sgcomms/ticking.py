"""One tick of a workspace: what `sgcomms publish` does, and the service each minute.

Publishing first, then what was asked to be taken down, then what somebody has to be told. Whatever
goes wrong, somebody is told that too.
"""

from __future__ import annotations

import contextlib
import traceback
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from sgcomms import alerting, clock, notifying, publishing, reconciling, takedowns
from sgcomms.config import Board
from sgcomms.db import Db, alerts, chores, home, pauses, queue, sendings
from sgcomms.db.home import ElsewhereError
from sgcomms.errors import ProblemsError, SgcommsError
from sgcomms.periods import to_utc
from sgcomms.publishing import Tick, TickStoppedError
from sgcomms.verifying import Introduced
from sgcomms.workspace import Workspace, refuse_rehearsal

GAP = timedelta(minutes=15)
"""A pause between two ticks that is longer than this is told: nothing would have gone out in it."""

OVERDUE = timedelta(minutes=15)
"""How long a delivery may be due and not sent before somebody is told."""

AGAIN = timedelta(minutes=5)
"""When a tick comes back to a post that is still to come down."""

CHORE_AGAIN = timedelta(minutes=15)
"""When a tick comes back to a chore that failed, or whose process ended before it was done."""


def tick(space: Workspace, *, ending: Callable[[], bool] = lambda: False) -> Tick:
    """Publish what is due, and tell whom it concerns what happened.

    Raises ProblemsError when the config cannot be read, ElsewhereError in a copy of the workspace,
    ClockBehindError, and TickStoppedError when the database cannot be worked with. A tick that
    could not go on, for whatever reason, is told by e-mail.
    """
    try:
        board = space.board(words=False)
    except ProblemsError as error:
        notifying.unreadable(space, error)
        raise
    refuse_rehearsal(board)
    try:
        return _tick(space, board, ending)
    except ElsewhereError as error:
        # of a copy elsewhere nobody is told: the workspace that publishes is well
        if error.renamed:
            notifying.stopped(space, board, str(error))
        raise
    except Exception as error:
        notifying.stopped(space, board, _words(error))
        raise


def _tick(space: Workspace, board: Board, ending: Callable[[], bool]) -> Tick:
    space.tidy()
    with space.database() as db:
        check_home(space, board, db)
        _tell_of_gap(db, space.last_beat())
        try:
            done = _work(space, board, db, ending)
        except Exception:
            with contextlib.suppress(SgcommsError):
                notifying.send(space, board, db)  # what went wrong before must be told all the same
            raise
        notifying.send(space, board, db)
    try:
        space.beat()
    except SgcommsError as error:
        raise TickStoppedError(str(error), done) from error
    return done


def _work(space: Workspace, board: Board, db: Db, ending: Callable[[], bool]) -> Tick:
    """Do what is due, in the order of its weight."""
    woke = {name: at for name, at in chores.known(db).items() if at <= clock.now()}
    work = space.work(board, ending=ending)
    introduced = Introduced(work.connect, space, board)
    done = publishing.tick(db, replace(work, connect=introduced))
    if ending():
        return done
    if takedowns.carry_on(db, work.connect, work.owner):
        chores.plan(db, takedowns.CHORE, clock.now() + AGAIN)
    sendings.sweep(db, work.owner)
    _tell_of_overdue(db, clock.now())
    pauses.remind(db, clock.now())
    _do_chores(space, board, db)
    for name, at in woke.items():
        if name != notifying.MAIL:
            chores.drop(db, name, at)  # it only woke this tick; what is done often has a new time
    return done


def check_home(space: Workspace, board: Board, db: Db) -> None:
    """Make sure that this place publishes, once anything is to go out for real.

    Raises ElsewhereError in a copy.
    """
    real = any(account.mode != "outbox" for account in board.accounts.values())
    if real or home.home(db) is not None or queue.waits_for_real(db):
        home.stay(db, space.home, "publish")


def _tell_of_gap(db: Db, last: datetime | None) -> None:
    now = clock.real_now()
    if last is not None and now - last > GAP and clock.rehearsed() is None:
        words = "nothing ran from then until this was noted"
        alerts.add_once(db, notifying.STOOD_STILL, clock.stored(last), words)


def _tell_of_overdue(db: Db, now: datetime) -> None:
    for row in queue.overdue(db, now - OVERDUE):
        alerts.add_once(db, "overdue", row.id, f"was due at {clock.stored(row.due_at)}")


def _do_chores(space: Workspace, board: Board, db: Db) -> None:
    """Do what is due now and then; the first time it is only planned.

    Of several processes one does it. It gets its next time when it is done: if it fails, or its
    process is killed, it is done again a little later.
    """
    now = clock.now()
    known = chores.known(db)
    for name, weekday, hour, work in _CHORES:
        due_at, regular = known.get(name), _next(now, board, weekday, hour)
        again = now + CHORE_AGAIN
        if due_at is None or due_at > regular + CHORE_AGAIN:  # the clock or the board was another
            chores.take(db, name, due_at, regular)
        elif due_at <= now and chores.take(db, name, due_at, again):
            try:
                work(space, board, db)
            except Exception as error:  # one chore must not keep the tick from its other work
                alerts.add_once(db, name, name, alerting.weekly(_words(error), now, board))
            else:
                chores.take(db, name, again, regular)


_CHORES: tuple[tuple[str, int | None, int, Callable[[Workspace, Board, Db], None]], ...] = (
    ("reconciliation", None, 6, reconciling.reconcile),
    ("week ahead", 0, 8, notifying.week_ahead),
)
"""What is done each day, or each week on a day counted from Monday, at which hour of the board."""


def _next(now: datetime, board: Board, weekday: int | None, hour: int) -> datetime:
    local = now.astimezone(board.zone)
    days = 0 if weekday is None else (weekday - local.weekday()) % 7
    at = local.replace(tzinfo=None, hour=hour, minute=0, second=0, microsecond=0)
    found = to_utc(at + timedelta(days=days), board.zone)
    step = 1 if weekday is None else 7
    return found if found > now else to_utc(at + timedelta(days=days + step), board.zone)


def _words(error: Exception) -> str:
    """Return an error as one line; of one that nobody foresaw only its type, and where it arose.

    What it says might hold anything, a token too.
    """
    if isinstance(error, SgcommsError):
        return " ".join(str(error).split())
    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{type(error).__name__}, {Path(last.filename).name}, line {last.lineno}"
    return f"something happened that this program did not foresee ({where})"
