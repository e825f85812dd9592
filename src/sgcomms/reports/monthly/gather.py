"""Reads all that the summary is made of, once; everything else in this package is pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta

from sgcomms import clock, planning
from sgcomms import figures as figures_of
from sgcomms.config import Board
from sgcomms.db import Db, pauses, queue, sources
from sgcomms.db.posts import FOREVER
from sgcomms.errors import UsageError
from sgcomms.figures import Figure, Question
from sgcomms.figures.gaps import months_missing
from sgcomms.models import Campaign
from sgcomms.periods import Period, before, days, month, span
from sgcomms.reports import numbers
from sgcomms.reports.changes import Changes
from sgcomms.reports.gathered import Gathered
from sgcomms.reports.material import Material, Month
from sgcomms.reports.model import Section
from sgcomms.reports.monthly import (
    ahead,
    breaks,
    caveats,
    channels,
    delivery,
    headline,
    status,
    trend,
)
from sgcomms.reports.monthly import campaigns as campaigns_part
from sgcomms.reports.monthly.best import best
from sgcomms.reports.monthly.cells import Cells
from sgcomms.reports.monthly.coming import coming
from sgcomms.reports.monthly.desk import Desk, Plans
from sgcomms.reports.monthly.model import Summary
from sgcomms.reports.monthly.months import MONTHS, Months
from sgcomms.reports.monthly.planned import delivered, evaluated

EARLIEST = 1991
"""The year of the first website."""

NOTING = "For noting: the Board is asked to receive and note this summary."
"""What a committee paper asks for where nothing is to be decided."""


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
    desk = Desk(db, board, period, min(as_of, today), now, today)
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
    plans = Plans(
        sound,
        {one.id: [each.delivery for each in planning.deliveries(one, board)[0]] for one in sound},
        {row.id: row for row in queue.rows(db)},
    )
    accounts, more_accounts = channels.channels(months, material, cells)
    websites, more_websites = channels.websites(months, material, cells) or (None, ())
    trends, more_trends = trend.section(judged, months, cells)
    behind = trend.months_table(judged, months, cells)
    rated, more_rated = delivery.section(list(delivered(desk, plans)), cells)
    top, more_posts = best(desk, months, cells)
    known = list(evaluated(desk, plans))
    shown = campaigns_part.section(known, cells, numbers.day(desk.as_of))
    changed = breaks.lines(judged, channels.crossed(months, material))
    missing = (*_missing(months, material, troubled), *campaigns_part.doubts(known))
    limits, more_limits = caveats.section(missing, changed, cells)
    own = tuple(dict.fromkeys([*found, *campaigns_part.figures(known)]))
    every = tuple(Month(one, tuple(months.found[one.name])) for one in months.periods)
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
        status=status.section(_standing(desk, plans, stopped), name, material),
        channels=accounts,
        websites=websites,
        trend=trends,
        delivery=rated,
        posts=top,
        campaigns=shown.section,
        evaluated=shown.campaigns,
        ahead=_ahead(desk, plans),
        caveats=limits,
        decision=NOTING,
        annex=(
            *more_limits,
            *more_accounts,
            *more_websites,
            *more_trends,
            *more_rated,
            *more_posts,
            *shown.rest,
            *behind,
        ),
        notes=material.footnotes.notes(),
        sources=tuple(_sources(desk, own, [one for each in every for one in each.found])),
        figures=dict(cells.figures),
    )
    return Gathered(summary, own, every)


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


def _months(desk: Desk) -> Months:
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


def _covered(desk: Desk, shown: Sequence[Period]) -> Iterator[tuple[str, str]]:
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


def _standing(desk: Desk, plans: Plans, stopped: datetime | None) -> status.Standing:
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
            row.state for row in plans.rows.values() if row.state != "failed" or row.due_at >= first
        ),
        coverage=[*figures_of.coverage(db, board, question)],
        last_read={one: sources.last_read(db, one, desk.as_of) for one in subjects},
    )


def _ahead(desk: Desk, plans: Plans) -> Section:
    month_after = month(f"{desk.period.end + timedelta(days=1):%Y-%m}")
    calendar = desk.board.calendar
    closures = calendar.within(*span(month_after, desk.board.zone))
    return ahead.section(month_after, list(coming(desk, plans, month_after)), calendar, closures)


def _missing(months: Months, material: Material, troubled: Sequence[str]) -> Iterator[str]:
    name, found = f"{months.this.start:%B %Y}", months.found[months.this.name]
    unlisted = [one for one, missing in months.missing.items() if months.this in missing]
    without = [
        subject
        for subject in (*months.board.accounts, *months.board.websites)
        if not any(subject in one.subject.split("+") and one.value is not None for one in found)
    ]
    for subjects, what in (
        (unlisted, f"no source lists posts of {name}"),
        (without, f"no figures of {name} itself"),
    ):
        if subjects:
            words = numbers.listed([material.name(one) for one in subjects])
            yield f"{words[:1].upper()}{words[1:]}: {what}."
    for file in dict.fromkeys(troubled):
        yield (
            f"Campaigns: {file} has mistakes, so what it plans is left out; `sgcomms check` shows "
            "them."
        )


_NAMED = 6
"""So many sources are named; the rest are counted, and `stats --explain` names them all."""


def _sources(desk: Desk, own: Sequence[Figure], others: Sequence[Figure]) -> Iterator[str]:
    wanted = _behind(own)
    lines = figures_of.source_lines(desk.db, wanted)[::-1]
    yield from map(numbers.dated_last, lines[:_NAMED])
    if len(lines) > _NAMED:
        yield (
            f"{len(lines) - _NAMED:,} more: `sgcomms stats --month {desk.period.name} --explain` "
            "names them all."
        )
    if not _behind(others) <= wanted:
        yield "The figures of other months have more sources: the summary of each names its own."


def _behind(found: Iterable[Figure]) -> set[int]:
    return {source for one in found for source in one.sources}


def _as_read(months: Months, as_of: date) -> str:
    """Return up to which day the month's figures were read."""
    read = [one.as_of for one in months.found[months.this.name] if one.as_of is not None]
    asked = "" if as_of == FOREVER else numbers.day(as_of)
    if not read:
        return f"No figures had been read by {asked}." if asked else "No figures have been read."
    words = f"Figures as read up to {numbers.day(max(read))}"
    return f"{words}, and as known on {asked}." if asked else f"{words}."
