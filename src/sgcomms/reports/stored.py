"""Reports as JSON and back: one function for every dataclass. Pure."""

from __future__ import annotations

import collections.abc
import dataclasses
import math
import re
import sys
import types
import typing
from typing import Any, Literal, TypeVar, cast

from sgcomms.signs import plain

_T = TypeVar("_T")
_NO_XML = re.compile("[\ufffe\uffff\ud800-\udfff]")
"""What XML 1.0 has no place for (https://www.w3.org/TR/xml/#charsets), control characters apart."""


class MisfitError(ValueError):
    """Data that is not of the shape asked for; the message says where."""


def restored(kind: type[_T], data: object, place: str = "") -> _T:
    """Return the dataclass `kind` that `data`, as `dataclasses.asdict` and JSON make it, is of.

    A field with a value of its own may be missing: it is younger than the file. Raises MisfitError
    for anything else that is missing, unknown or of another type.
    """
    return cast("_T", _value(kind, data, place or kind.__name__.lower()))


def cleaned(value: _T) -> _T:
    """Return a dataclass with every text in it without signs that are not seen, on one line."""
    return cast("_T", _cleaned(value))


def _cleaned(value: object) -> object:
    if isinstance(value, str):
        return _NO_XML.sub("", plain(" ".join(value.split())))
    if isinstance(value, tuple):
        return tuple(map(_cleaned, value))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in dataclasses.fields(value)]
        return dataclasses.replace(
            value, **{name: _cleaned(getattr(value, name)) for name in names}
        )
    return value


def _value(kind: Any, data: object, place: str) -> object:
    """Return `data` as a value of the type `kind`: a dataclass, a tuple, a union or a plain one."""
    origin = typing.get_origin(kind)
    if dataclasses.is_dataclass(kind):
        return _dataclass(kind, data, place)
    if origin in _MADE_OF:
        return _MADE_OF[origin](kind, data, place)
    if origin in (typing.Union, types.UnionType):
        (only,) = (one for one in typing.get_args(kind) if one is not type(None))
        return None if data is None else _value(only, data, place)
    if origin is Literal:
        if data not in typing.get_args(kind):
            raise MisfitError(f"{place} is {data!r}")
        return data
    return _plain(kind, data, place)


def _tuple(kind: Any, data: object, place: str) -> object:
    item, *_ = typing.get_args(kind)
    if not isinstance(data, list):
        raise MisfitError(f"{place} is no list")
    return tuple(_value(item, one, f"{place}[{at}]") for at, one in enumerate(data))


def _mapping(kind: Any, data: object, place: str) -> object:
    """Return a mapping of names, which JSON has no others than texts for."""
    if not isinstance(data, dict):
        raise MisfitError(f"{place} is no object")
    _, of = typing.get_args(kind)
    return {name: _value(of, one, f"{place}[{name!r}]") for name, one in data.items()}


_MADE_OF = {tuple: _tuple, collections.abc.Mapping: _mapping}


def _dataclass(kind: Any, data: object, place: str) -> object:
    if not isinstance(data, dict):
        raise MisfitError(f"{place} is no object")
    types_of = typing.get_type_hints(kind)
    unknown = sorted(set(data) - set(types_of))
    missing = sorted(_needed(kind) - set(data))
    if unknown or missing:
        what = f"lacks {missing[0]}" if missing else f"has {unknown[0]!r}, which is not known"
        raise MisfitError(f"{place} {what}")
    return kind(
        **{
            name: _value(of, data[name], f"{place}.{name}")
            for name, of in types_of.items()
            if name in data
        }
    )


def _needed(kind: Any) -> set[str]:
    """Return the fields that every file has: those without a value of their own."""
    none = dataclasses.MISSING
    fields = dataclasses.fields(kind)
    return {one.name for one in fields if one.default is none and one.default_factory is none}


def _plain(kind: Any, data: object, place: str) -> object:
    if kind is float and isinstance(data, int) and not isinstance(data, bool):
        data = float(data) if abs(data) <= sys.float_info.max else math.inf
    if type(data) is not kind or (isinstance(data, float) and not math.isfinite(data)):
        raise MisfitError(f"{place} is no {kind.__name__}")
    return data
