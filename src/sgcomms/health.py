"""How publishing is doing: what is stuck, what needs a person, what it has cost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from textwrap import shorten

from sgcomms import clock, publishing
from sgcomms.config import Board
from sgcomms.db import (
    Db,
    alerts,
    home,
    issues,
    parks,
    pauses,
    queue,
    removals,
    sendings,
    unwanted,
)
from sgcomms.db.parks import Park
from sgcomms.db.pauses import STOP_FILE, Pause
from sgcomms.db.queue import Row
from sgcomms.db.removals import Removal
from sgcomms.db.sendings import Sending
from sgcomms.errors import SgcommsError
from sgcomms.planning import cost
from sgcomms.workspace import Workspace

NO_TICK = timedelta(minutes=10)
"""Cron ticks each minute: without one for so long, publishing has stopped."""

OVERDUE = timedelta(minutes=5)
"""How long a delivery may be due before it counts as stuck: a tick has come round by then."""

HANDED = timedelta(hours=4)
"""How long an officer may take before a delivery that she was handed counts as forgotten."""

FAILED_DAYS = 7
TWICE_DAYS = 3
"""How long what was refused, and what may be public twice, counts as something to look at."""


@dataclass(frozen=True, slots=True)
class Health:
    """The state of publishing at one moment. `costs` are this month's, by account, in US dollars.

    `removals` are the posts that are to come down and are still there. `wrong` are the things that
    stand in the way or wait for a person, one line each.
    """

    last_tick: datetime | None
    overdue: tuple[Row, ...]
    parked: tuple[Park, ...]
    pauses: tuple[Pause, ...]
    uncertain: tuple[Row, ...]
    held: tuple[Row, ...]
    failed: tuple[Row, ...]
    handed: tuple[Row, ...]
    removals: tuple[Removal, ...]
    costs: dict[str, Decimal]
    wrong: tuple[str, ...]


def examine(space: Workspace, board: Board, db: Db) -> Health:
    """Return how publishing of `space` is doing."""
    now = clock.now()
    rows = queue.rows(db)
    last = space.last_beat()
    overdue = tuple(queue.overdue(db, now - OVERDUE))
    parked = tuple(parks.parked(db, now))
    since = now - timedelta(days=FAILED_DAYS)
    failed = tuple(row for row in rows if row.state == "failed" and row.due_at > since)
    by_state = {
        state: tuple(row for row in rows if row.state == state)
        for state in ("uncertain", "held", "handed")
    }
    found = Health(
        last_tick=last,
        overdue=overdue,
        parked=parked,
        pauses=tuple(pauses.active(db)),
        uncertain=by_state["uncertain"],
        held=by_state["held"],
        failed=failed,
        handed=by_state["handed"],
        removals=tuple(
            one for one in removals.wanted(db, [row.id for row in rows]) if one.state != "removed"
        ),
        costs=costs(rows, board, now),
        wrong=(),
    )
    return replace(found, wrong=tuple(_wrong(space, board, db, found, rows, now)))


def _wrong(
    space: Workspace, board: Board, db: Db, health: Health, rows: list[Row], now: datetime
) -> list[str]:
    wrong = [*_machine(space, board, db, health, rows), *_stopped(space, board, health)]
    if health.overdue:
        first = health.overdue[0]
        since = _local(first.due_at, board)
        why = f": {first.reason}" if first.reason else ""
        wrong.append(
            f"{_count(health.overdue)} overdue; the oldest, {first.id}, since {since}{why}"
        )
    wrong += [f"{row.id} may be live: {look_for(row, board)}" for row in health.uncertain]
    wrong += [f"{row.id} is held: {row.reason}" for row in health.held]
    wrong += [f"{row.id} was refused: {row.reason}" for row in health.failed]
    wrong += [
        f"{row.id} was handed over to be posted by hand, and nobody has confirmed it"
        for row in health.handed
        if row.due_at < now - HANDED
    ]
    wrong += [
        f"{document} may have reached {one.recipient}: ask, then `sgcomms report settle "
        f"{document} {one.recipient} --received` or `--not-received`"
        for document, one in sendings.standing(db)
    ]
    wrong += _reports(board, db, now)
    wrong += [_to_take_down(one) for one in health.removals]
    wrong += [
        f"{one.delivery} is to be taken down as soon as it is known whether it is live"
        for one in unwanted.standing(db)
    ]
    twice = alerts.since(db, "twice", now - timedelta(days=TWICE_DAYS))
    wrong += [f"{one.subject} may be public twice: {one.words}" for one in twice]
    unsent = len(alerts.unsent(db))
    if unsent and board.alerts_to:
        wrong.append(f"{unsent:,} {'message' if unsent == 1 else 'messages'} not e-mailed yet")
    return wrong


def _reports(board: Board, db: Db, now: datetime) -> Iterator[str]:
    """Yield which reports have not reached somebody, or wait for a yes."""
    named = {one.casefold() for one in board.reports.recipients}
    for document, one in sendings.open_ones(db, now - timedelta(days=FAILED_DAYS)):
        if one.state != "sending" and one.recipient.casefold() not in named:
            continue  # it is not sent there any more
        stands = _stands(board, db, one, now)
        if stands is not None:
            yield f"{document} to {one.recipient} {stands}"
    if not board.reports.recipients or board.reports.send == "never":
        return
    for prepared in issues.waiting(db):
        yield (
            f"{prepared} waits for a yes: read it in reports/, then `sgcomms report monthly "
            f"--month {prepared.removeprefix('monthly-')} --send`"
        )


def _stands(board: Board, db: Db, one: Sending, now: datetime) -> str | None:
    """Return how a report that somebody has not got stands, None while it is on its way."""
    why = f": {one.reason}" if one.reason else ""
    if one.state == "failed":
        return f"was not sent{why}"
    if one.state == "sending":
        if one.lease_until is None or one.lease_until > clock.real_now():
            return None
        since = _local(one.lease_until, board)
        return (
            f"was being sent when the program ended, before {since}: the next tick says whether "
            "it may have arrived"
        )
    if not sendings.may_go(db, one.issue, now):
        return (
            f"was not sent, since it was stopped or is late: send it again, with another yes{why}"
        )
    if one.reason or (one.wake_at is not None and one.wake_at < now - OVERDUE):
        return f"waits, and is tried again by `sgcomms run`{why}"
    return None


def _to_take_down(one: Removal) -> str:
    where = one.url or f"{one.platform_id} on {one.account}"
    if one.state == "by_hand":
        return (
            f"{one.delivery} has to be taken down by hand: {where}; then `sgcomms takedown "
            f"{one.delivery} --done --by WHO`"
        )
    why = f" ({one.detail})" if one.detail else ""
    return f"{one.delivery} is still to be taken down: {where}{why}"


def _stopped(space: Workspace, board: Board, health: Health) -> list[str]:
    """Return what keeps deliveries from going out, on purpose or until something is mended."""
    found = []
    for park in health.parked:
        until = f"until {_local(park.until, board)}" if park.until else "until it is mended"
        then = f"; then `sgcomms accounts verify {park.account}`"
        asked = park.kind in ("token", "credit") and "accounts verify" not in park.reason
        found.append(f"{park.account} is parked {until}: {park.reason}{then if asked else ''}")
    file = space.stopped() is not None
    if file:
        found.append("a file named STOP lies in the workspace: nothing is sent")
    for pause in health.pauses:
        if pause.by == STOP_FILE and file:
            continue
        why = "; the file is gone, and" if pause.by == STOP_FILE else f": {pause.reason};"
        since = _local(pause.started_at, board)
        found.append(
            f"{pause} is paused since {since} by {pause.by}{why} `sgcomms resume` lifts it"
        )
    return found


def _machine(space: Workspace, board: Board, db: Db, health: Health, rows: list[Row]) -> list[str]:
    """Return what is wrong with where and when this runs."""
    wrong = []
    known = home.home(db)
    if known is not None and known != space.home:
        wrong.append(f"this is a copy: the workspace that publishes is {known}")
    clock_wrong = publishing.check_clock(db)
    if clock_wrong:
        wrong.append(clock_wrong)
    waits = any(row.state in ("queued", "publishing", "uncertain") for row in rows)
    public = any(account.mode != "outbox" for account in board.accounts.values())
    if any(account.mode == "live" for account in board.accounts.values()):
        try:
            space.secrets()
        except SgcommsError as error:
            wrong.append(f"nothing can be sent: {error}")
    if (waits or public) and clock.rehearsed() is None:
        wrong += _ticks(health.last_tick, board)
    return wrong


def _ticks(last: datetime | None, board: Board) -> list[str]:
    """Return what is wrong with the ticks, by when the last one was."""
    if last is None:
        return ["no tick has ever run here: cron or `sgcomms run` must call `publish`"]
    silence = clock.real_now() - last
    if silence > NO_TICK:
        since = _local(last, board)
        return [f"no tick since {since}: cron or the service has stopped, nothing goes out"]
    if silence < -NO_TICK:
        return [
            f"the last tick was {_local(last, board)}, which is still to come: the clock of this "
            "machine was wrong then, or is now"
        ]
    return []


def look_for(row: Row, board: Board) -> str:
    """Return where a person looks for a delivery that may be live, and for what."""
    account = board.accounts.get(row.account)
    where = f"@{account.handle} on {row.platform}" if account else row.account
    words = row.draft.text.strip().partition("\n")[0]
    first = shorten(words, 60, placeholder=" …") if words else "the picture"
    when = _sent(row, board)
    return (
        f'look at {where} for "{first}"{when}; then `sgcomms settle {row.id} --posted URL` or '
        "`--not-posted`"
    )


def _sent(row: Row, board: Board) -> str:
    """Return when a delivery was sent; a restored one may have gone out since its backup."""
    if row.armed_at is None:
        return ""
    if row.armed_at < row.due_at:
        since = _local(row.armed_at, board)
        return f", due {_local(row.due_at, board)}; it may have gone out since {since}"
    return f", sent {_local(row.armed_at, board)}"


def costs(rows: list[Row], board: Board, now: datetime) -> dict[str, Decimal]:
    """Return what this month's live posts have cost so far, by account, where it costs anything."""
    month = now.astimezone(board.zone).strftime("%Y-%m")
    spent: dict[str, Decimal] = {}
    for row in rows:
        account = board.accounts.get(row.account)
        if row.published_at is None or row.mode != "live" or account is None:
            continue
        if row.published_at.astimezone(board.zone).strftime("%Y-%m") != month:
            continue
        price = cost(row.platform, row.draft, board, row.account)
        if price:
            spent[row.account] = spent.get(row.account, Decimal(0)) + price
    return spent


def _count(rows: tuple[Row, ...]) -> str:
    return f"{len(rows):,} {'delivery is' if len(rows) == 1 else 'deliveries are'}"


def _local(at: datetime, board: Board) -> str:
    return f"{at.astimezone(board.zone):%a %d %b %Y %H:%M %Z}"
