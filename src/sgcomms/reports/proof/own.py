"""Which documents of this program a text is, and what they would say if they were written today."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sgcomms.config import Board
from sgcomms.db import Db
from sgcomms.errors import UsageError
from sgcomms.models import Campaign
from sgcomms.periods import Period
from sgcomms.reports import campaign as evaluation
from sgcomms.reports import monthly
from sgcomms.reports.model import Report, Section, Sentence
from sgcomms.reports.monthly import Summary
from sgcomms.reports.proof.reading import Passage
from sgcomms.reports.proof.times import Calendar
from sgcomms.reports.proof.timewords import mentions

_SUMMARY = re.compile(r"reach summary, (?P<month>\w+ \d{4})(?: so far)?", re.IGNORECASE)
_EVALUATION = re.compile(r"evaluation of a campaign: (?P<title>.+)", re.IGNORECASE)
_MOST = 13
"""Documents of our own in one: the months of a year and one more."""


def documents(
    db: Db,
    board: Board,
    campaigns: Sequence[Campaign],
    calendar: Calendar,
    passages: Sequence[Passage],
) -> Iterator[Report]:
    """Yield the monthly summaries and evaluations of campaigns that the headings name."""
    titles = dict.fromkeys(one.heading for one in passages if one.text == one.heading)
    found = 0
    for title in titles:
        report = _report(db, board, campaigns, calendar, passages, title)
        if report is not None and found < _MOST:
            found += 1
            yield report


def _report(
    db: Db,
    board: Board,
    campaigns: Sequence[Campaign],
    calendar: Calendar,
    passages: Sequence[Passage],
    title: str,
) -> Report | None:
    try:
        if match := _SUMMARY.fullmatch(title):
            named = mentions(calendar, match["month"])
            if len(named) == 1 and named[0].named is not None:
                month = named[0].named.period
                return _as_report(monthly.gathered(db, board, month, campaigns).report)
        elif match := _EVALUATION.fullmatch(title):
            wanted = match["title"].casefold()
            for one in campaigns:
                if one.title.casefold() == wanted:
                    days = _days(calendar, passages)
                    return evaluation.gathered(db, board, one.id, campaigns, days)[1].report
    except UsageError:  # of what cannot be written today, there is nothing to hold against
        return None
    return None


def _days(calendar: Calendar, passages: Sequence[Passage]) -> Period | None:
    """Return the days that an evaluation says it is of."""
    for passage in passages:
        place = passage.text.find("Period: ")
        if place >= 0:
            named = mentions(calendar, passage.text[place:])
            if named and named[0].named is not None:
                return named[0].named.period
    return None


def _as_report(found: Summary) -> Report:
    headline = Section("headline", found.title, 1, tuple(map(Sentence, found.headline)))
    parts = [found.status, found.channels, found.websites, found.trend, found.delivery]
    parts += [found.posts, found.campaigns, *found.evaluated, found.ahead, found.caveats]
    parts += found.annex
    return Report(
        found.title,
        found.board,
        found.month,
        found.days,
        found.as_read,
        (*found.remarks, f"{found.days}."),
        (headline, *(one for one in parts if one is not None)),
        found.notes,
        (found.decision,),
        tuple(f"Source: {one}" for one in found.sources),
    )
