"""What is wrong in the config files that one value alone does not show.

All of it is looked for in the data as it was read, so that a mistake elsewhere in the file does not
hide it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ValidationError

from sgcomms.config.calendar import blackout
from sgcomms.config.shapes import (
    AwarenessShape,
    BlackoutShape,
    BoardShape,
    ContactShape,
    FeedbackShape,
    PollShape,
    ReportsShape,
    keeps_no_summer_time,
)
from sgcomms.elections import NOTICE, is_working_day, latest_start
from sgcomms.errors import Problem
from sgcomms.metrics import METRICS
from sgcomms.periods import ClockChangeError, YearStart, to_utc, year
from sgcomms.yamlfile import Document, dates, problem, suggestion

RESERVED_IDS = ("all", "board")

_M = TypeVar("_M", bound=BaseModel)


def clashes(document: Document) -> Iterator[Problem]:
    """Find ids that are reserved or used twice, and metrics that this program already has."""
    accounts, websites = _names(document, "accounts"), _names(document, "websites")
    for kind, names in (("accounts", accounts), ("websites", websites)):
        for name in names:
            if name in RESERVED_IDS:
                message = f"{name!r} is kept for figures; choose another id"
                yield document.problem((kind, name), "duplicate-id", message, key=True)
    for name in websites:
        if name in accounts:
            message = f"{name!r} is an account already; choose another id"
            yield document.problem(("websites", name), "duplicate-id", message, key=True)
    for name in _names(document, "metrics"):
        if name in METRICS:
            message = f"{name!r} is a metric of this program already; choose another name"
            yield document.problem(("metrics", name), "duplicate-id", message, key=True)


def same_accounts(document: Document) -> Iterator[Problem]:
    """Find accounts that are one on their platform: a post would go out twice there."""
    known: dict[tuple[str, str, str], str] = {}
    accounts = _part(document, "accounts")
    for name, account in accounts.items() if isinstance(accounts, dict) else ():
        if not isinstance(account, dict) or account.get("platform") == "outbox":
            continue
        for key in ("handle", "page_id", "ig_user_id"):
            value = str(account.get(key) or "").casefold()
            thing = (str(account.get("platform")), key, value)
            first = known.setdefault(thing, name) if value else name
            if first != name:
                message = (
                    f"{name} is the same account as {first}: with both, posts would go out twice "
                    "and count twice; delete one"
                )
                yield document.problem(("accounts", name, key), "same-account", message)
                break


def no_summer_time(document: Document) -> Iterator[Problem]:
    """Find a zone that is Britain's in winter only."""
    for _, board in _fitting([(0, _part(document, "board"))], BoardShape):
        if keeps_no_summer_time(board.timezone):
            message = (
                f"timezone: {board.timezone} keeps no summer time, so from March to October posts "
                "would go out an hour late; write Europe/London"
            )
            spot = document.spot(("board", "timezone"))
            yield problem(document.file, spot, "no-summer-time", message, "warning")


def reports(document: Document) -> Iterator[Problem]:
    """Find reports that are to go by GOV.UK Notify, and no template of its own to write them in."""
    for _, found in _fitting([(0, _part(document, "reports"))], ReportsShape):
        if found.by == "notify" and not found.template_id:
            message = (
                "template_id: GOV.UK Notify writes every e-mail by a template; give the id that "
                "its page for the template shows"
            )
            yield document.problem(("reports",), "missing-key", message, key=True)


def calendar(document: Document, zone: ZoneInfo | None) -> Iterator[Problem]:
    """Find what ends before it begins, and polls whose dates cannot be.

    Without a zone, because `board.yaml` has mistakes, no time is looked at.
    """
    if zone is not None:
        for number, item in _fitting(_listed(document, "blackouts"), BlackoutShape):
            yield from _blackout(document, ("blackouts", number), item, zone)
    holidays = list(_days(_listed(document, "bank_holidays")))
    for number, poll in _fitting(_listed(document, "polls"), PollShape):
        if not is_working_day(poll.date, holidays):
            what = f"a {poll.date:%A}" if poll.date.weekday() >= 5 else "a holiday"
            message = f"date: no poll is held on {poll.date}, {what}"
            yield document.problem(("polls", number, "date"), "wrong-value", message)
            continue
        latest = latest_start(poll.date, holidays)
        if poll.starts is not None and poll.starts > latest:
            message = (
                f"starts: {poll.starts} is too late; the notice of election is published by "
                f"{latest}, {NOTICE} working days before the poll. Write an earlier day, or delete "
                "the line"
            )
            yield document.problem(("polls", number, "starts"), "wrong-value", message)
    for number, found in _fitting(_listed(document, "awareness"), AwarenessShape):
        if found.last is not None and found.last < found.first:
            message = f"last: {found.last} is before the first day, {found.first}"
            yield document.problem(("awareness", number, "last"), "wrong-value", message)


