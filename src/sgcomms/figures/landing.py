"""Visits to the website that began with a post's tagged link -> figures of accounts and campaigns.

A visit has one first address, so visits may be added over posts, accounts and websites. The link of
a post says `utm_content=campaign.post[.n].account` (see `planning`). Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sgcomms.config import Board
from sgcomms.figures.model import Figure, Question

METRIC = "landing_visits"
DIMENSION = "content"
"""The breakdown of visits by the `utm_content` of the link that they began with."""


def landing_figures(
    board: Board, question: Question, found: Sequence[Figure], campaigns: Sequence[str]
) -> list[Figure]:
    """Return the visits that posts of each account and campaign brought, where a tool tells.

    What reaches out of the period is added to nothing.
    """
    keyed = [(one, str(one.key).split(".")) for one in _visits(question, found)]
    return [
        *_of(board, board.accounts, [(parts[-1], one) for one, parts in keyed]),
        *_of(board, campaigns, [(parts[0], one) for one, parts in keyed]),
    ]


def visits_by_tag(question: Question, found: Sequence[Figure]) -> dict[str, float]:
    """Return the visits of each `utm_content`, over all websites: only those that a tool names."""
    visits: dict[str, float] = {}
    for one in _visits(question, found):
        visits[str(one.key)] = visits.get(str(one.key), 0) + (one.value or 0)
    return visits


def _visits(question: Question, found: Sequence[Figure]) -> list[Figure]:
    return [
        one
        for one in found
        if one.metric == "sessions"
        and one.dimension == DIMENSION
        and one.value is not None
        and (one.period is None or one.period[0] >= question.period.start)
    ]


def _of(
    board: Board, subjects: Iterable[str], keyed: Sequence[tuple[str, Figure]]
) -> Iterator[Figure]:
    for subject in subjects:
        parts = [one for name, one in keyed if name == subject]
        if parts:
            yield _sum(board, subject, parts)


def _sum(board: Board, subject: str, parts: Sequence[Figure]) -> Figure:
    notes = [note for one in parts for note in one.notes]
    periods = [one.period for one in parts if one.period is not None]
    dates = None
    if periods:
        dates = min(first for first, _ in periods), max(last for _, last in periods)
    return Figure(
        subject,
        METRIC,
        sum(one.value or 0 for one in parts),
        board.metrics[METRIC].unit,
        basis=parts[0].basis,
        period=dates,
        days=parts[0].days,
        as_of=max(one.as_of for one in parts if one.as_of is not None),
        sources=tuple(sorted({source for one in parts for source in one.sources})),
        notes=tuple(dict.fromkeys(notes)),
        readings=tuple(number for one in parts for number in one.readings),
    )
