"""The placeholders of a text: `{link}`, `{contact:…}`, and doubled braces for real ones. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from sgcomms.models import LINK, Contact

_PIECE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_CONTACT = re.compile(r"contact:\s*([a-z0-9-]*)\s*")


def placeholders(text: str) -> Iterator[tuple[str, str]]:
    """Yield each placeholder of `text` as its kind and its name.

    The kinds are "link", "contact" (with the contact's id) and "unknown" (with what stands there).
    """
    for match in _PIECE.finditer(text):
        if match[0] in ("{{", "}}"):
            continue
        inside = match[1]
        contact = _CONTACT.fullmatch(inside.strip()) if inside is not None else None
        if inside is not None and inside.strip() == "link":
            yield "link", "link"
        elif contact is not None:
            yield "contact", contact[1]
        else:
            yield "unknown", match[0]


def fill(text: str, contacts: Mapping[str, Contact]) -> str:
    """Return `text` with contacts written out, braces undoubled and `LINK` for the link.

    Raises KeyError for a contact that is not known; every other placeholder must be one of ours.
    """

    def write(match: re.Match[str]) -> str:
        if match[0] in ("{{", "}}"):
            return match[0][0]
        contact = _CONTACT.fullmatch((match[1] or "").strip())
        return contacts[contact[1]].text if contact else LINK

    return _PIECE.sub(write, text).strip()
