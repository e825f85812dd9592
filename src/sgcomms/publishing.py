"""What is due -> sent, safely. Knows no platform by name.

A tick sweeps what time has overtaken, looks for what is uncertain, and sends what is due, one after
another. Nothing that runs after a request can lead back to it: an error that nobody foresaw leaves
the delivery uncertain.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from sgcomms import clock
from sgcomms.db import Db, queue
from sgcomms.db.queue import Claim, Row
from sgcomms.errors import (
    PlatformError,
    RejectedError,
    SgcommsError,
    StateError,
    UnavailableError,
)
from sgcomms.models import Mode
from sgcomms.platforms import Publisher

TRY_AGAIN_AFTER = timedelta(minutes=5)
STALE_AFTER = timedelta(seconds=5)
"""A process that wakes later than this after arming does not send: others may have moved on."""

LOOK_BACK = timedelta(minutes=2)
"""How much earlier than its arming a publication may look: clocks differ."""


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

    `step` is called with a name before and after each commit and request, so that faults can be
    set exactly there.
    """
    done = Tick()
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
    return done


def _look(db: Db, connect: Connect, row: Row, owner: str, done: Tick) -> None:
    """Settle an uncertain delivery by looking, if looking can."""
    try:
        platform = connect(row.account, row.mode)
        since = (row.armed_at or row.due_at) - LOOK_BACK
        publication = platform.find(row.draft, key=row.id, since=since)
    except PlatformError as error:
        done.notes[row.id] = f"could not be looked for: {error}"
        queue.not_found(db, row, clock.now(), owner)
        return
    if publication is not None:
        queue.found(db, row, publication, owner)
        done.published.append(row.id)
    elif platform.idempotent:
        queue.not_sent(db, row, clock.now(), owner)
    else:
        queue.not_found(db, row, clock.now(), owner)
        return
    if row.id in done.uncertain:
        done.uncertain.remove(row.id)


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
    except SgcommsError as error:
        _not_sent(db, held, error, done)
        return
    step("uploaded")
    armed_at = clock.real_now()
    if not queue.arm(db, held, clock.now(), late_after, draft):
        _put_back(db, held, "it may no longer go out, or its claim was lost", done)
        return
    step("armed")
    if clock.real_now() - armed_at > STALE_AFTER:
        _put_back(db, held, "this machine slept between arming and sending", done)
        return
    try:
        publication = platform.publish(draft, key=held.id)
        step("sent")
    except (RejectedError, UnavailableError) as error:
        _not_sent(db, held, error, done)
    except Exception as error:  # whatever it is, the request may have been carried out
        done.uncertain.append(held.id)
        done.notes[held.id] = str(error)
        queue.uncertain(db, held, f"{type(error).__name__}: {error}"[:500], clock.now())
    else:
        queue.published(db, held, publication)
        done.published.append(held.id)
        step("recorded")


def _not_sent(db: Db, held: Claim, error: SgcommsError, done: Tick) -> None:
    """Record what was certainly not sent: failed for good, or to be tried again."""
    done.notes[held.id] = str(error)
    if isinstance(error, RejectedError):
        queue.failed(db, held, str(error))
        done.failed.append(held.id)
    else:
        queue.again(db, held, str(error), clock.now() + TRY_AGAIN_AFTER)
        done.waiting.append(held.id)


def _put_back(db: Db, held: Claim, reason: str, done: Tick) -> None:
    """Give up a claim before anything was sent; the next sweep judges the delivery anew."""
    done.waiting.append(held.id)
    done.notes[held.id] = reason
    with contextlib.suppress(StateError):  # whoever took it over decides
        queue.again(db, held, reason, clock.now())
