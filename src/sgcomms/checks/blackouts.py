"""Posts that would be held because the board keeps quiet at their time: `config/calendar.yaml`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sgcomms.checks.drafts import at
from sgcomms.config import Board, Closed
from sgcomms.db.queue import Row
from sgcomms.errors import Problem
from sgcomms.models import Campaign, Place
from sgcomms.planning import WAITING, Planned

MAX_NAMED = 3


def held(
    campaign: Campaign,
    planned: Sequence[Planned],
    board: Board,
    queue: Mapping[str, Row],
    now: datetime,
) -> Iterator[Problem]:
    """Yield the posts of `campaign` that would be held, and what an election would ask of it.

    A post that goes out on approval is looked at as if it were approved now.
    """
    caught = [
        (one, closed)
        for one in planned
        if _may_go_out(queue.get(one.delivery.id))
        and (closed := board.calendar.closed_at(one.delivery.at or now)) is not None
    ]
    known = any(row.campaign == campaign.id for row in queue.values())
    for (place, closed), found in _by_place(caught).items():
        unsafe = [one for one in found if not one.delivery.election_safe]
        if unsafe:
            message = (
                f"{_names(unsafe)} would be held: the time falls into {closed.words}. Choose "
                "another, or mark the post `election_safe: true` if it may go out all the same"
            )
            yield at(place, "closed-period", message)
        elif closed.first <= now and not known:
            message = (
                f"{_names(found)} would be held: the campaign was not queued before {closed.words} "
                "began. Choose a time after it"
            )
            yield at(place, "late-campaign", message)
    yield from _not_planned_before(campaign, [closed for _, closed in caught], board)


def _not_planned_before(
    campaign: Campaign, closures: Sequence[Closed], board: Board
) -> Iterator[Problem]:
    """Yield one problem where nothing shows that the campaign was planned before an election.

    The LGA asks for campaigns "demonstrably planned before the election was called".
    """
    for closed in closures:
        begins = closed.first.astimezone(board.zone).date()
        planned_on = campaign.planned_on
        if closed.kind != "election" or (planned_on is not None and planned_on < begins):
            continue
        day = f"`planned_on` is {planned_on}" if planned_on else "there is no `planned_on`"
        message = (
            f"{day}, and posts fall into {closed.words}: show that the campaign was planned before "
            f"{begins}"
        )
        yield at(campaign.place, "not-planned-before", message)
        return


def _may_go_out(row: Row | None) -> bool:
    """Tell whether a delivery is still to come, as far as the queue knows."""
    if row is None:
        return True
    return row.state in WAITING or (row.state == "withdrawn" and not row.by_person)


def _by_place(
    caught: Sequence[tuple[Planned, Closed]],
) -> dict[tuple[Place, Closed], list[Planned]]:
    """Return the deliveries of each time that somebody wrote, and period: one mistake, one line."""
    places: dict[tuple[Place, Closed], list[Planned]] = {}
    for one, closed in caught:
        places.setdefault((one.post.place("at"), closed), []).append(one)
    return places


def _names(planned: Sequence[Planned]) -> str:
    names = [one.delivery.id for one in planned]
    more = f" and {len(names) - MAX_NAMED} more" if len(names) > MAX_NAMED else ""
    return ", ".join(names[:MAX_NAMED]) + more
