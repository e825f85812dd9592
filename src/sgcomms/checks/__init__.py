"""The checks that need more than one file: platforms' limits, the queue, the clock, the contacts.

Each rule stands in `sgcomms.rules`. What can be told from one value is checked while loading.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sgcomms import planning
from sgcomms.campaigns import Loaded
from sgcomms.checks import contacts, drafts, repeats, timing
from sgcomms.config import Board
from sgcomms.db.queue import Row
from sgcomms.errors import Problem
from sgcomms.planning import Planned


@dataclass(frozen=True, slots=True)
class Checked:
    """Every delivery that the campaigns ask for, and every problem, in the order of the files."""

    planned: tuple[Planned, ...]
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that keep anything from being queued."""
        return tuple(found for found in self.problems if found.severity == "error")


def check(loaded: Loaded, board: Board, queue: Sequence[Row], now: datetime) -> Checked:
    """Return what `loaded` asks for and what is wrong with it, against the queue and the time."""
    problems = list(loaded.problems)
    planned: list[Planned] = []
    known = {row.id for row in queue}
    for campaign in loaded.campaigns:
        found, wrong = planning.deliveries(campaign, board)
        found = [
            one for one in found if not planning.is_history(campaign, one.delivery, now, known)
        ]
        wrong += drafts.unsupported(campaign, board)
        wrong += drafts.refused(found, board)
        wrong += timing.in_the_past(found, known, now, board)
        wrong += timing.after_expiry(found, board)
        if not campaign.historic:
            wrong += contacts.review_due(found, board)
        problems += [one for one in wrong if one.rule not in campaign.allow]
        planned += found
    allowed = {campaign.id for campaign in loaded.campaigns if repeats.RULE in campaign.allow}
    problems += repeats.same_text(planned, queue, allowed)
    return Checked(tuple(planned), tuple(sorted(set(problems))))
