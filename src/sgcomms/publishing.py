"""What is due -> sent, safely. Knows no platform by name.

A tick sweeps what time has overtaken, looks for what is uncertain, and sends what is due, one after
another. Nothing that runs after a request can lead back to it: an error that nobody foresaw leaves
the delivery uncertain.
"""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from sgcomms import clock
from sgcomms.db import Db, audit, queue
from sgcomms.db.queue import Claim, Row, TakenError
from sgcomms.errors import RejectedError, SgcommsError, StateError, UnavailableError
from sgcomms.models import Mode, Publication
from sgcomms.platforms import Publisher

TRY_AGAIN_AFTER = timedelta(minutes=5)
STALE_AFTER = timedelta(seconds=5)
"""A process that wakes later than this after arming does not send: others may have moved on."""

LOOK_BACK = timedelta(minutes=2)
"""How much earlier than its arming a publication may look: clocks differ."""

CLOCK_BEHIND = timedelta(minutes=5)
"""A machine whose clock stands so far before the last audit row does not publish."""


class Connect(Protocol):
    """Gives the publisher of an account in a mode."""

    def __call__(self, account: str, mode: Mode) -> Publisher: ...


@dataclass(slots=True)
class Tick:
    """What one tick did, by delivery ids; `notes` say why where a person may ask."""

    published: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    uncertain: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)

    @property
    def exit_code(self) -> int:
        """3 when a person is needed, 1 when something failed, else 0."""
        if self.uncertain or self.held:
            return 3
        return 1 if self.failed or self.waiting else 0


class TickStoppedError(SgcommsError):
    """A tick that could not go on; `done` is what it had done by then."""

    def __init__(self, message: str, done: Tick) -> None:
        super().__init__(message)
        self.done = done
        self.exit_code = max(done.exit_code, 1)


class ClockBehindError(SgcommsError):
    """The machine's clock cannot be right, so that nothing may be published by it."""

    exit_code = 3


