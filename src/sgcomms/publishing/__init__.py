"""What is due -> sent, safely. Knows no platform by name.

A tick sweeps what time has overtaken, looks for what is uncertain, and sends what is due: accounts
side by side, the deliveries of one account in order. Nothing that runs after a request can lead
back to it: an error that nobody foresaw leaves the delivery uncertain.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sgcomms import clock
from sgcomms.db import Db, audit, location, looking, open_database, parks, sending, sweeping
from sgcomms.errors import SgcommsError
from sgcomms.publishing.account import STALE_AFTER, send_account
from sgcomms.publishing.uncertain import LOOK_BACK, look
from sgcomms.publishing.work import (
    STEPS,
    Connect,
    Tick,
    TickStoppedError,
    Work,
    owner_name,
    stop_file,
)

__all__ = [
    "LOOK_BACK",
    "STALE_AFTER",
    "STEPS",
    "ClockBehindError",
    "Connect",
    "Tick",
    "TickStoppedError",
    "Work",
    "check_clock",
    "owner_name",
    "tick",
]

CLOCK_BEHIND = timedelta(minutes=5)
"""A machine whose clock stands so far before the last audit row does not publish."""

AT_ONCE = 8
"""How many accounts are worked on side by side."""


class ClockBehindError(SgcommsError):
    """The machine's clock cannot be right, so that nothing may be published by it."""

    exit_code = 3


def tick(db: Db, work: Work) -> Tick:
    """Publish what is due and return what happened. Work ends when nothing more is due.

    Raises ClockBehindError, and TickStoppedError when the database cannot be worked with.
    """
    _check_clock(db)
    done = Tick()
    try:
        stop_file(db, work)
        work.step("sweeping")
        for moved in sweeping.sweep(db, clock.now(), work.policy, work.owner):
            if moved.state in ("uncertain", "held", "withdrawn"):
                getattr(done, moved.state).append(moved.id)
                done.notes[moved.id] = moved.reason
        work.step("swept")
        _mended(db, work)
        _work_on_all(db, work, done)
    except SgcommsError as error:
        raise TickStoppedError(str(error), done) from error
    return done


def check_clock(db: Db) -> str | None:
    """Return what is wrong when the machine's clock stands well before the audit trail, or None."""
    last, now = audit.latest_at(db), clock.real_now()
    if last is None or last - now < CLOCK_BEHIND:
        return None
    return (
        f"this machine's clock says {now:%Y-%m-%d %H:%M} UTC, but the audit trail goes on to "
        f"{last:%Y-%m-%d %H:%M} UTC: set the clock right; until then nothing is published. If it "
        "is right, and was wrong then: `sgcomms accept-clock --by YOU`"
    )


def _check_clock(db: Db) -> None:
    wrong = check_clock(db)
    if wrong is not None:
        raise ClockBehindError(wrong)


def _mended(db: Db, work: Work) -> None:
    """Let accounts send again whose secrets were missing and are there now."""
    for park in parks.parked(db, clock.now()):
        if park.kind == "secrets":
            try:
                work.connect(park.account, "live")
            except SgcommsError:
                continue
            parks.unpark(db, park.account, work.owner)


def _work_on_all(db: Db, work: Work, done: Tick) -> None:
    """Look and send, accounts side by side: each thread has a connection of its own."""
    now = clock.now()
    unsure = [row.account for row in looking.to_look_for(db, now)]
    accounts = list(dict.fromkeys([*sending.due_accounts(db, now, work.modes), *unsure]))
    if len(accounts) <= 1:
        for account in accounts:
            _work_on(db, work, account, done)
        return

    path = location(db)

    def send(account: str) -> tuple[Tick, Exception | None]:
        part = Tick()
        try:
            with open_database(path) as own:
                _work_on(own, work, account, part)
        except Exception as error:  # the other accounts' work must not be lost with this one's
            return part, error
        return part, None

    with ThreadPoolExecutor(min(AT_ONCE, len(accounts)), "account") as pool:
        parts = list(pool.map(send, accounts))
    for part, _ in parts:
        done.add(part)
    done.uncertain = [name for name in done.uncertain if name not in done.settled]
    for _, error in parts:
        if error is not None:
            raise error


def _work_on(db: Db, work: Work, account: str, done: Tick) -> None:
    """Look for what is uncertain on one account, then send what is due on it.

    When a look cannot be carried out, the others have to wait for the next tick: what is due has
    its time.
    """
    for row in looking.to_look_for(db, clock.now(), account):
        work.step("looking")
        looked = look(db, work, row, done)
        work.step("settled")
        if not looked:
            break
    send_account(db, work, account, done)
