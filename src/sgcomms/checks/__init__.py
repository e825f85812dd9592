"""The checks that need more than one file: platforms' limits, the queue, the clock, the contacts.

Each rule stands in `sgcomms.rules`. What can be told from one value is checked while loading.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sgcomms import planning
from sgcomms.campaigns import Loaded, load
from sgcomms.campaigns.files import shown
from sgcomms.checks import blackouts, contacts, drafts, pictures, repeats, timing
from sgcomms.config import CONFIG_FILES, Board, load_board
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


@dataclass(frozen=True, slots=True)
class Examined:
    """What `examine` found, in which files."""

    problems: tuple[Problem, ...]
    files: tuple[str, ...]


def check(loaded: Loaded, board: Board, queue: Sequence[Row], now: datetime) -> Checked:
    """Return what `loaded` asks for and what is wrong with it, against the queue and the time."""
    problems = list(loaded.problems)
    planned: list[Planned] = []
    known = {row.id: row for row in queue}
    for campaign in loaded.campaigns:
        every, wrong = planning.deliveries(campaign, board)
        found = [
            one for one in every if not planning.is_history(campaign, one.delivery, now, known)
        ]
        wrong += drafts.unsupported(campaign, board)
        wrong += drafts.refused(every, board)
        wrong += pictures.misfits(every, board)
        wrong += timing.in_the_past(found, known, now, board)
        wrong += timing.after_expiry(every, board)
        wrong += timing.never_sent(campaign, every, now)
        wrong += blackouts.held(campaign, found, board, known, now)
        if not campaign.historic:
            wrong += contacts.review_due(found, board)
        problems += [one for one in wrong if one.rule not in campaign.allow]
        planned += found
    allowed = {campaign.id for campaign in loaded.campaigns if repeats.RULE in campaign.allow}
    problems += repeats.same_text(planned, queue, allowed)
    return Checked(tuple(planned), tuple(sorted(set(problems))))


def examine(root: Path, files: Sequence[Path], queue: Sequence[Row], now: datetime) -> Examined:
    """Return every problem in the config and the campaigns of `root`, or in `files` alone.

    `files` may lie outside. What keeps the board from being read is always told.
    """
    names = {shown(path, root): path for path in files}
    config = [name for name in names if name in CONFIG_FILES]
    campaigns = [path for name, path in names.items() if name not in config]
    board, problems = load_board(root)
    loaded = load(root, board, campaigns)
    if board is None:
        problems = [*problems, *loaded.problems]
    else:
        problems = [*problems, *check(loaded, board, queue, now).problems]
    if names:
        problems = [
            one
            for one in problems
            if one.file in names or (board is None and one.file in CONFIG_FILES)
        ]
    return Examined(tuple(sorted(problems)), tuple(names) or loaded.files)