def _blackout(
    document: Document, route: tuple[str, int], item: BlackoutShape, zone: ZoneInfo
) -> Iterator[Problem]:
    sound = True
    for key, moment in (("first", item.first), ("last", item.last)):
        try:
            if isinstance(moment, datetime):
                to_utc(moment, zone)
        except ClockChangeError as error:
            sound = False
            missing = error.kind == "missing"
            what = "does not exist" if missing else "comes twice"
            rule = "time-missing" if missing else "time-twice"
            message = f"{key}: {_written(moment)} {what} in {zone}: the clocks change that day"
            yield document.problem((*route, key), rule, message)
    if sound and blackout(item.name, item.first, item.last, None, zone) is None:
        first = _written(item.first)
        message = f"last: {item.name} would be over before it begins; `first` is {first}"
        yield document.problem((*route, "last"), "wrong-value", message)


def _written(moment: object) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if isinstance(moment, datetime) else str(moment)


def contacts(document: Document) -> Iterator[Problem]:
    """Find what would go out wrong in every post that names the contact."""
    items = document.data.items() if isinstance(document.data, dict) else ()
    for name, item in _fitting(items, ContactShape):
        if item.review_by < item.verified_on:
            message = f"review_by: it is before {item.verified_on}, when the contact was verified"
            yield document.problem((name, "review_by"), "wrong-value", message)
        brace = re.search(r"[{}]", item.text)
        if brace is not None:
            message = f"text: {brace[0]!r} would go out as it is; write the words out"
            yield document.problem((name, "text"), "unknown-placeholder", message)
        numbers = [_dialled(found) for found in re.findall(r"[+0-9][0-9 ]+[0-9]", item.text)]
        phone = _dialled(item.phone or "")
        if phone and numbers and phone not in numbers:
            message = (
                f"text: it names another number than `phone`, {item.phone}; posts say the text"
            )
            yield document.problem((name, "text"), "wrong-value", message)


def feedback(
    document: Document, websites: Iterable[str], starts: YearStart | None
) -> Iterator[Problem]:
    """Find remarks about a website that the board does not have, or in a year that is none."""
    known = list(websites)
    items = enumerate(document.data) if isinstance(document.data, list) else ()
    for number, item in _fitting(items, FeedbackShape):
        if item.website not in known:
            message = f"website: {item.website!r} is no website{suggestion(item.website, known)}"
            yield document.problem((number, "website"), "unknown-website", message)
        try:
            if starts is not None:
                year(item.year, starts)
        except ValueError as error:
            yield document.problem((number, "year"), "wrong-value", f"year: {error}")


def websites(document: Document) -> list[str]:
    """Return the ids of the websites, whatever else is wrong in `board.yaml`."""
    return _names(document, "websites")


def _part(document: Document, key: str) -> Any:
    return document.data.get(key) if isinstance(document.data, dict) else None


def _listed(document: Document, key: str) -> list[tuple[int, object]]:
    part = _part(document, key)
    return list(enumerate(part)) if isinstance(part, list) else []


def _days(items: Iterable[tuple[int, object]]) -> Iterator[date]:
    """Yield the days among `items`: of what is none something is said already."""
    for _, item in items:
        try:
            yield dates.day(str(item))
        except ValueError:
            continue


def _names(document: Document, key: str) -> list[str]:
    part = _part(document, key)
    return list(part) if isinstance(part, dict) else []


def _fitting(items: Iterable[tuple[Any, object]], model: type[_M]) -> Iterator[tuple[Any, _M]]:
    """Yield those of `items` that fit `model`: of the others something is said already."""
    for key, item in items:
        try:
            yield key, model.model_validate(item)
        except ValidationError:
            continue


def _dialled(number: str) -> str:
    """Return a telephone number as it is dialled in Britain: 0808 800 5000 or +44 808 800 5000."""
    return re.sub(r"^\+44", "0", re.sub(r"[^0-9+]", "", number.replace("(0)", "")))
