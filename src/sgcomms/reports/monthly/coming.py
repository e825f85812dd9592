"""What will go out in the month to come, from the queue and from the campaigns' files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sgcomms.db import approvals, gate, queue
from sgcomms.db.queue import Row
from sgcomms.models import State
from sgcomms.periods import Period, span
from sgcomms.reports.monthly.ahead import Coming, Way
from sgcomms.reports.monthly.desk import Desk, Plans

_GONE = ("failed", "withdrawn")
"""States of what will not go out any more, and has not."""

_WAYS: Mapping[State, Way] = {
    "published": "sent",
    "held": "held",
    "uncertain": "unsure",
    "handed": "handed",
    "publishing": "ready",
}


def coming(desk: Desk, plans: Plans, period: Period) -> Iterator[Coming]:
    """Yield each campaign of which anything is to come in `period`.

    What the queue holds counts as it stands there; of a campaign's file only what the queue does
    not hold yet.
    """
    first, until = span(period, desk.board.zone)
    shut = _shut(desk, period)
    found: dict[str, list[tuple[Way, str, bool]]] = {one.id: [] for one in plans.campaigns}
    for row in sorted(plans.rows.values(), key=lambda one: (one.due_at, one.id)):
        away = first <= row.due_at < until if not _waits(row) else first <= row.due_at
        if away and row.state not in _GONE:
            way = _way(desk, row, shut)
            found.setdefault(row.campaign, []).append((way, row.post, row.mode == "outbox"))
    for name, planned in plans.planned.items():
        for one in planned:
            if one.id not in plans.rows and one.at is not None and first <= one.at < until:
                found[name].append(("unqueued", one.post, one.mode == "outbox"))
    titles = plans.titles
    for name, every in found.items():
        if every:
            posts: dict[Way, list[str]] = {}
            for way, post, rehearsed in every:
                if not rehearsed:
                    posts.setdefault(way, []).append(post)
            yield Coming(titles.get(name, name), posts, sum(one[2] for one in every))


def _waits(row: Row) -> bool:
    """Tell whether a delivery goes out on approval, and has none: its time is that of its end."""
    return row.on_approval and row.state == "queued" and row.due_at == row.expires_at


def _shut(desk: Desk, period: Period) -> set[str]:
    """Return what would be held at its time, as the board keeps quiet then."""
    found = set[str]()
    policy = desk.policy
    for closure in desk.board.calendar.within(*span(period, desk.board.zone)):
        values = policy.values(closure.first) | {
            "first": policy.values(closure.first)["now"],
            "until": policy.values(closure.until)["now"],
        }
        where = (
            "WHERE state = 'queued' AND due_at >= :first AND due_at < :until"
            f" AND mode <> 'outbox' AND NOT {gate.allowed_in_closure('deliveries')}"
        )
        found |= {row.id for row in queue.select(desk.db, where, values)}
    return found


def _way(desk: Desk, row: Row, shut: set[str]) -> Way:
    if row.state != "queued":
        return _WAYS[row.state]
    if _waits(row):
        return "when_signed"
    if row.id in shut:
        return "closed"
    needed = approvals.needed(row, desk.policy, row.due_at)
    return "ready" if len(approvals.signers(desk.db, row)) >= needed else "unsigned"
