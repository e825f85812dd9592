"""What a campaign file may hold, as pydantic models; the JSON Schema comes from them.

What can be judged from one value alone is judged here, so that a file's mistakes come all at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal, LiteralString

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError
from pydantic_core.core_schema import ValidationInfo

from sgcomms.campaigns.pictures import Pictures, RefusedError
from sgcomms.campaigns.times import AT_PATTERN, ON_APPROVAL, clock_change, wall_time
from sgcomms.config import Board
from sgcomms.models import Every
from sgcomms.periods import ClockChangeError, to_utc
from sgcomms.yamlfile import Day, Email, Id, Shape, Url, Words, suggestion

__all__ = ["PROSE", "CampaignShape", "Context", "PostShape", "clock_change", "json_schema"]

STAGES = ("inputs", "outputs", "outtakes", "outcomes", "impact", "learning")
"""The six stages of the Evaluation Cycle of the Government Communication Service, in its order
(https://gcs.civilservice.gov.uk/publications/gcs-evaluation-cycle/), as keys."""

PROSE = frozenset(
    {"title", "audience", "strategy", "text", "text_for", "alt", "allow", "reason", *STAGES}
)
"""The keys whose values are words for readers: a comment behind one may be a lost hashtag."""


@dataclass(frozen=True, slots=True)
class Context:
    """What the values of a campaign file are judged by.

    Without a board, because its file has mistakes, nothing is held against it.
    """

    board: Board | None
    pictures: Pictures


def _context(info: ValidationInfo) -> Context:
    context = info.context
    assert isinstance(context, Context)  # noqa: S101  every caller passes one
    return context


def _account(value: object, info: ValidationInfo) -> object:
    board = _context(info).board
    if board is None or not isinstance(value, str | int) or isinstance(value, bool):
        return value
    return _known(str(value), board.accounts, "unknown-account", "account")


def _author(value: str, info: ValidationInfo) -> str:
    board = _context(info).board
    people = [value] if board is None else board.people
    return _known(value, people, "unknown-person", "person of the board")


def _measure(value: str, info: ValidationInfo) -> str:
    board = _context(info).board
    metrics = [value] if board is None else board.metrics
    return _known(value, metrics, "unknown-metric", "metric")


def _known(value: str, known: Iterable[str], rule: LiteralString, kind: str) -> str:
    if value not in known:
        raise PydanticCustomError(
            rule,
            "{value} is no {kind}{hint}",
            {"value": repr(value), "kind": kind, "hint": suggestion(value, known)},
        )
    return value


def _at(value: object, info: ValidationInfo) -> object:
    """Return the wall-clock time that `2027-03-08 09:30` means, or "on approval"."""
    if value == ON_APPROVAL:
        return value
    try:
        wall = wall_time(value if isinstance(value, str) else str(value))
    except ValueError as error:
        raise PydanticCustomError("wrong-value", "{error}", {"error": str(error)}) from None
    board = _context(info).board
    try:
        if board is not None:
            to_utc(wall, board.zone)
    except ClockChangeError as error:
        rule, message = clock_change(wall, error, str(board.zone if board else ""))
        raise PydanticCustomError(rule, "{message}", {"message": message}) from None
    return wall


def _file(value: str, info: ValidationInfo) -> str:
    """Look at the image that `file` names."""
    try:
        _context(info).pictures.look(value)
    except RefusedError as error:
        rule: Any = error.rule
        raise PydanticCustomError(rule, "{message}", {"message": error.message}) from None
    return value


def _alt(value: object) -> object:
    if value is None or (isinstance(value, str) and not value.strip()):
        raise PydanticCustomError(
            "no-alt-text", "say what the picture shows, for everyone who cannot see it"
        )
    return value


def _amount(value: object) -> object:
    """Return the amount of money that 120 or "120.50" means, exactly as it is written."""
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        amount = Decimal("NaN")
    is_money = amount.is_finite() and 0 <= amount < _TOO_DEAR and amount == round(amount, 2)
    if isinstance(value, bool) or not is_money:
        raise PydanticCustomError(
            "wrong-value", "{value} is not an amount; write it as 120.50", {"value": repr(value)}
        )
    return amount


_TOO_DEAR = 1_000_000_000
"""From here on it is no amount that a campaign cost, but a slip of the hand."""

Amount = Annotated[
    Decimal,
    PlainValidator(_amount),
    WithJsonSchema({"type": ["number", "string"], "minimum": 0, "pattern": r"^\d+(\.\d{1,2})?$"}),
]
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$", examples=["GBP"])]

AccountId = Annotated[Id, BeforeValidator(_account)]
At = Annotated[
    object,
    BeforeValidator(_at),
    WithJsonSchema(
        {"type": "string", "pattern": AT_PATTERN, "examples": ["2027-03-08 09:30", ON_APPROVAL]}
    ),
]


class ObjectiveShape(Shape):
    """What the campaign is to change."""

    measure: Annotated[str, AfterValidator(_measure)]
    baseline: Annotated[float, Field(ge=0)]
    target: Annotated[float, Field(ge=0)]
    by: Day


class CostShape(Shape):
    """What the campaign cost beside what platforms charge."""

    amount: Annotated[Amount, Field(examples=[120.50])]
    currency: Currency = "GBP"
    reason: Words


class EvaluationShape(Shape):
    """What a person says of the campaign afterwards, by the stages of evaluation."""

    by: Annotated[Email, AfterValidator(_author)]
    inputs: Words | None = None
    outputs: Words | None = None
    outtakes: Words | None = None
    outcomes: Words | None = None
    impact: Words | None = None
    learning: Words | None = None
    cost: Annotated[
        CostShape | None, Field(examples=[{"amount": 120.50, "reason": "Drawing the pictures"}])
    ] = None


class RepeatShape(Shape):
    """How often a post goes out, the first time included."""

    every: Every
    times: Annotated[int, Field(ge=2, le=366)]


class MediaShape(Shape):
    """A picture and its alt text."""

    file: Annotated[Words, AfterValidator(_file)]
    alt: Annotated[str, BeforeValidator(_alt), Field(validate_default=True)] = ""


class PostShape(Shape):
    """One post."""

    id: Id
    at: Annotated[At, Field(examples=["2027-03-08 09:30"])]
    text: Words | None = None
    text_for: Annotated[dict[AccountId, Words], Field(examples=[{"x": "Fewer words for X."}])] = (
        Field(default_factory=dict)
    )
    media: Annotated[
        list[MediaShape],
        Field(examples=[[{"file": "media/cot.jpg", "alt": "What the picture shows."}]]),
    ] = Field(default_factory=list)
    repeat: Annotated[RepeatShape | None, Field(examples=[{"every": "week", "times": 3}])] = None
    expires: Annotated[Day | None, Field(examples=["2027-03-31"])] = None
    accounts: Annotated[list[AccountId] | None, Field(examples=[["x", "facebook"]])] = None
    link: Url | None = None
    election_safe: bool = False


class CampaignShape(Shape):
    """One file of the campaigns folder."""

    campaign: Id
    title: Words
    author: Annotated[Email, AfterValidator(_author)]
    audience: Words
    planned_on: Day | None = None
    objective: Annotated[
        ObjectiveShape | None,
        Field(
            examples=[
                {"measure": "clicks_link", "baseline": 120, "target": 400, "by": "2027-03-31"}
            ]
        ),
    ] = None
    strategy: Words | None = None
    link: Url | None = None
    accounts: Annotated[list[AccountId], Field(examples=[["x", "facebook"]])] = Field(
        default_factory=list
    )
    historic: bool = False
    sensitivity: Literal["case_review"] | None = None
    watched_by: Annotated[list[Email], Field(examples=[["someone@board.example"]])] = Field(
        default_factory=list
    )
    allow: Annotated[list[dict[str, Words]], Field(examples=[[{"same-text": "the reason"}]])] = (
        Field(default_factory=list)
    )
    evaluation: Annotated[
        EvaluationShape | None,
        Field(examples=[{"by": "someone@board.example", "learning": "What to do otherwise."}]),
    ] = None
    posts: Annotated[
        list[PostShape],
        Field(
            min_length=1,
            examples=[[{"id": "clear-cot", "at": "2027-03-08 09:30", "text": "The words."}]],
        ),
    ]


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a campaign file, for editors."""
    schema: dict[str, Any] = _without_null(CampaignShape.model_json_schema())
    schema["$defs"]["MediaShape"]["required"] = ["file", "alt"]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "A campaign of sgcomms",
    }


def _without_null(schema: Any) -> Any:
    """Return a schema in which a key may be left out, but not stand there without a value."""
    if isinstance(schema, list):
        return [_without_null(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {key: _without_null(part) for key, part in schema.items()}
    if plain.get("default", 0) in (None, ""):
        del plain["default"]
    kinds = plain.get("anyOf", [])
    if {"type": "null"} in kinds:
        left = [kind for kind in kinds if kind != {"type": "null"}]
        del plain["anyOf"]
        plain = {**plain, **left[0]} if len(left) == 1 else {**plain, "anyOf": left}
    return plain
