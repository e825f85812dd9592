"""What is stored of each account and website, as far as it tells which figures are owed."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

from sgcomms.config import Board
from sgcomms.db import Db, sources, spans
from sgcomms.due import Due, Stored, Taken, due


def owed(db: Db, board: Board, today: date) -> list[Due]:
    """Return which figures a person has to fetch by hand, as of `today` in the board's zone."""
    levels = [name for name, one in board.metrics.items() if one.over_time == "last"]
    subjects = (*board.accounts, *board.websites)
    return due(board, today, {name: _stored(db, board, name, levels) for name in subjects})


def _stored(db: Db, board: Board, subject: str, levels: Collection[str]) -> Stored:
    whole = sources.last_whole_run(db, subject)
    return Stored(
        tuple(_taken(db, board, subject, levels)),
        whole.astimezone(board.zone).date() if whole is not None else None,
        frozenset(spans.days_of(db, subject, "followers")),
    )


def _taken(db: Db, board: Board, subject: str, levels: Collection[str]) -> Iterator[Taken]:
    for first, last, read_on in spans.periods_known(db, subject, levels):
        yield Taken("period", first, last, read_on)
    if subject not in board.accounts:
        return
    for begins, ends, read_on in sources.listings(db, subject):
        if begins is None or ends is None:
            yield Taken("posts", None, None, read_on)
        else:
            first, last = (at.astimezone(board.zone).date() for at in (begins, ends))
            yield Taken("posts", first, last, read_on)
