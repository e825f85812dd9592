"""What a campaign file may hold, as pydantic models; the JSON Schema comes from them.

What can be judged from one value alone is judged here, so that a file's mistakes come all at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal, LiteralString

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError
from pydantic_core.core_schema import ValidationInfo

from sgcomms import media
from sgcomms.campaigns.words import placeholders
from sgcomms.config import Board, Person, Url
from sgcomms.models import Every
from sgcomms.periods import ClockChangeError, to_utc
from sgcomms.yamlfile import Day, Id, Shape, Words, suggestion

ON_APPROVAL = "on approval"
PROSE = frozenset({"title", "audience", "strategy", "text", "text_for", "alt", "allow"})
"""The keys whose values are words for readers: a comment behind one may be a lost hashtag."""

_AT = re.compile(r"(\d{4})-(\d{2})-(\d{2})[ T](\d{1,2}):(\d{2})")


@dataclass(slots=True)
class Context:
    """What the values of a campaign file are judged by. `pictures` collects the images seen."""

    board: Board
    folder: Path
    pictures: dict[str, media.Picture] = field(default_factory=dict)


def _context(info: ValidationInfo) -> Context:
    context = info.context
    assert isinstance(context, Context)  # noqa: S101  every caller passes one
    return context


def _account(value: str, info: ValidationInfo) -> str:
    return _known(value, _context(info).board.accounts, "unknown-account", "account")


def _author(value: str, info: ValidationInfo) -> str:
    return _known(value, _context(info).board.people, "unknown-person", "person of the board")


def _measure(value: str, info: ValidationInfo) -> str:
    return _known(value, _context(info).board.metrics, "unknown-metric", "metric")


def _known(value: str, known: Iterable[str], rule: LiteralString, kind: str) -> str:
    if value not in known:
        raise PydanticCustomError(
            rule,
            "{value} is no {kind}{hint}",
            {"value": repr(value), "kind": kind, "hint": suggestion(value, known)},
        )
    return value


def _text(value: str, info: ValidationInfo) -> str:
    """Refuse placeholders that mean nothing: they would go out as they are."""
    board = _context(info).board
    for kind, name in placeholders(value):
        if kind == "contact":
            _known(name, board.contacts, "unknown-contact", "contact of config/contacts.yaml")
        elif kind == "unknown":
            raise PydanticCustomError(
                "unknown-placeholder",
                "{name} means nothing here; known are {link} and {contact:…}, and {{{{ for a brace",
                {"name": name, "link": "{link}", "contact:…": "{contact:…}"},
            )
    return value


def _at(value: object, info: ValidationInfo) -> object:
    """Return the wall-clock time that `2027-03-08 09:30` means, or "on approval"."""
    if value == ON_APPROVAL:
        return value
    match = _AT.fullmatch(value) if isinstance(value, str) else None
    try:
        wall = _wall(*map(int, match.groups())) if match else None
    except ValueError:
        wall = None
    if wall is None:
        raise PydanticCustomError(
            "wrong-value",
            "{value} is not a time; write it as 2027-03-08 09:30, in the board's own time zone",
            {"value": repr(value)},
        )
    zone = _context(info).board.zone
    try:
        to_utc(wall, zone)
    except ClockChangeError as error:
        rule, message = clock_change(wall, error, str(zone))
        raise PydanticCustomError(rule, "{message}", {"message": message}) from None
    except OverflowError:
        raise PydanticCustomError("wrong-value", "the time is out of range") from None
    return wall


def _wall(year: int, month: int, day: int, hour: int, minute: int) -> datetime:
    return datetime(year, month, day, hour, minute)  # noqa: DTZ001  wall-clock time has no zone


def clock_change(
    wall: datetime, error: ClockChangeError, zone: str
) -> tuple[Literal["time-missing", "time-twice"], str]:
    """Return the rule and the message for a time that a clock change makes unclear."""
    day, at = f"{wall.day} {wall:%B %Y}", f"{wall:%H:%M}"
    if error.kind == "missing":
        return "time-missing", f"{at} does not exist on {day}: the clocks go forward in {zone}"
    return "time-twice", f"{at} comes twice on {day}: the clocks go back in {zone}"


def _file(value: str, info: ValidationInfo) -> str:
    """Look at the image that `file` names."""
    context = _context(info)
    path = context.folder / value
    if not path.resolve().is_relative_to(context.folder.resolve()):
        raise PydanticCustomError(
            "media-outside", "{value} lies outside the campaigns folder", {"value": repr(value)}
        )
    try:
        context.pictures[value] = media.look(path)
    except media.MediaError as error:
        raise PydanticCustomError(
            "media-not-image",
            "{value} {error}",
            {"value": repr(value), "error": str(error)},
        ) from None
    except (OSError, ValueError):
        near = [
            str(other.relative_to(context.folder).as_posix())
            for other in context.folder.rglob("*")
            if other.is_file()
            and other.suffix.lower() in (".jpg", ".jpeg", ".png", ".gif", ".webp")
        ]
        raise PydanticCustomError(
            "media-missing",
            "{value} is not in the campaigns folder{hint}",
            {"value": repr(value), "hint": suggestion(value, near)},
        ) from None
    return value


def _alt(value: object) -> object:
    if value is None or (isinstance(value, str) and not value.strip()):
        raise PydanticCustomError(
            "no-alt-text", "say what the picture shows, for who cannot see it"
        )
    return value


AccountId = Annotated[Id, AfterValidator(_account)]
Text = Annotated[Words, AfterValidator(_text)]
At = Annotated[
    object,
    BeforeValidator(_at),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^(\d{4}-\d{2}-\d{2}[ T]\d{1,2}:\d{2}|on approval)$",
            "examples": ["2027-03-08 09:30", "on approval"],
        }
    ),
]


class ObjectiveShape(Shape):
    """What the campaign is to change."""

    measure: Annotated[str, AfterValidator(_measure)]
    baseline: Annotated[float, Field(ge=0)]
    target: Annotated[float, Field(ge=0)]
    by: Day


class RepeatShape(Shape):
    """How often a post goes out, the first time included."""

    every: Every
    times: Annotated[int, Field(ge=2, le=366)]


class MediaShape(Shape):
    """A picture and its alt text."""

    model_config = ConfigDict(json_schema_extra={"required": ["file", "alt"]})

    file: Annotated[Words, AfterValidator(_file)]
    alt: Annotated[str, BeforeValidator(_alt), Field(validate_default=True, default="")]


class PostShape(Shape):
    """One post."""

    id: Id
    at: At
    text: Text | None = None
    text_for: dict[AccountId, Text] = Field(default_factory=dict)
    media: list[MediaShape] = Field(default_factory=list)
    repeat: RepeatShape | None = None
    expires: Day | None = None
    accounts: list[AccountId] | None = None
    link: Url | None = None
    election_safe: bool = False


class CampaignShape(Shape):
    """One file of the campaigns folder."""

    campaign: Id
    title: Words
    author: Annotated[Person, AfterValidator(_author)]
    audience: Words
    planned_on: Day | None = None
    objective: ObjectiveShape | None = None
    strategy: Words | None = None
    link: Url | None = None
    accounts: list[AccountId] = Field(default_factory=list)
    historic: bool = False
    sensitivity: Literal["case_review"] | None = None
    watched_by: list[Person] = Field(default_factory=list)
    allow: list[dict[str, Words]] = Field(default_factory=list)
    posts: Annotated[list[PostShape], Field(min_length=1)]


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a campaign file, for editors."""
    schema = CampaignShape.model_json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "A campaign of sgcomms",
    }
