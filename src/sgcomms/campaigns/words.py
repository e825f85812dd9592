"""The placeholders of a text: `{link}`, `{contact:…}`, and doubled braces for real ones. Pure."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping

from sgcomms.models import LINK, Contact

PIECE = re.compile(
    r"\{\{\s*(?:link|contact:[^{}]*)\s*\}\}|[<\[]\s*(?:link|contact:\s*[a-z0-9-]+)\s*[>\]]"
    r"|\{\{|\}\}|\{([^{}]*)\}|[{}]",
    re.IGNORECASE,
)
"""A placeholder, as it is written here or in another program; a doubled brace, or a lone one."""

_CONTACT = re.compile(r"contact:\s*([^{}]*?)\s*")


def placeholders(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield each placeholder of `text` as its kind, its name, and as it is written.

    The kinds are "link", "contact" (with the contact's id) and "unknown".
    """
    for match in PIECE.finditer(text):
        if match[0] not in ("{{", "}}"):
            yield (*_kind(match), match[0])


def fill(text: str, contacts: Mapping[str, Contact]) -> str:
    """Return `text` with contacts written out, braces undoubled and `LINK` for the link.

    Raises KeyError for a contact that is not known; every other placeholder must be one of ours.
    """

    def write(match: re.Match[str]) -> str:
        if match[0] in ("{{", "}}"):
            return match[0][0]
        kind, name = _kind(match)
        return contacts[name].text if kind == "contact" else LINK

    return PIECE.sub(write, text).strip()


def without_unknown(text: str, contacts: Container[str]) -> str:
    """Return `text` without the placeholders that `fill` could not write out."""

    def keep(match: re.Match[str]) -> str:
        if match[0] in ("{{", "}}"):
            return match[0]
        kind, name = _kind(match)
        known = kind == "link" or (kind == "contact" and name in contacts)
        return match[0] if known else ""

    return PIECE.sub(keep, text)


def _kind(match: re.Match[str]) -> tuple[str, str]:
    inside = match[1].strip() if match[1] is not None else None
    if inside == "link":
        return "link", "link"
    contact = _CONTACT.fullmatch(inside) if inside is not None else None
    return ("contact", contact[1]) if contact else ("unknown", match[0])
