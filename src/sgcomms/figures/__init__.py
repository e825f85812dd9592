"""Readings -> figures, with provenance. The only place that combines numbers.

Each metric says how its values may be combined (`sgcomms.metrics`). What may not be added is not
added: it stands beside the rest with its own dates, or is missing with the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sgcomms.config import Board
from sgcomms.db import Db
from sgcomms.errors import UsageError
from sgcomms.figures.comparing import compare
from sgcomms.figures.coverage import Coverage, coverage
from sgcomms.figures.model import Basis, Figure, Question, check_names, is_asked_for
from sgcomms.figures.posts import (
    account_figures,
    added,
    all_accounts,
    campaign_figures,
    refuse_sums,
)
from sgcomms.figures.spans import REST, period_figures
from sgcomms.figures.tracing import Trace, source_names, trace
from sgcomms.periods import before

__all__ = [
    "REST",
    "Basis",
    "Coverage",
    "Figure",
    "Question",
    "Trace",
    "compared",
    "coverage",
    "figures",
    "source_names",
    "total",
    "trace",
]


def figures(db: Db, board: Board, question: Question, campaigns: Sequence[str]) -> list[Figure]:
    """Return every figure that answers `question`, by subject in the board's order.

    Raises UsageError for a subject or metric that is not known.
    """
    check_names(board, question, campaigns)
    of_posts = account_figures(db, board, question)
    found = [
        *of_posts,
        *all_accounts(board, question, of_posts),
        *campaign_figures(db, board, question, campaigns),
        *period_figures(db, board, question),
    ]
    found = [one for one in found if is_asked_for(one, question)]
    order = [*board.accounts, "all", *campaigns, *board.websites, "board"]
    return sorted(found, key=lambda one: _position(one, order, list(board.metrics)))


def total(
    db: Db, board: Board, question: Question, metrics: Sequence[str], campaigns: Sequence[str]
) -> list[Figure]:
    """Return each of `metrics` added over the accounts asked for, or over all of them.

    Raises CombineError, naming units and meanings, when one of them must not be added over
    accounts; UsageError for a name that is not known or a subject that is no account.
    """
    asked = replace(question, metrics=())
    check_names(board, replace(asked, metrics=tuple(metrics)), campaigns)
    refuse_sums(board, metrics)
    accounts = question.subjects or tuple(board.accounts)
    for subject in accounts:
        if subject not in board.accounts:
            raise UsageError(f"--total adds over accounts, and {subject} is not one")
    found = [one for one in account_figures(db, board, asked) if one.subject in accounts]
    name = "+".join(sorted(accounts)) if question.subjects else "all"
    return [added(board, name, metric, found, accounts) for metric in metrics]


def compared(
    db: Db, board: Board, question: Question, campaigns: Sequence[str], found: Sequence[Figure]
) -> list[Figure]:
    """Return `found` with the values of the period before, where the two compare."""
    earlier = before(question.period, board.year_starts)
    then = figures(db, board, replace(question, period=earlier), campaigns)
    return compare(board, found, then, question.period)


def _position(figure: Figure, order: list[str], metrics: list[str]) -> tuple[object, ...]:
    parts = figure.subject.split("+")
    rank = max(order.index(part) for part in parts if part in order) if order else 0
    return (
        rank,
        len(parts),
        metrics.index(figure.metric),
        figure.dimension or "",
        figure.period is not None,
        -(figure.value or 0),
        figure.key or "",
    )
