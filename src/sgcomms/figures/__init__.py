"""Readings -> figures, with provenance. The only place that combines numbers.

Each metric says how its values may be combined (`sgcomms.metrics`). What may not be added is not
added: it stands beside the rest with its own dates, or is missing with the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sgcomms import clock
from sgcomms.config import Board
from sgcomms.db import Db
from sgcomms.db.spans import stored_subjects
from sgcomms.errors import UsageError
from sgcomms.figures.campaigns import CampaignPost, campaign_posts, median, visits
from sgcomms.figures.comparing import compare
from sgcomms.figures.coverage import Coverage, coverage
from sgcomms.figures.gaps import months_missing, named
from sgcomms.figures.holdings import owed
from sgcomms.figures.landing import landing_figures
from sgcomms.figures.model import Basis, Figure, Question, check_names, is_asked_for
from sgcomms.figures.posts import (
    account_figures,
    added,
    all_accounts,
    campaign_figures,
    campaign_parts,
    parts_of,
    refuse_mixtures,
    refuse_sums,
)
from sgcomms.figures.settling import settled
from sgcomms.figures.sharing import REST
from sgcomms.figures.spans import period_figures
from sgcomms.figures.strangers import left_out, marked
from sgcomms.figures.tracing import Trace, source_lines, source_names, sources, trace
from sgcomms.periods import Period, before

__all__ = [
    "REST",
    "Basis",
    "CampaignPost",
    "Coverage",
    "Figure",
    "Question",
    "Trace",
    "campaign_parts",
    "campaign_posts",
    "compared",
    "coverage",
    "figures",
    "left_out",
    "median",
    "owed",
    "source_lines",
    "source_names",
    "sources",
    "total",
    "trace",
    "visits",
]


def figures(db: Db, board: Board, question: Question, campaigns: Sequence[str]) -> list[Figure]:
    """Return every figure that answers `question`, by subject in the board's order.

    What config/board.yaml has no more comes last, with a note.
    Raises UsageError for a subject or metric that is not known.
    """
    check_names(board, question, campaigns, stored_subjects(db) if question.subjects else ())
    single = _single(db, board, question, campaigns)
    found = [*single, *all_accounts(board, question, single)]
    found = [one for one in found if is_asked_for(one, question)]
    order = [*board.accounts, "all", *campaigns, *board.websites, "board"]
    return sorted(found, key=lambda one: _position(one, order, list(board.metrics)))


def total(
    db: Db, board: Board, question: Question, metrics: Sequence[str], campaigns: Sequence[str]
) -> list[Figure]:
    """Return each of `metrics` added over the accounts asked for, or over all of them.

    Raises CombineError, naming units and meanings, when one of them must not be added over
    accounts, or the accounts count different things; UsageError for a name that is not known or a
    subject that is no account.
    """
    found, parts = _totals(db, board, question, metrics, campaigns)
    refuse_mixtures(board, metrics, parts)
    return found


def _totals(
    db: Db, board: Board, question: Question, metrics: Sequence[str], campaigns: Sequence[str]
) -> tuple[list[Figure], list[Figure]]:
    """Return what `total` does, without a value where the accounts count different things, and
    the figures it was made of."""
    asked = replace(question, metrics=())
    stored = stored_subjects(db) if question.subjects else ()
    check_names(board, replace(asked, metrics=tuple(metrics)), campaigns, stored)
    refuse_sums(board, metrics)
    chosen = sorted({part for subject in question.subjects for part in subject.split("+")})
    accounts = chosen or list(board.accounts)
    for subject in accounts:
        if subject not in board.accounts:
            raise UsageError(f"--total adds over accounts, and {subject} is not one")
    parts = parts_of(_single(db, board, asked, ()), accounts)
    name = "+".join(chosen) or "all"
    found = [
        added(board, question, name, metric, parts, accounts) for metric in dict.fromkeys(metrics)
    ]
    return found, parts


def compared(
    db: Db,
    board: Board,
    question: Question,
    campaigns: Sequence[str],
    found: Sequence[Figure],
    totals: Sequence[str] = (),
) -> list[Figure]:
    """Return `found` with the values of the period before, where the two compare.

    `totals` are the metrics that `found` adds over accounts, if it came from `total`.
    Raises UsageError when no calendar reaches so far back.
    """
    try:
        earlier = before(question.period, board.year_starts)
    except (OverflowError, ValueError):
        name = question.period.name
        raise UsageError(f"{name} cannot be compared: the calendar begins with it") from None
    asked = replace(question, period=earlier)
    if totals:
        then, _ = _totals(db, board, asked, totals, campaigns)
    else:
        then = figures(db, board, asked, campaigns)
    return compare(
        board, found, then, question.period, earlier, _unequal(db, board, question, earlier)
    )


def _unequal(db: Db, board: Board, question: Question, earlier: Period) -> dict[str, str]:
    """Return why the two periods do not compare: one is not over, or was not read as a whole."""
    today = min(clock.now().astimezone(board.zone).date(), question.as_of)
    if question.period.end >= today:
        return {"": "the period is not over"}
    found = {}
    for account in board.accounts:
        for period in (question.period, earlier):
            missing = months_missing(db, account, period, question.as_of, today)
            if missing:
                found[account] = f"no source lists posts of {account} of {named(missing)}"
    return found


def _single(db: Db, board: Board, question: Question, campaigns: Sequence[str]) -> list[Figure]:
    """Return the figures of single subjects, one for each thing and period.

    What was read tomorrow, by a clock that was ahead, counts for nothing yet.
    """
    today = clock.now().astimezone(board.zone).date()
    question = replace(question, as_of=min(question.as_of, today))
    known = [*board.accounts, *board.websites, *campaigns, "board"]
    of_posts = [
        *account_figures(db, board, question, today),
        *campaign_figures(db, board, question, campaigns),
    ]
    of_periods = [marked(one, known) for one in period_figures(db, board, question)]
    of_periods += landing_figures(board, question, of_periods, campaigns)
    if question.basis == "received":
        received = {
            one.subject for one in of_periods if board.metrics[one.metric].over_time != "last"
        }
        of_posts = [one for one in of_posts if one.subject not in received]
    return list(settled(of_posts, of_periods, question.period))


def _position(figure: Figure, order: list[str], metrics: list[str]) -> tuple[object, ...]:
    parts = figure.subject.split("+")
    return (
        max(order.index(part) if part in order else len(order) for part in parts),
        len(parts),
        figure.subject,
        metrics.index(figure.metric),
        figure.dimension or "",
        figure.period is not None,
        -(figure.value or 0),
        figure.key or "",
    )
