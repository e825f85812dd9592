"""Data held against a pydantic model, with what is wrong said in the officer's words."""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, RootModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from sgcomms.errors import Problem
from sgcomms.yamlfile.document import Document, Route
from sgcomms.yamlfile.mending import PUT_IN_QUOTES, quoted

MAX_NAMES = 12

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
        needed = [name for name, field in _fields(model).items() if field.is_required()]
        known = "" if issubclass(model, RootModel) else f"; it should hold {_listed(needed)}"
        message = f"the file is empty{known}"
        return None, [((), document.problem((), "unreadable-file", message))]
    value, found = None, []
    try:
        value = model.model_validate(document.data, context=context)
    except ValidationError as error:
        found = error.errors(include_url=False)
    judged = [one for one in found if _route(one) not in document.doubtful]
    renamed = {
        (*_route(one)[:-1], _nearest_key(model, _route(one)))
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


def suggestion(word: object, known: Iterable[str], key: Callable[[str], str] = str) -> str:
    """Return "; did you mean 'text'?" for the nearest of `known`, or else a list of them.

    `key` picks the part of a word and of a name that they are compared by.
    """
    names = tuple(known)
    near = _nearest(str(word), names, key)
    if near is not None:
        return f"; did you mean {near!r}?"
    return f"; known are: {_listed(names)}" if names else ""


@functools.lru_cache(maxsize=20_000)
def _nearest(word: str, names: tuple[str, ...], key: Callable[[str], str] = str) -> str | None:
    plain: dict[str, str] = {}
    for name in names:
        plain.setdefault(_plain(key(name)), name)
    near = difflib.get_close_matches(_plain(key(word)), list(plain), n=1, cutoff=0.6)
    return plain[near[0]] if near else None


def _plain(word: str) -> str:
    """Return `word` without what nobody means by it: capitals, spaces, hyphens, quotes."""
    return re.sub(r"[^\w./:]|_", "", word.lower())


def _listed(names: Iterable[str]) -> str:
    known = list(names)
    more = f" and {len(known) - MAX_NAMES:,} more" if len(known) > MAX_NAMES else ""
    return ", ".join(known[:MAX_NAMES]) + more


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
        message = f"{path[-1]!r} is not a key here{_key_hint(model, path)}"
        return document.problem(path, "unknown-key", message, key=True)
    if kind == "missing":
        message = f"{path[-1]!r} is missing{_example(model, path)}"
        return document.problem(path, "missing-key", message, key=True)
    if "-" in kind:  # raised by this package: the type is the rule's id
        is_key = "[key]" in detail["loc"]
        name = names[-2] if is_key and len(names) > 1 else name
        return document.problem(path, kind, f"{name}: {detail['msg']}", key=is_key)
    if kind == "string_type":
        return _not_text(document, path, name, detail["input"])
    rule = "wrong-type" if kind in _TYPES else "wrong-value"
    words = _in_plain_words(detail)
    return document.problem(path, rule, f"{name}: {words}{_example(model, path, detail)}")


def _blank(document: Document, model: type[BaseModel], route: Route) -> Problem:
    """Return the problem of a key without a value: nobody can tell what was to stand there."""
    field = _find(model, route).field
    cure = _example(model, route) or "; write a value"
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
            message = f"{name}: should be text, not {_shown(value)}"
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
        return f"{_shown(value)} is not known{suggestion(value, known)}"
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


@dataclass(frozen=True, slots=True)
class _Found:
    """What a model says of a place: the model there, and the field that leads to it."""

    owner: type[BaseModel] | None
    field: FieldInfo | None


def _find(model: type[BaseModel], path: Route) -> _Found:
    """Return the model that the value at `path` is held against, and its field."""
    owner: type[BaseModel] | None = model
    field: FieldInfo | None = None
    inside_container = False
    if issubclass(model, RootModel):
        field = model.model_fields["root"]
        owner, inside_container = _model_in(field.annotation), True
    for part in path:
        if inside_container:
            inside_container, field = False, None
            continue
        field = _fields(owner).get(str(part)) if owner is not None else None
        if field is None:
            return _Found(None, None)
        owner = _model_in(field.annotation)
        inside_container = _is_container(field.annotation)
    return _Found(owner, field)


def _fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _keys(model: type[BaseModel] | None) -> list[str]:
    return list(_fields(model)) if model is not None else []


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """Return the first model that stands in a type such as `list[PostShape] | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for arg in get_args(annotation) if (found := _model_in(arg))), None)


def _is_container(annotation: Any) -> bool:
    if get_origin(annotation) in (list, dict):
        return True
    return any(_is_container(arg) for arg in get_args(annotation))


def _nearest_key(model: type[BaseModel], path: Route) -> str | None:
    """Return the key that was meant by an unknown one, if it is known in the same place."""
    key, here = str(path[-1]), tuple(_keys(_find(model, path[:-1]).owner))
    elsewhere = any(key in keys for _, keys in _homes(model))
    if elsewhere and _plain(key) not in map(_plain, here):
        return None
    return _nearest(key, here)


def _key_hint(model: type[BaseModel], path: Route) -> str:
    """Return where a key belongs that is known elsewhere in the file, or else the nearest one."""
    near = _nearest_key(model, path)
    if near is not None:
        return f"; did you mean {near!r}?"
    homes = [home for home, keys in _homes(model) if path[-1] in keys]
    here = _keys(_find(model, path[:-1]).owner)
    return f"; it belongs {homes[0]}" if homes else f"; known are: {_listed(here)}"


@functools.cache
def _homes(model: type[BaseModel]) -> tuple[tuple[str, list[str]], ...]:
    """Return each place of a file where keys stand, in words, with its keys."""
    is_root = issubclass(model, RootModel)
    found = [] if is_root else [("at the top level of the file", _keys(model))]
    for name, field in _fields(model).items():
        inner = _model_in(field.annotation)
        if inner is not None and not is_root:
            found.append((f"under `{name}`", _keys(inner)))
            found += [home for home in _homes(inner) if home[0].startswith("under")]
    return tuple(found)


def _example(model: type[BaseModel], path: Route, detail: ErrorDetails | None = None) -> str:
    """Return how the value at `path` is written, where its field has an example."""
    while path and isinstance(path[-1], int):  # the example of a list shows what is in it
        path, detail = path[:-1], None
    field = _find(model, path).field
    examples = field.examples if field is not None else None
    if not examples or not path:
        return ""
    example, given = examples[0], detail["input"] if detail is not None else None
    item = example[0] if isinstance(example, list) else None
    if isinstance(item, dict) and (isinstance(given, dict) or len(item) > 2):
        key, value = next(iter(item.items()))
        return f"; begin each one with a dash, such as `- {key}: {_flow(value)}`"
    if isinstance(item, str) and isinstance(given, str):
        example = [part for part in re.split(r"[\s,;]+", given) if part]
    return f"; write it as `{path[-1]}: {_flow(example)}`"


def _flow(value: object) -> str:
    """Return `value` as YAML in one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    text = str(value)
    return text if re.fullmatch(r"[\w./:@-]+", text) else quoted(text)
