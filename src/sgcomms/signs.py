"""Signs that are not seen but do something: taken out of what other people wrote. Pure.

A terminal obeys control characters, so that a file's name can clear the screen, rewrite the line
before it or set the window's title (https://cwe.mitre.org/data/definitions/150.html). Marks of
direction turn what follows them around, so that a reader sees other words than are there
(https://trojansource.codes, CVE-2021-42574).
"""

from __future__ import annotations

import re

_DIRECTIONS = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_CONTROLS = "\x00-\x1f\x7f-\x9f\u2028\u2029"

_UNSEEN = re.compile(f"[{_CONTROLS}{_DIRECTIONS}\ufeff\ufff9-\ufffb]")
_OBEYED = re.compile(f"(?!\\n|\\t)[{_CONTROLS}{_DIRECTIONS}]")
_HALVES = re.compile("[\ud800-\udfff]")
_BREAKING = re.compile(f"[{_CONTROLS}{_DIRECTIONS}\ud800-\udfff]")


def plain(text: str) -> str:
    """Return `text` without signs that are not seen, for what is stored as one line.

    What joins letters and emoji (U+200C, U+200D) stays.
    """
    return _UNSEEN.sub("", text)


def shown(text: str) -> str:
    """Return `text` as a terminal may have it: what it would obey is written out, as `\\u001b`.

    Line breaks and tabs stay, since what is printed has several lines. What is JSON stays so.
    """
    text = _HALVES.sub("\ufffd", text)  # bytes of a file's name that are no text
    return _OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def one_line(text: str) -> str:
    """Return `text` with what would break or turn round a line written as an escape."""
    return _BREAKING.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def printed(value: object) -> object:
    """Return what a template prints, as `shown` has it; other values, and ready HTML, unchanged."""
    return shown(value) if type(value) is str else value
