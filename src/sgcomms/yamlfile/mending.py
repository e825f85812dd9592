"""The line that a person meant: quoting a value that YAML reads as something else.

A mended line serves two ends: the message prints it, and reading goes on with it, so that one slip
does not hide the mistakes below it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_KEY_AND_VALUE = re.compile(r"^(?P<head>\s*(?:- +)*(?:[\w-]+:|-) +)(?P<value>\S.*?)\s*$")
_STARTS_WRONG = re.compile(
    r"[@%`&*!]|\{(?:link|contact:[^{}]*)\}|\{[^{}]*\}\s*[^\s#]|\[[^\[\]]*\]\s*[^\s#]|[-?] "
)
_QUOTED = ("'", '"', "|", ">")


@dataclass(frozen=True, slots=True)
class Mend:
    """What a line should be. `column` counts from 1 and points at what YAML stumbled over."""

    line: str
    column: int


def quoted(value: str) -> str:
    """Return `value` in double quotes, as YAML reads it back."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def quote_value(line: str) -> Mend | None:
    """Return `line` with its value in quotes, if the value is one that must have them."""
    match = _KEY_AND_VALUE.match(line)
    if match is None or match["value"].startswith(_QUOTED):
        return None
    value = match["value"]
    colon = re.search(r":(?: |$)", value)
    wrong_start = _STARTS_WRONG.match(value) is not None
    if not wrong_start and (colon is None or value.startswith(("{", "["))):
        return None
    offset = 0 if wrong_start or colon is None else colon.start()
    return Mend(match["head"] + quoted(value), len(match["head"]) + offset + 1)


def quote_all(line: str) -> str | None:
    """Return `line` with all that follows its key in quotes, a lost hashtag included."""
    match = _KEY_AND_VALUE.match(line)
    if match is None or match["value"].startswith(_QUOTED):
        return None
    return match["head"].lstrip() + quoted(match["value"])


def untabbed(line: str) -> str:
    """Return `line` with the tabs of its indentation as two spaces each."""
    body = line.lstrip(" \t")
    return line[: len(line) - len(body)].replace("\t", "  ") + body
