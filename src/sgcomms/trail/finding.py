"""Where a telephone number or an image stands."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from sgcomms.db.queue import Row
from sgcomms.models import Contact


def mentions(row: Row, name: str, contact: Contact | None) -> bool:
    """Tell whether a delivery gives the details of a contact, or holds the number `name`."""
    images = (item.alt for item in row.draft.media)
    return name in row.contacts or any(
        says(words, name, contact) for words in (row.draft.text, *images)
    )


def says(text: str, name: str, contact: Contact | None) -> bool:
    """Tell whether a text gives the details of a contact or, where there is none, holds `name`.

    However a telephone number is grouped, it is the same one. A short one of a contact, such as
    101, counts only in the contact's own words: it may as well be a page.
    """
    wanted, shortest = (contact.text, 5) if contact else (name, 3)
    numbers = _numbers(wanted, shortest)
    if not numbers:
        return wanted.casefold() in text.casefold()
    return any(number.search(text) for number in numbers)


def _numbers(words: str, shortest: int) -> list[re.Pattern[str]]:
    """Return what finds each telephone number of `words`, however it is grouped."""
    found = (re.sub(r"\D", "", one) for one in re.findall(rf"\d(?:{_GAP}\d)+", words))
    return [_number(digits) for digits in found if len(digits) >= shortest]


def _number(digits: str) -> re.Pattern[str]:
    # 0808… may be given as +44 808…
    first = r"(?:0|(?:\+|00)\s?44\s?(?:\(0\)\s?)?)" if digits[0] == "0" else digits[0]
    rest = "".join(_GAP + digit for digit in digits[1:])
    return re.compile(rf"(?<![\d£$€])(?<!\d[.,]){first}{rest}(?!\d|[.,]\d)")


_GAP = r"[\s.()‐-―-]{0,2}"
"""What may stand between two digits of a number."""


def shows(row: Row, sha256: str) -> bool:
    """Tell whether a delivery has the image, as it was sent or as the officer had it."""
    return any(sha256 in (item.sha256, item.source) for item in row.draft.media)


def image_hash(path: Path) -> str:
    """Return the SHA-256 of a file. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
