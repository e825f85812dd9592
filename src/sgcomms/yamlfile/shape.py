"""What the values of a file may be, as pydantic types that the files' models are made of."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from sgcomms.yamlfile import dates

ID_PATTERN = r"^[a-z0-9-]+$"
MAX_ID = 60
"""Ids make up the names of files, of which systems take 255 characters and fewer."""


class Shape(BaseModel):
    """A mapping in a file: keys it does not name are problems."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def _whole_number_as_text(value: object) -> object:
    """Take `101` for "101": ids and account numbers are text, however they are written."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _id(value: object) -> object:
    value = _whole_number_as_text(value)
    if not isinstance(value, str):
        return value
    if not re.fullmatch(r"[a-z0-9-]+", value):
        simple = re.sub(r"[^a-z0-9]+", "-", value.lower()).strip("-")[:MAX_ID]
        hint = f"; write it as {simple}" if simple else ""
        raise PydanticCustomError(
            "wrong-value",
            "{value} may hold small letters, digits and hyphens only{hint}",
            {"value": repr(value), "hint": hint},
        )
    if len(value) > MAX_ID:
        raise PydanticCustomError(
            "wrong-value",
            "{length} characters are too long for an id; at most {most} are taken",
            {"length": len(value), "most": MAX_ID},
        )
    return value


def _day(value: object) -> object:
    try:
        return dates.day(value if isinstance(value, str) else str(value))
    except ValueError as error:
        raise PydanticCustomError("wrong-value", "{error}", {"error": str(error)}) from None


Id = Annotated[
    str,
    BeforeValidator(_id),
    WithJsonSchema(
        {"type": ["string", "integer"], "pattern": ID_PATTERN, "maxLength": MAX_ID, "minimum": 0}
    ),
]
"""A name of the board's own: small letters, digits, hyphens."""

NumberText = Annotated[
    str,
    BeforeValidator(_whole_number_as_text),
    WithJsonSchema({"type": ["string", "integer"]}),
]
"""A number that is a name, such as a page id: quoted or not."""

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
"""Words for readers: not empty."""

Day = Annotated[
    date,
    BeforeValidator(_day),
    WithJsonSchema({"type": "string", "format": "date", "pattern": dates.DAY_PATTERN}),
]
"""A day, written 2027-03-31."""
