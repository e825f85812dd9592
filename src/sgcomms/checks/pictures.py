"""Pictures that a platform does not take as they are, and that this program must not crop."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sgcomms.checks.drafts import at
from sgcomms.config import Board
from sgcomms.errors import Problem
from sgcomms.planning import Planned
from sgcomms.platforms import layout


def misfits(planned: Sequence[Planned], board: Board) -> Iterator[Problem]:
    """Yield the pictures whose size or shape the account's platform refuses, once each."""
    seen: set[tuple[str, str, int]] = set()
    for one in planned:
        platform = layout(board.accounts[one.post.account])
        for number, item in enumerate(one.post.media):
            if (one.post.id, one.post.account, number) in seen:
                continue
            seen.add((one.post.id, one.post.account, number))
            refusal = platform.limits.pictures.refusal(item.width, item.height)
            if refusal is not None:
                message = f"{item.path.name} on {platform.label}: {refusal}"
                yield at(one.post.place(f"media.{number}"), "media-refused", message)
