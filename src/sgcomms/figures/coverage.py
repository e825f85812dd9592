"""How much of each month has readings: its days, and the posts of an account.

A figure for longer than a month tells of none of the days in it: one figure for a year is not a
year of readings.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sgcomms import clock
from sgcomms.config import Board
from sgcomms.db import Db, posts, sources, spans
from sgcomms.db.posts import Posts
from sgcomms.db.spans import PeriodReading
from sgcomms.errors import UsageError
from sgcomms.figures.gaps import months
from sgcomms.figures.model import Question, check_names
from sgcomms.periods import Period, span

MONTH = timedelta(days=31)
"""The longest that a figure may be of and still tell of its days."""

_Span = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of `due` days or posts of a subject in a month, `have` have a reading.

    Of the days that have none, `longer` lie in a figure for longer than a month.
    """

    subject: str
    month: str
    unit: str
    due: int
    have: int
    longer: int = 0


def coverage(
    db: Db, board: Board, question: Question, campaigns: Iterable[str] = ()
) -> Iterator[Coverage]:
    """Yield, for each account and website and each month of the period, what has readings.

    A day has one when a reading's period of a month or less holds it; a level, such as followers,
    is of no period. A day of an account has one also when a file or a run lists posts from before
    and after it. A post has one when any of its metrics was read. Accounts for which a source gave
    figures together follow, joined by "+": such a figure is one of neither.
    Days that are still to come are not due.
    Raises UsageError for a name that is not known or is neither account nor website.
    """
    check_names(board, question, [*campaigns])
    own = (*board.accounts, *board.websites)
    joint = _joint(db, board, question)
    for subject in question.subjects:
        if subject not in (*own, *joint):
            raise UsageError(f"--coverage is of accounts and websites, and {subject} is neither")
    today = min(clock.now().astimezone(board.zone).date(), question.as_of)
    for subject in question.subjects or (*own, *joint):
        yield from _of_subject(db, board, question, subject, today)


def _of_subject(
    db: Db, board: Board, question: Question, subject: str, today: date
) -> Iterator[Coverage]:
    spans_read = list(_read(db, board, question, subject))
    known = [one for one in spans_read if one[1] - one[0] < MONTH]
    long = [one for one in spans_read if one not in known]
    if subject in board.accounts:
        known += _listed(db, board, question, subject)
    for part in months(question.period):
        due = [day for day in _days(part) if day < today]
        if due:
            without = [day for day in due if not _is_in(day, known)]
            longer = sum(_is_in(day, long) for day in without)
            have = len(due) - len(without)
            yield Coverage(subject, part.name, "days", len(due), have, longer)
        if subject in board.accounts:
            yield _of_posts(db, board, question, subject, part)


def _is_in(day: date, known: Sequence[_Span]) -> bool:
    return any(first <= day <= last for first, last in known)


def _joint(db: Db, board: Board, question: Question) -> list[str]:
    """Return the accounts, joined by "+", that a source gave figures of the period together."""
    first, last = question.period.start, question.period.end
    found = spans.period_readings(db, first, date.max, question.as_of)
    subjects = {
        one.subject
        for one in found
        if "+" in one.subject and one.first <= last and _is_of_days(board, one)
    }
    return sorted(one for one in subjects if set(one.split("+")) <= board.accounts.keys())


def _days(part: Period) -> Iterator[date]:
    for number in range((part.end - part.start).days + 1):
        yield part.start + timedelta(days=number)


def _of_posts(db: Db, board: Board, question: Question, subject: str, part: Period) -> Coverage:
    meant = Posts(*span(part, board.zone), question.as_of, accounts=(subject,))
    found = posts.told(db, meant).counts.get(subject)
    due, have = (found.posts, found.with_figures) if found is not None else (0, 0)
    return Coverage(subject, part.name, "posts", due, have)


def _listed(db: Db, board: Board, question: Question, subject: str) -> Iterator[_Span]:
    """Yield the days between which each file and run lists the posts of an account."""
    first, until = span(question.period, board.zone)
    for begins, ends in sources.listed_between(db, subject, first, until, question.as_of):
        yield begins.astimezone(board.zone).date(), ends.astimezone(board.zone).date()


def _read(db: Db, board: Board, question: Question, subject: str) -> Iterator[_Span]:
    """Yield the periods that a website or an account has figures of."""
    found = spans.period_readings(db, question.period.start, date.max, question.as_of, [subject])
    for one in found:
        if one.subject == subject and _is_of_days(board, one):
            yield one.first, one.last


def _is_of_days(board: Board, one: PeriodReading) -> bool:
    """Tell whether a reading says what happened on days: it has a value, and is no level."""
    metric = board.metrics.get(one.metric)
    level = metric is not None and metric.over_time == "last"
    return one.value is not None and not level
