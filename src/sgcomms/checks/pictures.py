"""Pictures that a platform does not take as they are, and that this program must not crop."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sgcomms.checks.drafts import at
from sgcomms.config import Board
from sgcomms.errors import Problem
from sgcomms.media import VIDEOS
from sgcomms.models import Account, Media, Post
from sgcomms.planning import Planned
from sgcomms.platforms import layout


def misfits(planned: Sequence[Planned], board: Board) -> Iterator[Problem]:
    """Yield what the account of each post does not take of its pictures and videos, once each."""
    seen: set[tuple[str, str]] = set()
    for one in planned:
        post = one.post
        if (post.id, post.account) in seen:
            continue
        seen.add((post.id, post.account))
        for number, item in enumerate(post.media):
            for rule, message in _misfits(item, post, board.accounts[post.account]):
                place = post.place(f"media.{number}.file")
                yield at(place, rule, f"{item.path.name!r} {message}")


def _misfits(item: Media, post: Post, account: Account) -> Iterator[tuple[str, str]]:
    """Yield the rule and the words of each thing that is wrong with `item`."""
    platform = layout(account)
    limits = platform.limits.pictures
    if item.kind in VIDEOS:
        if account.mode == "outbox":
            message = (
                "is a video, which goes out by hand, and to no outbox: set `mode: by_hand` or "
                f"`live` on {account.id} in config/board.yaml, or leave {account.id} out"
            )
            yield "media-refused", message
        return
    keeps_moving = item.moves and item.kind == "GIF" and "GIF" in limits.kinds
    if item.moves and not keeps_moving:
        yield "media-still", f"moves, and goes out on {platform.label} as its first picture"
    if keeps_moving and limits.moving is not None and len(post.media) > 1:
        message = f"moves; {platform.label} takes such a GIF alone, without other pictures"
        yield "media-refused", message
    refusal = limits.refusal(item.width, item.height)
    if refusal is not None:
        yield "media-refused", f"on {platform.label} {refusal}"
