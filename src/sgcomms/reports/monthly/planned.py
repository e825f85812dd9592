"""What campaigns planned for the month and what became of it, and which of them are evaluated."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sgcomms import figures as figures_of
from sgcomms.db import campaigns as stored
from sgcomms.db.queue import Row
from sgcomms.figures import Question
from sgcomms.periods import before, days, span
from sgcomms.reports.campaign.life import days_of, years
from sgcomms.reports.monthly.campaigns import Evaluated
from sgcomms.reports.monthly.delivery import Delivered
from sgcomms.reports.monthly.desk import Desk, Plans
from sgcomms.reports.objectives import judge


def delivered(desk: Desk, plans: Plans) -> Iterator[Delivered]:
    """Yield each campaign that planned anything for the month, up to now.

    What has a time in the YAML was planned for that time, whenever it was released; what has none
    there, or has left the YAML, for the time that the queue has.
    """
    first, until = span(desk.period, desk.board.zone)
    until = min(until, desk.now)
    every = [one for found in plans.planned.values() for one in found]
    times = {one.id: one.at for one in every if one.at is not None}
    for row in plans.rows.values():
        if row.state != "withdrawn":
            times.setdefault(row.id, row.due_at)
    due: dict[str, list[str]] = {one.id: [] for one in plans.campaigns}
    for name in sorted(name for name, at in times.items() if first <= at < until):
        due.setdefault(name.partition("/")[0], []).append(name)
    titles, modes, rows = plans.titles, plans.modes(), plans.rows
    posts = {one.id: one.post for one in every}
    posts.update({name: row.post for name, row in rows.items()})
    for campaign, names in due.items():
        if names:
            real = [name for name in names if modes[name] != "outbox"]
            left = [name for name in real if not _was_sent(rows.get(name), until)]
            waiting = tuple(rows[name].state if name in rows else None for name in left)
            yield Delivered(
                campaign,
                titles.get(campaign, campaign),
                planned=len(real),
                sent=len(real) - len(left),
                posts=len({posts[name] for name in real}),
                waiting=waiting,
                rehearsed=len(names) - len(real),
            )


def _was_sent(row: Row | None, until: datetime) -> bool:
    """Tell whether a delivery went out before `until`."""
    return row is not None and row.published_at is not None and row.published_at < until


def evaluated(desk: Desk, plans: Plans) -> Iterator[Evaluated]:
    """Yield the campaigns with posts in the month, or that ended in it or in the month before.

    The database knows those whose files are gone by what was queued, sent or assigned.
    """
    known = {one.id: one for one in plans.campaigns}
    earlier = before(desk.period, desk.board.year_starts)
    ended = days(earlier.start, desk.period.end)
    modes = plans.modes()
    for name in dict.fromkeys([*known, *stored.names(desk.db)]):
        campaign, planned, own = known.get(name), plans.planned.get(name, ()), plans.of(name)
        if campaign is None:
            own = [row for row in own if row.state != "withdrawn"]
        dates = days_of(desk.db, desk.board, name, planned, own)
        last = [dates[-1]] if dates else []
        if campaign is not None and campaign.objective is not None:
            last.append(campaign.objective.by)
        live = any(day in desk.period for day in dates)
        if not dates or dates[0] > desk.period.end or not (live or max(last) in ended):
            continue
        period = days(years(desk.board, days(dates[0], dates[0])).start, desk.period.end)
        question = Question(period, as_of=desk.as_of, subjects=(name,))
        found = figures_of.figures(desk.db, desk.board, question, [name])
        times = {one.id: one.at for one in planned if one.at is not None}
        times.update({row.id: row.due_at for row in own})
        begun = [name for name, at in times.items() if desk.day(at) <= desk.period.end]
        yield Evaluated(
            name,
            campaign,
            period,
            found,
            judge(desk.db, desk.board, campaign, dates[0], desk.as_of) if campaign else None,
            rehearsed=bool(begun) and all(modes[one] == "outbox" for one in begun),
            live=live,
        )
