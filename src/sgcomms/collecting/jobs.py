"""What is to be read of one account or website now, and what it may cost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sgcomms import clock
from sgcomms.collecting import cadence
from sgcomms.collecting.cadence import Window, Year
from sgcomms.collecting.gathering import Gathered, of_account, of_website
from sgcomms.collecting.model import (
    ASKS,
    LEASE,
    Access,
    Collected,
    Job,
    Request,
    chore,
    local,
    month_began,
)
from sgcomms.config import Board
from sgcomms.db import Db, chores, identities, location, posts, sources
from sgcomms.metering import Meter
from sgcomms.models import Account, Budget, Source, Website
from sgcomms.periods import midnight, year_of
from sgcomms.platforms import Measuring
from sgcomms.websites import Tool

DOLLARS = Decimal("15.00")
"""A month's budget for an account whose platform charges for reading, unless the board has one.

A post a day, read as often as the design says at X's full price, costs about ten."""

LONGEST_WAIT = timedelta(days=2)
"""No platform asks for more; a time beyond was noted by a clock that was ahead."""

DAILY_FIGURES = {"daily": timedelta(days=7), "weekly": timedelta(days=28)}
"""How far back a run of these sweeps reads what an account received each day; others all of it."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is due, how it is read on a meter, and what the source of the run keeps of it."""

    sweep: str
    work: Callable[[Meter], Gathered]
    detail: dict[str, object]
    since: datetime | None = None


def planned(
    db: Db, board: Board, access: Access, request: Request, subject: str
) -> Job | Collected:
    """Return what is to be read of `subject`, or why nothing is. Raises as `Access` does.

    The subject is held first: what is due, and what the budget leaves, is looked up after that. A
    job has its source already, so that nothing it costs is forgotten, however it ends.
    """
    now = clock.now()
    in_websites = subject in board.websites
    found = access.tool(subject) if in_websites else access.measuring(subject)
    if found is None:
        return Collected(
            subject, idle="this version reads nothing from its platform: import its exports"
        )
    waits = _waits_until(db, subject, now)
    if waits is not None:
        return Collected(subject, found.label, idle=f"waits until {local(waits, board)}")
    name, lease = chore(subject), now + LEASE
    seen = chores.known(db).get(name)
    held = seen is not None and now < seen <= now + LEASE
    if held or not chores.take(db, name, seen, lease):
        until = f"; if that was stopped, from {local(seen, board)} on" if seen else ""
        return Collected(subject, found.label, idle=f"another run is reading it{until}")
    try:
        job = _job(db, board, request, found, now, lease)
    except BaseException:
        chores.drop(db, name, lease)
        raise
    if isinstance(job, Collected):
        chores.drop(db, name, lease)
    return job


def _job(
    db: Db, board: Board, request: Request, found: Measuring | Tool, now: datetime, lease: datetime
) -> Job | Collected:
    if isinstance(found, Tool):
        subject: Account | Website = found.website
        plan = _website_plan(db, board, request, found, now)
    else:
        subject = found.account
        plan = _account_plan(db, board, request, found, now)
    if isinstance(plan, Collected):
        return plan
    charged = isinstance(found, Measuring) and "owned_read" in found.prices
    meter, budget = _meter(db, board, subject, now, charged=charged)
    if meter.calls_left == 0 or meter.dollars_left == 0:
        words = "this month's budget is used up; raise `budget` in config/board.yaml to go on"
        return Collected(subject.id, found.label, idle=words)
    source = sources.begin(
        db,
        Source(
            "api",
            f"{found.label} API",
            sources.BROKEN_OFF,
            subject.id,
            now.astimezone(board.zone).date(),
            detail={"error": "the run ended before anything was stored"},
        ),
    )
    meter.until = now + ASKS
    spending = sources.Spending(location(db), source)
    if charged or budget.calls is not None:
        meter.note = spending.note

    def work() -> Gathered:
        try:
            return plan.work(meter)
        finally:
            spending.close()

    return Job(
        subject.id,
        found.label,
        plan.sweep,
        work,
        meter,
        plan.detail,
        budget,
        source,
        lease,
        plan.since,
    )


def _account_plan(
    db: Db, board: Board, request: Request, platform: Measuring, now: datetime
) -> _Plan | Collected:
    account = platform.account
    runs = sources.latest_runs(db, account.id)
    last = {sweep: at for sweep, at in runs.items() if at <= now}  # a clock was ahead once
    if request.since is not None:
        window: Window | None = Window(cadence.GIVEN, request.since)
    else:
        window = cadence.window(last, _year(board, now), now)
    if window is None:
        due = local(cadence.next_time(last, now), board)
        return Collected(account.id, platform.label, idle=f"nothing is due until {due}")
    platform.own_id = platform.own_id or _own_id(db, account)
    platform.zone = board.zone
    back = DAILY_FIGURES.get(window.sweep)
    begins = window.since if back is None else now - back
    days = begins.date(), now.date() - timedelta(days=1)
    known = posts.known(db, account.id, window.since)
    return _Plan(
        window.sweep,
        lambda meter: of_account(platform, window, now, known, days, meter),
        {"since": clock.stored(window.since), "until": clock.stored(now)},
        window.since,
    )


def _website_plan(
    db: Db, board: Board, request: Request, tool: Tool, now: datetime
) -> _Plan | Collected:
    website, today = tool.website, now.astimezone(board.zone).date()
    known = {} if request.since is not None else sources.periods_read(db, website.id)
    read = {period: day for period, day in known.items() if day <= today}
    due: list[tuple[date, date]] = [
        *cadence.website_periods(today, board.year_starts, read),
    ]
    if request.since is not None:
        begins = request.since.astimezone(board.zone).date()
        due = [(first, last) for first, last in due if last >= begins]
    if not due:
        again = local(midnight(today + timedelta(days=1), board.zone), board)
        return Collected(website.id, tool.label, idle=f"nothing is due until {again}")
    return _Plan("periods", lambda meter: of_website(tool, due, meter), {})


def _year(board: Board, now: datetime) -> Year:
    running = year_of(now.astimezone(board.zone).date(), board.year_starts)
    before = year_of(running.start - timedelta(days=1), board.year_starts)
    return Year(midnight(running.start, board.zone), midnight(before.start, board.zone))


def _own_id(db: Db, account: Account) -> str | None:
    """Return the account's id on its platform, if its token was looked at and is its own."""
    for one in identities.known(db):
        handle = one.handle.removeprefix("@").casefold()
        if one.account == account.id and handle == account.handle.removeprefix("@").casefold():
            return one.platform_id
    return None


def _meter(
    db: Db, board: Board, subject: Account | Website, now: datetime, *, charged: bool
) -> tuple[Meter, Budget]:
    """Return the meter of a run, with what the month's budget leaves, and that budget."""
    budget = subject.budget
    if charged and budget.dollars is None:
        budget = Budget(budget.calls, DOLLARS)
    calls, dollars = sources.spent(db, subject.id, month_began(board, now))
    return Meter(
        None if budget.calls is None else max(0, budget.calls - calls),
        None if budget.dollars is None else max(Decimal(0), budget.dollars - dollars),
    ), budget


def _waits_until(db: Db, subject: str, now: datetime) -> datetime | None:
    """Return until when the platform has refused more, by the run before."""
    last = sources.last_run(db, subject)
    until = (
        clock.from_stored(last.detail["retry_at"]) if last and "retry_at" in last.detail else None
    )
    return until if until is not None and now < until <= now + LONGEST_WAIT else None
