"""How much of each month has readings: days of a website, posts of an account."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sgcomms.config import Board
from sgcomms.db import Db, posts, spans
from sgcomms.db.posts import Posts
from sgcomms.errors import UsageError
from sgcomms.figures.model import Question, check_names
from sgcomms.periods import Period, month, span


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of `due` days or posts of a subject in a month, `have` have a reading."""

    subject: str
    month: str
    unit: str
    due: int
    have: int


def coverage(
    db: Db, board: Board, question: Question, campaigns: Sequence[str] = ()
) -> Iterator[Coverage]:
    """Yield, for each account and website and each month of the period, what has readings.

    A post has one when any of its metrics was read; a day, when a reading's period holds it.
    Raises UsageError for a name that is not known or is neither account nor website.
    """
    check_names(board, question, campaigns)
    asked = question.subjects or (*board.accounts, *board.websites)
    for subject in asked:
        if subject not in board.accounts and subject not in board.websites:
            raise UsageError(f"--coverage is of accounts and websites, and {subject} is neither")
    for subject in asked:
        for part in _months(question.period):
            if subject in board.accounts:
                yield _of_posts(db, board, question, subject, part)
            else:
                yield _of_days(db, question, subject, part)


def _months(period: Period) -> Iterator[Period]:
    first = period.start.replace(day=1)
    while first <= period.end:
        whole = month(f"{first:%Y-%m}")
        yield Period(max(whole.start, period.start), min(whole.end, period.end), whole.name)
        first = whole.end + timedelta(days=1)


def _of_posts(db: Db, board: Board, question: Question, subject: str, part: Period) -> Coverage:
    meant = Posts(*span(part, board.zone), question.as_of, accounts=(subject,))
    due = sum(one.posts for one in posts.told(db, meant).counts.values())
    return Coverage(subject, part.name, "posts", due, posts.posts_read(db, meant))


def _of_days(db: Db, question: Question, subject: str, part: Period) -> Coverage:
    found = spans.period_readings(db, part.start, date.max, question.as_of, [subject])
    covered = {
        part.start + timedelta(days=number)
        for one in found
        if one.dimension is None and one.value is not None
        for number in range((part.end - part.start).days + 1)
        if one.first <= part.start + timedelta(days=number) <= one.last
    }
    due = (part.end - part.start).days + 1
    return Coverage(subject, part.name, "days", due, len(covered))
