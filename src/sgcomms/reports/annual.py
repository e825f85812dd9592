"""The annual report's section "Website and social media": its figures and its words.

The order is the one of the board's own section: website, use of it, most visited pages, where
visitors came from and on what, visitors' feedback, each platform, campaigns.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sgcomms import figures as figures_of
from sgcomms.config import Board
from sgcomms.db import Db
from sgcomms.db.posts import FOREVER
from sgcomms.errors import UsageError
from sgcomms.figures import Question
from sgcomms.models import Campaign
from sgcomms.periods import Period, before
from sgcomms.reports import campaigns as campaigns_part
from sgcomms.reports import completeness, missing, numbers, pictures, social, website
from sgcomms.reports.changes import changes
from sgcomms.reports.gathered import Gathered
from sgcomms.reports.material import Material, Month, as_read
from sgcomms.reports.model import Report

EARLIEST = 1991
"""The year of the first website."""


def gather(
    db: Db,
    board: Board,
    period: Period,
    campaigns: Sequence[Campaign],
    as_of: date = FOREVER,
    *,
    troubled: Sequence[str] = (),
    remarks: Sequence[str] = (),
) -> Report:
    """Return the section of `period`: the report of `gathered`, with the same arguments."""
    return gathered(db, board, period, campaigns, as_of, troubled=troubled, remarks=remarks).report


def gathered(
    db: Db,
    board: Board,
    period: Period,
    campaigns: Sequence[Campaign],
    as_of: date = FOREVER,
    *,
    troubled: Sequence[str] = (),
    remarks: Sequence[str] = (),
) -> Gathered[Report]:
    """Return the section of `period` and its figures, with what was read on `as_of` or before.

    `troubled` are the names of campaign files with mistakes, of which `campaigns` may lack
    something. `remarks` are printed directly under the title.
    Raises UsageError for a period before there were websites, and for a day before the period.
    """
    _check_days(period, as_of)
    question = Question(period, as_of=as_of)
    names = [campaign.id for campaign in campaigns]
    found = figures_of.figures(db, board, question, names)
    beside = changes(db, board, question, names, found)
    by_month = pictures.months(db, board, question)
    material = Material(board, question, found, campaigns, beside, by_month)
    sections = [
        *website.sections(material),
        *social.sections(material, db),
        *campaigns_part.sections(material, db, troubled),
        *completeness.sections(material, db),
    ]
    left_out = map(numbers.sentence, figures_of.left_out(db, board, question))
    material.missing.extend([*missing.lines(material), *left_out, *beside.lines(material.name)])
    own = tuple(dict.fromkeys([*found, *material.more]))
    printed = [*own, *beside.shown, *(one for month in by_month for one in month.found)]
    wanted = {source for one in printed for source in one.sources}
    sources = figures_of.source_lines(db, wanted)
    report = Report(
        title=f"Website and social media, {numbers.year(period)}",
        board=board.name,
        period=numbers.year(period),
        days=numbers.days(period.start, period.end),
        as_read=as_read(found, as_of),
        remarks=tuple(remarks),
        sections=tuple(sections),
        notes=material.footnotes.notes(),
        missing=tuple(material.missing),
        sources=tuple(dict.fromkeys(map(numbers.dated_last, sources))),
    )
    earlier = (
        Month(before(period, board.year_starts), tuple(beside.shown)) if beside.shown else None
    )
    return Gathered(report, own, tuple(by_month), earlier)


def _check_days(period: Period, as_of: date) -> None:
    if period.start.year < EARLIEST:
        raise UsageError(f"{period.name}: there were no websites before {EARLIEST}")
    if as_of < period.start:
        raise UsageError(
            f"{numbers.day(as_of)} is before {period.name} began ({numbers.day(period.start)}): "
            "nothing of that year was known then"
        )
