"""What exactly is sent: its seal, what a revised one has changed, and how it says so. Pure."""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sgcomms.models import Attachment, Mail

SHORT = 12
"""So many signs of a seal are enough to name it by."""

ASKED = "What the board is asked to do"

_HEADING = re.compile(r"<h1\b", re.IGNORECASE)
_BODY = re.compile(r"<body\b[^>]*>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Change:
    """A printed figure, or request, that a revision has changed; None where it is not given."""

    name: str
    before: str | None
    now: str | None

    def __str__(self) -> str:
        """Return the change as a reader has it: the new level first."""
        if self.before is None:
            return f"{self.name}: {self.now} (not given before)"
        if self.now is None:
            return f"{self.name}: no longer given (was {self.before})"
        return f"{self.name}: {self.now} (was {self.before})"


def seal(mail: Mail) -> str:
    """Return the SHA-256 of everything that is sent, as 64 hexadecimal digits."""
    files = [
        [one.name, one.kind, hashlib.sha256(one.content).hexdigest()] for one in mail.attachments
    ]
    figures = sorted(mail.figures.items())
    whole = [mail.key, mail.subject, mail.text, mail.html, files, figures, mail.decision]
    return hashlib.sha256(json.dumps(whole).encode()).hexdigest()


def asked(sealed: str, to: Sequence[str], way: str) -> str:
    """Return the SHA-256 of what a yes is to: what is sent, to whom, and by what."""
    whole = [sealed, sorted(one.casefold() for one in to), way]
    return hashlib.sha256(json.dumps(whole).encode()).hexdigest()


def base(mail: Mail) -> str:
    """Return what tells a changed document from the same one written on another day.

    That is its figures: what it says of the day on which it was written does not make it another.
    """
    return hashlib.sha256(json.dumps([mail.key, sorted(mail.figures.items())]).encode()).hexdigest()


def changes(before: Mail, now: Mail) -> tuple[Change, ...]:
    """Return what is different: what the readers are asked to do, then figures as printed."""
    names = dict.fromkeys([*now.figures, *before.figures])
    found = (Change(name, before.figures.get(name), now.figures.get(name)) for name in names)
    asked_now = [Change(ASKED, before.decision, now.decision)] if before.decision else []
    return tuple(one for one in (*asked_now, *found) if one.before != one.now)


def revised(mail: Mail, changed: Sequence[Change], number: int, of: date) -> Mail:
    """Return `mail` as the issue `number`, which takes the place of the one of the day `of`.

    The subject and the top of the text, of the page and of attached pages say so; attached files
    get names of their own.
    """
    lines = list(_note(changed, number, of))
    head, *figures = lines
    text = "\n".join([head, *(f"- {one}" for one in figures), "", mail.text])
    return replace(
        mail,
        subject=f"Revised: {mail.subject}",
        text=text,
        html=None if mail.html is None else _marked(mail.html, head, figures),
        attachments=tuple(_renamed(one, number, head, figures) for one in mail.attachments),
    )


def _note(changed: Sequence[Change], number: int, of: date) -> Iterator[str]:
    day = f"{of.day} {of:%B %Y}"
    what = (
        "What has changed:"
        if changed
        else "No figure has changed; the words, or what is attached, have."
    )
    yield f"Revised (issue {number}): this takes the place of what was sent on {day}. {what}"
    yield from map(str, changed)


def _marked(page: str, head: str, figures: Sequence[str]) -> str:
    """Return a page with the note above its heading, or else at its top."""
    items = "".join(f"<li>{html.escape(one)}</li>" for one in figures)
    listed = f"<ul>{items}</ul>" if items else ""
    note = f"<div><p><strong>{html.escape(head)}</strong></p>{listed}</div>"
    heading, body = _HEADING.search(page), _BODY.search(page)
    at = heading.start() if heading else body.end() if body else 0
    return page[:at] + note + page[at:]


def _renamed(one: Attachment, number: int, head: str, figures: Sequence[str]) -> Attachment:
    stem, dot, ending = one.name.rpartition(".")
    name = f"{stem}-revised-{number}.{ending}" if dot else f"{one.name}-revised-{number}"
    if one.kind != "text/html":
        return replace(one, name=name)
    page = one.content.decode("utf-8", "replace")
    return replace(one, name=name, content=_marked(page, head, figures).encode())
