"""Reads all that the summary is made of, once; everything else in this package is pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sgcomms import clock, planning
from sgcomms import figures as figures_of
from sgcomms.config import Board
from sgcomms.db import Db, pauses, queue, sources
from sgcomms.db import posts as stored
from sgcomms.db.posts import FOREVER, Posts
from sgcomms.db.queue import Row
from sgcomms.errors import UsageError
from sgcomms.figures import Figure, Question
from sgcomms.figures.gaps import months_missing
from sgcomms.models import Campaign, Delivery, Mode
from sgcomms.periods import Period, before, days, month, span
from sgcomms.reports import numbers
from sgcomms.reports.campaign.life import days_of, years
from sgcomms.reports.changes import Changes
from sgcomms.reports.gathered import Gathered
from sgcomms.reports.material import Material, Month
from sgcomms.reports.model import Section
from sgcomms.reports.monthly import (
    ahead,
    channels,
    delivery,
    headline,
    posts,
    status,
    trend,
)
from sgcomms.reports.monthly import campaigns as campaigns_part
from sgcomms.reports.monthly.campaigns import Evaluated
from sgcomms.reports.monthly.cells import Cells
from sgcomms.reports.monthly.delivery import Delivered
from sgcomms.reports.monthly.model import Summary
from sgcomms.reports.monthly.months import MONTHS, Months

EARLIEST = 1991
"""The year of the first website."""

NOTING = "For noting: the Board is asked to receive and note this summary."
"""What a committee paper asks for where nothing is to be decided."""

_SEEN = ("views", "impressions", "reach")
"""What a post is measured by: the first of these that its account's posts have."""


@dataclass(frozen=True, slots=True)
class _Desk:
    """What every look at the database needs. `today` and `as_of` are days of the board's zone."""

    db: Db
    board: Board
    period: Period
    as_of: date
    now: datetime
    today: date

    @property
    def running(self) -> bool:
        return self.period.end >= self.today


def gather(
    db: Db,
    board: Board,
    period: Period,
    campaigns: Sequence[Campaign],
    as_of: date = FOREVER,
    *,
    stopped: datetime | None = None,
    troubled: Sequence[str] = (),
    remarks: Sequence[str] = (),
) -> Summary:
    """Return the summary of the month `period`: the report of `gathered`, same arguments."""
    return gathered(
        db,
        board,
        period,
        campaigns,
        as_of,
        stopped=stopped,
        troubled=troubled,
        remarks=remarks,
    ).report


def gathered(
    db: Db,
    board: Board,
    period: Period,
    campaigns: Sequence[Campaign],
    as_of: date = FOREVER,
    *,
    stopped: datetime | None = None,
    troubled: Sequence[str] = (),
    remarks: Sequence[str] = (),
) -> Gathered[Summary]:
    """Return the summary of the month `period`, with what was read on `as_of` or before.

    A month that is not over is summed up so far: then nothing is compared or judged. The status is
    always that of now. `stopped` is since when a file named STOP has lain in the workspace.
    `troubled` are the names of campaign files with mistakes, whose campaigns are left out.
    `remarks` stand under the title.
    Raises UsageError for what is no month, for one that has not begun or lies before there were
    websites, and for an `as_of` before it.
    """
    now = clock.now()
    today = now.astimezone(board.zone).date()
    _check(period, as_of, today)
    desk = _Desk(db, board, period, min(as_of, today), now, today)
    sound = [one for one in campaigns if one.place.file not in troubled]
    months = _months(desk)
    found = months.found[period.name]
    material = Material(
        board, Question(period, as_of=as_of), found, sound, Changes("", {}, period.end)
    )
    cells = Cells(material)
    name = f"{period.start:%B %Y}"
    judged = trend.verdicts(months, material)
    published = {
        material.label(account): count
        for account in board.accounts.values()
        if (count := months.posts(period, account.id)) is not None
    }
    planned = _planned(sound, board)
    rows = {row.id: row for row in queue.rows(db)}
    evaluated = list(_evaluated(desk, sound, planned, rows))
    summary = Summary(
        key=f"monthly-{period.name}",
        title=f"Reach summary, {name}{' so far' if desk.running else ''}",
        board=board.name,
        month=name,
        days=numbers.days(period.start, min(period.end, today)),
        as_read=_as_read(months, as_of),
        remarks=tuple(remarks),
        headline=headline.headline(
            name, judged, published, known=_known(found), running=desk.running
        ),
        status=status.section(_standing(desk, rows, stopped), name, material),
        channels=channels.channels(months, material, cells),
        websites=channels.websites(months, material, cells),
        trend=trend.section(judged, months, cells),
        months=trend.months_table(judged, months, cells),
        delivery=delivery.section(list(_delivered(desk, sound, planned, rows)), cells),
        posts=_top(desk, cells),
        campaigns=campaigns_part.section(evaluated, material),
        ahead=_ahead(desk, sound, planned, rows),
        missing=(*_missing(months, material, troubled), *campaigns_part.doubts(evaluated)),
        breaks=trend.breaks(judged, material),
        notes=material.footnotes.notes(),
        shorthand=cells.shorthand(),
        sources=tuple(_sources(desk, found)),
        decision=NOTING,
        figures=dict(cells.figures),
    )
    every = (Month(one, tuple(months.found[one.name])) for one in months.periods)
    return Gathered(summary, tuple(found), tuple(every))


