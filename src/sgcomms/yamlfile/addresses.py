"""Web and e-mail addresses as values of a file."""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

_EMAIL = re.compile(r"[^@\s<>(),;:\"]+@[^@\s<>(),;:\"]+\.[^@\s<>(),;:\".]+")
_DOMAIN = re.compile(r"(?:[\w-]+\.)+[^\W\d_]{2,}(?:[/?#]\S*)?")
_WRAPPED = re.compile(
    r"(?:\[[^\]]*\])?[<(\[\"'“‘\s]*(https?://[\w./%?=&#~+:-]+)[>)\]\"'”’\s\u200b\u2060\ufeff]*"
)
_LABEL = re.compile(r"(?!-)[\w-]{1,63}(?<!-)")
_NOT_IN_ADDRESS = re.compile(
    r"[\s<>\"{}|\\^`\x00-\x20\x7f-\xa0\xad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff“”‘’]"
)


def web_address(text: str) -> str:
    """Return `text` if it is a full web address. Raises ValueError with what to write instead."""
    if _EMAIL.fullmatch(text.removeprefix("mailto:")):
        raise ValueError(f"{text!r} is an e-mail address; a link leads to a page (https://…)")
    strange = _NOT_IN_ADDRESS.search(text)
    if strange is not None:
        what = f"U+{ord(strange[0]):04X}" if not strange[0].isprintable() else repr(strange[0])
        raise ValueError(f"{text!r} holds {what}, which no web address has{_within(text)}")
    if _DOMAIN.fullmatch(text):
        raise ValueError(f"{text!r} is not a full web address; write it as https://{text}")
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host = ""
    if not text.lower().startswith(("http://", "https://")) or not _is_host(host):
        raise ValueError(f"{text!r} is not a full web address (https://…){_within(text)}")
    if "@" in parts.netloc:
        raise ValueError("a name or a password does not belong in a web address")
    return text


def _within(text: str) -> str:
    """Return the address in brackets or quotes, or behind a name in brackets, that `text` is."""
    match = _WRAPPED.fullmatch(text)
    return f"; write it as {match[1]}" if match and match[1] != text else ""


def _is_host(host: str) -> bool:
    """Tell whether `host` can be a page's: a domain, an IP address, or this machine."""
    try:
        return bool(ipaddress.ip_address(host))
    except ValueError:
        labels = host.rstrip(".").split(".")
    named = len(labels) > 1 and not labels[-1].isdigit() and all(map(_LABEL.fullmatch, labels))
    return host == "localhost" or named


def _url(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return web_address(value.strip())
    except ValueError as error:
        raise PydanticCustomError("wrong-value", "{error}", {"error": str(error)}) from None


def _email(value: object) -> object:
    if not isinstance(value, str) or _EMAIL.fullmatch(value):
        return value
    raise PydanticCustomError(
        "wrong-value",
        "{value} is not an e-mail address; write it as someone@board.example",
        {"value": repr(value)},
    )


Url = Annotated[
    str,
    BeforeValidator(_url),
    WithJsonSchema({"type": "string", "format": "uri", "pattern": "^https?://"}),
]
"""A full web address."""

Email = Annotated[
    str,
    BeforeValidator(_email),
    WithJsonSchema({"type": "string", "format": "email", "pattern": r"^[^@\s]+@[^@\s]+$"}),
]
"""Somebody's e-mail address."""
