"""What the config files may hold, as pydantic models."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BeforeValidator, Field, PlainValidator, RootModel
from pydantic_core import PydanticCustomError

from sgcomms.config.board import Carried, Role, Send
from sgcomms.metrics import Combine, Stage
from sgcomms.models import Mode
from sgcomms.periods import YearStart, year_start
from sgcomms.yamlfile import Day, Email, Id, NumberText, Shape, Url, Words, dates, suggestion

PROSE = frozenset({"name", "label", "quote", "text", "reason"})
"""The keys whose values are words for readers: a comment behind one may be a lost hashtag."""

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
    places = sorted(name for name in available_timezones() if "/" in name)
    hint = suggestion(value, places) if "/" in str(value) else ""
    return hint if "did you mean" in hint else "; write it as Europe/London"


def keeps_no_summer_time(zone: object) -> bool:
    """Tell whether clocks in `zone` show Greenwich time in winter and in summer alike."""
    noons = (datetime(2027, month, 1, 12, tzinfo=UTC) for month in (1, 7))
    return isinstance(zone, ZoneInfo) and all(
        not noon.astimezone(zone).utcoffset() for noon in noons
    )


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


def _price(value: object) -> object:
    """Return the amount that a price such as 0.2 or "0.015" means, exactly as it is written."""
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        amount = Decimal("NaN")
    if isinstance(value, bool) or not amount.is_finite() or not 0 <= amount < 1000:
        raise PydanticCustomError(
            "wrong-value",
            "{value} is not a price in US dollars; write it as 0.015",
            {"value": repr(value)},
        )
    return amount


PriceName = Literal["post", "post_with_link", "alt_text", "post_read", "owned_read", "user_read"]
Price = Annotated[Decimal, PlainValidator(_price)]


def _moment(value: object) -> object:
    """Return the day that 2027-03-31 means, or the wall-clock time that 2027-03-31 18:00 means."""
    try:
        return _day_or_time(str(value).strip())
    except ValueError as error:
        raise PydanticCustomError("wrong-value", "{error}", {"error": str(error)}) from None


def _day_or_time(text: str) -> date:
    found = re.fullmatch(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[ T](.+)", text)
    if found is None:
        return dates.day(text)
    day, clock = dates.day(found[1]), re.fullmatch(r"([0-9]{1,2}):([0-9]{2})", found[2])
    if clock is None:
        raise ValueError(f"{text!r} is not a time; write it as {day} 18:00")
    hour, minute = int(clock[1]), int(clock[2])
    if hour > 23 or minute > 59:
        raise ValueError(f"there is no time {hour}:{minute:02}; hours go from 00 to 23")
    return datetime.combine(day, time(hour, minute))


Moment = Annotated[date, PlainValidator(_moment)]


class BoardShape(Shape):
    name: Words
    short: Words
    timezone: Annotated[ZoneInfo, PlainValidator(_zone)]
    year_starts: Annotated[YearStart, PlainValidator(_year_start)]
    url: Url


class PersonShape(Shape):
    role: Role


class BudgetShape(Shape):
    calls: Annotated[int, Field(ge=1)] | None = None
    dollars: Price | None = None


class AccountShape(Shape):
    platform: PlatformName
    handle: Handle
    mode: Mode = "live"
    page_id: NumberText | None = None
    ig_user_id: NumberText | None = None
    api_base: Url | None = None
    budget: BudgetShape = Field(default_factory=BudgetShape)


class WebsiteShape(Shape):
    platform: Literal["ga4", "matomo", "plausible"]
    url: Url
    property: NumberText | None = None
    api_base: Url | None = None
    pages: dict[PagePath, Words] = Field(default_factory=dict)
    budget: BudgetShape = Field(default_factory=BudgetShape)


class MetricShape(Shape):
    label: Words
    unit: Words
    over_time: Combine
    stage: Stage = "output"


class PublishingShape(Shape):
    approval: Literal["required", "none"] = "required"
    late_after: Annotated[timedelta, PlainValidator(_duration)] = timedelta(hours=2)
    media_base_url: Url | None = None
    prices: dict[PlatformName, dict[PriceName, Price]] = Field(default_factory=dict)


class AlertsShape(Shape):
    to: list[Email]


class ReportsShape(Shape):
    recipients: list[Email]
    send: Send = "after_ok"
    by: Carried = "smtp"
    template_id: NumberText | None = None
    api_base: Url | None = None


class MailShape(Shape):
    host: Words
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    sender: Annotated[Email, Field(alias="from")]


class BoardFile(Shape):
    board: BoardShape
    people: dict[Email, PersonShape]
    accounts: dict[Id, AccountShape]
    websites: dict[Id, WebsiteShape] = Field(default_factory=dict)
    metrics: dict[MetricName, MetricShape] = Field(default_factory=dict)
    publishing: PublishingShape = Field(default_factory=PublishingShape)
    alerts: AlertsShape | None = None
    reports: ReportsShape | None = None
    mail: MailShape | None = None


class ContactShape(Shape):
    name: Words
    text: Words
    phone: NumberText | None = None
    url: Url | None = None
    email: Email | None = None
    source: Words
    verified_on: Day
    review_by: Day


class ContactsFile(RootModel[dict[Id, ContactShape]]):
    """Every contact by its name."""


class FeedbackShape(Shape):
    quote: Words
    website: Id
    year: NumberText


class FeedbackFile(RootModel[list[FeedbackShape]]):
    """What visitors wrote."""


class BlackoutShape(Shape):
    name: Words
    first: Moment
    last: Moment
    reason: Words | None = None


class PollShape(Shape):
    name: Words
    date: Day
    starts: Day | None = None


class AwarenessShape(Shape):
    name: Words
    first: Day
    last: Day | None = None
    confirmed: bool = False
    source: Words


class CalendarFile(Shape):
    blackouts: list[BlackoutShape] = Field(
        default_factory=list,
        examples=[[{"name": "National mourning", "first": "2027-01-11", "last": "2027-01-20"}]],
    )
    polls: list[PollShape] = Field(
        default_factory=list, examples=[[{"name": "Local elections", "date": "2027-05-06"}]]
    )
    bank_holidays: list[Day] = Field(default_factory=list, examples=[["2027-06-01"]])
    awareness: list[AwarenessShape] = Field(
        default_factory=list,
        examples=[[{"name": "Safer Sleep Week", "first": "2021-03-15", "source": "its website"}]],
    )