def owner_name() -> str:
    """Return a name for this process that no other process has: host, process, a random part."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


def tick(
    db: Db,
    connect: Connect,
    late_after: timedelta,
    *,
    modes: Sequence[Mode],
    owner: str,
    step: Callable[[str], None] = lambda name: None,
) -> Tick:
    """Publish what is due and return what happened. Work ends when nothing more is due.

    `step` is called with a name after each commit and request, so that faults can be set exactly
    there: swept, claimed, uploaded, armed, sent, recorded.
    Raises ClockBehindError, and TickStoppedError when the database cannot be worked with.
    """
    _check_clock(db)
    done = Tick()
    try:
        for moved in queue.sweep(db, clock.now(), late_after, owner):
            if moved.state in ("uncertain", "held", "withdrawn"):
                getattr(done, moved.state).append(moved.id)
                done.notes[moved.id] = moved.reason
        step("swept")
        for row in queue.to_look_for(db, clock.now()):
            _look(db, connect, row, owner, done)
        while (held := queue.claim(db, clock.now(), late_after, owner, modes)) is not None:
            step("claimed")
            try:
                _send(db, connect, held, late_after, done, step)
            except StateError as error:  # somebody took it over: they say what became of it
                done.notes[held.id] = str(error)
    except SgcommsError as error:
        raise TickStoppedError(str(error), done) from error
    return done


def _check_clock(db: Db) -> None:
    last, now = audit.last_at(db), clock.real_now()
    if last is not None and last - now >= CLOCK_BEHIND:
        raise ClockBehindError(
            f"this machine's clock says {now:%Y-%m-%d %H:%M} UTC, but the audit trail goes on to "
            f"{last:%Y-%m-%d %H:%M} UTC: set the clock right; until then nothing is published"
        )


def _look(db: Db, connect: Connect, row: Row, owner: str, done: Tick) -> None:
    """Settle an uncertain delivery by looking, if looking can."""
    try:
        settled = _looked_for(db, connect, row, owner, done)
    except StateError as error:  # somebody else settled it: they say what became of it
        done.notes[row.id] = str(error)
        settled = True
    if settled and row.id in done.uncertain:
        done.uncertain.remove(row.id)


def _looked_for(db: Db, connect: Connect, row: Row, owner: str, done: Tick) -> bool:
    since = (row.armed_at or row.due_at) - LOOK_BACK
    try:
        platform = connect(row.account, row.mode)
        publication = platform.find(row.draft, key=row.id, since=since)
    except Exception as error:  # a look that fails must not keep the next delivery from its own
        why = _words(error)
        done.notes[row.id] = (
            why if why == row.reason else f"{row.reason}; it could not be looked for: {why}"
        )
        queue.not_found(db, row, clock.now(), owner, looked=False)
        return False
    if publication is not None and _fits(publication, platform, since):
        try:
            queue.found(db, row, publication, owner)
        except TakenError as error:
            done.notes[row.id] = f"{row.reason}; what was found is another's: {error}"
        else:
            done.published.append(row.id)
            done.notes[row.id] = "was uncertain, and was found"
            return True
    elif platform.idempotent:
        queue.not_sent(db, row, clock.now(), owner)
        return True
    queue.not_found(db, row, clock.now(), owner)
    return False


def _fits(publication: Publication, platform: Publisher, since: datetime) -> bool:
    """Tell whether what was found can be this delivery: by its key, or made after its arming."""
    return platform.idempotent or publication.published_at >= since


def _send(
    db: Db,
    connect: Connect,
    held: Claim,
    late_after: timedelta,
    done: Tick,
    step: Callable[[str], None],
) -> None:
    try:
        platform = connect(held.account, held.mode)
        draft = platform.upload(held.draft)
    except Exception as error:  # whatever it is, nothing was armed and nothing sent
        _not_sent(db, held, error, done)
        return
    step("uploaded")
    before = clock.real_now()
    if not queue.arm(db, held, clock.now(), late_after, draft):
        reason = "it may no longer go out, or the claim was lost"
        _not_sent(db, held, UnavailableError(reason), done)
        return
    step("armed")
    if clock.real_now() - before > STALE_AFTER:
        reason = "this machine slept between arming and sending"
        _not_sent(db, held, UnavailableError(reason), done)
        return
    try:
        publication = platform.publish(draft, key=held.id)
        step("sent")
    except (RejectedError, UnavailableError) as error:
        _not_sent(db, held, error, done)
    except Exception as error:  # whatever it is, the request may have been carried out
        _uncertain(db, held, _words(error), done)
    else:
        _published(db, held, publication, done)
        step("recorded")


def _published(db: Db, held: Claim, publication: Publication, done: Tick) -> None:
    """Record that a delivery went out: where that fails, it is uncertain, and looked for."""
    try:
        queue.published(db, held, publication)
    except TakenError as error:
        _uncertain(db, held, str(error), done)
    except StateError:
        raise
    except SgcommsError as error:
        done.uncertain.append(held.id)
        done.notes[held.id] = f"it went out, but that could not be recorded: {error}"
        raise
    else:
        done.published.append(held.id)


def _uncertain(db: Db, held: Claim, reason: str, done: Tick) -> None:
    done.uncertain.append(held.id)
    done.notes[held.id] = reason
    try:
        queue.uncertain(db, held, reason, clock.now())
    except StateError:  # it is uncertain no longer: somebody else knows more
        done.uncertain.remove(held.id)
        raise


def _not_sent(db: Db, held: Claim, error: Exception, done: Tick) -> None:
    """Record what was certainly not sent: failed for good, or to be tried again."""
    reason = _words(error)
    if isinstance(error, RejectedError):
        queue.failed(db, held, reason)
        done.failed.append(held.id)
    else:
        queue.again(db, held, reason, clock.now() + TRY_AGAIN_AFTER)
        done.waiting.append(held.id)
    done.notes[held.id] = reason


def _words(error: Exception) -> str:
    """Return what an error says to a person; one that nobody foresaw is named by its type too."""
    words = str(error) if isinstance(error, SgcommsError) else f"{type(error).__name__}: {error}"
    return words[:500]
