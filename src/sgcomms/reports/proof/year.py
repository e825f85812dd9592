"""Which year a document is of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from sgcomms import figures as figures_of
from sgcomms import periods
from sgcomms.config import Board
from sgcomms.db import Db
from sgcomms.errors import UsageError
from sgcomms.figures import Question
from sgcomms.periods import Period
from sgcomms.reports.proof.reading import Passage
from sgcomms.reports.proof.times import Calendar, years_named
from sgcomms.reports.proof.timewords import mentions

_YEARS_BACK = 10
_MOST_DATES = 200
"""So many dates tell the year of a document; it may hold thousands."""


def year_of(
    db: Db, board: Board, passages: Sequence[Passage], campaigns: Sequence[str], today: date
) -> Period:
    """Return the year of a document: the one its first heading names, else the one it names most.

    Where it names none that has figures, the one that its months and days lie in, first those of
    its headings; and where it names none of these, the latest year with figures. Raises UsageError
    when there are none in ten years.
    """
    named = [name for passage in passages for name in years_named(passage.text, board.year_starts)]
    often = [name for name, _ in Counter(named).most_common()]
    dated = _dated(board, passages, today)
    for name in dict.fromkeys([*named[:1], *often, *dated]):
        period = periods.year(name, board.year_starts)
        if period.start <= today and _has_figures(db, board, period, campaigns):
            return period
    period = periods.year_of(today, board.year_starts)
    for _ in range(_YEARS_BACK):
        if _has_figures(db, board, period, campaigns):
            return period
        period = periods.before(period, board.year_starts)
    raise UsageError(
        f"there are no figures of the last {_YEARS_BACK} years to hold the document against: "
        "`sgcomms import FILE` takes in export files"
    )


def _dated(board: Board, passages: Sequence[Passage], today: date) -> list[str]:
    """Return the years that months and days lie in, the likeliest first."""
    calendar = Calendar(periods.year_of(today, board.year_starts), board.year_starts)
    heads = [one.text for one in passages if one.text == one.heading]
    first = next((name for one in heads for name in _years_of(calendar, one)), None)
    every: list[str] = []
    for passage in passages:
        every += _years_of(calendar, passage.text)
        if len(every) >= _MOST_DATES:
            break
    often = [name for name, _ in Counter(every).most_common()]
    return [first, *often] if first is not None else often


def _years_of(calendar: Calendar, text: str) -> Iterator[str]:
    """Yield the years of the months and days that words name with their year."""
    for one in mentions(calendar, text):
        day = one.day if one.named is None else one.named.period.start
        if day is not None and str(day.year) in text[one.start : one.end]:
            yield periods.year_of(day, calendar.starts).name


def _has_figures(db: Db, board: Board, period: Period, campaigns: Sequence[str]) -> bool:
    found = figures_of.figures(db, board, Question(period), campaigns)
    return any(one.value is not None for one in found)
