"""How much of each month has readings: its days, and the posts of an account."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sgcomms import clock
from sgcomms.config import Board
from sgcomms.db import Db, posts, sources, spans
from sgcomms.db.posts import Posts
from sgcomms.errors import UsageError
from sgcomms.figures.gaps import months
from sgcomms.figures.model import Question, check_names
from sgcomms.periods import Period, span


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of `due` days or posts of a subject in a month, `have` have a reading."""

    subject: str
    month: str
    unit: str
    due: int
    have: int


def coverage(
    db: Db, board: Board, question: Question, campaigns: Iterable[str] = ()
) -> Iterator[Coverage]:
    """Yield, for each account and website and each month of the period, what has readings.

    A day has one when a reading's period holds it; a level, such as followers, is of no period. A
    day of an account has one also when a file or a run lists posts from before and after it. A post
    has one when any of its metrics was read.
    Days that are still to come are not due.
    Raises UsageError for a name that is not known or is neither account nor website.
    """
    check_names(board, question, [*campaigns])
    asked = question.subjects or (*board.accounts, *board.websites)
    for subject in asked:
        if subject not in board.accounts and subject not in board.websites:
            raise UsageError(f"--coverage is of accounts and websites, and {subject} is neither")
    today = min(clock.now().astimezone(board.zone).date(), question.as_of)
    for subject in asked:
        known = list(_read(db, board, question, subject))
        if subject in board.accounts:
            known += _listed(db, board, question, subject)
        for part in months(question.period):
            due = [day for day in _days(part) if day < today]
            if due:
                have = sum(any(first <= day <= last for first, last in known) for day in due)
                yield Coverage(subject, part.name, "days", len(due), have)
            if subject in board.accounts:
                yield _of_posts(db, board, question, subject, part)


def _days(part: Period) -> Iterator[date]:
    for number in range((part.end - part.start).days + 1):
        yield part.start + timedelta(days=number)


def _of_posts(db: Db, board: Board, question: Question, subject: str, part: Period) -> Coverage:
    meant = Posts(*span(part, board.zone), question.as_of, accounts=(subject,))
    found = posts.told(db, meant).counts.get(subject)
    due, have = (found.posts, found.with_figures) if found is not None else (0, 0)
    return Coverage(subject, part.name, "posts", due, have)


def _listed(db: Db, board: Board, question: Question, subject: str) -> Iterator[tuple[date, date]]:
    """Yield the days between which each file and run lists the posts of an account."""
    for begins, ends, read_on in sources.listings(db, subject):
        if begins is not None and ends is not None and read_on <= question.as_of:
            yield begins.astimezone(board.zone).date(), ends.astimezone(board.zone).date()


def _read(db: Db, board: Board, question: Question, subject: str) -> Iterator[tuple[date, date]]:
    """Yield the periods that a website or an account has figures of."""
    found = spans.period_readings(db, question.period.start, date.max, question.as_of, [subject])
    for one in found:
        metric = board.metrics.get(one.metric)
        level = metric is not None and metric.over_time == "last"
        if one.subject == subject and one.value is not None and not level:
            yield one.first, one.last
