"""`config/board.yaml`, `contacts.yaml` and `feedback.yaml` -> Board, with problems."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, BeforeValidator, Field, RootModel
from pydantic_core import PydanticCustomError

from sgcomms.errors import Problem
from sgcomms.metrics import METRICS, Combine, Metric, board_metric
from sgcomms.models import Account, Contact, Feedback, Mode, Website
from sgcomms.periods import YearStart, year, year_start
from sgcomms.yamlfile import (
    Day,
    Document,
    Email,
    Id,
    NumberText,
    Shape,
    Url,
    Words,
    fit,
    read_file,
    suggestion,
)

RESERVED_IDS = ("all", "board")
CONFIG_FILES = ("config/board.yaml", "config/contacts.yaml", "config/feedback.yaml")
PROSE = frozenset({"name", "label", "quote", "text"})

PlatformName = Literal[
    "x",
    "facebook",
    "instagram",
    "bluesky",
    "mastodon",
    "linkedin",
    "threads",
    "youtube",
    "outbox",
]
Role = Literal["officer", "approver"]


@dataclass(frozen=True, slots=True)
class Board:
    """The organisation: who it is, its people, accounts, websites, metrics and contacts."""

    name: str
    short: str
    zone: ZoneInfo
    year_starts: YearStart
    url: str
    people: Mapping[str, Role]
    accounts: Mapping[str, Account]
    websites: Mapping[str, Website]
    metrics: Mapping[str, Metric]
    late_after: timedelta
    contacts: Mapping[str, Contact]
    feedback: tuple[Feedback, ...]


def _zone(value: object) -> object:
    """Return the zone that a name such as Europe/London names."""
    try:
        return ZoneInfo(str(value))
    except (KeyError, ValueError, OSError):
        raise PydanticCustomError(
            "unknown-zone",
            "{value} is not a time zone{hint}",
            {"value": repr(value), "hint": _near_zone(value)},
        ) from None


def _near_zone(value: object) -> str:
    hint = suggestion(value, available_timezones())
    return hint if "did you mean" in hint else "; write it as Europe/London"


def _year_start(value: object) -> object:
    try:
        return year_start(str(value))
    except ValueError as error:
        raise PydanticCustomError("wrong-value", "{error}", {"error": str(error)}) from None


def _duration(value: object) -> object:
    """Return the time that "90m", "2h" or "1d" means."""
    match = re.fullmatch(r"([1-9][0-9]{0,3}) *([mhd])", str(value))
    if match is None:
        raise PydanticCustomError(
            "wrong-value", "{value} is not a time span; write it as 2h", {"value": repr(value)}
        )
    unit = {"m": "minutes", "h": "hours", "d": "days"}[match[2]]
    return timedelta(**{unit: int(match[1])})


def _metric_name(value: object) -> object:
    if not isinstance(value, str) or re.fullmatch(r"[a-z][a-z0-9_]*", value):
        return value
    raise PydanticCustomError(
        "wrong-value",
        "{value} is not a name for a metric; write small letters, digits and underscores",
        {"value": repr(value)},
    )


def _handle(value: object) -> object:
    if not isinstance(value, str):
        return value
    if "/" in value or value.startswith("@") or re.search(r"\s", value.strip()):
        plain = re.split(r"[/\s]", value.strip().rstrip("/"))[-1].lstrip("@")
        raise PydanticCustomError(
            "wrong-value",
            "{value}: write the name alone, without @ or address{hint}",
            {"value": repr(value), "hint": f": {plain}" if plain else ""},
        )
    return value


def _page(value: object) -> object:
    if not isinstance(value, str) or re.fullmatch(r"/[^\s?#]*", value):
        return value
    raise PydanticCustomError(
        "wrong-value",
        "{value} is not the path of a page; write it as /training, without the domain",
        {"value": repr(value)},
    )


MetricName = Annotated[str, BeforeValidator(_metric_name)]
Handle = Annotated[Words, BeforeValidator(_handle)]
PagePath = Annotated[str, BeforeValidator(_page)]


class _BoardShape(Shape):
    name: Words
    short: Words
    timezone: Annotated[object, BeforeValidator(_zone)]
    year_starts: Annotated[object, BeforeValidator(_year_start)]
    url: Url


class _PersonShape(Shape):
    role: Role


class _AccountShape(Shape):
    platform: PlatformName
    handle: Handle
    mode: Mode = "live"
    page_id: NumberText | None = None
    ig_user_id: NumberText | None = None
    api_base: Url | None = None


class _WebsiteShape(Shape):
    platform: Literal["ga4", "matomo", "plausible"]
    url: Url
    property: NumberText | None = None
    pages: dict[PagePath, Words] = Field(default_factory=dict)


class _MetricShape(Shape):
    label: Words
    unit: Words
    over_time: Combine


class _PublishingShape(Shape):
    approval: Literal["required", "none"] = "required"
    late_after: Annotated[object, BeforeValidator(_duration)] = timedelta(hours=2)
    media_base_url: Url | None = None


class _AlertsShape(Shape):
    to: list[Email]


class _ReportsShape(Shape):
    recipients: list[Email]
    send: Literal["after_ok", "by_itself"] = "after_ok"


class _MailShape(Shape):
    host: Words
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    sender: Annotated[Email, Field(alias="from")]


class _BoardFile(Shape):
    board: _BoardShape
    people: dict[Email, _PersonShape]
    accounts: dict[Id, _AccountShape]
    websites: dict[Id, _WebsiteShape] = Field(default_factory=dict)
    metrics: dict[MetricName, _MetricShape] = Field(default_factory=dict)
    publishing: _PublishingShape = Field(default_factory=_PublishingShape)
    alerts: _AlertsShape | None = None
    reports: _ReportsShape | None = None
    mail: _MailShape | None = None


class _ContactShape(Shape):
    name: Words
    text: Words
    phone: NumberText | None = None
    url: Url | None = None
    email: Email | None = None
    source: Words
    verified_on: Day
    review_by: Day


class _ContactsFile(RootModel[dict[Id, _ContactShape]]):
    """Every contact by its name."""


class _FeedbackShape(Shape):
    quote: Words
    website: Id
    year: NumberText


class _FeedbackFile(RootModel[list[_FeedbackShape]]):
    """What visitors wrote."""


_M = TypeVar("_M", bound=BaseModel)


def load_board(root: Path) -> tuple[Board | None, list[Problem]]:
    """Return the board of the workspace `root`, or None, and every problem in its config files.

    With warnings alone there is a board. Nothing is raised for what stands in the files.
    """
    document, board_file, found = _load(root, CONFIG_FILES[0], _BoardFile)
    if document is not None and board_file is not None:
        found += _clashes(document, board_file)
    contacts: Mapping[str, Contact] = {}
    known, contacts_file, problems = _load_optional(root, CONFIG_FILES[1], _ContactsFile)
    found += problems
    if known is not None and contacts_file is not None:
        found += _contact_problems(known, contacts_file)
        contacts = dict(_contacts(contacts_file))
    feedback: tuple[Feedback, ...] = ()
    remarks, feedback_file, problems = _load_optional(root, CONFIG_FILES[2], _FeedbackFile)
    found += problems
    if remarks is not None and feedback_file is not None and board_file is not None:
        found += _feedback_problems(remarks, feedback_file, board_file)
        feedback = tuple(_feedback(feedback_file))
    wrong = any(one.severity == "error" for one in found)
    if board_file is None or wrong:
        return None, sorted(found)
    return _board(board_file, contacts, feedback), sorted(found)


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


def _clashes(document: Document, file: _BoardFile) -> Iterator[Problem]:
    """Find ids that are reserved or used twice, and metrics that this program already has."""
    for kind, names in (("accounts", file.accounts), ("websites", file.websites)):
        for name in names:
            if name in RESERVED_IDS:
                message = f"{name!r} is kept for figures; choose another id"
                yield document.problem((kind, name), "duplicate-id", message, key=True)
    for name in file.websites.keys() & file.accounts.keys():
        message = f"{name!r} is an account already; choose another id"
        yield document.problem(("websites", name), "duplicate-id", message, key=True)
    for name in file.metrics.keys() & METRICS.keys():
        message = f"{name!r} is a metric of this program already; choose another name"
        yield document.problem(("metrics", name), "duplicate-id", message, key=True)


def _contact_problems(document: Document, file: _ContactsFile) -> Iterator[Problem]:
    """Find what would go out wrong in every post that names the contact."""
    for name, item in file.root.items():
        if item.review_by < item.verified_on:
            message = (
                f"review_by: {item.review_by} is before {item.verified_on}, when it was checked"
            )
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


def _dialled(number: str) -> str:
    """Return a telephone number as it is dialled in Britain: 0808 800 5000 or +44 808 800 5000."""
    return re.sub(r"^\+44", "0", re.sub(r"[^0-9+]", "", number.replace("(0)", "")))


def _feedback_problems(
    document: Document, remarks: _FeedbackFile, file: _BoardFile
) -> Iterator[Problem]:
    for number, item in enumerate(remarks.root):
        if item.website not in file.websites:
            message = (
                f"website: {item.website!r} is no website{suggestion(item.website, file.websites)}"
            )
            yield document.problem((number, "website"), "unknown-website", message)
        try:
            year(item.year, _start_of(file))
        except ValueError as error:
            yield document.problem((number, "year"), "wrong-value", f"year: {error}")


def _start_of(file: _BoardFile) -> YearStart:
    starts = file.board.year_starts
    assert isinstance(starts, YearStart)  # noqa: S101  what its validator returns
    return starts


def _contacts(file: _ContactsFile) -> Iterator[tuple[str, Contact]]:
    for name, item in file.root.items():
        yield (
            name,
            Contact(name, item.name, item.text, item.source, item.verified_on, item.review_by),
        )


def _feedback(file: _FeedbackFile) -> Iterator[Feedback]:
    for item in file.root:
        yield Feedback(item.quote, item.website, item.year)


def _board(
    file: _BoardFile, contacts: Mapping[str, Contact], feedback: tuple[Feedback, ...]
) -> Board:
    zone, late_after = file.board.timezone, file.publishing.late_after
    assert isinstance(zone, ZoneInfo)  # noqa: S101  what its validator returns
    assert isinstance(late_after, timedelta)  # noqa: S101  what its validator returns
    own = {
        name: board_metric(name, item.label, item.unit, item.over_time)
        for name, item in file.metrics.items()
    }
    return Board(
        name=file.board.name,
        short=file.board.short,
        zone=zone,
        year_starts=_start_of(file),
        url=file.board.url,
        people={who: item.role for who, item in file.people.items()},
        accounts={
            name: Account(
                name, item.platform, item.mode, item.handle, item.page_id, item.ig_user_id
            )
            for name, item in file.accounts.items()
        },
        websites={
            name: Website(name, item.platform, item.url, item.property, dict(item.pages))
            for name, item in file.websites.items()
        },
        metrics={**METRICS, **own},
        late_after=late_after,
        contacts=contacts,
        feedback=feedback,
    )
