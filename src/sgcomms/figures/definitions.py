"""Which changes of definition lie between two days of a figure. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sgcomms.config import Board
from sgcomms.figures.model import Figure
from sgcomms.metrics import Break, breaks_between


def changes(
    board: Board, figure: Figure, subjects: Iterable[str], first: date, last: date
) -> tuple[Break, ...]:
    """Return the changes of what `figure` counts on the platforms of `subjects`, after `first`
    until `last`.

    A share changes with what it is a share of; a row of a breakdown with that row.
    """
    metric = board.metrics[figure.metric]
    names = {metric.name, metric.part_of or metric.name}
    platforms = sorted(
        {
            (board.accounts.get(part) or board.websites[part]).platform
            for subject in subjects
            for part in subject.split("+")
            if part in board.accounts or part in board.websites
        }
    )
    return tuple(
        dict.fromkeys(
            found
            for platform in platforms
            for name in sorted(names)
            for found in breaks_between(platform, name, first, last, figure.dimension, figure.key)
        )
    )


def noted(found: Break) -> str:
    """Return the note of a figure whose parts lie on both sides of a change that lets them add."""
    return f"measured otherwise from {found.on} on: {found.reason}"


def explained(found: Iterable[Break]) -> str:
    """Return what changed, and when, for a reader."""
    return "; ".join(f"the definition changed on {one.on}: {one.reason}" for one in found)