def _known(found: Sequence[Figure]) -> bool:
    return any(one.value is not None for one in found)


def _check(period: Period, as_of: date, today: date) -> None:
    if period != month(f"{period.start:%Y-%m}"):
        raise UsageError(f"{period.name} is not a month: write it as 2021-03")
    if period.start.year < EARLIEST:
        raise UsageError(f"{period.name}: there were no websites before {EARLIEST}")
    if period.start > today:
        raise UsageError(f"{period.name} has not begun yet")
    if as_of < period.start:
        raise UsageError(
            f"{numbers.day(as_of)} is before {period.start:%B %Y} began: nothing of that month was "
            "known then"
        )


def _months(desk: _Desk) -> Months:
    """Return the figures of all months, and of which accounts and months posts may be missing."""
    periods = [desk.period]
    while len(periods) < MONTHS:
        periods.insert(0, before(periods[0], desk.board.year_starts))
    whole = days(periods[0].start, desk.period.end)
    missing = {
        account: tuple(
            month(one.name)
            for one in months_missing(desk.db, account, whole, desk.as_of, desk.today)
        )
        for account in desk.board.accounts
    }
    shown = (periods[-1], periods[-2], periods[0])
    return Months(
        desk.board,
        tuple(periods),
        {
            one.name: figures_of.figures(desk.db, desk.board, Question(one, as_of=desk.as_of), ())
            for one in periods
        },
        missing,
        frozenset(_covered(desk, shown)),
        desk.running,
    )


def _covered(desk: _Desk, shown: Sequence[Period]) -> Iterator[tuple[str, str]]:
    """Yield the accounts and months of which a source lists every day."""
    accounts = tuple(desk.board.accounts)
    if not accounts:
        return
    for period in shown:
        question = Question(period, as_of=desk.as_of, subjects=accounts)
        for one in figures_of.coverage(desk.db, desk.board, question):
            whole = (period.end - period.start).days + 1
            if one.unit == "days" and one.have == one.due == whole:
                yield one.subject, period.name


def _standing(desk: _Desk, rows: dict[str, Row], stopped: datetime | None) -> status.Standing:
    db, board = desk.db, desk.board
    subjects = (*board.accounts, *board.websites)
    question = Question(desk.period, as_of=desk.as_of, subjects=subjects)
    first, until = span(desk.period, board.zone)
    return status.Standing(
        day=desk.today,
        paused=pauses.active(db),
        paused_before=pauses.lifted_since(db, first, until),
        stopped=stopped,
        closed=board.calendar.closed_at(desk.now),
        closed_before=board.calendar.within(first, until),
        waiting=Counter(
            row.state for row in rows.values() if row.state != "failed" or row.due_at >= first
        ),
        coverage=[*figures_of.coverage(db, board, question)],
        last_read={one: sources.last_read(db, one, desk.as_of) for one in subjects},
    )


_Plans = dict[str, list[Delivery]]


def _planned(campaigns: Sequence[Campaign], board: Board) -> _Plans:
    """Return what each campaign plans, by its id."""
    return {
        one.id: [planned.delivery for planned in planning.deliveries(one, board)[0]]
        for one in campaigns
    }


def _delivered(
    desk: _Desk, campaigns: Sequence[Campaign], planned: _Plans, rows: dict[str, Row]
) -> Iterator[Delivered]:
    """Yield each campaign that planned anything for the month, up to now.

    What has a time in the YAML was planned for that time, whenever it was released; what has none
    there, or has left the YAML, for the time that the queue has.
    """
    first, until = span(desk.period, desk.board.zone)
    until = min(until, desk.now)
    times = {one.id: one.at for found in planned.values() for one in found if one.at is not None}
    for row in rows.values():
        if row.state != "withdrawn":
            times.setdefault(row.id, row.due_at)
    due: dict[str, list[str]] = {one.id: [] for one in campaigns}
    for name in sorted(name for name, at in times.items() if first <= at < until):
        due.setdefault(name.partition("/")[0], []).append(name)
    titles = {one.id: " ".join(one.title.split()) for one in campaigns}
    modes = _modes(planned, rows)
    posts = {one.id: one.post for found in planned.values() for one in found}
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


def _modes(planned: _Plans, rows: dict[str, Row]) -> dict[str, Mode]:
    """Return how each delivery goes out: what is in the queue goes as it was queued."""
    modes = {one.id: one.mode for found in planned.values() for one in found}
    modes.update({name: row.mode for name, row in rows.items()})
    return modes


def _was_sent(row: Row | None, until: datetime) -> bool:
    """Tell whether a delivery went out before `until`."""
    return row is not None and row.published_at is not None and row.published_at < until


