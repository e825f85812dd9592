"""Times that are over, that come after a post has expired, or that never come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sgcomms.checks.drafts import at
from sgcomms.config import Board
from sgcomms.db.queue import Row
from sgcomms.errors import Problem
from sgcomms.models import Campaign, Place
from sgcomms.planning import WAITING, Planned

MAX_NAMED = 3


def in_the_past(
    planned: Sequence[Planned], queue: Mapping[str, Row], now: datetime, board: Board
) -> Iterator[Problem]:
    """Yield the posts with deliveries that are over before the queue ever knew them.

    A time that is over and that somebody has just put in is no better than a new one.
    """
    new = [one for one in planned if not _stands(one, queue.get(one.delivery.id))]
    over = [one for one in new if one.delivery.at is not None and one.delivery.at < now]
    for place, late in _by_place(over, "at"):
        message = f"{_local(late[0].delivery.at, board)} ({board.zone}) is over for {_names(late)}"
        yield at(place, "in-the-past", f"{message}; choose a time to come")
    waiting = [one for one in new if one.delivery.at is None]
    gone = [one for one in waiting if one.delivery.expires_at and one.delivery.expires_at <= now]
    for place, late in _by_place(gone, "expires"):
        message = f"{late[0].post.expires} is over for {_names(late)}; choose a day to come"
        yield at(place, "in-the-past", message)


def _stands(one: Planned, row: Row | None) -> bool:
    """Tell whether the queue knows a delivery, at the time that is planned or one given since."""
    if row is None:
        return False
    may_still_go = row.state in (*WAITING, "withdrawn")
    same = row.content_hash == one.delivery.content_hash
    return not may_still_go or same or one.delivery.at in (None, row.due_at)


def after_expiry(planned: Sequence[Planned], board: Board) -> Iterator[Problem]:
    """Yield the posts with deliveries that would expire before they are due."""
    late = [
        one
        for one in planned
        if one.delivery.at
        and one.delivery.expires_at
        and one.delivery.at >= one.delivery.expires_at
    ]
    for place, lost in _by_place(late, "expires"):
        due = _local(lost[0].delivery.at, board)
        message = f"{_names(lost)} would expire before {due}, when the post is due"
        yield at(place, "after-expiry", f"{message}; move `expires`, or the post")


def never_sent(campaign: Campaign, planned: Sequence[Planned], now: datetime) -> Iterator[Problem]:
    """Yield the posts of a historic campaign that look as if they were to go out."""
    if not campaign.historic:
        return
    ahead = [
        one
        for one in planned
        if one.delivery.mode != "outbox" and one.delivery.at and one.delivery.at > now
    ]
    for place, lost in _by_place(ahead, "at"):
        message = f"{_names(lost)} would never go out: the campaign is marked `historic`"
        yield at(place, "never-sent", message)


def _by_place(planned: Sequence[Planned], part: str) -> Iterator[tuple[Place, list[Planned]]]:
    """Yield the deliveries of each place of `part`, by time: one mistake is one problem."""
    places: dict[Place, list[Planned]] = {}
    for one in planned:
        places.setdefault(one.post.place(part), []).append(one)
    yield from places.items()


def _names(planned: Sequence[Planned]) -> str:
    names = [one.delivery.id for one in planned]
    more = f" and {len(names) - MAX_NAMED} more" if len(names) > MAX_NAMED else ""
    return ", ".join(names[:MAX_NAMED]) + more


def _local(moment: datetime | None, board: Board) -> str:
    return f"{moment.astimezone(board.zone):%Y-%m-%d %H:%M}" if moment else ""
