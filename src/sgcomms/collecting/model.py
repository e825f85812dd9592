"""What is asked of a collection run, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Protocol

from sgcomms.collecting.gathering import Gathered
from sgcomms.config import Board
from sgcomms.metering import Meter
from sgcomms.models import Budget
from sgcomms.periods import midnight
from sgcomms.platforms import Measuring
from sgcomms.websites import Tool

LEASE = timedelta(minutes=20)
"""How long one process may be at a subject, before another may read it too."""

ASKS = LEASE - timedelta(minutes=3)
"""How long it may ask: the last answer is in and stored before another begins."""


class Access(Protocol):
    """How accounts and websites are reached."""

    def measuring(self, account: str) -> Measuring | None:
        """Return what reads an account, None where its platform offers no figures.

        Raises SecretsMissingError, AuthError, WorkspaceError.
        """

    def tool(self, website: str) -> Tool:
        """Return what reads a website. Raises as `measuring` does."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be read: these accounts and websites, None for all that can be; and since when.

    `since` None reads what is due. `watchers` tells, by campaign, whom to tell of new comments.
    """

    subjects: tuple[str, ...] | None = None
    since: datetime | None = None
    watchers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Collected:
    """What a run has of one account or website. `dollars` are US dollars.

    `sweep` is None where nothing was read, and `idle` says why. `gaps` are what could not be had,
    `error` is what broke the run off, and `lasting` tells that it will not mend itself. `month` is
    what the month has cost so far, with this.
    """

    subject: str
    label: str = ""
    sweep: str | None = None
    idle: str | None = None
    posts: int = 0
    readings: int = 0
    calls: int = 0
    dollars: Decimal = Decimal(0)
    month: Decimal = Decimal(0)
    budget: Decimal | None = None
    gaps: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    error: str | None = None
    lasting: bool = False


@dataclass(slots=True)
class Job:
    """What is to be read of one subject, and what with.

    `source` is the id of the run, `lease` until when nobody else reads the subject. `since` is the
    beginning of the posts that it asks for.
    """

    subject: str
    label: str
    sweep: str
    work: Callable[[], Gathered]
    meter: Meter
    detail: dict[str, object]
    budget: Budget
    source: int
    lease: datetime
    since: datetime | None = None


def chore(subject: str) -> str:
    """Return the chore that a process holds while it reads `subject`."""
    return f"collect {subject}"


def month_began(board: Board, now: datetime) -> datetime:
    """Return when the month began that a budget is for."""
    return midnight(now.astimezone(board.zone).date().replace(day=1), board.zone)


def local(moment: datetime, board: Board) -> str:
    """Return a time as officers read it."""
    return f"{moment.astimezone(board.zone):%a %d %b %Y %H:%M %Z}"