def _top(desk: _Desk, cells: Cells) -> Section:
    """Return the posts that stood out among those of each account."""
    start, end = span(desk.period, desk.board.zone)
    seen: list[posts.Seen] = []
    measures: dict[str, str] = {}
    for account in desk.board.accounts:
        meant = Posts(start, end, desk.as_of, accounts=(account,))
        told = {one.metric for one in stored.told(desk.db, meant).sums if one.value is not None}
        metric = next((one for one in _SEEN if one in told), None)
        if metric is not None:
            measures[account] = metric
            seen += [
                posts.Seen(account, name, _day(at, desk), value)
                for name, at, value in stored.values(desk.db, meant, metric)
            ]
    words: dict[tuple[str, str], str | None] = {}
    for top in posts.top(seen):
        one = top.seen
        found = stored.texts(desk.db, one.account, [one.platform_id])
        words[one.account, one.platform_id] = found.get(one.platform_id)
    return posts.section(seen, measures, words, cells.material, cells)


def _day(at: datetime, desk: _Desk) -> date:
    return at.astimezone(desk.board.zone).date()


def _evaluated(
    desk: _Desk, campaigns: Sequence[Campaign], planned: _Plans, rows: dict[str, Row]
) -> Iterator[Evaluated]:
    """Yield the campaigns with posts in the month, or that ended in it or in the month before."""
    earlier = before(desk.period, desk.board.year_starts)
    ended = days(earlier.start, desk.period.end)
    modes = _modes(planned, rows)
    for campaign in campaigns:
        own = [row for row in rows.values() if row.campaign == campaign.id]
        dates = days_of(desk.db, desk.board, campaign.id, planned[campaign.id], own)
        last = [dates[-1]] if dates else []
        if campaign.objective is not None:
            last.append(campaign.objective.by)
        live = any(day in desk.period for day in dates)
        if not dates or dates[0] > desk.period.end or not (live or max(last) in ended):
            continue
        known = years(desk.board, days(dates[0], dates[0]))
        period = days(known.start, desk.period.end)
        question = Question(period, as_of=desk.as_of, subjects=(campaign.id,))
        found = figures_of.figures(desk.db, desk.board, question, [campaign.id])
        times = {one.id: one.at for one in planned[campaign.id] if one.at is not None}
        times.update({row.id: row.due_at for row in own})
        begun = [name for name, at in times.items() if _day(at, desk) <= desk.period.end]
        rehearsed = bool(begun) and all(modes[name] == "outbox" for name in begun)
        yield Evaluated(campaign, period, found, rehearsed)


def _ahead(
    desk: _Desk, campaigns: Sequence[Campaign], planned: _Plans, rows: dict[str, Row]
) -> Section:
    coming = month(f"{desk.period.end + timedelta(days=1):%Y-%m}")
    modes = _modes(planned, rows)
    found = []
    for campaign in campaigns:
        due = [
            one
            for one in planned[campaign.id]
            if one.at is not None and _day(one.at, desk) in coming
        ]
        if due:
            title = " ".join(campaign.title.split())
            rehearsed = sum(modes[one.id] == "outbox" for one in due)
            found.append(ahead.Coming(title, len({one.post for one in due}), len(due), rehearsed))
    calendar = desk.board.calendar
    return ahead.section(coming, found, calendar, calendar.within(*span(coming, desk.board.zone)))


def _missing(months: Months, material: Material, troubled: Sequence[str]) -> Iterator[str]:
    name, found = f"{months.this.start:%B %Y}", months.found[months.this.name]
    for account, missing in months.missing.items():
        if months.this in missing:
            yield f"{material.name(account)}: no source lists posts of {name}."
    for subject in (*months.board.accounts, *months.board.websites):
        if not any(subject in one.subject.split("+") and one.value is not None for one in found):
            words = material.name(subject)
            yield f"{words[:1].upper()}{words[1:]}: no figures of {name} itself."
    for file in dict.fromkeys(troubled):
        yield (
            f"Campaigns: {file} has mistakes, so what it plans is left out; `sgcomms check` shows "
            "them."
        )


_NAMED = 6
"""So many sources are named; the rest are counted, and `stats --explain` names them all."""


def _sources(desk: _Desk, found: Sequence[Figure]) -> Iterator[str]:
    wanted = sorted({source for one in found for source in one.sources}, reverse=True)
    names = figures_of.source_names(desk.db, set(wanted[:_NAMED]))
    yield from dict.fromkeys(map(numbers.dated_last, names.values()))
    if len(wanted) > _NAMED:
        yield (
            f"{len(wanted) - _NAMED:,} more: `sgcomms stats --month {desk.period.name} --explain` "
            "names them all."
        )


def _as_read(months: Months, as_of: date) -> str:
    """Return up to which day the month's figures were read."""
    read = [one.as_of for one in months.found[months.this.name] if one.as_of is not None]
    asked = "" if as_of == FOREVER else numbers.day(as_of)
    if not read:
        return f"No figures had been read by {asked}." if asked else "No figures have been read."
    words = f"Figures as read up to {numbers.day(max(read))}"
    return f"{words}, and as known on {asked}." if asked else f"{words}."
