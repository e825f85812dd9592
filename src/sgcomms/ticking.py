"""One tick of a workspace: what `sgcomms publish` does, and the service each minute.

Publishing first, then what was asked to be taken down, then what somebody has to be told.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sgcomms import clock, notifying, publishing, reconciling, takedowns
from sgcomms.config import Board
from sgcomms.db import Db, alerts, chores, home, pauses, queue
from sgcomms.errors import SgcommsError
from sgcomms.periods import to_utc
from sgcomms.publishing import Tick, TickStoppedError
from sgcomms.workspace import Workspace, refuse_rehearsal

GAP = timedelta(minutes=15)
"""A pause between two ticks that is longer than this is told: nothing would have gone out in it."""

OVERDUE = timedelta(minutes=15)
"""How long a delivery may be due and not sent before somebody is told."""

AGAIN = timedelta(minutes=5)
"""When a tick comes back to an e-mail that was not sent, or a post that is still to come down."""


def tick(space: Workspace, *, ending: Callable[[], bool] = lambda: False) -> Tick:
    """Publish what is due, and tell whom it concerns what happened.

    Raises ProblemsError when the config cannot be read, ElsewhereError in a copy of the workspace,
    ClockBehindError, and TickStoppedError when the database cannot be worked with.
    """
    board = space.board(words=False)
    refuse_rehearsal(board)
    space.tidy()
    with space.database() as db:
        check_home(space, board, db)
        _tell_of_gap(db, space.last_beat())
        work = space.work(board, ending=ending)
        try:
            done = publishing.tick(db, work)
        except TickStoppedError as error:
            notifying.stopped(space, board, str(error))
            raise
        if not ending():
            _do_chores(space, board, db)
            if takedowns.carry_on(db, work.connect, work.owner):
                chores.plan(db, "takedowns", clock.now() + AGAIN)
            _tell_of_overdue(db, clock.now())
            pauses.remind(db, clock.now())
        _send_mail(space, board, db)
    try:
        space.beat()
    except SgcommsError as error:
        raise TickStoppedError(str(error), done) from error
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
        span = f"{clock.stored(last)} {clock.stored(now)}"
        alerts.add_once(db, notifying.STOOD_STILL, span, "nothing ran in this time")


def _tell_of_overdue(db: Db, now: datetime) -> None:
    for row in queue.overdue(db, now - OVERDUE):
        why = row.reason or "the account is parked, or something before it takes long"
        alerts.add_once(db, "overdue", row.id, f"was due at {clock.stored(row.due_at)}: {why}")


def _do_chores(space: Workspace, board: Board, db: Db) -> None:
    """Do what is due now and then, and plan it anew; the first time it is only planned."""
    now = clock.now()
    known = chores.known(db)
    for name in chores.due(db, now):
        if name not in {one for one, *_ in _CHORES}:
            chores.forget(db, name)  # it only woke this tick
    for name, weekday, hour, work in _CHORES:
        due_at = known.get(name)
        if due_at is None or due_at <= now:
            chores.plan(db, name, _next(now, board, weekday, hour))
        if due_at is not None and due_at <= now:
            work(space, board, db)


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
    return found if found > now else to_utc(at + timedelta(days=step), board.zone)


def _send_mail(space: Workspace, board: Board, db: Db) -> None:
    """Send what is to be told; what cannot be sent waits a while and is not forgotten."""
    try:
        notifying.send(space, board, db)
    except SgcommsError as error:
        chores.plan(db, "mail", clock.now() + AGAIN)
        alerts.add_once(db, "mail", "mail", str(error))
