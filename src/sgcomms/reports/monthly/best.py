"""The posts of the month that stood out, with their words and what is known of them."""

from __future__ import annotations

from datetime import datetime

from sgcomms.db import posts as stored
from sgcomms.db.posts import Makeup, Posts
from sgcomms.periods import midnight, span
from sgcomms.reports.model import Section
from sgcomms.reports.monthly import posts, reasons
from sgcomms.reports.monthly.cells import Cells
from sgcomms.reports.monthly.desk import Desk
from sgcomms.reports.monthly.months import Months
from sgcomms.reports.monthly.reasons import Made

_SEEN = ("views", "impressions", "reach")
"""What a post is measured by: the first of these that its account's posts have."""


def best(desk: Desk, months: Months, cells: Cells) -> tuple[Section, tuple[Section, ...]]:
    """Return the posts that stood out among those of each account, as `posts.section` does."""
    start, end = span(desk.period, desk.board.zone)
    seen: list[posts.Seen] = []
    measures: dict[str, str] = {}
    posting: list[str] = []
    for account in desk.board.accounts:
        meant = Posts(start, end, desk.as_of, accounts=(account,))
        known = stored.told(desk.db, meant)
        if account in known.counts:
            posting.append(account)
        told = {one.metric for one in known.sums if one.value is not None}
        metric = next((one for one in _SEEN if one in told), None)
        if metric is not None:
            measures[account] = metric
            seen += [
                posts.Seen(account, name, desk.day(at), value)
                for name, at, value in stored.values(desk.db, meant, metric)
            ]
    words: dict[posts.Key, str | None] = {}
    why: dict[posts.Key, str] = {}
    made: dict[str, dict[str, Made]] = {}
    for top in posts.top(seen):
        account, name = top.seen.key
        words[top.seen.key] = stored.texts(desk.db, account, [name]).get(name)
        if account not in made:
            made[account] = _made(desk, months, account, measures[account])
        why[top.seen.key] = reasons.reason(made[account][name], [*made[account].values()])
    return posts.section(seen, measures, words, why, cells, posting)


def _made(desk: Desk, months: Months, account: str, metric: str) -> dict[str, Made]:
    """Return the posts of the thirteen months that are counted as those of this month are."""
    first = months.periods[0]
    changed = months.changes(account, metric, first)
    since = changed[-1].on if changed else first.start
    start, end = midnight(since, desk.board.zone), span(desk.period, desk.board.zone)[1]
    start = min(start, span(desk.period, desk.board.zone)[0])
    made = stored.makeups(desk.db, account, start, end)
    meant = Posts(start, end, desk.as_of, accounts=(account,))
    return {
        name: _one(desk, value, at, made.get(name))
        for name, at, value in stored.values(desk.db, meant, metric)
    }


def _one(desk: Desk, value: float, at: datetime, made: Makeup | None) -> Made:
    local = at.astimezone(desk.board.zone)
    if made is None:
        return Made(value, local)
    return Made(value, local, made.pictured, made.linked, made.of_campaign)
