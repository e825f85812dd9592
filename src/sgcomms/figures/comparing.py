"""A period beside the one before it, and the changes of definition that keep them apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sgcomms.config import Board
from sgcomms.figures.model import Figure
from sgcomms.metrics import breaks_between
from sgcomms.periods import Period, before


def compare(
    board: Board, now: Sequence[Figure], then: Sequence[Figure], period: Period
) -> list[Figure]:
    """Return the figures of `period` with those of the period before, where the two compare.

    They do not across a change of definition; a note says which.
    """
    values = {_identity(one): one for one in then if one.period is None}
    return [_with_previous(board, one, values.get(_identity(one)), period) for one in now]


def _identity(figure: Figure) -> tuple[object, ...]:
    return figure.subject, figure.metric, figure.dimension, figure.key


def _with_previous(board: Board, figure: Figure, earlier: Figure | None, period: Period) -> Figure:
    if earlier is None or earlier.value is None:
        return replace(
            figure,
            comparable=False,
            notes=(*figure.notes, "no figure for the period before"),
        )
    platforms = {
        (board.accounts.get(part) or board.websites[part]).platform
        for part in figure.subject.split("+")
        if part in board.accounts or part in board.websites
    }
    first = before(period, board.year_starts).start
    broken = [
        found
        for platform in platforms
        for found in breaks_between(platform, figure.metric, first, period.end)
    ]
    notes = tuple(f"not comparable ({found.on}): {found.reason}" for found in broken)
    ours = figure.period is None and figure.value is not None
    return replace(
        figure,
        previous=earlier.value,
        comparable=ours and not broken,
        notes=(*figure.notes, *notes),
    )
