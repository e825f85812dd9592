"""What a tick works with, and what it tells."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Protocol

from sgcomms.db import Db, pauses
from sgcomms.db.gate import Policy
from sgcomms.errors import SgcommsError
from sgcomms.models import Mode
from sgcomms.platforms import Handing, Publisher

STEPS = (
    "sweeping",
    "swept",
    "looking",
    "looked",
    "settled",
    "claiming",
    "claimed",
    "uploaded",
    "arming",
    "armed",
    "sending",
    "sent",
    "recorded",
)
"""The points between which a tick commits or sends, in the order in which it comes to them."""


class Connect(Protocol):
    """Gives the publisher of an account in a mode."""

    def __call__(self, account: str, mode: Mode) -> Publisher | Handing: ...


@dataclass(slots=True)
class Tick:
    """What one tick did, by delivery ids; `notes` say why where a person may ask.

    `settled` were uncertain and are so no longer; `parked` are the accounts that this tick parked
    until a person has mended something.
    """

    published: list[str] = field(default_factory=list)
    handed: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    uncertain: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    settled: list[str] = field(default_factory=list)
    parked: list[str] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)

    @property
    def exit_code(self) -> int:
        """3 when a person is needed, 1 when something failed, else 0."""
        if self.uncertain or self.held or self.parked:
            return 3
        return 1 if self.failed or self.waiting else 0

    def add(self, other: Tick) -> None:
        """Take in what another part of the same tick did."""
        for one in fields(self):
            mine, theirs = getattr(self, one.name), getattr(other, one.name)
            if isinstance(mine, dict):
                mine.update(theirs)
            else:
                mine.extend(theirs)


class TickStoppedError(SgcommsError):
    """A tick that could not go on; `done` is what it had done by then."""

    def __init__(self, message: str, done: Tick) -> None:
        super().__init__(message)
        self.done = done
        self.exit_code = max(done.exit_code, 1)


def owner_name() -> str:
    """Return a name for this process that no other process has: host, process, a random part."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


def never() -> datetime | None:
    """Return that there is no stop file."""
    return None


@dataclass(frozen=True, slots=True)
class Work:
    """What a tick works with.

    `stopped` tells since when a file named STOP has been there, or None. `step` is called with a
    name before and after each commit and each request, so that faults can be set exactly there (see
    `STEPS`). `ending` tells that the process was asked to end: what is under way is finished, and
    nothing more begun.
    """

    connect: Connect
    policy: Policy
    modes: Sequence[Mode]
    owner: str
    stopped: Callable[[], datetime | None] = never
    step: Callable[[str], None] = lambda name: None
    ending: Callable[[], bool] = lambda: False


def stop_file(db: Db, work: Work) -> bool:
    """Pause everything when there is a file named STOP; tell whether there is one."""
    since = work.stopped()
    if since is not None:
        pauses.obey_stop_file(db, since)
    return since is not None
