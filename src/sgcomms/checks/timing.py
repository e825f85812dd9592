"""Times that are over, or that come after a post has expired."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from sgcomms.checks.drafts import at
from sgcomms.config import Board
from sgcomms.errors import Problem
from sgcomms.planning import Planned


def in_the_past(
    planned: Sequence[Planned], known: Collection[str], now: datetime, board: Board
) -> Iterator[Problem]:
    """Yield the deliveries that are over before the queue ever knew them."""
    for one in planned:
        due = one.delivery.at
        if due is not None and due < now and one.delivery.id not in known:
            local = due.astimezone(board.zone)
            message = f"{local:%Y-%m-%d %H:%M} ({board.zone}) is over for {one.delivery.id}"
            yield at(one.post.place("at"), "in-the-past", message)


def after_expiry(planned: Sequence[Planned], board: Board) -> Iterator[Problem]:
    """Yield the deliveries that would expire before they are due."""
    for one in planned:
        due, expires = one.delivery.at, one.delivery.expires_at
        if due is not None and expires is not None and due >= expires:
            local = due.astimezone(board.zone)
            message = f"{one.delivery.id} is due on {local:%Y-%m-%d}, after it expires"
            yield at(one.post.place("expires"), "after-expiry", message)
