"""The monthly summary of the month before: prepared once, on the first office day from the 3rd on.

By then the figures of the month have settled (see `periods.SETTLES`). Months that went by while
nothing ran are caught up with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sgcomms import clock, files, periods
from sgcomms.campaigns import load
from sgcomms.config import Board
from sgcomms.db import Db, alerts, issues, pauses, sendings
from sgcomms.db.issues import Issue
from sgcomms.db.sendings import Sending
from sgcomms.distributing.preparing import Prepared, perhaps_out, prepare
from sgcomms.distributing.sending import StoppedError, carrier, look, may_send, send
from sgcomms.errors import SgcommsError
from sgcomms.models import Mail
from sgcomms.periods import Period
from sgcomms.reports import monthly
from sgcomms.workdays import first_office_day
from sgcomms.workspace import Workspace

ACTOR = "report"
FOLDER = "reports"
FROM_DAY = 3
FROM_HOUR = 8
"""The hour of the board from which on the summary is prepared."""

CAUGHT_UP = 12
"""So many months before the one that is due are caught up with."""

WAITS = "report waits"
"""The kind of an alert about a document that nobody has said yes to."""

Make = Callable[[Period], Mail]
"""Makes the summary of a month."""


@dataclass(frozen=True, slots=True)
class Told:
    """A line of what was done; `wrong` tells that somebody may have to act."""

    words: str
    wrong: bool = False


_PREFIX = "monthly-"


def name(period: Period) -> str:
    """Return the key of the summary of a month."""
    return f"{_PREFIX}{period.name}"


def maker(space: Workspace, board: Board, db: Db) -> Make:
    """Return what makes the summary of a month from the figures of `space`."""

    def make(period: Period) -> Mail:
        loaded = load(space.root, board)
        summary = monthly.gather(
            db,
            board,
            period,
            loaded.campaigns,
            stopped=space.stopped(),
            troubled=sorted({one.file for one in loaded.problems if one.severity == "error"}),
        )
        return monthly.letter(summary, space.template)

    return make


def due(now_day: date, hour: int, board: Board) -> tuple[Period, date] | None:
    """Return the month whose summary is due by that day and hour, and its day; None before that."""
    day = _day_of(now_day, board)
    if now_day < day or (now_day == day and hour < FROM_HOUR):
        return None
    return _month_before(now_day), day


def _owed(db: Db, board: Board) -> list[tuple[Period, date]]:
    """Return the months whose summary is due and not prepared, each with its day, oldest first.

    One that fell due while nothing ran is among them, where one before it had been prepared.
    """
    local = clock.now().astimezone(board.zone)
    found = due(local.date(), local.hour, board)
    if found is None or issues.made(db, name(found[0])):
        return []
    owed, last = [found], issues.last_made(db, _PREFIX)
    while last is not None and len(owed) <= CAUGHT_UP:
        later = owed[0][0].start
        period = _month_before(later)
        if name(period) <= last:
            break
        owed.insert(0, (period, _day_of(later, board)))
    return owed


def _day_of(month: date, board: Board) -> date:
    return first_office_day(month.replace(day=FROM_DAY), board.calendar.holidays)


def _month_before(day: date) -> Period:
    return periods.month(f"{day.replace(day=1) - timedelta(days=1):%Y-%m}")


def work(
    space: Workspace,
    board: Board,
    db: Db,
    make: Make,
    *,
    ending: Callable[[], bool] = lambda: False,
) -> Iterator[Told]:
    """Go on with what was cut off, and prepare the monthly summary when its day has come.

    It is written to reports/, and somebody is told that it waits for a yes; or it is sent, where
    the board lets it go by itself. In a rehearsal nothing is done. Raises SgcommsError when it
    could not be made or sent.
    """
    if clock.rehearsed() is not None:
        return  # what is prepared or sent in a rehearsal would count as the real one
    yield from _carry_on(space, board, db, ending)
    if not board.reports.recipients or board.reports.send == "never":
        return
    for period, day in _owed(db, board):
        yield from _prepared(space, board, db, make(period), period, day, ending)
        if ending():
            return


def _prepared(
    space: Workspace,
    board: Board,
    db: Db,
    mail: Mail,
    period: Period,
    day: date,
    ending: Callable[[], bool],
) -> Iterator[Told]:
    prepared = prepare(db, board, mail, actor=ACTOR)
    _write(space, prepared.issue)
    document = prepared.issue.document
    if prepared.kind in ("unfinished", "sent"):
        issues.note_made(db, document, None)
        return
    why = _not_by_itself(space, board, db, prepared, period, day)
    if why is None and mail.bare:
        why = "no figures are known of the month, so it waits for a yes"
    if why is not None:
        if issues.note_made(db, document, (WAITS, period.name, why)):
            yield Told(f"{document} was written to {FOLDER}/: {why}", wrong=True)
        return
    issues.approve(db, prepared.issue, prepared.to, ACTOR)
    issues.note_made(db, document, None)
    try:
        rows = send(space, board, db, prepared.issue, ending=ending)
    except SgcommsError as error:
        alerts.add_once(db, WAITS, period.name, str(error))
        raise
    yield from told(document, rows)


def _not_by_itself(
    space: Workspace, board: Board, db: Db, prepared: Prepared, period: Period, day: date
) -> str | None:
    """Return why somebody has to say yes to what was prepared, or None."""
    if perhaps_out(db, board, prepared, period.end) is not None:
        return "this database was brought back from a copy, so it may have gone out: ask first"
    if board.reports.send != "by_itself":
        return "it waits for a yes"
    today = clock.now().astimezone(board.zone).date()
    if today > day:
        return f"it was to go out on {day}, and what is late waits for a yes"
    try:
        may_send(space, board, db)
    except StoppedError as error:
        return str(error)
    if _was_paused(db, datetime.combine(day, time(FROM_HOUR), board.zone)):
        return "everything was paused when it was to go out, so it waits for a yes"
    return None


def _was_paused(db: Db, since: datetime) -> bool:
    """Tell whether a pause of everything, over by now, held at any time since then."""
    until = clock.now() + timedelta(seconds=1)  # one may have begun and ended this second
    return any(one.target is None for one, _ in pauses.lifted_since(db, since, until))


def _carry_on(space: Workspace, board: Board, db: Db, ending: Callable[[], bool]) -> Iterator[Told]:
    sendings.sweep(db, ACTOR)
    yield from _look(space, board, db)
    for number in sendings.unfinished(db, clock.now()):
        one = issues.issue(db, number)
        before = {row.id: row.state for row in sendings.of(db, number)}
        now = send(space, board, db, one, ending=ending)
        yield from told(one.document, [row for row in now if row.state != before.get(row.id)])


def _look(space: Workspace, board: Board, db: Db) -> Iterator[Told]:
    """Look for what became uncertain in the last day; after that a person has been told."""
    since = clock.now() - sendings.CARRY_ON
    unsure = [row for _, row in sendings.standing(db) if row.armed_at and row.armed_at > since]
    if not unsure:
        return
    carry = carrier(space, board)
    for number in dict.fromkeys(row.issue for row in unsure):
        one = issues.issue(db, number)
        look(db, one, carry, ACTOR)
        rows = [row for row in sendings.of(db, number) if row.id in {was.id for was in unsure}]
        yield from told(one.document, [row for row in rows if row.state != "uncertain"])


def told(document: str, rows: list[Sending]) -> Iterator[Told]:
    """Yield a line for each person that an issue goes to."""
    for row in rows:
        why = f": {row.reason}" if row.reason and row.state != "sent" else ""
        good = row.state in ("sent", "withdrawn")
        yield Told(f"{row.state} {document} to {row.recipient}{why}", wrong=not good)


def _write(space: Workspace, one: Issue) -> None:
    """Write a document to the folder of reports. Raises SgcommsError when the disk refuses."""
    folder = space.root / FOLDER
    pages = {"txt": one.mail.text, "html": one.mail.html}
    try:
        for ending, content in pages.items():
            if content is not None:
                files.write_whole(folder / f"{one.document}.{ending}", content.encode())
    except OSError as error:
        words = error.strerror or type(error).__name__
        raise SgcommsError(f"{FOLDER}/{one.document} cannot be written: {words}") from error
