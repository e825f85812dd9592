"""Data held against a pydantic model, with what is wrong said in the officer's words."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any, TypeVar, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    WithJsonSchema,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from sgcomms.errors import Problem
from sgcomms.yamlfile.mending import quoted
from sgcomms.yamlfile.reader import Document, Route

ID_PATTERN = r"^[a-z0-9-]+$"
DAY_PATTERN = r"^\d{4}-\d{2}-\d{2}$"


class Shape(BaseModel):
    """A mapping in a file: keys it does not name are problems."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def _whole_number_as_text(value: object) -> object:
    """Take `101` for "101": ids and account numbers are text, however they are written."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _id(value: object) -> object:
    value = _whole_number_as_text(value)
    if isinstance(value, str) and not re.fullmatch(ID_PATTERN, value):
        simple = re.sub(r"[^a-z0-9]+", "-", value.lower()).strip("-")
        hint = f"; write it as {simple}" if simple else ""
        raise PydanticCustomError(
            "wrong-value",
            "{value} may hold small letters, digits and hyphens only{hint}",
            {"value": repr(value), "hint": hint},
        )
    return value


def _day(value: object) -> object:
    if isinstance(value, str) and re.fullmatch(DAY_PATTERN, value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise PydanticCustomError(
        "wrong-value", "{value} is not a day; write it as 2027-03-31", {"value": repr(value)}
    )


Id = Annotated[str, BeforeValidator(_id), Field(json_schema_extra={"pattern": ID_PATTERN})]
"""A name of the board's own: small letters, digits, hyphens."""

NumberText = Annotated[str, BeforeValidator(_whole_number_as_text)]
"""A number that is a name, such as a page id: quoted or not."""

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
"""Words for readers: not empty."""

Day = Annotated[
    date,
    BeforeValidator(_day),
    WithJsonSchema({"type": "string", "format": "date", "pattern": DAY_PATTERN}),
]
"""A day, written 2027-03-31."""

_M = TypeVar("_M", bound=BaseModel)


def fit(
    document: Document, model: type[_M], context: object = None
) -> tuple[_M | None, list[Problem]]:
    """Return the document's data as `model`, or None with every problem that keeps it from fitting.

    `context` is handed to the model's validators. An error type of theirs that holds a hyphen is
    the id of a rule, and its message is shown as it is.
    """
    value, misfits = fit_with_routes(document, model, context)
    return value, [problem for _, problem in misfits]


def fit_with_routes(
    document: Document, model: type[_M], context: object = None
) -> tuple[_M | None, list[tuple[Route, Problem]]]:
    """Return what `fit` returns, each problem with the way to the value it is about."""
    if document.data is None:
        known = ", ".join(model.model_fields)
        message = f"the file is empty; it should hold {known}"
        return None, [((), document.problem((), "unreadable-file", message))]
    try:
        return model.model_validate(document.data, context=context), []
    except ValidationError as error:
        found = error.errors(include_url=False)
        return None, [(_route(one), _problem(document, model, one)) for one in found]


def _route(detail: ErrorDetails) -> Route:
    return tuple(part for part in detail["loc"] if part != "[key]")


def suggestion(word: object, known: Iterable[str]) -> str:
    """Return "; did you mean 'text'?" for the nearest of `known`, or else a list of all of them."""
    names = list(known)
    near = difflib.get_close_matches(str(word), names, n=1, cutoff=0.6)
    if near:
        return f"; did you mean {near[0]!r}?"
    return f"; known are: {', '.join(names)}" if names else ""


def _problem(document: Document, model: type[BaseModel], detail: ErrorDetails) -> Problem:
    path = _route(detail)
    kind = detail["type"]
    if kind == "extra_forbidden":
        message = f"{path[-1]!r} is not a key here{suggestion(path[-1], _keys(model, path[:-1]))}"
        return document.problem(path, "unknown-key", message, key=True)
    if kind == "missing":
        return document.problem(path, "missing-key", f"{path[-1]!r} is missing", key=True)
    name = next((str(part) for part in reversed(path) if isinstance(part, str)), "the file")
    if kind == "string_type" and isinstance(detail["input"], dict | list):
        spot = document.spot(path)
        written = document.lines[spot.line - 1][spot.column - 1 :].strip()
        if written.startswith(("{", "[")):
            message = f"put the value in quotes: {name}: {quoted(written)}"
            return document.problem(path, "needs-quotes", message)
    if "-" in kind:  # raised by this package: the type is the rule's id
        return document.problem(path, kind, f"{name}: {detail['msg']}")
    rule = "wrong-type" if kind.endswith("_type") else "wrong-value"
    return document.problem(path, rule, f"{name}: {_in_plain_words(detail)}")


_TYPES = {
    "string_type": "should be text",
    "int_type": "should be a whole number",
    "float_type": "should be a number",
    "bool_type": "should be true or false",
    "list_type": "should be a list: [a, b] or one `- …` a line",
    "dict_type": "should be a mapping of keys to values",
    "model_type": "should be a mapping of keys to values",
    "tuple_type": "should be a list: [a, b] or one `- …` a line",
}


def _in_plain_words(detail: ErrorDetails) -> str:
    kind, value, context = detail["type"], detail["input"], detail.get("ctx", {})
    if kind in _TYPES:
        return f"{_TYPES[kind]}, not {_shown(value)}"
    if kind in ("literal_error", "enum"):
        known = re.findall(r"'([^']*)'", str(context.get("expected", "")))
        return f"{_shown(value)} is not known{suggestion(value, known)}"
    if kind == "string_too_short":
        return "is empty"
    if kind in ("too_short", "list_too_short"):
        return f"needs at least {context.get('min_length', 1)}"
    message = detail["msg"].replace("Input should be", "should be")
    return f"{message[:1].lower()}{message[1:]}, not {_shown(value)}"


def _shown(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _keys(model: type[BaseModel], path: Route) -> list[str]:
    """Return the keys that the mapping at `path` of `model` may have."""
    found: Any = model
    for part in path:
        fields = getattr(found, "model_fields", None)
        if fields is not None:
            found = _model_in(fields[part].annotation) if part in fields else None
        if found is None:
            return []
    return list(getattr(found, "model_fields", {}))


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """Return the first model that stands in a type such as `list[PostShape] | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for arg in get_args(annotation) if (found := _model_in(arg))), None)
