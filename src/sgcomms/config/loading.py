"""The config files of a workspace -> Board."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from sgcomms.config import findings
from sgcomms.config.board import Board, Mail, Reports
from sgcomms.config.calendar import Awareness, Calendar, Closed, blackout, calendar, election
from sgcomms.config.shapes import (
    PROSE,
    BoardFile,
    CalendarFile,
    ContactsFile,
    FeedbackFile,
    PlatformName,
    PriceName,
    ReportsShape,
)
from sgcomms.errors import Problem
from sgcomms.metrics import METRICS, board_metric
from sgcomms.models import Account, Budget, Contact, Feedback, Website
from sgcomms.yamlfile import Document, fit, read_file

CONFIG_FILES = (
    "config/board.yaml",
    "config/calendar.yaml",
    "config/contacts.yaml",
    "config/feedback.yaml",
)

_M = TypeVar("_M", bound=BaseModel)


def load_board(root: Path, *, words: bool = True) -> tuple[Board | None, list[Problem]]:
    """Return the board of the workspace `root`, or None, and every problem in its config files.

    With warnings alone there is a board. Without `words` contacts and feedback are left aside: what
    is queued holds its words already, and a slip in those files must not keep it from going out.
    A slip in the calendar must: nobody could tell what it was to stop.
    Nothing is raised for what stands in the files.
    """
    board_name, calendar_name, contacts_name, feedback_name = CONFIG_FILES
    document, board, problems = _load(root, board_name, BoardFile)
    days, closed, wrong = _load_optional(root, calendar_name, CalendarFile)
    problems += wrong
    if days is not None:
        problems += findings.calendar(days, board.board.timezone if board is not None else None)
    if not words:
        if board is None or any(one.severity == "error" for one in problems):
            return None, sorted(problems)
        return _board(board, _calendar(closed, board.board.timezone), {}, ()), sorted(problems)
    known, contacts, more = _load_optional(root, contacts_name, ContactsFile)
    remarks, feedback, yet_more = _load_optional(root, feedback_name, FeedbackFile)
    problems += [*more, *yet_more]
    if document is not None:
        problems += findings.clashes(document)
        problems += findings.same_accounts(document)
        problems += findings.no_summer_time(document)
        problems += findings.reports(document)
    if known is not None:
        problems += findings.contacts(known)
    if document is not None and remarks is not None:
        websites = findings.websites(document)
        starts = board.board.year_starts if board is not None else None
        if board is not None or websites:
            problems += findings.feedback(remarks, websites, starts)
    if board is None or any(one.severity == "error" for one in problems):
        return None, sorted(problems)
    quiet = _calendar(closed, board.board.timezone)
    return _board(board, quiet, _contacts(contacts), _feedback(feedback)), sorted(problems)


def _load(
    root: Path, name: str, model: type[_M]
) -> tuple[Document | None, _M | None, list[Problem]]:
    """Return a config file as `model`, or None, and what is wrong with it."""
    document, problems = read_file(root / name, name, PROSE)
    if document is None:
        return None, None, problems
    value, misfits = fit(document, model)
    return document, value, [*problems, *misfits]


def _load_optional(
    root: Path, name: str, model: type[_M]
) -> tuple[Document | None, _M | None, list[Problem]]:
    """Return what `_load` returns; a file that is not there, or is empty, is no problem."""
    if not os.path.lexists(root / name):
        return None, None, []
    document, value, problems = _load(root, name, model)
    if document is not None and document.data is None:
        problems = [one for one in problems if one.rule != "unreadable-file"]
    return document, value, problems


def _contacts(file: ContactsFile | None) -> dict[str, Contact]:
    items = file.root.items() if file is not None else ()
    return {
        name: Contact(name, item.name, item.text, item.source, item.verified_on, item.review_by)
        for name, item in items
    }


def _feedback(file: FeedbackFile | None) -> tuple[Feedback, ...]:
    items = file.root if file is not None else ()
    return tuple(Feedback(item.quote, item.website, item.year) for item in items)


def _calendar(file: CalendarFile | None, zone: ZoneInfo) -> Calendar:
    if file is None:
        return Calendar()
    found: list[Closed] = [
        election(one.name, one.date, one.starts, file.bank_holidays, zone) for one in file.polls
    ]
    for one in file.blackouts:
        period = blackout(one.name, one.first, one.last, one.reason, zone)
        assert period is not None  # noqa: S101  what would end before it begins is a problem
        found.append(period)
    days = [
        Awareness(one.name, one.first, one.last or one.first, one.confirmed)
        for one in file.awareness
    ]
    return replace(calendar(found, days), holidays=frozenset(file.bank_holidays))


def _board(
    file: BoardFile,
    quiet: Calendar,
    contacts: Mapping[str, Contact],
    feedback: tuple[Feedback, ...],
) -> Board:
    zone, late_after = file.board.timezone, file.publishing.late_after
    own = {
        name: board_metric(name, item.label, item.unit, item.over_time, item.stage)
        for name, item in file.metrics.items()
    }
    return Board(
        name=file.board.name,
        short=file.board.short,
        zone=zone,
        year_starts=file.board.year_starts,
        url=file.board.url,
        people={who: item.role for who, item in file.people.items()},
        accounts={
            name: Account(
                name,
                item.platform,
                item.mode,
                item.handle,
                item.page_id,
                item.ig_user_id,
                _base(item.api_base),
                Budget(item.budget.calls, item.budget.dollars),
            )
            for name, item in file.accounts.items()
        },
        websites={
            name: Website(
                name,
                item.platform,
                item.url,
                item.property,
                dict(item.pages),
                _base(item.api_base),
                Budget(item.budget.calls, item.budget.dollars),
            )
            for name, item in file.websites.items()
        },
        metrics={**METRICS, **own},
        late_after=late_after,
        contacts=contacts,
        feedback=feedback,
        approval=file.publishing.approval == "required",
        media_base_url=_folder(file.publishing.media_base_url),
        prices=_prices(file.publishing.prices),
        alerts_to=tuple(file.alerts.to) if file.alerts else (),
        mail=Mail(file.mail.host, file.mail.port, file.mail.sender) if file.mail else None,
        calendar=quiet,
        reports=_reports(file.reports),
    )


def _reports(file: ReportsShape | None) -> Reports:
    if file is None:
        return Reports()
    once = {address.casefold(): address for address in reversed(file.recipients)}
    return Reports(
        tuple(reversed(once.values())), file.send, file.by, file.template_id, _base(file.api_base)
    )


def _base(url: str | None) -> str | None:
    return url.rstrip("/") if url else None


def _folder(url: str | None) -> str | None:
    return f"{url.rstrip('/')}/" if url else None


def _prices(
    prices: Mapping[PlatformName, Mapping[PriceName, Decimal]],
) -> dict[str, dict[str, Decimal]]:
    return {
        str(platform): {str(kind): price for kind, price in kinds.items()}
        for platform, kinds in prices.items()
    }
