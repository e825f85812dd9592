"""Data held against a pydantic model, with what is wrong said in the officer's words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeVar

from pydantic import BaseModel, RootModel, ValidationError
from pydantic_core import ErrorDetails

from sgcomms.errors import Problem
from sgcomms.yamlfile import hints
from sgcomms.yamlfile.document import Document, Route
from sgcomms.yamlfile.mending import PUT_IN_QUOTES, quoted

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
    """Return what `fit` returns, each problem with the way to the value it is about.

    What the document itself calls doubtful is not judged again.
    """
    if document.data is None:
        needed = [name for name, field in hints.fields(model).items() if field.is_required()]
        known = "" if issubclass(model, RootModel) else f"; it should hold {hints.listed(needed)}"
        message = f"the file is empty{known}"
        return None, [((), document.problem((), "unreadable-file", message))]
    value, found = None, []
    try:
        value = model.model_validate(document.data, context=context)
    except ValidationError as error:
        found = error.errors(include_url=False)
    judged = [one for one in found if _route(one) not in document.doubtful]
    renamed = {
        (*_route(one)[:-1], hints.nearest_key(model, _route(one)))
        for one in judged
        if one["type"] == _UNKNOWN
    }
    judged = [one for one in judged if one["type"] != "missing" or _route(one) not in renamed]
    blank = _blanks(document, judged)
    misfits = [
        (_route(one), _problem(document, model, one)) for one in judged if _route(one) not in blank
    ]
    misfits += [(route, _blank(document, model, route)) for route in blank]
    return (value if not misfits else None), misfits


def _blanks(document: Document, found: Sequence[ErrorDetails]) -> set[Route]:
    """Return the keys without a value, unless something better is said of them, or round them."""
    said = {_route(one) for one in found if "-" in one["type"] or one["type"] == _UNKNOWN}
    wrong = {_route(one) for one in found}
    return {
        route
        for route in document.blank - document.doubtful - said
        if not any(route[:depth] in wrong for depth in range(len(route)))
    }


_UNKNOWN = "extra_forbidden"
_TYPES = {
    "string_type": "should be text",
    "int_type": "should be a whole number",
    "float_type": "should be a number",
    "bool_type": "should be true or false",
    "list_type": "should be a list",
    "dict_type": "should hold keys and values",
    "model_type": "should hold keys and values",
}
_TRUTH = {
    **dict.fromkeys(("yes", "y", "on", "1", "true"), "true"),
    **dict.fromkeys(("no", "n", "off", "0", "false"), "false"),
}


def _route(detail: ErrorDetails) -> Route:
    return tuple(part for part in detail["loc"] if part != "[key]")


def _problem(document: Document, model: type[BaseModel], detail: ErrorDetails) -> Problem:
    path, kind = _route(detail), detail["type"]
    names = [part for part in path if isinstance(part, str)]
    name = names[-1] if names else "the file"
    if kind == _UNKNOWN:
        message = f"{path[-1]!r} is not a key here{hints.key_hint(model, path)}"
        return document.problem(path, "unknown-key", message, key=True)
    if kind == "missing":
        message = f"{path[-1]!r} is missing{hints.example(model, path)}"
        return document.problem(path, "missing-key", message, key=True)
    if "-" in kind:  # raised by this package: the type is the rule's id
        is_key = "[key]" in detail["loc"]
        name = names[-2] if is_key and len(names) > 1 else name
        return document.problem(path, kind, f"{name}: {detail['msg']}", key=is_key)
    if kind == "string_type":
        return _not_text(document, path, name, detail["input"])
    rule = "wrong-type" if kind in _TYPES else "wrong-value"
    words = _in_plain_words(detail)
    return document.problem(
        path, rule, f"{name}: {words}{hints.example(model, path, detail['input'])}"
    )


def _blank(document: Document, model: type[BaseModel], route: Route) -> Problem:
    """Return the problem of a key without a value: nobody can tell what was to stand there."""
    field = hints.find(model, route).field
    cure = hints.example(model, route) or "; write a value"
    if field is not None and not field.is_required():
        cure += ", or delete the line"
    message = f"{route[-1]}: nothing stands here{cure}"
    return document.problem(route, "wrong-type", message, key=True)


def _not_text(document: Document, path: Route, name: str, value: object) -> Problem:
    """Return the problem of a value that YAML took for something else than text."""
    written = document.written(path)
    line = document.with_value(path, quoted(written)) if written else None
    if isinstance(value, dict | list):
        if line is None:
            message = (
                f"{name}: should be text, not {_shown(value)}; a text of several lines begins with "
                f"`{name}: |`"
            )
            return document.problem(path, "wrong-type", message)
        return document.problem(path, "needs-quotes", f"{PUT_IN_QUOTES}: {line}")
    cure = f"; if it is meant as text, write {line}" if line else ""
    return document.problem(
        path, "wrong-type", f"{name}: should be text, not {_shown(value)}{cure}"
    )


def _in_plain_words(detail: ErrorDetails) -> str:
    kind, value, context = detail["type"], detail["input"], detail.get("ctx", {})
    if kind == "bool_type" and str(value).lower() in _TRUTH:
        return f"should be true or false; write it as {_TRUTH[str(value).lower()]}"
    if kind in _TYPES:
        return f"{_TYPES[kind]}, not {_shown(value)}"
    if kind == "literal_error":
        known = re.findall(r"'([^']*)'", str(context.get("expected", "")))
        return f"{_shown(value)} is not known{hints.suggestion(value, known)}"
    if kind in ("string_too_short", "too_short"):
        return "nothing stands here"
    bounds = {"greater_than_equal": ("ge", "more"), "less_than_equal": ("le", "less")}
    if kind in bounds:
        limit, way = bounds[kind]
        return f"should be {context[limit]:,} or {way}, not {_shown(value)}"
    message = detail["msg"].replace("Input should", "should")
    return f"{message[:1].lower()}{message[1:]}, not {_shown(value)}"


def _shown(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "keys and values"
    if isinstance(value, list):
        return "a list"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
