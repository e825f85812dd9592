"""What was probably meant: the nearest name, the place where a key belongs, how a value is written.

Where a key belongs and what it looks like is read off the pydantic models, whose fields carry
examples.
"""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, get_args, get_origin

from pydantic import BaseModel, RootModel
from pydantic.fields import FieldInfo

from sgcomms.yamlfile.document import Route
from sgcomms.yamlfile.mending import quoted

MAX_NAMES = 12


def suggestion(word: object, known: Iterable[str], key: Callable[[str], str] = str) -> str:
    """Return "; did you mean 'text'?" for the nearest of `known`, or else a list of them.

    `key` picks the part of a word and of a name that they are compared by.
    """
    names = tuple(known)
    near = _nearest(str(word), names, key)
    if near is not None:
        return f"; did you mean {near!r}?"
    return f"; known are: {listed(names)}" if names else ""


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


def listed(names: Iterable[str]) -> str:
    """Return `names` in a row, the first of them if they are many."""
    known = list(names)
    more = f" and {len(known) - MAX_NAMES:,} more" if len(known) > MAX_NAMES else ""
    return ", ".join(known[:MAX_NAMES]) + more


@dataclass(frozen=True, slots=True)
class Found:
    """What a model says of a place: the model there, and the field that leads to it."""

    owner: type[BaseModel] | None
    field: FieldInfo | None


def find(model: type[BaseModel], path: Route) -> Found:
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
        field = fields(owner).get(str(part)) if owner is not None else None
        if field is None:
            return Found(None, None)
        owner = _model_in(field.annotation)
        inside_container = _is_container(field.annotation)
    return Found(owner, field)


def fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """Return the fields of a model by the keys that stand in a file."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def keys(model: type[BaseModel] | None) -> list[str]:
    """Return the keys that may stand where `model` is expected."""
    return list(fields(model)) if model is not None else []


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """Return the first model that stands in a type such as `list[PostShape] | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for arg in get_args(annotation) if (found := _model_in(arg))), None)


def _is_container(annotation: Any) -> bool:
    if get_origin(annotation) in (list, dict):
        return True
    return any(_is_container(arg) for arg in get_args(annotation))


def nearest_key(model: type[BaseModel], path: Route) -> str | None:
    """Return the key that was meant by an unknown one, if it is known in the same place."""
    key, here = str(path[-1]), tuple(keys(find(model, path[:-1]).owner))
    elsewhere = any(key in keys for _, keys in _homes(model))
    if elsewhere and _plain(key) not in map(_plain, here):
        return None
    return _nearest(key, here)


def key_hint(model: type[BaseModel], path: Route) -> str:
    """Return where a key belongs that is known elsewhere in the file, or else the nearest one."""
    near = nearest_key(model, path)
    if near is not None:
        return f"; did you mean {near!r}?"
    homes = [home for home, keys in _homes(model) if path[-1] in keys]
    here = keys(find(model, path[:-1]).owner)
    return f"; it belongs {homes[0]}" if homes else f"; known are: {listed(here)}"


@functools.cache
def _homes(model: type[BaseModel]) -> tuple[tuple[str, list[str]], ...]:
    """Return each place of a file where keys stand, in words, with its keys."""
    is_root = issubclass(model, RootModel)
    found = [] if is_root else [("at the top level of the file", keys(model))]
    for name, field in fields(model).items():
        inner = _model_in(field.annotation)
        if inner is not None and not is_root:
            found.append((f"under `{name}`", keys(inner)))
            found += [home for home in _homes(inner) if home[0].startswith("under")]
    return tuple(found)


def example(model: type[BaseModel], path: Route, given: object = None) -> str:
    """Return how the value at `path` is written, where its field has an example.

    `given` is what stands there now.
    """
    while path and isinstance(path[-1], int):  # the example of a list shows what is in it
        path, given = path[:-1], None
    field = find(model, path).field
    examples = field.examples if field is not None else None
    if not examples or not path:
        return ""
    shown = examples[0]
    item = shown[0] if isinstance(shown, list) else None
    if isinstance(item, dict) and (isinstance(given, dict) or len(item) > 2):
        key, value = next(iter(item.items()))
        return f"; begin each one with a dash, such as `- {key}: {_flow(value)}`"
    if isinstance(item, str) and isinstance(given, str):
        shown = re.findall(r"[^\W_][\w@.-]*", given) or shown
    return f"; write it as `{path[-1]}: {_flow(shown)}`"


def _flow(value: object) -> str:
    """Return `value` as YAML in one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    text = str(value)
    return text if re.fullmatch(r"[\w./:@-]+", text) else quoted(text)
