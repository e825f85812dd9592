"""`config/board.yaml`, `contacts.yaml` and `feedback.yaml` -> Board, with problems."""

from __future__ import annotations

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
from sgcomms.yamlfile import Day, Document, Id, Shape, Words, fit, read, suggestion
from sgcomms.yamlfile.shape import NumberText

RESERVED_IDS = ("all", "board")
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
    match = re.fullmatch(r"([1-9]\d{0,3})\s*([mhd])", str(value))
    if match is None:
        raise PydanticCustomError(
            "wrong-value", "{value} is not a time span; write it as 2h", {"value": repr(value)}
        )
    unit = {"m": "minutes", "h": "hours", "d": "days"}[match[2]]
    return timedelta(**{unit: int(match[1])})


def _url(value: object) -> object:
    if isinstance(value, str) and re.fullmatch(r"https?://[^\s/]+(/\S*)?", value):
        return value
    raise PydanticCustomError(
        "wrong-value", "{value} is not a full web address (https://…)", {"value": repr(value)}
    )


Url = Annotated[
    str, BeforeValidator(_url), Field(json_schema_extra={"format": "uri", "pattern": "^https?://"})
]
"""A full web address."""

Person = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$")]
"""Somebody's e-mail address."""

MetricName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


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
    handle: Words
    mode: Mode = "live"
    page_id: NumberText | None = None
    ig_user_id: NumberText | None = None
    api_base: Url | None = None


class _WebsiteShape(Shape):
    platform: Literal["ga4", "matomo", "plausible"]
    url: Url
    property: NumberText | None = None
    pages: dict[str, Words] = Field(default_factory=dict)


class _MetricShape(Shape):
    label: Words
    unit: Words
    over_time: Combine


class _PublishingShape(Shape):
    approval: Literal["required", "none"] = "required"
    late_after: Annotated[object, BeforeValidator(_duration)] = timedelta(hours=2)
    media_base_url: Url | None = None


class _AlertsShape(Shape):
    to: list[Person]


class _ReportsShape(Shape):
    recipients: list[Person]
    send: Literal["after_ok", "by_itself"] = "after_ok"


class _MailShape(Shape):
    host: Words
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    sender: Annotated[Person, Field(alias="from")]


class _BoardFile(Shape):
    board: _BoardShape
    people: dict[Person, _PersonShape]
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
    email: Person | None = None
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

    Nothing is raised for what stands in the files.
    """
    document, board_file, problems = _load(root, "config/board.yaml", _BoardFile)
    found = list(problems)
    contacts: Mapping[str, Contact] = {}
    feedback: tuple[Feedback, ...] = ()
    if (root / "config/contacts.yaml").exists():
        _, contacts_file, problems = _load(root, "config/contacts.yaml", _ContactsFile)
        found += problems
        contacts = dict(_contacts(contacts_file)) if contacts_file else {}
    if document is None or board_file is None:
        return None, found
    found += _clashes(document, board_file)
    if (root / "config/feedback.yaml").exists():
        remarks, feedback_file, problems = _load(root, "config/feedback.yaml", _FeedbackFile)
        found += problems
        if remarks is not None and feedback_file is not None:
            found += _feedback_problems(remarks, feedback_file, board_file)
            feedback = tuple(
                Feedback(item.quote, item.website, item.year) for item in feedback_file.root
            )
    if found:
        return None, sorted(found)
    return _board(board_file, contacts, feedback), []


def _load(
    root: Path, name: str, model: type[_M]
) -> tuple[Document | None, _M | None, list[Problem]]:
    try:
        raw = (root / name).read_bytes()
    except OSError as error:
        reason = error.strerror or "it cannot be read"
        return None, None, [Problem(name, 1, 1, "unreadable-file", f"{reason}")]
    document, problems = read(name, raw, PROSE)
    if document is None:
        return None, None, problems
    value, misfits = fit(document, model)
    return document, value, sorted([*problems, *misfits])


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


def _feedback_problems(
    document: Document, remarks: _FeedbackFile, file: _BoardFile
) -> Iterator[Problem]:
    for number, item in enumerate(remarks.root):
        if item.website not in file.websites:
            message = f"{item.website!r} is no website{suggestion(item.website, file.websites)}"
            yield document.problem((number, "website"), "unknown-website", message)
        try:
            year(item.year, _start_of(file))
        except ValueError as error:
            yield document.problem((number, "year"), "wrong-value", str(error))


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
