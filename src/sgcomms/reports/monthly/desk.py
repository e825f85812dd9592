"""What every look at the database for a summary needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sgcomms.config import Board
from sgcomms.db import Db
from sgcomms.db.gate import Policy
from sgcomms.db.queue import Row
from sgcomms.models import Campaign, Delivery, Mode
from sgcomms.periods import Period


@dataclass(frozen=True, slots=True)
class Desk:
    """The month, the cut-off and the moment of writing. `today` and `as_of` are days of the
    board's zone."""

    db: Db
    board: Board
    period: Period
    as_of: date
    now: datetime
    today: date

    @property
    def running(self) -> bool:
        """Whether the month is not over."""
        return self.period.end >= self.today

    @property
    def policy(self) -> Policy:
        """What the board has set about sending."""
        board = self.board
        return Policy(board.late_after, board.approval, board.calendar.closures)

    def day(self, at: datetime) -> date:
        """Return the day of a moment in the board's zone."""
        return at.astimezone(self.board.zone).date()


@dataclass(frozen=True, slots=True)
class Plans:
    """What campaigns plan and what the queue holds of it.

    `campaigns` are those whose files are sound; `planned` are their deliveries by campaign; `rows`
    those of the queue, also of campaigns whose files are gone.
    """

    campaigns: Sequence[Campaign]
    planned: Mapping[str, Sequence[Delivery]]
    rows: Mapping[str, Row]

    @property
    def titles(self) -> dict[str, str]:
        """What readers call each campaign that has a file."""
        return {one.id: " ".join(one.title.split()) for one in self.campaigns}

    def modes(self) -> dict[str, Mode]:
        """Return how each delivery goes out: what is in the queue goes as it was queued."""
        modes = {one.id: one.mode for found in self.planned.values() for one in found}
        modes.update({name: row.mode for name, row in self.rows.items()})
        return modes

    def of(self, campaign: str) -> list[Row]:
        """Return what the queue holds of a campaign."""
        return [row for row in self.rows.values() if row.campaign == campaign]
